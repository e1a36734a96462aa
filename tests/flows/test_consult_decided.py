"""One consult from its result on: the decision, reports of steps, and the close."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.consult import Consult, current_result
from flows.errors import AnswerError, OutOfTurn
from flows.machine import CLOSED, DECIDED, RESULT

from .making import (
    ANGER,
    BY,
    LATER,
    THREAT,
    WHO,
    at_result,
    decided,
    decision,
    only,
    walked,
)

# Result and decision


def test_the_result_is_that_of_the_day() -> None:
    step = walked(THREAT).confirm(on=date(2015, 1, 1), **BY)
    assert (only(step).kind, only(step).data["on"], only(step).data["to"]) == ("evaluated", "2015-01-01", RESULT)
    assert (step.consult.result or {})["law"]["evaluated_on"] == "2015-01-01"
    assert (step.consult.result or {})["consult"] == "C-7F3K2"


def test_a_decision_is_recorded_with_what_is_outstanding() -> None:
    consult = at_result()
    step = consult.decide(decision(consult), **BY)
    assert (only(step).kind, step.consult.state) == ("decided", DECIDED)
    [need] = (step.consult.decision or {})["outstanding"]
    assert ["warn_victim", "notify_law_enforcement"] in need["any_of"], "planned is not done"


# A decision for the Colorado threat that won't do, and what is said.
BAD_DECISIONS: list[tuple[Any, str]] = [
    ("all of it", "decision: 'all of it': a text; allowed: a mapping with any of: steps, reasons, tell, follow_up"),
    ({"stops": {}}, "decision: 'stops': no such part; allowed: steps, reasons, tell, follow_up"),
    ({"steps": ["warn_victim"]}, "decision.steps: ['warn_victim']: a list; allowed: a mapping"),
    ({"steps": {"warn_victims": {"state": "done"}}}, "decision.steps: 'warn_victims': no such option; allowed: "),
    ({"steps": {"warn_victim": {"state": "do"}}}, "decision.steps.warn_victim.state: 'do': not a state of a step; al"),
    ({"steps": {"warn_victim": {}}}, "decision.steps.warn_victim.state: not a state of a step; needed: planned, att"),
    ({"steps": {"warn_victim": {"state": "done", "at": "noon"}}}, "decision.steps.warn_victim.at: 'noon': not a d"),
    ({"steps": {"warn_victim": "done"}}, "decision.steps.warn_victim: 'done': a text; allowed: {state, at, result}"),
    ({"tell": {"neighbour": "all"}}, "decision.tell: 'neighbour': no such recipient; allowed: "),
    ({"reasons": {"weather": "rain"}}, "decision.reasons: 'weather': no such option; allowed: "),
    ({}, "decision.reasons.same_day_evaluation: a reason is needed: it is in the suggested plan, and you leave it out"),
]


@pytest.mark.parametrize(("given", "said"), BAD_DECISIONS)
def test_a_decision_that_will_not_do_names_the_part(given: Any, said: str) -> None:
    with pytest.raises(AnswerError) as refused:
        at_result().decide(given, **BY)
    assert str(refused.value).startswith(said)


def test_a_follow_up_is_ahead() -> None:
    consult = at_result(ANGER)
    with pytest.raises(AnswerError, match=r"decision.follow_up: '2026-11-25T09:00': the follow-up time has passed"):
        consult.decide(decision(consult, follow_up="2026-11-25T09:00"), **BY)
    after = consult.decide(decision(consult, follow_up="2026-11-28T09:00"), **BY).consult
    assert (after.decision or {})["follow_up"] == "2026-11-28T09:00"


# Report and close


def reported(consult: Consult, *options: str, state: str = "done") -> Consult:
    """The consult after these steps were reported."""
    for option in options:
        consult = consult.report(option, {"state": state, "result": "as planned"}, **BY).consult
    return consult


def outstanding(consult: Consult) -> list[Any]:
    """What the law requires that is not done."""
    return list((consult.decision or {})["outstanding"])


def test_a_report_is_one_event_with_the_step() -> None:
    step = decided().report("warn_victim", {"state": "attempted", "result": "no answer"}, **BY)
    assert only(step).kind == "step_reported"
    assert only(step).data["option"] == "warn_victim"
    assert only(step).data["step"] == {"state": "attempted", "at": LATER, "result": "no answer"}
    assert step.consult.state == DECIDED


@pytest.mark.parametrize("state", ["planned", "attempted", "failed"])
def test_only_what_is_done_discharges_a_duty(state: str) -> None:
    consult = reported(decided(), "warn_victim", "notify_law_enforcement", state=state)
    assert len(outstanding(consult)) == 1


def test_a_duty_is_outstanding_until_one_way_is_done_in_full() -> None:
    consult = reported(decided(), "warn_victim")
    assert len(outstanding(consult)) == 1
    assert outstanding(reported(consult, "notify_law_enforcement")) == []


def test_a_step_that_was_not_suggested_and_tells_somebody_needs_a_reason_when_it_is_reported() -> None:
    with pytest.raises(AnswerError, match=r"decision.reasons.welfare_check: a reason is needed"):
        decided().report("welfare_check", {"state": "done"}, **BY)
    after = decided().report("welfare_check", {"state": "done"}, reason="could not be reached since", **BY).consult
    assert (after.decision or {})["reasons"] == {"welfare_check": "could not be reached since"}


@pytest.mark.parametrize(
    ("option", "step", "said"),
    [
        ("warn_victims", {"state": "done"}, "decision.steps: 'warn_victims': no such option"),
        ("warn_victim", {"state": "over"}, "decision.steps.warn_victim.state: 'over': not a state of a step"),
        ("warn_victim", {"state": "done", "who": "me"}, "decision.steps.warn_victim: 'who': no such part"),
    ],
)
def test_a_report_that_will_not_do_names_the_part(option: str, step: dict[str, str], said: str) -> None:
    with pytest.raises(AnswerError) as refused:
        decided().report(option, step, **BY)
    assert str(refused.value).startswith(said)


def test_a_report_keeps_a_follow_up_that_has_passed_meanwhile() -> None:
    consult = decided(follow_up="2026-11-25T11:00:00-07:00")
    after = consult.report("safety_plan", {"state": "done"}, at="2026-11-30T11:00:00-07:00", actor=WHO).consult
    assert (after.decision or {})["follow_up"] == "2026-11-25T11:00:00-07:00"


def test_closing_needs_a_reason_only_while_something_is_outstanding() -> None:
    consult = decided()
    for reason in (None, "", "  "):
        with pytest.raises(AnswerError, match="reason: what the law requires is still outstanding; needed: a short"):
            consult.close(reason, **BY)
    after = consult.close("the county took it over", **BY)
    assert (only(after).kind, after.consult.state) == ("closed", CLOSED)
    assert after.consult.ended_because == "the county took it over"
    assert reported(consult, "warn_victim", "notify_law_enforcement").close(**BY).consult.finished


def test_the_current_result_has_what_was_decided_and_done_since() -> None:
    consult = at_result()
    before = current_result(consult)
    assert before["decision"] is None and len(before["law"]["outstanding"]) == 1
    consult = reported(decided(), "warn_victim", "notify_law_enforcement")
    after = current_result(consult)
    assert after["decision"] == consult.decision and after["law"]["outstanding"] == []
    assert "as planned" in after["note"] and "as planned" not in before["note"]
    assert (consult.result or {})["law"]["outstanding"] != [], "what was evaluated stays as it was"


def test_there_is_no_current_result_before_there_is_one() -> None:
    with pytest.raises(OutOfTurn, match=r"result: 'review'.*review the answers first"):
        current_result(walked(THREAT))
