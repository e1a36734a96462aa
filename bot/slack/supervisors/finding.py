"""`/consult find ...`: logged consults by code, words, clinician, state, level and date. One person alone sees the answer.

It shows facts of the log and no free text, though the words are looked for in it too; what is read further stands behind *Open*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from re import compile as pattern
from typing import Any

from slack_bolt import Ack, App

from bot.desk import kept
from bot.slack.actions import COMMAND, FOUND, READ, action
from bot.slack.blocks import AnyBlock, bold, button, escape, message, moment, page_buttons, paragraph, rows, small
from bot.slack.journal import log_line
from bot.slack.listeners.reading import Malformed, Payload, Tap, about_one, page_number, read_command
from bot.slack.listeners.saying import tell
from bot.slack.messages import hints
from bot.slack.office import Office
from bot.slack.refusals import Kindly
from bot.slack.shown import Message
from bot.slack.supervisors import words
from bot.slack.supervisors.cards import card_address, is_logged
from bot.slack.supervisors.listening import channel_of, check_role
from bot.slack.supervisors.review_card import state_of_review
from bot.slack.supervisors.roles import FIND
from bot.storage import PURGED, ConsultRow, Log
from flows.consult import Consult
from flows.findings import LEVELS
from flows.machine import CANCELLED, CLOSED, DECIDED, PAUSED, RESULT
from flows.review import the_review
from flows.words import spoken

STATES = (DECIDED, CLOSED, CANCELLED, PAUSED, RESULT)
MOST_LOOKED_AT = 1000
PER_PAGE = 10
HOW = (
    "`/consult find` and what you look for: a code, words, and any of `level:high`, `state:signed`, `by:U0123ABCD`,"
    " `since:2026-11-01`, `until:2026-11-30`."
)
_PERSON = pattern(r"<?@?([UW][A-Z0-9]{2,20})(?:\|[^>]*)?>?")


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. `state`: of the consult or of its review."""

    words: str = ""
    level: str | None = None
    state: str | None = None
    by: str | None = None
    since: date | None = None
    until: date | None = None
    text: str = field(default="", compare=False)


def register(app: App, office: Office) -> None:
    """Before the command's other uses."""

    def is_find(body: dict[str, Any]) -> bool:
        return str(body.get("text") or "").strip().lower().partition(" ")[0] == FIND

    def asked(ack: Ack, body: dict[str, Any]) -> None:
        ack(response_type="ephemeral", **answer(office, body).as_body())

    app.command(COMMAND, matchers=[is_find])(asked)


def answer(office: Office, payload: Payload) -> Message:
    """What `/consult find` says. LogError."""
    try:
        command = read_command(payload)
        return _page(office, command.user, command.text.strip()[len(FIND) :], 1)
    except Malformed as error:
        log_line("malformed", what="command", part=str(error))
        return hints.went_wrong()
    except Kindly as error:
        return error.message


def turn_found(office: Office, tap: Tap) -> None:
    """Another page of what was found, to whoever looked. Kindly, Malformed, LogError."""
    if tap.value is None:
        raise Malformed("action_id")
    found = _page(office, tap.user, tap.value, page_number(about_one(tap)))
    tell(office, tap.user, tap.place, found, tap.delivery, also_in=channel_of(office))


def _page(office: Office, user: str, text: str, page: int) -> Message:
    """Who looked for consults is written down, and how many were found; not the words."""
    check_role(office, user, FIND)
    query = read_query(text)
    found = find(office.log, query)
    office.log.record_access("searched", at=office.clock(), actor=user, detail={"found": len(found), "page": page})
    return found_message(found, query, page)


def read_query(text: str) -> Query:
    """What was typed behind `find`. Kindly, with how it is done, for what won't do."""
    plain: list[str] = []
    said: dict[str, str] = {}
    for token in text.split():
        name, colon, value = token.partition(":")
        if colon and name.lower() in ("level", "state", "by", "since", "until") and value:
            said[name.lower()] = value
        else:
            plain.append(token)
    query = Query(
        words=" ".join(plain),
        level=_one_of(said.get("level"), LEVELS),
        state=_one_of(said.get("state"), (*STATES, *the_review().states)),
        by=_person(said.get("by")),
        since=_day(said.get("since")),
        until=_day(said.get("until")),
        text=text[:200],
    )
    if not text.strip():
        raise Kindly(words.not_now(HOW))
    return query


def find(log: Log, query: Query) -> list[Consult]:
    """The logged consults, the best first; without words the newest first. LogError."""
    if query.words:
        found = [hit.consult for hit in log.search(query.words, MOST_LOOKED_AT)]
    else:
        found = log.consults(limit=MOST_LOOKED_AT, clinician=query.by)
    return [kept(row).consult for row in found if row.status != PURGED and _fits(row, query)]


def _fits(row: ConsultRow, query: Query) -> bool:
    consult = kept(row).consult
    begun = datetime.fromisoformat(row.started_at).date()
    return (
        is_logged(consult)
        and query.level in (None, row.level)
        and query.by in (None, row.clinician)
        and (query.state is None or query.state in (row.status, state_of_review(consult)))
        and (query.since is None or begun >= query.since)
        and (query.until is None or begun <= query.until)
    )


def found_message(found: list[Consult], query: Query, page: int) -> Message:
    """A page of what was found. A page beyond the last is the last."""
    pages = max(1, -(-len(found) // PER_PAGE))
    number = min(max(page, 1), pages)
    says = "nothing" if not found else "one consult" if len(found) == 1 else f"{len(found)} consults"
    blocks: list[AnyBlock] = [paragraph(f"{bold('Found')}: {says}")]
    for consult in found[(number - 1) * PER_PAGE : number * PER_PAGE]:
        address = card_address(consult)
        opening = button("Open", action(READ, "first"))
        blocks.append(paragraph(" · ".join(in_short(consult)), address.block("found"), opening))
    blocks += rows(page_buttons(number, pages, FOUND, value=query.text), "found")
    if not found:
        blocks.append(small(HOW))
    return message("Curbside: what was found", blocks)


def in_short(consult: Consult) -> Iterator[str]:
    """A consult in a line: its code, level, place, clinician, when, and where it stands."""
    yield bold(consult.reference)
    level = (consult.result or {}).get("level")
    yield bold(spoken(level)) if level else "not evaluated"
    if "jurisdiction" in consult.given:
        yield escape(consult.given["jurisdiction"])
    yield f"<@{consult.clinician}>"
    yield moment(consult.started_at)
    yield escape(f"{spoken(consult.status)}, {spoken(state_of_review(consult))}")


def _one_of(given: str | None, allowed: tuple[str, ...]) -> str | None:
    if given is not None and given.lower() not in allowed:
        raise Kindly(words.not_now(f"Allowed there: {', '.join(allowed)}."))
    return given and given.lower()


def _person(given: str | None) -> str | None:
    if given is None:
        return None
    match = _PERSON.fullmatch(given)
    if match is None:
        raise Kindly(words.not_now("A clinician is named by their member id, such as by:U0123ABCD."))
    return match[1]


def _day(given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise Kindly(words.not_now("A day is written as 2026-11-25.")) from None
