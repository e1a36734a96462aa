"""The hashes that show whether the log was altered.

Every event holds the hash of the event before it, in one chain for the whole log. What an event says (its
content) and the consult's row after it are hashed with a random salt that is kept beside the content: once
both are purged, the hash stays to carry the chain, and nobody can find the content by trying the few answers
that there are.

A chain alone shows changes back to the last head that somebody outside has seen: whoever can write the whole
file can also write a whole new chain.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64
"""What the first event has in place of the hash of the one before."""

HASHED = ("id", "consult", "revision", "at", "actor", "kind", "content_hash", "state_hash", "previous_hash")
"""What the hash of an event covers: every field of its row, the hash of the event before among them."""

HASHED_OF_ACCESS = ("id", "at", "actor", "what", "consult", "detail", "after_event", "previous_hash")
"""What the hash of an access covers: every field of its row. `detail` is the JSON text."""

_FORM = "curbside-event-1"  # hashed with every event, so that a later form can't be passed off as this one
_ACCESS_FORM = "curbside-access-1"
_SALT_BYTES = 16


def canonical(value: object) -> str:
    """`value` as JSON in one spelling: keys sorted, no spaces, characters as they are.

    Raises ValueError or TypeError for what JSON or UTF-8 can't hold (a set, NaN, half of a surrogate pair).
    """
    text = _ENCODER.encode(value)
    text.encode()
    return text


def new_salt() -> bytes:
    """16 random bytes."""
    return secrets.token_bytes(_SALT_BYTES)


def salted_hash(salt: bytes, text: str) -> str:
    """SHA-256 of the salt and the text in UTF-8, in hexadecimal."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def event_hash(row: Mapping[str, object]) -> str:
    """The hash of an event: SHA-256 over the fields of its row named in `HASHED`, in canonical JSON."""
    fields = {name: row[name] for name in HASHED}
    return hashlib.sha256(canonical({"form": _FORM, **fields}).encode()).hexdigest()


def access_hash(row: Mapping[str, object]) -> str:
    """The hash of an access: SHA-256 over the fields of its row named in `HASHED_OF_ACCESS`, in canonical JSON."""
    fields = {name: row[name] for name in HASHED_OF_ACCESS}
    return hashlib.sha256(canonical({"form": _ACCESS_FORM, **fields}).encode()).hexdigest()


def _as_dict(value: object) -> dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


# Made once: a log is verified by tens of thousands of these.
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_as_dict
)
