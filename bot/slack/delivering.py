"""One row of the outbox on its way: what it lacks is filled in, Slack is called, and what came of it is kept.

| what came of it | what becomes of the row |
|---|---|
| Slack took it | sent; its `ts` is kept in its slot |
| 429 | it waits as long as Slack says, and so does that method |
| no connection could be made | it waits, longer each time |
| nobody knows: a timeout, a 5xx, a dropped connection, a broken answer | it is in doubt |
| the token is not accepted | it waits, and the sender pauses |
| a scope is missing | it waits, and so does that method |
| the channel is closed | it waits for minutes, so that cards arrive once that is mended; in a direct message it fails |
| the thread is gone, or Slack can't show the blocks | a simpler form goes in its place (instead.py) |
| any other refusal | it fails, with a line in the journal |

In doubt, a message is looked up before it is sent again; a page is sent again at once, since a duplicate beats silence; what
only one person sees is not sent again; edits and homes are, since the latest wins. None of them but a page is sent again
while the call that broke off may still arrive.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.answers import RATE_LIMITED, Answer, read_error
from bot.slack.filling import SlotUnknown, filled, slots_in
from bot.slack.instead import NOT_BEGUN, instead
from bot.slack.journal import log_line
from bot.slack.lookup import find_post, looked_up_by, metadata_of
from bot.slack.pacing import Pacing
from bot.storage import Log, LogError, Post, QueuedPost
from bot.storage.records import PAGE

MESSAGE, FOR_ONE = "chat.postMessage", "chat.postEphemeral"
BEGIN = "curbside.begin"
"""A row that is no call of Slack: somebody whom the program does not know yet wants to begin."""
WAIT_NOTED = "wait:noted"
"""The slot of when a row was last told to wait, by the clock of then: a time to come says that the clock was set back since."""
BEGIN_ATTEMPTS = 5
"""After so many a fault of the program's own is told to the person, instead of being tried for ever."""
MEND = 180.0
"""Seconds after which a conversation that is closed is tried again."""
SCOPE_WAIT = 30.0
LIMIT_WAIT = 5.0
"""Seconds that are waited at most where Slack says that there were too many calls and does not say for how long."""

Begin = Callable[[str, str], None]


