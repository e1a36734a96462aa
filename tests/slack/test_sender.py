"""The sender brings what the outbox holds to Slack: in order for each conversation, and the urgent first."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from bot.slack.addresses import dm, thread
from bot.slack.pacing import EDITS_AT_ONCE, EDITS_KEPT
from bot.slack.sender import FOR_TIDYING, WORKERS, Sender
from bot.storage import Log, Post, open_log
from bot.storage.errors import Locked

from .making import section
from .sender_at_work import (
    CARD,
    COSMETIC,
    PAGE,
    Clock,
    a_moment,
    all_sent,
    card,
    client_of,
    edit,
    post,
    said,
    sending,
)
from .server import Person, SlackServer, rate_limited, slow, wait_until

# Order and slots


def test_posts_arrive_in_order_and_in_their_thread(slack_server: SlackServer, log: Log, robin: Person) -> None:
    under = thread("C-7F3K2")
    log.queue([post("root", robin.id, slot=under), *(post(f"{n}", robin.id, under=under) for n in range(4))])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    [root] = robin.dm()
    assert log.slot(under) == root.ts and log.slot(dm(robin.id)) == robin.dm_channel.id
    assert said(robin.thread(root)) == ["0", "1", "2", "3"]


def test_a_direct_message_is_opened_once_and_kept(slack_server: SlackServer, tmp_path: Path, robin: Person) -> None:
    for text in ("before a restart", "after it"):
        with open_log(tmp_path / "log.db") as log:
            log.queue([post(text, robin.id), post(f"{text}, too", robin.id)])
            with sending(log, slack_server):
                wait_until(all_sent(log))
    assert len(robin.dm()) == 4 and len(slack_server.calls("conversations.open")) == 1


def test_a_slot_is_filled_wherever_it_stands(slack_server: SlackServer, log: Log, robin: Person) -> None:
    log.set_slot("link", "https://invented.example/1")
    button = {
        "type": "button",
        "text": {"type": "plain_text", "text": "Open"},
        "action_id": "a",
        "url": {"slot": "link"},
    }
    body = {"channel": {"slot": dm(robin.id)}, "text": "a link", "blocks": [section(accessory=button)]}
    log.queue([Post(lane=dm(robin.id), method="chat.postMessage", body=body, priority=CARD)])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert robin.dm()[0].blocks[0]["accessory"]["url"] == "https://invented.example/1"


def test_edits_that_wait_are_one_and_the_last_wins(slack_server: SlackServer, log: Log, robin: Person) -> None:
    log.queue([post("first", robin.id, slot="s"), edit("second", robin.id, "s"), edit("third", robin.id, "s")])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    [message] = robin.dm()
    assert (message.text, message.edits) == ("third", 1)


def test_every_post_carries_its_row_and_log(slack_server: SlackServer, log: Log, robin: Person) -> None:
    log.queue([post("one", robin.id), post("two", robin.id)])
    rows = []
    with sending(log, slack_server):
        wait_until(all_sent(log))
        for message in robin.dm():
            assert message.metadata is not None and message.metadata["event_type"] == "curbside_post"
            rows.append(message.metadata["event_payload"])
    assert [row["row"] for row in rows] == [1, 2] and {row["log"] for row in rows} == {log.slot("log:id")}


# Haste


def test_what_is_written_while_it_runs_is_sent_at_once(slack_server: SlackServer, log: Log, robin: Person) -> None:
    with sending(log, slack_server) as sender:
        wait_until(lambda: sender.idle)
        log.queue([post("now", robin.id)])
        sender.wake()
        robin.sees("now", seconds=1.0)


def test_a_page_passes_slow_calls(slack_server: SlackServer, log: Log, robin: Person) -> None:
    others = [slack_server.clinician(f"Invented {n}") for n in range(WORKERS + 2)]
    slack_server.api.faults.order("chat.postMessage", slow(1.5), WORKERS + 2, when=lambda body: body["text"] == "slow")
    log.queue([post("slow", other.id) for other in others])
    with sending(log, slack_server) as sender:
        wait_until(lambda: log.outbox_counts().get("sending", 0) >= WORKERS)
        log.queue([post("page", robin.id, PAGE)])
        sender.wake()
        robin.sees("page", seconds=0.7)
        assert log.outbox_counts().get("sending", 0) >= WORKERS


def test_a_page_passes_conversations_that_are_slow_to_open(slack_server: SlackServer, log: Log, robin: Person) -> None:
    others = [slack_server.clinician(f"Invented {n}") for n in range(WORKERS)]
    slack_server.api.faults.order("conversations.open", slow(1.5), WORKERS, when=lambda body: body["users"] != robin.id)
    log.queue([post("slow", other.id) for other in others])
    with sending(log, slack_server) as sender:
        wait_until(lambda: len(slack_server.calls("conversations.open")) >= WORKERS)
        log.queue([post("page", robin.id, PAGE)])
        sender.wake()
        robin.sees("page", seconds=0.7)


def test_a_page_passes_what_waits_in_its_own_conversation(slack_server: SlackServer, log: Log, robin: Person) -> None:
    slack_server.api.faults.order("chat.postMessage", slow(0.8), when=lambda body: body["text"] == "slow")
    log.queue([post("slow", robin.id), post("behind it", robin.id)])
    with sending(log, slack_server) as sender:
        wait_until(lambda: log.outbox_counts().get("sending", 0) == 1)
        log.queue([post("page", robin.id, PAGE)])
        sender.wake()
        robin.sees("page", seconds=0.6)
        wait_until(all_sent(log))
    in_turn = [call.arguments["text"] for call in slack_server.calls("chat.postMessage")]
    assert in_turn == ["slow", "page", "behind it"]


def test_a_question_passes_whatever_tidying_waits(slack_server: SlackServer, log: Log, robin: Person) -> None:
    others = [slack_server.clinician(f"Invented {n}") for n in range(40)]
    slack_server.api.faults.order("chat.postMessage", slow(0.9), 40, when=lambda body: body["text"] == "tidying")
    log.queue([post("tidying", other.id, COSMETIC) for other in others])
    with sending(log, slack_server) as sender:
        wait_until(lambda: log.outbox_counts().get("sending", 0) >= FOR_TIDYING)
        log.queue([post("question", robin.id)])
        sender.wake()
        robin.sees("question", seconds=0.6)  # not even for one call of those
        assert log.outbox_counts()["waiting"] > 20


def test_an_edit_that_a_question_comes_after_passes_whatever_tidying_waits(
    slack_server: SlackServer, log: Log, robin: Person
) -> None:
    """Slack takes few edits in a minute: what tidies up leaves some of them."""
    for n in range(30):
        log.set_slot(dm(f"U{n}"), f"D{n}")
        log.set_slot(f"s:{n}", "1.0")
    log.queue([edit("tidying", f"U{n}", f"s:{n}", coalesce=None) for n in range(30)])
    with sending(log, slack_server) as sender:
        wait_until(lambda: len(slack_server.calls("chat.update")) >= EDITS_AT_ONCE - EDITS_KEPT and sender.idle)
        log.queue([post("reported", robin.id, slot="s"), edit("done", robin.id, "s", priority=CARD)])
        log.queue([post("question", robin.id)])
        sender.wake()
        robin.sees("question", seconds=1.0)
    assert log.outbox_counts()["waiting"] > 15


def test_what_must_wait_in_many_conversations_holds_up_no_other(
    slack_server: SlackServer, log: Log, robin: Person
) -> None:
    slack_server.api.faults.order("chat.update", rate_limited(60))
    for n in range(30):
        log.set_slot(dm(f"U{n}"), f"D{n}")
        log.set_slot(f"s:{n}", "1.0")
    log.queue([edit("limited", f"U{n}", f"s:{n}", priority=CARD, coalesce=None) for n in range(30)])
    with sending(log, slack_server) as sender:
        wait_until(lambda: slack_server.calls("chat.update") and sender.idle)
        log.queue([post("tidying", robin.id, COSMETIC)])
        sender.wake()
        robin.sees("tidying", seconds=1.0)
    assert log.outbox_counts()["waiting"] > 20


def test_two_hundred_conversations_are_served_fast(slack_server: SlackServer, log: Log) -> None:
    people = [slack_server.clinician(f"Invented {n}") for n in range(50)]
    log.queue([post(f"{n}", person.id) for n in range(4) for person in people])
    with sending(log, slack_server):
        wait_until(all_sent(log), 15)
    assert all(said(person.dm()) == ["0", "1", "2", "3"] for person in people)


def test_many_posts_in_one_conversation_keep_slacks_pace(slack_server: SlackServer, log: Log, robin: Person) -> None:
    slack_server.api.rate_limits.on = True
    log.queue([post(f"{n}", robin.id) for n in range(3)])
    with sending(log, slack_server):
        wait_until(all_sent(log), 10)
    assert said(robin.dm()) == ["0", "1", "2"]
    refused = [call for call in slack_server.calls("chat.postMessage") if call.error == "ratelimited"]
    assert len(refused) == 1  # from then on it keeps to Slack's pace of its own


def test_it_sleeps_while_there_is_nothing_to_do(
    slack_server: SlackServer, log: Log, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.queue([post("later", robin.id)])
    log.retry_later(1, time.time() + 600)
    looked: list[float] = []
    next_posts = log.next_posts

    def counted(**given: Any) -> Any:
        looked.append(time.time())
        return next_posts(**given)

    monkeypatch.setattr(log, "next_posts", counted)
    with sending(log, slack_server):
        time.sleep(0.3)
    assert len(looked) == 1 and log.outbox_counts() == {"waiting": 1}


# The log, and the end


def test_a_log_that_is_locked_for_a_moment_holds_nothing_up(
    slack_server: SlackServer, log: Log, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack has the post, and that could not be written down: it is written down later, and not sent twice."""
    mark_sent, refused = log.mark_sent, iter(range(2))

    def locked(id: int, at: float, slots: Any = None) -> None:
        if next(refused, None) is not None:
            raise Locked(Path("log.db"), 2)
        mark_sent(id, at, slots)

    monkeypatch.setattr(log, "mark_sent", locked)
    log.queue([post("once", robin.id, slot="s"), post("after", robin.id)])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["once", "after"] and log.slot("s") == robin.dm()[0].ts


