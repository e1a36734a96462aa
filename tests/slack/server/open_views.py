"""Modals and homes, as Slack keeps them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .screens import Screen

State = dict[str, dict[str, Any]]  # block id -> action id -> what is chosen or typed there


@dataclass
class View(Screen):
    """A modal or a home that is shown to one person. A test is given copies."""

    id: str
    kind: str
    user: str
    blocks: list[dict[str, Any]]
    hash: str
    title: str = ""
    callback_id: str = ""
    private_metadata: str = ""
    external_id: str = ""
    submit: dict[str, Any] | None = None
    close: dict[str, Any] | None = None
    clear_on_close: bool = False
    notify_on_close: bool = False
    root: str = ""
    previous: str | None = None
    errors: dict[str, str] = field(default_factory=dict)  # block id -> what the app said is wrong there
    state: State = field(default_factory=dict)

    def fill(self, view: Mapping[str, Any], blocks: list[dict[str, Any]]) -> None:
        """Show what `view` says."""
        self.blocks = blocks
        self.title = (view.get("title") or {}).get("text", "")
        self.callback_id = view.get("callback_id", "")
        self.private_metadata = view.get("private_metadata", "")
        self.external_id = view.get("external_id", "")
        self.submit, self.close = view.get("submit"), view.get("close")
        self.clear_on_close = view.get("clear_on_close", False)
        self.notify_on_close = view.get("notify_on_close", False)
        self.errors = {}

    def copy(self) -> View:
        """The view as it is now."""
        return copy.deepcopy(self)

    def as_slack_says(self, app: str, bot: str, team: str) -> dict[str, Any]:
        """The view in the answer of a method or in an interaction."""
        says: dict[str, Any] = {
            "id": self.id,
            "team_id": team,
            "type": self.kind,
            "blocks": self.blocks,
            "private_metadata": self.private_metadata,
            "callback_id": self.callback_id,
            "external_id": self.external_id,
            "state": {"values": self.state},
            "hash": self.hash,
            "title": {"type": "plain_text", "text": self.title, "emoji": True},
            "clear_on_close": self.clear_on_close,
            "notify_on_close": self.notify_on_close,
            "close": self.close,
            "submit": self.submit,
            "previous_view_id": self.previous,
            "root_view_id": self.root or self.id,
            "app_id": app,
            "bot_id": bot,
            "app_installed_team_id": team,
        }
        return copy.deepcopy(says)
