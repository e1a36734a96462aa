"""Pages: whoever is on call is mentioned in the card's thread until somebody acknowledges; flows/escalation.py says whom.

Where that can't be posted, people are called in their direct messages.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.beside import DIRECTLY, IN_THREAD, Record
from bot.desk import Desk, Kept, kept
from bot.overview import record_now
from bot.slack.journal import log_line
from bot.slack.supervisors.paged import EVERYBODY
from bot.slack.supervisors.places import page_slot
from bot.slack.supervisors.steps import CURBSIDE, paged
from bot.storage import PURGED, LogError, NoSuchConsult, Wanted
from flows.consult import Consult
from flows.escalation import Made, next_page

if TYPE_CHECKING:
    from bot.slack.office import Office

LONG_AGO = float("-inf")
MOST_ALARMS = 10_000
"""Consults that are watched from the start on: all in which somebody has to be called, unless something went very wrong."""
UNCOMMITTED = 30.0
"""Seconds for which a consult is watched before its alarm must stand in the log."""
COMMITTED_WITHIN = 2.0
"""Seconds in which a consult that was just added is surely committed, or never will be."""
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
NOT_THERE_YET = 20.0
"""Seconds after which a page that has not reached the channel goes to people's direct messages."""


class Watched:
    """The consults of which somebody may have to be called: those of the log at the start, and whatever is added."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._guard = threading.Lock()
        self._since: dict[str, float] | None = None
        self._added: dict[str, float] = {}

    def add(self, reference: str) -> None:
        """It has become urgent, or is about to be written down as such."""
        with self._guard:
            self._added[reference] = time.monotonic()

    def now(self) -> list[str]:
        """All of them."""
        if self._since is None:
            alarms = self._office.log.overviews(Wanted(alarm=True, urgent_first=True), limit=MOST_ALARMS)
            self._since = {one.reference: LONG_AGO for one in alarms}
        with self._guard:
            self._since.update(self._added)
            self._added.clear()
        return list(self._since)

    def new(self) -> list[str]:
        """Those that were added a moment ago."""
        a_moment_ago = time.monotonic() - COMMITTED_WITHIN
        self.now()
        assert self._since is not None
        return [one for one, at in self._since.items() if at > a_moment_ago]

    def drop(self, reference: str) -> None:
        """Nobody needs to be called, as far as the log says."""
        assert self._since is not None
        if time.monotonic() - self._since.get(reference, LONG_AGO) > UNCOMMITTED:
            self._since.pop(reference, None)


def pages_due(office: Office, watched: Watched, now: datetime, *, only_new: bool = False) -> datetime | None:
    """Call whoever is to be called by now, and stop watching what needs nobody any more. LogError.

    It returns when the next one of those that were looked at is to be called; None: nobody is. `only_new`: look
    at what has just become urgent alone; the others are not due any sooner because somebody took a step.
    """
    if office.supervision is None or office.supervision.channel is None:
        return None
    times: list[datetime] = []
    for reference in watched.new() if only_new else watched.now():
        try:
            later = _look(office, watched, reference, now)
            times += [later] if later is not None else []
        except LogError:
            raise
        except Exception as error:  # one that can't be read must not keep the others from being called
            log_line("not_looked_at", level=logging.ERROR, consult=reference, why=type(error).__name__)
    return min(times, default=None)


def _look(office: Office, watched: Watched, reference: str, now: datetime) -> datetime | None:
    """Call whoever is due; when the next one is, as far as that is known."""
    try:
        row = office.log.consult(reference)
    except NoSuchConsult:  # it was about to begin, and was not written down
        watched.drop(reference)
        return None
    record = record_now(office.log, reference)
    if record.alarm is None or row.status == PURGED:
        watched.drop(reference)
        return None
    consult = kept(row).consult
    found = _next(office, consult, record, now)
    if isinstance(found, dict):
        office.step_beside(CURBSIDE, reference, lambda desk, kept: _call(office, desk, kept, now))
        found = _next(office, consult, record_now(office.log, reference), now)
    return found if isinstance(found, datetime) else None


def _call(office: Office, desk: Desk, kept: Kept, now: datetime) -> Kept:
    """On the consult as it is now: somebody may have acknowledged it this moment."""
    page = _next(office, kept.consult, record_now(office.log, kept.reference), now)
    return desk.take(kept, paged, page) if isinstance(page, dict) else kept


def _next(office: Office, consult: Consult, record: Record, now: datetime) -> dict[str, Any] | datetime | None:
    """The page that is due, as its event has it; when the next one is, where none is due; None when none comes."""
    supervision = office.supervision
    if supervision is None or supervision.channel is None or record.alarm is None or record.level is None:
        return None
    if _did_not_arrive(office, record, consult.reference, now):
        last = record.pages[-1]
        again = {"round": last.round, "to": list(last.to), "everyone": last.everyone}
        return {**again, "level": record.level, "why": "not_there_yet", "by": DIRECTLY}
    on_call = supervision.on_call
    order = _without(on_call.order(now), consult.clinician, record.escalated_by)
    call = next_page(
        record.level,
        datetime.fromisoformat(record.alarm),
        [Made(_when(one.at, now), one.to, one.everyone) for one in record.pages],
        now=now,
        order=order,
        quiet=on_call.quiet(now),
        times=supervision.times,
    )
    if call is None or call.at > now:
        return call.at if call is not None else None
    everybody = _without(tuple(sorted(on_call.everybody())), consult.clinician, record.escalated_by)
    to = everybody if call.everyone else call.to
    return {
        "round": call.round,
        "to": list(to or (EVERYBODY,)),
        "everyone": call.everyone,
        "level": record.level,
        "why": call.why,
        "by": IN_THREAD,
    }


def _when(at: str, now: datetime) -> datetime:
    """When a page was made. One of a time to come was made under a wrong clock: it keeps no other one from being made."""
    found = datetime.fromisoformat(at)
    return found if found <= now + A_MINUTE else now - A_DAY


def _did_not_arrive(office: Office, record: Record, reference: str, now: datetime) -> bool:
    """Whether the last page has not reached the channel yet: then people are called in their direct messages."""
    if not record.pages or record.pages[-1].by != IN_THREAD or EVERYBODY in record.pages[-1].to:
        return False
    last = record.pages[-1]
    since = (now - datetime.fromisoformat(last.at)).total_seconds()
    return since >= NOT_THERE_YET and office.log.slot(page_slot(reference, record.alarm, last.round)) is None


def _without(people: tuple[str, ...], *these: str) -> tuple[str, ...]:
    """Nobody is called to their own consult, nor whoever has handed it on, as long as there is somebody else."""
    return tuple(one for one in people if one not in these) or people
