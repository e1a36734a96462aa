"""The witness: the heads of the log's two chains, posted in the supervisors' channel after each consult.

Whoever could rewrite the log's file can't rewrite what stands in the channel, so `curbside verify --slack` finds what was altered
up to the last head there. Each is a message of its own that is never edited, with nothing in it but numbers, hashes and codes.

One is on its way at a time. What is on its way stands in a slot before it is queued, and it is queued as a delivery of its own,
so that a program that ends in between neither posts a head twice nor forgets one. It is noted in the log once Slack has it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.beside import REVIEWED
from bot.counted import counted
from bot.records.recording import ADDENDUM
from bot.records.verifying import WITNESS, head_line
from bot.slack.blocks import escape
from bot.slack.journal import log_line
from bot.slack.shown import Message
from bot.slack.supervisors.places import place_of
from bot.storage import AlreadySeen, Head, Post, PostedHead
from bot.storage.records import COSMETIC, UNSENT

if TYPE_CHECKING:
    from bot.slack.office import Office

HEAD_EVENT = "curbside_head"
"""The type of event in the metadata of a message with heads."""
ENDS = ("decided", "closed", "cancelled", f"{REVIEWED}sign", ADDENDUM)
"""The kinds of events after which the heads are posted at once."""
OTHERWISE_AFTER = timedelta(hours=6)
"""Anything else that was added, such as what became of a step, or who read what, is witnessed by then."""
MOST_NAMED = 3
ON_ITS_WAY = "witness:on_its_way"
"""The slot of what was queued and is not noted yet; NOTHING when there is none."""
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Heads:
    """What a message says. `after`: the consults that caused it, at most MOST_NAMED and one more."""

    channel: str
    events: Head
    accesses: Head
    after: tuple[str, ...] = ()

    @property
    def slot(self) -> str:
        """The slot of the message's `ts`: known once Slack has it."""
        return f"witness:{self.events.number}:{self.events.hash[:16]}:{self.accesses.number}"

    @property
    def both(self) -> tuple[Head, ...]:
        """The heads of those chains that have an entry."""
        return tuple(one for one in (self.events, self.accesses) if one.number)

    def as_text(self) -> str:
        """For the slot."""
        chains = {one.chain: [one.number, one.hash] for one in (self.events, self.accesses)}
        return json.dumps({"channel": self.channel, "after": self.after, **chains})


def read_heads_on_their_way(text: str | None) -> Heads | None:
    """The inverse of `as_text`; None when there is none."""
    if text in (None, NOTHING):
        return None
    data = json.loads(str(text))
    events, accesses = (Head(number=data[one][0], hash=data[one][1], chain=one) for one in ("events", "accesses"))
    return Heads(data["channel"], events, accesses, tuple(data["after"]))


def witness_message(events: Head, accesses: Head, after: Sequence[str]) -> Message:
    """The heads, as `curbside verify --heads` reads them when the text is copied into a file. It has no blocks, so that nothing
    simpler can go in its place."""
    named = ", ".join(escape(one) for one in after[:MOST_NAMED])
    more = " and others" if len(after) > MOST_NAMED else ""
    why = f" after {named}{more}" if after else ""
    so_far = f"{counted(events.number, 'event')} and {counted(accesses.number, 'reading')}"
    lines = "\n".join(head_line(one) for one in (events, accesses) if one.number)
    text = (
        f"{WITNESS}{why}: the log has {so_far}. Nothing needs to be done. What stands below shows later whether any of them was"
        f" altered, as long as nobody deletes this message.\n```\n{lines}\n```"
    )
    return Message(text, ())


class Witness:
    """Posts the heads of the office's log. Only one thread uses it."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._on_its_way: Heads | None = None
        self._begun = False
        self._witnessed = self._looked = (
            0  # the event up to which the channel witnesses; up to which nothing else ended
        )
        self._readings = 0
        self._last: datetime | None = None
        self._refused = ""

    def look(self, now: datetime) -> None:
        """Note what has arrived, and queue what is due. LogError."""
        channel = self._office.supervision.channel if self._office.supervision else None
        if channel is None:
            return
        if not self._begun:
            self._begin(channel, now)
        if self._on_its_way is not None and not self._is_settled(self._on_its_way, now):
            return
        heads = self._due(channel, now)
        if heads is not None:
            self._send(heads)

    def _begin(self, channel: str, now: datetime) -> None:
        """Where the last program ended. A head in another channel witnesses nothing in this one."""
        log = self._office.log
        here = [one for one in log.posted_heads() if one.where.startswith(f"{channel}/")]
        self._witnessed = self._looked = max((one.head.number for one in here if one.head.chain == "events"), default=0)
        self._readings = max((one.head.number for one in here if one.head.chain == "accesses"), default=0)
        self._last = max((datetime.fromisoformat(one.at) for one in here), default=now)
        self._on_its_way = read_heads_on_their_way(log.slot(ON_ITS_WAY))
        if self._on_its_way is not None:
            self._looked = max(self._looked, self._on_its_way.events.number)
            self._queue(self._on_its_way)  # it may have ended just before that
        self._begun = True

    def _is_settled(self, heads: Heads, now: datetime) -> bool:
        """Whether nothing is on its way any more: Slack has it, and it is noted; or it will never be sent."""
        log = self._office.log
        unsent = bool(set(log.outbox_counts()) & set(UNSENT))
        ts = log.slot(heads.slot)
        if ts is None and unsent:
            return False
        if ts is not None:
            for head in heads.both:
                place = f"{heads.channel}/{ts}"
                log.note_posted_head(PostedHead(head=head, at=now.isoformat(timespec="seconds"), where=place))
            self._witnessed, self._readings, self._last = heads.events.number, heads.accesses.number, now
        else:  # Slack has refused it, or it was purged from the outbox; the next one says more
            log_line("head_not_posted", level=logging.WARNING, events=heads.events.number)
            self._looked, self._refused = self._witnessed, heads.slot
        log.set_slot(ON_ITS_WAY, NOTHING)
        self._on_its_way = None
        return True

    def _due(self, channel: str, now: datetime) -> Heads | None:
        log = self._office.log
        newest = log.head()
        ended: list[str] = []
        if newest.number > self._looked:
            ended = log.consults_with(ENDS, after=self._looked, limit=MOST_NAMED + 1)
        if not ended:
            self._looked = max(self._looked, newest.number)
            if self._last is None or now - self._last < OTHERWISE_AFTER:
                return None
            if newest.number <= self._witnessed and log.access_head().number <= self._readings:
                return None
        # Read after what ended, so that it holds all of that.
        return Heads(channel, log.head(), log.access_head(), tuple(ended))

    def _send(self, heads: Heads) -> None:
        if heads.slot != self._refused:
            self._office.log.set_slot(ON_ITS_WAY, heads.as_text())
            self._queue(heads)
            self._on_its_way = heads
        self._looked = heads.events.number

    def _queue(self, heads: Heads) -> None:
        """However often it is asked, it is queued once."""
        with suppress(AlreadySeen):
            self._office.send([_post(heads)], delivery=f"{heads.slot}:{heads.channel}")


def _post(heads: Heads) -> Post:
    """In a lane of its own and after everything else: it holds nobody up, and nothing is replaced by a newer one."""
    message = witness_message(heads.events, heads.accesses, heads.after)
    metadata: Mapping[str, Any] = {"event_type": HEAD_EVENT, "event_payload": {}}
    return Post(
        lane=f"{heads.channel}:witness",
        method="chat.postMessage",
        body={"channel": place_of(heads.channel), **message.as_body(), "metadata": metadata},
        priority=COSMETIC,
        slot=heads.slot,
    )
