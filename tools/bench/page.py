"""docs/performance.md, made from docs/figures/bench.json: each number with its goal, whether it is met, and how to repeat it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tools.bench.figures import Goal

ORDER = ("step", "load", "growth", "resting", "person", "evaluating")
TARGETS = {"growth": "make bench-growth"}
HEAD = """# How fast it is

Made by `make bench` and `make bench-growth` from what they measured; the numbers stand in
[figures/bench.json](figures/bench.json) too. Each chapter is one run on one machine, in which whatever is compared was measured
in turn, so that ratios hold elsewhere more nearly than times do. Times of a machine that was busy with other work are worse
than they need be: each chapter says how many programs wanted a processor in the minute before its end.

```sh
make bench          # all but the growth, about eight minutes
make bench-growth   # with up to a million consults in the log; several gigabytes of disk for the time of the run
make bench ARGS="step load"   # some chapters, the others stay as they are
```

Slack itself is not measured: it gives an app three seconds to acknowledge, and the way there and back is its own.
"""


def page(chapters: Mapping[str, Any]) -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for name in ORDER if name in chapters for line in _chapter(name, chapters[name]))])


def _chapter(name: str, chapter: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {chapter['title']}\n"
    yield f"{chapter['how']}\n"
    if chapter["figures"]:
        yield "| what | measured | goal | |"
        yield "|---|---|---|---|"
        yield from (_figure(one) for one in chapter["figures"])
        yield ""
    if "rows" in chapter:
        yield f"| {' | '.join(chapter['columns'])} |"
        yield f"|{'---|' * len(chapter['columns'])}"
        for row in chapter["rows"]:
            yield f"| {' | '.join(_cell(one) for one in row)} |"
        yield ""
    yield f"{_where(chapter)} Again: `{TARGETS.get(name, f'make bench ARGS={name}')}`.\n"


def _figure(one: Mapping[str, Any]) -> str:
    what = f"{one['what']} ({one['note']})" if "note" in one else one["what"]
    measured = f"{_cell(one['value'])} {one['unit']}"
    if "goal" not in one:
        return f"| {what} | {measured} | | |"
    goal = Goal(one["goal"]["limit"], one["goal"]["way"])
    by = goal.missed_by(one["value"])
    verdict = "met" if one["goal"]["met"] else f"**missed**, {by:.2g} times the goal"
    return f"| {what} | {measured} | {goal.way} {goal.limit:g} {one['unit']} | {verdict} |"


def _cell(value: object) -> str:
    return (
        f"{value:,.4g}"
        if isinstance(value, float) and abs(value) < 1000
        else f"{value:,}"
        if _number(value)
        else str(value)
    )


def _number(value: object) -> bool:
    return isinstance(value, (int, float))


def _where(chapter: Mapping[str, Any]) -> str:
    on = chapter["machine"]
    busy = "" if chapter["busy"] is None else f"; {chapter['busy']:g} programs wanted a processor"
    return (
        f"Measured on {chapter['on']}: {on['processors']} processors, {on['system']}, Python {on['python']},"
        f" SQLite {on['sqlite']}, Bolt {on['slack-bolt']}{busy}."
    )
