"""Which package knows which, read from the imports, as a Mermaid diagram: `python -m tools.packages`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOP = ("state_law", "flows", "bot")
WORDS = {
    "state_law": "the law as data,<br>and its evaluation",
    "flows": "questions, machine,<br>findings, options, plan",
    "bot": "settings, desk,<br>failures",
    "bot.commands": "one module<br>a command",
    "bot.terminal": "the consult<br>at a terminal",
    "bot.slack": "the consult<br>in Slack",
    "bot.storage": "the log:<br>all SQL there is",
    "bot.records": "verify, export,<br>retention, backup",
}
"""What each package is for. A package that is missing here is an error."""


def knows() -> dict[str, set[str]]:
    """Package -> the other packages of the project that some module of it imports, wherever in the module."""
    found: dict[str, set[str]] = {}
    for path in sorted(one for top in TOP for one in (ROOT / top).rglob("*.py")):
        here = _package(".".join(path.relative_to(ROOT).with_suffix("").parts))
        others = {_package(one) for one in _imported(path) if one.partition(".")[0] in TOP}
        found.setdefault(here, set()).update(others - {here})
    return found


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _package(module: str) -> str:
    """The package to which a module belongs: of `bot`, each folder is one."""
    top, *rest = module.split(".")
    folder = top == "bot" and rest and (ROOT / top / rest[0]).is_dir()
    return f"{top}.{rest[0]}" if folder else top


def mermaid() -> str:
    """The diagram; an arrow leads from who knows to who is known. What any part of `bot` knows, all of it is drawn to know."""
    found = knows()
    inside = [one for one in found if one.startswith("bot")]
    lines = ["flowchart TD", "    subgraph around [bot]"]
    lines += [f"    {_node(one)}" for one in inside]
    lines += [f"        {_id(one)} --> {_id(other)}" for one in inside for other in sorted(found[one] & {*inside})]
    lines.append("    end")
    lines += [_node(one) for one in found if one not in inside]
    outside = sorted({other for one in inside for other in found[one]} - {*inside})
    lines += [f"    around --> {other}" for other in outside]
    lines += [f"    {one} --> {other}" for one in found if one not in inside for other in sorted(found[one])]
    return "\n".join(lines)


def _id(package: str) -> str:
    return package.replace(".", "_")


def _node(package: str) -> str:
    name = "bot/*.py" if package == "bot" else f"{package.replace('.', '/')}/"
    return f'    {_id(package)}["{name}<br>{WORDS[package]}"]'


if __name__ == "__main__":
    print(mermaid())
