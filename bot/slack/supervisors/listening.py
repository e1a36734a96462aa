"""What the listeners of this package share: who may, where they are told, and that who tried is written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack.journal import log_line
from bot.slack.office import Office
from bot.slack.refusals import Kindly
from bot.slack.supervisors import words
from bot.slack.supervisors.roles import NotTheirs
from bot.slack.supervisors.supervision import Supervision
from bot.storage import NoSuchConsult

REFUSED, READ = "refused", "read"
"""What the record of accesses calls an action that was refused, and a page that was read."""


def supervision_of(office: Office) -> Supervision:
    """The supervisors' side. Kindly where there is none."""
    if office.supervision is None or office.supervision.channel is None:
        raise Kindly(words.no_supervisors_here())
    return office.supervision


def channel_of(office: Office) -> str | None:
    """The supervisors' channel, in which they are told as in their direct message; None where there is none."""
    return office.supervision.channel if office.supervision is not None else None


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
