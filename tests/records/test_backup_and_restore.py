"""A backup of a log at work, and back: whole or not at all, and never over something that is needed."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot import failures
from bot.cli import curbside
from bot.records import copies
from bot.slack.owner import owning
from bot.storage import Post, copying, open_log
from tests.commands.conftest import Practice
from tests.records.test_purge import in_a_child
from tests.storage.making import answer, begin
from tests.storage.test_tampering import without_triggers


@pytest.fixture
def safe(tmp_path: Path) -> Path:
    """A folder for backups."""
    folder = tmp_path / "safe"
    folder.mkdir()
    return folder


def heads(database: Path) -> list[Any]:
    with open_log(database) as log:
        assert log.check_chain() == []
        return [log.head(), log.consults(), log.search("threat")]


def test_there_and_back(practice: Practice, safe: Path) -> None:
    practice.decided()
    practice.begun()
    before = heads(practice.database)
    said = practice.run("backup", str(safe / "one.db"))
    assert said.status == 0 and said.out.endswith("Verified after writing.\n")
    assert [path.name for path in safe.iterdir()] == ["one.db"], "nothing else is left there"
    assert stat.S_IMODE((safe / "one.db").stat().st_mode) == 0o600
    practice.database.unlink()
    said = practice.run("restore", str(safe / "one.db"))
    assert said.status == 0 and "Restored from" in said.out and "is kept as" not in said.out
    assert heads(practice.database) == before
    with practice.log() as log:
        assert [(one.what, sorted(one.detail)) for one in log.accesses()] == [("backup", ["to"]), ("restore", ["from"])]
    with closing(sqlite3.connect(practice.database)) as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert stat.S_IMODE(practice.database.stat().st_mode) == 0o600


def test_while_it_is_written_to(tmp_path: Path, safe: Path) -> None:
    """Ten backups while another thread never stops writing: each is whole, and is of one moment."""
    stop, numbers = threading.Event(), []
    with open_log(tmp_path / "log.db") as log:

        def write() -> None:
            for n in range(100_000):
                if stop.is_set():
                    return
                begin(log, f"C-{n:05}", words="a few words " * 20)
                answer(log, f"C-{n:05}", 1, text="x" * 2000)

        writing = threading.Thread(target=write)
        writing.start()
        try:
            for n in range(10):
                seen: list[tuple[int, int]] = []

                def show(left: int, pages: int, seen: list[tuple[int, int]] = seen) -> None:
                    seen.append((left, pages))

                # These events are no flow's, so that only the chain can be verified, which is done below.
                done = copies.back_up(
                    log, safe / f"{n}.db", None, database=tmp_path / "log.db", altered=True, progress=show
                )
                assert seen[-1][0] == 0
                numbers.append(done.head.number)
        finally:
            stop.set()
            writing.join()
        for n, number in enumerate(numbers):
            with open_log(safe / f"{n}.db") as copy:
                assert copy.check_chain() == []
                assert copy.head().number == number
    assert numbers == sorted(set(numbers)), "it was written to meanwhile"


def test_nothing_is_overwritten_without_a_word(practice: Practice, safe: Path) -> None:
    practice.low()
    target = safe / "one.db"
    target.write_text("something else")
    assert f"{target} exists. Name another file, or replace it with --force." in practice.refused("backup", str(target))
    assert target.read_text() == "something else"
    assert practice.run("backup", "--force", str(target)).status == 0
    assert "There is a log at" in practice.refused("restore", str(target))


def test_the_log_that_was_there_is_kept(practice: Practice, safe: Path) -> None:
    practice.low()
    practice.run("backup", str(safe / "one.db"))
    backed_up = heads(practice.database)
    practice.low()
    newer = heads(practice.database)
    said = practice.run("restore", "--force", str(safe / "one.db"))
    assert said.status == 0
    kept = re.search(r"which had (\d+) events, is kept as (\S+)\. Delete", said.out)
    assert kept and int(kept[1]) == newer[0].number
    assert heads(Path(kept[2])) == newer
    assert heads(practice.database) == backed_up


WRONG_TARGETS = {
    "a folder": (".", "is a folder; name a file in it"),
    "no such folder": ("nowhere/one.db", "There is no folder"),
    "a device": ("/dev/null", "is not an ordinary file"),
    "the log itself": ("log.db", "log.db is the log itself. Name another file."),
}


@pytest.mark.parametrize("case", WRONG_TARGETS)
def test_a_target_that_will_not_do(practice: Practice, case: str) -> None:
    practice.low()
    target, expected = WRONG_TARGETS[case]
    for force in ([], ["--force"]):
        assert expected in practice.refused("backup", target, *force)
    with practice.log() as log:
        assert log.accesses() == [], "where there is no backup, none is recorded"


def test_the_log_by_another_name_is_the_log_itself(practice: Practice, safe: Path) -> None:
    """Else a program that is at work would go on writing into a file that nobody finds any more."""
    practice.low()
    (safe / "link.db").symlink_to(practice.database)
    os.link(practice.database, safe / "hard.db")
    before = practice.database.stat().st_ino
    for name in ("link.db", "hard.db"):
        assert "is the log itself" in practice.refused("backup", "--force", str(safe / name))
    assert practice.database.stat().st_ino == before


def test_a_folder_that_takes_no_writing(practice: Practice, safe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    practice.low()

    def denied(path: Any, *more: Any) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", denied)
        said = practice.run("backup", str(safe / "one.db"))
    assert said.status == 2 and "permission denied" in said.err and said.err.count("\n") == 1
    assert list(safe.iterdir()) == []


def no_file(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def some_text(path: Path) -> None:
    path.write_text("hello " * 1000)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_a_little(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5000])


def of_another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE recipes (name TEXT)")


def from_a_newer_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as later, later:
        later.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('curbside_log', 'm099_later', '2031-01-01')"
        )


BAD_BACKUPS: dict[Callable[[Path], None], str] = {
    no_file: "There is no file",
    emptied: "is empty",
    some_text: "it is no Curbside log",
    cut_short: "it is damaged, or was cut short",
    cut_a_little: "it is damaged, or was cut short",
    of_another_program: "it is no Curbside log",
    from_a_newer_version: "written by a newer Curbside",
}


@pytest.mark.parametrize("wrong", BAD_BACKUPS, ids=lambda wrong: wrong.__name__)
def test_a_backup_that_can_not_be_restored_changes_nothing(
    practice: Practice, safe: Path, wrong: Callable[[Path], None]
) -> None:
    practice.low()
    practice.run("backup", str(safe / "one.db"))
    wrong(safe / "one.db")
    before = heads(practice.database)
    assert BAD_BACKUPS[wrong] in practice.refused("restore", "--force", str(safe / "one.db"))
    assert heads(practice.database) == before
    assert not [
        path.name for path in practice.database.parent.iterdir() if "replaced" in path.name or "unf" in path.name
    ]


def alter(database: Path) -> None:
    with closing(sqlite3.connect(database)) as raw, raw, without_triggers(raw):
        raw.execute("UPDATE events SET actor = 'somebody' WHERE id = 2")


def test_an_altered_log_or_backup_is_said_with_status_1(practice: Practice, safe: Path) -> None:
    practice.low()
    practice.run("backup", str(safe / "good.db"))
    good = heads(practice.database)
    alter(practice.database)
    said = practice.run("backup", str(safe / "bad.db"))
    assert said.status == 1 and "event 2 of" in said.err and "No backup was made" in said.err
    assert [path.name for path in safe.iterdir()] == ["good.db"]
    assert practice.run("backup", "--even-if-altered", str(safe / "bad.db")).status == 1
    said = practice.run("restore", "--force", str(safe / "bad.db"))
    assert said.status == 1 and "Nothing was restored" in said.err
    assert practice.run("restore", "--force", str(safe / "good.db")).status == 0
    assert heads(practice.database) == good
    assert practice.run("restore", "--force", "--even-if-altered", str(safe / "bad.db")).status == 1
    assert practice.run("verify").status == 1


def test_a_damaged_log_is_replaced_and_kept(practice: Practice, safe: Path) -> None:
    practice.low()
    practice.run("backup", str(safe / "one.db"))
    good = heads(practice.database)
    damaged = bytearray(practice.database.read_bytes())
    damaged[100:20000] = b"\xee" * 19900
    practice.database.write_bytes(damaged)
    practice.database.with_name("log.db-wal").write_bytes(b"\xee" * 5000)
    assert practice.run("restore", "--force", str(safe / "one.db")).status == 0
    assert heads(practice.database) == good
    [kept] = [
        path for path in practice.database.parent.glob("log.db.replaced-*") if path.name[-4:] not in ("-wal", "-shm")
    ]
    assert kept.read_bytes() == damaged


def test_a_running_program_keeps_its_log(practice: Practice, safe: Path) -> None:
    practice.low()
    practice.run("backup", str(safe / "one.db"))
    with owning(practice.database):
        assert "already runs on this database" in practice.refused("restore", "--force", str(safe / "one.db"))
        assert practice.run("backup", str(safe / "two.db")).status == 0
    with practice.log() as log:  # a command at work, which owns nothing
        log.consults()
        assert "is locked" in practice.refused("restore", "--force", str(safe / "one.db"))


def test_what_waits_to_be_sent_is_looked_up_first(practice: Practice, safe: Path) -> None:
    """It may have been sent after the backup was made; and no new post takes the number of one sent since."""
    practice.low()
    with practice.log() as log:
        log.queue([Post(lane="dm:U1", method="chat.postMessage", body={"text": "x"}, priority=1)])
        [waiting] = log.due(9e9, 10)
    practice.run("backup", str(safe / "one.db"))
    practice.run("restore", "--force", str(safe / "one.db"))
    with practice.log() as log:
        assert [(post.id, post.state) for post in log.due(9e9, 10)] == [(waiting.id, "in_doubt")]
        log.queue([Post(lane="dm:U2", method="chat.postMessage", body={"text": "y"}, priority=1)])
        assert log.due(9e9, 10)[-1].id > waiting.id + 100_000


STAGES = (
    "copy",
    "file_faults",
    "file_heads",
    "forget_what_was_sent",
    "stand_alone",
    "put_in_place",
    "_keep",
    "_folder_to_disk",
)


def killed_at(stage: str, after: bool, *words: str) -> int:
    """The command in a process that is killed before or after this part of the work; its exit status."""

    def work() -> int:
        usual = getattr(copying, stage)

        def deadly(*given: Any, **how: Any) -> Any:
            if after:
                usual(*given, **how)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(copying, stage, deadly)
        return failures.run(lambda: curbside.main(list(words), prog_name="curbside", standalone_mode=False))

    return in_a_child(work)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_kill_in_the_midst_leaves_the_old_or_the_new(practice: Practice, safe: Path, stage: str, after: bool) -> None:
    practice.low()
    old = safe / "one.db"
    assert practice.run("backup", str(old)).status == 0
    of_backup = heads(old)
    practice.low()
    killed_at(stage, after, "backup", "--force", str(old))
    assert heads(old) in (of_backup, heads(practice.database))
    of_log = heads(practice.database)
    of_backup = heads(old)
    killed_at(stage, after, "restore", "--force", str(old))
    assert heads(practice.database) in (of_backup, of_log)
    # The next run writes over what was left half-written, and leaves nothing.
    assert practice.run("backup", "--force", str(old)).status == 0
    assert practice.run("restore", "--force", str(old)).status == 0
    assert [path.name for path in safe.iterdir() if "unfinished" in path.name] == []
    assert [path for path in practice.database.parent.iterdir() if "unfinished" in path.name] == []
