"""The decision: a planned step is not a duty discharged, a choice other than the plan has a reason, times are times."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest

from flows.answers import parse_answers
from flows.decision import OMISSION, STEP_STATES, check_decision, outstanding, parse_time, reasons_needed
from flows.errors import AnswerError
from flows.evaluation import evaluate

from ..cases.reading import ON, picture

AT = "2026-11-25T15:00:00Z"
EXAMPLE = "2026-11-25T15:00"
Steps = dict[str, dict[str, Any]]


@lru_cache(maxsize=16)
def result_in(jurisdiction: str, name: str = "threat", second: str = "") -> dict[str, Any]:
    """The result for a picture in a jurisdiction."""
    more = {"second_jurisdiction": second} if second else {}
    return evaluate(parse_answers(picture(name, jurisdiction, **more)), on=ON)


def all_in(state: str, result: dict[str, Any]) -> Steps:
    """Every step of the plan in one state."""
    return {one: {"state": state} for one in result["plan"]}


def decided(result: dict[str, Any], **decision: Any) -> dict[str, Any]:
    """The decision, checked."""
    return check_decision(result, decision, AT).as_dict()


@pytest.mark.parametrize("state", [one for one in STEP_STATES if one not in ("done", "declined")])
def test_what_the_law_requires_stays_outstanding_while_steps_are(state: str) -> None:
    result = result_in("CA")
    found = decided(result, steps=all_in(state, result))
    assert [one["under"] for one in found["outstanding"]] == ["ca-civ-43.92", "ca-wic-8105"]
    assert found["omits"] == []


def test_declined_leaves_it_outstanding_and_needs_reasons() -> None:
    result = result_in("CA")
    reasons = dict.fromkeys([*result["plan"], OMISSION], "an invented reason")
    found = decided(result, steps=all_in("declined", result), reasons=reasons)
    assert [one["under"] for one in found["outstanding"]] == ["ca-civ-43.92", "ca-wic-8105"]
    assert found["omits"] == ["warn_victim and notify_law_enforcement"]


def test_done_discharges() -> None:
    result = result_in("CA")
    assert decided(result, steps=all_in("done", result))["outstanding"] == []


# In Colorado: what is done, and whether the duty is still outstanding. Half of a way is no way.
WAYS: list[tuple[dict[str, str], bool]] = [
    ({}, True),
    ({"warn_victim": "done"}, True),
    ({"notify_law_enforcement": "done"}, True),
    ({"warn_victim": "done", "notify_law_enforcement": "attempted"}, True),
    ({"warn_victim": "done", "notify_law_enforcement": "failed"}, True),
    ({"warn_victim": "failed", "notify_law_enforcement": "done"}, True),
    ({"warn_victim": "done", "notify_law_enforcement": "done"}, False),
    ({"voluntary_admission": "planned"}, True),
    ({"voluntary_admission": "done"}, False),
    ({"emergency_evaluation": "attempted"}, True),
    ({"emergency_evaluation": "done"}, False),
    ({"emergency_evaluation": "done", "warn_victim": "declined"}, False),
    ({"same_day_evaluation": "done", "safety_plan": "done"}, True),
]


@pytest.mark.parametrize(("states", "open_still"), WAYS, ids=[str(row[0]) for row in WAYS])
def test_a_duty_is_met_only_when_one_accepted_way_is_done_in_full(states: dict[str, str], open_still: bool) -> None:
    left = outstanding(result_in("CO"), {one: {"state": state} for one, state in states.items()})
    assert [one["under"] for one in left] == (["co-13-21-117"] if open_still else [])


def test_each_rule_is_met_on_its_own() -> None:
    left = outstanding(result_in("IL"), {"notify_state_agency": {"state": "done"}})
    assert [one["under"] for one in left] == ["il-6-103"]


def test_in_two_jurisdictions_what_one_requires_and_the_other_forbids_stays_outstanding() -> None:
    result = result_in("CA", second="TX")
    steps = {"notify_law_enforcement": {"state": "done"}}
    assert [one["under"] for one in outstanding(result, steps)] == ["ca-civ-43.92"]


def test_reasonable_care_is_done_when_the_steps_that_give_it_are() -> None:
    result = result_in("VT")
    care = {one: {"state": "done"} for way in result["law"]["enough_any_of"] for one in way}
    assert [one["under"] for one in outstanding(result, {})] == ["vt-1882"]
    assert outstanding(result, care) == []


def test_what_stands_only_in_a_rules_own_words_is_never_counted_as_met() -> None:
    answers = picture("threat", "ME", "nurse", client_now="inpatient_or_custody")
    result = evaluate(parse_answers(answers), on=ON)
    everything = {option["id"]: {"state": "done"} for option in result["options"]}
    assert [one["under"] for one in outstanding(result, everything)] == ["me-34b-1207-6"]


def test_nothing_is_outstanding_where_nothing_is_required() -> None:
    assert decided(result_in("TX"), steps=all_in("planned", result_in("TX")))["outstanding"] == []
    assert decided(result_in("CO", "anger"), steps={})["outstanding"] == []


# In California: the steps, and where a reason is needed.
NEEDED: list[tuple[str, Steps, set[str]]] = [
    ("as suggested", {}, set()),
    ("a step that tells nobody is declined", {"safety_plan": {"state": "declined"}}, {"safety_plan"}),
    ("police are not told", {"notify_law_enforcement": {"state": "declined"}}, {"notify_law_enforcement", OMISSION}),
    ("a hold beside it", {"emergency_evaluation": {"state": "planned"}}, {"emergency_evaluation"}),
    ("family told beside it", {"notify_family_without_consent": {"state": "done"}}, {"notify_family_without_consent"}),
    ("a hold was thought of and declined", {"emergency_evaluation": {"state": "declined"}}, set()),
    ("information beside it", {"inform_about_risk_order": {"state": "done"}}, set()),
]


@pytest.mark.parametrize(("said", "changed", "needed"), NEEDED, ids=[row[0] for row in NEEDED])
def test_a_reason_is_needed_where_it_differs_in_weight(said: str, changed: Steps, needed: set[str]) -> None:
    result = result_in("CA")
    steps = all_in("planned", result) | changed
    assert set(reasons_needed(result, steps)) == needed
    if needed:
        with pytest.raises(AnswerError, match=r"decision\.reasons\.\w+: a reason is needed"):
            decided(result, steps=steps)
        with pytest.raises(AnswerError, match="a reason is needed"):
            decided(result, steps=steps, reasons=dict.fromkeys(needed, "   "))
    found = decided(result, steps=steps, reasons=dict.fromkeys(needed, " an invented reason "))
    assert found["reasons"] == dict.fromkeys(needed, "an invented reason")


def test_leaving_a_weighty_step_out_needs_a_reason_as_declining_it_does() -> None:
    needed = reasons_needed(result_in("CA"), {})
    assert set(needed) == {"same_day_evaluation", "warn_victim", "notify_law_enforcement", OMISSION}
    assert all(needed.values())


def test_another_lawful_way_than_the_suggested_one_omits_nothing() -> None:
    result = result_in("CO")
    steps = {
        one: {"state": "planned"} for one in result["plan"] if one not in ("warn_victim", "notify_law_enforcement")
    }
    steps["emergency_evaluation"] = {"state": "planned"}
    needed = set(reasons_needed(result, steps))
    assert needed == {"warn_victim", "notify_law_enforcement", "emergency_evaluation"}
    found = decided(result, steps=steps, reasons=dict.fromkeys(needed, "an invented reason"))
    assert found["omits"] == []
    assert found["differs"] == ["emergency_evaluation", "notify_law_enforcement", "warn_victim"]


def test_telling_somebody_whom_the_law_excludes_needs_a_reason() -> None:
    result = result_in("TX")
    steps = all_in("planned", result)
    with pytest.raises(AnswerError, match="victim may not be told") as caught:
        decided(result, steps=steps, tell={"victim": "an invented text"})
    assert caught.value.field == f"decision.reasons.{OMISSION}"
    decided(result, steps=steps, tell={"victim": "an invented text"}, reasons={OMISSION: "an invented reason"})
    decided(result, steps=steps, tell={"treating_or_medical_personnel": "an invented text"})


def test_a_step_gets_the_time_of_recording_unless_it_has_one() -> None:
    steps: Steps = {
        "safety_plan": {"state": "done"},
        "crisis_line": {"state": "done", "at": "2026-11-25T09:30", "result": " reached "},
    }
    found = decided(result_in("CO", "anger"), steps=steps)["steps"]
    assert found["safety_plan"] == {"state": "done", "at": AT, "result": None}
    assert found["crisis_line"] == {"state": "done", "at": "2026-11-25T09:30", "result": "reached"}


# A decision that won't do, and the field, the value and a piece of what is allowed that the error names.
STATES = "planned, attempted, done, failed, declined"
BAD: list[tuple[dict[str, Any], str, object, str]] = [
    ({"steps": {"warn_neighbours": {"state": "done"}}}, "decision.steps", "warn_neighbours", "warn_victim"),
    ({"steps": {"safety_plan": {"state": "finished"}}}, "decision.steps.safety_plan.state", "finished", STATES),
    ({"steps": {"safety_plan": {"state": "Done"}}}, "decision.steps.safety_plan.state", "Done", STATES),
    ({"steps": {"safety_plan": {}}}, "decision.steps.safety_plan.state", None, STATES),
    ({"steps": {"safety_plan": {"state": "done", "at": "noon"}}}, "decision.steps.safety_plan.at", "noon", EXAMPLE),
    ({"steps": {"safety_plan": {"state": "done", "at": "2026-13-01T10:00"}}}, "decision.steps.safety_plan.at",
     "2026-13-01T10:00", EXAMPLE),
    ({"reasons": {"no_such_option": "an invented reason"}}, "decision.reasons", "no_such_option", "law"),
    ({"tell": {"newspaper": "an invented text"}}, "decision.tell", "newspaper", "victim"),
    ({"follow_up": "2026-11-25T14:59:59Z"}, "decision.follow_up", "2026-11-25T14:59:59Z", f"a time after {AT}"),
    ({"follow_up": "2026-11-25T14:59"}, "decision.follow_up", "2026-11-25T14:59", f"a time after {AT}"),
    ({"follow_up": "2026-11-25T16:30+02:00"}, "decision.follow_up", "2026-11-25T16:30+02:00", f"a time after {AT}"),
    ({"follow_up": "2026-11-25"}, "decision.follow_up", "2026-11-25", f"a time after {AT}"),
    ({"follow_up": "tomorrow"}, "decision.follow_up", "tomorrow", EXAMPLE),
]  # fmt: skip


@pytest.mark.parametrize(("decision", "field", "value", "allowed"), BAD, ids=[str(row[0])[:70] for row in BAD])
def test_what_wont_do_is_named(decision: dict[str, Any], field: str, value: object, allowed: str) -> None:
    with pytest.raises(AnswerError) as caught:
        decided(result_in("CO", "anger"), **decision)
    assert (caught.value.field, caught.value.value) == (field, value)
    assert allowed in caught.value.allowed


@pytest.mark.parametrize(
    "follow_up", [AT, "2026-11-25T15:00", "2026-11-26", "2026-11-25T16:30-05:00", "2027-01-01T00:00Z"]
)
def test_a_follow_up_is_not_in_the_past(follow_up: str) -> None:
    assert decided(result_in("CO", "anger"), follow_up=follow_up)["follow_up"] == follow_up


@pytest.mark.parametrize("follow_up", [None, ""])
def test_a_follow_up_may_be_left_open(follow_up: object) -> None:
    assert decided(result_in("CO", "anger"), follow_up=follow_up)["follow_up"] is None


def test_a_time_of_recording_without_an_offset_can_be_compared() -> None:
    result = result_in("CO", "anger")
    at = "2026-11-25T15:00:00"
    assert check_decision(result, {"follow_up": "2026-11-25T15:01:00Z"}, at).follow_up == "2026-11-25T15:01:00Z"
    with pytest.raises(AnswerError, match="the follow-up time has passed"):
        check_decision(result, {"follow_up": "2026-11-25T14:59:00Z"}, at)


def test_a_time_is_read_with_or_without_its_offset() -> None:
    assert parse_time("at", "2026-11-25T15:00Z") == parse_time("at", "2026-11-25T16:00+01:00")
    assert parse_time("at", "2026-11-25T15:00").tzinfo is None


def test_a_decision_in_the_answers_is_recorded_with_the_result() -> None:
    answers = picture("threat", "CA")
    result = result_in("CA")
    done = all_in("done", result)
    first = evaluate(parse_answers({**answers, "decision": {"steps": all_in("planned", result)}}), on=ON)
    assert [one["under"] for one in first["law"]["outstanding"]] == ["ca-civ-43.92", "ca-wic-8105"]
    assert first["decision"]["steps"]["warn_victim"]["at"] == "2026-11-25T00:00:00Z"
    second = evaluate(parse_answers({**answers, "decision": {"steps": done}}), on=ON, at=AT)
    assert second["law"]["outstanding"] == second["decision"]["outstanding"] == []
    assert second["decision"]["steps"]["warn_victim"]["at"] == AT
    assert result["decision"] is None
    assert [one["under"] for one in result["law"]["outstanding"]] == ["ca-civ-43.92", "ca-wic-8105"]


def test_a_report_of_abuse_is_outstanding_until_it_is_made() -> None:
    answers = picture("first_words", "KY", concern="abuse_of_child", threat="none", self_harm="none")
    result = evaluate(parse_answers(answers), on=ON)
    assert [one["under"] for one in outstanding(result, {"mandated_report": {"state": "attempted"}})] == [
        "abuse_reporting"
    ]
    assert outstanding(result, {"mandated_report": {"state": "done"}}) == []
    assert "mandated_report" in reasons_needed(result, {})
