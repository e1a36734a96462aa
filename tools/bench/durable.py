"""One durable commit with the settings of the log, and nothing else: the floor under every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.storage.opening import connect, set_wal

ABOUT_A_STEP = "x" * 4000
"""Characters that a question step adds to the log, about: its event, the consult's row, its words and a message."""


@contextmanager
def durable_commits(folder: Path) -> Iterator[Callable[[], None]]:
    """A function that commits one row, and returns once it is on the disk."""
    path = folder / "commits.db"
    path.touch()
    db = connect(path, reading=False)  # the log's own settings: foreign keys, synchronous = FULL
    set_wal(db, path)
    db.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, said TEXT NOT NULL)")

    def commit() -> None:
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO rows (said) VALUES (?)", [ABOUT_A_STEP])
        db.execute("COMMIT")

    try:
        yield commit
    finally:
        db.close()
