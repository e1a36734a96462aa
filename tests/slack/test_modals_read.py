"""What is filled in comes back as what the engine takes: every question, every state, a decision with its reasons, a step."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.slack.actions import EDIT_VIEW
from bot.slack.addresses import BadAddress, read_metadata
from bot.slack.messages.ticking import NONE_OF_THE_OTHERS
from bot.slack.modals.carried import carried, packed
from bot.slack.modals.close import close_view, read_close
from bot.slack.modals.decision import (
    MOST_TOLD,
    decision_view,
    read_decision,
    read_reasons,
    reasons_view,
)
from bot.slack.modals.edit import ALL_THE_OTHERS, NO_OTHER_STATE, edit_view, read_edit
from bot.slack.modals.errors import errors_for
from bot.slack.modals.free_text import found_in, identifies_nobody
from bot.slack.modals.screen import read_screen, screen_view
from bot.slack.modals.step import read_step, step_view
from flows.consult import Consult
from flows.decision import STEP_STATES, reasons_needed
from flows.errors import AnswerError, OutOfTurn
from flows.machine import RESULT, REVIEW, the_flow
from flows.options import catalogue
from flows.questions import UNKNOWN, question, questions
from state_law.load import jurisdiction_names

from ..flows.making import ANGER, BY, COLORADO, THREAT, at_result, at_state, begin, decided, walked
from .filled_in import Filled
from .test_modals import AT, CASES, result_of

FOLLOW_UP = datetime.fromisoformat("2026-11-28T15:00:00-07:00")

# The questions


def filled_screen(consult: Consult, said: Mapping[str, Any]) -> Filled:
    """The consult's screen, filled in with these answers; what is not there is not known."""
    view = Filled(screen_view(consult))
    for ask in consult.asks:
        here = said.get(ask.question, [] if question(ask.question).kind == "list" else UNKNOWN)
        if isinstance(here, list):
            here = [item for item in here if item in ask.options]
        view.fill(f"answer.{ask.question}", here)
    return view


@pytest.mark.parametrize("state", the_flow().screens)
def test_what_is_filled_in_on_a_screen_is_taken(state: str) -> None:
    consult = at_state(state)
    said = {**THREAT, **COLORADO, "setting": ["facility"], "concern": consult.facts["concern"]}
    if state == "concern":
        said["concern"] = "harm_to_others"
    asked = [ask.question for ask in consult.asks]
    after = consult.answer(read_screen(consult, filled_screen(consult, said).values), **BY).consult
    assert after.state != state
    for key in asked:
        if question(key).kind != "list":
            assert after.given[key] == said[key]


@pytest.mark.parametrize("answers", [THREAT, ANGER, CASES["harm to self"], CASES["abuse of a child"]])
def test_a_whole_consult_goes_through_the_modal_as_through_messages(answers: Mapping[str, Any]) -> None:
    consult = begin()
    while consult.screen is not None:
        consult = consult.answer(read_screen(consult, filled_screen(consult, answers).values), **BY).consult
    assert consult.state == REVIEW
    by_messages = walked({key: value or {} for key, value in answers.items()})
    assert {key: value for key, value in consult.given.items() if value} == by_messages.given


def test_what_is_not_ticked_is_not_known_and_no_only_when_one_asked() -> None:
    consult = at_state("circumstances")
    view = filled_screen(consult, {}).fill("answer.protective", ["reasons_against", NONE_OF_THE_OTHERS])
    answers = read_screen(consult, view.values)
    assert set(answers["aggravating"].values()) == {UNKNOWN}
    assert answers["protective"].pop("reasons_against") == "yes" and set(answers["protective"].values()) == {"no"}


def test_a_list_that_was_answered_in_full_comes_back_as_it_was() -> None:
    consult = walked(THREAT).back(**BY).consult
    answers = read_screen(consult, Filled(screen_view(consult)).values)
    assert answers["protective"] == consult.given["protective"]


def test_a_screen_that_was_left_out_is_an_error_at_its_input() -> None:
    consult = at_state("target")
    values = Filled(screen_view(consult)).values
    with pytest.raises(AnswerError) as caught:
        read_screen(consult, values)
    assert list(errors_for(values, caught.value)) == ["answer.victim"]


