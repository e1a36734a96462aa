"""The digest: when it is due, that it comes once, and what stands in it."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.slack.supervisors.rhythm import Rhythm, parse_rhythm

from ..flows.making import ANGER, THREAT
from .harness import Program
from .server import Message
from .supervisors_at_work import Practice, logged, practice

__all__ = ["practice"]
WEDNESDAY = "2026-11-25T12:00:00-07:00"


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("off", None),
        ("daily 08:00", "2026-11-25T08:00:00-07:00"),
        ("daily 13:00", "2026-11-24T13:00:00-07:00"),
        ("weekly mon 08:00", "2026-11-23T08:00:00-07:00"),
        ("Weekly  WED 12:00", "2026-11-25T12:00:00-07:00"),
        ("weekly wed 12:01", "2026-11-18T12:01:00-07:00"),
        ("weekly thu 08:00", "2026-11-19T08:00:00-07:00"),
    ],
)
def test_when_it_was_due_last(text: str, last: str | None) -> None:
    due = parse_rhythm(text).last(datetime.fromisoformat(WEDNESDAY))
    assert (due.isoformat() if due else None) == last


@pytest.mark.parametrize("text", ["", "daily", "weekly 08:00", "hourly", "daily 24:00", "weekly mon 8:00"])
def test_another_setting_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="allowed: off, daily 08:00"):
        parse_rhythm(text)


def digests(practice: Practice) -> list[Message]:
    return [one for one in practice.sam.dm(practice.channel) if one.text == "Curbside: digest"]


def looked(running: Program) -> None:
    running.supervisors.timers.look()
    running.quiet()


def test_it_comes_once_at_its_time(practice: Practice) -> None:
    with practice.program(timers=False, digest="daily 13:00") as running:
        looked(running)
        assert digests(practice) == []  # the one of yesterday is too old
        work = logged(running, practice.robin, THREAT)
        logged(running, practice.nora, ANGER)
        practice.clock.ahead(hours=1)
        looked(running)
        looked(running)
        [digest] = digests(practice)
        assert "Consults: *2* (high 1, low 1)" in digest.words and f"{work.reference} high" in digest.words
    with practice.program(timers=False, digest="daily 13:00") as running:
        looked(running)
        assert len(digests(practice)) == 1
        practice.clock.ahead(days=1)
        looked(running)
        assert len(digests(practice)) == 2 and "Consults: *0*" in digests(practice)[1].words


def test_rules_that_are_to_be_checked_again_are_named(practice: Practice) -> None:
    with practice.program(timers=False, digest="weekly wed 13:00") as running:
        logged(running, practice.robin, THREAT)
        practice.clock.ahead(hours=1)
        looked(running)
        assert "to be checked again" not in digests(practice)[0].words
        practice.clock.ahead(days=7 * 52)
        logged(running, practice.nora, THREAT)
        looked(running)
        practice.clock.ahead(days=7)
        looked(running)
        last = digests(practice)[-1]
        assert "C.R.S. § 13-21-117*: last checked on" in last.words


def test_where_it_is_off_there_is_none(practice: Practice) -> None:
    assert Rhythm().last(datetime.fromisoformat(WEDNESDAY)) is None
    with practice.program(timers=False) as running:
        practice.clock.ahead(days=30)
        looked(running)
        assert digests(practice) == []
