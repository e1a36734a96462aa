"""Adding to a consult's record beside its flow: addenda, legal holds, and who read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.beside import HELD, RELEASED, record_of
from bot.desk import kept, row_of
from bot.overview import overview_of, record_before
from bot.records.reviewed import review_lines
from bot.storage import PURGED, ConsultRow, Log, LogError, StaleRevision, StoredEvent
from flows.consult import Consult, Event, apply, current_result

ADDENDUM = "addendum"
_ATTEMPTS = 20


class NothingLeft(LogError):
    """The consult's content was purged; str() is one plain line."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"The content of {reference} was purged; `curbside audit {reference}` shows when and by whom.")


def add_event(log: Log, reference: str, kind: str, data: Mapping[str, Any], *, at: str, actor: str) -> ConsultRow:
    """Append an event that the flow does not know to a consult, on whatever revision it has just now.

    Returns the row after it. Raises NoSuchConsult, NothingLeft, Unstorable.
    """
    for attempt in range(_ATTEMPTS):
        row = unpurged(log.consult(reference))
        before, event = kept(row).consult, Event(kind, at, actor, data)
        consult = apply(before, event)
        after, record = row_of(consult), record_of([event], record_before(log, before, row.revision))
        try:
            revision = log.append(
                row.reference,
                [event.as_dict()],
                after,
                expected_revision=row.revision,
                overview=overview_of(consult, record),
            )
        except StaleRevision:  # the consult is at work; the event goes after whatever was done meanwhile
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return replace(after, revision=revision)
    raise AssertionError("unreachable")


def unpurged(row: ConsultRow) -> ConsultRow:
    """The row, when its content is still there. Raises NothingLeft."""
    if row.status == PURGED:
        raise NothingLeft(row.reference)
    return row


def hold_of(events: Sequence[StoredEvent]) -> StoredEvent | None:
    """The event that placed the consult under the hold that stands now; None when none does."""
    standing = None
    for event in events:
        if event.kind == HELD:
            standing = event
        elif event.kind == RELEASED:
            standing = None
    return standing


def addenda_of(events: Sequence[StoredEvent]) -> list[StoredEvent]:
    """The addenda, in order."""
    return [event for event in events if event.kind == ADDENDUM and event.data is not None]


def whole_note(consult: Consult, events: Sequence[StoredEvent]) -> str:
    """The note as it reads now, with the supervisors' review and the addenda, each with its time and author.

    OutOfTurn before there is a result.
    """
    note: str = current_result(consult)["note"]
    if reviewed := review_lines(consult):
        before, heading, after = note.rpartition("## Addenda\n")
        review = "".join(f"- {line}\n" for line in reviewed)
        note = f"{before}## Review and signatures\n{review}\n{heading}{after}"
    lines = [
        f"- {event.at}, {event.actor}: {' '.join(event.data['text'].split())}"
        for event in addenda_of(events)
        if event.data
    ]
    return note.rstrip("\n") + "\n" + "".join(f"{line}\n" for line in lines)
