"""Removing what consults say, while the chain stays verifiable; and leaving none of it in the file.

The transaction removes contents, words and what is to be sent. What was deleted still stands in free pages, in the
search index and in the write-ahead log, until the file is swept. That a sweep is due stands in the file itself, in the
same transaction: a program that ends between the two leaves a mark, and the next sweep finishes the work.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from . import appending, overviews
from .errors import Locked, StaleRevision
from .plain_errors import BUSY_SECONDS
from .records import CONTENT_PURGED, Purge
from .step import prepare

if TYPE_CHECKING:
    from pathlib import Path

    from sqlite_utils import Database

_CONTENTS = (
    "SELECT events.id FROM events JOIN contents ON contents.event = events.id"
    f" WHERE events.consult = ? AND events.kind <> '{CONTENT_PURGED}' ORDER BY events.id"
)
_PURGE = "INSERT INTO purges (event, purge_event) VALUES (?, ?)"
_WORDS = "DELETE FROM consult_words WHERE rowid = (SELECT number FROM consults WHERE reference = ?)"
_TO_SEND = (
    "DELETE FROM outbox WHERE consult = :reference OR instr(body, :reference) OR instr(coalesce(slot, ''), :reference)"
    " OR instr(coalesce(coalesce_key, ''), :reference)"
)
# A post without a consult, such as a home page, may show several: once it is sent nobody needs what it said.
_SENT = "DELETE FROM outbox WHERE consult IS NULL AND state IN ('sent', 'failed')"
_SWEEP_DUE = 1


def purge(db: Database, purges: Iterable[Purge]) -> None:
    """Remove the contents, in the transaction that is open. Raises StaleRevision when one has moved on."""
    for one in purges:
        reference = one.left.reference
        known = db.execute("SELECT revision FROM consults WHERE reference = ?", [reference]).fetchone()
        if known is None or known[0] != one.expected_revision:
            raise StaleRevision(reference, one.expected_revision, known[0] if known else 0)
        named = [row[0] for row in db.execute(_CONTENTS, [reference]).fetchall()]
        event = {"kind": CONTENT_PURGED, "at": one.at, "actor": one.actor, "data": {"events": named}}
        left = replace(one.left, revision=0)
        step = prepare(reference, [event], left, expected_revision=one.expected_revision, words="")
        appending.write(db, step)
        said_by = db.execute("SELECT max(id) FROM events").fetchone()[0]
        for event_id in named:
            db.execute(_PURGE, [event_id, said_by])
        db.execute(_WORDS, [reference])
        overviews.remove(db, reference)
        db.execute(_TO_SEND, {"reference": reference})
    db.execute(_SENT)
    db.execute(f"PRAGMA user_version = {_SWEEP_DUE}")


def sweep_due(db: Database) -> bool:
    """Whether something was removed and the file was not swept since."""
    return bool(db.execute("PRAGMA user_version").fetchone()[0] == _SWEEP_DUE)


def sweep(db: Database, path: Path) -> None:
    """Rewrite the search index and the file, and empty the write-ahead log. `db` is in no transaction.

    Raises Locked when another program reads or writes all the while; then the sweep stays due.
    """
    db.execute("INSERT INTO consult_words (consult_words) VALUES ('optimize')")
    db.execute("VACUUM")
    _empty_wal(db, path)
    db.execute("PRAGMA user_version = 0")
    _empty_wal(db, path)


def _empty_wal(db: Database, path: Path) -> None:
    busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise Locked(path, BUSY_SECONDS)
