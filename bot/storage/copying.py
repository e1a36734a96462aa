"""Whole copies of the log's file: a backup of one that is written to, and one file put in another's place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from . import checking, heads
from .engine import attach_key, engine, unlock
from .errors import Locked, LogError
from .opening import connect, open_database
from .plain_errors import BUSY_SECONDS, plain_errors
from .records import Fault, Head

_PAGES_AT_ONCE = 512
_POSTS_SINCE = 1_000_000  # more than any program sends between a backup and its being restored


class Unfinished(LogError):
    """Another process writes to the same place."""

    def __init__(self, target: Path) -> None:
        super().__init__(f"Another program is writing {target} just now. Wait until it is done.")


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """An empty file in the target's folder, for its owner only, to be written and put in the target's place.

    What another run left there half-written when it was killed is written over; what is left at the end is removed.
    Raises CannotOpen for a folder that is missing or can't be written; Unfinished while another process is at it.
    """
    path = target.with_name(f".{target.name}.unfinished")
    with plain_errors(target):
        held = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(held, target)
        with plain_errors(target):
            os.fchmod(held, 0o600)
            os.ftruncate(held, 0)
        _remove_journals(path)
        yield path
    finally:
        # While the lock is held, so that the file of another run is never removed.
        if _is_same(held, path):
            path.unlink(missing_ok=True)
            _remove_journals(path)
        os.close(held)


def copy(path: Path, target: Path, key: str | None, progress: Callable[[int, int], None] | None = None) -> None:
    """Copy the log as it is at one moment into the empty file `target`, which then stands alone."""
    source = connect(path, reading=True, key=key)
    try:
        with plain_errors(target):
            made = engine(key).connect(str(target), isolation_level=None)
            try:
                unlock(made, target, key)
                # A copy of a database that is written to begins anew with each write, unless a transaction is held.
                source.execute("BEGIN")
                source.execute("SELECT count(*) FROM sqlite_master").fetchone()
                source.conn.backup(made, pages=_PAGES_AT_ONCE, progress=_progress(progress), sleep=0)
                made.execute("PRAGMA journal_mode = DELETE")
            finally:
                made.close()
    finally:
        source.close()


def rewrite(path: Path, target: Path, key: str | None, new_key: str | None) -> None:
    """Write the log anew into the empty file `target`, under another key or none."""
    cipher = engine(key or new_key)
    with plain_errors(path):
        db = cipher.connect(str(path), isolation_level=None)
        try:
            unlock(db, path, key)
            db.execute("PRAGMA query_only = OFF")
            db.execute(f'ATTACH ? AS rewritten KEY "{attach_key(target, new_key)}"', [str(target)])
            db.execute("SELECT sqlcipher_export('rewritten')")
            for pragma in ("application_id", "user_version"):
                value = db.execute(f"PRAGMA main.{pragma}").fetchone()[0]
                db.execute(f"PRAGMA rewritten.{pragma} = {value}")
            db.execute("DETACH rewritten")
        finally:
            db.close()


def file_faults(
    path: Path, key: str | None, witnessed: Iterable[Head] = (), state_check: checking.StateCheck | None = None
) -> list[Fault]:
    """Every fault of a file that nobody else uses; [] when it is whole. It has the newest layout afterwards."""
    db = open_database(path, create=False, key=key)
    try:
        with plain_errors(path):
            said = [row[0] for row in db.execute("PRAGMA integrity_check(3)").fetchall()]
            if said != ["ok"]:
                return [Fault(None, None, f"the file is damaged ({said[0]})")]
            return checking.faults(db, path, witnessed, state_check)
    finally:
        db.close()


def file_heads(path: Path, key: str | None) -> tuple[Head, Head]:
    """The heads of both chains in a file."""
    db = open_database(path, create=False, key=key)
    try:
        with plain_errors(path):
            return heads.head(db, "events"), heads.head(db, "accesses")
    finally:
        db.close()


def stand_alone(path: Path, key: str | None) -> None:
    """Make the file whole without a write-ahead log beside it. Raises Locked while another program has it open."""
    db = connect(path, reading=False, key=key)
    try:
        with plain_errors(path):
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if db.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
                raise Locked(path, BUSY_SECONDS)
    finally:
        db.close()


def forget_what_was_sent(path: Path, key: str | None) -> None:
    """Make a restored log ready to send: what it has waiting may have been sent since the backup was made, so that it
    is looked up first; and its next posts take no numbers that posts since then may have had."""
    db = connect(path, reading=False, key=key)
    try:
        with plain_errors(path):
            db.execute("BEGIN IMMEDIATE")
            db.execute("UPDATE outbox SET state = 'in_doubt', owner = NULL WHERE state IN ('waiting', 'sending')")
            db.execute(f"UPDATE sqlite_sequence SET seq = seq + {_POSTS_SINCE} WHERE name = 'outbox'")
            db.execute("COMMIT")
    finally:
        db.close()


def put_in_place(
    made: Path, target: Path, *, aside: Path | None = None, alone: Callable[[], None] | None = None
) -> None:
    """Put a whole file in the target's place: at every moment there is the old one or the new.

    `aside`: where the old one is kept. `alone`: makes the old one stand alone first, since what is left of its
    write-ahead log must not be taken for the new one's; when it can't be read, its journals are moved with it.
    """
    with plain_errors(target):
        _to_disk(made)
        if target.exists():
            whole = alone is None
            if alone is not None:
                try:
                    alone()
                    whole = True
                except Locked:
                    raise
                except LogError:
                    pass
            if aside is not None:
                _keep(target, aside)
            if not whole:
                for journal in _journals(target):
                    if journal.exists():
                        journal.replace(_moved(journal, target, aside)) if aside else journal.unlink()
        made.replace(target)
        _folder_to_disk(target.parent)


def _progress(progress: Callable[[int, int], None] | None) -> Callable[[int, int, int], None] | None:
    return None if progress is None else lambda status, left, pages: progress(left, pages)


def _keep(target: Path, aside: Path) -> None:
    try:
        os.link(target, aside)
    except OSError:  # a disk without hard links
        shutil.copy2(target, aside)


def _moved(journal: Path, target: Path, aside: Path) -> Path:
    return aside.with_name(aside.name + journal.name.removeprefix(target.name))


def _journals(path: Path) -> list[Path]:
    return [path.with_name(f"{path.name}{ending}") for ending in ("-wal", "-shm", "-journal")]


def _remove_journals(path: Path) -> None:
    for journal in _journals(path):
        journal.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    held = os.open(path, os.O_RDWR)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def _folder_to_disk(folder: Path) -> None:
    if os.name == "posix":  # the name, too, must survive a power cut
        held = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(held)
        finally:
            os.close(held)


def _is_same(held: int, path: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(held), path.stat())
    return False


def _lock(held: int, target: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Unfinished(target) from None
