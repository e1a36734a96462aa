"""What every plan must keep, checked by code that knows nothing of how the planner chooses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from flows.options import Situated, catalogue_data
from flows.planner import Plan, statuses
from state_law.conditions import Condition, Facts, parse_condition
from state_law.evaluate import JurisdictionLaw, RuleResult
from state_law.recipients import Recipients

STATUSES = {"recommended", "available", "more_than_needed", "not_authorised", "not_applicable"}
TREATMENT_TEAM = {"treating_or_medical_personnel"}
ACTIONS = {
    "warn_victim": "warn_victim", "notify_law_enforcement": "notify_law_enforcement",
    "voluntary_hospitalization": "voluntary_admission", "involuntary_hospitalization": "emergency_evaluation",
    "notify_parent_or_guardian": "notify_parent_or_guardian", "notify_family_or_caregiver": "notify_family_without_consent",
    "notify_state_agency": "notify_state_agency", "intensify_treatment": "intensify_treatment",
}  # fmt: skip
"""Discharge action -> option, written down again: the design's table, not the catalogue."""


@dataclass(frozen=True)
class Case:
    """A plan and what it was made from."""

    facts: Facts
    laws: Sequence[JurisdictionLaw]
    recipients: Recipients
    plan: Plan

    @property
    def emergency(self) -> bool:
        return self.facts["level"] == "emergency"

    @property
    def steps(self) -> frozenset[str]:
        return frozenset(self.plan.steps)

    def option(self, one: str) -> Situated:
        return self.plan.situated[one]


@lru_cache(maxsize=1)
def _needs() -> list[tuple[Condition, list[str], str]]:
    return [(parse_condition(row["when"]), row["needs"], row["because"]) for row in catalogue_data()["enough"]]


def needed(facts: Facts) -> dict[str, str]:
    """What the level needs -> the reason in words."""
    return {need: because for when, needs, because in _needs() if when.test(facts) == "yes" for need in needs}


@lru_cache(maxsize=1)
def _always() -> list[tuple[Condition, list[str]]]:
    return [(parse_condition(row["when"]), row["steps"]) for row in catalogue_data()["always"]]


def called_for(case: Case) -> frozenset[str]:
    """The steps taken in any case, as far as they may be."""
    steps = [step for when, called in _always() if when.test(case.facts) == "yes" for step in called]
    return frozenset(step for step in steps if case.option(step).usable)


def ways(rules: Sequence[RuleResult]) -> list[frozenset[str]]:
    """Every way to discharge all of these rules at once, as options; reasonable care is the empty set."""
    found = [frozenset[str]()]
    for rule in rules:
        own = [
            frozenset(ACTIONS[action] for action in actions if action != "reasonable_care")
            for actions in rule.discharge_any_of
            if "other" not in actions
        ]
        if not rule.discharge_any_of:
            own = [frozenset()]
        if own:
            found = [one | other for one in found for other in own]
    return list(dict.fromkeys(found))


def mandatory(case: Case, met: str) -> list[RuleResult]:
    return [
        one
        for law in case.laws
        for one in law.rules
        if one.rule.duty == "mandatory" and one.rule.effect == "disclosure" and one.covers != "no" and one.met == met
    ]


def faults(case: Case) -> Iterator[str]:
    """Every promise that this plan breaks, in words."""
    yield from tells_nobody_who_may_not_be_told(case)
    yield from keeps_to_part_2(case)
    yield from discharges_or_says_why(case)
    yield from is_enough_or_says_what_is_missing(case)
    yield from finds_out_first(case)
    yield from low_tells_nobody(case)
    yield from every_option_has_a_status(case)
    yield from has_none_to_spare_and_costs_least(case)


def tells_nobody_who_may_not_be_told(case: Case) -> Iterator[str]:
    """(d)"""
    may = {one.recipient for one in case.recipients.may_tell}
    if case.recipients.excluded & (may | case.recipients.doubtful):
        yield "somebody who may not be told stands among those who may"
    for law in case.laws:
        yield from exclusions_are_kept(case.recipients, law)
    for one in case.plan.steps:
        option = case.option(one)
        for who in option.tells:
            if who in case.recipients.excluded:
                yield f"{one} tells {who}, who may not be told"
            elif not case.recipients.paths.get(who, frozenset()) & set(option.option.data.by):
                if not case.emergency:
                    yield f"{one} tells {who} without a path below emergency"
                elif who not in case.recipients.doubtful or who not in case.plan.doubtful:
                    yield f"{one} tells {who} without a path, and the doubt is not shown"


