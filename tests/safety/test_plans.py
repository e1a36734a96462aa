"""Every plan that the planner can make keeps every promise: in a sample of jurisdictions, and exhaustively."""

from __future__ import annotations

from dataclasses import fields
from random import Random

import pytest

from state_law.load import the_table
from state_law.model import Jurisdiction
from tests.safety.every_plan import Counted, Seen, different_sources, every_different, path_keys_covered
from tests.safety.plan_promises import faults
from tests.safety.vocabulary import SEED, say, values

IN_A_SAMPLE = 2


def check_plans(sources: list[tuple[Jurisdiction, str, int]]) -> Counted:
    """Every different plan in these jurisdictions, for these professions, against every promise."""
    counted, seen = Counted(), Seen()
    for record, profession, _ in sources:
        for situation in every_different(record, profession, seen, counted):
            found = list(faults(situation.case()))
            assert not found, (record.code, profession, found, dict(situation.facts))
    return counted


def shown(counted: Counted) -> str:
    """What was looked at, in one line."""
    return ", ".join(f"{say(getattr(counted, one.name))} {one.name}" for one in fields(counted))


def test_every_plan_in_a_sample() -> None:
    sources = Random(SEED).sample(different_sources(), IN_A_SAMPLE)
    print(shown(check_plans(sources)))


@pytest.mark.exhaustive
def test_every_plan_everywhere() -> None:
    sources = different_sources()
    places = sum(same for _, _, same in sources)
    assert places == len(list(the_table())) * len(values()["profession"])
    print(f"plans: {places} jurisdictions and professions ({len(sources)} that differ): {shown(check_plans(sources))}")


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
