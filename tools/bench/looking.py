"""What supervisors look at, as the bench calls it: the queue in their home, and a search. Adapt it here when those change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from bot.slack.supervisors.finding import find, found_blocks, read_query
from bot.slack.supervisors.waiting import numbers, waiting
from bot.storage import Log

QUERIES = (
    "stalking",  # a word of few consults
    "threat explicit",  # words of half of them
    "level:high",
    "by:U0INV00007",
    "by:U0INV00007 level:high since:2026-11-01",
    "state:signed",  # of which there are none
)


def queue(log: Log, now: datetime) -> object:
    """What waits for supervisors, as their home shows it."""
    return waiting(log, now)


def month(log: Log, now: datetime) -> object:
    """The numbers of the last month, which stand below the queue."""
    return numbers(log, now)


def searches(log: Log) -> Iterator[tuple[str, Callable[[], object]]]:
    """Each search with what it is called; the first page of what it finds, as it is shown."""
    for text in QUERIES:
        query = read_query(text)
        yield text, lambda query=query: found_blocks(find(log, query), query)  # type: ignore[misc]
