"""The overviews by which supervisors' lists are read: kept with each step, found by what is wanted, and made anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.storage import PURGED, Log, Overview, Purge, StaleRevision, Tally, Wanted, open_log
from bot.storage.opening import connect
from bot.storage.overviews import _query

from .making import NOON, answer, begin, event, row

SHAPE = 1
HOUR = 3600.0


def overview(reference: str, begun: float = 0.0, **more: Any) -> Overview:
    """Of a consult that supervisors may see, with what a test does not care about filled in."""
    usual: dict[str, Any] = {"shape": SHAPE, "clinician": "U1", "started_at": NOON, "status": "decided", "listed": True}
    return Overview(reference=reference, begun=begun, **(usual | more))


def keep(log: Log, *made: Overview) -> None:
    """A consult for each of them, of one step."""
    for one in made:
        log.append(one.reference, [event("started")], row(one.reference), expected_revision=0, overview=one)


A, B, C, D = "C-00001", "C-00002", "C-00003", "C-00004"
FOUR = (
    overview(A, 1 * HOUR, level="high", urgency=1, awaits_review=True, review="logged", jurisdiction="CO"),
    overview(B, 2 * HOUR, level="low", urgency=3, review="signed", taken_after=60.0, differs=True, clinician="U2"),
    overview(C, 3 * HOUR, level="emergency", urgency=0, awaits_review=True, alarm=True, danger=True, taken_after=9.0),
    overview(D, 4 * HOUR, level="high", urgency=1, awaits_clinician=True, overdue_from=5 * HOUR, ask_at=7 * HOUR),
)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), [D, C, B, A]),
        (Wanted(urgent_first=True), [C, A, D, B]),
        (Wanted(level="high"), [D, A]),
        (Wanted(level="high", urgent_first=True), [A, D]),
        (Wanted(clinician="U2"), [B]),
        (Wanted(clinician="U2", level="high"), []),
        (Wanted(status="decided", review="signed"), [B]),
        (Wanted(since=2 * HOUR), [D, C, B]),
        (Wanted(until=2 * HOUR), [A]),
        (Wanted(since=2 * HOUR, until=4 * HOUR), [C, B]),
        (Wanted(awaits_review=True, urgent_first=True), [C, A]),
        (Wanted(awaits_clinician=True), [D]),
        (Wanted(alarm=True), [C]),
        (Wanted(overdue_at=5 * HOUR), []),
        (Wanted(overdue_at=5 * HOUR + 1), [D]),
        (Wanted(ask_by=7 * HOUR - 1), []),
        (Wanted(ask_by=7 * HOUR), [D]),
    ],
)
def test_what_is_wanted_is_found_in_order(log: Log, wanted: Wanted, found: list[str]) -> None:
    keep(log, *FOUR, overview("C-00005", listed=False, level="high", clinician="U2", alarm=True))
    assert [one.reference for one in log.overviews(wanted, limit=10)] == found
    assert log.count_overviews(wanted, most=10) == len(found)


def test_a_page_of_them_and_a_count_up_to_a_limit(log: Log) -> None:
    keep(log, *FOUR)
    assert [one.reference for one in log.overviews(Wanted(), limit=2, offset=1)] == [C, B]
    assert log.overviews(Wanted(), limit=2, offset=9) == []
    assert log.count_overviews(Wanted(), most=3) == 3


def test_an_overview_is_read_back_as_it_was_kept_and_moves_with_its_consult(log: Log) -> None:
    keep(log, *FOUR)
    assert log.overviews(Wanted(clinician="U2"), limit=9) == [FOUR[1]]
    after = replace(FOUR[1], review="", status="closed", beside={"pages": [1, {"by": "dm"}]})
    log.append(B, [event()], row(B), expected_revision=1, overview=after)
    assert log.overviews(Wanted(clinician="U2"), limit=9) == [replace(after, beside={})]
    assert log.beside(B, SHAPE) == (2, {"pages": [1, {"by": "dm"}]})
    assert log.beside(B, SHAPE + 1) is None


def test_a_step_without_one_leaves_it_to_be_made(log: Log) -> None:
    keep(log, *FOUR)
    begin(log, "C-00009")
    answer(log, A, 1, key="harm", value="physical")
    assert sorted(log.lacking_overviews(SHAPE, limit=9)) == [A, "C-00009"]
    assert log.beside(A, SHAPE) is None

    log.keep_overviews([(FOUR[0], 1), (overview("C-00009"), 1)])
    assert log.lacking_overviews(SHAPE, limit=9) == [A], "that one was made of a revision that is past"
    log.keep_overviews([(FOUR[0], 2)])
    assert log.lacking_overviews(SHAPE, limit=9) == []
    assert sorted(log.lacking_overviews(SHAPE + 1, limit=9)) == [A, B, C, D, "C-00009"], "of an older shape"


def test_a_step_that_is_refused_changes_none(log: Log) -> None:
    keep(log, *FOUR)
    with pytest.raises(StaleRevision):
        log.append(B, [event()], row(B), expected_revision=0, overview=replace(FOUR[1], level="high"))
    assert log.overviews(Wanted(clinician="U2"), limit=9) == [FOUR[1]]


def test_a_purged_consult_has_none(log: Log) -> None:
    keep(log, *FOUR)
    log.purge([Purge(at=NOON, actor="a-manager", left=row(B, status=PURGED), expected_revision=1)])
    assert [one.reference for one in log.overviews(Wanted(), limit=9)] == [D, C, A]
    assert log.lacking_overviews(SHAPE, limit=9) == [] and log.beside(B, SHAPE) is None


def test_they_are_counted_by_stretch_of_time_and_urgency(log: Log) -> None:
    keep(log, *FOUR)
    assert log.tally([0.0, 2.5 * HOUR, 9 * HOUR, 10 * HOUR]) == [
        Tally(stretch=0, urgency=1, consults=1, signed=0, differs=0, outstanding=0),
        Tally(stretch=0, urgency=3, consults=1, signed=1, differs=1, outstanding=0),
        Tally(stretch=1, urgency=0, consults=1, signed=0, differs=0, outstanding=0),
        Tally(stretch=1, urgency=1, consults=1, signed=0, differs=0, outstanding=0),
    ]
    assert log.taken_after(0.0, 9 * HOUR) == [(0, 9.0), (3, 60.0)]


def test_words_are_found_among_what_is_wanted(sqlite_log: Log) -> None:
    for one, words in zip(FOUR, ("canoe", "canoe and lamp", "lamp", "canoes"), strict=True):
        log = sqlite_log
        log.append(
            one.reference, [event("started")], row(one.reference), expected_revision=0, words=words, overview=one
        )
    found = sqlite_log.overviews(Wanted(words="canoe"), limit=9)
    assert [one.reference for one in found] == [D, B, A]
    assert [one.reference for one in sqlite_log.overviews(Wanted(words="canoe", level="high"), limit=9)] == [D, A]
    assert sqlite_log.count_overviews(Wanted(words='"'), most=9) == 0, "no word is in it"


def test_a_log_of_an_earlier_version_lacks_them_all_but_for_what_was_purged(path: Path) -> None:
    with open_log(path) as log:
        keep(log, *FOUR)
        log.purge([Purge(at=NOON, actor="a-manager", left=row(B, status=PURGED), expected_revision=1)])
    db = connect(path, reading=False)
    db.execute("DROP TABLE overviews")
    db.executescript(
        "DROP INDEX consults_of_clinician; DROP INDEX consults_by_status; DROP INDEX consults_open;"
        " CREATE INDEX consults_by_clinician ON consults (clinician, status);"
        " DELETE FROM _sqlite_migrations WHERE name = 'm007_overviews'"
    )
    db.close()
    with open_log(path) as log:
        assert log.lacking_overviews(SHAPE, limit=9) == [A, C, D]
        log.keep_overviews([(FOUR[0], 1)])
        assert [one.reference for one in log.overviews(Wanted(), limit=9)] == [A]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(), "overviews_by_begun"),
        (Wanted(since=1.0, until=2.0), "overviews_by_begun"),
        (Wanted(clinician="U1", since=1.0), "overviews_by_clinician"),
        (Wanted(level="high", until=2.0), "overviews_by_level"),
        (Wanted(status="decided"), "overviews_by_status"),
        (Wanted(review="signed"), "overviews_by_review"),
        (Wanted(awaits_review=True, urgent_first=True), "overviews_awaiting_review"),
        (Wanted(awaits_clinician=True, urgent_first=True), "overviews_awaiting_clinician"),
        (Wanted(alarm=True, urgent_first=True), "overviews_with_alarm"),
        (Wanted(overdue_at=1.0, urgent_first=True), "overviews_overdue"),
        (Wanted(ask_by=1.0), "overviews_to_ask"),
    ],
)
def test_each_list_is_read_by_its_index(sqlite_log: Log, path: Path, wanted: Wanted, index: str) -> None:
    keep(sqlite_log, *FOUR)
    db = connect(path, reading=True)
    sql, given = _query(db, "overviews.reference", wanted)
    asked = {**given, "limit": 20, "offset": 0}
    said = [line["detail"] for line in db.query(f"EXPLAIN QUERY PLAN {sql}", asked)]
    db.close()
    assert index in said[0] and not any(line.startswith("SCAN overviews") and "INDEX" not in line for line in said), (
        said
    )
