"""What stands before the pages that are browsed: who has not the link, asks from elsewhere, or wants to change something, is
turned away.

The address is this machine's alone, but other people may work on it, and a page from the internet can ask for it through the
browser. So there is a key in the link, kept in a cookie; requests that name another host are refused.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "curbside_browse"
OURS = ("127.0.0.1", "localhost")


class Gate:
    """Lets through, to an ASGI application, what only reads and comes from whoever opened the link."""

    def __init__(self, application: Application, key: str) -> None:
        self._application, self._key = application, key

    @property
    def way_in(self) -> str:
        """The path that opens it; whoever has it may read."""
        return f"/-/open/{self._key}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the beginning and end of the server."""
        if scope["type"] == "lifespan":
            await self._application(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if headers.get(b"host", "").rpartition(":")[0] not in OURS:
            await _say(send, 403, "This address is answered for this machine alone.")
        elif scope["method"] not in ("GET", "HEAD"):
            await _say(send, 405, "Nothing can be changed here.")
        elif _same(scope["path"], self.way_in):
            cookie = f"{COOKIE}={self._key}; Path=/; HttpOnly; SameSite=Strict"
            await _say(send, 303, "", (b"location", b"/"), (b"set-cookie", cookie.encode()))
        elif _same(_cookie(headers.get(b"cookie", "")), self._key):
            await self._application(scope, receive, _kept_nowhere(send))
        else:
            await _say(send, 403, "Open the link that `curbside browse` has printed.")


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _same(given: str, key: str) -> bool:
    return secrets.compare_digest(given.encode(), key.encode())


def _kept_nowhere(send: Send) -> Send:
    """The browser keeps no copy of a page on its disk, and tells its address to nobody."""

    async def marked(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [one for one in message.get("headers", ()) if one[0].lower() != b"cache-control"]
            message["headers"] = [*kept, (b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer")]
        await send(message)

    return marked


async def _say(send: Send, status: int, text: str, *headers: tuple[bytes, bytes]) -> None:
    given = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": given})
    await send({"type": "http.response.body", "body": text.encode()})
