"""Clinicians who tap through consults, over HTTP or Socket Mode: as fast as they are answered, or at a person's pace."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote_plus, urlencode

from tools.bench.program import SECRET
from tools.bench.quick_slack import TEAM, QuickSlack, account
from tools.bench.script import MOMENT, REFERENCE, Scripted

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
IDLE = 15.0
"""Seconds: our server closes a connection on which nothing has come for thirty."""
_BEGUN = re.compile(r"C-[0-9A-Z]{5}")


def people(number: int) -> list[str]:
    """Ids of so many invented clinicians."""
    return [f"U0INV{one:05}" for one in range(number)]


class Way(Protocol):
    """How what a person does reaches the program; each returns the text of the acknowledgement. OSError when it is none."""

    async def tap(self, tap: Ready, filled: str, reference: str, moment: str) -> str:
        """`filled`: JSON of who taps, as the beginning of the payload."""
        ...

    async def command(self, fields: dict[str, str]) -> str: ...
    async def event(self, payload: str) -> str: ...
    async def ready(self) -> None:
        """Connect, where that is needed, before a clock runs."""
        ...


@dataclass(frozen=True, slots=True)
class Ready:
    """A tap that is encoded but for who, when and which consult."""

    scripted: Scripted
    as_json: str
    as_form: bytes


def made_ready(script: Sequence[Scripted]) -> list[Ready]:
    """Encoding takes longer than acknowledging, so it is done once."""
    return [Ready(one, one.payload[1:], quote_plus(one.payload[1:]).encode()) for one in script]


class OverSocket:
    """All clinicians share the program's one connection."""

    def __init__(self, slack: QuickSlack) -> None:
        self._slack = slack

    async def tap(self, tap: Ready, filled: str, reference: str, moment: str) -> str:
        rest = tap.as_json.replace(REFERENCE, reference).replace(MOMENT, moment)
        await self._slack.bring("interactive", filled + rest)
        return ""

    async def command(self, fields: dict[str, str]) -> str:
        return json.dumps(await self._slack.bring("slash_commands", json.dumps(fields)))

    async def event(self, payload: str) -> str:
        return json.dumps(await self._slack.bring("events_api", payload))

    async def ready(self) -> None:
        await self._slack.connected.wait()


class OverHttp:
    """A connection of one's own, kept open; opened anew where it was idle for so long that a server may have closed it."""

    def __init__(self, port: int, path: str = "/slack/events") -> None:
        self._port, self._path = port, path
        self._used_at = float("-inf")
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None

    async def ready(self) -> None:
        if time.monotonic() - self._used_at > IDLE:
            self.close()
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._used_at = time.monotonic()

    def close(self) -> None:
        """End the connection."""
        if self._writer is not None:
            self._writer.close()

    async def tap(self, tap: Ready, filled: str, reference: str, moment: str) -> str:
        rest = tap.as_form.replace(REFERENCE.encode(), reference.encode()).replace(MOMENT.encode(), moment.encode())
        return await self.send(b"payload=" + quote_plus(filled).encode() + rest, FORM)

    async def command(self, fields: dict[str, str]) -> str:
        return await self.send(urlencode(fields).encode(), FORM)

    async def event(self, payload: str) -> str:
        return await self.send(payload.encode(), JSON)

    async def send(self, body: bytes, kind: str) -> str:
        """A signed request; the body of its answer. OSError when that is not 200."""
        await self.ready()
        assert self._writer is not None
        at = str(int(time.time()))
        signature = hmac.new(SECRET.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
        self._writer.write(
            f"POST {self._path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            f"X-Slack-Request-Timestamp: {at}\r\nX-Slack-Signature: v0={signature}\r\n\r\n".encode()
            + body
        )
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = re.search(r"content-length: *(\d+)", head)
        text = (await self._reader.readexactly(int(length[1]) if length else 0)).decode()
        if " 200 " not in head.partition("\r\n")[0]:
            raise OSError(head.partition("\r\n")[0])
        return text


@asynccontextmanager
async def over_http(port: int) -> AsyncIterator[OverHttp]:
    """A connection to a program on this machine."""
    way = OverHttp(port)
    try:
        yield way
    finally:
        way.close()


@dataclass
class Clinician:
    """One person. `acknowledged`: seconds until each act was acknowledged, by kind; `next_shown`: until the next message.

    `pace`: seconds between two taps, on average; 0: as soon as the last one was acknowledged. `sees`: the Slack to look at
    after each tap, so that the next one waits for the next message; None: nobody looks.
    """

    user: str
    way: Way
    taps: Sequence[Ready]
    pace: float = 0.0
    sees: QuickSlack | None = None
    acknowledged: list[tuple[str, float]] = field(default_factory=list)
    next_shown: list[float] = field(default_factory=list)
    _number: int = 0

    async def introduces_themselves(self) -> None:
        """Slack tells the program of the account, so that it need not ask."""
        event = {"type": "user_change", "user": account(self.user)}
        await self.way.event(
            json.dumps({"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{self.user}", "event": event})
        )

    async def works(self, until: float, most: int = 1_000_000) -> None:
        """Run consults until that moment of time.monotonic(), or until so many acts."""
        chance = random.Random(self.user)
        await asyncio.sleep(self.pace * chance.random())  # not all at the same moment
        while time.monotonic() < until and len(self.acknowledged) < most:
            reference = await self.begins()
            await self._reads(chance)
            for tap in self.taps:
                await self.does(tap, reference)
                await self._reads(chance)
                if time.monotonic() >= until and tap.scripted.kind != "end":
                    return

    async def _reads(self, chance: random.Random) -> None:
        if self.pace:
            await asyncio.sleep(self.pace * (0.5 + chance.random()))

    async def begins(self) -> str:
        """Begin a consult; its reference. OSError when it has none."""
        self._number += 1
        fields = {
            "command": "/consult",
            "text": "",
            "user_id": self.user,
            "channel_id": f"D{self.user[1:]}",
            "team_id": TEAM,
            "trigger_id": f"{self._number}.{self.user}.{time.monotonic_ns()}",
        }
        await self.way.ready()
        began = time.perf_counter()
        said = await self.way.command(fields)
        self.acknowledged.append(("begin", time.perf_counter() - began))
        found = _BEGUN.search(said)
        if found is None:
            raise OSError(f"no consult has begun: {said[:300]}")
        return found[0]

    async def does(self, tap: Ready, reference: str) -> float:
        """One tap; the seconds until it was acknowledged."""
        filled, moment = who_taps(self.user), now()
        await self.way.ready()
        began = time.perf_counter()
        await self.way.tap(tap, filled, reference, moment)
        took = time.perf_counter() - began
        self.acknowledged.append((tap.scripted.kind, took))
        if self.sees is not None and tap.scripted.next_turn is not None and tap.scripted.kind == "question":
            self.next_shown.append(await self.sees.see((reference, tap.scripted.next_turn)) - began)
        return took


def who_taps(user: str) -> str:
    """Who taps, as the beginning of a payload."""
    who = {"id": user, "username": user.lower(), "name": user.lower(), "team_id": TEAM}
    return f'{{"user":{json.dumps(who)},"trigger_id":"{time.monotonic_ns()}.invented",'


def now() -> str:
    """The moment of a tap, as Slack writes it: no two are the same."""
    at = time.time_ns()
    return f"{at // 10**9}.{at % 10**9:09}"
