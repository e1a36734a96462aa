"""The log: every consult with its events, kept so that nothing acknowledged is lost and nothing is altered
unseen.

Open it with `open_log(path)`; what can then be done with it is named in `Log` (interface.py). This package is
the only place that knows SQL. Importing it is cheap: the SQLite engine and sqlite-utils are loaded when a log
is opened.
"""

from __future__ import annotations

from pathlib import Path

from .errors import (
    AlreadySeen,
    BadReference,
    CannotOpen,
    Corrupt,
    DiskFailed,
    DiskFull,
    Encrypted,
    Locked,
    LogError,
    NewerVersion,
    NoLogYet,
    NoSQLCipher,
    NoSuchConsult,
    NotADatabase,
    ReadOnly,
    SQLiteTooOld,
    StaleRevision,
    Unstorable,
)
from .interface import Log
from .records import (
    CONTENT_PURGED,
    FINISHED,
    PURGED,
    Access,
    ConsultRow,
    Fault,
    Head,
    NextPost,
    Overview,
    Post,
    PostedHead,
    Profile,
    Purge,
    QueuedPost,
    SearchHit,
    StoredEvent,
    Tally,
    Wanted,
)
from .references import parse_reference

__all__ = [
    "CONTENT_PURGED",
    "FINISHED",
    "PURGED",
    "Access",
    "AlreadySeen",
    "BadReference",
    "CannotOpen",
    "ConsultRow",
    "Corrupt",
    "DiskFailed",
    "DiskFull",
    "Encrypted",
    "Fault",
    "Head",
    "Locked",
    "Log",
    "LogError",
    "NewerVersion",
    "NextPost",
    "NoLogYet",
    "NoSQLCipher",
    "NoSuchConsult",
    "NotADatabase",
    "Overview",
    "Post",
    "PostedHead",
    "Profile",
    "Purge",
    "QueuedPost",
    "ReadOnly",
    "SQLiteTooOld",
    "SearchHit",
    "StaleRevision",
    "StoredEvent",
    "Tally",
    "Unstorable",
    "Wanted",
    "open_log",
    "parse_reference",
]


def open_log(path: str | Path, *, create: bool = True, key: str | None = None) -> Log:
    """Open the log at `path` and bring its layout up to date; use it in a `with` block or close it.

    With `create`, a missing file and its missing folders are made, for their owner only (0600 and 0700).
    Without it, a missing log raises `NoLogYet`. Whatever else stands in the way is another `LogError`, whose
    text is one plain line. Several processes may have the same log open. `key`: the passphrase of an encrypted
    log; None for the one in the settings, "" for none.
    """
    # Imported here: sqlite-utils takes about 75 ms to load, and `curbside --help` needs none of it.
    from .engine import the_key
    from .log import SQLiteLog

    return SQLiteLog(path, create=create, key=the_key(key))
