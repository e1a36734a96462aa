"""The machine: each concern's path, how many answers a consult takes, and what a broken screens.yaml is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import pytest

from flows.errors import OutOfTurn
from flows.machine import AFTERWARDS, CANCELLED, CLOSED, DECIDED, PAUSED, RESULT, REVIEW, TRIGGERS, Flow, the_flow
from flows.questions import questions
from flows.words import read_data

from .making import BY, COLORADO, THREAT, acts, at_state, begin, decided, screens, walked

STATES = [*the_flow().screens, *AFTERWARDS]

# What the consult is about, what is answered besides, and the screens in their order.
PATHS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "a threat to somebody": (
        {"concern": "harm_to_others", "threat": "explicit", "victim": "named"},
        "concern threat target who intent plan means own_risk circumstances",
    ),
    "a threat to nobody in particular": (
        {"concern": "harm_to_others", "threat": "vague", "victim": "none"},
        "concern threat target intent plan means own_risk circumstances",
    ),
    "fear for others without a word said": (
        {"concern": "harm_to_others", "threat": "none", "victim": "identifiable"},
        "concern threat target who intent plan means own_risk circumstances",
    ),
    "others and self": (
        {"concern": "harm_to_self_and_others", "threat": "thoughts_only", "victim": "named"},
        "concern threat target who intent plan means own_risk circumstances",
    ),
    "self alone asks for no victim": (
        {"concern": "harm_to_self", "threat": "none"},
        "concern own_life own_means threat circumstances",
    ),
    "self, and a threat not known is none that was said": (
        {"concern": "harm_to_self", "threat": "unknown"},
        "concern own_life own_means threat circumstances",
    ),
    "self, and a threat": (
        {"concern": "harm_to_self", "threat": "conditional", "victim": "named"},
        "concern own_life own_means threat target who intent plan means circumstances",
    ),
    "abuse of a child": (
        {"concern": "abuse_of_child", "threat": "none"},
        "concern abuse threat own_risk circumstances",
    ),
    "abuse of an older person, and a threat to them": (
        {"concern": "abuse_of_vulnerable_adult", "threat": "explicit", "victim": "named"},
        "concern abuse threat target intent plan means own_risk circumstances",
    ),
    "a past act": (
        {"concern": "past_act_only", "threat": "none"},
        "concern threat own_risk circumstances",
    ),
    "a past act, and a threat now": (
        {"concern": "past_act_only", "threat": "explicit", "victim": "group_or_place"},
        "concern threat target who intent plan means own_risk circumstances",
    ),
    "none of these": (
        {"concern": "none_of_these", "threat": "unknown"},
        "concern threat own_risk circumstances",
    ),
}


@pytest.mark.parametrize("path", PATHS)
def test_each_concern_has_its_path(path: str) -> None:
    answers, wanted = PATHS[path]
    assert screens(answers) == wanted.split()


@pytest.mark.parametrize("path", PATHS)
def test_a_first_consult_asks_for_place_and_profession_before(path: str) -> None:
    answers, wanted = PATHS[path]
    assert screens({**answers, **COLORADO}, begin(None)) == ["about_you", *wanted.split()]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_asks_the_same_twice(path: str) -> None:
    asked: dict[str, list[object]] = {}
    for act, step in acts(begin(None), {**PATHS[path][0], **COLORADO}):
        for key in act.keys:
            asked.setdefault(key, []).append(act.screen)
        assert step.consult.given["concern" if "concern" in asked else "jurisdiction"]
    assert asked.pop("setting") == ["about_you", "circumstances"]  # of which each asks for its own items
    assert {key: where for key, where in asked.items() if len(where) > 1} == {}


@pytest.mark.parametrize("path", PATHS)
def test_every_path_knows_how_long_it_is(path: str) -> None:
    answers, wanted = PATHS[path]
    last = len(wanted.split())
    at_the_end = walked(answers, "circumstances")
    assert at_the_end.place == (last, last)


def test_a_full_consult_takes_fourteen_answers_on_nine_screens() -> None:
    done = [act for act, _ in acts(begin(), THREAT)]
    assert len({act.screen for act in done}) == 9
    assert len(done) == 14
    assert done[-1].keys == ("aggravating", "protective", "accepts", "setting")


@pytest.mark.parametrize("path", PATHS)
def test_no_other_path_is_much_longer(path: str) -> None:
    assert len(list(acts(begin(), PATHS[path][0]))) <= 15


@pytest.mark.parametrize("state", STATES)
def test_every_screen_and_state_can_be_reached(state: str) -> None:
    assert at_state(state).state == state


def test_every_question_is_asked_or_can_be_added_at_the_review() -> None:
    asked = {ask.question for screen in the_flow().screens.values() for ask in screen.asks}
    added = {
        "danger_now": "no",
        "second_jurisdiction": "WY",
        "narrative": "Told me twice that it would happen.",
    }
    assert asked | set(added) == set(questions())
    review = walked(THREAT)
    for key, value in added.items():
        assert review.change(key, value, **BY).consult.given[key] == value


def test_every_item_of_a_list_is_asked_on_some_path() -> None:
    offered: dict[str, set[str]] = {}
    for screen in the_flow().screens.values():
        for ask in screen.asks:
            offered.setdefault(ask.question, set()).update(ask.options)
    for key, one in questions().items():
        if one.kind == "list":
            assert offered[key] == set(one.options), key


@pytest.mark.parametrize("state", [state for state in STATES if state not in (CLOSED, CANCELLED)])
def test_danger_can_be_said_in_every_state(state: str) -> None:
    before = at_state(state)
    step = before.say_danger(**BY)
    assert step.events[0].kind == "danger_said"
    assert step.consult.danger_now or state == DECIDED  # then the event alone keeps it, and the result stands
    wanted = {RESULT: REVIEW}.get(state, state)
    assert step.consult.state == wanted, "nobody is moved from the screen that they see"


@pytest.mark.parametrize("state", [CLOSED, CANCELLED])
def test_danger_in_a_consult_that_is_over_is_answered_with_911(state: str) -> None:
    with pytest.raises(OutOfTurn, match="call 911, and start a new consult"):
        at_state(state).say_danger(**BY)


# From where, by which trigger, to where: ways that are not open.
NOT_OPEN = [
    ("threat", "back", "own_risk"),
    ("threat", "confirm", None),
    ("threat", "decide", None),
    ("threat", "resume", "threat"),
    (REVIEW, "next", None),
    (REVIEW, "decide", None),
    (REVIEW, "report", None),
    (RESULT, "close", None),
    (RESULT, "change", RESULT),
    (DECIDED, "change", REVIEW),
    (DECIDED, "back", RESULT),
    (DECIDED, "decide", None),
    (DECIDED, "pause", None),
    (DECIDED, "cancel", None),
    (PAUSED, "next", None),
    (PAUSED, "pause", None),
    (PAUSED, "confirm", None),
]


@pytest.mark.parametrize(("state", "trigger", "to"), NOT_OPEN)
def test_a_way_that_is_not_open_leads_nowhere(state: str, trigger: str, to: str | None) -> None:
    assert the_flow().go(trigger, state, at_state(state).facts, to) is None


# The screen, and the one before it on the path of the answers.
BEFORE = [
    ("concern", None),
    ("threat", "concern"),
    ("target", "threat"),
    ("own_risk", "means"),
    (REVIEW, "circumstances"),
]


@pytest.mark.parametrize(("state", "before"), BEFORE)
def test_back_leads_along_the_path(state: str, before: str | None) -> None:
    consult = at_state(state)
    assert the_flow().before(state, consult.facts, consult.first) == before


def test_nothing_is_before_a_screen_that_is_off_the_path() -> None:
    assert the_flow().before("abuse", at_state("threat").facts, "concern") is None


@pytest.mark.parametrize("state", [CLOSED, CANCELLED])
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_from_a_consult_that_is_over_no_way_leads_on(state: str, trigger: str) -> None:
    for to in STATES:
        assert the_flow().go(trigger, state, decided().facts, to) is None


# What is broken in screens.yaml, and what its reader is told.

Data = dict[str, Any]


def _without(data: Data, name: str) -> None:
    del data["screens"]["plan"][name]


BROKEN: Mapping[str, tuple[Callable[[Data], object], str]] = {
    "a first screen that there is not": (
        lambda data: data.update(first="abuot_you"),
        "screens.yaml: first: 'abuot_you' is not a screen; allowed: about_you, concern, ",
    ),
    "no first screen": (
        lambda data: data.pop("first_when_remembered"),
        "screens.yaml: first_when_remembered: it is missing",
    ),
    "no screens": (lambda data: data.pop("screens"), "screens.yaml: screens: it is missing"),
    "a screen without a title": (
        lambda data: _without(data, "title"),
        "screens.yaml: plan: a screen has exactly title, asks and next",
    ),
    "a screen with something else": (
        lambda data: data["screens"]["plan"].update(when={}),
        "screens.yaml: plan: a screen has exactly title, asks and next",
    ),
    "a screen that asks nothing": (
        lambda data: data["screens"]["plan"].update(asks=[]),
        "screens.yaml: plan: asks: [] won't do; allowed: a list of at least one question",
    ),
    "a screen that leads nowhere": (
        lambda data: data["screens"]["plan"].update(next=[]),
        "screens.yaml: plan: next: [] won't do; allowed: a list of at least one way on",
    ),
    "a way to a screen that there is not": (
        lambda data: data["screens"]["plan"].update(next=[{"to": "mean"}]),
        "screens.yaml: plan: next: 'mean' is not a screen; allowed: about_you, concern, ",
    ),
    "a question that there is not": (
        lambda data: data["screens"]["plan"].update(asks=["plans"]),
        "screens.yaml: plan: asks: 'plans' is not a question; allowed: concern, jurisdiction, ",
    ),
    "an item that there is not": (
        lambda data: data["screens"]["about_you"]["asks"].append({"question": "protective", "items": ["hope"]}),
        "screens.yaml: about_you: asks: 'hope' is not an item of protective; allowed: engaged_in_treatment, ",
    ),
    "items of a question that is no list": (
        lambda data: data["screens"]["plan"].update(asks=[{"question": "plan", "items": ["none"]}]),
        "screens.yaml: plan: asks: plan is not a list, so it has no items",
    ),
    "only ways with a condition": (
        lambda data: data["screens"]["plan"]["next"][0].update(when={"plan": "none"}),
        "screens.yaml: plan: next: the last way on must have no condition",
    ),
    "a condition on a question that there is not": (
        lambda data: data["screens"]["threat"]["next"][1].update(when={"concerns": "harm_to_self"}),
        "screens.yaml: threat: next: 'concerns' is not an answer; allowed: concern, jurisdiction, ",
    ),
    "a condition on an answer that there is not": (
        lambda data: data["screens"]["threat"]["next"][1].update(when={"concern": "self_harm"}),
        "screens.yaml: threat: next: concern is never 'self_harm'; allowed: harm_to_others, harm_to_self, ",
    ),
    "a condition that is none": (
        lambda data: data["screens"]["threat"]["next"][1].update(when="sometimes"),
        "screens.yaml: threat: next: not a condition: 'sometimes'",
    ),
    "a question asked under a condition that there is not": (
        lambda data: data["screens"]["means"]["asks"][0].update(when={"not": {"concern": "self"}}),
        "screens.yaml: means: asks: concern is never 'self'",
    ),
    "a way round in a circle": (
        lambda data: data["screens"]["means"]["next"][1].update(to="intent"),
        "screens.yaml: intent leads round in a circle: intent, plan, means, intent",
    ),
    "a screen to which nothing leads": (
        lambda data: data["screens"]["target"].update(next=[{"to": "intent"}]),
        "screens.yaml: who: nothing leads to this screen",
    ),
    "a screen called as a state": (
        lambda data: data["screens"].update(paused=data["screens"]["plan"]),
        "screens.yaml: paused: a screen can't have the name of a state",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_is_refused_and_says_where(fault: str) -> None:
    change, said = BROKEN[fault]
    data = deepcopy(read_data("screens.yaml"))
    change(data)
    with pytest.raises(ValueError) as refused:
        Flow(data)
    assert str(refused.value).startswith(said)


def test_the_file_as_it_comes_is_accepted() -> None:
    assert list(Flow(read_data("screens.yaml")).screens) == list(the_flow().screens)
