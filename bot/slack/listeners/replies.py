"""What is said to whoever comes in by words: where their consult waits, and what is allowed."""

from __future__ import annotations

from bot.slack import links
from bot.slack.actions import LINK
from bot.slack.blocks import bold, built, button, escape, rows
from bot.slack.listeners.reading import Place
from bot.slack.messages import hints
from bot.slack.office import Office
from bot.slack.shown import Message
from flows.consult import Consult

NO_SUCH_COMMAND = (
    "I did not understand that. `/consult` begins a consult; `/consult CO` one for Colorado (any state's code or name);"
    " `/consult resume`, `/consult law TX` and `/consult help` are what else there is. *In an emergency call 911.*"
)


def begun(office: Office, consult: Consult, place: Place) -> Message:
    """A consult has begun, and where it waits."""
    return _leading(
        f"{bold(f'Consult {consult.reference}')} has begun in a thread of our direct message.", office, consult, place
    )


def just_begun(office: Office, consult: Consult, place: Place) -> Message:
    """The consult that was begun a moment ago."""
    return _leading(f"{bold(consult.reference)} has just begun; it waits in its thread.", office, consult, place)


def waits(office: Office, consult: Consult, place: Place) -> Message:
    """Where a consult waits to be gone on with."""
    return _leading(
        f"{escape(consult.reference)} waits in its thread in our conversation; nothing was lost.",
        office,
        consult,
        place,
    )


def goes_on(office: Office, consult: Consult, place: Place) -> Message:
    """A paused consult goes on."""
    return _leading(f"{escape(consult.reference)} goes on in its thread.", office, consult, place)


def no_such_command() -> Message:
    """Wrong arguments of `/consult`."""
    return hints.line(NO_SUCH_COMMAND)


def law_of_which_place() -> Message:
    """`/consult law` of somebody whose place is not remembered."""
    return hints.line("Which place? `/consult law TX` shows the law of Texas; any state's code or name will do.")


def finding_out() -> Message:
    """Somebody whom the program has not met yet."""
    return hints.line("One moment, please: this is the first time we meet. I answer in our direct message.")


def together(*messages: Message) -> Message:
    """Several messages as one, where only one can be given. The first one's text is the notification."""
    return Message(messages[0].text, tuple(block for message in messages for block in message.blocks))


def link_to(office: Office, consult: Consult, place: Place) -> str | None:
    """The message in which the consult waits, as far as a link can be made from what Slack said where."""
    return links.to_consult(
        office.log,
        consult.clinician,
        consult.reference,
        turn=consult.turn,
        app=place.app,
        team=place.team,
        domain=place.domain,
    )


def _leading(text: str, office: Office, consult: Consult, place: Place) -> Message:
    message = hints.line(text)
    link = link_to(office, consult, place)
    if link is None:
        return message
    button_there = rows([button("Go there", LINK, url=link, style="primary")], "link")
    return Message(message.text, (*message.blocks, *built(button_there)))


def begun_already() -> Message:
    """The same delivery once more."""
    return hints.line("That has been done already; nothing was done twice.")
