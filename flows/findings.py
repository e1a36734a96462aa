"""The findings (credible, specific, imminent) and the level, by the tables in `findings.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flows.levels import LEVELS
from flows.words import read_data
from state_law.conditions import DecisionTable, Facts
from state_law.load import TableError

FINDINGS = ("credible", "specific", "imminent")


@lru_cache(maxsize=1)
def finding_tables() -> Mapping[str, DecisionTable]:
    """Finding or level -> its table, in the order in which they are decided (a level reads the findings)."""
    from flows.vocabulary import check_conditions

    data = read_data("findings.yaml")
    check_conditions("findings.yaml", data)
    found = {
        name: DecisionTable.parse(
            f"findings.yaml: {name}", data[name]["rows"], data[name]["else"], data[name]["because"]
        )
        for name in data
    }
    for place, (name, table) in enumerate(found.items()):
        for later in [*found][place:]:
            if later in table.reads:
                raise TableError(
                    "findings.yaml", name, later, "is decided later; a table reads only what stands before it"
                )
        if "level" in table.reads:
            raise TableError(
                "findings.yaml", name, "level", "is decided last; a table reads only what stands before it"
            )
    return found


@lru_cache(maxsize=1)
def finding_questions() -> Mapping[str, str]:
    """Finding or level -> the question that it answers, in words."""
    data: Any = read_data("findings.yaml")
    return {name: table["question"] for name, table in data.items()}


def with_findings(facts: Facts) -> dict[str, str]:
    """The answers, with `credible`, `specific`, `imminent`, `level_others`, `level_self` and `level` (the higher) added."""
    found = dict(facts)
    for name, table in finding_tables().items():
        found[name] = table.decide(found)
    found["level"] = higher(found["level_others"], found["level_self"])
    return found


@lru_cache(maxsize=256)
def _decided_by(key: str) -> tuple[tuple[str, DecisionTable, frozenset[str]], ...]:
    """The tables whose outcome this answer can change, also by way of another finding, in the order of deciding, with
    what they read."""
    touched, found = {key}, []
    for name, table in finding_tables().items():
        if not touched.isdisjoint(table.reads):
            touched.add(name)
            found.append((name, table, frozenset(table.reads)))
    return tuple(found)


def with_another_answer(before: Facts, key: str, value: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """What `with_findings` gives with another answer to one question, and the names of all that changed by it."""
    found = {**before, key: value}
    changed = [key]
    for name, table, reads in _decided_by(key):
        if not reads.isdisjoint(changed):
            decided = table.decide(found)
            if decided != before[name]:
                found[name] = decided
                changed.append(name)
    if len(changed) > 1:
        found["level"] = higher(found["level_others"], found["level_self"])
        if found["level"] != before["level"]:
            changed.append("level")
    return found, tuple(changed)


def higher(one: str, other: str) -> str:
    """The higher of two levels."""
    return max(one, other, key=rank)


def rank(level: str) -> int:
    """0 for low to 3 for emergency."""
    return LEVELS.index(level)


def reasons(found: Facts) -> dict[str, list[str]]:
    """Finding or level -> the reasons for its value, in words. `found` is what `with_findings` gave."""
    return {name: table.reasons(found) for name, table in finding_tables().items()}
