"""The short form of `make fuzz`: some hundred inputs on every way in; and that what is held against them can fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random

import pytest

from bot.storage import Post
from tests.fuzz.changes import changed, changed_bytes, donors_of
from tests.fuzz.commands import Said, wrong_with_refusal
from tests.fuzz.running import SHARES, Found, close_worlds, one_round, rounds, summary
from tests.fuzz.watching import Step, wrong_with_answer, wrong_with_journal, wrong_with_posts, wrong_with_steps
from tests.storage.making import row

SEED = 7
COUNTS = {
    "payloads over HTTP": 150,
    "envelopes of Socket Mode": 100,
    "answer files": 150,
    "law files": 40,
    "data files": 15,
}


@pytest.fixture(scope="module", autouse=True)
def worlds() -> Iterator[None]:
    """The practices of this process end with it."""
    yield
    close_worlds()


@pytest.mark.parametrize("surface", SHARES)
def test_no_hostile_input_does_harm(surface: str) -> None:
    found = one_round(surface, SEED, 0, COUNTS[surface])
    assert not found.finds, "\n".join(map(str, found.finds))
    assert found.inputs == COUNTS[surface] and len(found.ended) >= 2, "some are refused, and some are not"


def test_an_input_can_be_had_again() -> None:
    tree = {"a": ["x", {"b": 1}], "c": "text"}
    made = [changed(Random("7/here/1"), tree, donors_of([tree]), 5) for _ in range(2)]
    assert repr(made[0]) == repr(made[1]) and tree == {"a": ["x", {"b": 1}], "c": "text"}
    assert changed_bytes(Random(5), b"{}") == changed_bytes(Random(5), b"{}")


def test_every_surface_gets_its_share() -> None:
    every = list(rounds(100_000, None))
    assert sum(count for _, _, count in every) == 100_000
    assert {name for name, _, _ in every} == set(SHARES)
    assert sum(count for _, _, count in rounds(1, "answer files", 1234)) == 1


def test_the_summary_counts() -> None:
    said = summary([Found("law files", 5), Found("law files", 2), Found("answer files", 3)], SEED, 1.0)
    assert (said["what"], said["inputs"], said["findings"], said["seed"]) == ("fuzz", 10, 0, SEED)
    assert said["by_surface"] == {"answer files": 3, "law files": 7} and json.dumps(said)


# What is held against them can fail

LINE = "curbside: it won't do\n"


@pytest.mark.parametrize(
    "said",
    [
        Said(70, "", LINE),
        Said(2, "something", LINE),
        Said(2, "", LINE + LINE),
        Said(2, "", "curbside: \x1b[31m\n"),
        Said(2, "", "curbside: KeyError: 'x'\n"),
        Said(2, "", f"curbside: {'x' * 5000}\n"),
    ],
)
def test_a_refusal_that_is_none_is_seen(said: Said) -> None:
    assert wrong_with_refusal(said) and not wrong_with_refusal(Said(2, "", LINE))


def test_a_step_by_somebody_else_is_seen() -> None:
    step = Step("C-00001", [{"kind": "answered", "actor": "U2"}], row("C-00001", clinician="U1"))
    assert wrong_with_steps([step], frozenset({"U2"}), frozenset({"U2"})), "of somebody else's consult"
    own = Step("C-00001", [{"kind": "answered", "actor": "U1"}], row("C-00001", clinician="U1"))
    assert wrong_with_steps([own], frozenset({"U3"}), frozenset()), "by somebody who has not acted"
    assert not wrong_with_steps([own], frozenset({"U1"}), frozenset())
    review = Step("C-00001", [{"kind": "review_sign", "actor": "U2"}], row("C-00001", clinician="U1"))
    assert wrong_with_steps([review], frozenset({"U2"}), frozenset()), "without the role"
    assert not wrong_with_steps([review], frozenset({"U2"}), frozenset({"U2"}))


def test_what_slack_would_not_take_is_seen() -> None:
    body = {"text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}]}
    assert wrong_with_posts([Post(lane="dm:U1", method="chat.postMessage", body=body, priority=1)])
    assert wrong_with_posts([Post(lane="dm:U1", method="chat.postMessage", body={"text": "\ud83d"}, priority=1)])
    assert wrong_with_answer('{"response_action": "update", "view": {"type": "modal"}}')
    assert wrong_with_answer("Traceback (most recent call last):")


def test_what_failed_inside_is_seen_also_where_it_was_answered_kindly() -> None:
    assert wrong_with_journal([{"event": "failed", "what": "command"}])
    assert wrong_with_journal([{"event": "malformed", "what": "payload", "why": "TypeError"}])
    assert not wrong_with_journal([{"event": "malformed", "what": "payload", "part": "user"}])
