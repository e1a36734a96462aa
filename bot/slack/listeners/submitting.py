"""What all submissions have in common: what is acknowledged, and what is said of a modal that can't be taken as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from bot.slack.addresses import BadAddress
from bot.slack.listeners.reading import Form, Malformed, Payload, Submission
from bot.slack.listeners.saying import kindly, malformed
from bot.slack.modals.errors import errors_for
from bot.slack.office import Office
from bot.slack.shown import View
from flows.errors import AnswerError

Answer = dict[str, Any]
"""What the acknowledgement of a submission says: nothing closes the modal."""
CLOSED: Answer = {}
Came = TypeVar("Came", bound=Form)
Submit = Callable[[Office, Submission], Answer]
"""What is done about the submission of a modal about a consult."""


def shown(view: View) -> Answer:
    """The modal becomes this one."""
    return {"response_action": "update", "view": dict(view)}


def answer(
    office: Office,
    payload: Payload,
    read: Callable[[Payload], Came],
    submit: Callable[[Office, Came], Answer],
    *,
    refused: Callable[[Office, Came], Answer] | None = None,
    also_in: str | None = None,
) -> Answer:
    """What is acknowledged once `submit` has taken what was filled in. LogError when it could not be kept.

    What the engine does not take is said at its input, if the modal has one for it; other refusals are told to the person.
    `read`: reads what came. `refused`: what the modal then becomes; None: it closes. `also_in`: see `tell`.
    """
    try:
        came = read(payload)
        with kindly(office, came.user, came.place, came.delivery, also_in=also_in):
            return _or_errors(office, came, submit)
        return refused(office, came) if refused is not None else CLOSED
    except (Malformed, BadAddress) as error:
        malformed(office, payload, error if isinstance(error, Malformed) else Malformed("private_metadata"))
    return CLOSED


def _or_errors(office: Office, came: Came, submit: Callable[[Office, Came], Answer]) -> Answer:
    try:
        return submit(office, came)
    except AnswerError as error:
        errors = errors_for(came.values, error)
        if not errors:
            raise
        return {"response_action": "errors", "errors": errors}
