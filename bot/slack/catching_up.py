"""What people typed while the program was not there: Slack does not bring it again, so it is read from their conversations.

A message that was handled before is recognised by its delivery id, so that reading too much does no harm.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.addresses import consult_of, dm
from bot.slack.answers import read_error
from bot.slack.journal import log_line
from bot.storage import FINISHED, Log

HEARD = "heard:at"
"""The slot of the time up to which everything was heard, in seconds since 1970."""
OVERLAP = 120.0
LONGEST = 7 * 86400.0
"""Seconds: what is older has waited too long to be taken for an answer."""
MOST_PEOPLE = 500
ATTEMPTS = 4

Message = Mapping[str, Any]


def note_heard(log: Log, now: float) -> None:
    """Everything up to now was heard; written from time to time, and when the program ends."""
    log.set_slot(HEARD, f"{now:.3f}")


def heard_until(log: Log, now: float) -> float | None:
    """From when on to read; None when the program never ran with this log."""
    noted = log.slot(HEARD)
    return None if noted is None else max(float(noted) - OVERLAP, now - LONGEST)


def missed(
    log: Log, client: WebClient, since: float, *, pause: Callable[[float], object] = time.sleep
) -> Iterator[dict[str, Any]]:
    """The messages since then, as Slack's events bring them, the oldest first for each person.

    Of each person with an open consult: their direct message, and the threads of consults there. A conversation that can't be
    read is passed over, with a line in the journal. `pause`: waits, where Slack says so.
    """
    for user, channel in _conversations(log):
        try:
            found = [*_of(log, client, user, channel, since, pause)]
        except Exception as error:
            log_line("not_caught_up", user=user, why=read_error(error).why)
            continue
        for message in sorted(found, key=lambda one: float(one["ts"])):
            event = {**message, "type": "message", "channel": channel, "channel_type": "im"}
            yield {"event": event, "event_id": f"caught-up:{channel}:{message['ts']}"}


def _conversations(log: Log) -> list[tuple[str, str]]:
    """(person, D-id) of everybody who has an open consult."""
    people: dict[str, None] = {}
    for status in ("asking", "review", "result", "paused", "decided"):
        for row in log.consults(limit=MOST_PEOPLE, status=status):
            if row.status not in FINISHED:
                people.setdefault(row.clinician)
    known = ((user, log.slot(dm(user))) for user in people)
    return [(user, channel) for user, channel in known if channel is not None]


def _of(
    log: Log, client: WebClient, user: str, channel: str, since: float, pause: Callable[[float], object]
) -> Iterator[Message]:
    oldest = f"{since:.6f}"
    for root in _pages(
        lambda cursor: client.conversations_history(channel=channel, limit=200, cursor=cursor), pause, most=1
    ):
        if root.get("user") == user and float(root["ts"]) > since:
            yield root
        newest = root.get("latest_reply")
        if newest is not None and float(newest) > since and _is_consult(log, root["ts"]):
            ts = root["ts"]
            replies = _pages(
                lambda cursor, ts=ts: client.conversations_replies(
                    channel=channel, ts=ts, oldest=oldest, limit=200, cursor=cursor
                ),  # type: ignore[misc]
                pause,
            )
            yield from (
                one for one in replies if one.get("user") == user and one["ts"] != ts and float(one["ts"]) > since
            )


def _is_consult(log: Log, ts: str) -> bool:
    return any(consult_of(slot) for slot in log.slots_holding(ts))


def _pages(call: Callable[[str | None], Any], pause: Callable[[float], object], most: int = 20) -> Iterator[Message]:
    cursor: str | None = None
    for _ in range(most):
        answer = _patiently(lambda cursor=cursor: call(cursor), pause)  # type: ignore[misc]
        yield from answer.get("messages") or []
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return


def _patiently(call: Callable[[], Any], pause: Callable[[float], object]) -> Any:
    for attempt in range(ATTEMPTS):
        try:
            return call()
        except SlackApiError as error:
            answer = read_error(error)
            if answer.why != "ratelimited" or attempt == ATTEMPTS - 1:
                raise
            pause(answer.after)
    return {}
