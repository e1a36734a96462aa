"""One consult: each step that can be taken, what comes of it, and what is said when it can't be taken."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from flows.answers import parse_answers
from flows.consult import Consult, Event, Step, current_result, replay, restore, snapshot, start, whole
from flows.errors import AnswerError, OutOfTurn
from flows.machine import AFTERWARDS, CANCELLED, CLOSED, DECIDED, PAUSED, RESULT, REVIEW, the_flow

from .making import (
    ANGER,
    AT,
    BY,
    COLORADO,
    LATER,
    ON,
    THREAT,
    WHO,
    acts,
    answer,
    at_result,
    at_state,
    begin,
    cancelled,
    closed,
    decided,
    decision,
    paused,
    stored,
    walked,
)

STATES = [*the_flow().screens, *AFTERWARDS]


def only(step: Step) -> Event:
    """The one event of a step."""
    [event] = step.events
    return event


# Begin


def test_a_consult_begins_where_something_is_to_be_asked() -> None:
    step = start("C-7F3K2", WHO, at=AT)
    assert only(step).kind == "started" and set(only(step).data) >= {"flow_version", "table_version"}
    assert (step.consult.state, step.consult.status, step.consult.given) == ("about_you", "asking", {})
    assert (step.consult.started_at, step.consult.updated_at) == (AT, AT)


def test_what_is_remembered_is_not_asked_again() -> None:
    consult = begin({**COLORADO, "setting": {"inpatient": "yes", "facility": "no"}})
    assert consult.state == "concern"
    assert consult.given == {**COLORADO, "setting": {"inpatient": "yes", "facility": "no"}}
    assert consult.facts["setting.school_records"] == "unknown"


def test_half_of_it_remembered_is_asked_again() -> None:
    assert begin({"jurisdiction": "CO"}).state == "about_you"


def test_a_memory_that_will_not_do_is_refused() -> None:
    with pytest.raises(AnswerError, match=r"jurisdiction: 'XX': not known here; allowed: AK, AL"):
        begin({"jurisdiction": "XX", "profession": "nurse"})


# Answer


def test_an_answer_is_one_event_and_stays_on_the_screen_until_all_is_answered() -> None:
    consult = walked(THREAT, "target")
    step = consult.answer({"victim": "named"}, **BY)
    assert (only(step).kind, only(step).at, only(step).actor) == ("answered", LATER, WHO)
    assert only(step).data == {"answers": {"victim": "named"}, "asked": ["victim"], "to": "target"}
    assert [ask.question for ask in step.consult.asks] == ["harm"]
    assert answer(step.consult, harm="physical").state == "who"


def test_a_whole_screen_can_be_answered_at_once_and_in_any_order() -> None:
    assert answer(walked(THREAT, "target"), harm="physical", victim="named").state == "who"


def test_an_answer_changes_nothing_in_the_consult_before() -> None:
    consult = walked(THREAT, "target")
    before = snapshot(consult)
    answer(consult, victim="named")
    with pytest.raises(AnswerError):
        answer(consult, victim="nobody")
    assert snapshot(consult) == before


def test_not_known_is_an_answer_and_stays_not_known() -> None:
    consult = walked({"concern": "harm_to_others"})
    given = {key: value for key, value in consult.facts.items() if key not in ("jurisdiction", "profession", "concern")}
    assert set(given.values()) == {"unknown", ""}  # "": no second jurisdiction
    result = consult.confirm(on=ON, **BY).consult.result
    assert result is not None and result["level"] != "low"


@pytest.mark.parametrize("time", ["remote", "within_weeks", "within_days", "within_a_day", "no_time_frame"])
def test_a_time_says_along_that_it_is_not_now(time: str) -> None:
    step = answer(walked(THREAT, "intent"), intent="stated").answer({"imminence": time}, **BY)
    assert only(step).data["answers"] == {"imminence": time, "danger_now": "no"}
    assert only(step).data["asked"] == ["imminence"]


def test_a_time_that_is_not_known_says_nothing_along() -> None:
    consult = answer(walked(THREAT, "intent"), intent="stated")
    assert answer(consult, imminence="unknown").facts["danger_now"] == "unknown"


@pytest.mark.parametrize("said", ["yes", "no", "unknown"])
def test_a_time_does_not_undo_what_was_said_about_danger(said: str) -> None:
    consult = answer(walked(THREAT, "intent"), intent="stated").say_danger(said, **BY).consult
    assert answer(consult, imminence="within_weeks").facts["danger_now"] == said
    review = walked({**THREAT, "imminence": "unknown"}).say_danger(said, **BY).consult
    assert review.change("imminence", "within_weeks", **BY).consult.facts["danger_now"] == said


def test_the_items_of_a_list_from_two_screens_come_together() -> None:
    workplace = {"substance_use_program": "yes", "facility": "no"}
    consult = walked({**COLORADO, **THREAT, "setting": workplace}, "circumstances", begin(None))
    assert consult.given["setting"] == {
        "substance_use_program": "yes",
        "school_records": "unknown",
        "inpatient": "unknown",
        "facility": "no",
    }
    after = answer(consult, aggravating=[], protective=[], accepts=[], setting=["minor_victim"])
    assert after.given["setting"] == {
        "substance_use_program": "yes",
        "school_records": "unknown",
        "inpatient": "unknown",
        "facility": "no",
        "minor_client": "unknown",
        "minor_victim": "yes",
    }


# A list on the screen `circumstances`, and what it says of {minor_client, minor_victim}.
LISTS: list[tuple[Any, tuple[str, str]]] = [
    (["minor_client"], ("yes", "unknown")),
    ([], ("no", "no")),
    ({}, ("unknown", "unknown")),
    ({"minor_victim": "no"}, ("unknown", "no")),
]


@pytest.mark.parametrize(("given", "said"), LISTS)
def test_a_list_says_only_what_was_said(given: Any, said: tuple[str, str]) -> None:
    consult = walked({**THREAT, "setting": given}, "circumstances")
    setting = answer(consult, setting=given).given["setting"]
    assert (setting["minor_client"], setting["minor_victim"]) == said
    assert set(setting) == {"minor_client", "minor_victim"}, "what was not asked here was not answered here"


WON_T_DO: list[tuple[str, dict[str, Any], str]] = [
    ("concern", {}, "answers: no answer was given; needed: concern"),
    ("concern", {"concern": "harm"}, "concern: 'harm': not known here; allowed: harm_to_others, "),
    ("concern", {"concern": "unknown"}, "concern: 'unknown': not known here; allowed: harm_to_others, "),
    ("concern", {"concern": None}, "concern: nothing"),
    ("concern", {"concern": ["harm_to_self"]}, "concern: ['harm_to_self']: a list; allowed: "),
    ("plan", {"plan": "none", "preparation": True}, "preparation: True: a true or false; allowed: no, yes, unknown"),
    ("circumstances", {"setting": ["inpatient"]}, "setting: 'inpatient': not asked on this screen; allowed: minor_cl"),
    ("circumstances", {"setting": {"inpatient": "no"}}, "setting: 'inpatient': not asked on this screen; allowed: m"),
    ("circumstances", {"protective": {"hope": "yes"}}, "protective: 'hope': not known here; allowed: engaged_in"),
    ("circumstances", {"protective": {"reasons_against": "x"}}, "protective.reasons_against: 'x': not known here"),
]


@pytest.mark.parametrize(("screen", "values", "said"), WON_T_DO)
def test_an_answer_that_will_not_do_names_field_value_and_what_is_allowed(
    screen: str, values: dict[str, Any], said: str
) -> None:
    with pytest.raises(AnswerError) as refused:
        walked(THREAT, screen).answer(values, **BY)
    assert str(refused.value).replace("'nothing'", "nothing").startswith(said)


def test_a_list_that_is_asked_again_keeps_what_is_not_named_anew() -> None:
    consult = walked({**THREAT, "protective": [], "setting": ["minor_client"]}).back(**BY).consult
    consult = answer(consult, protective={"reasons_against": "yes"}, setting={"minor_victim": "yes"})
    assert consult.given["protective"]["reasons_against"] == "yes"
    assert consult.given["protective"]["supportive_others"] == "no"
    assert consult.given["setting"] == {"minor_client": "yes", "minor_victim": "yes"}
    consult = consult.change("protective", ["supportive_others"], **BY).consult
    assert consult.given["protective"]["reasons_against"] == "unknown", "a plain list says something of every item"


# Out of turn

Take = Callable[[Consult], Step]


def take(name: str, *args: Any, **more: Any) -> Take:
    """A step by its name, to be taken later."""
    return lambda consult: getattr(consult, name)(*args, **BY, **more)


OUT_OF_TURN: Mapping[str, tuple[str, Take, str]] = {
    "an answer to another screen": (
        "target",
        take("answer", {"means": "firearm"}),
        "means: 'target': this consult is not there now; allowed: now it asks for victim, harm",
    ),
    "an answer at the review": (
        REVIEW,
        take("answer", {"means": "firearm"}),
        "means: 'review': this consult is not there now; allowed: back, change, confirm, pause, cancel",
    ),
    "a result before the review": (
        "plan",
        take("confirm", on=ON),
        "result: 'plan': this consult is not there now; allowed: answer the questions and review the answers first",
    ),
    "a second result": (
        RESULT,
        take("confirm", on=ON),
        "result: 'result': this consult is not there now; allowed: back, change, decide, pause, cancel",
    ),
    "a decision before the review": (
        "plan",
        take("decide", {}),
        "decision: 'plan': this consult is not there now; allowed: a decision comes after the result, once",
    ),
    "a decision before the result": (
        REVIEW,
        take("decide", {}),
        "decision: 'review': this consult is not there now; allowed: a decision comes after the result, once",
    ),
    "a second decision": (
        DECIDED,
        take("decide", {}),
        "decision: 'decided': this consult is not there now; allowed: a decision comes after the result, once",
    ),
    "a report before the decision": (
        RESULT,
        take("report", "safety_plan", {"state": "done"}),
        "step: 'result': this consult is not there now; allowed: steps are reported after the decision",
    ),
    "an end before the decision": (
        RESULT,
        take("close"),
        "close: 'result': this consult is not there now; allowed: a consult is closed after its decision",
    ),
    "going on where nothing was paused": (
        "plan",
        take("resume"),
        "resume: 'plan': this consult is not there now; allowed: only a paused consult can be resumed",
    ),
    "a change after the decision": (
        DECIDED,
        take("change", "means", "none"),
        "means: 'decided': this consult is not there now; allowed: report, close",
    ),
    "a change while paused": (
        PAUSED,
        take("change", "means", "none"),
        "means: 'paused': this consult is not there now; allowed: resume, cancel",
    ),
    "a pause after the decision": (
        DECIDED,
        take("pause"),
        "pause: 'decided': this consult is not there now; allowed: report, close",
    ),
    "a second pause": (
        PAUSED,
        take("pause"),
        "pause: 'paused': this consult is not there now; allowed: resume, cancel",
    ),
    "cancelling what was decided": (
        DECIDED,
        take("cancel"),
        "cancel: 'decided': this consult is not there now; allowed: report, close",
    ),
    "back at the first": (
        "concern",
        take("back"),
        "back: 'concern': this consult is not there now; allowed: there is nothing before this",
    ),
    "back while paused": (
        PAUSED,
        take("back"),
        "back: 'paused': this consult is not there now; allowed: resume, cancel",
    ),
    "back after the decision": (
        DECIDED,
        take("back"),
        "back: 'decided': this consult is not there now; allowed: report, close",
    ),
}


@pytest.mark.parametrize("case", OUT_OF_TURN)
def test_a_step_out_of_turn_says_what_where_and_what_is_allowed(case: str) -> None:
    state, step, said = OUT_OF_TURN[case]
    with pytest.raises(OutOfTurn) as refused:
        step(at_state(state))
    assert str(refused.value) == said


EVERY_STEP: Mapping[str, Take] = {
    "answer": take("answer", {"means": "firearm"}),
    "change": take("change", "means", "firearm"),
    "back": take("back"),
    "danger": take("say_danger"),
    "pause": take("pause"),
    "resume": take("resume"),
    "cancel": take("cancel"),
    "confirm": take("confirm", on=ON),
    "decide": take("decide", {}),
    "report": take("report", "safety_plan", {"state": "done"}),
    "close": take("close", "done"),
}


@pytest.mark.parametrize("step", EVERY_STEP)
@pytest.mark.parametrize("over", [CANCELLED, CLOSED])
def test_nothing_can_be_done_in_a_consult_that_is_over(over: str, step: str) -> None:
    with pytest.raises(OutOfTurn, match=rf"'{over}'.*(nothing more; begin a new consult|call 911)"):
        EVERY_STEP[step](at_state(over))


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


# The same again from the log


def test_a_whole_consult_from_a_file_is_events_like_any_other() -> None:
    answers = parse_answers({**COLORADO, **ANGER})
    step = whole("C-7F3K2", answers, clinician=WHO, on=ON, at=AT)
    kinds = [event.kind for event in step.events]
    assert kinds == ["started", *["answered"] * len(answers.given), "evaluated"]
    assert step.consult.state == RESULT and step.consult.given == answers.given
    assert replay(step.events) == step.consult


def test_a_whole_consult_with_a_decision_that_will_not_do_is_none() -> None:
    answers = parse_answers({**COLORADO, **THREAT, "decision": {"steps": {}}})
    with pytest.raises(AnswerError, match="a reason is needed"):
        whole("C-7F3K2", answers, clinician=WHO, on=ON, at=AT)


@pytest.mark.parametrize("state", STATES)
def test_snapshot_and_restore_are_each_others_inverse(state: str) -> None:
    consult = at_state(state)
    assert stored(consult) == consult
    again = restore(consult.reference, consult.clinician, consult.started_at, consult.updated_at, snapshot(consult))
    assert again == consult


def test_replaying_the_events_gives_the_consult_again_at_every_step() -> None:
    events: list[Event] = []
    step = start("C-7F3K2", WHO, at=AT, remembered=COLORADO)

    def took(next_step: Step) -> Consult:
        events.extend(json.loads(json.dumps([event.as_dict() for event in next_step.events]), object_hook=as_event))
        assert replay(events) == stored(next_step.consult) == next_step.consult
        return next_step.consult

    consult = took(step)
    for _, step in acts(consult, THREAT):
        consult = took(step)
    for back_and_forth in ("back", "pause", "resume", "say_danger"):
        consult = took(getattr(consult, back_and_forth)(**BY))
    consult = took(consult.change("danger_now", "no", **BY))
    for _, step in acts(consult, THREAT):
        consult = took(step)
    consult = took(consult.confirm(on=ON, **BY))
    consult = took(consult.decide(decision(consult), **BY))
    for option in ("warn_victim", "notify_law_enforcement"):
        consult = took(consult.report(option, {"state": "done"}, **BY))
    consult = took(consult.close(**BY))
    assert len(events) > 20


def as_event(data: dict[str, Any]) -> Any:
    """An event as it comes back from JSON."""
    return Event(**data) if set(data) == {"kind", "at", "actor", "data"} else data


def test_events_of_other_parts_and_later_versions_change_nothing() -> None:
    consult = decided()
    step = start("C-7F3K2", WHO, at=AT, remembered=COLORADO)
    later = replay([*step.events, Event("reviewed_by_supervisor", LATER, "supervisor-one", {"says": "agreed"})])
    assert (later.state, later.updated_at) == ("concern", LATER)
    assert snapshot(later) == snapshot(step.consult) and consult.state == DECIDED


@pytest.mark.parametrize(
    ("events", "said"),
    [([], "at least one event"), ([Event("answered", AT, WHO, {})], "begins with `started`, not 'answered'")],
)
def test_events_without_a_beginning_are_no_consult(events: list[Event], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replay(events)


@pytest.mark.parametrize("make", [cancelled, closed, paused, decided])
def test_the_status_says_in_a_word_where_it_is(make: Callable[[], Consult]) -> None:
    assert make().status == make.__name__
    assert (begin().status, walked(THREAT).status, at_result().status) == ("asking", REVIEW, RESULT)
