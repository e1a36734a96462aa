"""The modal that asks why a consult is closed while something that the law requires is outstanding."""

from __future__ import annotations

from bot.slack.actions import CLOSE_VIEW
from bot.slack.blocks import AnyBlock, bold, paragraph, part_blocks
from bot.slack.messages.parts import address_of, head
from bot.slack.modals.frame import ask, modal
from bot.slack.modals.free_text import NAME_NOBODY, Found, notice, text_input
from bot.slack.modals.values import Values, typed
from bot.slack.shown import View
from flows.consult import Consult, current_result
from flows.pages import outstanding_now

REASON = "reason"


def close_view(consult: Consult, *, found: Found = (), given: str | None = None) -> View:
    """What is outstanding, and why the consult is closed all the same; the consult must be decided.

    `found`: what in the reason may identify somebody. `given`: the reason as `read_close` gave it, where the view comes back.
    """
    outstanding = outstanding_now(current_result(consult))
    blocks: list[AnyBlock] = [head(consult), *notice(found, CLOSE_VIEW), *part_blocks(outstanding)]
    if outstanding.lines:
        blocks.append(paragraph(bold("A closed consult stays in the log as it is, with this outstanding.")))
    field = text_input(REASON, given=given or "")
    hint = f"It stays in the log. {NAME_NOBODY}"
    blocks.append(ask("Why do you close it?", field, REASON, hint=hint, optional=not outstanding.lines))
    metadata = address_of(consult).metadata()
    return modal(
        "Close the consult", blocks, callback=CLOSE_VIEW, metadata=metadata, submit="Close it", close="Not yet"
    )


def read_close(values: Values) -> str | None:
    """The reason; None where none was given."""
    return typed(values, REASON) or None
