"""A whole consult in one modal, through the running program: where messages hold no clinical fact, everything is done there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.desk import Kept
from flows.machine import CLOSED, DECIDED, PAUSED, RESULT, REVIEW
from flows.questions import UNKNOWN, question

from ..flows.making import THREAT
from .harness import Program, program
from .server import Person, SlackServer, View


@pytest.fixture
def running(slack_server: SlackServer, tmp_path: Path, robin: Person) -> Iterator[Program]:
    with program(slack_server, tmp_path, privacy="minimal") as one:
        yield one


class InOneModal:
    """A clinician who opens the consult from its thread, and stays in the modal."""

    def __init__(self, running: Program, person: Person) -> None:
        self.running, self.person = running, person
        assert person.command("/consult", "CO").acknowledged
        self.person.taps(self.waits("the questions are ready"), "open")

    @property
    def kept(self) -> Kept:
        """The consult as the log has it."""
        return self.running.only_consult(self.person.id)

    @property
    def modal(self) -> View:
        """What is open."""
        self.running.quiet()
        return self.person.sees_modal()

    def waits(self, words: str) -> Any:
        """A message in the consult's thread."""
        root = self.person.sees(f"Consult {self.kept.reference}")
        return self.person.sees(words, root)

    def taps(self, what: str, then: str) -> None:
        """Tap in the modal, which then says this."""
        assert self.person.taps(self.modal, what).acknowledged
        self.person.sees_modal(then)

    def fills_in(self, said: dict[str, Any]) -> None:
        """Fill in the screen that is shown, and submit it; what is not there is not known."""
        consult, view = self.kept.consult, self.modal
        for ask in consult.asks:
            is_list = question(ask.question).kind == "list"
            value = said.get(ask.question, [] if is_list else UNKNOWN)
            if is_list:
                value = [item for item in value if item in ask.options]
            self.person.fills(view, f"answer.{ask.question}", value)
        assert self.person.submits(view).acknowledged

    def walks(self, said: dict[str, Any], until: str = REVIEW) -> None:
        """Up to a screen, or the review."""
        while self.kept.consult.state != until:
            self.fills_in(said)


SAID = {**THREAT, "jurisdiction": "CO", "profession": "psychologist"}


def test_from_the_first_question_to_the_closed_consult(
    running: Program, robin: Person, slack_server: SlackServer
) -> None:
    consult = InOneModal(running, robin)
    consult.walks(SAID)
    assert "Is this right?" in consult.modal.words
    assert robin.submits(consult.modal).acknowledged
    assert consult.kept.consult.state == RESULT and "Next steps" in consult.modal.words

    consult.taps("page:why", "Findings")
    consult.taps("page:result", "Next steps")
    consult.taps("decide", "What is told to the police")
    robin.submits(consult.modal, {"step.warn_victim": "declined", "step.notify_law_enforcement": "declined"})
    assert consult.kept.consult.state == RESULT, "reasons are asked for first"
    reasons = {name: "Invented reason" for name in consult.modal.actions if name.startswith("said:reason:")}
    assert set(reasons) == {"said:reason:law", "said:reason:notify_law_enforcement", "said:reason:warn_victim"}
    robin.submits(consult.modal, reasons)
    decided = consult.kept.consult
    assert decided.state == DECIDED and decided.decision is not None
    assert decided.decision["reasons"]["law"] == "Invented reason"

    consult.taps("step:safety_plan:done", "✓ done")
    consult.taps("step:means_safety:more", "How did it go?")
    robin.submits(consult.modal, {"state": "attempted", "result": "Invented outcome"})
    assert "Invented outcome" in consult.modal.words
    consult.taps("close", "Why do you close it?")
    robin.submits(consult.modal, {"reason": "Invented reason"})
    assert consult.kept.consult.state == CLOSED and "is closed" in consult.modal.words
    said = " ".join(message.words for message in robin.dm())
    assert "firearm" not in said and "Colorado" not in said and "Invented" not in said


def test_back_pause_and_an_edit_within_it(running: Program, robin: Person) -> None:
    consult = InOneModal(running, robin)
    consult.walks(SAID, "who")
    consult.taps("back", "Is there a target?")
    assert consult.kept.consult.state == "target"
    consult.walks(SAID)
    consult.taps("edit:intent", "Does the client intend it?")
    robin.submits(consult.modal, {"answer.intent": "denied"})
    assert consult.kept.consult.given["intent"] == "denied" and "Denies it" in consult.modal.words
    consult.taps("pause", "is paused")
    assert consult.kept.consult.state == PAUSED
    consult.taps("resume", "Is this right?")
    assert consult.kept.consult.state == REVIEW


def test_danger_now_shows_what_to_do_first_and_leads_back(running: Program, robin: Person) -> None:
    consult = InOneModal(running, robin)
    consult.walks(SAID, "intent")
    consult.taps("danger:yes", "call 911 first")
    assert consult.kept.consult.danger_now and consult.waits("call 911 first")
    consult.taps("open", "Does the client intend it?")
    assert "Danger now: call 911" in consult.modal.words


def test_a_note_that_may_identify_somebody_is_kept_only_when_the_person_says_so(
    running: Program, robin: Person
) -> None:
    consult = InOneModal(running, robin)
    consult.walks(SAID)
    consult.taps("edit:narrative", "Anything in your own words?")
    robin.submits(consult.modal, {"answer.narrative": "Dr. Jane Doe called on 2026-01-02"})
    assert "Nothing is kept yet." in consult.modal.words
    assert "narrative" not in consult.kept.consult.given
    robin.fills(consult.modal, "nobody.edit", ["nobody"])
    robin.submits(consult.modal)
    assert consult.kept.consult.given["narrative"] == "Dr. Jane Doe called on 2026-01-02", "as it was typed"


def test_a_follow_up_in_the_past_is_said_beside_the_input(running: Program, robin: Person) -> None:
    consult = InOneModal(running, robin)
    consult.walks(SAID)
    robin.submits(consult.modal)
    consult.taps("decide", "When will you follow up?")
    robin.submits(consult.modal, {"follow_up": 1_600_000_000})
    assert consult.modal.errors["follow_up"].startswith("The follow-up time has passed.")
    assert consult.kept.consult.state == RESULT
