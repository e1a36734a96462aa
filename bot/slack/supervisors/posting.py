"""What a step causes in the supervisors' channel, and what a review's step causes for the clinician: a pure function.

| what happened | what is posted |
|---|---|
| it became known that it is serious, or it was decided | the card, once |
| anything by which the card reads otherwise | the card is edited (coalesced) |
| somebody is paged | a mention in the card's thread (priority 0) |
| a supervisor acknowledged, asked, signed, ... | a message in the consult's own thread (1); a line in the card's |
| a supervisor would like to be called | a direct message to the clinician (priority 0) |
| the clinician answered | a line in the card's thread, with a mention of whoever asked |
| the follow-up is due | a question in the consult's own thread (1) |
| it is not finished, and nobody goes on | a reminder there (1); where it does not end by itself, a line in the card's thread |
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from bot.beside import (
    ALARM_ANSWERED,
    CALL_ASKED,
    DIRECTLY,
    EXPIRY_REMINDED,
    FOLLOW_UP_ASKED,
    FOLLOW_UP_SAID,
    PAGED,
    REVIEWED,
    Record,
)
from bot.slack.conversation import in_dm, in_thread
from bot.slack.journal import log_line
from bot.slack.shown import Privacy
from bot.slack.supervisors.cards import card_message
from bot.slack.supervisors.exchange import (
    BY_THE_CLINICIAN,
    IN_THE_CHANNEL,
    in_the_channel,
    to_clinician,
    with_supervisors,
)
from bot.slack.supervisors.expiry import lying_message, reminder_message
from bot.slack.supervisors.follow_up import asking_message, said_message
from bot.slack.supervisors.paged import EVERYBODY, page_message
from bot.slack.supervisors.places import card_edit, in_card_thread, in_channel, new_card, page_slot
from bot.storage import Post
from bot.storage.records import PAGE, SCREEN
from flows.consult import Consult, Event, Step


def posts_for_supervisors(
    before: Consult | None, step: Step, *, channel: str | None, privacy: Privacy, record: Record, after: Record
) -> tuple[Post, ...]:
    """What the step sends. `channel`: None: there is no supervisors' channel. `record`, `after`: what the log says of the
    consult beside its state, before the step and after it."""
    told = () if channel is None else _in_the_channel(before, step, channel, privacy, record, after)
    return (*told, *_follow_up(step, privacy, after))


def _follow_up(step: Step, privacy: Privacy, record: Record) -> Iterator[Post]:
    for event in step.events:
        if event.kind == FOLLOW_UP_ASKED:
            yield in_thread(step.consult, asking_message(step.consult, privacy, len(record.asked)), SCREEN)
        elif event.kind == FOLLOW_UP_SAID:
            yield in_thread(step.consult, said_message(step.consult, event.data), SCREEN)
        elif event.kind == EXPIRY_REMINDED:
            yield in_thread(step.consult, reminder_message(step.consult, event.data["ends"], privacy), SCREEN)


def _in_the_channel(
    before: Consult | None, step: Step, channel: str, privacy: Privacy, record: Record, after: Record
) -> Iterator[Post]:
    consult = step.consult
    if not after.told:
        return
    try:
        yield from list(_card(before, consult, channel, privacy, record, after))
    except Exception as error:  # a card that can't be built keeps nobody from going on, or from being called
        log_line("card_not_built", level=logging.ERROR, consult=consult.reference, why=type(error).__name__)
    for event in step.events:
        if event.kind == PAGED:
            yield from _page(event, consult, after, channel)
        elif event.kind == EXPIRY_REMINDED:
            if event.data["ends"] is None:
                yield in_card_thread(channel, consult, after, lying_message(consult))
        else:
            yield from _reviewed(event, consult, after, channel, privacy)


def _card(
    before: Consult | None, consult: Consult, channel: str, privacy: Privacy, record: Record, after: Record
) -> Iterator[Post]:
    card = card_message(consult, after, privacy)
    if not record.told:
        yield new_card(channel, consult, after, card)
        yield in_thread(consult, with_supervisors(consult, privacy), SCREEN)
    elif before is None or card != card_message(before, record, privacy):
        yield card_edit(channel, consult, after, card)


def _page(event: Event, consult: Consult, record: Record, channel: str) -> Iterator[Post]:
    """In the card's thread; where there is no card yet after a while, in a direct message to each."""
    message = page_message(consult, record, event.data)
    if event.data.get("by") == DIRECTLY:
        for person in event.data["to"]:
            yield in_dm(person, message, PAGE)
        return
    slot = page_slot(consult.reference, record.alarm, event.data["round"])
    if EVERYBODY in event.data["to"]:  # Slack calls a whole channel only from outside a thread
        yield in_channel(channel, consult, record, message, PAGE, slot=slot)
        return
    everyone = bool(event.data.get("everyone"))
    yield in_card_thread(channel, consult, record, message, PAGE, slot=slot, broadcast=everyone)


def _reviewed(event: Event, consult: Consult, record: Record, channel: str, privacy: Privacy) -> Iterator[Post]:
    deed = _deed(event.kind)
    if deed is None:
        return
    text = event.data.get("text")
    to_them = to_clinician(consult, deed, event.actor, text, privacy)
    if deed == "call_me":
        yield in_dm(consult.clinician, to_them, PAGE)
    else:
        yield in_thread(consult, to_them, SCREEN)
    if deed in IN_THE_CHANNEL:
        has_it = (consult.review or {}).get("taken_by") or record.taken_by
        hears = (record.asked_by or has_it) if deed in BY_THE_CLINICIAN else ""
        line = in_the_channel(consult, deed, event.actor, text, privacy, to=hears)
        yield in_card_thread(channel, consult, record, line)


def _deed(kind: str) -> str | None:
    """The deed of a review, by the kind of its event; None where the event is another one."""
    if kind in (ALARM_ANSWERED, CALL_ASKED):
        return "acknowledge" if kind == ALARM_ANSWERED else "call_me"
    return kind.removeprefix(REVIEWED) if kind.startswith(REVIEWED) else None
