"""What remains of a message when its turn is over, and nothing was answered on it: one line."""

from __future__ import annotations

from bot.slack.blocks import message, small
from bot.slack.shown import Message
from flows.consult import Consult
from flows.machine import DECIDED, PAUSED, RESULT, REVIEW


def shrunk_message(before: Consult, after: Consult) -> Message:
    """`before`, `after`: the consult before and after the step that ended the turn."""
    return message(f"Curbside, {after.reference}", [small(_line(before, after))])


def _line(before: Consult, after: Consult) -> str:
    if before.state == PAUSED:
        return "Paused, and gone on below."
    if after.state == PAUSED:
        return "Paused."
    if before.state == after.state:
        return "Shown again below."
    if before.state == REVIEW and after.state == RESULT:
        return "✓ The answers were right. The result is below."
    if before.state == RESULT and after.state == DECIDED:
        return "✓ The decision is recorded below."
    if after.finished:
        return "Ended."
    return "It goes on below."
