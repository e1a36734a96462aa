"""Reading what was posted: a conversation, a thread."""

from __future__ import annotations

from typing import Any

from ..arguments import Arguments
from ..channels import Channel
from ..errors import ApiError
from ..messages import Message
from ..workspace import Workspace
from .conversations import seen
from .paging import page


def history(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """conversations.history: newest first, replies only when they were sent to the channel too."""
    channel = _read(workspace, arguments)
    here = [one for one in channel.messages if one.thread_ts in (None, one.ts) or one.is_broadcast]
    return _answer(channel, [one for one in reversed(here) if _within(one, arguments)], arguments, 100)


def replies(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """conversations.replies: the root, then the replies, oldest first."""
    channel = _read(workspace, arguments)
    root = channel.find(arguments.text("ts"))
    if root is None:
        raise ApiError("thread_not_found")
    thread = channel.thread(root.thread_ts or root.ts)
    return _answer(channel, [one for one in thread if one is root or _within(one, arguments)], arguments, 1000)


def _read(workspace: Workspace, arguments: Arguments) -> Channel:
    channel = seen(workspace, arguments, "history")
    if workspace.app.bot_user not in channel.members:
        raise ApiError("not_in_channel")
    return channel


def _within(message: Message, arguments: Arguments) -> bool:
    """Whether it lies between `oldest` and `latest`, which belong to it only with `inclusive`."""
    ts = _number(message.ts)
    oldest, latest = arguments.text("oldest", "") or "0", arguments.text("latest", "") or "9999999999"
    if arguments.flag("inclusive"):
        return _number(oldest) <= ts <= _number(latest)
    return _number(oldest) < ts < _number(latest)


def _number(ts: str) -> int:
    """A timestamp in microseconds; a float would lose the last of them."""
    seconds, _, rest = ts.partition(".")
    try:
        return int(seconds) * 1_000_000 + int(rest.ljust(6, "0")[:6])
    except ValueError:
        raise ApiError("invalid_ts_latest") from None


def _answer(channel: Channel, messages: list[Message], arguments: Arguments, default: int) -> dict[str, Any]:
    some, metadata = page(messages, arguments, default)
    with_metadata = arguments.flag("include_all_metadata")
    said = [one.as_slack_says(with_metadata) | _of_its_thread(channel, one) for one in some]
    more = bool(metadata["response_metadata"]["next_cursor"])
    return {"messages": said, "has_more": more, **(metadata if more else {})}


def _of_its_thread(channel: Channel, root: Message) -> dict[str, Any]:
    """What the root of a thread says of it."""
    answers = [one for one in channel.thread(root.ts) if one is not root]
    if not answers:
        return {}
    users = sorted({one.user for one in answers})
    counts = {"reply_count": len(answers), "reply_users_count": len(users), "reply_users": users}
    return {"thread_ts": root.ts, "latest_reply": answers[-1].ts, **counts}
