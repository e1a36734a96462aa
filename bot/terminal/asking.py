"""How a person is asked in a terminal, whatever the terminal can do: one interface, two ways behind it.

`KeysAsking` (keys_asking.py) draws lists that arrow and number keys move in. `LinesAsking` (lines_asking.py) prints
numbered lists and reads lines; it serves pipes and dumb terminals. Both know the same shortcuts at every question.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from typing import Protocol, TextIO

from rich.console import Console

from bot.terminal.text import page
from state_law.describe import Section

DANGER, BACK, CHANGE, PAUSE, CANCEL, HELP = "danger", "back", "change", "pause", "cancel", "help"

SHORTCUTS: Mapping[str, tuple[str, str]] = {
    "d": (DANGER, "danger now"),
    "b": (BACK, "back"),
    "c": (CHANGE, "change an answer"),
    "p": (PAUSE, "pause"),
    "x": (CANCEL, "cancel"),
    "?": (HELP, "help"),
}
"""Key -> what it means, and its words. Where text is typed, a slash stands before the key (/d)."""


class Pressed(Exception):
    """A shortcut was pressed instead of an answer; `name` is one of DANGER, BACK, ..."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


@dataclass(frozen=True)
class Choice:
    """One answer to choose: its value and its words."""

    value: str
    words: str


@dataclass(frozen=True)
class Group:
    """A list whose items are each yes, no or not known; `said` is what is known of them already."""

    key: str
    title: str
    items: Mapping[str, str]
    said: Mapping[str, str]


class Asking(Protocol):
    """What the walk through a consult needs of a terminal. Every question may raise Pressed, KeyboardInterrupt, EOFError."""

    def show(self, section: Section) -> None:
        """Print a section, wrapped to the terminal."""
        ...

    def say(self, text: str, style: str = "") -> None:
        """Print one line. `style`: "", "bold", "dim", "good" or "alarm"."""
        ...

    def choose(
        self, ask: str, choices: Sequence[Choice], *, why: str = "", head: str = "", given: str | None = None
    ) -> str:
        """Exactly one of the choices; `given` is the answer that stands already."""
        ...

    def tick(self, ask: str, groups: Sequence[Group], *, why: str = "", head: str = "") -> dict[str, dict[str, str]]:
        """For each group, each item: yes, no or unknown."""
        ...

    def write(
        self, ask: str, *, why: str = "", head: str = "", given: str = "", allowed: Mapping[str, str] | None = None
    ) -> str:
        """A line of text, "" when nothing was typed. `allowed`: code -> name, where only one of these will do."""
        ...


def asking_for(stdin: TextIO | None = None, stdout: TextIO | None = None) -> Asking:
    """The way of asking that this terminal can do."""
    stdin, stdout = stdin or sys.stdin, stdout or sys.stdout
    plain = os.environ.get("TERM", "") in ("", "dumb")
    if stdin.isatty() and stdout.isatty() and not plain:
        from bot.terminal.keys_asking import KeysAsking

        return KeysAsking(Console(file=stdout))
    from bot.terminal.lines_asking import LinesAsking

    if isinstance(stdin, TextIOWrapper):
        stdin.reconfigure(errors="replace")  # bytes that are no text are a typing error like any other
    return LinesAsking(Console(file=stdout, force_terminal=False if plain else None), stdin)


class Printing:
    """Printing to a console, the same for both ways of asking."""

    STYLES: Mapping[str, str] = {"": "", "bold": "bold", "dim": "dim", "good": "green", "alarm": "bold red"}

    def __init__(self, console: Console) -> None:
        self.console = console

    def show(self, section: Section) -> None:
        """Print a section, wrapped to the terminal."""
        self.console.file.write(page(section, self.console) + "\n")
        self.console.file.flush()

    def say(self, text: str, style: str = "") -> None:
        """Print one line."""
        self.console.print(text, style=self.STYLES[style], markup=False, highlight=False)


def meant(typed: str, choices: Sequence[Choice]) -> str | None:
    """The choice that a person typed: its number, its value, or the beginning of its words; None when it is unclear."""
    typed = typed.strip().lower()
    if typed.isdecimal():
        number = number_meant(typed, len(choices))
        return choices[number - 1].value if number else None
    for one in choices:
        if typed in (one.value.lower(), one.value.lower().replace("_", " "), one.words.lower()):
            return one.value
    starting = [one.value for one in choices if typed and one.words.lower().startswith(typed)]
    return starting[0] if len(starting) == 1 else None


def number_meant(typed: str, most: int) -> int | None:
    """The number from 1 to `most` that was typed; None for anything else."""
    if not typed.isdecimal() or len(typed) > 9:  # Python reads no number of thousands of digits
        return None
    return int(typed) if 1 <= int(typed) <= most else None


def code_meant(typed: str, allowed: Mapping[str, str]) -> str | None:
    """The code that a person meant: itself, its name, or the beginning of one name; None when it is unclear."""
    typed = typed.strip()
    if typed.upper() in allowed:
        return typed.upper()
    names = {name.lower(): code for code, name in allowed.items()}
    if typed.lower() in names:
        return names[typed.lower()]
    starting = [code for name, code in names.items() if typed and name.startswith(typed.lower())]
    return starting[0] if len(starting) == 1 else None
