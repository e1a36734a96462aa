"""What supervisors see and do: the card, the page, their windows, and what the clinician sees of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import get_args

from bot.beside import Record
from bot.overview import MOST_URGENT_FIRST
from bot.records.expiring import EXPIRED
from bot.slack.messages.care import care_message
from bot.slack.messages.ended import cancelled_message
from bot.slack.messages.minimal import ended_line
from bot.slack.modals.care import care_view
from bot.slack.modals.frame import home
from bot.slack.preview.chapter import Chapter
from bot.slack.preview.frames import Frame
from bot.slack.preview.people import PERSON, SUPERVISOR
from bot.slack.preview.samples import Walk
from bot.slack.shown import Privacy
from bot.slack.supervisors.cards import card_message
from bot.slack.supervisors.exchange import in_the_channel, to_clinician, with_supervisors
from bot.slack.supervisors.expiry import lying_message, reminder_message
from bot.slack.supervisors.follow_up import asking_message
from bot.slack.supervisors.modals import advice_view, reply_view, sign_view
from bot.slack.supervisors.month import month_blocks
from bot.slack.supervisors.paged import page_message
from bot.slack.supervisors.search_form import search_view
from bot.slack.supervisors.steps import CURBSIDE
from bot.slack.supervisors.waiting import Numbers
from bot.slack.supervisors.witness import witness_message
from bot.storage import Head
from flows.after_care import care_due, care_steps
from flows.consult import Consult
from flows.reviewing import review

A_MONTH: Sequence[Mapping[str, int]] = (
    {"emergency": 1, "high": 2, "elevated": 1, "low": 4},
    {"high": 1, "elevated": 1, "low": 1},
    {},
    {"emergency": 2, "high": 3, "elevated": 3, "low": 4},
    {"high": 1, "low": 2},
)
"""Invented: how many consults of each level begin in each of five weeks."""
HEADS = Head(142, "2c26b46b" * 8), Head(57, "fcde2b2e" * 8, "accesses")
ADVICE = "Please have whoever keeps the weapon confirm it before the client leaves."


def supervisors(walk: Walk) -> Chapter:
    """A serious consult, from the card to the signature. `walk`: whose decision is serious."""
    decided = walk.decided()
    record = Record(told=True, alarm=walk.at, level=(decided.result or {})["level"])
    taken = _after(decided, "acknowledge")
    asked = _after(taken, "advise", ADVICE)
    signed = _after(asked, "sign", "Agreed.")
    page = {"round": 1, "to": [SUPERVISOR]}
    open_one = walk.at_review()
    lying = open_one.pause(**walk.by(open_one)).consult
    reason = f"{EXPIRED} 14 days."
    ended = lying.cancel(reason, at=lying.updated_at, actor=CURBSIDE).consult
    frames = [
        Frame("The card, which waits for somebody", [card_message(decided, record, "usual")]),
        Frame("Whoever is on call is called", [page_message(decided, record, page)]),
        Frame("The card, once a supervisor has it", [card_message(taken, Record(told=True), "usual")]),
        Frame("The card, signed", [card_message(signed, Record(told=True), "usual")]),
        Frame("The card, with minimal privacy", [card_message(decided, record, "minimal")]),
        Frame("Window: ask or advise", advice_view(taken)),
        Frame("Window: sign", sign_view(taken)),
        Frame("In the card's thread", [in_the_channel(asked, "advise", SUPERVISOR, ADVICE, "usual")]),
        Frame(
            "To the clinician, in the consult's thread", [to_clinician(asked, "advise", SUPERVISOR, ADVICE, "usual")]
        ),
        Frame("Window: the clinician's answer", reply_view(asked, ADVICE)),
        *(Frame(f"With the supervisors, privacy {one}", [with_supervisors(decided, one)]) for one in get_args(Privacy)),
        Frame("Window: find a consult", search_view()),
        *_after_a_disclosure(walk, decided),
        *_months(date.fromisoformat(walk.at[:10])),
        *(
            Frame(f"Before a consult ends by itself, privacy {one}", [reminder_message(lying, decided.updated_at, one)])
            for one in get_args(Privacy)
        ),
        Frame("It ended by itself", [cancelled_message(ended)]),
        Frame("It ended by itself, privacy minimal", [ended_line(ended)]),
        Frame("A consult that does not end by itself", [reminder_message(lying, None, "usual")]),
        Frame("The same, in the card's thread", [lying_message(lying)]),
        Frame("In the channel, after each consult", [witness_message(*HEADS, [decided.reference])]),
    ]
    says = "The card in the supervisors' private channel, who is called, and what goes to and fro. Invented people."
    return Chapter("Supervisors", says, frames)


def _after_a_disclosure(walk: Walk, decided: Consult) -> Iterator[Frame]:
    """The follow-up before anybody was told; and the checklist once somebody was, with what is said at the follow-up then."""
    yield Frame("At the follow-up time", [asking_message(decided, "usual", 1)])
    told = decided.report(_told_first(decided), {"state": "done"}, **walk.by(decided)).consult
    ticked = told
    for one in care_steps(told.care)[:2]:
        ticked = ticked.report_care(one.id, True, **walk.by(ticked)).consult
    for one in get_args(Privacy):
        yield Frame(f"After somebody was told, in the consult's thread, privacy {one}", [care_message(told, one)])
    yield Frame("The same list, once two steps are ticked", [care_message(ticked, "usual")])
    yield Frame("Window: the same list", care_view(ticked))
    yield Frame("At the follow-up time, after somebody was told", [asking_message(ticked, "usual", 2)])
    yield Frame("The card then", [card_message(ticked, Record(told=True), "usual")])


def _months(on: date) -> Iterator[Frame]:
    """The part of a supervisor's home that draws the month: of a small practice, of a large one, and of nobody."""
    monday = on - timedelta(days=on.weekday() + 28)
    small, large = A_MONTH, [{level: 40 * n for level, n in week.items()} for week in A_MONTH]
    for says, weeks in (("", small), (", with hundreds", large), (", without any", [])):
        levels = {level: sum(week.get(level, 0) for week in weeks) for level in MOST_URGENT_FIRST}
        found = Numbers(
            consults=sum(levels.values()),
            by_level=levels,
            minutes=None,
            differ=sum(levels.values()) // 6,
            outstanding=levels["high"] // 3,
            signed=sum(levels.values()) * 2 // 3,
            by_week={monday + timedelta(days=7 * number): dict(week) for number, week in enumerate(weeks)},
            minutes_by_level={"emergency": (2, 4), "high": (11, 38), "elevated": (190, 1200)} if weeks else {},
        )
        yield Frame(f"In a supervisor's home: the picture of the month{says}", home(month_blocks(found)))


def _told_first(consult: Consult) -> str:
    """The first step of the plan after which the client is to be told that somebody knows."""
    assert consult.result is not None
    plan: list[str] = consult.result["plan"]
    return next(one for one in plan if care_due(consult.result, {one: {"state": "done"}}))


def _after(consult: Consult, action: str, text: str | None = None) -> Consult:
    assert PERSON != SUPERVISOR  # nobody reviews their own
    step = review(consult, action, role="supervisor", at=consult.updated_at, actor=SUPERVISOR, text=text)
    return step.consult
