"""Whether Slack has a post whose answer never came: each carries the outbox row's number in its metadata, and is found by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk import WebClient

EVENT_TYPE = "curbside_post"
SKEW = 300.0
"""Seconds by which this machine's clock and Slack's may differ."""
PAGES = 20


def metadata_of(row: int, log: str) -> dict[str, Any]:
    """What a post carries. `log`: the log's own id, so that a row of another database is never taken for this one."""
    return {"event_type": EVENT_TYPE, "event_payload": {"row": row, "log": log}}


def find_post(
    client: WebClient, *, channel: str, thread_ts: str | None, row: int, log: str, tried_at: float
) -> str | None:
    """The `ts` of the post, or None when it is not there. Raises what the client raises."""
    wanted = {"row": row, "log": log}
    for message in _messages(client, channel, thread_ts, f"{max(0.0, tried_at - SKEW):.6f}"):
        metadata = message.get("metadata")
        if metadata == {"event_type": EVENT_TYPE, "event_payload": wanted}:
            return str(message["ts"])
    return None


def _messages(client: WebClient, channel: str, thread_ts: str | None, oldest: str) -> Iterator[Mapping[str, Any]]:
    cursor = None
    for _ in range(PAGES):
        if thread_ts is None:
            answer = client.conversations_history(
                channel=channel, oldest=oldest, limit=200, include_all_metadata=True, cursor=cursor
            )
        else:
            answer = client.conversations_replies(
                channel=channel, ts=thread_ts, oldest=oldest, limit=200, include_all_metadata=True, cursor=cursor
            )
        yield from answer.get("messages") or []
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
