"""Where the steps of all clinicians' consults are taken: committed together with what they send, then the sender is woken.

A listener reads what came, and calls one of these; when it returns, the step is durable and may be acknowledged.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.beside import Record
from bot.desk import Desk, Kept, kept
from bot.recent import Recent
from bot.slack.messages import hints
from bot.slack.refusals import Kindly
from bot.slack.shown import Privacy
from bot.slack.telling import posts_in_conversation
from bot.storage import Log, NoSuchConsult, Post, StaleRevision
from flows.consult import Consult, Step, now

if TYPE_CHECKING:
    from bot.slack.people import People
    from bot.slack.supervisors.supervision import Supervision

ATTEMPTS = 5
"""How often a step is tried that another one overtook. Each time somebody else's step was taken, so this is never reached
but by a fault."""
SAME_WISH = timedelta(seconds=10)
"""A second wish to begin within this time, while nothing was answered yet, is the same wish: a finger that tapped twice. One that
was begun further in the time to come was begun under a clock that was ahead, and is another one."""


def one_each() -> Sequence[threading.Lock]:
    """Locks enough that two people hardly share one: a consult that begins is waited for by the same person's finger alone."""
    return [threading.Lock() for _ in range(256)]


def nobody_waits() -> None:
    """What wakes the sender where there is none."""


def nothing_was_missed() -> None:
    """What waits for what was missed, where nothing was."""


@dataclass
class Office:
    """`privacy`: what messages may hold. `clock`: the time of a step. `wake`: called once something to be sent is committed.

    `supervision`: who else is told of a step; None where there is no supervisors' channel. `hear_first`: called before
    anything is taken that comes now; it waits for what was typed or tapped while the program was not there.
    """

    log: Log
    people: People
    privacy: Privacy = "usual"
    clock: Callable[[], str] = now
    wake: Callable[[], None] = nobody_waits
    supervision: Supervision | None = None
    hear_first: Callable[[], None] = nothing_was_missed
    _beginning: Sequence[threading.Lock] = field(default_factory=one_each, repr=False)
    _recent: Recent = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._recent = Recent(self.log)

    def desk(self, user: str) -> Desk:
        """The desk of one clinician, whose steps are told in Slack."""
        return Desk(self.log, user, self.clock, self._announce)

    def open(self, user: str, reference: str) -> Kept:
        """The person's own consult as it stands. Kindly when it is somebody else's, or there is none."""
        found = self.open_any(reference)
        if found.consult.clinician != user:
            raise Kindly(hints.not_yours())
        return found

    def open_any(self, reference: str) -> Kept:
        """Anybody's consult, for those whose role was checked. Kindly when there is none."""
        try:
            return self._recent.get(reference) or kept(self.log.consult(reference))
        except NoSuchConsult:
            raise Kindly(hints.no_such_consult()) from None

    def step(self, user: str, reference: str, take: Callable[[Desk, Kept], Kept]) -> Kept:
        """The person's consult after `take`, which takes a step of it, or none, or raises.

        Where another step came first (a second device), `take` is asked again, on the consult as it is then. Kindly,
        AnswerError, AlreadySeen, LogError.
        """
        return self._step(user, take, lambda: self.open(user, reference))

    def step_beside(self, user: str, reference: str, take: Callable[[Desk, Kept], Kept]) -> Kept:
        """The same of anybody's consult: a review's step, by somebody whose role was checked."""
        return self._step(user, take, lambda: self.open_any(reference))

    def _step(self, user: str, take: Callable[[Desk, Kept], Kept], opened: Callable[[], Kept]) -> Kept:
        desk = self.desk(user)
        for _ in range(ATTEMPTS - 1):
            try:
                return self._woken(take(desk, opened()))
            except StaleRevision:
                continue
        return self._woken(take(desk, opened()))

    def begin(self, user: str, given: Mapping[str, Any] | None, delivery: str) -> tuple[Kept, bool]:
        """A new consult, and True; or the one that the person began this very moment, and False. AnswerError, LogError."""
        desk = self.desk(user)
        with self._beginning[hash(user) % len(self._beginning)]:
            just_begun = self._just_begun(desk)
            if just_begun is not None:
                return just_begun, False
            return self._woken(desk.start(given, delivery=delivery)), True

    def send(self, posts: Sequence[Post], delivery: str | None = None) -> None:
        """Posts that go with no step. AlreadySeen when the delivery was handled before; LogError."""
        self.log.queue(posts, delivery=delivery)
        self.wake()

    def _just_begun(self, desk: Desk) -> Kept | None:
        now = datetime.fromisoformat(self.clock())
        for row in self.log.open_consults(desk.clinician):
            if abs(now - datetime.fromisoformat(row.started_at)) < SAME_WISH and _untouched(
                (found := kept(row)).consult
            ):
                return found
        return None

    def _woken(self, after: Kept) -> Kept:
        self._recent.put(after)
        self.wake()
        if self.supervision is not None:
            self.supervision.wake()
        return after

    def _announce(self, before: Consult | None, step: Step, record: Record, after: Record) -> Sequence[Post]:
        posts = posts_in_conversation(self.log, self.privacy, before, step)
        if self.supervision is None:
            return posts
        return (*posts, *self.supervision.posts(before, step, record, after))


def _untouched(consult: Consult) -> bool:
    return consult.screen is not None and consult.turn == 0 and not consult.done_here
