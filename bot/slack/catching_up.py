"""What people typed while the program was not there: Slack does not bring it again, so it is read from their conversations.

A message that was handled before is recognised by its delivery id, so that reading too much does no harm. A conversation in
which something went wrong, or that was being read when the program ended, is read by the next program from the same time on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any

from slack_sdk import WebClient

from bot.slack.addresses import consult_of, dm, thread
from bot.slack.answers import THREAD_GONE, read_error
from bot.slack.journal import log_line
from bot.slack.pacing import wait_after
from bot.storage import FINISHED, Log

HEARD = "heard:at"
"""The slot of the time up to which everything was heard, in seconds since 1970."""
ALL_READ = "-"
OVERLAP = 120.0
A_DAY = 86400.0
LONGEST = 7 * A_DAY
"""Seconds: what is older has waited too long to be taken for an answer."""
MOST_PEOPLE = 500
ATTEMPTS = 4

Message = Mapping[str, Any]
Messages = Generator[dict[str, Any], None, None]
Pause = Callable[[float], object]


def note_heard(log: Log, now: float) -> None:
    """Everything up to now was heard; written from time to time, and when the program ends."""
    log.set_slot(HEARD, f"{now:.3f}")


def heard_until(log: Log, now: float) -> float | None:
    """From when on to read; None when the program never ran with this log.

    What was noted by a clock that was ahead tells of a time to come, and not since when nothing was heard: then a day is read.
    """
    noted = log.slot(HEARD)
    if noted is None:
        return None
    heard = float(noted) if float(noted) <= now + OVERLAP else now - A_DAY
    return max(heard - OVERLAP, now - LONGEST)


def unread(channel: str) -> str:
    """The slot of the time from which on a conversation is still to be read; ALL_READ once it was."""
    return f"unread:{channel}"


def missed(log: Log, client: WebClient, since: float, *, pause: Pause = time.sleep) -> Messages:
    """The messages since then, as Slack's events bring them, the oldest first for each person.

    Of each person with an open consult: their direct message, and the threads of consults there. A conversation that can't be
    read is passed over, with a line in the journal. `pause`: waits, where Slack says so or can't be reached.
    """
    conversations = [(user, channel, _since(log, channel, since)) for user, channel in _conversations(log)]
    for _, channel, start in conversations:
        log.set_slot(unread(channel), f"{start:.3f}")
    for user, channel, start in conversations:
        try:
            found = [*_Reading(log, client, pause, user, channel, start).messages()]
        except Exception as error:
            log_line("not_caught_up", user=user, why=read_error(error).why)
            continue
        for message in sorted(found, key=lambda one: float(one["ts"])):
            event = {**message, "type": "message", "channel": channel, "channel_type": "im"}
            yield {"event": event, "event_id": f"caught-up:{channel}:{message['ts']}"}
        # Whoever takes the messages has asked for more, so that the last one was handled.
        log.set_slot(unread(channel), ALL_READ)


def _since(log: Log, channel: str, since: float) -> float:
    left = log.slot(unread(channel))
    return since if left in (None, ALL_READ) else max(min(since, float(left)), since - LONGEST)


def _conversations(log: Log) -> list[tuple[str, str]]:
    """(person, D-id) of everybody who has an open consult."""
    people: dict[str, None] = {}
    for status in ("asking", "review", "result", "paused", "decided"):
        for row in log.consults(limit=MOST_PEOPLE, status=status):
            if row.status not in FINISHED:
                people.setdefault(row.clinician)
    known = ((user, log.slot(dm(user))) for user in people)
    return [(user, channel) for user, channel in known if channel is not None]


class _Reading:
    """Reads one person's conversation from a time on."""

    def __init__(self, log: Log, client: WebClient, pause: Pause, user: str, channel: str, since: float) -> None:
        self._log, self._client, self._pause = log, client, pause
        self._user, self._channel, self._since = user, channel, since

    def messages(self) -> Iterator[Message]:
        """What the person wrote, at the top and in threads of consults."""
        open_threads = {self._log.slot(thread(row.reference)) for row in self._log.open_consults(self._user)}
        threads = {ts: None for ts in open_threads if ts is not None}
        for root in self._top():
            threads.pop(root["ts"], None)
            if self._is_theirs(root):
                yield root
            newest = root.get("latest_reply")
            if newest is not None and float(newest) > self._since and self._is_consult(root["ts"]):
                yield from self._replies(root["ts"])
        for ts in threads:  # those that began so long ago that they are not among the messages above
            yield from self._replies(ts)

    def _top(self) -> Iterator[Message]:
        """The newest messages at the top, older ones too: their threads may be where something was typed."""
        return self._pages(self._client.conversations_history, most=1)

    def _replies(self, ts: str) -> Iterator[Message]:
        try:
            for one in self._pages(self._client.conversations_replies, ts=ts, oldest=f"{self._since:.6f}"):
                if one["ts"] != ts and self._is_theirs(one):
                    yield one
        except Exception as error:
            if read_error(error).why not in THREAD_GONE:
                raise

    def _is_theirs(self, message: Message) -> bool:
        return message.get("user") == self._user and float(message["ts"]) > self._since

    def _is_consult(self, ts: str) -> bool:
        return any(consult_of(slot) for slot in self._log.slots_holding(ts))

    def _pages(self, call: Callable[..., Any], *, most: int = 20, **asked: Any) -> Iterator[Message]:
        cursor: str | None = None
        for _ in range(most):
            answer = self._patiently(call, channel=self._channel, limit=200, cursor=cursor, **asked)
            yield from answer.get("messages") or []
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    def _patiently(self, call: Callable[..., Any], **asked: Any) -> Any:
        """The answer; tried again where Slack says to wait, or can't be reached."""
        for attempt in range(1, ATTEMPTS):
            try:
                return call(**asked)
            except Exception as error:
                answer = read_error(error)
                if answer.meaning not in ("later", "in_doubt"):
                    raise
                self._pause(max(answer.after, wait_after(attempt)))
        return call(**asked)
