"""The picture of the month: what it draws of which numbers, how wide it gets, and that every mark has its number in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from bot.overview import MOST_URGENT_FIRST
from bot.slack.supervisors.month import LEVEL_MARKS, MOST_WIDE, month_blocks, month_drawing, weeks_in_words
from bot.slack.supervisors.waiting import Numbers, numbers

from ..flows.making import ANGER, THREAT
from .supervisors_at_work import NOON, Practice, logged, practice

__all__ = ["practice"]
MONDAY = date(2026, 11, 2)
FOUR = [{"emergency": 1, "high": 2, "elevated": 1, "low": 4}, {"high": 1, "elevated": 1, "low": 1}, {},
        {"emergency": 2, "high": 3, "elevated": 3, "low": 4}]  # fmt: skip
WAITED = {"emergency": (2, 4), "high": (11.4, 38), "elevated": (125, 1200), "low": (5000, 9000)}


def of(
    weeks: list[dict[str, int]],
    waited: Mapping[str, tuple[float, float]] | None = None,
    differ: int = 0,
    outstanding: int = 0,
    signed: int = 0,
) -> Numbers:
    """Numbers of a month with these weeks, from the second of November on."""
    by_week = {MONDAY + timedelta(days=7 * number): levels for number, levels in enumerate(weeks)}
    levels = {level: sum(week.get(level, 0) for week in weeks) for level in MOST_URGENT_FIRST}
    return Numbers(
        consults=sum(levels.values()), by_level={level: n for level, n in levels.items() if n}, minutes=None,
        differ=differ, outstanding=outstanding, signed=signed, by_week=by_week, minutes_by_level=dict(waited or {}),
    )  # fmt: skip


def test_a_month() -> None:
    assert month_drawing(of(FOUR, WAITED, differ=4, outstanding=2, signed=15)).split("\n") == [
        "Consults by week and level",
        "Nov 02    8 █▓▓▒░░░░",
        "Nov 09    3 ▓▒░",
        "Nov 16    0",
        "Nov 23   12 ██▓▓▓▒▒▒░░░░",
        "█ emergency  ▓ high",
        "▒ elevated   ░ low",
        "",
        "To a supervisor's first word",
        "           all  median longest",
        "emergency    3   2 min   4 min",
        "high         6  11 min  38 min",
        "elevated     5     2 h    20 h",
        "low          9     3 d     6 d",
        "",
        "Of all 23",
        "differ         4 ██···········",
        "outstanding    2 █············",
        "signed        15 ████████·····",
    ]


def test_one_consult() -> None:
    drawn = month_drawing(of([{}, {"high": 1}], {"high": (0.4, 0.4)}, signed=1)).split("\n")
    assert drawn[1:3] == ["Nov 02    0", "Nov 09    1 ▓"]
    assert "high         1   0 min   0 min" in drawn
    assert "low          0       -       -" in drawn
    assert drawn[-3:] == [
        "differ         0 ·············",
        "outstanding    0 ·············",
        "signed         1 █████████████",
    ]


def test_an_empty_month_has_no_picture() -> None:
    for found in (of([]), of([{}, {}])):
        assert month_drawing(found) == ""
        [block] = [one.build() for one in month_blocks(found)]  # type: ignore[no-untyped-call]
        assert block["type"] == "context" and "No consult" in block["elements"][0]["text"]


@pytest.mark.parametrize("most", [18, 19, 40, 400, 999])
def test_hundreds_scale_down_and_the_rarest_is_still_seen(most: int) -> None:
    drawn = month_drawing(of([{"emergency": 1, "low": most}, {"low": most // 2}], WAITED, differ=1)).split("\n")
    assert max(map(len, drawn)) <= MOST_WIDE
    first, second = drawn[1], drawn[2]
    assert first.count("█") == 1 and 7 <= first.count("░") <= 17 and 2 <= second.count("░") <= 9
    assert [line for line in drawn if line.startswith("One mark:")] != [] or most < 18
    assert str(most + 1) in first
    assert drawn[-3].endswith(" 1 █············"), "one of very many is not nothing"


def test_a_scale_is_a_round_number_and_said() -> None:
    drawn = month_drawing(of([{"low": 170}, {"high": 40, "low": 40}]))
    assert "One mark: 10 consults" in drawn.split("\n")
    assert f"{'░' * 17}" in drawn and "▓▓▓▓░░░░" in drawn
    assert "One mark" not in month_drawing(of(FOUR))


@pytest.mark.parametrize("marks", [18, 17])
def test_what_fits_is_drawn_one_by_one(marks: int) -> None:
    drawn = month_drawing(of([{"low": marks}]))
    assert "░" * marks in drawn and "One mark" not in drawn


def test_each_level_has_a_mark_of_its_own_and_the_words_say_the_same() -> None:
    assert len(set(LEVEL_MARKS.values())) == len(MOST_URGENT_FIRST) == len(LEVEL_MARKS)
    assert weeks_in_words(of(FOUR)) == (
        "By week: Nov 02: 8 (1 emergency, 2 high, 1 elevated, 4 low); Nov 09: 3 (1 high, 1 elevated, 1 low); Nov 16: none;"
        " Nov 23: 12 (2 emergency, 3 high, 3 elevated, 4 low)."
    )


def test_the_numbers_of_weeks_and_levels(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        for days, answers, minutes in (
            (20, THREAT, 6),
            (0, THREAT, 30),
            (1, ANGER, None),
            (4, {**THREAT, "imminence": "within_a_day"}, 90),
        ):
            practice.clock.at = NOON - timedelta(days=days)
            work = logged(running, practice.robin, answers)
            running.quiet()
            if minutes is not None:
                practice.clock.ahead(minutes=minutes)
                practice.sam.taps(practice.card(work.reference), "Acknowledge")
                running.quiet()
        found = numbers(running.log, NOON + timedelta(hours=1))
    assert [(monday.isoformat(), levels) for monday, levels in found.by_week.items()] == [
        ("2026-10-26", {}),
        ("2026-11-02", {"high": 1}),
        ("2026-11-09", {}),
        ("2026-11-16", {"emergency": 1}),
        ("2026-11-23", {"high": 1, "low": 1}),
    ]
    assert found.minutes_by_level == {"emergency": (90, 90), "high": (18, 30)}
    assert sum(sum(levels.values()) for levels in found.by_week.values()) == found.consults == 4


def test_the_home_shows_it(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        logged(running, practice.robin, THREAT)
        practice.sam.opens_home()
        running.quiet()
        home = practice.sam.home()
        assert home is not None and "Nov 23    1 ▓" in str(home.blocks)
        assert "By week: " in home.words and "Nov 23: 1 (1 high)" in home.words