def exclusions_are_kept(who_may: Recipients, law: JurisdictionLaw) -> Iterator[str]:
    """(d, k) Whom a rule excludes is told by consent alone; nobody is told as "anyone" where anyone is excluded."""
    may_apply = [
        one for one in law.rules if one.covers != "no" and all(one.elements[x] != "no" for x in one.rule.limited_to)
    ]
    excluded = {who for one in may_apply for who in one.rule.may_not_tell}
    named = {who for one in law.rules if one.met == "yes" for who in one.rule.may_tell}
    for who, paths in who_may.paths.items():
        if who in excluded and paths - {"consent"}:
            yield f"{who} is excluded in {law.record.code} and may be told by {sorted(paths)}"
        if "anyone_able_to_prevent_harm" in excluded and "rule" in paths and who not in named:
            yield f"{who} may be told as anyone, which {law.record.code} excludes"
    if excluded & who_may.doubtful:
        yield f"{sorted(excluded & who_may.doubtful)}: excluded in {law.record.code}, not merely in doubt"


def keeps_to_part_2(case: Case) -> Iterator[str]:
    """(k)"""
    if case.recipients.worded:
        for one in case.plan.steps:
            for who in case.option(one).tells:
                if who not in case.recipients.doors and not case.option(one).option.data.worded:
                    yield f"Part 2: {one} tells {who} without a door or a worded variant"


def discharges_or_says_why(case: Case) -> Iterator[str]:
    """(e)"""
    met = mandatory(case, "yes")
    if not met:
        return
    usable = _usable(case, doubt=case.emergency)
    possible = [way for way in ways(met) if _can(case, way, usable)]
    in_plan = [way for way in ways(met) if way <= case.steps and all(case.option(one).counts for one in way)]
    own_words = [rule for rule in met if rule.discharge_any_of and all("other" in way for way in rule.discharge_any_of)]
    if possible and not in_plan:
        yield f"a lawful alternative is possible ({sorted(map(sorted, possible))}) and not in the plan"
    if not in_plan and not case.plan.impossible:
        yield "no lawful alternative is in the plan, and it does not say why"
    if possible and case.plan.impossible and not own_words:
        yield f"it says that nothing lawful is possible, and {sorted(map(sorted, possible))} is"
    if own_words and not case.plan.impossible:
        yield "a rule that only its own words discharge, and nothing says so"


def _usable(case: Case, doubt: bool) -> frozenset[str]:
    return frozenset(
        one for one, option in case.plan.situated.items() if (option.usable_with_doubt if doubt else option.usable)
    )


def _can(case: Case, way: frozenset[str], usable: frozenset[str]) -> bool:
    return way <= usable and all(case.option(one).counts for one in way)


def is_enough_or_says_what_is_missing(case: Case) -> Iterator[str]:
    """(e, l) The level's needs are given, or named as missing; help now above all."""
    given = frozenset[str]().union(*(case.option(one).gives for one in case.steps))
    attainable = frozenset[str]().union(*(case.option(one).gives for one in _usable(case, doubt=case.emergency)))
    for need, because in needed(case.facts).items():
        if need not in given and because not in case.plan.missing:
            yield f"{need} is not given, and nothing says so"
        if need not in given and need in attainable:
            yield f"{need} could be given, and is not"
        if (
            need in given
            and because in case.plan.missing
            and len([1 for b in needed(case.facts).values() if b == because]) == 1
        ):
            yield f"{need} is given, and is said to be missing"
    if case.facts["danger_now"] == "yes" and "help_now" not in needed(case.facts):
        yield "danger now does not ask for help now"


def finds_out_first(case: Case) -> Iterator[str]:
    """(f, its first half)"""
    if any(law.duty == "turns_on_unknowns" for law in case.laws) and "clarify_facts" not in case.steps:
        yield "the duty turns on unknowns, and finding them out is not in the plan"


