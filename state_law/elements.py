"""The elements of one rule against the answers, by the table in `elements.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from state_law import load
from state_law.conditions import DecisionTable, Facts
from state_law.logic import Truth, any_of
from state_law.model import Rule
from state_law.shapes import Elements, check_elements, read_shaped

ElementTables = Mapping[str, Mapping[str, DecisionTable]]


@lru_cache(maxsize=1)
def element_tables() -> ElementTables:
    """Element -> the form that a rule asks for -> its table. TableError names a row that can't be understood."""
    data = read_shaped(load.HERE / "elements.yaml", Elements)
    check_elements(data)
    return {
        element: {
            form: DecisionTable.parse(f"elements.yaml: {element}.{form}", rows, because="the answers do not show it")
            for form, rows in forms.items()
        }
        for element, forms in data.items()
    }


def coverage(rule: Rule, facts: Facts) -> Truth:
    """Whether the rule covers this clinician: by profession (yes or no), or as staff of a facility (may be unknown)."""
    if "all" in rule.professions or facts["profession"] in rule.professions:
        return "yes"
    return any_of(
        [
            _as_truth(table.decide(facts))
            for form, table in element_tables()["covers"].items()
            if form in rule.professions
        ]
    )


def tables_of(rule: Rule) -> dict[str, DecisionTable]:
    """The tables that decide this rule's elements, by the name under which the result shows them."""
    tables = element_tables()
    trigger = rule.trigger
    found = {
        "threat": tables["threat"][trigger.threat],
        "victim": tables["victim"][trigger.victim],
        "harm": tables["harm"][trigger.harm],
        "imminence": tables["imminence"][trigger.imminence],
        "intent_and_ability": tables["intent_and_ability"][trigger.intent_and_ability],
    }
    for limit in rule.limited_to:
        found[limit] = tables["limited_to"][limit]
    return found


def circumstances_of(rule: Rule) -> dict[str, DecisionTable]:
    """The tables that decide in which circumstances a way to discharge this rule is not enough, or counts."""
    tables = element_tables()
    return {one.when: tables["limited_to"][one.when] for one in rule.not_enough} | {
        one.when: tables["counts_when"][one.when] for one in rule.counts_when
    }


def _as_truth(value: str) -> Truth:
    return value  # type: ignore[return-value]  # every row of elements.yaml is yes, no or unknown; a test holds it
