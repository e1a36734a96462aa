"""Another program beside the one that has the log: what it sees of the outbox, and what it does to the file."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row of the outbox as it stands in the file. `at`: when it was written, in milliseconds since 1970."""

    id: int
    method: str
    state: str
    priority: int
    why: str | None
    at: int
    lane: str
    slot: str | None
    body: Mapping[str, Any]


def outbox_rows(path: Path) -> list[OutboxRow]:
    """All that is kept of what was to be sent."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        found = db.execute(
            "SELECT id, method, state, priority, why, created_at, lane, slot, body FROM outbox ORDER BY id"
        ).fetchall()
    return [
        OutboxRow(id, method, state, priority, why, int(at * 1000), lane, slot, json.loads(body))
        for id, method, state, priority, why, at, lane, slot, body in found
    ]


def hold_locked(path: Path, seconds: float) -> bool:
    """Keep everybody else from writing for so long; False when somebody else does that just now."""
    with closing(sqlite3.connect(path, timeout=0.5, isolation_level=None)) as db:
        try:
            db.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            return False
        time.sleep(seconds)
        db.execute("ROLLBACK")
        return True
