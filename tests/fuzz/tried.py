"""One input that was tried, and how the surfaces are built."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

MOST_SECONDS = 1.0
"""Of processor time, for one input: a machine that does other things too makes nothing fail, what takes ever longer does."""
NOT_FOR_PEOPLE = re.compile(r'Traceback \(most recent|File "|\b(?:[A-Z][A-Za-z]*(?:Error|Exception)|KeyError)\b')
"""What no person should have to read."""


@dataclass
class Tried:
    """An input: what it was in words, and whole; how it ended (`refused`, `taken`); and what was wrong with that."""

    said: str
    given: Any
    ended: str = ""
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def whole(self) -> str:
        """The input, to be read and given again."""
        if isinstance(self.given, bytes):
            return repr(self.given)
        return self.given if isinstance(self.given, str) else json.dumps(self.given, default=repr)


class Surface(Protocol):
    """Where inputs come in. It is used for a round of them, one after another."""

    def one(self, random: Random) -> Tried:
        """Make an input from `random`, give it, and look at what came of it."""
        ...

    def after_all(self) -> list[str]:
        """What is wrong after the round, when all of it is looked at together."""
        ...


@contextmanager
def timed(tried: Tried) -> Iterator[None]:
    """Note how long it takes, and whether that is too long. Threads that work on it count too."""
    before = time.process_time()
    try:
        yield
    finally:
        tried.seconds = time.process_time() - before
        if tried.seconds > MOST_SECONDS:
            tried.wrong.append(f"it took {tried.seconds:.1f} s")
