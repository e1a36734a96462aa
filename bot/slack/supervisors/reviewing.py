"""The buttons and modals of a review: each checks who it is, then takes its step, or opens the modal that asks for what it needs.

They work on every card and page, however old: who may is looked up when it is tapped, and what is possible is asked of the
review's machine on the consult as it is then. Two at once get one outcome; the other one is told whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.beside import Record
from bot.desk import Desk, Kept
from bot.overview import record_now
from bot.slack.actions import (
    ADVICE_VIEW,
    FOLLOW_UP,
    FOUND,
    READ,
    REPLY,
    REPLY_VIEW,
    REVIEW,
    SEARCH,
    SEARCH_VIEW,
    SIGN_VIEW,
    WAITING,
)
from bot.slack.listeners.opening import Opening, opening
from bot.slack.listeners.reading import (
    Malformed,
    Payload,
    Submission,
    Tap,
    about_one,
    in_consult,
    page_number,
    read_submission,
    read_tap,
)
from bot.slack.listeners.saying import kindly, malformed
from bot.slack.listeners.submitting import CLOSED, Answer, Submit, answer, shown
from bot.slack.messages import hints
from bot.slack.modals.free_text import found_in
from bot.slack.office import Office
from bot.slack.refusals import Kindly
from bot.slack.supervisors import listening, roles, words
from bot.slack.supervisors.finding import turn_found
from bot.slack.supervisors.following_up import follow_up
from bot.slack.supervisors.home import turn_page
from bot.slack.supervisors.listening import channel_of, check_role
from bot.slack.supervisors.modals import (
    WORDS,
    advice_view,
    read_advice,
    read_comment,
    read_reply,
    reply_view,
    sign_view,
)
from bot.slack.supervisors.reading import TITLES, first_page, pages_there, read_view
from bot.slack.supervisors.review_steps import check_open, clinicians_deed, last_words, take_deed
from bot.slack.supervisors.searching import handle_search, open_search
from flows.consult import Consult
from flows.review import CLINICIAN, SUPERVISOR
from flows.reviewing import actions_open

Handle = Callable[[Office, Tap], Opening | None]


def register(app: App, office: Office) -> None:
    """The modals, before the listeners for everything else. What is tapped (TAPS) comes by way of listeners/taps.py."""

    def submitted(ack: Ack, body: dict[str, Any]) -> None:
        ack(**handle_submission(office, body))

    def searched(ack: Ack, body: dict[str, Any]) -> None:
        ack(**handle_search(office, body))

    for callback in SUBMITTED:
        app.view(callback)(submitted)
    app.view(SEARCH_VIEW)(searched)


def handle_tap(office: Office, payload: Payload) -> Opening | None:
    """Take the step that was tapped; the modal to open, if one is. LogError when it could not be kept."""
    try:
        tap = read_tap(payload)
        with kindly(office, tap.user, tap.place, tap.delivery, also_in=channel_of(office)):
            return TAPS[tap.word](office, tap)
    except Malformed as error:
        malformed(office, payload, error)
    return None


def handle_submission(office: Office, payload: Payload) -> Answer:
    """Take the step that was filled in; what is acknowledged. LogError when it could not be kept."""
    return answer(office, payload, read_submission, _submitted, also_in=channel_of(office))


def _submitted(office: Office, came: Submission) -> Answer:
    """Where it can't be said just now who may, what was written stays in the modal, to be sent again."""
    try:
        return SUBMITTED[came.callback](office, came)
    except roles.NotTheirs as error:
        if error.why == "role":
            raise
        return {"response_action": "errors", "errors": {WORDS: words.not_sure_of_roles_yet()}}


# Taps


def _review(office: Office, tap: Tap) -> Opening | None:
    deed, reference = about_one(tap), in_consult(tap).reference
    if deed not in roles.REVIEWING:
        raise Malformed("action_id")
    check_role(office, tap.user, deed, reference)
    consult = office.open_any(reference).consult
    check_open(consult, _record(office, reference), deed, tap.user, alone=_alone(office, consult, tap.user))
    if deed in (roles.ASK, roles.ADVISE):
        asks = roles.ASK in actions_open(consult, SUPERVISOR, tap.user)
        return opening(tap, advice_view(consult, given=(roles.ASK if asks else roles.ADVISE, "")))
    if deed == roles.SIGN:
        return opening(tap, sign_view(consult))
    office.step_beside(tap.user, reference, lambda desk, kept: _taken(office, desk, kept, deed, tap.delivery))
    return None


