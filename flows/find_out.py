"""Which unknown would change something, and what would follow from each answer; both by evaluating again.

A question is worth asking if, for some answers to the other unknown questions, its own answer changes duty, level or
plan. `if_then` says what follows from an answer, or from several together where it takes several to meet a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice, product
from math import prod

from flows.core import Core, Judged, Outcome, Weighed
from flows.findings import finding_tables, rank
from flows.planner import only_gives, read_together_with
from state_law.conditions import Facts
from state_law.elements import element_tables, tables_of
from state_law.evaluate import STRICTEST_FIRST, RuleResult
from state_law.logic import UNKNOWN, YES

Assignment = dict[str, str]
FULL_PRODUCT_UP_TO = 64
"""With so few combinations of the other unknowns, every one is tried; beyond it, the telling ones are."""
MOST_WAYS = 12
"""How many ways to meet one condition are followed; there are seldom more than three that differ."""


@dataclass(frozen=True)
class Worth:
    """A question worth asking: the answers that change something here and now, and what each changes it to.

    For a list, `changes` names the item (`aggravating.psychosis`) and the answer to it.
    """

    question: str
    changes: tuple[tuple[str, str, Outcome], ...]
    weight: tuple[int, int, int]


@dataclass(frozen=True)
class Askable:
    """The vocabulary for looking ahead: each question (or `key.item`) with its known values, most reassuring first.

    `left_open`: question -> answers that leave it open, so that it is asked again where a rule turns on it.
    """

    values: Mapping[str, Sequence[str]]
    left_open: Mapping[str, Sequence[str]]

    def unknown(self, facts: Facts) -> list[str]:
        """The questions and items that are not answered."""
        return [one for one in self.values if facts[one] == "unknown"]

    def asked_again(self, outcome: Outcome) -> list[str]:
        """The questions that were answered in a way that leaves them open, and on which an unknown rule turns."""
        turning = {
            name
            for law in outcome.laws
            for rule in law.unknown()
            for name, met in rule.elements.items()
            if met == UNKNOWN
        }
        return [one for one, answers in self.left_open.items() if outcome.facts[one] in answers and one in turning]


class LookingAhead:
    """One consult looked at with other answers. What several questions need is worked out once."""

    def __init__(self, core: Core, outcome: Outcome, facts: Facts, askable: Askable) -> None:
        self._core, self._outcome, self._facts, self._askable = core, outcome, facts, askable
        reads, self._judged_by = core.reads(facts), core.judged_by(facts)
        asked = [*askable.unknown(facts), *askable.asked_again(outcome)]
        self._unknown = [one for one in asked if one in reads]
        self._varied: dict[tuple[str, str], list[Weighed]] = {}
        self._found_ways: dict[int, list[Assignment]] = {}
        self._how_met: dict[int, tuple[Assignment, Outcome] | None] = {}

    def worth_asking(self) -> list[Worth]:
        """The unknown questions that some assignment of the others makes decisive, most consequential first."""
        core, values = self._core, self._askable.values
        groups: dict[str, list[str]] = {}
        for one in self._unknown:
            groups.setdefault(one.partition(".")[0], []).append(one)
        now = core.weigh(Judged(self._outcome.facts, self._outcome.laws))
        found: list[Worth] = []
        for question, items in groups.items():
            here = [(item, value, core.weigh_again(now, item, value)) for item in items for value in values[item]]
            changes = tuple(
                (item, value, core.complete(then))
                for item, value, then in here
                if core.decides(then) != self._outcome.decides
            )
            if changes:
                found.append(Worth(question, changes, self._weight([then for _, _, then in changes])))
            elif any(map(self._decisive_somewhere, items)):
                found.append(Worth(question, (), (0, 0, 0)))
        return sorted(found, key=lambda one: [-part for part in one.weight])

    def _weight(self, then: list[Outcome]) -> tuple[int, int, int]:
        """How far the answers reach: in duty, in level, in the number of different plans."""
        both = [self._outcome, *then]
        duties = [STRICTEST_FIRST.index(one.duty) for one in both]
        levels = [rank(one.level) for one in both]
        return max(duties) - min(duties), max(levels) - min(levels), len({one.steps for one in both})

    def _decisive_somewhere(self, item: str) -> bool:
        """Whether, against some answers to the other questions, the answers to this one do not come to the same."""
        core, values = self._core, self._askable.values[item]
        beside = [one for one in self._unknown if one in read_together_with(item)]
        varied = (
            context for one in beside for value in self._askable.values[one] for context in self._with(one, value)
        )
        only_for = None if item in self._judged_by else only_gives(item)
        compared = set()
        for context in chain(self._contexts, varied):
            if only_for is not None and only_for.isdisjoint(context.comes_to.demands.needs):
                continue
            said = context.facts[item]
            weighed = [context if value == said else core.weigh_again(context, item, value) for value in values]
            keys = frozenset([one.key for one in weighed])
            if len(keys) == 1 or keys in compared:
                continue
            if len({core.decides(one) for one in weighed}) > 1:
                return True
            compared.add(keys)
        return False

    def _with(self, item: str, value: str) -> list[Weighed]:
        """The contexts with another answer to one question, where it is another."""
        known = self._varied.get((item, value))
        if known is None:
            known = self._varied[item, value] = [
                self._core.weigh_again(context, item, value)
                for context in self._contexts
                if context.facts[item] != value
            ]
        return known

    @cached_property
    def _contexts(self) -> list[Weighed]:
        """Answers to the unknowns against which each question is tried.

        All of them where they are few. Otherwise those that tell: every answer as reassuring, and as grave, as it can
        be; those that meet an unknown rule; and, of every single answer put into these, one for each level and duty
        reached.
        """
        core, facts, unknown, values = self._core, self._facts, self._unknown, self._askable.values
        if prod(len(values[one]) for one in unknown) <= FULL_PRODUCT_UP_TO:
            every = product(*(values[one] for one in unknown))
            return [core.weigh(core.judge({**facts, **dict(zip(unknown, one, strict=True))})) for one in every]
        best = core.judge({**facts, **{one: values[one][0] for one in unknown}})
        worst = core.judge({**facts, **{one: values[one][-1] for one in unknown}})
        now = Judged(self._outcome.facts, self._outcome.laws)
        meeting = [
            core.judge({**base.facts, **way})
            for law in self._outcome.laws
            for result in law.unknown()
            for way in self._ways(result)[:1]
            for base in (best, now)
        ]
        telling = [one for one in unknown if one in self._judged_by]  # the others reach no other level or duty
        singly = (
            core.judge_again(base, one, value)
            for base in (best, worst, now)
            for one in telling
            for value in values[one]
            if base.facts[one] != value
        )
        found: dict[object, Judged] = {}
        for judged in chain([best, worst, *meeting], singly):
            reached = (
                judged.facts["level_others"],
                judged.facts["level_self"],
                tuple([law.duty for law in judged.laws]),
            )
            found.setdefault(reached, judged)
        return [core.weigh(judged) for judged in found.values()]

    def what_if(self, worth: list[Worth]) -> list[tuple[Assignment, Outcome]]:
        """What follows from which answer: first what would meet an unknown rule, then single answers that change duty
        or level."""
        now = self._outcome
        found: dict[tuple[tuple[str, str], ...], Outcome] = {}
        for law in now.laws:
            for result in law.unknown("mandatory") + law.unknown("permissive"):
                if met := self._first_met(result):
                    found.setdefault(tuple(sorted(met[0].items())), met[1])
        for one in worth:
            seen = set()
            for item, value, then in one.changes:
                if (then.duty, then.level) != (now.duty, now.level) and (then.duty, then.level) not in seen:
                    seen.add((then.duty, then.level))
                    found.setdefault(((item, value),), then)
        return [(dict(way), then) for way, then in found.items()]

    def may_tell_if(self) -> list[tuple[str, Assignment, tuple[str, ...]]]:
        """Who could be told under an unknown rule, were it met: (recipient, the answers that would meet it, the rule).

        Also whom another path opens already, as police to start a hold: the rule would let more be told.
        """
        recipients = self._outcome.recipients
        told = {who for who, paths in recipients.paths.items() if "rule" in paths}
        found: dict[str, tuple[Assignment, tuple[str, ...]]] = {}
        for law in self._outcome.laws:
            for result in law.unknown():
                if met := self._first_met(result):
                    way, then = met
                    for one in then.recipients.may_tell:
                        if result.rule.id in one.under and one.recipient not in told | recipients.excluded:
                            found.setdefault(one.recipient, (way, (result.rule.id,)))
        return [(recipient, way, under) for recipient, (way, under) in found.items()]

    def _first_met(self, result: RuleResult) -> tuple[Assignment, Outcome] | None:
        """The first answers that would meet an unknown rule, and what they come to; None when no answers would."""
        key = id(result)
        if key not in self._how_met:
            tried = ((way, self._core.evaluate({**self._facts, **way})) for way in self._ways(result))
            self._how_met[key] = next(((way, then) for way, then in tried if _met(then, result)), None)
        return self._how_met[key]

    def _ways(self, result: RuleResult) -> list[Assignment]:
        """Answers that would meet an unknown rule of this consult."""
        known = self._found_ways.get(id(result))
        if known is None:
            known = self._found_ways[id(result)] = ways_to_meet(result, self._outcome.facts)
        return known


def ways_to_meet(result: RuleResult, facts: Facts) -> list[Assignment]:
    """Answers that would meet every element of a rule that is unknown, fewest first.

    An element that stays open on what was answered ("vague", "within weeks") is asked again: the way then names the
    clearer answer.
    """
    tables = tables_of(result.rule)
    if "facility" in result.elements:
        tables["facility"] = element_tables()["covers"]["facility"]
    ways: list[Assignment] = [{}]
    for name, table in tables.items():
        if result.elements.get(name) == YES:
            continue
        rows = [row for row in table.rows if row.value == YES]
        own = [way for row in rows for way in _ways(row.when.written, facts, ask_again=False)]
        own += [way for row in rows for way in _ways(row.when.written, facts, ask_again=True) if way not in own]
        ways = _joined(ways, own)
    return ways


def _met(outcome: Outcome, result: RuleResult) -> bool:
    return any(one.rule is result.rule and one.met == YES for law in outcome.laws for one in law.rules)


def _ways(written: object, facts: Facts, ask_again: bool) -> list[Assignment]:
    """Answers that make a written condition certain, given what is known; none when what is known excludes it."""
    if written == "always":
        return [{}]
    assert isinstance(written, Mapping)
    ways: list[Assignment] = [{}]
    for key, value in written.items():
        if key == "all":
            parts = [_ways(one, facts, ask_again) for one in value]
        elif key == "any":
            parts = [[way for one in value for way in _ways(one, facts, ask_again)]]
        elif key == "not":
            return []
        else:
            parts = [_ways_for_key(key, [value] if isinstance(value, str) else value, facts, ask_again)]
        for part in parts:
            ways = _joined(ways, part)
    return ways


def _ways_for_key(key: str, values: list[str], facts: Facts, ask_again: bool) -> list[Assignment]:
    if facts[key] in values:
        return [{}]
    table = finding_tables().get(key)
    if table is not None:
        if facts[key] != "unknown":
            return []
        rows = [row for row in table.rows if row.value in values]
        return _fewest([way for row in rows for way in _ways(row.when.written, facts, ask_again=False)])
    if facts[key] == "unknown" or (ask_again and key in ASK_AGAIN):
        return [{key: value} for value in values if value != "unknown"]
    return []


ASK_AGAIN = frozenset({"threat", "victim", "harm", "imminence"})
"""Questions whose answers can be unclear although they are answered; what the client has, did or is, is not asked twice."""


def _joined(ways: list[Assignment], others: list[Assignment]) -> list[Assignment]:
    together = [
        {**one, **other}
        for one, other in product(ways, others)
        if all(one.get(key, value) == value for key, value in other.items())
    ]
    return _fewest(together)


def _fewest(ways: list[Assignment]) -> list[Assignment]:
    unique = {tuple(sorted(way.items())): way for way in ways}
    return list(islice(sorted(unique.values(), key=_plainest), MOST_WAYS))


def _plainest(way: Assignment) -> tuple[bool, int]:
    """Ways that say "danger now" come last: it is true of few consults, and is asked on every screen anyway."""
    return "danger_now" in way, len(way)
