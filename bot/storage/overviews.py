"""What supervisors look for in their lists: written with each step, looked up by index, and made anew where it must be.

It is no part of the record: the chain says nothing of it, and `curbside verify` does not read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .changing import change
from .reading import parsed, rows
from .records import Overview, Tally, Wanted
from .search import query_for
from .step import as_json

if TYPE_CHECKING:
    from sqlite_utils import Database

_COLUMNS = tuple(field.name for field in fields(Overview))
_LISTS = tuple(name for name in _COLUMNS if name != "beside")
"""What a list needs; the rest is read for one consult alone."""
_YES_OR_NO = ("danger", "listed", "awaits_review", "awaits_clinician", "alarm", "differs", "outstanding")
_ROW = ("revision", *_COLUMNS)
_ADD = f"INSERT INTO overviews (number, {', '.join(_ROW)}) VALUES (:number, {', '.join(f':{name}' for name in _ROW)})"
_BEFORE = f"SELECT {', '.join(_ROW)} FROM overviews WHERE number = ?"
_TO_BE_MADE = (
    "INSERT INTO overviews (number, reference) SELECT number, reference FROM consults WHERE reference = ?"
    " ON CONFLICT (number) DO UPDATE SET shape = 0"
)
_HOLDS: Mapping[str, str] = {
    "clinician": "clinician = :clinician",
    "level": "level = :level",
    "status": "status = :status",
    "review": "review = :review",
    "since": "begun >= :since",
    "until": "begun < :until",
    "awaits_review": "awaits_review",
    "awaits_clinician": "awaits_clinician",
    "overdue_at": "overdue_from < :overdue_at",
    "alarm": "alarm",
    "ask_by": "ask_at <= :ask_by",
}
"""Each thing that can be wanted, in SQL."""


_BEGUN = "listed AND begun >= :since AND begun < :until"
_TALLY = (
    "SELECT urgency, count(*) AS consults, sum(review = 'signed') AS signed, sum(differs) AS differs,"
    f" sum(outstanding) AS outstanding FROM overviews WHERE {_BEGUN} GROUP BY urgency ORDER BY urgency"
)
_TAKEN = f"SELECT urgency, taken_after FROM overviews WHERE {_BEGUN} AND taken_after IS NOT NULL ORDER BY taken_after"


def prepare(overview: Overview) -> dict[str, Any]:
    """The overview as the columns of its row. Raises Unstorable."""
    row = {name: getattr(overview, name) for name in _COLUMNS}
    where = f"The overview of consult {overview.reference}"
    return row | {name: int(row[name]) for name in _YES_OR_NO} | {"beside": as_json(dict(overview.beside), where)}


def keep(db: Database, row: Mapping[str, Any], revision: int) -> None:
    """Put it in place of the one before, if the consult is at that revision still."""
    found = db.execute("SELECT number, revision FROM consults WHERE reference = ?", [row["reference"]]).fetchone()
    if found is not None and found[1] == revision:
        write(db, found[0], row, revision)


def write(db: Database, number: int, row: Mapping[str, Any], revision: int) -> None:
    """Put it in place of the one before. `number`: the consult's; it is at that revision."""
    after = {**row, "revision": revision}
    before = next(rows(db, _BEFORE, [number]), None)
    if before is None:
        db.execute(_ADD, {**after, "number": number})
    else:
        change(db, "overviews", number, before, after)


def to_be_made(db: Database, reference: str) -> None:
    """The consult's overview does not hold any more, and must be made anew."""
    db.execute(_TO_BE_MADE, [reference])


def remove(db: Database, reference: str) -> None:
    """The consult's content is gone, and so is its overview."""
    db.execute("DELETE FROM overviews WHERE reference = ?", [reference])


def lacking(db: Database, shape: int, limit: int) -> list[str]:
    """The references of consults whose overview is missing or of an older shape."""
    found = db.execute("SELECT reference FROM overviews WHERE shape < ? ORDER BY shape, number LIMIT ?", [shape, limit])
    return [row[0] for row in found.fetchall()]


def beside(db: Database, path: Path, reference: str, shape: int) -> tuple[int, dict[str, Any]] | None:
    """What the consult's events say beside its state, with the revision at which they did; None where that must be made."""
    row = db.execute(
        "SELECT revision, beside FROM overviews WHERE reference = ? AND shape = ?", [reference, shape]
    ).fetchone()
    return None if row is None else (row[0], parsed(row[1], path, f"the overview of consult {reference}"))


def find(db: Database, wanted: Wanted, limit: int, offset: int) -> list[Overview]:
    """At most `limit` of those that are wanted, after the first `offset`."""
    columns = ", ".join(f"overviews.{name}" for name in _LISTS)
    sql, given = _query(db, columns, wanted)
    return [_overview(row) for row in rows(db, sql, {**given, "limit": max(limit, 0), "offset": max(offset, 0)})]


def count(db: Database, wanted: Wanted, most: int) -> int:
    """How many there are, counted up to `most`."""
    sql, given = _query(db, "1 AS one", wanted, ordered=False)
    found: tuple[int] = db.execute(
        f"SELECT count(*) FROM ({sql})", {**given, "limit": max(most, 0), "offset": 0}
    ).fetchone()
    return found[0]


def tally(db: Database, bounds: Sequence[float]) -> Iterator[Tally]:
    """The consults that were begun between each bound and the next, counted by urgency."""
    for stretch, (since, until) in enumerate(pairwise(bounds)):
        for row in rows(db, _TALLY, {"since": since, "until": until}):
            yield Tally(stretch=stretch, **row)


def taken_after(db: Database, since: float, until: float) -> list[tuple[int, float]]:
    """Of the consults begun in that time of which a supervisor has taken one: its urgency, and after how many seconds."""
    return [(row[0], row[1]) for row in db.execute(_TAKEN, {"since": since, "until": until}).fetchall()]


def _query(db: Database, columns: str, wanted: Wanted, *, ordered: bool = True) -> tuple[str, dict[str, Any]]:
    """The SQL, and what stands in it by name, but for :limit and :offset. `ordered`: False where they are only counted."""
    given = {name: value for name in _HOLDS if (value := getattr(wanted, name)) not in (None, False)}
    holds = ["listed", *(_HOLDS[name] for name in given)]
    tables = "overviews"
    order = "urgency, begun" if wanted.urgent_first else "begun DESC" if wanted.ask_by is None else "ask_at"
    if wanted.words:
        query = query_for(db, wanted.words)
        if not query:
            return f"SELECT {columns} FROM overviews WHERE 0 LIMIT :limit OFFSET :offset", {}
        # The words lead, newest first, so that no more of them are read than a page needs, however common they are.
        tables = "consult_words CROSS JOIN overviews ON overviews.number = consult_words.rowid"
        holds.append("consult_words MATCH :query")
        order = order if wanted.urgent_first else "consult_words.rowid DESC"
        given |= {"query": query}
    where = " AND ".join(holds)
    by = f" ORDER BY {order}" if ordered else ""
    return f"SELECT {columns} FROM {tables} WHERE {where}{by} LIMIT :limit OFFSET :offset", given


def _overview(row: dict[str, Any]) -> Overview:
    return Overview(**(row | {name: bool(row[name]) for name in _YES_OR_NO}))
