"""The addresses to which an app may answer an interaction or a command: five times within half an hour."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from typing import Any

from .checking import checked_blocks, checked_text
from .errors import ApiError
from .messages import Message
from .workspace import Workspace

USES, LIFETIME = 5, 1800.0


@dataclass
class _Given:
    user: str
    channel: str
    message: Message | None  # that in which something was tapped
    at: float
    uses: int = 0


class ResponseUrls:
    """The addresses that were given out, and what comes in at them."""

    def __init__(self, workspace: Workspace) -> None:
        self.base = ""
        self._workspace = workspace
        self._given: dict[str, _Given] = {}
        self._lock = threading.Lock()

    def give(self, user: str, channel: str, message: Message | None = None) -> str:
        """An address for a person's interaction."""
        name = self._workspace.ids.next("R")
        with self._lock:
            self._given[name] = _Given(user, channel, message, time.monotonic())
        return f"{self.base}/hooks/{name}"

    def answer(self, name: str, body: bytes) -> tuple[int, bytes]:
        """What the app posts to an address; returns a status and a body."""
        with self._lock:
            given = self._given.get(name)
            if given is None or given.uses >= USES or time.monotonic() - given.at > LIFETIME:
                return 404, b'{"ok":false,"error":"used_url"}'
            given.uses += 1
        try:
            self.show(given.user, given.channel, json.loads(body), given.message)
        except (ApiError, ValueError):
            return 500, b'{"ok":false,"error":"invalid_payload"}'
        return 200, b"ok"

    def show(self, user: str, channel: str, answer: dict[str, Any], tapped: Message | None = None) -> None:
        """Show what an app answered: to the person alone unless it says in_channel."""
        workspace = self._workspace
        blocks = answer.get("blocks")
        with workspace.lock:
            if answer.get("delete_original"):
                _remove(workspace, tapped)
                return
            shown = checked_blocks(workspace, blocks, "response_url") if blocks is not None else []
            text = checked_text(workspace, answer.get("text", ""), shown, "response_url")
            if answer.get("replace_original") and tapped is not None:
                tapped.text, tapped.blocks = text, shown
                return
            app = workspace.app
            ts = workspace.timestamps.next()
            message = Message(channel, ts, app.bot_user, text, shown, bot_id=app.bot_id, app_id=app.app_id)
            message.thread_ts = answer.get("thread_ts")
            if answer.get("response_type") == "in_channel":
                workspace.post(workspace.channels[channel], message)
            else:
                message.shown_to = user
                workspace.ephemerals.append(message)


def _remove(workspace: Workspace, message: Message | None) -> None:
    if message is not None and message.is_ephemeral:
        workspace.ephemerals.remove(message)
    elif message is not None:
        workspace.channels[message.channel].messages.remove(message)
