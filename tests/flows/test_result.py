"""The result: its shape as the contract has it, what holds in every case, its warnings, and the note."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from flows.answers import parse_answers
from flows.evaluation import evaluate
from flows.levels import LEVELS
from flows.note import TO_ADD
from flows.options import catalogue
from flows.questions import question, questions, say_answer
from flows.result_text import WARNING_TEXT_AT_MOST
from state_law.evaluate import STRICTEST_FIRST
from state_law.load import the_table

from ..cases.reading import ON, Case, all_cases, picture
from ..law.making import Data, only_rules, rule, table_with

TRUTHS = {"yes", "no", "unknown"}
STATUSES = {"recommended", "available", "more_than_needed", "not_authorised", "not_applicable"}
RECIPIENTS = {
    "victim", "law_enforcement", "family_or_caregiver", "parent_or_guardian", "treating_or_medical_personnel",
    "hospital_or_crisis_service", "state_agency", "court", "anyone_able_to_prevent_harm",
}  # fmt: skip

# The contract: each part of the result and the keys that it must have. Others may be added.
CONTRACT: dict[str, set[str]] = {
    "": {"consult", "level", "level_for", "findings", "law", "options", "plan", "if_then", "find_out", "warnings", "note"},
    "level_for": {"others", "self"},
    "findings": {"specific", "credible", "imminent"},
    "findings.credible": {"value", "because"},
    "findings.specific": {"value", "because"},
    "findings.imminent": {"value", "because"},
    "law": {"jurisdiction", "table_version", "verified_on", "duty", "rules", "may_tell", "may_tell_if", "may_not_tell",
            "not_confirmed", "enough_any_of", "outstanding", "harm_to_self", "open_questions"},
    "law.rules[]": {"id", "citation", "covers_profession", "met", "elements", "summary", "source"},
    "law.may_tell[]": {"recipient", "path", "under", "what"},
    "law.may_tell_if[]": {"recipient", "if", "under"},
    "law.may_not_tell[]": {"recipient", "because"},
    "law.not_confirmed[]": {"recipient", "because"},
    "options[]": {"id", "status", "confidentiality", "liberty", "tells", "satisfies", "because"},
    "if_then[]": {"if", "duty", "plan"},
    "find_out[]": {"question", "would_change"},
    "disclosures[]": {"option", "to", "channel", "say", "leave_out", "authority"},
    "plan_says[]": {"id", "label", "do", "for_client", "because"},
}  # fmt: skip

CASES = all_cases()
SAMPLE = [case for number, case in enumerate(CASES) if number % 9 == 0]
"""Every ninth case, for what need not be looked at in all of them."""


def parts(result: Mapping[str, Any], path: str) -> list[Any]:
    """Every part of the result that a path names; `[]` stands for each entry of a list."""
    found: list[Any] = [result]
    for name in path.split(".") if path else []:
        found = [one[name.removesuffix("[]")] for one in found]
        if name.endswith("[]"):
            found = [entry for one in found for entry in one]
    return found


def result_of(answers: Mapping[str, Any], folder: Path | None = None, *rules: Data, **record: Any) -> dict[str, Any]:
    """The result; with rules, under a Colorado that has only these (and the parts of its record that are given)."""

    def change(data: Data) -> None:
        only_rules(*rules)(data)
        data.update(record)

    table = table_with(folder, change) if folder else None
    return evaluate(parse_answers(answers), on=ON, table=table)


@pytest.mark.parametrize("path", CONTRACT)
def test_every_part_has_the_keys_of_the_contract(path: str) -> None:
    seen = 0
    for case in CASES:
        for part in parts(case.result, path):
            assert set(part) >= CONTRACT[path], f"{case.id}: {path}: {sorted(CONTRACT[path] - set(part))} missing"
            seen += 1
    assert seen > 0


def test_values_are_those_of_the_contract() -> None:
    for case in CASES:
        result = case.result
        law = result["law"]
        assert result["level"] in LEVELS
        assert result["level"] == max(result["level_for"].values(), key=LEVELS.index), case.id
        assert law["duty"] in STRICTEST_FIRST
        assert {one["value"] for one in result["findings"].values()} <= TRUTHS
        assert all(one["because"] for one in result["findings"].values()), case.id
        for one in law["rules"]:
            assert {one["met"], *one["elements"].values()} <= TRUTHS
            assert set(one["why"]) == set(one["elements"]), case.id
        assert {one["path"] for one in law["may_tell"]} <= {"rule", "treatment", "hold", "consent", "report"}
        told = [one for part in ("may_tell", "may_tell_if", "may_not_tell", "not_confirmed") for one in law[part]]
        assert {one["recipient"] for one in told} <= RECIPIENTS
        assert all(one["under"] for one in law["may_tell"] + law["may_tell_if"]), case.id
        assert all(one["because"] for one in law["may_not_tell"] + law["not_confirmed"]), case.id
        for name in {key for one in [*result["if_then"], *law["may_tell_if"]] for key in one["if"]}:
            assert name in questions()
        assert {one["question"] for one in result["find_out"]} <= set(questions())


def test_each_option_is_there_once_with_a_status_and_a_reason() -> None:
    for case in CASES:
        options = case.result["options"]
        assert [one["id"] for one in options] == list(catalogue())
        for one in options:
            assert one["status"] in STATUSES
            assert one["because"].strip(), f"{case.id}: {one['id']}"
            assert one["do"].strip() and one["for_client"].strip()
            assert 0 <= one["confidentiality"] <= 3 and 0 <= one["liberty"] <= 3
        recommended = {one["id"] for one in options if one["status"] == "recommended"}
        assert recommended == set(case.result["plan"]), case.id


def test_the_plan_says_of_each_step_what_it_does_for_the_client() -> None:
    for case in CASES:
        says = case.result["plan_says"]
        assert [one["id"] for one in says] == case.result["plan"]
        assert all(one["do"].strip() and one["for_client"].strip() and one["because"].strip() for one in says)


def test_every_disclosure_of_the_plan_says_how_what_and_by_what_authority() -> None:
    for case in CASES:
        result = case.result
        tells = {(one["id"], who) for one in result["options"] if one["id"] in result["plan"] for who in one["tells"]}
        assert {(one["option"], one["to"]) for one in result["disclosures"]} == tells, case.id
        for one in result["disclosures"]:
            for part in ("channel", "say", "leave_out"):
                assert one[part].strip(), f"{case.id}: {one['option']}: {part}"
            assert one["authority"] and all(one["authority"]), f"{case.id}: {one['option']} to {one['to']}"


def test_if_an_emergency_plan_fails_nothing_milder_comes_next() -> None:
    seen = set()
    for case in CASES:
        next_steps = case.result["if_it_fails"]
        assert not set(next_steps) & set(case.result["plan"]), case.id
        if case.result["level"] == "emergency":
            assert set(next_steps) <= {"voluntary_admission", "emergency_evaluation", "call_911"}, case.id
            seen.update(next_steps)
        elif case.result["level"] != "high":
            assert next_steps == [], case.id
    assert "call_911" in seen


def test_what_cannot_be_done_is_said_in_words() -> None:
    answers = picture("threat", "CA", second_jurisdiction="TX")
    said = [one for one in result_of(answers)["warnings"] if "Call a supervisor or counsel now" in one]
    assert len(said) == 1 and "warn victim" in said[0] and "_" not in said[0]


def named(case: Case, part: str) -> set[str]:
    """The recipients in one part of the law."""
    return {one["recipient"] for one in case.result["law"][part]}


def test_a_plan_tells_only_those_who_may_be_told_and_in_an_emergency_those_in_doubt() -> None:
    for case in CASES:
        told = {one["to"] for one in case.result["disclosures"]}
        assert not told & named(case, "may_not_tell"), case.id
        in_doubt = told - named(case, "may_tell")
        if in_doubt:
            assert case.result["level"] == "emergency", case.id
            assert in_doubt <= named(case, "not_confirmed")
            assert any("not confirmed" in one for one in case.result["warnings"]), case.id


def test_nobody_is_in_two_lists_at_once() -> None:
    for case in CASES:
        assert not named(case, "may_tell") & named(case, "may_not_tell"), case.id
        assert not named(case, "may_tell") & named(case, "not_confirmed"), case.id
        assert not named(case, "may_not_tell") & named(case, "not_confirmed"), case.id
        assert not named(case, "may_not_tell") & named(case, "may_tell_if"), case.id


def test_a_low_case_discloses_nothing() -> None:
    low = [case for case in CASES if case.result["level"] == "low"]
    assert len(low) > 50
    for case in low:
        assert case.result["disclosures"] == [], case.id
        assert any("It does not mean safe" in one for one in case.result["warnings"])
        assert "safe:" not in case.result["level_says"]


def test_under_part_2_every_disclosure_is_worded_or_goes_through_a_door() -> None:
    seen = 0
    for case in CASES:
        if case.answers.get("setting", {}) == {"substance_use_program": "yes"}:
            for one in case.result["disclosures"]:
                doors = [p["what"] for p in case.result["law"]["may_tell"] if p["recipient"] == one["to"]]
                assert one["wording"] or any("42 CFR" in what or "Part 2" in what for what in doors), case.id
                seen += bool(one["wording"])
    assert seen > 5


@pytest.mark.parametrize("case", SAMPLE, ids=[case.id for case in SAMPLE])
def test_a_result_can_be_kept_as_json_and_is_the_same_each_time(case: Case) -> None:
    again = evaluate(parse_answers(dict(case.answers)), on=ON)
    assert json.loads(json.dumps(case.result)) == again


# Warnings


def test_warnings_are_few_short_and_the_most_urgent_comes_first() -> None:
    for case in CASES:
        warnings = case.result["warnings"]
        assert len(warnings) <= 6, f"{case.id}: {warnings}"
        assert len(set(warnings)) == len(warnings)
        assert all(len(one) < WARNING_TEXT_AT_MOST + 200 for one in warnings), case.id
        if case.result["level"] == "emergency":
            assert "call 911" in warnings[0], case.id
        if case.result["level"] == "high":
            assert warnings[0].startswith("Do not wait for a reply here"), case.id


UNCONFIRMED: list[tuple[Data, str]] = [
    (rule(confidence="low"), "low confidence"),
    (rule(source="survey-2026"), "its text was not read"),
    (rule(source="co-nasw"), "secondary source"),
]


@pytest.mark.parametrize(("made", "why"), UNCONFIRMED, ids=[row[1] for row in UNCONFIRMED])
def test_a_rule_that_is_unconfirmed_shows_a_warning(made: Data, why: str, tmp_path: Path) -> None:
    result = result_of(picture("threat"), tmp_path, made)
    assert any(made["citation"] in one and why in one for one in result["warnings"])
    assert why in result["law"]["rules"][0]["unconfirmed"]
    assert f"Unconfirmed: {result['law']['rules'][0]['unconfirmed']}" in result["note"]


def test_a_doubt_about_a_rule_that_does_not_apply_is_not_shown(tmp_path: Path) -> None:
    result = result_of(picture("anger"), tmp_path, rule(confidence="low"))
    assert not any("low confidence" in one for one in result["warnings"])


def test_a_duty_whose_discharge_is_not_confirmed_is_reasonable_care_and_says_so(tmp_path: Path) -> None:
    result = result_of(picture("threat"), tmp_path, rule(discharge_any_of=[], may_tell=[]))
    law = result["law"]
    assert law["duty"] == "must_act"
    assert law["enough_any_of"] and all(law["enough_any_of"])
    assert set(law["enough_any_of"][0]) <= set(result["plan"])
    assert "same_day_evaluation" in result["plan"]
    assert not {"warn_victim", "notify_law_enforcement"} & set(result["plan"])
    assert [one["under"] for one in law["outstanding"]] == ["co-invented"]
    said = [one for one in result["warnings"] if "reasonable care" in one]
    assert len(said) == 1
    assert "counsel" in said[0] and "C.R.S. § 0-0-0 (invented)" in said[0]


def test_a_duty_that_may_arise_with_an_unconfirmed_discharge_says_so_too(tmp_path: Path) -> None:
    result = result_of(picture("threat", victim="unknown"), tmp_path, rule(discharge_any_of=[], may_tell=[]))
    assert result["law"]["duty"] == "turns_on_unknowns"
    assert any("reasonable care" in one for one in result["warnings"])


def test_what_a_rule_also_accepts_is_cited_with_its_own_words_and_not_counted(tmp_path: Path) -> None:
    result = result_of(picture("threat"), tmp_path, rule(discharge_any_of=[["warn_victim"], ["other"]]))
    assert result["law"]["enough_any_of"] == [["warn_victim"]]
    said = [one for one in result["warnings"] if "also accepts" in one]
    assert len(said) == 1
    assert said[0].startswith("C.R.S. § 0-0-0 (invented)") and rule()["summary"] in said[0]


def test_long_words_of_a_rule_are_cut_in_the_warning_and_stand_in_full_with_the_law(tmp_path: Path) -> None:
    long = "Invented for a test, at some length. " * 20
    result = result_of(picture("threat"), tmp_path, rule(discharge_any_of=[["other"]], summary=long))
    said = next(one for one in result["warnings"] if "also accepts" in one)
    assert said.endswith(" …") and len(said) < len(long)
    assert result["law"]["also_accepted"][0]["says"] == long


def test_that_no_rule_covers_a_profession_is_not_taken_for_no_duty(tmp_path: Path) -> None:
    result = result_of(picture("threat"), tmp_path, rule(professions=["nurse"]))
    assert result["law"]["duty"] == "not_triggered"
    assert any("not the same as no duty" in one for one in result["warnings"])
    assert "your duty of care to the client remains" in result["law"]["duty_says"]


@pytest.mark.parametrize("duty", ["no_duty", "unsettled"])
def test_where_nothing_commands_the_duty_of_care_is_said(duty: str, tmp_path: Path) -> None:
    table = table_with(tmp_path, only_rules(rule(professions=["nurse"]), duty=duty))
    result = evaluate(parse_answers(picture("anger")), on=ON, table=table)
    assert result["law"]["duty"] == duty
    assert "your duty of care to the client remains" in result["law"]["duty_says"]


def test_a_command_for_the_clients_own_life_is_said_although_no_rule_on_others_is_met(tmp_path: Path) -> None:
    own = {"disclosure": "mandatory", "may_tell": ["law_enforcement"], "citation": "C.R.S. § 0-0-1 (invented)",
           "summary": "Invented: act on a danger to self.", "source": None}  # fmt: skip
    answers = picture("first_words", concern="harm_to_self", threat="none", self_harm="plan_or_intent")
    result = result_of(answers, tmp_path, rule(), harm_to_self=own)
    assert any("own life" in one and "C.R.S. § 0-0-1 (invented)" in one for one in result["warnings"])
    passive = result_of({**answers, "self_harm": "passive"}, tmp_path / "again", rule(), harm_to_self=own)
    assert not any("own life" in one for one in passive["warnings"])


def test_open_questions_of_each_jurisdiction_are_there() -> None:
    table = the_table()
    one = evaluate(parse_answers(picture("threat", "CO")), on=ON)["law"]["open_questions"]
    assert one == list(table.jurisdiction("CO").open_questions) != []
    two = evaluate(parse_answers(picture("threat", "CO", second_jurisdiction="TX")), on=ON)["law"]["open_questions"]
    assert two == [*table.jurisdiction("CO").open_questions, *table.jurisdiction("TX").open_questions]


# Who must report, by the table, and whether this clinician must.
MUST_REPORT: list[tuple[bool | None, list[str], dict[str, Any], str]] = [
    (True, ["all"], {}, "yes"),
    (True, [], {"profession": "other"}, "yes"),
    (False, ["psychologist", "nurse"], {}, "yes"),
    (False, ["nurse"], {}, "no"),
    (False, ["nurse"], {"profession": "other"}, "unknown"),
    (False, ["nurse", "facility"], {"setting": ["facility"]}, "yes"),
    (False, ["nurse", "facility"], {"setting": {}}, "unknown"),
    (False, ["nurse", "facility"], {"setting": []}, "no"),
    (None, [], {}, "unknown"),
    (None, ["psychologist"], {}, "yes"),
    (None, ["nurse"], {}, "unknown"),
]


@pytest.mark.parametrize(("everyone", "who", "answers", "expected"), MUST_REPORT, ids=[str(r[:3]) for r in MUST_REPORT])
@pytest.mark.parametrize("kind", ["child", "vulnerable_adult"])
def test_who_must_report(
    kind: str, everyone: bool | None, who: list[str], answers: dict[str, Any], expected: str, tmp_path: Path
) -> None:
    part = {"citation": "C.R.S. § 0-0-2 (invented)", "report_to": "an invented agency", "deadline": "at once",
            "hotline": "none", "source": None,
            "who_must_report": {"everyone": everyone, "professions": who, "note": "Invented.", "confidence": "high",
                                "source": None, "checked_on": "2026-01-01"}}  # fmt: skip
    given = picture("first_words", concern=f"abuse_of_{kind}", threat="none", self_harm="none") | answers
    result = result_of(given, tmp_path, rule(), abuse_reporting={"child": part, "vulnerable_adult": part})
    (report,) = result["law"]["abuse_reporting"]
    assert (report["you_must"], report["kind"]) == (expected, kind)
    assert (report["report_to"], report["deadline"]) == ("an invented agency", "at once")
    assert ("abuse_reporting" in [one["under"] for one in result["law"]["outstanding"]]) is (expected != "no")
    assert "mandated_report" in result["plan"]
    told = next(one for one in result["disclosures"] if one["option"] == "mandated_report")
    assert told["authority"] == ["C.R.S. § 0-0-2 (invented)"]


# The note

HEADINGS = [
    "Sources of information and times",
    "The client's own words",
    "Mental status",
    "Prior records and collateral sought",
    "Limits of confidentiality",
    "What is known",
    "What is not known, and why",
    "Findings",
    "The clinician's own formulation",
    "The law here",
    "Suggested plan",
    "Options not taken up, and why",
    "Disclosures: recipient, content, authority, outcome",
    "Decision and steps: owner, deadline, completion",
    "Consultation",
    "Outstanding under the law",
    "Care of the client afterwards",
    "Re-assessment",
    "Addenda",
]
"""What a consult note has, as the design lists it, in this order."""


def section(note: str, heading: str) -> str:
    """The text under one heading of the note."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", note, re.MULTILINE | re.DOTALL)
    assert found, f"no heading {heading!r}"
    return found[1].strip()


