"""What supervisors and clinicians are told in one kind line. None of it says anything clinical."""

from __future__ import annotations

from blockkit import Confirm

from bot.slack.actions import REVIEW, action
from bot.slack.addresses import Address
from bot.slack.blocks import button, message, paragraph, rows
from bot.slack.messages.hints import line
from bot.slack.shown import Message
from flows.review import TAKE_BACK


def no_role() -> Message:
    """Somebody who is no supervisor."""
    return line(
        "That button is for supervisors, so nothing was changed. Whoever runs Curbside can say who they are."
        " *In an emergency call 911.*"
    )


def not_sure_of_roles() -> Message:
    """It is not known for certain just now who is a supervisor."""
    return line(
        "I can't be sure just now who the supervisors are, so nothing was changed. Please try again in a minute."
        " *Do not wait for Curbside: speak to each other.*"
    )


def not_sure_of_roles_yet() -> str:
    """The same, at what was written in a modal."""
    return (
        "I can't be sure just now who the supervisors are. What you wrote stays here: please send it again in a moment."
        " Do not wait for Curbside: speak to each other."
    )


def own_consult() -> Message:
    """Nobody reviews their own consult."""
    return line("That is your own consult, so somebody else has to do this. Nothing was changed.")


def not_now(says: str) -> Message:
    """What the review does not allow at this point. `says`: in words."""
    return line(f"{says} Nothing was changed.")


def done_before(says: str) -> Message:
    """Somebody else was a moment earlier. `says`: who did what."""
    return line(f"{says} Nothing was done twice.")


def done(says: str) -> Message:
    """It is done."""
    return line(says)


def you_handed_it_on(address: Address, *, alone: bool) -> Message:
    """Whoever has asked for another supervisor. `alone`: there is none, so that they can take it back."""
    if not alone:
        return line(
            "You have asked for another supervisor, so nothing was changed: the calls go on until *somebody else*"
            " acknowledges it. You can still ask or advise. *If it can't wait, call each other.*"
        )
    sure = Confirm(
        title="Take it back?",
        text="You look after this consult again, and nobody is called any more.",
        confirm="Yes, take it",
        deny="No",
    )
    says = (
        "You have asked for another supervisor, and I know of nobody else who could take it. The calls go on until somebody"
        " is added who can, or you take it back."
    )
    on = rows([button("Take it back", action(REVIEW, TAKE_BACK), confirm=sure)], address.block("back"))
    return message("Curbside: a short note", [paragraph(says), *on])


def no_supervisors_here() -> Message:
    """No supervisors' channel is set."""
    return line("Curbside has no supervisors' channel here, so there is nothing to find or review.")


def followed_up_already() -> Message:
    """The follow-up was answered."""
    return line("That is written down already. What is new can begin a consult: `/consult`.")


def nobody_to_write_to() -> Message:
    """There is no review of the consult yet."""
    return line(
        "Supervisors see a consult once there is a result or a decision. *Until then ask them in person, or call.*"
    )


def nothing_to_write_now(state: str) -> Message:
    """The review takes nothing from the clinician now."""
    if state == "signed":
        return line("That consult is signed, so nothing can be added here. `/consult` begins a new one.")
    return line("Your question is with the supervisors already. *If it can't wait, call them.*")
