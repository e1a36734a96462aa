"""A sender at work for the tests of it: on a real log, against the tests' Slack, with short waits and a clock that can be moved.

with sending(log, slack_server):
    wait_until(all_sent(log))
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.slack.addresses import dm
from bot.slack.sender import Sender, sending_client
from bot.storage import Log, Post

from .making import section
from .server import Message, SlackServer

PAGE, QUESTION, CARD, COSMETIC = 0, 1, 2, 3


class Clock:
    """The time of day, `ahead` of the real one by some seconds."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.ahead = ahead

    def __call__(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.ahead


def client_of(server: SlackServer, timeout: int = 10) -> WebClient:
    """The client with which the program sends."""
    return sending_client(server.workspace.app.bot_token, server.api_url, timeout)


@contextmanager
def sending(log: Log, server: SlackServer, *, timeout: int = 10, settle: float = 0.05, **more: Any) -> Iterator[Sender]:
    """A sender at work whose waits are short."""
    more.setdefault("wait", lambda failures: 0.05)
    sender = Sender(log, client_of(server, timeout), settle=settle, **more)
    sender.start()
    try:
        yield sender
    finally:
        sender.stop()


def post(text: str, user: str, priority: int = QUESTION, *, slot: str | None = None, under: str | None = None) -> Post:
    """A post in somebody's direct message; `under`: the slot of the thread in which it stands."""
    body: dict[str, Any] = {"channel": {"slot": dm(user)}, "text": text, "blocks": [section(text)]}
    if under is not None:
        body["thread_ts"] = {"slot": under}
    return Post(lane=dm(user), method="chat.postMessage", body=body, priority=priority, slot=slot)


def edit(text: str, user: str, slot: str, *, priority: int = COSMETIC, coalesce: str | None = "e") -> Post:
    """An edit of what stands in a slot."""
    body = {"channel": {"slot": dm(user)}, "ts": {"slot": slot}, "text": text}
    return Post(lane=dm(user), method="chat.update", body=body, priority=priority, coalesce=coalesce)


def line_for_one(text: str, user: str) -> Post:
    """What only one person sees, and Slack forgets."""
    body = {"channel": {"slot": dm(user)}, "user": user, "text": text}
    return Post(lane=dm(user), method="chat.postEphemeral", body=body, priority=QUESTION)


def card(text: str, channel: str, priority: int = CARD) -> Post:
    """A card in a channel."""
    body = {"channel": channel, "text": text, "blocks": [section(text)]}
    return Post(lane=channel, method="chat.postMessage", body=body, priority=priority)


def all_sent(log: Log) -> Callable[[], bool]:
    """Whether nothing is left to be sent."""
    return lambda: not set(log.outbox_counts()) & {"waiting", "sending", "in_doubt"}


def a_moment() -> None:
    """Long enough for the sender to do what it must not do."""
    time.sleep(0.1)


def said(messages: Sequence[Message]) -> list[str]:
    """What they say."""
    return [message.text for message in messages]


def journal(caplog: pytest.LogCaptureFixture, event: str) -> list[dict[str, Any]]:
    """The journal's lines about that."""
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "curbside"]
    return [line for line in lines if line["event"] == event]


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The journal, kept from its least lines on."""
    caplog.set_level(logging.INFO, logger="curbside")
    return caplog
