"""One process owns the outbox, by a lock that ends with it."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from bot.slack.owner import AlreadyOwned, is_owned, lock_file, owning
from bot.storage import LogError


def test_one_process_owns_the_outbox(tmp_path: Path) -> None:
    database = tmp_path / "new" / "log.db"
    assert not is_owned(database)
    with owning(database):
        assert is_owned(database)
        with pytest.raises(AlreadyOwned, match=str(os.getpid())), owning(database):
            pass
    assert not is_owned(database)
    assert lock_file(database).stat().st_mode & 0o077 == 0


def test_a_link_to_the_database_is_the_same_database(tmp_path: Path) -> None:
    database, link = tmp_path / "log.db", tmp_path / "elsewhere.db"
    link.symlink_to(database)
    with owning(link), pytest.raises(AlreadyOwned), owning(database):
        pass


def test_looking_whether_it_is_owned_keeps_nobody_from_owning_it(tmp_path: Path) -> None:
    """`curbside doctor` holds the lock for a moment; a program that starts just then must not be refused."""
    database = tmp_path / "log.db"
    begun = threading.Event()

    def look() -> None:
        with owning(database):
            begun.set()
            time.sleep(0.15)

    looking = threading.Thread(target=look)
    looking.start()
    begun.wait(5)
    with owning(database):
        assert is_owned(database)
    looking.join()


def test_a_place_where_nothing_can_be_written_is_one_plain_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LogError, match="can't be opened: file exists"), owning(tmp_path / "file" / "log.db"):
        pass
