"""A person who goes on until their part is done, whatever happens: looks at Slack, does the next thing, does it again where Slack
showed an error, and never again what was acknowledged."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from random import Random

from ..slack.server import CannotBeDone, Delivery, Message, Person, View
from ..slack.server.errors import ApiError
from .deeds import Deed, Deeds, Kind

LOOK_EVERY = 0.03
PATIENCE = 60.0
"""Seconds after which somebody to whom nothing happens any more is stuck: what they did was lost, or what follows was."""
AGAIN_AFTER = 0.35
OPENS_WITHIN = 2.5
THINGS = (
    "plum", "pear", "fig", "quince", "lemon", "olive", "walnut", "almond", "melon", "radish",
    "carrot", "onion", "leek", "bean", "lentil", "spinach", "turnip", "barley", "millet", "rye",
)  # fmt: skip


class Stuck(AssertionError):
    """Somebody waits in vain; str() says who, and for what."""


class Over(Exception):
    """The run was ended by somebody else's failure."""


class Actor:
    """`name`: for what is said of them. `over`: set when the run ends."""

    def __init__(self, name: str, person: Person, deeds: Deeds, chance: Random, over: threading.Event) -> None:
        self.name, self.person, self.deeds, self.chance, self.over = name, person, deeds, chance, over
        self.failed: BaseException | None = None
        self.doing = "nothing yet"
        self.patience = PATIENCE
        self._said = 0

    def run(self) -> None:
        """Their part, from the beginning to the end; what failed is kept."""
        try:
            self.play()
        except Over:
            pass
        except BaseException as error:
            self.failed = error
            self.over.set()

    def play(self) -> None:
        """Their part."""
        raise NotImplementedError

    def pause(self, seconds: float = LOOK_EVERY) -> None:
        """Wait a moment."""
        if self.over.wait(seconds):
            raise Over

    def until(self, condition: Callable[[], object], what: str, seconds: float | None = None) -> None:
        """Wait for it. Stuck."""
        end = time.monotonic() + (seconds or self.patience)
        while not condition():
            if time.monotonic() > end:
                raise Stuck(f"{self.name} waits in vain for {what}")
            self.pause()

    def soon(self, condition: Callable[[], object], seconds: float) -> bool:
        """Whether it comes to be within that time."""
        try:
            self.until(condition, "", seconds)
        except Stuck:
            return False
        return True

    def does(self, kind: Kind, what: str, reference: str, deliver: Callable[[], Delivery | None]) -> bool:
        """Do it; whether it was acknowledged at once, and not refused with what to mend. False too when it could not be done on
        the screen as it is by now."""
        self.doing = what
        try:
            delivery = deliver()
        except (CannotBeDone, ApiError, StopIteration):
            self.pause()
            return False
        if delivery is None:
            return False
        deed = Deed(self.name, kind, what, reference, delivery)
        self.deeds.add(deed)
        taken = deed.acknowledged and not deed.refused
        if not taken:
            self.pause(AGAIN_AFTER)
        return taken

    def new_words(self, about: str) -> str:
        """Words that nobody has said yet in this run."""
        self._said += 1
        tens, ones = divmod(self._said, len(THINGS))
        return f"Invented {about} on the {THINGS[ones]} and the {THINGS[tens]}"

    def opened(
        self,
        shown: Message | View,
        action: str,
        reference: str,
        callback: str,
        unless: Callable[[], bool] = lambda: False,
    ) -> View | None:
        """The modal that a tap opens; None when it did not, or need not."""

        def is_open() -> View | None:
            view = self.person.modal()
            right = view is not None and view.callback_id == callback and reference in view.private_metadata
            return view if right else None

        if (there := is_open()) is not None:
            return there
        self.does("opens", action, reference, lambda: self.person.taps(shown, action))
        self.soon(lambda: is_open() or unless(), OPENS_WITHIN)
        return is_open()


def without_copies(messages: Sequence[Message]) -> list[Message]:
    """The messages, but those that the network has brought twice only once: the one that goes on to be edited, else the newer.
    Nothing comes of the other one that would not come of this one."""
    found: dict[str, Message] = {}
    for message in messages:
        which = json.dumps(message.metadata, sort_keys=True) if message.metadata else message.ts
        known = found.get(which)
        if known is None or message.edits >= known.edits:
            found[which] = message
    return sorted(found.values(), key=lambda one: float(one.ts))
