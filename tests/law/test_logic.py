"""Three-valued logic: what nobody knows is carried to the result, and never taken for a no."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from state_law.conditions import DecisionTable, named_values, parse_condition
from state_law.logic import Truth, all_of, any_of, negate
from state_law.yaml_text import read_yaml

VALUES: tuple[Truth, ...] = ("yes", "no", "unknown")

# Kleene's strong logic, as in his book: the first value down, the second across.
ALL_OF = """
             yes      no       unknown
    yes      yes      no       unknown
    no       no       no       no
    unknown  unknown  no       unknown
"""
ANY_OF = """
             yes      no       unknown
    yes      yes      yes      yes
    no       yes      no       unknown
    unknown  yes      unknown  unknown
"""


def cells(table: str) -> list[tuple[Truth, Truth, Truth]]:
    """A table as (first, second, result)."""
    header, *rows = [line.split() for line in table.strip().splitlines()]
    return [(row[0], second, row[1 + n]) for row in rows for n, second in enumerate(header)]  # type: ignore[misc]


@pytest.mark.parametrize(("first", "second", "result"), cells(ALL_OF))
def test_all_of(first: Truth, second: Truth, result: Truth) -> None:
    assert all_of([first, second]) == result


@pytest.mark.parametrize(("first", "second", "result"), cells(ANY_OF))
def test_any_of(first: Truth, second: Truth, result: Truth) -> None:
    assert any_of([first, second]) == result


def test_of_none_at_all() -> None:
    assert (all_of([]), any_of([])) == ("yes", "no")


def test_negation() -> None:
    assert [negate(value) for value in VALUES] == ["no", "yes", "unknown"]


@pytest.mark.parametrize("three", list(itertools.product(VALUES, repeat=3)))
def test_all_and_any_are_each_others_mirror(three: tuple[Truth, ...]) -> None:
    assert negate(all_of(three)) == any_of(negate(value) for value in three)


# A condition as it stands in a data file, the answers, and whether it holds.
CONDITIONS = """
always:
  - {when: always, answers: {}, holds: yes}
a value:
  - {when: {threat: explicit}, answers: {threat: explicit}, holds: yes}
  - {when: {threat: explicit}, answers: {threat: vague}, holds: no}
  - {when: {threat: explicit}, answers: {threat: unknown}, holds: unknown}
one of several:
  - {when: {threat: [explicit, conditional]}, answers: {threat: conditional}, holds: yes}
  - {when: {threat: [explicit, conditional]}, answers: {threat: vague}, holds: no}
  - {when: {threat: [explicit, conditional]}, answers: {threat: unknown}, holds: unknown}
asking whether it is unknown:
  - {when: {threat: unknown}, answers: {threat: unknown}, holds: yes}
  - {when: {threat: unknown}, answers: {threat: vague}, holds: no}
  - {when: {threat: [explicit, unknown]}, answers: {threat: unknown}, holds: yes}
several keys are all of them:
  - {when: {threat: vague, credible: no}, answers: {threat: vague, credible: no}, holds: yes}
  - {when: {threat: vague, credible: no}, answers: {threat: vague, credible: unknown}, holds: unknown}
  - {when: {threat: vague, credible: no}, answers: {threat: none, credible: unknown}, holds: no}
all:
  - {when: {all: [{threat: vague}, {credible: no}]}, answers: {threat: vague, credible: no}, holds: yes}
  - {when: {all: [{threat: vague}, {credible: no}]}, answers: {threat: unknown, credible: no}, holds: unknown}
  - {when: {all: [{threat: vague}, {credible: no}]}, answers: {threat: unknown, credible: yes}, holds: no}
any:
  - {when: {any: [{threat: vague}, {credible: no}]}, answers: {threat: unknown, credible: no}, holds: yes}
  - {when: {any: [{threat: vague}, {credible: no}]}, answers: {threat: unknown, credible: yes}, holds: unknown}
  - {when: {any: [{threat: vague}, {credible: no}]}, answers: {threat: none, credible: yes}, holds: no}
