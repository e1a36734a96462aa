"""The outbox in SQLite: what is to be sent to Slack, written with the step that causes it, and what became of it.

A row is waiting, then sending, then sent or failed. It is in doubt when nobody knows whether Slack has it: the
sender says so, or the program ended while it was sending. So that nothing needs to be written for that when a
log is opened, which also happens only to look something up, a row in `sending` names the opened log that sends
it (`me`, below): to every other one it is in doubt.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import AlreadySeen
from .next_posts import STATE, WAITS, next_posts
from .posts import Outgoing, ReadyPost, due_now
from .reading import parsed, rows
from .records import UNSENT, QueuedPost

if TYPE_CHECKING:
    from sqlite_utils import Database

_UNSENT = f"state IN ({', '.join(repr(state) for state in UNSENT)})"

_SEEN = "INSERT INTO deliveries (id, at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"
_COALESCE = f"DELETE FROM outbox WHERE coalesce_key = ? AND {WAITS} AND state = 'waiting' RETURNING not_before"
_ADD = (
    "INSERT INTO outbox (consult, lane, method, priority, slot, coalesce_key, needs, not_before, created_at, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_WHOLE = (
    f"SELECT id, lane, method, body, priority, slot, attempts, created_at, tried_at, {STATE} FROM outbox"
    f" WHERE id = :id AND {_UNSENT}"
)
_SENDING = (
    "UPDATE outbox SET state = 'sending', owner = :me, attempts = attempts + 1, tried_at = :at"
    f" WHERE id = :id AND {_UNSENT} AND (state <> 'sending' OR owner IS NOT :me)"
)
_LATER = f"UPDATE outbox SET state = ?, not_before = ? WHERE id = ? AND {_UNSENT}"
_FINISHED = f"UPDATE outbox SET state = ?, finished_at = ?, why = ? WHERE id = ? AND {_UNSENT}"
_SET_SLOT = "INSERT INTO slots (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_SLOTS_LIKE = (
    "SELECT name, value FROM slots"
    " WHERE name >= :prefix AND name < :prefix || char(1114111) ORDER BY name"  # the last character that there is
)
_SLOTS_HOLDING = "SELECT name FROM slots WHERE value = ? ORDER BY name"
_FINISHED_ONES = "SELECT state, count(*) FROM outbox WHERE finished_at IS NOT NULL GROUP BY state"
_UNSENT_ONES = f"SELECT {STATE}, count(*) FROM outbox INDEXED BY outbox_unsent WHERE {WAITS} GROUP BY 1"
_PRUNE = "DELETE FROM outbox WHERE state IN ('sent', 'failed') AND finished_at < ?"


def write(db: Database, outgoing: Outgoing, consult: str | None = None) -> None:
    """Remember the delivery and add the posts, in the transaction that is open. Raises AlreadySeen."""
    now = time.time()
    if outgoing.delivery is not None and not db.execute(_SEEN, [outgoing.delivery, now]).rowcount:
        raise AlreadySeen(outgoing.delivery)
    for post in outgoing.posts:
        _add(db, post, consult, now)


def due(db: Database, path: Path, me: str, now: float, limit: int) -> list[QueuedPost]:
    """The rows that may be sent now."""
    found = (queued(db, path, me, row.id) for row in due_now(next_posts(db, me), now, limit))
    return [row for row in found if row is not None]


def queued(db: Database, path: Path, me: str, id: int) -> QueuedPost | None:
    """The row as a whole; None when it is not there to be sent."""
    row = next(rows(db, _WHOLE, {"id": id, "me": me}), None)
    return None if row is None else _queued(row, path)


def sending(db: Database, me: str, row: int, at: float) -> bool:
    """Take the row to be sent; False when it is no longer there to be taken."""
    return db.execute(_SENDING, {"id": row, "me": me, "at": at}).rowcount == 1


def later(db: Database, row: int, state: str, not_before: float) -> None:
    """Keep the row for later, in this state."""
    db.execute(_LATER, [state, not_before, row])


def sent(db: Database, row: int, at: float, slots: Mapping[str, str]) -> None:
    """The row is sent; keep the slots that it has filled."""
    if db.execute(_FINISHED, ["sent", at, None, row]).rowcount:
        for name, value in slots.items():
            set_slot(db, name, value)


def failed(db: Database, row: int, why: str) -> None:
    """The row will never be sent."""
    db.execute(_FINISHED, ["failed", time.time(), why, row])


def slot(db: Database, name: str) -> str | None:
    """What stands in the slot."""
    found = db.execute("SELECT value FROM slots WHERE name = ?", [name]).fetchone()
    return found[0] if found else None


def slots_like(db: Database, prefix: str) -> dict[str, str]:
    """Every slot whose name begins so."""
    return dict(db.execute(_SLOTS_LIKE, {"prefix": prefix}).fetchall())


def slots_holding(db: Database, value: str) -> list[str]:
    """The names of the slots in which this stands."""
    return [name for (name,) in db.execute(_SLOTS_HOLDING, [value]).fetchall()]


def set_slot(db: Database, name: str, value: str) -> None:
    """Fill the slot, in place of what stood in it."""
    db.execute(_SET_SLOT, [name, value])


def counts(db: Database, me: str) -> dict[str, int]:
    """How many rows are in each state that occurs."""
    return dict((*db.execute(_FINISHED_ONES), *db.execute(_UNSENT_ONES, {"me": me})))


def prune(db: Database, older_than: float) -> int:
    """Delete the rows that were finished before that time; how many they were."""
    return db.execute(_PRUNE, [older_than]).rowcount


def _add(db: Database, post: ReadyPost, consult: str | None, now: float) -> None:
    not_before = 0.0
    if post.coalesce is not None:
        # What was told to wait a while still waits: a newer text is no reason to hurry.
        replaced = db.execute(_COALESCE, [post.coalesce]).fetchall()
        not_before = max((row[0] for row in replaced), default=0.0)
    needs = json.dumps(post.needs)
    db.execute(
        _ADD,
        [consult, post.lane, post.method, post.priority, post.slot, post.coalesce, needs, not_before, now, post.body],
    )


def _queued(row: dict[str, Any], path: Path) -> QueuedPost:
    return QueuedPost(**(row | {"body": parsed(row["body"], path, f"row {row['id']} of the outbox")}))
