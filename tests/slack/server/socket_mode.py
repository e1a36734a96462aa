"""Socket Mode over a real WebSocket: hello, envelopes and their acknowledgements, disconnecting, pings."""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
import socket
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from .deliveries import Attempt, Delivery
from .workspace import Workspace

HOST = "127.0.0.1"
ACCEPTS_ANSWER = {"slash_commands", "interactive"}


@dataclass
class Acknowledgement:
    """What the app sent back for an envelope."""

    envelope: str
    payload: dict[str, Any]
    at: float


@dataclass
class _Awaited:
    arrived: threading.Event = field(default_factory=threading.Event)
    acknowledgement: Acknowledgement | None = None


class SocketMode:
    """Accepts the app's connections and sends envelopes over them."""

    def __init__(self, workspace: Workspace, stopping: threading.Event) -> None:
        self.acknowledgements: list[Acknowledgement] = []
        self.opened = 0  # how often a connection was made
        # Whether an acknowledgement is waited for when no connection is left on which it could come. Slack waits its three
        # seconds; where the app is killed often, a test need not.
        self.waits_for_the_dead = True
        self._workspace = workspace
        self._stopping = stopping
        self._tickets: set[str] = set()
        self._connections: list[ServerConnection] = []
        self._next = 0
        self._awaited: dict[str, _Awaited] = {}
        self._lock = threading.Lock()
        quiet = logging.getLogger("tests.slack.websocket")
        quiet.setLevel(logging.CRITICAL)
        self._server = serve(
            self._talk, HOST, 0, process_request=self._admit, compression=None, ping_interval=None, logger=quiet
        )
        self._thread = threading.Thread(target=self._server.serve_forever, name="slack socket", daemon=True)

    def start(self) -> None:
        """Accept connections."""
        self._thread.start()

    def stop(self) -> None:
        """Close all connections and accept no more."""
        for connection in self.connections:
            _hang_up(connection)
        self._server.shutdown()
        self._thread.join()

    @property
    def connections(self) -> list[ServerConnection]:
        """The connections that are open."""
        with self._lock:
            return list(self._connections)

    def new_address(self) -> str:
        """An address to connect to once, as apps.connections.open answers it."""
        ticket = secrets.token_hex(8)
        with self._lock:
            self._tickets.add(ticket)
        port = self._server.socket.getsockname()[1]
        return f"ws://{HOST}:{port}/link/?ticket={ticket}&app_id={self._workspace.app.app_id}"

    def attempt(self, delivery: Delivery, number: int, reason: str | None, seconds: float) -> Attempt:
        """Send an envelope over one of the connections and wait for its acknowledgement."""
        attempt = Attempt(number)
        envelope = secrets.token_hex(16)
        awaited = _Awaited()
        with self._lock:
            self._awaited[envelope] = awaited
        content: dict[str, Any] = {
            "envelope_id": envelope,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind in ACCEPTS_ANSWER,
        }
        if delivery.kind == "events_api":
            content |= {"retry_attempt": number, "retry_reason": reason or ""}
        if not self.send(content):
            attempt.failure = "not_connected"
            return attempt
        if self._wait(awaited, seconds) and awaited.acknowledgement is not None:
            attempt.acknowledged_at = awaited.acknowledgement.at
            attempt.answer = awaited.acknowledgement.payload
        else:
            attempt.failure = "timeout"
        return attempt

    def send(self, content: dict[str, Any]) -> bool:
        """Send a frame over the next connection in turn; False when none is open."""
        return self.send_text(json.dumps(content))

    def send_text(self, text: str) -> bool:
        """Send any text: what is not even JSON, too."""
        for _ in range(len(self.connections)):
            with self._lock:
                self._next += 1
                connection = self._connections[self._next % len(self._connections)] if self._connections else None
            with contextlib.suppress(ConnectionClosed, OSError):
                if connection is not None:
                    connection.send(text)
                    return True
        return False

    def disconnect(self, reason: str = "refresh_requested", close_after: float = 0.2) -> None:
        """Ask the app to connect anew, as Slack does every few hours, and close the connection a little later."""
        for connection in self.connections:
            frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": "invented-host"}}
            with contextlib.suppress(ConnectionClosed):
                connection.send(json.dumps(frame))
            timer = threading.Timer(close_after, _close, (connection,))
            timer.daemon = True
            timer.start()

    def drop(self) -> None:
        """Cut all connections, without a word."""
        for connection in self.connections:
            _hang_up(connection)

    def ping(self, seconds: float = 3.0) -> bool:
        """Ping every connection; whether all answered."""
        pongs = [connection.ping("Ping from invented-host") for connection in self.connections]
        return bool(pongs) and all(pong.wait(seconds) for pong in pongs)

    def _wait(self, awaited: _Awaited, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not self._stopping.is_set() and time.monotonic() < until:
            if awaited.arrived.wait(min(0.1, max(0.0, until - time.monotonic()))):
                return True
            if not self.waits_for_the_dead and not self.connections:
                break
        return awaited.arrived.is_set()

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse who has no ticket, or one that was used."""
        ticket = parse_qs(urlsplit(request.path).query).get("ticket", [""])[0]
        with self._lock:
            if ticket in self._tickets:
                self._tickets.remove(ticket)
                return None
        return Response(HTTPStatus.UNAUTHORIZED, "Unauthorized", Headers({"Content-Length": "0"}), b"")

    def _talk(self, connection: ServerConnection) -> None:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._connections.append(connection)
            self.opened += 1
            count = len(self._connections)
        try:
            connection.send(json.dumps(self._hello(count)))
            for text in connection:
                self._receive(text)
        except (ConnectionClosed, OSError):
            pass
        finally:
            with self._lock:
                self._connections.remove(connection)

    def _hello(self, count: int) -> dict[str, Any]:
        debug = {"host": "invented-host", "build_number": 1, "approximate_connection_time": 18060}
        app = {"app_id": self._workspace.app.app_id}
        return {"type": "hello", "num_connections": count, "debug_info": debug, "connection_info": app}

    def _receive(self, text: str | bytes) -> None:
        try:
            content = json.loads(text)
            envelope, payload = content["envelope_id"], content.get("payload") or {}
            hash(envelope)
        except (ValueError, KeyError, TypeError):
            self._workspace.failures.append(f"socket: not an acknowledgement: {text!r}")
            return
        acknowledgement = Acknowledgement(envelope, payload, time.monotonic())
        with self._lock:
            self.acknowledgements.append(acknowledgement)
            awaited = self._awaited.get(envelope)
        if awaited is None:
            self._workspace.failures.append(f"socket: acknowledged an envelope that was not sent: {envelope}")
        elif awaited.acknowledgement is None:
            awaited.acknowledgement = acknowledgement
            awaited.arrived.set()


def _close(connection: ServerConnection) -> None:
    with contextlib.suppress(ConnectionClosed, OSError):
        connection.close()


def _hang_up(connection: ServerConnection) -> None:
    with contextlib.suppress(OSError):
        connection.socket.shutdown(socket.SHUT_RDWR)
