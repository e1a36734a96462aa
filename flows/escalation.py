"""Whom to call next, and when, until somebody looks after a serious consult: worked out from what was done so far.

Nothing is remembered here, so that a restart changes nothing. Times are minutes since the consult became serious:

    first      the first on call is called
    again      they are called again
    next       the next on the list, and each further one after as long again as from `again` to `next`
    everyone   all supervisors, and from then on every `every` minutes
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

ALLOWED = "emergency and high, each with first, again, next, everyone, every: such as emergency=0,2,4,8,5;high=10,20,40,60,30"
Why = Literal["first", "again", "next", "everyone"]


@dataclass(frozen=True, slots=True)
class Times:
    """Minutes, as the head of this file says."""

    first: float
    again: float
    next: float
    everyone: float
    every: float


USUAL: Mapping[str, Times] = {"emergency": Times(0, 2, 4, 8, 5), "high": Times(10, 20, 40, 60, 30)}
"""Levels that are not here are quiet: nobody is called."""


@dataclass(frozen=True, slots=True)
class Call:
    """Who is to be called, and when. `round`: the how-manieth call it is. `everyone`: all supervisors at once."""

    at: datetime
    to: tuple[str, ...]
    round: int
    why: Why

    @property
    def everyone(self) -> bool:
        """Whether all supervisors are called."""
        return self.why == "everyone"


def parse_times(text: str) -> dict[str, Times]:
    """The times as a setting has them. ValueError says what is wrong, and what is allowed."""
    found = dict(USUAL)
    for part in (one.strip() for one in text.split(";")):
        level, given, numbers = part.partition("=")
        if level not in USUAL or not given:
            raise ValueError(f"{part!r} won't do; allowed: {ALLOWED}")
        found[level] = _times(level, numbers)
    pairs = zip(_steps(found["emergency"]), _steps(found["high"]), strict=True)
    if any(sooner > later for sooner, later in pairs):
        raise ValueError("an emergency is never called later than what is high; make each of its times the smaller one")
    return found


def _times(level: str, numbers: str) -> Times:
    try:
        values = [float(one) for one in numbers.split(",")]
        times = Times(*values)
    except (TypeError, ValueError):
        raise ValueError(f"{level}={numbers} won't do; allowed: {ALLOWED}") from None
    if not 0 <= times.first <= times.again <= times.next <= times.everyone or not 1 <= times.every <= 1440:
        raise ValueError(
            f"{level}={numbers}: first, again, next and everyone must not go down, and every is 1 to 1440 minutes"
        )
    return times


def _steps(times: Times) -> tuple[float, ...]:
    return (times.first, times.again, times.next, times.everyone, times.every)


def next_call(
    level: str,
    since: datetime,
    calls: int,
    *,
    order: Sequence[str],
    quiet: Collection[str] = (),
    times: Mapping[str, Times] = USUAL,
) -> Call | None:
    """The next call; None for a level that is quiet, or when there is nobody to call.

    `since`: when the consult became serious, or was handed on. `calls`: how many were made since. `order`: who is on call, the
    first first. `quiet`: who may not be disturbed; they are passed over as long as there is somebody else.
    """
    plan = times.get(level)
    if plan is None:
        return None
    people = [one for one in order if one not in quiet] or list(order)
    minutes, place = _planned(plan, calls, len(people))
    at = since + timedelta(minutes=minutes)
    if place is None:
        return Call(at, (), calls + 1, "everyone")
    why: Why = "first" if calls == 0 else "again" if calls == 1 else "next"
    return Call(at, (people[place],), calls + 1, why)


def _planned(plan: Times, calls: int, people: int) -> tuple[float, int | None]:
    """The minutes of the call after `calls` calls, and the place on the list of who is called; None for everyone."""
    singles = _singles(plan, people)
    if calls < len(singles):
        return singles[calls]
    return plan.everyone + (calls - len(singles)) * plan.every, None


def _singles(plan: Times, people: int) -> list[tuple[float, int]]:
    """The calls of single people before everyone is called."""
    if not people:
        return []
    found = [(plan.first, 0), (plan.again, 0)]
    step = max(plan.next - plan.again, 0.5)
    found += [(plan.next + (place - 1) * step, place) for place in range(1, people)]
    return [one for one in found if one[0] < plan.everyone]
