"""The parts of a result that are words for a person: warnings, disclosures, after-care, what finding out would change."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flows.core import Outcome
from flows.find_out import Worth
from flows.options import catalogue_data
from flows.planner import why_not
from flows.words import read_data, spoken, words
from state_law.conditions import Condition, parse_condition
from state_law.logic import YES

MOST_EXAMPLES = 3


@lru_cache(maxsize=1)
def _warnings() -> list[tuple[Condition, str]]:
    return [(parse_condition(row["when"]), row["text"]) for row in read_data("warnings.yaml")]


@lru_cache(maxsize=1)
def _minimum() -> dict[str, dict[str, dict[str, str]]]:
    data: dict[str, dict[str, dict[str, str]]] = read_data("disclosures.yaml")
    return data


@lru_cache(maxsize=1)
def _after_care() -> dict[str, list[dict[str, str]]]:
    data: dict[str, list[dict[str, str]]] = read_data("after_care.yaml")
    return data


def warnings(outcome: Outcome, law: dict[str, Any]) -> list[str]:
    """What the person must be told beside the plan, the most urgent first."""
    found = [text for when, text in _warnings() if when.test(outcome.facts) == YES]
    plan = outcome.plan
    if plan.impossible:
        ways = " Or: ".join(plan.impossible)
        found.append(
            f"No way that the law accepts can be carried out in full on these answers: {ways}. Call a supervisor or counsel now."
        )
    for missing in plan.missing:
        found.append(f"Not reached with the people who may be told: {missing}. Call a supervisor or counsel now.")
    for who in plan.doubtful:
        doubt = next(one.because for one in outcome.recipients.not_confirmed if one.recipient == who)
        found.append(f"In this plan although not confirmed: telling {spoken(who)}; {doubt}.")
    found += outcome.recipients.warnings
    for rule in law["rules"]:
        relied_on = rule["covers_profession"] and rule["met"] != "no"
        if relied_on and rule["unconfirmed"]:
            found.append(f"{rule['citation']}: {rule['unconfirmed']}. Check it, or ask counsel.")
    if not any(rule["covers_profession"] for rule in law["rules"]):
        found.append("No rule in the table covers this profession here. That is not the same as no duty; ask counsel.")
    for one in law["also_accepted"]:
        found.append(f"{one['under']} also accepts something else; read it in its own words. It is not counted here.")
    for report in law["abuse_reporting"]:
        if report["you_must"] == "unknown":
            found.append(
                f"{report['jurisdiction']}: whether you must report is not confirmed; report if in doubt, or ask counsel."
            )
        if report["you_must"] == "no":
            found.append(
                f"{report['jurisdiction']}: the table does not name your profession among those who must report; you may still report."
            )
    return list(dict.fromkeys(found))


def plan_text(outcome: Outcome) -> dict[str, Any]:
    """What goes with the plan: the other sufficient choices, when to be in contact, the next step if one fails, after-care."""
    plan = outcome.plan
    fallback = [
        one for one in catalogue_data()["next_step_if_it_fails"] if one not in plan.steps and plan.situated[one].usable
    ]
    return {
        "level_says": words()["level"][outcome.level],
        "alternatives": [list(other) for other in plan.others],
        "equally_intrusive": plan.equals,
        "contact": catalogue_data()["contact"][outcome.level],
        "if_it_fails": fallback[:2] if outcome.level in ("high", "emergency") else [],
        "not_reached": list(plan.missing),
        "after_care": after_care(outcome),
    }


def after_care(outcome: Outcome) -> list[dict[str, str]]:
    """The care of the client afterwards, as {id, text}."""
    parts = _after_care()
    plan = outcome.plan
    told = any(set(plan.situated[one].tells) - {"treating_or_medical_personnel"} for one in plan.steps)
    found = list(parts["when_somebody_is_told" if told else "when_nobody_is_told"])
    if outcome.facts["level_self"] != "low":
        found += parts["when_self_harm"]
    if "protect_children" in plan.steps or outcome.facts["aggravating.children_exposed"] == "yes":
        found += parts["when_children"]
    return found


def disclosures(outcome: Outcome) -> list[dict[str, Any]]:
    """The minimum necessary for each disclosure in the plan: {option, to, channel, say, leave_out, authority, wording}."""
    found = []
    for one in outcome.plan.steps:
        option = outcome.plan.situated[one]
        for who in option.tells:
            minimum = _minimum()[one][who]
            found.append({"option": one, "to": who, **minimum, "authority": _authority(outcome, one, who),
                          "wording": option.option.data.worded if outcome.recipients.worded else None})  # fmt: skip
    return found


def _authority(outcome: Outcome, option: str, who: str) -> list[str]:
    by = set(outcome.plan.situated[option].option.data.by)
    found = []
    for permission in outcome.recipients.may_tell:
        if permission.recipient == who:
            for under in permission.under:
                way = "self" if under == "harm_to_self" else permission.path
                if way in by:
                    found.append(_citation(outcome, under))
    if not found:
        found = [named.because for named in outcome.recipients.not_confirmed if named.recipient == who]
    return list(dict.fromkeys(found))


def _citation(outcome: Outcome, under: str) -> str:
    """The citation behind an id: of a rule, of a part of the record, of the federal layer; otherwise the words as they are."""
    record = outcome.laws[0].record
    parts = {
        "harm_to_self": record.harm_to_self.citation,
        "emergency_hold": record.emergency_hold.citation,
        "abuse_reporting": record.abuse_reporting.child.citation
        if outcome.facts["concern"] == "abuse_of_child"
        else record.abuse_reporting.vulnerable_adult.citation,
    }
    if under in parts:
        return parts[under] or f"{record.name}: citation not confirmed"
    for law in outcome.laws:
        for result in law.rules:
            if result.rule.id == under:
                return result.rule.citation
    from state_law.load import the_table

    try:
        return the_table().federal.rule(under).citation
    except KeyError:
        return under


def would_change(outcome: Outcome, worth: Worth) -> str:
    """What the answer to a question would change, in one line."""
    parts = []
    for item, value, then in worth.changes[:]:
        name = f"{spoken(item.partition('.')[2])}: {value}" if "." in item else spoken(value)
        what = _difference(outcome, then)
        if what:
            parts.append((name, what))
    grouped: dict[str, list[str]] = {}
    for name, what in parts:
        grouped.setdefault(what, []).append(name)
    if not grouped:
        return "with other answers, it can change the duty, the level or the plan"
    ranked = sorted(grouped.items(), key=lambda pair: "duty" not in pair[0])
    return "; ".join(f"{' or '.join(names[:MOST_EXAMPLES])}: {what}" for what, names in ranked[:MOST_EXAMPLES])


def _difference(now: Outcome, then: Outcome) -> str:
    found = []
    if then.duty != now.duty:
        found.append(f"duty becomes {spoken(then.duty)}")
    if then.level != now.level:
        found.append(f"level becomes {then.level}")
    if not found and then.plan.steps != now.plan.steps:
        more = [spoken(one) for one in then.plan.steps if one not in now.plan.steps]
        fewer = [spoken(one) for one in now.plan.steps if one not in then.plan.steps]
        found.append(
            "the plan changes (" + ", ".join([f"adds {one}" for one in more] + [f"drops {one}" for one in fewer]) + ")"
        )
    return ", ".join(found)


__all__ = ["after_care", "disclosures", "plan_text", "warnings", "why_not", "would_change"]
