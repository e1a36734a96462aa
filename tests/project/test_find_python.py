"""The Makefile's search for a Python: which one it takes, and what it says when none will do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What a Python lacks, as code that makes this one lack it too, and what the newcomer is then told.
LACKS = {
    "an old Python": ("sys.version_info = (3, 9, 18)", "version 3.9, and Curbside needs 3.11 or newer"),
    "no venv": ("sys.modules['venv'] = None", "sudo apt install python3."),
    "no ensurepip": ("sys.modules['ensurepip'] = None", "can't make virtual environments"),
    "no sqlite3": ("sys.modules['sqlite3'] = None", "it has no SQLite"),
    "an old SQLite": (
        "import sqlite3; sqlite3.sqlite_version_info = (3, 31, 1); sqlite3.sqlite_version = '3.31.1'",
        "its SQLite is version 3.31.1, and the log needs 3.37 or newer",
    ),
    "no FTS5": (
        "import sqlite3\n"
        "class Bare(sqlite3.Connection):\n"
        "    def execute(self, *_): raise sqlite3.OperationalError('no such module: fts5')\n"
        "usual = sqlite3.connect\n"
        "sqlite3.connect = lambda path: usual(path, factory=Bare)",
        "built without full-text search (FTS5)",
    ),
}


def put_python(folder: Path, name: str, lacking: str = "") -> Path:
    """A program in `folder` that stands for a Python, which runs `lacking` before anything else."""
    start = folder / f"{name}-start"
    start.mkdir(parents=True)
    program = folder / name
    lines = ["import sys", f"sys.executable = {str(program)!r}", lacking]
    (start / "sitecustomize.py").write_text("\n".join(lines), encoding="utf-8")
    program.write_text(f'#!/bin/sh\nPYTHONPATH={start} exec {sys.executable} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return program


def find_python(folder: Path, more: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the search where only `folder` has Pythons, beside the shell's own tools."""
    for tool in ("sh", "dirname", "sed"):
        found = shutil.which(tool)
        assert found
        (folder / tool).symlink_to(found)
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHON", "PATH")}
    return subprocess.run(
        [ROOT / "tools" / "find-python"],
        env=environment | {"PATH": str(folder)} | dict(more or {}),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("lack", LACKS)
def test_what_is_missing_is_named(lack: str, tmp_path: Path) -> None:
    code, told = LACKS[lack]
    put_python(tmp_path, "python3", code)
    done = find_python(tmp_path)
    assert done.returncode == 1
    assert told in done.stderr
    assert "apt install python3" in done.stderr
    assert done.stdout == "" and "Traceback" not in done.stderr


def test_a_machine_without_python_is_told_how_to_get_one(tmp_path: Path) -> None:
    done = find_python(tmp_path)
    assert done.returncode == 1
    assert "No Python was found on this machine." in done.stderr


def test_a_newer_one_is_found_behind_an_old_one(tmp_path: Path) -> None:
    put_python(tmp_path, "python3", LACKS["an old Python"][0])
    newer = put_python(tmp_path, "python3.12")
    done = find_python(tmp_path)
    assert (done.returncode, done.stdout) == (0, f"{newer}\n")


def test_a_name_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    broken = tmp_path / "python3"
    broken.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    broken.chmod(0o755)
    good = put_python(tmp_path, "python3.11")
    assert find_python(tmp_path).stdout == f"{good}\n"


def test_the_one_that_is_named_is_the_only_one_tried(tmp_path: Path) -> None:
    put_python(tmp_path, "python3")
    done = find_python(tmp_path, {"PYTHON": str(tmp_path / "nowhere")})
    assert done.returncode == 1
    assert "nowhere can't be run" in done.stderr
