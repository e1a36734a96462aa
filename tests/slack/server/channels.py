"""Conversations: direct messages, public and private channels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from .messages import Message

Kind = Literal["im", "channel", "group", "mpim"]

# The scope with which the conversations of a kind are seen and read: im:read, channels:history, ...
SCOPE_PREFIX = {"im": "im", "channel": "channels", "group": "groups", "mpim": "mpim"}


@dataclass
class Channel:
    """A conversation and all that was posted in it, in the order of its timestamps."""

    id: str
    name: str
    kind: Kind
    members: set[str] = field(default_factory=set)
    user: str | None = None  # of a direct message: the person
    is_archived: bool = False
    shared_with: set[str] = field(default_factory=set)  # the ids of other organisations' teams
    messages: list[Message] = field(default_factory=list)

    @property
    def event(self) -> str:
        """The event to which an app subscribes to hear what is said here."""
        return f"message.{SCOPE_PREFIX[self.kind]}"

    @property
    def scope_prefix(self) -> str:
        """What the scopes for this kind begin with."""
        return SCOPE_PREFIX[self.kind]

    def find(self, ts: str) -> Message | None:
        """The message with this timestamp."""
        return next((message for message in self.messages if message.ts == ts), None)

    def thread(self, root: str) -> list[Message]:
        """A message and its replies, oldest first."""
        return [message for message in self.messages if root in (message.ts, message.thread_ts)]

    def as_slack_says(self, team: str) -> dict[str, Any]:
        """What conversations.info answers."""
        says: dict[str, Any] = {
            "id": self.id,
            "created": 1_700_000_000,
            "is_archived": self.is_archived,
            "is_im": self.kind == "im",
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "channel",
            "is_ext_shared": bool(self.shared_with),
            "is_org_shared": False,
            "is_shared": bool(self.shared_with),
            "context_team_id": team,
        }
        if self.user is not None:
            return says | {"user": self.user, "is_open": True}
        connected = {"connected_team_ids": sorted(self.shared_with)} if self.shared_with else {}
        return says | connected | {"name": self.name, "name_normalized": self.name, "shared_team_ids": [team]}
