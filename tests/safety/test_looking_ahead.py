"""What is said about answers that are not known yet holds when they are given: `if_then`, `find_out`, `may_tell_if`."""

from __future__ import annotations

from itertools import product
from math import prod
from random import Random
from typing import Any

import pytest

from flows.answers import parse_answers
from flows.core import core
from flows.evaluation import evaluate
from flows.planner import only_gives
from flows.questions import UNKNOWN, askable_values, left_open
from state_law.load import the_table
from tests.safety.vocabulary import ON, SEED, draw, draw_facts, values

CONSULTS = 120
KNOWN_BUT_FEW = 0.9
MOST_COMBINATIONS = 300


def consults(times: int, share_known: float, seed: int = SEED) -> list[dict[str, Any]]:
    """Answers at random, in the contract's form."""
    rng = Random(seed)
    return [draw(rng, share_known) for _ in range(times)]


def with_more(answers: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """The answers with those of an `if`; an item of a list joins the items that are there."""
    found = dict(answers)
    for key, value in more.items():
        found[key] = {**found.get(key, {}), **value} if isinstance(value, dict) else value
    return found


@pytest.mark.parametrize("share_known", [0.3, 0.6, 0.85])
def test_each_if_then_is_what_follows(share_known: float) -> None:
    turned = 0
    for answers in consults(CONSULTS // 3, share_known):
        result = evaluate(parse_answers(answers), on=ON)
        if result["law"]["duty"] == "turns_on_unknowns":
            turned += 1
            assert "clarify_facts" in result["plan"], answers
            assert result["if_then"] or not result["find_out"], answers
        for one in result["if_then"]:
            then = evaluate(parse_answers(with_more(answers, one["if"])), on=ON)
            assert (then["law"]["duty"], then["level"], then["plan"]) == (one["duty"], one["level"], one["plan"]), (
                answers,
                one["if"],
            )
            if one["duty"] == "must_act":
                ways = then["law"]["enough_any_of"]
                assert any(set(way) <= set(one["plan"]) for way in ways) or one["impossible"], (answers, one["if"])
    assert turned > 3, "the sample says nothing about unknowns"


def test_whoever_may_be_told_if_may_be_told_then() -> None:
    seen = 0
    for answers in consults(CONSULTS, 0.5):
        result = evaluate(parse_answers(answers), on=ON)
        for one in result["law"]["may_tell_if"]:
            then = evaluate(parse_answers(with_more(answers, one["if"])), on=ON)
            told = {who["recipient"] for who in then["law"]["may_tell"] if set(who["under"]) & set(one["under"])}
            assert one["recipient"] in told, (answers, one)
            seen += 1
    assert seen > 20


def test_what_is_to_be_found_out_is_all_that_can_matter() -> None:
    """By brute force, where so little is unknown that every combination can be tried."""
    engine = core(the_table(), ON)
    tried = 0
    for answers in consults(400, 0.97):
        facts = parse_answers(answers).facts
        listed = {one["question"] for one in evaluate(parse_answers(answers), on=ON)["find_out"]}
        asked_again = [one for one, open_ in left_open().items() if facts[one] in open_ and one in listed]
        unknown = [one for one in askable_values() if facts[one] == UNKNOWN or one in asked_again]
        if not unknown or prod(len(askable_values()[one]) for one in unknown) > MOST_COMBINATIONS:
            continue
        tried += 1
        matters = {one.partition(".")[0] for one in unknown if _decisive(engine, facts, unknown, one)}
        assert matters <= listed, (answers, matters - listed)
        assert listed <= matters | _changes_from_here(engine, facts, unknown), (answers, listed - matters)
    assert tried > 100


def _decisive(engine: Any, facts: dict[str, str], unknown: list[str], one: str) -> bool:
    """Whether some answers to the others make this one change duty, level or plan."""
    others = [other for other in unknown if other != one]
    for said in product(*(askable_values()[other] for other in others)):
        context = {**facts, **dict(zip(others, said, strict=True))}
        if len({engine.evaluate({**context, one: value}).decides for value in askable_values()[one]}) > 1:
            return True
    return False


def _changes_from_here(engine: Any, facts: dict[str, str], unknown: list[str]) -> set[str]:
    """The questions whose answer alone changes something, the others left unknown."""
    now = engine.evaluate(facts).decides
    return {
        one.partition(".")[0]
        for one in unknown
        if any(engine.evaluate({**facts, one: value}).decides != now for value in askable_values()[one])
    }


def test_most_consequential_first() -> None:
    """A question that can change the duty stands before one that changes only the plan."""
    for answers in consults(60, 0.6):
        result = evaluate(parse_answers(answers), on=ON)
        said = [one["would_change"] for one in result["find_out"]]
        last_duty = max((place for place, text in enumerate(said) if "duty becomes" in text), default=-1)
        first_other = next((place for place, text in enumerate(said) if "duty becomes" not in text), len(said))
        assert last_duty < first_other or last_duty == -1, (answers, said)


def test_one_answer_changed_is_what_would_be_judged_from_the_start() -> None:
    """Only what reads an answer is looked at when it changes; several changes in a row must not leave anything behind."""
    engine, rng = core(the_table(), ON), Random(SEED)
    for _ in range(150):
        facts = {**draw_facts(rng, rng.choice([0.1, 0.5, 0.9])), "second_jurisdiction": rng.choice(["", "TX", "MI"])}
        again = engine.weigh(engine.judge(facts))
        for key in rng.sample(sorted(askable_values()), 8):
            facts = {**facts, key: rng.choice(askable_values()[key])}
            again, anew = engine.weigh_again(again, key, facts[key]), engine.weigh(engine.judge(facts))
            assert again.facts == anew.facts, (key, facts)
            assert again.laws == anew.laws, (key, facts)
            assert again.key == anew.key, (key, facts)


def test_nothing_turns_on_what_is_given_where_nothing_needs_it() -> None:
    """Such questions are not tried in a picture whose level needs nothing that they decide: no plan may turn on them."""
    engine, rng = core(the_table(), ON), Random(SEED)
    of_no_other_use = {key: needs for key in askable_values() if (needs := only_gives(key)) is not None}
    assert of_no_other_use, "else this is a promise about nothing"
    assert "accepts.admission" not in of_no_other_use, "it opens a path as well"
    skipped = 0
    for _ in range(600):
        facts = draw_facts(rng, rng.choice([0.3, 0.9]))
        for key, needs in of_no_other_use.items():
            if key not in engine.judged_by(facts):
                pictures = [engine.weigh(engine.judge({**facts, key: value})) for value in values()[key]]
                if needs.isdisjoint(pictures[0].comes_to.demands.needs):
                    skipped += 1
                    assert len({engine.decides(one) for one in pictures}) == 1, (key, facts)
    assert skipped > 100