def test_every_note_has_every_heading_in_order_and_something_under_each() -> None:
    for case in CASES:
        found = re.findall(r"^## (.*)$", case.result["note"], re.MULTILINE)
        assert [one for one in found if one in HEADINGS] == HEADINGS, case.id
        assert set(found) - set(HEADINGS) <= {"Still to find out", "Please note"}
        assert all(section(case.result["note"], one) for one in found), case.id


OWN_WORDS = {"Flow", "Explained"}
"""Capitalised words of the note's own sentences, apart from its headings and what stands in the data."""


def words_of_the_data(root: Path) -> set[str]:
    """Every word that stands in a data file, in small letters: what a note is made of, with its own sentences."""
    files = [*(root / "flows").glob("*.yaml"), *(root / "state_law").rglob("*.yaml")]
    texts = " ".join(path.read_text(encoding="utf-8") for path in files)
    return {one.lower() for one in re.findall(r"[A-Za-z]+", texts) + re.findall(r"[A-Z][a-z]+", texts)}


def test_a_note_names_nobody(pytestconfig: pytest.Config) -> None:
    known = words_of_the_data(pytestconfig.rootpath) | {one.lower() for one in " ".join(HEADINGS).split()}
    for case in CASES:
        note = case.result["note"]
        assert "The client is named by this reference only." in note
        strange = {one for one in re.findall(r"[A-Z][a-z]+", note) if one.lower() not in known}
        assert strange <= OWN_WORDS, f"{case.id}: {strange - OWN_WORDS}"


