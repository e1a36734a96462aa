"""What the listeners of this package share: who may, told kindly where they are, and who tried is written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bot.slack.conversation import for_one
from bot.slack.journal import log_line
from bot.slack.listeners.reading import Place
from bot.slack.office import Office
from bot.slack.refusals import Kindly, NotAdmitted, in_words
from bot.slack.shown import Message
from bot.slack.supervisors import words
from bot.slack.supervisors.roles import NotTheirs
from bot.slack.supervisors.supervision import Supervision
from bot.storage import AlreadySeen, NoSuchConsult
from flows.errors import AnswerError

REFUSED, READ = "refused", "read"
"""What the record of accesses calls an action that was refused, and a page that was read."""


def supervision_of(office: Office) -> Supervision:
    """The supervisors' side. Kindly where there is none."""
    if office.supervision is None or office.supervision.channel is None:
        raise Kindly(words.no_supervisors_here())
    return office.supervision


def check_role(office: Office, user: str, deed: str, reference: str | None = None) -> Supervision:
    """The supervisors' side, for somebody who may do this. Otherwise Kindly, and that it was tried is written down."""
    supervision = supervision_of(office)
    try:
        supervision.roles.check(user, deed)
    except NotTheirs as error:
        log_line("not_their_role", user=user, consult=reference, deed=deed, why=error.why)
        _write_down(office, user, reference, {"deed": deed, "why": error.why})
        raise
    return supervision


def _write_down(office: Office, user: str, reference: str | None, detail: Mapping[str, Any]) -> None:
    """That it was tried; also where the reference is a forged one, and stands for no consult."""
    try:
        office.log.record_access(REFUSED, at=office.clock(), actor=user, reference=reference, detail=detail)
    except NoSuchConsult:
        office.log.record_access(REFUSED, at=office.clock(), actor=user, detail={**detail, "no_such_consult": True})


def tell_here(office: Office, user: str, place: Place, message: Message, delivery: str | None = None) -> None:
    """A line that the person alone sees, where they are: in the supervisors' channel, or in the direct message."""
    ours = office.supervision is not None and place.channel == office.supervision.channel
    here = {"channel": place.channel, "thread_ts": place.thread_ts} if ours or place.in_dm else {}
    try:
        office.send([for_one(user, message, **here)], delivery)
    except AlreadySeen:
        log_line("seen_before", user=user)


@contextmanager
def kindly_here(office: Office, user: str, place: Place, delivery: str) -> Iterator[None]:
    """What can't be done inside is told to the person, and nothing has changed."""
    try:
        yield
    except AlreadySeen:
        log_line("seen_before", user=user)
    except (Kindly, AnswerError) as error:
        if isinstance(error, NotAdmitted):
            log_line("refused", user=user, standing=error.standing)
        tell_here(office, user, place, in_words(error), delivery)
