"""A clinician at a terminal, with a log of their own: the command runs as a process, as it does for a person."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.desk import kept
from bot.storage import ConsultRow, StoredEvent, open_log
from flows.consult import Consult

ROOT = Path(__file__).parents[2]
CLINICIAN = "clinician-one"
CURBSIDE = [sys.executable, "-c", "from bot.cli import main; main()"]


@dataclass(frozen=True)
class Office:
    """Where a clinician works: a folder with a log, and the command. What is in the log is read by the storage alone."""

    folder: Path

    @property
    def database(self) -> Path:
        """The log's place."""
        return self.folder / "log.db"

    def environment(self, **more: str) -> Mapping[str, str]:
        """What the command sees."""
        kept_from_here = {
            key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")
        }
        mine = {
            "CURBSIDE_DATABASE": str(self.database),
            "CURBSIDE_CLINICIAN": CLINICIAN,
            "PYTHONPATH": str(ROOT),
            "TERM": "xterm-256color",
        }
        return {**kept_from_here, **mine, **more}

    def say(self, typed: str | bytes, *words: str, clinician: str = CLINICIAN) -> subprocess.CompletedProcess[str]:
        """`curbside try` with all of this on its standard input."""
        done = subprocess.run(
            [*CURBSIDE, "try", *words],
            input=typed if isinstance(typed, bytes) else typed.encode(),
            env=self.environment(CURBSIDE_CLINICIAN=clinician),
            cwd=self.folder,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def rows(self) -> list[ConsultRow]:
        """The consults in the log, the last begun first."""
        with open_log(self.database, create=False) as log:
            assert log.check_chain() == []
            return log.consults()

    def last(self) -> Consult:
        """The consult that was begun last."""
        return kept(self.rows()[0]).consult

    def events(self) -> list[StoredEvent]:
        """The events of the consult that was begun last."""
        with open_log(self.database, create=False) as log:
            return log.events(self.rows()[0].reference)

    def kinds(self) -> list[str]:
        """What happened in the consult that was begun last."""
        return [event.kind for event in self.events()]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A clinician who has no log yet."""
    return Office(tmp_path)


def given(consult: Consult, *keys: str) -> list[Any]:
    """What was answered to these questions."""
    return [consult.given.get(key) for key in keys]
