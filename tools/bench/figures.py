"""What was measured, beside its goal: chapters of figures, kept as JSON, so that a long chapter outlives a short run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from tools.bench.machine import busy, machine


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit, which counts as kept: the value is to be at most, or at least, that."""

    limit: float
    way: Literal["at most", "at least"] = "at most"

    def met_by(self, value: float) -> bool:
        """Whether the value keeps it."""
        return value <= self.limit if self.way == "at most" else value >= self.limit

    def missed_by(self, value: float) -> float:
        """How many times too large or too small the value is; 1 where it is just met, less where there is room."""
        worse, better = (value, self.limit) if self.way == "at most" else (self.limit, value)
        return worse / better if better else float("inf")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `unit`: "ms", "times", "a second", "MB", "taps" ... `note`: what a reader must know beside it."""

    what: str
    value: float
    unit: str
    goal: Goal | None = None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As JSON, with whether the goal is met."""
        found: dict[str, Any] = {"what": self.what, "value": round(self.value, 3), "unit": self.unit}
        if self.goal is not None:
            found["goal"] = asdict(self.goal) | {"met": self.goal.met_by(self.value)}
        return found | ({"note": self.note} if self.note else {})


@dataclass(frozen=True, slots=True)
class Chapter:
    """Figures of one run. `how`: what was done, in words. `columns`, `rows`: a table beside them, where there is one."""

    name: str
    title: str
    how: str
    figures: tuple[Figure, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str | float, ...], ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As JSON, with the day, the machine, and how busy it was."""
        found: dict[str, Any] = {"title": self.title, "how": self.how, "on": date.today().isoformat()}
        found |= {"machine": machine(), "busy": busy(), "figures": [one.as_dict() for one in self.figures]}
        if self.rows:
            found |= {"columns": list(self.columns), "rows": [list(row) for row in self.rows]}
        return found | dict(self.more)


def read(path: Path) -> dict[str, Any]:
    """The chapters that are there, by name; none when there is no file."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def keep(path: Path, chapters: Iterable[Chapter]) -> dict[str, Any]:
    """Put the chapters in place of those of the same name. All that is there then."""
    kept = read(path) | {one.name: one.as_dict() for one in chapters}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return kept
