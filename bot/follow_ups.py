"""When the clinician of a decided consult is asked what has happened since, and from when on that is overdue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.beside import Record
from flows.consult import Consult
from flows.machine import DECIDED

ASK_AGAIN_AFTER: Mapping[str, timedelta] = {
    "emergency": timedelta(hours=2),
    "high": timedelta(hours=4),
    "elevated": timedelta(hours=24),
    "low": timedelta(hours=48),
}
"""By level: after so long without an answer the clinician is asked again."""
MOST_ASKED = 4
"""After so many times it is left to the supervisors, who see that it is overdue."""


def overdue_from(consult: Consult, record: Record) -> datetime | None:
    """The follow-up time while the clinician has not said what happened; None when nothing is expected of them."""
    follow_up = (consult.decision or {}).get("follow_up")
    if consult.state != DECIDED or not follow_up or record.said is not None:
        return None
    return time_of(follow_up)


def due_at(consult: Consult, record: Record) -> datetime | None:
    """When the clinician is to be asked next; None when they are not."""
    first = overdue_from(consult, record)
    if first is None or len(record.asked) >= MOST_ASKED:
        return None
    if record.asked:
        level = (consult.result or {}).get("level", "high")
        return time_of(record.asked[-1]) + ASK_AGAIN_AFTER[level]
    return first


def time_of(at: str) -> datetime:
    """A time of the log; one without an offset is read in the zone of this machine."""
    return datetime.fromisoformat(at).astimezone()
