"""The heads of the two chains, and which of them were shown outside the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .chain import GENESIS
from .records import Head, PostedHead

if TYPE_CHECKING:
    from sqlite_utils import Database

_HEAD = "SELECT id, hash FROM {chain} ORDER BY id DESC LIMIT 1"
_NOTE = (
    "INSERT INTO posted_heads (chain, number, hash, at, place) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (chain, number, hash) DO NOTHING"
)
_POSTED = "SELECT chain, number, hash, at, place FROM posted_heads ORDER BY chain DESC, number, hash"
_WITH = "SELECT consult FROM events WHERE id > ? AND kind IN ({kinds}) GROUP BY consult ORDER BY max(id) DESC LIMIT ?"
CHAINS = ("events", "accesses")


def head(db: Database, chain: str) -> Head:
    """The chain's newest entry; number 0 when there is none."""
    if chain not in CHAINS:
        raise ValueError(f"a chain is one of {', '.join(CHAINS)}, not {chain}")
    number, hash_ = db.execute(_HEAD.format(chain=chain)).fetchone() or (0, GENESIS)
    return Head(number, hash_, chain)


def consults_with(db: Database, kinds: Sequence[str], after: int, limit: int) -> list[str]:
    """The consults with an event of these kinds that is newer than a head, the newest first."""
    asked = _WITH.format(kinds=", ".join("?" for _ in kinds))
    return [row[0] for row in db.execute(asked, [after, *kinds, max(limit, 0)]).fetchall()]


def note(db: Database, posted: PostedHead) -> None:
    """Remember that it was shown; a second time changes nothing."""
    known = posted.head
    db.execute(_NOTE, [known.chain, known.number, known.hash, posted.at, posted.where])


def posted(db: Database) -> list[PostedHead]:
    """Every head that was shown, those of the events first, in order."""
    rows = db.execute(_POSTED).fetchall()
    return [PostedHead(head=Head(row[1], row[2], row[0]), at=row[3], where=row[4]) for row in rows]