def low_tells_nobody(case: Case) -> Iterator[str]:
    """(g)"""
    level = case.facts["level"]
    for one in case.plan.steps:
        outside = set(case.option(one).tells) - TREATMENT_TEAM
        if level == "low" and case.option(one).tells:
            yield f"low, and {one} tells {case.option(one).tells}"
        owed = any(one in way for way in ways(mandatory(case, "yes")))
        if level == "elevated" and outside and one != "mandated_report" and not owed:
            yield f"elevated, and {one} tells {sorted(outside)}"
        if one == "mandated_report" and case.facts["concern"] not in ("abuse_of_child", "abuse_of_vulnerable_adult"):
            yield "a mandated report without suspected abuse"


def every_option_has_a_status(case: Case) -> Iterator[str]:
    """(h)"""
    found = statuses(case.plan, case.facts["level"])
    if set(found) != set(case.plan.situated):
        yield "an option without a status"
    for one, (status, because) in found.items():
        if status not in STATUSES or not because:
            yield f"{one}: status {status!r}, reason {because!r}"
    if {one for one, (status, _) in found.items() if status == "recommended"} != case.steps:
        yield "what is recommended is not the plan"


def has_none_to_spare_and_costs_least(case: Case) -> Iterator[str]:
    """(i) Against every other set of usable steps, by brute force."""
    base = called_for(case)
    if not base <= case.steps:
        yield f"called for and left out: {sorted(base - case.steps)}"
    needs = frozenset(needed(case.facts))
    owed = ways(mandatory(case, "yes"))
    perhaps = ways(mandatory(case, "unknown")) if case.emergency and mandatory(case, "unknown") else []
    strict = _usable(case, doubt=False)
    perhaps = [way for way in perhaps if _can(case, way, strict)] or [frozenset()]
    chosen = case.plan.chosen - base
    for doubt in (False, True) if case.emergency else (False,):
        best = _cheapest(case, base, _usable(case, doubt), needs, owed, perhaps)
        if best is not None:
            if cost(case, chosen) != cost(case, best):
                yield f"{sorted(chosen)} costs {cost(case, chosen)}, {sorted(best)} would be enough for {cost(case, best)}"
            for one in chosen:
                if _sufficient(case, base | (chosen - {one}), needs, owed, perhaps):
                    yield f"{one} can be left out"
            if any(case.option(one).liberty == 3 for one in chosen) and not case.emergency:
                mild = frozenset(one for one in _usable(case, doubt) if case.option(one).liberty < 3)
                if _cheapest(case, base, mild, needs, owed, perhaps) is not None:
                    yield "drastic below emergency, where a plan without it is enough"
            return


def cost(case: Case, steps: frozenset[str]) -> tuple[int, int, int, int, int]:
    """Drastic below emergency, then people in doubt, then confidentiality, then liberty, then how many."""
    options = [case.option(one) for one in steps]
    return (
        0 if case.emergency else sum(option.liberty == 3 for option in options),
        len({who for option in options for who in option.not_allowed}),
        sum(option.confidentiality for option in options),
        sum(option.liberty for option in options),
        len(options),
    )


def _sufficient(
    case: Case, steps: frozenset[str], needs: frozenset[str], owed: Sequence[frozenset[str]],
    perhaps: Sequence[frozenset[str]],
) -> bool:  # fmt: skip
    given = frozenset[str]().union(*(case.option(one).gives for one in steps))
    done = frozenset(one for one in steps if case.option(one).counts)
    return needs <= given and any(way <= done for way in owed) and any(way <= done for way in perhaps)


def _cheapest(
    case: Case, base: frozenset[str], usable: frozenset[str], needs: frozenset[str],
    owed: Sequence[frozenset[str]], perhaps: Sequence[frozenset[str]],
) -> frozenset[str] | None:  # fmt: skip
    matter = sorted(
        one for one in usable - base
        if case.option(one).gives & needs or any(one in way for way in [*owed, *perhaps])
    )  # fmt: skip
    best, least = None, None
    for size in range(len(matter) + 1):
        for group in combinations(matter, size):
            steps = frozenset(group)
            if _sufficient(case, base | steps, needs, owed, perhaps):
                price = cost(case, steps)
                if least is None or price < least:
                    best, least = steps, price
    return best


def told(situated: Mapping[str, Situated], steps: Sequence[str]) -> set[str]:
    """Everyone whom these steps tell."""
    return {who for one in steps for who in situated[one].tells}