def test_a_note_carries_the_reference_and_the_versions() -> None:
    result = evaluate(parse_answers(picture("threat")), on=ON, reference="C-7F3K2")
    assert result["note"].startswith("# Consult C-7F3K2\n")
    assert result["law"]["table_version"] in result["note"] and result["flow_version"] in result["note"]
    assert "(not logged)" in evaluate(parse_answers(picture("threat")), on=ON)["note"]


def test_a_note_lists_every_unknown_item_grouped_under_its_question() -> None:
    answers = picture("threat", aggravating={"psychosis": "yes", "grievance": "no"}, protective=[], intent="unknown")
    note = evaluate(parse_answers(answers), on=ON)["note"]
    unknown = section(note, "What is not known, and why").splitlines()
    raises = [one for one in unknown if one.startswith(f"- {question('aggravating').ask}")]
    assert len(raises) == 1
    for item in question("aggravating").options:
        assert (say_answer("aggravating", item) in raises[0]) is (item not in ("psychosis", "grievance"))
    assert any(one.startswith(f"- {question('intent').ask}") and TO_ADD in one for one in unknown)
    assert not any(question("protective").ask in one for one in unknown)
    known = section(note, "What is known")
    assert f"{question('aggravating').ask} Psychosis" in known
    assert f"{question('aggravating').ask} Not: A grievance" in known


