"""The short form of `make chaos`: the real program dies about ten times while people work, and nothing is lost or comes twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from .plan import Plan, draw, sweep
from .run import run

SHORT: dict[str, Plan] = {
    "whatever comes": draw(3, kills=4),
    "at commits, one after the other": replace(sweep("mild", 7), seed=1),
}


@pytest.mark.parametrize("name", SHORT)
def test_nothing_is_lost_and_nothing_comes_twice(tmp_path: Path, name: str) -> None:
    outcome = run(SHORT[name], tmp_path)
    assert outcome.problems == [], "\n".join(outcome.journal)
    assert outcome.kills >= 4 and outcome.found.acknowledged > 15 and outcome.found.posts > 15


def test_a_seed_is_the_same_run_again() -> None:
    assert draw(17) == draw(17) != draw(18)
