"""A supervisor who looks at the channel, acknowledges each card, asks, waits for the answer, and signs."""

from __future__ import annotations

import threading
import time
from random import Random

from bot.slack.actions import ADVICE_VIEW, SIGN_VIEW

from ..slack.server import Channel, Message, Person
from .actor import Actor, Stuck, without_copies
from .clinician import REFERENCE
from .deeds import Deeds
from .weather import PAGE

TRIES_AGAIN_AFTER = 8.0


def _is_page(message: Message) -> bool:
    """Whether it calls them, in the channel itself: to everyone."""
    return PAGE in message.text


class Supervisor(Actor):
    """`consults`: how many will come to be signed. `asks`: whether each clinician is asked something first. `when_called`: they
    look at a card only once they are called to it."""

    def __init__(
        self,
        name: str,
        person: Person,
        deeds: Deeds,
        chance: Random,
        over: threading.Event,
        *,
        channel: Channel,
        consults: int,
        asks: bool,
        when_called: bool = False,
    ) -> None:
        super().__init__(name, person, deeds, chance, over)
        self.channel, self.consults, self.asks, self.when_called = channel, consults, asks, when_called
        self._tapped_at: dict[tuple[str, int, str], float] = {}
        self._asked: dict[str, str] = {}
        self._drafts: dict[str, str] = {}
        self._answered: set[str] = set()

    def play(self) -> None:
        since = time.monotonic()
        while sum(self._is_signed(card) for card in self._cards()) < self.consults:
            if any(self._next(card) for card in self._cards()):
                since = time.monotonic()
            self.pause()
            if (
                time.monotonic() - since > 10 * self.patience
            ):  # the clinicians take their time, and have their own patience
                raise Stuck(f"{self.name} waits in vain after {self.doing}: {[one.actions for one in self._cards()]}")

    def _cards(self) -> list[Message]:
        there = without_copies(self.person.dm(self.channel))
        return [one for one in there if one.thread_ts is None and "read:first" in one.actions and not _is_page(one)]

    def _is_signed(self, card: Message) -> bool:
        return "signed* by" in card.words

    def _next(self, card: Message) -> bool:
        found = REFERENCE.search(card.words)
        if found is None or self._is_signed(card):
            return False
        reference = found[0]
        if "review:acknowledge" in card.actions:
            return self._acknowledges(card, reference)
        if self.asks and reference not in self._asked and "review:advise" in card.actions:
            return self._asks(card, reference)
        if "review:sign" in card.actions and (not self.asks or reference in self._asked):
            return self._signs(card, reference)
        return False

    def _waits_after(self, done: tuple[str, int, str]) -> bool:
        """Whether that was acknowledged and may still show. Nothing came of it where Slack would not yet say who is a supervisor:
        then they were asked to try again."""
        return time.monotonic() - self._tapped_at.get(done, float("-inf")) < TRIES_AGAIN_AFTER

    def _acknowledges(self, card: Message, reference: str) -> bool:
        done = (card.ts, card.edits, "review:acknowledge")
        if self._waits_after(done):
            return False
        pages = [one for one in self.person.thread(card) if "review:acknowledge" in one.actions]
        if self.when_called and not pages:
            return False
        where = self.chance.choice([card, *pages])
        if self.does("step", "review:acknowledge", reference, lambda: self.person.taps(where, "review:acknowledge")):
            self._tapped_at[done] = time.monotonic()
        return True

    def _asks(self, card: Message, reference: str) -> bool:
        view = self.opened(card, "review:advise", reference, ADVICE_VIEW)
        if view is None:
            return True
        words = self._drafts.get(reference) or self.new_words("question")
        self._drafts[reference] = words  # after an error the same is sent again
        taken = self.does("words", words, reference, lambda: self.person.submits(view, {"said:words": words}))
        if taken or self.soon(lambda: any(words in one.words for one in self.person.thread(card)), 1.0):
            self._asked[reference] = words
        return True

    def _signs(self, card: Message, reference: str) -> bool:
        done = (card.ts, card.edits, "review:sign")
        if self._waits_after(done):
            return False
        view = self.opened(card, "review:sign", reference, SIGN_VIEW)
        if view is None:
            return True
        if self.does("step", "review:sign", reference, lambda: self.person.submits(view, {})):
            self._tapped_at[done] = time.monotonic()
        return True
