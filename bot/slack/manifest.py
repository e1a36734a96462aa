"""The app's manifest: one paste makes the whole app in Slack. Scopes no wider than what the program calls."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from bot.slack.actions import COMMAND, SHORTCUT
from bot.slack.guard import PATH

_PLAIN = re.compile(r"[A-Za-z0-9:/._~%\[\]-]+")
_SLASHES = re.compile("/+")

METHOD_SCOPES: dict[str, tuple[str, ...]] = {
    "auth.test": (),
    "apps.connections.open": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("im:history", "groups:history"),
    "conversations.info": ("groups:read", "channels:read"),
    "conversations.members": ("groups:read", "channels:read"),
    "conversations.open": ("im:write",),
    "conversations.replies": ("im:history", "groups:history"),
    "dnd.teamInfo": ("dnd:read",),
    "usergroups.users.list": ("usergroups:read",),
    "users.info": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.update": (),
}
"""Every method that the program calls, with the scopes that it needs there: direct messages and the supervisors' channel."""

EVENTS = (
    "app_home_opened",
    "member_joined_channel",
    "member_left_channel",
    "message.im",
    "subteam_members_changed",
    "team_join",
    "user_change",
)


def scopes() -> list[str]:
    """The bot's scopes: those of the methods, and one for the slash command."""
    return sorted({"commands", *(scope for needed in METHOD_SCOPES.values() for scope in needed)})


def manifest(url: str | None = None) -> dict[str, Any]:
    """The manifest for Socket Mode; with `url`, the program's own address, for HTTP. ValueError for an address that won't do."""
    address = None if url is None else request_url(url)
    at = {} if address is None else {"url": address}
    events = {"bot_events": list(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if address is not None:
        events = {"request_url": address, **events}  # type: ignore[dict-item]
        interactivity["request_url"] = address
    return {
        "display_information": {
            "name": "Curbside",
            "description": "Duty-to-protect consults: the law of the place, the least intrusive steps, and a log",
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Curbside", "always_online": True},
            "shortcuts": [
                {
                    "name": "Start a consult",
                    "type": "global",
                    "callback_id": SHORTCUT,
                    "description": "A client may hurt somebody: begin a consult",
                }
            ],
            "slash_commands": [
                {
                    "command": COMMAND,
                    **at,
                    "description": "Begin a consult, go on with one, or look up the law",
                    "usage_hint": "[CO | resume | law TX | find WORDS | help]",
                    "should_escape": False,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": scopes()}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }


def request_url(url: str) -> str:
    """Where Slack is to send requests, from the program's address with https; the path is added. ValueError: what is allowed.

    A path before it is for a web server that takes it away again: the program itself answers at PATH alone.
    """
    given = url.strip()
    try:
        parts = urlsplit(given)
        sound = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query or parts.fragment or "@" in parts.netloc or not _PLAIN.fullmatch(given):
        raise ValueError(f"{url!r} won't do; allowed: an address with https, such as https://curbside.example.org")
    path = _SLASHES.sub("/", parts.path).rstrip("/").removesuffix(PATH)
    return f"https://{parts.netloc}{path}{PATH}"
