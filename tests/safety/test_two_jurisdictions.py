"""Two jurisdictions at once: the stricter duty goes, the narrower permission, and every exclusion of either stays."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from flows.answers import parse_answers
from flows.core import Outcome, core
from flows.evaluation import evaluate
from state_law.load import jurisdiction_names, the_table
from tests.safety.plan_promises import Case, faults
from tests.safety.vocabulary import ON, SEED, Recorder, draw

PAIRS = 400
STRICTER_LAST = ("not_triggered", "no_duty", "unsettled", "may_disclose", "turns_on_unknowns", "must_act")


def consults(times: int, share_known: float = 0.7) -> list[dict[str, Any]]:
    """Answers at random, in the contract's form, with two jurisdictions that differ."""
    rng = Random(SEED)
    found = []
    for _ in range(times):
        first, second = rng.sample(list(jurisdiction_names()), 2)
        found.append(draw(rng, share_known, [first], second_jurisdiction=second))
    return found


def three(answers: dict[str, Any]) -> tuple[Outcome, Outcome, Outcome]:
    """Both together, and each alone."""
    engine = core(the_table(), ON)
    facts = parse_answers(answers).facts
    alone = [
        {**facts, "jurisdiction": facts[key], "second_jurisdiction": ""}
        for key in ("jurisdiction", "second_jurisdiction")
    ]
    return engine.evaluate(facts), engine.evaluate(alone[0]), engine.evaluate(alone[1])


def check_pair(answers: dict[str, Any]) -> None:
    """Every promise on one consult in two jurisdictions."""
    both, one, other = three(answers)
    assert both.duty == max(one.duty, other.duty, key=STRICTER_LAST.index), answers
    assert both.level == one.level == other.level, answers
    for who, paths in both.recipients.paths.items():
        allowed = one.recipients.paths.get(who, frozenset()) & other.recipients.paths.get(who, frozenset())
        assert paths <= allowed, (answers, who)
    for alone in (one, other):
        for who in alone.recipients.excluded:
            assert both.recipients.paths.get(who, frozenset()) <= {"consent"}, (answers, who)
            assert who not in both.recipients.doubtful, (answers, who)
    found = list(faults(Case(both.facts, both.laws, both.recipients, both.plan)))
    assert not found, (answers, found)


def test_pairs_in_a_sample() -> None:
    for answers in consults(PAIRS):
        check_pair(answers)


@pytest.mark.exhaustive
def test_every_pair_of_jurisdictions(record_property: Recorder) -> None:
    rng = Random(SEED)
    count = 0
    for first in jurisdiction_names():
        for second in jurisdiction_names():
            if first != second:
                for share in (0.3, 0.6, 0.9):
                    check_pair(draw(rng, share, [first], second_jurisdiction=second))
                    count += 1
    record_property("consults", count)
    print(f"two jurisdictions: {count:,} consults over every pair")


def test_the_result_says_what_each_asks_for() -> None:
    answers = draw(Random(SEED), 0.9, ["CO"], second_jurisdiction="TX")
    law = evaluate(parse_answers(answers), on=ON)["law"]
    assert law["jurisdictions"] == ["CO", "TX"]
    assert set(law["duty_by_jurisdiction"]) == {"CO", "TX"}
    assert {rule["jurisdiction"] for rule in law["rules"]} == {"CO", "TX"}


def test_naming_the_same_state_twice_is_naming_it_once() -> None:
    answers = draw(Random(SEED), 0.9, ["CO"])
    twice = evaluate(parse_answers({**answers, "second_jurisdiction": "CO"}), on=ON)
    assert twice["law"] == evaluate(parse_answers(answers), on=ON)["law"]
