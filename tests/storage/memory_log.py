"""A second engine, in memory: it shows that the interface, and the tests against it, name no SQLite.

It keeps what its process wrote to a place for as long as the process lives.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from bot.storage import (
    CONTENT_PURGED,
    FINISHED,
    PURGED,
    Access,
    AlreadySeen,
    BadReference,
    ConsultRow,
    Fault,
    Head,
    LogError,
    NoSuchConsult,
    Overview,
    Post,
    PostedHead,
    Profile,
    Purge,
    QueuedPost,
    SearchHit,
    StaleRevision,
    StoredEvent,
    Tally,
    Wanted,
    parse_reference,
)
from bot.storage.accesses import prepare_access
from bot.storage.chain import GENESIS, event_hash
from bot.storage.posts import Outgoing, ReadyPost, Unsent, due_now, next_due, prepare_outgoing
from bot.storage.records import UNSENT
from bot.storage.references import make_reference, slips
from bot.storage.step import Step, prepare


@dataclass
class _Sending:
    """A row of the outbox."""

    post: ReadyPost
    created_at: float
    not_before: float
    state: str = "waiting"
    attempts: int = 0
    owner: object = None
    tried_at: float | None = None
    finished_at: float = 0


@dataclass
class _Place:
    guard: threading.Lock = field(default_factory=threading.Lock)
    events: list[tuple[dict[str, Any], str | None]] = field(default_factory=list)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    outbox: dict[int, _Sending] = field(default_factory=dict)
    written: int = 0
    slots: dict[str, str] = field(default_factory=dict)
    deliveries: set[str] = field(default_factory=set)
    accesses: list[dict[str, Any]] = field(default_factory=list)
    posted: dict[Head, PostedHead] = field(default_factory=dict)
    sweep_due: bool = False
    overviews: dict[str, tuple[Overview, int]] = field(default_factory=dict)


_PLACES: dict[Path, _Place] = {}


class MemoryLog:
    """The log of one place in memory."""

    def __init__(self, path: Path) -> None:
        self._place = _PLACES.setdefault(path, _Place())

    def new_reference(self) -> str:
        return make_reference()

    def append(self, reference: str, events: Any, state: ConsultRow, **how: Any) -> int:
        return self.submit(reference, events, state, **how).result()

    def submit(
        self,
        reference: str,
        events: Sequence[Mapping[str, Any]],
        state: ConsultRow,
        *,
        expected_revision: int,
        words: str | None = None,
        posts: Sequence[Post] = (),
        delivery: str | None = None,
        overview: Overview | None = None,
    ) -> Future[int]:
        future: Future[int] = Future()
        try:
            reference = parse_reference(reference)
            step = prepare(reference, events, state, expected_revision=expected_revision, words=words)
            future.set_result(self._write(step, prepare_outgoing(posts, delivery)))
            self._place.overviews.pop(reference, None)
            if overview is not None:
                self.keep_overviews([(overview, step.revision)])
        except LogError as error:
            future.set_exception(error)
        return future

    def _write(self, step: Step, outgoing: Outgoing) -> int:
        place = self._place
        with place.guard:
            self._check_new(outgoing)
            found = place.rows.get(step.reference, {}).get("revision", 0)
            if found != step.expected_revision:
                raise StaleRevision(step.reference, step.expected_revision, found)
            last: dict[str, Any] = place.events[-1][0] if place.events else {"id": 0, "hash": GENESIS}
            place.events += [(row, ready.content) for row, ready in step.chained(last["id"], last["hash"])]
            place.rows[step.reference] = dict(step.row)
            if step.words is not None:
                place.words[step.reference] = step.words
            self._send(outgoing)
        return step.revision

    def consult(self, reference: str) -> ConsultRow:
        try:
            wanted = parse_reference(reference)
        except BadReference:
            if nearest := self._nearest(reference):
                raise NoSuchConsult(reference, nearest) from None
            raise
        if wanted not in self._place.rows:
            raise NoSuchConsult(wanted, self._nearest(wanted))
        found = self._place.rows[wanted]
        return ConsultRow(**(found | {"state": json.loads(found["state"])}))

    def _nearest(self, given: str) -> list[str]:
        def fits(reference: str, form: str) -> bool:
            same = (there in ("_", here) for here, there in zip(reference, form, strict=False))
            return len(reference) == len(form) and all(same)

        return [known for known in self._place.rows if any(fits(known, form) for form in slips(given))]

    def revision(self, reference: str) -> int:
        known = self._place.rows.get(reference)
        return known["revision"] if known is not None else 0

    def events(self, reference: str) -> list[StoredEvent]:
        wanted = self.consult(reference).reference
        mine = [(row, content) for row, content in self._place.events if row["consult"] == wanted]
        return [StoredEvent(**row, data=None if content is None else json.loads(content)) for row, content in mine]

    def consults(
        self,
        *,
        limit: int = 50,
        before: str | None = None,
        status: str | None = None,
        clinician: str | None = None,
    ) -> list[ConsultRow]:
        begun = list(self._place.rows)
        if before is not None:
            begun = begun[: begun.index(self.consult(before).reference)]
        rows = [self.consult(reference) for reference in reversed(begun)]
        rows = [row for row in rows if status in (None, row.status) and clinician in (None, row.clinician)]
        return rows[: max(limit, 0)]

    def open_consults(self, clinician: str) -> list[ConsultRow]:
        rows = [row for row in self.consults(clinician=clinician, limit=10**9) if row.status not in FINISHED]
        return sorted(rows, key=lambda row: row.updated_at, reverse=True)

    def search(self, words: str, limit: int = 20) -> list[SearchHit]:
        raise NotImplementedError("left to an engine with an index")

    def overviews(self, wanted: Wanted, *, limit: int, offset: int = 0) -> list[Overview]:
        if wanted.words:
            raise NotImplementedError("left to an engine with an index")
        found = [one for one, _ in self._place.overviews.values() if one.listed and _is_wanted(one, wanted)]
        found.sort(key=lambda one: (one.urgency, one.begun) if wanted.urgent_first else -one.begun)
        return [replace(one, beside={}) for one in found[offset : offset + limit]]

    def count_overviews(self, wanted: Wanted, *, most: int) -> int:
        return len(self.overviews(wanted, limit=most))

    def tally(self, bounds: Sequence[float]) -> list[Tally]:
        found = [
            (stretch, self.overviews(Wanted(since=since, until=until), limit=10**9))
            for stretch, (since, until) in enumerate(pairwise(bounds))
        ]
        return [
            Tally(
                stretch=stretch,
                urgency=urgency,
                consults=len(of),
                signed=sum(one.review == "signed" for one in of),
                differs=sum(one.differs for one in of),
                outstanding=sum(one.outstanding for one in of),
            )
            for stretch, begun in found
            for urgency in sorted({one.urgency for one in begun})
            for of in [[one for one in begun if one.urgency == urgency]]
        ]

    def taken_after(self, since: float, until: float) -> list[tuple[int, float]]:
        begun = self.overviews(Wanted(since=since, until=until), limit=10**9)
        found = [(one.urgency, one.taken_after) for one in begun if one.taken_after is not None]
        return sorted(found, key=lambda one: one[1])

    def beside(self, reference: str, shape: int) -> tuple[int, dict[str, Any]] | None:
        overview, revision = self._place.overviews.get(reference, (None, 0))
        return None if overview is None or overview.shape != shape else (revision, dict(overview.beside))

    def lacking_overviews(self, shape: int, *, limit: int) -> list[str]:
        rows = self._place.rows.items()
        return [
            reference for reference, row in rows if row["status"] != PURGED and self.beside(reference, shape) is None
        ][:limit]

    def keep_overviews(self, made: Iterable[tuple[Overview, int]]) -> None:
        for overview, revision in made:
            if self._place.rows[overview.reference]["revision"] == revision:
                self._place.overviews[overview.reference] = overview, revision

    def profile(self, clinician: str) -> Profile | None:
        return self._place.profiles.get(clinician)

    def remember_profile(self, clinician: str, profile: Profile) -> None:
        self._place.profiles[clinician] = profile

    def queue(self, posts: Sequence[Post], *, delivery: str | None = None) -> None:
        outgoing = prepare_outgoing(posts, delivery)
        with self._place.guard:
            self._check_new(outgoing)
            self._send(outgoing)

    def _check_new(self, outgoing: Outgoing) -> None:
        if outgoing.delivery in self._place.deliveries:
            raise AlreadySeen(str(outgoing.delivery))

    def _send(self, outgoing: Outgoing) -> None:
        place = self._place
        if outgoing.delivery is not None:
            place.deliveries.add(outgoing.delivery)
        for post in outgoing.posts:
            alike = [id for id, row in place.outbox.items() if post.coalesce and row.post.coalesce == post.coalesce]
            replaced = [place.outbox.pop(id) for id in alike if place.outbox[id].state == "waiting"]
            place.written += 1
            not_before = max((row.not_before for row in replaced), default=0.0)
            place.outbox[place.written] = _Sending(post, time.time(), not_before)

    def due(self, now: float, limit: int) -> list[QueuedPost]:
        with self._place.guard:
            return [self._queued(row.id) for row in due_now(self._unsent(), self._knows, now, limit)]

    def next_due_at(self, now: float) -> float | None:
        with self._place.guard:
            return next_due(self._unsent(), self._knows, now)

    def mark_sending(self, id: int, at: float) -> bool:
        with self._place.guard:
            if id not in self._place.outbox or self._state(id) not in ("waiting", "in_doubt"):
                return False
            row = self._place.outbox[id]
            row.state, row.owner, row.tried_at, row.attempts = "sending", self, at, row.attempts + 1
            return True

    def mark_sent(self, id: int, at: float, slots: Mapping[str, str] | None = None) -> None:
        with self._place.guard:
            if self._marked(id, "sent", finished_at=at):
                self._place.slots.update(slots or {})

    def mark_in_doubt(self, id: int, not_before: float) -> None:
        with self._place.guard:
            self._marked(id, "in_doubt", not_before=not_before)

    def retry_later(self, id: int, not_before: float) -> None:
        with self._place.guard:
            self._marked(id, "waiting", not_before=not_before)

    def mark_failed(self, id: int, why: str) -> None:
        with self._place.guard:
            self._marked(id, "failed", finished_at=time.time())

    def slot(self, name: str) -> str | None:
        return self._place.slots.get(name)

    def slots_like(self, prefix: str) -> dict[str, str]:
        with self._place.guard:
            return {name: value for name, value in sorted(self._place.slots.items()) if name.startswith(prefix)}

    def slots_holding(self, value: str) -> list[str]:
        with self._place.guard:
            return sorted(name for name, held in self._place.slots.items() if held == value)

    def set_slot(self, name: str, value: str) -> None:
        self._place.slots[name] = value

    def outbox_counts(self) -> dict[str, int]:
        with self._place.guard:
            return dict(Counter(map(self._state, self._place.outbox)))

    def prune_sent(self, older_than: float) -> int:
        with self._place.guard:
            rows = self._place.outbox.items()
            old = [id for id, row in rows if row.state not in UNSENT and row.finished_at < older_than]
            for id in old:
                del self._place.outbox[id]
            return len(old)

    def _marked(self, id: int, state: str, **more: Any) -> bool:
        row = self._place.outbox.get(id)
        if row is None or row.state not in UNSENT:
            return False
        self._place.outbox[id] = replace(row, state=state, **more)
        return True

    def _state(self, id: int) -> str:
        row = self._place.outbox[id]
        return "in_doubt" if row.state == "sending" and row.owner is not self else row.state

    def _unsent(self) -> list[Unsent]:
        rows = [(id, row.post, row) for id, row in self._place.outbox.items() if row.state in UNSENT]
        return [
            Unsent(id, post.lane, post.priority, post.slot, post.needs, self._state(id), row.not_before)
            for id, post, row in rows
        ]

    def _knows(self, slot: str) -> bool:
        return slot in self._place.slots

    def _queued(self, id: int) -> QueuedPost:
        row = self._place.outbox[id]
        return QueuedPost(
            id=id,
            lane=row.post.lane,
            method=row.post.method,
            body=json.loads(row.post.body),
            priority=row.post.priority,
            slot=row.post.slot,
            state=self._state(id),
            attempts=row.attempts,
            created_at=row.created_at,
            tried_at=row.tried_at,
        )

    def record_access(
        self, what: str, *, at: str, actor: str, reference: str | None = None, detail: Mapping[str, Any] | None = None
    ) -> int:
        ready = prepare_access(at, actor, what, reference, detail or {})
        with self._place.guard:
            if reference is not None:
                self.consult(reference)
            known = self._place.accesses
            last: dict[str, Any] = known[-1] if known else {"id": 0, "hash": GENESIS}
            known.append(ready.chained(last["id"], last["hash"], len(self._place.events)))
            return len(known)

    def accesses(self, reference: str | None = None) -> list[Access]:
        wanted = None if reference is None else self.consult(reference).reference
        mine = [row for row in self._place.accesses if wanted in (None, row["consult"])]
        return [Access(**(row | {"detail": json.loads(row["detail"])})) for row in mine]

    def head(self) -> Head:
        events = self._place.events
        return Head(events[-1][0]["id"], events[-1][0]["hash"]) if events else Head(0, GENESIS)

    def access_head(self) -> Head:
        known = self._place.accesses
        number, hash_ = (known[-1]["id"], known[-1]["hash"]) if known else (0, GENESIS)
        return Head(number, hash_, "accesses")

    def consults_with(self, kinds: Sequence[str], *, after: int, limit: int) -> list[str]:
        found = [row["consult"] for row, _ in self._place.events if row["id"] > after and row["kind"] in kinds]
        return list(dict.fromkeys(reversed(found)))[: max(limit, 0)]

    def note_posted_head(self, posted: PostedHead) -> None:
        self._place.posted.setdefault(posted.head, posted)

    def posted_heads(self) -> list[PostedHead]:
        return sorted(self._place.posted.values(), key=lambda one: (one.head.chain != "events", one.head.number))

    def purge(self, purges: Sequence[Purge]) -> None:
        place = self._place
        for one in purges:
            found = place.rows.get(one.left.reference, {}).get("revision", 0)
            if found != one.expected_revision:
                raise StaleRevision(one.left.reference, one.expected_revision, found)
        for one in purges:
            reference = one.left.reference
            named = [row["id"] for row, said in place.events if row["consult"] == reference and said is not None]
            event = {"kind": CONTENT_PURGED, "at": one.at, "actor": one.actor, "data": {"events": named}}
            self.append(reference, [event], one.left, expected_revision=one.expected_revision, words="")
            place.overviews.pop(reference, None)
            place.events = [(row, None if row["id"] in named else said) for row, said in place.events]
            gone = [id for id, row in place.outbox.items() if reference in row.post.body]
            for id in gone:
                del place.outbox[id]
        place.sweep_due = True

    def sweep_due(self) -> bool:
        return self._place.sweep_due

    def sweep(self) -> None:
        self._place.sweep_due = False

    def copy_to(self, target: Path, progress: Any = None) -> None:
        raise NotImplementedError("left to an engine with a file")

    def check_chain(self, heads: Any = (), state_check: Any = None) -> list[Fault]:
        wrong = [row for row, _ in self._place.events if event_hash(row) != row["hash"]]
        return [Fault(row["id"], row["consult"], "was changed") for row in wrong]

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def _is_wanted(one: Overview, wanted: Wanted) -> bool:
    def same(name: str) -> bool:
        return getattr(wanted, name) in (None, getattr(one, name))

    return (
        all(map(same, ("clinician", "level", "status", "review")))
        and (wanted.since is None or one.begun >= wanted.since)
        and (wanted.until is None or one.begun < wanted.until)
        and (one.awaits_review or not wanted.awaits_review)
        and (one.awaits_clinician or not wanted.awaits_clinician)
        and (one.alarm or not wanted.alarm)
        and (wanted.overdue_at is None or (one.overdue_from is not None and one.overdue_from < wanted.overdue_at))
        and (wanted.ask_by is None or (one.ask_at is not None and one.ask_at <= wanted.ask_by))
    )
