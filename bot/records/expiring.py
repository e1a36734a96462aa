"""Unfinished consults that nobody goes on with: which of them may be ended, and ending them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from bot.desk import Desk, Kept, kept
from bot.records.recording import OF_THE_RECORD, hold_of
from bot.records.retention import Span, every_row
from bot.storage import FINISHED, Log
from flows.consult import Consult
from flows.machine import DECIDED

SETTING = "CURBSIDE_EXPIRE_AFTER"


@dataclass(frozen=True)
class Lying:
    """An unfinished consult on which nothing was done for long. `stays`: why it is not ended by itself; None when it is."""

    kept: Kept
    last: date
    stays: str | None


def lying(log: Log, span: Span, today: date) -> Iterator[Lying]:
    """Every consult that is neither decided nor finished and on which nothing was done for that time, the oldest first."""
    limit = span.before(today)
    for row in reversed(every_row(log)):
        if row.status in (*FINISHED, DECIDED):
            continue
        events = log.events(row.reference)
        last = max(datetime.fromisoformat(event.at).date() for event in events if event.kind not in OF_THE_RECORD)
        if last <= limit:
            found = kept(row)
            held = hold_of(events) is not None
            yield Lying(found, last, _stays(found.consult, held))


def _stays(consult: Consult, held: bool) -> str | None:
    """What a person must look at first, so that nobody in danger is forgotten by a timer."""
    if consult.danger_now:
        return "danger was said"
    if consult.result is not None:
        return "it has a result and no decision"
    return "legal hold" if held else None


def expire(desk: Desk, one: Lying, span: Span) -> None:
    """End it, as a cancellation that says why. StaleRevision when somebody has just gone on with it."""
    desk.take(one.kept, Consult.cancel, f"Expired: nothing was done for {span}.")
