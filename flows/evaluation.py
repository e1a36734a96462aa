"""Answers in, result out: the whole evaluation in the contract's words.

`evaluate` is what the terminal, the files, the tests and the chat call. It never changes anything and needs no network.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flows import law_result
from flows.answers import Answers
from flows.core import Core, Outcome, core
from flows.decision import check_decision, outstanding
from flows.find_out import Askable, LookingAhead
from flows.findings import FINDINGS, reasons
from flows.planner import statuses
from flows.questions import askable_values, left_open
from flows.result_text import disclosures, plan_text, warnings, would_change
from flows.version import flow_version
from state_law.load import Table, the_table


def evaluate(
    answers: Answers, *, on: date, reference: str | None = None, table: Table | None = None, at: str | None = None
) -> dict[str, Any]:
    """The result of a consult, under the rules in force `on` that day.

    `reference` is the consult's code, or None when it has none yet. `at` (ISO 8601, UTC) is the time of a decision that
    comes with the answers; the start of the day when it is left out. Errors: AnswerError for a decision that won't do,
    UnknownJurisdiction or TableError when the law can't be had.
    """
    table = table or the_table()
    facts = answers.facts
    engine = core(table, on)
    outcome = engine.evaluate(facts)
    ahead = LookingAhead(engine, outcome, facts, Askable(askable_values(), left_open()))
    result = {**_result(engine, outcome, answers, ahead, reference), "decision": None}
    if answers.decision:
        return with_decision(result, answers, at or f"{on.isoformat()}T00:00:00Z")
    return _with_note(result, answers)


def with_decision(result: Mapping[str, Any], answers: Answers, at: str) -> dict[str, Any]:
    """The result with the decision that came with the answers; `at`: see `evaluate`. AnswerError when it won't do."""
    decision = check_decision(result, answers.decision or {}, at).as_dict()
    law = {**result["law"], "outstanding": decision["outstanding"]}
    return _with_note({**result, "law": law, "decision": decision}, answers)


def _with_note(result: dict[str, Any], answers: Answers) -> dict[str, Any]:
    from flows.note import note

    on = date.fromisoformat(result["law"]["evaluated_on"])
    return {**result, "note": note(result, answers, on)}


def _result(
    engine: Core, outcome: Outcome, answers: Answers, ahead: LookingAhead, reference: str | None
) -> dict[str, Any]:
    facts = outcome.facts
    why = reasons(facts)
    plan = outcome.plan
    found = statuses(plan, outcome.level)
    worth = ahead.worth_asking()
    law = law_result.law(engine, outcome, ahead.may_tell_if(), answers.facts)
    law["outstanding"] = outstanding({"law": law}, {})
    return {
        "consult": reference,
        "flow_version": flow_version(),
        "level": outcome.level,
        "level_for": {"others": facts["level_others"], "self": facts["level_self"]},
        "level_because": {"others": why["level_others"], "self": why["level_self"]},
        "findings": {name: {"value": facts[name], "because": why[name]} for name in FINDINGS},
        "law": law,
        "options": [
            {
                "id": one,
                "label": option.option.data.label,
                "status": found[one][0],
                "confidentiality": option.confidentiality,
                "liberty": option.liberty,
                "tells": list(option.tells),
                "satisfies": list(option.option.data.satisfies),
                "because": found[one][1],
                "do": option.option.data.do,
                "for_client": option.option.data.for_client,
                "not_for": option.option.data.not_for,
                "worded": option.option.data.worded if outcome.recipients.worded else None,
            }
            for one, option in plan.situated.items()
        ],
        "plan": list(plan.steps),
        **plan_text(outcome),
        "if_then": [
            {
                "if": law_result.as_answers(way, answers.facts),
                "duty": then.duty,
                "level": then.level,
                "plan": list(then.steps),
                "enough_any_of": law_result.enough_any_of(then),
                "impossible": list(then.plan.impossible),
            }
            for way, then in ahead.what_if(worth)
        ],
        "find_out": [{"question": one.question, "would_change": would_change(outcome, one)} for one in worth],
        "disclosures": disclosures(outcome),
        "warnings": warnings(outcome, law),
    }
