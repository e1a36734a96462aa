"""What waits, and the numbers of a time: looked up in the log's overviews, for the supervisors' home and the digest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import median

from bot.overview import MOST_URGENT_FIRST
from bot.storage import Log, Overview, Wanted

MOST_COUNTED = 100_000
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list: which one it is, how many pages there are, and how many consults in all, as far as they were counted."""

    count: int
    shown: tuple[Overview, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Consults by what they wait for, the most urgent first and then the oldest.

    `review`: for a supervisor. `clinician`: for the clinician's answer or decision. `overdue`: their follow-up time has passed
    and nobody has said what happened; these may stand in the others too.
    """

    review: Listed
    clinician: Listed
    overdue: Listed


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of the consults begun in a time.

    `by_level`, and for each week, by its Monday, `by_week`: how many of each level there were; levels of which there were none
    are left out. `minutes`: the median from their beginning to a supervisor's first deed, None: no such; `minutes_by_level`:
    the same with the longest of each level.
    """

    consults: int
    by_level: dict[str, int]
    by_week: dict[date, dict[str, int]]
    minutes: float | None
    differ: int
    outstanding: int
    signed: int
    minutes_by_level: dict[str, tuple[float, float]] = field(default_factory=dict)


def waiting(log: Log, now: datetime, *, page: int = 1, per_page: int = 20) -> Waiting:
    """What waits now: that page of what waits for a supervisor, and the first page of the other lists. LogError."""
    return Waiting(
        review=listed(log, Wanted(awaits_review=True, urgent_first=True), per_page, page),
        clinician=listed(log, Wanted(awaits_clinician=True, urgent_first=True), per_page),
        overdue=listed(log, Wanted(overdue_at=now.timestamp(), urgent_first=True), per_page),
    )


def listed(log: Log, wanted: Wanted, per_page: int, page: int = 1, *, counted: int = MOST_COUNTED) -> Listed:
    """A page of what is wanted, counted up to `counted`. A page beyond the last is the last. LogError."""
    count = log.count_overviews(wanted, most=counted)
    pages = max(1, -(-count // per_page))
    number = min(max(page, 1), pages)
    return Listed(count, tuple(log.overviews(wanted, limit=per_page, offset=(number - 1) * per_page)), number, pages)


def numbers(log: Log, now: datetime, within: timedelta = MONTH) -> Numbers:
    """Of those begun in that time before now. LogError."""
    bounds = weeks_of(now - within, now)
    tallies = log.tally([one.timestamp() for one in bounds])
    by_level: dict[str, int] = defaultdict(int)
    by_week: dict[date, dict[str, int]] = {monday(one): {} for one in bounds[:-1]}
    for one in tallies:
        by_level[MOST_URGENT_FIRST[one.urgency]] += one.consults
        by_week[monday(bounds[one.stretch])][MOST_URGENT_FIRST[one.urgency]] = one.consults
    taken = log.taken_after(bounds[0].timestamp(), bounds[-1].timestamp())
    return Numbers(
        consults=sum(by_level.values()),
        by_level={level: by_level[level] for level in MOST_URGENT_FIRST if level in by_level},
        by_week=by_week,
        minutes=_minutes([after for _, after in taken]),
        differ=sum(one.differs for one in tallies),
        outstanding=sum(one.outstanding for one in tallies),
        signed=sum(one.signed for one in tallies),
        minutes_by_level={
            level: (middle, of[-1] / 60)
            for urgency, level in enumerate(MOST_URGENT_FIRST)
            for of in [[after for rank, after in taken if rank == urgency]]
            if (middle := _minutes(of)) is not None
        },
    )


def weeks_of(since: datetime, now: datetime) -> list[datetime]:
    """The beginning, each Monday's midnight after it, and the end, which is a moment after now: bounds between weeks."""
    since, now = since.astimezone(), now.astimezone()
    bounds, day = [since], monday(since) + timedelta(days=7)
    while (midnight := datetime.combine(day, time()).astimezone()) <= now:
        bounds.append(midnight)
        day += timedelta(days=7)
    return [*bounds, now + timedelta(seconds=1)]


def monday(at: datetime) -> date:
    """The Monday of that time's week."""
    return at.date() - timedelta(days=at.weekday())


def _minutes(seconds: Sequence[float]) -> float | None:
    return median(seconds) / 60 if seconds else None
