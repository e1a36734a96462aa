"""SQLite's and the operating system's errors as the log's own, each one plain line."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .engine import failures, not_readable
from .errors import CannotOpen, Corrupt, DiskFailed, DiskFull, Locked, LogError, ReadOnly

BUSY_SECONDS = 2.0
"""How long a step waits for another process to let go of the log."""

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Whatever SQLite or the operating system raises inside leaves as a LogError about the log at `path`."""
    try:
        yield
    except failures() as error:
        raise plain(error, path) from error


def plain(error: Exception, path: Path) -> LogError:
    """The LogError that says what `error` means for the log at `path`."""
    return _from_system(error, path) if isinstance(error, OSError) else _from_sqlite(error, path)


def _from_sqlite(error: Exception, path: Path) -> LogError:
    extended = getattr(error, "sqlite_errorcode", None)
    if extended is None:  # raised by Python itself, as for bytes that are not UTF-8
        if type(error).__name__ != "OperationalError":  # SQLCipher has a class of its own
            return LogError(f"The log {path} can't be used ({error}).")
        # Its text quotes what stands in the log, which belongs in no message.
        return Corrupt(path, "a text in it can't be read")
    match extended & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Locked(path, BUSY_SECONDS)
        case sqlite3.SQLITE_READONLY:
            return ReadOnly(path)
        case sqlite3.SQLITE_FULL:
            return DiskFull(path)
        case sqlite3.SQLITE_CORRUPT:
            return Corrupt(path, str(error))
        case sqlite3.SQLITE_NOTADB:
            return not_readable(path)
        case sqlite3.SQLITE_IOERR:
            # A quota or a size limit ends a write; SQLite calls only ENOSPC a full disk.
            no_room = extended in (sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
            return DiskFull(path) if no_room else DiskFailed(path, str(error))
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return _why_not_opened(path, str(error))
    return LogError(f"The log {path} can't be used ({error}).")


def _why_not_opened(path: Path, said: str) -> LogError:
    if not path.exists():
        return CannotOpen(path, "the file was moved or deleted")
    if not os.access(path, os.R_OK):
        return CannotOpen(path, "you may not read the file")
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        return ReadOnly(path)
    return CannotOpen(path, said)


def _from_system(error: OSError, path: Path) -> LogError:
    if error.errno in _NO_ROOM:
        return DiskFull(path)
    if error.errno == errno.EROFS:
        return ReadOnly(path)
    if error.errno == errno.EIO:
        return DiskFailed(path, str(error.strerror))
    where = f" ({error.filename})" if error.filename and str(error.filename) != str(path) else ""
    return CannotOpen(path, f"{error.strerror or error}{where}".lower())
