"""The `law` part of a result: rules with their elements and reasons, duty, recipients, what is enough, what is open."""

from __future__ import annotations

from typing import Any

from flows.core import Core, Outcome
from flows.find_out import Assignment
from flows.planner import Alternative, alternatives
from flows.words import words
from state_law.check import unconfirmed
from state_law.conditions import Facts
from state_law.evaluate import JurisdictionLaw, RuleResult
from state_law.logic import Truth, any_of
from state_law.model import Jurisdiction, Reporting
from state_law.recipients import shown

ABUSE = {"abuse_of_child": "child", "abuse_of_vulnerable_adult": "vulnerable_adult"}


def law(
    core: Core, outcome: Outcome, if_met: list[tuple[str, Assignment, tuple[str, ...]]], facts: Facts
) -> dict[str, Any]:
    """Everything that the law says on these answers, in the contract's words."""
    record = outcome.laws[0].record
    recipients = outcome.recipients
    reporting = abuse_reporting(outcome)
    return {
        "jurisdiction": record.code,
        "jurisdictions": [one.record.code for one in outcome.laws],
        "table_version": core.table.version,
        "verified_on": min(one.record.verified_on for one in outcome.laws),
        "evaluated_on": core.on.isoformat(),
        "duty": outcome.duty,
        "duty_says": words()["duty"][outcome.duty],
        "duty_by_jurisdiction": {one.record.code: one.duty for one in outcome.laws},
        "rules": [_rule(one, result, outcome.facts) for one in outcome.laws for result in one.rules],
        "may_tell": [
            {"recipient": one.recipient, "path": one.path, "under": list(one.under), "what": one.what}
            for one in recipients.may_tell
        ],
        "may_tell_if": [
            {"recipient": who, "if": as_answers(way, facts), "under": list(under)} for who, way, under in if_met
        ],
        "may_not_tell": [{"recipient": one.recipient, "because": one.because} for one in recipients.may_not_tell],
        "not_confirmed": [{"recipient": one.recipient, "because": one.because} for one in recipients.not_confirmed],
        "enough_any_of": enough_any_of(outcome),
        "requires": _requires(outcome, reporting),
        "outstanding": [],
        "also_accepted": _in_its_own_words(outcome),
        "discharge_not_confirmed": _discharge_not_confirmed(outcome),
        "impossible": list(outcome.plan.impossible),
        "harm_to_self": _harm_to_self(record),
        "emergency_hold": _emergency_hold(record),
        "risk_protection_order": _risk_order(record),
        "abuse_reporting": reporting,
        "federal": [
            {"id": rule.id, "citation": rule.citation, "allows": rule.allows}
            for rule in core.table.federal.privacy_rules
            if shown(rule.id, outcome.facts)
        ],
        "ethics": [
            {"citation": code.citation, "says": code.says}
            for code in core.table.federal.ethics_codes
            if outcome.facts["profession"] in code.professions
        ],
        "open_questions": [question for one in outcome.laws for question in one.record.open_questions],
    }


def _rule(law: JurisdictionLaw, result: RuleResult, facts: Facts) -> dict[str, Any]:
    rule = result.rule
    source = law.record.source(rule.source)
    return {
        "id": rule.id,
        "jurisdiction": result.jurisdiction,
        "citation": rule.citation,
        "duty": rule.duty,
        "effect": rule.effect,
        "covers_profession": result.considered,
        "met": result.met,
        "elements": dict(result.elements),
        "why": result.why(facts),
        "summary": rule.summary,
        "immunity": {
            "for_disclosing": rule.immunity.for_disclosing,
            "for_not_disclosing": rule.immunity.for_not_disclosing,
            "note": rule.immunity.note,
        },
        "confidence": rule.confidence,
        "unconfirmed": unconfirmed(law.record, rule),
        "checked_on": rule.checked_on,
        "in_force_since": rule.in_force_since,
        "source": source.url if source else rule.source,
    }


def as_answers(way: Assignment, facts: Facts) -> dict[str, Any]:
    """Answers in the contract's form: an item of a list stands in its list, with what is known of the other items."""
    found: dict[str, Any] = {}
    for key, value in way.items():
        name, _, item = key.partition(".")
        if not item:
            found[name] = value
        else:
            known = {one.partition(".")[2]: facts[one] for one in facts if one.startswith(name + ".")}
            items = found.setdefault(name, {one: said for one, said in known.items() if said != "unknown"})
            items[item] = value
    return found


def enough_any_of(outcome: Outcome) -> list[list[str]]:
    """The ways that discharge the met mandatory rules, as option ids. Reasonable care: a plan enough for the level."""
    return _as_options(outcome.plan.law, outcome)


