"""Unfinished consults: the clinician is reminded once, and later they end by themselves; what must not be forgotten stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.records.retention import read_span
from bot.slack.shown import Privacy
from flows.consult import Consult
from flows.machine import CANCELLED, RESULT, REVIEW

from ..commands.conftest import Practice as Commands
from ..flows.making import ANGER, THREAT
from .clinician_at_work import AtWork
from .harness import Program
from .supervisors_at_work import NOON, Practice, logged, practice

__all__ = ["practice"]
ALONE: dict[str, Any] = {"channel": None, "supervisors": None, "compliance": None, "on_call": None}
"""Without a supervisors' channel."""


def looked(running: Program) -> None:
    running.supervisors.timers.look()
    running.quiet()


def begun(running: Program, practice: Practice, until: str = REVIEW) -> AtWork:
    work = logged(running, practice.robin, ANGER, until)
    running.quiet()
    return work


def reminders(practice: Practice, work: AtWork) -> list[str]:
    return [one.words for one in practice.robin.thread(work.root) if "is not finished yet" in one.words]


@pytest.mark.parametrize("alone", [False, True])
def test_it_is_reminded_a_day_before_and_ended_at_its_time_across_restarts(practice: Practice, alone: bool) -> None:
    more: dict[str, Any] = {"timers": False, "expire_after": "14 days", **(ALONE if alone else {})}
    with practice.program(**more) as running:
        work = begun(running, practice)
        practice.clock.ahead(days=12, hours=23)
        looked(running)
        assert reminders(practice, work) == []
        practice.clock.ahead(hours=1)
        looked(running)
        [said] = reminders(practice, work)
        ends = int((NOON + timedelta(days=14)).timestamp())
        assert f"it ends by itself (<!date^{ends}^" in said
    with practice.program(**more) as running:
        looked(running)
        practice.clock.ahead(hours=23)
        looked(running)
        assert len(reminders(practice, work)) == 1 and running.log.consult(work.reference).status == REVIEW
    practice.clock.ahead(hours=1)
    with practice.program(**more) as running:
        looked(running)
        looked(running)
        consult = running.office.open(practice.robin.id, work.reference).consult
        assert (consult.state, consult.ended_because) == (CANCELLED, "Expired: nothing was done for 14 days.")
        last = practice.robin.thread(work.root)[-1]
        assert f"{work.reference} has ended by itself" in last.words and "stays in the log" in last.words
        practice.robin.taps(last, "Start a new consult")
        running.quiet()
        assert len(running.log.open_consults(practice.robin.id)) == 1
        kinds = [event.kind for event in running.log.events(work.reference)]
        assert kinds[-2:] == ["expiry_reminded", "cancelled"]
        assert running.log.check_chain() == []


def test_going_on_begins_the_time_anew(practice: Practice) -> None:
    with practice.program(timers=False, expire_after="14 days") as running:
        work = begun(running, practice)
        practice.clock.ahead(days=13)
        looked(running)
        running.office.step(practice.robin.id, work.reference, lambda desk, kept: desk.take(kept, Consult.pause))
        practice.clock.ahead(days=12)
        looked(running)
        assert len(reminders(practice, work)) == 1
        practice.clock.ahead(days=1)
        looked(running)
        assert len(reminders(practice, work)) == 2
        message = practice.robin.thread(work.root)[-1]
        assert practice.robin.taps(message, "Go on").acknowledged
        running.quiet()
        practice.clock.ahead(days=1)
        looked(running)
        assert running.log.consult(work.reference).status == REVIEW, "somebody went on with it"


def test_after_an_outage_the_reminder_comes_first_and_the_end_a_day_later(practice: Practice) -> None:
    with practice.program(timers=False, expire_after="14 days") as running:
        work = begun(running, practice)
    practice.clock.ahead(days=60)
    with practice.program(timers=False, expire_after="14 days") as running:
        looked(running)
        practice.clock.ahead(hours=23)
        looked(running)
        assert len(reminders(practice, work)) == 1 and running.log.consult(work.reference).status == REVIEW
        practice.clock.ahead(hours=1)
        looked(running)
        assert running.log.consult(work.reference).status == CANCELLED


def test_where_the_time_is_short_the_reminder_comes_at_half_of_it(practice: Practice) -> None:
    with practice.program(timers=False, expire_after="1 day") as running:
        work = begun(running, practice)
        for hours, expected in ((11, 0), (1, 1), (11, 1)):
            practice.clock.ahead(hours=hours)
            looked(running)
            assert len(reminders(practice, work)) == expected
        practice.clock.ahead(hours=1)
        looked(running)
        assert running.log.consult(work.reference).status == CANCELLED


