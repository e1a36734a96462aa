"""Messages that hold no clinical fact: the reference and the urgency only. The rest is in a modal, behind *Open*."""

from __future__ import annotations

from bot.records.expiring import has_expired
from bot.slack.actions import OPEN, START
from bot.slack.blocks import bold, button, message, paragraph, rows
from bot.slack.messages.ended import expired_text
from bot.slack.messages.parts import DO_NOT_WAIT, SERIOUS, address_of, danger_button
from bot.slack.shown import Message
from flows.consult import Consult
from flows.machine import CANCELLED, CLOSED, DECIDED, PAUSED
from flows.words import spoken

ENDED = {DECIDED: "is recorded. Write this code in the chart.", PAUSED: "is paused. Everything is kept.",
         CANCELLED: "is cancelled. It stays in the log.", CLOSED: "is closed. It stays in the log."}  # fmt: skip


def waiting_message(consult: Consult) -> Message:
    """The questions wait behind *Open*."""
    return _with_open(consult, f"{bold(consult.reference)}: the questions are ready.", "the questions are ready")


def urgency_line(consult: Consult) -> Message:
    """The result is there; how urgent it is."""
    level = (consult.result or {})["level"]
    text = f"{bold(consult.reference)}: the result is ready. Urgency: {bold(spoken(level))}."
    if level in SERIOUS:
        text += f" {bold(DO_NOT_WAIT)}"
    return _with_open(consult, text, "the result is ready")


def ended_line(consult: Consult) -> Message:
    """Recorded, paused, cancelled or closed."""
    text = expired_text(consult) if has_expired(consult) else f"{bold(consult.reference)} {ENDED[consult.state]}"
    if consult.finished:
        on = rows([danger_button(consult), button("Start a new consult", START)], address_of(consult).block("done"))
        return message(f"Curbside, {consult.reference}", [paragraph(text), *on])
    return _with_open(consult, text, "it is kept")


def _with_open(consult: Consult, text: str, says: str) -> Message:
    on = rows([danger_button(consult), button("Open", OPEN, style="primary")], address_of(consult).block("open"))
    return message(f"Curbside, {consult.reference}: {says}", [paragraph(text), *on])