def test_an_outbox_that_can_not_be_read_for_a_moment_is_read_again(
    slack_server: SlackServer, log: Log, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_posts, refused = log.next_posts, iter(range(1))

    def locked(**given: Any) -> Any:
        if next(refused, None) is not None:
            raise Locked(Path("log.db"), 2)
        return next_posts(**given)

    monkeypatch.setattr(log, "next_posts", locked)
    log.queue([post("kept", robin.id)])
    with sending(log, slack_server) as sender:
        wait_until(all_sent(log))
        assert sender.running


def test_it_stops_soon_and_leaves_the_rest_for_the_next(slack_server: SlackServer, log: Log, robin: Person) -> None:
    slack_server.api.faults.order("chat.postMessage", slow(0.4))
    log.queue([post(f"{n}", robin.id) for n in range(3)])
    with sending(log, slack_server) as sender:
        wait_until(lambda: slack_server.calls("chat.postMessage"))
        began = time.monotonic()
    assert not sender.running and time.monotonic() - began < 1.0
    assert log.outbox_counts() == {"sent": 1, "waiting": 2}
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["0", "1", "2"]


def test_it_waits_for_no_call_that_hangs(slack_server: SlackServer, tmp_path: Path, robin: Person) -> None:
    slack_server.api.faults.order("chat.postMessage", slow(4.0))
    with open_log(tmp_path / "log.db") as log:
        log.queue([post("once", robin.id, slot="s")])
        sender = Sender(log, client_of(slack_server))
        sender.start()
        wait_until(lambda: slack_server.calls("chat.postMessage"))
        began = time.monotonic()
        sender.stop()
        assert time.monotonic() - began < 2.0
    with open_log(tmp_path / "log.db") as log, sending(log, slack_server):
        wait_until(all_sent(log))
        assert said(robin.dm()) == ["once"] and log.slot("s") == robin.dm()[0].ts


def test_what_was_sent_is_forgotten_after_a_day(slack_server: SlackServer, log: Log, robin: Person) -> None:
    clock = Clock()
    log.queue([post("old", robin.id, slot="s")])
    with sending(log, slack_server, clock=clock) as sender:
        wait_until(all_sent(log))
        clock.ahead += 23 * 3600
        sender.wake()
        a_moment()
        assert log.outbox_counts() == {"sent": 1}
        clock.ahead += 2 * 3600
        sender.wake()
        wait_until(lambda: log.outbox_counts() == {})
    assert log.slot("s")


def test_cards_of_a_channel_keep_their_order_too(slack_server: SlackServer, log: Log, robin: Person) -> None:
    channel = slack_server.channel("supervisors", robin)
    log.queue([card("first", channel.id), post("elsewhere", robin.id), card("second", channel.id)])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm(channel)) == ["first", "second"] and said(robin.dm()) == ["elsewhere"]
