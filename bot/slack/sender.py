"""Sends what the log's outbox holds, in order for each conversation, each post once as far as that can be known.

One thread looks what is due and gives each row to a free worker; what one row takes is in delivering.py. The log gives of
each conversation only the next row, so that several workers keep its order. Pages have workers of their own: none waits
behind slow calls, of which there may be as many as there are other workers. A row is given out only when somebody is free to
send it, so that a question passes any number of edits that wait; and cosmetic edits never have all the workers, so that a
question does not wait for their calls either.
"""

from __future__ import annotations

import logging
import queue
import secrets
import ssl
import threading
import time
from collections.abc import Callable
from functools import cache

from slack_sdk import WebClient

from bot.slack.answers import read_error
from bot.slack.delivering import BEGIN, WAIT_NOTED, Begin, Delivering
from bot.slack.journal import log_line
from bot.slack.pacing import EDIT, Pacing, wait_after
from bot.storage import Log, NextPost, QueuedPost
from bot.storage.records import COSMETIC, PAGE

__all__ = ["BEGIN", "Sender", "sending_client"]

WORKERS, FOR_PAGES = 10, 4
"""Forty calls a second, where Slack takes a quarter of a second for each: with six, 64 people who tap every three seconds waited
for eight."""
FOR_TIDYING = 4
"""So many of the workers may be busy with cosmetic edits."""
LOOK_EVERY = 30.0
TIDY_EVERY = 0.25
"""Seconds between two looks for what tidies up, while Slack takes no more edits: many conversations have some that wait."""
SETTLE = 2.0
TOKEN_WAIT = 30.0
SET_BACK = 5.0
"""Seconds by which the clock must go wrong between two looks to count as having been set back."""
KEEP_SENT, PRUNE_EVERY = 86400.0, 3600.0
STOP_WITHIN = 1.5


def sending_client(token: str, base_url: str, timeout: int = 10) -> WebClient:
    """The client with which to send: no retries of its own, since the library's would post twice after a dropped reply."""
    return WebClient(token, base_url=base_url, timeout=timeout, retry_handlers=[], ssl=_certificates())


@cache
def _certificates() -> ssl.SSLContext:
    """The system's, read once: the library reads them for each call, which takes 20 ms of the processor."""
    return ssl.create_default_context()


GIVES_WAY = 0.003
"""Seconds after which a step that was just committed is looked at: its acknowledgement goes out first."""
SHARE, LONGEST_PAUSE = 1, 0.5
"""A look through a long outbox is followed by a pause of so many times its length: steps have at least half of the time."""


def begin_nothing(user: str, text: str) -> None:
    """What is called for a row of BEGIN where nobody says otherwise."""


