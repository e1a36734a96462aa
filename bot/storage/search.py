"""Finding consults by words, with SQLite's full-text search (FTS5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlite_utils import Database

_FACTS = ("jurisdiction", "profession", "concern", "level", "duty")
_WORDS_AT_MOST = 32  # FTS5 has a limit on how deep a query may be
_PREFIX_FROM = 3  # shorter words must match whole, so that CO (Colorado) does not find every counselor
_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')

_NEWEST = 1000
# Only so many are held against each other: to order all that hold a common word takes a second in a log of a million.
_BEST = f"""
SELECT number FROM (
    SELECT rowid AS number, bm25(consult_words, 10.0, 5.0, 1.0) AS badness
    FROM consult_words WHERE consult_words MATCH ? ORDER BY rowid DESC LIMIT {_NEWEST}
) ORDER BY badness, number DESC LIMIT ?
"""
_MANY = f"SELECT count(*) FROM (SELECT 1 FROM consult_words WHERE consult_words MATCH ? LIMIT {_NEWEST})"
_EXCERPT = """
SELECT consults.reference, snippet(consult_words, 2, '', '', ' ... ', 12)
FROM consult_words JOIN consults ON consults.number = consult_words.rowid
WHERE consult_words MATCH ? AND consult_words.rowid = ?
"""


def index(
    db: Database, number: int, before: Mapping[str, Any] | None, after: Mapping[str, Any], words: str | None
) -> None:
    """Bring the entry of a consult up to date, if anything changed. `number`, `before`, `after`: of its row; `before` is None
    for one that begins. `words` None keeps those that it has."""
    facts = _facts(after)
    if before is not None and words is None and facts == _facts(before):
        return
    old = db.execute("SELECT facts, words FROM consult_words WHERE rowid = ?", [number]).fetchone()
    if old is None:
        db.execute(
            "INSERT INTO consult_words (rowid, reference, facts, words) VALUES (?, ?, ?, ?)",
            [number, after["reference"], facts, words or ""],
        )
    elif (facts, old[1] if words is None else words) != tuple(old):
        db.execute(
            "UPDATE consult_words SET facts = ?, words = coalesce(?, words) WHERE rowid = ?",
            [facts, words, number],
        )


def _facts(row: Mapping[str, Any]) -> str:
    return " ".join(row[name] for name in _FACTS if row[name])


def find(db: Database, words: str, limit: int) -> list[tuple[str, str]]:
    """The references of the consults that hold all the words, the best of the newest first, each with an excerpt."""
    query = query_for(db, words)
    if not query or limit < 1:
        return []
    best = db.execute(_BEST, [query, limit]).fetchall()
    found = (db.execute(_EXCERPT, [query, number]).fetchone() for (number,) in best)
    return [(reference, excerpt) for reference, excerpt in found]


def query_for(db: Database, words: str) -> str:
    """The FTS5 query for what a person typed; "" when no word is in it.

    Words of which there are a thousand as they are stand for themselves alone: to gather all that begin like them as well
    took 66 ms in a log of a million, and would only put older ones behind them.
    """
    whole = match_query(words, whole=True)
    if whole and db.execute(_MANY, [whole]).fetchone()[0] >= _NEWEST:
        return whole
    return match_query(words)


def match_query(words: str, *, whole: bool = False) -> str:
    """What a person typed as an FTS5 query in which nothing is an operator; "" when no word is in it.

    `whole`: no word is cut short.
    """
    terms: list[str] = []
    for phrase, word in _TERM.findall(words.encode(errors="replace").decode()):
        text = "".join(character if character.isalnum() else " " for character in phrase or word).strip()
        if text:
            cut_short = "*" if not whole and word and len(text.split()[-1]) >= _PREFIX_FROM else ""
            terms.append(f'"{text}"{cut_short}')
    return " ".join(terms[:_WORDS_AT_MOST])
