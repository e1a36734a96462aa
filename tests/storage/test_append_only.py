"""What SQLite itself refuses, whoever asks: events and their contents are only ever added."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.storage import Log, open_log
from bot.storage.migrations import LAYOUT, STEPS
from bot.storage.opening import connect

from .making import NOON, answer, begin, event, row

TRIGGERS = {
    "consults_insert",
    "consults_update",
    "consults_delete",
    "events_insert",
    "events_update",
    "events_delete",
    "contents_insert",
    "contents_update",
    "contents_delete",
    "purges_insert",
    "purges_remove_content",
    "purges_update",
    "purges_delete",
}
OF_ACCESSES = {"accesses_insert", "accesses_update", "accesses_delete"}


@pytest.fixture(params=[True, False], ids=["recursive triggers", "a plain connection"])
def raw(request: pytest.FixtureRequest, path: Path) -> Iterator[sqlite3.Connection]:
    """A log with three events of two consults, opened past the log's own code."""
    with open_log(path) as log:
        begin(log, "C-00001")
        answer(log, "C-00001", 1, key="harm", value="physical")
        begin(log, "C-00002")
        log.record_access("shown", at=NOON, actor="clinician-two", reference="C-00001")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA recursive_triggers = {request.param}")
        yield connection


def contents_of(raw: sqlite3.Connection) -> list[tuple[object, ...]]:
    tables = ("consults", "events", "contents", "purges", "accesses")
    return [found for table in tables for found in raw.execute(f"SELECT * FROM {table}")]


ADD_EVENT = "INTO events (id, consult, revision, at, actor, kind, content_hash, previous_hash, hash)"
COPY = "SELECT {id}, 'C-00002', {revision}, at, 'x', kind, content_hash, {previous}, hash FROM events WHERE id = 3"
OVER_ITSELF = COPY.format(id=3, revision=1, previous="previous_hash")
OVER_BY_REVISION = COPY.format(id=4, revision=1, previous="hash")
AFTER_A_GAP = COPY.format(id=9, revision=2, previous="hash")
OFF_THE_CHAIN = COPY.format(id=4, revision=2, previous=f"'{'f' * 64}'")
ADD_CONTENT = "INTO contents SELECT event, salt, '{}' FROM contents WHERE event = 2"

REFUSED = [
    "UPDATE events SET kind = 'nothing'",
    "UPDATE events SET id = 9 WHERE id = 3",
    "UPDATE OR REPLACE events SET id = 1 WHERE id = 2",
    "UPDATE OR IGNORE events SET actor = 'x'",
    "DELETE FROM events",
    "DELETE FROM events WHERE id = 3",
    f"INSERT OR REPLACE {ADD_EVENT} {OVER_ITSELF}",
    f"INSERT OR IGNORE {ADD_EVENT} {OVER_ITSELF}",
    f"INSERT {ADD_EVENT} {OVER_ITSELF} ON CONFLICT (id) DO UPDATE SET actor = 'x'",
    f"REPLACE {ADD_EVENT} {OVER_BY_REVISION}",
    f"INSERT {ADD_EVENT} {AFTER_A_GAP}",
    f"INSERT OR IGNORE {ADD_EVENT} {AFTER_A_GAP}",
    f"INSERT {ADD_EVENT} {OFF_THE_CHAIN}",
    "UPDATE contents SET content = '{}'",
    "UPDATE OR REPLACE contents SET event = 1 WHERE event = 2",
    "DELETE FROM contents WHERE event = 2",
    f"REPLACE {ADD_CONTENT}",
    f"INSERT {ADD_CONTENT} ON CONFLICT (event) DO UPDATE SET content = '{{}}'",
    "DELETE FROM consults",
    "UPDATE consults SET state = '{}'",
    "UPDATE consults SET revision = revision - 1",
    "UPDATE OR REPLACE consults SET reference = 'C-00001', revision = 9 WHERE reference = 'C-00002'",
    "REPLACE INTO consults SELECT * FROM consults WHERE reference = 'C-00002'",
    "INSERT INTO purges VALUES (2, 3)",
    "INSERT INTO purges VALUES (2, 2)",
    "UPDATE accesses SET actor = 'nobody'",
    "UPDATE OR REPLACE accesses SET id = 2",
    "DELETE FROM accesses",
    "REPLACE INTO accesses SELECT * FROM accesses",
    "INSERT INTO accesses SELECT 3, at, actor, what, consult, detail, after_event, hash, hash FROM accesses",
    "INSERT INTO accesses SELECT 2, at, actor, what, consult, detail, after_event, previous_hash, hash FROM accesses",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_a_statement_that_would_alter_the_record_is_refused(raw: sqlite3.Connection, statement: str) -> None:
    before = contents_of(raw)
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)
    assert contents_of(raw) == before


