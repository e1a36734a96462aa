"""The law as text for a terminal or a pipe: a jurisdiction as a page, and all of them in a list."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from bot.terminal.text import WIDEST, page, printed, wrap
from state_law.describe import AtAGlance, say

__all__ = ["list_of_all", "page"]


def list_of_all(jurisdictions: list[AtAGlance], table_version: str, console: Console) -> str:
    """All jurisdictions, each in a line; a narrow terminal goes on below, and a pipe never breaks a line."""
    width = console.width if console.is_terminal else None
    lines: list[Text] = []
    longest = max(len(one.duty_in_words) for one in jurisdictions)
    for one in jurisdictions:
        mark = say("mark") if one.unconfirmed else " "
        start = f"{one.code}  {one.name:<20}  {one.duty_in_words:<{longest}}  {one.verified_on} {mark}  "
        text = start + one.citations_in_words
        wrapped = wrap(text, "", "    ", width) if width else [text.rstrip()]
        lines += [Text(line) for line in wrapped]
        lines[-len(wrapped)].stylize("bold", 0, 2)
        if one.unconfirmed:
            lines[-len(wrapped)].stylize("yellow", len(start) - 3, len(start) - 2)
    means = wrap(say("mark_means"), "", "  ", width or WIDEST)
    return printed([*lines, Text(), *map(Text, means), Text(say("table_version", version=table_version))], console)
