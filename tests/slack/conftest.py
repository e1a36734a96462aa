"""A Slack of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
