"""One jurisdiction's rules against the answers: which are met, and what the duty comes to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from state_law.conditions import DecisionTable, Facts, keep
from state_law.elements import circumstances_of, coverage, element_tables, tables_of
from state_law.logic import YES, Truth, all_of
from state_law.model import Jurisdiction, Rule

Duty = Literal["must_act", "turns_on_unknowns", "may_disclose", "no_duty", "unsettled", "not_triggered"]

STRICTEST_FIRST: tuple[Duty, ...] = (
    "must_act", "turns_on_unknowns", "may_disclose", "unsettled", "no_duty", "not_triggered",
)  # fmt: skip
"""For two jurisdictions, the stricter duty goes. Where nobody has decided, that is nearer a duty than a clear no."""


@dataclass(frozen=True)
class RuleResult:
    """A rule against the answers. `elements` maps each element to yes, no or unknown; `met` joins them and `covers`.

    `discharge_any_of`: the ways that are enough on these answers.
    """

    jurisdiction: str
    rule: Rule
    covers: Truth
    elements: dict[str, Truth]
    met: Truth
    discharge_any_of: tuple[tuple[str, ...], ...]

    @property
    def considered(self) -> bool:
        """False when the rule does not cover this clinician."""
        return self.covers != "no"

    @property
    def speaks_of_disclosure(self) -> bool:
        """True for a rule that can require or permit telling; not for `no_duty`, nor for a courtroom privilege."""
        return self.considered and self.rule.duty != "no_duty" and self.rule.effect == "disclosure"

    @property
    def forbids(self) -> bool:
        """True when it names somebody who may not be told, and may apply to this clinician here, met or not."""
        limits = (self.elements[limit] != "no" for limit in self.rule.limited_to)
        return bool(self.rule.may_not_tell) and self.considered and all(limits)

    @property
    def names_state_agency(self) -> bool:
        """True when it covers the clinician and names a state agency."""
        return self.considered and "state_agency" in self.rule.may_tell

    def why(self, facts: Facts) -> dict[str, str]:
        """The reason for each element, in words."""
        reasons = {name: "; ".join(table.reasons(facts)) for name, table in tables_of(self.rule).items()}
        if "facility" in self.elements:
            reasons["facility"] = "the rule binds staff of a mental-health facility or agency"
        return reasons


class Alike(NamedTuple):
    """Names for what rules come to: equal ones come to the same, though the elements may differ.

    `tells`: for whom may be told; `asks`: for the duty and what has to be done.
    """

    tells: str
    asks: str


@dataclass(frozen=True, eq=False)
class JurisdictionLaw:
    """What one jurisdiction's rules come to. `rules` holds those in force on the day, in the table's order.

    Equal only to itself: the same answers give the same object again, which makes it a cheap key for what follows.
    """

    record: Jurisdiction
    rules: tuple[RuleResult, ...]
    duty: Duty
    alike: Alike

    def met(self, duty: str) -> list[RuleResult]:
        """The rules of that duty (mandatory or permissive) that are met."""
        return [one for one in self.rules if one.speaks_of_disclosure and one.rule.duty == duty and one.met == "yes"]

    def unknown(self, duty: str | None = None) -> list[RuleResult]:
        """The rules (of that duty) that are neither met nor excluded by what is known."""
        return [
            one
            for one in self.rules
            if one.speaks_of_disclosure and one.met == "unknown" and duty in (None, one.rule.duty)
        ]

    @cached_property
    def names_state_agency(self) -> bool:
        """True when a rule that covers the clinician names a state agency."""
        return any(one.names_state_agency for one in self.rules)


class _OneRule:
    """A rule with the tables that it looks at, its results remembered by what these come to."""

    def __init__(self, code: str, rule: Rule, tables: Sequence[DecisionTable]) -> None:
        self._code, self._rule = code, rule
        self._elements = tables_of(rule)
        own = {id(table) for table in (*self._elements.values(), *circumstances_of(rule).values())}
        places = [place for place, table in enumerate(tables) if id(table) in own]
        self._own = itemgetter(*places)
        self._known: dict[Any, RuleResult] = {}

    def result(self, facts: Facts, decided: tuple[str, ...]) -> RuleResult:
        """The rule against these answers. `decided`: what each of the tables comes to on them."""
        covers = coverage(self._rule, facts)
        key = (covers, self._own(decided))
        known = self._known.get(key)
        return known or keep(self._known, key, _against(self._code, self._rule, covers, self._elements, facts))


class RulesInForce:
    """The rules of one jurisdiction in force on one day, with their tables found once and outcomes remembered."""

    def __init__(self, record: Jurisdiction, on: date) -> None:
        self.record = record
        rules = [rule for rule in record.rules if rule.in_force(on)]
        read = [table for rule in rules for table in (*tables_of(rule).values(), *circumstances_of(rule).values())]
        tables = {id(table): table for table in [*read, *element_tables()["covers"].values()]}
        self._tables = tuple(tables.values())
        self._rules = [_OneRule(record.code, rule, self._tables) for rule in rules]
        self.reads = frozenset({"profession"}).union(*(table.reads for table in self._tables))
        """Every answer and finding that these rules look at."""
        self._signature = itemgetter(*sorted(self.reads))
        self._known: dict[Any, JurisdictionLaw] = {}
        self._decided: dict[Any, JurisdictionLaw] = {}
        self._names: dict[Any, str] = {}

    def evaluate(self, facts: Facts) -> JurisdictionLaw:
        """What they come to on these answers and findings."""
        signature = self._signature(facts)
        law = self._known.get(signature)
        if law is None:
            # Many answers come to the same for every table, so they share one law.
            decided = (facts["profession"], tuple([table.decide(facts) for table in self._tables]))
            law = self._decided.get(decided) or keep(self._decided, decided, self._evaluate(facts, decided[1]))
            keep(self._known, signature, law)
        return law

    def _evaluate(self, facts: Facts, decided: tuple[str, ...]) -> JurisdictionLaw:
        results = tuple([rule.result(facts, decided) for rule in self._rules])
        tells = tuple(
            [(one.names_state_agency, one.speaks_of_disclosure and one.met == YES, one.forbids) for one in results]
        )
        asks = tuple([(one.considered, one.met, one.discharge_any_of) for one in results])
        alike = Alike(self._name("tells", tells), self._name("asks", asks))
        return JurisdictionLaw(self.record, results, _duty(self.record, results), alike)

    def _name(self, what: str, come_to: object) -> str:
        """A short name for what the rules come to: cheap to compare."""
        return self._names.setdefault((what, come_to), f"{self.record.code} {len(self._names)}")


class _ByIdentity:
    """Lets a loaded record be a cache key by being the same object, not by comparing its content."""

    def __init__(self, record: Jurisdiction) -> None:
        self.record = record

    def __hash__(self) -> int:
        return id(self.record)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.record is self.record


@lru_cache(maxsize=256)
def _rules_in_force(holder: _ByIdentity, on: date) -> RulesInForce:
    return RulesInForce(holder.record, on)


def rules_in_force(record: Jurisdiction, on: date) -> RulesInForce:
    """The rules of `record` in force `on` that day, ready to be evaluated again and again."""
    return _rules_in_force(_ByIdentity(record), on)


def evaluate_jurisdiction(record: Jurisdiction, facts: Facts, on: date) -> JurisdictionLaw:
    """The rules of `record` in force `on` that day, against the answers and the findings (`credible` and so on)."""
    return rules_in_force(record, on).evaluate(facts)


def _against(code: str, rule: Rule, covers: Truth, tables: dict[str, DecisionTable], facts: Facts) -> RuleResult:
    elements: dict[str, Truth] = {name: table.decide(facts) for name, table in tables.items()}  # type: ignore[misc]
    if covers == "unknown":
        elements["facility"] = "unknown"
    holds = {when for when, table in circumstances_of(rule).items() if table.decide(facts) == YES}
    too_little = {one.way for one in rule.not_enough if one.when in holds}
    too_little |= {one.way for one in rule.counts_when if one.when not in holds}
    ways = tuple(way for way in rule.discharge_any_of if way not in too_little)
    return RuleResult(code, rule, covers, elements, all_of([covers, *elements.values()]), ways)


def _duty(record: Jurisdiction, results: Iterable[RuleResult]) -> Duty:
    results = list(results)
    states = {(one.rule.duty, one.met) for one in results if one.speaks_of_disclosure}
    if ("mandatory", "yes") in states:
        return "must_act"
    if ("mandatory", "unknown") in states:
        return "turns_on_unknowns"
    if ("permissive", "yes") in states:
        return "may_disclose"
    if ("permissive", "unknown") in states:
        return "turns_on_unknowns"
    said_no = any(one.rule.duty == "no_duty" and one.considered and one.met == "yes" for one in results)
    if record.classification.duty_to_others == "no_duty" or said_no:
        return "no_duty"
    return "unsettled" if record.classification.duty_to_others == "unsettled" else "not_triggered"


def stricter(duties: Iterable[Duty]) -> Duty:
    """The strictest of several duties."""
    return min(duties, key=STRICTEST_FIRST.index)