def test_what_must_not_be_forgotten_stays_and_whoever_sees_it_is_told(practice: Practice) -> None:
    with practice.program(timers=False, expire_after="14 days") as running:
        serious = logged(running, practice.robin, THREAT, RESULT)
        running.quiet()
        for _ in range(3):
            practice.clock.ahead(days=13)
            looked(running)
        assert running.log.consult(serious.reference).status == RESULT
        [said] = reminders(practice, serious)
        assert "It does not end by itself" in said
        assert "paged" in [event.kind for event in running.log.events(serious.reference)], "which is nobody's going on"
        told = [one.words for one in practice.card_thread(serious.reference) if "Nothing was done in" in one.words]
        assert len(told) == 1 and "have somebody look at it" in told[0]


def test_a_hold_keeps_it(practice: Practice, commands: Commands) -> None:
    with practice.program(timers=False, expire_after="14 days") as running:
        work = begun(running, practice)
        assert commands.run("hold", work.reference, "--reason", "Records request").status == 0
        for _ in range(3):
            practice.clock.ahead(days=13)
            looked(running)
        [said] = reminders(practice, work)
        assert "It does not end by itself" in said and running.log.consult(work.reference).status == REVIEW


def test_without_a_setting_and_once_decided_nothing_happens(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = begun(running, practice)
        practice.clock.ahead(days=500)
        looked(running)
        assert reminders(practice, work) == []
    practice.clock.at = NOON
    with practice.program(timers=False, expire_after="1 day") as running:
        other = logged(running, practice.nora, ANGER)
        practice.clock.ahead(days=500)
        looked(running)
        assert running.log.consult(other.reference).status == "decided"


@pytest.mark.parametrize("privacy", ["usual", "minimal"])
def test_somebody_who_goes_on_at_that_moment_is_not_cut_off(practice: Practice, privacy: Privacy) -> None:
    """The step is made on the consult as it is then."""
    with practice.program(timers=False, expire_after="14 days", privacy=privacy) as running:
        work = begun(running, practice)
        practice.clock.ahead(days=13)
        looked(running)
        practice.clock.ahead(days=1)
        opened = running.office.open_any

        def overtaken(reference: str) -> Any:
            found = opened(reference)
            running.office.open_any = opened  # type: ignore[method-assign]
            running.office.step(practice.robin.id, reference, lambda desk, kept: desk.take(kept, Consult.pause))
            return found

        running.office.open_any = overtaken  # type: ignore[method-assign]
        looked(running)
        assert running.log.consult(work.reference).status == "paused"


# The command


@pytest.fixture
def commands(practice: Practice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    monkeypatch.setenv("CURBSIDE_DATABASE", str(practice.folder / "consults.db"))
    monkeypatch.setenv("CURBSIDE_EXPIRE_AFTER", "14 days")
    monkeypatch.chdir(practice.folder)
    return Commands(practice.folder / "consults.db", capsys)


def test_the_command_ends_in_slack_only_what_was_reminded_and_says_so_there(
    practice: Practice, commands: Commands
) -> None:
    """The command goes by this machine's clock, so all of this happened long ago."""
    practice.clock.at = datetime.fromisoformat("2020-03-01T12:00:00-07:00")
    with practice.program(timers=False, expire_after="14 days") as running:
        reminded = begun(running, practice)
        practice.clock.ahead(days=13)
        looked(running)
        practice.clock.at = datetime.fromisoformat("2020-03-01T12:00:00-07:00")
        lately = begun(running, practice)
    said = commands.run("expire").out
    assert (
        f"{lately.reference}  last worked on 2020-03-01, by {practice.robin.id}  stays: its clinician is reminded"
        in said
    )
    assert f"{reminded.reference}  last worked on 2020-03-01, by {practice.robin.id}  ended" in said
    with practice.program(timers=False) as running:
        running.quiet()
        assert "has ended by itself" in practice.robin.thread(reminded.root)[-1].words


def test_a_time_that_long_after_is_the_day_on_which_it_is_over() -> None:
    for text, begins, ends in (
        ("14 days", "2026-02-20T10:00", "2026-03-06T10:00"),
        ("1 month", "2026-01-31T10:00", "2026-03-01T10:00"),
        ("1 month", "2026-12-31T10:00", "2027-01-31T10:00"),
        ("1 year", "2024-02-29T10:00", "2025-03-01T10:00"),
        ("2 years", "2024-02-28T10:00", "2026-02-28T10:00"),
        ("11 months", "2026-01-15T10:00", "2026-12-15T10:00"),
    ):
        span = read_span(text)
        after = span.after(datetime.fromisoformat(begins))
        assert after == datetime.fromisoformat(ends)
        assert span.before(after.date()) >= datetime.fromisoformat(begins).date()
