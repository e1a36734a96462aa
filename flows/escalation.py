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

ALLOWED = (
    "emergency and high, each with first, again, next, everyone, every: such as emergency=0,2,4,8,5;high=10,20,40,60,30"
)
LONGEST = 1440
"""Minutes: a day."""
Why = Literal["first", "again", "next", "everyone"]


@dataclass(frozen=True, slots=True)
class Times:
    """Minutes, as the head of this file says."""

    first: float
    again: float
    next: float
    everyone: float
    every: float

    @property
    def step(self) -> float:
        """From one person of the list to the next."""
        return max(self.next - self.again, 0.5)


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
    seen: set[str] = set()
    for part in (one.strip() for one in text.split(";")):
        level, given, numbers = part.partition("=")
        if level not in USUAL or not given:
            raise ValueError(f"{part!r} won't do; allowed: {ALLOWED}")
        if level in seen:
            raise ValueError(f"{level} stands twice; allowed: {ALLOWED}")
        seen.add(level)
        found[level] = _times(level, numbers)
    pairs = zip(_steps(found["emergency"]), _steps(found["high"]), strict=True)
    if any(sooner > later for sooner, later in pairs):
        raise ValueError(
            "an emergency is never called later than what is high; make each of its times, and the time from `again` to `next`,"
            " the smaller one"
        )
    return found


def _times(level: str, numbers: str) -> Times:
    try:
        values = [float(one) for one in numbers.split(",")]
        times = Times(*values)
    except (TypeError, ValueError):
        raise ValueError(f"{level}={numbers} won't do; allowed: {ALLOWED}") from None
    rising = 0 <= times.first <= times.again <= times.next <= times.everyone <= LONGEST
    if not rising or not 1 <= times.every <= LONGEST:
        raise ValueError(
            f"{level}={numbers}: first, again, next and everyone must not go down, and every is 1 or more; none is more than"
            f" {LONGEST} minutes"
        )
    return times


def _steps(times: Times) -> tuple[float, ...]:
    return (times.first, times.again, times.next, times.everyone, times.every, times.step)


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made, as it was recorded: when, whom, and whether it was to all supervisors."""

    at: datetime
    to: tuple[str, ...]
    everyone: bool = False


def next_page(
    level: str,
    since: datetime,
    made: Sequence[Made],
    *,
    now: datetime,
    order: Sequence[str],
    quiet: Collection[str] = (),
    acknowledged: bool = False,
    times: Mapping[str, Times] = USUAL,
) -> Call | None:
    """The next call, worked out from those that were `made`; None once it is acknowledged, and for a level that is quiet.

    `since`: when the consult became serious, or was handed on. `made`: the calls since then, in order. `order`: who is on call,
    the first first; empty: all supervisors are called from the first call on. `quiet`: who may not be disturbed; they are passed
    over as long as there is somebody else, and called with everyone. A call whose `at` has passed is due now: it is then to
    everybody who should have been called by `now`, so that after a time in which nothing ran there is one call and no volley.
    """
    plan = times.get(level)
    if plan is None or acknowledged:
        return None
    since = min(since, made[0].at if made else now)  # a clock that was wrong, and set back since, must not silence it
    people = [one for one in order if one not in quiet] or list(order)
    planned = [*_to_single_people(plan, since, made, people), _to_everyone(plan, since, made, now, bool(people))]
    planned.sort(key=lambda one: one.at)
    due = [one for one in planned if one.at <= now] or planned[:1]
    to = () if due[-1].everyone else tuple(dict.fromkeys(person for one in due for person in one.to))
    return Call(due[0].at, to, len(made) + 1, due[-1].why)


def _to_single_people(plan: Times, since: datetime, made: Sequence[Made], people: Sequence[str]) -> list[Call]:
    """The calls still to be made before everyone is called; none once that was done."""
    if not people or any(one.everyone for one in made):
        return []
    called = dict.fromkeys(person for one in made for person in one.to)
    first = next((one for one in called if one in people), people[0])
    found: list[tuple[float, str, Why]] = []
    if not made:
        found.append((plan.first, first, "first"))
    if len(made) < 2:
        found.append((plan.again, first, "again"))
    fresh = [one for one in people if one not in called and one != first]
    before = max(len(called), 1)
    found += [(plan.next + (before - 1 + n) * plan.step, one, "next") for n, one in enumerate(fresh)]
    return [
        Call(since + timedelta(minutes=minutes), (person,), len(made) + 1, why)
        for minutes, person, why in found
        if minutes < plan.everyone
    ]


def _to_everyone(plan: Times, since: datetime, made: Sequence[Made], now: datetime, somebody: bool) -> Call:
    """The call to everyone: at its time, and from then on again and again."""
    at = since + timedelta(minutes=plan.everyone if somebody else plan.first)
    if any(one.everyone for one in made):
        at = min(made[-1].at, now) + timedelta(minutes=plan.every)
    return Call(at, (), len(made) + 1, "everyone")