def _read(office: Office, tap: Tap) -> Opening:
    """What is read is written down first; in a modal the next page takes the place of the one before."""
    name, *rest = tap.about or ("first",)
    reference = in_consult(tap).reference
    check_role(office, tap.user, roles.READ, reference)
    consult = office.open_any(reference).consult
    name = first_page(consult) if name == "first" else name
    page = page_number(rest[0]) if rest else 1
    if name not in TITLES:
        raise Malformed("action_id")
    if name not in pages_there(consult):
        raise Kindly(hints.too_old())
    office.log.record_access(
        listening.READ, at=office.clock(), actor=tap.user, reference=reference, detail={"page": name, "part": page}
    )
    return opening(tap, read_view(consult, office.log.events(reference), name, page))


def _reply(office: Office, tap: Tap) -> Opening:
    """The clinician writes to the supervisors."""
    consult = office.open(tap.user, in_consult(tap).reference).consult
    _clinicians(consult)
    return opening(tap, reply_view(consult, last_words(office.log.events(consult.reference))))


TAPS: Mapping[str, Handle] = {
    REVIEW: _review,
    READ: _read,
    REPLY: _reply,
    FOLLOW_UP: follow_up,
    WAITING: turn_page,
    FOUND: turn_found,
    SEARCH: open_search,
}


# Submissions


def _advice(office: Office, came: Submission) -> Answer:
    kind, text = read_advice(came.values)
    check_role(office, came.user, kind, came.address.reference)
    found = found_in(came.values)
    if found:
        return shown(advice_view(_any(office, came), found=found, given=(kind, text)))
    return _deed(office, came, kind, text)


def _sign(office: Office, came: Submission) -> Answer:
    check_role(office, came.user, roles.SIGN, came.address.reference)
    comment, found = read_comment(came.values), found_in(came.values)
    if found:
        return shown(sign_view(_any(office, came), found=found, given=comment or ""))
    return _deed(office, came, roles.SIGN, comment)


def _replied(office: Office, came: Submission) -> Answer:
    consult = office.open(came.user, came.address.reference).consult
    text, found = read_reply(came.values), found_in(came.values)
    if found:
        asked = last_words(office.log.events(consult.reference))
        return shown(reply_view(consult, asked, found=found, given=text))

    def take(desk: Desk, kept: Kept) -> Kept:
        deed, record = _clinicians(kept.consult), _record(office, kept.reference)
        return take_deed(desk, kept, record, deed, delivery=came.delivery, text=text, role=CLINICIAN)

    office.step(came.user, consult.reference, take)
    return CLOSED


SUBMITTED: Mapping[str, Submit] = {
    ADVICE_VIEW: _advice,
    SIGN_VIEW: _sign,
    REPLY_VIEW: _replied,
}


# What all of them do


def _any(office: Office, came: Submission) -> Consult:
    return office.open_any(came.address.reference).consult


def _clinicians(consult: Consult) -> str:
    """What the clinician does by writing now. Kindly."""
    deed = clinicians_deed(consult)
    if deed is None:
        raise Kindly(
            words.nobody_to_write_to()
            if consult.review is None
            else words.nothing_to_write_now(consult.review["state"])
        )
    return deed


def _record(office: Office, reference: str) -> Record:
    return record_now(office.log, reference)


def _alone(office: Office, consult: Consult, person: str) -> bool:
    """Whether nobody else could review it."""
    return not listening.supervision_of(office).roles.another_supervisor(person, consult.clinician)


def _deed(office: Office, came: Submission, deed: str, text: str | None) -> Answer:
    office.step_beside(
        came.user, came.address.reference, lambda desk, kept: _taken(office, desk, kept, deed, came.delivery, text)
    )
    return CLOSED


def _taken(office: Office, desk: Desk, kept: Kept, deed: str, delivery: str, text: str | None = None) -> Kept:
    """The step, on the consult as it is now. Kindly when it can't be done any more, with who was earlier."""
    record = _record(office, kept.reference)
    alone = _alone(office, kept.consult, desk.clinician)
    check_open(kept.consult, record, deed, desk.clinician, alone=alone)
    return take_deed(desk, kept, record, deed, delivery=delivery, text=text)
