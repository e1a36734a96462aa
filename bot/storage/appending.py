"""Writing one step: its events, their contents, the consult's row, its words and its overview, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import overviews
from .chain import GENESIS
from .changing import change
from .errors import StaleRevision
from .reading import rows
from .search import index
from .step import COLUMNS, Step

if TYPE_CHECKING:
    from sqlite_utils import Database

_INSERT = (
    f"INSERT INTO consults ({', '.join(COLUMNS)}) VALUES ({', '.join(f':{name}' for name in COLUMNS)}) RETURNING number"
)
_BEFORE = f"SELECT number, {', '.join(COLUMNS)} FROM consults WHERE reference = ?"
_EVENT = (
    "INSERT INTO events"
    " (id, consult, revision, at, actor, kind, content_hash, state_hash, previous_hash, hash) VALUES"
    " (:id, :consult, :revision, :at, :actor, :kind, :content_hash, :state_hash, :previous_hash, :hash)"
)
_CONTENT = "INSERT INTO contents (event, salt, content) VALUES (?, ?, ?)"
_HEAD = "SELECT id, hash FROM events ORDER BY id DESC LIMIT 1"


def write(db: Database, step: Step, overview: Mapping[str, Any] | None = None) -> int:
    """Write the step; the caller holds the write lock, so that the head of the chain stays the head.

    `overview`: the columns of the consult's overview after it; None: it has to be made later. Returns the consult's new
    revision. Raises StaleRevision when the step was made for another one.
    """
    before = next(rows(db, _BEFORE, [step.reference]), None)
    found = before["revision"] if before is not None else 0
    if found != step.expected_revision:
        raise StaleRevision(step.reference, step.expected_revision, found)
    if before is None:
        number = db.execute(_INSERT, dict(step.row)).fetchone()[0]
    else:
        number = before["number"]
        change(db, "consults", number, before, step.row)
    last_id, last_hash = db.execute(_HEAD).fetchone() or (0, GENESIS)
    for row, event in step.chained(last_id, last_hash):
        db.execute(_EVENT, row)
        db.execute(_CONTENT, [row["id"], event.salt, event.content])
    index(db, number, before, step.row, step.words)
    if overview is None:
        overviews.to_be_made(db, step.reference)
    else:
        overviews.write(db, number, overview, step.revision)
    return step.revision
