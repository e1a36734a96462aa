"""Whether Slack has a post whose answer never came: each carries the outbox row's number in its metadata, and is found by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.answers import THREAD_GONE, read_error
from bot.storage import QueuedPost

EVENT_TYPE = "curbside_post"
SKEW = 86400.0
"""Seconds by which this machine's clock and Slack's may differ: a clock that is set to another time zone is off by hours, and
to read a day of one conversation costs no more than a page or two."""
PER_PAGE, PAGES = 200, 20


def metadata_of(row: QueuedPost, log: str) -> dict[str, Any]:
    """What a post carries. `log`: the log's own id, so that a row of another database is never taken for this one; `at`: when
    the row was written, so that neither is one whose number was used before a backup was restored. A type of event that its
    body names is kept."""
    event_type = (row.body.get("metadata") or {}).get("event_type", EVENT_TYPE)
    return {"event_type": event_type, "event_payload": {"row": row.id, "log": log, "at": int(row.created_at * 1000)}}


def looked_up_by(thread_ts: str | None) -> str:
    """The method that is called for it."""
    return "conversations.history" if thread_ts is None else "conversations.replies"


def find_post(
    client: WebClient, *, channel: str, thread_ts: str | None, metadata: Mapping[str, Any], around: float
) -> str | None:
    """The `ts` of the post with this metadata, or None when it is not there. Raises what the client raises.

    `around`: when it was tried to post it, in seconds since 1970 by this machine's clock.
    """
    oldest = f"{max(0.0, around - SKEW):.6f}"
    try:
        return _find(_messages(client, channel, thread_ts, oldest), metadata)
    except SlackApiError as error:
        if thread_ts is None or read_error(error).why not in THREAD_GONE:
            raise
        # Under a message that is gone Slack posts nothing, but to the conversation itself.
        return _find(_messages(client, channel, None, oldest), metadata)


def _find(messages: Iterator[Mapping[str, Any]], metadata: Mapping[str, Any]) -> str | None:
    for message in messages:
        found = message.get("metadata") or {}
        if all(found.get(part) == wanted for part, wanted in metadata.items()):
            return str(message["ts"])
    return None


def _messages(client: WebClient, channel: str, thread_ts: str | None, oldest: str) -> Iterator[Mapping[str, Any]]:
    cursor = None
    for _ in range(PAGES):
        asked: dict[str, Any] = {"channel": channel, "oldest": oldest, "limit": PER_PAGE, "cursor": cursor}
        if thread_ts is None:
            answer = client.conversations_history(**asked, include_all_metadata=True)
        else:
            answer = client.conversations_replies(**asked, include_all_metadata=True, ts=thread_ts)
        yield from answer.get("messages") or []
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