# One answer

SINGLE = [(key, value) for key, one in questions().items() if one.kind == "one" for value in one.values]


@pytest.mark.parametrize(("key", "value"), SINGLE)
def test_every_answer_can_be_given_in_its_modal(key: str, value: str) -> None:
    consult = walked(THREAT)
    view = Filled(edit_view(consult, key, shown_turn=1)).fill(f"answer.{key}", value)
    assert read_edit(key, view.values) == value
    assert consult.change(key, value, **BY).consult.given[key] == value


@pytest.mark.parametrize("key", ["jurisdiction", "second_jurisdiction"])
@pytest.mark.parametrize("code", jurisdiction_names())
def test_every_place_can_be_given(key: str, code: str) -> None:
    view = Filled(edit_view(begin(), key, shown_turn=0)).fill(f"answer.{key}", code)
    assert read_edit(key, view.values) == code


def test_no_other_state_takes_the_second_one_back() -> None:
    consult = walked(THREAT).change("second_jurisdiction", "TX", **BY).consult
    view = Filled(edit_view(consult, "second_jurisdiction", shown_turn=1))
    assert read_edit("second_jurisdiction", view.values) == "TX"
    value = read_edit("second_jurisdiction", view.fill("answer.second_jurisdiction", NO_OTHER_STATE).values)
    assert consult.change("second_jurisdiction", value, **BY).consult.facts["second_jurisdiction"] == ""


@pytest.mark.parametrize("key", [key for key, one in questions().items() if one.kind == "list"])
def test_each_item_of_a_list_is_yes_no_or_not_known(key: str) -> None:
    first, second, *rest = question(key).options
    view = Filled(edit_view(begin(), key, shown_turn=0))
    view.fill(f"answer.{key}", [first]).fill(f"answer.{key}.no", [second])
    value = read_edit(key, view.values)
    assert value == {first: "yes", second: "no", **dict.fromkeys(rest, UNKNOWN)}
    consult = begin().change(key, value, **BY).consult
    again = Filled(edit_view(consult, key, shown_turn=0))
    assert read_edit(key, again.values) == value, "what is not touched stays as it was"


def test_all_the_others_are_no_with_one_tick() -> None:
    view = Filled(edit_view(begin(), "accepts", shown_turn=0))
    view.fill("answer.accepts", ["admission"]).fill("answer.accepts.no", [ALL_THE_OTHERS])
    value = read_edit("accepts", view.values)
    assert value.pop("admission") == "yes" and set(value.values()) == {"no"}


def test_what_is_ticked_in_both_lists_is_asked_again() -> None:
    view = Filled(edit_view(begin(), "accepts", shown_turn=0))
    values = view.fill("answer.accepts", ["admission"]).fill("answer.accepts.no", ["admission"]).values
    with pytest.raises(AnswerError) as caught:
        read_edit("accepts", values)
    assert errors_for(values, caught.value) == {
        "answer.accepts.no": "“Going into hospital” stands in both. Allowed: one of the two lists."
    }


def test_a_note_can_be_written_changed_and_taken_back() -> None:
    consult = walked(THREAT)
    view = Filled(edit_view(consult, "narrative", shown_turn=1))
    assert read_edit("narrative", view.values) is None
    text = read_edit("narrative", view.fill("answer.narrative", "  Invented words.\nTwo lines.  ").values)
    assert text == "Invented words.\nTwo lines."
    kept = consult.change("narrative", text, **BY).consult
    view = Filled(edit_view(kept, "narrative", shown_turn=1))
    assert read_edit("narrative", view.values) == text
    assert read_edit("narrative", view.fill("answer.narrative", "   ").values) is None


# The decision


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("place", ["CO", "TX", "CA", "FL"])
def test_a_decision_as_it_is_suggested_is_recorded_without_a_reason(case: str, place: str) -> None:
    consult = result_of(case, place)
    assert consult.result is not None
    decision = read_decision(consult, Filled(decision_view(consult, at=AT)).values)
    assert reasons_needed(consult.result, decision["steps"], decision["tell"]) == {}
    after = consult.decide(decision, **BY).consult
    assert after.decision is not None
    assert {one: step["state"] for one, step in after.decision["steps"].items()} == dict.fromkeys(
        consult.result["plan"], "planned"
    )
    assert after.decision["tell"] == {one["to"]: one["say"] for one in reversed(consult.result["disclosures"])}
    assert after.decision["differs"] == []


