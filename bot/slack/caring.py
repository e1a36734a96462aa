"""What a step sends of the client's care afterwards, a pure function: the checklist once it is due, an edit with every tick."""

from __future__ import annotations

from bot.slack.addresses import care
from bot.slack.conversation import edit_of, in_thread
from bot.slack.messages.care import care_message
from bot.slack.shown import Privacy
from bot.storage import Post
from bot.storage.records import CARD, SCREEN
from flows.consult import Consult, Step


def care_posts(before: Consult | None, step: Step, privacy: Privacy) -> tuple[Post, ...]:
    """The posts, in the consult's own thread."""
    consult = step.consult
    if consult.care is None:
        return ()
    shown = care_message(consult, privacy)
    if before is None or before.care is None:
        return (in_thread(consult, shown, SCREEN, slot=care(consult.reference)),)
    if shown == care_message(before, privacy):
        return ()
    return (edit_of(consult, care(consult.reference), shown, CARD),)
