"""Sends what the log's outbox holds, in order for each conversation, each post once as far as that can be known.

One thread looks what is due and hands it to a few workers; the log gives of each conversation only the next row, so that they
keep its order. Pages have workers of their own: none waits behind a slow call. What may have been delivered is looked up
before it is sent again (lookup.py), except pages, where a duplicate beats silence, and edits, where the latest wins.
"""

from __future__ import annotations

import queue
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.answers import Answer, read_error
from bot.slack.journal import log_line
from bot.slack.lookup import find_post, metadata_of
from bot.slack.pacing import Pacing, wait_after
from bot.storage import Log, Post, QueuedPost
from bot.storage.records import PAGE

BEGIN = "curbside.begin"
"""A row that is no call of Slack: somebody whom the program does not know yet wants to begin."""
WORKERS, FOR_PAGES = 6, 2
AT_ONCE = 200
SETTLE = 2.0
"""Seconds after which a post that was under way when a process died has arrived or never will."""
MEND = 180.0
"""Seconds after which a conversation that is closed is tried again."""
TOKEN_WAIT = 30.0
KEEP_SENT, PRUNE_EVERY = 86400.0, 3600.0
STOP_WITHIN = 1.5
NOT_SHOWN = (
    "Sorry, I could not show the next part. Please type *help* or use `/consult resume`. In an emergency call 911."
)

Begin = Callable[[str, str], None]


def sending_client(token: str, base_url: str, timeout: int = 10) -> WebClient:
    """The client with which to send: no retries of its own, since the library's would post twice after a dropped reply."""
    return WebClient(token, base_url=base_url, timeout=timeout, retry_handlers=[])


