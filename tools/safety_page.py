"""docs/safety.md: the promises and hazards of docs/safety.yaml with the figures of the last runs (docs/figures).

`python -m tools.safety_page > docs/safety.md`, after `make safety`, `make chaos` and `make fuzz` have written their figures.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "docs" / "figures"
RUNS = {"safety": "make safety", "chaos": "make chaos", "fuzz": "make fuzz"}
"""Each file of figures, and the command that writes it."""
_FIGURE = re.compile(r"\{([\w]+)\.([\w]+)\}")
HEAD = """# Safety

What Curbside promises, how each promise is checked, over how many combinations or runs, and with what result; then what can go
wrong, and what the program does about it. This page is made from [safety.yaml](safety.yaml) and the figures of the runs below:
`make safety-page`. It supports judgement and never decides; nothing here makes it safe to rely on alone.
"""


def load() -> dict[str, Any]:
    """docs/safety.yaml."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "safety.yaml").read_text(encoding="utf-8"))
    return found


def runs() -> dict[str, dict[str, Any]]:
    """The figures of each run. FileNotFoundError names the one that is missing."""
    return {name: json.loads((FIGURES / f"{name}.json").read_text(encoding="utf-8")) for name in RUNS}


def page(said: Mapping[str, Any], of: Mapping[str, Mapping[str, Any]]) -> str:
    """The page. KeyError for a figure that there is not."""
    return "\n".join([HEAD, *_promises(said, of), *_commits(said, of), *_hazards(said), *_runs(of)]) + "\n"


def filled(text: str, said: Mapping[str, Any], of: Mapping[str, Mapping[str, Any]]) -> str:
    """The text with its figures."""

    def figure(match: re.Match[str]) -> str:
        name, count = match.groups()
        known = of[name] if name in of else of["safety"]["counted"][said["figures"][name]]
        return readable(known[count])

    return _FIGURE.sub(figure, text)


def readable(number: float) -> str:
    """A number as it is read."""
    if number >= 10**9:
        mantissa, _, exponent = f"{number:.2e}".partition("e")
        return f"{mantissa} × 10^{int(exponent)}"
    return f"{number:,}"


def _promises(said: Mapping[str, Any], of: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield "## Promises\n"
    for number, one in enumerate(said["promises"], 1):
        yield f"### {number}. {one['says']}\n"
        yield f"**How it is checked.** {one['how'].strip()}\n"
        yield f"**Result.** {filled(one['result'], said, of).strip()}\n"
        named = (test.partition("::") for test in one["tests"])
        yield "**Tests.** " + ", ".join(f"[{test}](../{path})" for path, _, test in named) + "\n"


def _commits(said: Mapping[str, Any], of: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The kinds of commits at which the program died. KeyError for one that is not explained."""
    swept = of["chaos"]["swept"]
    yield "## Commits that were cut\n"
    yield f"All different commits of whole consults ({_listed(swept['stories'])}), each right before and right after it.\n"
    yield "| commit | different ones | cut before | cut after |\n|---|---|---|---|"
    for kind, cut in swept["kinds"].items():
        yield f"| {said['commits'][kind]} | {cut['commits']:,} | {cut['before']:,} | {cut['after']:,} |"
    yield ""


def _listed(stories: Mapping[str, Mapping[str, int]]) -> str:
    return ", ".join(f"{name}: {cut['commits']:,} commits" for name, cut in stories.items())


def _hazards(said: Mapping[str, Any]) -> Iterator[str]:
    yield "## Hazards\n"
    yield "| what can go wrong | what the program does | what is left |\n|---|---|---|"
    for one in said["hazards"]:
        yield f"| {one['hazard']} | {one['does'].strip()} | {one['left'].strip()} |"


def _runs(of: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield "\n## The runs\n"
    yield "| run | when | Python | seconds | seed |\n|---|---|---|---|---|"
    for name, command in RUNS.items():
        run = of[name]
        yield f"| `{command}` | {run['date'][:10]} | {run['python']} | {run['seconds']:,.0f} | {run.get('seed', '')} |"


if __name__ == "__main__":
    print(page(load(), runs()), end="")
