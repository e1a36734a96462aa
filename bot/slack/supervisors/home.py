"""The supervisors' home: what awaits review by urgency, what is overdue, what waits for the clinician, and the month's numbers.

Below it stands the home that every clinician has. It holds no clinical fact: codes, levels, times and where each stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from blockkit import Header
from slack_bolt import App

from bot.overview import MOST_URGENT_FIRST
from bot.slack.actions import READ, SEARCH, WAITING, action
from bot.slack.addresses import lasting
from bot.slack.blocks import AnyBlock, bold, built, button, escape, moment, page_buttons, paragraph, rows, small
from bot.slack.listeners.home import handle, home_post, view_of
from bot.slack.listeners.opening import Opening
from bot.slack.listeners.reading import Tap, page_number
from bot.slack.office import Office
from bot.slack.shown import View
from bot.slack.supervisors import roles
from bot.slack.supervisors.listening import check_role
from bot.slack.supervisors.month import month_blocks
from bot.slack.supervisors.waiting import Listed, Numbers, numbers, waiting
from bot.storage import Overview
from flows.review import the_review
from flows.words import spoken

PER_PAGE = 20
MOST_OVERDUE, MOST_OF_THEIRS = 10, 10
MOST_BLOCKS = 100
"""That a home holds (docs: Block Kit, views)."""


def register(app: App, office: Office) -> None:
    """Before the home of everybody else."""

    def has_role(role: roles.Role) -> Callable[[dict[str, Any]], bool]:
        def has_it(body: dict[str, Any]) -> bool:
            user = body.get("event", {}).get("user")
            return (
                office.supervision is not None
                and office.supervision.channel is not None
                and isinstance(user, str)
                and role in office.supervision.roles.of(user)
            )

        return has_it

    def supervisors(body: dict[str, Any]) -> None:
        handle(office, body, view_for)

    def compliance(body: dict[str, Any]) -> None:
        handle(office, body, compliance_view)

    app.event("app_home_opened", matchers=[has_role("supervisor")])(supervisors)
    app.event("app_home_opened", matchers=[has_role("compliance")])(compliance)


def turn_page(office: Office, tap: Tap) -> Opening | None:
    """Another page of what awaits review."""
    check_role(office, tap.user, roles.OVERVIEW)
    page = page_number(tap.about[0]) if tap.about else 1
    office.send([home_post(tap.user, view_for(office, tap.user, page))], tap.delivery)
    return None


def view_for(office: Office, user: str, page: int = 1) -> View:
    """What a supervisor sees. A page beyond the last is the last. LogError."""
    now = datetime.fromisoformat(office.clock())
    waits = waiting(office.log, now, page=page, per_page=PER_PAGE)
    blocks = [
        *find_a_consult(),
        *_review(waits.review),
        *_list("Follow-up overdue", waits.overdue, MOST_OVERDUE, "overdue"),
        *_list("Waiting for the clinician", waits.clinician, MOST_OF_THEIRS, "theirs"),
        *_month(numbers(office.log, now)),
        Header("Your own consults"),
    ]
    own: Mapping[str, Any] = view_of(office, user)
    return {**own, "blocks": [*built(blocks), *own["blocks"]][:MOST_BLOCKS]}


def find_a_consult() -> Iterator[AnyBlock]:
    """The button that opens the window in which consults are looked for."""
    yield from rows([button("Find a consult", SEARCH)], "find")
    yield small("Or `/consult find` with a code, words, a level, a state, a clinician or a date.")


def compliance_view(office: Office, user: str) -> View:
    """What somebody who looks after compliance sees: the search, above their own home. LogError."""
    own: Mapping[str, Any] = view_of(office, user)
    return {**own, "blocks": [*built(find_a_consult()), *own["blocks"]][:MOST_BLOCKS]}


def _review(waits: Listed) -> Iterator[AnyBlock]:
    yield Header(f"Awaiting review: {waits.count}")
    if not waits.shown:
        yield paragraph("Nothing waits.")
    for consult in waits.shown:
        yield _one(consult, "waits")
    yield from rows(page_buttons(waits.page, waits.pages, WAITING), "waiting")


def _list(title: str, listed: Listed, most: int, part: str) -> Iterator[AnyBlock]:
    if listed.count:
        yield Header(f"{title}: {listed.count}")
    for consult in listed.shown[:most]:
        yield _one(consult, part)
    if listed.count > most:
        yield small(f"and {listed.count - most} more: `/consult find state:returned` or `state:decided` lists them.")


def urgency_in_words(consult: Overview) -> str:
    """How urgent it is: danger now is an emergency before anything is evaluated."""
    return spoken("emergency" if consult.danger else consult.level or "not evaluated")


def _one(consult: Overview, part: str) -> AnyBlock:
    stands = the_review().states[consult.review] if consult.review else "not to be signed yet"
    said = [bold(urgency_in_words(consult)), f"<@{consult.clinician}>", moment(consult.started_at), escape(stands)]
    text = f"{bold(consult.reference)}\n{' · '.join(said)}"
    return paragraph(text, lasting(consult.reference).block(part), button("Open", action(READ, "first")))


def _month(found: Numbers) -> Iterator[AnyBlock]:
    yield Header("The last 30 days")
    yield paragraph("\n".join(numbers_in_words(found)))
    yield from month_blocks(found)


def numbers_in_words(found: Numbers) -> Iterator[str]:
    """The numbers, a line each."""
    levels = ", ".join(
        f"{spoken(level)} {found.by_level[level]}" for level in MOST_URGENT_FIRST if level in found.by_level
    )
    yield f"• Consults: {bold(str(found.consults))}{f' ({levels})' if levels else ''}; signed: {found.signed}"
    if found.minutes is not None:
        yield f"• From the beginning to a supervisor's first word, in the middle: {found.minutes:.0f} minutes"
    yield f"• Differ from the suggestion: {found.differ}; something that the law requires is outstanding in: {found.outstanding}"
