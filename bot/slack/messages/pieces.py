"""What looks the same in every consult: built and checked by blockkit once, and then only given its address.

Building took most of a step's time, since blockkit checks every element anew (measured: 1.1 of 2.3 ms). Each function here
takes small closed values alone, a question's key, its items, what was chosen, never what somebody wrote: nothing of a
consult is kept, and what is kept can't be out of date. The ids of these blocks have only the part, until `addressed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from blockkit import Option, StaticSelect

from bot.slack.actions import ANSWER, CHANGE, CONFIRM, CONTINUE, DECIDE, EDIT, PAGE, SAID, action
from bot.slack.addresses import Address
from bot.slack.blocks import FITS_ON_BUTTON, AnyBlock, bold, built, button, escape, paragraph, rows, small
from bot.slack.messages.parts import answer_line, change_select, ways_row
from bot.slack.messages.ticking import items_menu
from bot.slack.shown import Block
from flows.machine import Ask
from flows.questions import (
    ABOUT_THE_CLINICIAN,
    NOT_KNOWN,
    UNKNOWN,
    Question,
    question,
    say_answer,
    say_fact,
    say_topic,
)
from state_law.load import jurisdiction_names

PAGES = {"why": "Why", "law": "The law here", "options": "Other options", "note": "Note"}
KEPT = 4096
"""Pieces of a kind that are kept, some kilobytes each; a consult shows fewer than thirty."""
Blocks = tuple[Block, ...]
Chosen = str | tuple[tuple[str, str], ...]
"""An answer that was chosen: a value, or what was said of each item of a list."""


def addressed(blocks: Iterable[Block], address: Address) -> Iterator[Block]:
    """The blocks of one consult and turn."""
    for block in blocks:
        part = block.get("block_id")
        yield block if part is None else {**block, "block_id": address.block(part)}


def line(text: str) -> Block:
    """A line in small grey letters, of any words: only its frame is kept."""
    frame, element = _line_frame()
    return {**frame, "elements": [{**element, "text": text}]}


@lru_cache(1)
def _line_frame() -> tuple[Block, Block]:
    [frame] = built([small("words")])
    return frame, frame["elements"][0]


@lru_cache(KEPT)
def asked(key: str, items: tuple[str, ...] | None, given: str | None) -> Blocks:
    """A question with one button an answer. `given`: what was answered before, where it is a place."""
    ask, one = Ask(key, items, None), question(key)
    blocks: list[AnyBlock] = [paragraph(bold(one.ask), f"ask.{key}")]
    if one.kind == "place":
        return tuple(built([*blocks, small(escape(one.why)), *rows(list(_places(key, given)), f"choose.{key}")]))
    choices = dict(ask.options) | ({UNKNOWN: NOT_KNOWN} if one.can_be_unknown else {})
    full = [text for value, text in choices.items() if _on_button(key, value, text) != text]
    blocks.append(small("\n".join(escape(line) for line in (one.why, *full))))
    buttons = [button(_on_button(key, value, text), action(ANSWER, key, value)) for value, text in choices.items()]
    return tuple(built([*blocks, *rows(buttons, f"choose.{key}")]))


@lru_cache(KEPT)
def listed(key: str, items: tuple[str, ...] | None, ticked: tuple[str, ...]) -> Blocks:
    """A question of which several items may be ticked, and those that are."""
    one: Question = question(key)
    select = items_menu(Ask(key, items, None).options, action(SAID, key), ticked)
    return tuple(built([paragraph(bold(one.ask), f"list.{key}", select), small(escape(one.why))]))


@lru_cache(KEPT)
def go_on(only_lists: bool) -> Blocks:
    """Below lists."""
    style = "primary" if only_lists else None
    on = rows([button("Continue", CONTINUE, style=style)], "continue")
    return tuple(built([small("What is not ticked stays *not known*, never no."), *on]))


@lru_cache(KEPT)
def said(key: str, chosen: Chosen, editable: bool) -> Blocks:
    """An answer that was chosen, in a line, with *Edit* beside it if it may be changed."""
    value: Any = chosen if isinstance(chosen, str) else dict(chosen)
    return tuple(built([answer_line(key, value, f"said.{key}", editable=editable)]))


@lru_cache(KEPT)
def confirmed(place: str, profession: str, works_in: tuple[str, ...]) -> Blocks:
    """Where and as what one works, as it is remembered: to go on is to confirm it. `works_in`: items of `setting`."""
    at, who = (say_answer(key, said) for key, said in zip(ABOUT_THE_CLINICIAN, (place, profession), strict=True))
    options = [Option(say_topic(key), key) for key in (*ABOUT_THE_CLINICIAN, "setting", "second_jurisdiction")]
    change = StaticSelect(action_id=CHANGE, options=options, placeholder="Change")
    blocks: list[AnyBlock] = [paragraph(f"The client is in {bold(at)}. You: {bold(who)}.", "confirmed", change)]
    if works_in:
        blocks.append(small(escape(". ".join(say_fact(f"setting.{item}", "yes") for item in works_in))))
    return tuple(built(blocks))


@lru_cache(KEPT)
def ways(danger_now: bool, back: bool) -> Blocks:
    """The last row of every screen."""
    return tuple(built([ways_row(danger_now, back, "ways")]))


@lru_cache(1)
def in_review() -> Blocks:
    """Below the answers before the result."""
    on = [
        button("Yes: show what to do", CONFIRM, style="primary"),
        change_select(),
        button("Add a note", action(EDIT, "narrative")),
        button("Another state", action(EDIT, "second_jurisdiction")),
    ]
    return tuple(built(rows(on, "review")))


@lru_cache(1)
def at_result() -> Blocks:
    """Below a result."""
    on = [button("Record my decision", DECIDE, style="primary")]
    on += [button(says, action(PAGE, name)) for name, says in PAGES.items()]
    more = [change_select(), button("All on one page", action(PAGE, "result"))]
    return tuple(built([*rows(on, "result"), *rows(more, "change")]))


def _on_button(key: str, value: str, text: str) -> str:
    """In short where the words are many and there are shorter ones; what stands in full is said above."""
    return text if len(text) <= FITS_ON_BUTTON else say_answer(key, value)


def _places(key: str, given: str | None) -> Iterator[Any]:
    """All of them to choose from. Slack says nothing when the one that is chosen already is chosen again: it has a button."""
    options = {code: Option(name, code) for code, name in jurisdiction_names().items()}
    if given:
        yield button(f"Yes, {say_answer(key, given)}", action(ANSWER, key, given), style="primary")
    yield StaticSelect(
        action_id=action(ANSWER, key),
        options=list(options.values()),
        initial_option=options.get(given or ""),
        placeholder="Choose a place",
    )
