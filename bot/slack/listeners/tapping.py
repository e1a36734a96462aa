"""What all taps have in common: the person's own consult, a step of it, and where the tap leads."""

from __future__ import annotations

from collections.abc import Callable

from bot.desk import Desk, Kept
from bot.slack.listeners.beginning import Came, admit_to_own, today
from bot.slack.listeners.moving import moved
from bot.slack.listeners.opening import Opening, opening
from bot.slack.listeners.reading import Tap, in_consult
from bot.slack.listeners.saying import tell
from bot.slack.messages import hints
from bot.slack.modals.screen import screen_view
from bot.slack.office import Office
from bot.slack.refusals import Kindly
from flows.consult import Step

Handle = Callable[[Office, Tap], Opening | None]
"""What is done about a tap; the modal that is to be opened, if one is."""


def own(office: Office, tap: Tap) -> Kept:
    """The person's own consult, which the tap is about. Kindly, Malformed."""
    address = in_consult(tap)
    admit_to_own(office, tap.user)
    return office.open(tap.user, address.reference)


def take_step(
    office: Office, tap: Tap, take: Callable[[Desk, Kept], Kept], *, emergency: bool = False
) -> Opening | None:
    """Take it; where it was tapped in a modal, the modal then shows how the consult stands, or what to do first."""
    address = in_consult(tap)
    admit_to_own(office, tap.user)
    consult = office.step(tap.user, address.reference, take).consult
    if tap.view_id is None:
        return None
    return opening(tap, screen_view(consult, emergency_on=today(office) if emergency else None))


def simple_step(office: Office, tap: Tap, step: Callable[..., Step]) -> Opening | None:
    """A step that needs no more than the tap, on what is shown now: `simple_step(office, tap, Consult.back)`."""
    return take_step(office, tap, lambda desk, kept: desk.take(of_this_turn(kept, tap), step, delivery=tap.delivery))


def of_this_turn(kept: Kept, tap: Tap) -> Kept:
    """The consult, when what was tapped is what is shown of it now. Kindly."""
    if in_consult(tap).turn != kept.consult.turn:
        raise Kindly(hints.too_old())
    return kept


def led(office: Office, tap: Tap, came: Came) -> Opening | None:
    """Tell somebody where the consult is to which their tap has led; in a modal, if they tapped in one or in the home."""
    if tap.place.channel is not None:
        tell(office, tap.user, tap.place, came.message, tap.delivery if came.did == "nothing" else None)
        return None
    assert came.consult is not None
    if office.privacy == "minimal":
        return opening(tap, screen_view(came.consult))
    return opening(tap, moved(office, came, tap.place))
