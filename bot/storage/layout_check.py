"""Whether the file still has the tables and the triggers that keep the record from being changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .records import Fault

if TYPE_CHECKING:
    from sqlite_utils import Database

RECORD = ("consults", "events", "contents", "purges", "accesses")
_LAYOUT = (
    "SELECT type, name, sql FROM sqlite_master WHERE type = 'trigger'"  # on another table it may act on the record, too
    f" OR type = 'table' AND tbl_name IN ({', '.join(repr(table) for table in RECORD)})"
)


def layout_faults(db: Database) -> Iterator[Fault]:
    """Each table of the record, and each trigger of the file, that is missing, changed or one too many."""
    expected, found = _expected(), _layout(db)
    for (kind, name), sql in expected.items():
        if (kind, name) not in found:
            yield Fault(None, None, f"the {kind} {name}, which protects the record, is missing from the file")
        elif found[kind, name] != sql:
            yield Fault(None, None, f"the {kind} {name}, which protects the record, was changed in the file")
    for kind, name in found.keys() - expected.keys():
        yield Fault(None, None, f"the {kind} {name!a} is none of Curbside's, and can act on the record")


def _expected() -> dict[tuple[str, str], str]:
    """The layout as this version makes it."""
    import sqlite3

    from sqlite_utils import Database

    from .migrations import LAYOUT

    db = Database(sqlite3.connect(":memory:"), execute_plugins=False)
    try:
        LAYOUT.apply(db)
        return _layout(db)
    finally:
        db.close()


def _layout(db: Database) -> dict[tuple[str, str], str]:
    return {(kind, name): sql for kind, name, sql in db.execute(_LAYOUT).fetchall()}
