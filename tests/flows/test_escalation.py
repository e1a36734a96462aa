"""Whom to call next: it goes on until somebody has it, and nothing is remembered, so that a restart changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.escalation import USUAL, Call, Made, Times, next_page, parse_times

SINCE = datetime.fromisoformat("2026-11-25T10:00:00-07:00")
ORDER = ("one", "two", "three")


def test_the_times_can_be_set() -> None:
    found = parse_times("emergency=0,1,2,3,4; high=5,6,7,8,9")
    assert found == {"emergency": Times(0, 1, 2, 3, 4), "high": Times(5, 6, 7, 8, 9)}
    assert parse_times("high=12,20,40,60,30")["emergency"] == USUAL["emergency"]


WRONG = ["", "emergency", "emergency=1", "emergency=0,1,2,3", "emergency=0,1,2,3,x", "low=0,1,2,3,4", "emergency=3,2,1,0,5",
         "emergency=0,1,2,3,0", "emergency=30,40,50,60,30", "high=0,20,40,inf,30", "high=0,20,40,1e300,30", "high=0,1,2,nan,3",
         "high=0,20,40,60,inf", "high=-1,20,40,60,30", "emergency=0,2,4,8,5;emergency=0,2,4,8,6", "high=0,39,40,60,30",
         "emergency=0,2,4,8,5;"]  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_times_that_won_t_do_are_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"allowed|must not go down|never called later"):
        parse_times(text)


# From here on: next_page, which knows when and to whom the calls were made.


def minute(n: float) -> datetime:
    """So many minutes after the consult became serious."""
    return SINCE + timedelta(minutes=n)


def page(made: Sequence[Made], now: float, level: str = "emergency", **more: Any) -> Call:
    """The next call; there is one."""
    call = next_page(level, SINCE, made, now=minute(now), **{"order": ORDER, **more})
    assert call is not None
    return call


ONE, AGAIN, TWO, THREE = (Made(minute(n), (who,)) for n, who in ((0, "one"), (2, "one"), (4, "two"), (6, "three")))
ALL = Made(minute(8), ("boss", *ORDER), everyone=True)

# Level, the calls made, who is quiet, the minute it is, the minute of the next call, whom (everyone: ()).
PAGES: list[tuple[str, list[Made], str, float, float, str]] = [
    ("emergency", [], "", 0, 0, "one"),
    ("emergency", [ONE], "", 0, 2, "one"),
    ("emergency", [ONE, AGAIN], "", 2, 4, "two"),
    ("emergency", [ONE, AGAIN, TWO], "", 4, 6, "three"),
    ("emergency", [ONE, AGAIN, TWO, THREE], "", 6, 8, ""),
    ("emergency", [ONE, AGAIN, TWO, THREE, ALL], "", 8, 13, ""),
    ("high", [], "", 0, 10, "one"),
    # do-not-disturb: passed over, also when it is switched on in between; with everyone, all are called
    ("emergency", [], "one", 0, 0, "two"),
    ("emergency", [ONE], "one", 0, 2, "two"),
    ("emergency", [ONE, AGAIN], "two", 2, 4, "three"),
    ("emergency", [], "one two three", 0, 0, "one"),
    ("emergency", [ONE, AGAIN], "one two three", 2, 4, "two"),
    # somebody who could not be disturbed at first is called once they can be
    ("emergency", [Made(minute(0), ("two",)), Made(minute(2), ("two",))], "", 2, 4, "one"),
    # nothing ran for a while: one call to everybody who should have been called by now
    ("emergency", [ONE], "", 5, 2, "one two"),
    ("emergency", [ONE], "", 7, 2, "one two three"),
    ("emergency", [ONE], "", 480, 2, ""),
    ("emergency", [], "", 480, 0, ""),
    ("emergency", [ONE, AGAIN, TWO, THREE, ALL], "", 480, 13, ""),
    # high that becomes an emergency: what an emergency would have called by now is called at once
    ("emergency", [Made(minute(10), ("one",))], "", 15, 2, ""),
    # the call was recorded by a clock that was set back since
    ("emergency", [ONE, AGAIN, TWO, THREE, Made(minute(600), ORDER, everyone=True)], "", 9, 14, ""),
    ("emergency", [], "", -30, -30, "one"),
]


@pytest.mark.parametrize(("level", "made", "quiet", "now", "at", "to"), PAGES)
def test_whom_to_page_next(level: str, made: list[Made], quiet: str, now: float, at: float, to: str) -> None:
    call = page(made, now, level, quiet=quiet.split())
    assert ((call.at - SINCE) / timedelta(minutes=1), call.to) == (at, tuple(to.split()))
    assert call.everyone == (not to) and call.round == len(made) + 1


@pytest.mark.parametrize("level", ["low", "elevated"])
def test_what_is_not_serious_pages_nobody(level: str) -> None:
    assert next_page(level, SINCE, [], now=SINCE, order=ORDER) is None


def test_where_nobody_is_on_call_everyone_is_paged_at_once() -> None:
    call = page([], 0, order=())
    assert call.everyone and call.at == SINCE


def test_a_shorter_order_does_not_put_off_the_call_to_everyone() -> None:
    """A count alone would: four calls were made, and a list of one has two before everyone."""
    assert page([ONE, AGAIN, TWO, THREE], 7, order=("one",)).at == minute(8)


def test_a_longer_order_does_not_go_back_to_single_people() -> None:
    assert page([ONE, AGAIN, ALL], 9, order=("four", "five", *ORDER)) == Call(minute(13), (), 4, "everyone")
    nobody_was_on_call = Made(minute(0), ("boss",), everyone=True)
    assert page([nobody_was_on_call], 1, order=("four", "five")) == Call(minute(5), (), 2, "everyone")


PEOPLE = "abcdefgh"


@dataclass
class Practice:
    """What goes on meanwhile, drawn at random: each entry holds from its minute on."""

    orders: Mapping[float, Sequence[str]]
    quiet: Mapping[float, Sequence[str]]
    down: Sequence[tuple[float, float]]
    made: list[Made] = field(default_factory=list)

    def at(self, said: Mapping[float, Sequence[str]], now: float) -> Sequence[str]:
        """What holds now."""
        return said[max(one for one in said if one <= now)]

    def run(self, level: str, until: float, *, since: float = 0, acknowledged_at: float = float("inf"),
            times: Mapping[str, Times] = USUAL) -> list[Made]:  # fmt: skip
        """Look every ten seconds, as the program does, but for the times at which it is down."""
        for look in range(int(since * 6), int(until * 6)):
            now = look / 6
            if any(start <= now < end for start, end in self.down):
                continue
            call = self.next(level, now, acknowledged=now >= acknowledged_at, times=times)
            if call is not None and call.at <= minute(now):
                to = tuple(PEOPLE) if call.everyone else call.to
                self.made.append(Made(minute(now), to, call.everyone))
        return self.made

    def next(self, level: str, now: float, **more: Any) -> Call | None:
        """The next call as things stand then."""
        order, quiet = self.at(self.orders, now), self.at(self.quiet, now)
        return next_page(level, SINCE, self.made, now=minute(now), order=order, quiet=quiet, **more)


some_people = st.lists(st.sampled_from(PEOPLE), unique=True, max_size=6)
minutes = st.integers(0, 90)
over_time = st.dictionaries(minutes, some_people, max_size=4).flatmap(
    lambda later: some_people.map(lambda first: {0: first, **{at: who for at, who in later.items() if at}})
)
outages = st.lists(st.tuples(minutes, st.integers(1, 60)).map(lambda one: (one[0], one[0] + one[1])), max_size=2)
practices = st.builds(Practice, orders=over_time, quiet=over_time, down=outages)
LEVELS = ("high", "emergency")


def rising(numbers: Sequence[int]) -> str:
    """As a setting has them."""
    first, again, following, everyone = sorted(numbers[:4])
    return f"{first},{again},{following},{everyone},{numbers[4]}"


@st.composite
def settings_of_times(draw: st.DrawFn) -> Mapping[str, Times]:
    """Any times that the setting takes."""
    numbers = st.lists(st.integers(1, 60), min_size=5, max_size=5).map(rising)
    try:
        return parse_times(f"emergency={draw(numbers)};high={draw(numbers)}")
    except ValueError:
        return USUAL


@settings(max_examples=150, deadline=None)
@given(practice=practices, level=st.sampled_from(LEVELS), times=settings_of_times())
def test_it_goes_on_until_somebody_has_it_and_reaches_everybody(
    practice: Practice, level: str, times: Mapping[str, Times]
) -> None:
    made = practice.run(level, 400, times=times)
    assert any(one.everyone for one in made)
    longest = max(times[level].every, times[level].everyone)
    down = sum(end - start for start, end in practice.down)
    looks = [SINCE, *(one.at for one in made), minute(400)]
    assert all(later - sooner <= timedelta(minutes=longest + down + 1) for sooner, later in pairwise(looks))


@settings(max_examples=100, deadline=None)
@given(practice=practices, level=st.sampled_from(LEVELS), acknowledged_at=minutes)
def test_nobody_is_paged_once_it_is_acknowledged(practice: Practice, level: str, acknowledged_at: int) -> None:
    made = practice.run(level, 200, acknowledged_at=acknowledged_at)
    assert all(one.at < minute(acknowledged_at) for one in made)


@settings(max_examples=200, deadline=None)
@given(practice=practices, now=minutes, times=settings_of_times(), level=st.sampled_from(LEVELS))
def test_when_it_gets_worse_nobody_is_paged_later(
    practice: Practice, now: int, times: Mapping[str, Times], level: str
) -> None:
    """Whatever was done until now, at either level."""
    practice.run(level, now, times=times)
    high, emergency = (practice.next(one, now, times=times) for one in LEVELS)
    assert high is not None and emergency is not None and emergency.at <= high.at


@settings(max_examples=100, deadline=None)
@given(practice=practices, level=st.sampled_from(LEVELS))
def test_there_is_no_volley_after_a_time_in_which_nothing_ran(practice: Practice, level: str) -> None:
    """At most three calls within a minute: the first that was missed, its repetition, and the call to everyone."""
    made = practice.run(level, 200)
    assert all(later.at - sooner.at > timedelta(minutes=1) for sooner, later in zip(made, made[3:], strict=False))
