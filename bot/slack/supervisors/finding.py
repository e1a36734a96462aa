"""`/consult find ...`: logged consults by code, words, clinician, state, level and date. One person alone sees the answer.

It shows facts of the log and no free text, though the words are looked for in it too; what is read further stands behind *Open*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from re import compile as pattern
from typing import Any

from slack_bolt import Ack, App

from bot.slack.actions import COMMAND, FOUND, READ, action
from bot.slack.addresses import lasting
from bot.slack.blocks import AnyBlock, bold, button, escape, message, moment, page_buttons, paragraph, rows, small
from bot.slack.journal import log_line
from bot.slack.listeners.opening import Opening, opening
from bot.slack.listeners.reading import Malformed, Payload, Tap, about_one, page_number, read_command
from bot.slack.listeners.saying import tell
from bot.slack.messages import hints
from bot.slack.office import Office
from bot.slack.refusals import Kindly
from bot.slack.shown import Message
from bot.slack.supervisors import words
from bot.slack.supervisors.listening import channel_of, check_role
from bot.slack.supervisors.roles import FIND
from bot.slack.supervisors.search_form import STATES, found_view
from bot.slack.supervisors.waiting import Listed, listed
from bot.storage import Log, NoSuchConsult, Overview, Wanted
from flows.levels import LEVELS
from flows.review import the_review
from flows.words import spoken

MOST_COUNTED = 1000
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
        found = look_up(office, command.user, command.text.strip()[len(FIND) :])
        return message("Curbside: what was found", found)
    except Malformed as error:
        log_line("malformed", what="command", part=str(error))
        return hints.went_wrong()
    except Kindly as error:
        return error.message


def turn_found(office: Office, tap: Tap) -> Opening | None:
    """Another page of what was found, to whoever looked, where they look. Kindly, Malformed, LogError."""
    if tap.value is None:
        raise Malformed("action_id")
    found = look_up(office, tap.user, tap.value, page_number(about_one(tap)))
    if tap.view_id is not None:
        return opening(tap, found_view(found))
    says = message("Curbside: what was found", found)
    tell(office, tap.user, tap.place, says, tap.delivery, also_in=channel_of(office))
    return None


def look_up(office: Office, user: str, text: str, page: int = 1) -> list[AnyBlock]:
    """What was found by `text`, as it is typed behind `/consult find`. Kindly, LogError.

    Who looked for consults is written down, and how many were found; not the words.
    """
    check_role(office, user, FIND)
    query = read_query(text)
    found = find(office.log, query, page)
    office.log.record_access("searched", at=office.clock(), actor=user, detail={"found": found.count, "page": page})
    return found_blocks(found, query)


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


def find(log: Log, query: Query, page: int = 1) -> Listed:
    """A page of the consults that supervisors may see, the newest first, and how many there are (at most `MOST_COUNTED`).

    A reference among the words finds its consult. A page beyond the last is the last. LogError.
    """
    wanted = Wanted(
        words=_with_code(log, query.words),
        level=query.level,
        status=query.state if query.state in STATES else None,
        review=query.state if query.state not in STATES else None,
        clinician=query.by,
        since=_midnight(query.since),
        until=_midnight(query.until + timedelta(days=1)) if query.until is not None else None,
    )
    return listed(log, wanted, PER_PAGE, page, counted=MOST_COUNTED)


def found_blocks(found: Listed, query: Query) -> list[AnyBlock]:
    """A page of what was found, with the ways to the others."""
    blocks: list[AnyBlock] = [paragraph(f"{bold('Found')}: {_how_many(found.count)}")]
    for consult in found.shown:
        address = lasting(consult.reference)
        opening = button("Open", action(READ, "first"))
        blocks.append(paragraph(" · ".join(in_short(consult)), address.block("found"), opening))
    blocks += rows(page_buttons(found.page, found.pages, FOUND, value=query.text), "found")
    if not found.count:
        blocks.append(small(HOW))
    return blocks


def _how_many(count: int) -> str:
    if count >= MOST_COUNTED:
        return f"{MOST_COUNTED:,} consults or more; a level, a state, a clinician or a date makes them fewer"
    return "nothing" if not count else "one consult" if count == 1 else f"{count} consults"


def in_short(consult: Overview) -> Iterator[str]:
    """A consult in a line: its code, level, place, clinician, when, and where it stands."""
    yield bold(consult.reference)
    yield bold(spoken(consult.level)) if consult.level else "not evaluated"
    if consult.jurisdiction:
        yield escape(consult.jurisdiction)
    yield f"<@{consult.clinician}>"
    yield moment(consult.started_at)
    yield escape(f"{spoken(consult.status)}, {spoken(consult.review)}")


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


def _with_code(log: Log, words: str) -> str:
    """A code alone finds its consult however it is written; what only looks like one is a word."""
    try:
        return log.consult(words).reference
    except NoSuchConsult:
        return words


def _midnight(day: date | None) -> float | None:
    return None if day is None else datetime.combine(day, time()).astimezone().timestamp()


def _day(given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise Kindly(words.not_now("A day is written as 2026-11-25.")) from None
