"""What the clinician taps at the follow-up: it is written down, and where it is something new, a linked consult begins."""

from __future__ import annotations

from bot.desk import Desk, Kept
from bot.overview import record_now
from bot.slack.listeners.beginning import admit_to_own
from bot.slack.listeners.reading import Malformed, Tap, about_one, in_consult
from bot.slack.office import Office
from bot.slack.refusals import Kindly
from bot.slack.supervisors import words
from bot.slack.supervisors.follow_up import BEGINS_ANOTHER, SAYS
from bot.slack.supervisors.steps import follow_up_said, linked


def follow_up(office: Office, tap: Tap) -> None:
    """Only once for each time that it was asked. Kindly, Malformed, LogError."""
    what, reference = about_one(tap), in_consult(tap).reference
    if what not in SAYS:
        raise Malformed("action_id")
    admit_to_own(office, tap.user)
    office.open(tap.user, reference)
    _not_said(office, reference)
    if what not in BEGINS_ANOTHER:
        office.step(tap.user, reference, lambda desk, kept: _said(office, desk, kept, {"what": what}, tap.delivery))
        return
    other, _ = office.begin(tap.user, {}, tap.delivery)
    said = {"what": what, "consult": other.reference}
    office.step(tap.user, reference, lambda desk, kept: _said(office, desk, kept, said, f"{tap.delivery}:said"))
    office.step(
        tap.user,
        other.reference,
        lambda desk, kept: desk.take(kept, linked, reference, delivery=f"{tap.delivery}:linked"),
    )


def _said(office: Office, desk: Desk, kept: Kept, said: dict[str, str], delivery: str) -> Kept:
    _not_said(office, kept.reference)
    return desk.take(kept, follow_up_said, said, delivery=delivery)


def _not_said(office: Office, reference: str) -> None:
    record = record_now(office.log, reference)
    if record.said is not None and not record.asked:
        raise Kindly(words.followed_up_already())
