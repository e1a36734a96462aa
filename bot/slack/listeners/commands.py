"""The slash command: `/consult`, `/consult CO`, `/consult help`, `/consult resume`, `/consult law TX`.

Its answer travels in the acknowledgement and is seen by the person alone, wherever it was used; the consult itself is in their
direct message.
"""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot.slack.actions import COMMAND
from bot.slack.journal import log_line
from bot.slack.listeners import replies
from bot.slack.listeners.beginning import admit, fulfil
from bot.slack.listeners.reading import Command, Malformed, Payload, read_command
from bot.slack.listeners.wishes import read_command_text
from bot.slack.messages import hints
from bot.slack.office import Office
from bot.slack.refusals import Kindly, NotAdmitted, in_words
from bot.slack.shown import Message
from bot.storage import AlreadySeen
from flows.errors import AnswerError


def register(app: App, office: Office) -> None:
    """The command, and any other that may be pointed here."""

    def commanded(ack: Ack, body: dict[str, Any]) -> None:
        message = answer(office, body)
        ack(response_type="ephemeral", **message.as_body())

    app.command(COMMAND)(commanded)


def answer(office: Office, payload: Payload) -> Message:
    """What the command does, and what is said about it. LogError when it could not be kept."""
    try:
        command = read_command(payload)
    except Malformed as error:
        log_line("malformed", what="command", part=str(error))
        return hints.went_wrong()
    try:
        return _answer(office, command)
    except AlreadySeen:
        log_line("seen_before", user=command.user)
        return replies.begun_already()
    except (Kindly, AnswerError) as error:
        if isinstance(error, NotAdmitted):
            log_line("refused", user=command.user, standing=error.standing)
        return in_words(error)


def _answer(office: Office, command: Command) -> Message:
    wanted = read_command_text(command.text)
    if not admit(office, command.user, wanted, command.delivery):
        return replies.finding_out()
    came = fulfil(office, command.user, wanted, command.delivery, command.place)
    return replies.together(came.urgent, came.message) if came.urgent else came.message
