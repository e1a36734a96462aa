"""The screens one by one: what stands where, what is remembered, what was answered, and what a list says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from bot.slack.blocks import button, paged, rows, section_blocks, small, texts
from bot.slack.blocks import message as message_of
from bot.slack.conversation import current_messages
from bot.slack.messages.minimal import ended_line
from bot.slack.messages.question import answered_message, question_message, read_choices
from bot.slack.messages.shrunk import shrunk_message
from bot.slack.messages.start import root_message
from bot.slack.messages.ticking import NONE_OF_THE_OTHERS
from flows.machine import REVIEW
from flows.questions import UNKNOWN, questions
from state_law.describe import Line, Section
from state_law.load import jurisdiction_names

from ..flows.making import BY, ON, THREAT, begin, closed, decided, paused, walked
from .walking import NEWCOMER, can_be_tapped, fits, said_in, tapped, words_on

# Questions


def test_two_short_rows_share_a_screen_and_what_was_answered_becomes_a_line() -> None:
    consult = walked(THREAT, "target")
    asked = said_in(question_message(consult))
    assert "*Is there a target?*" in asked and "*What harm is feared?*" in asked
    after = question_message(consult.answer({"victim": "named"}, **BY).consult)
    assert "✓ *Target*: A named person" in said_in(after)
    assert "edit:victim" in can_be_tapped(after)
    assert "*Is there a target?*" not in said_in(after) and "answer:victim:named" not in can_be_tapped(after)


def test_the_reason_for_a_question_stands_small_beneath_it() -> None:
    blocks = question_message(walked(THREAT, "means")).blocks
    for key in ("means", "history"):
        at = next(i for i, block in enumerate(blocks) if str(block.get("block_id")).endswith(f":ask.{key}"))
        assert blocks[at]["text"]["text"] == f"*{questions()[key].ask}*"
        assert blocks[at + 1]["type"] == "context"
        assert questions()[key].why in blocks[at + 1]["elements"][0]["text"]


@pytest.mark.parametrize("screen", ["threat", "target", "who", "intent", "plan", "means", "own_risk"])
def test_every_answer_is_one_tap_and_not_known_is_among_them(screen: str) -> None:
    consult = walked(THREAT, screen)
    offered = can_be_tapped(question_message(consult))
    for ask in consult.asks:
        for value in (*ask.options, UNKNOWN):
            assert f"answer:{ask.question}:{value}" in offered


def test_a_button_with_many_words_has_a_row_of_its_own_and_short_words_are_taken_where_there_are() -> None:
    message = question_message(walked(THREAT, "target"))
    assert words_on(tapped(message, "answer:harm:death_or_serious_injury")) == "Death or serious injury"
    assert "also strangulation, sexual assault, arson, kidnapping" in said_in(message), "the rest is said above"
    long = tapped(message, "answer:victim:named")
    assert [long] in [block["elements"] for block in message.blocks if block["type"] == "actions"]


def test_rows_of_buttons_keep_their_order_and_have_at_most_five() -> None:
    labels = ["a", "b", "a label of more than thirty characters", "c", "d", "e", "f", "g", "h"]
    message = message_of(
        "Curbside", rows([button(label, f"page:{n}") for n, label in enumerate(labels)], "C-7F3K2:1:x")
    )
    fits(message)
    found = [[words_on(one) for one in block["elements"]] for block in message.blocks]
    assert found == [["a", "b"], [labels[2]], ["c", "d", "e", "f", "g"], ["h"]]


def test_all_places_are_in_one_select_and_the_one_that_is_known_is_chosen() -> None:
    newcomer = tapped(question_message(begin(None)), "answer:jurisdiction")
    assert [one["value"] for one in newcomer["options"]] == [*jurisdiction_names()]
    assert len(newcomer["options"]) == 51 and "initial_option" not in newcomer
    message = question_message(begin({"jurisdiction": "TX"}))
    assert tapped(message, "answer:jurisdiction")["initial_option"]["value"] == "TX"
    assert tapped(message, "answer:jurisdiction:TX")["style"] == "primary", "choosing what is chosen sends nothing"


# What is remembered


def test_the_first_screen_shows_what_is_remembered_with_a_control_to_change_it() -> None:
    for consult in (begin(), walked(THREAT, "threat").back(**BY).consult, begin().say_danger(**BY).consult):
        message = question_message(consult)
        assert "The client is in *Colorado*. You: *Psychologist*." in said_in(message)
        change = tapped(message, "change")
        assert change["placeholder"]["text"] == "Change"
        assert {"jurisdiction", "profession"} <= {one["value"] for one in change["options"]}
    for consult in (
        walked(THREAT, "threat"),
        begin(None),
        walked(NEWCOMER, "concern", begin(None)),
    ):
        assert "change" not in can_be_tapped(question_message(consult))


def test_where_one_works_is_remembered_too() -> None:
    consult = begin({"jurisdiction": "CO", "profession": "nurse", "setting": {"inpatient": "yes", "facility": "no"}})
    assert "I work on an inpatient unit" in said_in(question_message(consult))
    assert "staff of a mental-health facility" not in said_in(question_message(consult))


def test_in_danger_the_last_row_has_the_emergency_steps_and_the_way_out_of_it() -> None:
    message = question_message(walked(THREAT, "plan").say_danger(**BY).consult)
    last = message.blocks[-1]["elements"]
    assert [words_on(one) for one in last] == ["Emergency steps", "No danger now", "Back", "Pause", "Cancel"]
    assert "Danger now: call 911" in said_in(message)
    assert "Danger now: call 911 first" in said_in(
        root_message(walked(THREAT, "plan").say_danger(**BY).consult, "minimal")
    )


def test_when_a_consult_is_over_danger_now_begins_another() -> None:
    assert (
        can_be_tapped(current_messages(closed())[0]) == can_be_tapped(ended_line(closed())) == ["start:danger", "start"]
    )
    assert can_be_tapped(current_messages(paused())[0]) == ["danger:yes", "resume"]


@pytest.mark.parametrize("action", ["cancel", "restart"])
def test_what_ends_a_consult_asks_first(action: str) -> None:
    assert "confirm" in tapped(question_message(walked(THREAT, "plan")), action)


# Lists

LISTS = {
    "nothing is ticked: not known": ([], UNKNOWN),
    "asked, none of the others": ([NONE_OF_THE_OTHERS], "no"),
}


@pytest.mark.parametrize("name", LISTS)
def test_what_is_not_ticked_is_not_known_unless_one_asked(name: str) -> None:
    chosen, others = LISTS[name]
    consult = walked(THREAT, "circumstances")
    options = [{"value": one} for one in ("psychosis", *chosen)]
    values = {
        "C-7F3K2:9:list.aggravating": {"said:aggravating": {"type": "multi_static_select", "selected_options": options}}
    }
    found = read_choices(consult, values)
    assert set(found) == {"aggravating", "protective", "accepts", "setting"}
    assert found["aggravating"].pop("psychosis") == "yes"
    assert set(found["aggravating"].values()) == {others}
    assert set(found["protective"].values()) == {UNKNOWN}
    assert consult.answer(found, **BY).consult.state == REVIEW


@pytest.mark.parametrize(
    "values",
    [{}, {"x": None}, {"x": {"said:aggravating": None}}, {"x": {"said:aggravating": {"selected_options": [7, {}]}}}],
)
def test_what_slack_would_not_send_ticks_nothing(values: Mapping[str, Any]) -> None:
    found = read_choices(walked(THREAT, "circumstances"), values)
    assert {said for items in found.values() for said in items.values()} == {UNKNOWN}


def test_what_was_ticked_is_ticked_when_one_comes_back() -> None:
    none_but = dict.fromkeys(questions()["aggravating"].options, "no") | {"psychosis": "yes"}
    message = question_message(walked({**THREAT, "aggravating": none_but}).back(**BY).consult)
    ticked = tapped(message, "said:aggravating")["initial_options"]
    assert {one["value"] for one in ticked} == {"psychosis", NONE_OF_THE_OTHERS}
    assert tapped(message, "continue")["style"] == "primary"


# What remains


def test_what_was_answered_shrinks_to_a_line_with_edit_until_the_decision() -> None:
    message = answered_message(walked(THREAT), ["victim", "harm"], 3)
    assert len(message.blocks) == 2 and can_be_tapped(message) == ["edit:victim", "edit:harm"]
    assert message.blocks[0]["block_id"] == "C-7F3K2:3:said.victim"
    assert can_be_tapped(answered_message(decided(), ["victim", "harm"], 3)) == []


def test_what_a_turn_leaves_behind_is_one_line() -> None:
    before = walked(THREAT)
    message = shrunk_message(before, before.confirm(on=ON, **BY).consult)
    fits(message)
    assert len(message.blocks) == 1


# Pages


def test_long_pages_are_parted_between_lines_and_lose_nothing() -> None:
    found = texts([Line(f"line {number} " + "x" * 900, "Label") for number in range(12)])
    assert all(len(text) <= 3000 for text in found) and len(found) == 4
    assert re.findall(r"line (\d+)", " ".join(found)) == [str(number) for number in range(12)]
    assert "".join(texts([Line("word " * 2000)])).count("word") == 2000
    without_blanks = texts([Line("a" + "<" * 3000)])
    assert all(re.fullmatch(r"a?(&lt;)+", text) for text in without_blanks), "an entity is never cut in two"
    fits(message_of("A page", section_blocks(Section("Title", (Line("word " * 2000),)))))


def test_pages_of_blocks() -> None:
    blocks = [small(f"line {number}") for number in range(5)]
    assert [paged(blocks, page, 2) for page in (0, 1, 3, 9)] == [
        (blocks[:2], 3),
        (blocks[:2], 3),
        (blocks[4:], 3),
        (blocks[4:], 3),
    ]
    assert paged([], 1) == ([], 1)
