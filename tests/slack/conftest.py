"""A Slack of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.storage import Log, open_log

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
