"""What supervisors look for in their lists, worked out from a consult and from what its events say beside its state.

Each step is written with it (desk.py), so that a list is read by index and not consult by consult, however long the log is.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from bot.beside import Record, record_of
from bot.follow_ups import due_at, overdue_from, time_of
from bot.storage import Log, Overview
from flows.consult import Consult, restore
from flows.levels import LEVELS
from flows.machine import CANCELLED
from flows.review import AT_ONCE, SIGNED
from flows.reviewing import review_state

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SHAPE = 1
"""The version of how an overview is worked out. Whoever changes that, or `Record`, adds one: older ones are then made anew."""
MOST_URGENT_FIRST: tuple[str, ...] = tuple(reversed(LEVELS))
RETURNED = "returned"
MADE_TOGETHER = 200


def is_logged(consult: Consult) -> bool:
    """Whether supervisors may see it: once it is known to be serious, any other once it is decided."""
    serious = consult.danger_now or (consult.result or {}).get("level") in AT_ONCE
    return serious or consult.decision is not None


def overview_of(consult: Consult, record: Record) -> Overview:
    """The overview of the consult as it is now. `record`: what its events say beside its state."""
    decision, listed = consult.decision or {}, record.told or is_logged(consult)
    review, taken_at = review_state(consult), (consult.review or {}).get("taken_at")
    unsigned = listed and review != SIGNED and not (consult.state == CANCELLED and review is None)
    begun, ask, overdue = time_of(consult.started_at), due_at(consult, record), overdue_from(consult, record)
    return Overview(
        reference=consult.reference,
        shape=SHAPE,
        clinician=consult.clinician,
        started_at=consult.started_at,
        begun=begun.timestamp(),
        status=consult.status,
        review=review or "",
        jurisdiction=consult.given.get("jurisdiction"),
        level=(consult.result or {}).get("level"),
        danger=consult.danger_now,
        urgency=MOST_URGENT_FIRST.index(_urgency(consult)),
        listed=listed,
        awaits_review=unsigned and (review != RETURNED or record.alarm is not None),
        awaits_clinician=unsigned and (review == RETURNED or _undecided(consult)),
        alarm=record.alarm is not None,
        overdue_from=None if overdue is None else overdue.timestamp(),
        ask_at=None if ask is None else ask.timestamp(),
        taken_after=(time_of(taken_at) - begun).total_seconds() if taken_at else None,
        differs=bool(decision.get("differs")),
        outstanding=bool(decision.get("outstanding")),
        beside=_records().dump_python(record, mode="json"),
    )


def record_before(log: Log, consult: Consult, revision: int) -> Record:
    """What the events of the consult, up to that revision, say beside its state. LogError."""
    known = log.beside(consult.reference, SHAPE)
    if known is not None and known[0] == revision:
        return _records().validate_python(known[1])
    return record_of(event for event in log.events(consult.reference) if event.revision <= revision)


def record_now(log: Log, reference: str) -> Record:
    """What the events of the consult say beside its state, as the log is now; `reference` in its normal form. LogError."""
    known = log.beside(reference, SHAPE)
    return _records().validate_python(known[1]) if known is not None else record_of(log.events(reference))


def make_overviews(log: Log) -> int:
    """Make the overviews that are lacking, as after an update, and say how many there were. LogError."""
    made = 0
    while lacking := log.lacking_overviews(SHAPE, limit=MADE_TOGETHER):
        log.keep_overviews(_made(log, reference) for reference in lacking)
        made += len(lacking)
    return made


def _made(log: Log, reference: str) -> tuple[Overview, int]:
    row = log.consult(reference)
    record = record_of(event for event in log.events(reference) if event.revision <= row.revision)
    consult = restore(row.reference, row.clinician, row.started_at, row.updated_at, row.state)
    return overview_of(consult, record), row.revision


@lru_cache(maxsize=1)
def _records() -> TypeAdapter[Record]:
    # Imported here: pydantic takes a while to load, and `curbside --help` needs none of it.
    from pydantic import TypeAdapter

    return TypeAdapter(Record)


def _urgency(consult: Consult) -> str:
    level: str = "emergency" if consult.danger_now else (consult.result or {}).get("level", "high")
    return level


def _undecided(consult: Consult) -> bool:
    return consult.decision is None and consult.state != CANCELLED and _urgency(consult) in AT_ONCE