class Sender:
    """`client`: from `sending_client`. `begin`: called with (user, text) for a row of BEGIN. `clock`: seconds since 1970.

    `settle`: seconds before a look-up; `wait`: seconds after so many failures; both shorter in tests.
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
        self._log, self._client, self._begin, self._clock = log, client, begin or begin_nothing, clock
        self._settle, self._wait = settle, wait
        self._pacing = Pacing()
        self._woken, self._stopping = threading.Event(), threading.Event()
        self._guard = threading.Lock()
        self._flying: dict[int, int] = {}
        """The rows that workers have: their number, and their priority."""
        self._paused_until: float | None = None
        self._pruned_at = 0.0
        self._tidied_at = -TIDY_EVERY
        """When it last looked for what tidies up, by the clock that nobody sets."""
        self._looked_at: tuple[float, float] | None = None
        """When it looked last, by the clock and by one that nobody sets."""
        self._work: dict[bool, queue.SimpleQueue[QueuedPost | None]] = {
            True: queue.SimpleQueue(),
            False: queue.SimpleQueue(),
        }
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to send, in threads of its own. LogError."""
        delivering = Delivering(
            log=self._log,
            client=self._client,
            log_id=self._logs_own_id(),
            pacing=self._pacing,
            begin=self._begin,
            clock=self._clock,
            settle=self._settle,
            wait=self._wait,
            stopping=self._stopping,
            refused=self._pause,
        )
        self._threads = [threading.Thread(target=self._run, name="sender", daemon=True)]
        for page, number in ((True, FOR_PAGES), (False, WORKERS)):
            self._threads += [
                threading.Thread(target=self._worker, args=(delivering, page), name="sending", daemon=True)
                for _ in range(number)
            ]
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Something was written to the outbox."""
        self._woken.set()

    def stop(self) -> None:
        """Stop soon. A call that is still under way then stays in doubt, and is looked up by the next program."""
        self._stopping.set()
        self._woken.set()
        for page, number in ((True, FOR_PAGES), (False, WORKERS)):
            for _ in range(number):
                self._work[page].put(None)
        until = time.monotonic() + STOP_WITHIN
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    @property
    def running(self) -> bool:
        """Whether it is at work: for health checks."""
        return bool(self._threads) and self._threads[0].is_alive() and not self._stopping.is_set()

    @property
    def paused(self) -> bool:
        """Whether it waits because Slack does not accept the token."""
        return self._paused_until is not None

    @property
    def idle(self) -> bool:
        """Whether nothing is being sent just now."""
        with self._guard:
            return not self._flying

    # The thread that looks what is due

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            began = time.monotonic()
            try:
                wait = self._give_out()
            except Exception as error:  # a log that is locked for a moment must not end the sending
                if not self._stopping.is_set():
                    log_line("outbox_not_read", level=logging.WARNING, why=type(error).__name__)
                wait = 1.0
            looked = time.monotonic() - began
            self._woken.wait(wait)
            self._stopping.wait(min(max(GIVES_WAY, looked * SHARE), LONGEST_PAUSE))

    def _give_out(self) -> float:
        """Give out what may be sent now; the seconds until there may be more, unless somebody wakes it."""
        now = self._clock()
        if self._clock_was_set_back(now):
            self._end_waits(now)
        self._looked_at = now, time.monotonic()
        if (paused := self._still_paused(now)) > 0:
            return paused
        self._prune(now)
        idle = self._until_tidying(now)
        until = now + (idle or LOOK_EVERY)
        for row in self._log.next_posts(tidying=not idle):
            if self.paused:  # by what a worker has met meanwhile
                return TOKEN_WAIT
            if not self._may_go(row):
                continue  # until a worker is done, which wakes it
            at = max(row.not_before, self._free_at(row.method, row.lane, row.priority, now))
            if at <= now:
                self._hand_over(row, now)
            else:
                until = min(until, at)
        return max(0.0, until - now)

    def _clock_was_set_back(self, now: float) -> bool:
        """Since it looked last or, at the start, since the last wait was noted. A wait that was noted by a clock that was hours
        ahead would keep a whole conversation back for hours."""
        if self._looked_at is None:
            noted = self._log.slot(WAIT_NOTED)
            return noted is not None and float(noted) > now + SET_BACK
        clock, steady = self._looked_at
        return now - clock < time.monotonic() - steady - SET_BACK

    def _end_waits(self, now: float) -> None:
        """All that waits may be tried; where Slack still asks for patience, it says so again."""
        log_line("clock_set_back", level=logging.WARNING)
        self._pacing.forget()
        with self._guard:
            if self.paused:
                self._paused_until = now
        for row in self._log.next_posts():
            if row.not_before > now:
                mark = self._log.mark_in_doubt if row.state == "in_doubt" else self._log.retry_later
                mark(row.id, now)
        self._log.set_slot(WAIT_NOTED, f"{now:.3f}")

    def _until_tidying(self, now: float) -> float:
        """Seconds until it is time to look for what tidies up; 0.0: it is time, and noted that it is being done."""
        steady = time.monotonic()
        idle = max(0.0, self._tidied_at + TIDY_EVERY - steady)
        if idle and self._free_at(EDIT, "", COSMETIC, now) > now:
            return idle
        self._tidied_at = steady
        return 0.0

    def _free_at(self, method: str, place: str, priority: int, now: float) -> float:
        page, tidying = priority == PAGE, priority == COSMETIC
        return self._pacing.free_at(method, place, now, page=page, tidying=tidying)

    def _may_go(self, row: NextPost) -> bool:
        """Whether nobody has it, and somebody is free to send it."""
        with self._guard:
            if row.id in self._flying:
                return False
            pages, tidying = (list(self._flying.values()).count(one) for one in (PAGE, COSMETIC))
            if row.priority == PAGE:
                return pages < FOR_PAGES
            return len(self._flying) - pages < WORKERS and (row.priority != COSMETIC or tidying < FOR_TIDYING)

    def _hand_over(self, row: NextPost, now: float) -> None:
        whole = self._log.queued(row.id)
        if whole is None:  # replaced or purged since
            return
        self._pacing.called(row.method, row.lane, now)
        with self._guard:
            self._flying[row.id] = row.priority
        self._work[row.priority == PAGE].put(whole)

    def _prune(self, now: float) -> None:
        if not 0 <= now - self._pruned_at < PRUNE_EVERY:
            self._pruned_at = now
            self._log.prune_sent(now - KEEP_SENT)

    # While Slack does not accept the token

    def _pause(self, why: str) -> None:
        with self._guard:
            already, self._paused_until = self.paused, self._clock() + TOKEN_WAIT
        if not already:
            to_do = "check_SLACK_BOT_TOKEN_and_run_curbside_doctor"
            log_line("sending_paused", level=logging.ERROR, why=why, to_do=to_do)

    def _still_paused(self, now: float) -> float:
        """Seconds for which nothing is to be sent. When the time is over, Slack is asked whether the token is good again."""
        until = self._paused_until
        if until is None or now < until:
            return 0.0 if until is None else until - now
        try:
            self._client.auth_test()
        except Exception as error:
            log_line("still_paused", why=read_error(error).why)
            self._paused_until = now + TOKEN_WAIT
            return TOKEN_WAIT
        self._paused_until = None
        log_line("sending_goes_on")
        return 0.0

    # The threads that send

    def _worker(self, delivering: Delivering, page: bool) -> None:
        while (row := self._work[page].get()) is not None and not self._stopping.is_set():
            try:
                delivering.deliver(row)
            except Exception as error:  # the log takes nothing: the row comes again
                if not self._stopping.is_set():
                    log_line("row_left", level=logging.WARNING, row=row.id, why=type(error).__name__)
                    self._stopping.wait(0.2)
            finally:
                with self._guard:
                    self._flying.pop(row.id, None)
                self._woken.set()

    def _logs_own_id(self) -> str:
        """By which posts of this log are told from those of another one; made at the first start."""
        known = self._log.slot("log:id")
        if known is None:
            known = secrets.token_hex(8)
            self._log.set_slot("log:id", known)
        return known
