"""The file itself: whose it is, what may be wrong with it, and the one plain line that a person gets then."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.storage import (
    CannotOpen,
    Corrupt,
    DiskFull,
    LogError,
    NewerVersion,
    NoLogYet,
    NotADatabase,
    SQLiteTooOld,
    open_log,
)

from .making import answer, begin, python


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def make(path: Path) -> None:
    with open_log(path) as log:
        begin(log, "C-00001", words="worried about a neighbour")


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_log_and_its_folders_are_for_their_owner_only(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "made" / "for this" / "log.db"
    usual = os.umask(umask)
    try:
        with open_log(path) as log:
            begin(log, "C-00001")
            files = sorted(path.parent.iterdir())
            assert [file.name for file in files] == ["log.db", "log.db-shm", "log.db-wal"]
            assert [mode(file) for file in files] == [0o600] * 3
            assert [mode(folder) for folder in (path.parent, path.parent.parent)] == [0o700] * 2
    finally:
        os.umask(usual)


def test_a_folder_that_exists_keeps_its_permissions(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make(tmp_path / "log.db")
    assert mode(tmp_path) == 0o755


@pytest.mark.parametrize("name", ["with space.db", "with?query#and%20more.db", "file:x", ":memory:", "é☂.db"])
def test_any_name_is_a_name(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make(Path(name))
    assert (tmp_path / name).is_file()
    with open_log(name, create=False) as log:
        assert len(log.consults()) == 1


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    make(Path("~/log.db"))
    assert (tmp_path / "log.db").is_file()


def test_an_empty_file_becomes_a_log(path: Path) -> None:
    path.touch()
    make(path)


@pytest.mark.parametrize("there", ["nothing", "an empty file"])
def test_without_create_nothing_is_made(path: Path, there: str) -> None:
    if there == "an empty file":
        path.touch()
    with pytest.raises(NoLogYet, match=r"no log at .* yet"):
        open_log(path, create=False)
    assert not path.exists() or path.stat().st_size == 0


def a_folder(path: Path) -> Path:
    path.mkdir()
    return path


def below_a_file(path: Path) -> Path:
    path.write_text("a file")
    return path / "log.db"


def text(path: Path) -> Path:
    path.write_text("answers:\n  concern: harm_to_others\n" * 200)
    return path


def a_short_text(path: Path) -> Path:
    path.write_text("hello")
    return path


def random_bytes(path: Path) -> Path:
    path.write_bytes(bytes(range(256)) * 64)
    return path


def the_log_of_something_else(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    return path


def marked_by_something_else(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA application_id = 77")
    return path


def from_a_newer_version(path: Path) -> Path:
    make(path)
    with closing(sqlite3.connect(path)) as later, later:
        later.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('curbside_log', 'm099_later', '2031-01-01')"
        )
    return path


def with_a_damaged_start(path: Path) -> Path:
    make(path)
    damaged = bytearray(path.read_bytes())
    damaged[100:2000] = b"\xee" * 1900
    path.write_bytes(damaged)
    return path


def cut_short(path: Path) -> Path:
    make(path)
    path.write_bytes(path.read_bytes()[:9000])
    return path


def a_device(path: Path) -> Path:
    return Path(os.devnull)


def with_a_null(path: Path) -> Path:
    return Path(f"{path}\0")


def with_a_name_too_long(path: Path) -> Path:
    return path.with_name("x" * 300)


def of_an_unknown_user(path: Path) -> Path:
    return Path("~nobody-of-this-name/log.db")


def a_folder_with_a_line_break(path: Path) -> Path:
    return a_folder(path.with_name("line\nbreak"))


WRONG: dict[Callable[[Path], Path], tuple[type[LogError], str]] = {
    a_folder: (CannotOpen, "it is a folder"),
    below_a_file: (CannotOpen, "not a directory"),
    text: (NotADatabase, "not an SQLite database"),
    a_short_text: (NotADatabase, "not an SQLite database"),
    random_bytes: (NotADatabase, "not an SQLite database"),
    the_log_of_something_else: (NotADatabase, "of another program"),
    marked_by_something_else: (NotADatabase, "of another program"),
    from_a_newer_version: (NewerVersion, "newer Curbside .*m099_later"),
    with_a_damaged_start: (Corrupt, "is damaged"),
    cut_short: (Corrupt, "is damaged"),
    a_device: (CannotOpen, "not an ordinary file"),
    with_a_null: (CannotOpen, "no path can have"),
    with_a_name_too_long: (CannotOpen, "file name too long"),
    of_an_unknown_user: (CannotOpen, "no such user"),
    a_folder_with_a_line_break: (CannotOpen, r"line\\nbreak.*it is a folder"),
}


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_a_file_that_is_no_log_is_named_and_left_alone(path: Path, wrong: Callable[[Path], Path], create: bool) -> None:
    expected, words = WRONG[wrong]
    given = wrong(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(expected, match=words) as refused:
        open_log(given, create=create)
    assert "\n" not in str(refused.value)
    assert given.name[:4] in str(refused.value)
    if before is not None and expected is not Corrupt:
        assert path.read_bytes() == before
    assert not path.with_name("log.db-wal").exists() or wrong in (from_a_newer_version, cut_short)


def test_damage_further_in_is_named_when_it_is_met(path: Path) -> None:
    with open_log(path) as log:
        for n in range(80):
            begin(log, f"C-{n:05}", state={"n": "x" * 3000})
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2 :] = b"\xee" * len(damaged[len(damaged) // 2 :])
    path.write_bytes(damaged)
    with open_log(path) as log:
        for reading in (log.consults, log.check_chain):
            with pytest.raises(Corrupt, match="is damaged"):
                reading()
        with pytest.raises(Corrupt):
            answer(log, "C-00079", 1, n=1)


@pytest.mark.parametrize("broken", ["'{'", "'[]'", "CAST(x'7bff7d' AS TEXT)"])
def test_a_state_that_cannot_be_read_is_damage_and_its_text_is_not_shown(path: Path, broken: str) -> None:
    make(path)
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(f"UPDATE consults SET revision = 2, state = {broken}")
    with open_log(path) as log, pytest.raises(Corrupt, match="can't be read") as refused:
        log.consult("C-00001")
    assert "{" not in str(refused.value)


def test_a_migration_that_fails_leaves_nothing_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.storage import migrations

    with monkeypatch.context() as patched:
        steps = list(migrations.LAYOUT._migrations)
        patched.setattr(migrations.LAYOUT, "_migrations", steps)

        @migrations.LAYOUT(name="m004_fails")
        def fails(db: object) -> None:
            raise OSError(28, "No space left on device")

        with pytest.raises(DiskFull):
            open_log(path)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    make(path)


def test_an_sqlite_that_is_too_old(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 9))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.36.9")
    with pytest.raises(SQLiteTooOld, match=r"is version 3\.36\.9; the log needs 3\.37 or newer\. Install"):
        open_log(path)
    assert not path.exists()


def test_an_sqlite_without_full_text_search(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Bare(sqlite3.Connection):
        def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
            return super().execute(sql.replace("fts5", "no_such_module"), *more)

    usual = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda name, **how: usual(name, factory=Bare, **how))
    with pytest.raises(SQLiteTooOld, match="without full-text search"):
        open_log(path)
    assert not path.exists()


def test_importing_the_package_does_not_load_sqlite_utils() -> None:
    process = python("import sys, bot.storage; print('sqlite_utils' in sys.modules, 'sqlite3' in sys.modules)")
    assert process.communicate(timeout=60)[0].strip() == "False False"


def test_a_closed_log_says_so(path: Path) -> None:
    log = open_log(path)
    begin(log, "C-00001")
    log.close()
    log.close()
    for use in (log.consults, lambda: begin(log, "C-00002"), log.check_chain):
        with pytest.raises(ValueError, match="the log is closed"):
            use()
