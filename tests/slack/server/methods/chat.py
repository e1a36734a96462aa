"""Posting, changing and linking to messages."""

from __future__ import annotations

from typing import Any

from ..arguments import Arguments
from ..channels import Channel
from ..checking import checked_blocks, checked_metadata, checked_text
from ..errors import ApiError
from ..messages import Message
from ..workspace import Workspace


def post_message(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """chat.postMessage"""
    channel = _place(workspace, arguments)
    message = _message(workspace, channel, arguments, "chat.postMessage")
    if "metadata" in arguments:
        given = arguments.structure("metadata", "invalid_metadata_format")
        message.metadata = checked_metadata(workspace, given, "chat.postMessage")
    message.is_broadcast = bool(message.thread_ts) and arguments.flag("reply_broadcast")
    workspace.post(channel, message)
    said = message.as_slack_says(with_metadata=True) | {"team": workspace.team}
    return {"channel": channel.id, "ts": message.ts, "message": said}


def post_ephemeral(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """chat.postEphemeral"""
    channel = _place(workspace, arguments)
    user = arguments.text("user")
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    message = _message(workspace, channel, arguments, "chat.postEphemeral")
    message.shown_to = user
    workspace.ephemerals.append(message)
    return {"message_ts": message.ts}


def update(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """chat.update: what is not given stays as it was."""
    channel = workspace.channel(arguments.text("channel"))
    message = channel.find(arguments.text("ts"))
    if message is None:
        raise ApiError("message_not_found")
    if message.user != workspace.app.bot_user:
        raise ApiError("cant_update_message")
    before = message.as_slack_says(with_metadata=True)
    blocks = message.blocks
    if "blocks" in arguments:
        blocks = checked_blocks(workspace, arguments.structure("blocks", "invalid_blocks_format"), "chat.update")
    text = arguments.text("text", message.text if "blocks" not in arguments else "")
    text = checked_text(workspace, text, blocks, "chat.update")
    if "metadata" in arguments:
        given = arguments.structure("metadata", "invalid_metadata_format")
        message.metadata = checked_metadata(workspace, given, "chat.update")
    message.text, message.blocks = text, blocks
    message.edits += 1
    message.edited_ts = workspace.timestamps.next()
    _tell_of_change(workspace, channel, message, before)
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": message.as_slack_says(True)}


def get_permalink(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """chat.getPermalink"""
    channel = workspace.channel(arguments.text("channel"))
    ts = arguments.text("message_ts")
    message = channel.find(ts)
    if message is None:
        raise ApiError("message_not_found")
    link = f"https://{workspace.domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _place(workspace: Workspace, arguments: Arguments) -> Channel:
    """Where to post: a conversation in which the app is; a person's id stands for the direct message with them."""
    wanted = arguments.text("channel")
    if wanted in workspace.users:
        return workspace.direct_message(wanted)
    channel = workspace.channel(wanted)
    if channel.is_archived:
        raise ApiError("is_archived")
    if workspace.app.bot_user not in channel.members:
        raise ApiError("not_in_channel")
    return channel


def _message(workspace: Workspace, channel: Channel, arguments: Arguments, source: str) -> Message:
    """A message of the app with what the arguments say."""
    given = arguments.structure("blocks", "invalid_blocks_format")
    blocks = checked_blocks(workspace, given, source) if given is not None else []
    text = checked_text(workspace, arguments.text("text", ""), blocks, source)
    root = arguments.text("thread_ts", "") or None
    if root is not None:
        parent = channel.find(root)
        if parent is None:
            raise ApiError("thread_not_found")
        root = parent.thread_ts or root
    app = workspace.app
    ts = workspace.timestamps.next()
    return Message(channel.id, ts, app.bot_user, text, blocks, root, bot_id=app.bot_id, app_id=app.app_id)


def _tell_of_change(workspace: Workspace, channel: Channel, message: Message, before: dict[str, Any]) -> None:
    """Slack tells an app of changes of its own messages too."""
    event = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": workspace.timestamps.next()}
    now = message.as_slack_says(with_metadata=True)
    workspace.tell(channel, event | {"message": now, "previous_message": before})
