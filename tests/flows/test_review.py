"""The review of a consult: who may do what in which state, and that its events give it again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.consult import Consult, Event, apply, replay, restore, snapshot, start
from flows.errors import AnswerError, OutOfTurn
from flows.review import COMPLIANCE, LOGGED, SIGNED, review_diagram, review_flow, the_review
from flows.reviewing import actions_open, review, review_state
from flows.words import read_data

from .making import ANGER, AT, BY, COLORADO, LATER, ON, THREAT, WHO, acts, at_result, decided, decision, stored, walked

SUE, SAM = "supervisor-one", "supervisor-two"
ROLE = {WHO: "clinician", SUE: "supervisor", SAM: "supervisor"}


def do(consult: Consult, action: str, by: str = SUE, text: str | None = "an invented remark") -> Consult:
    """The consult after the action."""
    return review(consult, action, role=ROLE[by], at=LATER, actor=by, text=text).consult


def at(*actions: tuple[str, str]) -> Consult:
    """A decided consult after these actions."""
    consult = decided()
    for action, by in actions:
        consult = do(consult, action, by)
    return consult


STATES: dict[str, Callable[[], Consult]] = {
    "logged": decided,
    "acknowledged": lambda: at(("acknowledge", SUE)),
    "guidance_asked": lambda: at(("acknowledge", SUE), ("ask", WHO)),
    "answered": lambda: at(("advise", SUE)),
    "returned": lambda: at(("return_", SUE)),
    "escalated": lambda: at(("acknowledge", SAM), ("escalate", SAM)),
    "signed": lambda: at(("acknowledge", SUE), ("sign", SUE)),
}

# For each state: what a supervisor may do, what the clinician may do, and where it leads.
OPEN = {
    "logged": ({"acknowledge": "acknowledged", "advise": "answered", "return_": "returned", "call_me": "acknowledged",
                "escalate": "escalated"}, {"ask": "guidance_asked"}),
    "acknowledged": ({"advise": "answered", "return_": "returned", "call_me": "acknowledged", "escalate": "escalated",
                      "sign": "signed"}, {"ask": "guidance_asked"}),
    "guidance_asked": ({"advise": "answered", "return_": "returned", "call_me": "guidance_asked", "escalate": "escalated"}, {}),
    "answered": ({"advise": "answered", "return_": "returned", "call_me": "answered", "escalate": "escalated", "sign": "signed"},
                 {"ask": "guidance_asked", "answer": "acknowledged"}),
    "returned": ({"advise": "answered", "call_me": "returned", "escalate": "escalated"}, {"answer": "acknowledged"}),
    "escalated": ({"acknowledge": "acknowledged", "advise": "answered", "return_": "returned", "call_me": "acknowledged"},
                  {"ask": "guidance_asked"}),
    "signed": ({}, {}),
}  # fmt: skip

# What whoever has handed it on may do while nobody else has it, by what happened since.
HANDED_ON = {
    "escalated": ((), {"advise": "escalated", "return_": "escalated", "call_me": "escalated", "take_back": "acknowledged"}),
    "guidance_asked": ((("ask", WHO),), {"advise": "answered", "return_": "returned", "call_me": "guidance_asked",
                                         "escalate": "escalated", "take_back": "guidance_asked"}),
    "answered": ((("ask", WHO), ("advise", SAM)), {"advise": "answered", "return_": "returned", "call_me": "answered",
                                                   "escalate": "escalated", "take_back": "answered"}),
    "acknowledged": ((("ask", WHO), ("advise", SAM), ("answer", WHO)), {
        "advise": "answered", "return_": "returned", "call_me": "acknowledged", "escalate": "escalated",
        "take_back": "acknowledged"}),
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_actions_and_no_other(state: str) -> None:
    consult = STATES[state]()
    assert review_state(consult) == state
    for by, ways in zip((SUE, WHO), OPEN[state], strict=True):
        assert set(actions_open(consult, ROLE[by], by)) == set(ways)
        for action in the_review().actions:
            if action in ways:
                assert review_state(do(consult, action, by)) == ways[action]
            else:
                with pytest.raises(OutOfTurn):
                    do(consult, action, by)


def handed_on_by_sam(*since: tuple[str, str]) -> Consult:
    """A consult for which Sam has asked for somebody else, and what was done since."""
    consult = STATES["escalated"]()
    for action, by in since:
        consult = do(consult, action, by)
    return consult


@pytest.mark.parametrize("state", HANDED_ON)
def test_whoever_hands_it_on_claims_nothing_until_another_has_it(state: str) -> None:
    since, ways = HANDED_ON[state]
    consult = handed_on_by_sam(*since)
    assert review_state(consult) == state
    assert set(actions_open(consult, "supervisor", SAM)) == set(ways)
    for action in the_review().actions:
        if action not in ways:
            with pytest.raises(OutOfTurn):
                do(consult, action, SAM)
            continue
        after = do(consult, action, SAM)
        assert review_state(after) == ways[action] and after.review is not None
        took_it = SAM if action == "take_back" else None
        assert (after.review["taken_by"], after.review["escalated_by"]) == (took_it, None if took_it else SAM), action


@pytest.mark.parametrize("state", HANDED_ON)
def test_another_can_take_it_whatever_was_said_since(state: str) -> None:
    consult = handed_on_by_sam(*HANDED_ON[state][0])
    assert "take_back" not in actions_open(consult, "supervisor", SUE)
    after = do(consult, "acknowledge", SUE)
    assert after.review is not None and (after.review["taken_by"], after.review["escalated_by"]) == (SUE, None)
    assert "take_back" not in actions_open(after, "supervisor", SAM)
    assert "acknowledge" not in actions_open(after, "supervisor", SUE)
    if state == "escalated":  # it goes on as ever: whoever handed it on may sign it now, too
        assert review_state(do(do(after, "advise", SAM), "sign", SAM)) == SIGNED


def test_another_who_signs_it_has_it() -> None:
    signed = do(handed_on_by_sam(*HANDED_ON["answered"][0]), "sign", SUE)
    assert signed.review is not None and signed.review["escalated_by"] is None


def test_a_review_from_before_says_nothing_of_who_handed_it_on() -> None:
    consult = STATES["escalated"]()
    assert consult.review is not None
    old = replace(consult, review={name: one for name, one in consult.review.items() if name != "escalated_by"})
    can = actions_open(old, "supervisor", SAM)
    assert "acknowledge" in can and "take_back" not in can


def test_every_state_is_covered() -> None:
    assert set(STATES) == set(the_review().states) == set(OPEN)


def test_nobody_reviews_their_own_consult_and_compliance_does_nothing() -> None:
    for state, make in STATES.items():
        consult = make()
        assert set(actions_open(consult, "supervisor", WHO)) == set(), state
        assert actions_open(consult, COMPLIANCE, "compliance-one") == ()
        assert actions_open(consult, "clinician", "another-clinician") == ()
        for role, person in (("supervisor", WHO), (COMPLIANCE, "compliance-one"), ("clinician", "another-clinician")):
            for action in the_review().actions:
                with pytest.raises(OutOfTurn):
                    review(consult, action, role=role, at=LATER, actor=person, text="invented")
    with pytest.raises(OutOfTurn, match="nobody reviews their own"):
        review(STATES["acknowledged"](), "sign", role="supervisor", at=LATER, actor=WHO)


def test_what_is_serious_is_reviewed_before_the_decision_and_the_rest_after_it() -> None:
    serious = at_result(THREAT)
    assert review_state(serious) == LOGGED
    assert review_state(at_result(ANGER)) is None and review_state(decided(ANGER)) == LOGGED
    with pytest.raises(OutOfTurn, match="once it is decided, or serious"):
        do(at_result(ANGER), "acknowledge")
    taken = do(serious, "acknowledge")
    with pytest.raises(OutOfTurn, match="once the clinician has decided"):
        do(taken, "sign")


def test_a_new_answer_does_not_undo_the_review() -> None:
    taken = do(at_result(THREAT), "acknowledge")
    again = taken.change("history", "none", **BY).consult
    assert review_state(again) == "acknowledged" and again.result is None


def test_who_took_and_signed_it_and_what_was_said_is_kept() -> None:
    consult = at(("acknowledge", SUE), ("ask", WHO), ("advise", SAM), ("sign", SAM))
    assert consult.review is not None
    assert (consult.review["taken_by"], consult.review["signed_by"], consult.review["state"]) == (SUE, SAM, SIGNED)
    assert [(one["action"], one["by"]) for one in consult.review["exchange"]] == [
        ("acknowledge", SUE), ("ask", WHO), ("advise", SAM), ("sign", SAM),
    ]  # fmt: skip
    assert consult.review["exchange"][0]["text"] is None


def test_what_is_handed_on_is_nobodys_until_somebody_takes_it() -> None:
    consult = STATES["escalated"]()
    assert consult.review is not None and consult.review["taken_by"] is None
    after = do(consult, "acknowledge", SUE)
    assert after.review is not None and after.review["taken_by"] == SUE


@pytest.mark.parametrize("text", [None, "", "   ", "x" * 3001])
def test_a_text_that_won_t_do_is_refused(text: str | None) -> None:
    with pytest.raises(AnswerError):
        do(decided(), "advise", text=text)


def test_an_action_that_is_none_names_those_that_there_are() -> None:
    with pytest.raises(AnswerError, match="acknowledge"):
        do(decided(), "approve")


def test_every_way_of_the_review_is_drawn_and_nothing_else() -> None:
    drawn = review_diagram()
    arrows = re.findall(r"^    (\w+) --> (\w+): (\w+) \((\w+)\)$", drawn, re.MULTILINE)
    ways = [
        (state, to, action.rstrip("_"), who)
        for state, both in OPEN.items()
        for who, open_to in zip(("supervisor", "clinician"), both, strict=True)
        for action, to in open_to.items()
        if to != state
    ]
    ways.append(("escalated", "acknowledged", "take_back", "supervisor"))
    assert sorted(arrows) == sorted(ways)
    assert drawn.startswith("stateDiagram-v2") and drawn.endswith("signed --> [*]") and "[*] --> logged" in drawn


# What is changed in review.yaml, at the action (None: removed), and what is said of it.
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("sign", {"to": "approved"}, "'approved' is not a state; allowed: logged, acknowledged"),
    ("sign", {"from": ["approved"]}, "'approved' is not a state"),
    ("sign", {"to": {"approved": "signed", "otherwise": "="}}, "'approved' is not a state"),
    ("sign", {"to": {"answered": "signed"}}, "must name each state of `from`, or `otherwise`"),
    ("sign", {"from": ["signed"]}, "what is signed takes no further action"),
    ("sign", {"who": "compliance"}, "who: 'compliance' won't do; allowed: supervisor, clinician"),
    ("sign", {"text": "maybe"}, "text: 'maybe' won't do; allowed: needed, allowed, none"),
    ("sign", {"text": None}, "text is missing"),
    ("sign", {"by": "anybody"}, "'by' is not known; allowed: says, who, from, to, text, claims"),
]


@pytest.mark.parametrize(("action", "change", "says"), WRONG)
def test_what_is_wrong_in_the_declaration_is_named(action: str, change: dict[str, Any], says: str) -> None:
    data = read_data("review.yaml")
    entry = {**data["actions"][action], **change}
    data["actions"][action] = {name: value for name, value in entry.items() if value is not None}
    with pytest.raises(ValueError, match=re.escape(f"review.yaml: {action}: ")) as wrong:
        review_flow(data)
    assert says in str(wrong.value)


def test_a_declaration_without_a_beginning_or_an_end_is_refused() -> None:
    data = read_data("review.yaml")
    del data["states"]["signed"]
    with pytest.raises(ValueError, match="signed is missing"):
        review_flow(data)


@pytest.mark.parametrize("kind", ["review_noticed", "addendum", "kind_of_a_later_version"])
def test_an_event_that_is_no_action_leaves_the_review_as_it_is(kind: str) -> None:
    consult = STATES["acknowledged"]()
    after = apply(consult, Event(kind, LATER, SUE, {"text": "invented"}))
    assert after.review == consult.review and after.updated_at == LATER


def test_a_review_shows_the_clinician_nothing_anew() -> None:
    consult = at_result(THREAT)
    after = do(consult, "acknowledge")
    assert (after.turn, after.state, after.result) == (consult.turn, consult.state, consult.result)


def events_until_decided() -> tuple[list[Event], Consult]:
    """A whole consult as its events, and the consult."""
    step = start("C-7F3K2", WHO, at=AT, remembered=COLORADO)
    events = list(step.events)
    consult = step.consult
    for _, answered in acts(consult, THREAT):
        events += answered.events
        consult = answered.consult
    step = consult.confirm(on=ON, **BY)
    events += step.events
    step = step.consult.decide(decision(step.consult), **BY)
    return [*events, *step.events], step.consult


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*the_review().actions]), st.sampled_from([WHO, SUE, SAM])), max_size=12))
def test_the_events_give_it_again(deeds: list[tuple[str, str]]) -> None:
    events, consult = events_until_decided()
    done: list[str] = []
    for action, by in deeds:
        try:
            step = review(consult, action, role=ROLE[by], at=LATER, actor=by, text="invented")
        except OutOfTurn:
            continue
        events += step.events
        done.append(action)
        consult = step.consult
    logged = [Event(one.kind, one.at, one.actor, json.loads(json.dumps(one.data))) for one in events]
    assert replay(logged) == stored(consult) == consult
    assert consult.review is not None and [one["action"] for one in consult.review["exchange"]] == done


def test_a_snapshot_of_an_older_version_has_no_review() -> None:
    consult = walked(THREAT)
    older = {name: value for name, value in snapshot(consult).items() if name not in ("review", "turn")}
    found = restore(consult.reference, consult.clinician, consult.started_at, consult.updated_at, older)
    assert (found.review, found.turn) == (None, 0)
