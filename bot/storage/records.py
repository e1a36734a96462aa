"""What goes into the log and comes out of it, as plain data that no engine needs to be known for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PURGED = "purged"
"""The status of a consult whose content was removed; what is left of it keeps the chain verifiable."""

FINISHED = ("closed", "cancelled", "expired", PURGED)
"""The statuses of a consult on which nobody works any more; any other status is open."""

IS_OPEN = f"status NOT IN ({', '.join(repr(status) for status in FINISHED)})"
"""The same in SQL; written alike wherever the index on it is to help."""

CONTENT_PURGED = "content_purged"
"""The kind of event by which content is removed; its data is `{"events": [id, ...]}`."""

PAGE, SCREEN, CARD, COSMETIC = 0, 1, 2, 3
"""The priorities of a post: a page, a question or a result, a card, an edit that only tidies up. A page waits for no
other post, and none waits for an edit."""

ORDER = "(priority + 1) / 2"
"""In SQL, which of a lane's three orders a row keeps: 0 a page, 1 a question or a card, 2 a cosmetic edit. Written alike wherever
the index on it is to help."""

UNSENT = ("waiting", "sending", "in_doubt")
"""The states of a row of the outbox that may yet be sent; the others are "sent" and "failed"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultRow:
    """A consult's current state, one a consult; replaced as a whole with every step.

    `reference`: such as C-7F3K2. `clinician`: who runs it. `status`: in the flow's words; those in `FINISHED`
    are done. `started_at`, `updated_at`, `follow_up`: ISO date-times. `level`, `duty`, `table_version`,
    `flow_version`: from the result, None before it. `revision`: how many events it has; the log sets it,
    whatever is given. `state`: the flow's snapshot, JSON.
    """

    reference: str
    clinician: str
    status: str
    started_at: str
    updated_at: str
    jurisdiction: str | None = None
    profession: str | None = None
    concern: str | None = None
    level: str | None = None
    duty: str | None = None
    follow_up: str | None = None
    table_version: str | None = None
    flow_version: str | None = None
    revision: int = 0
    state: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What supervisors look for in their lists, of one consult. It is worked out from the consult and its events, is no part
    of the record, and may be made anew at any time.

    `shape`: the version of how it was worked out, 1 or more. `begun`: seconds since 1970, as all times here are. `review`:
    the review's state, "" before there is one. `danger`: whether danger now stands. `urgency`: 0 is the most urgent.
    `listed`: whether supervisors may see it. `awaits_review`, `awaits_clinician`: whom it waits for. `alarm`: whether
    somebody has to be called. `overdue_from`: when its follow-up is overdue; None when nothing is expected. `ask_at`: when
    its clinician is to be asked next. `taken_after`: seconds from its beginning to a supervisor's first deed. `beside`: what
    its events say beside its state, JSON.
    """

    reference: str
    shape: int
    clinician: str
    started_at: str
    begun: float
    status: str
    review: str = ""
    jurisdiction: str | None = None
    level: str | None = None
    danger: bool = False
    urgency: int = 0
    listed: bool = False
    awaits_review: bool = False
    awaits_clinician: bool = False
    alarm: bool = False
    overdue_from: float | None = None
    ask_at: float | None = None
    taken_after: float | None = None
    differs: bool = False
    outstanding: bool = False
    beside: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which overviews are looked for: those of which all that is given holds. Only those that supervisors may see are found.

    `words`: as in `Log.search`. `review`: the review's state. `since`, `until`: when it was begun, the second one excluded.
    `overdue_at`: its follow-up is overdue at that time. `alarm`: somebody has to be called. `ask_by`: its clinician is to be
    asked by then; who waits longest comes first. `urgent_first`: the most urgent come first, and the oldest of them; else
    those begun last.
    """

    words: str = ""
    clinician: str | None = None
    level: str | None = None
    status: str | None = None
    review: str | None = None
    since: float | None = None
    until: float | None = None
    awaits_review: bool = False
    awaits_clinician: bool = False
    overdue_at: float | None = None
    alarm: bool = False
    ask_by: float | None = None
    urgent_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The consults of one urgency that were begun in one stretch of time, counted.

    `stretch`: its place among those that were asked for, 0, 1, 2 ... `signed`, `differs`, `outstanding`: how many of them are.
    """

    stretch: int
    urgency: int
    consults: int
    signed: int
    differs: int
    outstanding: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """One event as it stands in the log.

    `id`: its place in the chain of the whole log, 1, 2, 3 ... `revision`: its place in its consult, likewise.
    `data`: None once its content was purged. `state_hash`: the hash of the consult's row after the step that
    ended with this event; None for the other events of a step. The hashes are SHA-256 in hexadecimal (see
    chain.py).
    """

    id: int
    consult: str
    revision: int
    at: str
    actor: str
    kind: str
    data: dict[str, Any] | None
    content_hash: str
    state_hash: str | None
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is remembered of a clinician. `workplace`: setting item, such as inpatient -> yes, no, unknown."""

    jurisdiction: str
    profession: str
    workplace: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A consult that was found; `excerpt` is its text around the words, or how that text begins, or ""."""

    consult: ConsultRow
    excerpt: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain, which says what all of it was: the last entry's number and hash.

    `chain`: "events", or "accesses" for the record of who read what. Number 0 with the hash of nothing (64
    zeros) is the head of an empty chain.
    """

    number: int
    hash: str
    chain: str = "events"


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where the log is not what was written. `event`: its id, None for a consult's row. `head`: the head that was seen
    outside and does not fit, where it is that."""

    event: int | None
    consult: str | None
    what: str
    head: Head | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedHead:
    """A head that was shown outside the log: when, and where, such as a Slack channel and the message's `ts`."""

    head: Head
    at: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """An entry of the record of who read what. It is only ever added, in a chain of its own.

    `what`: such as "shown", "exported". `consult`: None when it concerns no one consult. `detail`: how and where
    to, with nothing clinical in it: it is never purged. `after_event`: the newest event when it was made, so that
    accesses and events have one order whatever a clock said.
    """

    id: int
    at: str
    actor: str
    what: str
    consult: str | None
    detail: dict[str, Any]
    after_event: int
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """A consult whose content is to be removed. `at`, `actor`: of the event that says so. `left`: the row that
    stays, with nothing that was said. `expected_revision`: the one on which this was decided."""

    at: str
    actor: str
    left: ConsultRow
    expected_revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A call of Slack's Web API that is to be made; it becomes one row of the outbox.

    `lane`: the conversation whose order it keeps, such as "dm:U1". `method`: such as chat.postMessage. `body`:
    its arguments, JSON; a value `{"slot": NAME}` anywhere in it is filled in by the sender once it is known.
    `priority`: 0 pages and emergency cards, 1 questions and results, 2 cards, 3 cosmetic edits. `slot`: the
    name under which the post's `ts` is kept, such as "thread:C-7F3K2"; a post that is edited later needs a
    name of its own, since a name that is used again means the newer post. `coalesce`: a waiting row with the
    same value, in whatever lane and of whatever priority, is replaced by this one. `after`: the slot of a post
    that must be there first, where the lane's order does not see to it: a page keeps none.
    """

    lane: str
    method: str
    body: Mapping[str, Any]
    priority: int
    slot: str | None = None
    coalesce: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class NextPost:
    """A row of the outbox that only its time keeps back, without what it says.

    `state`: as in QueuedPost. `not_before`: when it may be sent, in seconds since 1970; 0: at any time.
    """

    id: int
    lane: str
    method: str
    priority: int
    state: str
    not_before: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedPost:
    """A row of the outbox that may be sent now.

    `id`: never used again, not even after the row was deleted. `state`: "waiting", or "in_doubt" when it may
    have been delivered. `attempts`: how often its sending began. `created_at`, `tried_at`: when it was written
    and when its sending last began, in seconds since 1970; None when it never did.
    """

    id: int
    lane: str
    method: str
    body: dict[str, Any]
    priority: int
    slot: str | None
    state: str
    attempts: int
    created_at: float
    tried_at: float | None
