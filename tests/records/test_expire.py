"""Unfinished consults end by themselves only where nobody can be forgotten by it."""

from __future__ import annotations

import pytest

from bot.desk import Desk, Kept
from bot.storage import Log
from flows.consult import Consult
from tests.commands.conftest import CLINICIAN, Practice
from tests.flows.making import COLORADO

OLD = "2020-03-01T12:00:00-07:00"


def begun(log: Log, at: str = OLD) -> Kept:
    desk = Desk(log, CLINICIAN, clock=lambda: at)
    return desk.take(desk.start(), Consult.answer, {**COLORADO, "setting": []})


@pytest.fixture
def practice_that_expires(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Practice:
    monkeypatch.setenv("CURBSIDE_EXPIRE_AFTER", "14 days")
    return practice


def test_what_lay_long_enough_is_ended_and_says_why(practice_that_expires: Practice) -> None:
    practice = practice_that_expires
    with practice.log() as log:
        old, paused = begun(log).reference, begun(log)
        Desk(log, CLINICIAN, clock=lambda: OLD).take(paused, Consult.pause)
    young = practice.begun().reference
    before = practice.written()
    said = practice.run("expire", "--dry-run")
    assert said.status == 0 and said.out.endswith("2 consults would be ended.\n") and young not in said.out
    assert practice.written() == before
    said = practice.run("expire")
    assert f"{old}  last worked on 2020-03-01, by {CLINICIAN}  ended" in said.out and "2 consults ended." in said.out
    for reference in (old, paused.reference):
        consult = practice.stored(reference)
        assert (consult.status, consult.ended_because) == ("cancelled", "Expired: nothing was done for 14 days.")
    assert practice.stored(young).status == "asking"
    assert practice.run("expire").out == "0 consults ended.\n"
    assert practice.run("verify").status == 0


def test_what_somebody_must_look_at_stays(practice_that_expires: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    practice = practice_that_expires
    with practice.log() as log:
        danger, held = begun(log), begun(log).reference
        Desk(log, CLINICIAN, clock=lambda: OLD).say_danger(danger)
    practice.run("hold", held, "--reason", "Records request")
    with monkeypatch.context() as patched:
        patched.setattr("bot.desk.now", lambda: OLD)
        patched.setattr(Desk, "__init__", lambda self, log, who, **_: _made(self, log, who))
        result, decided = practice.consult(), practice.low()
    said = practice.run("expire")
    for reference, why in (
        (danger.reference, "danger was said"),
        (held, "legal hold"),
        (result, "a result and no decision"),
    ):
        assert any(line.startswith(reference) and why in line for line in said.out.splitlines()), said.out
    assert decided not in said.out and said.out.endswith("0 consults ended.\n")


def _made(desk: Desk, log: Log, who: str) -> None:
    """A desk whose clock stands still."""
    for name, value in {"log": log, "clinician": who, "clock": lambda: OLD, "announce": lambda *_: ()}.items():
        object.__setattr__(desk, name, value)


def test_without_a_setting_none_expires(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    practice.begun()
    assert "CURBSIDE_EXPIRE_AFTER is not set, so no consult expires" in practice.refused("expire")
    monkeypatch.setenv("CURBSIDE_EXPIRE_AFTER", "soon")
    assert "CURBSIDE_EXPIRE_AFTER: 'soon' is no time" in practice.refused("expire")
