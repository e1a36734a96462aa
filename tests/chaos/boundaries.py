"""The commits of a story, and on which side of each the program has died: kept in a file, since whoever writes it dies.

A commit has the same name in every life of a run, so that each life of a sweep can die at the first one that was not cut yet:
before it, so that nothing of it is on the disk, and once more right after it, before anybody is told. Then a life that ends no
more has gone through a story of which every different commit was cut on both sides.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

FILE = "boundaries"
"""In the folder of the log."""
Side = Literal["before", "after"]
MADE = "made"
BEGIN = "curbside.begin"
ABOUT_A_ROW = ("mark_sending", "mark_sent", "mark_in_doubt", "mark_failed", "retry_later")


@dataclass
class Boundaries:
    """The names of the commits that were made, and of those at which the program died `before` and `after`."""

    made: set[str] = field(default_factory=set)
    before: set[str] = field(default_factory=set)
    after: set[str] = field(default_factory=set)

    def note(self, folder: Path, what: str, names: Collection[str]) -> None:
        """What: MADE or a side. It is in the file before this returns."""
        known = self.noted(what)
        lines = "".join(f"{what}\t{name}\n" for name in sorted(set(names) - known))
        known.update(names)
        if lines:
            file = os.open(folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.write(file, lines.encode())
            os.close(file)

    def noted(self, what: str) -> set[str]:
        """The names that were noted of MADE, or of a side."""
        return self.made if what == MADE else self.before if what == "before" else self.after

    @property
    def cut(self) -> set[str]:
        """The commits that were made and cut on both sides."""
        return self.made & self.before & self.after


def read_boundaries(folder: Path) -> Boundaries:
    """What the lives so far have noted."""
    found = Boundaries()
    path = folder / FILE
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        what, _, name = line.partition("\t")
        found.noted(what).add(name)
    return found


def name_of(method: str, given: Mapping[str, Any]) -> str:
    """The name of the commit that this method of the log makes. `given`: its arguments and what it made of them.

    What is different each time somebody taps again stands in no name: a delivery's id, the reference of a consult to begin.
    """
    return " ".join([method, *map(str, _about(method, given))])


def kind_of(name: str) -> str:
    """The log's method that makes the commit of this name."""
    return name.partition(" ")[0]


def _about(method: str, given: Mapping[str, Any]) -> tuple[object, ...]:
    if method in ("append", "submit"):
        step = given["step"]
        which = step.reference if step.expected_revision else "begins"
        return which, step.expected_revision, "+".join(one.kind for one in step.events)
    if method in ABOUT_A_ROW:
        return (given["id"],)
    if method == "set_slot":
        return (given["name"],)
    if method == "queue":
        posts = given["posts"]
        said = [one.body for one in posts if one.method != BEGIN]
        return *(f"{one.method}:{one.lane}" for one in posts), _short(said)
    if method == "record_access":
        return given["what"], given["actor"], given["reference"], _short(given["detail"])
    if method == "note_posted_head":
        return given["posted"].head.chain, given["posted"].head.number
    return ()


def _short(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:8]
