"""The desk: each step is written with what it sends, in one transaction, and once for each message that asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from bot.beside import Record
from bot.desk import Desk, kept, words_of
from bot.storage import AlreadySeen, Log, Post, StaleRevision, open_log
from flows.consult import Consult, Step
from flows.errors import AnswerError
from flows.machine import RESULT, REVIEW

AT = "2026-03-02T14:03:11-07:00"
WORKS = {"jurisdiction": "CO", "profession": "nurse", "setting": []}


def telling(before: Consult | None, step: Step, record: Record, after: Record) -> Sequence[Post]:
    """One post for each event of a step; it says where the consult was and what happened."""
    was = before.state if before else None
    says = [{"was": was, "kind": event.kind} for event in step.events]
    return [Post(lane="dm:U1", method="chat.postMessage", body=body, priority=1) for body in says]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with open_log(tmp_path / "log.db") as opened:
        yield opened


@pytest.fixture
def desk(log: Log) -> Desk:
    return Desk(log, "U1", clock=lambda: AT, announce=telling)


def sent(log: Log) -> list[tuple[str | None, str]]:
    """What the steps have sent, in order; it counts as sent from now on."""
    found = []
    while rows := log.due(1e12, 1):
        found.append((rows[0].body["was"], rows[0].body["kind"]))
        log.mark_sending(rows[0].id, 1.0)
        log.mark_sent(rows[0].id, 1.0)
    return found


def to_review(desk: Desk) -> Consult:
    """A consult with every answer not known but the place; at its review."""
    now = desk.take(desk.start(WORKS), Consult.answer, {"concern": "harm_to_others"})
    while now.consult.asks:
        one = now.consult.asks[0]
        now = desk.take(now, Consult.answer, {one.question: {} if one.items or one.question in LISTS else "unknown"})
    return now.consult


LISTS = ("aggravating", "protective", "accepts", "setting")


def test_a_step_is_written_with_what_it_sends(desk: Desk, log: Log) -> None:
    first = desk.start(WORKS)
    desk.take(first, Consult.answer, {"concern": "harm_to_others"})
    assert sent(log) == [(None, "started"), ("concern", "answered")]


def test_what_is_given_at_the_start_counts_before_what_is_remembered(desk: Desk) -> None:
    to_review(desk)
    desk.confirm(desk.last_open())  # type: ignore[arg-type]
    assert desk.start().consult.facts["jurisdiction"] == "CO"
    assert desk.start({"jurisdiction": "TX"}).consult.facts["jurisdiction"] == "TX"
    with pytest.raises(AnswerError, match="XX"):
        desk.start({"jurisdiction": "XX"})


def test_a_delivery_is_taken_once(desk: Desk, log: Log) -> None:
    first = desk.start(WORKS, delivery="one")
    with pytest.raises(AlreadySeen):
        desk.start(WORKS, delivery="one")
    after = desk.take(first, Consult.answer, {"concern": "harm_to_others"}, delivery="two")
    with pytest.raises(AlreadySeen):
        desk.take(first, Consult.answer, {"concern": "harm_to_self"}, delivery="two")
    with pytest.raises(StaleRevision):
        desk.take(first, Consult.answer, {"concern": "harm_to_self"}, delivery="three")
    assert desk.open(first.reference).consult == after.consult
    assert sent(log) == [(None, "started"), ("concern", "answered")]


def test_danger_at_a_result_evaluates_again_in_the_same_step(desk: Desk, log: Log) -> None:
    to_review(desk)
    at_result = desk.confirm(desk.last_open())  # type: ignore[arg-type]
    assert at_result.consult.result is not None and at_result.consult.result["level"] != "emergency"
    sent(log)
    after = desk.say_danger(at_result)
    assert after.consult.state == RESULT and after.consult.result is not None
    assert after.consult.result["level"] == "emergency" and after.consult.turn == at_result.consult.turn + 2
    assert sent(log) == [(RESULT, "danger_said"), (RESULT, "evaluated")]
    assert kept(log.consult(after.reference)).consult == after.consult


def test_a_turn_ends_when_something_new_is_shown(desk: Desk) -> None:
    now = desk.take(desk.start(WORKS), Consult.answer, {"concern": "harm_to_others"})
    now = desk.take(now, Consult.answer, {"threat": "explicit"})
    turn = now.consult.turn
    now = desk.take(now, Consult.answer, {"victim": "named"})  # the same screen still asks for the harm
    assert now.consult.turn == turn
    now = desk.take(now, Consult.change, "threat", "vague")
    assert now.consult.turn == turn
    now = desk.say_danger(now)
    assert now.consult.turn == turn + 1
    now = desk.take(desk.take(now, Consult.pause), Consult.resume)
    assert now.consult.turn == turn + 3


def test_a_change_in_the_review_shows_it_anew(desk: Desk) -> None:
    turn = to_review(desk).turn
    now = desk.take(desk.last_open(), Consult.change, "history", "violence")  # type: ignore[arg-type]
    assert (now.consult.state, now.consult.turn) == (REVIEW, turn + 1)


def test_evaluating_is_done_under_the_law_of_the_day(desk: Desk) -> None:
    to_review(desk)
    at_result = desk.confirm(desk.last_open())  # type: ignore[arg-type]
    assert at_result.consult.result is not None
    assert at_result.consult.result["law"]["evaluated_on"] == date(2026, 3, 2).isoformat()


def test_words_are_looked_up_once_all_is_answered_or_there_is_danger(desk: Desk, log: Log) -> None:
    now = desk.take(desk.start(WORKS), Consult.answer, {"concern": "harm_to_others"})
    now = desk.take(now, Consult.answer, {"threat": "explicit"})
    assert not log.search("explicit") and not log.search("threatened"), "while it is being asked"
    assert [hit.consult.reference for hit in log.search("harm_to_others CO")] == [now.reference], "its facts are"
    words = desk_words(desk.say_danger(now).consult)
    assert [hit.consult.reference for hit in log.search(words)] == [now.reference]
    reviewed = to_review(desk)
    assert {hit.consult.reference for hit in log.search("others")} == {now.reference, reviewed.reference}


def desk_words(consult: Consult) -> str:
    """A line of what can be looked up of it, as a phrase."""
    return f'"{words_of(consult).splitlines()[0]}"'
