"""What is asked of Slack every minute is asked again sooner where that failed for a moment, and not before Slack allows it."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from bot.slack.answers import Answer
from bot.slack.every_minute import EveryMinute
from bot.slack.people import People
from bot.slack.sender import sending_client

from .server import SlackServer, rate_limited, refuses, wait_until
from .supervisors_at_work import Practice, practice

__all__ = ["practice"]

BUSY, TOKEN = Answer("later", "ratelimited", after=0.2), Answer("token", "token_revoked")
DOUBT = Answer("in_doubt", "status_503")


def waits(*answers: Answer | None) -> list[float]:
    """The seconds between one time and the next, as the answers are given; then it is not asked again for a long time."""
    asked: list[float] = []
    left = list(answers)

    def ask() -> Answer | None:
        asked.append(time.monotonic())
        return left.pop(0) if left else None

    asking = EveryMinute("invented", ask, 0.6, wait=lambda failures: 0.05 * 2.0 ** (failures - 1))
    asking.start()
    wait_until(lambda: len(asked) > len(answers))
    asking.stop()
    return [later - sooner for sooner, later in pairwise(asked)][: len(answers)]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param((None,), (0.6,), id="all is well"),
        pytest.param((DOUBT, DOUBT, DOUBT), (0.05, 0.1, 0.2), id="longer each time"),
        pytest.param((DOUBT,) * 5, (0.05, 0.1, 0.2, 0.4, 0.6), id="but never longer than otherwise"),
        pytest.param((BUSY,), (0.2,), id="not before Slack allows it"),
        pytest.param((TOKEN,), (0.6,), id="what does not pass by itself is no reason to hurry"),
        pytest.param((DOUBT, None, DOUBT), (0.05, 0.6, 0.05), id="from the beginning after a success"),
    ],
)
def test_when_it_is_asked_again(answers: tuple[Answer | None, ...], expected: tuple[float, ...]) -> None:
    found = waits(*answers)
    assert found == pytest.approx(expected, abs=0.04) and all(
        a > b - 0.01 for a, b in zip(found, expected, strict=True)
    )


def test_supervisors_whom_slack_would_not_name_are_known_as_soon_as_it_does(practice: Practice) -> None:
    """Until then what they do is refused, and they are asked to try again."""
    sam, faults = practice.sam, practice.server.api.faults
    faults.order("users.info", rate_limited(1), 3, when=lambda call: call["user"] == sam.id)
    with practice.program(know_everybody=False) as running:
        assert running.supervisors.roles.of(sam.id) == frozenset()
        wait_until(lambda: running.supervisors.roles.of(sam.id) == {"supervisor"}, 10)
    asked = [call.at for call in practice.server.calls("users.info") if call.arguments["user"] == sam.id]
    assert len(asked) == 4 and all(0.95 < later - sooner < 3.5 for sooner, later in pairwise(asked[1:]))


def test_people_are_asked_for_again(slack_server: SlackServer) -> None:
    robin, app = slack_server.clinician(), slack_server.workspace.app
    found = People(sending_client(app.bot_token, slack_server.api_url), team=slack_server.workspace.team)
    found.meet([robin.id])
    slack_server.api.faults.order("users.info", refuses("internal_error"))
    found.start()
    wait_until(lambda: found.standing(robin.id) == "may_consult", 5)
    found.stop()
