"""Asking line by line: numbered lists and typed answers, for pipes, dumb terminals and screen readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TextIO

from rich.console import Console

from bot.terminal.asking import SHORTCUTS, Asking, Choice, Group, Pressed, Printing, code_meant, meant, number_meant
from state_law.shown import shown

ASKED = ("asked", "a")
NOTHING = "-"
"""Typed in place of a text that stands already, to take it out."""


class LinesAsking(Printing, Asking):
    """Reads its answers from `stdin`, a line each."""

    def __init__(self, console: Console, stdin: TextIO) -> None:
        super().__init__(console)
        self._stdin = stdin

    def choose(
        self, ask: str, choices: Sequence[Choice], *, why: str = "", head: str = "", given: str | None = None
    ) -> str:
        """Numbers, values or words are understood; an empty line keeps the answer that stands."""
        self._ask(ask, why, head)
        for number, one in enumerate(choices, 1):
            self.say(f"{number:>4}  {one.words}{'  (now)' if one.value == given else ''}")
        while True:
            typed = self._read(f"A number{', or Enter to keep it' if given else ''}")
            _pressed(typed)
            if not typed.strip() and given is not None:
                return given
            value = meant(typed, choices)
            if value is not None:
                return value
            self.say(f"Please type a number from 1 to {len(choices)}.")

    def tick(self, ask: str, groups: Sequence[Group], *, why: str = "", head: str = "") -> dict[str, dict[str, str]]:
        """The numbers of what is so; `asked` makes all the others a no, otherwise they stay as they are."""
        self._ask(ask, why, head)
        places: list[tuple[str, str]] = []
        for group in groups:
            if group.title != ask:
                self.say(group.title, "bold")
            for item, words in group.items.items():
                places.append((group.key, item))
                said = group.said.get(item, "unknown")
                self.say(f"{len(places):>4}  {words}{'' if said == 'unknown' else f'  (now: {said})'}")
        while True:
            typed = self._read(
                "Numbers of what is so; add “asked” if you asked about all the others, and no; Enter goes on"
            )
            _pressed(typed)
            words_ = typed.replace(",", " ").lower().split()
            wrong = [w for w in words_ if w not in ASKED and number_meant(w, len(places)) is None]
            if wrong:
                self.say(f"{shown(wrong[0])} is not one of the numbers from 1 to {len(places)}, nor “asked”.")
                continue
            marked = {group.key: {item: group.said.get(item, "unknown") for item in group.items} for group in groups}
            if any(w in ASKED for w in words_):
                for answers in marked.values():
                    answers.update({item: "no" for item in answers if answers[item] == "unknown"})
            for number in (int(w) for w in words_ if w.isdecimal()):
                key, item = places[number - 1]
                marked[key][item] = "yes"
            return marked

    def write(
        self, ask: str, *, why: str = "", head: str = "", given: str = "", allowed: Mapping[str, str] | None = None
    ) -> str:
        """What was typed; shortcuts have a slash before them."""
        self._ask(ask, why, head)
        hint = "Two letters, or the name" if allowed else "Text"
        if given:
            self.say(f"      {allowed[given] if allowed else given}  (now)")
            hint += ", or Enter to keep it" if allowed else f", or Enter to keep it, or {NOTHING} for nothing"
        while True:
            typed = self._read(hint, before="/").strip()
            if typed.startswith("/"):
                _pressed(typed[1:])
            if not typed:
                if given or allowed is None:
                    return given
            elif allowed is None:
                return "" if typed == NOTHING else typed
            elif code := code_meant(typed, allowed):
                return code
            self.say("Please type the two letters of a state (or DC), or its name.")

    def _ask(self, ask: str, why: str, head: str) -> None:
        self.say("")
        if head:
            self.say(head, "dim")
        self.say(ask, "bold")
        if why:
            self.say(why, "dim")

    def _read(self, hint: str, before: str = "") -> str:
        shortcuts = ", ".join(f"{before}{key} {words}" for key, (_, words) in SHORTCUTS.items())
        self.say(f"{hint} ({shortcuts})", "dim")
        self.console.file.write("> ")
        self.console.file.flush()
        line = self._stdin.readline()
        if not line:
            raise EOFError
        if not self._stdin.isatty():  # what was piped in, for who reads along
            self.console.file.write("".join(c for c in line if c.isprintable()) + "\n")
        return line


def _pressed(typed: str) -> None:
    """Raises Pressed for a shortcut: its key or its name."""
    typed = typed.strip().lower()
    for key, (name, words) in SHORTCUTS.items():
        if typed in (key, name, words):
            raise Pressed(name)
