"""The diagram is the machine: every way on is drawn, nothing else is, and the paths are as long as they are said to be."""

from __future__ import annotations

import re

from flows.diagram import ANYWHERE, DRAWN, anywhere, mermaid, page, paths
from flows.machine import AFTERWARDS, TRIGGERS, Flow, the_flow
from flows.questions import say_question
from flows.words import read_data
from tests.flows.making import THREAT, acts, begin, screens

ARROW = re.compile(r"^    (\S+) --> (\S+?)(?:: (.+))?$", re.MULTILINE)


def arrows(text: str) -> list[tuple[str, str, str]]:
    """(from, to, what is said) for every arrow of a diagram."""
    return ARROW.findall(text)


def test_every_way_on_is_drawn_and_nothing_else() -> None:
    drawn = [(source, to) for source, to, _ in arrows(mermaid()) if "[*]" not in (source, to)]
    ways = [
        (one["source"], one["source"] if one["dest"] == "=" else one["dest"])
        for one in the_flow().transitions()
        if one["trigger"] in DRAWN
    ]
    assert drawn == ways and len(set(drawn)) == len(drawn)


def test_every_trigger_is_drawn_or_in_the_table() -> None:
    assert sorted([*DRAWN, *ANYWHERE]) == sorted(TRIGGERS)
    assert {one["trigger"] for one in the_flow().transitions()} == set(TRIGGERS)


def test_every_state_of_the_diagram_has_a_title() -> None:
    text = mermaid()
    titled = set(re.findall(r'^    state ".+" as (\S+)$', text, re.MULTILINE))
    assert titled == {one for arrow in arrows(text) for one in arrow[:2]} - {"[*]"}
    assert titled <= {*the_flow().screens, *AFTERWARDS}


def test_where_ways_part_each_says_when() -> None:
    said: dict[str, list[str]] = {}
    for source, _, says in arrows(mermaid()):
        said.setdefault(source, []).append(says)
    for source, all_said in said.items():
        if len(all_said) > 1:
            assert all(all_said) and len(set(all_said)) == len(all_said), source


def test_another_flow_gives_another_picture() -> None:
    data = read_data("screens.yaml")
    data["screens"]["who"]["next"] = [
        {"to": "plan", "when": {"relation": "stranger"}, "says": "a stranger"},
        {"to": "intent"},
    ]
    changed = Flow(data)
    assert "    who --> plan: a stranger\n    who --> intent: otherwise\n" in mermaid(changed)
    assert page(changed) != page()


def test_what_can_be_done_from_anywhere_comes_from_the_machine() -> None:
    where = {trigger: sources for trigger, sources, _ in anywhere(the_flow())}
    assert where["back"] == "every screen but “You and the place”, review of the answers, result"
    assert where["change"] == where["pause"] == "every screen, review of the answers, result"
    assert where["resume"] == "paused"
    assert where["cancel"] == "every screen, review of the answers, result, paused"
    assert "danger now" in where


def test_every_screen_and_its_questions_are_in_the_table() -> None:
    text = page().partition("## The screens")[2].partition("## The paths")[0]
    for screen in the_flow().screens.values():
        [row] = [line for line in text.splitlines() if line.startswith(f"| {screen.title} (`{screen.id}`)")]
        for ask in screen.asks:
            assert say_question(ask.question) in row


def test_a_path_is_as_long_as_it_is_said_to_be() -> None:
    walked = tuple(screens(THREAT))
    [(concerns, _, _, answers)] = [one for one in paths(the_flow()) if one[2] == walked]
    assert "harm to others" in concerns
    assert answers == len(list(acts(begin(), THREAT))) == 14
    assert len(walked) == 9


def test_every_path_is_listed_once() -> None:
    listed = [screens for _, _, screens, _ in paths(the_flow())]
    assert len(listed) == len(set(listed)) > 5
    for concern in ("harm_to_self", "abuse_of_child", "past_act_only", "harm_to_others"):
        assert tuple(screens({**THREAT, "concern": concern})) in listed
