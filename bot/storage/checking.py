"""Whether the log is still what was written: the chain of events, their contents, and the consults' rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .chain import GENESIS, canonical, event_hash, salted_hash
from .records import CONTENT_PURGED, Fault
from .step import COLUMNS, hashed_part

if TYPE_CHECKING:
    from sqlite_utils import Database

_EVENTS = """
SELECT events.*, contents.salt, contents.content, purge.kind AS purge_kind,
  purge_contents.content AS purge_content
FROM events
LEFT JOIN contents ON contents.event = events.id
LEFT JOIN purges ON purges.event = events.id
LEFT JOIN events AS purge ON purge.id = purges.purge_event
LEFT JOIN contents AS purge_contents ON purge_contents.event = purge.id
ORDER BY events.id
"""
_ROWS = f"SELECT {', '.join(COLUMNS)} FROM consults ORDER BY number"
_STRAY = "SELECT event FROM {table} WHERE event NOT IN (SELECT id FROM events) ORDER BY event"


@dataclass(frozen=True, slots=True)
class _Last:
    """The newest event of a consult, as far as the chain has been followed."""

    id: int
    revision: int
    state_hash: str | None
    salt: bytes | None


def faults(db: Database) -> list[Fault]:
    """Every fault: those of the events first, in the order of the chain, then those of what hangs on them."""
    last: dict[str, _Last] = {}
    with _any_text(db):
        return [*_event_faults(db, last), *_row_faults(db, last), *_stray_faults(db)]


def _event_faults(db: Database, last: dict[str, _Last]) -> Iterator[Fault]:
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
        last[consult] = _Last(number, row["revision"], row["state_hash"], row["salt"])
        expected_id, previous_hash = number + 1, row["hash"]


def _content_fault(row: Mapping[str, Any]) -> str | None:
    if row["content"] is not None:
        return None if salted_hash(row["salt"], row["content"]) == row["content_hash"] else "was changed"
    if row["purge_kind"] is None:
        return "is missing, though nothing purged it"
    if row["purge_kind"] != CONTENT_PURGED or row["id"] not in _purged_events(row["purge_content"]):
        return "is missing, and the event that is said to have purged it does not name it"
    return None


def _purged_events(content: str | None) -> list[object]:
    try:
        named = json.loads(content or "{}").get("events")
    except (ValueError, AttributeError):
        return []
    return named if isinstance(named, list) else []


def _row_faults(db: Database, last: dict[str, _Last]) -> Iterator[Fault]:
    missing = dict(last)
    for row in db.query(_ROWS):
        reference = row["reference"]
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
    for reference, newest in missing.items():
        yield Fault(newest.id, reference, f"consult {reference} is missing, though it has events")


def _stray_faults(db: Database) -> Iterator[Fault]:
    for table, what in (("contents", "a content"), ("purges", "a purge")):
        for row in db.query(_STRAY.format(table=table)):
            yield Fault(row["event"], None, f"{what} names event {row['event']}, which is missing from the chain")


@contextmanager
def _any_text(db: Database) -> Iterator[None]:
    """Read text that is not UTF-8 as other text, whose hash is then wrong, instead of stopping at it."""
    usual = db.conn.text_factory
    db.conn.text_factory = lambda raw: raw.decode(errors="replace")
    try:
        yield
    finally:
        db.conn.text_factory = usual
