"""The metadata of a message."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from . import limits


def check_metadata(metadata: object) -> str | None:
    """The error that Slack answers for this metadata; None when it is well-formed or empty (which removes it)."""
    if not isinstance(metadata, Mapping):
        return "invalid_metadata_format"
    if not metadata:
        return None
    if metadata.keys() != {"event_type", "event_payload"}:
        return "invalid_metadata_format"
    kind, payload = metadata["event_type"], metadata["event_payload"]
    if not isinstance(kind, str) or not re.fullmatch(r"[A-Za-z0-9_.-]{1,255}", kind):
        return "invalid_metadata_format"
    if not isinstance(payload, Mapping) or any(value is None for value in payload.values()):
        return "invalid_metadata_schema"
    return "metadata_too_large" if len(json.dumps(payload)) > limits.METADATA else None
