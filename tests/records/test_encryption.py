"""The log encrypted on the disk: nothing readable in it, one clear line when the key does not fit, and new keys."""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot import failures
from bot.cli import curbside
from bot.slack.owner import owning
from bot.storage import Corrupt, Encrypted, copying, engine, open_log, opening
from bot.storage.engine import BadKey
from tests.commands.conftest import Practice
from tests.records.test_purge import WORDS, consult_of, in_a_child, in_files
from tests.storage.making import ROOT, answer, begin

KEY, OTHER = "an-invented-key-0001", 'another invented key; it\'s "quoted"'
READABLE = (*WORDS, "sqlite format", "consults", "clinician-one", "harm_to_others", "jurisdiction")
"""Each is long enough not to stand in encrypted bytes by chance."""


@pytest.fixture
def encrypted(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> str:
    """The reference of an old consult in an encrypted log."""
    monkeypatch.setenv("CURBSIDE_DATABASE_KEY", KEY)
    monkeypatch.setenv("CURBSIDE_RETENTION", "7 years")
    with practice.log() as log:
        return consult_of(log, "2018-05-04T10:00:00-06:00")


def test_no_file_holds_any_of_the_text(practice: Practice, encrypted: str) -> None:
    with practice.log() as log:
        consult_of(log, "2026-05-04T10:00:00-06:00")
        names = sorted(path.name for path in practice.database.parent.iterdir())
        assert names == ["log.db", "log.db-shm", "log.db-wal"]
        assert [in_files(practice.database.parent, word) for word in READABLE] == [[]] * len(READABLE)
    assert [in_files(practice.database.parent, word) for word in READABLE] == [[]] * len(READABLE)
    with closing(sqlite3.connect(practice.database)) as plain, pytest.raises(sqlite3.DatabaseError):
        plain.execute("SELECT * FROM events")


def test_every_command_works_as_without(practice: Practice, encrypted: str) -> None:
    for words in (["log"], ["show", encrypted], ["search", WORDS[0]], ["verify"], ["audit", encrypted]):
        assert practice.run(*words).status == 0, words
    assert practice.run("addendum", encrypted, "Seen again").status == 0
    assert practice.run("backup", "copy.db").status == 0
    assert [in_files(practice.database.parent, word) for word in READABLE] == [[]] * len(READABLE), "the backup is too"
    assert practice.run("restore", "--force", "copy.db").status == 0
    assert practice.run("verify").status == 0


def test_purge_sweeps_an_encrypted_log(practice: Practice, encrypted: str) -> None:
    assert "1 consult purged" in practice.run("purge", "--yes").out
    assert practice.run("verify").status == 0
    practice.run("rekey", "--decrypt")
    assert [in_files(practice.database.parent, word) for word in WORDS] == [[]] * len(WORDS)


def test_a_key_that_does_not_fit_is_one_line(
    practice: Practice, encrypted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = practice.database.read_bytes()
    cases = {
        OTHER: "the key in CURBSIDE_DATABASE_KEY does not fit it",
        "": "or it is encrypted and CURBSIDE_DATABASE_KEY is not set",
        "short": "CURBSIDE_DATABASE_KEY is shorter than 16 characters",
    }
    for key, expected in cases.items():
        monkeypatch.setenv("CURBSIDE_DATABASE_KEY", key)
        for words in (["log"], ["verify"], ["try"], ["backup", "x.db"]):
            said = practice.run(*words)
            assert said.status == 2 and said.err.count("\n") == 1 and expected in said.err, said
            assert KEY not in said.err and (key in ("", "short") or key not in said.err)
    assert practice.database.read_bytes() == before
    monkeypatch.setenv("CURBSIDE_DATABASE_KEY", OTHER)
    command = [sys.executable, "-m", "bot.cli", "log"]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and done.stderr.count("\n") == 1, "the library adds no lines of its own"


def test_a_key_for_a_log_that_is_not_encrypted(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    practice.low()
    monkeypatch.setenv("CURBSIDE_DATABASE_KEY", KEY)
    said = practice.run("log")
    assert (
        said.status == 2
        and "it is not encrypted, and CURBSIDE_DATABASE_KEY is set. `curbside rekey` encrypts it" in said.err
    )


def test_without_the_library_it_says_what_to_install(
    practice: Practice, encrypted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sqlcipher3.dbapi2", None)
    monkeypatch.setattr(engine, "failures", lambda: (sqlite3.Error, OSError))
    said = practice.run("log")
    assert said.status == 2 and "SQLCipher is not installed. Install it" in said.err and "sqlcipher3" in said.err


def test_damage_is_still_called_damage(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    with open_log(path, key=KEY) as log:
        for n in range(80):
            begin(log, f"C-{n:05}", state={"n": "x" * 3000})
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2 :] = b"\xee" * len(damaged[len(damaged) // 2 :])
    path.write_bytes(damaged)
    with open_log(path, key=KEY) as log:
        for reading in (log.consults, log.check_chain):
            with pytest.raises((Corrupt, Encrypted)):
                reading()
        with pytest.raises((Corrupt, Encrypted)):
            answer(log, "C-00079", 1, n=1)


def test_from_plain_to_a_key_to_another_to_plain(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    with practice.log() as log:
        reference = consult_of(log, "2026-05-04T10:00:00-06:00")
        log.record_access("consult", at="2026-05-04T10:00:00-06:00", actor="x", reference=reference)
        head = log.head()
        waiting = [post.id for post in log.due(9e9, 10)]
    monkeypatch.setenv("CURBSIDE_DATABASE_KEY", KEY)
    said = practice.run("rekey")
    assert said.status == 0 and said.out.startswith("The log is encrypted.")
    assert [in_files(practice.database.parent, word) for word in WORDS] == [[]] * len(WORDS)
    monkeypatch.setenv("CURBSIDE_NEW_DATABASE_KEY", OTHER)
    said = practice.run("rekey")
    assert said.status == 0 and "has its new key. Set CURBSIDE_DATABASE_KEY to it" in said.out
    with pytest.raises(Encrypted):
        open_log(practice.database, key=KEY)
    monkeypatch.setenv("CURBSIDE_DATABASE_KEY", OTHER)
    assert "the one that the log has" in practice.refused("rekey")
    assert practice.run("verify").status == 0
    assert practice.run("rekey", "--decrypt").status == 0
    monkeypatch.delenv("CURBSIDE_DATABASE_KEY")
    with practice.log() as log:
        assert log.head() == head and log.check_chain() == []
        assert [one.what for one in log.accesses()] == ["consult", "rekey", "rekey", "rekey"]
        assert [post.id for post in log.due(9e9, 10)] == waiting
        assert log.search(WORDS[0])[0].consult.reference == reference
        log.queue([])
    with closing(sqlite3.connect(practice.database)) as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert len(raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()) == 16
        [(last,)] = raw.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchall()
        assert last >= max(waiting)
    assert not [
        path.name for path in practice.database.parent.iterdir() if "unfinished" in path.name or "replaced" in path.name
    ]


def test_what_rekey_refuses(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "There is no log" in practice.refused("rekey")
    practice.low()
    assert "is not encrypted. Nothing was changed." in practice.refused("rekey", "--decrypt")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert "There is no terminal to ask for the new key at" in practice.refused("rekey")
    monkeypatch.setenv("CURBSIDE_NEW_DATABASE_KEY", "short")
    assert "The new key is shorter than 16 characters" in practice.refused("rekey")
    monkeypatch.setenv("CURBSIDE_NEW_DATABASE_KEY", KEY)
    with owning(practice.database):
        assert "already runs on this database" in practice.refused("rekey")
    with practice.log() as log:
        log.consults()
        assert "is locked" in practice.refused("rekey")
    assert practice.run("rekey").status == 0
    monkeypatch.setenv("CURBSIDE_NEW_DATABASE_KEY", OTHER)
    assert "set CURBSIDE_DATABASE_KEY to the key that it has now" in practice.run("rekey").err
    monkeypatch.setenv("CURBSIDE_DATABASE_KEY", "a-key-that-does-not-fit")
    assert "does not fit it" in practice.run("rekey").err
    with pytest.raises(BadKey):
        engine.checked_key("", "It")


STAGES = ("file_heads", "stand_alone", "rewrite", "file_faults", "put_in_place", "_folder_to_disk")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_kill_in_the_midst_leaves_the_old_or_the_new(
    practice: Practice, encrypted: str, monkeypatch: pytest.MonkeyPatch, stage: str, after: bool
) -> None:
    monkeypatch.setenv("CURBSIDE_NEW_DATABASE_KEY", OTHER)

    def work() -> int:
        usual = getattr(copying, stage)

        def deadly(*given: Any, **how: Any) -> Any:
            if after:
                usual(*given, **how)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(copying, stage, deadly)
        return failures.run(lambda: curbside.main(["rekey"], prog_name="curbside", standalone_mode=False))

    assert in_a_child(work) == -signal.SIGKILL
    whole = []
    for key in (KEY, OTHER):
        try:
            with open_log(practice.database, key=key) as log:
                assert log.check_chain() == [] and log.search(WORDS[0])
                whole.append(key)
        except Encrypted:
            pass
    assert len(whole) == 1
    if whole == [KEY]:
        assert practice.run("rekey").status == 0
        monkeypatch.setenv("CURBSIDE_DATABASE_KEY", OTHER)
    else:
        monkeypatch.setenv("CURBSIDE_DATABASE_KEY", OTHER)
    assert practice.run("verify").status == 0
    assert not [path.name for path in practice.database.parent.iterdir() if "unfinished" in path.name]


def test_what_sqlcipher_sorts_does_not_go_to_a_file(practice: Practice, encrypted: str) -> None:
    """A temporary file would not be encrypted."""
    db = opening.connect(practice.database, reading=True, key=KEY)
    try:
        built = {found for (found,) in db.execute("PRAGMA compile_options").fetchall()}
    finally:
        db.close()
    assert built & {"TEMP_STORE=2", "TEMP_STORE=3"}, "2: in memory unless a file is asked for; 3: always"
