"""What every answer, finding and level can be, the orders in which they rank, and answers drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from random import Random
from typing import Any

from flows.answers import parse_answers
from flows.findings import FINDINGS
from flows.levels import LEVELS
from flows.questions import UNKNOWN, askable_values, questions, worse_than
from state_law.load import jurisdiction_names

ON = date(2026, 11, 25)
"""The day on which the law is read in these tests."""

TRUTHS = ("no", "unknown", "yes")
"""For a finding and for an element: no < unknown < yes."""

SEED = 20261125

Recorder = Callable[[str, object], None]
"""pytest's `record_property`: what a test counted, for docs/safety.md (tools/safety_figures.py)."""


@lru_cache(maxsize=1)
def values() -> Mapping[str, tuple[str, ...]]:
    """Every answer, finding and level -> all that it can be, unknown included where it can be that."""
    found = {key: (*known, UNKNOWN) for key, known in askable_values().items()}
    for key in ("concern", "profession"):
        found[key] = tuple(questions()[key].options)
    found.update(dict.fromkeys(FINDINGS, TRUTHS))
    found.update(dict.fromkeys(("level_others", "level_self", "level"), LEVELS))
    return found


@lru_cache(maxsize=1)
def orders() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Answer or finding -> pairs (value, next worse value), as declared."""
    found = dict(worse_than())
    found.update(dict.fromkeys(FINDINGS, tuple(pairwise(TRUTHS))))
    return found


def known(key: str) -> tuple[str, ...]:
    """The known values, for something that can also be unknown; empty for what can't."""
    possible = values().get(key, ())
    return tuple(one for one in possible if one != UNKNOWN) if UNKNOWN in possible else ()


def steps(key: str) -> Iterator[tuple[str, str]]:
    """Pairs (value, worse value) that are compared for this key."""
    yield from orders().get(key, ())


def say(count: int) -> str:
    """A count that can be read."""
    return f"{count:,}" if count < 10**9 else f"{count:.2e}"


def draw(rng: Random, share_known: float, places: Sequence[str] = (), **fixed: Any) -> dict[str, Any]:
    """Answers at random, in the contract's form, of which about this share is known."""
    found: dict[str, Any] = {
        "jurisdiction": rng.choice(list(places) or list(jurisdiction_names())),
        "concern": rng.choice(values()["concern"]),
        "profession": rng.choice(values()["profession"]),
    }
    for key, possible in askable_values().items():
        if rng.random() < share_known:
            name, _, item = key.partition(".")
            if item:
                found.setdefault(name, {})[item] = rng.choice(possible)
            else:
                found[name] = rng.choice(possible)
    return found | fixed


def draw_facts(rng: Random, share_known: float, places: Sequence[str] = (), **fixed: Any) -> dict[str, str]:
    """As `draw`, as the facts that the engine reads."""
    return parse_answers(draw(rng, share_known, places, **fixed)).facts
