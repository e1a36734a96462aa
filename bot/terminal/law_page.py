"""The law as text for a terminal or a pipe: wrapped to the width; bold and colour only where the terminal has them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from state_law.describe import AtAGlance, Line, Section, say

WIDEST = 120
LABELS = 16
"""How far the text beside a label is moved in, where there is room for that."""
ROOM_FOR_LABELS = 60


def page(section: Section, console: Console) -> str:
    """A jurisdiction as text for this console."""
    return _printed(list(_section(section, 0, min(console.width, WIDEST))), console)


def list_of_all(jurisdictions: list[AtAGlance], table_version: str, console: Console) -> str:
    """All jurisdictions, each in a line; a narrow terminal goes on below, and a pipe never breaks a line."""
    width = console.width if console.is_terminal else None
    lines: list[Text] = []
    longest = max(len(one.duty_in_words) for one in jurisdictions)
    for one in jurisdictions:
        mark = say("mark") if one.unconfirmed else " "
        start = f"{one.code}  {one.name:<20}  {one.duty_in_words:<{longest}}  {one.verified_on} {mark}  "
        text = start + one.citations_in_words
        wrapped = _wrap(text, "", "    ", width) if width else [text.rstrip()]
        lines += [Text(line) for line in wrapped]
        lines[-len(wrapped)].stylize("bold", 0, 2)
        if one.unconfirmed:
            lines[-len(wrapped)].stylize("yellow", len(start) - 3, len(start) - 2)
    means = _wrap(say("mark_means"), "", "  ", width or WIDEST)
    return _printed([*lines, Text(), *map(Text, means), Text(say("table_version", version=table_version))], console)


def _printed(lines: list[Text], console: Console) -> str:
    # Captured, not printed: rich would end a pipe that nobody reads any more with a status of its own.
    with console.capture() as captured:
        for line in lines:
            console.print(line, soft_wrap=True, highlight=False)
    return captured.get()


def _section(section: Section, depth: int, width: int) -> Iterator[Text]:
    indent = "  " * depth
    for line in _wrap(section.title, indent, indent + "  ", width):
        yield Text(line, "bold underline" if depth == 0 else "bold")
    for one in section.lines:
        yield from _line(one, indent + "  ", width)
    for number, part in enumerate(section.parts):
        if depth == 0 or section.lines or number:
            yield Text()
        yield from _section(part, depth + 1, width)


def _line(line: Line, indent: str, width: int) -> Iterator[Text]:
    style = "yellow" if line.doubtful else ""
    within = indent
    if line.label and width >= ROOM_FOR_LABELS:
        within = indent + " " * LABELS
        first = f"{indent}{line.label:<{LABELS}}"
    elif line.label:
        yield Text(indent + line.label, "cyan")
        within = first = indent + "  "
    else:
        first = indent
    texts = [(line.text, first, within)] if line.text else []
    for number, point in enumerate(line.points):
        before = first if not texts and not number else within
        texts.append((point, f"{before}- ", f"{within}  "))
    for text, start, further in texts:
        for number, wrapped in enumerate(_wrap(text, start, further, width)):
            styled = Text(wrapped, style)
            if not number and start.startswith(indent + line.label) and line.label:
                styled.stylize("not bold cyan", 0, len(indent + line.label))
            yield styled


def _wrap(text: str, first: str, further: str, width: int) -> list[str]:
    """Lines no wider than `width`; but an address stays whole, to be followed. A § stays with its number."""
    lines = textwrap.wrap(
        text.replace("§ ", "§\N{NO-BREAK SPACE}"),
        width,
        initial_indent=first,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("§\N{NO-BREAK SPACE}", "§ ") for line in lines]
