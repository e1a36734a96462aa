"""A terminal for the tests: a real pseudo-terminal, and the screen that a person in front of it would see."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import pexpect

from .conftest import CURBSIDE, Office

UP, DOWN, ENTER, SPACE, CTRL_C, CTRL_D = "\x1b[A", "\x1b[B", "\r", " ", "\x03", "\x04"
WAIT = 30
"""How long something may take to appear, in seconds; a busy machine is slow."""
COLOUR = re.compile(r"\x1b\[[\d;]*m")
_PIECE = re.compile(r"\x1b\[([?>]?)([\d;]*)([A-Za-z])|\x1b[^\[]|\x1b\[[?>\d;]*$|[\r\n\b]|[^\x1b\r\n\b]+")


class Screen:
    """What is drawn: as many rows and columns as the terminal has, and what scrolled off at the top."""

    def __init__(self, rows: int, columns: int) -> None:
        self.size = (rows, columns)
        self.row, self.column = 0, 0
        self.gone: list[str] = []
        self._cells = [[" "] * columns for _ in range(rows)]
        self._rest = ""

    @property
    def visible(self) -> list[str]:
        """The rows as they are now."""
        return ["".join(cells).rstrip() for cells in self._cells]

    def feed(self, drawn: str) -> int:
        """Draw this. Returns how often the program asked where the cursor is."""
        asked = 0
        text, self._rest = self._rest + drawn, ""
        for piece in _PIECE.finditer(text):
            if piece[3]:
                asked += (piece[1], piece[2], piece[3]) == ("", "6", "n")
                self._move(piece[1], piece[2], piece[3])
            elif piece[0].startswith("\x1b"):
                if piece.end() == len(text):  # cut in the middle: the rest comes with what is drawn next
                    self._rest = piece[0]
            else:
                self._put(piece[0])
        return asked

    def _move(self, mark: str, numbers: str, what: str) -> None:
        rows, columns = self.size
        first, *more = [int(one) if one else 0 for one in numbers.split(";")]
        if mark:
            return
        if what in "ABCD":
            down = {"A": -1, "B": 1}.get(what, 0) * max(first, 1)
            right = {"C": 1, "D": -1}.get(what, 0) * max(first, 1)
            self.row = min(max(self.row + down, 0), rows - 1)
            self.column = min(max(self.column + right, 0), columns - 1)
        elif what == "H":
            self.row, self.column = max(first, 1) - 1, max(more[0] if more else 1, 1) - 1
        elif what == "K":
            self._cells[self.row][self.column :] = [" "] * (columns - self.column)
        elif what == "J":
            if first == 2:
                self._cells = [[" "] * columns for _ in range(rows)]
            else:
                self._cells[self.row][self.column :] = [" "] * (columns - self.column)
                for row in range(self.row + 1, rows):
                    self._cells[row] = [" "] * columns

    def _put(self, text: str) -> None:
        for character in text:
            if character == "\r":
                self.column = 0
            elif character == "\n":
                self._next_row()
            elif character == "\b":
                self.column = max(self.column - 1, 0)
            elif character.isprintable():
                if self.column == self.size[1]:
                    self.column = 0
                    self._next_row()
                self._cells[self.row][self.column] = character
                self.column += 1

    def _next_row(self) -> None:
        if self.row < self.size[0] - 1:
            self.row += 1
            return
        self.gone.append(self.visible[0])
        self._cells = [*self._cells[1:], [" "] * self.size[1]]


class Terminal:
    """`curbside try` in a pseudo-terminal, answered like a real one when it asks where the cursor is."""

    def __init__(self, office: Office, *words: str, rows: int = 45, columns: int = 100, **environment: str) -> None:
        self.drawn = ""
        self.screen = Screen(rows, columns)
        self.process: Any = pexpect.spawn(
            CURBSIDE[0],
            [*CURBSIDE[1:], "try", *words],
            env=dict(office.environment(**environment)),
            cwd=str(office.folder),
            dimensions=(rows, columns),
            encoding="utf-8",
            timeout=WAIT,
        )
        self.process.delaybeforesend = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.close(force=True)

    @property
    def shown(self) -> str:
        """All that was shown, in one line however it was wrapped."""
        return " ".join(" ".join([*self.screen.gone, *self.screen.visible]).split())

    def see(self, text: str) -> None:
        """Wait until this was shown."""
        self._until(lambda: text in self.shown, text)

    def asked(self, ask: str, keys: str | Sequence[str] = ()) -> None:
        """Wait until this is asked, then press keys, one after the other."""
        self._until(lambda: self._asks(ask), ask)
        for key in [keys] if isinstance(keys, str) else keys:
            self.process.send(key)

    def ends(self) -> int:
        """Wait until the command has ended; its exit status, negative for a signal."""
        end = time.monotonic() + WAIT
        while self._read():
            assert time.monotonic() < end, f"it does not end; the screen:\n{self}"
        self.process.close()
        status: int = -self.process.signalstatus if self.process.signalstatus else self.process.exitstatus
        return status

    def _asks(self, ask: str) -> bool:
        """A question stands on the screen, and below it a mark or a place to type."""
        visible = self.screen.visible
        found = [row for row, text in enumerate(visible) if text.startswith(ask)]
        return bool(found) and any(text.startswith((" ›", ">")) for text in visible[found[-1] :])

    def _until(self, holds: Any, what: str) -> None:
        end = time.monotonic() + WAIT
        while not holds():
            more = self._read()
            assert more or holds(), f"it ended without {what!r}; the screen:\n{self}"
            assert time.monotonic() < end, f"{what!r} did not come; the screen:\n{self}"

    def _read(self) -> bool:
        try:
            drawn = self.process.read_nonblocking(65536, timeout=0.1)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.drawn += drawn
        for _ in range(self.screen.feed(drawn)):
            self.process.send(f"\x1b[{self.screen.row + 1};{self.screen.column + 1}R")
        return True

    def __str__(self) -> str:
        return "\n".join(self.screen.visible)
