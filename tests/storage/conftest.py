"""The engines on which the tests of the interface run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.storage import Log, open_log

from .memory_log import MemoryLog

ENGINES: dict[str, Callable[[Path], Log]] = {"sqlite": open_log, "memory": MemoryLog}


@pytest.fixture(params=ENGINES)
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Log]]:
    """Opens the log of this test, as often as it is called: the same log each time."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(ENGINES[request.param](tmp_path / "log.db"))


@pytest.fixture
def log(open_again: Callable[[], Log]) -> Log:
    """An empty log, of every engine in turn."""
    return open_again()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the SQLite log of this test is or will be."""
    return tmp_path / "log.db"


@pytest.fixture
def sqlite_log(path: Path) -> Iterator[Log]:
    """An empty SQLite log."""
    with open_log(path) as log:
        yield log
