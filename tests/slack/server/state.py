"""What is chosen and typed in a message or a view, in the shape in which interactions carry it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .open_views import State
from .screens import CannotBeDone, Screen, option_of

Value = str | int | datetime | Sequence[str] | None

# For each type of element: the key under which what is chosen there stands, and the key with which it begins.
ONE = {
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
}
MANY = {
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
}
KEYS = ONE | MANY


def chosen(element: Mapping[str, Any], value: Value) -> dict[str, Any]:
    """What an interaction says of an element where a person chose or typed `value`; None: nothing."""
    kind = element["type"]
    if kind not in KEYS:
        raise CannotBeDone(f"nothing can be chosen in {kind}")
    if kind in MANY:
        wanted = [] if value is None else [value] if isinstance(value, str) else value
        if not isinstance(wanted, Sequence):
            raise CannotBeDone(f"{kind} takes a list")
        return {"type": kind, KEYS[kind][0]: _many(element, wanted)}
    return {"type": kind, KEYS[kind][0]: _one(element, value)}


def _many(element: Mapping[str, Any], wanted: Sequence[str]) -> list[Any]:
    if len(wanted) > element.get("max_selected_items", len(wanted)):
        raise CannotBeDone(f"no more than {element['max_selected_items']} can be chosen")
    if "_options" in KEYS[element["type"]][0]:
        return [option_of(element, one) for one in wanted]
    return list(wanted)


def _one(element: Mapping[str, Any], value: Value) -> Any:
    if element["type"] == "datetimepicker":
        return int(value.timestamp()) if isinstance(value, datetime) else value
    if value is not None and not isinstance(value, str):
        raise CannotBeDone(f"{element['type']} takes a text")
    if KEYS[element["type"]][0] == "selected_option":
        return None if value is None else option_of(element, value)
    if element["type"].endswith("_input"):
        _check_length(element, value or "")
        return value or None
    return value


def _check_length(element: Mapping[str, Any], typed: str) -> None:
    """Slack's own clients refuse what is too short or too long."""
    if typed and not element.get("min_length", 0) <= len(typed) <= element.get("max_length", 3000):
        raise CannotBeDone(f"{len(typed)} characters are too few or too many for {element['action_id']}")


def state_of(screen: Screen, changed: State) -> State:
    """All that is chosen in a screen: what a person changed there, and what was there at first."""
    values: State = {}
    for block, element in screen.elements():
        if element["type"] not in KEYS or element["type"] == "overflow":
            continue
        block_id, action_id = block["block_id"], element["action_id"]
        known = changed.get(block_id, {}).get(action_id)
        values.setdefault(block_id, {})[action_id] = known if known is not None else _at_first(element)
    return values


def _at_first(element: Mapping[str, Any]) -> dict[str, Any]:
    key, initial = KEYS[element["type"]]
    return {"type": element["type"], key: element.get(initial, [] if element["type"] in MANY else None)}
