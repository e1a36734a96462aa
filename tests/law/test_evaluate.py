"""The rules of a jurisdiction against the answers: which are in force, whom they cover, and what the duty comes to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from state_law.evaluate import STRICTEST_FIRST, Duty, evaluate_jurisdiction, stricter
from state_law.model import Rule

from .making import MET, Data, facts, only_rules, rule, table_with

TODAY = date(2026, 6, 1)

# Since when and until when a rule is in force, a day, and whether it is in force on that day.
IN_FORCE = [
    (None, None, "1900-01-01", True),
    ("2014", None, "2013-12-31", False),
    ("2014", None, "2014-01-01", True),
    ("2014-05", None, "2014-04-30", False),
    ("2014-05", None, "2014-05-01", True),
    ("2014-05-17", None, "2014-05-16", False),
    ("2014-05-17", None, "2014-05-17", True),
    (None, "2020-01-01", "2019-12-31", True),
    (None, "2020-01-01", "2020-01-01", False),
    (None, "2020", "2019-12-31", True),
    (None, "2020", "2020-01-01", False),
    ("2014", "2020", "2017-01-01", True),
    ("2014", "2020", "2026-06-01", False),
]


@pytest.mark.parametrize(("since", "until", "day", "expected"), IN_FORCE)
def test_a_rule_is_in_force_only_between_since_and_until(
    since: str | None, until: str | None, day: str, expected: bool
) -> None:
    made = Rule.model_validate(rule(in_force_since=since, in_force_until=until))
    assert made.in_force(date.fromisoformat(day)) is expected


# A law that ended on 1 January 2020, followed by another that only permits.
BEFORE = rule(id="co-before", in_force_since="2000", in_force_until="2020-01-01")
AFTER = rule(id="co-after", duty="permissive", in_force_since="2020-01-01")
CHANGE_OF_LAW: list[tuple[str, list[str], Duty]] = [
    ("1999-12-31", [], "not_triggered"),
    ("2019-12-31", ["co-before"], "must_act"),
    ("2020-01-01", ["co-after"], "may_disclose"),
]


@pytest.mark.parametrize(("day", "rules", "duty"), CHANGE_OF_LAW)
def test_a_consult_goes_by_the_law_of_its_day(day: str, rules: list[str], duty: Duty, tmp_path: Path) -> None:
    record = table_with(tmp_path, only_rules(BEFORE, AFTER)).jurisdiction("CO")
    law = evaluate_jurisdiction(record, facts(MET), date.fromisoformat(day))
    assert ([one.rule.id for one in law.rules], law.duty) == (rules, duty)


# Rules that are met, open or not met on the same answers, and what they come to together.
VICTIM_OPEN = {"trigger": rule()["trigger"] | {"harm": "serious_physical"}}
NOT_MET = {"trigger": rule()["trigger"] | {"imminence": "required"}}
MUST, MAY = rule(id="co-must"), rule(id="co-may", duty="permissive")
MUST_OPEN, MAY_OPEN = MUST | VICTIM_OPEN, MAY | VICTIM_OPEN
MUST_NOT_MET, MAY_NOT_MET = MUST | NOT_MET, MAY | NOT_MET
SAID_NO = rule(id="co-no", duty="no_duty")
PRIVILEGE = rule(id="co-privilege", effect="privilege")
FOR_NURSES = rule(id="co-nurses", professions=["nurse"])
ANSWERS = MET | {"imminence": "remote"}
DUTIES: dict[str, tuple[list[Data], str, Duty]] = {
    "a mandatory rule is met": ([MUST], "mandatory", "must_act"),
    "it is met beside a permissive one": ([MAY, MUST], "mandatory", "must_act"),
    "it is open": ([MUST_OPEN], "mandatory", "turns_on_unknowns"),
    "it is open, and a permissive one is met": ([MUST_OPEN, MAY], "mandatory", "turns_on_unknowns"),
    "it is not met, and a permissive one is": ([MUST_NOT_MET, MAY], "mandatory", "may_disclose"),
    "only a permissive one, and open": ([MAY_OPEN], "permissive", "turns_on_unknowns"),
    "nothing is met": ([MUST_NOT_MET, MAY_NOT_MET], "mandatory", "not_triggered"),
    "nothing is met where the law is unsettled": ([MUST_NOT_MET], "unsettled", "unsettled"),
    "nothing is met where there is no duty": ([MAY_NOT_MET], "no_duty", "no_duty"),
    "a decision said that there is no duty": ([MAY_NOT_MET, SAID_NO], "permissive", "no_duty"),
    "what lifts a privilege never requires telling": ([PRIVILEGE], "mandatory", "not_triggered"),
    "a rule for others": ([FOR_NURSES], "mandatory", "not_triggered"),
}


@pytest.mark.parametrize("what", DUTIES)
def test_what_the_duty_comes_to(what: str, tmp_path: Path) -> None:
    rules, classified, duty = DUTIES[what]
    record = table_with(tmp_path, only_rules(*rules, duty=classified)).jurisdiction("CO")
    assert evaluate_jurisdiction(record, facts(ANSWERS), TODAY).duty == duty


# Whom a rule names, who asks, whether they are staff of a facility, and whether the rule covers them.
COVERS = [
    (["all"], "nurse", "unknown", "yes"),
    (["psychologist", "nurse"], "nurse", "unknown", "yes"),
    (["psychologist"], "nurse", "yes", "no"),
    (["facility"], "nurse", "yes", "yes"),
    (["facility"], "nurse", "no", "no"),
    (["facility"], "nurse", "unknown", "unknown"),
    (["psychologist", "facility"], "psychologist", "no", "yes"),
]


@pytest.mark.parametrize(("named", "profession", "facility", "covers"), COVERS)
def test_whom_a_rule_covers(named: list[str], profession: str, facility: str, covers: str, tmp_path: Path) -> None:
    record = table_with(tmp_path, only_rules(rule(professions=named))).jurisdiction("CO")
    answers = facts(MET | {"profession": profession, "setting.facility": facility})
    [result] = evaluate_jurisdiction(record, answers, TODAY).rules
    assert result.covers == covers
    assert result.met == covers, "on these answers all else is met"


def test_a_limit_is_one_more_element(tmp_path: Path) -> None:
    record = table_with(tmp_path, only_rules(rule(limited_to=["minor_client"]))).jurisdiction("CO")
    for minor in ("yes", "no", "unknown"):
        [result] = evaluate_jurisdiction(record, facts(MET | {"setting.minor_client": minor}), TODAY).rules
        assert (result.elements["minor_client"], result.met) == (minor, minor)


WARN, GO_ON = ["warn_victim"], ["intensify_treatment"]
# Where the client is, and the ways that count where going on with the session counts only while the client is there.
WAYS = [("with_me", [WARN, GO_ON]), ("reachable", [WARN]), ("unreachable", [WARN]), ("unknown", [WARN])]


@pytest.mark.parametrize(("client_now", "ways"), WAYS)
def test_a_way_that_counts_only_in_some_circumstance(client_now: str, ways: list[list[str]], tmp_path: Path) -> None:
    made = rule(discharge_any_of=[WARN, GO_ON], counts_when=[{"way": list(GO_ON), "when": "client_with_you"}])
    record = table_with(tmp_path, only_rules(made)).jurisdiction("CO")
    [result] = evaluate_jurisdiction(record, facts(MET | {"client_now": client_now}), TODAY).rules
    assert [list(way) for way in result.discharge_any_of] == ways
    assert result.met == "yes", "only how the duty is met depends on it"


def test_each_element_says_why(tmp_path: Path) -> None:
    record = table_with(tmp_path, only_rules(rule())).jurisdiction("CO")
    [result] = evaluate_jurisdiction(record, facts(MET), TODAY).rules
    why = result.why(facts(MET))
    assert set(why) == set(result.elements) == {"threat", "victim", "harm", "imminence", "intent_and_ability"}
    assert why["victim"] == "the person is named, by name or by a unique relation"


def test_of_two_jurisdictions_the_stricter_duty_goes() -> None:
    for number, duty in enumerate(STRICTEST_FIRST):
        for milder in STRICTEST_FIRST[number:]:
            assert stricter([milder, duty]) == duty
