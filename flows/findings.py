"""The findings (credible, specific, imminent) and the level, by the tables in `findings.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from state_law.conditions import DecisionTable, Facts
from state_law.load import read_text
from state_law.yaml_text import read_yaml

Level = Literal["low", "elevated", "high", "emergency"]
LEVELS: tuple[Level, ...] = ("low", "elevated", "high", "emergency")
FINDINGS = ("credible", "specific", "imminent")
HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def finding_tables() -> Mapping[str, DecisionTable]:
    """Finding or level -> its table, in the order in which they are decided (a level reads the findings)."""
    data = read_yaml(read_text(HERE / "findings.yaml"))
    assert isinstance(data, dict)
    return {
        name: DecisionTable.parse(f"findings.yaml: {name}", table["rows"], table["else"], table["because"])
        for name, table in data.items()
    }


@lru_cache(maxsize=1)
def finding_questions() -> Mapping[str, str]:
    """Finding or level -> the question that it answers, in words."""
    data: Any = read_yaml(read_text(HERE / "findings.yaml"))
    return {name: table["question"] for name, table in data.items()}


def with_findings(facts: Facts) -> dict[str, str]:
    """The answers, with `credible`, `specific`, `imminent`, `level_others`, `level_self` and `level` (the higher) added."""
    found = dict(facts)
    for name, table in finding_tables().items():
        found[name] = table.decide(found)
    found["level"] = higher(found["level_others"], found["level_self"])
    return found


def higher(one: str, other: str) -> str:
    """The higher of two levels."""
    return max(one, other, key=rank)


def rank(level: str) -> int:
    """0 for low to 3 for emergency."""
    return LEVELS.index(level)


def reasons(found: Facts) -> dict[str, list[str]]:
    """Finding or level -> the reasons for its value, in words. `found` is what `with_findings` gave."""
    return {name: table.reasons(found) for name, table in finding_tables().items()}
