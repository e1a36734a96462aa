"""The supervisors' home: what awaits review by urgency, what is overdue, what waits for the clinician, and the month's numbers.

Below it stands the home that every clinician has. It holds no clinical fact: codes, levels, times and where each stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from blockkit import Header
from slack_bolt import App

from bot.slack.actions import READ, WAITING, action
from bot.slack.blocks import AnyBlock, bold, built, button, escape, moment, paragraph, rows, small
from bot.slack.listeners.home import home_post, view_of
from bot.slack.listeners.opening import Opening
from bot.slack.listeners.reading import Malformed, Payload, Tap, read_home_opened
from bot.slack.listeners.saying import malformed
from bot.slack.office import Office
from bot.slack.shown import View
from bot.slack.supervisors import roles
from bot.slack.supervisors.cards import card_address
from bot.slack.supervisors.listening import check_role, kindly_here
from bot.slack.supervisors.month import month_blocks
from bot.slack.supervisors.review_card import state_of_review
from bot.slack.supervisors.waiting import LEVELS, Numbers, logged, numbers, waiting
from flows.consult import Consult
from flows.review import the_review
from flows.words import spoken

PER_PAGE = 20
MOST_OVERDUE, MOST_OF_THEIRS = 10, 10
MOST_BLOCKS = 100
"""That a home holds (docs: Block Kit, views)."""


def register(app: App, office: Office) -> None:
    """Before the home of everybody else."""

    def is_supervisor(body: dict[str, Any]) -> bool:
        user = body.get("event", {}).get("user")
        return (
            office.supervision is not None
            and office.supervision.channel is not None
            and isinstance(user, str)
            and "supervisor" in office.supervision.roles.of(user)
        )

    def opened(body: dict[str, Any]) -> None:
        handle(office, body)

    app.event("app_home_opened", matchers=[is_supervisor])(opened)


def handle(office: Office, payload: Payload) -> None:
    """Have the home of a supervisor published."""
    try:
        wish = read_home_opened(payload)
        if wish is not None:
            with kindly_here(office, wish.user, wish.place, wish.delivery):
                office.send([home_post(wish.user, view_for(office, wish.user))], wish.delivery)
    except Malformed as error:
        malformed(office, payload, error)


def turn_page(office: Office, tap: Tap) -> Opening | None:
    """Another page of what awaits review."""
    check_role(office, tap.user, roles.OVERVIEW)
    page = tap.about[0] if tap.about else "1"
    if not (page.isdigit() and len(page) <= 4):
        raise Malformed("action_id")
    office.send([home_post(tap.user, view_for(office, tap.user, int(page)))], tap.delivery)
    return None


def view_for(office: Office, user: str, page: int = 1) -> View:
    """What a supervisor sees. A page beyond the last is the last. LogError."""
    now = datetime.fromisoformat(office.clock())
    consults = logged(office.log)
    waits = waiting(office.log, consults, now)
    blocks = [
        *_review(waits.review, page),
        *_list("Follow-up overdue", waits.overdue, MOST_OVERDUE, "overdue"),
        *_list("Waiting for the clinician", waits.clinician, MOST_OF_THEIRS, "theirs"),
        *_month(numbers(consults, now)),
        small("`/consult find` looks for a consult by its code, words, level, state, clinician or date."),
        Header("Your own consults"),
    ]
    own: Mapping[str, Any] = view_of(office, user)
    return {**own, "blocks": [*built(blocks), *own["blocks"]][:MOST_BLOCKS]}


def _review(consults: Sequence[Consult], page: int) -> Iterator[AnyBlock]:
    pages = max(1, -(-len(consults) // PER_PAGE))
    number = min(max(page, 1), pages)
    yield Header(f"Awaiting review: {len(consults)}")
    if not consults:
        yield paragraph("Nothing waits.")
    for consult in consults[(number - 1) * PER_PAGE : number * PER_PAGE]:
        yield _one(consult, "waits")
    on = [button("Page before", action(WAITING, str(number - 1)))] if number > 1 else []
    if number < pages:
        on.append(button(f"Next page ({number + 1} of {pages})", action(WAITING, str(number + 1))))
    yield from rows(on, "waiting")


def _list(title: str, consults: Sequence[Consult], most: int, part: str) -> Iterator[AnyBlock]:
    if consults:
        yield Header(f"{title}: {len(consults)}")
    for consult in consults[:most]:
        yield _one(consult, part)
    if len(consults) > most:
        yield small(f"and {len(consults) - most} more: `/consult find state:returned` or `state:decided` lists them.")


def _one(consult: Consult, part: str) -> AnyBlock:
    level = "emergency" if consult.danger_now else (consult.result or {}).get("level", "not evaluated")
    state = state_of_review(consult)
    stands = the_review().states[state] if state else "not to be signed yet"
    said = [bold(spoken(level)), f"<@{consult.clinician}>", moment(consult.started_at), escape(stands)]
    text = f"{bold(consult.reference)}\n{' · '.join(said)}"
    return paragraph(text, card_address(consult).block(part), button("Open", action(READ, "first")))


def _month(found: Numbers) -> Iterator[AnyBlock]:
    yield Header("The last 30 days")
    yield paragraph("\n".join(numbers_in_words(found)))
    yield from month_blocks(found)


def numbers_in_words(found: Numbers) -> Iterator[str]:
    """The numbers, a line each."""
    levels = ", ".join(f"{spoken(level)} {found.by_level[level]}" for level in LEVELS if level in found.by_level)
    yield f"• Consults: {bold(str(found.consults))}{f' ({levels})' if levels else ''}; signed: {found.signed}"
    if found.minutes is not None:
        yield f"• From the beginning to a supervisor's first word, in the middle: {found.minutes:.0f} minutes"
    yield f"• Differ from the suggestion: {found.differ}; something that the law requires is outstanding in: {found.outstanding}"
