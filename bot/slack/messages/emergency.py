"""The emergency card: what to do first, whom to tell, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.slack.blocks import AnyBlock, bold, message, paragraph, section_blocks
from bot.slack.shown import Message
from flows.emergency import emergency_card
from flows.pages import emergency_page


def emergency_message(given: Mapping[str, Any], on: date) -> Message:
    """The card for the answers so far. Its notification says what every emergency needs, and nothing of this one."""
    return message("Curbside: do this first", emergency_blocks(given, on))


def emergency_blocks(given: Mapping[str, Any], on: date) -> list[AnyBlock]:
    """The card as blocks."""
    return [
        paragraph(bold("🚨 DANGER NOW: call 911 first.")),
        *section_blocks(emergency_page(emergency_card(given, on))),
    ]
