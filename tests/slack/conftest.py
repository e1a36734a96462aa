"""A Slack of its own for each test."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.storage import Log, open_log

from .clinician_at_work import AtWork, remember
from .harness import Program, program
from .server import Person, SlackServer


@pytest.fixture
def slack_server() -> Iterator[SlackServer]:
    """A server on free loopback ports; the test fails when the program did what Slack would refuse."""
    with SlackServer() as server:
        yield server
    assert server.failures == []


@pytest.fixture
def robin(slack_server: SlackServer) -> Person:
    """A clinician."""
    return slack_server.clinician("Robin Invented")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """An empty log, for a test that runs no whole program."""
    with open_log(tmp_path / "log.db") as opened:
        yield opened


@pytest.fixture
def running(slack_server: SlackServer, tmp_path: Path, robin: Person) -> Iterator[Program]:
    """The whole program, which has met the clinician before."""
    with program(slack_server, tmp_path) as one:
        remember(one.log, robin, "CO")
        yield one


@pytest.fixture
def work(running: Program, robin: Person) -> AtWork:
    """The clinician with a consult that has just begun."""
    return AtWork(running, robin).begins()


@pytest.fixture(scope="module")
def unmoved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtWork]:
    """A clinician with a consult that has just begun: one for all tests of a file in which nothing may change it."""
    with SlackServer() as server:
        person = server.clinician("Robin Invented")
        with program(server, tmp_path_factory.mktemp("unmoved")) as one:
            remember(one.log, person, "CO")
            yield AtWork(one, person).begins()
    assert server.failures == []


@pytest.fixture
def journal(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """The journal, kept from its least lines on; `journal_lines` reads it."""
    logger = logging.getLogger("curbside")
    before, logger.propagate = logger.propagate, True
    with caplog.at_level(logging.INFO, "curbside"):
        yield caplog
    logger.propagate = before