class Sender:
    """`client`: from `sending_client`. `begin`: called with (user, text) for a row of BEGIN. `clock`: seconds since 1970.

    `settle`, `longest`: the waits before a look-up and after a doubt, shorter in tests.
    """

    def __init__(
        self,
        log: Log,
        client: WebClient,
        *,
        begin: Begin | None = None,
        clock: Callable[[], float] = time.time,
        settle: float = SETTLE,
        wait: Callable[[int], float] = wait_after,
    ) -> None:
        self._log, self._client, self._begin, self._clock = log, client, begin, clock
        self._settle, self._wait = settle, wait
        self._pacing = Pacing()
        self._woken, self._stopping = threading.Event(), threading.Event()
        self._flying: set[int] = set()
        self._guard = threading.Lock()
        self._paused_until = 0.0
        self._pruned_at = 0.0
        self._opening = threading.Lock()
        self._work: dict[bool, queue.SimpleQueue[QueuedPost | None]] = {
            True: queue.SimpleQueue(),
            False: queue.SimpleQueue(),
        }
        self._threads: list[threading.Thread] = []
        self._id = log.slot("log:id") or ""

    def start(self) -> None:
        """Begin to send, in threads of its own."""
        if not self._id:
            self._id = secrets.token_hex(8)
            self._log.set_slot("log:id", self._id)
        threads = [threading.Thread(target=self._run, name="sender", daemon=True)]
        for pages, number in ((True, FOR_PAGES), (False, WORKERS)):
            threads += [
                threading.Thread(target=self._worker, args=(pages,), name="sending", daemon=True) for _ in range(number)
            ]
        self._threads = threads
        for thread in threads:
            thread.start()

    def wake(self) -> None:
        """Something was written to the outbox."""
        self._woken.set()

    def stop(self) -> None:
        """Stop soon. A call that is still under way then stays in doubt, and is looked up by the next program."""
        self._stopping.set()
        self._woken.set()
        for _ in range(FOR_PAGES):
            self._work[True].put(None)
        for _ in range(WORKERS):
            self._work[False].put(None)
        until = time.monotonic() + STOP_WITHIN
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    @property
    def running(self) -> bool:
        """Whether it sends: for health checks."""
        return bool(self._threads) and self._threads[0].is_alive() and not self._stopping.is_set()

    @property
    def idle(self) -> bool:
        """Whether nothing is being sent just now."""
        with self._guard:
            return not self._flying

    # The thread that looks what is due

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                wait = self._hand_out()
            except Exception as error:  # a log that is locked for a moment must not end the sending
                log_line("outbox_not_read", why=type(error).__name__)
                wait = 1.0
            self._woken.wait(wait)

    def _hand_out(self) -> float:
        """Hand out what may be sent now; the seconds until there may be more."""
        now = self._clock()
        self._prune(now)
        if now < self._paused_until:
            return self._paused_until - now
        until = now + 30.0
        for row in self._log.due(now, AT_ONCE):
            free = self._pacing.free_at(row.method, row.lane, now, page=row.priority == PAGE)
            if free > now:
                until = min(until, free)
            elif self._take_off(row):
                self._pacing.called(row.method, row.lane, now)
                self._work[row.priority == PAGE].put(row)
        later = self._log.next_due_at(now)
        if later is not None and later > now:
            until = min(until, later)
        return max(0.0, until - now)

    def _take_off(self, row: QueuedPost) -> bool:
        with self._guard:
            if row.id in self._flying:
                return False
            self._flying.add(row.id)
            return True

    def _prune(self, now: float) -> None:
        if now - self._pruned_at > PRUNE_EVERY:
            self._pruned_at = now
            self._log.prune_sent(now - KEEP_SENT)

    # The threads that send

    def _worker(self, pages: bool) -> None:
        while (row := self._work[pages].get()) is not None and not self._stopping.is_set():
            try:
                self._send(row)
            except Exception as error:  # the log is closed or locked: the row stays in doubt, and comes again
                if not self._stopping.is_set():
                    log_line("row_left", row=row.id, why=type(error).__name__)
                    self._stopping.wait(0.2)
            finally:
                with self._guard:
                    self._flying.discard(row.id)
                self._woken.set()

    def _send(self, row: QueuedPost) -> None:
        now = self._clock()
        in_doubt = row.state == "in_doubt"
        if in_doubt and row.method == "chat.postEphemeral":
            self._log.mark_failed(row.id, "in_doubt")  # it can't be looked up, and twice is worse than not at all
            return
        to_look_up = in_doubt and row.method == "chat.postMessage" and row.priority != PAGE
        if to_look_up and row.tried_at is not None and now < row.tried_at + self._settle:
            self._log.mark_in_doubt(row.id, row.tried_at + self._settle)
            return
        try:
            body = self._filled(row)
            if to_look_up:
                found = find_post(
                    self._client,
                    channel=body["channel"],
                    thread_ts=body.get("thread_ts"),
                    row=row.id,
                    log=self._id,
                    tried_at=row.tried_at or row.created_at,
                )
                if found is not None:
                    self._log.mark_sent(row.id, self._clock(), _slots(row, found))
                    return
        except _Unknown as error:
            self._log.mark_failed(row.id, str(error))
            return
        except Exception as error:
            self._put_off(row, read_error(error), called=False)
            return
        self._call(row, body)

    def _call(self, row: QueuedPost, body: Mapping[str, Any]) -> None:
        if not self._log.mark_sending(row.id, self._clock()):
            return
        try:
            ts = self._made(row, body)
        except Exception as error:
            self._put_off(row, read_error(error), called=True)
            return
        self._log.mark_sent(row.id, self._clock(), _slots(row, ts))

    def _made(self, row: QueuedPost, body: Mapping[str, Any]) -> str | None:
        """Make the call; the `ts` of what was posted."""
        if row.method == BEGIN:
            if self._begin is not None:
                self._begin(str(body.get("user")), str(body.get("text") or ""))
            return None
        answer = self._client.api_call(row.method, json=dict(body))
        if not isinstance(answer.get("ok"), bool):
            raise SlackApiError("no answer", answer)  # type: ignore[no-untyped-call]
        return str(answer["ts"]) if row.method == "chat.postMessage" else None

    def _put_off(self, row: QueuedPost, answer: Answer, *, called: bool) -> None:
        """What a call that did not succeed means for the row. `called`: it was the post's own, not one that prepares it."""
        now = self._clock()
        log_line(
            "not_sent", row=row.id, method=row.method, meaning=answer.meaning, why=answer.why, attempt=row.attempts + 1
        )
        not_sent = "waiting" if called else row.state
        if answer.why == "ratelimited":
            self._pacing.told_to_wait(row.method, row.lane, now + answer.after)
            self._keep(row, not_sent, now + answer.after)
        elif answer.meaning == "later":
            self._keep(row, not_sent, now + max(answer.after, self._wait(row.attempts + 1)))
        elif answer.meaning == "in_doubt":
            at_once = row.priority == PAGE and not row.attempts
            self._keep(row, "in_doubt" if called else row.state, now if at_once else now + self._wait(row.attempts + 1))
        elif answer.meaning == "token":
            self._paused_until = now + TOKEN_WAIT
            log_line("sending_paused", why=answer.why, to_do="check_SLACK_BOT_TOKEN_and_run_curbside_doctor")
            self._keep(row, not_sent, now)
        elif answer.meaning == "channel" and not row.lane.startswith("dm:"):
            self._keep(row, not_sent, now + MEND)
        else:
            self._give_up(row, answer.why)

    def _keep(self, row: QueuedPost, state: str, not_before: float) -> None:
        if state == "in_doubt":
            self._log.mark_in_doubt(row.id, not_before)
        else:
            self._log.retry_later(row.id, not_before)

    def _give_up(self, row: QueuedPost, why: str) -> None:
        """It will never be sent. Where it would have shown something, a line in its place says how to go on."""
        self._log.mark_failed(row.id, why)
        shows = row.method == "chat.postMessage" and "blocks" in row.body
        if shows and row.lane.startswith("dm:"):
            body = {name: value for name, value in row.body.items() if name in ("channel", "thread_ts")} | {
                "text": NOT_SHOWN
            }
            self._log.queue([Post(lane=row.lane, method=row.method, body=body, priority=row.priority, slot=row.slot)])

    # What a row's body lacks

    def _filled(self, row: QueuedPost) -> dict[str, Any]:
        """The call's arguments, with every slot filled in. _Unknown for one that nothing will fill."""
        body: dict[str, Any] = self._fill(row.body)
        if row.method == "chat.postMessage":
            body["metadata"] = metadata_of(row.id, self._id)
        return body

    def _fill(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            if set(value) == {"slot"} and isinstance(value["slot"], str):
                return self._slot(value["slot"])
            return {name: self._fill(inner) for name, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._fill(inner) for inner in value]
        return value

    def _slot(self, name: str) -> str:
        known = self._log.slot(name)
        if known is not None:
            return known
        kind, _, user = name.partition(":")
        if kind != "dm":
            raise _Unknown("slot_unknown")
        with self._opening:
            known = self._log.slot(name)
            if known is None:
                known = str(self._client.conversations_open(users=user)["channel"]["id"])
                self._log.set_slot(name, known)
            return known


class _Unknown(Exception):
    """A slot that nothing will fill: the post before it has failed."""


def _slots(row: QueuedPost, ts: str | None) -> dict[str, str]:
    return {row.slot: ts} if row.slot and ts else {}
