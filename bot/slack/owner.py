"""One process owns the outbox: it holds a lock of the operating system, which ends with the process, however it ends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.storage.plain_errors import plain_errors

PATIENCE, BETWEEN = 0.5, 0.05
"""Seconds: for so long the lock is tried again, since `curbside doctor` takes it for a moment to see whether it is free."""
BEYOND = 1 << 30
"""The byte that Windows locks: one that nobody reads, for there a locked byte can't even be read."""


class AlreadyOwned(Exception):
    """Another process owns it; str() is one plain line."""

    def __init__(self, process: str) -> None:
        which = f" (process {process})" if process else ""
        super().__init__(
            f"Another Curbside already runs on this database{which}. Stop it first, or set CURBSIDE_DATABASE to another file."
        )


def lock_file(database: Path) -> Path:
    """The file that is locked, beside the database itself, also where `database` is a link to it. It stays, and says no more
    than the process's number."""
    real = database.resolve()
    return real.with_name(f"{real.name}.owner")


@contextmanager
def owning(database: Path) -> Iterator[None]:
    """Own the database's outbox in the block. AlreadyOwned; LogError where the folder can't be written."""
    path = lock_file(database)
    with plain_errors(database):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        held = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with plain_errors(database):
            is_ours = _lock_soon(held)
            other = "" if is_ours else _noted(held)
            if is_ours:
                _note(held)
        if not is_ours:
            raise AlreadyOwned(other)
        yield
    finally:
        os.close(held)


def is_owned(database: Path) -> bool:
    """Whether a running process owns it. LogError where that can't be seen."""
    path = lock_file(database)
    if not path.exists():
        return False
    with plain_errors(database):
        held = os.open(path, os.O_RDWR)
        try:
            return not _lock(held)
        finally:
            os.close(held)


def _note(held: int) -> None:
    """This process's number, so that a second one can say who it is."""
    os.ftruncate(held, 0)
    os.lseek(held, 0, os.SEEK_SET)
    os.write(held, str(os.getpid()).encode())


def _noted(held: int) -> str:
    os.lseek(held, 0, os.SEEK_SET)
    found = os.read(held, 20).decode("ascii", "replace").strip()
    return found if found.isdigit() else ""


def _lock_soon(held: int) -> bool:
    until = time.monotonic() + PATIENCE
    while not _lock(held):
        if time.monotonic() > until:
            return False
        time.sleep(BETWEEN)
    return True


def _lock(held: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        return _lock_on_windows(held)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_on_windows(held: int) -> bool:
    import msvcrt

    os.lseek(held, BEYOND, os.SEEK_SET)
    try:
        msvcrt.locking(held, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except OSError:
        return False
    return True
