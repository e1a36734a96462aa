"""A jurisdiction's file or the federal one: each fault is named with file and place, and what is taken is taken as it stands."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import yaml
from pydantic import BaseModel

from bot.commands import law
from flows.answers import parse_answers
from flows.evaluation import evaluate
from flows.pages import result_page
from state_law.load import TABLE, Table, jurisdiction_names
from state_law.yaml_text import read_yaml
from tests.flows.making import THREAT
from tests.fuzz.answer_files import YAML_PIECES
from tests.fuzz.changes import Donors, at_path, changed, changed_bytes, donors_of, paths
from tests.fuzz.changes import Path as Place
from tests.fuzz.commands import ran, wrong_with_text
from tests.fuzz.tried import Tried, timed

ON = date(2026, 11, 25)
FEW_VALUES = 14
"""A field of so few one-word values in all files together is one of named values: anything else must be refused there."""
SURE = 0.3
"""How many of the inputs have a fault of which this file is sure by itself, so that it must be refused."""
RECORDS = tuple(sorted(TABLE.glob("*.yaml")))
NAMED = tuple(f"{code}.yaml" for code in ("CO", "CA", "TX", "NY", "FL", "IL", "federal"))
"""Changed more often than the others."""
PLACES = ("CO", "TX", "CA", "NY")


@lru_cache(maxsize=1)
def _trees() -> Mapping[str, Any]:
    return {path.name: read_yaml(path.read_text(encoding="utf-8")) for path in RECORDS}


@lru_cache(maxsize=1)
def _donors() -> Donors:
    return donors_of(_trees().values())


@lru_cache(maxsize=1)
def _named_values() -> Mapping[str, frozenset[str]]:
    """Field of a jurisdiction's file -> its values, where they are few words over and over again."""
    found: dict[str, set[str]] = defaultdict(set)
    often: dict[str, int] = defaultdict(int)
    for name, tree in _trees().items():
        if name != "federal.yaml":
            for path in paths(tree):
                value = at_path(tree, path)
                if isinstance(value, str):
                    found[_field(path)].add(value)
                    often[_field(path)] += 1
    words = {
        name: values
        for name, values in found.items()
        if len(values) <= FEW_VALUES and often[name] >= 51 and all(one.replace("_", "").isalnum() for one in values)
    }
    return {name: frozenset(values) for name, values in words.items() if not any(one[:1].isdigit() for one in values)}


def _field(path: Place) -> str:
    return ".".join(str(part) for part in path if isinstance(part, str))


