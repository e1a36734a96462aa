"""How long is long enough: leap days, ends of months, what counts as work on a consult."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.configuration import ConfigurationError
from bot.records.retention import Span, read_span

# A retention, the day of the purge, and the last day whose consults are then due.
SPANS = [
    ("7 years", "2026-11-25", "2019-11-25"),
    ("1 year", "2025-02-28", "2024-02-28"),
    ("1 year", "2025-03-01", "2024-03-01"),  # 29 February 2024 is due from 1 March 2025 on
    ("1 year", "2024-02-29", "2023-02-28"),
    ("4 years", "2024-02-29", "2020-02-29"),
    ("1 month", "2026-03-31", "2026-02-28"),
    ("1 month", "2024-03-31", "2024-02-29"),
    ("18 months", "2026-01-31", "2024-07-31"),
    ("12 months", "2026-01-01", "2025-01-01"),
    ("90 days", "2024-03-01", "2023-12-02"),
    ("1 day", "2024-03-01", "2024-02-29"),
    (" 7  Years ", "2026-11-25", "2019-11-25"),
]


@pytest.mark.parametrize(("span", "today", "limit"), SPANS)
def test_the_last_day_that_is_due(span: str, today: str, limit: str) -> None:
    assert read_span(span).before(date.fromisoformat(today)) == date.fromisoformat(limit)


@pytest.mark.parametrize(
    "span", ["", "7", "years", "0 years", "-1 years", "7 weeks", "1.5 years", "999 years", "7 years or so"]
)
def test_what_is_no_time_is_named(span: str) -> None:
    with pytest.raises(ConfigurationError, match=r"CURBSIDE_RETENTION: .* is no time\. Allowed: a number of days"):
        read_span(span)


@given(st.dates(), st.integers(1, 150), st.sampled_from(["day", "month", "year"]))
def test_nothing_is_due_early_and_what_is_due_stays_so(today: date, number: int, unit: str) -> None:
    span = Span(number, unit)
    limit = span.before(today)
    assert limit < today or limit in (date.min, today)
    if today < date.max:
        assert span.before(today + timedelta(days=1)) >= limit
    if unit == "year" and limit != date.min:
        assert (limit.year, limit.month) == (today.year - number, today.month)
