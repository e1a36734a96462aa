"""The sender against a Slack that is slow, refuses, breaks off or drops what it took: each post is there once in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.slack.addresses import dm, thread
from bot.slack.answers import read_error
from bot.slack.sender import BEGIN, Sender, sending_client
from bot.storage import Log, Post, open_log

from .making import section
from .server import (
    Message,
    Person,
    SlackServer,
    drops,
    hangs,
    invalid_json,
    rate_limited,
    refuses,
    server_error,
    slow,
    wait_until,
)
from .server.faults import Fault

CARD, QUESTION, COSMETIC, PAGE = 2, 1, 3, 0


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with open_log(tmp_path / "log.db") as opened:
        yield opened


@pytest.fixture
def robin(slack_server: SlackServer) -> Person:
    return slack_server.clinician("Robin Invented")


def client_of(server: SlackServer, timeout: int = 10) -> Any:
    return sending_client(server.workspace.app.bot_token, server.api_url, timeout)


@contextmanager
def sending(log: Log, server: SlackServer, timeout: int = 10, settle: float = 0.05, **more: Any) -> Iterator[Sender]:
    """A sender at work whose waits are short."""
    sender = Sender(log, client_of(server, timeout), settle=settle, wait=lambda attempts: 0.05, **more)
    sender.start()
    try:
        yield sender
    finally:
        sender.stop()


def post(text: str, user: str, priority: int = QUESTION, slot: str | None = None, under: str | None = None) -> Post:
    """A post in somebody's direct message; `under`: the slot of the thread in which it stands."""
    body: dict[str, Any] = {"channel": {"slot": dm(user)}, "text": text, "blocks": [section(text)]}
    if under is not None:
        body["thread_ts"] = {"slot": under}
    return Post(lane=dm(user), method="chat.postMessage", body=body, priority=priority, slot=slot)


def edit(text: str, user: str, slot: str, coalesce: str | None = "e") -> Post:
    """An edit of what stands in a slot."""
    body = {"channel": {"slot": dm(user)}, "ts": {"slot": slot}, "text": text}
    return Post(lane=dm(user), method="chat.update", body=body, priority=COSMETIC, coalesce=coalesce)


def all_sent(log: Log) -> Callable[[], bool]:
    return lambda: not set(log.outbox_counts()) & {"waiting", "sending", "in_doubt"}


def said(messages: list[Message]) -> list[str]:
    return [message.text for message in messages]


def test_posts_arrive_in_order_and_in_their_thread(slack_server: SlackServer, log: Log, robin: Person) -> None:
    under = thread("C-7F3K2")
    log.queue([post("root", robin.id, slot=under), *(post(f"{n}", robin.id, under=under) for n in range(4))])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    [root] = robin.dm()
    assert log.slot(thread("C-7F3K2")) == root.ts and log.slot(dm(robin.id)) == robin.dm_channel.id
    assert said(robin.thread(root)) == ["0", "1", "2", "3"]


def test_what_is_written_while_it_runs_is_sent_at_once(slack_server: SlackServer, log: Log, robin: Person) -> None:
    with sending(log, slack_server) as sender:
        wait_until(lambda: sender.idle)
        log.queue([post("now", robin.id)])
        sender.wake()
        robin.sees("now", seconds=1.0)


def test_edits_that_wait_are_one_and_the_last_wins(slack_server: SlackServer, log: Log, robin: Person) -> None:
    log.queue(
        [
            post("first", robin.id, slot="screen:1"),
            edit("second", robin.id, "screen:1"),
            edit("third", robin.id, "screen:1"),
        ]
    )
    with sending(log, slack_server):
        wait_until(all_sent(log))
    [message] = robin.dm()
    assert (message.text, message.edits) == ("third", 1)


# What goes wrong with a post, and is it there once?