@pytest.mark.parametrize("state", STEP_STATES)
def test_each_step_is_recorded_with_the_state_that_was_chosen(state: str) -> None:
    consult = at_result()
    assert consult.result is not None
    view = Filled(decision_view(consult, at=AT))
    for one in consult.result["plan"]:
        view.fill(f"step.{one}", state)
    decision = read_decision(consult, view.values)
    assert {step["state"] for step in decision["steps"].values()} == {state}


def test_what_else_is_done_is_planned_and_what_nobody_does_tells_nobody() -> None:
    consult = at_result()
    view = Filled(decision_view(consult, at=AT)).fill("also", ["mobile_crisis", "clarify_facts"])
    decision = read_decision(consult, view.fill("step.warn_victim", "declined").values)
    assert decision["steps"]["mobile_crisis"] == decision["steps"]["clarify_facts"] == {"state": "planned"}
    assert set(decision["tell"]) == {"law_enforcement", "treating_or_medical_personnel"}


def test_what_is_told_can_be_changed_or_left_out() -> None:
    consult = at_result()
    view = Filled(decision_view(consult, at=AT)).fill("tell.victim", "Invented words").fill("tell.law_enforcement", "")
    tell = read_decision(consult, view.values)["tell"]
    assert tell["victim"] == "Invented words" and "law_enforcement" not in tell


def test_the_follow_up_time_is_the_moment_that_was_chosen_or_none() -> None:
    consult = at_result()
    view = Filled(decision_view(consult, at=AT)).fill("follow_up", FOLLOW_UP)
    decision = read_decision(consult, view.values)
    assert datetime.fromisoformat(decision["follow_up"]) == FOLLOW_UP
    again = Filled(decision_view(consult, given=decision))
    assert read_decision(consult, again.values) == decision
    assert read_decision(consult, view.fill("follow_up", None).values)["follow_up"] is None


def test_a_follow_up_in_the_past_is_said_at_its_input() -> None:
    consult = at_result()
    view = Filled(decision_view(consult, at=AT)).fill("follow_up", FOLLOW_UP - timedelta(days=30))
    with pytest.raises(AnswerError) as caught:
        consult.decide(read_decision(consult, view.values), **BY)
    said = errors_for(view.values, caught.value)
    assert list(said) == ["follow_up"] and said["follow_up"].startswith("The follow-up time has passed.")


def test_reasons_are_asked_for_once_and_the_decision_is_recorded_with_them() -> None:
    consult = at_result()
    assert consult.result is not None
    view = (
        Filled(decision_view(consult, at=AT)).fill("also", ["call_911"]).fill("tell.victim", "Invented, “quoted” words")
    )
    for one in ("warn_victim", "notify_law_enforcement"):
        view.fill(f"step.{one}", "declined")
    decision = read_decision(consult, view.values)
    needed = reasons_needed(consult.result, decision["steps"], decision["tell"])
    assert set(needed) == {"warn_victim", "notify_law_enforcement", "law", "call_911"}

    second = Filled(reasons_view(consult, decision, needed))
    for one in needed:
        second.fill(f"reason.{one}", f"Invented reason for {one}")
    _, extra = read_metadata(second.view["private_metadata"])
    reasons = read_reasons(second.values)
    after = consult.decide({**carried(extra), "reasons": reasons}, **BY).consult
    assert after.decision is not None
    assert after.decision["reasons"] == {one: f"Invented reason for {one}" for one in needed}
    assert after.decision["follow_up"] == decision["follow_up"]


def test_a_missing_reason_is_said_at_its_input() -> None:
    consult = at_result()
    steps = {"warn_victim": {"state": "declined"}}
    assert consult.result is not None
    needed = reasons_needed(consult.result, steps)
    second = Filled(reasons_view(consult, {"steps": steps, "tell": {}, "follow_up": None}, needed))
    with pytest.raises(AnswerError) as caught:
        consult.decide({"steps": steps, "reasons": read_reasons(second.values)}, **BY)
    [(block, words)] = errors_for(second.values, caught.value).items()
    assert block.startswith("reason.") and words.startswith("A reason is needed: it is in the suggested plan")


