"""What waits, and the numbers: worked out from the newest consults of the log, for the supervisors' home and the digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

from bot.desk import kept
from bot.slack.messages.parts import SERIOUS
from bot.slack.supervisors.cards import is_logged
from bot.slack.supervisors.follow_up import is_overdue
from bot.slack.supervisors.record import record_of
from bot.storage import PURGED, Log
from flows.consult import Consult
from flows.machine import CANCELLED, DECIDED
from flows.review import SIGNED

MOST_LOOKED_AT = 1000
"""Consults, the newest; what is older is found by `/consult find`."""
LEVELS = ("emergency", "high", "elevated", "low")
"""The most urgent first."""
RETURNED = "returned"
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Consults by what they wait for, the most urgent first and then the oldest.

    `review`: for a supervisor. `clinician`: for the clinician's answer or decision. `overdue`: their follow-up time has passed
    and nobody has said what happened; these may stand in the others too.
    """

    review: tuple[Consult, ...]
    clinician: tuple[Consult, ...]
    overdue: tuple[Consult, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """`monday`: the day with which it begins. `by_level`: how many consults began in it; levels without any are left out."""

    monday: date
    by_level: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Waited:
    """Minutes from the beginning of a consult to a supervisor's first deed, of those that had one."""

    median: float
    longest: float


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of the consults begun in a time. `minutes`: the median from their beginning to a supervisor's first deed; None: no such.

    `weeks`: every week of the time, in order, also those in which none began. `waited`: by level.
    """

    consults: int
    by_level: dict[str, int]
    minutes: float | None
    differ: int
    outstanding: int
    signed: int
    weeks: tuple[Week, ...] = ()
    waited: Mapping[str, Waited] = field(default_factory=dict)


def logged(log: Log) -> list[Consult]:
    """The newest consults of which supervisors know."""
    rows = log.consults(limit=MOST_LOOKED_AT)
    return [one for one in (kept(row).consult for row in rows if row.status != PURGED) if is_logged(one)]


def waiting(log: Log, consults: Iterable[Consult], now: datetime) -> Waiting:
    """What waits now. LogError."""
    found = sorted(consults, key=lambda one: (_urgency(one), one.started_at))
    unsigned = [one for one in found if _state(one) != SIGNED and not (one.state == CANCELLED and one.review is None)]
    for_them = [one for one in unsigned if _state(one) == RETURNED or _undecided(one)]
    return Waiting(
        review=tuple(one for one in unsigned if _state(one) != RETURNED),
        clinician=tuple(for_them),
        overdue=tuple(one for one in found if _overdue(log, one, now)),
    )


def numbers(consults: Sequence[Consult], now: datetime, within: timedelta = MONTH) -> Numbers:
    """Of those begun in that time before now."""
    these = [one for one in consults if now - _time(one.started_at) <= within]
    levels = Counter(_level(one) for one in these)
    waits = [_waited(one) for one in these]
    return Numbers(
        consults=len(these),
        by_level={level: levels[level] for level in LEVELS if levels[level]},
        minutes=median(found) if (found := [one for one in waits if one is not None]) else None,
        differ=sum(bool((one.decision or {}).get("differs")) for one in these),
        outstanding=sum(bool((one.decision or {}).get("outstanding")) for one in these),
        signed=sum(_state(one) == SIGNED for one in these),
        weeks=tuple(_weeks(these, now, within)),
        waited=dict(_by_level(these, waits)),
    )


def _weeks(consults: Sequence[Consult], now: datetime, within: timedelta) -> Iterator[Week]:
    found = [(_monday(_time(one.started_at)), _level(one)) for one in consults]
    monday, last = _monday(now.astimezone() - within), _monday(now.astimezone())
    while monday <= last:
        levels = Counter(level for begun, level in found if begun == monday)
        yield Week(monday, {level: levels[level] for level in LEVELS if levels[level]})
        monday += timedelta(days=7)


def _by_level(consults: Sequence[Consult], waits: Sequence[float | None]) -> Iterator[tuple[str, Waited]]:
    for level in LEVELS:
        of_it = [
            minutes
            for one, minutes in zip(consults, waits, strict=True)
            if minutes is not None and _level(one) == level
        ]
        if of_it:
            yield level, Waited(median(of_it), max(of_it))


def _level(consult: Consult) -> str:
    return "emergency" if consult.danger_now else (consult.result or {}).get("level", "high")


def _urgency(consult: Consult) -> int:
    return LEVELS.index(_level(consult))


def _state(consult: Consult) -> str | None:
    return consult.review["state"] if consult.review else None


def _undecided(consult: Consult) -> bool:
    return consult.decision is None and consult.state != CANCELLED and _level(consult) in SERIOUS


def _overdue(log: Log, consult: Consult, now: datetime) -> bool:
    """The log is asked only where the time has passed."""
    follow_up = (consult.decision or {}).get("follow_up")
    if consult.state != DECIDED or not follow_up or _time(follow_up) >= now:
        return False
    return is_overdue(consult, record_of(log.events(consult.reference)), now)


def _waited(consult: Consult) -> float | None:
    taken = (consult.review or {}).get("taken_at")
    return (_time(taken) - _time(consult.started_at)).total_seconds() / 60 if taken else None


def _monday(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())


def _time(at: str) -> datetime:
    return datetime.fromisoformat(at).astimezone()
