"""Whole consults in Slack, from the command to the logged decision, tap by tap through the tests' own Slack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.machine import RESULT

from ..flows.making import THREAT
from .clinician_at_work import AtWork
from .harness import Program, program
from .server import Person, SlackServer


@pytest.fixture
def robin(slack_server: SlackServer) -> Person:
    return slack_server.clinician("Robin Invented")


@pytest.fixture
def running(slack_server: SlackServer, robin: Person, tmp_path: Path) -> Iterator[Program]:
    with program(slack_server, tmp_path) as one:
        yield one


@pytest.fixture
def work(running: Program, robin: Person) -> AtWork:
    return AtWork(running, robin)


def test_a_first_consult_asks_for_place_and_profession(work: AtWork) -> None:
    work.begins()
    assert work.consult.state == "about_you"
    work.walks({**THREAT, "jurisdiction": "CO", "profession": "psychologist"})
    work.tap("confirm")
    assert work.consult.state == RESULT
