"""What is said in one kind line: why something can't be done, and what can. None of it says anything clinical."""

from __future__ import annotations

from collections.abc import Sequence

from bot.slack.actions import EDIT, action
from bot.slack.addresses import Address
from bot.slack.blocks import AnyBlock, escape, message, paragraph, rows
from bot.slack.blocks import button as button_of
from bot.slack.messages.start import KEEPS
from bot.slack.shown import Message
from flows.machine import Ask


def line(text: str) -> Message:
    """One line; its notification says no more than that there is one. `text` is formatted already."""
    return message("Curbside: a short note", [paragraph(text)])


def too_old() -> Message:
    """A tap on something that was shown earlier."""
    return line("That message is from earlier, and nothing was changed. Please use the newest one in the thread.")


def asked_just_now() -> Message:
    """A typed answer, while nobody can say whether its question was there already when it was typed."""
    return line(
        "I can't tell yet which question that answers, so nothing was changed. Please tap it, or type it once more."
    )


def already_said() -> Message:
    """A question that was answered already."""
    return line("That was answered already, and it is kept. *Edit* beside the answer changes it.")


def care_not_due() -> Message:
    """A tick of a list that is another one by now."""
    return line("That list is another one by now, and nothing was changed. The newest one is in the consult's thread.")


def care_said_already() -> Message:
    """A tick that is there already, or gone already."""
    return line("That is written down already, and nothing was changed. The list in the thread shows how it stands.")


def danger_already_said() -> Message:
    """Danger now was said before."""
    return line("It is noted that somebody is in danger now. *Call 911 first*; the steps are in the thread.")


def not_yours() -> Message:
    """Somebody else's consult."""
    return line("That consult belongs to somebody else, so nothing was changed. `/consult` begins one of your own.")


def no_such_consult() -> Message:
    """A reference that leads nowhere."""
    return line("There is no such consult. `/consult resume` lists those of yours that are open.")


def nothing_open() -> Message:
    """Nothing to go on with."""
    return line("You have no open consult. `/consult` begins one.")


def waits_there(reference: str) -> Message:
    """The consult is not paused: it waits in its thread."""
    return line(f"{escape(reference)} waits in its thread in our conversation; nothing was lost.")


def not_understood(asks: Sequence[Ask], address: Address | None = None) -> Message:
    """A typed reply that names no answer of what is asked now. `address`: of the consult to which a note can be added."""
    text = "I am not sure which answer that is, so nothing was changed. Please tap one, or type its name or number."
    if not asks:
        text = "Please use the buttons of the newest message in this thread."
    return _with_note(f"{text} {KEEPS}", address)


def not_kept(address: Address | None = None) -> Message:
    """What was typed looks as if it identified somebody. `address`: of the consult to which a note can be added."""
    text = f"That looks as if it may identify somebody, so Curbside did not keep it. {KEEPS} You may want to delete it yourself."
    return _with_note(text, address)


def typed_a_note(address: Address) -> Message:
    """Something longer was typed: it is not kept unless it is added as a note."""
    return _with_note(f"Curbside does not keep what is typed here. {KEEPS} A note goes through this window:", address)


def _with_note(text: str, address: Address | None) -> Message:
    blocks: list[AnyBlock] = [paragraph(text)]
    if address is not None:
        blocks += rows([button_of("Add a note", action(EDIT, "narrative"))], address.block("note"))
    return message("Curbside: a short note", blocks)


def window_did_not_open() -> Message:
    """A modal that Slack did not open."""
    return line("The window did not open. Please tap once more.")


def went_wrong() -> Message:
    """A fault in the program."""
    return line(
        "Sorry, something went wrong, and nothing was changed. Please tap once more. *In an emergency call 911.*"
    )


def not_known_here() -> Message:
    """A button or window of another version."""
    return line("I do not know that button any more. Please use the newest message, or type *help*.")


def refused_guest() -> Message:
    """Guests may not consult."""
    return line("Curbside is for members of this practice, so guests can't begin a consult. In an emergency call 911.")


def refused_other_organisation() -> Message:
    """Nor may people of other organisations."""
    return line(
        "Curbside serves one practice, so people of other organisations can't begin a consult here. In an emergency call 911."
    )


def refused_not_listed() -> Message:
    """Nor who is not among those who may."""
    return line(
        "You are not among those who may consult here. Please ask whoever runs Curbside. In an emergency call 911."
    )


def not_sure_yet() -> Message:
    """It can't be found out at the moment who somebody is."""
    return line(
        "I could not find out yet who may consult here. Please try again in a minute. *In an emergency call 911.*"
    )
