"""What Slack sends, in its own shapes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from .channels import Channel
from .messages import Message
from .open_views import State, View
from .response_urls import ResponseUrls
from .state import state_of
from .workspace import Workspace

VERIFICATION_TOKEN = "invented-verification-token"


class Payloads:
    """Makes payloads for the app of a workspace."""

    def __init__(self, workspace: Workspace, response_urls: ResponseUrls) -> None:
        self._workspace = workspace
        self._response_urls = response_urls

    def event(self, event: Mapping[str, Any], shared: bool = False) -> dict[str, Any]:
        """The outer shape of an event."""
        workspace = self._workspace
        authorization = {"enterprise_id": None, "team_id": workspace.team, "user_id": workspace.app.bot_user}
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": workspace.team,
            "context_team_id": workspace.team,
            "context_enterprise_id": None,
            "api_app_id": workspace.app.app_id,
            "event": dict(event),
            "type": "event_callback",
            "event_id": workspace.ids.next("Ev"),
            "event_time": int(time.time()),
            "authorizations": [authorization | {"is_bot": True, "is_enterprise_install": False}],
            "is_ext_shared_channel": shared,
            "event_context": workspace.ids.next("EC"),
        }

    def command(self, user: str, channel: Channel, command: str, text: str) -> dict[str, Any]:
        """A slash command."""
        workspace = self._workspace
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": workspace.users[user].team,
            "team_domain": workspace.domain,
            "channel_id": channel.id,
            "channel_name": "privategroup" if channel.kind == "group" else channel.name,
            "user_id": user,
            "user_name": workspace.users[user].as_slack_says()["name"],
            "command": command,
            "text": text,
            "api_app_id": workspace.app.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_urls.give(user, channel.id),
            "trigger_id": workspace.triggers.give(user),
        }

    def shortcut(self, user: str, callback_id: str) -> dict[str, Any]:
        """A global shortcut."""
        return self._interaction("shortcut", user) | {
            "callback_id": callback_id,
            "action_ts": self._workspace.timestamps.next(),
        }

    def tapped_in_message(self, user: str, message: Message, action: Mapping[str, Any], state: State) -> dict[str, Any]:
        """Something was tapped or chosen in a message, which may look otherwise by now."""
        channel = self._workspace.channels[message.channel]
        container: dict[str, Any] = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.is_ephemeral,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        now = self._workspace.kept(message) or message
        says = {
            "container": container,
            "channel": {"id": channel.id, "name": channel.name},
            "state": {"values": state_of(now, state)},
            "response_url": self._response_urls.give(user, channel.id, now),
            "actions": [self._action(action)],
        }
        if not message.is_ephemeral:
            says["message"] = now.as_slack_says(with_metadata=True) | {"team": self._workspace.team}
        return self._interaction("block_actions", user) | says

    def tapped_in_view(self, view: View, action: Mapping[str, Any], state: State) -> dict[str, Any]:
        """Something was tapped or chosen in a modal or a home."""
        return self._interaction("block_actions", view.user) | {
            "container": {"type": "view", "view_id": view.id},
            "view": self._view(view, state),
            "actions": [self._action(action)],
        }

    def submission(self, view: View, state: State) -> dict[str, Any]:
        """A modal was submitted."""
        says = {"view": self._view(view, state), "response_urls": []}
        return self._interaction("view_submission", view.user) | says

    def closed(self, view: View, everything: bool) -> dict[str, Any]:
        """A modal was closed."""
        payload = self._interaction("view_closed", view.user)
        del payload["trigger_id"]
        return payload | {"view": self._view(view, {}), "is_cleared": everything}

    def _view(self, view: View, state: State) -> dict[str, Any]:
        shown = view.copy()
        shown.state = state_of(view, state)
        app = self._workspace.app
        return shown.as_slack_says(app.app_id, app.bot_id, self._workspace.team)

    def _action(self, action: Mapping[str, Any]) -> dict[str, Any]:
        return dict(action) | {"action_ts": self._workspace.timestamps.next()}

    def _interaction(self, kind: str, user: str) -> dict[str, Any]:
        workspace = self._workspace
        account = workspace.users[user]
        name = account.as_slack_says()["name"]
        return {
            "type": kind,
            "user": {"id": user, "username": name, "name": name, "team_id": account.team},
            "api_app_id": workspace.app.app_id,
            "token": VERIFICATION_TOKEN,
            "team": {"id": workspace.team, "domain": workspace.domain},
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": workspace.triggers.give(user),
        }
