"""Conditions in plain words: exact, without a raw name, and no two of them alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from flows.condition_words import known_values, say_condition, say_name, say_value
from flows.machine import the_flow
from flows.options import catalogue_data
from flows.questions import fact_keys, question
from flows.words import read_data
from state_law.conditions import named_values
from state_law.load import HERE, read_text
from state_law.yaml_text import read_yaml

SAID = [
    ("always", "always"),
    ({"threat": ["explicit", "conditional"], "plan": "none"}, "threat: explicit or with an if; and plan: none"),
    ({"threat": "explicit"}, "threat: explicit"),
    ({"danger_now": "yes"}, "danger now"),
    ({"danger_now": ["no", "unknown"]}, "danger now: no or not known"),
    ({"aggravating.psychosis": "yes"}, "psychosis"),
    ({"aggravating.psychosis": "no"}, "psychosis: no"),
    ({"accepts.admission": "yes"}, "the client agrees to going into hospital"),
    ({"credible": "yes", "harm": ["physical", "unknown"]}, "credible; and harm: physical harm or not known"),
    ({"level_self": ["high", "emergency"]}, "level for the client: high or emergency"),
    ({"victim": ["named", "group_or_place"]}, "target: a named person, or a group or place"),
    ({"setting.inpatient": "yes"}, "I work on an inpatient unit"),
    ({"concern": ["harm_to_others", "harm_to_self", "past_act_only", "none_of_these", "abuse_of_child",
                  "abuse_of_vulnerable_adult"]}, "concern: other than harm to self and others"),
    ({"harm": ["property", "physical", "death_or_serious_injury"]}, "harm: known"),
    ({"plan": "unknown"}, "plan: not known"),
    ({"not": {"concern": "harm_to_self"}}, "concern: not harm to self"),
    ({"not": {"plan": "none", "preparation": "no"}}, "not (plan: none; and preparation: no)"),
    ({"any": [{"plan": "none"}, {"preparation": "yes"}]}, "plan: none; or preparation"),
    ({"danger_now": "yes", "any": [{"plan": "none"}, {"preparation": "yes"}]},
     "danger now; and (plan: none; or preparation)"),
    ({"all": [{"any": [{"intent": "stated"}, {"preparation": "yes"}]}, {"means": "firearm"}]},
     "(intent: stated; or preparation); and means: a firearm"),
    ({"any": [{"self_harm": "active"}, {"self_harm": "passive", "aggravating.despair": "yes"}]},
     "self-harm: thoughts of suicide; or (self-harm: wishes to be dead; and despair)"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "said"), SAID, ids=[said for _, said in SAID])
def test_a_condition_is_said(written: Any, said: str) -> None:
    assert say_condition(written) == said


def conditions(data: Any) -> Iterator[Any]:
    """Every condition that stands in a data file."""
    if isinstance(data, list):
        for one in data:
            yield from conditions(one)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key == "when":
                yield value
            elif key == "gives":
                yield from value.values()
            else:
                yield from conditions(value)


def all_conditions() -> list[Any]:
    """Those of the findings, the elements, the options and the screens."""
    files = [read_data("findings.yaml"), read_data("screens.yaml"), catalogue_data()]
    return [one for data in [*files, read_yaml(read_text(HERE / "elements.yaml"))] for one in conditions(data)]


def test_conditions_are_found() -> None:
    ways = sum(way.when is not None for screen in the_flow().screens.values() for way in screen.ways)
    assert ways > 0
    assert len(all_conditions()) > 100


def canonical(written: Any) -> Any:
    """Two conditions that differ only in the order of their parts or values are one."""
    if isinstance(written, dict):
        return frozenset(
            (key, canonical([value] if isinstance(value, str) else value)) for key, value in written.items()
        )
    return frozenset(map(canonical, written)) if isinstance(written, list) else written


def test_no_two_conditions_are_said_alike() -> None:
    said: dict[str, Any] = {}
    for written in all_conditions():
        assert said.setdefault(say_condition(written), canonical(written)) == canonical(written)


def test_no_raw_name_is_said() -> None:
    for written in all_conditions():
        assert not re.search(r"[a-z]_[a-z]", say_condition(written)), written


def test_every_value_that_a_condition_names_is_one_that_there_is() -> None:
    for written in all_conditions():
        for key, value in named_values(written):
            assert value in (*known_values(key), "unknown"), f"{key}: {value}"


def test_no_two_values_of_an_answer_are_said_alike() -> None:
    for key in fact_keys():
        if question(key.partition(".")[0]).kind != "place":
            said = [say_value(key, value) for value in (*known_values(key), "unknown")]
            assert sorted(said) == sorted(set(said)), key
            assert not re.search("[:;(]", "".join([say_name(key), *said])), "it would not be told from its neighbours"


def test_no_two_answers_are_called_alike() -> None:
    names = [say_name(key) for key in fact_keys()]
    assert sorted(names) == sorted(set(names))
