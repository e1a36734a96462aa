"""What can be tapped and filled in, as HTML: nothing of it does anything, and every choice is there to be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.slack.preview.html import Html, Piece, lines, tag
from bot.slack.preview.text import text

Element = Mapping[str, Any]


def element(of: Element) -> Html:
    """One element of a block. KeyError for a type that this program does not use."""
    return _ELEMENTS[of["type"]](of)


def _button(of: Element) -> Html:
    style = f"button {of.get('style', '')}".rstrip()
    if "confirm" in of:
        return _asking_first(of, style)
    return tag("span", text(of["text"]), class_=style, title=f"leads to {of['url']}" if "url" in of else None)


def _asking_first(of: Element, style: str) -> Html:
    """A button behind which Slack asks whether one is sure."""
    asks = of["confirm"]
    says = tag("p", tag("strong", text(asks["title"])), " ", text(asks["text"]))
    on = (tag("span", text(asks[name]), class_="button") for name in ("deny", "confirm"))
    return tag("details", tag("summary", text(of["text"]), class_=style), says, *on, class_="confirm")


def _menu(of: Element) -> Html:
    """What is chosen in it, and all there is to choose from behind it."""
    at_first = of.get("initial_options") or [of[name] for name in ("initial_option",) if name in of]
    chosen = [option["value"] for option in at_first]
    shown: Sequence[Piece] = [tag("span", text(one["text"]), class_="chosen") for one in at_first]
    if not shown:
        shown = [tag("span", text(of["placeholder"]) if "placeholder" in of else "Choose", class_="placeholder")]
    options = [_option(one, one["value"] in chosen) for one in of["options"]]
    mark = tag("span", "⌄", class_="arrow")
    summary = tag("summary", tag("span", *shown, class_="now"), mark)
    return tag("details", summary, tag("ul", *options), class_="menu")


def _option(of: Element, chosen: bool) -> Html:
    more = [tag("small", text(of["description"]))] if "description" in of else []
    return tag("li", text(of["text"]), *more, class_="chosen" if chosen else None)


def _ticks(of: Element, off: str, on: str) -> Html:
    """All choices at once: radio buttons and boxes."""
    at_first = of.get("initial_options") or [of[name] for name in ("initial_option",) if name in of]
    rows = []
    for option in of["options"]:
        mark = tag("span", on if option in at_first else off, class_="mark")
        more = [tag("small", text(option["description"]))] if "description" in option else []
        rows.append(tag("li", mark, tag("span", text(option["text"]), *more)))
    return tag("ul", *rows, class_="ticks")


def _picked(of: Element) -> Html:
    """A person or a day, which the client lets one choose."""
    return tag("span", text(of["placeholder"]) if "placeholder" in of else "Choose", class_="field placeholder")


def _date_and_time(of: Element) -> Html:
    at = of.get("initial_date_time")
    said = f"{datetime.fromtimestamp(at, UTC):%b %d, %Y, %H:%M} UTC" if at is not None else "Choose a date and time"
    return tag("span", said, class_="field" if at is not None else "field placeholder")


def _typed(of: Element) -> Html:
    style = "field many" if of.get("multiline") else "field"
    if "initial_value" in of:
        return tag("span", lines(of["initial_value"]), class_=style)
    return tag("span", of["placeholder"]["text"] if "placeholder" in of else "\u00a0", class_=f"{style} placeholder")


_ELEMENTS: Mapping[str, Callable[[Element], Html]] = {
    "button": _button,
    "static_select": _menu,
    "multi_static_select": _menu,
    "radio_buttons": lambda of: _ticks(of, "○", "◉"),
    "checkboxes": lambda of: _ticks(of, "☐", "☑"),
    "datetimepicker": _date_and_time,
    "datepicker": _picked,
    "users_select": _picked,
    "plain_text_input": _typed,
}
