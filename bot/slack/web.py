"""The way in over HTTP: Slack's signed requests through the guard to Bolt, and `/healthz`, behind waitress."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from slack_bolt import App
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask

from bot.slack.guard import MOST_BYTES, Refusal, check
from bot.slack.into_bolt import hand_to_bolt
from bot.slack.journal import log_line

THREADS = 64
CONNECTIONS = 500
HEALTH = "/healthz"
STOP_WITHIN = 1.0
"""Seconds in which requests that are being worked on are finished."""
Healthy = Callable[[], bool]
Answer = tuple[int, list[tuple[str, str]], bytes]
Wsgi = Callable[[Mapping[str, Any], Callable[..., object]], Iterable[bytes]]


def make_wsgi(app: App, secret: str, healthy: Healthy) -> Wsgi:
    """The WSGI application. `healthy`: whether all is well, for `/healthz`."""

    def answer(environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        is_health = environ.get("PATH_INFO") == HEALTH
        status, headers, body = _health(environ, healthy) if is_health else _slack(environ, app, secret)
        headers.append(("Content-Length", str(len(body))))
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]

    return answer


def _health(environ: Mapping[str, Any], healthy: Healthy) -> Answer:
    if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
        return _refused(405, "method", [("Allow", "GET, HEAD")])
    well = healthy()
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    return (200 if well else 503), headers, json.dumps({"ok": well}).encode()


def _slack(environ: Mapping[str, Any], app: App, secret: str) -> Answer:
    try:
        request = check(environ, secret)
    except Refusal as refusal:
        return _refused(refusal.status, refusal.why, [("Allow", "POST")] if refusal.status == 405 else [])
    response = hand_to_bolt(app, request.payload, request.headers, checked=True)
    kind = next(iter(response.headers.get("content-type", ())), "text/plain;charset=utf-8")
    return response.status, [("Content-Type", kind)], (response.body or "").encode()


def _refused(status: int, why: str, headers: list[tuple[str, str]]) -> Answer:
    log_line("refused_request", status=status, why=why)
    return status, [("Content-Type", "text/plain"), *headers], b""


class _NotHttp(ErrorTask):  # type: ignore[misc]
    """waitress's own answer to what is no request, or too large to be read: it quotes nothing of it."""

    def execute(self) -> None:
        """One line in the journal, then the answer."""
        log_line("refused_request", status=int(self.request.error.code), why="not_http")
        super().execute()


class _Channel(HTTPChannel):  # type: ignore[misc]
    error_task_class = _NotHttp


class Web:
    """The server. `port` 0 takes any that is free; `url` says which."""

    def __init__(self, wsgi: Wsgi, host: str, port: int) -> None:
        """OSError when the address is taken, or is none of this machine's."""
        logging.getLogger("waitress").setLevel(logging.CRITICAL + 1)  # its lines quote paths, and have tracebacks
        self._map: dict[int, Any] = {}
        try:
            self._server = create_server(
                wsgi,
                map=self._map,
                host=host,
                port=port,
                threads=THREADS,
                connection_limit=CONNECTIONS,
                asyncore_use_poll=True,
                ident=None,
                max_request_body_size=MOST_BYTES,
                inbuf_overflow=2 * MOST_BYTES,  # nothing that comes in is written to a file
                max_request_header_size=32_768,
                channel_timeout=30,
                clear_untrusted_proxy_headers=True,
            )
        except (OSError, ValueError) as error:
            wasyncore.close_all(self._map, ignore_all=True)
            if isinstance(error, OSError):
                raise
            raise OSError(None, "no such address") from None  # a name that nobody knows
        for server in self._listening():
            server.channel_class = _Channel
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens; of several addresses ("localhost" may have two), the first."""
        first = self._listening()[0]
        host = f"[{first.effective_host}]" if ":" in first.effective_host else first.effective_host
        return f"http://{host}:{first.effective_port}"

    @property
    def connection(self) -> int:
        """1 while it serves, else 0, as a Socket has it: what Slack can't bring over HTTP it brings again by itself."""
        return int(self._thread.is_alive())

    def start(self) -> None:
        """Serve, in threads of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more requests; those under way are finished, within a second."""
        listening = self._listening()
        if not listening:
            return
        if not self._thread.is_alive():
            wasyncore.close_all(self._map, ignore_all=True)
            return
        trigger = listening[0].trigger
        trigger.pull_trigger(lambda: [wasyncore.dispatcher.close(server) for server in listening])
        self._server.task_dispatcher.shutdown(timeout=STOP_WITHIN)
        until = time.monotonic() + STOP_WITHIN
        while self._has_answers_to_send() and time.monotonic() < until:
            time.sleep(0.01)
        pulled = threading.Event()

        def close_everything() -> None:
            pulled.wait(STOP_WITHIN)
            wasyncore.close_all(self._map, ignore_all=True)

        trigger.pull_trigger(close_everything)
        pulled.set()  # only now: the trigger is closed too, and what it wrote afterwards would go wherever its number went
        self._thread.join(STOP_WITHIN)

    def _listening(self) -> list[Any]:
        return [one for one in list(self._map.values()) if isinstance(one, BaseWSGIServer)]

    def _has_answers_to_send(self) -> bool:
        return any(getattr(one, "total_outbufs_len", 0) for one in list(self._map.values()))