def test_a_note_says_when_every_question_was_answered() -> None:
    note = evaluate(parse_answers(picture("threat")), on=ON)["note"]
    assert section(note, "What is not known, and why") == "- Every question was answered."


def test_a_narrative_cannot_make_headings_of_its_own() -> None:
    note = evaluate(parse_answers(picture("anger", narrative="Invented.\n## Decision\nTold nobody.")), on=ON)["note"]
    assert "Invented. ## Decision Told nobody." in section(note, "The client's own words")
    assert "\n## Decision\n" not in note


def test_a_note_shows_the_decision_with_what_is_outstanding_and_what_came_of_each_disclosure() -> None:
    plan = evaluate(parse_answers(picture("threat", "CA")), on=ON)["plan"]
    steps: dict[str, dict[str, str]] = {one: {"state": "planned"} for one in plan}
    steps["warn_victim"] = {"state": "done", "at": "2026-11-25T10:00", "result": "an invented outcome"}
    steps["notify_law_enforcement"] = {"state": "declined"}
    decision = {"steps": steps, "follow_up": "2026-11-26T09:00", "tell": {"victim": "an invented text"},
                "reasons": {"notify_law_enforcement": "an invented reason", "law": "another invented reason"}}  # fmt: skip
    note = evaluate(parse_answers({**picture("threat", "CA"), "decision": decision}), on=ON)["note"]
    told = section(note, "Disclosures: recipient, content, authority, outcome")
    assert "Outcome: done, 2026-11-25T10:00; an invented outcome" in told
    assert "Told or to be told, victim: an invented text" in told
    taken = section(note, "Decision and steps: owner, deadline, completion")
    assert "Warn the person at risk: done, 2026-11-25T10:00; an invented outcome. Owner and deadline:" in taken
    assert "Differs from the suggestion (Tell police); reason: an invented reason" in taken
    assert "Differs from the suggestion (what the law requires); reason: another invented reason" in taken
    assert "departure" not in note
    outstanding = section(note, "Outstanding under the law")
    assert outstanding.count("**Outstanding**") == 2
    assert "Warn the person at risk and Tell police" in outstanding
    assert "2026-11-26T09:00" in section(note, "Re-assessment")


