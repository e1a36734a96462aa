"""The way in over Socket Mode: a connection that the program opens, so that it needs no public address."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import suppress
from time import time
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import build_headers, send_response
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.interval_runner import IntervalRunner
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.answers import read_error
from bot.slack.into_bolt import hand_to_bolt
from bot.slack.journal import log_line

CONCURRENCY = 64
"""Listeners at once: a modal that opens slowly must not hold up an answer (measured: 12 slow ones, 10 threads, 2.4 s)."""
PING_EVERY = 5.0
LOOK_EVERY = 0.5
"""Seconds after which a connection that Slack's side has ended is seen. By its pings the library needs 25."""
BEGIN_WITHIN = 0.01
"""Seconds after which a new connection is read. The library's reader looks every tenth of a second whether there is one."""
STOP_WITHIN = 1.5
READ_AT_ONCE = 65_536
"""Bytes. The library calls itself for each piece of a message; of its usual 1,024 bytes a megabyte has too many."""
DO_NOT_WAIT = getattr(socket, "MSG_DONTWAIT", 0)
"""Windows has no such flag; a connection with a time limit, as the library's has, does not wait there either."""


class _Client(SocketModeClient):
    """The library's own client. It reads a new connection and sends small answers at once (TCP_NODELAY), sees at once when a
    connection has ended, and closes without waiting for its reader."""

    made = 0
    """How many connections were made so far."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.current_session_runner.shutdown()  # type: ignore[no-untyped-call]
        self.current_session_runner = IntervalRunner(self._run_current_session, BEGIN_WITHIN).start()

    def connect(self) -> None:
        """As the library does, which raises only where Slack gives no address to connect to."""
        super().connect()
        held = self.socket_held()
        if held is None:
            log_line("not_connected", why="no_handshake")
            return
        held.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.made += 1
        log_line("connected", number=self.made)

    def issue_new_wss_url(self) -> str:
        """As the library does, and it says so when there is none."""
        try:
            return str(super().issue_new_wss_url())
        except Exception as error:
            log_line("not_connected", why=read_error(error).why)
            raise

    def look(self) -> None:
        """Connect anew where the other side has ended the connection: the library's reader takes no notice of that."""
        held = self.socket_held()
        if held is not None and self.current_session is not None and _has_ended(held):
            self.current_session.disconnect()
            if self.auto_reconnect_enabled:
                self.connect_to_new_endpoint()

    def finish(self) -> None:
        """Take nothing more, finish and acknowledge what is being worked on, and close."""
        self.auto_reconnect_enabled, self.closed = False, True
        self.message_queue.put(None)  # else it waits up to a second for something to read
        self.message_processor.shutdown()  # type: ignore[no-untyped-call]
        self.message_workers.shutdown(cancel_futures=True)
        held = self.socket_held()
        if held is not None:
            with suppress(OSError):  # it may be closed by the other side at this moment
                held.shutdown(socket.SHUT_RDWR)
        self.close()

    def socket_held(self) -> socket.socket | None:
        """The connection; None while there is none."""
        return self.current_session.sock if self.current_session is not None else None


def _has_ended(held: socket.socket) -> bool:
    """Whether nothing more will come: looked up on the connection itself, below TLS, without taking anything from it."""
    try:
        with socket.fromfd(held.fileno(), socket.AF_INET, socket.SOCK_STREAM) as beneath:
            return beneath.recv(1, socket.MSG_PEEK | DO_NOT_WAIT) == b""
    except BlockingIOError:
        return False
    except (OSError, ValueError):  # reset, or closed just now
        return True


class Socket:
    """The connection. It is opened anew whenever it breaks off."""

    def __init__(self, app: App, app_token: str, client: WebClient) -> None:
        web = WebClient(base_url=client.base_url, timeout=10, ssl=client.ssl, proxy=client.proxy, retry_handlers=[])
        self._app = app
        self._client = _Client(
            app_token,
            _quiet(),
            web,
            concurrency=CONCURRENCY,
            ping_interval=PING_EVERY,
            receive_buffer_size=READ_AT_ONCE,
        )
        self._client.message_listeners.append(_note_what_is_no_message)
        self._client.socket_mode_request_listeners.append(self._handle)
        self._stopping = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="watching", daemon=True)

    @property
    def connected(self) -> bool:
        """Whether it stands now."""
        return bool(self._client.is_connected())

    @property
    def connection(self) -> int:
        """Which connection it is that stands now, counted from 1; 0 while there is none."""
        return self._client.made if self.connected else 0

    def start(self) -> None:
        """Connect; what the library raises when Slack gives no address to connect to, and then it may be called again.

        Where the connection itself fails, `connected` says so, and it is tried again every few seconds.
        """
        self._client.connect()
        self._watching.start()

    def stop(self) -> None:
        """Close it; what is being worked on is finished, for a moment at most."""
        self._stopping.set()
        closing = threading.Thread(target=self._client.finish, name="closing", daemon=True)
        closing.start()
        closing.join(STOP_WITHIN)

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_EVERY):
            with suppress(Exception):  # Slack can't be reached just now, and that was noted; the library tries again
                self._client.look()

    def _handle(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """What is refused is not acknowledged: Slack shows a person that it did not work, and brings an event again."""
        start = time()
        response = hand_to_bolt(self._app, request.payload, build_headers(request))
        try:
            send_response(client, request, response, start)
        except Exception as error:  # the connection broke off: what was done is known again by its delivery
            log_line("not_acknowledged", why=type(error).__name__)


def _note_what_is_no_message(client: BaseSocketModeClient, message: dict[str, Any], raw: str | None = None) -> None:
    if not isinstance(message.get("type"), str):
        log_line("malformed", what="message", part="type")


class _Faults(logging.Handler):
    """Of the library's lines, which quote what came in, those about exceptions: as the exception's name, and where."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0] if record.exc_info else None
        if kind is not None:
            log_line("malformed", what="message", why=kind.__name__, at=f"{record.filename}:{record.lineno}")


def _quiet() -> logging.Logger:
    logger = logging.getLogger("curbside.socket")
    logger.handlers[:] = [_Faults()]
    logger.propagate = False
    logger.setLevel(logging.ERROR)
    return logger
