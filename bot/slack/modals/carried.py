"""A decision on its way through a modal that asks for its reasons: packed into the modal's private metadata, and read again."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from typing import Any

from bot.slack.addresses import BadAddress
from flows.errors import AnswerError

CARRIED = "d"
"""The name under which it stands in the metadata."""
MOST_CARRIED = 2800
"""Characters: Slack takes 3,000 in all, of which the address needs some."""
MOST_UNPACKED = 100_000


def packed(decision: Mapping[str, Any]) -> str:
    """The decision as text. AnswerError when what is told is written at such length that it can't be carried."""
    plain = json.dumps(decision, ensure_ascii=False, separators=(",", ":")).encode()
    text = base64.urlsafe_b64encode(zlib.compress(plain, 9)).decode("ascii")
    if len(text) > MOST_CARRIED:
        told: Mapping[str, str] = decision.get("tell") or {"nobody": ""}
        longest = max(told, key=lambda who: len(told[who]))
        raise AnswerError(f"decision.tell.{longest}", None, "fewer words", "it is too long to be kept with reasons")
    return text


def carried(extra: Mapping[str, Any]) -> dict[str, Any]:
    """The decision in a modal's private metadata, as `read_metadata` gives it. BadAddress when there is none."""
    try:
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(base64.urlsafe_b64decode(str(extra[CARRIED])), MOST_UNPACKED)
        decision = json.loads(plain)
    except (KeyError, ValueError, binascii.Error, zlib.error):
        raise BadAddress("no decision in the private metadata") from None
    if not unpacking.eof or not isinstance(decision, dict):
        raise BadAddress("no decision in the private metadata")
    return decision
