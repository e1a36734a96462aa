"""`curbside verify`: what is altered is found and named, and nothing is evaluated for it."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.records.missing_end import missing_end
from bot.records.verifying import state_fault, verify
from bot.storage import Access, Fault, Head, open_log
from bot.storage.chain import canonical, event_hash, salted_hash
from bot.storage.step import COLUMNS, hashed_part
from flows import consult as consults
from flows.answers import parse_answers
from flows.evaluation import evaluate
from tests.commands.conftest import CLINICIAN, Practice
from tests.flows.making import COLORADO, THREAT
from tests.storage.test_tampering import without_triggers


def test_a_log_that_nobody_touched(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    practice.decided()
    practice.begun()

    def evaluated(*_: object, **__: object) -> None:
        raise AssertionError("verifying evaluates no law")

    monkeypatch.setattr(consults, "evaluate", evaluated)
    monkeypatch.setattr(consults, "the_table", evaluated)
    said = practice.run("verify")
    assert said.status == 0 and said.out.startswith("Nothing was altered: ")
    with practice.log() as log:
        head = log.head()
    assert f"events {head.number} {head.hash}\n" in said.out
    assert "No head was noted anywhere yet" in said.out and "fit" not in said.out.splitlines()[0]


def test_its_own_lines_are_heads_that_it_reads_again(practice: Practice, tmp_path: Path) -> None:
    practice.low()
    noted = tmp_path / "heads.txt"
    noted.write_text(
        "# from our channel\n\n" + "\n".join(practice.run("verify").out.splitlines()[1:3]), encoding="utf-8"
    )
    practice.low()
    said = practice.run("verify", "--heads", str(noted))
    assert said.status == 0 and "2 posted heads fit" in said.out


def test_the_first_wrong_event_is_named_with_status_1(practice: Practice) -> None:
    practice.low()
    with closing(sqlite3.connect(practice.database)) as raw, raw, without_triggers(raw):
        raw.execute("UPDATE events SET actor = 'somebody' WHERE id IN (5, 3)")
    said = practice.run("verify")
    assert said.status == 1 and said.err == ""
    assert said.out.startswith("The log is not what was written. The first event that is wrong: 3.\n")
    data = practice.run("verify", "--json")
    assert data.status == 1 and [fault["event"] for fault in data.data["faults"]] == [3, 5]
    assert data.data["unaltered"] is False


@pytest.mark.parametrize("statement", ["DROP TABLE accesses", "ALTER TABLE events RENAME COLUMN hash TO other"])
def test_a_table_of_the_record_that_is_gone_is_named_with_status_1(practice: Practice, statement: str) -> None:
    practice.low()
    with closing(sqlite3.connect(practice.database)) as raw, raw, without_triggers(raw, back=False):
        raw.execute(statement)
    for words in (["verify"], ["verify", "--json"]):
        said = practice.run(*words)
        assert (said.status, said.err) == (1, "")
        assert f"the table {statement.split()[2]}, which protects the record" in said.out


def test_a_chain_computed_anew_is_found_by_a_noted_head_only(practice: Practice, tmp_path: Path) -> None:
    """Somebody who has read the code raises the level, in the state and in every hash: all of it fits together."""
    reference = practice.consult()
    noted = tmp_path / "heads.txt"
    noted.write_text(practice.run("verify").out.splitlines()[1], encoding="utf-8")
    forge(practice.database, reference)
    assert practice.run("show", reference, "--json").data["result"]["level"] == "emergency"
    assert practice.run("verify").status == 0
    said = practice.run("verify", "--heads", str(noted))
    assert said.status == 1 and "not the one that was posted" in said.out


def test_a_state_that_does_not_follow_from_the_events_is_found(practice: Practice) -> None:
    """The hashes fit, but the row says something else than the events."""
    reference = practice.consult()
    forge(practice.database, reference, contents=False)
    said = practice.run("verify")
    assert said.status == 1 and f"consult {reference}: its state is not the one to which its events lead" in said.out


def forge(database: Path, reference: str, *, contents: bool = True) -> None:
    """Make a consult's level emergency, which was high, and compute every hash anew."""
    with closing(sqlite3.connect(database)) as raw, raw, without_triggers(raw):
        raw.row_factory = sqlite3.Row
        change = 'replace({0}, \'"level":"high"\', \'"level":"emergency"\')'
        if contents:
            raw.execute(f"UPDATE contents SET content = {change.format('content')}")
        raw.execute(f"UPDATE consults SET level = 'emergency', state = {change.format('state')}")
        row = raw.execute(f"SELECT {', '.join(COLUMNS)} FROM consults WHERE reference = ?", [reference]).fetchone()
        previous = "0" * 64
        for found in raw.execute("SELECT * FROM events JOIN contents ON event = id ORDER BY id").fetchall():
            fields = dict(found) | {"previous_hash": previous}
            fields["content_hash"] = salted_hash(found["salt"], found["content"])
            if found["state_hash"]:
                fields["state_hash"] = salted_hash(found["salt"], canonical(hashed_part(dict(row))))
            previous = event_hash(fields)
            values = [fields["content_hash"], fields["state_hash"], fields["previous_hash"], previous, found["id"]]
            raw.execute(
                "UPDATE events SET content_hash = ?, state_hash = ?, previous_hash = ?, hash = ? WHERE id = ?", values
            )


