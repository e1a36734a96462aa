"""Whom to call next: it goes on until somebody has it, and nothing is remembered, so that a restart changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.escalation import USUAL, Times, next_call, parse_times

SINCE = datetime.fromisoformat("2026-11-25T10:00:00-07:00")
ORDER = ("one", "two", "three")

# Level, calls so far, who is quiet, the minutes after which, whom (everyone: ()).
CALLS = [
    ("emergency", 0, (), 0, ("one",)),
    ("emergency", 1, (), 2, ("one",)),
    ("emergency", 2, (), 4, ("two",)),
    ("emergency", 3, (), 6, ("three",)),
    ("emergency", 4, (), 8, ()),
    ("emergency", 5, (), 13, ()),
    ("emergency", 50, (), 238, ()),
    ("high", 0, (), 10, ("one",)),
    ("high", 2, (), 40, ("two",)),
    ("high", 3, (), 60, ()),
    ("emergency", 0, ("one",), 0, ("two",)),
    ("emergency", 2, ("one",), 4, ("three",)),
    ("emergency", 3, ("one",), 8, ()),
    ("emergency", 0, ("one", "two", "three"), 0, ("one",)),
]


@pytest.mark.parametrize(("level", "calls", "quiet", "minutes", "to"), CALLS)
def test_who_is_called_when(
    level: str, calls: int, quiet: tuple[str, ...], minutes: float, to: tuple[str, ...]
) -> None:
    call = next_call(level, SINCE, calls, order=ORDER, quiet=quiet)
    assert call is not None
    assert (call.at - SINCE, call.to, call.everyone, call.round) == (timedelta(minutes=minutes), to, not to, calls + 1)


@pytest.mark.parametrize("level", ["low", "elevated"])
def test_what_is_not_serious_calls_nobody(level: str) -> None:
    assert next_call(level, SINCE, 0, order=ORDER) is None


def test_where_nobody_is_on_call_everyone_is() -> None:
    call = next_call("emergency", SINCE, 0, order=())
    assert call is not None and call.everyone and call.at == SINCE + timedelta(minutes=8)


@given(
    level=st.sampled_from(["emergency", "high"]),
    order=st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8),
    quiet=st.sets(st.sampled_from("abcdefgh")),
    calls=st.integers(0, 40),
)
def test_it_never_ends_never_goes_back_and_reaches_everybody(
    level: str, order: list[str], quiet: set[str], calls: int
) -> None:
    this = next_call(level, SINCE, calls, order=order, quiet=quiet)
    after = next_call(level, SINCE, calls + 1, order=order, quiet=quiet)
    assert this is not None and after is not None and after.at >= this.at
    assert not this.everyone or after.everyone
    assert any(
        (call := next_call(level, SINCE, n, order=order, quiet=quiet)) is not None and call.everyone for n in range(12)
    )
    worse = next_call("emergency", SINCE, calls, order=order, quiet=quiet)
    assert worse is not None and worse.at <= this.at


def test_the_times_can_be_set() -> None:
    found = parse_times("emergency=0,1,2,3,4; high=5,6,7,8,9")
    assert found == {"emergency": Times(0, 1, 2, 3, 4), "high": Times(5, 6, 7, 8, 9)}
    assert parse_times("high=12,20,40,60,30")["emergency"] == USUAL["emergency"]


WRONG = ["", "emergency", "emergency=1", "emergency=0,1,2,3", "emergency=0,1,2,3,x", "low=0,1,2,3,4", "emergency=3,2,1,0,5",
         "emergency=0,1,2,3,0", "emergency=30,40,50,60,30"]  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_times_that_won_t_do_are_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"allowed|must not go down|never called later"):
        parse_times(text)
