"""The app as it is installed in the workspace: its ids, tokens, scopes, and what it declared in its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EVERY_SCOPE = frozenset(
    [
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "dnd:read",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "team:read",
        "usergroups:read",
        "users:read",
    ]
)
EVERY_EVENT = frozenset(
    [
        "app_home_opened",
        "app_mention",
        "member_joined_channel",
        "member_left_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "subteam_members_changed",
        "team_join",
        "user_change",
    ]
)


@dataclass
class Installation:
    """What Slack knows of the app. A test may change any of it, or take it from a manifest."""

    app_id: str = "A0CURBSIDE"
    bot_id: str = "B0CURBSIDE"
    bot_user: str = "U0CURBSIDE"
    bot_token: str = "xoxb-invented-for-tests"
    app_token: str = "xapp-invented-for-tests"
    signing_secret: str = "invented-signing-secret"
    scopes: set[str] = field(default_factory=lambda: set(EVERY_SCOPE))
    app_scopes: set[str] = field(default_factory=lambda: {"connections:write"})
    events: set[str] = field(default_factory=lambda: set(EVERY_EVENT))
    commands: set[str] | None = None  # None: any
    shortcuts: set[str] | None = None  # callback ids; None: any
    interactive: bool = True
    home: bool = True

    def declare(self, manifest: Mapping[str, Any]) -> None:
        """Have the scopes, events, commands and shortcuts of a manifest, and nothing else."""
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        self.scopes = set(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", []))
        self.events = set(settings.get("event_subscriptions", {}).get("bot_events", []))
        self.commands = {one["command"] for one in features.get("slash_commands", [])}
        self.shortcuts = {one["callback_id"] for one in features.get("shortcuts", [])}
        self.interactive = bool(settings.get("interactivity", {}).get("is_enabled"))
        self.home = bool(features.get("app_home", {}).get("home_tab_enabled"))
