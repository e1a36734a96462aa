"""SQLite as Python has it, or SQLCipher where the log is encrypted."""

from __future__ import annotations

import hashlib
import importlib
import secrets
import sqlite3
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from .errors import Encrypted, LogError, NoSQLCipher, NotADatabase

SETTING = "CURBSIDE_DATABASE_KEY"
SHORTEST_KEY = 16
HOW_TO_MAKE_A_KEY = "python -c 'import secrets; print(secrets.token_urlsafe(32))' makes one"

_PLAIN = b"SQLite format 3\0"
_SALT_BYTES, _ROUNDS, _KEY_BYTES = 16, 256_000, 32  # SQLCipher 4's own: the file can be opened by its other tools


class BadKey(LogError):
    """A key that is too short to protect anything."""

    def __init__(self, which: str) -> None:
        super().__init__(f"{which} is shorter than {SHORTEST_KEY} characters; {HOW_TO_MAKE_A_KEY}.")


def the_key(given: str | None) -> str | None:
    """The key to use: the one given, or the one in the settings for None; None when there is to be none. BadKey."""
    if given is None:
        from bot.configuration import read_settings

        given = read_settings().get(SETTING, "")
        return checked_key(given, SETTING) if given else None
    return given or None


def checked_key(key: str, which: str) -> str:
    """The key. Raises BadKey, which calls it `which`."""
    if len(key) < SHORTEST_KEY:
        raise BadKey(which)
    return key


def engine(key: str | None) -> Any:
    """The module to connect with. Raises NoSQLCipher."""
    if key is None:
        return sqlite3
    try:
        return importlib.import_module("sqlcipher3.dbapi2")
    except ImportError:
        raise NoSQLCipher from None


def failures() -> tuple[type[Exception], ...]:
    """What the engines and the operating system raise; SQLCipher's errors are not Python's."""
    cipher = sys.modules.get("sqlcipher3.dbapi2")
    return (sqlite3.Error, OSError, cipher.Error) if cipher else (sqlite3.Error, OSError)


def is_plain(path: Path) -> bool | None:
    """Whether the file is an SQLite database that anybody can read; None when it is empty or missing."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_PLAIN))
    except FileNotFoundError:
        return None
    return start == _PLAIN if start else None


def unlock(connection: Any, path: Path, key: str | None) -> None:
    """Give the connection the key, and see that it fits. Raises Encrypted."""
    if key is None:
        return
    if is_plain(path):
        raise Encrypted(
            path, f"it is not encrypted, and {SETTING} is set. `curbside rekey` encrypts it; or remove the setting"
        )
    connection.execute("PRAGMA cipher_log_level = NONE")  # it would write lines of its own to standard error
    connection.execute(f"PRAGMA key = \"x'{_raw(key, _salt(path)).hex()}'\"")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except Exception as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
            raise Encrypted(path, f"the key in {SETTING} does not fit it, or it is no Curbside log") from error
        raise


def attach_key(path: Path, key: str | None) -> str:
    """The key of a file that is attached beside the main one, as its SQL needs it."""
    return f"x'{_raw(key, _salt(path)).hex()}'" if key else ""


def not_readable(path: Path) -> LogError:
    """What it means that a file is no database for the engine."""
    if is_plain(path):
        return NotADatabase(path, "it is not an SQLite database")
    return NotADatabase(path, f"it is not an SQLite database, or it is encrypted and {SETTING} is not set")


def _salt(path: Path) -> bytes:
    with path.open("rb") as file:
        salt = file.read(_SALT_BYTES)
    return salt if len(salt) == _SALT_BYTES else secrets.token_bytes(_SALT_BYTES)


@lru_cache(maxsize=8)
def _raw(key: str, salt: bytes) -> bytes:
    """The key as SQLCipher makes it of a passphrase, and the salt: worked out once, not for each connection."""
    return hashlib.pbkdf2_hmac("sha512", key.encode(), salt, _ROUNDS, _KEY_BYTES) + salt
