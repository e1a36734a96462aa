"""Long answers come in pages; a cursor says where the next one begins."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, TypeVar

from ..arguments import Arguments
from ..errors import ApiError

T = TypeVar("T")


def page(items: Sequence[T], arguments: Arguments, default: int) -> tuple[list[T], dict[str, Any]]:
    """One page of the items, and what the answer says of the next one."""
    limit = arguments.number("limit", default, 1000)
    start = _position(arguments.text("cursor", ""))
    end = start + limit
    following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return list(items[start:end]), {"response_metadata": {"next_cursor": following}}


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except ValueError:
        raise ApiError("invalid_cursor") from None
