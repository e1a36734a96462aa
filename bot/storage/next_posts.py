"""Which rows of the outbox are to be sent next, in SQLite.

posts.py says which they are, given all that are unsent. Here the same is found by indexes: of each lane only its first rows are
read, so that a look takes as long as there are lanes, however many rows wait in them.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .posts import Unsent, in_order
from .records import COSMETIC, ORDER, UNSENT

if TYPE_CHECKING:
    from sqlite_utils import Database

STATE = "CASE WHEN state = 'sending' AND owner IS NOT :me THEN 'in_doubt' ELSE state END AS state"
WAITS = "finished_at IS NULL"
_UNSENT = f"{WAITS} AND state IN ({', '.join(repr(state) for state in UNSENT)})"
_IN_TURN, _TIDYING = 1, 2  # the orders, but for that of pages, which neither wait nor keep back
_FIELDS = f"id, lane, method, priority, {STATE}, not_before, slot, coalesce_key, needs"
_ROWS = "FROM outbox INDEXED BY outbox_unsent WHERE"

PAGES = f"SELECT {_FIELDS} {_ROWS} {ORDER} = 0 AND {_UNSENT} ORDER BY id"
FIRST = (  # of each lane, going from one lane to the next
    f"WITH RECURSIVE lanes (name) AS (SELECT min(lane) {_ROWS} {ORDER} = :order AND {WAITS} UNION ALL SELECT"
    f" (SELECT min(lane) {_ROWS} {ORDER} = :order AND {WAITS} AND lane > lanes.name) FROM lanes WHERE name IS NOT NULL)"
    f" SELECT {_FIELDS} FROM lanes CROSS JOIN outbox ON id ="
    f" (SELECT id {_ROWS} {ORDER} = :order AND {_UNSENT} AND lane = lanes.name ORDER BY id LIMIT 1)"
)
AFTER = f"SELECT {_FIELDS} {_ROWS} {ORDER} = :order AND {_UNSENT} AND lane = :lane AND id > :id ORDER BY id LIMIT 1"
FILL = (
    f"SELECT {_FIELDS} FROM outbox INDEXED BY outbox_to_fill"
    f" WHERE slot = :slot AND {_UNSENT} AND id < :id AND priority < {COSMETIC} ORDER BY id"
)
REPLACED = (
    f"SELECT {_FIELDS} FROM outbox INDEXED BY outbox_to_coalesce"
    f" WHERE coalesce_key = :key AND {_UNSENT} AND id < :id ORDER BY id"
)


def next_posts(db: Database, me: str, *, tidying: bool = True) -> list[Unsent]:
    """The rows that only their time keeps back, in the order in which to send them. `me`: the opened log that sends.

    `tidying`: False: without the cosmetic edits for which nothing waits. All is read in one transaction, which the caller has
    begun.
    """
    return in_order(_Look(db, me).found(tidying))


@dataclass
class _Look:
    """One look through the outbox."""

    db: Database
    me: str
    _known: dict[str, bool] = field(default_factory=dict)
    _never: dict[int, bool] = field(default_factory=dict)
    _before: dict[int, list[Unsent]] = field(default_factory=dict)

    def found(self, tidying: bool) -> Iterator[Unsent]:
        pages = [row for row in self._rows(PAGES) if not self._waits_in_vain(row)]
        in_turn = list(self._first_of_each_lane(_IN_TURN))
        found = [*pages, *in_turn]
        waited_for = [one for row in found for one in self._replaced(row) if one.priority == COSMETIC]
        if tidying:
            found += self._first_of_each_lane(_TIDYING, but_for={row.lane for row in found})
        each = {row.id: row for row in (*found, *waited_for)}.values()
        return (row for row in each if row.state != "sending" and not self._missing(row) and not self._replaced(row))

    def _first_of_each_lane(self, order: int, but_for: Collection[str] = ()) -> Iterator[Unsent]:
        """Of those that do not wait in vain."""
        for first in self._rows(FIRST, order=order):
            row: Unsent | None = first if first.lane not in but_for else None
            while row is not None and self._waits_in_vain(row):
                row = next(self._rows(AFTER, order=order, lane=row.lane, id=row.id), None)
            if row is not None:
                yield row

    def _waits_in_vain(self, row: Unsent) -> bool:
        """Whether the row needs a slot that no row before it will fill: it has failed."""
        if row.id not in self._never:
            self._never[row.id] = not all(self._will_be_filled(slot, row.id) for slot in self._missing(row))
        return self._never[row.id]

    def _will_be_filled(self, slot: str, before: int) -> bool:
        return any(not self._waits_in_vain(row) for row in self._rows(FILL, slot=slot, id=before))

    def _replaced(self, row: Unsent) -> list[Unsent]:
        """The rows before it that it replaces: they are on their way, or may be, or they would not be there any more."""
        if row.coalesce is None:
            return []
        if row.id not in self._before:
            alike = self._rows(REPLACED, key=row.coalesce, id=row.id)
            self._before[row.id] = [one for one in alike if not self._waits_in_vain(one)]
        return self._before[row.id]

    def _missing(self, row: Unsent) -> list[str]:
        return [slot for slot in row.needs if not self._is_known(slot)]

    def _is_known(self, slot: str) -> bool:
        if slot not in self._known:
            found = self.db.execute("SELECT 1 FROM slots WHERE name = ?", [slot]).fetchone()
            self._known[slot] = found is not None
        return self._known[slot]

    def _rows(self, sql: str, **given: Any) -> Iterator[Unsent]:
        for id, lane, method, priority, state, not_before, slot, coalesce, needs in self.db.execute(
            sql, {"me": self.me, **given}
        ):
            yield Unsent(id, lane, method, priority, state, not_before, slot, coalesce, _slots(needs))


@functools.lru_cache(256)
def _slots(needs: str) -> tuple[str, ...]:
    """The names in the column: a row that waits is looked at again and again."""
    return tuple(json.loads(needs))
