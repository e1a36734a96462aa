"""Who did and read what with a consult, in order. It tells no content, so that reading it needs no entry itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.storage import Access, Log, StoredEvent


@dataclass(frozen=True)
class Entry:
    """One thing that happened: `did` (an event) or `read` (an access), with its number in its chain."""

    sort: str
    number: int
    at: str
    actor: str
    what: str
    detail: dict[str, Any]


def audit(log: Log, reference: str) -> list[Entry]:
    """Everything that was done to the consult and read of it, in the order in which the log took it.

    Copies of the whole log are among it, from the consult's beginning on. Raises NoSuchConsult.
    """
    events = log.events(reference)
    first, consult = events[0].id, events[0].consult
    accesses = [one for one in log.accesses() if one.consult in (consult, None) and one.after_event >= first]
    return list(_merged(events, accesses))


def _merged(events: list[StoredEvent], accesses: list[Access]) -> Iterator[Entry]:
    """By the numbers of the events, not by the clocks, which may have been wrong."""
    left = list(accesses)
    for event in events:
        while left and left[0].after_event < event.id:
            yield _read(left.pop(0))
        yield Entry("did", event.id, event.at, event.actor, event.kind, {})
    yield from map(_read, left)


def _read(access: Access) -> Entry:
    return Entry("read", access.id, access.at, access.actor, access.what, access.detail)