SENTENCES = (
    "The client said so today. I doubt it. They agreed to stay with somebody and to call; we meet again tomorrow. "
)


def test_every_decision_can_travel_to_its_reasons() -> None:
    """All 29 options, and every recipient told in as many ordinary words as the field takes."""
    consult = at_result()
    recipients = sorted({who for option in catalogue().values() for who in option.data.tells})
    steps = {one: {"state": "attempted"} for one in catalogue()}
    words = (SENTENCES * 20)[:MOST_TOLD]
    decision = {"steps": steps, "reasons": {}, "tell": dict.fromkeys(recipients, words), "follow_up": AT}
    view = Filled(reasons_view(consult, decision, {"law": "Invented"}))
    assert carried(read_metadata(view.view["private_metadata"])[1]) == decision


def test_what_is_too_long_to_travel_is_said_at_its_input() -> None:
    consult = at_result()
    chance = random.Random(7)
    view = Filled(decision_view(consult, at=AT))
    for one in ("victim", "law_enforcement", "treating_or_medical_personnel"):
        view.fill(f"tell.{one}", "".join(chance.choices("abcdefghijklmnopqrstuvwxyzéàüñ“”—0123456789", k=MOST_TOLD)))
    with pytest.raises(AnswerError) as caught:
        reasons_view(consult, read_decision(consult, view.values), {"law": "Invented"})
    [(block, words)] = errors_for(view.values, caught.value).items()
    assert block.startswith("tell.") and words == "It is too long to be kept with reasons. Needed: fewer words."


@pytest.mark.parametrize(
    "extra", [{}, {"d": 7}, {"d": "AAAA"}, {"d": "not base64"}, {"d": packed({})[:-4]}, {"d": None}]
)
def test_what_carries_no_decision_is_refused(extra: Mapping[str, Any]) -> None:
    with pytest.raises(BadAddress):
        carried(extra)


# Steps, and the end


@pytest.mark.parametrize("state", STEP_STATES)
def test_a_step_is_reported_with_its_time_and_result(state: str) -> None:
    consult = decided()
    view = Filled(step_view(consult, "safety_plan", None, at=AT)).fill("state", state)
    values = view.fill("at", FOLLOW_UP).fill("result", "Invented outcome").fill("reason", "Invented reason").values
    said = read_step(values)
    after = consult.report("safety_plan", said.step, reason=said.reason, **BY).consult
    assert after.decision is not None
    step = after.decision["steps"]["safety_plan"]
    assert step["state"] == state and step["result"] == "Invented outcome"
    assert datetime.fromisoformat(step["at"]) == FOLLOW_UP


def test_a_reason_that_is_missing_for_a_step_is_said_at_its_input() -> None:
    consult = decided()
    values = Filled(step_view(consult, "warn_victim", None, at=AT)).fill("state", "declined").values
    said = read_step(values)
    with pytest.raises(AnswerError) as caught:
        consult.report("warn_victim", said.step, reason=said.reason, **BY)
    assert list(errors_for(values, caught.value)) == ["reason"]


def test_a_step_comes_back_as_it_was_filled_in() -> None:
    consult = decided()
    view = Filled(step_view(consult, "warn_victim", None, at=AT)).fill("state", "declined").fill("reason", "Invented")
    said = read_step(view.fill("at", FOLLOW_UP).values)
    again = Filled(step_view(consult, "warn_victim", None, given=said, found=("Your reason: a name",)))
    assert read_step(again.values) == said


def test_closing_takes_a_reason_or_asks_for_one() -> None:
    consult = decided()
    view = Filled(close_view(consult))
    with pytest.raises(AnswerError) as caught:
        consult.close(read_close(view.values), **BY)
    assert list(errors_for(view.values, caught.value)) == ["reason"]
    reason = read_close(view.fill("reason", "Invented reason").values)
    assert consult.close(reason, **BY).consult.finished


