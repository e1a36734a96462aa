"""Unfinished consults that nobody goes on with: their clinician is reminded, and later they end by themselves.

One that must not be forgotten (danger was said, there is a result, a legal hold) does not end: its clinician is reminded of that,
and where supervisors have its card, so are they. Consults that are not in Slack are left to `curbside expire`.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.desk import Desk, Kept, kept
from bot.follow_ups import time_of
from bot.overview import record_now
from bot.records.expiring import A_DAY, Lying, expire, how_it_lies, unfinished
from bot.records.retention import Span
from bot.slack.actions import OPEN, READ, RESUME, action
from bot.slack.addresses import lasting, thread
from bot.slack.blocks import bold, button, message, moment, paragraph, rows
from bot.slack.journal import log_line
from bot.slack.messages.parts import address_of, danger_button
from bot.slack.shown import Message, Privacy
from bot.slack.supervisors.steps import CURBSIDE, expiry_reminded
from bot.storage import LogError
from flows.consult import Consult
from flows.machine import PAUSED

if TYPE_CHECKING:
    from bot.slack.office import Office


def expiries_due(office: Office, now: datetime) -> None:
    """Remind and end wherever it is time. LogError."""
    span = office.supervision.expire_after if office.supervision else None
    if span is None:
        return
    for row in unfinished(office.log):
        if now - time_of(row.started_at) < _shortest(span, now):
            continue  # nothing can be due so soon
        try:
            _look(office, kept(row), span, now)
        except (LogError, ValueError) as error:  # one consult that can't be read keeps the others from nothing
            log_line("not_expired", level=logging.WARNING, consult=row.reference, why=type(error).__name__)


def _shortest(span: Span, now: datetime) -> timedelta:
    return min(A_DAY, (span.after(now) - now) / 3)


def _look(office: Office, found: Kept, span: Span, now: datetime) -> None:
    reference = found.reference

    def take(desk: Desk, kept: Kept) -> Kept:
        lies = how_it_lies(kept, record_now(office.log, reference), span)
        if not _is_due(lies, now):
            return kept
        if lies.reminded:
            return expire(desk, kept, span)
        return desk.take(kept, expiry_reminded, _ends(lies, now))

    in_slack = office.log.slot(thread(reference)) is not None
    if in_slack and _is_due(how_it_lies(found, record_now(office.log, reference), span), now):
        office.step_beside(CURBSIDE, reference, take)


def _is_due(lies: Lying, now: datetime) -> bool:
    """Whether there is something to do: to remind, or, where that was done, to end it."""
    if not lies.reminded:
        return lies.remind_at <= now
    return lies.stays is None and lies.ends_at <= now


def _ends(lies: Lying, now: datetime) -> str | None:
    """When it ends if it is reminded of now, however late that is."""
    if lies.stays is not None:
        return None
    return max(lies.ends_at, now + (lies.ends_at - lies.remind_at)).isoformat(timespec="seconds")


def reminder_message(consult: Consult, ends: str | None, privacy: Privacy) -> Message:
    """To the clinician, in the consult's thread. `ends`: when it ends by itself; None: it does not."""
    if ends is None:
        says = "It does not end by itself: please go on with it, or cancel it."
    else:
        says = f"If nobody goes on with it, it ends by itself ({moment(ends)}). It stays in the log then."
    where = (
        "" if consult.state == PAUSED or privacy == "minimal" else " What was asked last stands above, in this thread."
    )
    text = f"{bold(f'{consult.reference} is not finished yet')}, and nothing was done for a while. {says}{where}"
    on = [danger_button(consult)]
    if privacy == "minimal":
        on.append(button("Open", OPEN, style="primary"))
    elif consult.state == PAUSED:
        on.append(button("Go on", RESUME, style="primary"))
    notice = f"Curbside, {consult.reference}: not finished yet"
    return message(notice, [paragraph(text), *rows(on, address_of(consult).block("lying"))])


def lying_message(consult: Consult) -> Message:
    """To the supervisors, in the card's thread, where it does not end by itself."""
    text = (
        f"Nothing was done in {bold(consult.reference)} for a while, and it is not finished. It does not end by itself: please"
        " have somebody look at it. Its clinician was reminded."
    )
    on = rows([button("Open", action(READ, "first"))], lasting(consult.reference).block("lying"))
    return message(f"Curbside, {consult.reference}: not finished yet", [paragraph(text), *on])
