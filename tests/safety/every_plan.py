"""Every situation that the planner can meet, in every jurisdiction for every profession, each different one once.

Three parts, each exhausted, put together so that nothing is missed:
1. The danger and the law: every combination of levels, of rules met, unknown and not, and of what opens the federal
   permissions, that some answers reach (exactly: by the walk of diagram.py; with such answers as a witness).
2. Who may be told: for each of these, every combination of the other answers that `paths.yaml` looks at.
3. What is practical: for each of these, every combination of the answers that the options look at which can matter here
   (which give something that the level needs, or which the law names), one for each way the conditions tell them apart.
Parts 2 and 3 are combined freely with 1, also where no consult would have both; so a promise that holds here holds for
every consult. A plan depends on nothing else than what makes up `Situation.key`; equal keys are looked at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

from flows.answers import facts_of
from flows.findings import finding_tables, with_findings
from flows.options import Situations, catalogue, catalogue_data
from flows.planner import alternatives, make_plan, names_state_agency
from state_law.conditions import DecisionTable, Facts, parse_condition
from state_law.elements import circumstances_of
from state_law.evaluate import JurisdictionLaw, RuleResult, evaluate_jurisdiction
from state_law.load import the_table
from state_law.model import Jurisdiction
from state_law.recipients import Recipients, paths_read, paths_table, recipients_of
from tests.safety.diagram import Walk
from tests.safety.law_as_tables import FIRST, met, rules_for
from tests.safety.plan_promises import Case, exclusions_are_kept, needed
from tests.safety.vocabulary import ON, values

GIVEN_BY_THE_WALK = frozenset({"level", "level_others", "level_self", "credible", "specific", "imminent", "danger_now"})


def law_source(record: Jurisdiction, profession: str) -> Any:
    """All of a jurisdiction and profession on which plans depend: with an equal one, every plan is the same."""
    hold, order = record.emergency_hold, record.erpo
    return (
        tuple(
            (rule.duty, rule.effect, tuple(sorted(elements)), rule.may_tell, rule.may_not_tell, rule.discharge_any_of,
             rule.not_enough, rule.counts_when)
            for rule, elements in rules_for(record, profession)
        ),
        record.harm_to_self.disclosure, record.harm_to_self.may_tell,
        hold.citation is None, frozenset(hold.who_may_start), bool(order.available), frozenset(order.who_may_petition),
        profession if profession in hold.who_may_start or profession == "substance_use_counselor" else "",
    )  # fmt: skip


def different_sources() -> list[tuple[Jurisdiction, str, int]]:
    """One (jurisdiction, profession) for each source of law that differs, and how many have that same one."""
    found: dict[Any, list[tuple[Jurisdiction, str]]] = {}
    for record in the_table():
        for profession in values()["profession"]:
            found.setdefault(law_source(record, profession), []).append((record, profession))
    return [(*same[0], len(same)) for same in found.values()]


def _table(name: str, *rows: tuple[str, Any], otherwise: str = "no") -> DecisionTable:
    return DecisionTable.parse(
        name, [{"is": is_, "when": when, "because": "for the walk"} for is_, when in rows], otherwise
    )


def dangers(record: Jurisdiction, profession: str) -> Iterator[dict[str, str]]:
    """Part 1: facts (answers, findings, levels) for each combination that is reached."""
    rules = rules_for(record, profession)
    tables: dict[str, DecisionTable] = {name: finding_tables()[name] for name in ("credible", "specific")}
    for _, elements in rules:
        tables.update(elements)
    targets = [name for name in tables if name == "covers: facility"]
    tables |= {name: finding_tables()[name] for name in ("level_others", "level_self")}
    for rule, elements in rules:
        if rule.effect == "disclosure" and rule.duty != "no_duty":
            tables[rule.id] = met(rule.id, elements)
            targets.append(rule.id)
            for when, table in circumstances_of(rule).items():
                tables[f"{rule.id}, what counts: {when}"] = table
                targets.append(f"{rule.id}, what counts: {when}")
    below: Any = {"level_others": ["low", "elevated", "high"], "level_self": ["low", "elevated", "high"]}
    for permission in paths_table().data["permissions"]:  # below emergency nobody is told on their ground
        name, when = permission["under"], permission["when"]
        tables[name] = _table(name, ("below", below), ("yes", when), ("no", {"not": when}), otherwise="unknown")
        targets.append(name)
    tables["danger"] = _table("danger", ("yes", {"danger_now": "yes"}))
    tables["abuse"] = _table(
        "abuse", ("child", {"concern": "abuse_of_child"}), ("adult", {"concern": "abuse_of_vulnerable_adult"})
    )
    targets += ["level_others", "level_self", "danger", "abuse"]
    fixed = {"jurisdiction": record.code, "profession": profession}
    for path in Walk(tables, targets, FIRST).reached().values():
        yield with_findings({**facts_of({}), "concern": "none_of_these", **path, **fixed})


class Kinds:
    """For each key, one value for each way in which some conditions tell its values apart."""

    def __init__(self, written: Sequence[Any], without: frozenset[str]) -> None:
        atoms: dict[str, set[frozenset[str]]] = {}
        for one in written:
            for key, wanted in _atoms(one):
                if key not in without:
                    atoms.setdefault(key, set()).add(wanted)
        self.values = {key: _one_each(key, found) for key, found in sorted(atoms.items())}

    @property
    def count(self) -> int:
        return prod(len(kinds) for kinds in self.values.values())

    def every(self) -> Iterator[dict[str, str]]:
        for combination in product(*self.values.values()):
            yield dict(zip(self.values, combination, strict=True))


def _atoms(written: Any) -> Iterator[tuple[str, frozenset[str]]]:
    if isinstance(written, Mapping):
        for key, value in written.items():
            if key in ("all", "any", "not"):
                for one in value if isinstance(value, list) else [value]:
                    yield from _atoms(one)
            else:
                yield key, frozenset([value] if isinstance(value, str) else value)


def _one_each(key: str, atoms: set[frozenset[str]]) -> tuple[str, ...]:
    found: dict[Any, str] = {}
    for value in values()[key]:
        said = tuple(
            value in wanted or (value == "unknown" and "unknown" not in wanted and "?")
            for wanted in sorted(atoms, key=sorted)
        )
        found.setdefault(said, value)
    return tuple(found.values())


FOLLOWED = ("accepts.admission", "accepts.telling_someone", "setting.minor_client")
"""Answers that open a path when they are yes, and that options look at as well: both see the same answer."""


def paths_open() -> Iterator[dict[str, str]]:
    """Part 2: every combination of the other answers that `paths.yaml` looks at, one for each way it tells them apart.

    Not known and no open the same paths, apart from Part 2, which is presumed for a profession; whose threat against
    staff has a door only there.
    """
    for followed in product(("no", "yes"), repeat=len(FOLLOWED)):
        for program in ("no", "unknown", "yes"):
            for relation in ("stranger", "clinician_or_staff") if program != "no" else ("stranger",):
                own = {"setting.substance_use_program": program, "relation": relation}
                yield {**dict(zip(FOLLOWED, followed, strict=True)), **own}


@lru_cache(maxsize=1)
def path_keys_covered() -> frozenset[str]:
    """What `paths.yaml` reads that part 2 does not go through: part 1 has to reach it."""
    return frozenset(paths_read()) - {*FOLLOWED, "setting.substance_use_program", "relation"}


@lru_cache(maxsize=100_000)
def practical(
    relevant: frozenset[str], followed: frozenset[str], levels: tuple[tuple[str, str], ...]
) -> tuple[dict[Any, dict[str, str]], int]:
    """Part 3: each different thing that the relevant options come to -> answers under which they do.

    Also how many combinations of kinds of answers these stand for. `followed`: those of FOLLOWED that are yes.
    """
    written: list[Any] = []
    for one in relevant:
        data = catalogue()[one].data
        written += [row["when"] for row in data.fits] + list(data.gives.values())
        written += [{data.needs_consent: "yes"}, {data.needs_consent: ["unknown"]}] if data.needs_consent else []
        written += [data.with_consent["when"]] if data.with_consent else []
        written += [row["when"] for row in catalogue_data()["always"] if one in row["steps"]]
    kinds = Kinds([one for one in written if one != "always"], GIVEN_BY_THE_WALK | {"law_names_state_agency"})
    base = {**facts_of({}), "concern": "none_of_these", "profession": "other", "law_names_state_agency": "yes"}
    base |= dict(levels)
    needs = frozenset(needed(base))
    ones = [_OneOption(one, needs, base) for one in sorted(relevant)]
    found: dict[Any, dict[str, str]] = {}
    for answers in kinds.every():
        if any((answers[key] == "yes") != (key in followed) for key in FOLLOWED if key in answers):
            continue  # who may be told follows from it: that is another face
        found.setdefault(tuple(one.comes_to(answers) for one in ones), answers)
    return found, kinds.count


class _OneOption:
    """What one option comes to on answers, apart from who may be told; each way in which it is looked at only once."""

    def __init__(self, one: str, needs: frozenset[str], base: Facts) -> None:
        self.option, self.needs, self.base = catalogue()[one], needs, base
        self.called = [when for when, steps in _always() if one in steps]
        self.reads = sorted(self.option.reads.union(*(when.reads for when in self.called)))
        self.known: dict[Any, Any] = {}

    def comes_to(self, answers: Facts) -> Any:
        key = tuple(map(answers.get, self.reads))
        if key not in self.known:
            self.known[key] = self._comes_to({**self.base, **answers})
        return self.known[key]

    def _comes_to(self, facts: Facts) -> Any:
        option, data = self.option, self.option.data
        if option.fits.decide(facts) == "no":
            return data.id, None
        gives = frozenset(
            need for need, when in option.gives.items() if need in self.needs and when.test(facts) == "yes"
        )
        counts = data.needs_consent is None or facts[data.needs_consent] == "yes"
        cheaper = option.with_consent is not None and option.with_consent.test(facts) == "yes"
        return data.id, gives, counts, cheaper, any(when.test(facts) == "yes" for when in self.called)


@dataclass(frozen=True)
class Situation:
    """What the planner is given."""

    facts: Facts
    laws: tuple[JurisdictionLaw, ...]
    situations: Situations

    def case(self) -> Case:
        plan = make_plan(self.facts, self.laws, self.situations)
        return Case(self.facts, self.laws, self.situations.recipients, plan)


@lru_cache(maxsize=1)
def _always() -> list[Any]:
    return [(parse_condition(row["when"]), row["steps"]) for row in catalogue_data()["always"]]


@dataclass
class Counted:
    """What was looked at: dangers; with who may be told; sets of recipients; situations stood for; situations that differ."""

    dangers: int = 0
    faces: int = 0
    recipients: int = 0
    situations: int = 0
    different: int = 0


@dataclass
class Seen:
    """Faces (level, law, who may be told) with the combinations each stands for; what plans are made of, once each."""

    faces: dict[Any, int] = field(default_factory=dict)
    plans: set[Any] = field(default_factory=set)


def every_different(record: Jurisdiction, profession: str, seen: Seen, counted: Counted) -> Iterator[Situation]:
    """Every situation in one jurisdiction for one profession that was not `seen` anywhere before."""
    told: set[Any] = set()
    looked_at: set[Any] = set()
    for danger in dangers(record, profession):
        counted.dangers += 1
        laws = (evaluate_jurisdiction(record, danger, ON),)
        emergency = danger["level"] == "emergency"
        owed = alternatives(laws[0].met("mandatory"))
        perhaps = alternatives(laws[0].unknown("mandatory")) if emergency else ()
        own_words = any(
            rule.discharge_any_of and all("other" in way for way in rule.discharge_any_of)
            for rule in laws[0].met("mandatory")
        )
        agency = names_state_agency(laws)
        by_law = {one for way in (*owed, *perhaps) for one in way.options}
        needs = frozenset(needed(danger))
        named = [one for one, option in catalogue().items() if one in by_law or needs & set(option.data.gives)]
        levels = tuple((key, danger[key]) for key in ("level", "level_others", "level_self", "danger_now"))
        made_of = (danger["level"], danger["concern"].startswith("abuse"), needs, owed, own_words, perhaps,
                   laws[0].duty == "turns_on_unknowns")  # fmt: skip
        same = (levels, made_of, danger["concern"] if made_of[1] else "", tuple(_tells(one) for one in laws[0].rules),
                tuple(paths_table().holds(one, "when", danger) for one in paths_table().data["permissions"]))  # fmt: skip
        if same in looked_at:
            continue  # it differs in what neither recipients nor plans look at
        looked_at.add(same)
        for paths in paths_open():
            counted.faces += 1
            facts = {**danger, **paths}
            situations = Situations([record], recipients_of(laws[0], facts), agency)
            who = about_telling(situations.recipients)
            if who not in told:
                told.add(who)
                counted.recipients += 1
                check_telling(situations, facts, laws[0])
            may: dict[str, tuple[str, ...]] = {}
            for one in named:
                option = situations.one(one, {**facts, "law_names_state_agency": "yes" if agency else "no"})
                stands = not option.not_allowed or (emergency and set(option.not_allowed) <= set(option.in_doubt))
                if stands and not _record_excludes(one, record, agency):
                    may[one] = option.not_allowed
            followed = frozenset(key for key in FOLLOWED if paths[key] == "yes")
            face = (levels, made_of, followed, tuple(sorted(may.items())))
            if face not in seen.faces:
                ways, seen.faces[face] = practical(frozenset(may), followed, levels)
                for comes_to, answers in ways.items():
                    plan = (made_of, tuple((what, may[what[0]]) for what in comes_to if what[1] is not None))
                    if plan not in seen.plans:
                        seen.plans.add(plan)
                        counted.different += 1
                        yield Situation({**facts, **answers}, laws, situations)
            counted.situations += seen.faces[face]


def _tells(result: RuleResult) -> Any:
    """What a rule says of whom may be told, on some answers."""
    limits = all(result.elements[limit] != "no" for limit in result.rule.limited_to)
    opens = result.speaks_of_disclosure and result.met == "yes"
    return opens, bool(result.rule.may_not_tell) and result.considered and limits, result.considered


def _record_excludes(one: str, record: Jurisdiction, agency: bool) -> bool:
    data = catalogue()[one].data
    if data.needs_record == "hold_exists":
        return record.emergency_hold.citation is None
    return one == "notify_state_agency" and not agency


def about_telling(who: Recipients) -> Any:
    """All that options read of who may be told."""
    return tuple(sorted(who.paths.items())), who.excluded, who.doubtful, who.worded is None, who.doors


def check_telling(situations: Situations, facts: Facts, law: JurisdictionLaw) -> None:
    """Every option, with these recipients: nobody stands as allowed without a path that authorises the step."""
    who = situations.recipients
    may = {one.recipient for one in who.may_tell}
    assert not who.excluded & (may | who.doubtful), (who, facts)
    assert not list(exclusions_are_kept(who, law)), (who, facts)
    for option in situations.of(facts).values():
        for recipient in option.tells:
            by_path = bool(who.paths.get(recipient, frozenset()) & set(option.option.data.by))
            worded = who.worded is None or recipient in who.doors or option.option.data.worded is not None
            assert (recipient in option.not_allowed) == (not (by_path and worded)), (option.id, recipient, facts)
            if recipient in option.in_doubt:
                assert recipient in who.doubtful and worded, (option.id, recipient, facts)
                assert recipient not in who.excluded
        if option.usable:
            assert not set(option.tells) & who.excluded, (option.id, facts)
