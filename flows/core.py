"""From answers to what they come to: findings, levels, law, recipients and plan. No words for a person are made here.

This is what is evaluated again and again to find out which unknown would change something, so it remembers what it has
worked out, and with one answer changed it looks only at what reads that answer. Duty, level and steps are all that is
compared; recipients and the reasons of a plan are made when somebody asks for them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from flows.findings import finding_tables, with_another_answer, with_findings
from flows.options import AGENCY, Option, Practical, Situations, every_option
from flows.planner import (
    Asked,
    Choosing,
    Chosen,
    Demands,
    Plan,
    asked_by,
    called_for,
    demands,
    names_state_agency,
    plan_reads,
)
from flows.vocabulary import check_law_conditions
from state_law.conditions import Facts, keep
from state_law.evaluate import Duty, JurisdictionLaw, rules_in_force, stricter
from state_law.load import Table
from state_law.logic import NO, YES, Truth
from state_law.recipients import Recipients, narrower, paths_open, paths_read, recipients_of


class Decides(NamedTuple):
    """What a question must change to be worth asking: duty, level, steps of the plan."""

    duty: Duty
    level: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What the answers come to. `facts` holds answers, findings and levels; `laws` one for each jurisdiction."""

    facts: dict[str, str]
    laws: tuple[JurisdictionLaw, ...]
    decides: Decides
    recipients: Recipients
    _choosing: Choosing = field(repr=False)
    _chosen: Chosen = field(repr=False)

    @property
    def duty(self) -> Duty:
        """The strictest duty of these laws."""
        return self.decides.duty

    @property
    def level(self) -> str:
        """low, elevated, high or emergency."""
        return self.decides.level

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of the plan, in the order to do them."""
        return self.decides.steps

    @cached_property
    def plan(self) -> Plan:
        """The steps, with what stands behind their choice; made when somebody asks for it."""
        return self._choosing.plan(self._chosen, self.laws)


@dataclass(eq=False)
class ComesTo:
    """What answers come to apart from the law. Equal only to itself: a cheap key. Nobody changes it.

    `options`: each of the catalogue, in its order; `called`, `paths`: how the conditions for steps and needs, and for
    telling somebody, turn out; `demands`: the steps and needs themselves.
    """

    level: str
    profession: str
    options: tuple[Practical, ...]
    called: tuple[Truth, ...]
    paths: tuple[Truth, ...]
    demands: Demands


class Judged(NamedTuple):
    """Answers with their findings and levels, and the law on them."""

    facts: dict[str, str]
    laws: tuple[JurisdictionLaw, ...]


class Weighed(NamedTuple):
    """What was judged, with all else on which duty, level, steps and recipients depend: equal keys, equal outcomes."""

    facts: dict[str, str]
    laws: tuple[JurisdictionLaw, ...]
    comes_to: ComesTo
    key: Any


class _Follows(NamedTuple):
    """What follows from what was weighed: the parts of an outcome."""

    decides: Decides
    recipients: Recipients
    choosing: Choosing
    chosen: Chosen


class _Touched(NamedTuple):
    """What looks at some answers, findings or levels: options with their places, and places of conditions."""

    options: tuple[tuple[int, Option], ...]
    called: tuple[int, ...]
    paths: tuple[int, ...]
    anything: bool

    @classmethod
    def by(cls, changed: tuple[str, ...]) -> _Touched:
        """What looks at one of these."""
        every = enumerate(every_option())
        options = tuple((place, option) for place, option in every if not option.reads.isdisjoint(changed))
        called, paths = called_for().reading(changed), paths_open().reading(changed)
        return cls(options, called, paths, bool(options or called or paths))


class _Place:
    """The law of one jurisdiction, or of two."""

    def __init__(self, table: Table, on: date, codes: list[str]) -> None:
        self.rules = [rules_in_force(table.jurisdiction(code), on) for code in codes]
        self.reads = frozenset().union(*(one.reads for one in self.rules))

    def laws(self, facts: Facts) -> tuple[JurisdictionLaw, ...]:
        return tuple([one.evaluate(facts) for one in self.rules])


class Core:
    """Evaluates answers under the rules of `table` in force `on` one day."""

    def __init__(self, table: Table, on: date) -> None:
        self.table, self.on = table, on
        self._places: dict[tuple[str, str], _Place] = {}
        self._touched: dict[tuple[str, ...], _Touched] = {}
        self._kinds: dict[Any, ComesTo] = {}
        self._asked: dict[Any, Asked] = {}
        self._situations: dict[Any, Situations] = {}
        self._shared: dict[Any, Situations] = {}
        self._chosen: dict[Any, Chosen] = {}
        self._known: dict[Any, _Follows] = {}

    def reads(self, answers: Facts) -> frozenset[str]:
        """Every answer that can matter at all, for these jurisdictions."""
        return self.judged_by(answers).union(plan_reads(), paths_read())

    def judged_by(self, answers: Facts) -> frozenset[str]:
        """Every answer on which findings, levels or rules depend, for these jurisdictions."""
        return self._place(answers).reads.union(*(table.reads for table in finding_tables().values()))

    def evaluate(self, answers: Facts) -> Outcome:
        """The outcome for these answers. UnknownJurisdiction or TableError when the law can't be had."""
        return self.complete(self.weigh(self.judge(answers)))

    def judge(self, answers: Facts) -> Judged:
        """Findings, levels and law."""
        facts = with_findings(answers)
        laws = self._place(facts).laws(facts)
        facts[AGENCY] = _named(laws)
        return Judged(facts, laws)

    def judge_again(self, before: Judged | Weighed, key: str, value: str) -> Judged:
        """The same with another answer to one question."""
        facts, laws, _ = self._again(before, key, value)
        return Judged(facts, laws)

    def weigh(self, judged: Judged) -> Weighed:
        """What the answers come to apart from the law as well."""
        facts, laws = judged
        options = tuple([option.practical(facts) for option in every_option()])
        comes_to = self._comes_to(facts, options, called_for().test(facts), paths_open().test(facts))
        return Weighed(facts, laws, comes_to, (tuple([law.alike for law in laws]), comes_to))

    def weigh_again(self, before: Weighed, key: str, value: str) -> Weighed:
        """The same with another answer to one question."""
        facts, laws, changed = self._again(before, key, value)
        comes_to = self._comes_to_again(before.comes_to, facts, changed)
        if comes_to is before.comes_to and laws is before.laws:
            return Weighed(facts, laws, comes_to, before.key)
        return Weighed(facts, laws, comes_to, (tuple([law.alike for law in laws]), comes_to))

    def _again(
        self, before: Judged | Weighed, key: str, value: str
    ) -> tuple[dict[str, str], tuple[JurisdictionLaw, ...], tuple[str, ...]]:
        """Facts and laws with another answer to one question, and the names of all facts that changed by it."""
        facts, changed = with_another_answer(before.facts, key, value)
        place, laws = self._place(facts), before.laws
        if not place.reads.isdisjoint(changed):
            laws = place.laws(facts)
            if (named := _named(laws)) != facts[AGENCY]:
                facts[AGENCY] = named
                changed = (*changed, AGENCY)
        return facts, laws, changed

    def _comes_to_again(self, before: ComesTo, facts: Facts, changed: tuple[str, ...]) -> ComesTo:
        touched = self._touched.get(changed) or keep(self._touched, changed, _Touched.by(changed))
        if not touched.anything:
            return before
        options = list(before.options)
        for place, option in touched.options:
            options[place] = option.practical(facts)
        called = called_for().test_again(before.called, facts, touched.called)
        paths = paths_open().test_again(before.paths, facts, touched.paths)
        return self._comes_to(facts, tuple(options), called, paths)

    def _comes_to(
        self, facts: Facts, options: tuple[Practical, ...], called: tuple[Truth, ...], paths: tuple[Truth, ...]
    ) -> ComesTo:
        kind = (facts["level"], facts["profession"], options, called, paths)
        return self._kinds.get(kind) or keep(self._kinds, kind, ComesTo(*kind, demands(called)))

    def complete(self, weighed: Weighed) -> Outcome:
        """The outcome for what was weighed."""
        return Outcome(weighed.facts, weighed.laws, *self._what_follows(weighed))

    def decides(self, weighed: Weighed) -> Decides:
        """What a question must change to be worth asking, for what was weighed."""
        return self._what_follows(weighed).decides

    def _what_follows(self, weighed: Weighed) -> _Follows:
        known = self._known.get(weighed.key)
        return known or keep(self._known, weighed.key, self._work_out(weighed))

    def _work_out(self, weighed: Weighed) -> _Follows:
        facts, laws, comes_to, _ = weighed
        situations = self._situations_for(facts, laws, comes_to)
        asks = tuple([law.alike.asks for law in laws])
        asked = self._asked.get(asks) or keep(self._asked, asks, asked_by(laws))
        tellings = situations.tellings(comes_to.profession)
        choosing = Choosing(comes_to.level, comes_to.demands, asked, comes_to.options, tellings)
        turns_on = choosing.turns_on()
        chosen = self._chosen.get(turns_on) or keep(self._chosen, turns_on, choosing.chosen())
        decides = Decides(stricter([law.duty for law in laws]), comes_to.level, chosen.steps)
        return _Follows(decides, situations.recipients, choosing, chosen)

    def _situations_for(self, facts: Facts, laws: tuple[JurisdictionLaw, ...], comes_to: ComesTo) -> Situations:
        key = (tuple([law.alike.tells for law in laws]), comes_to.paths)
        known = self._situations.get(key)
        if known is None:
            recipients = narrower([(law.record.code, recipients_of(law, facts)) for law in laws])
            agency = facts[AGENCY] == YES
            shared = (tuple(law.record.code for law in laws), agency, recipients)
            known = self._shared.get(shared)
            if known is None:
                known = keep(self._shared, shared, Situations([law.record for law in laws], recipients, agency))
            keep(self._situations, key, known)
        return known

    def _place(self, facts: Facts) -> _Place:
        codes = (facts["jurisdiction"], facts["second_jurisdiction"])
        known = self._places.get(codes)
        if known is None:
            first, second = codes
            both = [first, second] if second and second != first else [first]
            known = keep(self._places, codes, _Place(self.table, self.on, both))
        return known


def _named(laws: tuple[JurisdictionLaw, ...]) -> Truth:
    """Whether a rule here names a state agency, as options look at it."""
    return YES if names_state_agency(laws) else NO


@lru_cache(maxsize=16)
def core(table: Table, on: date) -> Core:
    """The evaluation for a table and a day; kept, so that what was worked out is not worked out again. TableError."""
    check_law_conditions()
    return Core(table, on)
