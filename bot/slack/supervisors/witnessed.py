"""The heads that stand in the supervisors' channel, read from Slack: what `curbside verify --slack` holds against the log.

Believed is what the bot itself posted, with its mark in the metadata, and what was never edited; nothing in a thread. Whose log
a head is of is said in the metadata too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk import WebClient

from bot.records.verifying import heads_in
from bot.slack.answers import RATE_LIMITED, Answer, read_error
from bot.slack.pacing import wait_after
from bot.slack.supervisors.witness import HEAD_EVENT
from bot.storage import Head

PER_PAGE = 200
ATTEMPTS = 4
"""How often a page is asked for that Slack does not give; where it says that there were too many calls, MOST_WAITS times."""
MOST_WAITS = 60
Pause = Callable[[float], object]


class CannotRead(Exception):
    """The channel can't be read; str() is one plain line that says what to do."""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """`heads`: of this log, and when each was posted. `places`: where they stand, as the log notes it. `last`: when the last one
    was posted.

    `edited`, `foreign`: how many messages look like heads and are not believed. `others`: how many are of another log, and
    `others_until` when the last of those was posted; None: there is none.
    """

    heads: dict[Head, datetime]
    places: frozenset[str]
    last: datetime | None
    edited: int
    foreign: int
    others: int
    others_until: datetime | None


def witnessed_in(client: WebClient, channel: str, log_id: str | None, *, pause: Pause = time.sleep) -> Witnessed:
    """All of them. `log_id`: the log's own; None: nothing was ever posted from it. `pause`: waits. CannotRead."""
    us = _called(lambda: client.auth_test(), pause)
    heads: dict[Head, datetime] = {}
    places: set[str] = set()
    ours: list[float] = []
    others: list[float] = []
    edited = foreign = 0
    for message in _messages(client, channel, pause):
        found = heads_in(str(message.get("text") or ""))
        metadata = message.get("metadata") or {}
        marked = metadata.get("event_type") == HEAD_EVENT
        if not found and not marked:
            continue
        if message.get("user") != us.get("user_id") or not marked:
            foreign += 1
        elif message.get("edited") or not found:
            edited += 1
        elif (metadata.get("event_payload") or {}).get("log") != log_id:
            others.append(float(message["ts"]))
        else:
            at = datetime.fromtimestamp(float(message["ts"])).astimezone()
            heads |= dict.fromkeys(found, at)
            places.add(f"{channel}/{message['ts']}")
            ours.append(float(message["ts"]))
    return Witnessed(heads, frozenset(places), _time(ours), edited, foreign, len(others), _time(others))


def _time(seconds: list[float]) -> datetime | None:
    return datetime.fromtimestamp(max(seconds)).astimezone() if seconds else None


def _messages(client: WebClient, channel: str, pause: Pause) -> Iterator[Mapping[str, Any]]:
    """Every message of the channel itself, the newest first."""
    cursor = None
    while True:
        asked: dict[str, Any] = {"channel": channel, "limit": PER_PAGE, "cursor": cursor, "include_all_metadata": True}
        answer = _called(lambda asked=asked: client.conversations_history(**asked), pause)  # type: ignore[misc]
        yield from answer.get("messages") or []
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return


def _called(call: Callable[[], Any], pause: Pause) -> Any:
    """What Slack says, asked again where it is only busy. CannotRead."""
    failures = waits = 0
    while True:
        try:
            return call()
        except Exception as error:
            answer = read_error(error)
            if answer.why == RATE_LIMITED and waits < MOST_WAITS:
                waits += 1
                pause(answer.after)
                continue
            failures += 1
            if answer.meaning not in ("later", "in_doubt") or failures == ATTEMPTS:
                raise CannotRead(_says(answer)) from None
            pause(wait_after(failures))


def _says(answer: Answer) -> str:
    why, to_do = "can't be read", "See that the bot is in it, and that CURBSIDE_SUPERVISORS_CHANNEL is right"
    if answer.meaning == "scope":
        to_do = "It needs the scope groups:history: install the app again with manifest.json"
    elif answer.meaning == "token":
        why, to_do = "can't be read, since Slack does not accept the token", "Set SLACK_BOT_TOKEN anew"
    elif answer.meaning in ("later", "in_doubt"):
        to_do = "Check the network; try again in a minute"
    return f"The supervisors' channel {why} ({answer.why}). {to_do}; without --slack the log is verified by itself."
