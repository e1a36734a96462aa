"""HTML, built so that no text can become markup: every text is escaped, and only what this program has built is not."""

from __future__ import annotations

import html
from collections.abc import Iterable


class Html(str):
    """Markup that this program has built."""

    __slots__ = ()


Piece = str | Html


def tag(name: str, *inside: Piece, **attributes: str | None) -> Html:
    """An element. `inside`: texts, which are escaped, and markup. An attribute's `_` stands for `-`, its last one for nothing."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{said}>{joined(inside)}</{name}>")


def joined(pieces: Iterable[Piece]) -> Html:
    """Pieces one after the other."""
    return Html("".join(one if isinstance(one, Html) else html.escape(one) for one in pieces))


BREAK = Html("<br>")


def lines(text: str) -> Html:
    """Plain text with its line breaks."""
    first, *rest = text.split("\n")
    return joined([first, *(piece for one in rest for piece in (BREAK, one))])