FAULTS: dict[str, Fault] = {
    "rate limited": rate_limited(0),
    "500, and it was not taken": server_error(),
    "500, but it was taken": server_error(takes_effect=True),
    "503": server_error(503),
    "dropped before it was taken": drops(takes_effect=False),
    "dropped after it was taken": drops(takes_effect=True),
    "an answer that breaks off": invalid_json(),
    "Slack's own fault": refuses("internal_error"),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("where", ["top", "thread"])
def test_a_post_is_there_once_whatever_goes_wrong(
    slack_server: SlackServer, log: Log, robin: Person, name: str, where: str
) -> None:
    log.queue([post("root", robin.id, slot="thread:1")])
    with sending(log, slack_server) as sender:
        wait_until(all_sent(log))
        slack_server.api.faults.order("chat.postMessage", FAULTS[name])
        under = "thread:1" if where == "thread" else None
        log.queue([post("once", robin.id, under=under), post("after", robin.id, under=under)])
        sender.wake()
        wait_until(all_sent(log))
    found = robin.thread(robin.dm()[0]) if where == "thread" else robin.dm()[1:]
    assert said(found) == ["once", "after"]


def test_a_call_that_hangs_is_looked_up(slack_server: SlackServer, log: Log, robin: Person) -> None:
    slack_server.api.faults.order("chat.postMessage", hangs(3.0, takes_effect=False))
    slack_server.api.faults.order("chat.postMessage", slow(1.4))
    log.queue([post("once", robin.id)])
    with sending(log, slack_server, timeout=1, settle=1.0):
        wait_until(all_sent(log), 10)
    assert said(robin.dm()) == ["once"]


def test_a_look_up_that_fails_is_done_again(slack_server: SlackServer, log: Log, robin: Person) -> None:
    slack_server.api.faults.order("chat.postMessage", drops(takes_effect=True))
    slack_server.api.faults.order("conversations.history", server_error(), 2)
    log.queue([post("once", robin.id)])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["once"] and slack_server.api.faults.left == 0


def test_a_program_that_died_while_sending_is_followed_by_one_that_looks(
    slack_server: SlackServer, tmp_path: Path, robin: Person
) -> None:
    with open_log(tmp_path / "log.db") as log:
        log.queue([post("taken", robin.id, slot="screen:1"), post("next", robin.id)])
        died = Sender(log, client_of(slack_server))
        died.start()  # it only finds its id
        wait_until(all_sent(log))
        died.stop()
        log.queue([post("not taken", robin.id, slot="screen:2")])
        [row] = log.due(1e12, 5)
        assert log.mark_sending(row.id, row.created_at)
    with open_log(tmp_path / "log.db") as log, sending(log, slack_server):
        wait_until(all_sent(log))
        assert log.slot("screen:2")
    assert said(robin.dm()) == ["taken", "next", "not taken"]


def test_a_post_that_the_dead_program_brought_through_is_not_repeated(
    slack_server: SlackServer, tmp_path: Path, robin: Person
) -> None:
    slack_server.api.faults.order("chat.postMessage", slow(0.6))
    with open_log(tmp_path / "log.db") as log:
        log.queue([post("once", robin.id, slot="screen:1")])
        died = Sender(log, client_of(slack_server))
        died.start()
        wait_until(lambda: log.outbox_counts() == {"sending": 1})
        died._log = None  # type: ignore[assignment]  # nothing that it learns is written any more
    with open_log(tmp_path / "log.db") as log, sending(log, slack_server, settle=1.0):
        wait_until(all_sent(log))
        assert log.slot("screen:1") == robin.dm()[0].ts
    died.stop()
    assert said(robin.dm()) == ["once"]


def test_a_page_in_doubt_is_sent_again_at_once(slack_server: SlackServer, log: Log, robin: Person) -> None:
    slack_server.api.faults.order("chat.postMessage", drops(takes_effect=True))
    log.queue([post("page", robin.id, PAGE)])
    with sending(log, slack_server, settle=30.0):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["page", "page"]
    assert slack_server.calls("conversations.history") == []


def test_a_line_for_one_person_is_sent_at_most_once(slack_server: SlackServer, log: Log, robin: Person) -> None:
    slack_server.api.faults.order("chat.postEphemeral", drops(takes_effect=True))
    body = {"channel": {"slot": dm(robin.id)}, "user": robin.id, "text": "a kind line"}
    log.queue([Post(lane=dm(robin.id), method="chat.postEphemeral", body=body, priority=QUESTION)])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.ephemerals()) == ["a kind line"] and log.outbox_counts() == {"failed": 1}


@pytest.mark.parametrize("fault", [drops(takes_effect=True), drops(takes_effect=False), server_error()])
def test_an_edit_in_doubt_is_made_again(slack_server: SlackServer, log: Log, robin: Person, fault: Fault) -> None:
    slack_server.api.faults.order("chat.update", fault)
    log.queue([post("first", robin.id, slot="screen:1"), edit("second", robin.id, "screen:1")])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["second"]


# Slack refuses


def test_what_can_not_be_shown_is_followed_by_a_line_that_says_how_to_go_on(
    slack_server: SlackServer, log: Log, robin: Person
) -> None:
    slack_server.api.faults.order("chat.postMessage", refuses("invalid_blocks"))
    log.queue([post("question", robin.id, slot="screen:1"), post("next", robin.id)])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    first, second = sorted(said(robin.dm()))
    assert first.startswith("Sorry, I could not show") and second == "next"
    assert log.outbox_counts() == {"failed": 1, "sent": 2} and log.slot("screen:1")


