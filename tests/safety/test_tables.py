"""Each table over every combination of the answers that it reads: worse answers never lower it, and unknown is not no."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import pytest

from flows.findings import FINDINGS, finding_tables
from flows.levels import LEVELS
from flows.questions import UNKNOWN
from state_law.conditions import DecisionTable
from state_law.elements import element_tables
from state_law.logic import Truth, all_of
from tests.safety.diagram import Diagram, hold_against_table
from tests.safety.law_as_tables import FIRST
from tests.safety.orders import HELD_FIXED
from tests.safety.vocabulary import SEED, TRUTHS, known, say, steps, values


def each_table() -> Iterator[Any]:
    for name, table in finding_tables().items():
        yield pytest.param(name, table, TRUTHS if name in FINDINGS else LEVELS, id=name)
    for element, forms in element_tables().items():
        for form, table in forms.items():
            yield pytest.param(f"{element}: {form}", table, TRUTHS, id=f"{element}-{form}")


@pytest.mark.parametrize(("name", "table", "outcomes"), list(each_table()))
def test_a_table_over_every_combination(name: str, table: DecisionTable, outcomes: tuple[str, ...]) -> None:
    diagram = Diagram({name: table}, outcomes, FIRST)
    assert tuple(diagram.keys) == tuple(sorted(table.reads, key=diagram.keys.index)), "it reads what it says"
    compared = never_lowered(diagram, skip=lambda key: name in HELD_FIXED and key == "victim")
    hold_against_table(diagram, table.decide, 200, Random(SEED))
    print(f"{name}: {say(diagram.combinations)} combinations, {compared} orders compared over all of them")


def never_lowered(diagram: Diagram, skip: Any = lambda key: False) -> int:
    """Asserts both promises for every key of a diagram; the number of comparisons, each over every combination."""
    compared = 0
    for key in diagram.keys:
        for value, worse in steps(key):
            if not skip(key):
                found = diagram.lowered(key, value, worse)
                assert found is None, f"{key}: from {value} to {worse} lowers it with {found}"
                compared += 1
        if known(key):
            found = diagram.unknown_ranks_below(key)
            assert found is None, f"{key}: not known ranks below every known answer with {found}"
            compared += 1
    return compared


@pytest.mark.parametrize(("name", "table", "outcomes"), list(each_table()))
def test_small_tables_also_by_writing_every_combination_out(
    name: str, table: DecisionTable, outcomes: tuple[str, ...]
) -> None:
    """The same promises by brute force through the engine's own `decide`, where the product can be written down."""
    diagram = Diagram({name: table}, outcomes)
    if diagram.combinations > 5_000:
        pytest.skip(f"{say(diagram.combinations)} combinations: by the diagram only")
    for facts in _every(diagram):
        rank = outcomes.index(table.decide(facts))
        assert diagram.value(facts) == outcomes[rank]
        for key, value in facts.items():
            for lower, worse in steps(key):
                if value == lower and not (name in HELD_FIXED and key == "victim"):
                    assert rank <= outcomes.index(table.decide({**facts, key: worse})), (facts, key, worse)
            if value == UNKNOWN and known(key):
                best = min(outcomes.index(table.decide({**facts, key: one})) for one in known(key))
                assert best <= rank, (facts, key)


def _every(diagram: Diagram) -> Iterator[dict[str, str]]:
    found: list[dict[str, str]] = [{}]
    for key, domain in zip(diagram.keys, diagram.domains, strict=True):
        found = [one | {key: value} for one in found for value in domain]
    return iter(found)


def test_an_element_that_is_held_fixed_does_break_the_order() -> None:
    """Else the exception would be a hole that nobody needs."""
    for name in HELD_FIXED:
        element, form = name.split(": ")
        with pytest.raises(AssertionError, match="lowers it"):
            never_lowered(Diagram({name: element_tables()[element][form]}, TRUTHS, FIRST))


def test_joining_elements_keeps_the_order() -> None:
    """A rule is met as far as its elements are: no element made worse lowers it (so the whole follows from the parts)."""
    rank = TRUTHS.index
    truths: tuple[Truth, ...] = ("no", "unknown", "yes")
    assert truths == TRUTHS
    for one in truths:
        for other in truths:
            for third in truths:
                for worse in truths[rank(one) :]:
                    assert rank(all_of([one, other, third])) <= rank(all_of([worse, other, third]))


def test_every_order_is_over_values_that_exist() -> None:
    for key, possible in values().items():
        for value, worse in steps(key):
            assert ({value, worse} <= set(possible) and UNKNOWN not in {value, worse}) or key in FINDINGS, key


def _table(rows: list[Mapping[str, Any]]) -> DecisionTable:
    return DecisionTable.parse("broken", [{**row, "because": "for the test"} for row in rows])


def test_the_check_sees_a_worse_answer_that_lowers_a_table() -> None:
    broken = _table([{"is": "no", "when": {"threat": "explicit", "means": "firearm"}}])
    with pytest.raises(AssertionError, match="from other_weapon to firearm lowers it"):
        never_lowered(Diagram({"broken": broken}, TRUTHS))


def test_the_check_sees_an_unknown_that_is_taken_for_a_no() -> None:
    broken = _table([{"is": "no", "when": {"history": ["unknown"]}}])
    with pytest.raises(AssertionError, match="history: not known ranks below"):
        never_lowered(Diagram({"broken": broken}, TRUTHS))
