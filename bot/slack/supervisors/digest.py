"""The digest in the supervisors' channel: numbers, what waits, what is overdue, and the rules that were relied on and are to be
checked again: unconfirmed ones, and those that were last checked more than a year ago."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from blockkit import Header

from bot.desk import kept
from bot.slack.blocks import AnyBlock, bold, escape, message, paragraph, shortened
from bot.slack.shown import Message
from bot.slack.supervisors.home import numbers_in_words, urgency_in_words
from bot.slack.supervisors.places import place_of
from bot.slack.supervisors.waiting import Listed, numbers, waiting
from bot.storage import AlreadySeen, Log, Post, Wanted
from bot.storage.records import CARD
from flows.consult import Consult
from flows.pages import decisive

if TYPE_CHECKING:
    from bot.slack.office import Office

A_YEAR = timedelta(days=365)
MOST_RULES, MOST_NAMED = 15, 12
MOST_LOOKED_AT = 5000
"""Consults, the newest of the time, in which rules are looked for."""


def digest_due(office: Office, now: datetime, done: datetime | None) -> datetime | None:
    """Post the digest, if one is due and was not posted; the time of the last one. `done`: of the last one that is known.

    Only once for each time, however often it is asked and the program is started. LogError.
    """
    supervision = office.supervision
    due = supervision.rhythm.last(now) if supervision is not None and supervision.channel else None
    if supervision is None or supervision.channel is None or due is None or due == done:
        return due
    if (
        now - due > supervision.rhythm.within / 2
    ):  # the program was not there at the time: rather the next one than an old one
        return due
    digest = digest_message(office, now)
    post = Post(
        lane=supervision.channel,
        method="chat.postMessage",
        body={"channel": place_of(supervision.channel), **digest.as_body()},
        priority=CARD,
    )
    with suppress(AlreadySeen):
        office.send([post], f"digest:{supervision.channel}:{due.isoformat()}")
    return due


def digest_message(office: Office, now: datetime) -> Message:
    """The digest as of now. LogError."""
    assert office.supervision is not None
    within = office.supervision.rhythm.within
    waits = waiting(office.log, now, per_page=MOST_NAMED)
    title = "The last day" if within == timedelta(days=1) else "The last week"
    blocks: list[AnyBlock] = [
        Header(title),
        paragraph("\n".join(numbers_in_words(numbers(office.log, now, within)))),
        paragraph("\n".join((_named("Awaiting review", waits.review), _named("Follow-up overdue", waits.overdue)))),
        paragraph(_named("Waiting for the clinician", waits.clinician)),
    ]
    rules = list(_rules(_recent(office.log, now - within), now.date()))
    if rules and office.privacy == "usual":
        blocks.append(paragraph(f"{bold('Relied on, and to be checked again')}\n" + "\n".join(rules)))
    return message("Curbside: digest", blocks)


def _recent(log: Log, since: datetime) -> Iterator[Consult]:
    """The consults of which supervisors know that were begun since then, the last begun first."""
    for one in log.overviews(Wanted(since=since.timestamp()), limit=MOST_LOOKED_AT):
        yield kept(log.consult(one.reference)).consult


def _named(title: str, listed: Listed) -> str:
    codes = ", ".join(f"{escape(one.reference)} {urgency_in_words(one)}" for one in listed.shown)
    more = f" and {listed.count - MOST_NAMED} more" if listed.count > MOST_NAMED else ""
    return f"{bold(title)}: {listed.count}{f' ({codes}{more})' if listed.count else ''}"


def _rules(consults: Iterable[Consult], today: date) -> Iterator[str]:
    """Each rule once, with why it is to be checked and in how many consults it was relied on."""
    found: Counter[tuple[str, str]] = Counter()
    for consult in consults:
        if consult.result is None:
            continue
        for rule in decisive(consult.result["law"]):
            why = _doubt(rule["unconfirmed"], rule["checked_on"], today)
            if why:
                found[rule["citation"], why] += 1
    for (citation, why), times in found.most_common(MOST_RULES):
        yield f"• {bold(shortened(citation, 200))}: {escape(shortened(why, 200))} ({times})"


def _doubt(unconfirmed: str | None, checked_on: str, today: date) -> str | None:
    if unconfirmed:
        return f"not confirmed: {unconfirmed}"
    old = today - date.fromisoformat(str(checked_on)) > A_YEAR
    return f"last checked on {checked_on}" if old else None
