"""Every message that may be shown, in every state of every branch: Slack accepts it, and it can be tapped on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.desk import Kept
from bot.slack.addresses import Address
from bot.slack.conversation import current_messages
from bot.slack.messages import hints
from bot.slack.messages.emergency import emergency_message
from bot.slack.messages.minimal import ended_line, urgency_line, waiting_message
from bot.slack.messages.question import answered_message
from bot.slack.messages.result import result_messages
from bot.slack.messages.shrunk import shrunk_message
from bot.slack.messages.start import greeting, help_message, law_answer, root_message
from bot.slack.shown import Message
from flows.consult import Consult
from flows.machine import AFTERWARDS, CANCELLED, CLOSED, DECIDED, PAUSED, the_flow
from state_law.load import jurisdiction_names

from ..flows.making import AT, BY, COLORADO, ON, THREAT, begin, walked
from .walking import PATHS, can_be_tapped, every_state, fits, newcomer, offers_danger_now, said_in

SOME_PLACES = {"CO": "psychologist", "TX": "substance_use_counselor"}
SEVERAL_OPEN = [Kept(replace(begin(), reference=f"C-AAA2{digit}"), 1) for digit in "23456789ABCDE"]


@pytest.mark.parametrize("place", SOME_PLACES)
@pytest.mark.parametrize("path", PATHS)
def test_every_message_of_a_consult_is_accepted(path: str, place: str) -> None:
    for consult in every_state(PATHS[path], place, SOME_PLACES[place]):
        for message in _shown_of(consult):
            fits(message)
        offers_danger_now(current_messages(consult)[-1])


@pytest.mark.parametrize("path", PATHS)
def test_every_message_of_a_newcomer_is_accepted(path: str) -> None:
    for consult in newcomer(PATHS[path]):
        for message in _shown_of(consult):
            fits(message)
        offers_danger_now(current_messages(consult)[-1])


@pytest.mark.parametrize("place", jurisdiction_names())
def test_every_result_is_accepted_in_every_jurisdiction(place: str) -> None:
    for answers in PATHS.values():
        for profession in ("psychologist", "other"):
            consult = walked(answers, consult=begin({"jurisdiction": place, "profession": profession}))
            for message in result_messages(consult.confirm(on=ON, **BY).consult):
                fits(message)


def test_the_walks_see_every_screen_state_level_and_duty() -> None:
    consults = [
        consult
        for path, answers in PATHS.items()
        for place, profession in {**SOME_PLACES, "CT": "psychologist"}.items()
        for consult in [*every_state(answers, place, profession), *(newcomer(answers) if path == "a threat" else [])]
    ]
    assert {consult.state for consult in consults} == {*the_flow().screens, *AFTERWARDS}
    results = [consult.result for consult in consults if consult.result]
    assert {result["level"] for result in results} == {"low", "elevated", "high", "emergency"}
    assert {result["law"]["duty"] for result in results} >= {
        "must_act", "may_disclose", "turns_on_unknowns", "not_triggered", "unsettled",
    }  # fmt: skip


def _shown_of(consult: Consult) -> list[Message]:
    """All that may be shown of a consult as it stands, in both privacy modes."""
    shown = [*current_messages(consult), root_message(consult, "usual"), root_message(consult, "minimal")]
    shown += [waiting_message(consult), emergency_message(consult.given_answers, ON), shrunk_message(begin(), consult)]
    shown.append(answered_message(consult, [*consult.given], consult.turn))
    if consult.result:
        shown.append(urgency_line(consult))
    if consult.state in (DECIDED, PAUSED, CANCELLED, CLOSED):
        shown.append(ended_line(consult))
    return shown


def test_where_one_begins_is_accepted() -> None:
    cards = [greeting([]), greeting(SEVERAL_OPEN, typed=True, danger_first=True), help_message()]
    for message in cards:
        fits(message)
        offers_danger_now(message)
    assert "8 more" in said_in(cards[1])


@pytest.mark.parametrize("code", jurisdiction_names())
def test_the_law_in_short_is_accepted_and_dated(code: str) -> None:
    message = law_answer(code, ON)
    fits(message)
    assert re.search(r"Checked on\*: 20\d\d-\d\d-\d\d", said_in(message))
    assert jurisdiction_names()[code] in said_in(message)


HINTS: Mapping[str, tuple[Any, ...]] = {
    "line": ("A line.",),
    "waits_there": ("C-7F3K2",),
    "not_understood": (walked(THREAT, "intent").asks, Address("C-7F3K2", 4)),
    "not_kept": (Address("C-7F3K2", 4),),
    "typed_a_note": (Address("C-7F3K2", 4),),
}
"""What the hints take that take something."""


def _hints() -> dict[str, Callable[..., Message]]:
    own = {name: value for name, value in vars(hints).items() if getattr(value, "__module__", "") == hints.__name__}
    return {name: value for name, value in own.items() if not name.startswith("_")}


@pytest.mark.parametrize("name", _hints())
def test_every_hint_is_short_and_accepted(name: str) -> None:
    message = _hints()[name](*HINTS.get(name, ()))
    fits(message)
    assert len(said_in(message)) < 300


# Much of everything


def test_very_long_words_of_a_person_are_accepted() -> None:
    consult = walked(THREAT).change("narrative", "<&>" * 1000, **BY).consult
    assert consult.given["narrative"] == "<&>" * 1000
    for message in current_messages(consult):
        fits(message)
    fits(answered_message(consult, ["narrative"], 3))
    consult = consult.confirm(on=ON, **BY).consult
    assert consult.result is not None
    steps = {one: {"state": "done", "at": AT, "result": "&_*" * 1000} for one in consult.result["plan"]}
    fits(current_messages(consult.decide({"steps": steps}, **BY).consult)[0])


@pytest.mark.parametrize("state", ["planned", "attempted", "done", "failed"])
def test_a_decision_of_every_option_there_is_is_accepted(state: str) -> None:
    consult = walked(THREAT).confirm(on=ON, **BY).consult
    assert consult.result is not None
    every = [one["id"] for one in consult.result["options"]]
    steps = {one: {"state": state, "result": "an invented result"} for one in every}
    decision = {"steps": steps, "reasons": dict.fromkeys([*every, "law"], "an invented reason"), "follow_up": None}
    [message] = current_messages(consult.decide(decision, **BY).consult)
    fits(message)
    offers_danger_now(message)


@pytest.mark.parametrize("many", [3, 40, 41, 45, 90, 200])
def test_a_long_result_is_parted_into_messages_and_nothing_is_lost(many: int) -> None:
    consult = walked(THREAT, consult=begin(COLORADO)).confirm(on=ON, **BY).consult
    assert consult.result is not None
    plan = (consult.result["plan"] * many)[:many]
    messages = result_messages(replace(consult, result={**consult.result, "plan": plan}))
    for message in messages:
        fits(message)
    numbers = re.findall(r"^\*(\d+)\. ", said_in(*messages), re.MULTILINE)
    assert numbers == [str(number) for number in range(1, many + 1)]
    offers_danger_now(messages[-1])
    assert [n for n, message in enumerate(messages) if "decide" in can_be_tapped(message)] == [len(messages) - 1]


@pytest.mark.parametrize("many", [30, 45, 60])
def test_there_is_always_room_for_the_buttons(many: int) -> None:
    consult = walked(THREAT).confirm(on=ON, **BY).consult
    result = {**(consult.result or {}), "warnings": [f"{number} {'x' * 2900}" for number in range(many)]}
    messages = result_messages(replace(consult, result=result))
    for message in messages:
        fits(message)
    assert len(re.findall(r"^• \d+ x+$", said_in(*messages), re.MULTILINE)) == many
    offers_danger_now(messages[-1])
