"""Who writes a step: the thread that asks for it, where nothing waits and nobody writes; else the writer's own."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.storage import Log, StaleRevision, Unstorable, open_log, opening, writer

from .making import answer, begin

WRITER = "curbside-log-writer"


class Commits:
    """Which thread made each commit."""

    def __init__(self) -> None:
        self.by: list[str] = []

    def note(self, statement: str) -> None:
        if statement == "COMMIT":
            self.by.append(threading.current_thread().name)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> Commits:
    found = Commits()

    def traced(path: Path, *, reading: bool, key: str | None) -> Database:
        db = opening.connect(path, reading=reading, key=key)
        db.conn.set_trace_callback(found.note)
        return db

    monkeypatch.setattr(writer, "connect", traced)
    return found


@pytest.fixture
def log(path: Path, commits: Commits) -> Iterator[Log]:
    with open_log(path) as opened:
        yield opened


@pytest.fixture
def people() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8, "somebody") as pool:
        yield pool


def until(condition: Callable[[], bool]) -> None:
    """Wait a moment for it."""
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_step_is_written_by_the_thread_that_asks(log: Log, commits: Commits, people: ThreadPoolExecutor) -> None:
    assert people.submit(begin, log, "C-00001").result() == 1
    assert people.submit(answer, log, "C-00001", 1, n=1).result() == 2
    assert all(name.startswith("somebody") for name in commits.by)
    assert len(commits.by) == 2


def test_the_main_thread_which_ctrl_c_may_end_writes_nothing_itself(log: Log, commits: Commits) -> None:
    begin(log, "C-00001")
    assert commits.by == [WRITER]


def test_those_who_come_while_somebody_writes_wait_together(
    log: Log, path: Path, commits: Commits, people: ThreadPoolExecutor
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        first = people.submit(begin, log, "C-00000")
        until(lambda: log._writer._turn.locked())  # type: ignore[attr-defined]
        others = [people.submit(begin, log, f"C-0000{n}") for n in range(1, 6)]
        until(lambda: log._writer._unsettled == 5)  # type: ignore[attr-defined]
        other.execute("COMMIT")
    assert [one.result() for one in (first, *others)] == [1] * 6
    assert len(commits.by) == 2 and commits.by[0].startswith("somebody") and commits.by[1] == WRITER


def test_a_step_that_is_refused_leaves_nothing_and_the_next_goes_on(log: Log, people: ThreadPoolExecutor) -> None:
    people.submit(begin, log, "C-00001").result()
    with pytest.raises(StaleRevision):
        people.submit(answer, log, "C-00001", 7, n=1).result()
    with pytest.raises(Unstorable):
        people.submit(answer, log, "C-00001", 1, n="half a character: \ud800").result()
    assert people.submit(answer, log, "C-00001", 1, n=1).result() == 2
    assert [one.data for one in log.events("C-00001")] == [{}, {"n": 1}]
    assert log.check_chain() == []


def test_closing_waits_for_whoever_writes(path: Path, commits: Commits, people: ThreadPoolExecutor) -> None:
    log = open_log(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writes = people.submit(begin, log, "C-00001")
        until(lambda: log._writer._turn.locked())  # type: ignore[attr-defined]
        closes = people.submit(log.close)
        time.sleep(0.1)
        assert not closes.done()
        other.execute("COMMIT")
        closes.result(5)
    assert writes.result() == 1
    with pytest.raises(ValueError, match="closed"):
        people.submit(begin, log, "C-00002").result()
    with open_log(path) as again:
        assert again.consult("C-00001").revision == 1


def test_many_who_write_at_once_and_one_after_another_lose_nothing(log: Log, people: ThreadPoolExecutor) -> None:
    def works(name: int) -> int:
        reference = f"C-1000{name}"
        revision = begin(log, reference)
        for n in range(25):
            revision = answer(log, reference, revision, n=n)
        return revision

    assert list(people.map(works, range(8))) == [26] * 8
    assert log.check_chain() == []
    assert log._writer._unsettled == 0  # type: ignore[attr-defined]
