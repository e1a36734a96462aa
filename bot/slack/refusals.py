"""Who may not, and what can't be done: each as a kind line to the person, and nothing has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.messages import hints
from bot.slack.shown import Message
from flows.errors import AnswerError, OutOfTurn

if TYPE_CHECKING:
    from bot.slack.people import Standing


class Kindly(Exception):
    """What was asked for can't be done. `message`: what the person is told; nothing has changed."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


class NotAdmitted(Kindly):
    """The person may not consult. `standing`: why, for the journal."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(refusal(standing))
        self.standing = standing


def refusal(standing: Standing) -> Message:
    """What somebody is told who may not consult, or of whom it can't be found out."""
    if standing == "guest":
        return hints.refused_guest()
    if standing == "other_organisation":
        return hints.refused_other_organisation()
    return hints.not_sure_yet() if standing == "unknown" else hints.refused_not_listed()


def in_words(error: Kindly | AnswerError) -> Message:
    """What the person is told. The engine's own words are for whoever runs it: here they would only puzzle."""
    if isinstance(error, Kindly):
        return error.message
    return hints.too_old() if isinstance(error, OutOfTurn) else hints.not_known_here()
