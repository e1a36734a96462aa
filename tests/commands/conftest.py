"""A log of its own for each test of the commands, and the commands as a person runs them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import failures
from bot.cli import curbside
from bot.desk import Desk, Kept
from bot.storage import Log, StoredEvent, open_log
from flows.answers import parse_answers
from flows.consult import Consult
from tests.flows.making import ANGER, COLORADO, THREAT

CLINICIAN = "clinician-one"


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What it printed in one line, however it was wrapped."""
        return " ".join(self.out.split())

    @property
    def data(self) -> Any:
        """What it printed, read as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Practice:
    """A clinician with a log: what stands in it, and the commands run on it."""

    database: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, *words: str) -> Said:
        """`curbside` with these words."""
        self.capsys.readouterr()
        status = failures.run(lambda: curbside.main(list(words), prog_name="curbside", standalone_mode=False))
        return Said(status, *self.capsys.readouterr())

    def refused(self, *words: str) -> str:
        """The line with which it is refused: exit status 2, one line, nothing printed and nothing written."""
        before = self.written()
        said = self.run(*words)
        assert (said.status, said.out) == (2, ""), said
        assert said.err.startswith("curbside: ") and said.err.count("\n") == 1
        assert self.written() == before
        return said.err

    def log(self) -> Log:
        """The log, made when there is none."""
        return open_log(self.database)

    def written(self) -> list[StoredEvent] | None:
        """Every event of every consult; None when there is no log."""
        if not self.database.exists():
            return None
        with open_log(self.database, create=False) as log:
            return [event for row in log.consults(limit=1000) for event in log.events(row.reference)]

    def consult(self, answers: Mapping[str, Any] = THREAT, **more: Any) -> str:
        """A whole consult in the log, with a decision when one is given; its reference."""
        with self.log() as log:
            whole = parse_answers({**COLORADO, **answers, **more})
            consult, written = Desk(log, CLINICIAN).submit_whole(whole, on=date(2026, 11, 25))
            written.result()
            return consult.reference

    def decided(self, **more: Any) -> str:
        """A consult in which the law requires something, decided as suggested; nothing is done yet."""
        reference = self.consult()
        with self.log() as log:
            desk = Desk(log, CLINICIAN)
            kept = desk.open(reference)
            assert kept.consult.result is not None
            steps = {one: {"state": "planned"} for one in kept.consult.result["plan"]}
            desk.take(kept, Consult.decide, {"steps": steps, **more})
        return reference

    def low(self) -> str:
        """A consult in which nothing was found and nothing is required, decided."""
        return self.consult(ANGER, decision={"steps": {}})

    def begun(self) -> Kept:
        """A consult that is at its third answer."""
        with self.log() as log:
            desk = Desk(log, CLINICIAN)
            kept = desk.take(desk.start(), Consult.answer, {**COLORADO, "setting": []})
            return desk.take(kept, Consult.answer, {"concern": "harm_to_others"})

    def stored(self, reference: str) -> Consult:
        """The consult as it stands in the log."""
        with self.log() as log:
            return Desk(log, CLINICIAN).open(reference).consult


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Practice]:
    """A clinician whose log is not made yet."""
    monkeypatch.setenv("CURBSIDE_DATABASE", str(tmp_path / "log.db"))
    monkeypatch.setenv("CURBSIDE_CLINICIAN", CLINICIAN)
    monkeypatch.chdir(tmp_path)  # a developer's .env must not matter
    yield Practice(tmp_path / "log.db", capsys)


def tomorrow() -> str:
    """A time that lies ahead."""
    return (datetime.now().astimezone() + timedelta(days=1)).isoformat(timespec="seconds")