@pytest.mark.parametrize(
    ("head", "minutes", "is_explained"),
    [
        (Head(9, "a" * 64), -60, True),
        (Head(9, "a" * 64), None, True),  # nobody knows when it was posted
        (Head(9, "a" * 64), 60, False),
        (Head(8, "a" * 64), -60, False),  # the backup has this event
        (Head(3, "a" * 64, "accesses"), -60, True),
        (Head(2, "a" * 64, "accesses"), -60, False),
    ],
)
def test_a_restore_explains_only_heads_of_after_the_backup_that_were_posted_before_it(
    head: Head, minutes: float | None, is_explained: bool
) -> None:
    at = datetime.fromisoformat("2026-11-25T12:00:00-07:00")
    restore = Access(
        id=3,
        at=at.isoformat(),
        actor="x",
        what="restore",
        consult=None,
        detail={},
        after_event=8,
        previous_hash="",
        hash="",
    )
    posted_at = {} if minutes is None else {head: at + timedelta(minutes=minutes)}
    ends = [Head(20, "b" * 64), Head(20, "b" * 64, "accesses")]
    found = missing_end(
        [Fault(None, None, "an invented fault", head), Fault(1, None, "another")], [restore], ends, posted_at
    )
    assert (found is not None) == is_explained
    assert found is None or (found.restores, [fault.head for fault in found.faults]) == ((restore,), [head])


def test_what_two_restores_lost_is_told_of_both() -> None:
    at = datetime.fromisoformat("2026-11-25T12:00:00-07:00")
    one, two = (
        Access(
            id=number, at=(at + later).isoformat(), actor="x", what="restore", consult=None, detail={}, after_event=event,
            previous_hash="", hash="",
        )
        for number, event, later in ((3, 8, timedelta()), (5, 20, timedelta(days=2)))
    )  # fmt: skip
    first, second = Head(9, "a" * 64), Head(25, "a" * 64)
    posted_at = {first: at - timedelta(hours=1), second: at + timedelta(days=1)}
    faults = [Fault(None, None, "an invented fault", head) for head in (first, second)]
    found = missing_end(faults, [one, two], [Head(30, "b" * 64), Head(9, "b" * 64, "accesses")], posted_at)
    assert found is not None and found.restores == (one, two) and found.faults == tuple(faults)


BAD_HEADS = {
    "nothing": ("", "has no head in it"),
    "no hash": ("142", "line 1: not a head"),
    "a hash too short": ("142 abc", "line 1: not a head"),
    "another chain": (f"reads 3 {'a' * 64}", "line 1: not a head"),
    "a later line": (f"3 {'a' * 64}\nand so on", "line 2: not a head"),
}


@pytest.mark.parametrize("case", BAD_HEADS)
def test_a_file_of_heads_that_will_not_do_is_named(practice: Practice, tmp_path: Path, case: str) -> None:
    practice.low()
    text, expected = BAD_HEADS[case]
    (tmp_path / "heads.txt").write_text(text, encoding="utf-8")
    assert expected in practice.refused("verify", "--heads", "heads.txt")


def test_no_file_and_no_log(practice: Practice) -> None:
    assert "can't be read: no such file" in practice.refused("verify", "--heads", "nowhere.txt")
    assert "There is no log at" in practice.refused("verify")


def test_the_states_of_the_first_versions_kept_no_turn_and_no_review(practice: Practice) -> None:
    reference = practice.consult()
    with practice.log() as log:
        row, events = log.consult(reference), log.events(reference)
    del row.state["turn"], row.state["review"]
    assert state_fault(row, events) is None


@pytest.mark.no_cover  # it is timed
def test_ten_thousand_events_in_a_second(tmp_path: Path) -> None:
    """0.6 s on an idle machine of 2026; the processor's time and the best of three, since others may be at work on it."""
    answers = parse_answers({**COLORADO, **THREAT})
    evaluated = evaluate(answers, on=date(2026, 11, 25), reference=None)
    with open_log(tmp_path / "log.db") as log:
        desk = Desk(log, CLINICIAN)
        while (number := log.head().number) < 10_000:
            for _ in range(100):
                _, written = desk.submit_whole(answers, on=date(2026, 11, 25), evaluated=evaluated)
            written.result()
        times = []
        for _ in range(3):
            began = time.process_time()
            assert verify(log).faults == ()
            times.append(time.process_time() - began)
        assert number >= 9_000 and min(times) < 1, times
