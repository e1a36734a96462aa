"""The emergency card: shown at once, whatever is known, and never wrong about whom one may tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from flows.emergency import EmergencyCard, emergency_card
from flows.options import catalogue
from flows.pages import emergency_page, who
from flows.questions import questions
from state_law.load import jurisdiction_names, the_table

from .making import ANGER, COLORADO, ON, THREAT, at_state, begin, walked

TEXAS = {"jurisdiction": "TX", "profession": "psychologist"}


def shown(card: EmergencyCard) -> str:
    """The card as a person reads it."""
    page = emergency_page(card)
    parts = [page.title]
    for line in page.lines:
        parts += [line.label, line.text, *line.points]
    return "\n".join(one for one in parts if one)


def lines(card: EmergencyCard) -> list[tuple[str, str, tuple[str, ...]]]:
    """Its lines as (label, text, points)."""
    return [(line.label, line.text, line.points) for line in emergency_page(card).lines]


def test_a_card_needs_nothing_to_be_known() -> None:
    card = emergency_card({}, ON)
    assert card.title == "Do this first"
    assert "Call 911" in card.first[0] and any("988" in one for one in card.first)
    assert any("Do not wait for a reply here" in one for one in card.first)
    assert (card.jurisdiction, card.steps, card.may_tell, card.may_not_tell, card.not_confirmed) == (
        None,
        (),
        (),
        (),
        (),
    )
    assert shown(card).splitlines()[:2] == ["Do this first", card.first[0]]


@pytest.mark.parametrize("known", [{"jurisdiction": "TX"}, {"profession": "nurse"}, {**THREAT, "setting": {}}])
def test_half_of_what_the_law_asks_for_is_not_guessed(known: Mapping[str, Any]) -> None:
    assert emergency_card({key: value for key, value in known.items() if isinstance(value, str)}, ON).may_tell == ()


def test_with_a_threat_it_names_what_to_do_and_whom_one_may_tell() -> None:
    card = emergency_card(walked(THREAT).given, ON)
    assert card.jurisdiction == "Colorado"
    assert ("call_911", "Call 911") in card.steps
    assert {"victim", "law_enforcement"} <= set(card.may_tell)
    assert "May be told\nIn Colorado, on these answers: " in shown(card) and "Do now\nCall 911" in shown(card)


def test_its_steps_are_those_that_protect_and_not_those_that_any_plan_has() -> None:
    steps = [option for option, _ in emergency_card(walked(THREAT).given, ON).steps]
    assert steps and set(steps) <= set(catalogue())
    assert {"continue_and_monitor", "consult_colleague_or_counsel"}.isdisjoint(steps)


TOLD_TO_NOBODY: list[Mapping[str, Any]] = [
    {},
    THREAT,
    ANGER,
    {"concern": "harm_to_self", "self_harm": "recent_attempt"},
]


@pytest.mark.parametrize("answers", TOLD_TO_NOBODY)
@pytest.mark.parametrize("profession", list(questions()["profession"].options))
def test_in_texas_the_person_at_risk_is_never_among_those_who_may_be_told(
    profession: str, answers: Mapping[str, Any]
) -> None:
    texas = {**TEXAS, "profession": profession}
    card = emergency_card(walked(answers, consult=begin(texas)).given if answers else texas, ON)
    assert "victim" not in card.may_tell
    for line in shown(card).split("May be told\n")[1:]:
        assert who("victim") not in line.splitlines()[0]


def test_in_texas_it_says_plainly_not_to_tell_the_person_at_risk() -> None:
    card = emergency_card({**TEXAS, **{key: said for key, said in THREAT.items() if isinstance(said, str)}}, ON)
    assert "victim" in dict(card.may_not_tell)
    assert f"Do not tell\n{who('victim')}: Tex. Health & Safety Code" in shown(card)
    assert "law_enforcement" in card.may_tell


def test_in_a_substance_use_program_it_says_how_to_word_it() -> None:
    answers = {**COLORADO, "setting": {"substance_use_program": "yes"}, "threat": "explicit", "victim": "named"}
    card = emergency_card(answers, ON)
    assert (
        "names the person, the place and the danger, and never the program, the treatment or substance use" in card.say
    )
    assert card.say in shown(card)
    plain = emergency_card({**answers, "setting": {"substance_use_program": "no"}}, ON)
    assert "program" not in plain.say and "program" not in shown(plain)


@pytest.mark.parametrize("code", jurisdiction_names())
def test_nobody_stands_among_those_who_may_and_those_who_may_not_be_told(code: str) -> None:
    for profession in ("psychologist", "nurse", "other"):
        for answers in ({}, {key: said for key, said in THREAT.items() if isinstance(said, str)}):
            card = emergency_card({**answers, "jurisdiction": code, "profession": profession}, ON)
            assert card.jurisdiction == jurisdiction_names()[code]
            groups = [set(card.may_tell), set(dict(card.may_not_tell)), set(dict(card.not_confirmed))]
            assert sum(map(len, groups)) == len(set.union(*groups))
            assert shown(card).startswith("Do this first\nCall 911.")


@pytest.mark.parametrize("code", jurisdiction_names())
def test_beneath_call_911_nothing_reads_as_if_one_may_not(code: str) -> None:
    """With place and profession alone no rule is met, so telling the police is in doubt: that is said with the call."""
    card = emergency_card({"jurisdiction": code, "profession": "psychologist"}, ON)
    assert "law_enforcement" in dict(card.not_confirmed), "who may be told stays as it is"
    said = {label: text for label, text, _ in lines(card)}
    assert said["Calling 911"].startswith(
        "You can always call, and need not ask anyone first. Name the person, the place"
    )
    assert f"{who('law_enforcement')} (beyond such a call)" in said["Not confirmed"]
    assert who("law_enforcement") not in said["May be told"]
    order = list(said)
    assert order.index("Calling 911") < order.index("Not confirmed")


def test_where_the_police_may_be_told_nothing_is_said_beside_the_call() -> None:
    card = emergency_card(walked(THREAT).given, ON)
    assert "law_enforcement" in card.may_tell
    assert card.calling == "" and "Calling 911" not in shown(card)


def test_the_card_is_that_of_the_day() -> None:
    """Colorado's statute is of 2014: before, it let nobody warn the person at risk."""
    given = walked(THREAT).given
    assert "victim" in emergency_card(given, ON).may_tell
    assert "victim" not in emergency_card(given, date(2010, 1, 1)).may_tell


def test_it_changes_nothing_in_the_consult_and_reads_danger_as_said() -> None:
    consult = at_state("plan")
    before = dict(consult.given)
    card = emergency_card(consult.given_answers, ON)
    assert consult.given == before and consult.facts["danger_now"] == "no"
    assert card == emergency_card({**consult.given_answers, "danger_now": "yes"}, ON, the_table())
