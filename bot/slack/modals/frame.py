"""What every modal has: its frame, and inputs with a label, a hint and an id."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from blockkit import DatetimePicker, Header, Home, Input, Modal, Option, StaticSelect

from bot.slack.actions import SAID, action
from bot.slack.blocks import MOST_IN_OPTION, AnyBlock, shortened
from bot.slack.shown import Message, View

MOST_IN_TITLE = 24
MOST_ON_PAGE = 85
"""Blocks on a page of a modal, which holds 100: the rest is room for what every page has."""
MOST_CHARACTERS = 16_000
"""On one page: what can be read on a phone without getting lost, and far below what Slack takes (250,000 bytes)."""


def modal(
    title: str,
    blocks: Iterable[AnyBlock],
    *,
    callback: str,
    metadata: str | None = None,
    submit: str | None = None,
    close: str = "Close",
) -> View:
    """A modal of these blocks. ValueError where Slack would refuse it."""
    view: View = Modal(
        title=shortened(title, MOST_IN_TITLE),
        blocks=list(blocks),
        submit=submit,
        close=close,
        private_metadata=metadata,
        callback_id=callback,
    ).build()  # type: ignore[no-untyped-call]
    return view


def modal_of(title: str, message: Message, *, callback: str, metadata: str) -> View:
    """A modal that shows what a message shows."""
    frame = modal(title, [], callback=callback, metadata=metadata)
    return {**frame, "blocks": [dict(block) for block in message.blocks]}


def home(blocks: Iterable[AnyBlock]) -> View:
    """The App Home of these blocks."""
    view: View = Home(blocks=list(blocks)).build()  # type: ignore[no-untyped-call]
    return view


def ask(label: str, element: Any, block_id: str, *, hint: str | None = None, optional: bool = False) -> Input:
    """An input. `hint`: small, below it."""
    return Input(label=label, element=element, block_id=block_id, hint=hint or None, optional=optional)


def said(*about: str) -> str:
    """The action id of an input: it does nothing by itself, and counts when the modal is submitted."""
    return action(SAID, *about)


def one_of(options: Mapping[str, str], action_id: str, *, chosen: str | None, placeholder: str) -> StaticSelect:
    """A menu of which one is chosen. `options`: value -> its words."""
    built = {value: Option(shortened(text, MOST_IN_OPTION), value) for value, text in options.items()}
    return StaticSelect(
        action_id=action_id,
        options=list(built.values()),
        initial_option=built.get(chosen or ""),
        placeholder=placeholder,
    )


def when(action_id: str, at: int | None) -> DatetimePicker:
    """A date and a time of day, each person's own. `at`: seconds since 1970 with which it begins."""
    return DatetimePicker(action_id=action_id, initial_date_time=at)


def pages_of(blocks: Sequence[AnyBlock]) -> list[list[AnyBlock]]:
    """The blocks in pages that a modal holds and a person can read; at least one page. No page ends with a header."""
    found: list[list[AnyBlock]] = [[]]
    room = MOST_CHARACTERS
    for block in blocks:
        size = len(json.dumps(block.build(), ensure_ascii=False))  # type: ignore[no-untyped-call]
        if found[-1] and (size > room or len(found[-1]) >= MOST_ON_PAGE):
            goes_on = [found[-1].pop()] if isinstance(found[-1][-1], Header) and len(found[-1]) > 1 else []
            found.append([*goes_on])
            room = MOST_CHARACTERS
        found[-1].append(block)
        room -= size
    return found
