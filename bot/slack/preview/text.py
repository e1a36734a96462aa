"""Slack's text objects as HTML: what is bold, quoted or a link there, and nothing else."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from bot.slack.preview.html import BREAK, Html, joined, lines, tag
from bot.slack.preview.people import NAMES

_PIECE = re.compile(
    r"<(?P<link>[^<>]*)>"
    r"|(?<![\w*])\*(?P<bold>\S(?:[^\n]*?\S)?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>\S(?:[^\n]*?\S)?)_(?![\w_])"
    r"|(?<![\w~])~(?P<struck>\S(?:[^\n]*?\S)?)~(?![\w~])"
    r"|`(?P<code>[^`\n]+)`"
)
_FENCE = "```"
_QUOTED = re.compile(r"(?:>|&gt;)\s*")
_TAGS = {"bold": "strong", "italic": "em", "struck": "s"}


def text(of: Mapping[str, Any]) -> Html:
    """A text object: plain_text as it stands, mrkdwn with its formatting."""
    return lines(of["text"]) if of["type"] == "plain_text" else mrkdwn(of["text"])


def mrkdwn(source: str) -> Html:
    """Slack's formatting as HTML; a line that begins with `>` is a quotation, and what stands between lines of ``` is code."""
    before, *fenced = source.split(f"\n{_FENCE}\n", 1)
    if fenced:
        return joined([mrkdwn(before), tag("pre", _plain(fenced[0].removesuffix(f"\n{_FENCE}")))])
    found: list[Html] = []
    for number, line in enumerate(source.split("\n")):
        quoted = _QUOTED.match(line)
        if number and not quoted:
            found.append(BREAK)
        found.append(tag("blockquote", _line(line[quoted.end() :])) if quoted else _line(line))
    return joined(found)


def _line(source: str) -> Html:
    found: list[str] = []
    end = 0
    for piece in _PIECE.finditer(source):
        found.append(_plain(source[end : piece.start()]))
        found.append(_formatted(piece))
        end = piece.end()
    return joined([*found, _plain(source[end:])])


def _formatted(piece: re.Match[str]) -> Html:
    kind = str(piece.lastgroup)
    inside = piece[kind]
    if kind == "link":
        return _link(inside)
    if kind == "code":
        return tag("code", _plain(inside))
    return tag(_TAGS[kind], _line(inside))


def _link(inside: str) -> Html:
    """A date as its fallback says it, a mention by its name, or a link: none of them leads anywhere from here."""
    to, _, words = inside.partition("|")
    if to.startswith("@") and to[1:] in NAMES:
        words = f"@{NAMES[to[1:]]}"
    return tag("span", _plain(words or to), class_="time" if to.startswith("!date") else "link")


def _plain(source: str) -> str:
    """Slack escapes & < > itself."""
    return html.unescape(source)