@dataclass(frozen=True)
class Delivering:
    """Sends rows; several threads share it. `log_id`: the log's own id. `begin`: called with (user, text) for a row of BEGIN.

    `settle`: seconds after which a post that was under way when its call broke off has arrived or never will. `wait`: seconds
    after so many failures of a row. `stopping`: set when the program ends. `refused`: told Slack's code when it does not
    accept the token.
    """

    log: Log
    client: WebClient
    log_id: str
    pacing: Pacing
    begin: Begin
    clock: Callable[[], float]
    settle: float
    wait: Callable[[int], float]
    stopping: threading.Event
    refused: Callable[[str], None]
    _failures: dict[int, int] = field(default_factory=dict)

    def deliver(self, row: QueuedPost) -> None:
        """Take the row one step further. LogError and ValueError when the log takes nothing any more."""
        in_doubt = row.state == "in_doubt"
        if row.method == BEGIN:
            self._begin(row)
        elif in_doubt and row.method == FOR_ONE:
            self._fail(row, "in_doubt")  # it can't be looked up, and twice is worse than not at all
        elif in_doubt and row.priority != PAGE and self._may_still_arrive(row):
            return
        elif self._open_conversations(row):
            self._fill_and_call(row, look_up=in_doubt and row.method == MESSAGE and row.priority != PAGE)

    # Before the call

    def _may_still_arrive(self, row: QueuedPost) -> bool:
        """Whether the call that broke off may still be under way; the row then waits. A post could be missed when it is looked
        up, and an edit could arrive after the one that is sent next, and stay."""
        now, tried_at = self.clock(), row.tried_at or row.created_at
        if not 0 <= now - tried_at < self.settle:  # a time to come is that of a clock that was wrong
            return False
        self._keep(row, row.state, tried_at + self.settle)
        return True

    def _open_conversations(self, row: QueuedPost) -> bool:
        """Open the direct messages that it needs and that are not known. False when that failed, and the row was put off."""
        method = "conversations.open"
        for name in slots_in(row.body):
            kind, _, user = name.partition(":")
            if kind == "dm" and self.log.slot(name) is None:
                if self._held(row, method):
                    return False
                try:
                    channel = str(self.client.conversations_open(users=user)["channel"]["id"])
                except Exception as error:
                    self._put_off(row, read_error(error), method)
                    return False
                self._surely(partial(self.log.set_slot, name, channel))
        return True

    def _fill_and_call(self, row: QueuedPost, *, look_up: bool) -> None:
        try:
            body = filled(row.body, self.log.slot)
        except SlotUnknown:
            self._fail(row, "slot_unknown")
            return
        if row.method == MESSAGE:
            body["metadata"] = metadata_of(row, self.log_id)
        if not look_up or self._is_not_there(row, body):
            self._call(row, body)

    def _is_not_there(self, row: QueuedPost, body: Mapping[str, Any]) -> bool:
        """Whether Slack has not got the message. False also when that is not known yet, and the row was put off."""
        method = looked_up_by(body.get("thread_ts"))
        if self._held(row, method):
            return False
        try:
            ts = find_post(
                self.client,
                channel=body["channel"],
                thread_ts=body.get("thread_ts"),
                metadata=body["metadata"],
                around=min(self.clock(), row.tried_at or row.created_at),
            )
        except Exception as error:
            answer = read_error(error)
            if answer.meaning in ("failed", "channel", "scope"):
                # It can't be looked up, and twice is better than not at all.
                log_line("not_looked_up", level=logging.WARNING, row=row.id, method=method, why=answer.why)
                return True
            self._put_off(row, answer, method)
            return False
        if ts is None:
            return True
        self._sent(row, ts)
        return False

    def _held(self, row: QueuedPost, method: str) -> bool:
        """Whether a call that prepares the row must wait, because Slack said so; the row then waits too."""
        now = self.clock()
        free = self.pacing.free_at(method, row.lane, now, page=True)
        if free > now:
            self._keep(row, row.state, free)
        return free > now

    # The call

    def _call(self, row: QueuedPost, body: dict[str, Any]) -> None:
        if not self.log.mark_sending(row.id, self.clock()):
            return
        form: dict[str, Any] | None = body
        while form is not None:
            try:
                ts = self._called(row.method, form)
            except Exception as error:
                answer = read_error(error)
                form = instead(row, form, answer)
                if form is None:
                    self._put_off(row, answer, row.method, called=True)
                else:
                    log_line("shown_otherwise", level=logging.WARNING, row=row.id, why=answer.why)
            else:
                self._sent(row, ts)
                return

    def _called(self, method: str, body: dict[str, Any]) -> str | None:
        """The `ts` of what was posted; None for another call."""
        ts = self.client.api_call(method, json=body).get("ts")
        if method != MESSAGE:
            return None
        if not isinstance(ts, str):
            raise HTTPException  # no answer of Slack's, whatever it says
        return ts

    def _begin(self, row: QueuedPost) -> None:
        if not self.log.mark_sending(row.id, self.clock()):
            return
        user = str(row.body.get("user"))
        try:
            self.begin(user, str(row.body.get("text") or ""))
        except Exception as error:
            answer = read_error(error)
            of_slack = isinstance(error, (SlackApiError, OSError, HTTPException, LogError))
            passes = of_slack and answer.meaning not in ("failed", "channel")
            if passes or row.attempts + 1 < BEGIN_ATTEMPTS:
                self._put_off(row, _again(answer), row.method, called=True)
                return
            line = {"channel": {"slot": f"dm:{user}"}, "text": NOT_BEGUN}
            told = Post(lane=row.lane, method=MESSAGE, body=line, priority=row.priority, coalesce=f"not-begun:{row.id}")
            self._surely(lambda: self.log.queue([told]))
            self._fail(row, answer.why)
        else:
            self._sent(row, None)

    # After it

    def _put_off(self, row: QueuedPost, answer: Answer, method: str, *, called: bool = False) -> None:
        """What it means for the row that `method` did not succeed. `called`: that was its own, not one that prepares it."""
        if why := _given_up(row, answer, called):
            self._fail(row, why)
            return
        now = self.clock()
        failures = self._failures[row.id] = self._failures.get(row.id, 0) + 1
        state, until = "waiting" if called else row.state, now + self.wait(failures)
        if answer.meaning == "token":
            self.refused(answer.why)
            until = now
        elif answer.meaning == "scope":
            until = now + SCOPE_WAIT
            self.pacing.told_to_wait(method, row.lane, until, everywhere=True)
            to_do = "install_the_app_again_with_manifest.json"
            log_line("method_paused", level=logging.WARNING, method=method, why=answer.why, to_do=to_do)
        else:
            log_line("not_sent", row=row.id, method=method, meaning=answer.meaning, why=answer.why, failures=failures)
        if answer.why == RATE_LIMITED:
            until = max(now + answer.after, min(until, now + LIMIT_WAIT))
            self.pacing.told_to_wait(method, row.lane, until)
        elif answer.meaning == "channel":
            until = now + MEND
        elif answer.meaning == "in_doubt" and called:
            state, at_once = "in_doubt", row.priority == PAGE and failures == 1
            until = now if at_once else max(until, now + self.settle)
        self._keep(row, state, until)

    def _keep(self, row: QueuedPost, state: str, not_before: float) -> None:
        mark = self.log.mark_in_doubt if state == "in_doubt" else self.log.retry_later
        self._surely(lambda: self.log.set_slot(WAIT_NOTED, f"{self.clock():.3f}"))
        self._surely(lambda: mark(row.id, not_before))

    def _fail(self, row: QueuedPost, why: str) -> None:
        log_line("failed", level=logging.WARNING, row=row.id, method=row.method, why=why)
        self._surely(lambda: self.log.mark_failed(row.id, why))
        self._failures.pop(row.id, None)

    def _sent(self, row: QueuedPost, ts: str | None) -> None:
        slots = {row.slot: ts} if row.slot and ts else {}
        self._surely(lambda: self.log.mark_sent(row.id, self.clock(), slots))
        self._failures.pop(row.id, None)

    def _surely(self, write: Callable[[], object]) -> None:
        """Write to the log what is known now, however long another program locks it: else the row would count as being sent,
        and hold its conversation up, until the next start. LogError and ValueError once the program ends."""
        failures = 0
        while True:
            try:
                write()
                return
            except (LogError, ValueError) as error:
                if self.stopping.is_set():
                    raise
                failures += 1
                log_line("not_noted", level=logging.WARNING, why=type(error).__name__, failures=failures)
                self.stopping.wait(self.wait(failures))


def _given_up(row: QueuedPost, answer: Answer, called: bool) -> str | None:
    """Why the row will never be sent; None when it will be tried again."""
    if answer.meaning == "failed" or (answer.meaning == "channel" and row.lane.startswith("dm:")):
        return answer.why
    return "in_doubt" if answer.meaning == "in_doubt" and called and row.method == FOR_ONE else None


def _again(answer: Answer) -> Answer:
    """To begin twice is to begin once (it is known by its delivery), so that there is no doubt to wait for."""
    known = answer.meaning in ("token", "scope") or answer.why == RATE_LIMITED
    return answer if known else Answer("later", answer.why)
