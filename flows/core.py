"""From answers to what they come to: findings, levels, law, recipients and plan. No words for a person are made here.

This is what is evaluated again and again to find out which unknown would change something, so it remembers what it has
worked out: the same findings, law and practical circumstances give the same plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from flows.findings import finding_tables, with_findings
from flows.options import Situations
from flows.planner import Plan, make_plan, names_state_agency, plan_reads
from state_law.conditions import REMEMBERED_AT_MOST, Facts
from state_law.evaluate import Duty, JurisdictionLaw, evaluate_jurisdiction, rules_read, stricter
from state_law.load import Table
from state_law.recipients import Recipients, narrower, paths_read, recipients_of


@dataclass(frozen=True)
class Outcome:
    """What the answers come to. `facts` holds answers, findings and levels; `laws` one for each jurisdiction."""

    facts: dict[str, str]
    laws: tuple[JurisdictionLaw, ...]
    duty: Duty
    recipients: Recipients
    plan: Plan

    @property
    def level(self) -> str:
        """low, elevated, high or emergency."""
        return self.facts["level"]

    @cached_property
    def decides(self) -> tuple[Duty, str, tuple[str, ...]]:
        """What a question must change to be worth asking: duty, level, plan."""
        return self.duty, self.level, self.plan.steps


class Weighed(NamedTuple):
    """Answers with their findings and levels, the law on them, and the key of the plan."""

    facts: dict[str, str]
    laws: tuple[JurisdictionLaw, ...]
    key: Any


class Core:
    """Evaluates answers under the rules of `table` in force `on` one day."""

    def __init__(self, table: Table, on: date) -> None:
        self.table, self.on = table, on
        self._keys = sorted({*plan_reads(), *paths_read()})
        self._practical = itemgetter(*self._keys)
        self._paths = itemgetter(*paths_read())
        self._known: dict[Any, tuple[Recipients, Plan]] = {}
        self._situations: dict[Any, Situations] = {}

    def reads(self, answers: Facts) -> frozenset[str]:
        """Every answer that can matter at all, for these jurisdictions."""
        found = set(self._keys).union(*(table.reads for table in finding_tables().values()))
        for code in self._codes(answers):
            found |= rules_read(self.table.jurisdiction(code), self.on)
        return frozenset(found)

    def weigh(self, answers: Facts) -> Weighed:
        """Findings, levels and law, and the key on which recipients and plan depend: equal keys, equal plans."""
        facts = with_findings(answers)
        laws = tuple(evaluate_jurisdiction(self.table.jurisdiction(one), facts, self.on) for one in self._codes(facts))
        return Weighed(facts, laws, (laws, self._practical(facts)))

    def evaluate(self, answers: Facts) -> Outcome:
        """The outcome for these answers. UnknownJurisdiction or TableError when the law can't be had."""
        return self.complete(self.weigh(answers))

    def complete(self, weighed: Weighed) -> Outcome:
        """Recipients and plan for what was weighed."""
        facts, laws, key = weighed
        known = self._known.get(key)
        if known is None:
            situations = self._situations_for(facts, laws)
            known = (situations.recipients, make_plan(facts, laws, situations))
            if len(self._known) >= REMEMBERED_AT_MOST:
                self._known.clear()
            self._known[key] = known
        return Outcome(facts, laws, stricter(law.duty for law in laws), *known)

    def _situations_for(self, facts: Facts, laws: tuple[JurisdictionLaw, ...]) -> Situations:
        key = (laws, self._paths(facts))
        known = self._situations.get(key)
        if known is None:
            recipients = narrower([(law.record.code, recipients_of(law, facts)) for law in laws])
            if len(self._situations) >= REMEMBERED_AT_MOST:
                self._situations.clear()
            known = Situations([law.record for law in laws], recipients, names_state_agency(laws))
            self._situations[key] = known
        return known

    @staticmethod
    def _codes(facts: Facts) -> list[str]:
        first, second = facts["jurisdiction"], facts["second_jurisdiction"]
        return [first, second] if second and second != first else [first]


@lru_cache(maxsize=16)
def core(table: Table, on: date) -> Core:
    """The evaluation for a table and a day; kept, so that what was worked out is not worked out again."""
    return Core(table, on)
