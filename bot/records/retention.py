"""How long consults are kept, and which of them are due to be purged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.beside import OF_THE_RECORD
from bot.configuration import ConfigurationError
from bot.counted import counted
from bot.records.recording import hold_of
from bot.storage import PURGED, ConsultRow, Log, Purge, StoredEvent
from flows.consult import restore, snapshot
from flows.machine import CLOSED

SETTING = "CURBSIDE_RETENTION"
_SPAN = re.compile(r"(\d{1,3})\s*(day|month|year)s?", re.IGNORECASE)
_LONGEST = 150
"""Years; more is a slip."""


@dataclass(frozen=True)
class Span:
    """A time for which something is kept: a number of days, months or years."""

    number: int
    unit: str

    def before(self, day: date) -> date:
        """The same day that much earlier; where the month is shorter, its last day (29 February: 28 February)."""
        if self.unit == "day":
            return date.fromordinal(max(day.toordinal() - self.number, 1))
        months = (day.year * 12 + day.month - 1) - self.number * (12 if self.unit == "year" else 1)
        if months < 12:
            return date.min
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, _days_in(year, month + 1)))

    def after(self, moment: datetime) -> datetime:
        """The same time that much later; where there is no such day in the month, the first of the next one."""
        if self.unit == "day":
            return moment + timedelta(days=self.number)
        months = moment.year * 12 + moment.month - 1 + self.number * (12 if self.unit == "year" else 1)
        year, month = divmod(months, 12)
        if moment.day > _days_in(year, month + 1):
            year, month = divmod(months + 1, 12)
            return moment.replace(year=year, month=month + 1, day=1)
        return moment.replace(year=year, month=month + 1)

    def __str__(self) -> str:
        return counted(self.number, self.unit)


def read_span(text: str, name: str = SETTING) -> Span:
    """`7 years`, `18 months` or `90 days`. Raises ConfigurationError, which calls it `name`."""
    match = _SPAN.fullmatch(text.strip())
    number = int(match.group(1)) if match else 0
    unit = match.group(2).lower() if match else ""
    if not match or number == 0 or (unit == "year" and number > _LONGEST):
        raise ConfigurationError(
            f"{name}: {text.strip()!a} is no time. Allowed: a number of days, months or years, as in '7 years'."
        )
    return Span(number, unit)


@dataclass(frozen=True)
class Due:
    """A consult that has been kept long enough. `last`: the day on which it was last worked on. `held`: the event that
    placed it under a legal hold, which keeps it; None when nothing does. `messages`: how many it has in Slack."""

    row: ConsultRow
    last: date
    held: StoredEvent | None
    messages: int


def due_consults(log: Log, span: Span, today: date) -> Iterator[Due]:
    """Every consult on which nothing was done for that time, the oldest first; holds and purges count as nothing.

    A consult last worked on exactly that long ago is due; on the day before it was not.
    """
    limit = span.before(today)
    for row in reversed(every_row(log)):
        if row.status == PURGED or _day(row.started_at) > limit:
            continue
        events = log.events(row.reference)
        last = max(_day(event.at) for event in events if event.kind not in OF_THE_RECORD)
        if last <= limit:
            slots = log.slots_like(f"shown:{row.reference}:"), log.slots_like(f"thread:{row.reference}")
            yield Due(row, last, hold_of(events), sum(map(len, slots)))


def every_row(log: Log) -> list[ConsultRow]:
    """Every consult, the last begun first."""
    rows: list[ConsultRow] = []
    while True:
        page = log.consults(limit=500, before=rows[-1].reference if rows else None)
        rows += page
        if len(page) < 500:
            return rows


def purge_of(row: ConsultRow, *, at: str, actor: str) -> Purge:
    """What is to be done to purge this consult: what stays is who ran it, when, and under which versions."""
    nothing = restore(row.reference, row.clinician, row.started_at, at, {"first": "", "state": CLOSED, "done_here": []})
    left = replace(
        row,
        status=PURGED,
        updated_at=at,
        jurisdiction=None,
        profession=None,
        concern=None,
        level=None,
        duty=None,
        follow_up=None,
        state=snapshot(nothing),
    )
    return Purge(at=at, actor=actor, left=left, expected_revision=row.revision)


def _day(at: str) -> date:
    """The day of a time as it was where it was written down."""
    return datetime.fromisoformat(at).date()


def _days_in(year: int, month: int) -> int:
    after = date(year + month // 12, month % 12 + 1, 1)
    return after.toordinal() - date(year, month, 1).toordinal()