def _as_options(ways: tuple[Alternative, ...], outcome: Outcome) -> list[list[str]]:
    order = {one: option.option.data.order for one, option in outcome.plan.situated.items()}
    found = []
    for way in ways:
        options = set(way.options)
        if way.reasonable_care:
            options |= set(_careful_steps(outcome))
        found.append(sorted(options, key=lambda one: (order[one], one)))
    return found


def _careful_steps(outcome: Outcome) -> list[str]:
    """The steps of the plan that make it enough for the level: those weighed, else all but finding out."""
    plan = outcome.plan
    protective = [one for one in plan.steps if one in plan.chosen or plan.situated[one].gives]
    return protective or [one for one in plan.steps if one != "clarify_facts"]


def _requires(outcome: Outcome, reporting: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the law requires on these answers, rule by rule: [{under, any_of, text}]."""
    found = []
    for one in outcome.laws:
        for result in one.met("mandatory"):
            ways = _as_options(alternatives([result]), outcome)
            found.append({"under": result.rule.id, "any_of": ways, "text": f"{result.rule.citation}: not done yet"})
    for report in reporting:
        if report["you_must"] != "no":
            text = f"{report['citation'] or 'the reporting law'}: the report is not made yet"
            found.append({"under": "abuse_reporting", "any_of": [["mandated_report"]], "text": text})
    return found


def _in_its_own_words(outcome: Outcome) -> list[dict[str, str]]:
    """Rules that also accept what no option stands for: shown in the rule's own words, never counted as met."""
    return [
        {"under": result.rule.id, "citation": result.rule.citation, "says": result.rule.summary}
        for one in outcome.laws
        for result in one.met("mandatory") + one.unknown("mandatory")
        if any("other" in actions for actions in result.discharge_any_of)
    ]


def _discharge_not_confirmed(outcome: Outcome) -> list[dict[str, str]]:
    """Mandatory rules in play whose ways to be met could not be confirmed: reasonable care stands in for them."""
    return [
        {
            "under": result.rule.id,
            "citation": result.rule.citation,
            "because": unconfirmed(one.record, result.rule) or "the table lists no way",
        }
        for one in outcome.laws
        for result in one.met("mandatory") + one.unknown("mandatory")
        if not result.discharge_any_of
    ]


def _harm_to_self(record: Jurisdiction) -> dict[str, Any]:
    source = record.source(record.harm_to_self.source)
    part = record.harm_to_self
    return {
        "disclosure": part.disclosure,
        "may_tell": list(part.may_tell),
        "citation": part.citation,
        "summary": part.summary,
        "source": source.url if source else None,
    }


def _emergency_hold(record: Jurisdiction) -> dict[str, Any]:
    hold = record.emergency_hold
    return {
        "local_name": hold.local_name,
        "citation": hold.citation,
        "initial_hours": hold.initial_hours,
        "who_may_start": list(hold.who_may_start),
        "criteria": hold.criteria,
    }


def _risk_order(record: Jurisdiction) -> dict[str, Any]:
    order = record.erpo
    return {
        "available": order.available,
        "citation": order.citation,
        "who_may_petition": list(order.who_may_petition),
    }


def must_report(reporting: Reporting, facts: Facts) -> Truth:
    """Whether this clinician must report, as the table has it; unknown where it is not confirmed."""
    who = reporting.who_must_report
    if who.everyone:
        return "yes"
    if who.everyone is None and not who.professions:
        return "unknown"
    # A list that was not read whole (`everyone` is null) never says that those not on it need not report.
    left_out: Truth = "no" if who.everyone is False else "unknown"
    named: Truth = "yes" if {"all", facts["profession"]} & set(who.professions) else left_out
    as_staff: Truth = facts["setting.facility"] if "facility" in who.professions else "no"  # type: ignore[assignment]
    if named == "no" and facts["profession"] == "other":
        return any_of(["unknown", as_staff])
    return any_of([named, as_staff])


def abuse_reporting(outcome: Outcome) -> list[dict[str, Any]]:
    """The mandated report in each jurisdiction, when abuse is the concern: who must, to whom, by when."""
    kind = ABUSE.get(outcome.facts["concern"])
    if kind is None:
        return []
    found = []
    for one in outcome.laws:
        reporting: Reporting = getattr(one.record.abuse_reporting, kind)
        who = reporting.who_must_report
        found.append(
            {
                "jurisdiction": one.record.code,
                "kind": kind,
                "you_must": must_report(reporting, outcome.facts),
                "who": who.note,
                "report_to": reporting.report_to,
                "deadline": reporting.deadline,
                "hotline": reporting.hotline,
                "citation": reporting.citation,
                "confidence": who.confidence,
                "checked_on": who.checked_on,
            }
        )
    return found