def test_without_a_token_nothing_is_lost(
    slack_server: SlackServer, log: Log, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.sender.TOKEN_WAIT", 0.2)
    slack_server.api.revoked = True
    log.queue([post("kept", robin.id), post("page", robin.id, PAGE)])
    with sending(log, slack_server):
        wait_until(lambda: slack_server.calls("conversations.open") != [])
        assert robin.dm() == []
        slack_server.api.revoked = False
        wait_until(all_sent(log))
    assert sorted(said(robin.dm())) == ["kept", "page"]
    assert len(slack_server.calls("conversations.open")) < 12  # it waits between


def test_a_channel_that_is_closed_gets_its_cards_once_it_is_mended(
    slack_server: SlackServer, log: Log, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.sender.MEND", 0.1)
    channel = slack_server.channel("supervisors", robin)
    slack_server.api.faults.order(
        "chat.postMessage", refuses("is_archived"), 2, when=lambda body: body["channel"] == channel.id
    )
    body = {"channel": channel.id, "text": "a card"}
    log.queue([Post(lane=channel.id, method="chat.postMessage", body=body, priority=CARD), post("meanwhile", robin.id)])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm(channel)) == ["a card"] and said(robin.dm()) == ["meanwhile"]


def test_a_person_who_left_fails_and_stops_nobody(slack_server: SlackServer, log: Log, robin: Person) -> None:
    log.queue([post("to nobody", "U0NOBODY"), post("to robin", robin.id)])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["to robin"] and log.outbox_counts()["sent"] == 1


# Order and haste


def test_a_page_passes_slow_calls(slack_server: SlackServer, log: Log, robin: Person) -> None:
    others = [slack_server.clinician(f"Invented {n}") for n in range(8)]
    slack_server.api.faults.order("chat.postMessage", slow(1.5), 8, when=lambda body: body["text"] == "slow")
    log.queue([post("slow", other.id) for other in others])
    with sending(log, slack_server) as sender:
        wait_until(lambda: log.outbox_counts().get("sending", 0) >= 6)
        log.queue([post("page", robin.id, PAGE)])
        sender.wake()
        robin.sees("page", seconds=1.0)
        assert log.outbox_counts().get("sending", 0) >= 6
        wait_until(all_sent(log), 10)


def test_retry_after_is_obeyed_in_that_conversation_and_holds_up_no_other(
    slack_server: SlackServer, log: Log, robin: Person
) -> None:
    sue = slack_server.clinician("Sue Invented")
    slack_server.api.faults.order("chat.postMessage", rate_limited(1), when=lambda body: body["text"] == "limited")
    log.queue([post("limited", robin.id), post("free", sue.id)])
    with sending(log, slack_server):
        sue.sees("free", seconds=0.8)
        assert robin.dm() == []
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["limited"]


def test_many_posts_in_one_conversation_keep_slacks_pace(slack_server: SlackServer, log: Log, robin: Person) -> None:
    slack_server.api.rate_limits.on = True
    log.queue([post(f"{n}", robin.id) for n in range(4)])
    with sending(log, slack_server):
        wait_until(all_sent(log), 10)
    assert said(robin.dm()) == ["0", "1", "2", "3"]


def test_many_conversations_are_served_fast(slack_server: SlackServer, log: Log) -> None:
    people = [slack_server.clinician(f"Invented {n}") for n in range(20)]
    log.queue([post(f"{n}", person.id) for n in range(4) for person in people])
    with sending(log, slack_server):
        wait_until(all_sent(log), 10)
    assert all(said(person.dm()) == ["0", "1", "2", "3"] for person in people)


def test_somebody_unknown_is_handed_to_who_finds_out(slack_server: SlackServer, log: Log, robin: Person) -> None:
    came: list[tuple[str, str]] = []

    def begin(user: str, text: str) -> None:
        came.append((user, text))
        if len(came) == 1:
            raise ConnectionResetError  # it could not be found out just now

    log.queue([Post(lane=dm(robin.id), method=BEGIN, body={"user": robin.id, "text": "start"}, priority=QUESTION)])
    with sending(log, slack_server, begin=begin):
        wait_until(all_sent(log))
    assert came == [(robin.id, "start")] * 2


def test_it_stops_soon_and_leaves_the_rest_for_the_next(slack_server: SlackServer, log: Log, robin: Person) -> None:
    slack_server.api.faults.order("chat.postMessage", slow(0.4))
    log.queue([post(f"{n}", robin.id) for n in range(3)])
    with sending(log, slack_server) as sender:
        wait_until(lambda: bool(slack_server.calls("chat.postMessage")) or not sender.idle)
    assert not sender.running
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["0", "1", "2"]


def test_a_refused_connection_is_no_doubt() -> None:
    assert read_error(ConnectionRefusedError()).meaning == "later"
    assert read_error(TimeoutError()).meaning == "in_doubt"
