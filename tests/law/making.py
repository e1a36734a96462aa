"""Answers and broken tables for the tests of the law."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from state_law.elements import element_tables
from state_law.load import TABLE, Table
from state_law.yaml_text import read_yaml

Data = dict[str, Any]

KEYS = {"profession"}.union(*(table.reads for forms in element_tables().values() for table in forms.values()))
"""Every answer and finding that a rule can look at."""


def facts(known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Answers of which only those given are known."""
    known = known or {}
    assert set(known) <= KEYS, f"no rule looks at {set(known) - KEYS}"
    return dict.fromkeys(KEYS, "unknown") | dict(known)


def colorado() -> Data:
    """Colorado's file as data."""
    data = read_yaml((TABLE / "CO.yaml").read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def table_with(folder: Path, change: Callable[[Data], object]) -> Table:
    """A copy of the table in which Colorado's file is changed."""
    data = colorado()
    change(data)
    return table_with_text(folder, yaml.safe_dump(data, sort_keys=False).encode())


def table_with_text(folder: Path, text: bytes) -> Table:
    """A copy of the table in which Colorado's file holds these bytes."""
    copy = folder / "table"
    shutil.copytree(TABLE, copy)
    (copy / "CO.yaml").write_bytes(text)
    return Table(copy)


def drop_first_citation(data: Data) -> None:
    """Takes the citation out of the first rule."""
    del data["rules"][0]["citation"]


def rule(**different: Any) -> Data:
    """A rule of a made-up statute of Colorado: mandatory, asking for a threat to a named person."""
    usual: Data = {
        "id": "co-invented",
        "citation": "C.R.S. § 0-0-0 (invented)",
        "basis": "statute",
        "professions": ["all"],
        "duty": "mandatory",
        "trigger": {
            "threat": "communicated_by_patient",
            "harm": "physical",
            "victim": "specifically_identified",
            "imminence": "not_required",
            "intent_and_ability": "not_required",
        },
        "discharge_any_of": [["warn_victim"]],
        "may_tell": ["victim"],
        "immunity": {"for_disclosing": True, "for_not_disclosing": False, "note": "Invented for a test."},
        "in_force_since": None,
        "in_force_until": None,
        "checked_on": "2026-01-01",
        "confidence": "high",
        "source": colorado()["sources"][0]["id"],
        "summary": "Invented for a test: warn a named person whom the client has threatened.",
    }
    return usual | different


MET = {"profession": "psychologist", "threat": "explicit", "victim": "named", "harm": "physical"}
"""Answers on which the invented rule is met."""


def only_rules(*rules: Data, duty: str = "mandatory") -> Callable[[Data], None]:
    """Makes these the only rules of Colorado."""

    def change(data: Data) -> None:
        data["rules"] = list(rules)
        data["classification"]["duty_to_others"] = duty

    return change
