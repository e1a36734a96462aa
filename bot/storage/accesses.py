"""Who read what: entries that are only ever added, each with the hash of the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .chain import GENESIS, access_hash
from .reading import parsed
from .records import Access
from .step import as_json

if TYPE_CHECKING:
    from sqlite_utils import Database

_HEAD = "SELECT id, hash FROM accesses ORDER BY id DESC LIMIT 1"
_ADD = (
    "INSERT INTO accesses (id, at, actor, what, consult, detail, after_event, previous_hash, hash) VALUES"
    " (:id, :at, :actor, :what, :consult, :detail, :after_event, :previous_hash, :hash)"
)
_NEWEST_EVENT = "SELECT coalesce(max(id), 0) FROM events"
_OF = "SELECT * FROM accesses WHERE :consult IS NULL OR consult = :consult ORDER BY id"


@dataclass(frozen=True, slots=True)
class ReadyAccess:
    """An access that is checked and can be written. Its place in the chain is not known yet."""

    at: str
    actor: str
    what: str
    consult: str | None
    detail: str

    def chained(self, last_id: int, last_hash: str, newest_event: int) -> dict[str, Any]:
        """Its row as it follows the head of the chain."""
        row = {
            "id": last_id + 1,
            "at": self.at,
            "actor": self.actor,
            "what": self.what,
            "consult": self.consult,
            "detail": self.detail,
            "after_event": newest_event,
            "previous_hash": last_hash,
        }
        return row | {"hash": access_hash(row)}


def prepare_access(at: str, actor: str, what: str, consult: str | None, detail: Mapping[str, Any]) -> ReadyAccess:
    """Make an access ready. Raises Unstorable for a detail that is not JSON."""
    where = f"The access {what!a}"
    as_json([at, actor, what], where)
    return ReadyAccess(at, actor, what, consult, as_json(detail, where))


def write(db: Database, access: ReadyAccess) -> int:
    """Add it at the end of the chain; the caller holds the write lock. Returns its number."""
    last_id, last_hash = db.execute(_HEAD).fetchone() or (0, GENESIS)
    row = access.chained(last_id, last_hash, db.execute(_NEWEST_EVENT).fetchone()[0])
    db.execute(_ADD, row)
    return int(row["id"])


def of(db: Database, path: Path, consult: str | None) -> Iterator[Access]:
    """The accesses to a consult in order, or all of them."""
    for row in db.query(_OF, {"consult": consult}):
        yield Access(**(row | {"detail": parsed(row["detail"], path, f"access {row['id']}")}))
