"""Whether the log is still what was written: the two chains, the events' contents, the consults' rows, the layout."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from sqlite3 import SQLITE_ERROR
from typing import TYPE_CHECKING, Any

from . import reading
from .chain import GENESIS, access_hash, canonical, event_hash, salted_hash
from .engine import failures
from .errors import Corrupt
from .layout_check import layout_faults
from .records import CONTENT_PURGED, PURGED, ConsultRow, Fault, Head, StoredEvent
from .step import COLUMNS, hashed_part

if TYPE_CHECKING:
    from sqlite_utils import Database

StateCheck = Callable[[ConsultRow, list[StoredEvent]], str | None]
"""Given a consult's row and its events, says what is wrong with the row, or None."""

_EVENTS = """
SELECT events.*, contents.salt, contents.content, purges.purge_event, purge.kind AS purge_kind,
  purge.consult AS purge_consult, purge_contents.content AS purge_content
FROM events
LEFT JOIN contents ON contents.event = events.id
LEFT JOIN purges ON purges.event = events.id
LEFT JOIN events AS purge ON purge.id = purges.purge_event
LEFT JOIN contents AS purge_contents ON purge_contents.event = purge.id
ORDER BY events.id
"""
_ROWS = f"SELECT number, {', '.join(COLUMNS)} FROM consults ORDER BY number"
_STRAY = "SELECT event FROM {table} WHERE event NOT IN (SELECT id FROM events) ORDER BY event"


@dataclass(frozen=True, slots=True)
class _Last:
    """The newest event of a consult, as far as the chain has been followed; `begun` counts the consults."""

    id: int
    revision: int
    state_hash: str | None
    salt: bytes | None
    begun: int


@dataclass(slots=True)
class _Witness:
    """The heads that somebody outside has seen, held against a chain while it is followed."""

    chain: str
    heads: dict[int, set[str]] = field(default_factory=dict)
    fits_up_to: int = 0

    def see(self, number: int, consult: str | None, hash_: str) -> Iterator[Fault]:
        """The chain has this entry with this hash."""
        known = self.heads.pop(number, None)
        if known is None:
            return
        if known == {hash_}:
            self.fits_up_to = number
            return
        for wrong in sorted(known - {hash_}):
            what = f"the hash of {self._entry(number)} is not the one that was posted"
            yield self._fault(Head(number, wrong, self.chain), consult, what)

    def unseen(self) -> Iterator[Fault]:
        """The chain is at its end."""
        for number, hashes in sorted(self.heads.items()):
            what = f"{self._entry(number)}, whose hash was posted, is missing from the chain"
            for hash_ in sorted(hashes):
                yield self._fault(Head(number, hash_, self.chain), None, what)

    def _fault(self, head: Head, consult: str | None, what: str) -> Fault:
        first = self.fits_up_to + 1
        where = f"; the first that is wrong is one of {first} to {head.number}" if first < head.number else ""
        return Fault(first if self.chain == "events" else None, consult, what + where, head)

    def _entry(self, number: int) -> str:
        return f"{'event' if self.chain == 'events' else 'access'} {number}"


def faults(db: Database, path: Path, heads: Iterable[Head] = (), state_check: StateCheck | None = None) -> list[Fault]:
    """Every fault: those of the events first, in the order of the chain, then those of what hangs on them."""
    witnesses = {chain: _Witness(chain) for chain in ("events", "accesses")}
    for head in heads:
        if head.number:
            witnesses[head.chain].heads.setdefault(head.number, set()).add(head.hash)
    last: dict[str, _Last] = {}
    layout = list(layout_faults(db))
    try:
        with _any_text(db):
            return [
                *_event_faults(db, last, witnesses["events"]),
                *_row_faults(db, path, last, state_check),
                *_stray_faults(db),
                *_access_faults(db, witnesses["accesses"]),
                *layout,
            ]
    except Exception as error:
        # Without one of its tables or columns it can't be read further; that is what is wrong with it.
        if not layout or not isinstance(error, (KeyError, *failures())):
            raise
        if getattr(error, "sqlite_errorcode", SQLITE_ERROR) != SQLITE_ERROR:
            raise  # locked, or the disk
        return layout


