"""Levels and duty composed from answers, through the findings and every rule, in every jurisdiction for every profession.

The whole is exact: `credible` and the others are not taken as free, they are worked out on the way (see diagram.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from random import Random

import pytest

from flows.core import Core, core
from flows.findings import finding_tables, with_findings
from flows.levels import LEVELS
from flows.questions import UNKNOWN
from state_law.conditions import DecisionTable
from state_law.evaluate import STRICTEST_FIRST, Duty, evaluate_jurisdiction
from state_law.load import the_table
from state_law.model import Jurisdiction
from tests.safety.diagram import Diagram, hold_against_table
from tests.safety.law_as_tables import FIRST, LEAST_STRICT_FIRST, duty_tables, signature
from tests.safety.orders import HELD_FIXED, NOT_LOWER
from tests.safety.test_tables import never_lowered
from tests.safety.vocabulary import ON, SEED, TRUTHS, Recorder, draw_facts, known, say, steps, values

IN_A_SAMPLE = 12


def level_tables(last: str) -> dict[str, DecisionTable]:
    """The tables on the way to a level; `level` is the higher of the two."""
    found = dict(finding_tables())
    if last == "level":
        rows = [
            {"is": level, "when": {"any": [{"level_others": level}, {"level_self": level}]}, "because": "the higher"}
            for level in reversed(LEVELS)
        ]
        return {**found, "level": DecisionTable.parse("level", rows)}
    return {name: found[name] for name in list(found)[: list(found).index(last) + 1]}


@pytest.mark.parametrize("name", ["level_others", "level_self", "level"])
def test_a_level_over_every_combination_of_answers(name: str, record_property: Recorder) -> None:
    diagram = Diagram(level_tables(name), LEVELS, FIRST)
    compared = never_lowered(diagram)
    hold_against_table(diagram, lambda facts: with_findings(facts)[name], 300, Random(SEED))
    record_property("combinations", diagram.combinations)
    record_property("orders", compared)
    print(f"{name}: {say(diagram.combinations)} combinations of answers, {compared} orders compared over all of them")


def test_danger_now_is_an_emergency_whatever_else_is_answered(record_property: Recorder) -> None:
    diagram = Diagram(level_tables("level"), LEVELS, FIRST)
    assert diagram.below({"danger_now": ["yes"]}, "emergency") is None
    count = diagram.combinations // len(values()["danger_now"])
    record_property("combinations", count)
    print(f"danger now: an emergency in all {say(count)} combinations of the other answers")


def test_low_is_never_reached_on_a_threat() -> None:
    """Of the answers that say a threat was made, none is low, whatever else is answered or not known."""
    diagram = Diagram(level_tables("level"), LEVELS, FIRST)
    for threat in ("reported_by_others", "conditional", "explicit"):
        assert diagram.reaches({"threat": [threat]}, "elevated") is not None
        assert diagram.reaches({"threat": [threat]}, "low") is None


def different_laws() -> list[tuple[Jurisdiction, str, int]]:
    """One (jurisdiction, profession) for each law that differs, and how many have that same law."""
    found: dict[object, tuple[Jurisdiction, str]] = {}
    count: Counter[object] = Counter()
    for record in the_table():
        for profession in values()["profession"]:
            key = signature(record, profession)
            found.setdefault(key, (record, profession))
            count[key] += 1
    return [(record, profession, count[key]) for key, (record, profession) in found.items()]


def check_law(record: Jurisdiction, profession: str) -> tuple[int, int]:
    """All promises on the duty in one jurisdiction for one profession: (combinations of answers, comparisons made)."""
    compared = 0
    for upto in ("mandatory", "permissive"):
        tables = duty_tables(record, profession, upto)
        whole = Diagram(tables, TRUTHS, FIRST)
        fixed = [name for name in HELD_FIXED if name in tables]
        compared += never_lowered(whole, skip=lambda key, fixed=fixed: bool(fixed) and key == "victim")
        if fixed:
            free = {name: table for name, table in tables.items() if name not in fixed}
            compared += never_lowered(Diagram(free, TRUTHS, FIRST, also=dict.fromkeys(fixed, TRUTHS)))
    diagram = Diagram(duty_tables(record, profession), LEAST_STRICT_FIRST, FIRST)
    for key in diagram.keys:
        held = any(name in duty_tables(record, profession) for name in HELD_FIXED) and key == "victim"
        for value, worse in () if held else steps(key):
            for pair in diagram.pairs(key, value, worse):
                assert not lower(*pair), f"{record.code}, {profession}: {key} from {value} to {worse}: {pair}"
                compared += 1
        if known(key):
            found = diagram.unknown_ranks_below(key)
            assert found is None, f"{record.code}, {profession}: {key} not known is more reassuring with {found}"
            compared += 1
    return diagram.combinations, compared


def lower(before: str, after: str) -> bool:
    """Whether a step from one duty to another loses protection."""
    rank = STRICTEST_FIRST.index
    return rank(after) > rank(before) and (before, after) not in NOT_LOWER


def hold_against_engine(record: Jurisdiction, profession: str, times: int) -> None:
    """The diagram of the duty against the engine itself, on answers drawn at random and led to the deciding ones."""
    rng = Random(f"{SEED}{record.code}{profession}")
    diagram = Diagram(duty_tables(record, profession), LEAST_STRICT_FIRST, FIRST)
    fixed = {"jurisdiction": record.code, "profession": profession}

    def decide(answers: Mapping[str, str]) -> Duty:
        facts = with_findings({**draw_facts(rng, 0.5), **fixed, **answers})
        return evaluate_jurisdiction(record, facts, ON).duty

    hold_against_table(diagram, decide, times, rng)


def test_the_duty_over_every_combination_of_answers_in_a_sample() -> None:
    laws = different_laws()
    for record, profession, _ in Random(SEED).sample(laws, IN_A_SAMPLE):
        check_law(record, profession)
        hold_against_engine(record, profession, 20)


@pytest.mark.exhaustive
def test_the_duty_over_every_combination_of_answers_everywhere(record_property: Recorder) -> None:
    combinations = compared = places = 0
    for record, profession, same in different_laws():
        own, made = check_law(record, profession)
        combinations += own * same
        compared += made
        places += same
    record_property("combinations", combinations)
    record_property("orders", compared)
    record_property("places", places)
    print(f"duty: {places} jurisdictions and professions ({len(different_laws())} that differ), "
          f"{say(combinations)} combinations of answers, {say(compared)} orders compared over all of them")  # fmt: skip
    assert places == len(list(the_table())) * len(values()["profession"])


@pytest.mark.exhaustive
def test_the_diagrams_and_the_engine_agree_everywhere(record_property: Recorder) -> None:
    places = [(record, profession) for record in the_table() for profession in values()["profession"]]
    for record, profession in places:
        hold_against_engine(record, profession, 20)
    record_property("consults", 20 * len(places))


def test_one_answer_more_on_real_consults() -> None:
    """The same promises through the whole engine on answers at random, in any jurisdiction, one or two of them."""
    engine, rng = core(the_table(), ON), Random(SEED)
    rank = LEVELS.index
    for _ in range(300):
        facts = draw_facts(rng, rng.choice([0.3, 0.6, 0.9]))
        now = rank(engine.evaluate(facts).level)
        for key in rng.sample(sorted(key for key in values() if key in facts and known(key)), 8):
            if facts[key] == UNKNOWN:
                best = min(rank(engine.evaluate({**facts, key: one}).level) for one in known(key))
                assert best <= now, (facts, key)
            for value, worse in steps(key):
                if facts[key] == value:
                    assert now <= rank(engine.evaluate({**facts, key: worse}).level), (facts, key)


def test_what_is_remembered_is_what_would_be_worked_out_anew() -> None:
    """The engine keeps what it worked out for answers that it does not tell apart; a new one must say the same."""
    rng, engine = Random(SEED), core(the_table(), ON)
    for _ in range(150):
        facts = draw_facts(rng, rng.choice([0.2, 0.6, 0.9]), rng.sample(["AK", "CO", "MI", "TX"], 2))
        for key in rng.sample(sorted(key for key in values() if key in facts), 6):
            other = {**facts, key: rng.choice(values()[key])}
            kept, anew = engine.evaluate(other), Core(the_table(), ON).evaluate(other)
            assert kept.facts == anew.facts
            assert kept.recipients == anew.recipients, other
            for part in ("steps", "chosen", "others", "equals", "law", "impossible", "missing", "doubtful", "reasons"):
                assert getattr(kept.plan, part) == getattr(anew.plan, part), (part, other)
            assert kept.plan.situated == anew.plan.situated, other


def test_what_is_not_lower_is_said_with_a_reason_and_is_needed() -> None:
    rank = STRICTEST_FIRST.index
    for (before, after), why in NOT_LOWER.items():
        assert len(why) > 30
        assert rank(before) != rank(after)
