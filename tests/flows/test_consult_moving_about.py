"""One consult: back, changes, danger, pauses and giving up."""

from __future__ import annotations

import pytest

from flows.consult import snapshot
from flows.errors import AnswerError
from flows.machine import CANCELLED, CLOSED, DECIDED, PAUSED, RESULT, REVIEW

from .making import (
    BY,
    ON,
    STATES,
    THREAT,
    acts,
    answer,
    at_result,
    at_state,
    begin,
    decided,
    only,
    walked,
)

# Back


def test_back_shows_the_answers_again_and_keeps_them() -> None:
    consult = walked(THREAT, "plan")
    step = consult.back(**BY)
    assert (only(step).kind, only(step).data) == ("went_back", {"to": "intent"})
    assert [ask.question for ask in step.consult.asks] == ["intent", "imminence"]
    assert step.consult.given == consult.given


def test_back_from_the_middle_of_a_screen_leads_to_the_one_before() -> None:
    consult = answer(walked(THREAT, "plan"), plan="specific").back(**BY).consult
    assert consult.state == "intent" and consult.given["plan"] == "specific"


def test_an_answer_given_again_replaces_the_first_and_may_lead_elsewhere() -> None:
    consult = walked(THREAT, "who").back(**BY).consult
    again = answer(consult, victim="none", harm="physical")
    assert (again.state, again.given["victim"], again.given["harm"]) == ("intent", "none", "physical")


def test_back_from_the_result_leads_to_the_review_and_the_result_is_gone() -> None:
    consult = at_result().back(**BY).consult
    assert (consult.state, consult.result) == (REVIEW, None)


def test_back_leads_all_the_way_to_the_first_and_forward_again_to_the_same_answers() -> None:
    review = walked(THREAT)
    consult = review
    while consult.state != "concern":
        consult = consult.back(**BY).consult
    assert walked(THREAT, consult=consult).given == review.given


# Change


def test_a_change_at_the_review_is_one_event_and_stays_there() -> None:
    step = walked(THREAT).change("means", "none", **BY)
    assert only(step).kind == "changed"
    assert only(step).data == {"answers": {"means": "none"}, "was": "firearm", "to": REVIEW}
    assert (step.consult.state, step.consult.given["means"]) == (REVIEW, "none")


def test_a_change_of_concern_asks_only_what_is_not_answered() -> None:
    consult = walked({**THREAT, "threat": "none", "concern": "harm_to_self"})
    assert {"victim", "intent", "plan"} & set(consult.given) == set()
    consult = consult.change("concern", "harm_to_others", **BY).consult
    assert consult.state == "target"
    asked = [act.screen for act, _ in acts(consult, THREAT)]
    assert list(dict.fromkeys(asked)) == ["target", "who", "intent", "plan", "means"]
    after = walked({**THREAT, "self_harm": "passive"}, consult=consult)
    assert after.given["self_harm"] == "none", "the client's own risk was answered before"


def test_a_change_of_concern_keeps_answers_that_are_no_longer_asked() -> None:
    consult = walked(THREAT).change("concern", "past_act_only", **BY).consult
    assert (consult.state, consult.given["intent"]) == (REVIEW, "stated")


def test_a_change_on_the_way_never_jumps_ahead_of_the_screen_that_is_asked() -> None:
    consult = walked(THREAT, "plan").change("means", "none", **BY).consult
    assert (consult.state, consult.given["means"]) == ("plan", "none")
    consult = walked(THREAT, "plan").change("concern", "harm_to_self", **BY).consult
    assert consult.state == "own_life", "which is not answered, and comes before"


def test_a_change_that_takes_the_last_question_off_a_screen_goes_on() -> None:
    consult = walked({**THREAT, "concern": "harm_to_self"}, "intent")
    consult = consult.change("concern", "harm_to_others", **BY).consult
    consult = answer(consult, intent="stated")
    assert [ask.question for ask in consult.asks] == ["imminence"]
    consult = consult.change(
        "concern", "harm_to_self", **BY
    ).consult  # imminence was answered with the client's own life
    assert (consult.state, [ask.question for ask in consult.asks]) == ("plan", ["plan", "preparation"])


def test_a_change_at_the_result_evaluates_again() -> None:
    consult = at_result().change("intent", "denied", **BY).consult
    assert (consult.state, consult.result) == (REVIEW, None)


def test_one_item_of_a_list_is_changed_and_the_others_stay() -> None:
    consult = walked({**THREAT, "aggravating": {"psychosis": "no", "despair": "yes"}})
    changed = consult.change("aggravating", {"psychosis": "yes"}, **BY).consult.given["aggravating"]
    assert (changed["psychosis"], changed["despair"], changed["grievance"]) == ("yes", "yes", "unknown")


