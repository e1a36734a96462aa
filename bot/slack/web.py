"""The way in over HTTP: Slack's signed requests through the guard to Bolt, and `/healthz`, behind waitress."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from slack_bolt import App, BoltRequest
from waitress.server import create_server

from bot.slack.guard import MOST_BYTES, Refusal, check
from bot.slack.journal import log_line

THREADS = 64
HEALTH = "/healthz"
Healthy = Callable[[], bool]
Answer = tuple[int, list[tuple[str, str]], bytes]


def make_wsgi(
    app: App, secret: str, healthy: Healthy
) -> Callable[[Mapping[str, Any], Callable[..., object]], Iterable[bytes]]:
    """The WSGI application. `healthy`: whether all is well, for `/healthz`."""

    def answer(environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        status, headers, body = (
            _health(environ, healthy) if environ.get("PATH_INFO") == HEALTH else _slack(environ, app, secret)
        )
        headers.append(("Content-Length", str(len(body))))
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [body]

    return answer


def _health(environ: Mapping[str, Any], healthy: Healthy) -> Answer:
    if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
        return 405, [("Content-Type", "text/plain")], b""
    well = healthy()
    return (200 if well else 503), [("Content-Type", "application/json")], json.dumps({"ok": well}).encode()


def _slack(environ: Mapping[str, Any], app: App, secret: str) -> Answer:
    try:
        request = check(environ, secret)
    except Refusal as refusal:
        log_line("refused_request", status=refusal.status, why=refusal.why)
        return refusal.status, [("Content-Type", "text/plain")], b""
    response = app.dispatch(BoltRequest(body=request.body, headers=dict(request.headers)))
    headers = [
        (name, value)
        for name, values in response.headers.items()
        for value in values
        if name.lower() != "content-length"
    ]
    return response.status, headers, (response.body or "").encode()


class Web:
    """The server. `port` 0 takes any that is free; `url` says which."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], host: str, port: int) -> None:
        """OSError when the address is taken."""
        self._server = create_server(
            wsgi,
            host=host,
            port=port,
            threads=THREADS,
            ident=None,
            max_request_body_size=MOST_BYTES,
            max_request_header_size=32_768,
            channel_timeout=30,
            clear_untrusted_proxy_headers=True,
        )
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self._server.effective_host}:{self._server.effective_port}"

    def start(self) -> None:
        """Serve, in threads of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more requests; those under way are finished."""
        self._server.close()
        self._server.task_dispatcher.shutdown(timeout=2)
        self._thread.join(2)