def _event_faults(db: Database, last: dict[str, _Last], witness: _Witness) -> Iterator[Fault]:
    """Follow the chain, and leave the newest event of each consult in `last`."""
    expected_id, previous_hash = 1, GENESIS
    for row in db.query(_EVENTS):
        number, consult = row["id"], row["consult"]
        if number > expected_id:
            missing = f"event {expected_id}" if number == expected_id + 1 else f"events {expected_id} to {number - 1}"
            yield Fault(expected_id, None, f"{missing} missing from the chain")
        before = last.get(consult)
        if event_hash(row) != row["hash"]:
            yield Fault(number, consult, f"event {number} of {consult} was changed")
        elif row["previous_hash"] != previous_hash and number == expected_id:
            yield Fault(number, consult, f"event {number} of {consult} does not follow the event before it")
        elif row["revision"] != (before.revision + 1 if before else 1) and number == expected_id:
            yield Fault(number, consult, f"event {number} is not the next event of {consult}")
        if wrong := _content_fault(row):
            yield Fault(number, consult, f"the content of event {number} of {consult} {wrong}")
        yield from witness.see(number, consult, row["hash"])
        begun = before.begun if before else len(last) + 1
        last[consult] = _Last(number, row["revision"], row["state_hash"], row["salt"], begun)
        expected_id, previous_hash = number + 1, row["hash"]
    yield from witness.unseen()


def _content_fault(row: Mapping[str, Any]) -> str | None:
    if row["content"] is not None:
        if row["purge_event"] is not None:
            return "is there, though it is said to be purged"
        return None if salted_hash(row["salt"], row["content"]) == row["content_hash"] else "was changed"
    if row["purge_event"] is None:
        return "is missing, though nothing purged it"
    ours = row["purge_kind"] == CONTENT_PURGED and row["purge_consult"] == row["consult"]
    if not ours or row["id"] not in _purged_events(row["purge_content"]):
        return "is missing, and the event that is said to have purged it does not name it"
    return None


def _purged_events(content: str | None) -> list[object]:
    try:
        named = json.loads(content or "{}").get("events")
    except (ValueError, AttributeError):
        return []
    return named if isinstance(named, list) else []


def _row_faults(db: Database, path: Path, last: dict[str, _Last], state_check: StateCheck | None) -> Iterator[Fault]:
    missing = dict(last)
    for row in db.query(_ROWS):
        reference, number = row["reference"], row.pop("number")
        newest = missing.pop(reference, None)
        if newest is None:
            yield Fault(None, reference, f"consult {reference} stands in the log without any event")
        elif row["revision"] != newest.revision:
            yield Fault(
                None,
                reference,
                f"consult {reference} is at revision {row['revision']}, its events end at {newest.revision}",
            )
        elif newest.salt is not None and salted_hash(newest.salt, canonical(hashed_part(row))) != newest.state_hash:
            yield Fault(None, reference, f"the state of consult {reference} is not the one after its last event")
        elif number != newest.begun:
            yield Fault(
                None, reference, f"consult {reference} stands in the list at place {number}, not {newest.begun}"
            )
        elif state_check is not None and row["status"] != PURGED and (wrong := _checked(db, path, row, state_check)):
            yield Fault(newest.id, reference, f"consult {reference}: {wrong}")
    for reference, newest in missing.items():
        yield Fault(newest.id, reference, f"consult {reference} is missing, though it has events")


def _checked(db: Database, path: Path, row: dict[str, Any], state_check: StateCheck) -> str | None:
    try:
        consult = reading.consult_row(row, path)
        events = reading.events(db, path, consult.reference)
    except Corrupt:
        return "its state or its events can't be read"
    if any(event.data is None for event in events):
        return None  # said above, where the content is missing
    return state_check(consult, events)


def _stray_faults(db: Database) -> Iterator[Fault]:
    for table, what in (("contents", "a content"), ("purges", "a purge")):
        for row in db.query(_STRAY.format(table=table)):
            yield Fault(row["event"], None, f"{what} names event {row['event']}, which is missing from the chain")


def _access_faults(db: Database, witness: _Witness) -> Iterator[Fault]:
    expected, previous_hash, known = 1, GENESIS, 0
    for row in db.query("SELECT * FROM accesses ORDER BY id"):
        number, consult = row["id"], row["consult"]
        if number > expected:
            missing = f"access {expected}" if number == expected + 1 else f"accesses {expected} to {number - 1}"
            yield Fault(None, None, f"{missing} missing from the record of who read what")
        elif access_hash(row) != row["hash"]:
            yield Fault(None, consult, f"access {number} was changed")
        elif row["previous_hash"] != previous_hash or row["after_event"] < known:
            yield Fault(None, consult, f"access {number} does not follow the access before it")
        yield from witness.see(number, consult, row["hash"])
        expected, previous_hash, known = number + 1, row["hash"], row["after_event"]
    yield from witness.unseen()


@contextmanager
def _any_text(db: Database) -> Iterator[None]:
    """Read text that is not UTF-8 as other text, whose hash is then wrong, instead of stopping at it."""
    usual = db.conn.text_factory
    db.conn.text_factory = partial(str, encoding="utf-8", errors="replace")
    try:
        yield
    finally:
        db.conn.text_factory = usual
