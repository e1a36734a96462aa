"""The HTTP side of the server: a request in, what the Web API says out."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .response_urls import ResponseUrls
from .web_api import Answer, WebApi


class HttpServer(ThreadingHTTPServer):
    """Listens on a free loopback port; each request has a thread."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, api: WebApi, response_urls: ResponseUrls) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api
        self.response_urls = response_urls
        self.clock_skew = 0.0  # seconds by which the Date of answers is ahead
        self._thread = threading.Thread(target=self.serve_forever, args=(0.005,), name="slack http", daemon=True)

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        """Answer requests."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more, and wait for what is being answered."""
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no error of the server's."""


class _Handler(BaseHTTPRequestHandler):
    server: HttpServer
    disable_nagle_algorithm = True
    timeout = 30

    def do_POST(self) -> None:
        """Any method of the Web API, or a response_url."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        area, _, name = path.strip("/").partition("/")
        if area == "api":
            self._send(
                self.server.api.answer(name, {key.lower(): value for key, value in self.headers.items()}, body, query)
            )
        elif area == "hooks":
            status, answer = self.server.response_urls.answer(name, body)
            self._send(Answer(answer, status))
        else:
            self._send(Answer(b"not found", 404))

    do_GET = do_POST

    def _send(self, answer: Answer) -> None:
        if answer.drop:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The date of the answer, by Slack's clock."""
        return formatdate((timestamp or time.time()) + self.server.clock_skew, usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
