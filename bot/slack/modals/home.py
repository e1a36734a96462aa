"""The App Home of a clinician: begin, danger now, what is open, what is due, and the last ones.

It holds no clinical fact: references, times, where each stands, and the urgency.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from blockkit import Header

from bot.desk import Kept
from bot.follow_ups import time_of
from bot.slack.actions import PAGE, RESUME, START, action
from bot.slack.addresses import Address
from bot.slack.blocks import AnyBlock, bold, button, escape, moment, paragraph, rows, small
from bot.slack.messages.parts import danger_button
from bot.slack.messages.start import KEEPS, STANDS, SUPPORTS
from bot.slack.modals.frame import home
from bot.slack.shown import View
from flows.consult import Consult, now
from flows.machine import PAUSED
from flows.words import spoken

MOST_LISTED = 15
EMERGENCY = "In an emergency do not wait for a screen: call 911. For suicide and crisis call or text 988."
WHAT_IT_DOES = "A client may hurt somebody? I ask what matters, apply the law of the place, and write the consult down."


def home_view(user: str, open_consults: Sequence[Kept], recent: Sequence[Kept], *, at: str | None = None) -> View:
    """The home of `user`: of the consults given, only this person's own are shown. `at`: the time now."""
    today = at or now()
    begin = [danger_button(), button("Start a consult", START, style="primary")]
    blocks: list[AnyBlock] = [paragraph(bold(EMERGENCY)), paragraph(WHAT_IT_DOES), *rows(begin, "begin")]
    own = [one for one in open_consults if one.consult.clinician == user]
    due = sorted((one for one in own if _is_due(one.consult, today)), key=lambda one: _time(_follow_up(one.consult)))
    others = [one for one in own if one not in due]
    done = [one for one in recent if one.consult.clinician == user and one not in own]
    blocks += _listed("Follow-up due", due, open_ones=True)
    blocks += _listed("Open consults", others, open_ones=True)
    blocks += _listed("Done", done, open_ones=False)
    if not own:
        blocks.append(small("You have no open consult."))
    blocks.append(small(f"{escape(SUPPORTS)} {escape(KEEPS)}"))
    return home(blocks)


def _listed(title: str, consults: Sequence[Kept], *, open_ones: bool) -> Iterator[AnyBlock]:
    if consults:
        yield Header(title)
    for one in consults[:MOST_LISTED]:
        yield _one(one.consult, open_ones)
    if len(consults) > MOST_LISTED:
        yield small(f"and {len(consults) - MOST_LISTED} more: `/consult resume C-…` opens one.")


def _one(consult: Consult, is_open: bool) -> AnyBlock:
    said = [
        f"begun {moment(consult.started_at)}",
        escape(STANDS.get(consult.state, "the questions are being answered")),
    ]
    if consult.result is not None:
        said.append(f"urgency {bold(spoken(consult.result['level']))}")
    follow_up = _follow_up(consult)
    if follow_up:
        said.append(f"follow-up {moment(follow_up)}")
    address = Address(consult.reference, consult.turn)
    text = f"{bold(consult.reference)}\n{' · '.join(said)}"
    return paragraph(text, address.block("home"), _button(consult, is_open))


def _button(consult: Consult, is_open: bool) -> object:
    if is_open:
        return button("Go on", RESUME if consult.state == PAUSED else action(RESUME, "show"))
    page, says = ("note", "Note") if consult.result is not None else ("answers", "Answers")
    return button(says, action(PAGE, page))


def _follow_up(consult: Consult) -> str | None:
    found: str | None = (consult.decision or {}).get("follow_up")
    return None if consult.finished else found


def _is_due(consult: Consult, today: str) -> bool:
    return _follow_up(consult) is not None and _time(_follow_up(consult)) <= _time(today)


def _time(at: str | None) -> datetime:
    """A time of the log; one without an offset is read in the zone of this machine."""
    return time_of(at or now())
