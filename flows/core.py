"""From answers to what they come to: findings, levels, law, recipients and plan. No words for a person are made here.

This is what is evaluated again and again to find out which unknown would change something, so it remembers what it has
worked out: the same findings, law and practical circumstances give the same plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from flows.findings import finding_tables, with_findings
from flows.options import AGENCY, Practical, Situations, catalogue
from flows.planner import Plan, called_for, make_plan, names_state_agency, plan_reads
from state_law.conditions import REMEMBERED_AT_MOST, Facts
from state_law.evaluate import Duty, JurisdictionLaw, evaluate_jurisdiction, rules_read, stricter
from state_law.load import Table
from state_law.logic import YES, Truth
from state_law.recipients import Recipients, narrower, paths_open, paths_read, recipients_of

_T = TypeVar("_T")


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


class Judged(NamedTuple):
    """Answers with their findings and levels, and the law on them."""

    facts: dict[str, str]
    laws: tuple[JurisdictionLaw, ...]


class Weighed(NamedTuple):
    """Answers with their findings and levels, the law on them, and the key of the plan."""

    facts: dict[str, str]
    laws: tuple[JurisdictionLaw, ...]
    key: Any


@dataclass(frozen=True, eq=False)
class ComesTo:
    """What answers come to apart from the law. Equal only to itself: a cheap key.

    `kind`: level, options, what is called for; `paths`: profession, and how the conditions for telling somebody turn out.
    """

    kind: tuple[str, tuple[Practical, ...], tuple[Truth, ...]]
    paths: Any


def _keep(known: dict[Any, _T], key: Any, value: _T) -> _T:
    """Remember it, or give what is remembered under that key; forgets everything before it grows without end."""
    if len(known) >= REMEMBERED_AT_MOST:
        known.clear()
    return known.setdefault(key, value)


class Core:
    """Evaluates answers under the rules of `table` in force `on` one day."""

    def __init__(self, table: Table, on: date) -> None:
        self.table, self.on = table, on
        self._keys = sorted({*plan_reads(), *paths_read()})
        self._practical = itemgetter(*self._keys)
        self._come_to: dict[Any, ComesTo] = {}
        self._kinds: dict[Any, ComesTo] = {}
        self._known: dict[Any, tuple[Recipients, Plan]] = {}
        self._situations: dict[Any, Situations] = {}
        self._shared: dict[Any, Situations] = {}
        self._plans: dict[Any, Plan] = {}

    def reads(self, answers: Facts) -> frozenset[str]:
        """Every answer that can matter at all, for these jurisdictions."""
        return self.judged_by(answers).union(self._keys)

    def judged_by(self, answers: Facts) -> frozenset[str]:
        """Every answer on which findings, levels or rules depend, for these jurisdictions."""
        read = [rules_read(self.table.jurisdiction(code), self.on) for code in self._codes(answers)]
        return frozenset().union(*(table.reads for table in finding_tables().values()), *read)

    def judge(self, answers: Facts) -> Judged:
        """Findings, levels and law."""
        facts = with_findings(answers)
        laws = tuple(evaluate_jurisdiction(self.table.jurisdiction(one), facts, self.on) for one in self._codes(facts))
        return Judged(facts, laws)

    def judge_again(self, before: Judged, item: str, value: str, judged_by: frozenset[str]) -> Judged:
        """The same with another answer to one question. `judged_by`: see there."""
        facts = {**before.facts, item: value}
        return self.judge(facts) if item in judged_by else Judged(facts, before.laws)

    def weigh(self, judged: Judged) -> Weighed:
        """With the key on which recipients and plan depend: equal keys, equal plans."""
        facts, laws = judged
        return Weighed(facts, laws, (tuple(law.alike for law in laws), self._comes_to(facts)))

    def _comes_to(self, facts: Facts) -> ComesTo:
        """What the answers come to apart from the law; the same object for answers that nothing tells apart."""
        practical = self._practical(facts)
        known = self._come_to.get(practical)
        if known is None:
            seen = {**facts, AGENCY: YES}
            options = tuple(option.practical(seen) for option in catalogue().values())
            kind = (facts["level"], options, called_for(facts))
            paths = (facts["profession"], paths_open(facts))
            known = _keep(self._kinds, (kind, paths), ComesTo(kind, paths))
            _keep(self._come_to, practical, known)
        return known

    def evaluate(self, answers: Facts) -> Outcome:
        """The outcome for these answers. UnknownJurisdiction or TableError when the law can't be had."""
        return self.complete(self.weigh(self.judge(answers)))

    def complete(self, weighed: Weighed) -> Outcome:
        """Recipients and plan for what was weighed."""
        facts, laws, key = weighed
        known = self._known.get(key)
        if known is None:
            alike, comes_to = key
            situations = self._situations_for(facts, laws, (alike, comes_to.paths))
            same = (situations, alike, comes_to.kind)
            plan = self._plans.get(same)
            if plan is None:
                plan = _keep(self._plans, same, make_plan(facts, laws, situations, comes_to.kind[1]))
            known = _keep(self._known, key, (situations.recipients, plan))
        return Outcome(facts, laws, stricter(law.duty for law in laws), *known)

    def _situations_for(self, facts: Facts, laws: tuple[JurisdictionLaw, ...], key: Any) -> Situations:
        known = self._situations.get(key)
        if known is None:
            recipients = narrower([(law.record.code, recipients_of(law, facts)) for law in laws])
            agency = names_state_agency(laws)
            shared = (tuple(law.record.code for law in laws), agency, recipients)
            known = self._shared.get(shared)
            if known is None:
                known = _keep(self._shared, shared, Situations([law.record for law in laws], recipients, agency))
            _keep(self._situations, key, known)
        return known

    @staticmethod
    def _codes(facts: Facts) -> list[str]:
        first, second = facts["jurisdiction"], facts["second_jurisdiction"]
        return [first, second] if second and second != first else [first]


@lru_cache(maxsize=16)
def core(table: Table, on: date) -> Core:
    """The evaluation for a table and a day; kept, so that what was worked out is not worked out again."""
    return Core(table, on)
