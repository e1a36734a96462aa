"""The smallest sufficient plan: enough for the level, enough for the law, telling only those who may be told.

Options, the steps that a picture always calls for and what is enough for a level are data (`options.yaml`). Here is only
the choosing: among the sets of steps that are enough, the one that reaches least into confidentiality, then into
liberty; below emergency a liberty-3 step only where no other set is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import combinations, product
from typing import Any, NamedTuple

from flows.findings import rank
from flows.options import (
    AGENCY,
    Practical,
    Situated,
    Situations,
    Telling,
    catalogue,
    catalogue_data,
    every_option,
    option_for_action,
    situate,
)
from state_law.conditions import Condition, Facts, Together, parse_condition
from state_law.evaluate import JurisdictionLaw, RuleResult
from state_law.logic import YES, Truth
from state_law.recipients import opened_by, paths_read

REASONABLE_CARE = "reasonable_care"


@dataclass(frozen=True)
class Alternative:
    """One way that the law accepts: the options to take, and whether reasonable care (a plan that is enough) is part of it."""

    options: frozenset[str]
    reasonable_care: bool = False


@dataclass(frozen=True)
class Plan:
    """The chosen steps and what stands behind the choice.

    `steps` option ids in the order to do them; `chosen` those that were weighed (not the ones always taken);
    `others` other sufficient choices, `equals` how many of them cost the same; `law` the alternatives of the met
    mandatory rules; `impossible` why no lawful alternative can be carried out (empty when one is in the plan);
    `missing` what the level needs and nothing allowed gives; `doubtful` recipients in the plan who are not confirmed.
    """

    steps: tuple[str, ...]
    chosen: frozenset[str]
    others: tuple[tuple[str, ...], ...]
    equals: int
    law: tuple[Alternative, ...]
    impossible: tuple[str, ...]
    missing: tuple[str, ...]
    doubtful: tuple[str, ...]
    situated: Mapping[str, Situated]
    reasons: Mapping[str, str]


@lru_cache(maxsize=1)
def _always() -> list[tuple[Condition, list[str]]]:
    return [(parse_condition(row["when"]), row["steps"]) for row in catalogue_data()["always"]]


@lru_cache(maxsize=1)
def _enough() -> list[tuple[Condition, list[str], str]]:
    return [(parse_condition(row["when"]), row["needs"], row["because"]) for row in catalogue_data()["enough"]]


@lru_cache(maxsize=1)
def plan_reads() -> tuple[str, ...]:
    """Every answer, finding and level that the planner looks at, sorted."""
    keys: set[str] = {"profession", "level"}
    for option in catalogue().values():
        keys |= option.reads
    for when, _ in _always():
        keys |= when.reads
    for when, _, _ in _enough():
        keys |= when.reads
    return tuple(sorted(keys - {AGENCY}))


@lru_cache(maxsize=1)
def called_for() -> Together:
    """The conditions of the steps that a picture always calls for, and of the needs of a level; `demands` reads them."""
    return Together([*(when for when, _ in _always()), *(when for when, _, _ in _enough())])


class Demands(NamedTuple):
    """What a picture asks for: steps that are taken in any case (with their places in the catalogue), and what a plan
    must give, with the reason."""

    steps: tuple[str, ...]
    places: tuple[int, ...]
    enough: tuple[tuple[tuple[str, ...], str], ...]
    needs: frozenset[str]


@lru_cache(maxsize=1024)
def demands(called: tuple[Truth, ...]) -> Demands:
    """What `called_for` comes to."""
    always, enough = called[: len(_always())], called[len(_always()) :]
    steps = dict.fromkeys(
        step for (_, steps), holds in zip(_always(), always, strict=True) if holds == YES for step in steps
    )
    held = [(tuple(needs), why) for (_, needs, why), holds in zip(_enough(), enough, strict=True) if holds == YES]
    places = tuple(map(_place_of, steps))
    return Demands(tuple(steps), places, tuple(held), frozenset(need for needs, _ in held for need in needs))


@dataclass(frozen=True, eq=False)
class Asked:
    """What the law asks for: the ways that discharge what is owed, or what may be owed, and whether it turns on unknowns.

    There is one object for each, a cheap key.
    """

    owed: tuple[Alternative, ...]
    perhaps: tuple[Alternative, ...]
    turns_on_unknowns: bool

    @cached_property
    def options(self) -> frozenset[str]:
        """Every option that some way names."""
        return frozenset().union(*(way.options for way in (*self.owed, *self.perhaps)))


@cache
def _the_asked(owed: tuple[Alternative, ...], perhaps: tuple[Alternative, ...], turns_on_unknowns: bool) -> Asked:
    return Asked(owed, perhaps, turns_on_unknowns)  # as few as the law table has combinations of ways


def asked_by(laws: Sequence[JurisdictionLaw]) -> Asked:
    """What these laws ask for on the answers that they were evaluated on."""
    return _the_asked(
        alternatives(rule for law in laws for rule in law.met("mandatory")),
        alternatives(rule for law in laws for rule in law.unknown("mandatory")),
        any(law.duty == "turns_on_unknowns" for law in laws),
    )


@lru_cache(maxsize=256)
def read_together_with(key: str) -> frozenset[str]:
    """The answers that bear on the same options as `key`: on whether they fit, are called for, or whom they may tell."""
    groups = [
        option.reads.union(
            *(when.reads for when, steps in _always() if option.id in steps),
            *(opened_by(recipient) for recipient in option.data.tells),
        )
        for option in catalogue().values()
    ]
    groups += [when.reads for when, _, _ in _enough()]
    return frozenset().union(*(group for group in groups if key in group)) - {key}


@lru_cache(maxsize=256)
def only_gives(key: str) -> frozenset[str] | None:
    """Where an answer decides only what options give, and nothing else of plans or recipients: for which needs.

    None where something else looks at it. Where nothing needs what it decides, no plan turns on it.
    """
    given = frozenset(
        need for option in catalogue().values() for need, when in option.gives.items() if key in when.reads
    )
    elsewhere = called_for().reads.union(
        paths_read(), *(option.reads_apart_from_giving for option in catalogue().values())
    )
    return None if key in elsewhere else given


class Chosen(NamedTuple):
    """What was chosen. `steps`: the plan, in the order to do them; `sets`: the sets of steps that are enough, the chosen
    one first; `in_doubt`: with steps for which some people are not confirmed."""

    steps: tuple[str, ...]
    sets: tuple[frozenset[str], ...]
    in_doubt: bool


class Choosing(NamedTuple):
    """All that a plan is chosen from.

    `practical` and `tellings`: what each option comes to, and whom it would tell, by its place in the catalogue.
    """

    level: str
    demands: Demands
    asked: Asked
    practical: Sequence[Practical]
    tellings: Mapping[int, Telling]

    def chosen(self) -> Chosen:
        """What is chosen. Whatever has an equal `turns_on` has an equal choice."""
        weighed = _may_be_weighed(self.asked, self.demands.needs)
        return self._choice(sorted({*self.demands.places, *weighed, _place_of("clarify_facts")})).choose()

    def plan(self, chosen: Chosen, laws: Sequence[JurisdictionLaw]) -> Plan:
        """The plan with what stands behind the choice. `laws`: those that ask for it."""
        return self._choice(range(len(self.practical))).plan(chosen, laws)

    def _choice(self, places: Iterable[int]) -> _Choice:
        entries = every_option()
        situated = {
            entries[place].id: situate(entries[place], self.practical[place], self.tellings[place]) for place in places
        }
        return _Choice(self.level, self.demands, self.asked, situated)

    def turns_on(self) -> Any:
        """What of all this the choice turns on.

        An option can be chosen only if it may be used, and is weighed only if a way of the law names it, or if it gives
        something that the level needs and that the steps taken in any case do not give. Of these it matters what they
        give of that, what they cost and whether the client agrees; of the others nothing matters.
        """
        emergency = self.level == "emergency"
        base, lacking = [], self.demands.needs
        for place in self.demands.places:
            option, telling = self.practical[place], self.tellings[place]
            if option.fits != "no" and telling.missing is None and not telling.not_allowed:
                base.append(place)
                lacking -= option.gives
        weighed = []
        for place in _may_be_weighed(self.asked, lacking):
            option = self.practical[place]
            if option.fits != "no":
                telling = self.tellings[place]
                if telling.allowed_with_doubt if emergency else not telling.not_allowed and telling.missing is None:
                    weighed.append((place, option.weight, option.gives & lacking, telling.not_allowed))
        return self.level, self.asked, lacking, tuple(base), tuple(weighed)


def make_plan(facts: Facts, laws: Sequence[JurisdictionLaw], situations: Situations) -> Plan:
    """The plan for these answers, findings and levels, this law and these options."""
    choosing = Choosing(
        facts["level"],
        demands(called_for().test(facts)),
        asked_by(laws),
        situations.practical(facts),
        situations.tellings(facts["profession"]),
    )
    return choosing.plan(choosing.chosen(), laws)


@lru_cache(maxsize=256)
def _place_of(one: str) -> int:
    """Where an option stands in the catalogue."""
    return list(catalogue()).index(one)


@lru_cache(maxsize=4096)
def _may_be_weighed(asked: Asked, lacking: frozenset[str]) -> tuple[int, ...]:
    """The places of the options that a way of the law names, or that can give something of what is lacking."""
    return tuple(
        place
        for place, (one, option) in enumerate(catalogue().items())
        if one in asked.options or lacking & set(option.gives)
    )


def alternatives(rules: Iterable[RuleResult]) -> tuple[Alternative, ...]:
    """The ways that discharge all of these rules at once. `other` never counts; an unconfirmed discharge is reasonable care."""
    ways: list[list[Alternative]] = []
    for result in rules:
        own = []
        for actions in result.discharge_any_of:
            if "other" not in actions:
                options = frozenset(one for action in actions if (one := option_for_action(action)))
                own.append(Alternative(options, REASONABLE_CARE in actions))
        if not result.discharge_any_of:
            own.append(Alternative(frozenset(), True))
        if own:
            ways.append(own)
    joined = (
        {
            Alternative(frozenset().union(*(one.options for one in way)), any(one.reasonable_care for one in way))
            for way in product(*ways)
        }
        if ways
        else set()
    )
    smallest = [
        one for one in joined
        if not any(
            other != one and other.options <= one.options and other.reasonable_care <= one.reasonable_care
            for other in joined
        )
    ]  # fmt: skip
    return tuple(sorted(smallest, key=lambda one: (len(one.options), sorted(one.options), one.reasonable_care)))


class _Choice:
    """One choosing: the needs of the level, the alternatives of the law, and the steps that may be used."""

    def __init__(self, level: str, demanded: Demands, asked: Asked, situated: Mapping[str, Situated]) -> None:
        self.level, self.demands, self.asked, self.situated = level, demanded, asked, situated
        self.emergency = level == "emergency"
        self.needs = demanded.needs
        self.owed = asked.owed
        self.perhaps = asked.perhaps if self.emergency else ()
        self.base = frozenset(one for one in self.demands.steps if situated[one].usable)

    def choose(self) -> Chosen:
        """The sets of steps that are enough, or the best that can be done."""
        usable, in_doubt = self.usable(), False
        extras = self.owed_perhaps(usable)
        sets = self.choices(usable, extras)
        if not sets and self.emergency:
            usable, in_doubt = self.usable(in_doubt=True), True
            sets = self.choices(usable, extras) or [self.best_effort(usable, extras)]
        sets = sets or [self.best_effort(usable, [frozenset()])]
        return Chosen(self.in_order(sets[0]), tuple(sets), in_doubt)

    def usable(self, in_doubt: bool = False) -> set[str]:
        """The steps that may be used; `in_doubt`: also with people for whom only a federal permission speaks."""
        return {
            one for one, option in self.situated.items() if (option.usable_with_doubt if in_doubt else option.usable)
        }

    def in_order(self, chosen: frozenset[str]) -> tuple[str, ...]:
        """What was chosen, what is taken in any case, and finding out where something is open; in the order to do them."""
        steps = self.base | chosen
        if self.open(steps):
            steps |= {"clarify_facts"}
        order = {
            one: self.situated[one].option.data.order - (1000 if self.emergency and one in chosen else 0)
            for one in steps
        }  # in an emergency what protects is done before anything is talked over
        return tuple(sorted(steps, key=lambda one: (order[one], one)))

    def open(self, steps: frozenset[str]) -> bool:
        """Whether something has to be found out: the duty turns on it, or the steps are not enough for the level."""
        return self.asked.turns_on_unknowns or (self.level != "low" and not self.needs <= self.given(steps))

    def can_do(self, options: frozenset[str], usable: set[str]) -> bool:
        """Whether all of these steps may be taken, with the consent that they need."""
        return all(one in usable and self.situated[one].counts for one in options)

    def choices(self, usable: set[str], extras: list[frozenset[str]]) -> list[frozenset[str]]:
        """Every set of steps that is enough for the law and the level and has none to spare, least intrusive first."""
        found = {
            steps
            for alternative in self.owed or (Alternative(frozenset()),)
            if self.can_do(alternative.options, usable)
            for extra in extras
            for steps in self.completed(alternative.options | extra, usable, self.needs)
        }
        return sorted(found, key=self.cost)

    def owed_perhaps(self, usable: set[str]) -> list[frozenset[str]]:
        """At emergency: what an unknown mandatory rule may ask for is done now, among those who may be told."""
        possible = [one.options for one in self.perhaps if self.can_do(one.options, usable)]
        return possible or [frozenset()]

    def given(self, steps: Iterable[str]) -> frozenset[str]:
        """What these steps give towards being enough."""
        return frozenset().union(*(self.situated[one].gives for one in steps))

    def completed(self, steps: frozenset[str], usable: set[str], needs: frozenset[str]) -> list[frozenset[str]]:
        """`steps` with every addition that gives all of `needs` and from which no step can be left out again.

        Several mild steps may reach less far than one drastic one, so additions of every size are weighed.
        """
        lacking = needs - self.given(self.base | steps)
        givers = {one: self.situated[one].gives & lacking for one in sorted(usable - self.base - steps)}
        givers = {one: gives for one, gives in givers.items() if gives}
        return [
            steps | frozenset(group)
            for size in range(len(lacking) + 1)
            for group in combinations(givers, size)
            if lacking <= frozenset().union(*(givers[one] for one in group))
            and not any(lacking <= frozenset().union(*(givers[x] for x in group if x != one)) for one in group)
        ]

    def cost(self, steps: frozenset[str]) -> tuple[int, int, int, int, int, list[int]]:
        """Drastic below emergency; people who are not confirmed; reach into confidentiality; into liberty; number of
        steps; place in the catalogue. Steps that are taken in any case cost nothing more."""
        options = [self.situated[one] for one in steps - self.base]
        return (
            0 if self.emergency else sum(option.liberty == 3 for option in options),
            len({who for option in options for who in option.not_allowed}),
            sum(option.confidentiality for option in options),
            sum(option.liberty for option in options),
            len(options),
            sorted(option.option.data.order for option in options),
        )

    def best_effort(self, usable: set[str], extras: list[frozenset[str]]) -> frozenset[str]:
        """When nothing is enough for all: a lawful alternative in full if there is one, else as much of one as can be
        done; with as much as can be given of what the level needs."""
        ways = [way.options for way in self.owed if self.can_do(way.options, usable)]
        if not ways:
            partly = [
                frozenset(one for one in way.options if self.can_do(frozenset({one}), usable)) for way in self.owed
            ]
            most = max(map(len, partly), default=0)
            ways = [one for one in partly if len(one) == most] or [frozenset()]
        attainable = self.needs & self.given(usable)
        sets = [
            steps for way in ways for extra in extras for steps in self.completed(way | extra, usable, attainable)
        ]  # fmt: skip
        return min(sets, key=self.cost)

    def why_impossible(self, usable: set[str], laws: Sequence[JurisdictionLaw]) -> tuple[str, ...]:
        """Why no lawful alternative can be carried out in full, in words; nothing when one can.

        A rule that accepts only what stands in its own words is always named: no step here carries that out.
        """
        reasons = [
            f"{result.rule.citation}: it asks for something that no step here stands for; read it in its own words"
            for law in laws
            for result in law.met("mandatory")
            if result.discharge_any_of and not alternatives([result])
        ]
        if not any(self.can_do(way.options, usable) for way in self.owed):
            for way in self.owed:
                blocked = [one for one in sorted(way.options) if not self.can_do(frozenset({one}), usable)]
                reasons.append("; ".join(f"{one}: {why_not(self.situated[one])}" for one in blocked))
        return tuple(dict.fromkeys(reasons))

    def plan(self, found: Chosen, laws: Sequence[JurisdictionLaw]) -> Plan:
        """The plan, with what stands behind the choice."""
        chosen, usable = found.sets[0], self.usable(found.in_doubt)
        given = self.given(self.base | chosen)
        reasons = dict.fromkeys(self.base, f"called for at level {self.level}")
        for one in chosen:
            if any(one in way.options for way in self.owed):
                reasons[one] = "the law accepts or requires it"
            elif any(one in way.options for way in self.perhaps):
                reasons[one] = "the law may require it; in an emergency it is done now"
            else:
                reasons[one] = "makes the plan enough for the level"
        if self.open(self.base | chosen):
            reasons["clarify_facts"] = "the answer turns on what is not known"
        allowed = [one for one in found.sets[1:] if self.cost(one)[:2] <= self.cost(chosen)[:2]]
        return Plan(
            steps=found.steps,
            chosen=chosen,
            others=tuple(tuple(sorted(one, key=lambda s: self.situated[s].option.data.order)) for one in allowed[:5]),
            equals=sum(self.cost(one)[:4] == self.cost(chosen)[:4] for one in allowed),
            law=self.owed,
            impossible=self.why_impossible(usable, laws),
            missing=tuple(because for needs, because in self.demands.enough if not set(needs) <= given),
            doubtful=tuple(sorted({who for one in found.steps for who in self.situated[one].not_allowed})),
            situated=self.situated,
            reasons=reasons,
        )


def why_not(option: Situated) -> str:
    """Why an option can't be used, in words."""
    if option.fits == "no":
        return option.fits_because
    if option.not_allowed:
        who = ", ".join(one.replace("_", " ") for one in option.not_allowed)
        doubt = set(option.not_allowed) <= set(option.in_doubt)
        return (
            f"no confirmed authority to tell {who} on these answers"
            if doubt
            else f"no authority to tell {who} on these answers"
        )
    if not option.counts:
        return "the client has not agreed to it yet"
    return "it is not needed"


def statuses(plan: Plan, level: str) -> dict[str, tuple[str, str]]:
    """Option id -> (status, reason) for every option of the catalogue."""
    alternatives_shown = {one for other in plan.others for one in other}
    found = {}
    for one, option in plan.situated.items():
        if one in plan.steps:
            found[one] = ("recommended", plan.reasons[one])
        elif option.fits == "no":
            found[one] = ("not_applicable", option.fits_because)
        elif option.not_allowed:
            found[one] = ("not_authorised", why_not(option))
        elif one in alternatives_shown:
            found[one] = ("available", "another sufficient plan uses it")
        elif rank(option.option.data.from_level) > rank(level):
            found[one] = (
                "more_than_needed",
                f"in proportion from level {option.option.data.from_level}; this is {level}",
            )
        elif option.confidentiality >= 2 or option.liberty >= 2:
            found[one] = ("more_than_needed", "it reaches further than the plan, which is enough without it")
        else:
            found[one] = ("available", "it can be added; the plan is enough without it")
    return found


def names_state_agency(laws: Sequence[JurisdictionLaw]) -> bool:
    """True when a rule that covers the clinician names a state agency."""
    return any(law.names_state_agency for law in laws)
