"""The connection of Socket Mode: small answers at once, opened anew when it breaks off, and no harm from what comes over it."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from slack_bolt import Ack, App
from slack_sdk.errors import SlackApiError

from bot.slack.journal import LOGGER, to_stream
from bot.slack.sender import sending_client
from bot.slack.socket import Socket

from . import making
from .server import SlackServer, refuses, wait_until

Journal = Callable[[], list[dict[str, object]]]


@pytest.fixture
def journal() -> Iterator[Journal]:
    """What the journal says, line by line."""
    stream = io.StringIO()
    handler = to_stream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    LOGGER.removeHandler(handler)


def socket_of(server: SlackServer, app: App) -> Socket:
    client = sending_client(server.workspace.app.bot_token, server.api_url)
    return Socket(app, server.workspace.app.app_token, client)


@contextmanager
def connected(server: SlackServer, app: App | None = None) -> Iterator[Socket]:
    """A program that acknowledges whatever comes, or this one, and its connection."""
    way = socket_of(server, app or acknowledging(server))
    way.start()
    try:
        wait_until(lambda: server.connected)
        yield way
    finally:
        way.stop()


def acknowledging(server: SlackServer, during: Callable[[], object] = lambda: None) -> App:
    app = making.program(server)

    def begin(ack: Ack) -> None:
        during()
        ack("Begun")

    app.command("/consult")(begin)
    return app


def test_small_answers_are_sent_at_once(slack_server: SlackServer) -> None:
    """Without TCP_NODELAY an answer waits for the acknowledgement of the one before: 44 ms were measured."""
    with connected(slack_server) as way:
        held = way._client.socket_held()
        assert held is not None and held.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_a_connection_that_ends_without_a_word_is_opened_anew_within_a_second(slack_server: SlackServer) -> None:
    with connected(slack_server) as way:
        assert way.connection == 1
        slack_server.socket.drop()
        wait_until(lambda: way.connection == 2 and slack_server.connected, 2)
        assert slack_server.clinician().command("/consult").acknowledged


def test_slack_may_ask_for_another_connection(slack_server: SlackServer, journal: Journal) -> None:
    """As it does every few hours: nothing is lost, since the new one is there before the old one ends."""
    with connected(slack_server) as way:
        slack_server.socket.disconnect()
        wait_until(lambda: way.connection == 2)
        assert slack_server.clinician().command("/consult").acknowledged
        time.sleep(0.4)  # by now the old one has ended
        assert way.connection == 2 and slack_server.clinician().command("/consult").acknowledged
    assert [one["number"] for one in journal() if one["event"] == "connected"] == [1, 2]


def test_while_slack_is_away_it_is_tried_again(slack_server: SlackServer, journal: Journal) -> None:
    with connected(slack_server) as way:
        slack_server.api.faults.order("apps.connections.open", refuses("internal_error"), times=1)
        slack_server.socket.drop()
        wait_until(lambda: not way.connection)
        wait_until(lambda: way.connection == 2, 10)
    assert [one["why"] for one in journal() if one["event"] == "not_connected"] == ["internal_error"]


def test_a_token_that_is_not_accepted_is_an_error(slack_server: SlackServer) -> None:
    way = Socket(acknowledging(slack_server), "xapp-of-somebody-else", sending_client("xoxb-x", slack_server.api_url))
    with pytest.raises(SlackApiError, match="invalid_auth"):
        way.start()
    way.stop()


FRAMES: dict[str, object] = {
    "no JSON": '{"type": "events_api", "payload": {"text": "he will hurt her"',
    "a word": "hurt",
    "a list": "[]",
    "no type": {"envelope_id": "e1", "payload": {}},
    "a type that is a number": {"envelope_id": "e1", "type": 5, "payload": {}},
    "a payload that is a list": {"envelope_id": "e1", "type": "interactive", "payload": ["hurt"]},
    "a payload that is none": {"envelope_id": "e1", "type": "interactive", "payload": None},
    "an event that is a text": {"envelope_id": "e1", "type": "events_api", "payload": {"event": "hurt"}},
    "an action that is none": {
        "envelope_id": "e1",
        "type": "interactive",
        "payload": {"type": "block_actions", "actions": [None]},
    },
}


@pytest.mark.parametrize("name", FRAMES)
def test_what_is_malformed_is_one_line_and_the_rest_goes_on(
    slack_server: SlackServer, journal: Journal, name: str
) -> None:
    frame = FRAMES[name]
    with connected(slack_server):
        wait_until(lambda: [one for one in journal() if one["event"] == "connected"])
        slack_server.socket.send_text(frame if isinstance(frame, str) else json.dumps(frame))
        wait_until(lambda: [one for one in journal() if one["event"] == "malformed"])
        assert slack_server.clinician().command("/consult").acknowledged
        assert slack_server.socket.acknowledgements[0].envelope != "e1"
    [line] = [one for one in journal() if one["event"] == "malformed"]
    assert "hurt" not in str(line) and "left_out" not in str(line)


def test_what_is_large_arrives(slack_server: SlackServer) -> None:
    """The library calls itself for each piece that it reads: of a kilobyte, its usual size, a megabyte has too many."""
    with connected(slack_server):
        assert slack_server.clinician().command("/consult", "x" * 1_500_000).acknowledged


def test_an_empty_frame_is_passed_over(slack_server: SlackServer) -> None:
    with connected(slack_server):
        slack_server.socket.send_text("")
        assert slack_server.clinician().command("/consult").acknowledged


def test_what_is_being_worked_on_is_acknowledged_before_the_end(slack_server: SlackServer) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def during() -> None:
        begun.set()
        go_on.wait(5)

    with connected(slack_server, acknowledging(slack_server, during)) as way:
        delivery = slack_server.clinician().command("/consult", wait=False)
        assert begun.wait(5)
        stopping = threading.Thread(target=way.stop)
        stopping.start()
        time.sleep(0.1)
        go_on.set()
        stopping.join()
        assert delivery.finished.wait(5) and delivery.acknowledged


def test_what_does_not_end_does_not_hold_up_the_end(slack_server: SlackServer) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def during() -> None:
        begun.set()
        go_on.wait(10)

    with connected(slack_server, acknowledging(slack_server, during)) as way:
        slack_server.clinician().command("/consult", wait=False)
        assert begun.wait(5)
        before = time.monotonic()
        way.stop()
        assert time.monotonic() - before < 2
        go_on.set()


def test_it_closes_at_once(slack_server: SlackServer) -> None:
    """The library's own way of closing waits up to three seconds for something to read."""
    with connected(slack_server) as way:
        time.sleep(0.3)  # it reads by now
        before = time.monotonic()
        way.stop()
        assert time.monotonic() - before < 0.5
        wait_until(lambda: not slack_server.connected)
