"""A second engine, in memory: it shows that the interface, and the tests against it, name no SQLite.

It keeps what its process wrote to a place for as long as the process lives.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from bot.storage import (
    FINISHED,
    BadReference,
    ConsultRow,
    Fault,
    LogError,
    NoSuchConsult,
    Profile,
    SearchHit,
    StaleRevision,
    StoredEvent,
    parse_reference,
)
from bot.storage.chain import GENESIS, event_hash
from bot.storage.references import make_reference, slips
from bot.storage.step import Step, prepare


@dataclass
class _Place:
    guard: threading.Lock = field(default_factory=threading.Lock)
    events: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)


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
    ) -> Future[int]:
        future: Future[int] = Future()
        try:
            reference = parse_reference(reference)
            step = prepare(reference, events, state, expected_revision=expected_revision, words=words)
            future.set_result(self._write(step))
        except LogError as error:
            future.set_exception(error)
        return future

    def _write(self, step: Step) -> int:
        place = self._place
        with place.guard:
            found = place.rows.get(step.reference, {}).get("revision", 0)
            if found != step.expected_revision:
                raise StaleRevision(step.reference, step.expected_revision, found)
            last: dict[str, Any] = place.events[-1][0] if place.events else {"id": 0, "hash": GENESIS}
            place.events += [(row, ready.content) for row, ready in step.chained(last["id"], last["hash"])]
            place.rows[step.reference] = dict(step.row)
            if step.words is not None:
                place.words[step.reference] = step.words
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

    def events(self, reference: str) -> list[StoredEvent]:
        wanted = self.consult(reference).reference
        mine = [(row, content) for row, content in self._place.events if row["consult"] == wanted]
        return [StoredEvent(**row, data=json.loads(content)) for row, content in mine]

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

    def profile(self, clinician: str) -> Profile | None:
        return self._place.profiles.get(clinician)

    def remember_profile(self, clinician: str, profile: Profile) -> None:
        self._place.profiles[clinician] = profile

    def check_chain(self) -> list[Fault]:
        wrong = [row for row, _ in self._place.events if event_hash(row) != row["hash"]]
        return [Fault(row["id"], row["consult"], "was changed") for row in wrong]

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass
