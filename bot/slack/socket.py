"""The way in over Socket Mode: a connection that the program opens, so that it needs no public address."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from time import time

from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.journal import log_line

CONCURRENCY = 64
"""Listeners at once: a modal that opens slowly must not hold up an answer (measured: 12 slow ones, 10 threads, 2.4 s)."""
PING_EVERY = 5.0
LOOK_EVERY = 0.5
"""Seconds after which a connection that Slack's side has ended is seen. By its pings the library needs 25."""


class _Client(SocketModeClient):
    """The library's own client. It sends small answers at once (TCP_NODELAY), and closes without waiting for its reader."""

    times_connected = 0

    def connect(self) -> None:
        super().connect()
        self.times_connected += 1
        if (held := self._socket()) is not None:
            held.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        if (held := self._socket()) is not None:
            with suppress(OSError):  # it may be closed by the other side at this moment
                held.shutdown(socket.SHUT_RDWR)
        super().close()

    def look(self) -> None:
        """Open a new connection at once where the other side has ended this one: the library's reader takes no notice of that."""
        held = self._socket()
        if held is not None and _has_ended(held) and self.current_session is not None:
            self.current_session.disconnect()
            if self.auto_reconnect_enabled:
                self.connect_to_new_endpoint()

    def _socket(self) -> socket.socket | None:
        return self.current_session.sock if self.current_session is not None else None


def _has_ended(held: socket.socket) -> bool:
    """Whether nothing more will come: looked up on the connection itself, below TLS, without taking anything from it."""
    try:
        with socket.fromfd(held.fileno(), socket.AF_INET, socket.SOCK_STREAM) as beneath:
            return beneath.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except (OSError, ValueError):  # reset, or closed just now
        return True


class Socket:
    """The connection. It is opened anew whenever it breaks off."""

    def __init__(self, app: App, app_token: str, client: WebClient) -> None:
        web = WebClient(base_url=client.base_url, timeout=10, ssl=client.ssl, proxy=client.proxy)
        self._app = app
        self._client = _Client(app_token, app.logger, web, concurrency=CONCURRENCY, ping_interval=PING_EVERY)
        self._client.socket_mode_request_listeners.append(self._handle)
        self._stopping = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="watching", daemon=True)

    @property
    def connected(self) -> bool:
        """Whether it stands now."""
        return bool(self._client.is_connected())

    @property
    def times_connected(self) -> int:
        """How often it was opened: between two of them something may have been missed."""
        return self._client.times_connected

    def start(self) -> None:
        """Connect. SlackApiError when Slack does not accept the token."""
        self._client.connect()
        self._watching.start()

    def stop(self) -> None:
        """Close it; what is being worked on is finished, for a second at most."""
        self._stopping.set()
        closing = threading.Thread(target=self._client.close, name="closing", daemon=True)
        closing.start()
        closing.join(1.5)

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_EVERY):
            try:
                self._client.look()
            except Exception as error:  # Slack can't be reached just now: it is tried again
                log_line("not_connected", why=type(error).__name__)

    def _handle(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        start = time()
        response = run_bolt_app(self._app, request)
        send_response(client, request, response, start)
