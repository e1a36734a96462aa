"""The frames of Socket Mode, changed: envelopes around the same payloads, and what is none.

A frame is given to the library's client as its reader gives them, so that the next one waits until it is done; some go through
the real connection, which must go on after each of them.
"""

from __future__ import annotations

import json
import time
from random import Random
from typing import Any

from bot.slack.socket import Socket
from tests.fuzz.changes import changed, changed_bytes
from tests.fuzz.payloads import AtWork
from tests.fuzz.tried import Tried, timed
from tests.slack.server import Delivery

REALLY = 0.02
ENDS = ("disconnect",)
"""Frames after which the client connects anew, as it should: whether it does is tested elsewhere."""


class Envelopes:
    """One frame after another."""

    def __init__(self, work: AtWork) -> None:
        way = work.running.way
        assert isinstance(way, Socket)
        self._work, self._client = work, way._client
        self._socket = work.world.practice.server.socket
        self._number = 0

    def one(self, random: Random) -> Tried:
        """Make a frame and give it to the client."""
        seed, payload, said, forged = self._work.a_payload(random)
        self._number += 1
        envelope: Any = {
            "envelope_id": f"invented-{self._number}",
            "type": seed.delivery.kind,
            "payload": payload,
            "accepts_response_payload": seed.delivery.kind != "events_api",
        }
        if seed.delivery.kind == "events_api":
            envelope |= {"retry_attempt": 0, "retry_reason": ""}
        if random.random() < 0.2:
            donors = {name: self._work.donors.get("type", []) for name in envelope}
            envelope, what = changed(random, {**envelope, "payload": {}}, donors, random.choice((1, 2)))
            if isinstance(envelope, dict) and envelope.get("payload") == {}:
                envelope["payload"] = payload
            said = [*said, *(f"envelope: {one}" for one in what)]
        text = _as_text(envelope)
        if random.random() < 0.1:
            raw, what_was_done = changed_bytes(random, text.encode())
            text, said = raw.decode("utf-8", "replace"), [*said, what_was_done]
        tried = Tried(f"{seed.said}: {'; '.join(said)}", text)
        head = self._work.before()
        with timed(tried):
            frame = self._give(random, text)
        inside = frame.get("payload") if isinstance(frame, dict) else None
        changed_something = bool(self._work.log.steps)
        tried.ended = "a step was taken" if changed_something else "passed over" if inside is None else "answered"
        tried.wrong += self._work.wrong_after(head, inside, may_change=not forged)
        return tried

    def after_all(self) -> list[str]:
        """See AtWork; and the connection still brings things."""
        help_ = self._work.world.practice.server.payloads.command
        robin = self._work.world.practice.robin
        delivery = Delivery("slash_commands", help_(robin.id, robin.dm_channel, "/consult", "help"))
        attempt = self._socket.attempt(delivery, 0, None, 10.0)
        wrong = (
            [] if attempt.acknowledged_at is not None else [f"the connection brings nothing more: {attempt.failure}"]
        )
        return wrong + self._work.after_all()

    def _give(self, random: Random, text: str) -> Any:
        """What the client makes of the text: as its own reader does, which takes only what begins as an object does."""
        try:
            frame = json.loads(text) if text.startswith("{") else {}
        except (ValueError, RecursionError):
            frame = None
        ends = isinstance(frame, dict) and frame.get("type") in ENDS
        if not ends and (random.random() < REALLY or frame is None):
            self._socket.send_text(text)
            self._wait_for(frame)
            return frame
        if not isinstance(frame, dict) or ends:
            return None
        self._client.run_message_listeners(frame, text)
        return frame

    def _wait_for(self, frame: Any) -> None:
        """Until it is acknowledged, if it can be; the reader does its work in threads of its own."""
        envelope = frame.get("envelope_id") if isinstance(frame, dict) else None
        until = time.monotonic() + 0.3
        while envelope is not None and time.monotonic() < until:
            if self._socket.acknowledgements and self._socket.acknowledgements[-1].envelope == envelope:
                return
            time.sleep(0.002)


def _as_text(envelope: Any) -> str:
    try:
        return json.dumps(envelope)
    except (ValueError, RecursionError):
        return '{"envelope_id": ' + "9" * 5000 + "}"
