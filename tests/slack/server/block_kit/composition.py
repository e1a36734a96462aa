"""Text objects, options, groups of options and confirmation dialogs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import limits
from .complaints import Complaints

ALLOWED_KEYS = {"plain_text": {"emoji"}, "mrkdwn": {"verbatim"}}
MENUS = ("static_select", "multi_static_select")
MARKED_UP_OPTIONS = ("checkboxes", "radio_buttons")


def check_text(text: object, where: str, found: Complaints, longest: int = limits.TEXT, plain: bool = False) -> None:
    """A text object; `plain`: it must be plain_text."""
    kind = text.get("type") if isinstance(text, Mapping) else None
    if not isinstance(text, Mapping) or kind not in ALLOWED_KEYS:
        found.add(where, "must be a text object of type plain_text or mrkdwn")
        return
    if plain and kind != "plain_text":
        found.add(f"{where}/type", "must be plain_text")
    if found.keys(text, where, {"type", "text"}, ALLOWED_KEYS[kind]):
        found.string(text["text"], f"{where}/text", longest)
    for flag in ALLOWED_KEYS[kind] & text.keys():
        found.flag(text[flag], f"{where}/{flag}")


def check_confirm(confirm: object, where: str, found: Complaints) -> None:
    """A confirmation dialog."""
    if not found.keys(confirm, where, {"title", "text", "confirm", "deny"}, {"style"}):
        return
    assert isinstance(confirm, Mapping)
    check_text(confirm["title"], f"{where}/title", found, limits.CONFIRM_TITLE, plain=True)
    check_text(confirm["text"], f"{where}/text", found, limits.CONFIRM_TEXT)
    for button in ("confirm", "deny"):
        check_text(confirm[button], f"{where}/{button}", found, limits.CONFIRM_BUTTON, plain=True)
    check_style(confirm, where, found)


def check_style(thing: Mapping[str, Any], where: str, found: Complaints) -> None:
    """The style of a button or dialog: none, primary or danger."""
    if thing.get("style", "primary") not in ("primary", "danger"):
        found.add(f"{where}/style", "must be one of primary, danger")


def options_of(element: Mapping[str, Any]) -> list[Any]:
    """Every option of an element, those in groups too."""
    groups = element.get("option_groups")
    if isinstance(groups, list):
        return [option for group in groups if isinstance(group, Mapping) for option in group.get("options") or []]
    options = element.get("options")
    return options if isinstance(options, list) else []


def check_options(element: Mapping[str, Any], where: str, found: Complaints) -> None:
    """The options or groups of options of an element, and which of them are chosen at first."""
    kind = element["type"]
    most = limits.OPTIONS.get(kind, limits.OPTIONS_ELSE)
    if ("options" in element) == ("option_groups" in element):
        found.add(where, "must have either options or option_groups")
    if "options" in element:
        for n, option in enumerate(found.items(element["options"], f"{where}/options", most)):
            _check_option(option, f"{where}/options/{n}", kind, found)
    if "option_groups" in element:
        groups = found.items(element["option_groups"], f"{where}/option_groups", limits.OPTION_GROUPS)
        for n, group in enumerate(groups):
            _check_group(group, f"{where}/option_groups/{n}", kind, found)
    _check_values_differ(element, where, found)
    _check_chosen_at_first(element, where, found)


def _check_group(group: object, where: str, kind: str, found: Complaints) -> None:
    if found.keys(group, where, {"label", "options"}, ()):
        assert isinstance(group, Mapping)
        check_text(group["label"], f"{where}/label", found, limits.GROUP_LABEL, plain=True)
        for n, option in enumerate(found.items(group["options"], f"{where}/options", limits.OPTIONS_ELSE)):
            _check_option(option, f"{where}/options/{n}", kind, found)


def _check_option(option: object, where: str, kind: str, found: Complaints) -> None:
    more = {"description"} | ({"url"} if kind == "overflow" else set())
    if not found.keys(option, where, {"text", "value"}, more):
        return
    assert isinstance(option, Mapping)
    plain = kind not in MARKED_UP_OPTIONS
    check_text(option["text"], f"{where}/text", found, limits.OPTION_TEXT, plain=plain)
    longest = limits.OPTION_VALUE_IN_MENU if kind in MENUS else limits.OPTION_VALUE
    found.string(option["value"], f"{where}/value", longest)
    if "description" in option:
        check_text(option["description"], f"{where}/description", found, limits.OPTION_DESCRIPTION, plain=plain)
    if "url" in option:
        found.string(option["url"], f"{where}/url", limits.URL)


def _check_values_differ(element: Mapping[str, Any], where: str, found: Complaints) -> None:
    values = [str(option.get("value")) for option in options_of(element) if isinstance(option, Mapping)]
    for value in sorted({value for value in values if values.count(value) > 1}):
        found.add(where, f"duplicate option value: {value}")


def _check_chosen_at_first(element: Mapping[str, Any], where: str, found: Complaints) -> None:
    options = options_of(element)
    if "initial_option" in element and element["initial_option"] not in options:
        found.add(f"{where}/initial_option", "must be one of the options")
    if "initial_options" in element:
        most = element.get("max_selected_items", len(options))
        most = most if isinstance(most, int) else len(options)
        for n, option in enumerate(found.items(element["initial_options"], f"{where}/initial_options", most)):
            if option not in options:
                found.add(f"{where}/initial_options/{n}", "must be one of the options")
