"""A log that may not be written or read, and one for which there is no room: nothing is half written."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

import pytest

from bot.storage import DiskFull, StaleRevision, open_log, opening, writer

from .making import ROOT, answer, begin, event, python, row


def make(path: Path) -> None:
    with open_log(path) as log:
        begin(log, "C-00001")


SHOW_ERROR = """
import sys
from bot.storage import LogError, open_log
from tests.storage.making import answer
try:
    with open_log(sys.argv[1]) as log:
        print("read", log.consult("C-00001").revision)
        print("revision", answer(log, "C-00001", 1, n=1))
except LogError as error:
    print(type(error).__name__, error)
"""


def without_roots_rights() -> None:
    """Give up what lets root read and write past permissions: CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH."""
    if os.geteuid() == 0 and sys.platform == "linux":
        libc = ctypes.CDLL(None)
        for right in (1, 2):
            libc.prctl(24, right, 0, 0, 0)  # PR_CAPBSET_DROP: gone once the process becomes another program


def said_by_an_ordinary_user(path: Path) -> list[str]:
    process = python(SHOW_ERROR, path, cwd=ROOT, preexec_fn=without_roots_rights)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    return output.splitlines()


@pytest.mark.skipif(os.name != "posix", reason="permissions of this kind are POSIX's")
@pytest.mark.parametrize(
    ("file_mode", "folder_mode", "reads", "error", "words"),
    [
        (0o400, 0o700, True, "ReadOnly", "is read-only"),
        (0o400, 0o500, False, "ReadOnly", "is read-only"),
        (0o600, 0o500, False, "ReadOnly", "is read-only"),
        (0o000, 0o700, False, "CannotOpen", "you may not read the file"),
        (0o600, 0o000, False, "CannotOpen", "permission denied"),
    ],
)
def test_a_log_that_may_not_be_written_or_read(
    tmp_path: Path, file_mode: int, folder_mode: int, reads: bool, error: str, words: str
) -> None:
    path = tmp_path / "kept" / "log.db"
    make(path)
    path.chmod(file_mode)
    path.parent.chmod(folder_mode)
    try:
        said = said_by_an_ordinary_user(path)
    finally:
        path.parent.chmod(0o700)
        path.chmod(0o600)
    assert said[:-1] == (["read 1"] if reads else [])
    assert said[-1].startswith(error)
    assert words in said[-1]
    with open_log(path) as log:
        assert log.consult("C-00001").revision == 1, "nothing was written"


def test_a_folder_that_may_not_be_made(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        said = said_by_an_ordinary_user(tmp_path / "new" / "log.db")
    finally:
        tmp_path.chmod(0o700)
    assert len(said) == 1
    assert said[0].startswith("CannotOpen")
    assert "permission denied" in said[0]


FILL = """
import resource, sys
from bot.storage import LogError, open_log
from tests.storage.making import answer, begin
resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
with open_log(sys.argv[1]) as log:
    revision = begin(log, "C-00001")
    try:
        while True:
            revision = answer(log, "C-00001", revision, text="x" * 5000)
            print(revision)
    except LogError as error:
        print(type(error).__name__, error)
"""


def test_a_limit_on_the_size_of_files_is_no_room(path: Path) -> None:
    process = python(FILL, path, cwd=ROOT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    *written, said = output.splitlines()
    assert said.startswith("DiskFull There is no room")
    assert "This step was not kept" in said
    with open_log(path) as log:
        assert log.consult("C-00001").revision == int(written[-1])
        assert log.check_chain() == []
        answer(log, "C-00001", int(written[-1]), text="room again")


def test_a_limit_too_small_for_a_new_log(path: Path) -> None:
    process = python(FILL.replace("500_000", "9_000"), path, cwd=ROOT)
    output, errors = process.communicate(timeout=60)
    assert "DiskFull" in output + errors
    make(path)


def test_a_full_database_refuses_the_step_and_goes_on_when_there_is_room(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def small(path: Path, *, reading: bool, key: str | None) -> object:
        db = opening.connect(path, reading=reading, key=key)
        db.execute("PRAGMA max_page_count = 60")
        return db

    monkeypatch.setattr(writer, "connect", small)
    with open_log(path) as log:
        begin(log, "C-00001")
        futures = [
            log.submit(f"C-1{n:04}", [event(text="x" * size)], row(f"C-1{n:04}"), expected_revision=0)
            for n, size in enumerate([10, 900_000, 10, 900_000, 10])
        ]
        assert [type(future.exception()) for future in futures] == [
            type(None),
            DiskFull,
            type(None),
            DiskFull,
            type(None),
        ]
        assert len(log.consults()) == 4
        assert log.check_chain() == []
        assert answer(log, "C-00001", 1, n=1) == 2
        with pytest.raises(StaleRevision):
            answer(log, "C-00001", 1, n=1)
