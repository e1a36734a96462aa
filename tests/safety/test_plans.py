"""Every plan that the planner can make keeps every promise: in a sample of jurisdictions, and exhaustively."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from multiprocessing import get_context
from random import Random

import pytest

from flows.core import core
from state_law.load import the_table
from state_law.model import Jurisdiction
from tests.safety.every_plan import Counted, Seen, different_sources, every_different, path_keys_covered
from tests.safety.plan_promises import exclusions_are_kept, faults
from tests.safety.vocabulary import ON, SEED, Recorder, draw_facts, say, values

IN_A_SAMPLE = 2
SMALL = ("NJ", "MD", "VT", "WY")


def check_plans(sources: list[tuple[Jurisdiction, str, int]]) -> Counted:
    """Every different plan in these jurisdictions, for these professions, against every promise."""
    counted, seen = Counted(), Seen()
    for record, profession, _ in sources:
        for situation in every_different(record, profession, seen, counted):
            found = list(faults(situation.case()))
            assert not found, (record.code, profession, found, dict(situation.facts))
    return counted


def check_share(share: int, shares: int) -> Counted:
    """The same for one share of all; for a process of its own."""
    return check_plans(different_sources()[share::shares])


def shown(counted: Counted) -> str:
    """What was looked at, in one line."""
    return ", ".join(f"{say(getattr(counted, one.name))} {one.name}" for one in fields(counted))


def test_every_plan_in_a_sample() -> None:
    few_rules = [one for one in different_sources() if one[0].code in SMALL]
    sources = Random(SEED).sample(few_rules, IN_A_SAMPLE)
    print(shown(check_plans(sources)))


@pytest.mark.exhaustive
def test_every_plan_everywhere(record_property: Recorder) -> None:
    sources = different_sources()
    places = sum(same for _, _, same in sources)
    assert places == len(list(the_table())) * len(values()["profession"])
    shares = min(4, os.cpu_count() or 1)
    with ProcessPoolExecutor(shares, get_context("spawn")) as pool:
        done = list(pool.map(check_share, range(shares), [shares] * shares))
    whole = Counted(*(sum(getattr(one, part.name) for one in done) for part in fields(Counted)))
    for one in fields(Counted):
        record_property(one.name, getattr(whole, one.name))
    record_property("places", places)
    print(f"plans: {places} jurisdictions and professions ({len(sources)} that differ): {shown(whole)}")


def test_whom_a_rule_excludes_is_told_by_consent_alone() -> None:
    """In the states whose rules exclude somebody; in Alaska one rule excludes whom another names."""
    engine, rng = core(the_table(), ON), Random(SEED)
    excluding = [record.code for record in the_table() if any(rule.may_not_tell for rule in record.rules)]
    for place in [*excluding * 40, *["AK"] * 600]:
        outcome = engine.evaluate(draw_facts(rng, 0.9, [place]))
        assert not list(exclusions_are_kept(outcome.recipients, outcome.laws[0])), outcome.facts


def test_what_opens_a_path_is_gone_through_or_reached_by_the_walk() -> None:
    """A new condition in paths.yaml must be taken up by `paths_open` or by `dangers`, or the whole is not the whole."""
    reached = {
        "concern",
        "level",
        "level_self",
        "danger_now",
        "credible",
        "specific",
        "harm",
        "imminence",
        "profession",
    }
    assert path_keys_covered() <= reached | {"setting.school_records"}, path_keys_covered() - reached
