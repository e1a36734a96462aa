"""Taps on the checklist of the client's care: each is one event, of the consult's own clinician alone.

A tap says what it makes of the step (done, or not), so that an old message and a second device do no harm: what is so already
is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.desk import Desk, Kept
from bot.slack import actions
from bot.slack.listeners.opening import Opening, opening
from bot.slack.listeners.reading import Malformed, Tap
from bot.slack.listeners.tapping import Handle, own
from bot.slack.messages import hints
from bot.slack.messages.care import DONE, UNDONE
from bot.slack.modals.care import care_view
from bot.slack.office import Office
from bot.slack.refusals import Kindly
from bot.slack.shown import Message
from flows.after_care import care_steps, named
from flows.consult import Consult

_STEP = re.compile(r"[a-z_]{1,60}")


def _tick(office: Office, tap: Tap) -> Opening | None:
    """In a window the list is then shown as it is, which says by itself what was done; in a thread the message is edited."""
    step, said = (*tap.about, "", "")[:2]
    if not _STEP.fullmatch(step) or said not in (DONE, UNDONE):
        raise Malformed("action_id")
    kept = own(office, tap)
    in_window = tap.view_id is not None

    def take(desk: Desk, kept: Kept) -> Kept:
        refused = _refused(kept.consult, step, said)
        if refused is None:
            return desk.take(kept, Consult.report_care, step, said == DONE, delivery=tap.delivery)
        if in_window:
            return kept
        raise Kindly(refused)

    kept = office.step(tap.user, kept.reference, take)
    return opening(tap, care_view(kept.consult)) if in_window else None


def _refused(consult: Consult, step: str, said: str) -> Message | None:
    """What is told where the tap changes nothing; None when it does."""
    due = named(care_steps(consult.care))
    if step not in due:
        return hints.care_not_due()
    return hints.care_said_already() if due[step].is_done == (said == DONE) else None


def _open(office: Office, tap: Tap) -> Opening:
    consult = own(office, tap).consult
    if consult.care is None:
        raise Kindly(hints.care_not_due())
    return opening(tap, care_view(consult))


ON_CARE: Mapping[str, Handle] = {
    actions.CARE: _tick,
    actions.AFTERWARDS: _open,
}
