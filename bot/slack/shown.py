"""What people are shown in Slack, as the builders give it: a message, or a view (a modal or the App Home)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Block = Mapping[str, Any]
View = Mapping[str, Any]
Privacy = Literal["usual", "minimal"]
"""CURBSIDE_PRIVACY. `minimal`: messages hold the reference and the urgency only; every clinical fact stands in a modal."""


@dataclass(frozen=True, slots=True)
class Message:
    """`text`: what a notification shows, so nothing clinical. `blocks`: what the message shows, Slack's JSON; none: the text."""

    text: str
    blocks: tuple[Block, ...]

    def as_body(self) -> dict[str, Any]:
        """The arguments that Slack's methods take for it."""
        return {"text": self.text} | ({"blocks": [dict(block) for block in self.blocks]} if self.blocks else {})
