"""Sections of plain lines as text for a terminal or a pipe: wrapped to the width; bold and colour only where the
terminal has them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

import click
from rich.console import Console
from rich.text import Text

from state_law.describe import Line, Section

WIDEST = 120
LABELS = 16
"""How far the text beside a label is moved in, where there is room for that; a longer label stands above its text."""
NUMBERS = 4
"""The same for the number of a step."""
ROOM_FOR_LABELS = 60


def show(section: Section) -> None:
    """Print a section to standard output."""
    console = Console()
    click.echo(page(section, console), nl=False, color=console.is_terminal)


def page(section: Section, console: Console) -> str:
    """A section with all its parts as text for this console."""
    return printed(list(_section(section, 0, min(console.width, WIDEST))), console)


def printed(lines: Iterable[Text], console: Console) -> str:
    """Lines as this console shows them: with its colours, or plain where it has none."""
    # Captured, not printed: rich would end a pipe that nobody reads any more with a status of its own.
    with console.capture() as captured:
        for line in lines:
            console.print(line, soft_wrap=True, highlight=False)
    return captured.get()


def wrap(text: str, first: str, further: str, width: int) -> list[str]:
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


def _section(section: Section, depth: int, width: int) -> Iterator[Text]:
    indent = "  " * depth
    for line in wrap(section.title, indent, indent + "  ", width):
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
    column = NUMBERS if line.label.isdecimal() else LABELS
    if line.label and width >= ROOM_FOR_LABELS and len(line.label) < column:
        within = indent + " " * column
        first = f"{indent}{line.label:<{column}}"
    elif line.label:
        for wrapped in wrap(line.label, indent, indent, width):
            yield Text(wrapped, "cyan")
        within = first = indent + "  "
    else:
        first = indent
    texts = [(line.text, first, within)] if line.text else []
    for number, point in enumerate(line.points):
        before = first if not texts and not number else within
        texts.append((point, f"{before}- ", f"{within}  "))
    for text, start, further in texts:
        for number, wrapped in enumerate(wrap(text, start, further, width)):
            styled = Text(wrapped, style)
            if not number and line.label and start.startswith(indent + line.label):
                styled.stylize("not bold cyan", 0, len(indent + line.label))
            yield styled
