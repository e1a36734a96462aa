"""The emergency card as a modal: the answer to *Danger now* where the consult is walked in one."""

from __future__ import annotations

from datetime import date

from bot.slack.actions import DANGER, OPEN, PAGE_VIEW, action
from bot.slack.blocks import AnyBlock, button, rows
from bot.slack.messages.emergency import emergency_blocks
from bot.slack.messages.parts import address_of
from bot.slack.modals.frame import modal
from bot.slack.shown import View
from flows.consult import Consult


def emergency_view(consult: Consult, on: date) -> View:
    """What to do first, by the rules in force on that day, and the way back to the consult."""
    address = address_of(consult)
    back = [button("Go on with the consult", OPEN, style="primary"), button("No danger now", action(DANGER, "no"))]
    blocks: list[AnyBlock] = [*emergency_blocks(consult.given_answers, on), *rows(back, address.block("emergency"))]
    return modal("Danger now", blocks, callback=PAGE_VIEW, metadata=address.metadata())
