"""`curbside show`: one consult as a page, as its note, as a timeline, as data."""

from __future__ import annotations

import sqlite3

import pytest

from bot.desk import Desk
from flows.consult import Consult, current_result
from flows.questions import say_question

from .conftest import CLINICIAN, Practice, tomorrow


def parts(text: str) -> dict[str, str]:
    """The parts of a page by their titles, each in one line."""
    found: dict[str, list[str]] = {"": []}
    for line in text.splitlines():
        if line.startswith("  ") and not line.startswith("   "):
            found[line.strip()] = []
        else:
            found[list(found)[-1]].append(line)
    return {title: " ".join(" ".join(lines).split()) for title, lines in found.items()}


def test_a_decided_consult(practice: Practice) -> None:
    follow_up = tomorrow()
    reference = practice.decided(follow_up=follow_up, tell={"victim": "by telephone, in person if that fails"})
    practice.run("report", reference, "notify_law_enforcement", "done", "--result", "they have the case")
    said = practice.run("show", reference.lower())
    result = current_result(practice.stored(reference))
    assert said.out.startswith(f"Consult {reference}\n") and CLINICIAN in said.out
    assert "decided; steps can be reported" in said.out
    shown = parts(said.out)
    assert f"{say_question('means')} A firearm" in shown["Answers"]
    assert result["level_says"] in shown["Level and findings"]
    assert "Credible yes: " in shown["Level and findings"]
    assert "A rule here requires you to act." in shown["The law here"]
    met = [rule for rule in result["law"]["rules"] if rule["covers_profession"] and rule["met"] == "yes"]
    assert met
    for rule in met:
        assert f"{' '.join(rule['citation'].split())}: " in shown["The law here"]
    assert "planned Warn the person at risk (warn_victim), " in shown["Plan"]
    assert "done Tell police (notify_law_enforcement), " in shown["Plan"] and ": they have the case" in shown["Plan"]
    assert "the person at risk: by telephone, in person if that fails" in shown["Decision"]
    assert f"Follow-up {follow_up[:16].replace('T', ' ')}" in shown["Decision"]
    assert "- Warn the person at risk and Tell police" in shown["Outstanding under the law"]


def test_what_is_not_suggested_what_is_left_out_and_why(practice: Practice) -> None:
    reasons = dict.fromkeys(
        ("mobile_crisis", "same_day_evaluation", "law", "warn_victim"), "the family has asked for it"
    )
    reasons["notify_law_enforcement"] = "not today"
    steps = {"mobile_crisis": {"state": "planned"}}
    reference = practice.consult(decision={"steps": steps, "reasons": reasons})
    shown = parts(practice.run("show", reference).out)
    assert "planned Mobile crisis team (mobile_crisis), not in the suggested plan, " in shown["Plan"]
    assert "left out Warn the person at risk (warn_victim)" in shown["Plan"]
    assert "Reason Tell police: not today" in shown["Decision"]
    assert "Reason What the law requires: the family has asked for it" in shown["Decision"]
    assert "Follow-up no time was set" in shown["Decision"]


def test_before_the_decision_steps_are_suggestions(practice: Practice) -> None:
    shown = parts(practice.run("show", practice.consult()).out)
    assert "suggested Warn the person at risk" in shown["Plan"]
    assert shown["Decision"] == "Not recorded yet. The steps above are suggestions."
    assert "C.R.S. § 13-21-117: not done yet." in shown["Outstanding under the law"]


def test_where_nothing_is_required(practice: Practice) -> None:
    shown = parts(practice.run("show", practice.low()).out)
    assert shown["Outstanding under the law"] == "Nothing that the law requires is outstanding on these answers."


def test_where_it_turns_on_unknowns_nothing_is_promised(practice: Practice) -> None:
    reference = practice.consult({"concern": "harm_to_others"})
    shown = parts(practice.run("show", reference).out)
    assert shown["Outstanding under the law"].startswith("Nothing yet; whether a rule here requires something turns on")
    assert f"Not answered, so not known - {say_question('setting')} - " in shown["Answers"]


def test_a_consult_that_is_not_finished(practice: Practice) -> None:
    kept = practice.begun()
    said = practice.run("show", kept.reference)
    assert said.status == 0
    assert "being answered, at “A threat to others”; it has no result yet" in said.words
    assert list(parts(said.out))[-1] == "Answers" and "Level" not in said.out
    with practice.log() as log:
        Desk(log, CLINICIAN).take(kept, Consult.pause)
    assert (
        "paused at “A threat to others”; 'curbside try --resume' goes on" in practice.run("show", kept.reference).words
    )


