"""Which rows are sent next: by indexes in SQLite, and by reading all that wait, the same are found; and how long that takes."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.storage import open_log
from bot.storage.migrations import LAYOUT
from bot.storage.next_posts import next_posts
from bot.storage.opening import connect
from bot.storage.posts import Unsent, next_of_all
from bot.storage.records import UNSENT

ME = "this opened log"
SLOTS = ("s1", "s2", "s3")

ROW = st.fixed_dictionaries(
    {
        "lane": st.sampled_from("ab"),
        "method": st.sampled_from(["chat.postMessage", "chat.update"]),
        "priority": st.integers(0, 3),
        "slot": st.sampled_from([None, *SLOTS]),
        "coalesce_key": st.sampled_from([None, None, "x", "y"]),
        "needs": st.lists(st.sampled_from(SLOTS), max_size=2, unique=True).map(json.dumps),
        "state": st.sampled_from(["waiting", "waiting", *UNSENT, "sent", "failed"]),
        "owner": st.sampled_from([None, ME, "another"]),
        "not_before": st.sampled_from([0.0, 5.0]),
    }
)


@pytest.fixture(scope="module")
def db() -> Iterator[Database]:
    """An empty log, in memory; each example writes an outbox of its own into it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        db = Database(connection, execute_plugins=False)
        LAYOUT.apply(db)
        yield db


@settings(max_examples=400, deadline=None)
@given(st.lists(ROW, max_size=16), st.sets(st.sampled_from(SLOTS), max_size=1))
def test_the_indexes_find_what_reading_all_that_waits_finds(
    db: Database, rows: list[dict[str, str]], known: set[str]
) -> None:
    db.execute("DELETE FROM outbox")
    db.execute("DELETE FROM slots")
    for row in rows:
        finished_at = None if row["state"] in UNSENT else 1.0
        written = {**row, "finished_at": finished_at, "created_at": 1.0, "body": "{}"}
        names = ", ".join(written), ", ".join(f":{name}" for name in written)
        db.execute(f"INSERT INTO outbox ({names[0]}) VALUES ({names[1]})", written)
    for slot in known:
        db.execute("INSERT INTO slots (name, value) VALUES (?, 'known')", [slot])

    for tidying in (True, False):
        right = next_of_all(_unsent(db), known.__contains__, tidying=tidying)
        assert next_posts(db, ME, tidying=tidying) == right


def _unsent(db: Database) -> list[Unsent]:
    """All unsent rows, read one after the other."""
    columns = "id, lane, method, priority, state, owner, not_before, slot, coalesce_key, needs"
    return [
        Unsent(id, lane, method, priority, _state(state, owner), not_before, slot, coalesce, tuple(json.loads(needs)))
        for id, lane, method, priority, state, owner, not_before, slot, coalesce, needs in db.execute(
            f"SELECT {columns} FROM outbox ORDER BY id"
        ).fetchall()
        if state in UNSENT
    ]


def _state(state: str, owner: str | None) -> str:
    return "in_doubt" if state == "sending" and owner != ME else state


def test_what_waits_in_a_log_of_an_earlier_version_is_sent(path: Path) -> None:
    path.touch()
    with closing(connect(path, reading=False)) as old:
        LAYOUT.apply(old, stop_before="m008_next_posts")
        add = "INSERT INTO outbox (lane, method, priority, needs, state, created_at, finished_at, body) VALUES"
        old.execute(f"{add} ('a', 'chat.postMessage', 1, '[]', 'sent', 1.0, 2.0, '{{}}')")
        old.execute(f"{add} ('a', 'chat.postMessage', 1, '[]', 'sending', 1.0, NULL, '{{}}')")
        old.execute(f"{add} ('b', 'chat.postMessage', 1, '[]', 'waiting', 1.0, NULL, '{{}}')")
    with open_log(path) as log:
        assert [(row.id, row.state) for row in log.next_posts()] == [(2, "in_doubt"), (3, "waiting")]
        assert log.outbox_counts() == {"sent": 1, "in_doubt": 1, "waiting": 1}


@pytest.mark.no_cover  # it is timed
def test_a_look_takes_as_long_however_many_rows_wait(path: Path) -> None:
    with open_log(path) as log:
        taken = []
        for rows in (100, 20_000):
            with closing(sqlite3.connect(path)) as raw, raw:
                raw.execute(
                    f"WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {rows})"
                    " INSERT INTO outbox (lane, method, priority, slot, needs, created_at, body)"
                    " SELECT 'dm:U' || (n % 50), 'chat.postMessage', 1 + 2 * (n / 50 % 2), 'screen:' || n, '[\"thread:1\"]',"
                    "  n, '{}' FROM n"
                )
            log.set_slot("thread:1", "1700.5")
            assert len(log.next_posts()) == 50
            taken.append(min(_seconds(log.next_posts) for _ in range(20)))
        few, many = taken
        assert many < 3 * few, "it reads the first of each lane, and no other row"


def _seconds(look: Callable[[], object]) -> float:
    began = time.perf_counter()
    look()
    return time.perf_counter() - began
