"""Blocks and views for the tests of the server, and the smallest program that it can drive."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from .server import SlackServer, wait_until

Block = dict[str, Any]


def plain(text: str) -> Block:
    """A plain text object."""
    return {"type": "plain_text", "text": text}


def section(text: str = "Invented words", **more: Any) -> Block:
    """A section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(label: str = "Yes", action_id: str = "answer:yes", **more: Any) -> Block:
    """A button."""
    return {"type": "button", "text": plain(label), "action_id": action_id, **more}


def actions(*elements: Block, **more: Any) -> Block:
    """A row of elements."""
    return {"type": "actions", "elements": list(elements), **more}


def options(*values: str) -> list[Block]:
    """Options whose text says their value."""
    return [{"text": plain(f"the {value}"), "value": value} for value in values]


def asking(element: Block, label: str = "Your words", **more: Any) -> Block:
    """An input."""
    return {"type": "input", "label": plain(label), "element": element, **more}


def modal(*blocks: Block, **more: Any) -> Block:
    """A modal with a submit button."""
    return {"type": "modal", "title": plain("Invented"), "submit": plain("Keep"), "blocks": list(blocks), **more}


def home(*blocks: Block) -> Block:
    """A home."""
    return {"type": "home", "blocks": list(blocks)}


def client(server: SlackServer, timeout: int = 5) -> WebClient:
    """Slack's own client, with the bot's token and without retries."""
    return WebClient(server.workspace.app.bot_token, base_url=server.api_url, retry_handlers=[], timeout=timeout)


def program(server: SlackServer) -> App:
    """A program without listeners yet."""
    return App(client=client(server), signing_secret=server.workspace.app.signing_secret, process_before_response=True)


@contextmanager
def connected(server: SlackServer, app: App) -> Iterator[SocketModeHandler]:
    """The program with a socket open."""
    handler = SocketModeHandler(app, server.workspace.app.app_token, ping_interval=0.3)
    handler.connect()  # type: ignore[no-untyped-call]
    try:
        wait_until(lambda: server.connected)
        yield handler
    finally:
        handler.client.auto_reconnect_enabled = False
        server.socket.drop()  # or Slack's own client waits up to three seconds for something to read
        handler.close()  # type: ignore[no-untyped-call]


@contextmanager
def listening(server: SlackServer, app: App) -> Iterator[None]:
    """The program at an address over HTTP, to which the server is pointed."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8", "replace")
            try:
                answer = app.dispatch(BoltRequest(body=body, headers=dict(self.headers.items())))
            except ValueError:  # Bolt reads a body before it looks at its signature
                answer = BoltResponse(status=400)
            self.send_response(answer.status)
            for name, values in answer.headers.items():
                for value in values:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        server.deliver_by("http", f"http://127.0.0.1:{http.server_address[1]}/slack/events")
        try:
            yield
        finally:
            http.shutdown()
            thread.join()
