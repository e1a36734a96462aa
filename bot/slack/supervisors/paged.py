"""The page: a message in the card's thread that mentions whoever is on call, with the way to acknowledge right below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.beside import Record
from bot.slack.actions import READ, REVIEW, action
from bot.slack.addresses import lasting
from bot.slack.blocks import bold, button, escape, message, paragraph, rows, small
from bot.slack.shown import Message
from bot.slack.supervisors.cards import urgency
from flows.consult import Consult
from flows.words import spoken

EVERYBODY = "everyone"
"""Beside people's ids in what an event says of a page: the whole channel is called."""


def page_message(consult: Consult, record: Record, page: Mapping[str, Any]) -> Message:
    """`page`: as the event has it: {"to": [ids], "round": number}. `record`: of the consult after the event."""
    called = " ".join(_mention(one) for one in page["to"])
    level = urgency(consult, record) or record.level or "high"
    again = "" if page["round"] == 1 else f" Call number {page['round']}: nobody has acknowledged it yet."
    asked = " A supervisor has asked for more people." if record.escalated_by else ""
    text = f"{called} {bold(consult.reference)}, {bold(spoken(level))}: a supervisor is needed now.{again}{asked}"
    on = [
        button("Acknowledge", action(REVIEW, "acknowledge"), style="primary"),
        button("Call me", action(REVIEW, "call_me")),
        button("Open", action(READ, "first")),
    ]
    where = small(escape("Acknowledge it, so that nobody else is called."))
    notice = f"Curbside, {consult.reference}: a supervisor is needed now"
    return message(notice, [paragraph(text), where, *rows(on, lasting(consult.reference).block("page"))])


def _mention(one: str) -> str:
    return "<!channel>" if one == EVERYBODY else f"<@{one}>"
