"""Payloads that are Slack's but for one part: nothing raises, nothing is a failure of ours, and what is refused changes nothing.

They are made from real ones: whatever the tests' Slack has brought, with each part in turn left out, or of another kind.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.slack.actions import SHORTCUT
from bot.slack.into_bolt import hand_to_bolt
from bot.slack.shape import WrongShape, check_shape

from .clinician_at_work import AtWork
from .harness import Program, program
from .server import SlackServer

Payload = dict[str, Any]
Path_ = tuple[str | int, ...]
OTHERS: list[Any] = [None, 5, True, "x", "\ud800", [], {}, [1], [None], [{}], {"id": 5}, {"id": []}, float("inf")]
BESIDE = (
    "authorizations",
    "channel",
    "container",
    "enterprise",
    "event",
    "item",
    "message",
    "response_urls",
    "team",
    "user",
    "view",
)


@pytest.fixture
def brought(slack_server: SlackServer, tmp_path: Path) -> Iterator[tuple[Program, dict[str, Payload]]]:
    """A program that no longer sends, and a payload of each kind that it was brought."""
    with program(slack_server, tmp_path) as at_work:
        robin = slack_server.clinician()
        at_work.people.learn(robin.id)
        robin.opens_home()
        clinician = AtWork(at_work, robin).begins("CO")
        clinician.answers_one({"jurisdiction": "CO"})
        clinician.tap("edit:jurisdiction")
        clinician.submits(clinician.modal())
        robin.shortcut(SHORTCUT)
        robin.types_dm("help")
        at_work.quiet()
        at_work.sender.stop()
        found: dict[str, Payload] = {}
        for delivery in slack_server.courier.sent:
            kind = "command" if "command" in delivery.payload else str(delivery.payload["type"])
            found[kind] = delivery.payload
        yield at_work, found


def parts(found: Any, at: Path_ = ()) -> Iterator[Path_]:
    """Every part of a payload, but the blocks of a message: they are Slack's copy of what this program has posted."""
    inner = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    for name, value in inner:
        if name not in ("blocks", "profile", "state"):
            yield (*at, name)
            yield from parts(value, (*at, name))


def changed(payload: Payload, at: Path_, *to: Any) -> Payload:
    """A copy with that part as `to`, or without it."""
    made = copy.deepcopy(payload)
    inside: Any = made
    for name in at[:-1]:
        inside = inside[name]
    if to:
        inside[at[-1]] = to[0]
    else:
        del inside[at[-1]]
    return made


def test_whatever_is_wrong_with_a_payload_is_no_failure_of_ours(brought: tuple[Program, dict[str, Payload]]) -> None:
    at_work, payloads = brought
    assert set(payloads) == {"event_callback", "block_actions", "view_submission", "shortcut", "command"}
    seen: dict[int, int] = {}
    for payload in payloads.values():
        made = [changed(payload, at) for at in parts(payload)]
        made += [changed(payload, at, other) for at in parts(payload) for other in OTHERS]
        made += [{**payload, name: other} for name in BESIDE for other in OTHERS]
        for one in made:
            before = at_work.log.head()
            status = hand_to_bolt(at_work.app, one).status
            assert status == 200 or (status in (400, 404) and at_work.log.head() == before), (status, one)
            seen[status] = seen.get(status, 0) + 1
    assert len(seen) == 3, seen


@pytest.mark.parametrize("reason", [{}, {"id": 1}, 5, None, ["timeout", 5]])
def test_an_odd_reason_for_bringing_something_again_is_passed_over(
    brought: tuple[Program, dict[str, Payload]], reason: object
) -> None:
    at_work, payloads = brought
    headers: Any = {"x-slack-retry-num": ["1"], "x-slack-retry-reason": reason}
    assert hand_to_bolt(at_work.app, payloads["event_callback"], headers).status == 200


@pytest.mark.parametrize("payload", [None, 5, "x", [], [{}]])
def test_what_is_no_object_is_refused(payload: object) -> None:
    with pytest.raises(WrongShape, match="payload"):
        check_shape(payload)


def test_addresses_for_answers_that_are_null_are_refused() -> None:
    """Bolt counts them without asking whether they are there."""
    with pytest.raises(WrongShape, match="response_urls"):
        check_shape({"type": "shortcut", "callback_id": "x", "response_urls": None})


def test_objects_in_objects_end_somewhere() -> None:
    payload: Payload = {"type": "event_callback", "event": {"type": "message"}}
    for _ in range(2000):
        payload = {"type": "event_callback", "event": {"type": "message", **payload}}
    with pytest.raises(WrongShape, match="too_deep"):
        check_shape(payload)


def test_a_command_may_say_payload(brought: tuple[Program, dict[str, Payload]]) -> None:
    """Bolt's own reading of a form takes this one for something else."""
    at_work, payloads = brought
    command = payloads["command"] | {"text": "help payload", "trigger_id": "another"}
    assert "not know" not in hand_to_bolt(at_work.app, command).body
    assert hand_to_bolt(at_work.app, command).status == 200
