"""A message, as Slack keeps it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from .screens import Screen


@dataclass
class Message(Screen):
    """What was posted. A test is given copies: they show what a device shows that has not been refreshed since."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: dict[str, Any] | None = None
    bot_id: str | None = None
    app_id: str | None = None
    edits: int = 0
    edited_ts: str | None = None
    is_broadcast: bool = False
    shown_to: str | None = None  # an ephemeral message: to whom

    @property
    def is_ephemeral(self) -> bool:
        """Whether one person alone sees it, and Slack forgets it."""
        return self.shown_to is not None

    @property
    def words(self) -> str:
        """What is shown: the blocks; the text when there are none."""
        return super().words if self.blocks else self.text

    def copy(self) -> Message:
        """The message as it is now."""
        return copy.deepcopy(self)

    def as_slack_says(self, with_metadata: bool = False) -> dict[str, Any]:
        """The message in the answer of a method or in an event."""
        says: dict[str, Any] = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts}
        if self.bot_id:
            says |= {"bot_id": self.bot_id, "app_id": self.app_id}
        if self.blocks:
            says["blocks"] = copy.deepcopy(self.blocks)
        if self.thread_ts:
            says["thread_ts"] = self.thread_ts
        if self.edited_ts:
            says["edited"] = {"user": self.user, "ts": self.edited_ts}
        if self.is_broadcast:
            says["subtype"] = "thread_broadcast"
        if with_metadata and self.metadata:
            says["metadata"] = copy.deepcopy(self.metadata)
        return says