def test_an_answer_can_be_changed_to_not_known() -> None:
    assert walked(THREAT).change("means", "unknown", **BY).consult.facts["means"] == "unknown"


@pytest.mark.parametrize(("key", "value"), [("narrative", "Said it twice, calmly."), ("second_jurisdiction", "WY")])
def test_what_was_added_can_be_withdrawn(key: str, value: str) -> None:
    consult = walked(THREAT).change(key, value, **BY).consult
    assert consult.given_answers[key] == value
    step = consult.change(key, None, **BY)
    assert only(step).data["was"] == value, "the event keeps what stood there"
    assert key not in step.consult.given_answers
    assert step.consult.confirm(on=ON, **BY).consult.result == {
        **at_result().result,  # type: ignore[dict-item]
        "note": step.consult.confirm(on=ON, **BY).consult.result["note"],  # type: ignore[index]
    }
    assert value not in step.consult.confirm(on=ON, **BY).consult.result["note"]  # type: ignore[index]


@pytest.mark.parametrize("key", ["concern", "jurisdiction", "means", "aggravating"])
def test_an_answer_that_is_needed_can_not_be_withdrawn(key: str) -> None:
    with pytest.raises(AnswerError, match=rf"{key}: 'nothing'"):
        walked(THREAT).change(key, None, **BY)


def test_a_question_that_there_is_not_can_not_be_changed() -> None:
    with pytest.raises(AnswerError, match="answers: 'weather': no such key; allowed: concern, jurisdiction"):
        walked(THREAT).change("weather", "fine", **BY)


# Danger


def test_danger_at_the_result_asks_for_a_new_evaluation() -> None:
    before = at_result()
    step = before.say_danger(**BY)
    assert only(step).data == {"answers": {"danger_now": "yes"}, "was": "no", "to": REVIEW}
    assert (step.consult.state, step.consult.result) == (REVIEW, None)
    after = step.consult.confirm(on=ON, **BY).consult
    assert (before.result or {})["level"] == "high" and (after.result or {})["level"] == "emergency"


def test_danger_that_is_said_while_a_result_is_put_aside_asks_for_a_new_evaluation_too() -> None:
    consult = at_result().pause(**BY).consult.say_danger(**BY).consult
    assert (consult.state, consult.result) == (PAUSED, None)
    assert consult.resume(**BY).consult.state == REVIEW


def test_danger_that_is_over_can_be_said_too() -> None:
    consult = walked(THREAT, "plan").say_danger(**BY).consult
    assert consult.danger_now
    assert not consult.say_danger("no", **BY).consult.danger_now


def test_danger_after_the_decision_is_kept_as_an_event_and_changes_no_result() -> None:
    before = decided()
    step = before.say_danger(**BY)
    assert only(step).data == {"value": "yes"}
    assert snapshot(step.consult) == {**snapshot(before), "turn": before.turn + 1}


def test_danger_is_yes_no_or_not_known() -> None:
    with pytest.raises(AnswerError, match="danger_now: 'perhaps': not known here; allowed: no, yes, unknown"):
        begin().say_danger("perhaps", **BY)


# Pause, resume, cancel


@pytest.mark.parametrize("state", [state for state in STATES if state not in (DECIDED, PAUSED, CANCELLED, CLOSED)])
def test_a_pause_is_taken_up_where_it_was(state: str) -> None:
    before = at_state(state)
    step = before.pause(**BY)
    assert only(step).kind == "paused" and step.consult.status == PAUSED
    again = step.consult.resume(**BY)
    assert only(again).kind == "resumed"
    assert snapshot(again.consult) == {**snapshot(before), "turn": before.turn + 2}


def test_a_pause_in_the_middle_of_a_screen_keeps_what_was_answered_of_it() -> None:
    before = answer(walked(THREAT, "plan"), plan="partial")
    after = before.pause(**BY).consult.resume(**BY).consult
    assert [ask.question for ask in after.asks] == ["preparation"] and after.given["plan"] == "partial"


@pytest.mark.parametrize("state", ["concern", "plan", REVIEW, RESULT, PAUSED])
def test_a_consult_can_be_cancelled_until_it_is_decided(state: str) -> None:
    step = at_state(state).cancel("entered twice", **BY)
    assert (only(step).kind, step.consult.state) == ("cancelled", CANCELLED)
    assert (step.consult.finished, step.consult.ended_because) == (True, "entered twice")
