"""The steps of a review as they are taken in Slack: flows/reviewing.py decides; here is what is said when it can't be done.

A page can be acknowledged, and a call be asked for, also where the review has no such action: before there is a result, and when
it became urgent anew in a consult that somebody looks after, or that was signed. That stands in the log as an event of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.beside import Record
from bot.desk import Desk, Kept
from bot.slack.addresses import lasting
from bot.slack.blocks import escape, moment
from bot.slack.refusals import Kindly
from bot.slack.shown import Message
from bot.slack.supervisors import words
from bot.slack.supervisors.steps import alarm_answered, call_asked
from bot.storage import StoredEvent
from flows.consult import Consult
from flows.review import CLINICIAN, KIND, SIGNED, SUPERVISOR, TAKE_BACK, the_review
from flows.reviewing import actions_open, handed_on, review

ACKNOWLEDGE, CALL_ME, SIGN = "acknowledge", "call_me", "sign"
ASK_GUIDANCE, ANSWER = "ask", "answer"
BY_SUPERVISORS = ("advise", "return_")


def clinicians_deed(consult: Consult) -> str | None:
    """What the clinician does by writing to the supervisors now: to answer, or to ask; None when they can't."""
    can = actions_open(consult, CLINICIAN, consult.clinician)
    return ANSWER if ANSWER in can else ASK_GUIDANCE if ASK_GUIDANCE in can else None


def check_open(consult: Consult, record: Record, deed: str, person: str, *, alone: bool = False) -> None:
    """Kindly when this supervisor can't do it now, with who was earlier or what is to be done first.

    `alone`: nobody else could take it; only then whoever has handed it on takes it back.
    """
    if person == consult.clinician:
        raise Kindly(words.own_consult())
    handed = record.escalated_by == person or handed_on(consult, person)
    if handed and (deed in (ACKNOWLEDGE, SIGN) or (deed == TAKE_BACK and not alone)):
        raise Kindly(words.you_handed_it_on(lasting(consult.reference), alone=alone))
    if deed in actions_open(consult, SUPERVISOR, person) or _beside(consult, record, deed):
        return
    raise Kindly(_why_not(consult, record, deed))


def take_deed(
    desk: Desk, kept: Kept, record: Record, deed: str, *, delivery: str, text: str | None = None, role: str = SUPERVISOR
) -> Kept:
    """The step, once it was checked. OutOfTurn, AnswerError, LogError."""
    if role == SUPERVISOR and deed not in actions_open(kept.consult, role, desk.clinician):
        beside = _beside(kept.consult, record, deed)
        if beside == ACKNOWLEDGE:
            return desk.take(kept, alarm_answered, delivery=delivery)
        if beside == CALL_ME:
            return desk.take(kept, call_asked, delivery=delivery)
    return desk.take(kept, review, deed, role=role, text=text, delivery=delivery)


def last_words(events: Sequence[StoredEvent]) -> str:
    """What a supervisor wrote last; empty when nothing was, or it was purged."""
    written = [one for one in events if one.kind in tuple(f"{KIND}{deed}" for deed in BY_SUPERVISORS)]
    return str((written[-1].data or {}).get("text") or "") if written else ""


def _beside(consult: Consult, record: Record, deed: str) -> str | None:
    """What can be done although the review has no such action now."""
    if deed == ACKNOWLEDGE and record.alarm is not None:
        return ACKNOWLEDGE
    return CALL_ME if deed == CALL_ME and record.told and consult.review is None else None


def _why_not(consult: Consult, record: Record, deed: str) -> Message:
    state = consult.review
    if state is None:
        taken = f"<@{record.taken_by}> has acknowledged it already." if deed == ACKNOWLEDGE and record.taken_by else ""
        return words.done_before(taken) if taken else words.not_now("That can be done once there is a result.")
    if state["state"] == SIGNED:
        return words.done_before(f"<@{state['signed_by']}> has signed it, {moment(state['signed_at'])}.")
    if deed == TAKE_BACK:
        return words.not_now("Only whoever has handed it on can take it back, while nobody else has it.")
    if deed == ACKNOWLEDGE and state.get("taken_by"):
        return words.done_before(f"<@{state['taken_by']}> has acknowledged it already, {moment(state['taken_at'])}.")
    if deed == SIGN and consult.decision is None:
        return words.not_now("It is signed once the clinician has decided.")
    if deed == SIGN and state["state"] in ("logged", "escalated"):
        return words.not_now("Please acknowledge it first; then it can be signed.")
    return words.not_now(f"It can't be done now: {escape(the_review().states[state['state']])}.")
