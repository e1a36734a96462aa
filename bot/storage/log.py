"""The log in SQLite: one file, one thread at a time that writes, and a reading connection for each thread that asks."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from . import accesses, appending, checking, copying, heads, next_posts, outbox, overviews, purging, reading, search
from .errors import CannotOpen, LogError, NoSuchConsult
from .interface import Log
from .opening import connect, open_database
from .plain_errors import plain_errors
from .posts import Outgoing, prepare_outgoing
from .records import (
    Access,
    ConsultRow,
    Fault,
    Head,
    NextPost,
    Overview,
    Post,
    PostedHead,
    Profile,
    Purge,
    QueuedPost,
    SearchHit,
    StoredEvent,
    Tally,
    Wanted,
)
from .references import make_reference, parse_reference
from .step import Step, prepare
from .writer import Writer

if TYPE_CHECKING:
    from sqlite_utils import Database

T = TypeVar("T")
READS_END_WITHIN = 5.0
"""Seconds for which closing waits for what is being read; then the connections are left to the end of the process."""

_REMEMBER = (
    "INSERT INTO profiles (clinician, jurisdiction, profession, workplace) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (clinician) DO UPDATE SET jurisdiction = excluded.jurisdiction,"
    " profession = excluded.profession, workplace = excluded.workplace"
)


class SQLiteLog(Log):
    """The log at `path`; what the methods do is said in interface.py."""

    def __init__(self, path: str | Path, *, create: bool = True, key: str | None = None) -> None:
        self._path = expanded(path)
        self._key = key
        self._readers: dict[threading.Thread, Database] = {}
        self._guard = threading.Condition()
        self._reading_now = 0
        self._given_out: set[str] = set()
        self._closed = False
        self._me = secrets.token_hex(8)  # which opened log sends a row of the outbox
        self._readers[threading.current_thread()] = open_database(self._path, create=create, key=key)
        self._writer = Writer(self._path, key)

    def new_reference(self) -> str:
        with self._reading() as db:
            while True:
                reference = make_reference()
                with self._guard:
                    if reference in self._given_out or reading.is_used(db, reference):
                        continue
                    self._given_out.add(reference)  # many may be waiting to be written
                    return reference

    def append(
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
    ) -> int:
        step = prepare(parse_reference(reference), events, state, expected_revision=expected_revision, words=words)
        return self._write(_writing(step, prepare_outgoing(posts, delivery), overview))

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
        try:
            step = prepare(parse_reference(reference), events, state, expected_revision=expected_revision, words=words)
            write = _writing(step, prepare_outgoing(posts, delivery), overview)
        except LogError as error:
            refused: Future[int] = Future()
            refused.set_exception(error)
            return refused
        return self._writer.submit(write)

    def consult(self, reference: str) -> ConsultRow:
        with self._reading() as db:
            return reading.consult(db, self._path, reference)

    def revision(self, reference: str) -> int:
        with self._reading(one_moment=False) as db:
            return reading.revision(db, reference)

    def events(self, reference: str) -> list[StoredEvent]:
        with self._reading() as db:
            known = reading.consult(db, self._path, reference)
            return reading.events(db, self._path, known.reference)

    def consults(
        self,
        *,
        limit: int = 50,
        before: str | None = None,
        status: str | None = None,
        clinician: str | None = None,
    ) -> list[ConsultRow]:
        with self._reading() as db:
            return reading.consults(db, self._path, limit=limit, before=before, status=status, clinician=clinician)

    def open_consults(self, clinician: str) -> list[ConsultRow]:
        with self._reading() as db:
            return reading.open_consults(db, self._path, clinician)

    def search(self, words: str, limit: int = 20) -> list[SearchHit]:
        with self._reading() as db:
            limit = max(limit, 0)
            found = dict(search.find(db, words, limit))
            hits = [SearchHit(reading.consult(db, self._path, reference), found[reference]) for reference in found]
            try:
                named = reading.consult(db, self._path, words)
            except NoSuchConsult:
                return hits
            return [SearchHit(named, ""), *(hit for hit in hits if hit.consult.reference != named.reference)][:limit]

    def overviews(self, wanted: Wanted, *, limit: int, offset: int = 0) -> list[Overview]:
        with self._reading() as db:
            return overviews.find(db, wanted, limit, offset)

    def count_overviews(self, wanted: Wanted, *, most: int) -> int:
        with self._reading() as db:
            return overviews.count(db, wanted, most)

    def tally(self, bounds: Sequence[float]) -> list[Tally]:
        with self._reading() as db:
            return list(overviews.tally(db, bounds))

    def taken_after(self, since: float, until: float) -> list[tuple[int, float]]:
        with self._reading() as db:
            return overviews.taken_after(db, since, until)

    def beside(self, reference: str, shape: int) -> tuple[int, dict[str, Any]] | None:
        with self._reading() as db:
            return overviews.beside(db, self._path, reference, shape)

    def lacking_overviews(self, shape: int, *, limit: int) -> list[str]:
        with self._reading() as db:
            return overviews.lacking(db, shape, limit)

    def keep_overviews(self, made: Iterable[tuple[Overview, int]]) -> None:
        rows = [(overviews.prepare(overview), revision) for overview, revision in made]

        def write(db: Database) -> None:
            for row, revision in rows:
                overviews.keep(db, row, revision)

        self._write(write)

    def profile(self, clinician: str) -> Profile | None:
        with self._reading() as db:
            return reading.profile(db, self._path, clinician)

    def remember_profile(self, clinician: str, profile: Profile) -> None:
        values = [clinician, profile.jurisdiction, profile.profession, json.dumps(dict(profile.workplace))]
        self._write(lambda db: db.execute(_REMEMBER, values).rowcount)

    def queue(self, posts: Sequence[Post], *, delivery: str | None = None) -> None:
        outgoing = prepare_outgoing(posts, delivery)
        self._write(lambda db: outbox.write(db, outgoing))

    def due(self, now: float, limit: int) -> list[QueuedPost]:
        with self._reading() as db:
            return outbox.due(db, self._path, self._me, now, limit)

    def next_posts(self, *, tidying: bool = True) -> Sequence[NextPost]:
        with self._reading() as db:
            return next_posts.next_posts(db, self._me, tidying=tidying)

    def queued(self, id: int) -> QueuedPost | None:
        with self._reading() as db:
            return outbox.queued(db, self._path, self._me, id)

    def mark_sending(self, id: int, at: float) -> bool:
        return self._write(lambda db: outbox.sending(db, self._me, id, at))

    def mark_sent(self, id: int, at: float, slots: Mapping[str, str] | None = None) -> None:
        self._write(lambda db: outbox.sent(db, id, at, slots or {}))

    def mark_in_doubt(self, id: int, not_before: float) -> None:
        self._write(lambda db: outbox.later(db, id, "in_doubt", not_before))

    def retry_later(self, id: int, not_before: float) -> None:
        self._write(lambda db: outbox.later(db, id, "waiting", not_before))

    def mark_failed(self, id: int, why: str) -> None:
        self._write(lambda db: outbox.failed(db, id, why))

    def slot(self, name: str) -> str | None:
        with self._reading() as db:
            return outbox.slot(db, name)

    def slots_like(self, prefix: str) -> dict[str, str]:
        with self._reading() as db:
            return outbox.slots_like(db, prefix)

    def slots_holding(self, value: str) -> list[str]:
        with self._reading() as db:
            return outbox.slots_holding(db, value)

    def set_slot(self, name: str, value: str) -> None:
        self._write(lambda db: outbox.set_slot(db, name, value))

    def outbox_counts(self) -> dict[str, int]:
        with self._reading() as db:
            return outbox.counts(db, self._me)

    def prune_sent(self, older_than: float) -> int:
        return self._write(lambda db: outbox.prune(db, older_than))

    def record_access(
        self, what: str, *, at: str, actor: str, reference: str | None = None, detail: Mapping[str, Any] | None = None
    ) -> int:
        access = accesses.prepare_access(at, actor, what, reference, detail or {})

        def write(db: Database) -> int:
            if reference is not None:
                reading.consult(db, self._path, reference)
            return accesses.write(db, access)

        return self._write(write)

    def accesses(self, reference: str | None = None) -> list[Access]:
        with self._reading() as db:
            known = None if reference is None else reading.consult(db, self._path, reference).reference
            return list(accesses.of(db, self._path, known))

    def head(self) -> Head:
        with self._reading() as db:
            return heads.head(db, "events")

    def access_head(self) -> Head:
        with self._reading() as db:
            return heads.head(db, "accesses")

    def consults_with(self, kinds: Sequence[str], *, after: int, limit: int) -> list[str]:
        with self._reading() as db:
            return heads.consults_with(db, kinds, after, limit)

    def note_posted_head(self, posted: PostedHead) -> None:
        self._write(lambda db: heads.note(db, posted))

    def posted_heads(self) -> list[PostedHead]:
        with self._reading() as db:
            return heads.posted(db)

    def purge(self, purges: Sequence[Purge]) -> None:
        self._write(lambda db: purging.purge(db, purges))

    def sweep_due(self) -> bool:
        with self._reading() as db:
            return purging.sweep_due(db)

    def sweep(self) -> None:
        with plain_errors(self._path):
            db = connect(self._path, reading=False, key=self._key)
            try:
                purging.sweep(db, self._path)
            finally:
                db.close()

    def copy_to(self, target: Path, progress: Callable[[int, int], None] | None = None) -> None:
        copying.copy(self._path, target, self._key, progress)

    def check_chain(
        self,
        heads: Iterable[Head] = (),
        state_check: Callable[[ConsultRow, list[StoredEvent]], str | None] | None = None,
    ) -> list[Fault]:
        with self._reading() as db:
            return checking.faults(db, self._path, heads, state_check)

    def close(self) -> None:
        self._writer.close()
        with self._guard:
            self._closed = True
            # A connection that is closed while another thread reads with it takes the whole process down.
            if not self._guard.wait_for(lambda: not self._reading_now, READS_END_WITHIN):
                return
            while self._readers:
                self._readers.popitem()[1].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _write(self, step: Callable[[Database], T]) -> T:
        """Have the writer run it; its result, once that is durable."""
        return self._writer.run(step)

    @contextmanager
    def _reading(self, *, one_moment: bool = True) -> Iterator[Database]:
        """This thread's reading connection, with all that is read inside from one moment; one statement always is."""
        with plain_errors(self._path):
            db = self._reader()
            try:
                if one_moment:
                    with reading.one_moment(db):
                        yield db
                else:
                    yield db
            finally:
                with self._guard:
                    self._reading_now -= 1
                    self._guard.notify_all()

    def _reader(self) -> Database:
        thread = threading.current_thread()
        with self._guard:
            if self._closed:
                raise ValueError("the log is closed")
            if thread not in self._readers:
                for ended in [known for known in self._readers if not known.is_alive()]:
                    self._readers.pop(ended).close()
                self._readers[thread] = connect(self._path, reading=True, key=self._key)
            self._reading_now += 1
            return self._readers[thread]


def _writing(step: Step, outgoing: Outgoing, overview: Overview | None) -> Callable[[Database], int]:
    """What writes a step with what it sends. Raises Unstorable for an overview that is not JSON."""
    listed = None if overview is None else overviews.prepare(overview)

    def write(db: Database) -> int:
        outbox.write(db, outgoing, step.reference)  # first, so that a repeated delivery is not called stale
        return appending.write(db, step, listed)

    return write


def expanded(path: str | Path) -> Path:
    """The path with `~` filled in. Raises CannotOpen for an unknown user's."""
    try:
        return Path(path).expanduser()  # a ~ in an .env file has met no shell
    except RuntimeError:
        raise CannotOpen(Path(path), "there is no such user") from None