class LawFiles:
    """One file after another, as `curbside law --check` reads it, and where it is taken, an evaluation and the page."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._federal = (TABLE / "federal.yaml").read_bytes()

    def one(self, random: Random) -> Tried:
        """Make a file in a table of its own and look it over."""
        name = random.choice(NAMED) if random.random() < 0.5 else random.choice(RECORDS).name
        must_be_refused = random.random() < SURE
        if must_be_refused:
            tree, said = _surely_wrong(random, name)
            raw, tried = written(tree), Tried(f"{name}: {said}", "")
        else:
            raw, tried = self._changed(random, name)
        tried.given = raw
        for old in self._folder.glob("*.yaml"):
            old.unlink()
        (self._folder / "federal.yaml").write_bytes(self._federal)
        (self._folder / name).write_bytes(raw)
        with timed(tried):
            self._look_over(tried, name, raw, must_be_refused)
        return tried

    def after_all(self) -> list[str]:
        """Nothing remains of a round."""
        return []

    def _changed(self, random: Random, name: str) -> tuple[bytes, Tried]:
        if random.random() < 0.25:
            original = (TABLE / name).read_bytes()
            raw, what = changed_bytes(random, original, YAML_PIECES)
            return raw, Tried(f"{name}: {what}", "")
        tree, said = changed(random, _trees()[name], _donors(), random.choice((1, 1, 2, 4)))
        return written(tree), Tried(f"{name}: {'; '.join(said)}", "")

    def _look_over(self, tried: Tried, name: str, raw: bytes, must_be_refused: bool) -> None:
        code = name.removesuffix(".yaml")
        place = code if code in jurisdiction_names() else None
        if place is None:  # the federal layer, with a jurisdiction as it is
            (self._folder / "CO.yaml").write_bytes((TABLE / "CO.yaml").read_bytes())
        where = place or "CO"
        said = ran(lambda: law.run(Table(self._folder), where, ON, check=True))
        tried.wrong += wrong_with_text(said.out.replace("\n", " ")) + wrong_with_text(said.err.replace("\n", " "))
        faults = [line for line in said.out.splitlines() if line.startswith("fault ")]
        if said.status not in (0, 1) or bool(faults) != (said.status == 1):
            tried.ended = "failed"
            tried.wrong.append(f"exit status {said.status} with {len(faults)} faults: {said.err[:300]}")
            return
        tried.wrong += [f"a fault without its file: {one[:200]}" for one in faults if f"{name}: " not in one]
        tried.wrong += [f"a fault of {len(one):,} characters: {one[:100]}" for one in faults if len(one) > 1000]
        if faults:
            tried.ended = "refused"
            return
        tried.ended = "taken"
        if must_be_refused:
            tried.wrong.append("it was taken, and it can't be right")
        self._use(tried, name, where, raw)

    def _use(self, tried: Tried, name: str, where: str, raw: bytes) -> None:
        """What is taken stands in the record as it stands in the file, and can be used."""
        table = Table(self._folder)
        record: BaseModel = table.federal if name == "federal.yaml" else table.jurisdiction(where)
        given = read_yaml(raw.decode("utf-8"))
        kept = record.model_dump(mode="json", by_alias=True)
        for path, value in _leaves(given):
            try:
                found = at_path(kept, path)
            except (KeyError, IndexError, TypeError):
                found = "nothing"
            if found != value or type(found) is not type(value):
                tried.wrong.append(f"{'.'.join(map(str, path))}: {value!r} became {found!r}"[:300])
        answers = parse_answers({**THREAT, "jurisdiction": where, "profession": "psychologist"})
        result_page(evaluate(answers, on=ON, table=table))
        for words in ({}, {"as_json": True}):
            said = ran(lambda words=words: law.run(table, where, ON, **words))  # type: ignore[misc]
            if said.status != 0:
                tried.wrong.append(f"exit status {said.status} for the page: {said.err[:300]}")


def _surely_wrong(random: Random, name: str) -> tuple[Any, str]:
    """The file with one fault of which there is no doubt."""
    tree = json.loads(json.dumps(_trees()[name]))
    every = list(paths(tree))
    if random.random() < 0.4:
        named = _named_values()
        chosen = [path for path in every if _field(path) in named and isinstance(at_path(tree, path), str)]
        if name != "federal.yaml" and chosen:
            path = random.choice(chosen)
            at_path(tree, path[:-1])[path[-1]] = random.choice(
                ("sometimes", "", "MANDATORY", "all of them", "x\0y", "yes ")
            )
            return tree, f"{'.'.join(map(str, path))}: a value that there is not"
    mappings = [(), *(path for path in every if isinstance(at_path(tree, path), dict))]
    path = random.choice([one for one in mappings if "trigger" not in one or name != "federal.yaml"])
    at_path(tree, path)[random.choice(("colour", "duty_", "Id", "", "source ", "\N{GRINNING FACE}"))] = "x"
    return tree, f"{'.'.join(map(str, path)) or 'at the top'}: a field that there is not"


def written(tree: Any) -> bytes:
    """As JSON, which is YAML; the few values that JSON has no form for as YAML writes them."""
    try:
        return json.dumps(tree, ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        try:
            return yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "surrogatepass")
        except (yaml.YAMLError, RecursionError, ValueError):
            return b"[" * 5000


def _leaves(tree: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else None
    if inner is None:
        if not (isinstance(tree, float) and math.isnan(tree)):
            yield at, tree
        return
    for name, value in inner:
        yield from _leaves(value, (*at, name))
