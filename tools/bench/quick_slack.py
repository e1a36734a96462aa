"""A Slack that answers every call at once and looks at nothing: the tests' own one checks each block and keeps each message,
which takes longer than the program that is measured. It runs in the bench's process, which is another one than the program's.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from contextlib import suppress
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

TEAM = "T0INVENTED"
_SHOWN = re.compile(rb'"block_id": ?"(C-[0-9A-Z]{5}):(\d+):')
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
Screen = tuple[str, int]
"""A consult and a turn of it, as the ids of a message's blocks have them."""


class QuickSlack:
    """Within `async with`: the Web API at `api_url`, and Socket Mode. `shown`: when the message of a turn was first posted.

    `takes`: seconds after which a call has arrived, as at a Slack that is far away.
    """

    def __init__(self, takes: float = 0.0) -> None:
        self._takes = takes
        self.shown: dict[Screen, float] = {}
        self.calls: Counter[str] = Counter()
        self.api_url = ""
        self.connected = asyncio.Event()
        self._awaited: dict[Screen, asyncio.Future[float]] = {}
        self._unanswered: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._connection: ServerConnection | None = None
        self._number = 0
        self._http: asyncio.Server | None = None
        self._socket: Server | None = None

    async def __aenter__(self) -> QuickSlack:
        self._http = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._socket = await serve(self._talk, "127.0.0.1", 0, compression=None, max_size=None)
        self.api_url = f"http://127.0.0.1:{self._http.sockets[0].getsockname()[1]}/api/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._http is not None and self._socket is not None
        self._http.close()
        self._socket.close()
        await self._socket.wait_closed()

    async def see(self, screen: Screen) -> float:
        """When the message of that turn was posted, as soon as it is."""
        if screen in self.shown:
            return self.shown[screen]
        return await self._awaited.setdefault(screen, asyncio.get_running_loop().create_future())

    async def bring(self, kind: str, payload: str) -> dict[str, Any]:
        """Bring something over Socket Mode; what its acknowledgement holds."""
        await self.connected.wait()
        assert self._connection is not None
        self._number += 1
        envelope = f"envelope-{self._number}"
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._unanswered[envelope] = future
        head = f'{{"envelope_id":"{envelope}","type":"{kind}","accepts_response_payload":true,"payload":'
        await self._connection.send(f"{head}{payload}}}")
        return await future

    async def _talk(self, connection: ServerConnection) -> None:
        await connection.send(json.dumps({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0"}}))
        self._connection = connection
        self.connected.set()
        with suppress(ConnectionClosed):
            async for text in connection:
                said = json.loads(text)
                future = self._unanswered.pop(said.get("envelope_id", ""), None)
                if future is not None and not future.done():
                    future.set_result(said.get("payload") or {})
        self.connected.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = await reader.readexactly(int(length[1])) if length else b""
            await asyncio.sleep(self._takes)
            method = head.split(b" ", 2)[1].partition(b"?")[0].rpartition(b"/")[2].decode()
            answer = json.dumps({"ok": True, **self._answer(method, body)}).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(answer), answer)
            )
            await writer.drain()
        writer.close()

    def _answer(self, method: str, body: bytes) -> dict[str, Any]:
        self.calls[method] += 1
        match method:
            case "chat.postMessage":
                self._note(body)
                return {"ts": f"{1_700_000_000 + self.calls[method]}.000100", "channel": "D0INVENTED"}
            case "auth.test":
                return {"team": "Invented", "team_id": TEAM, "user": "curbside", "user_id": "U0BOT", "bot_id": "B0BOT"}
            case "apps.connections.open":
                assert self._socket is not None
                port = next(iter(self._socket.sockets)).getsockname()[1]
                return {"url": f"ws://127.0.0.1:{port}/link"}
            case "conversations.open":
                return {"channel": {"id": f"D{parse_qs(body.decode())['users'][0][1:]}"}}
            case "users.info":
                return {"user": account(parse_qs(body.decode())["user"][0])}
        return {"messages": [], "members": [], "users": [], "channels": [], "ts": "1.1"}

    def _note(self, body: bytes) -> None:
        found = _SHOWN.search(body)
        if found is None:
            return
        screen = found[1].decode(), int(found[2])
        now = self.shown.setdefault(screen, time.perf_counter())
        waiter = self._awaited.pop(screen, None)
        if waiter is not None and not waiter.done():
            waiter.set_result(now)


def account(user: str) -> dict[str, Any]:
    """A member of the practice, as Slack tells of them."""
    return {"id": user, "team_id": TEAM, "name": user.lower(), "is_bot": False}
