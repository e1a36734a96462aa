"""Tables in memory, for a program that only reads them: nothing of them is written to a disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from .opening import check_sqlite


@dataclass(frozen=True)
class MemoryTable:
    """A table: its columns with their types (str, int), the key, its rows, and which column refers to which other table."""

    name: str
    columns: Mapping[str, type]
    key: str
    rows: Sequence[Mapping[str, Any]]
    refers: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def in_memory(name: str, tables: Sequence[MemoryTable]) -> Iterator[None]:
    """These tables as SQLite's shared memory of that name, which others in this process can read until the block is left.

    A table that is referred to comes before the one that refers to it.
    """
    check_sqlite()
    connection = sqlite3.connect(f"file:{name}?mode=memory&cache=shared", uri=True, check_same_thread=False)
    try:
        db = Database(connection, execute_plugins=False)
        for table in tables:
            keys = [(column, other, "reference") for column, other in table.refers.items()]
            db.table(table.name).create(dict(table.columns), pk=table.key, foreign_keys=keys)
            db.table(table.name).insert_all(map(dict, table.rows), pk=table.key)
            for column in table.refers:
                db.table(table.name).create_index([column])
        yield
    finally:
        connection.close()


def stay_in_memory(connection: sqlite3.Connection, *, reading: bool) -> None:
    """Have the connection sort in memory too, whatever the size. `reading`: it may change nothing."""
    connection.execute("PRAGMA temp_store = MEMORY")
    if reading:
        connection.execute("PRAGMA query_only = ON")
