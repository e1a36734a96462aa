"""Whether a payload is built as Slack builds them, so far as Bolt takes it apart before any listener sees it.

Bolt looks up ids by itself, in places where it expects a text, an object or a list, and fails where something else stands.
What a listener needs beyond that, it checks itself (listeners/reading.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

ID_OR_OBJECT = ("channel", "enterprise", "team", "user")
OBJECTS = ("assistant_thread", "container", "event", "function_data", "item", "message", "previous_message", "view")
LISTS_OF_OBJECTS = ("actions", "authorizations", "response_urls")
NEVER_NULL = ("response_urls",)
"""Bolt counts them without asking whether they are there."""
TEXTS = ("action_id", "callback_id", "command", "subtype", "type")
DEEPEST = 6
"""Objects within objects that Bolt follows: an event, its message, what stands in that."""

NEEDED: Mapping[str, tuple[str, str]] = {
    "event_callback": ("event", "type"),
    "block_actions": ("actions", "action_id"),
    "view_submission": ("view", "callback_id"),
    "view_closed": ("view", "callback_id"),
}
"""What a payload of this type must have: an object, or a list of some, with this text in it."""


class WrongShape(ValueError):
    """The payload is not one of Slack's. str() names the part, never what stood there."""


def check_shape(payload: object) -> dict[str, Any]:
    """The payload, when Bolt can take it apart. WrongShape."""
    if not isinstance(payload, dict):
        raise WrongShape("payload")
    _check(payload, DEEPEST)
    part, text = NEEDED.get(str(payload.get("type")), ("", ""))
    if part:
        found = payload.get(part)
        objects = found if isinstance(found, list) else [found]
        if not objects or not all(isinstance(one, dict) and isinstance(one.get(text), str) for one in objects):
            raise WrongShape(f"{part}.{text}")
    if str(payload.get("type")).startswith("view_") and not isinstance(payload["view"].get("type"), str):
        raise WrongShape("view.type")
    return payload


def _check(found: Mapping[str, Any], deepest: int) -> None:
    for name, value in found.items():
        if name not in _ALLOWED or (value is None and name not in NEVER_NULL):
            continue
        if not isinstance(value, _ALLOWED[name]):
            raise WrongShape(name)
        if isinstance(value, list) and not all(isinstance(one, dict) for one in value):
            raise WrongShape(name)
        for inner in _objects_in(value):
            if deepest == 0:
                raise WrongShape("too_deep")
            _check(inner, deepest - 1)


def _objects_in(value: object) -> Iterator[Mapping[str, Any]]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one


_ALLOWED: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(ID_OR_OBJECT, (str, dict)),
    **dict.fromkeys(OBJECTS, (dict,)),
    **dict.fromkeys(LISTS_OF_OBJECTS, (list,)),
    **dict.fromkeys(TEXTS, (str,)),
}
