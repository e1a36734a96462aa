"""Opening the file: made for its owner only, checked to be a Curbside log, and brought up to date."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from pathlib import Path

from sqlite_utils import Database

from .engine import engine, unlock
from .errors import CannotOpen, Locked, NewerVersion, NoLogYet, NotADatabase, SQLiteTooOld
from .migrations import APPLICATION_ID, LAYOUT, STEPS
from .plain_errors import BUSY_SECONDS, plain_errors

CACHE_OF_A_READER = 512  # kibibytes
OLDEST_SQLITE = (3, 37, 0)  # the first with STRICT tables


def open_database(path: Path, *, create: bool, key: str | None = None) -> Database:
    """A reading connection to the log at `path`, which has the newest layout afterwards. Raises LogError."""
    check_sqlite()
    with plain_errors(path):
        _prepare_file(path, create=create)
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return _open_current(path, create=create, key=key)
        except Locked:
            # Two programs that make the same log meet in the change to WAL, where SQLite does not wait.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def connect(path: Path, *, reading: bool, key: str | None = None, mode: str = "rw") -> Database:
    """A connection with the settings that the log needs. Used by one thread, though another may close it.

    `key`: None for a file that is not encrypted. `mode`: "ro" for a file of which nothing may change.
    """
    with plain_errors(path):
        connection = engine(key).connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,  # transactions begin and end where the code says so
            check_same_thread=False,
        )
        try:
            unlock(connection, path, key)
            # Without recursive triggers, REPLACE deletes past the triggers against deleting.
            db = Database(connection, execute_plugins=False, recursive_triggers=True)
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA synchronous = FULL")
            if reading:
                db.execute("PRAGMA query_only = ON")
                # Of each of the threads that read. What it holds is out of date after the next commit in any case.
                db.execute(f"PRAGMA cache_size = -{CACHE_OF_A_READER}")
        except BaseException:
            connection.close()
            raise
        return db


def check_sqlite() -> None:
    """Raises SQLiteTooOld when Python's SQLite has no STRICT tables or no full-text search (FTS5)."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise SQLiteTooOld(f"is version {sqlite3.sqlite_version}; the log needs 3.37 or newer")
    probe = sqlite3.connect(":memory:")
    try:
        probe.execute("CREATE VIRTUAL TABLE probe USING fts5 (words)")
    except sqlite3.OperationalError as error:
        raise SQLiteTooOld("was built without full-text search (FTS5), which the log needs") from error
    finally:
        probe.close()


def _prepare_file(path: Path, *, create: bool) -> None:
    """Check that the path can be a log's, and make the file and its folders if they are missing."""
    if "\0" in str(path):
        raise CannotOpen(path, "the path has a character that no path can have")
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        if not create:
            raise NoLogYet(path) from None
        _make_folders(path.parent)
        _make_file(path)
        return
    if stat.S_ISDIR(kind):
        raise CannotOpen(path, "it is a folder, not a file")
    if not stat.S_ISREG(kind):
        raise CannotOpen(path, "it is not an ordinary file")


def _make_folders(folder: Path) -> None:
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(mode=0o700, exist_ok=True)


def _make_file(path: Path) -> None:
    # SQLite gives the -wal and -shm files beside it the same permissions.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    if os.name == "posix":  # the file's name, too, must survive a power cut
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _open_current(path: Path, *, create: bool, key: str | None) -> Database:
    db = connect(path, reading=False, key=key)
    try:
        with plain_errors(path):
            _check_ours(db, path)
            if LAYOUT.pending(db):
                if not create and not db.table_names():
                    raise NoLogYet(path)
                _migrate(db, path)
            elif db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                set_wal(db, path)  # a restore leaves it so, until it is opened
            db.execute("PRAGMA query_only = ON")
    except BaseException:
        db.close()
        raise
    return db


def set_wal(db: Database, path: Path) -> None:
    """Write-ahead mode, in which readers and the writer don't wait for each other. Raises CannotOpen."""
    if db.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
        raise CannotOpen(path, "its disk can't hold a log in WAL mode; a local disk can")


def _check_ours(db: Database, path: Path) -> None:
    """Raises NotADatabase for another program's file, NewerVersion for a layout not known here."""
    # The tables first: if another process makes the log just now, its mark is there once its tables are seen.
    is_empty = not db.table_names()
    mark = db.execute("PRAGMA application_id").fetchone()[0]
    if mark != APPLICATION_ID and not (is_empty and mark == 0):
        raise NotADatabase(path, "it is an SQLite database of another program")
    unknown = [step.name for step in LAYOUT.applied(db) if step.name not in STEPS]
    if unknown:
        raise NewerVersion(path, unknown)


def _migrate(db: Database, path: Path) -> None:
    set_wal(db, path)
    db.execute("BEGIN IMMEDIATE")
    try:
        _check_ours(db, path)  # another process may have been here while this one waited
        LAYOUT.apply(db)
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
