"""The care of the client after somebody was told: when it is due, ticked and taken back by id, kept, and in the record."""

from __future__ import annotations

import pytest

from flows.after_care import care_counted, care_data, care_due, care_steps
from flows.consult import Consult, Event, apply, current_result
from flows.errors import AnswerError, OutOfTurn

from .making import ANGER, BY, LATER, WHO, at_result, closed, decided, decision, stored, walked

SUICIDAL = {**ANGER, "self_harm": "passive"}


def told() -> Consult:
    """The person at risk has been warned."""
    return decided().report("warn_victim", {"state": "done"}, **BY).consult


def ids(consult: Consult) -> list[str]:
    return [one.id for one in care_steps(consult.care)]


def test_it_is_due_once_a_step_that_tells_somebody_is_done() -> None:
    planned = decided()
    assert planned.care is None and care_counted(planned.care) == ""
    attempted = planned.report("warn_victim", {"state": "attempted"}, **BY).consult
    assert attempted.care is None
    assert ids(told())[:2] == ["tell_client", "continue_treatment"]
    assert told().care["since"] == LATER  # type: ignore[index]


def test_a_decision_with_a_disclosure_already_done_has_it_at_once() -> None:
    assert ids(decided(state="done")) == ids(told())


def test_what_tells_nobody_brings_no_list() -> None:
    consult = decided(ANGER, state="done")
    assert consult.care is None
    assert all("done" not in one for one in current_result(consult)["after_care"])


def test_whoever_was_told_beside_the_plan_counts_too() -> None:
    consult = at_result(SUICIDAL)
    own = [one["id"] for one in (consult.result or {})["after_care"]]
    assert own == ["limits", "next_contact", "resources", "caring_contact"], "the plan itself tells nobody"
    steps = {"notify_law_enforcement": {"state": "done"}}
    plan = decision(consult, reasons={"notify_law_enforcement": "Invented", "law": "Invented"})
    consult = consult.decide({**plan, "steps": {**plan["steps"], **steps}}, **BY).consult
    assert ids(consult) == [*(one["id"] for one in care_data()["when_somebody_is_told"]), "caring_contact"]


def test_it_is_ticked_and_taken_back_and_says_when_and_by_whom() -> None:
    consult = told().report_care("resources", True, at=LATER, actor=WHO).consult
    assert care_counted(consult.care) == f"1 of {len(ids(consult))} done"
    [done] = [one for one in care_steps(consult.care) if one.is_done]
    assert (done.id, done.at, done.by) == ("resources", LATER, WHO)
    assert care_counted(consult.report_care("resources", False, **BY).consult.care).startswith("0 of")


def test_it_shows_nothing_anew_and_decides_nothing() -> None:
    before = told()
    after = before.report_care("resources", True, **BY).consult
    assert (after.turn, after.decision, after.result) == (before.turn, before.decision, before.result)


def test_what_is_not_on_the_list_or_not_due_is_refused() -> None:
    with pytest.raises(AnswerError, match="tell_client"):
        told().report_care("limits", True, **BY)
    for consult in (decided(), at_result(), walked(ANGER), closed()):
        with pytest.raises(OutOfTurn, match="tells somebody is done"):
            consult.report_care("resources", True, **BY)


def test_it_goes_on_after_the_consult_is_closed() -> None:
    consult = told().close("Invented reason", **BY).consult
    assert care_counted(consult.report_care("reassess", True, **BY).consult.care).startswith("1 of")


def test_a_tick_outlives_a_list_that_is_gone_and_comes_back() -> None:
    consult = told().report_care("tell_client", True, **BY).consult
    undone = consult.report("warn_victim", {"state": "failed"}, **BY).consult
    assert care_steps(undone.care) == () and "Done: " in current_result(undone)["note"]
    with pytest.raises(OutOfTurn):
        undone.report_care("repair", True, **BY)
    again = undone.report("notify_law_enforcement", {"state": "done"}, **BY).consult
    assert [one.id for one in care_steps(again.care) if one.is_done] == ["tell_client"]
    assert again.care["since"] == LATER  # type: ignore[index]


def test_what_was_ticked_and_is_on_no_list_any_more_stays_in_the_record() -> None:
    consult = told().report_care("repair", True, **BY).consult
    other = {"care": [{"id": "another", "text": "Another step."}], "decision": consult.decision, "to": "decided"}
    events = [Event("step_reported", LATER, WHO, other)]
    changed = _applied(consult, *events)
    assert ids(changed) == ["another"]
    told_of = current_result(changed)["after_care"]
    assert [(one["id"], bool(one["done"])) for one in told_of] == [("another", False), ("repair", True)]


def test_the_note_says_what_is_done_when_and_by_whom_and_what_is_open() -> None:
    text = current_result(told().report_care("resources", True, at=LATER, actor=WHO).consult)["note"]
    part = text.partition("## Care of the client afterwards\n")[2].partition("\n\n")[0].splitlines()
    assert [line.endswith(f"Done: {LATER}, {WHO}.") for line in part].count(True) == 1
    assert [line.endswith("Not recorded as done yet.") for line in part].count(True) == len(part) - 1
    assert "recorded as done" not in current_result(decided())["note"]


def test_the_events_give_it_again_and_the_snapshot_too() -> None:
    made = [at_result().decide(decision(at_result()), **BY)]
    for option in ("warn_victim", "same_day_evaluation"):
        made.append(made[-1].consult.report(option, {"state": "done"}, **BY))
    for care, done in (("tell_client", True), ("repair", True), ("tell_client", False)):
        made.append(made[-1].consult.report_care(care, done, **BY))
    steps, consult = [event for one in made for event in one.events], made[-1].consult
    assert [("care" in one.data) for one in steps[:3]] == [False, True, False], (
        "the words stand once, where they change"
    )
    assert _applied(at_result(), *steps).care == consult.care
    assert stored(consult) == consult


def test_a_log_from_before_it_has_no_list() -> None:
    consult = stored(told())
    assert consult.care is not None
    data = {"decision": consult.decision, "to": "decided"}
    assert _applied(decided(), Event("step_reported", LATER, WHO, data)).care is None


def test_every_step_has_an_id_of_its_own_in_every_list() -> None:
    parts = care_data()
    beside = [*parts["when_self_harm"], *parts["when_children"]]
    for name in ("when_somebody_is_told", "when_nobody_is_told"):
        found = [one["id"] for one in (*parts[name], *beside)]
        assert len(found) == len(set(found))
        assert all(one.isidentifier() and one.islower() for one in found)


def test_treating_staff_are_no_disclosure() -> None:
    result = {
        "options": [{"id": "one", "tells": ["treating_or_medical_personnel"]}],
        "plan": ["one"],
        "after_care": [{"id": "limits", "text": "Invented"}],
    }
    assert care_due(result, {"one": {"state": "done"}}) == []


def _applied(consult: Consult, *events: Event) -> Consult:
    for event in events:
        consult = apply(consult, event)
    return consult
