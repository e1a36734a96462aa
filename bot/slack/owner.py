"""One process owns the outbox: it holds a lock of the operating system, which ends with the process, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class AlreadyOwned(Exception):
    """Another process owns it; str() is one plain line."""

    def __init__(self, process: str) -> None:
        which = f" (process {process})" if process else ""
        super().__init__(
            f"Another Curbside already runs on this database{which}. Stop it first, or set CURBSIDE_DATABASE to another file."
        )


def lock_file(database: Path) -> Path:
    """The file that is locked, beside the database; it stays, and is empty of anything but the process's number."""
    return database.with_name(f"{database.name}.owner")


@contextmanager
def owning(database: Path) -> Iterator[None]:
    """Own the database's outbox in the block. AlreadyOwned; OSError where the folder can't be written."""
    path = lock_file(database)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _lock(held):
            raise AlreadyOwned(_noted(held))
        os.ftruncate(held, 0)
        os.pwrite(held, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(held)


def is_owned(database: Path) -> bool:
    """Whether a running process owns it."""
    with suppress(FileNotFoundError):
        held = os.open(lock_file(database), os.O_RDWR)
        try:
            return not _lock(held)
        finally:
            os.close(held)
    return False


def _noted(held: int) -> str:
    found = os.pread(held, 20, 0).decode("ascii", "replace").strip()
    return found if found.isdigit() else ""


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

    try:
        msvcrt.locking(held, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except OSError:
        return False
    return True
