"""The answers before the result."""

from __future__ import annotations

from bot.slack.actions import CONFIRM, EDIT, action
from bot.slack.blocks import AnyBlock, bold, button, message, paragraph, rows, texts
from bot.slack.messages.parts import address_of, bottom_row, change_select, head
from bot.slack.shown import Message
from flows.consult import Consult
from flows.pages import answers_page


def review_message(consult: Consult) -> Message:
    """What was answered, in words, with every answer to be changed, and the way to the result."""
    address = address_of(consult)
    said = texts(answers_page(consult).lines)
    blocks: list[AnyBlock] = [head(consult), paragraph(bold("Is this right?"))]
    blocks += [paragraph(text, address.block(f"answers.{i}")) for i, text in enumerate(said)]
    on = [
        button("Yes: show what to do", CONFIRM, style="primary"),
        change_select(consult),
        button("Add a note", action(EDIT, "narrative")),
        button("Another state", action(EDIT, "second_jurisdiction")),
    ]
    blocks += rows(on, address.block("review"))
    return message(f"Curbside, {consult.reference}: your answers", [*blocks, bottom_row(consult, back=True)])
