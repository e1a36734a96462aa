"""The outbox: what a step sends to Slack is kept with the step, and is sent in order, once, or looked up.

The first part is what every engine must do; the second what is so in SQLite, with its file.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.storage import AlreadySeen, Log, LogError, Post, QueuedPost, StaleRevision, Unstorable, open_log
from bot.storage.migrations import LAYOUT, STEPS
from bot.storage.opening import connect

from .making import ROOT, answer, begin, event, python, row

REF = "C-7F3K2"
LANE = "dm:U1"
NOW = 4_000_000_000.0  # later than the clock says while this test is of use


def post(text: str, *, lane: str = LANE, priority: int = 1, **more: Any) -> Post:
    """A post that can be sent as it stands, known by its text."""
    body: Mapping[str, Any] = {"text": text, **more.pop("body", {})}
    return Post(lane=lane, method=more.pop("method", "chat.postMessage"), body=body, priority=priority, **more)


def edit(text: str, *, coalesce: str | None = None, **more: Any) -> Post:
    """A cosmetic edit."""
    return post(text, method="chat.update", priority=3, coalesce=coalesce, **more)


def in_slot(name: str) -> dict[str, Any]:
    """Part of a body that the sender fills in."""
    return {"body": {"thread_ts": {"slot": name}}}


def due(log: Log, now: float = NOW) -> list[str]:
    """The texts of what may be sent."""
    return [row.body["text"] for row in log.due(now, limit=100)]


def next_due_at(log: Log, now: float) -> float | None:
    """When something is due next, `now` at the earliest; None when nothing will be until more is written or marked."""
    return min((max(now, row.not_before) for row in log.next_posts()), default=None)


def take(log: Log, text: str, now: float = NOW) -> int:
    """The id of a row that is due, marked as being sent."""
    found = next(row.id for row in log.due(now, limit=100) if row.body["text"] == text)
    assert log.mark_sending(found, now)
    return found


def send(log: Log, text: str, now: float = NOW, slots: Mapping[str, str] | None = None) -> None:
    """Send a row that is due."""
    log.mark_sent(take(log, text, now), now, slots)


def send_all(log: Log, now: float = NOW) -> list[str]:
    """Send until nothing is due any more; what was sent, in order. A post's slot is filled with its row's id."""
    sent = []
    while rows := log.due(now, limit=1):
        assert log.mark_sending(rows[0].id, now)
        log.mark_sent(rows[0].id, now, {rows[0].slot: str(rows[0].id)} if rows[0].slot else {})
        sent.append(rows[0].body["text"])
    return sent


# With a step


def step(log: Log, *posts: Post, revision: int = 0, delivery: str | None = None, **data: Any) -> int:
    """One step with what it sends."""
    return log.append(
        REF, [event(**data)], row(REF, state=data), expected_revision=revision, posts=posts, delivery=delivery
    )


def test_a_post_is_there_once_its_step_is(log: Log) -> None:
    before = time.time()
    body = {"channel": {"slot": "dm:U1"}, "blocks": [{"type": "divider"}], "text": "é ☂ <!here>"}
    given = Post(lane=LANE, method="chat.postMessage", body=body, priority=1, slot="thread:C-7F3K2")

    assert step(log, given) == 1
    (found,) = log.due(NOW, limit=10)

    assert before <= found.created_at <= time.time()
    assert found == QueuedPost(
        id=1,
        lane=LANE,
        method="chat.postMessage",
        body=body,
        priority=1,
        slot="thread:C-7F3K2",
        state="waiting",
        attempts=0,
        created_at=found.created_at,
        tried_at=None,
    )


def test_a_refused_step_leaves_no_post_and_no_delivery(log: Log) -> None:
    step(log)
    with pytest.raises(StaleRevision):
        step(log, post("never"), revision=7, delivery="Ev1")
    assert log.outbox_counts() == {}

    assert step(log, post("the same delivery, on the right revision"), revision=1, delivery="Ev1") == 2
    assert log.outbox_counts() == {"waiting": 1}


def test_a_delivery_is_handled_once(log: Log) -> None:
    step(log, post("one"), delivery="Ev1")
    before = log.consult(REF), log.events(REF)
    for revision in (0, 1):  # a repeated delivery is called that, though its revision is mostly an old one too
        with pytest.raises(AlreadySeen) as refused:
            step(log, post("two"), revision=revision, delivery="Ev1")
        assert refused.value.delivery == "Ev1"
        assert isinstance(refused.value, LogError)
    assert (log.consult(REF), log.events(REF)) == before
    assert due(log) == ["one"]

    step(log, post("three"), revision=1, delivery="Ev2")
    step(log, post("four"), revision=2)
    assert log.outbox_counts() == {"waiting": 3}


def test_submitted_steps_each_have_their_own_posts_or_none(log: Log) -> None:
    steps = [(0, "Ev1"), (7, "Ev2"), (1, "Ev1"), (1, "Ev2")]
    futures = [
        log.submit(
            REF,
            [event(n=n)],
            row(REF),
            expected_revision=revision,
            posts=[post(f"{n}", lane=f"{n}")],
            delivery=delivery,
        )
        for n, (revision, delivery) in enumerate(steps)
    ]
    assert [type(future.exception()) for future in futures] == [type(None), StaleRevision, AlreadySeen, type(None)]
    assert due(log) == ["0", "3"]


def test_posts_without_a_step_go_by_the_same_rules(log: Log) -> None:
    log.queue([post("hello"), post("how this works")], delivery="Ev1")
    with pytest.raises(AlreadySeen):
        log.queue([post("hello again")], delivery="Ev1")
    log.queue([], delivery="Ev2")
    with pytest.raises(AlreadySeen):
        step(log, post("never"), delivery="Ev2")
    log.queue([])
    assert send_all(log) == ["hello", "how this works"]
    assert log.consults() == []


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (post("half \ud83d of a character"), Unstorable),
        (post("a set", body={"blocks": {1, 2}}), Unstorable),
        (post("x", slot="half \ud83d of a character"), Unstorable),
        (post("x", lane=""), ValueError),
        (post("x", method=""), ValueError),
        (post("x", slot=""), ValueError),
        (post("x", coalesce=""), ValueError),
        (post("x", priority=4), ValueError),
        (post("x", priority=-1), ValueError),
        (Post(lane=LANE, method="chat.postMessage", body=["x"], priority=1), TypeError),  # type: ignore[arg-type]
    ],
)
def test_a_post_that_cannot_be_kept_keeps_its_step_back(log: Log, bad: Post, error: type[Exception]) -> None:
    with pytest.raises(error) as refused:
        step(log, post("good"), bad, delivery="Ev1")
    assert "of a character" not in str(refused.value), "no content in a message"
    with pytest.raises(error):
        log.queue([post("good"), bad], delivery="Ev1")
    assert (log.consults(), log.outbox_counts()) == ([], {})
    step(log, delivery="Ev1")


def test_a_delivery_has_an_id(log: Log) -> None:
    with pytest.raises(ValueError, match="delivery's id"):
        log.queue([post("x")], delivery="")


# Order


def test_a_lane_is_sent_in_the_order_in_which_it_was_written(log: Log) -> None:
    log.queue([post("a card", priority=2), post("a question"), post("another")])
    assert due(log) == ["a card"], "a question does not overtake what its conversation shows before it"
    sending = take(log, "a card")
    assert due(log) == [], "nor while that is on its way"
    log.mark_sent(sending, NOW)
    assert send_all(log) == ["a question", "another"]
    assert log.outbox_counts() == {"sent": 3}


def test_lanes_do_not_wait_for_each_other_and_go_by_priority(log: Log) -> None:
    log.queue([edit("edit", lane="a"), post("card", lane="b", priority=2), post("first", lane="c")])
    log.queue([post("second", lane="d"), post("page", lane="e", priority=0)])
    assert due(log) == ["page", "first", "second", "card", "edit"]
    assert [row.body["text"] for row in log.due(NOW, limit=2)] == ["page", "first"]
    assert log.due(NOW, limit=0) == log.due(NOW, limit=-1) == []


def test_a_page_neither_waits_nor_keeps_back(log: Log) -> None:
    log.queue([post("question"), post("page", priority=0), post("page to the next", priority=0)])
    assert due(log) == ["page", "page to the next", "question"]
    take(log, "question")
    assert due(log) == ["page", "page to the next"]
    log.mark_in_doubt(take(log, "page"), NOW)
    assert due(log) == ["page", "page to the next"]


def test_a_cosmetic_edit_keeps_nothing_back_and_waits_for_the_rest_of_its_lane(log: Log) -> None:
    log.queue([edit("shrink"), post("question"), post("and its card", priority=2), edit("shrink the next")])
    log.queue([edit("elsewhere", lane="dm:U2")])
    assert due(log) == ["question", "elsewhere"]
    send(log, "question")
    assert due(log) == ["and its card", "elsewhere"]
    card = take(log, "and its card")
    assert due(log) == ["elsewhere"], "not while something is on its way"
    log.retry_later(card, NOW + 60)
    assert due(log) == ["elsewhere"], "nor while it waits for its time"
    log.mark_in_doubt(card, NOW)
    assert due(log) == ["and its card", "elsewhere"]
    send(log, "and its card")
    assert send_all(log) == ["shrink", "shrink the next", "elsewhere"]


def test_a_question_does_not_wait_for_an_edit_that_is_on_its_way_or_in_doubt(log: Log) -> None:
    log.queue([edit("shrink")])
    sending = take(log, "shrink")
    log.queue([post("question")])
    assert due(log) == ["question"]
    log.mark_in_doubt(sending, NOW)
    assert send_all(log) == ["question", "shrink"]


def test_an_edit_waits_for_a_page_of_its_lane(log: Log) -> None:
    log.queue([edit("shrink"), post("emergency card", priority=0)])
    assert due(log) == ["emergency card"]
    assert send_all(log) == ["emergency card", "shrink"]


def test_what_has_failed_keeps_nothing_back(log: Log) -> None:
    log.queue([post("to a channel that is gone"), edit("shrink"), post("question")])
    log.mark_failed(take(log, "to a channel that is gone"), "channel_not_found")
    assert send_all(log) == ["question", "shrink"]
    assert log.outbox_counts() == {"failed": 1, "sent": 2}


# A newer one in place of an older one


def test_a_waiting_row_is_replaced_by_a_newer_one_of_the_same_kind(log: Log) -> None:
    log.queue([edit("home, old", lane="home:U1", coalesce="home:U1")])
    log.queue([edit("home of another", lane="home:U2", coalesce="home:U2"), edit("an edit that replaces nothing")])
    log.queue([edit("home, newer", lane="home:U1", coalesce="home:U1"), edit("another that replaces nothing")])
    log.queue([edit("home, newest", lane="home:U1", coalesce="home:U1")])
    rest = ["an edit that replaces nothing", "another that replaces nothing"]
    assert sorted(send_all(log)) == sorted(["home of another", "home, newest", *rest])
    assert log.outbox_counts() == {"sent": 4}


def test_a_weighty_edit_replaces_the_cosmetic_one_that_would_come_after_it(log: Log) -> None:
    log.queue([post("next question"), edit("answered: stated", coalesce="screen:1")])
    log.queue([post("the question again", method="chat.update", coalesce="screen:1")])
    assert send_all(log) == ["next question", "the question again"]


def test_a_row_that_was_read_and_then_replaced_is_not_sent(log: Log) -> None:
    log.queue([edit("old", coalesce="x")])
    (read,) = log.due(NOW, limit=1)
    log.queue([edit("new", coalesce="x")])
    assert log.mark_sending(read.id, NOW) is False
    log.mark_sent(read.id, NOW, {"thread": "1.0"})
    assert due(log) == ["new"]
    assert log.slot("thread") is None


def test_what_is_being_sent_or_in_doubt_is_not_replaced(log: Log) -> None:
    """Slack may have it already, so the newer one must come after it."""
    log.queue([edit("old", coalesce="x")])
    sending = take(log, "old")
    log.queue([edit("newer", coalesce="x")])
    log.mark_in_doubt(sending, NOW)
    log.queue([edit("newest", coalesce="x")])
    assert send_all(log) == ["old", "newest"]


@pytest.mark.parametrize(
    "newer",
    [
        pytest.param(post("newer", method="chat.update", coalesce="x"), id="a more urgent one"),
        pytest.param(edit("newer", coalesce="x", lane="another"), id="one in another lane"),
    ],
)
def test_a_newer_one_is_never_overtaken_by_the_older_one_that_it_replaces(log: Log, newer: Post) -> None:
    """Slack keeps what arrives last."""
    log.queue([edit("old", coalesce="x")])
    older = take(log, "old")
    log.queue([newer])
    assert due(log) == [], "the older one is on its way"
    log.mark_in_doubt(older, NOW)
    assert due(log) == ["old"], "it may be on its way, and nothing is between it and the newer one"
    assert send_all(log) == ["old", "newer"]


def test_an_edit_in_doubt_that_an_urgent_one_waits_for_does_not_wait_for_the_rest_of_its_lane(log: Log) -> None:
    log.queue([edit("old", coalesce="x")])
    older = take(log, "old")
    log.queue([post("question"), post("newer", method="chat.update", coalesce="x"), post("and its card", priority=2)])
    assert due(log) == ["question"], "which is no edit of it"
    log.mark_in_doubt(older, NOW)
    assert send_all(log) == ["question", "old", "newer", "and its card"]


def test_what_was_told_to_wait_is_not_hurried_by_a_newer_one(log: Log) -> None:
    log.queue([edit("old", coalesce="x")])
    log.retry_later(take(log, "old"), NOW + 30)
    log.queue([edit("new", coalesce="x")])
    assert (due(log), due(log, NOW + 30)) == ([], ["new"])


def test_a_row_is_read_as_it_stands(log: Log) -> None:
    log.queue([edit("old", coalesce="x"), post("question", lane="b")])
    old, question = sorted(row.id for row in log.next_posts())
    assert log.queued(question) == next(row for row in log.due(NOW, limit=9) if row.id == question)
    log.queue([edit("new", coalesce="x")])
    assert log.queued(old) is None, "it was replaced"
    send(log, "question")
    assert log.queued(question) is None
    assert log.queued(99) is None


def test_what_tidies_up_can_be_left_out_of_a_look(log: Log) -> None:
    log.queue([edit("shrink"), post("question", lane="b")])
    both, one = log.next_posts(), log.next_posts(tidying=False)
    assert [row.priority for row in both] == [1, 3] and list(one) == [both[0]]


# Slots


def test_a_reply_waits_until_its_thread_is_known(log: Log) -> None:
    log.queue([post("consult begins", slot="thread:1"), post("question", **in_slot("thread:1"))])
    assert due(log) == ["consult begins"]
    send(log, "consult begins", slots={"thread:1": "1700.5"})
    assert log.slot("thread:1") == "1700.5"
    assert due(log) == ["question"]


@pytest.mark.parametrize("before", ["", "\\", '\\"', '"}'])
def test_words_that_look_like_a_slot_are_words(log: Log, before: str) -> None:
    words = f'{before}{{"slot":"thread:1"}}'
    log.queue([post("consult begins", slot="thread:1"), post("somebody", lane="dm:U2", body={"text": words})])
    assert words in [row.body["text"] for row in log.due(NOW, 9)]


def test_a_page_waits_for_its_thread_too(log: Log) -> None:
    log.queue([post("consult begins", slot="thread:1"), post("emergency card", priority=0, **in_slot("thread:1"))])
    assert due(log) == ["consult begins"]
    assert send_all(log) == ["consult begins", "emergency card"]


def test_an_edit_waits_for_the_post_that_it_edits(log: Log) -> None:
    log.queue([post("page", lane="supervisors", slot="page:1")])
    log.queue([edit("seen", **in_slot("page:1"))])
    assert due(log) == ["page"]
    assert send_all(log) == ["page", "seen"]


def test_a_row_that_waits_for_another_lane_keeps_its_place(log: Log) -> None:
    log.queue([post("page", lane="supervisors", slot="page:1")])
    log.queue([post("your supervisors have it", **in_slot("page:1")), post("question")])
    sending = take(log, "page")
    assert due(log) == []
    log.mark_sent(sending, NOW, {"page:1": "1700.5"})
    assert send_all(log) == ["your supervisors have it", "question"]


def test_the_conversation_itself_is_opened_by_the_sender(log: Log) -> None:
    log.queue([post("hello", body={"channel": {"slot": "dm:U1"}})])
    assert due(log) == ["hello"]


@pytest.mark.parametrize(
    "body",
    [
        {"ts": {"slot": "deep"}},
        {"blocks": [{"elements": [{"url": {"slot": "deep"}}]}]},
        {"channel": {"slot": "dm:U1"}, "ts": {"slot": "deep"}},
    ],
)
def test_a_slot_is_seen_wherever_it_stands_in_a_body(log: Log, body: dict[str, Any]) -> None:
    log.queue([post("x", body=body)])
    assert due(log) == []
    log.set_slot("deep", "1700.5")
    assert due(log) == ["x"]


def test_an_object_with_more_than_a_slot_is_none(log: Log) -> None:
    log.queue([post("x", body={"a": {"slot": "b", "more": 1}, "slot": "c", "d": {"slot": 5}})])
    assert due(log) == ["x"]


def test_what_waits_for_a_post_that_failed_keeps_nothing_back(log: Log) -> None:
    """Nor does what waits for that in turn. If somebody fills the slot later, it is sent."""
    log.queue([post("consult begins", slot="thread:1"), post("question", slot="screen:1", **in_slot("thread:1"))])
    log.queue([post("the same, edited", **in_slot("screen:1")), edit("shrink", **in_slot("screen:1"))])
    log.queue([post("another consult"), edit("another edit")])
    log.mark_failed(take(log, "consult begins"), "channel_not_found")

    assert send_all(log) == ["another consult", "another edit"]
    assert next_due_at(log, NOW) is None
    assert log.outbox_counts() == {"failed": 1, "sent": 2, "waiting": 3}
    log.set_slot("thread:1", "1700.5")
    assert send_all(log) == ["question", "the same, edited", "shrink"]


@pytest.mark.parametrize(
    "posts",
    [
        pytest.param([post("1", **in_slot("x")), post("2", slot="x")], id="the later one fills it"),
        pytest.param([post("1", slot="x", **in_slot("x")), post("2")], id="its own"),
        pytest.param([edit("1", slot="x"), post("2", **in_slot("x"))], id="a cosmetic one fills it"),
    ],
)
def test_rows_that_wait_for_each_other_do_not_stop_a_lane(log: Log, posts: list[Post]) -> None:
    log.queue([*posts, post("3")])
    assert "3" in send_all(log)


def test_slots_are_found_by_how_they_begin(log: Log) -> None:
    for name in ("screen:C_1:b", "screen:C_1:a", "screen:CX1:a", "SCREEN:C_1:a", "screen:C_2:a", "screen"):
        log.set_slot(name, f"ts of {name}")
    assert log.slots_like("screen:C_1:") == {name: f"ts of {name}" for name in ("screen:C_1:a", "screen:C_1:b")}
    assert len(log.slots_like("")) == 6
    assert log.slots_like("thread:") == {}
    assert log.slot("thread:1") is None
    log.set_slot("screen", "newer")
    assert log.slot("screen") == "newer"


def test_slots_are_found_by_what_stands_in_them(log: Log) -> None:
    for name, value in (("thread:2", "17.2"), ("screen:2:1", "17.2"), ("thread:1", "17.1")):
        log.set_slot(name, value)
    assert log.slots_holding("17.2") == ["screen:2:1", "thread:2"]
    log.set_slot("thread:2", "18.0")
    assert (log.slots_holding("17.2"), log.slots_holding("17")) == (["screen:2:1"], [])


# What becomes of a row


def test_a_row_that_slack_refused_for_now_waits_for_its_time(log: Log) -> None:
    log.queue([post("one"), post("two"), post("other", lane="dm:U2")])
    log.retry_later(take(log, "one"), NOW + 30)
    assert due(log) == ["other"], "and those behind it wait with it"
    assert due(log, NOW + 29.9) == ["other"]
    assert due(log, NOW + 30) == ["one", "other"]
    (again, _) = log.due(NOW + 30, limit=2)
    assert (again.state, again.attempts, again.tried_at) == ("waiting", 1, NOW)


def test_a_row_in_doubt_comes_again_and_says_so(log: Log) -> None:
    log.queue([post("one"), post("two")])
    log.mark_in_doubt(take(log, "one"), NOW + 5)
    assert due(log) == []
    (doubtful,) = log.due(NOW + 5, limit=10)
    assert (doubtful.state, doubtful.attempts) == ("in_doubt", 1)
    assert log.outbox_counts() == {"in_doubt": 1, "waiting": 1}

    assert log.mark_sending(doubtful.id, NOW + 6), "looked up, not found: sent again"
    log.mark_in_doubt(doubtful.id, NOW + 7)
    assert log.due(NOW + 7, limit=10)[0].attempts == 2
    log.mark_sent(doubtful.id, NOW + 8, {"thread:1": "1700.5"})  # looked up, found: without sending it again
    assert due(log, NOW + 9) == ["two"]
    assert log.slot("thread:1") == "1700.5"


def test_a_row_is_taken_once(log: Log) -> None:
    log.queue([post("one")])
    (read,) = log.due(NOW, limit=1)
    assert log.mark_sending(read.id, NOW) is True
    assert log.mark_sending(read.id, NOW) is False
    log.mark_sent(read.id, NOW)
    assert log.mark_sending(read.id, NOW) is False
    assert log.mark_sending(99, NOW) is False


@pytest.mark.parametrize("finish", ["sent", "failed"])
def test_what_is_finished_stays_so(log: Log, finish: str) -> None:
    log.queue([post("one")])
    number = take(log, "one")
    if finish == "sent":
        log.mark_sent(number, NOW, {"thread:1": "1"})
    else:
        log.mark_failed(number, "invalid_blocks")
    log.mark_in_doubt(number, NOW)
    log.retry_later(number, NOW)
    log.mark_failed(number, "late")
    log.mark_sent(number, NOW, {"thread:1": "2"})
    assert log.outbox_counts() == {finish: 1}
    assert log.slot("thread:1") == ("1" if finish == "sent" else None)


def test_how_long_the_sender_may_sleep(log: Log) -> None:
    assert next_due_at(log, NOW) is None
    log.queue([post("one"), post("behind it"), post("two", lane="dm:U2")])
    assert next_due_at(log, NOW) == NOW, "there is something to do"
    one = take(log, "one")
    log.retry_later(one, NOW + 30)
    assert next_due_at(log, NOW) == NOW, "in the other lane"
    two = take(log, "two")
    assert next_due_at(log, NOW) == NOW + 30, "what is being sent is nobody's to wait for, nor what is behind"
    log.mark_in_doubt(two, NOW + 5)
    assert next_due_at(log, NOW) == NOW + 5
    assert next_due_at(log, NOW + 6) == NOW + 6
    log.mark_sent(two, NOW + 6)
    assert next_due_at(log, NOW + 6) == NOW + 30
    log.mark_failed(one, "invalid_blocks")
    send(log, "behind it")
    assert next_due_at(log, NOW + 6) is None


def test_sleeping_until_the_next_row_finds_it(log: Log) -> None:
    log.queue([post("question"), edit("shrink"), post("card", lane="b", **in_slot("unknown"))])
    log.retry_later(take(log, "question"), NOW + 30)
    wake = next_due_at(log, NOW)
    assert wake is not None
    assert (due(log, wake - 0.1), due(log, wake)) == ([], ["question"])


def test_what_was_being_sent_when_the_program_ended_is_in_doubt(open_again: Callable[[], Log]) -> None:
    first = open_again()
    first.queue([post("one"), post("two"), post("page", priority=0)])
    number = take(first, "one")
    take(first, "page")
    first.close()

    second = open_again()
    assert [(row.body["text"], row.state, row.attempts) for row in second.due(NOW, limit=9)] == [
        ("page", "in_doubt", 1),
        ("one", "in_doubt", 1),
    ]
    assert second.outbox_counts() == {"in_doubt": 2, "waiting": 1}
    assert next_due_at(second, NOW) == NOW
    assert second.mark_sending(number, NOW)
    second.mark_sent(number, NOW)
    assert due(second) == ["page", "two"]


def test_a_log_opened_to_look_something_up_does_not_disturb_the_sender(open_again: Callable[[], Log]) -> None:
    sender = open_again()
    sender.queue([post("one"), post("two")])
    number = take(sender, "one")
    with open_again() as beside:
        beside.consults()
    assert sender.due(NOW, limit=9) == []
    assert sender.outbox_counts() == {"sending": 1, "waiting": 1}
    sender.mark_sent(number, NOW)
    assert due(sender) == ["two"]


def test_what_is_finished_can_be_deleted(log: Log) -> None:
    log.queue([post(name, lane=name) for name in ("old", "failed", "new", "waiting", "sending")])
    send(log, "old", NOW - 100, {"thread:1": "1700.5"})
    log.mark_failed(take(log, "failed", NOW - 100), "invalid_blocks")
    send(log, "new", NOW)
    take(log, "sending", NOW - 100)

    assert log.prune_sent(NOW - 99) == 2
    assert log.prune_sent(NOW - 99) == 0
    assert log.outbox_counts() == {"sent": 1, "sending": 1, "waiting": 1}
    assert log.slot("thread:1") == "1700.5", "which posts there are in Slack stays known"


def test_a_deleted_rows_id_is_not_given_out_again(log: Log) -> None:
    """Slack holds it with the post, to be looked up by."""
    log.queue([post("one")])
    send(log, "one")
    log.prune_sent(NOW + 1)
    log.queue([post("two")])
    assert [row.id for row in log.due(NOW, limit=9)] == [2]


def test_many_clinicians_and_one_sender(log: Log) -> None:
    """Each conversation is sent whole, in its order, each post once, while other threads go on writing."""
    writers, steps = 6, 12
    sent: dict[str, list[int]] = defaultdict(list)
    finished = threading.Event()
    errors: list[BaseException] = []

    def write(name: int) -> None:
        try:
            reference, lane = f"C-{name:05}", f"dm:U{name}"
            for n in range(steps):
                cosmetic = edit(f"tidy {n}", lane=lane, coalesce=lane)
                posts = [post(f"{n}", lane=lane, body={"n": n}), cosmetic]
                log.append(reference, [event(n=n)], row(reference), expected_revision=n, posts=posts)
        except BaseException as error:
            errors.append(error)

    def work() -> None:
        try:
            while True:
                last_round = finished.is_set()
                rows = log.due(NOW, limit=5)
                for found in rows:
                    if log.mark_sending(found.id, NOW):
                        if found.priority != 3:
                            sent[found.lane].append(found.body["n"])
                        log.mark_sent(found.id, NOW)
                if last_round and not rows:
                    return
        except BaseException as error:
            errors.append(error)

    sender = threading.Thread(target=work)
    clinicians = [threading.Thread(target=write, args=[name]) for name in range(writers)]
    for thread in (sender, *clinicians):
        thread.start()
    for thread in clinicians:
        thread.join()
    finished.set()
    sender.join()
    assert errors == []
    assert sent == {f"dm:U{name}": list(range(steps)) for name in range(writers)}
    assert set(log.outbox_counts()) == {"sent"}
    assert log.check_chain() == []


# In SQLite


SENDER = """
import sys, time
from bot.storage import open_log
with open_log(sys.argv[1]) as log:
    row = log.due(time.time(), limit=1)[0]
    assert log.mark_sending(row.id, time.time())
    print("sending", flush=True)
    time.sleep(60)