not:
  - {when: {not: {threat: none}}, answers: {threat: vague}, holds: yes}
  - {when: {not: {threat: none}}, answers: {threat: none}, holds: no}
  - {when: {not: {threat: none}}, answers: {threat: unknown}, holds: unknown}
  - {when: {not: {threat: unknown}}, answers: {threat: unknown}, holds: no}
one in another:
  - {when: {any: [{not: {threat: none}}, {all: [{credible: yes}, {means: firearm}]}]},
     answers: {threat: none, credible: yes, means: unknown}, holds: unknown}
  - {when: {credible: yes, any: [{means: firearm}, {means: obtainable}]},
     answers: {credible: yes, means: obtainable}, holds: yes}
"""


def cases() -> list[object]:
    """Each condition with the heading under which it stands."""
    data = read_yaml(CONDITIONS)
    assert isinstance(data, dict)
    return [pytest.param(case, id=f"{name} {n}") for name, rows in data.items() for n, case in enumerate(rows, 1)]


@pytest.mark.parametrize("case", cases())
def test_a_condition(case: dict[str, Any]) -> None:
    condition = parse_condition(case["when"])
    assert condition.test(case["answers"]) == case["holds"]
    assert condition.reads == set(case["answers"])


NOT_CONDITIONS = {
    "never": "not a condition",
    "{}": "not a condition",
    "[]": "not a condition",
    "{threat: []}": "`threat` takes a value or a list of values",
    "{threat: 3}": "`threat` takes a value or a list of values",
    "{threat: {is: vague}}": "`threat` takes a value or a list of values",
    "{any: []}": "`any` takes a list of conditions",
    "{all: {threat: vague}}": "`all` takes a list of conditions",
    "{not: sometimes}": "not a condition",
}


@pytest.mark.parametrize("written", NOT_CONDITIONS)
def test_what_is_not_a_condition_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=NOT_CONDITIONS[written]):
        parse_condition(read_yaml(written))


def test_every_value_that_a_condition_names_can_be_held_against_the_vocabulary() -> None:
    written = {"any": [{"threat": "vague"}, {"not": {"means": ["none", "firearm"]}}], "credible": "no"}
    assert list(named_values(written)) == [
        ("threat", "vague"),
        ("means", "none"),
        ("means", "firearm"),
        ("credible", "no"),
    ]


TABLE = DecisionTable.parse(
    "a table",
    [
        {"is": "no", "when": {"threat": "none"}, "because": "nothing was said"},
        {"is": "yes", "when": {"threat": "explicit"}, "because": "it was said"},
        {"is": "yes", "when": {"means": "firearm"}, "because": "there is a gun"},
        {"is": "no", "when": {"means": "unknown"}, "because": "never reached while the gun is known"},
    ],
    because="the answers do not show it",
)
# The answers, the value, and every reason for it: the first row that certainly holds decides.
DECISIONS = [
    ("none", "firearm", "no", ["nothing was said"]),
    ("explicit", "none", "yes", ["it was said"]),
    ("explicit", "firearm", "yes", ["it was said", "there is a gun"]),
    ("unknown", "firearm", "yes", ["there is a gun"]),
    ("unknown", "none", "unknown", ["the answers do not show it"]),
    ("vague", "unknown", "no", ["never reached while the gun is known"]),
]


@pytest.mark.parametrize(("threat", "means", "value", "reasons"), DECISIONS)
def test_the_first_row_that_certainly_holds_decides(threat: str, means: str, value: str, reasons: list[str]) -> None:
    answers = {"threat": threat, "means": means}
    assert TABLE.decide(answers) == value
    assert TABLE.decide(answers) == value, "and the same again, from memory"
    assert TABLE.reasons(answers) == reasons


NOT_TABLES = {
    "threat": "a table is a list of rows",
    "[{is: yes, when: always}]": "row 1: a row has exactly `is`, `when` and `because`",
    "[{is: yes, when: always, because: x}, {is: yes, when: soon, because: x}]": "row 2: not a condition",
}


@pytest.mark.parametrize("written", NOT_TABLES)
def test_a_row_that_is_wrong_is_named(written: str) -> None:
    with pytest.raises(ValueError, match=f"here: {NOT_TABLES[written]}"):
        DecisionTable.parse("here", read_yaml(written))
