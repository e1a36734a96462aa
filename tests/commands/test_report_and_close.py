"""`curbside report` and `curbside close`: what became of the steps, and the end."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

import pytest

from bot.storage import opening

from .conftest import Practice, tomorrow

TO_POLICE, TO_VICTIM = "notify_law_enforcement", "warn_victim"
NAMED = "I told Mr. Smith on March 3"
FAR_BACK = "2026-01-02T14:05"


def step(practice: Practice, reference: str, option: str) -> dict[str, str | None]:
    """The step as it stands in the log."""
    decision = practice.stored(reference).decision
    assert decision is not None
    found: dict[str, str | None] = decision["steps"][option]
    return found


def test_a_step_that_is_done_is_kept_and_what_is_outstanding_is_said(practice: Practice) -> None:
    reference = practice.decided()
    said = practice.run("report", reference, TO_VICTIM, "done", "--result", "by telephone")
    assert said.status == 0
    kept = step(practice, reference, TO_VICTIM)
    assert (kept["state"], kept["result"]) == ("done", "by telephone")
    assert "Warn the person at risk: done, " in said.words and ": by telephone" in said.words
    assert "C.R.S. § 13-21-117: not done yet." in said.words, "one half is not the whole"
    said = practice.run("report", reference, TO_POLICE, "done")
    assert "Nothing that the law requires is outstanding on these answers." in said.words


@pytest.mark.parametrize("state", ["planned", "attempted", "failed"])
def test_what_is_not_done_leaves_it_outstanding(state: str, practice: Practice) -> None:
    reference = practice.decided()
    for option in (TO_VICTIM, TO_POLICE):
        said = practice.run("report", reference, option, state)
    assert "C.R.S. § 13-21-117: not done yet." in said.words


def test_the_way_people_write_is_understood(practice: Practice) -> None:
    reference = practice.decided()
    assert practice.run("report", reference.lower(), "Warn-Victim", "DONE").status == 0
    assert step(practice, reference, TO_VICTIM)["state"] == "done"


def test_a_time_is_kept_with_its_offset(practice: Practice) -> None:
    reference = practice.decided()
    practice.run("report", reference, TO_VICTIM, "attempted", "--at", FAR_BACK)
    assert step(practice, reference, TO_VICTIM)["at"] == datetime.fromisoformat(FAR_BACK).astimezone().isoformat()
    practice.run("report", reference, TO_VICTIM, "attempted", "--at", "2026-01-02T14:05:00-07:00")
    assert step(practice, reference, TO_VICTIM)["at"] == "2026-01-02T14:05:00-07:00"
    practice.run("report", reference, TO_VICTIM, "planned", "--at", "00:00")
    assert (step(practice, reference, TO_VICTIM)["at"] or "")[:16] == f"{datetime.now():%Y-%m-%d}T00:00"


def test_a_step_in_time_to_come_is_planned_and_nothing_else(practice: Practice) -> None:
    reference = practice.decided()
    assert practice.run("report", reference, TO_VICTIM, "planned", "--at", tomorrow()).status == 0
    assert "lies ahead" in practice.refused("report", reference, TO_VICTIM, "done", "--at", tomorrow())


def test_leaving_out_what_is_suggested_needs_a_reason(practice: Practice) -> None:
    reference = practice.decided()
    assert "Say why with --reason." in practice.refused("report", reference, TO_VICTIM, "declined")
    said = practice.run("report", reference, TO_VICTIM, "declined", "--reason", "admitted instead")
    assert said.status == 0
    decision = practice.stored(reference).decision
    assert decision is not None and decision["reasons"][TO_VICTIM] == "admitted instead"


def test_a_reason_that_would_not_be_kept_is_refused(practice: Practice) -> None:
    reference = practice.decided()
    assert "say it with --result" in practice.refused("report", reference, TO_VICTIM, "done", "--reason", "it was time")


def test_as_data(practice: Practice) -> None:
    reference = practice.decided()
    data = practice.run("report", reference, TO_VICTIM, "done", "--json").data
    assert (data["consult"], data["option"], data["step"]["state"]) == (reference, TO_VICTIM, "done")
    assert [one["under"] for one in data["outstanding"]] == ["co-13-21-117"]


REFUSED = {
    "another option": ([TO_VICTIM + "s", "done"], "no such option; allowed: "),
    "another state": ([TO_VICTIM, "perhaps"], "allowed: planned, attempted, done, failed, declined"),
    "no time": ([TO_VICTIM, "done", "--at", "soon"], "--at: 'soon' won't do; allowed: "),
    "a day alone": ([TO_VICTIM, "done", "--at", "2026-01-02"], "--at: '2026-01-02' won't do; allowed: "),
    "a day that is none": ([TO_VICTIM, "done", "--at", "2026-02-30T10:00"], "won't do; allowed: "),
    "too long": ([TO_VICTIM, "done", "--result", "so " * 5000], "too long"),
    "no state": ([TO_VICTIM], "STATE"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str, practice: Practice) -> None:
    words, line = REFUSED[case]
    assert line in practice.refused("report", practice.decided(), *words)


def test_an_unknown_reference_is_refused(practice: Practice) -> None:
    assert "There is no log at" in practice.refused("report", "C-7F3K2", TO_VICTIM, "done")
    assert "There is no log at" in practice.refused("close", "C-7F3K2")
    practice.low()
    for words in (["report", "C-00000", TO_VICTIM, "done"], ["close", "C-00000"]):
        assert "There is no consult C-00000." in practice.refused(*words)


def test_a_step_comes_after_the_decision_and_before_the_end(practice: Practice) -> None:
    for reference in (practice.consult(), practice.begun().reference):
        assert "a step is reported after the decision" in practice.refused("report", reference, TO_VICTIM, "done")
        assert "a consult is closed after its decision" in practice.refused("close", reference)
    reference = practice.low()
    assert practice.run("close", reference).status == 0
    assert "before the consult is closed" in practice.refused("report", reference, "safety_plan", "done")
    assert "This one: closed" in practice.refused("close", reference)


def test_text_that_may_identify_somebody_is_refused_and_not_repeated(practice: Practice) -> None:
    reference = practice.decided()
    for words in (
        ["report", reference, TO_VICTIM, "done", "--result", NAMED],
        ["report", reference, TO_VICTIM, "declined", "--reason", NAMED],
        ["close", reference, "--reason", NAMED],
    ):
        line = practice.refused(*words)
        assert f"{words[-2]}: it looks as if this has a name and a date in it." in line and "Smith" not in line
    assert practice.run("report", reference, TO_VICTIM, "done", "--result", NAMED, "--identifies-nobody").status == 0
    assert step(practice, reference, TO_VICTIM)["result"] == NAMED


def test_closing_with_nothing_outstanding(practice: Practice) -> None:
    reference = practice.low()
    said = practice.run("close", reference)
    assert (said.status, said.out) == (0, f"{reference} is closed.\n")
    assert practice.stored(reference).status == "closed"


def test_closing_while_something_is_outstanding_needs_a_reason(practice: Practice) -> None:
    reference = practice.decided()
    for words in ([], ["--reason", "  "]):
        line = practice.refused("close", reference, *words)
        assert "C.R.S. § 13-21-117: not done yet" in line and "--reason" in line
    said = practice.run("close", reference, "--reason", "taken over by the hospital")
    assert "C.R.S. § 13-21-117: not done yet" in said.out
    assert practice.stored(reference).ended_because == "taken over by the hospital"


def test_a_locked_log_is_refused_in_a_line(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = practice.low()
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(practice.database, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        for words in (["close", reference], ["report", reference, "safety_plan", "done"]):
            assert "is locked" in practice.refused(*words)
        assert "is locked" in practice.refused("show", reference), "what can't be recorded as read is not shown"
        assert practice.run("log").status == 0, "a list does not wait for a writer"
    finally:
        other.close()


def test_the_person_who_reports_is_recorded(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = practice.low()
    monkeypatch.setenv("CURBSIDE_CLINICIAN", "clinician-two")
    before = datetime.now().astimezone() - timedelta(seconds=2)
    practice.run("report", reference, "safety_plan", "done")
    written = practice.written()
    assert written is not None
    [event] = [one for one in written if one.kind == "step_reported"]
    assert event.actor == "clinician-two" and datetime.fromisoformat(event.at) >= before
