"""A consult that is put aside or done."""

from __future__ import annotations

from bot.records.expiring import has_expired
from bot.slack.actions import RESUME, START
from bot.slack.blocks import AnyBlock, bold, button, message, paragraph, rows
from bot.slack.messages.parts import address_of, danger_button
from bot.slack.shown import Message
from flows.consult import Consult


def paused_message(consult: Consult) -> Message:
    """Put aside, with the way back."""
    on = [danger_button(consult), button("Go on", RESUME, style="primary")]
    text = f"{bold(f'{consult.reference} is paused.')} Everything is kept. `/consult resume` finds it too."
    blocks: list[AnyBlock] = [paragraph(text), *rows(on, address_of(consult).block("paused"))]
    return message(f"Curbside, {consult.reference}: paused", blocks)


def cancelled_message(consult: Consult) -> Message:
    """Given up, or ended by itself."""
    if has_expired(consult):
        return _done(consult, expired_text(consult), "ended")
    return _done(consult, f"{bold(f'{consult.reference} is cancelled.')} It stays in the log.", "cancelled")


def closed_message(consult: Consult) -> Message:
    """Done."""
    return _done(consult, f"{bold(f'{consult.reference} is closed.')} It stays in the log.", "closed")


def expired_text(consult: Consult) -> str:
    """Of a consult that has ended by itself. It says nothing clinical."""
    said = f"{consult.reference} has ended by itself"
    return f"{bold(said)}, since nobody went on with it. It stays in the log. You can begin a new consult at any time."


def _done(consult: Consult, text: str, what: str) -> Message:
    on = rows([danger_button(consult), button("Start a new consult", START)], address_of(consult).block("done"))
    return message(f"Curbside, {consult.reference}: {what}", [paragraph(text), *on])
