"""A clinician who runs a consult from its beginning to its end, in Slack alone: whatever they know stands on their screen."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from random import Random
from typing import Any

from bot.slack.actions import CLOSE_VIEW, DECISION_VIEW, REPLY_VIEW
from flows.questions import UNKNOWN

from ..slack.server import Message, Person
from ..slack.server.block_kit.composition import options_of
from .actor import Actor, Stuck, without_copies
from .deeds import Deeds

REFERENCE = re.compile(r"\bC-[A-Z0-9]{5}\b")
FLOW = ("answer", "continue", "confirm", "decide", "step", "close")
REPORTED = ("emergency_evaluation", "warn_victim", "notify_law_enforcement")
TYPED_IS_TAKEN = 8.0
"""Seconds within which something follows what was typed."""
SIGNED = "has reviewed and signed"


class Clinician(Actor):
    """`answers`: what they say; anything else is not known. `typed`: they begin by typing, and type some answers.

    `danger_at`: the question at which they say that there is danger now. `waits_for_signature`: before they close the consult.
    """

    def __init__(
        self,
        name: str,
        person: Person,
        deeds: Deeds,
        chance: Random,
        over: threading.Event,
        *,
        answers: Mapping[str, Any],
        typed: bool = False,
        danger_at: str | None = None,
        waits_for_signature: bool = False,
    ) -> None:
        super().__init__(name, person, deeds, chance, over)
        self.answers, self.typed, self.danger_at = answers, typed, danger_at
        self.waits_for_signature = waits_for_signature
        self.reference = ""
        self._root = ""
        self._acknowledged: set[tuple[str, int, str]] = set()
        self._replied: set[str] = set()
        self._drafts: dict[str, str] = {}
        self._typed_at: dict[tuple[str, str], float] = {}
        self._in_danger = self._closing = self.done = False

    def play(self) -> None:
        self._begins()
        since = time.monotonic()
        while not self.done:
            if self._next():
                since = time.monotonic()
            self.pause()
            if time.monotonic() - since > self.patience:
                now = self._now()
                raise Stuck(f"{self.name} waits in vain after {self.doing}; on the screen: {now and now.actions[:6]}")

    # The beginning

    def _begins(self) -> None:
        while not self._has_begun():
            if self.typed:  # Slack brings it again for a while; what nobody has heard by then, a person types again
                self.does("begins", "consult", "", lambda: self.person.types_dm("start a consult in Colorado"))
                self.soon(self._has_begun, 4.0)
            elif self.does("begins", "/consult CO", "", lambda: self.person.command("/consult", "CO")):
                self.until(self._has_begun, "a consult to begin after a command")
            else:  # not acknowledged; or told to try again, as on a full disk
                self.soon(self._has_begun, 1.0)

    def _has_begun(self) -> bool:
        for root in reversed(self.person.dm()):
            found = REFERENCE.search(root.words)
            if root.user != self.person.id and found and self.person.thread(root):
                self.reference, self._root = found[0], root.ts
                return True
        return False

    # The next thing

    def _now(self) -> Message | None:
        """The newest message with which the consult goes on."""
        for one in reversed(without_copies(self.person.thread(self._root))):
            if any(action.partition(":")[0] in FLOW for action in one.actions):
                return one
        return None

    def _next(self) -> bool:
        """Do what is to be done next; False when there is nothing to do but to wait."""
        if self._replies():
            return True
        now = self._now()
        if now is None:
            self.done = self._closing  # nothing can be done any more
            return self.done
        offered = {one.partition(":")[0] for one in now.actions}
        if "answer" in offered or "continue" in offered:
            return self._answers(now)
        if "confirm" in offered:
            return self._taps_once(now, "confirm")
        if "decide" in offered:
            return self._decides(now)
        return self._follows_through(now)

    def _answers(self, now: Message) -> bool:
        if "continue" in now.actions:
            return self._ticks(now)
        keys = list(dict.fromkeys(one.split(":")[1] for one in now.actions if one.startswith("answer:")))
        if self.danger_at in keys and not self._in_danger:
            self._in_danger = self.does(
                "step", "danger:yes", self.reference, lambda: self.person.taps(now, "danger:yes")
            )
            return True
        key = next((one for one in keys if not self._is_answered(now, one)), None)
        if key is None:
            return False
        value = str(self.answers.get(key, UNKNOWN))
        if self.typed and (now.ts, key) not in self._typed_at and self.chance.random() < 0.4:
            self._types(now, key, value)
        elif self.does("answer", f"{key}={value}", self.reference, lambda: self._answered(now, key, value)):
            self._acknowledged.add((now.ts, 0, key))
        return True

    def _answered(self, now: Message, key: str, value: str) -> Any:
        button = f"answer:{key}:{value}"
        if button in now.actions:
            return self.person.taps(now, button)
        return self.person.selects(now, f"answer:{key}", value)

    def _types(self, now: Message, key: str, value: str) -> None:
        """The button's label in the thread. Where nothing follows, as after a hint that the question was not there yet, the
        button is tapped after a while."""
        label = next((e["text"]["text"] for _, e in now.elements() if e["action_id"] == f"answer:{key}:{value}"), None)
        if label is None:
            return
        self.does("step", f"types {key}={value}", self.reference, lambda: self.person.types_dm(label, self._root))
        self._typed_at[now.ts, key] = time.monotonic()

    def _is_answered(self, now: Message, key: str) -> bool:
        """Whether they have done what they can, and wait for what follows."""
        typed_at = self._typed_at.get((now.ts, key))
        return (now.ts, 0, key) in self._acknowledged or (
            typed_at is not None and time.monotonic() - typed_at < TYPED_IS_TAKEN
        )

    def _ticks(self, now: Message) -> bool:
        if (now.ts, 0, "continue") in self._acknowledged:
            return False
        for _, element in now.elements():
            word, _, key = element["action_id"].partition(":")
            wanted = self.answers.get(key, []) if word == "said" else []
            there = [one["value"] for one in options_of(element)] if wanted else []
            chosen = [one for one in wanted if one in there]
            if chosen:
                what = element["action_id"]
                self.does("opens", what, self.reference, lambda w=what, c=chosen: self.person.ticks(now, w, c))  # type: ignore[misc]
        if self.does("step", f"continue {now.ts}", self.reference, lambda: self.person.taps(now, "continue")):
            self._acknowledged.add((now.ts, 0, "continue"))
        return True

    def _taps_once(self, now: Message, action: str, what: str | None = None) -> bool:
        """Tap it, unless that was acknowledged and the message is still as it was."""
        done = (now.ts, now.edits, action)
        if done in self._acknowledged:
            return False
        if self.does("step", what or action, self.reference, lambda: self.person.taps(now, action)):
            self._acknowledged.add(done)
        return True

    def _decides(self, now: Message) -> bool:
        done = (now.ts, 0, "decide")
        if done in self._acknowledged:
            return False
        view = self.opened(now, "decide", self.reference, DECISION_VIEW)
        if view is not None and self.does("step", "decides", self.reference, lambda: self.person.submits(view, {})):
            self._acknowledged.add(done)
        return True

    def _follows_through(self, now: Message) -> bool:
        reports = [one for one in (f"step:{option}:done" for option in REPORTED) if one in now.actions]
        for one in reports:  # one right after the other, whatever the screen shows of the first
            if (now.ts, now.edits, one) not in self._acknowledged:
                return self._taps_once(now, one)
        if reports:
            return False
        if self.waits_for_signature and not any(SIGNED in one.words for one in self.person.thread(self._root)):
            return False
        return self._closes(now) if "close" in now.actions else False

    def _closes(self, now: Message) -> bool:
        """At once; or with a reason, where the law still requires something."""
        self._closing = True
        done = (now.ts, now.edits, "close")
        if done in self._acknowledged:
            return False
        view = self.opened(now, "close", self.reference, CLOSE_VIEW, unless=self._closed)
        if view is not None:
            reason = {"said:reason": "An invented reason"}
            if self.does("step", "close", self.reference, lambda: self.person.submits(view, reason)):
                self._acknowledged.add(done)
        return True

    def _closed(self) -> bool:
        now = self._now()
        return now is None or "close" not in now.actions

    # Supervisors' questions

    def _replies(self) -> bool:
        """Answer the newest question that is not answered yet."""
        asked = [one for one in self.person.thread(self._root) if "reply" in one.actions and " asks:" in one.words]
        if not asked or asked[-1].ts in self._replied:
            return False
        question = asked[-1]
        view = self.opened(question, "reply", self.reference, REPLY_VIEW)
        if view is None:
            return True
        words = self._drafts.get(question.ts) or self.new_words("answer")
        self._drafts[question.ts] = words  # after an error the same is sent again
        taken = self.does("words", words, self.reference, lambda: self.person.submits(view, {"said:words": words}))
        if taken or self.soon(lambda: any(words in one.words for one in self.person.thread(self._root)), 1.0):
            self._replied.add(question.ts)
        return True
