"""Bringing a row up to date by what has changed alone: each column that is set moves the row in every index that it is in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlite_utils import Database


def change(db: Database, table: str, number: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Set those columns of `after` that are others than in `before`, in the table's row of that number."""
    changed = {name: value for name, value in after.items() if before[name] != value}
    if changed:
        db.execute(_update(table, tuple(changed)), {**changed, "number": number})


@lru_cache(maxsize=256)
def _update(table: str, columns: tuple[str, ...]) -> str:
    return f"UPDATE {table} SET {', '.join(f'{name} = :{name}' for name in columns)} WHERE number = :number"
