"""A message, a modal and the home as a phone shows them, each in a frame with a caption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.preview.blocks import blocks_as_html
from bot.slack.preview.html import Html, tag
from bot.slack.preview.text import mrkdwn
from bot.slack.shown import Message, View


@dataclass(frozen=True)
class Frame:
    """`caption`: what it is, and when it is seen. `shows`: messages one below the other, or one view."""

    caption: str
    shows: Sequence[Message] | View


def frame_as_html(frame: Frame) -> Html:
    """The frame with its caption."""
    shows = frame.shows
    if not isinstance(shows, Sequence):
        phone = _home(shows) if shows["type"] == "home" else _modal(shows)
    else:
        phone = tag("div", *(_message(one) for one in shows), class_="phone messages")
    return tag("figure", tag("figcaption", frame.caption), phone)


def _message(message: Message) -> Html:
    return tag(
        "div",
        tag("div", "Notification: ", tag("q", message.text), class_="notification"),
        tag("div", "C", class_="avatar"),
        tag("div", tag("strong", "Curbside"), tag("span", "APP", class_="app"), class_="from"),
        tag("div", blocks_as_html(message.blocks) if message.blocks else mrkdwn(message.text), class_="said"),
        class_="message",
    )


def _modal(view: View) -> Html:
    submit = tag("span", view["submit"]["text"], class_="submit") if "submit" in view else tag("span")
    bar = tag(
        "div",
        tag("span", view["close"]["text"] if "close" in view else "Close", class_="close"),
        tag("strong", view["title"]["text"]),
        submit,
        class_="bar",
    )
    return tag("div", bar, tag("div", blocks_as_html(view["blocks"]), class_="said"), class_="phone modal")


def _home(view: View) -> Html:
    tabs = tag("div", tag("strong", "Home"), tag("span", "Messages"), tag("span", "About"), class_="tabs")
    bar = tag("div", tag("span"), tag("strong", "Curbside"), tag("span"), class_="bar")
    return tag("div", bar, tabs, tag("div", blocks_as_html(view["blocks"]), class_="said"), class_="phone home")
