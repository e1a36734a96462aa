"""The result and the decision: what is said in which order, what is left out and where it is, what is still outstanding."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.slack.blocks import escape
from bot.slack.conversation import current_messages
from bot.slack.messages.decided import decided_message
from bot.slack.messages.result import MOST_IF_THEN, MOST_TO_FIND_OUT, result_messages
from flows.pages import NOTHING_REQUIRED, outstanding_lines

from ..flows.making import ANGER, BY, ON, THREAT, at_result, decided, walked
from .walking import PATHS, can_be_tapped, fits, said_in

# The result


@pytest.mark.parametrize("path", PATHS)
def test_a_result_says_first_what_to_do_and_last_the_law(path: str) -> None:
    said = said_in(*result_messages(at_result(PATHS[path])))
    titles = ["*Next steps*", "*Find out*", "*Who may be told, and the least to say*", "*The law here*"]
    places = [said.index(title) for title in titles if title in said]
    assert places == sorted(places) and len(places) >= 3


def test_every_title_has_something_under_it() -> None:
    for answers in PATHS.values():
        for consult in (at_result(answers), decided(answers)):
            for message in current_messages(consult):
                alone = [
                    block for block in message.blocks if block.get("text", {}).get("text", "").startswith("*Still")
                ]
                assert all("\n" in block["text"]["text"] for block in alone)


def test_what_is_left_out_of_the_result_is_counted_and_can_be_seen() -> None:
    consult = at_result(PATHS["nothing is known"])
    result = consult.result
    assert result is not None and len(result["find_out"]) > MOST_TO_FIND_OUT and len(result["if_then"]) > MOST_IF_THEN
    left = len(result["find_out"]) - MOST_TO_FIND_OUT + len(result["if_then"]) - MOST_IF_THEN
    more = [one for one in result_messages(consult) if f"{left} more of these" in said_in(one)]
    assert len(more) == 1 and can_be_tapped(more[0]) == ["page:result"]
    few = replace(consult, result={**result, "find_out": result["find_out"][:2], "if_then": result["if_then"][:2]})
    assert "more of these" not in said_in(*result_messages(few))


def test_a_report_that_is_owed_says_to_whom_and_by_when_before_the_rest_of_the_law() -> None:
    law = said_in(result_messages(at_result(PATHS["abuse of a child"]))[-1])
    assert "*Report, CO*:" in law and "You must report." in law and "844-CO-4-KIDS" in law and "24 hours" in law
    assert law.index("You must report") < law.index("duty of care")


def test_of_two_states_both_laws_are_cited() -> None:
    consult = walked(THREAT).change("second_jurisdiction", "CA", **BY).consult.confirm(on=ON, **BY).consult
    for message in result_messages(consult):
        fits(message)
    law = said_in(result_messages(consult)[-1]).partition("*Still outstanding")[0]
    assert "*C.R.S. § 13-21-117*" in law and "*Cal. Civ. Code § 43.92" in law and "*Two states*" in law


def test_what_is_serious_says_not_to_wait() -> None:
    for answers, waits in ((THREAT, True), (ANGER, False)):
        for consult in (at_result(answers), decided(answers)):
            said = said_in(*current_messages(consult))
            assert ("*Do not wait for a reply here.*" in said) is waits


# The decision


def test_a_planned_step_is_no_duty_discharged() -> None:
    said = said_in(decided_message(decided()))
    assert "planned, not done yet" in said and "*Still outstanding under the law*" in said
    lines = outstanding_lines((decided().decision or {})["outstanding"])
    assert lines
    for line in lines:
        assert escape(line.text) in said and all(f"• {escape(way)}" in said for way in line.points)
    said = said_in(decided_message(decided(state="done")))
    assert "✓ done" in said and "Still outstanding" not in said and NOTHING_REQUIRED in said


def test_nothing_outstanding_is_never_an_all_clear_while_the_duty_turns_on_what_is_not_known() -> None:
    consult = decided(PATHS["nothing is known"])
    assert consult.result is not None and consult.result["law"]["duty"] == "turns_on_unknowns"
    said = said_in(decided_message(consult))
    assert NOTHING_REQUIRED not in said and "not known" in said.partition("*Still outstanding")[2]


def test_what_is_outstanding_stays_until_the_standard_is_met() -> None:
    consult = decided()
    for option, state, outstanding in (
        ("warn_victim", "attempted", True),
        ("warn_victim", "done", True),
        ("notify_law_enforcement", "failed", True),
        ("notify_law_enforcement", "done", False),
    ):
        consult = consult.report(option, {"state": state}, **BY).consult
        assert ("Still outstanding" in said_in(decided_message(consult))) is outstanding, (option, state)


def test_each_step_says_its_state_and_has_its_buttons() -> None:
    consult = decided().report("warn_victim", {"state": "attempted", "result": "no answer"}, **BY).consult
    consult = consult.report("means_safety", {"state": "done"}, **BY).consult
    message = decided_message(consult)
    offered = can_be_tapped(message)
    assert "tried, not reached yet, <!date^" in said_in(message) and "no answer" in said_in(message)
    of_the_plan = [one for one in offered if one.startswith("step:notify_law_enforcement")]
    assert of_the_plan == [f"step:notify_law_enforcement:{one}" for one in ("done", "attempted", "declined", "more")]
    assert "step:warn_victim:attempted" not in offered and "step:warn_victim:done" in offered
    assert [one for one in offered if one.startswith("step:means_safety")] == ["step:means_safety:more"]


def test_the_decision_says_the_code_for_the_chart_and_the_follow_up() -> None:
    said = said_in(decided_message(decided(follow_up="2026-12-01T10:00:00-07:00")))
    assert "*Recorded as C-7F3K2. Write this code in the chart.*" in said
    assert "*Follow-up*: <!date^1796144400^{date_short_pretty}, {time}|2026-12-01 10:00 (UTC-07:00)>" in said
    assert "*Follow-up*: no time was set" in said_in(decided_message(decided()))
