"""What comes in over HTTP: nothing is parsed that Slack did not sign, nothing gives a 500, and nothing changes."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from bot.slack.journal import LOGGER, to_stream
from bot.slack.running import Running, is_healthy, running
from bot.slack.settings import SlackSettings, read_slack_settings
from bot.slack.web import Web
from bot.storage import open_log

from .server import SlackServer, wait_until
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
    assert ask(program, "/healthz", "HEAD") == (200, b"")
    assert ask(program, "/healthz", "POST", b"x")[0] == 405
    program.sender.stop()
    assert ask(program, "/healthz") == (503, b'{"ok": false}')


def test_health_says_when_nothing_is_sent_any_more(slack_server: SlackServer, program: Running) -> None:
    slack_server.api.revoked = True
    slack_server.clinician().command("/consult", "help")
    wait_until(lambda: ask(program, "/healthz")[0] == 503)


@dataclass
class Sending:
    """A sender, so far as its health goes."""

    running: bool = True
    paused: bool = False


def test_it_is_healthy_while_the_database_answers(tmp_path: Path) -> None:
    with open_log(tmp_path / "log.db") as log:
        assert is_healthy(log, Sending())
        assert not is_healthy(log, Sending(running=False)) and not is_healthy(log, Sending(paused=True))
    assert not is_healthy(log, Sending())


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


def payload(server: SlackServer, content: Mapping[str, object]) -> Request:
    return server.http.signed(urlencode({"payload": json.dumps(content)}).encode(), FORM)


def with_header(server: SlackServer, name: str, value: str) -> Request:
    made = server.http.signed(PAYLOAD, FORM)
    made.headers[name] = value
    return made


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
    "null": (lambda server: server.http.signed(b"null", JSON), 400),
    "very deep": (lambda server: server.http.signed(b"[" * 200_000, JSON), 400),
    "not UTF-8": (lambda server: server.http.signed(b"\xff\xfe", JSON), 400),
    "a form without a payload": (lambda server: server.http.signed(b"x=1", FORM), 400),
    "a payload that is no JSON": (lambda server: server.http.signed(b"payload=%7B", FORM), 400),
    "a payload that is a list": (lambda server: server.http.signed(b"payload=[]", FORM), 400),
    "a payload twice": (lambda server: server.http.signed(PAYLOAD + b"&" + PAYLOAD, FORM), 400),
    "a form that begins as JSON does": (lambda server: server.http.signed(b"{&x=/consult", FORM), 400),
    "a form that is not UTF-8": (lambda server: server.http.signed(b"command=%FF%FE", FORM), 400),
    "a form of very many fields": (lambda server: server.http.signed(b"&".join([b"a=b"] * 9999), FORM), 400),
    "actions that are none": (lambda server: payload(server, TAP | {"actions": []}), 400),
    "actions that are a number": (lambda server: payload(server, TAP | {"actions": 5}), 400),
    "an action that is a text": (lambda server: payload(server, TAP | {"actions": ["back"]}), 400),
    "a person who is a number": (lambda server: payload(server, TAP | {"user": 5}), 400),
    "an event that is a text": (lambda server: server.http.signed(b'{"type":"event_callback","event":"x"}', JSON), 400),
    "a view that is none": (lambda server: payload(server, {"type": "view_submission", "view": None}), 400),
    "another encoding": (lambda server: with_header(server, "Content-Encoding", "gzip"), 415),
    "no type": (lambda server: with_header(server, "Content-Type", ""), 415),
    "another type": (lambda server: server.http.signed(PAYLOAD, "text/plain"), 415),
    "another charset": (lambda server: server.http.signed(PAYLOAD, f"{FORM}; charset=utf-16"), 415),
    "too large": (lambda server: server.http.signed(b"x" * 1_100_000, JSON), 413),
    "an object that is nothing": (lambda server: server.http.signed(b"{}", JSON), 404),
    "an unknown kind": (lambda server: server.http.signed(b'{"type": "something_new"}', JSON), 404),
}


@pytest.fixture
def journal() -> Iterator[Callable[[], list[dict[str, object]]]]:
    """What the journal says, line by line."""
    stream = io.StringIO()
    handler = to_stream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    LOGGER.removeHandler(handler)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_slacks_is_refused_and_changes_nothing(
    slack_server: SlackServer, program: Running, journal: Callable[[], list[dict[str, object]]], name: str
) -> None:
    make, status = HOSTILE[name]
    reply: Reply = slack_server.http.send(make(slack_server), timeout=5)
    assert reply.status == status and "Traceback" not in reply.text
    assert program.log.head().number == 0 and slack_server.calls("chat.postMessage") == []
    [line] = [one for one in journal() if one["event"] in ("refused_request", "malformed", "not_known")]
    assert "C-7F3K2" not in str(line) and "left_out" not in str(line)


RAW = {
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 he will hurt her\r\n\r\n", 400),
    "two lengths": (b"POST /slack/events HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
    "a length and chunks": (
        b"POST /slack/events HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        415,
    ),
    "a header without end": (b"POST /slack/events HTTP/1.1\r\nX: " + b"x" * 40_000, 431),
    "a length that is none": (b"POST /slack/events HTTP/1.1\r\nContent-Length: many\r\n\r\n{}", 400),
    "very large, it says": (b"POST /slack/events HTTP/1.1\r\nContent-Length: 999999999999\r\n\r\n", 413),
}


@pytest.mark.parametrize("name", RAW)
def test_what_is_no_request_is_refused_too(
    program: Running, journal: Callable[[], list[dict[str, object]]], name: str
) -> None:
    sent, status = RAW[name]
    assert isinstance(program.way, Web)
    parts = urlsplit(program.way.url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=5) as connection:
        connection.sendall(sent)
        answer = b""
        while b"\r\n\r\n" not in answer and (some := connection.recv(4096)):
            answer += some
    assert int(answer.split()[1]) == status and b"Traceback" not in answer and b"hurt" not in answer
    wait_until(lambda: [one for one in journal() if one["event"] == "refused_request"])
    assert program.log.head().number == 0


def test_a_replayed_request_changes_nothing(slack_server: SlackServer, program: Running) -> None:
    """Within five minutes its signature is good; it is known by what it brought."""
    robin = slack_server.clinician()
    robin.command("/consult", "CO")
    robin.sees("Consult C-")
    before = program.log.head()
    assert slack_server.http.send(slack_server.http.sent[-1], timeout=5).status == 200
    assert program.log.head() == before


def test_what_is_being_worked_on_is_finished_at_the_end() -> None:
    begun = threading.Event()

    def slow(environ: object, start_response: Callable[..., object]) -> list[bytes]:
        begun.set()
        time.sleep(0.3)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]

    way = Web(slow, "localhost", 0)
    way.start()
    idle = HTTPConnection(urlsplit(way.url).netloc, timeout=5)
    idle.connect()
    found: list[bytes] = []

    def ask_it() -> None:
        connection = HTTPConnection(urlsplit(way.url).netloc, timeout=5)
        connection.request("GET", "/")
        found.append(connection.getresponse().read())
        connection.close()

    asking = threading.Thread(target=ask_it)
    asking.start()
    assert begun.wait(5)
    before = time.monotonic()
    way.stop()
    assert time.monotonic() - before < 1.5
    asking.join()
    idle.close()
    assert found == [b"done"] and way.connection == 0


def test_it_ends_well_where_something_else_wakes_it_first() -> None:
    """What closes everything may run before the signal for it is written, whose own end is then closed, too."""
    way = Web(lambda environ, start_response: [], "127.0.0.1", 0)
    way.start()
    trigger = way._listening()[0].trigger
    pull = trigger._physical_pull

    def woken_before() -> None:
        pull()
        time.sleep(0.1)
        pull()

    trigger._physical_pull = woken_before
    way.stop()
    assert way.connection == 0


@pytest.mark.parametrize("host", ["nowhere.invalid", "not a name", "203.0.113.1"])
def test_an_address_that_is_none_of_ours_is_refused(host: str) -> None:
    with pytest.raises(OSError, match=r"no such address|assign"):
        Web(lambda environ, start_response: [], host, 0)


@pytest.mark.parametrize("stamp", ["", "yesterday", "1e9", "9" * 30, "-1", "\uff11\uff12"])
def test_a_timestamp_that_is_none_is_refused(slack_server: SlackServer, program: Running, stamp: str) -> None:
    request = slack_server.http.signed(PAYLOAD, FORM)
    request.headers["X-Slack-Request-Timestamp"] = stamp.encode().decode("latin-1")
    assert slack_server.http.send(request, timeout=5).status == 401


def test_slacks_first_question_is_answered(slack_server: SlackServer, program: Running) -> None:
    asked = slack_server.http.signed(b'{"type": "url_verification", "challenge": "invented"}', JSON)
    reply = slack_server.http.send(asked, timeout=5)
    assert reply.status == 200 and "invented" in reply.text


def test_a_request_that_is_cut_short_changes_nothing(slack_server: SlackServer, program: Running) -> None:
    with pytest.raises(HTTPException):
        slack_server.http.send(slack_server.http.truncated(PAYLOAD, FORM), timeout=5)
    assert program.log.head().number == 0


def test_a_request_that_does_not_end_holds_up_nobody(slack_server: SlackServer, program: Running) -> None:
    assert isinstance(program.way, Web)
    parts = urlsplit(program.way.url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0))) as held:
        held.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{")
        robin = slack_server.clinician()
        robin.command("/consult", "help")
        robin.sees("walks you through")