def test_tables_are_strict_and_triggers_are_there_after_every_migration(tmp_path: Path) -> None:
    """A later migration that rebuilds a table (sqlite-utils' transform()) could drop triggers unseen."""
    reached: list[str] = []
    for stop in [*STEPS[1:], None]:
        db = Database(tmp_path / f"until-{stop}.db")
        LAYOUT.apply(db, stop_before=stop)
        reached.append(LAYOUT.applied(db)[-1].name)
        rows = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        expected = TRIGGERS if stop in STEPS[1:6] else TRIGGERS | OF_ACCESSES
        assert {row[0] for row in rows} == expected, stop
        ours = [table for table in db.tables if not table.name.startswith(("_sqlite", "sqlite_", "consult_words"))]
        assert [table.name for table in ours if not table.strict] == []
        db.close()
    assert tuple(reached) == STEPS


def test_the_connections_have_the_settings_that_the_log_promises(sqlite_log: Log, path: Path) -> None:
    for reading in (True, False):
        db = connect(path, reading=reading)
        settings = {
            "journal_mode": "wal",
            "synchronous": 2,  # FULL
            "foreign_keys": 1,
            "recursive_triggers": 1,
            "busy_timeout": 2000,
            "query_only": int(reading),
        }
        assert {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in settings} == settings
        db.close()


def purge(raw: sqlite3.Connection, event_id: int, by: int) -> None:
    raw.execute("INSERT INTO purges VALUES (?, ?)", [event_id, by])


def test_content_can_be_purged_by_an_event_that_says_so_and_the_chain_stays_whole(path: Path) -> None:
    """How the command of the records issue will do it; the command itself does not exist yet."""
    with open_log(path) as log:
        begin(log, "C-00001")
        answer(log, "C-00001", 1, key="harm", value="physical")
        begin(log, "C-00002")
        said_so = {"kind": "content_purged", "at": NOON, "actor": "keeper", "data": {"events": [1, 2]}}
        log.append("C-00001", [said_so], row("C-00001", state={}), expected_revision=2)
        with closing(sqlite3.connect(path)) as raw, raw:
            purge(raw, 1, by=4)
            purge(raw, 2, by=4)

        assert [e.data for e in log.events("C-00001")] == [None, None, {"events": [1, 2]}]
        assert log.check_chain() == []
        assert answer(log, "C-00002", 1, key="plan", value="none") == 2


@pytest.mark.parametrize(
    ("event_id", "by", "why"),
    [
        (3, 4, "another consult's event"),
        (4, 4, "the purge itself"),
        (5, 4, "a later event"),
        (1, 5, "an event that is no purge"),
        (99, 4, "no event"),
    ],
)
def test_a_purge_reaches_only_earlier_events_of_its_consult(path: Path, event_id: int, by: int, why: str) -> None:
    with open_log(path) as log:
        begin(log, "C-00001")
        answer(log, "C-00001", 1, key="harm", value="physical")
        begin(log, "C-00002")
        log.append("C-00001", [event("content_purged", events=[1])], row("C-00001"), expected_revision=2)
        answer(log, "C-00001", 3, key="harm", value="unknown")
    with closing(sqlite3.connect(path)) as raw, pytest.raises(sqlite3.IntegrityError):
        purge(raw, event_id, by)
    with closing(sqlite3.connect(path)) as raw, raw:
        purge(raw, 1, by=4)
        for undo in (
            "DELETE FROM purges",
            "UPDATE purges SET event = 2",
            "REPLACE INTO purges VALUES (1, 4)",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                raw.execute(undo)
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute("INSERT INTO contents VALUES (1, zeroblob(16), '{}')")
