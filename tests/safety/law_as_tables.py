"""A jurisdiction's law for one profession as tables over answers, built from its data, for the diagrams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.findings import finding_tables
from state_law.conditions import DecisionTable
from state_law.elements import element_tables
from state_law.evaluate import STRICTEST_FIRST
from state_law.model import Jurisdiction, Rule
from tests.safety.vocabulary import ON

FIRST = (
    "concern", "threat", "danger_now", "preparation", "intent", "aggravating.command_hallucinations",
    "aggravating.stalking_or_fixation", "victim", "relation", "self_harm", "aggravating.despair", "plan", "history",
    "means", "harm", "imminence", "client_now",
)  # fmt: skip
"""The order in which the diagrams ask: what many rows read comes first, which keeps them small."""

LEAST_STRICT_FIRST = tuple(reversed(STRICTEST_FIRST))


def elements_of(rule: Rule, profession: str) -> dict[str, DecisionTable] | None:
    """The tables that must all say yes, named by what they are; None when the rule does not cover the profession."""
    tables, trigger = element_tables(), rule.trigger
    asked: list[tuple[str, str]] = [
        ("threat", trigger.threat), ("victim", trigger.victim), ("harm", trigger.harm),
        ("imminence", trigger.imminence), ("intent_and_ability", trigger.intent_and_ability),
        *(("limited_to", limit) for limit in rule.limited_to),
    ]  # fmt: skip
    if "all" not in rule.professions and profession not in rule.professions:
        if "facility" not in rule.professions:
            return None
        asked.append(("covers", "facility"))
    return {f"{element}: {form}": tables[element][form] for element, form in asked}


def rules_for(record: Jurisdiction, profession: str) -> list[tuple[Rule, dict[str, DecisionTable]]]:
    """The rules in force that may cover the profession, each with its elements."""
    found = []
    for rule in record.rules:
        elements = elements_of(rule, profession) if rule.in_force(ON) else None
        if elements is not None:
            found.append((rule, elements))
    return found


def _row(value: str, when: Any) -> dict[str, Any]:
    return {"is": value, "when": when, "because": "for the diagram"}


def met(name: str, elements: Mapping[str, DecisionTable]) -> DecisionTable:
    """Whether one rule is met: yes when every element is, no when any is not."""
    return DecisionTable.parse(
        name,
        [
            _row("yes", {"all": [{one: ["yes"]} for one in elements]}),
            _row("no", {"any": [{one: ["no"]} for one in elements]}),
        ],
    )


def any_met(name: str, rules: Sequence[Mapping[str, DecisionTable]]) -> DecisionTable:
    """Whether any of several rules is met."""
    if not rules:
        return DecisionTable.parse(name, [_row("no", "always")])
    return DecisionTable.parse(
        name,
        [
            _row("yes", {"any": [{"all": [{one: ["yes"]} for one in elements]} for elements in rules]}),
            _row("no", {"all": [{"any": [{one: ["no"]} for one in elements]} for elements in rules]}),
        ],
    )


def duty_tables(record: Jurisdiction, profession: str, upto: str = "duty") -> dict[str, DecisionTable]:
    """Every table on the way to `mandatory`, `permissive` or `duty`, in the order in which they are decided."""
    rules = rules_for(record, profession)
    speaks = [(rule, elements) for rule, elements in rules if rule.effect == "disclosure"]
    groups = {
        "mandatory": [elements for rule, elements in speaks if rule.duty == "mandatory"],
        "permissive": [elements for rule, elements in speaks if rule.duty == "permissive"],
        "said_no": [elements for rule, elements in rules if rule.duty == "no_duty"],
    }
    wanted = [upto] if upto in groups else list(groups)
    found = {"credible": finding_tables()["credible"]}
    for name in wanted:
        for elements in groups[name]:
            found.update(elements)
    found.update({name: any_met(name, groups[name]) for name in wanted})
    if upto == "duty":
        found["duty"] = DecisionTable.parse("duty", _duty_rows(record), "not_triggered")
    return found


def _duty_rows(record: Jurisdiction) -> list[dict[str, Any]]:
    classified = record.classification.duty_to_others
    rest = [_row("no_duty", {"said_no": "yes"})]
    if classified == "no_duty":
        rest = [_row("no_duty", "always")]
    elif classified == "unsettled":
        rest.append(_row("unsettled", "always"))
    not_yes = ["no", "unknown"]
    return [
        _row("must_act", {"mandatory": "yes"}),
        _row("turns_on_unknowns", {"mandatory": not_yes, "any": [{"mandatory": ["unknown"]}]}),
        _row("may_disclose", {"permissive": "yes"}),
        _row("turns_on_unknowns", {"permissive": ["unknown"]}),
        *rest,
    ]


def signature(record: Jurisdiction, profession: str) -> Any:
    """What the duty depends on: jurisdictions and professions with an equal one have the same diagram."""
    rules = tuple(
        sorted(
            (rule.duty, rule.effect == "disclosure", tuple(sorted(elements)))
            for rule, elements in rules_for(record, profession)
        )
    )
    return rules, record.classification.duty_to_others