def test_danger_now_is_said_first(practice: Practice) -> None:
    reference = practice.consult(danger_now="yes")
    assert practice.run("show", reference).out.splitlines()[1].strip().startswith("Danger now was said.")


def test_the_note_alone(practice: Practice) -> None:
    reference = practice.decided()
    practice.run("report", reference, "warn_victim", "failed", "--result", "no answer at any number")
    said = practice.run("show", reference, "--note")
    assert said.out == current_result(practice.stored(reference))["note"]
    assert said.out.startswith(f"# Consult {reference}\n") and "no answer at any number" in said.out


def test_there_is_no_note_before_the_result(practice: Practice) -> None:
    reference = practice.begun().reference
    assert f"{reference} has no note yet" in practice.refused("show", reference, "--note")


def test_what_happened(practice: Practice) -> None:
    kept = practice.begun()
    with practice.log() as log:
        desk = Desk(log, CLINICIAN)
        kept = desk.take(kept, Consult.back)
        kept = desk.take(kept, Consult.change, "profession", "nurse")
        kept = desk.take(kept, Consult.say_danger)
        kept = desk.take(kept, Consult.cancel, "begun by mistake")
    words = practice.run("show", kept.reference, "--events").words
    told = [
        f"{CLINICIAN}: started",
        "answered: What is the consult about? The client may hurt someone else",
        "went back: to “The concern”",
        "changed: What is your profession? Nurse; before: Psychologist",
        "said: danger now",
        "cancelled: begun by mistake",
    ]
    places = [words.index(one) for one in told]
    assert places == sorted(places)
    assert f"{kept.consult.started_at[:10]} (UTC{kept.consult.started_at[19:]})" in words


def test_what_happened_after_the_result(practice: Practice) -> None:
    reference = practice.decided()
    practice.run("report", reference, "warn_victim", "attempted", "--result", "no answer")
    practice.run("close", reference, "--reason", "taken over by the hospital")
    words = practice.run("show", reference, "--events").words
    assert "evaluated: level high; must act; rules of 2026-11-25" in words
    assert "Warn the person at risk: planned" in words.partition("decided: ")[2]
    assert "reported a step: Warn the person at risk: attempted, " in words and ": no answer" in words
    assert "closed: taken over by the hospital" in words


def test_an_event_whose_content_is_gone_is_still_told(practice: Practice) -> None:
    reference = practice.low()
    remove_contents(practice)
    words = practice.run("show", reference, "--events").words
    assert "started: its content was removed" in words and "decided: its content was removed" in words
    assert practice.run("show", reference, "--json").data["events"][0]["data"] is None


def remove_contents(practice: Practice) -> None:
    """What a purge will do one day: the content of every event goes, its hash stays."""
    db = sqlite3.connect(practice.database)
    try:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DELETE FROM contents")
        db.commit()
    finally:
        db.close()


def test_as_data(practice: Practice) -> None:
    reference = practice.decided()
    practice.run("report", reference, "warn_victim", "done")
    data = practice.run("show", reference, "--json").data
    assert data["consult"] == reference and data["status"] == "decided"
    assert data["result"] == current_result(practice.stored(reference))
    assert data["result"]["decision"]["steps"]["warn_victim"]["state"] == "done"
    assert [one["kind"] for one in data["events"]][-3:] == ["evaluated", "decided", "step_reported"]
    unfinished = practice.run("show", practice.begun().reference, "--json").data
    assert unfinished["result"] is None and unfinished["answers"]["concern"] == "harm_to_others"


@pytest.mark.parametrize("words", [["C-00000"], ["not a reference"], ["C-00000", "--json"], ["C-00000", "--events"]])
def test_an_unknown_reference_is_refused(words: list[str], practice: Practice) -> None:
    practice.low()
    assert "`curbside log` lists the consults." in practice.refused("show", *words)


def test_what_else_is_refused(practice: Practice) -> None:
    assert "There is no log at" in practice.refused("show", "C-7F3K2")
    reference = practice.low()
    assert "do not go together" in practice.refused("show", reference, "--note", "--json")


def test_a_mandated_report_says_to_whom_and_by_when(practice: Practice) -> None:
    reference = practice.consult({"concern": "abuse_of_child", "jurisdiction": "FL"})
    [report] = current_result(practice.stored(reference))["law"]["abuse_reporting"]
    law = parts(practice.run("show", reference).out)["The law here"]
    for said in (report["citation"], "you must report", f"to {report['report_to']}", f"by when: {report['deadline']}"):
        assert " ".join(said.split()) in law
