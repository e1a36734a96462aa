"""What people did in a run, how Slack answered them, and how to tell whether the log has it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal

from bot.slack import actions
from bot.slack.listeners.reading import read_command, read_submission, read_tap, read_typed
from bot.slack.messages import hints

from ..slack.server import Delivery

Kind = Literal["answer", "words", "step", "opens", "begins"]
"""`answer`: to a question. `words`: a text that nobody says twice. `step`: anything else that changes the consult. `opens`: a
modal, or a choice that counts later: nothing is kept of it. `begins`: a consult."""
OPENS = (
    actions.SAID,
    actions.EDIT,
    actions.DECIDE,
    actions.PAGE,
    actions.READ,
    actions.REPLY,
    actions.OPEN,
    actions.CLOSE,
)


@dataclass(frozen=True)
class Deed:
    """`what`: `threat=explicit`, `review:sign`, or the words. `reference`: of the consult, "" where there is none yet."""

    who: str
    kind: Kind
    what: str
    reference: str
    delivery: Delivery

    @property
    def acknowledged(self) -> bool:
        """Whether Slack was told, in time, that it was received."""
        return self.delivery.acknowledged

    @property
    def refused(self) -> bool:
        """Whether the acknowledgement itself said that nothing was done, and what to mend, or to try again."""
        answer = self.delivery.answer
        went_wrong = self.delivery.kind == "slash_commands" and answer.get("blocks") == list(hints.went_wrong().blocks)
        return went_wrong or answer.get("response_action") in ("errors", "update", "push")


@dataclass
class Deeds:
    """All that was done, by whomever; used by several threads."""

    all: list[Deed] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def add(self, deed: Deed) -> None:
        """It was done."""
        with self._guard:
            self.all.append(deed)

    def last(self, who: str) -> Deed:
        """What they did last."""
        with self._guard:
            return next(one for one in reversed(self.all) if one.who == who)

    def of(self, *kinds: Kind) -> list[Deed]:
        """Those of some kinds."""
        return [one for one in self.all if one.kind in kinds]


def trace_of(delivery: Delivery) -> str | None:
    """By which id the log knows that it was handled, as the program itself reads it; None when it keeps nothing of it."""
    payload = delivery.payload
    if delivery.kind == "slash_commands":
        return read_command(payload).delivery
    if delivery.kind == "events_api":
        typed = read_typed(payload)
        return typed.delivery if typed is not None else None
    if payload["type"] == "view_submission":
        return read_submission(payload).delivery
    tap = read_tap(payload)
    opens = tap.word in OPENS or (tap.word == actions.REVIEW and tap.about[0] in ("advise", "sign"))
    return None if opens else tap.delivery
