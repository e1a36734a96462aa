"""Slack's limits are kept to beforehand: a post a second in a conversation, fifty edits a minute for all."""

from __future__ import annotations

import itertools

import pytest

from bot.slack.pacing import EDITS_AT_ONCE, EDITS_KEPT, LONGEST_WAIT, Pacing, wait_after

POST, EDIT = "chat.postMessage", "chat.update"


def times(pacing: Pacing, method: str, place: str, number: int, now: float = 0.0) -> list[float]:
    """When so many calls can be made, each as early as it may."""
    made = []
    for _ in range(number):
        now = pacing.free_at(method, place, now)
        pacing.called(method, place, now)
        made.append(now)
    return made


def test_a_few_posts_at_once_then_one_a_second_in_each_conversation() -> None:
    pacing = Pacing()
    assert times(pacing, POST, "dm:U1", 9) == pytest.approx([0, 0, 0, 0, 0, 0, 1.1, 2.2, 3.3])
    assert pacing.free_at(POST, "dm:U2", 3.0) == 3.0


def test_no_more_than_fifty_edits_in_any_minute() -> None:
    made = times(Pacing(), EDIT, "dm:U1", 200)
    for start in made:
        assert sum(start <= one < start + 60 for one in made) <= 50


def test_edits_keep_no_post_back() -> None:
    pacing = Pacing()
    times(pacing, EDIT, "dm:U1", 40)
    assert pacing.free_at(POST, "dm:U1", 0.0) == 0.0


def test_edits_that_tidy_up_leave_some_to_those_that_matter() -> None:
    pacing, tidied = Pacing(), 0
    while pacing.free_at(EDIT, "dm:U1", 0.0, tidying=True) == 0.0:
        pacing.called(EDIT, "dm:U1", 0.0)
        tidied += 1
    assert tidied == EDITS_AT_ONCE - EDITS_KEPT
    assert times(pacing, EDIT, "dm:U1", EDITS_KEPT) == [0.0] * EDITS_KEPT
    assert pacing.free_at(EDIT, "dm:U1", 0.0, tidying=True) > pacing.free_at(EDIT, "dm:U1", 0.0) > 0.0
    assert pacing.free_at(POST, "dm:U1", 0.0, tidying=True) == 0.0


def test_a_page_waits_only_where_slack_has_said_so() -> None:
    pacing = Pacing()
    times(pacing, POST, "dm:U1", 6)
    assert pacing.free_at(POST, "dm:U1", 0.0, page=True) == 0.0
    pacing.told_to_wait(POST, "dm:U1", 9.0)
    assert pacing.free_at(POST, "dm:U1", 0.0, page=True) == 9.0


def test_who_was_told_to_wait_goes_on_at_slacks_pace() -> None:
    pacing = Pacing()
    times(pacing, POST, "dm:U1", 1)
    pacing.told_to_wait(POST, "dm:U1", 1.1)
    assert times(pacing, POST, "dm:U1", 3) == pytest.approx([1.1, 2.2, 3.3])


@pytest.mark.parametrize(("method", "waits"), [(POST, False), (EDIT, True), ("conversations.open", True)])
def test_posts_wait_in_their_conversation_and_other_methods_everywhere(method: str, waits: bool) -> None:
    pacing = Pacing()
    pacing.told_to_wait(method, "dm:U1", 9.0)
    assert pacing.free_at(method, "dm:U1", 0.0) == 9.0
    assert (pacing.free_at(method, "dm:U2", 0.0) == 9.0) == waits
    pacing.told_to_wait(method, "dm:U1", 20.0, everywhere=True)
    assert pacing.free_at(method, "dm:U2", 0.0) == 20.0


def test_a_clock_that_is_set_back_makes_no_debt() -> None:
    pacing = Pacing()
    times(pacing, POST, "dm:U1", 6, now=1000.0)
    assert pacing.free_at(POST, "dm:U1", 0.0) == pytest.approx(1.1)


def test_the_wait_doubles_up_to_a_minute_and_differs() -> None:
    longest = [wait_after(attempts, chance=1.0) for attempts in range(1, 9)]
    assert longest == [1, 2, 4, 8, 16, 32, 60, 60]
    assert [wait_after(attempts, chance=0.0) for attempts in range(1, 4)] == [0.5, 1, 2]
    assert wait_after(10_000) <= LONGEST_WAIT
    assert all(first != second for first, second in itertools.pairwise(wait_after(5) for _ in range(5)))
