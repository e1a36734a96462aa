"""Several processes on one log, and processes that die."""

from __future__ import annotations

import signal
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.storage import Locked, Log, NoLogYet, open_log, opening, writer

from .making import ROOT, answer, begin, event, python, row

APPENDER = """
import sys
from bot.storage import open_log
from tests.storage.making import answer, begin
path, reference, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
together = int(sys.argv[4]) if len(sys.argv) > 4 else 1  # so many begin before any goes on
with open_log(path) as log:
    revision = begin(log, reference)
    while len(log.consults()) < together:
        pass
    while revision < steps:
        revision = answer(log, reference, revision, n=revision)
        print(revision, flush=True)
"""

SUBMITTER = """
import sys
from bot.storage import open_log
from tests.storage.making import event, row
log = open_log(sys.argv[1])
for n in range(10_000):
    reference = f"C-{n:05}"
    future = log.submit(reference, [event(n=n), event(n=n)], row(reference), expected_revision=0)
    future.add_done_callback(lambda done, reference=reference: print(reference, flush=True))
"""


def test_processes_that_append_at_once_keep_one_chain(path: Path) -> None:
    """They also make the file at once, which is when SQLite is at its least patient."""
    workers = [python(APPENDER, path, f"C-0000{n}", 60, 4, cwd=ROOT) for n in range(4)]
    for worker in workers:
        _, errors = worker.communicate(timeout=60)
        assert (worker.returncode, errors) == (0, "")
    with open_log(path) as log:
        assert [log.consult(f"C-0000{n}").revision for n in range(4)] == [60] * 4
        assert log.check_chain() == []
        order = [(e.id, n) for n in range(4) for e in log.events(f"C-0000{n}")]
    assert sorted(place for place, _ in order) == list(range(1, 241))
    changes = sum(a != b for (_, a), (_, b) in zip(sorted(order), sorted(order)[1:], strict=False))
    assert changes > 3, "the processes took turns, so that the test has tested something"


@pytest.mark.parametrize("script", [APPENDER, SUBMITTER], ids=["one by one", "many together"])
def test_what_was_acknowledged_survives_a_kill(path: Path, script: str) -> None:
    worker = python(script, path, "C-00001", 100_000, cwd=ROOT)
    with worker:  # closes its pipes
        assert worker.stdout is not None
        heard = [worker.stdout.readline().strip() for _ in range(150)]
        worker.send_signal(signal.SIGKILL)
        heard += [line.strip() for line in worker.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    with open_log(path) as log:
        assert log.check_chain() == []
        if script is APPENDER:
            last = int(heard[-1])
            found = log.consult("C-00001")
            assert found.revision in (last, last + 1)
            assert found.state == {"n": found.revision - 1}
            assert [e.revision for e in log.events("C-00001")] == list(range(1, found.revision + 1))
            answer(log, "C-00001", found.revision, n=0)
        else:
            kept = {row.reference: row.revision for row in log.consults(limit=20_000)}
            assert {kept.get(reference) for reference in heard} == {2}, "both events of every step"
            assert set(kept.values()) == {2}, "and no half step"


def test_a_program_that_forgets_to_close_keeps_what_it_submitted(path: Path) -> None:
    script = SUBMITTER.replace("10_000", "300")
    worker = python(script, path, cwd=ROOT)
    _, errors = worker.communicate(timeout=60)
    assert (worker.returncode, errors) == (0, "")
    with open_log(path) as log:
        assert len(log.consults(limit=1000)) == 300


def test_another_program_that_holds_the_lock_is_waited_for_and_then_named(sqlite_log: Log, path: Path) -> None:
    begin(sqlite_log, "C-00001")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        with pytest.raises(Locked, match="another program has kept it for more than 2 seconds") as refused:
            answer(sqlite_log, "C-00001", 1, n=1)
        assert 1.5 < time.monotonic() - started < 6
        assert str(path) in str(refused.value)
        assert sqlite_log.consult("C-00001").revision == 1, "reading waits for nobody"
        with open_log(path) as second:
            assert second.consult("C-00001").revision == 1
        waiting = sqlite_log.submit("C-00001", [event(n=1)], row("C-00001"), expected_revision=1)
        time.sleep(0.2)
        other.execute("COMMIT")
    assert waiting.result() == 2, "a short wait is no error"


def test_a_log_that_another_program_keeps_to_itself_is_locked(path: Path) -> None:
    open_log(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Locked):
            open_log(path)


def test_a_file_that_is_taken_away_is_noticed_before_anything_is_acknowledged(path: Path) -> None:
    with open_log(path) as log:
        begin(log, "C-00001")
        path.rename(path.with_name("elsewhere.db"))
        for _ in range(2):
            with pytest.raises(Exception, match="can't be opened"):
                answer(log, "C-00001", 1, n=1)
        with pytest.raises(NoLogYet):
            open_log(path, create=False)


def test_steps_that_wait_together_are_committed_together(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def traced(path: Path, *, reading: bool, key: str | None) -> Database:
        db = opening.connect(path, reading=reading, key=key)
        db.conn.set_trace_callback(done.append)
        return db

    monkeypatch.setattr(writer, "connect", traced)
    with open_log(path) as log, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        futures = [log.submit(f"C-{n:05}", [event()], row(f"C-{n:05}"), expected_revision=0) for n in range(100)]
        other.execute("COMMIT")
        assert [future.result() for future in futures] == [1] * 100
    assert 1 <= done.count("COMMIT") <= 3, "each waits for the disk, and that would be 100 waits"


def test_steps_in_one_commit_do_not_disturb_each_other(sqlite_log: Log, path: Path) -> None:
    """A lock makes them wait together; then one of them is refused."""
    begin(sqlite_log, "C-00001")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        futures = [
            sqlite_log.submit(ref, [event()], row(ref), expected_revision=expected)
            for ref, expected in [("C-00002", 0), ("C-00001", 5), ("C-00003", 0), ("C-00001", 1)]
        ]
        time.sleep(0.3)
        other.execute("COMMIT")
    assert [future.exception() is None for future in futures] == [True, False, True, True]
    assert len(sqlite_log.consults()) == 3
    assert sqlite_log.check_chain() == []


def test_closing_waits_for_what_is_being_read(tmp_path: Path) -> None:
    log = open_log(tmp_path / "log.db")
    reading, go_on = threading.Event(), threading.Event()
    found: list[object] = []

    def read() -> None:
        with log._reading() as db:  # type: ignore[attr-defined]
            reading.set()
            go_on.wait(5)
            found.extend(db.execute("SELECT 1").fetchone())

    reader = threading.Thread(target=read)
    reader.start()
    assert reading.wait(5)
    closer = threading.Thread(target=log.close)
    closer.start()
    closer.join(0.1)
    assert closer.is_alive(), "it waits"
    go_on.set()
    reader.join(5)
    closer.join(5)
    assert found == [1] and not closer.is_alive()
    with pytest.raises(ValueError, match="closed"):
        log.slot("any")
