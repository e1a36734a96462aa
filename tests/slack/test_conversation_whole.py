"""The first consult of somebody whom the program does not know yet, and the second one, which asks for less."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.machine import CLOSED, DECIDED

from ..flows.making import THREAT
from .clinician_at_work import AtWork, decides, once
from .harness import Program, program
from .server import Person, SlackServer

ABOUT_ME = {"jurisdiction": "CO", "profession": "psychologist"}


@pytest.fixture
def running(slack_server: SlackServer, robin: Person, tmp_path: Path) -> Iterator[Program]:
    with program(slack_server, tmp_path) as one:
        yield one


def test_place_and_profession_are_asked_once_and_then_confirmed_by_going_on(running: Program, robin: Person) -> None:
    first = AtWork(running, robin).begins()
    assert first.consult.state == "about_you"
    first.walks({**THREAT, **ABOUT_ME})
    first.tap("confirm")
    decides(first)
    assert first.consult.state == DECIDED
    second = AtWork(running, robin).begins()
    assert second.reference != first.reference and second.consult.state == "concern"
    assert "Colorado" in second.now().words and "Psychologist" in second.now().words
    second.walks(THREAT)
    second.tap("confirm")
    decides(second)
    assert (second.answers, len(second.screens)) <= (14, 9) and second.taps <= 20
    once(second.thread())


def test_two_consults_go_on_side_by_side(running: Program, robin: Person) -> None:
    one = AtWork(running, robin).begins("CO").walks({**THREAT, **ABOUT_ME}, "threat")
    two = AtWork(running, robin).begins("TX").walks({**THREAT, **ABOUT_ME, "jurisdiction": "TX"}, "target")
    one.walks(THREAT)
    two.tap("pause")
    one.tap("confirm")
    decides(one)
    assert (one.consult.state, two.consult.state) == (DECIDED, "paused")
    assert one.consult.facts["jurisdiction"] == "CO" and two.consult.facts["jurisdiction"] == "TX"
    robin.command("/consult", f"resume {two.reference}")
    running.quiet()
    assert two.consult.state == "target"
    for option in ("warn_victim", "notify_law_enforcement"):
        one.tap(f"step:{option}:done")
    one.tap("close")
    assert one.consult.state == CLOSED and two.consult.state == "target"
    assert not {message.ts for message in one.thread()} & {message.ts for message in two.thread()}
