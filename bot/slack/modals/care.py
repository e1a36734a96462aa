"""The checklist of the client's care in a window: with minimal privacy it is only here."""

from __future__ import annotations

from bot.slack.actions import OPEN, PAGE_VIEW
from bot.slack.addresses import lasting
from bot.slack.blocks import AnyBlock, button, rows
from bot.slack.messages.care import care_blocks
from bot.slack.messages.parts import address_of, head
from bot.slack.modals.frame import modal
from bot.slack.shown import View
from flows.consult import Consult
from flows.machine import DECIDED


def care_view(consult: Consult) -> View:
    """The list as it stands, each step with its button; a tap shows it anew in the same window."""
    back: list[AnyBlock] = []
    if consult.state == DECIDED:
        back += rows([button("The steps", OPEN)], lasting(consult.reference).block("back"))
    return modal(
        f"{consult.reference}: afterwards",
        [head(consult), *care_blocks(consult), *back],
        callback=PAGE_VIEW,
        metadata=address_of(consult).metadata(),
    )
