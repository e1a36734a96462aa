"""What supervisors see and do: the card, the page, their windows, and what the clinician sees of it."""

from __future__ import annotations

from typing import get_args

from bot.slack.preview.chapter import Chapter
from bot.slack.preview.frames import Frame
from bot.slack.preview.people import PERSON, SUPERVISOR
from bot.slack.preview.samples import Walk
from bot.slack.shown import Privacy
from bot.slack.supervisors.cards import card_message
from bot.slack.supervisors.exchange import in_the_channel, to_clinician, with_supervisors
from bot.slack.supervisors.follow_up import asking_message
from bot.slack.supervisors.modals import advice_view, reply_view, sign_view
from bot.slack.supervisors.paged import page_message
from bot.slack.supervisors.record import Record
from flows.consult import Consult
from flows.reviewing import review

ADVICE = "Please have whoever keeps the weapon confirm it before the client leaves."


def supervisors(walk: Walk) -> Chapter:
    """A serious consult, from the card to the signature. `walk`: whose decision is serious."""
    decided = walk.decided()
    record = Record(told=True, alarm=walk.at, level=(decided.result or {})["level"])
    taken = _after(decided, "acknowledge")
    asked = _after(taken, "advise", ADVICE)
    signed = _after(asked, "sign", "Agreed.")
    page = {"round": 1, "to": [SUPERVISOR]}
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
        Frame("At the follow-up time", [asking_message(decided, "usual", 1)]),
    ]
    says = "The card in the supervisors' private channel, who is called, and what goes to and fro. Invented people."
    return Chapter("Supervisors", says, frames)


def _after(consult: Consult, action: str, text: str | None = None) -> Consult:
    assert PERSON != SUPERVISOR  # nobody reviews their own
    step = review(consult, action, role="supervisor", at=consult.updated_at, actor=SUPERVISOR, text=text)
    return step.consult
