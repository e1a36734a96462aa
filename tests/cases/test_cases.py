"""Readable cases: answers, and what an expert who has read the record expects of them. `reading.py` says what a case is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from state_law.load import jurisdiction_names, the_table

from .reading import HERE, ON, Case, all_cases

ACROSS = ("typical", "danger_now", "self_harm", "abuse", "programs", "places")
"""Files that are not about one jurisdiction."""

CANNOT_BE_MET: Mapping[str, str] = {}
"""Rule id -> why no case can show it as met."""

Result = Mapping[str, Any]


def _differs(of: Callable[[Result], object]) -> Callable[[Result, Any], list[str]]:
    def check(result: Result, wanted: Any) -> list[str]:
        found = of(result)
        return [] if found == wanted else [f"{found!r} instead of {wanted!r}"]

    return check


def _lacks(of: Callable[[Result], list[str]]) -> Callable[[Result, Any], list[str]]:
    def check(result: Result, wanted: Any) -> list[str]:
        found = of(result)
        return [f"{one} is not among {found}" for one in wanted if one not in found]

    return check


def _has(of: Callable[[Result], list[str]]) -> Callable[[Result, Any], list[str]]:
    def check(result: Result, unwanted: Any) -> list[str]:
        found = of(result)
        return [f"{one} is among {found}" for one in unwanted if one in found]

    return check


def _named(result: Result, part: str) -> list[str]:
    return [one["recipient"] for one in result["law"][part]]


def _rules(result: Result, wanted: Mapping[str, str]) -> list[str]:
    found = {one["id"]: one["met"] if one["covers_profession"] else "not_covered" for one in result["law"]["rules"]}
    return [
        f"{rule} is {found.get(rule, 'not there')} instead of {met}"
        for rule, met in wanted.items()
        if found.get(rule) != met
    ]


def _ways(result: Result, wanted: Any) -> list[str]:
    found = {frozenset(way) for way in result["law"]["enough_any_of"]}
    if found == {frozenset(way) for way in wanted}:
        return []
    return [f"{result['law']['enough_any_of']} instead of {wanted}"]


def _may_not_tell(result: Result, wanted: Any) -> list[str]:
    found = _named(result, "may_not_tell")
    told = _named(result, "may_tell")
    return [f"{one} is not excluded; excluded are {found}" for one in wanted if one not in found] + [
        f"{one} may be told all the same" for one in wanted if one in told
    ]


def _tells_nobody(result: Result, wanted: Any) -> list[str]:
    assert wanted is True, "tells_nobody is true, or is left out"
    told = [one["to"] for one in result["disclosures"]] + [
        who for option in result["options"] if option["id"] in result["plan"] for who in option["tells"]
    ]
    return [f"the plan tells {told}"] if told else []


def _warns_of(result: Result, wanted: Any) -> list[str]:
    return [
        f"no warning says {text!r}; they are {result['warnings']}"
        for text in wanted
        if not any(text in one for one in result["warnings"])
    ]


def _turns_on(result: Result, wanted: Any) -> list[str]:
    found = sorted({one for way in result["if_then"] if way["duty"] != result["law"]["duty"] for one in way["if"]})
    return [f"no answer to {one} is shown to change the duty; {found} are" for one in wanted if one not in found]


CHECKS: Mapping[str, Callable[[Result, Any], list[str]]] = {
    "level": _differs(lambda result: result["level"]),
    "level_for": lambda result, wanted: [
        f"{who} is {result['level_for'][who]} instead of {level}"
        for who, level in wanted.items()
        if result["level_for"][who] != level
    ],
    "findings": lambda result, wanted: [
        f"{name} is {result['findings'][name]['value']} instead of {value}"
        for name, value in wanted.items()
        if result["findings"][name]["value"] != value
    ],
    "duty": _differs(lambda result: result["law"]["duty"]),
    "rules": _rules,
    "may_tell": _lacks(lambda result: _named(result, "may_tell")),
    "may_tell_if": _lacks(lambda result: _named(result, "may_tell_if")),
    "may_not_tell": _may_not_tell,
    "not_confirmed": _lacks(lambda result: _named(result, "not_confirmed")),
    "no_path_to": _has(lambda result: _named(result, "may_tell")),
    "enough_any_of": _ways,
    "outstanding": _differs(lambda result: [one["under"] for one in result["law"]["outstanding"]]),
    "plan_includes": _lacks(lambda result: result["plan"]),
    "not_in_plan": _has(lambda result: result["plan"]),
    "plan_starts_with": _differs(lambda result: result["plan"][:1]),
    "tells_nobody": _tells_nobody,
    "find_out": _lacks(lambda result: [one["question"] for one in result["find_out"]]),
    "turns_on": _turns_on,
    "warns_of": _warns_of,
    "after_care": _lacks(lambda result: [one["id"] for one in result["after_care"]]),
    "you_must_report": _differs(lambda result: [one["you_must"] for one in result["law"]["abuse_reporting"]]),
    "cannot_be_done": _differs(lambda result: "yes" if result["law"]["impossible"] else "no"),
}


def differences(case: Case) -> list[str]:
    """What the engine's result lacks of what the case expects, one line each."""
    return [f"{what}: {line}" for what, wanted in case.expect.items() for line in CHECKS[what](case.result, wanted)]


def _parameter(case: Case) -> Any:
    marks = [pytest.mark.xfail(reason=case.known_fault, strict=True)] if case.known_fault else []
    return pytest.param(case, id=case.id, marks=marks)


@pytest.mark.parametrize("case", [_parameter(case) for case in all_cases()])
def test_case(case: Case) -> None:
    found = differences(case)
    assert not found, "\n".join([case.id, *found])


def _met_in(case: Case) -> set[str]:
    return {str(met) for met in case.expect.get("rules", {}).values()}


def test_there_is_a_file_for_each_jurisdiction_and_its_cases_are_about_it() -> None:
    files = {path.stem for path in HERE.glob("*.yaml")} - {"pictures", *ACROSS}
    assert files == set(jurisdiction_names())
    strays = [case.id for case in all_cases() if case.file in files and case.answers["jurisdiction"] != case.file]
    assert not strays


def test_names_are_not_given_twice() -> None:
    ids = [case.id for case in all_cases()]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("code", jurisdiction_names())
def test_each_jurisdiction_has_a_rule_met_one_not_met_and_one_unknown(code: str) -> None:
    cases = [case for case in all_cases() if case.file == code and not case.known_fault]
    shown = set().union(*(_met_in(case) for case in cases))
    assert len(cases) >= 3
    assert {"yes", "no", "unknown"} <= shown


@pytest.mark.parametrize("code", jurisdiction_names())
def test_each_rule_is_shown_as_met_at_least_once(code: str) -> None:
    met = {
        rule
        for case in all_cases()
        if not case.known_fault
        for rule, value in case.expect.get("rules", {}).items()
        if value == "yes"
    }
    rules = {rule.id for rule in the_table().jurisdiction(code).rules if rule.in_force(ON)}
    assert rules - met - set(CANNOT_BE_MET) == set()


def test_the_exceptions_are_rules_of_the_table() -> None:
    assert set(CANNOT_BE_MET) <= {rule.id for record in the_table() for rule in record.rules}
