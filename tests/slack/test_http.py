"""What comes in over HTTP: nothing is parsed that Slack did not sign, nothing gives a 500, and nothing changes."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from bot.slack.running import Running, running
from bot.slack.settings import SlackSettings, read_slack_settings
from bot.slack.web import Web

from .server import SlackServer
from .server.http_delivery import FORM, JSON, Reply, Request


def settings_for(server: SlackServer, folder: Path) -> SlackSettings:
    found = read_slack_settings("http", server.environment() | {"CURBSIDE_DATABASE": str(folder / "log.db")}, folder)
    return SlackSettings(**{name: getattr(found, name) for name in SlackSettings.__slots__} | {"port": 0})


@pytest.fixture
def program(slack_server: SlackServer, tmp_path: Path) -> Iterator[Running]:
    with running(settings_for(slack_server, tmp_path)) as found:
        assert isinstance(found.way, Web)
        slack_server.deliver_by("http", f"{found.way.url}/slack/events")
        yield found


def ask(program: Running, path: str, method: str = "GET", body: bytes = b"") -> tuple[int, bytes]:
    assert isinstance(program.way, Web)
    connection = HTTPConnection(urlsplit(program.way.url).netloc, timeout=5)
    try:
        connection.request(method, path, body or None)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_a_consult_begins_over_http(slack_server: SlackServer, program: Running) -> None:
    robin = slack_server.clinician()
    robin.command("/consult", "CO")
    robin.sees("Consult C-")
    assert program.healthy


def test_health_says_whether_all_is_well(program: Running) -> None:
    assert ask(program, "/healthz") == (200, b'{"ok": true}')
    assert ask(program, "/healthz", "POST", b"x")[0] == 405
    program.sender.stop()
    assert ask(program, "/healthz") == (503, b'{"ok": false}')


def test_other_addresses_are_not_there(program: Running) -> None:
    assert ask(program, "/")[0] == 404
    assert ask(program, "/slack/events/../x")[0] == 404
    assert ask(program, "/slack/events")[0] == 405
    assert ask(program, "/slack/events", "PUT", b"{}")[0] == 405


TAP = {
    "type": "block_actions",
    "user": {"id": "U1"},
    "actions": [{"action_id": "back", "block_id": "C-7F3K2:1:x", "action_ts": "1.1"}],
}
PAYLOAD = urlencode({"payload": json.dumps(TAP)}).encode()
Way = Callable[[SlackServer], Request]

HOSTILE: dict[str, tuple[Way, int]] = {
    "unsigned": (lambda server: server.http.unsigned(PAYLOAD, FORM), 401),
    "unsigned, and no JSON": (lambda server: server.http.unsigned(b"{", JSON), 401),
    "unsigned, and not UTF-8": (lambda server: server.http.unsigned(b"\xff\xfe", JSON), 401),
    "another secret": (lambda server: server.http.signed(PAYLOAD, FORM, secret="another"), 401),
    "signed six minutes ago": (lambda server: server.http.signed(PAYLOAD, FORM, at=int(time.time()) - 360), 401),
    "signed in six minutes": (lambda server: server.http.signed(PAYLOAD, FORM, at=int(time.time()) + 360), 401),
    "no JSON": (lambda server: server.http.signed(b"{", JSON), 400),
    "nothing": (lambda server: server.http.signed(b"", JSON), 400),
    "a list": (lambda server: server.http.signed(b"[]", JSON), 400),
    "very deep": (lambda server: server.http.signed(b"[" * 200_000, JSON), 400),
    "not UTF-8": (lambda server: server.http.signed(b"\xff\xfe", JSON), 400),
    "a form without a payload": (lambda server: server.http.signed(b"x=1", FORM), 400),
    "a payload that is no JSON": (lambda server: server.http.signed(b"payload=%7B", FORM), 400),
    "a payload that is a list": (lambda server: server.http.signed(b"payload=[]", FORM), 400),
    "another type": (lambda server: server.http.signed(PAYLOAD, "text/plain"), 415),
    "another charset": (lambda server: server.http.signed(PAYLOAD, f"{FORM}; charset=utf-16"), 415),
    "too large": (lambda server: server.http.signed(b"x" * 1_100_000, JSON), 413),
    "an object that is nothing": (lambda server: server.http.signed(b"{}", JSON), 404),
    "an unknown kind": (lambda server: server.http.signed(b'{"type": "something_new"}', JSON), 404),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_slacks_is_refused_and_changes_nothing(
    slack_server: SlackServer, program: Running, name: str
) -> None:
    make, status = HOSTILE[name]
    reply: Reply = slack_server.http.send(make(slack_server), timeout=5)
    assert reply.status == status and "Traceback" not in reply.text
    assert program.log.consults() == [] and slack_server.calls("chat.postMessage") == []


@pytest.mark.parametrize("stamp", ["", "yesterday", "1e9", "9" * 30, "-1", "\uff11\uff12"])
def test_a_timestamp_that_is_none_is_refused(slack_server: SlackServer, program: Running, stamp: str) -> None:
    request = slack_server.http.signed(PAYLOAD, FORM)
    request.headers["X-Slack-Request-Timestamp"] = stamp.encode().decode("latin-1")
    assert slack_server.http.send(request, timeout=5).status == 401


def test_slacks_first_question_is_answered(slack_server: SlackServer, program: Running) -> None:
    asked = slack_server.http.signed(b'{"type": "url_verification", "challenge": "invented"}', JSON)
    reply = slack_server.http.send(asked, timeout=5)
    assert reply.status == 200 and "invented" in reply.text


def test_a_request_that_is_cut_short_holds_up_nobody(slack_server: SlackServer, program: Running) -> None:
    assert isinstance(program.way, Web)
    parts = urlsplit(program.way.url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0))) as held:
        held.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{")
        robin = slack_server.clinician()
        robin.command("/consult", "help")
        robin.sees("walks you through")
