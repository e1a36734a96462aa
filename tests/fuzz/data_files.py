"""The other tables, of law and flow: a fault in one is a line that names the file, wherever the program comes upon it.

The files are read from a copy of their folders, in which one is changed, with nothing remembered of those before.
"""

from __future__ import annotations

import functools
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import flows.words
import state_law.load
from bot.commands import law
from flows.answers import parse_answers
from flows.condition_words import say_condition, say_name
from flows.emergency import emergency_card
from flows.evaluation import evaluate
from flows.machine import the_flow
from flows.pages import result_page
from flows.questions import questions
from flows.review import the_review
from flows.screening import said as identifying
from flows.tables import elements, findings, options
from state_law.load import Table
from state_law.us_map import the_sheet
from state_law.yaml_text import read_yaml
from tests.flows.making import ANGER, COLORADO, THREAT
from tests.fuzz.answer_files import YAML_PIECES
from tests.fuzz.changes import at_path, changed, changed_bytes, donors_of, paths
from tests.fuzz.commands import ran, wrong_with_line
from tests.fuzz.law_files import ON, written
from tests.fuzz.tried import Tried, timed

HOMES = {"flows": flows.words.HERE, "state_law": state_law.load.HERE}
FILES = tuple(sorted((home, path.name) for home, folder in HOMES.items() for path in folder.glob("*.yaml")))
SURE = 0.25
NAMES_A_FILE = tuple(f"curbside: {name}: " for name in [*(name for _, name in FILES), "federal.yaml"])
"""A fault between two files, such as a condition about an answer that is gone, may be named in the other one."""


class DataFiles:
    """One file after another, in a copy of its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for home, where in HOMES.items():
            (folder / home).mkdir(exist_ok=True)
            for path in where.glob("*.yaml"):
                shutil.copy(path, folder / home / path.name)
        self._trees = {file: read_yaml((HOMES[file[0]] / file[1]).read_text(encoding="utf-8")) for file in FILES}
        self._donors = donors_of(self._trees.values())

    def one(self, random: Random) -> Tried:
        """Change a file and use the program."""
        home, name = random.choice(FILES)
        tree, sure = self._trees[home, name], random.random() < SURE
        if sure:
            tree, said = _with_a_field_too_many(random, tree)
            raw, done = written(tree), [said]
        elif random.random() < 0.2:
            raw, what = changed_bytes(random, (HOMES[home] / name).read_bytes(), YAML_PIECES)
            done = [what]
        else:
            tree, done = changed(random, tree, self._donors, random.choice((1, 1, 1, 2, 4)))
            raw = written(tree)
        tried = Tried(f"{home}/{name}: {'; '.join(done)}", raw)
        (self._folder / home / name).write_bytes(raw)
        try:
            with read_from(self._folder), timed(tried):
                said_of_it = ran(use)
        finally:
            shutil.copy(HOMES[home] / name, self._folder / home / name)
        tried.ended = {0: "taken", 2: "refused"}.get(said_of_it.status, "failed")
        if said_of_it.status == 0:
            tried.wrong += ["it was taken, and it can't be right"] if sure else []
        elif said_of_it.status == 2:
            tried.wrong += wrong_with_line(said_of_it.err)
            if not said_of_it.err.startswith(NAMES_A_FILE):
                tried.wrong.append(f"the line names no data file: {said_of_it.err[:300]}")
        else:
            tried.wrong.append(f"exit status {said_of_it.status}: {said_of_it.err[:300]}")
        return tried

    def after_all(self) -> list[str]:
        """Nothing remains of a round."""
        return []


def use() -> int:
    """What reads all of the tables: the pages of what is known, a consult with its result, the emergency card, the screening."""
    for one in (findings(), elements(), options()):
        assert one
    the_flow()
    the_review()
    identifying("a few invented words")
    for key in questions():
        say_name(key)
    say_condition({"concern": "harm_to_others"})
    table = Table()
    for answers in (THREAT, ANGER, {"concern": "abuse_of_child"}, {"concern": "harm_to_self", "self_harm": "active"}):
        result_page(evaluate(parse_answers({**COLORADO, **answers}), on=ON, table=table))
    emergency_card(COLORADO, ON, table)
    assert the_sheet()
    return law.run(table, "CO", ON)


def _with_a_field_too_many(random: Random, tree: Any) -> tuple[Any, str]:
    made = json.loads(json.dumps(tree))
    mappings = [(), *(path for path in paths(made) if isinstance(at_path(made, path), dict))]
    path = random.choice(mappings)
    at_path(made, path)[random.choice(("colour", "Id", "", "when ", "\N{GRINNING FACE}"))] = 5
    return made, f"{'.'.join(map(str, path)) or 'at the top'}: a field that there is not"


@contextmanager
def read_from(folder: Path) -> Iterator[None]:
    """The tables are read from here, anew."""
    before = flows.words.HERE, state_law.load.HERE
    flows.words.HERE, state_law.load.HERE = folder / "flows", folder / "state_law"
    _forget()
    try:
        yield
    finally:
        flows.words.HERE, state_law.load.HERE = before
        _forget()


def _forget() -> None:
    """Whatever the modules of law and flow remember of their files."""
    for remembering in _remembering():
        remembering.cache_clear()


@functools.cache
def _remembering() -> tuple[Any, ...]:
    """Every function of law and flow that remembers what it has read or worked out. The law's own table is as it was."""
    found = {
        id(value): value
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in ("flows", "state_law")
        for value in vars(module).values()
        if hasattr(value, "cache_clear") and value.__name__ not in ("the_table", "_adapter")
    }
    return tuple(found.values())
