"""What every engine must do. Nothing here knows how the log is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.storage import (
    PURGED,
    BadReference,
    ConsultRow,
    Head,
    Log,
    NoSuchConsult,
    Post,
    PostedHead,
    Profile,
    Purge,
    StaleRevision,
    Unstorable,
)
from bot.storage.references import ALPHABET

from .making import NOON, answer, begin, event, row

REF = "C-7F3K2"


def test_a_step_is_read_back_as_it_was_written(log: Log) -> None:
    full = row(
        REF,
        jurisdiction="CO",
        profession="psychologist",
        concern="harm_to_others",
        level="high",
        duty="must_act",
        status="result",
        follow_up="2026-03-05T09:00:00+00:00",
        table_version="t-1",
        flow_version="f-1",
        state={
            "answers": {"threat": "explicit"},
            "asked": ["threat", None, 3, 1.5, True],
            "text": "é ☂ \x00 𝄞",
        },
    )
    events = [event("started"), event(key="threat", value="explicit")]

    assert log.append(REF, events, full, expected_revision=0) == 2
    assert log.consult(REF) == replace(full, revision=2)
    stored = log.events(REF)
    assert [(e.revision, e.kind, e.at, e.actor, e.data) for e in stored] == [
        (1, "started", NOON, "clinician-one", {}),
        (2, "answered", NOON, "clinician-one", {"key": "threat", "value": "explicit"}),
    ]


def test_the_state_is_replaced_and_the_events_are_added(log: Log) -> None:
    begin(log, REF, status="open")
    assert answer(log, REF, 1, key="harm", value="physical") == 2
    assert answer(log, REF, 2, key="harm", value="unknown") == 3

    assert log.consult(REF).state == {"key": "harm", "value": "unknown"}
    assert [e.kind for e in log.events(REF)] == ["started", "answered", "answered"]


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_a_step_for_another_revision_is_refused_and_nothing_is_written(log: Log, expected: int) -> None:
    begin(log, REF)
    answer(log, REF, 1, key="harm", value="physical")
    before = log.consult(REF), log.events(REF)

    with pytest.raises(StaleRevision) as refused:
        answer(log, REF, expected, key="harm", value="property")

    assert (refused.value.expected, refused.value.found) == (expected, 2)
    assert str(expected) in str(refused.value)
    assert "Nothing was written" in str(refused.value)
    assert (log.consult(REF), log.events(REF)) == before


def test_a_consult_cannot_begin_in_the_middle(log: Log) -> None:
    with pytest.raises(StaleRevision):
        answer(log, REF, 4, key="harm", value="physical")
    with pytest.raises(NoSuchConsult):
        log.consult(REF)


@pytest.mark.parametrize(
    ("data", "because"),
    [
        ({"value": {"a", "b"}}, "set is not JSON"),
        ({"value": float("nan")}, "not JSON"),
        ({"value": "half \ud83d of a character"}, "broken character"),
        ({"half \ud83d of a character": 1}, "broken character"),
    ],
)
def test_what_is_not_json_is_refused_and_nothing_is_written(log: Log, data: dict[str, Any], because: str) -> None:
    with pytest.raises(Unstorable, match=because):
        log.append(REF, [event(**data)], row(REF), expected_revision=0)
    with pytest.raises(Unstorable, match=because):
        log.append(REF, [event()], row(REF, state=data), expected_revision=0)
    assert log.consults() == []


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([], id="none"),
        pytest.param([{"kind": "x", "at": NOON, "actor": "a"}], id="no data"),
        pytest.param([event() | {"more": 1}], id="a field too many"),
        pytest.param([event() | {"actor": ""}], id="nobody"),
        pytest.param([event() | {"at": 5}], id="a number for a time"),
        pytest.param([event() | {"data": "text"}], id="data that is text"),
    ],
)
def test_a_step_that_only_a_fault_in_the_program_can_give_is_an_ordinary_error(log: Log, events: list[Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        log.append(REF, events, row(REF), expected_revision=0)
    assert log.consults() == []


def test_the_row_of_another_consult_is_refused(log: Log) -> None:
    with pytest.raises(ValueError, match="C-00000"):
        log.append(REF, [event()], row("C-00000"), expected_revision=0)


def test_submitted_steps_are_done_in_order_and_each_hears_its_own_result(log: Log) -> None:
    futures = [
        log.submit(REF, [event(n=n)], row(REF), expected_revision=expected) for n, expected in enumerate([0, 1, 7, 2])
    ]
    assert [futures[0].result(), futures[1].result(), futures[3].result()] == [1, 2, 3]
    assert isinstance(futures[2].exception(), StaleRevision)
    assert [e.data for e in log.events(REF)] == [{"n": 0}, {"n": 1}, {"n": 3}]


def test_what_was_written_is_there_when_the_log_is_opened_again(open_again: Callable[[], Log]) -> None:
    with open_again() as first:
        begin(first, REF)
        waiting = [first.submit(f"C-{n:05}", [event()], row(f"C-{n:05}"), expected_revision=0) for n in range(50)]
    assert all(future.done() for future in waiting), "closing finishes what was submitted"
    second = open_again()
    assert len(second.consults(limit=100)) == 51
    assert second.check_chain() == []


def test_threads_share_a_log(log: Log) -> None:
    seen: list[str] = []

    def work(name: int) -> None:
        reference = f"C-{name:05}"
        revision = begin(log, reference)
        for n in range(10):
            revision = answer(log, reference, revision, n=n)
        seen.append(log.consult(reference).reference)

    threads = [threading.Thread(target=work, args=[name]) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [f"C-{n:05}" for n in range(8)]
    assert log.check_chain() == []


@pytest.mark.parametrize("given", ["C-7F3K2", "c-7f3k2", " C7F3K2 ", "7f3k2", "C 7F3K2", "C\u20137F3K2", "C_7F3K2"])
def test_a_consult_is_found_however_its_reference_is_written(log: Log, given: str) -> None:
    begin(log, REF)
    assert log.consult(given).reference == REF
    assert log.events(given)[0].consult == REF


@pytest.mark.parametrize(
    ("given", "slip"),
    [
        ("C-7F3K3", "one wrong"),
        ("C-F73K2", "two swapped"),
        ("C-7F3K", "one missing"),
        ("C-7F33K2", "one doubled"),
    ],
)
def test_a_slip_of_the_pen_gets_a_suggestion(log: Log, given: str, slip: str) -> None:
    begin(log, REF)
    begin(log, "C-00000")
    with pytest.raises(NoSuchConsult, match=f"no consult {given}. Did you mean C-7F3K2") as refused:
        log.consult(given)
    assert refused.value.nearest == (REF,), slip


def test_a_reference_like_no_other_gets_no_suggestion(log: Log) -> None:
    begin(log, REF)
    for read in (log.consult, log.events):
        with pytest.raises(NoSuchConsult, match=r"no consult C-99999. `curbside log`"):
            read("C-99999")


@pytest.mark.parametrize("given", ["", "   ", "violence", "C-", "C-7F3K2; DROP TABLE events", "☂☂☂☂☂", "x" * 1000])
def test_what_cannot_be_a_reference_is_said_to_be_none(log: Log, given: str) -> None:
    with pytest.raises(BadReference, match="is not a reference") as refused:
        log.consult(given)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 200


def test_new_references_are_unused_and_easy_to_copy(log: Log) -> None:
    made = {log.new_reference() for _ in range(300)}
    assert len(made) >= 299  # 1 in 500 that chance repeats one where the engine does not look
    for reference in made:
        assert reference.startswith("C-")
        assert len(reference) == 7
        assert set(reference[2:]) <= set(ALPHABET)
    assert not set(ALPHABET) & set("AEIOUL")


def test_consults_are_listed_newest_first_by_page_and_by_status(log: Log) -> None:
    for n in range(7):
        begin(log, f"C-0000{n}", status="closed" if n % 2 else "open", clinician="b" if n == 6 else "a")

    def codes(rows: list[ConsultRow]) -> list[int]:
        return [int(row.reference[-1]) for row in rows]

    assert codes(log.consults()) == [6, 5, 4, 3, 2, 1, 0]
    assert codes(log.consults(limit=3)) == [6, 5, 4]
    assert codes(log.consults(limit=3, before="c-00004")) == [3, 2, 1]
    assert codes(log.consults(limit=2, before="C-00005", status="closed")) == [3, 1]
    assert codes(log.consults(clinician="a", status="open")) == [4, 2, 0]
    assert log.consults(limit=0) == log.consults(limit=-1) == log.consults(status="nothing like it") == []
    with pytest.raises(NoSuchConsult):
        log.consults(before="C-99999")


def test_open_consults_are_the_clinicians_own_unfinished_ones_last_touched_first(log: Log) -> None:
    for n, status in enumerate(["open", "closed", "paused", "cancelled", "expired", "result"]):
        begin(log, f"C-0000{n}", status=status, clinician="a", updated_at=f"2026-03-0{9 - n}T00:00:00+00:00")
    begin(log, "C-00009", clinician="b")
    assert [row.status for row in log.open_consults("a")] == ["open", "paused", "result"]
    assert log.open_consults("nobody") == []


def test_a_profile_is_remembered_and_replaced(log: Log) -> None:
    assert log.profile("a") is None
    log.remember_profile("a", Profile(jurisdiction="CO", profession="psychologist", workplace={"inpatient": "no"}))
    moved = Profile(jurisdiction="TX", profession="social_worker", workplace={"facility": "yes"})
    log.remember_profile("a", moved)
    assert log.profile("a") == moved
    assert log.profile("b") is None


def test_the_chain_of_an_honest_log_is_whole(log: Log) -> None:
    assert log.check_chain() == []
    for n in range(3):
        begin(log, f"C-0000{n}")
        answer(log, f"C-0000{n}", 1, key="plan", value="none")
    assert log.check_chain() == []
    events = [e for n in range(3) for e in log.events(f"C-0000{n}")]
    assert [e.id for e in events] == [1, 2, 3, 4, 5, 6]
    assert [e.previous_hash for e in events] == ["0" * 64, *(e.hash for e in events[:-1])]


def test_who_read_what_stands_in_a_chain_of_its_own(log: Log, open_again: Callable[[], Log]) -> None:
    begin(log, "C-00001")
    begin(log, "C-00002")
    assert (log.access_head().number, log.access_head().chain) == (0, "accesses")
    assert log.record_access("shown", at=NOON, actor="one", reference="C-00001", detail={"page": 1}) == 1
    begin(log, "C-00003")
    assert log.record_access("backup", at=NOON, actor="two") == 2
    first, second = open_again().accesses()
    assert (first.what, first.actor, first.consult, first.detail, first.after_event) == (
        "shown",
        "one",
        "C-00001",
        {"page": 1},
        2,
    )
    assert (second.consult, second.detail, second.after_event, second.previous_hash) == (None, {}, 3, first.hash)
    assert log.accesses("c-00001") == [first] and log.accesses("C-00002") == []
    assert log.access_head() == Head(2, second.hash, "accesses")
    assert log.head().number == 3, "reading is no event"
    with pytest.raises(Unstorable):
        log.record_access("shown", at=NOON, actor="one", detail={"page": {1}})
    with pytest.raises(NoSuchConsult):
        log.record_access("shown", at=NOON, actor="one", reference="C-00009")
    with pytest.raises(NoSuchConsult):
        log.accesses("C-99999")


def test_heads_that_were_posted_are_remembered_once(log: Log, open_again: Callable[[], Log]) -> None:
    assert log.head() == Head(0, "0" * 64)
    begin(log, "C-00001")
    of_events, of_accesses = log.head(), log.access_head()
    assert of_events.hash == log.events("C-00001")[-1].hash
    for head in (of_accesses, of_events, of_events):
        log.note_posted_head(PostedHead(head=head, at=NOON, where="C0SUPERVISORS/1.2"))
    found = open_again().posted_heads()
    assert [one.head for one in found] == [of_events, of_accesses]
    assert {(one.at, one.where) for one in found} == {(NOON, "C0SUPERVISORS/1.2")}


def test_consults_are_found_by_what_happened_after_a_head(log: Log) -> None:
    begin(log, "C-00001")
    begin(log, "C-00002")
    head = log.head().number
    assert log.consults_with(["started"], after=0, limit=5) == ["C-00002", "C-00001"]
    assert log.consults_with(["started"], after=0, limit=1) == ["C-00002"]
    assert log.consults_with(["started"], after=head, limit=5) == []
    for revision in (1, 2):
        answer(log, "C-00001", revision, n=revision)
    assert log.consults_with(["started", "answered"], after=head, limit=5) == ["C-00001"]
    assert log.consults_with(["started"], after=head, limit=5) == [] == log.consults_with([], after=0, limit=5)


def test_a_purge_removes_all_or_nothing(log: Log, open_again: Callable[[], Log]) -> None:
    begin(log, "C-00001")
    answer(log, "C-00001", 1, n=1)
    begin(log, "C-00002")
    log.queue([Post(lane="dm:U1", method="chat.postMessage", body={"text": "C-00001 waits"}, priority=1)])
    left = [row("C-00001", status=PURGED), row("C-00002", status=PURGED)]
    with pytest.raises(StaleRevision):
        log.purge([Purge(at=NOON, actor="x", left=one, expected_revision=2) for one in left])
    assert all(event.data is not None for event in log.events("C-00001")) and not log.sweep_due()
    log.purge([Purge(at=NOON, actor="x", left=left[0], expected_revision=2)])
    again = open_again()
    events = again.events("C-00001")
    assert [event.kind for event in events] == ["started", "answered", "content_purged"]
    assert [event.data for event in events] == [None, None, {"events": [1, 2]}]
    assert (again.consult("C-00001").status, again.consult("C-00001").revision) == (PURGED, 3)
    assert again.due(9e9, 10) == []
    assert again.check_chain() == []
    assert again.sweep_due()
    log.sweep()
    assert not again.sweep_due()
