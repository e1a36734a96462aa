"""One jurisdiction's rules against the answers: which are met, and what the duty comes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any, Literal

from state_law.conditions import REMEMBERED_AT_MOST, DecisionTable, Facts
from state_law.elements import circumstances_of, coverage, tables_of
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

    def why(self, facts: Facts) -> dict[str, str]:
        """The reason for each element, in words."""
        reasons = {name: "; ".join(table.reasons(facts)) for name, table in tables_of(self.rule).items()}
        if "facility" in self.elements:
            reasons["facility"] = "the rule binds staff of a mental-health facility or agency"
        return reasons


@dataclass(frozen=True, eq=False)
class JurisdictionLaw:
    """What one jurisdiction's rules come to. `rules` holds those in force on the day, in the table's order.

    Equal only to itself: the same answers give the same object again, which makes it a cheap key for what follows.
    """

    record: Jurisdiction
    rules: tuple[RuleResult, ...]
    duty: Duty
    alike: str
    """The same for laws that come to the same for whom may be told and for any plan, though elements may differ."""

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


class _Compiled:
    """The rules of one jurisdiction in force on one day, with their tables found once and outcomes remembered."""

    def __init__(self, record: Jurisdiction, on: date) -> None:
        self.record = record
        self.rules = [(rule, tables_of(rule)) for rule in record.rules if rule.in_force(on)]
        reads = {"profession", "setting.facility"}
        for _, tables in self.rules:
            reads.update(*(table.reads for table in tables.values()))
        for rule, _ in self.rules:
            reads.update(*(table.reads for table in circumstances_of(rule).values()))
        self.reads = frozenset(reads)
        self.signature = itemgetter(*sorted(reads))
        self.known: dict[Any, JurisdictionLaw] = {}
        self.kinds: dict[Any, str] = {}

    def evaluate(self, facts: Facts) -> JurisdictionLaw:
        signature = self.signature(facts)
        law = self.known.get(signature)
        if law is None:
            if len(self.known) >= REMEMBERED_AT_MOST:
                self.known.clear()
            results = tuple(_against(self.record.code, rule, tables, facts) for rule, tables in self.rules)
            law = JurisdictionLaw(self.record, results, _duty(self.record, results), self._alike(results))
            self.known[signature] = law
        return law

    def _alike(self, results: tuple[RuleResult, ...]) -> str:
        come_to = tuple(
            (one.covers, one.met, one.discharge_any_of, tuple(one.elements[limit] for limit in one.rule.limited_to))
            for one in results
        )
        return self.kinds.setdefault(come_to, f"{self.record.code} {len(self.kinds)}")


class _ByIdentity:
    """Lets a loaded record be a cache key by being the same object, not by comparing its content."""

    def __init__(self, record: Jurisdiction) -> None:
        self.record = record

    def __hash__(self) -> int:
        return id(self.record)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.record is self.record


@lru_cache(maxsize=256)
def _compiled(holder: _ByIdentity, on: date) -> _Compiled:
    return _Compiled(holder.record, on)


def evaluate_jurisdiction(record: Jurisdiction, facts: Facts, on: date) -> JurisdictionLaw:
    """The rules of `record` in force `on` that day, against the answers and the findings (`credible` and so on)."""
    return _compiled(_ByIdentity(record), on).evaluate(facts)


def rules_read(record: Jurisdiction, on: date) -> frozenset[str]:
    """Every answer and finding that the rules of `record` in force `on` that day look at."""
    return _compiled(_ByIdentity(record), on).reads


def _against(code: str, rule: Rule, tables: dict[str, DecisionTable], facts: Facts) -> RuleResult:
    covers = coverage(rule, facts)
    elements: dict[str, Truth] = {name: table.decide(facts) for name, table in tables.items()}  # type: ignore[misc]
    if covers == "unknown":
        elements["facility"] = "unknown"
    holds = {when for when, table in circumstances_of(rule).items() if table.decide(facts) == YES}
    too_little = {one.way for one in rule.not_enough if one.when in holds}
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
