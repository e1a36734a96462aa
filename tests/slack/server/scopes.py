"""The scopes that each method needs. PREFIX stands for the kind of conversation: im, channels, groups, mpim."""

from __future__ import annotations

from collections.abc import Mapping

from .errors import ApiError

PREFIX = "PREFIX"

SCOPES: Mapping[str, str | None] = {
    "api.test": None,
    "auth.test": None,
    "apps.connections.open": "connections:write",
    "chat.getPermalink": None,
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": f"{PREFIX}:history",
    "conversations.info": f"{PREFIX}:read",
    "conversations.members": f"{PREFIX}:read",
    "conversations.open": "im:write",
    "conversations.replies": f"{PREFIX}:history",
    "dnd.teamInfo": "dnd:read",
    "team.info": "team:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
    "views.open": None,
    "views.publish": None,
    "views.push": None,
    "views.update": None,
}


def check_scope(needed: str | None, provided: set[str]) -> None:
    """`missing_scope`, with what is needed and provided, unless the scope was granted."""
    if needed is not None and needed not in provided:
        raise ApiError("missing_scope", needed=needed, provided=",".join(sorted(provided)))
