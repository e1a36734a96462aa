"""The follow-up: asked at its time, asked again, answered once, linked where there is something new; overdue for supervisors."""

from __future__ import annotations

from typing import Any

import pytest

from bot.beside import record_of
from bot.follow_ups import MOST_ASKED
from flows.consult import Consult

from .clinician_at_work import AtWork
from .harness import Program
from .supervisors_at_work import Practice, logged, practice

__all__ = ["practice"]
TOMORROW = "2026-11-26T09:00:00-07:00"


def decided(running: Program, practice: Practice, **more: Any) -> AtWork:
    work = logged(running, practice.robin, follow_up=TOMORROW, **more)
    running.quiet()
    return work


def asked(practice: Practice, work: AtWork) -> list[str]:
    """Every time that the clinician was asked."""
    return [one.words for one in practice.robin.thread(work.root) if "follow-up." in one.words]


def looked(running: Program) -> None:
    running.supervisors.timers.look()
    running.quiet()


def test_it_is_asked_at_its_time_and_again(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = decided(running, practice)
        practice.clock.ahead(hours=20)  # 8 o'clock the next day
        looked(running)
        assert asked(practice, work) == []
        practice.clock.ahead(hours=1)
        looked(running)
        assert len(asked(practice, work)) == 1 and "Care of the client afterwards" in asked(practice, work)[0]
        practice.clock.ahead(hours=3, minutes=59)
        looked(running)
        assert len(asked(practice, work)) == 1
    practice.clock.ahead(minutes=1)  # meanwhile the program was started again
    with practice.program(timers=False) as running:
        looked(running)
        assert len(asked(practice, work)) == 2 and "I ask again" in asked(practice, work)[1]
        assert "was asked 2 times, and has not answered yet" in practice.card(work.reference).words
        for _ in range(MOST_ASKED + 2):
            practice.clock.ahead(hours=5)
            looked(running)
        assert len(asked(practice, work)) == MOST_ASKED


@pytest.mark.parametrize(
    ("says", "stands"), [("Contact made", "contact was made"), ("Nobody in danger", "nobody was found")]
)
def test_what_is_said_stands_in_the_log_and_on_the_card(practice: Practice, says: str, stands: str) -> None:
    with practice.program(timers=False) as running:
        work = decided(running, practice)
        practice.clock.ahead(hours=22)
        looked(running)
        question = practice.robin.sees("follow-up.", work.root)
        assert practice.robin.taps(question, says).acknowledged
        running.quiet()
        practice.robin.sees("It is written down", work.root)
        assert stands in practice.card(work.reference).words
        practice.robin.taps(question, says)
        practice.robin.sees_ephemeral("written down already")
        kinds = [event.kind for event in running.log.events(work.reference)]
        assert kinds.count("follow_up_said") == 1
        practice.clock.ahead(days=3)
        looked(running)
        assert len(asked(practice, work)) == 1


@pytest.mark.parametrize("says", ["Assess again", "Something new"])
def test_something_new_begins_a_consult_that_is_linked(practice: Practice, says: str) -> None:
    with practice.program(timers=False) as running:
        work = decided(running, practice)
        practice.clock.ahead(hours=22)
        looked(running)
        practice.robin.taps(practice.robin.sees("follow-up.", work.root), says)
        running.quiet()
        [new] = [row for row in running.log.open_consults(practice.robin.id) if row.reference != work.reference]
        assert new.reference in practice.robin.sees("It is written down", work.root).words
        assert record_of(running.log.events(new.reference)).goes_on_from == work.reference
        assert record_of(running.log.events(work.reference)).said["consult"] == new.reference  # type: ignore[index]
        practice.robin.sees(f"Consult {new.reference}")


def test_somebody_else_can_not_answer_it(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = decided(running, practice)
        practice.clock.ahead(hours=22)
        looked(running)
        practice.nora.taps(practice.robin.sees("follow-up.", work.root), "Contact made")
        assert record_of(running.log.events(work.reference)).said is None
        told = practice.nora.sees_ephemeral("belongs to somebody else")
        assert told.channel == practice.nora.dm_channel.id, "in another's direct message she would not see it"


def test_a_closed_consult_is_not_asked_about(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = decided(running, practice, state="done")
        running.office.step(practice.robin.id, work.reference, lambda desk, kept: desk.take(kept, Consult.close))
        practice.clock.ahead(days=3)
        looked(running)
        assert asked(practice, work) == []


def test_it_is_asked_where_there_are_no_supervisors_too(practice: Practice) -> None:
    with practice.program(timers=False, channel=None, supervisors=None, compliance=None, on_call=None) as running:
        work = decided(running, practice)
        practice.clock.ahead(hours=22)
        looked(running)
        assert len(asked(practice, work)) == 1
        practice.robin.taps(practice.robin.sees("follow-up.", work.root), "Contact made")
        running.quiet()
        practice.robin.sees("It is written down", work.root)
        assert practice.sam.dm(practice.channel) == []


def test_minimal_questions_hold_no_clinical_fact(practice: Practice) -> None:
    with practice.program(timers=False, privacy="minimal") as running:
        work = decided(running, practice)
        practice.clock.ahead(hours=22)
        looked(running)
        assert "Care of the client" not in asked(practice, work)[0]
