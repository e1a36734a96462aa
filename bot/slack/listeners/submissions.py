"""Modals that are submitted: what was filled in becomes a step, or the modal comes back and says what is missing.

Nothing that was written is kept before it was looked over for what may identify somebody (modals/free_text.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.desk import Desk, Kept
from bot.slack import actions
from bot.slack.journal import log_line
from bot.slack.listeners.beginning import admit_to_own
from bot.slack.listeners.reading import Malformed, Payload, Submission, read_submission
from bot.slack.listeners.submitting import CLOSED, Answer, Submit, answer, shown
from bot.slack.messages import hints
from bot.slack.modals.carried import carried
from bot.slack.modals.close import close_view, read_close
from bot.slack.modals.decision import decision_view, read_decision, read_reasons, reasons_view
from bot.slack.modals.edit import edit_view, read_edit
from bot.slack.modals.errors import errors_for, in_words
from bot.slack.modals.free_text import found_in
from bot.slack.modals.screen import read_screen, screen_view
from bot.slack.modals.step import read_step, step_view
from bot.slack.office import Office
from bot.slack.refusals import Kindly
from flows.consult import Consult
from flows.decision import reasons_needed
from flows.errors import AnswerError
from flows.machine import DECIDED, RESULT, REVIEW
from flows.options import catalogue
from flows.questions import questions


def register(app: App, office: Office) -> None:
    """Submissions of all modals; that one was closed needs no answer."""

    def submitted(ack: Ack, body: dict[str, Any]) -> None:
        ack(**handle(office, body))

    def closed(ack: Ack) -> None:
        ack()

    app.view(re.compile(".*"))(submitted)
    app.view_closed(re.compile(".*"))(closed)


def handle(office: Office, payload: Payload) -> Answer:
    """Take the step that was filled in; what is acknowledged. LogError when it could not be kept."""
    return answer(office, payload, read_submission, _taken, refused=_afterwards)


def _taken(office: Office, came: Submission) -> Answer:
    admit_to_own(office, came.user)
    submit = SUBMITTED.get(came.callback)
    if submit is None:
        log_line("not_known", what="view_submission", word=came.callback)
        raise Kindly(hints.not_known_here())
    return submit(office, came)


def _afterwards(office: Office, came: Submission) -> Answer:
    """What the modal becomes once it is done: nothing; where messages hold no clinical fact, the consult as it is now."""
    if office.privacy == "usual":
        return CLOSED
    try:
        return shown(screen_view(office.open(came.user, came.address.reference).consult))
    except Kindly:
        return CLOSED


def _screen(office: Office, came: Submission) -> Answer:
    """A screen of questions, or the review, which is confirmed by it."""

    def take(desk: Desk, kept: Kept) -> Kept:
        consult = _of_this_turn(kept, came).consult
        if consult.state == REVIEW:
            return desk.confirm(kept, delivery=came.delivery)
        if not consult.asks:
            raise Kindly(hints.too_old())
        return desk.take(kept, Consult.answer, read_screen(consult, came.values), delivery=came.delivery)

    return shown(screen_view(_step(office, came, take).consult))


def _edit(office: Office, came: Submission) -> Answer:
    """An answer that stays the same is no change: a result then need not be worked out again."""
    key, shown_turn = str(came.extra.get("k")), came.extra.get("m")
    if key not in questions() or not isinstance(shown_turn, int):
        raise Malformed("private_metadata")
    value = read_edit(key, came.values)
    found = found_in(came.values)
    if found:
        consult = office.open(came.user, came.address.reference).consult
        return shown(edit_view(consult, key, shown_turn=shown_turn, found=found, given=value))

    def take(desk: Desk, kept: Kept) -> Kept:
        if (kept.consult.given.get(key) or None) == value:
            return kept
        return desk.take(kept, Consult.change, key, value, delivery=came.delivery)

    _step(office, came, take)
    return _afterwards(office, came)


def _decision(office: Office, came: Submission) -> Answer:
    consult = _to_be_decided(office.open(came.user, came.address.reference), came).consult
    assert consult.result is not None
    decision = read_decision(consult, came.values)
    found = found_in(came.values, [one["say"] for one in consult.result["disclosures"]])
    if found:
        return shown(decision_view(consult, given=decision, found=found, at=office.clock()))
    needed = reasons_needed(consult.result, decision["steps"], decision["tell"])
    if needed:
        return shown(reasons_view(consult, decision, needed))
    return _decided(office, came, decision)


def _reasons(office: Office, came: Submission) -> Answer:
    consult = _to_be_decided(office.open(came.user, came.address.reference), came).consult
    assert consult.result is not None
    decision = {**carried(came.extra), "reasons": read_reasons(came.values)}
    found = found_in(came.values)
    if found:
        needed = reasons_needed(consult.result, decision["steps"], decision["tell"])
        return shown(reasons_view(consult, decision, needed, found=found, given=decision["reasons"]))
    try:
        return _decided(office, came, decision)
    except AnswerError as error:
        if errors_for(came.values, error):
            raise
        return shown(decision_view(consult, given=decision, problem=in_words(error), at=office.clock()))


def _decided(office: Office, came: Submission, decision: Mapping[str, Any]) -> Answer:
    def take(desk: Desk, kept: Kept) -> Kept:
        return desk.take(_to_be_decided(kept, came), Consult.decide, decision, delivery=came.delivery)

    _step(office, came, take)
    return _afterwards(office, came)


def _to_be_decided(kept: Kept, came: Submission) -> Kept:
    """The result must still be the one on which it was decided."""
    if kept.consult.state != RESULT:
        raise Kindly(hints.too_old())
    return _of_this_turn(kept, came)


def _step_of_plan(office: Office, came: Submission) -> Answer:
    option = str(came.extra.get("o"))
    if option not in catalogue():
        raise Malformed("private_metadata")
    consult = _with_decision(office.open(came.user, came.address.reference))
    reported = read_step(came.values)
    found = found_in(came.values)
    if found:
        return shown(step_view(consult, option, None, found=found, given=reported, at=office.clock()))

    def take(desk: Desk, kept: Kept) -> Kept:
        _with_decision(kept)
        return desk.take(kept, Consult.report, option, reported.step, reason=reported.reason, delivery=came.delivery)

    _step(office, came, take)
    return _afterwards(office, came)


def _close(office: Office, came: Submission) -> Answer:
    consult = _with_decision(office.open(came.user, came.address.reference))
    reason = read_close(came.values)
    found = found_in(came.values)
    if found:
        return shown(close_view(consult, found=found, given=reason))

    def take(desk: Desk, kept: Kept) -> Kept:
        _with_decision(kept)
        return desk.take(kept, Consult.close, reason, delivery=came.delivery)

    _step(office, came, take)
    return _afterwards(office, came)


def _with_decision(kept: Kept) -> Consult:
    if kept.consult.state != DECIDED:
        raise Kindly(hints.too_old())
    return kept.consult


def _step(office: Office, came: Submission, take: Callable[[Desk, Kept], Kept]) -> Kept:
    return office.step(came.user, came.address.reference, take)


def _of_this_turn(kept: Kept, came: Submission) -> Kept:
    if came.address.turn != kept.consult.turn:
        raise Kindly(hints.too_old())
    return kept


SUBMITTED: Mapping[str, Submit] = {
    actions.SCREEN_VIEW: _screen,
    actions.EDIT_VIEW: _edit,
    actions.DECISION_VIEW: _decision,
    actions.REASONS_VIEW: _reasons,
    actions.STEP_VIEW: _step_of_plan,
    actions.CLOSE_VIEW: _close,
}
