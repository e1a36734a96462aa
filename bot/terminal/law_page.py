"""The law as text for a terminal or a pipe: a jurisdiction as a page, and all of them in a list."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from bot.terminal.text import WIDEST, one_line_each, page, printed, wrap
from state_law.describe import AtAGlance, say

__all__ = ["list_of_all", "page"]


def list_of_all(jurisdictions: list[AtAGlance], table_version: str, console: Console) -> str:
    """All jurisdictions, each in a line; a narrow terminal goes on below, and a pipe never breaks a line."""
    longest = max(len(one.duty_in_words) for one in jurisdictions)
    starts = []
    for one in jurisdictions:
        mark = say("mark") if one.unconfirmed else " "
        starts.append(f"{one.code}  {one.name:<20}  {one.duty_in_words:<{longest}}  {one.verified_on} {mark}  ")
    entries = [(start + one.citations_in_words, 2) for start, one in zip(starts, jurisdictions, strict=True)]
    listed = one_line_each(entries, console)
    for lines, start, one in zip(listed, starts, jurisdictions, strict=True):
        if one.unconfirmed:
            lines[0].stylize("yellow", len(start) - 3, len(start) - 2)
    means = wrap(say("mark_means"), "", "  ", console.width if console.is_terminal else WIDEST)
    end = [Text(), *map(Text, means), Text(say("table_version", version=table_version))]
    return printed([line for lines in listed for line in lines] + end, console)