"""


def test_a_process_killed_while_it_sends_leaves_the_row_in_doubt(path: Path) -> None:
    with open_log(path) as log:
        step(log, post("one"), post("two"))
    with python(SENDER, path, cwd=ROOT) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "sending\n"
        worker.kill()
    with open_log(path) as log:
        assert [(row.body["text"], row.state) for row in log.due(time.time(), limit=9)] == [("one", "in_doubt")]
        log.mark_sent(1, time.time())
        assert due(log, time.time()) == ["two"]


def test_what_is_marked_is_on_the_disk(path: Path) -> None:
    """Seen by another connection as soon as the mark returns."""
    with open_log(path) as log, closing(sqlite3.connect(path)) as beside:
        log.queue([post("one"), post("two", lane="b")])

        def states() -> list[tuple[object, ...]]:
            return beside.execute("SELECT state, attempts, why FROM outbox ORDER BY id").fetchall()

        take(log, "one")
        assert states() == [("sending", 1, None), ("waiting", 0, None)]
        log.mark_failed(1, "invalid_blocks")
        assert states()[0] == ("failed", 1, "invalid_blocks")


def test_steps_in_one_commit_each_have_their_own_posts(path: Path) -> None:
    """A lock makes them wait together; two of them are refused."""
    with open_log(path) as log, closing(sqlite3.connect(path, isolation_level=None)) as other:
        begin(log, REF)
        other.execute("BEGIN IMMEDIATE")
        steps = [(1, "Ev1"), (5, "Ev2"), (2, "Ev1"), (2, "Ev2")]
        futures = [
            log.submit(
                REF,
                [event()],
                row(REF),
                expected_revision=revision,
                posts=[post(f"{n}", lane=f"{n}")],
                delivery=delivery,
            )
            for n, (revision, delivery) in enumerate(steps)
        ]
        time.sleep(0.2)
        other.execute("COMMIT")
        assert [type(future.exception()) for future in futures] == [type(None), StaleRevision, AlreadySeen, type(None)]
        assert due(log) == ["0", "3"]


@pytest.mark.no_cover  # it is timed
def test_the_outbox_stays_fast_with_a_long_past(path: Path) -> None:
    with open_log(path) as log:
        with closing(sqlite3.connect(path)) as raw, raw:
            raw.execute(
                "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000)"
                " INSERT INTO outbox (lane, method, priority, slot, coalesce_key, needs, state, finished_at,"
                "  created_at, body)"
                " SELECT 'dm:U' || (n % 50), 'chat.postMessage', 1, 'screen:' || n, 'x' || (n % 9), '[\"thread:1\"]',"
                "  'sent', n, n, json_object('text', hex(zeroblob(300))) FROM n"
            )
        posts = [post(f"{n}", lane=f"dm:U{n % 50}") for n in range(200)]
        log.queue([*posts, edit("home", lane="home", coalesce="x1")])
        assert log.outbox_counts() == {"sent": 100_000, "waiting": 201}

        def seconds(use: Callable[[], object]) -> float:
            def once() -> float:
                started = time.perf_counter()
                use()
                return time.perf_counter() - started

            return min(once() for _ in range(5))

        assert len(log.due(NOW, limit=100)) == 51
        assert seconds(lambda: log.due(NOW, limit=10)) < 0.010
        assert seconds(log.next_posts) < 0.010
        assert seconds(lambda: log.queue([edit("home", lane="home", coalesce="x1")])) < 0.030
        assert seconds(log.outbox_counts) < 0.030


def test_the_queries_use_the_indexes(sqlite_log: Log, path: Path) -> None:
    """Without reading what was sent, whatever SQLite's planner thinks of a log that is still small."""
    from bot.storage import next_posts, outbox

    finished = "SEARCH outbox USING INDEX outbox_finished (state=?"
    unsent = "SEARCH outbox USING INDEX outbox_unsent (<expr>=?"
    one = {"lane": "x", "id": 1, "slot": "x", "me": "x", "order": 1}
    queries: list[tuple[str, Any, str]] = [
        (next_posts.PAGES, one, f"{unsent})"),
        (next_posts.FIRST, one, f"{unsent} AND lane>?)"),
        (next_posts.FIRST, one, f"{unsent} AND lane=?)"),
        (next_posts.AFTER, one, f"{unsent} AND lane=? AND rowid>?)"),
        (next_posts.FILL, one, "SEARCH outbox USING INDEX outbox_to_fill (slot=? AND rowid<?)"),
        (outbox._UNSENT_ONES, one, "SCAN outbox USING INDEX outbox_unsent"),
        (outbox._FINISHED_ONES, [], "SCAN outbox USING COVERING INDEX outbox_finished"),
        (outbox._PRUNE, [NOW], f"{finished} AND finished_at<?)"),
        (outbox._COALESCE, ["x"], "SEARCH outbox USING INDEX outbox_to_coalesce (coalesce_key=?)"),
    ]
    db = connect(path, reading=True)
    for query, arguments, plan in queries:
        assert plan in [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {query}", arguments).fetchall()]
    db.close()


def test_the_outbox_is_no_part_of_the_record(path: Path) -> None:
    """What was sent can be changed and deleted without a fault in the chain."""
    with open_log(path) as log:
        step(log, post("one"), post("two"), delivery="Ev1")
        with closing(sqlite3.connect(path)) as raw, raw:
            raw.execute("UPDATE outbox SET body = '{}', state = 'sent' WHERE id = 1")
            raw.execute("DELETE FROM outbox WHERE id = 2")
            raw.execute("DELETE FROM slots")
            raw.execute("DELETE FROM deliveries")
        assert log.check_chain() == []
        assert answer(log, REF, 1, key="harm", value="unknown") == 2


def test_the_words_of_a_consult_can_be_purged_from_the_outbox(path: Path) -> None:
    """How the purge of the records issue will do it: what was sent, and what a step of the consult left waiting."""

    def in_file(word: str) -> bool:
        return any(word.encode() in file.read_bytes() for file in path.parent.iterdir())

    with open_log(path) as log:
        log.queue([post("ZEBRA")])
        step(log, post("GIRAFFE", **in_slot("never")))
        send(log, "ZEBRA")
    assert in_file("ZEBRA")
    assert in_file("GIRAFFE")
    with open_log(path) as log:
        log.prune_sent(NOW + 1)
        with closing(sqlite3.connect(path, isolation_level=None)) as raw:
            raw.execute("DELETE FROM outbox WHERE consult = ?", [REF])
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint (TRUNCATE)")
        assert not in_file("ZEBRA")
        assert not in_file("GIRAFFE")
        assert log.outbox_counts() == {}
        assert log.check_chain() == []


def test_a_body_that_cannot_be_read_is_damage_and_is_not_shown(path: Path) -> None:
    with open_log(path) as log:
        log.queue([post("one")])
        with closing(sqlite3.connect(path)) as raw, raw:
            raw.execute("UPDATE outbox SET body = '{\"ZEBRA'")
        with pytest.raises(LogError, match=r"row 1 of the outbox can't be read") as refused:
            log.due(NOW, limit=1)
        assert "ZEBRA" not in str(refused.value)


def test_a_log_from_before_the_outbox_gets_one(path: Path) -> None:
    db = connect_new(path)
    LAYOUT.apply(db, stop_before=STEPS[3])
    db.close()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(*) FROM sqlite_master WHERE name = 'outbox'").fetchone() == (0,)
    with open_log(path) as log:
        step(log, post("one"))
        assert due(log) == ["one"]


def connect_new(path: Path) -> Any:
    """A connection to a log that is not made yet."""
    path.touch()
    db = connect(path, reading=False)
    db.execute("PRAGMA journal_mode = WAL")
    return db
