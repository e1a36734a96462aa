"""A clinician who runs a consult in Slack, tap by tap, as a test tells it; it counts what they have to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.desk import Kept
from bot.storage import Log, Profile
from flows.consult import Consult
from flows.machine import REVIEW
from flows.questions import UNKNOWN, question

from .harness import Program
from .server import Message, Person, View


@dataclass
class AtWork:
    """One person with one program. `taps`: all they tapped, chose, ticked and submitted; `answers`: answers given."""

    program: Program
    person: Person
    reference: str = ""
    taps: int = 0
    answers: int = 0
    screens: list[str] = field(default_factory=list)

    # What they see

    @property
    def kept(self) -> Kept:
        """The consult as the log has it."""
        return self.program.office.open(self.person.id, self.reference)

    @property
    def consult(self) -> Consult:
        """The consult as the log has it."""
        return self.kept.consult

    @property
    def root(self) -> Message:
        """The head of the consult's thread."""
        return self.person.sees(f"Consult {self.reference}")

    def thread(self) -> list[Message]:
        """What stands in the thread, once everything was sent."""
        self.program.quiet()
        return self.person.thread(self.root)

    def now(self) -> Message:
        """The message that counts now: that of the consult's turn."""
        self.program.quiet()
        slot = f"screen:{self.reference}:{self.consult.turn}"
        ts = self.program.log.slot(slot)
        [found] = [one for one in self.person.thread(self.root) if one.ts == ts]
        return found

    # What they do

    def begins(self, text: str = "") -> AtWork:
        """Give the command and go where the consult is."""
        self.taps += 1
        assert self.person.command("/consult", text).acknowledged
        self.program.quiet()
        return self.finds()

    def finds(self) -> AtWork:
        """Look for the consult that has begun last."""
        row = self.program.log.open_consults(self.person.id)[0]
        self.reference = row.reference
        return self

    def tap(self, what: str, shown: Message | View | None = None) -> None:
        """Tap a button of the message that counts, or of another one; what it brings is there afterwards."""
        self.taps += 1
        assert self.person.taps(shown or self.now(), what).acknowledged
        self.program.quiet()

    def chooses(self, what: str, value: str, shown: Message | View | None = None) -> None:
        """Choose in a select."""
        self.taps += 1
        assert self.person.selects(shown or self.now(), what, value).acknowledged
        self.program.quiet()

    def submits(self, view: View, values: Mapping[str, Any] | None = None) -> None:
        """Submit a modal."""
        self.taps += 1
        assert self.person.submits(view, values).acknowledged
        self.program.quiet()

    def modal(self, words: str = "") -> View:
        """The modal that opens."""
        return self.person.sees_modal(words)

    def answers_one(self, said: Mapping[str, Any]) -> None:
        """Answer what is asked first, by its button; lists all at once."""
        consult = self.consult
        if consult.state not in self.screens:
            self.screens.append(consult.state)
        key = consult.asks[0].question
        self.answers += 1
        if question(key).kind == "list":
            self._ticks(consult, said)
            self.tap("continue")
        elif question(key).kind == "place":
            self.chooses(f"answer:{key}", said[key])
        else:
            self.tap(f"answer:{key}:{said.get(key, UNKNOWN)}")

    def _ticks(self, consult: Consult, said: Mapping[str, Any]) -> None:
        now = self.now()
        for ask in consult.asks:
            wanted = [one for one in said.get(ask.question, []) if one in ask.options]
            if wanted:
                self.taps += 1 + len(wanted)
                assert self.person.ticks(now, f"said:{ask.question}", wanted).acknowledged

    def walks(self, said: Mapping[str, Any], until: str = REVIEW) -> AtWork:
        """Answer up to a screen, or the review."""
        while self.consult.state != until and self.consult.screen is not None:
            self.answers_one(said)
        assert self.consult.state == until, f"{until} is not on the path"
        return self

    def waits_for(self, words: str) -> Message:
        """A message in the thread that says this."""
        return self.person.sees(words, self.root)

    def hint(self, words: str) -> Message:
        """What is said to them alone."""
        return self.person.sees_ephemeral(words)


def remember(log: Log, person: Person, place: str) -> None:
    """The program has met the clinician before, and knows where and as what they work."""
    log.remember_profile(person.id, Profile(jurisdiction=place, profession="psychologist"))


def decides(work: AtWork) -> None:
    """Record the decision as it was suggested."""
    work.tap("decide")
    work.submits(work.modal("decision"), {})


def once(messages: list[Message]) -> None:
    """No two messages are the same."""
    said = [message.words for message in messages]
    assert len(said) == len(set(said)), [words for words in said if said.count(words) > 1]
