"""The picture of the month: numbers in, a drawing of plain characters out, narrow enough for a phone.

Slack has had a chart block for messages since June 2026; that a home takes one was found documented nowhere. So the bars are
characters in a box of fixed width. Numbers stand before the bars, so that nothing is out of line where a phone draws the marks
wider; and the weeks stand below in words, for whoever has the screen read aloud.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import count

from blockkit import RichText, RichTextEl, RichTextPreformatted

from bot.overview import MOST_URGENT_FIRST
from bot.slack.blocks import AnyBlock, escape, small
from bot.slack.supervisors.waiting import Numbers
from flows.words import spoken

MOST_WIDE = 30
"""Characters in a line: what a phone shows without breaking it."""
WEEK_BAR, SHARE_BAR = 18, 13
"""The longest bars, in marks."""
LEVEL_MARKS: Mapping[str, str] = {"emergency": "█", "high": "▓", "elevated": "▒", "low": "░"}
"""The darker the more urgent."""
NOTHING = "No consult began in this time, so there is nothing to draw."


def month_blocks(found: Numbers) -> Iterator[AnyBlock]:
    """The drawing and its weeks in words; a line where there is nothing to draw."""
    drawing = month_drawing(found)
    if not drawing:
        yield small(NOTHING)
        return
    yield RichText([RichTextPreformatted([RichTextEl(drawing)])])
    yield small(escape(weeks_in_words(found)))


def month_drawing(found: Numbers) -> str:
    """The weeks with their levels, how long each level waited, and what of all. Empty where no consult began."""
    if not found.consults:
        return ""
    parts = [*_weeks(found), "", *_waits(found), "", *_shares(found)]
    return "\n".join(line.rstrip() for line in parts)


def weeks_in_words(found: Numbers) -> str:
    """The same weeks as a sentence: every mark that is drawn has its number here."""
    return f"By week: {'; '.join(f'{_day(monday)}: {_levels(of)}' for monday, of in found.by_week.items())}."


def _weeks(found: Numbers) -> Iterator[str]:
    per = next(one for one in _scales() if all(len(_bar(of, one)) <= WEEK_BAR for of in found.by_week.values()))
    yield "Consults by week and level"
    for monday, of in found.by_week.items():
        yield f"{_day(monday)} {sum(of.values()):>4} {_bar(of, per)}"
    marks = [f"{mark} {spoken(level)}" for level, mark in LEVEL_MARKS.items()]
    for first, second in zip(marks[::2], marks[1::2], strict=True):
        yield f"{first:<12} {second}"
    if per > 1:
        yield f"One mark: {per} consults"


def _scales() -> Iterator[int]:
    """How many consults one mark may stand for: 1, 2, 5, 10, 20, 50, ..."""
    for power in count():
        yield from (one * 10**power for one in (1, 2, 5))


def _bar(of: Mapping[str, int], per: int) -> str:
    """A mark for each `per` consults of a level; a level of which there is any has at least one."""
    return "".join(
        LEVEL_MARKS[level] * max(1, round(n / per)) for level in MOST_URGENT_FIRST if (n := of.get(level, 0))
    )


def _waits(found: Numbers) -> Iterator[str]:
    yield "To a supervisor's first word"
    yield f"{'':<9} {'all':>4} {'median':>7} {'longest':>7}"
    for level in MOST_URGENT_FIRST:
        waited = found.minutes_by_level.get(level)
        median, longest = (_took(minutes) for minutes in waited) if waited else ("-", "-")
        yield f"{spoken(level):<9} {found.by_level.get(level, 0):>4} {median:>7} {longest:>7}"


def _took(minutes: float) -> str:
    """In the unit in which it is read at a glance."""
    if minutes < 100:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 60 / 24:.0f} d"


def _shares(found: Numbers) -> Iterator[str]:
    yield f"Of all {found.consults}"
    for name, n in (("differ", found.differ), ("outstanding", found.outstanding), ("signed", found.signed)):
        marks = max(round(n / found.consults * SHARE_BAR), 1) if n else 0
        yield f"{name:<11} {n:>4} {'█' * marks}{'·' * (SHARE_BAR - marks)}"


def _day(monday: date) -> str:
    return f"{monday:%b %d}"


def _levels(of: Mapping[str, int]) -> str:
    said = ", ".join(f"{n} {spoken(level)}" for level in MOST_URGENT_FIRST if (n := of.get(level, 0)))
    return f"{sum(of.values())} ({said})" if said else "none"
