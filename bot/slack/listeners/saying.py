"""What is said to one person alone: through the outbox, where they are, and gone when they reload."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.slack.addresses import dm
from bot.slack.conversation import for_one
from bot.slack.journal import log_line
from bot.slack.listeners.reading import Malformed, Payload, Place, sender_of
from bot.slack.messages import hints
from bot.slack.office import Office
from bot.slack.refusals import Kindly, NotAdmitted, in_words
from bot.slack.shown import Message
from bot.storage import AlreadySeen
from flows.errors import AnswerError


def tell(
    office: Office,
    user: str,
    place: Place,
    message: Message,
    delivery: str | None = None,
    *,
    also_in: str | None = None,
) -> None:
    """An ephemeral line where they are, if that is their direct message or the channel `also_in`; else in the former.

    With a `delivery` that was handled before, nothing: it was told then.
    """
    theirs = place.in_dm and office.log.slot(dm(user)) == place.channel  # in another one they would not see it
    seen = theirs or (also_in is not None and place.channel == also_in)
    here = {"channel": place.channel, "thread_ts": place.thread_ts} if seen else {}
    try:
        office.send([for_one(user, message, **here)], delivery)
    except AlreadySeen:
        log_line("seen_before", user=user)


@contextmanager
def kindly(office: Office, user: str, place: Place, delivery: str, *, also_in: str | None = None) -> Iterator[None]:
    """What can't be done inside is told to the person, and nothing has changed. What was handled before is left at that.

    `also_in`: the channel beside their direct message in which they see it.
    """
    try:
        yield
    except AlreadySeen:
        log_line("seen_before", user=user)
    except (Kindly, AnswerError) as error:
        if isinstance(error, NotAdmitted):
            log_line("refused", user=user, standing=error.standing)
        tell(office, user, place, in_words(error), delivery, also_in=also_in)


def malformed(office: Office, payload: Payload, error: Malformed) -> None:
    """One journal line about what won't do, and a kind line to whoever sent it, where that can be read."""
    log_line("malformed", what=str(payload.get("type")), part=str(error))
    sender = sender_of(payload)
    if sender is not None:
        tell(office, *sender, hints.not_known_here())
