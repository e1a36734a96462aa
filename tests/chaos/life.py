"""One life of the program: how it ends, and what its machine does to it. Handed to launcher.py in its environment."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from tests.chaos.boundaries import Side

VARIABLE = "CHAOS_LIFE"
DIED = "chaos: died"
"""How the line begins with which a program that is about to die says where."""
SETTLE = 0.6
"""Seconds for which the program waits for a call that broke off; two, outside of these tests."""


@dataclass(frozen=True, slots=True)
class Life:
    """`killed_after`: seconds from its start until somebody else kills it. `dies_at`: it dies right `side` its so-manieth commit.

    `deeds_only`: of the commits only those are counted that keep a step or what is sent, so that each life gets somewhere.
    `sweeps`: it dies at the first commit that was not cut yet in this run, before it or after it; see boundaries.py.
    `clock`: [(after so many seconds, ahead of the right time by so many)]. `full`: (after so many seconds, for so many) the
    disk takes nothing. `paced`: the program keeps to Slack's limits by itself; False: it learns of them by 429.
    """

    command: Literal["run", "serve"] = "run"
    killed_after: float | None = None
    dies_at: int | None = None
    side: Side = "after"
    deeds_only: bool = False
    sweeps: bool = False
    clock: tuple[tuple[float, float], ...] = ()
    full: tuple[float, float] | None = None
    paced: bool = False

    @property
    def ends(self) -> bool:
        """Whether it ends by itself or by a planned kill."""
        return self.killed_after is not None or self.dies_at is not None or self.sweeps

    def as_text(self) -> str:
        """For the environment."""
        return json.dumps(asdict(self))


def read_life(text: str) -> Life:
    """What `as_text` gave."""
    given: dict[str, Any] = json.loads(text)
    given["clock"] = tuple((float(after), float(ahead)) for after, ahead in given["clock"])
    given["full"] = tuple(given["full"]) if given["full"] else None
    return Life(**given)
