"""How a tap says which consult it is about: its block's id (or a modal's private metadata) has the reference and the turn.

A turn ends when something new is shown (flows/consult.py), so that what is tapped on an old message is recognised. The
names of slots, under which the outbox keeps where something was posted, stand here too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.storage import parse_reference
from bot.storage.errors import BadReference


class BadAddress(ValueError):
    """What Slack brought names no consult in a way that this program writes."""


@dataclass(frozen=True, slots=True)
class Address:
    """A consult, and the turn in which something of it was shown."""

    reference: str
    turn: int

    def block(self, part: str) -> str:
        """The id of a block: `C-7F3K2:4:threat`. `part` is unique in the message."""
        return f"{self.reference}:{self.turn}:{part}"

    def metadata(self, **more: Any) -> str:
        """A modal's private metadata."""
        return json.dumps({"c": self.reference, "t": self.turn, **more}, separators=(",", ":"))


def lasting(reference: str) -> Address:
    """The address on what may be tapped in whatever turn the consult is: a supervisor's button, the client's care."""
    return Address(reference, 0)


def read_block(block_id: object) -> tuple[Address, str]:
    """The address in a block's id, and the part. BadAddress."""
    parts = block_id.split(":", 2) if isinstance(block_id, str) else []
    if len(parts) != 3:
        raise BadAddress("a block's id is reference:turn:part")
    return _address(parts[0], parts[1]), parts[2]


def read_metadata(text: object) -> tuple[Address, Mapping[str, Any]]:
    """The address in a modal's private metadata, and what else stands there. BadAddress."""
    try:
        data = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        data = None
    if not isinstance(data, dict) or not {"c", "t"} <= set(data):
        raise BadAddress("a modal's private metadata is JSON with c and t")
    return _address(data.pop("c"), data.pop("t")), data


def _address(reference: object, turn: object) -> Address:
    try:
        return Address(parse_reference(str(reference)), int(str(turn)))
    except (BadReference, ValueError):
        raise BadAddress("no reference and turn") from None


def dm(user: str) -> str:
    """The slot of the conversation with a person; it is also the lane of what is sent there."""
    return f"dm:{user}"


def thread(reference: str) -> str:
    """The slot of the message under which a consult's thread stands."""
    return f"thread:{reference}"


def shown(reference: str, turn: int) -> str:
    """The slot of the message that shows what is to be done in that turn."""
    return f"screen:{reference}:{turn}"


def emergency(reference: str, turn: int) -> str:
    """The slot of the emergency card that was sent in that turn."""
    return f"emergency:{reference}:{turn}"


def care(reference: str) -> str:
    """The slot of the checklist of the client's care."""
    return f"care:{reference}"


def consult_of(slot: str) -> str | None:
    """The reference in the slot of a thread; None for another slot."""
    kind, _, reference = slot.partition(":")
    return reference if kind == "thread" else None
