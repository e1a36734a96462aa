"""Reads the cases: their pictures, defaults and answers put together, and the result that the engine gives for each.

A file has `defaults` (answers from which each of its cases starts) and `cases`. A case: `name` (a sentence), `picture`
(one of pictures.yaml; `threat` when left out), `answers` (what this case changes), `expect`. With `where`, the case is
run in each of the jurisdictions named there, which may add to what is expected. `known_fault` says why the engine does
not do it yet; the case then must fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from flows.answers import Answers, parse_answers
from flows.evaluation import evaluate
from state_law.yaml_text import read_yaml

HERE = Path(__file__).parent
ON = date(2026, 11, 25)
KEYS = {"name", "picture", "answers", "expect", "where", "known_fault"}


@dataclass(frozen=True)
class Case:
    """One case, with all its answers and everything that is expected."""

    file: str
    name: str
    answers: Mapping[str, Any]
    expect: Mapping[str, Any]
    known_fault: str | None

    @property
    def id(self) -> str:
        """The file and the name: it is one of a kind."""
        return f"{self.file}: {self.name}"

    @cached_property
    def parsed(self) -> Answers:
        """The answers, checked."""
        return parse_answers(self.answers)

    @cached_property
    def result(self) -> Mapping[str, Any]:
        """What the engine makes of it; worked out once, so it is not to be changed."""
        return evaluate(self.parsed, on=ON)


def _read(name: str) -> Any:
    return read_yaml((HERE / f"{name}.yaml").read_text(encoding="utf-8"))


def picture(name: str, jurisdiction: str = "CO", profession: str = "psychologist", **changed: Any) -> dict[str, Any]:
    """The answers of one clinical picture, with what is changed in it."""
    return {**_read("pictures")[name], "jurisdiction": jurisdiction, "profession": profession, **changed}


@lru_cache(maxsize=1)
def all_cases() -> tuple[Case, ...]:
    """Every case of every file, in the order of the files."""
    pictures = _read("pictures")
    found = []
    for file in sorted(path.stem for path in HERE.glob("*.yaml") if path.stem != "pictures"):
        data = _read(file)
        assert set(data) <= {"defaults", "cases"}, f"{file}.yaml: {sorted(data)}"
        for case in data["cases"]:
            assert set(case) <= KEYS, f"{file}: {case}"
            start = {**pictures[case.get("picture", "threat")], **data.get("defaults", {}), **case.get("answers", {})}
            places: Mapping[str, Any] = case.get("where", {None: {}})
            for place, more in places.items():
                answers = start if place is None else {**start, "jurisdiction": place}
                name = case["name"] if place is None else f"{case['name']} [{place}]"
                expect = {**case.get("expect", {}), **(more or {})}
                assert expect, f"{file}: {name}: nothing is expected"
                found.append(Case(file, name, answers, expect, case.get("known_fault")))
    return tuple(found)
