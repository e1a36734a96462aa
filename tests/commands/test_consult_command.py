"""`curbside consult`: answers from a file in, the result out, and the log."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.desk import replayed
from bot.storage import open_log
from flows.consult import snapshot
from flows.pages import label

from .conftest import CLINICIAN, Practice, tomorrow
from .consult_files import ANSWERS, LOW, NAMING, NEEDED, ROOT, put

CONTRACT = {
    "consult",
    "level",
    "level_for",
    "findings",
    "law",
    "options",
    "plan",
    "if_then",
    "find_out",
    "warnings",
    "note",
    "decision",
}
CONTRACT_LAW = {
    "jurisdiction",
    "table_version",
    "verified_on",
    "duty",
    "rules",
    "may_tell",
    "may_tell_if",
    "may_not_tell",
    "not_confirmed",
    "enough_any_of",
    "outstanding",
    "harm_to_self",
    "open_questions",
}


@pytest.mark.parametrize("name", ["answers.json", "answers.yaml", "answers.yml", "ANSWERS.JSON"])
def test_the_result_has_what_the_contract_names_and_is_logged(practice: Practice, name: str) -> None:
    said = practice.run("consult", "--answers", put(name, dict(ANSWERS)), "--json")
    assert (said.status, said.err) == (0, "")
    result = said.data
    assert set(result) >= CONTRACT and set(result["law"]) >= CONTRACT_LAW
    assert (result["level"], result["law"]["duty"], result["decision"]) == ("high", "must_act", None)
    with open_log(practice.database, create=False) as log:
        [row] = log.consults()
        events = log.events(result["consult"])
        assert log.check_chain() == []
    assert (row.reference, row.clinician, row.status, row.level) == (result["consult"], CLINICIAN, "result", "high")
    assert [event.kind for event in events] == ["started", *["answered"] * len(ANSWERS), "evaluated"]
    assert row.state == json.loads(json.dumps(snapshot(replayed(events))))
    assert row.state["result"] == result


def test_every_example_that_comes_with_the_project_runs(practice: Practice) -> None:
    examples = sorted((ROOT / "examples").iterdir())
    assert len(examples) >= 5
    for path in examples:
        assert practice.run("consult", "--answers", str(path), "--dry-run").status == 0, path
    assert not practice.database.exists()


def test_for_a_person_it_shows_the_steps_the_law_and_the_reference(practice: Practice) -> None:
    said = practice.run("consult", "--answers", put("answers.yaml", dict(ANSWERS)))
    [reference] = {event.consult for event in practice.written() or []}
    for text in ("Next steps", label("warn_victim"), "C.R.S. § 13-21-117", f"Logged as {reference}."):
        assert text in said.words
    assert "\x1b" not in said.out


def test_a_dry_run_gives_the_same_result_and_writes_nothing(practice: Practice) -> None:
    name = put("answers.yaml", dict(ANSWERS))
    dry = practice.run("consult", "--answers", name, "--json", "--dry-run").data
    assert not practice.database.exists()
    wet = practice.run("consult", "--answers", name, "--json").data
    assert dry["consult"] is None
    assert {**dry, "consult": wet["consult"], "note": ""} == {**wet, "note": ""}
    assert "Not logged: this was a dry run." in practice.run("consult", "--answers", name, "--dry-run").words


def test_only_three_answers_are_needed_and_the_rest_is_not_known(practice: Practice) -> None:
    result = practice.run("consult", "--answers", put("few.json", NEEDED), "--json", "--dry-run").data
    assert result["level"] == "elevated" and result["law"]["duty"] == "turns_on_unknowns"
    assert result["find_out"]


def test_yaml_says_no_and_days_as_people_write_them(practice: Practice) -> None:
    day = (date.today() + timedelta(days=2)).isoformat()
    text = "\n".join(f"{key}: {json.dumps(said).replace(chr(34), '')}" for key, said in LOW.items())
    name = put("a.yaml", f"{text}\ndanger_now: no\ndecision: {{follow_up: {day}}}\n")
    assert "preparation: no\n" in Path(name).read_text(encoding="utf-8")
    said = practice.run("consult", "--answers", name, "--json")
    assert (said.data["level"], said.data["decision"]["follow_up"]) == ("low", day)


def test_a_decision_in_the_file_is_recorded(practice: Practice) -> None:
    plan = practice.run("consult", "--answers", put("a.json", dict(ANSWERS)), "--json", "--dry-run").data["plan"]
    steps = {one: {"state": "done", "result": "as agreed"} for one in plan}
    decision = {"steps": steps, "tell": {"victim": "the threat, and whom to call"}, "follow_up": tomorrow()}
    said = practice.run("consult", "--answers", put("b.json", {**ANSWERS, "decision": decision}), "--json")
    assert said.data["law"]["outstanding"] == []
    assert said.data["decision"]["steps"]["warn_victim"]["result"] == "as agreed"
    assert [event.kind for event in practice.written() or []][-2:] == ["evaluated", "decided"]
    shown = practice.run("consult", "--answers", "b.json")
    assert "Nothing that the law requires is outstanding on these answers." in shown.words


def test_on_an_earlier_day_the_rules_then_in_force_are_read(practice: Practice) -> None:
    name = put("a.json", dict(ANSWERS))
    now, then = (
        practice.run("consult", "--answers", name, "--json", *day).data["law"] for day in ([], ["--on", "2010-01-01"])
    )
    assert then["evaluated_on"] == "2010-01-01" and now["evaluated_on"] == date.today().isoformat()
    rules = [{rule["id"] for rule in law["rules"]} for law in (now, then)]
    assert "co-13-21-117" in rules[0] - rules[1], "Colorado's statute is of 2014"
    assert (now["duty"], then["duty"]) == ("must_act", "turns_on_unknowns")
    assert [event.data["on"] for event in practice.written() or [] if event.data and event.kind == "evaluated"] == [
        "2010-01-01",
        date.today().isoformat(),
    ]


# Free text


def test_a_narrative_that_seems_to_identify_somebody_is_not_kept(practice: Practice) -> None:
    name = put("a.json", {**ANSWERS, "narrative": NAMING})
    said = practice.run("consult", "--answers", name, "--json")
    assert "The narrative was not kept: it looks as if it has a name" in said.data["warnings"][-1]
    for text in (said.out, *(json.dumps(event.data) for event in practice.written() or [])):
        assert "Jane" not in text
    shown = practice.run("consult", "--answers", name)
    assert "The narrative was not kept" in shown.words and "Jane" not in shown.words


def test_who_says_that_it_identifies_nobody_keeps_it(practice: Practice) -> None:
    name = put("a.json", {**ANSWERS, "narrative": NAMING})
    said = practice.run("consult", "--answers", name, "--json", "--identifies-nobody")
    assert NAMING in said.data["note"] and not any("not kept" in one for one in said.data["warnings"])
    assert any(
        event.data == {"answers": {"narrative": NAMING}, "asked": ["narrative"], "to": "review"}
        for event in practice.written() or []
    )


def test_a_clean_narrative_is_kept(practice: Practice) -> None:
    text = "Said it twice, calmly; afraid of losing the children."
    said = practice.run("consult", "--answers", put("a.json", {**ANSWERS, "narrative": text}), "--json")
    assert text in said.data["note"] and not any("not kept" in one for one in said.data["warnings"])


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        ({"reasons": {"warn_victim": NAMING}}, "decision.reasons.warn_victim"),
        ({"tell": {"victim": NAMING}}, "decision.tell.victim"),
        ({"steps": {"warn_victim": {"state": "done", "result": NAMING}}}, "decision.steps.warn_victim.result"),
    ],
)
def test_a_text_of_the_decision_that_seems_to_identify_somebody_is_refused(
    practice: Practice, decision: dict[str, Any], field: str
) -> None:
    said = practice.refused("consult", "--answers", put("a.json", {**ANSWERS, "decision": decision}))
    assert said.startswith(f"curbside: {field}: it looks as if this has ") and "--identifies-nobody" in said
    assert "Jane" not in said and not practice.database.exists()
