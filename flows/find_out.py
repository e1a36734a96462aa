"""Which unknown would change something, and what would follow from each answer; both by evaluating again.

A question is worth asking if, for some answers to the other unknown questions, its own answer changes duty, level or
plan. `if_then` says what follows from an answer, or from several together where it takes several to meet a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, product
from math import prod

from flows.core import Core, Judged, Outcome
from flows.findings import finding_tables, rank
from flows.planner import read_together_with
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


def worth_asking(core: Core, outcome: Outcome, facts: Facts, askable: Askable) -> list[Worth]:
    """The unknown questions that some assignment of the others makes decisive, most consequential first."""
    reads = core.reads(facts)
    unknown = [one for one in [*askable.unknown(facts), *askable.asked_again(outcome)] if one in reads]
    groups: dict[str, list[str]] = {}
    for one in unknown:
        groups.setdefault(one.partition(".")[0], []).append(one)
    judged_by = core.judged_by(facts)
    now = Judged(outcome.facts, outcome.laws)
    found: list[Worth] = []
    contexts: list[Judged] = []
    for question, items in groups.items():
        here = [
            (item, value, core.complete(core.weigh(core.judge_again(now, item, value, judged_by))))
            for item in items
            for value in askable.values[item]
        ]
        changes = tuple(change for change in here if change[2].decides != outcome.decides)
        if changes:
            found.append(Worth(question, changes, _weight(outcome, [change[2] for change in changes])))
            continue
        contexts = contexts or _contexts(core, outcome, facts, unknown, askable)
        if any(_decisive_somewhere(core, item, contexts, unknown, askable, judged_by) for item in items):
            found.append(Worth(question, (), (0, 0, 0)))
    return sorted(found, key=lambda one: [-part for part in one.weight])


def _weight(now: Outcome, then: list[Outcome]) -> tuple[int, int, int]:
    """How far the answers reach: in duty, in level, in the number of different plans."""
    duties = [STRICTEST_FIRST.index(one.duty) for one in [now, *then]]
    levels = [rank(one.level) for one in [now, *then]]
    return max(duties) - min(duties), max(levels) - min(levels), len({one.plan.steps for one in [now, *then]})


def _decisive_somewhere(
    core: Core,
    item: str,
    contexts: list[Judged],
    unknown: list[str],
    askable: Askable,
    judged_by: frozenset[str],
) -> bool:
    beside = [one for one in unknown if one in read_together_with(item)]
    varied = (
        core.judge_again(context, one, value, judged_by)
        for one in beside
        for value in askable.values[one]
        for context in contexts
        if context.facts[one] != value
    )
    compared = set()
    for context in chain(contexts, varied):
        weighed = [core.weigh(core.judge_again(context, item, value, judged_by)) for value in askable.values[item]]
        keys = frozenset(one.key for one in weighed)
        if len(keys) == 1 or keys in compared:
            continue
        if len({core.complete(one).decides for one in weighed}) > 1:
            return True
        compared.add(keys)
    return False


def _contexts(core: Core, outcome: Outcome, facts: Facts, unknown: list[str], askable: Askable) -> list[Judged]:
    """Answers to the unknowns against which each question is tried.

    All of them where they are few. Otherwise those that tell: every answer as reassuring, and as grave, as it can be;
    those that meet an unknown rule; and, of every single answer put into these, one for each level and duty reached.
    """
    if prod(len(askable.values[one]) for one in unknown) <= FULL_PRODUCT_UP_TO:
        every = product(*(askable.values[one] for one in unknown))
        return [core.judge({**facts, **dict(zip(unknown, values, strict=True))}) for values in every]
    best = {**facts, **{one: askable.values[one][0] for one in unknown}}
    worst = {**facts, **{one: askable.values[one][-1] for one in unknown}}
    meeting = [
        {**base, **way}
        for law in outcome.laws
        for result in law.unknown()
        for way in ways_to_meet(result, outcome.facts)[:1]
        for base in (best, dict(facts))
    ]
    judged_by = core.judged_by(facts)
    telling = [one for one in unknown if one in judged_by]  # the others reach no other level or duty
    singly = (
        {**base, one: value}
        for base in (best, worst, dict(facts))
        for one in telling
        for value in askable.values[one]
        if base[one] != value
    )
    found: dict[object, Judged] = {}
    for answers in chain([best, worst, *meeting], singly):
        judged = core.judge(answers)
        reached = (
            judged.facts["level_others"],
            judged.facts["level_self"],
            tuple(law.duty for law in judged.laws),
        )
        found.setdefault(reached, judged)
    return list(found.values())


def what_if(core: Core, outcome: Outcome, facts: Facts, worth: list[Worth]) -> list[tuple[Assignment, Outcome]]:
    """What follows from which answer: first what would meet an unknown rule, then single answers that change duty or level."""
    found: dict[tuple[tuple[str, str], ...], Outcome] = {}
    for law in outcome.laws:
        for result in law.unknown("mandatory") + law.unknown("permissive"):
            for way in ways_to_meet(result, outcome.facts):
                then = core.evaluate({**facts, **way})
                if _met(then, result):
                    found.setdefault(tuple(sorted(way.items())), then)
                    break
    for one in worth:
        seen = set()
        for item, value, then in one.changes:
            if (then.duty, then.level) != (outcome.duty, outcome.level) and (then.duty, then.level) not in seen:
                seen.add((then.duty, then.level))
                found.setdefault(((item, value),), then)
    return [(dict(way), then) for way, then in found.items()]


def may_tell_if(core: Core, outcome: Outcome, facts: Facts) -> list[tuple[str, Assignment, tuple[str, ...]]]:
    """Who could be told under an unknown rule, were it met: (recipient, the answers that would meet it, the rule).

    Also whom another path opens already, as police to start a hold: the rule would let more be told.
    """
    told = {who for who, paths in outcome.recipients.paths.items() if "rule" in paths}
    excluded = outcome.recipients.excluded
    found: dict[str, tuple[Assignment, tuple[str, ...]]] = {}
    for law in outcome.laws:
        for result in law.unknown():
            for way in ways_to_meet(result, outcome.facts):
                then = core.evaluate({**facts, **way})
                if _met(then, result):
                    for one in then.recipients.may_tell:
                        if result.rule.id in one.under and one.recipient not in told | excluded:
                            found.setdefault(one.recipient, (way, (result.rule.id,)))
                    break
    return [(recipient, way, under) for recipient, (way, under) in found.items()]


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
