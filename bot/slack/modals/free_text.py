"""Free text in a modal: looked over when it is submitted, and kept only once it seems to identify nobody, or they say so.

The view then comes back with what was found, the text as it was, and a box to tick. What was found is named by its kind, never
by its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from blockkit import Checkboxes, Option, PlainTextInput

from bot.slack.blocks import AnyBlock, bold, escape, paragraph
from bot.slack.modals.frame import ask, said
from bot.slack.modals.values import Values, about, ticked, typed
from flows import screening
from flows.decision import OMISSION
from flows.pages import label, who

Found = Sequence[str]
"""What may identify somebody, each in words: `Your reason: a name and a date`. Empty when nothing was found."""

NOBODY = "nobody"
IT_IDENTIFIES_NOBODY = "It identifies nobody"
NAME_NOBODY = "Name nobody."
MOST_TYPED = 3000
"""Slack's own limit for such a field."""


def text_input(*about_what: str, given: str = "", most: int = MOST_TYPED) -> PlainTextInput:
    """A field for several lines, with what stood there before."""
    return PlainTextInput(
        action_id=said(*about_what), initial_value=given[:most] or None, multiline=True, max_length=most
    )


def found_in(values: Values, suggested: Iterable[str] = ()) -> Found:
    """What may identify somebody in all that was written in a view; nothing once the person has ticked that it does not.

    `suggested`: texts that stood there before anybody wrote, and are not looked over.
    """
    if identifies_nobody(values):
        return ()
    own = {text.strip() for text in suggested}
    written = {block_id: typed(values, block_id) for block_id in values}
    kinds = {block_id: screening.said(text) for block_id, text in written.items() if text and text not in own}
    return tuple(f"{_called(block_id)}: {_listed(found)}" for block_id, found in kinds.items() if found)


def identifies_nobody(values: Values) -> bool:
    """Whether the person ticked that it identifies nobody."""
    return any(NOBODY in ticked(values, f"{NOBODY}.{view}") for view in about(values, NOBODY))


def notice(found: Found, view: str) -> list[AnyBlock]:
    """What was found, and the box to tick; nothing where nothing was.

    `view`: its callback id, so that Slack carries no tick over to another view.
    """
    if not found:
        return []
    points = "\n".join(f"• {escape(one)}" for one in found)
    says = f"{bold('Nothing is kept yet.')} It looks as if this could identify somebody:\n{points}"
    box = Checkboxes(action_id=said(NOBODY), options=[Option(IT_IDENTIFIES_NOBODY, NOBODY)])
    hint = "Take it out below, or tick this and send it again."
    return [paragraph(says), ask("What you wrote", box, f"{NOBODY}.{view}", hint=hint, optional=True)]


def _called(block_id: str) -> str:
    """How an input is called, by its block id."""
    kind, _, about_what = block_id.partition(".")
    if kind == "tell":
        return f"What is told to {who(about_what)}"
    if kind == "reason" and about_what:
        return f"Your reason, {'the law' if about_what == OMISSION else label(about_what)}"
    return {"reason": "Your reason", "result": "How it went"}.get(kind, "Your words")


def _listed(kinds: Sequence[str]) -> str:
    return kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} and {kinds[-1]}"
