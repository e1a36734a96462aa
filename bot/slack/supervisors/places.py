"""Where what supervisors see is posted: the card, its thread, the clinician's thread; and by which names it is found again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.beside import Record
from bot.slack.messages.parts import SERIOUS
from bot.slack.shown import Message
from bot.slack.supervisors.cards import urgency
from bot.storage import Post
from bot.storage.records import CARD
from flows.consult import Consult


def channel_slot(channel: str) -> str:
    """The slot in which the channel's own id stands, as long as it may be posted there (channel_watch.py)."""
    return f"channel:{channel}"


def place_of(channel: str) -> Mapping[str, str]:
    """The channel in a post's body."""
    return {"slot": channel_slot(channel)}


def card_slot(reference: str) -> str:
    """The slot of a consult's card."""
    return f"card:{reference}"


def page_slot(reference: str, alarm: str | None, number: int) -> str:
    """The slot of a page, known once it has arrived. `alarm`: since when somebody is called; `number`: the how-manieth call."""
    return f"page:{reference}:{alarm}:{number}"


def lane_of(channel: str, consult: Consult, record: Record) -> str:
    """The supervisors' channel; what is serious has a lane of its own, so that it waits behind no other card."""
    return f"{channel}:{consult.reference}" if urgency(consult, record) in SERIOUS else channel


def new_card(channel: str, consult: Consult, record: Record, message: Message) -> Post:
    """The one card of a consult."""
    return Post(
        lane=lane_of(channel, consult, record),
        method="chat.postMessage",
        body={"channel": place_of(channel), **message.as_body()},
        priority=CARD,
        slot=card_slot(consult.reference),
    )


def card_edit(channel: str, consult: Consult, record: Record, message: Message) -> Post:
    """The card as it reads now; of several edits that wait only the newest is sent."""
    slot = card_slot(consult.reference)
    return Post(
        lane=lane_of(channel, consult, record),
        method="chat.update",
        body={"channel": place_of(channel), "ts": {"slot": slot}, **message.as_body()},
        priority=CARD,
        coalesce=slot,
    )


def in_card_thread(
    channel: str,
    consult: Consult,
    record: Record,
    message: Message,
    priority: int = CARD,
    *,
    slot: str | None = None,
    broadcast: bool = False,
) -> Post:
    """A message in the card's thread. `broadcast`: it is shown in the channel too."""
    place: dict[str, Any] = {"channel": place_of(channel), "thread_ts": {"slot": card_slot(consult.reference)}}
    if broadcast:
        place["reply_broadcast"] = True
    return Post(
        lane=lane_of(channel, consult, record),
        method="chat.postMessage",
        body={**place, **message.as_body()},
        priority=priority,
        slot=slot,
    )


def in_channel(channel: str, consult: Consult, record: Record, message: Message, priority: int, *, slot: str) -> Post:
    """A message in the channel itself."""
    return Post(
        lane=lane_of(channel, consult, record),
        method="chat.postMessage",
        body={"channel": place_of(channel), **message.as_body()},
        priority=priority,
        slot=slot,
    )
