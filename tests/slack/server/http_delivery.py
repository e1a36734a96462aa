"""Signed requests to the app's own address, as Slack sends them; and such as Slack would never send."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import time
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlencode, urlsplit

from .deliveries import Attempt, Delivery
from .workspace import Workspace

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SIX_MINUTES = 360


@dataclass(frozen=True)
class Request:
    """A request as it goes over the wire."""

    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """What the app answered."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


class HttpDelivery:
    """Posts to `url`, the app's /slack/events, which the test sets when the app listens."""

    def __init__(self, workspace: Workspace) -> None:
        self.url = ""
        self.timeout = 10.0
        self.sent: list[Request] = []
        self._workspace = workspace

    def attempt(self, delivery: Delivery, number: int, reason: str | None, seconds: float) -> Attempt:
        """Post a delivery and wait for the answer."""
        attempt = Attempt(number)
        request = self.signed(*encoded(delivery))
        if number:
            request.headers.update({"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason or "http_error"})
        try:
            reply = self.send(request, timeout=seconds)
        except TimeoutError:
            attempt.failure = "http_timeout"
        except (OSError, HTTPException):
            attempt.failure = "connection_failed"
        else:
            _read(attempt, reply)
        return attempt

    def signed(
        self, body: bytes, content_type: str = JSON, at: int | None = None, secret: str | None = None
    ) -> Request:
        """A request with Slack's signature; `at`: another time; `secret`: another secret."""
        stamp = str(int(time.time()) if at is None else at)
        key = (self._workspace.app.signing_secret if secret is None else secret).encode()
        signature = hmac.new(key, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        headers = self.unsigned(body, content_type).headers
        return Request(body, headers | {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"})

    def unsigned(self, body: bytes, content_type: str = JSON) -> Request:
        """A request without a signature."""
        agent = "Slackbot 1.0 (+https://api.slack.com/robots)"
        return Request(body, {"Content-Type": content_type, "User-Agent": agent, "Content-Length": str(len(body))})

    def stale(self, body: bytes, content_type: str = JSON) -> Request:
        """A request signed well, six minutes ago: what a replay is."""
        return self.signed(body, content_type, at=int(time.time()) - SIX_MINUTES)

    def forged(self, body: bytes, content_type: str = JSON) -> Request:
        """A request signed with a secret that is not the app's."""
        return self.signed(body, content_type, secret="not-the-secret")

    def truncated(self, body: bytes, content_type: str = JSON) -> Request:
        """A request that ends before it has said all that it promised."""
        whole = self.signed(body, content_type)
        return replace(whole, body=body[: len(body) // 2])

    def oversized(self, size: int = 2_000_000) -> Request:
        """A request larger than Slack sends any."""
        return self.signed(json.dumps({"type": "event_callback", "padding": "x" * size}).encode())

    def not_utf8(self, content_type: str = JSON) -> Request:
        """A request, signed well, whose body is no text."""
        return self.signed(b'{"type": "event_callback", "event": {"text": "\xff\xfe"}}', content_type)

    def send(self, request: Request, timeout: float | None = None) -> Reply:
        """Send a request as it is; the same request again is a replay."""
        parts = urlsplit(self.url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=timeout or self.timeout)
        self.sent.append(request)
        try:
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.putrequest("POST", parts.path or "/", skip_accept_encoding=True)
            for name, value in request.headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            return _answer(connection, request)
        finally:
            connection.close()


def encoded(delivery: Delivery) -> tuple[bytes, str]:
    """A delivery as a body and its type: events as JSON, commands as a form, interactions as JSON in a form."""
    if delivery.kind == "events_api":
        return json.dumps(delivery.payload).encode(), JSON
    fields = delivery.payload if delivery.kind == "slash_commands" else {"payload": json.dumps(delivery.payload)}
    return urlencode(fields).encode(), FORM


def _answer(connection: HTTPConnection, request: Request) -> Reply:
    """Send the body, as far as the app takes it, and read the answer."""
    try:
        connection.sock.sendall(request.body)
        if len(request.body) < int(request.headers["Content-Length"]):
            connection.sock.shutdown(socket.SHUT_WR)
    except (BrokenPipeError, ConnectionResetError):
        pass  # it may have answered before it had read all
    response: HTTPResponse = connection.getresponse()
    return Reply(response.status, response.read(), {key.lower(): value for key, value in response.getheaders()})


def _read(attempt: Attempt, reply: Reply) -> None:
    attempt.status, attempt.body = reply.status, reply.body
    attempt.no_retry = reply.headers.get("x-slack-no-retry") == "1"
    if not 200 <= reply.status < 300:
        attempt.failure = "http_error"
        return
    attempt.acknowledged_at = time.monotonic()
    if reply.headers.get("content-type", "").startswith(JSON):
        answer: Any = json.loads(reply.body or b"{}")
        attempt.answer = answer if isinstance(answer, dict) else {}
    elif reply.body:
        attempt.answer = {"text": reply.text}
