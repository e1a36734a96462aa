"""`curbside` in this process, as a person runs it, and what must hold of what it says."""

from __future__ import annotations

import gc
import io
import re
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

from bot import failures
from bot.cli import curbside
from tests.fuzz.tried import NOT_FOR_PEOPLE

LONGEST_LINE = 2_000
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What a terminal obeys instead of showing it."""


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


def run(*words: str) -> Said:
    """`curbside` with these words."""
    return ran(lambda: curbside.main(list(words), prog_name="curbside", standalone_mode=False))


def ran(command: Callable[[], object]) -> Said:
    """A command run as the program runs them, and what it printed, which must be text that can be encoded."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n") for _ in range(2))
    try:
        with redirect_stdout(out), redirect_stderr(err):
            status = failures.run(command)
    finally:
        if not gc.isenabled():  # as many lines at once leave it: for a process that does nothing else
            gc.enable()
            gc.unfreeze()
    found = []
    for stream in (out, err):
        stream.flush()
        raw = stream.buffer
        assert isinstance(raw, io.BytesIO)
        found.append(raw.getvalue().decode("utf-8"))
    return Said(status, *found)


def wrong_with_refusal(said: Said) -> list[str]:
    """A refusal is one line on standard error that a person can read, and nothing on standard output."""
    wrong = []
    if said.status != 2:
        wrong.append(f"exit status {said.status}: {said.err[:300]}")
    if said.out:
        wrong.append(f"refused, and yet printed: {said.out[:200]}")
    return [*wrong, *wrong_with_line(said.err)]


def wrong_with_line(err: str) -> list[str]:
    """One line, not too long, that says what is wrong in words."""
    wrong = []
    if not err.startswith("curbside: ") or err.count("\n") != 1 or not err.endswith("\n"):
        wrong.append(f"not one line: {err[:300]!r}")
    if len(err) > LONGEST_LINE:
        wrong.append(f"a line of {len(err):,} characters: {err[:200]!r}")
    return [*wrong, *wrong_with_text(err.removesuffix("\n"))]


def wrong_with_text(text: str) -> list[str]:
    """Nothing that a screen obeys, and nothing that is not for people."""
    wrong = []
    if found := CONTROL.search(text):
        wrong.append(f"a control character is printed: {text[max(0, found.start() - 80) : found.end()]!r}")
    if found := NOT_FOR_PEOPLE.search(text):
        wrong.append(f"not for people: {text[max(0, found.start() - 100) : found.end() + 100]!r}")
    return wrong
