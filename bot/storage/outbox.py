"""The outbox in SQLite: what is to be sent to Slack, written with the step that causes it, and what became of it.

A row is waiting, then sending, then sent or failed. It is in doubt when nobody knows whether Slack has it: the
sender says so, or the program ended while it was sending. So that nothing needs to be written for that when a
log is opened, which also happens only to look something up, a row in `sending` names the opened log that sends
it (`me`, below): to every other one it is in doubt.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import AlreadySeen
from .posts import Outgoing, ReadyPost, Unsent, due_now, next_due
from .reading import parsed, rows
from .records import UNSENT, QueuedPost

if TYPE_CHECKING:
    from sqlite_utils import Database

_UNSENT = f"state IN ({', '.join(repr(state) for state in UNSENT)})"
_STATE = "CASE WHEN state = 'sending' AND owner IS NOT :me THEN 'in_doubt' ELSE state END AS state"

_SEEN = "INSERT INTO deliveries (id, at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"
_COALESCE = "DELETE FROM outbox WHERE coalesce_key = ? AND state = 'waiting' RETURNING not_before"
_ADD = (
    "INSERT INTO outbox (consult, lane, method, priority, slot, coalesce_key, needs, not_before, created_at, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ALL_UNSENT = (
    f"SELECT id, lane, priority, slot, coalesce_key, needs, not_before, {_STATE} FROM outbox"
    f" WHERE {_UNSENT} ORDER BY id"
)
_WHOLE = (
    f"SELECT id, lane, method, body, priority, slot, attempts, created_at, tried_at, {_STATE}"
    " FROM outbox WHERE id = :id"
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
_LEFT_BEHIND = "SELECT count(*) FROM outbox WHERE state = 'sending' AND owner IS NOT ?"
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
    found = due_now(_unsent(db, me), _known(db), now, limit)
    return [_queued(next(rows(db, _WHOLE, {"id": row.id, "me": me})), path) for row in found]


def next_due_at(db: Database, me: str, now: float) -> float | None:
    """When the next row becomes due."""
    return next_due(_unsent(db, me), _known(db), now)


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
    found: dict[str, int] = dict(db.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall())
    if left := db.execute(_LEFT_BEHIND, [me]).fetchone()[0]:
        moved = {"sending": found["sending"] - left, "in_doubt": found.get("in_doubt", 0) + left}
        found = {state: number for state, number in (found | moved).items() if number}
    return found


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


def _unsent(db: Database, me: str) -> list[Unsent]:
    return [
        Unsent(id, lane, priority, slot, coalesce, _slots(needs), state, not_before)
        for id, lane, priority, slot, coalesce, needs, not_before, state in db.execute(_ALL_UNSENT, {"me": me})
    ]


@functools.lru_cache(4096)
def _slots(needs: str) -> tuple[str, ...]:
    """The names in the column: a row that waits is looked at again and again."""
    return tuple(json.loads(needs))


def _known(db: Database) -> Callable[[str], bool]:
    return functools.cache(lambda name: slot(db, name) is not None)


def _queued(row: dict[str, Any], path: Path) -> QueuedPost:
    return QueuedPost(**(row | {"body": parsed(row["body"], path, f"row {row['id']} of the outbox")}))