# What may identify somebody

NAMED = "Dr. Jane Doe called on 2026-01-02"


def test_what_was_written_is_looked_over_and_named_by_its_kind() -> None:
    view = Filled(edit_view(begin(), "narrative", shown_turn=0)).fill("answer.narrative", NAMED)
    assert found_in(view.values) == ("Your words: a name and a date",)
    assert found_in(view.fill("answer.narrative", "They feel better now.").values) == ()


def test_what_is_suggested_is_not_looked_over_but_what_is_written_instead_is() -> None:
    consult = at_result()
    assert consult.result is not None
    suggested = [one["say"] for one in consult.result["disclosures"]]
    view = Filled(decision_view(consult, at=AT))
    assert found_in(view.values, suggested) == ()
    view.fill("tell.victim", NAMED)
    assert found_in(view.values, [NAMED]) == ()
    assert found_in(view.values, suggested) == ("What is told to the person at risk: a name and a date",)


def test_every_free_text_is_called_by_its_name() -> None:
    consult = decided()
    step = Filled(step_view(consult, "warn_victim", None, at=AT)).fill("result", NAMED).fill("reason", NAMED)
    assert [one.partition(":")[0] for one in found_in(step.values)] == ["How it went", "Your reason"]
    needed = {"law": "Invented", "warn_victim": "Invented"}
    reasons = Filled(reasons_view(at_result(), {"steps": {}, "tell": {}, "follow_up": None}, needed))
    reasons.fill("reason.law", NAMED).fill("reason.warn_victim", NAMED)
    assert [one.partition(":")[0] for one in found_in(reasons.values)] == [
        "Your reason, the law",
        "Your reason, Warn the person at risk",
    ]


def test_it_is_kept_once_the_person_says_that_it_identifies_nobody() -> None:
    view = Filled(edit_view(begin(), "narrative", shown_turn=0)).fill("answer.narrative", NAMED)
    found = found_in(view.values)
    again = Filled(edit_view(begin(), "narrative", shown_turn=0, found=found, given=NAMED))
    assert found_in(again.values) == found and not identifies_nobody(again.values)
    again.fill(f"nobody.{EDIT_VIEW}", ["nobody"])
    assert found_in(again.values) == () and read_edit("narrative", again.values) == NAMED


# What Slack would not send

JUNK: list[Mapping[str, Any]] = [
    {},
    {"answer.victim": None},
    {"answer.victim": {}},
    {"answer.victim": {"said:victim": None}},
    {"answer.victim": {"said:victim": {"selected_option": 7}}},
    {"answer.victim": {"said:victim": {"selected_option": {"value": ["named"]}}}},
]


@pytest.mark.parametrize("values", JUNK)
def test_what_slack_would_not_send_is_no_answer(values: Mapping[str, Any]) -> None:
    consult = at_state("target")
    with pytest.raises(AnswerError):
        read_screen(consult, values)
    with pytest.raises(AnswerError):
        read_edit("victim", values)
    with pytest.raises(AnswerError):
        read_decision(at_result(), values)
    with pytest.raises(AnswerError):
        read_step(values)
    assert read_edit("narrative", {"answer.narrative": {"x": {"value": 7}}}) is None
    assert read_close({"reason": {"x": {"value": ["a"]}}}) is None
    assert read_reasons({"reason.law": {"x": {}}}) == {}
    assert not identifies_nobody({"nobody.edit": {"x": {"selected_options": [7]}}})


def test_what_can_not_be_done_now_is_said_at_no_input() -> None:
    consult = at_state("target")
    values = filled_screen(consult, THREAT).values
    with pytest.raises(OutOfTurn) as caught:
        at_state("plan").answer(read_screen(consult, values), **BY)
    assert caught.value.field == "victim" and errors_for(values, caught.value) == {}


def test_an_error_that_is_about_no_input_of_the_view_is_said_at_none() -> None:
    consult = at_result()
    assert consult.state == RESULT
    with pytest.raises(AnswerError) as caught:
        consult.decide({"steps": {"fly_away": {"state": "planned"}}}, **BY)
    assert errors_for(Filled(decision_view(consult, at=AT)).values, caught.value) == {}
