"""Opening a direct message; what a conversation is and who is in it."""

from __future__ import annotations

from typing import Any

from ..arguments import Arguments
from ..channels import Channel
from ..errors import ApiError
from ..scopes import check_scope
from ..workspace import Workspace
from .paging import page


def seen(workspace: Workspace, arguments: Arguments, right: str) -> Channel:
    """The conversation that is asked for, if the app may see (`read`) or read (`history`) those of its kind."""
    channel = workspace.channel(arguments.text("channel"))
    check_scope(f"{channel.scope_prefix}:{right}", workspace.app.scopes)
    return channel


def open_direct_message(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """conversations.open, for one person"""
    if "channel" in arguments:
        return {"channel": {"id": workspace.channel(arguments.text("channel")).id}}
    user = workspace.user(arguments.text("users"))
    if user.id == workspace.app.bot_user or user.is_bot:
        raise ApiError("cannot_dm_bot")
    if user.deleted:
        raise ApiError("user_disabled")
    known = any(channel.user == user.id for channel in workspace.channels.values())
    channel = workspace.direct_message(user.id)
    again = {"no_op": True, "already_open": True} if known else {}
    return {**again, "channel": {"id": channel.id}}


def info(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """conversations.info"""
    channel = seen(workspace, arguments, "read")
    says = channel.as_slack_says(workspace.team) | {"is_member": workspace.app.bot_user in channel.members}
    if arguments.flag("include_num_members"):
        says["num_members"] = len(channel.members)
    return {"channel": says}


def members(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """conversations.members"""
    channel = seen(workspace, arguments, "read")
    some, metadata = page(sorted(channel.members), arguments, default=100)
    return {"members": some, **metadata}
