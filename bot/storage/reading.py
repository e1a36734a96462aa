"""Reading consults, events and profiles, always from what is committed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import BadReference, Corrupt, NoSuchConsult
from .records import IS_OPEN, ConsultRow, Profile, StoredEvent
from .references import parse_reference, slips

if TYPE_CHECKING:
    from sqlite_utils import Database

_ROW = (
    "SELECT reference, clinician, status, started_at, updated_at, jurisdiction, profession, concern, level,"
    " duty, follow_up, table_version, flow_version, revision, state FROM consults"
)
_EVENTS = (
    "SELECT id, consult, revision, at, actor, kind, content AS data, content_hash, state_hash, previous_hash,"
    " hash FROM events LEFT JOIN contents ON contents.event = events.id WHERE consult = ? ORDER BY revision"
)
_NEAREST_AT_MOST = 3


@contextmanager
def one_moment(db: Database) -> Iterator[None]:
    """What is read inside is all of one moment, whatever is committed meanwhile."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.rollback()


def rows(db: Database, sql: str, parameters: Sequence[Any] | dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows by name. sqlite-utils' `query` does the same behind a savepoint of its own, which a select has no use for."""
    cursor = db.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)


def is_used(db: Database, reference: str) -> bool:
    """Whether a consult has this reference."""
    return db.execute("SELECT 1 FROM consults WHERE reference = ?", [reference]).fetchone() is not None


def consult(db: Database, path: Path, given: str) -> ConsultRow:
    """The consult of that reference. Raises NoSuchConsult, BadReference among them."""
    try:
        reference = parse_reference(given)
    except BadReference:
        if nearest := _nearest(db, given):
            raise NoSuchConsult(given.strip(), nearest) from None
        raise
    found = next(rows(db, f"{_ROW} WHERE reference = ?", [reference]), None)
    if found is None:
        raise NoSuchConsult(reference, _nearest(db, reference))
    return consult_row(found, path)


def revision(db: Database, reference: str) -> int:
    """The consult's revision; 0 when there is none."""
    found = db.execute("SELECT revision FROM consults WHERE reference = ?", [reference]).fetchone()
    return found[0] if found is not None else 0


def events(db: Database, path: Path, reference: str) -> list[StoredEvent]:
    """The events of a consult in order; `reference` in its normal form."""
    return [_stored_event(row, path) for row in rows(db, _EVENTS, [reference])]


def consults(
    db: Database, path: Path, *, limit: int, before: str | None, status: str | None, clinician: str | None
) -> list[ConsultRow]:
    """Consults, the last begun first. Raises NoSuchConsult for a `before` that does not exist."""
    holds = {"status": status, "clinician": clinician}
    given = {name: value for name, value in holds.items() if value is not None}
    where = [f"{name} = :{name}" for name in given]
    if before is not None:
        where.append("number < (SELECT number FROM consults WHERE reference = :before)")
        given["before"] = consult(db, path, before).reference
    that = f" WHERE {' AND '.join(where)}" if where else ""
    found = rows(db, f"{_ROW}{that} ORDER BY number DESC LIMIT :limit", {**given, "limit": max(limit, 0)})
    return [consult_row(row, path) for row in found]


def open_consults(db: Database, path: Path, clinician: str) -> list[ConsultRow]:
    """The consults on which the clinician still works, the last touched first."""
    found = rows(db, f"{_ROW} WHERE clinician = ? AND {IS_OPEN} ORDER BY updated_at DESC, number DESC", [clinician])
    return [consult_row(row, path) for row in found]


def profile(db: Database, path: Path, clinician: str) -> Profile | None:
    """What is remembered of the clinician."""
    row = db.execute(
        "SELECT jurisdiction, profession, workplace FROM profiles WHERE clinician = ?", [clinician]
    ).fetchone()
    if row is None:
        return None
    where = "the profile of a clinician"
    return Profile(jurisdiction=row[0], profession=row[1], workplace=parsed(row[2], path, where))


def _nearest(db: Database, given: str) -> list[str]:
    forms = slips(given)
    if not forms:
        return []
    alike = " OR ".join("reference LIKE ?" for _ in forms)
    found = db.execute(
        f"SELECT reference FROM consults WHERE {alike} ORDER BY number DESC LIMIT {_NEAREST_AT_MOST}", forms
    )
    return [row[0] for row in found.fetchall()]


def consult_row(row: dict[str, Any], path: Path) -> ConsultRow:
    """A row of the table as a consult. Raises Corrupt."""
    where = f"the state of consult {row['reference']}"
    return ConsultRow(**(row | {"state": parsed(row["state"], path, where)}))


def _stored_event(row: dict[str, Any], path: Path) -> StoredEvent:
    content = row["data"]
    where = f"event {row['id']} of consult {row['consult']}"
    return StoredEvent(**(row | {"data": None if content is None else parsed(content, path, where)}))


def parsed(text: str, path: Path, where: str) -> dict[str, Any]:
    """The JSON object that the text is. Raises Corrupt, which shows none of it."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Corrupt(path, f"{where} can't be read") from error
    if not isinstance(value, dict):
        raise Corrupt(path, f"{where} can't be read")
    return value
