"""Unfinished consults that nobody goes on with: when their clinician is reminded, which of them may be ended, and ending them.

The time runs from the last thing that was done, and begins anew whenever somebody goes on. The reminder comes a day before the
end, or at half the time where that is less than a day; after a reminder that came late, that much is waited too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.beside import Record
from bot.desk import Desk, Kept, kept
from bot.follow_ups import time_of
from bot.overview import record_now
from bot.records.retention import Span
from bot.storage import ConsultRow, Log
from flows.consult import Consult
from flows.machine import PAUSED, RESULT, REVIEW

SETTING = "CURBSIDE_EXPIRE_AFTER"
UNFINISHED = ("asking", REVIEW, RESULT, PAUSED)
"""The statuses of a consult that is neither decided nor finished."""
EXPIRED = "Expired: nothing was done for"
"""How the reason of a consult begins that has ended by itself."""
A_DAY = timedelta(days=1)
PAGE = 200


@dataclass(frozen=True)
class Lying:
    """An unfinished consult on which nothing was done for some time.

    `last`: when anything was done last. `remind_at`, `ends_at`: when its clinician is due to be reminded, and when it may end
    at the earliest. `reminded`: whether they were, since then. `stays`: why it is not ended by itself; None when it is.
    """

    kept: Kept
    last: datetime
    remind_at: datetime
    ends_at: datetime
    reminded: bool
    stays: str | None


def unfinished(log: Log) -> Iterator[ConsultRow]:
    """Every consult that is neither decided nor finished; the others are not read."""
    for status in UNFINISHED:
        before = None
        while True:
            page = log.consults(limit=PAGE, before=before, status=status)
            yield from page
            if len(page) < PAGE:
                break
            before = page[-1].reference


def lying(log: Log, span: Span, now: datetime) -> list[Lying]:
    """Every unfinished consult on which nothing was done for that time, the one that lies longest first."""
    found = (how_it_lies(kept(row), record_now(log, row.reference), span) for row in unfinished(log))
    return sorted((one for one in found if span.after(one.last) <= now), key=lambda one: one.last)


def how_it_lies(found: Kept, record: Record, span: Span) -> Lying:
    """`record`: what the events of the consult say beside its state."""
    last = time_of(record.worked_at or found.consult.started_at)
    ends = span.after(last)
    lead = min(A_DAY, (ends - last) / 2)
    reminded = record.reminded_at is not None
    if record.reminded_at is not None:
        ends = max(ends, time_of(record.reminded_at) + lead)
    return Lying(found, last, span.after(last) - lead, ends, reminded, _stays(found.consult, record))


def _stays(consult: Consult, record: Record) -> str | None:
    """What a person must look at first, so that nobody in danger is forgotten by a timer."""
    if consult.danger_now or record.danger_said:
        return "danger was said"
    if consult.result is not None:
        return "it has a result and no decision"
    return "legal hold" if record.held else None


def expire(desk: Desk, one: Kept, span: Span) -> Kept:
    """End it, as a cancellation that says why. StaleRevision when somebody has just gone on with it."""
    return desk.take(one, Consult.cancel, f"{EXPIRED} {span}.")


def has_expired(consult: Consult) -> bool:
    """Whether it has ended by itself."""
    return (consult.ended_because or "").startswith(EXPIRED)
