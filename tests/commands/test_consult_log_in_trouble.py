"""`curbside consult`, as a process of its own, with a log that can't be written."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from bot.storage import open_log

from .conftest import Practice
from .consult_files import ANSWERS, curbside, put, without_roots_rights


def in_full(path: Path) -> list[bytes]:
    """Everything that stands in the log's tables, whatever state the file is in."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [line.encode() for line in connection.iterdump()]


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process holds the log's write lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout and holder.stdin and holder.stdout.readline() == b"held\n"
        yield
        holder.stdin.close()


@contextlib.contextmanager
def read_only(path: Path) -> Iterator[None]:
    path.chmod(0o400)
    path.parent.chmod(0o500)
    yield
    path.parent.chmod(0o700)
    path.chmod(0o600)


@contextlib.contextmanager
def from_a_newer_version(path: Path) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " SELECT migration_set, 'm999_more', applied_at FROM _sqlite_migrations LIMIT 1"
        )
        connection.commit()
    yield


@contextlib.contextmanager
def corrupt(path: Path) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    yield
    assert path.read_bytes() == content[:4096] + b"\xff" * (len(content) - 4096), "it is left as it was found"
    path.write_bytes(content)


@contextlib.contextmanager
def something_else(path: Path) -> Iterator[None]:
    content = path.read_bytes()
    path.write_bytes(b"Dear diary, " * 1000)
    yield
    assert path.read_bytes() == b"Dear diary, " * 1000
    path.write_bytes(content)


@contextlib.contextmanager
def as_it_is(path: Path) -> Iterator[None]:
    yield


def no_file_larger() -> None:
    """Room for what is there already, and for no more: a write past it fails, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))


Trouble = Callable[[Path], contextlib.AbstractContextManager[None]]
TROUBLES: Mapping[str, tuple[Trouble, Callable[[], None] | None, str]] = {
    "locked": (
        locked,
        None,
        "is locked: another program has kept it for more than 2 seconds. Nothing was written; close the other program",
    ),
    "read-only": (
        read_only,
        without_roots_rights,
        "is read-only, or its folder is. Nothing was written; make both writable",
    ),
    "from a newer version": (
        from_a_newer_version,
        None,
        "was written by a newer Curbside (its layout has m999_more). Nothing was changed; install the newer version.",
    ),
    "corrupt": (corrupt, None, " is damaged ("),
    "something else": (
        something_else,
        None,
        "is not a Curbside log: it is not an SQLite database, or it is encrypted and CURBSIDE_DATABASE_KEY is not set."
        " Nothing was changed; set CURBSIDE_DATABASE to another place.",
    ),
    "full": (as_it_is, no_file_larger, "There is no room to write to the log "),
}


@pytest.mark.skipif(os.name != "posix", reason="permissions and limits of this kind are POSIX's")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_log_that_can_not_be_written_is_one_line_and_nothing_is_written(practice: Practice, trouble: str) -> None:
    arrange, before_it_runs, said = TROUBLES[trouble]
    practice.decided()
    text = "As the client tells it, again and again. " * 200
    put("a.json", {**ANSWERS, "narrative": text})
    put("many.jsonl", [{**ANSWERS, "narrative": text}] * 20)
    before = in_full(practice.database) if trouble != "from a newer version" else []
    with arrange(practice.database):
        dones = [
            curbside("consult", "--answers", name, *flag, database=practice.database, preexec_fn=before_it_runs)
            for name, flag in (("a.json", ["--json"]), ("many.jsonl", []))
            if name != "a.json" or trouble != "full"  # there is room for one
        ]
        dry = curbside("consult", "--answers", "a.json", "--dry-run", database=practice.database)
    for done in dones:
        assert done.returncode == 2
        assert said in done.stderr and done.stderr.startswith("curbside: ") and done.stderr.count("\n") == 1
        assert str(practice.database) in done.stderr and "Traceback" not in done.stderr
    assert dry.returncode == 0 and dry.stderr == "", "a dry run asks nothing of the log"
    if trouble == "full":
        with open_log(practice.database) as log:
            kept = {row.reference for row in log.consults(limit=100)}
            assert log.check_chain() == []
        printed = {json.loads(line)["consult"] for line in dones[-1].stdout.splitlines()}
        assert printed <= kept and len(kept) < 21, (
            "what was printed is in the log, and what did not fit is not, not even in part"
        )
    elif trouble != "from a newer version":
        assert [done.stdout for done in dones] == ["", ""]
        assert in_full(practice.database) == before
