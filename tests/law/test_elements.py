"""How an answer meets an element of a rule: `elements.yaml` against the design's table, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from state_law.elements import element_tables
from state_law.logic import Truth
from state_law.model import Circumstance, Limit, Trigger
from state_law.yaml_text import read_yaml

from .making import facts

CASES: Any = read_yaml((Path(__file__).parent / "elements_cases.yaml").read_text(encoding="utf-8"))
VOCABULARY: dict[str, list[str]] = CASES.pop("vocabulary")


def each_case() -> Iterator[Any]:
    """Every case as (element, form, answers, expected)."""
    for element, forms in CASES.items():
        for form, columns in forms.items():
            assert set(columns) == set(get_args(Truth)), f"{element}: {form}: one column each for yes, unknown and no"
            for expected, answers_of_all in columns.items():
                for answers in answers_of_all:
                    said = ", ".join(f"{key} {value}" for key, value in answers.items()) or "nothing known"
                    yield pytest.param(element, form, answers, expected, id=f"{element} {form}: {said}")


@pytest.mark.parametrize(("element", "form", "answers", "expected"), list(each_case()))
def test_a_cell(element: str, form: str, answers: dict[str, str], expected: Truth) -> None:
    assert element_tables()[element][form].decide(facts(answers)) == expected


def test_every_element_and_form_has_cases() -> None:
    assert {element: set(forms) for element, forms in CASES.items()} == {
        element: set(forms) for element, forms in element_tables().items()
    }


def test_every_form_that_a_rule_may_ask_for_has_a_table() -> None:
    asked = {name: set(get_args(field.annotation)) for name, field in Trigger.model_fields.items()}
    asked["limited_to"] = set(get_args(Limit))
    asked["counts_when"] = set(get_args(Circumstance))
    assert {name: set(element_tables()[name]) for name in asked} == asked


@pytest.mark.parametrize("element", VOCABULARY)
def test_every_value_of_the_answer_has_a_case(element: str) -> None:
    for form, columns in CASES[element].items():
        tried = {answers[element] for column in columns.values() for answers in column if element in answers}
        if element in element_tables()[element][form].reads:
            assert tried == set(VOCABULARY[element]), form


def test_every_table_says_yes_no_or_unknown_and_why() -> None:
    for forms in element_tables().values():
        for table in forms.values():
            assert {row.value for row in table.rows} <= set(get_args(Truth)), table.name
            assert all(row.because for row in table.rows), table.name


def test_what_nobody_knows_never_makes_an_element_a_no() -> None:
    for forms in element_tables().values():
        for table in forms.values():
            assert table.decide(facts()) != "no", table.name
