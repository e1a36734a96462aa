"""The arguments of a call, from a form, JSON or the address."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from .errors import ApiError


class Arguments(dict[str, Any]):
    """What the caller gave. Forms carry structures as JSON, and true as "true" or "1"."""

    def text(self, name: str, default: str | None = None) -> str:
        """A text; without a default it is required."""
        value = self.get(name, default)
        if value is None or (default is None and value == ""):
            raise ApiError(
                "invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required field: {name}"]}
            )
        return str(value)

    def flag(self, name: str) -> bool:
        """True or false."""
        return str(self.get(name, "")).lower() in ("1", "true")

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 1 to `most`."""
        try:
            value = int(self.get(name, default))
        except (TypeError, ValueError):
            raise ApiError("invalid_limit") from None
        if not 1 <= value <= most:
            raise ApiError("invalid_limit")
        return value

    def structure(self, name: str, error: str) -> Any:
        """A list or an object; None when it was not given."""
        value = self.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError(error) from None


def read_arguments(content_type: str, body: bytes, query: str) -> Arguments:
    """The arguments of a request."""
    arguments = Arguments(parse_qsl(query, keep_blank_values=True))
    if content_type.startswith("application/json"):
        try:
            given = json.loads(body or b"{}")
        except ValueError:
            raise ApiError("invalid_json") from None
        if not isinstance(given, dict):
            raise ApiError("json_not_object")
        arguments.update(given)
    elif content_type.startswith("application/x-www-form-urlencoded") or not body:
        arguments.update(parse_qsl(body.decode(), keep_blank_values=True))
    else:
        raise ApiError("invalid_post_type")
    return arguments
