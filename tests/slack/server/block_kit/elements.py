"""The elements that blocks hold: what each must and may have, and where it may stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import limits
from .complaints import Complaints
from .composition import check_confirm, check_options, check_style, check_text


@dataclass(frozen=True)
class Element:
    """What Slack's reference says of one type of element; words separated by spaces."""

    needs: str
    may: str
    blocks: str
    surfaces: str = "message modal home"


_MENU = "placeholder confirm focus_on_load"
_ANYWHERE = "section actions input"
_FROM_WORKSPACE = {
    "users_select": "initial_user",
    "channels_select": "initial_channel response_url_enabled",
    "conversations_select": "initial_conversation default_to_current_conversation response_url_enabled filter",
}
_MULTI_FROM_WORKSPACE = {
    "multi_users_select": "initial_users",
    "multi_channels_select": "initial_channels",
    "multi_conversations_select": "initial_conversations default_to_current_conversation filter",
}
_TYPED = "placeholder initial_value dispatch_action_config focus_on_load"

ELEMENTS = {
    "button": Element("text", "url value style confirm accessibility_label", "section actions"),
    "checkboxes": Element("options", "initial_options confirm focus_on_load", _ANYWHERE),
    "radio_buttons": Element("options", "initial_option confirm focus_on_load", _ANYWHERE),
    "overflow": Element("options", "confirm", "section actions"),
    "static_select": Element("", f"{_MENU} options option_groups initial_option", _ANYWHERE),
    "multi_static_select": Element("", f"{_MENU} options option_groups initial_options max_selected_items", _ANYWHERE),
    **{kind: Element("", f"{_MENU} {more}", _ANYWHERE) for kind, more in _FROM_WORKSPACE.items()},
    **{
        kind: Element("", f"{_MENU} {more} max_selected_items", _ANYWHERE)
        for kind, more in _MULTI_FROM_WORKSPACE.items()
    },
    "datepicker": Element("", f"{_MENU} initial_date", _ANYWHERE),
    "timepicker": Element("", f"{_MENU} initial_time timezone", _ANYWHERE),
    "datetimepicker": Element("", "initial_date_time confirm focus_on_load", "actions input", "message modal"),
    "plain_text_input": Element("", f"{_TYPED} multiline min_length max_length", "input"),
    "number_input": Element("is_decimal_allowed", f"{_TYPED} min_value max_value", "input", "modal"),
    "email_text_input": Element("", _TYPED, "input", "modal"),
    "url_text_input": Element("", _TYPED, "input", "modal"),
    "image": Element("alt_text", "image_url slack_file", "section context"),
}
WITHOUT_ACTION = {"image"}
WITH_OPTIONS = {"checkboxes", "radio_buttons", "overflow", "static_select", "multi_static_select"}


def check_element(element: object, where: str, found: Complaints, block: str, surface: str) -> None:
    """An element in a block of type `block` on a surface: message, modal or home."""
    kind = element.get("type") if isinstance(element, Mapping) else None
    if not isinstance(element, Mapping) or not isinstance(kind, str) or kind not in ELEMENTS:
        found.add(where, f"unsupported type: {kind}")
        return
    rule = ELEMENTS[kind]
    if block not in rule.blocks.split():
        found.add(where, f"unsupported type: {kind} is not allowed in a block of type {block}")
    if surface not in rule.surfaces.split():
        found.add(where, f"unsupported type: {kind} is not allowed in a {surface}")
    may = rule.may.split() + ([] if kind in WITHOUT_ACTION else ["action_id"])
    complete = found.keys(element, where, {"type", *rule.needs.split()}, may)
    if kind in WITH_OPTIONS and complete:
        check_options(element, where, found)
    for key in sorted(element.keys() & _KEYS.keys()):
        _KEYS[key](element, f"{where}/{key}", found)
    if kind == "button":
        _check_button(element, where, found)
    if kind == "plain_text_input":
        _check_lengths(element, where, found)


def _check_button(button: Mapping[str, Any], where: str, found: Complaints) -> None:
    check_text(button.get("text"), f"{where}/text", found, limits.BUTTON_TEXT, plain=True)
    check_style(button, where, found)


def _check_lengths(field: Mapping[str, Any], where: str, found: Complaints) -> None:
    least, most = field.get("min_length", 0), field.get("max_length", limits.INPUT_LENGTH)
    if not found.whole_number(least, f"{where}/min_length", 0, limits.INPUT_LENGTH):
        return
    if not found.whole_number(most, f"{where}/max_length", 1, limits.INPUT_LENGTH):
        return
    if least > most:
        found.add(where, "min_length must not be greater than max_length")
    if "initial_value" in field:
        found.string(field["initial_value"], f"{where}/initial_value", most, least=0)


_Check = Callable[[Mapping[str, Any], str, Complaints], None]


def _text(longest: int) -> _Check:
    def check(element: Mapping[str, Any], where: str, found: Complaints) -> None:
        check_text(element[where.rpartition("/")[2]], where, found, longest, plain=True)

    return check


def _string(longest: int) -> _Check:
    def check(element: Mapping[str, Any], where: str, found: Complaints) -> None:
        found.string(element[where.rpartition("/")[2]], where, longest)

    return check


def _pattern(pattern: str, words: str) -> _Check:
    def check(element: Mapping[str, Any], where: str, found: Complaints) -> None:
        if not re.fullmatch(pattern, str(element[where.rpartition("/")[2]])):
            found.add(where, f"must be {words}")

    return check


def _flag(element: Mapping[str, Any], where: str, found: Complaints) -> None:
    found.flag(element[where.rpartition("/")[2]], where)


def _confirm(element: Mapping[str, Any], where: str, found: Complaints) -> None:
    check_confirm(element["confirm"], where, found)


def _at_most(element: Mapping[str, Any], where: str, found: Complaints) -> None:
    found.whole_number(element["max_selected_items"], where, 1, limits.OPTIONS_ELSE)


def _moment(element: Mapping[str, Any], where: str, found: Complaints) -> None:
    found.whole_number(element["initial_date_time"], where, 10**9, 10**10 - 1)


def _dispatch(element: Mapping[str, Any], where: str, found: Complaints) -> None:
    config = element["dispatch_action_config"]
    if found.keys(config, where, {"trigger_actions_on"}, ()) and not (
        isinstance(config["trigger_actions_on"], list)
        and set(config["trigger_actions_on"]) <= {"on_enter_pressed", "on_character_entered"}
    ):
        found.add(f"{where}/trigger_actions_on", "must be of on_enter_pressed, on_character_entered")


# What a key must be, wherever it stands.
_KEYS: Mapping[str, _Check] = {
    "action_id": _string(limits.ID),
    "value": _string(limits.BUTTON_VALUE),
    "url": _string(limits.URL),
    "accessibility_label": _string(limits.ACCESSIBILITY_LABEL),
    "placeholder": _text(limits.PLACEHOLDER),
    "alt_text": _string(limits.ALT_TEXT),
    "image_url": _string(limits.URL),
    "initial_date": _pattern(r"\d{4}-\d\d-\d\d", "a date as YYYY-MM-DD"),
    "initial_time": _pattern(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm"),
    "initial_date_time": _moment,
    "max_selected_items": _at_most,
    "confirm": _confirm,
    "focus_on_load": _flag,
    "multiline": _flag,
    "dispatch_action_config": _dispatch,
}
