"""Who may know whom: the engine knows no chat, only the storage knows SQL, and a state's law is data, never code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from state_law.load import jurisdiction_names, the_table

ROOT = Path(__file__).parents[2]

# Each package, and the packages of the project that it must not know.
MUST_NOT_KNOW = {"state_law": {"flows", "bot"}, "flows": {"bot"}}
# What the engine must not know besides: chat, terminal and storage.
ENGINE_WITHOUT = {"slack_bolt", "slack_sdk", "click", "rich", "prompt_toolkit", "sqlite3", "sqlite_utils"}
ONLY_THE_STORAGE = ("sqlite3", "sqlite_utils")
SQL = re.compile(
    r"\b(SELECT\b.+\bFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|PRAGMA\s+\w+"
    r"|(CREATE|DROP|ALTER)\s+(VIRTUAL\s+)?(TABLE|INDEX|TRIGGER|VIEW)|BEGIN\s+(IMMEDIATE|EXCLUSIVE))\b",
    re.DOTALL,
)


def modules(*packages: str) -> list[Path]:
    """Every Python file of these packages."""
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def name(path: Path) -> str:
    """A file as it is called in the project."""
    return str(path.relative_to(ROOT))


def imported(code: str) -> set[str]:
    """The packages that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def texts(code: str) -> Iterator[str]:
    """Every text that stands in a module, the pieces of f-strings too."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def states_named(code: str) -> list[str]:
    """Every state by name, text that consists of states' codes alone, and rule of the table, in a module."""
    codes = jurisdiction_names()
    found = [state for state in codes.values() if re.search(rf"\b{state}\b", code)]
    rules = {rule.id for record in the_table() for rule in record.rules}
    for text in texts(code):
        pieces = re.findall(r"\w+", text)
        if pieces and set(pieces) <= set(codes):
            found.append(text)
        found += [rule for rule in rules if rule in text]
    return found


@pytest.mark.parametrize("path", modules(*MUST_NOT_KNOW), ids=name)
def test_the_engine_knows_nothing_of_what_is_around_it(path: Path) -> None:
    forbidden = MUST_NOT_KNOW[path.relative_to(ROOT).parts[0]] | ENGINE_WITHOUT
    assert imported(path.read_text(encoding="utf-8")) & forbidden == set()


@pytest.mark.parametrize("path", modules("state_law", "flows"), ids=name)
def test_no_state_is_named_in_code(path: Path) -> None:
    assert states_named(path.read_text(encoding="utf-8")) == []


OUTSIDE_THE_STORAGE = [path for path in modules("state_law", "flows", "bot") if "storage" not in path.parts]


@pytest.mark.parametrize("path", OUTSIDE_THE_STORAGE, ids=name)
def test_only_the_storage_speaks_sql(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    assert [text for text in texts(code) if SQL.search(text)] == []
    assert imported(code) & set(ONLY_THE_STORAGE) == set()


# Code that breaks a rule, or does not: so that the tests above are known to see it.
IMPORTS = {
    "import bot": {"bot"},
    "import bot.storage as log": {"bot"},
    "from bot.storage import open_log": {"bot"},
    "def later():\n    from flows import core": {"flows"},
    "from . import bot": set(),
    "text = 'import bot'": set(),
}
STATES = {
    "if code == 'CO': pass": ["CO"],
    "strict = {'CO', 'OR'}": ["CO", "OR"],
    "strict = 'CO TX'.split()": ["CO TX"],
    "x = 1  # as in Colorado": ["Colorado"],
    "message = f'{who} in New York'": ["New York"],
    "allowed = 'two letters of a state, or DC'": [],
    "word = 'or'": [],
}
STATEMENTS = {
    "SELECT id FROM consults": True,
    "insert something into the log": False,
    "INSERT OR IGNORE INTO consults": True,
    "UPDATE consults SET status = ?": True,
    "CREATE VIRTUAL TABLE words": True,
    "PRAGMA journal_mode": True,
    "select one of these from the list": False,
}


@pytest.mark.parametrize("code", IMPORTS)
def test_an_import_is_seen_wherever_it_stands(code: str) -> None:
    assert imported(code) == IMPORTS[code]


@pytest.mark.parametrize("code", STATES)
def test_a_state_is_seen_in_code(code: str) -> None:
    assert states_named(code) == STATES[code]


def test_a_rule_of_the_table_is_seen_in_code() -> None:
    rule = the_table().jurisdiction("CO").rules[0].id
    assert states_named(f"if rule.id == {rule!r}: pass") == [rule]


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_statement_is_seen(text: str) -> None:
    assert bool(SQL.search(text)) is STATEMENTS[text]
