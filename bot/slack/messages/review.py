"""The answers before the result."""

from __future__ import annotations

from bot.slack.blocks import AnyBlock, bold, message, paragraph, texts
from bot.slack.messages import pieces
from bot.slack.messages.parts import address_of, head
from bot.slack.messages.pieces import addressed
from bot.slack.shown import Message
from flows.consult import Consult
from flows.pages import answers_page


def review_message(consult: Consult) -> Message:
    """What was answered, in words, with every answer to be changed, and the way to the result."""
    address = address_of(consult)
    said = texts(answers_page(consult).lines)
    blocks: list[AnyBlock] = [head(consult), paragraph(bold("Is this right?"))]
    blocks += [paragraph(text, address.block(f"answers.{i}")) for i, text in enumerate(said)]
    below = addressed((*pieces.in_review(), *pieces.ways(consult.danger_now, True)), address)
    return message(f"Curbside, {consult.reference}: your answers", [*blocks, *below])