def test_a_note_does_not_call_open_what_is_settled_nor_settled_what_is_open() -> None:
    met = evaluate(parse_answers(picture("threat", "CO")), on=ON)["note"]
    open_still = evaluate(parse_answers(picture("threat", "CO", imminence="within_weeks")), on=ON)["note"]
    none = evaluate(parse_answers(picture("anger", "CO")), on=ON)["note"]
    assert "**Outstanding**" in section(met, "Outstanding under the law")
    assert section(open_still, "Outstanding under the law").startswith("- Not settled")
    assert section(none, "Outstanding under the law").startswith("- Nothing that the law requires is outstanding")


def test_a_note_says_that_nobody_is_told_where_nobody_is() -> None:
    note = evaluate(parse_answers(picture("anger")), on=ON)["note"]
    assert "None is planned" in section(note, "Disclosures: recipient, content, authority, outcome")


def test_in_two_jurisdictions_both_hold_statutes_are_the_authority() -> None:
    answers = picture("threat", "CA", second_jurisdiction="TX", imminence="within_a_day")
    result = evaluate(parse_answers(answers), on=ON)
    told = [one for one in result["disclosures"] if one["option"] == "emergency_evaluation"]
    holds = [the_table().jurisdiction(code).emergency_hold.citation for code in ("CA", "TX")]
    assert told and all(str(one) in " ".join(told[0]["authority"]) for one in holds)
