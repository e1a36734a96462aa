"""Nobody knows whether Slack has a post (no answer, a broken one, a program that died): in the end it is there once.

Pages are the exception (a duplicate beats silence), and so is what only one person sees (it can't be looked up).
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.slack import lookup
from bot.slack.lookup import find_post, metadata_of
from bot.slack.sender import Sender
from bot.storage import Log, open_log

from .sender_at_work import (
    PAGE,
    Clock,
    all_sent,
    client_of,
    edit,
    heard,
    journal,
    line_for_one,
    post,
    said,
    sending,
)
from .server import (
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

__all__ = ["heard"]


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
        log.queue([post("once", robin.id, under=under, slot="s"), post("after", robin.id, under=under)])
        sender.wake()
        wait_until(all_sent(log))
    found = robin.thread(robin.dm()[0]) if where == "thread" else robin.dm()[1:]
    assert said(found) == ["once", "after"]
    assert log.slot("s") == found[0].ts and slack_server.api.faults.left == 0


def test_a_call_that_hangs_is_looked_up(slack_server: SlackServer, log: Log, robin: Person) -> None:
    slack_server.api.faults.order("chat.postMessage", hangs(3.0, takes_effect=False))
    slack_server.api.faults.order("chat.postMessage", slow(1.4))
    log.queue([post("once", robin.id)])
    with sending(log, slack_server, timeout=1, settle=0.4):
        wait_until(all_sent(log), 10)
    assert said(robin.dm()) == ["once"]
    posted, looked = slack_server.calls("chat.postMessage"), slack_server.calls("conversations.history")
    waited = [look.at - call.at for call, look in zip(posted, looked, strict=True)]
    assert len(waited) == 2 and all(1.35 < seconds < 2.5 for seconds in waited)  # counted from when it was given up


def test_it_is_not_looked_up_before_it_may_have_arrived(slack_server: SlackServer, log: Log, robin: Person) -> None:
    slack_server.api.faults.order("chat.postMessage", drops(takes_effect=True))
    log.queue([post("once", robin.id)])
    with sending(log, slack_server, settle=0.5):
        wait_until(all_sent(log))
    [posted], [looked] = slack_server.calls("chat.postMessage"), slack_server.calls("conversations.history")
    assert 0.45 < looked.at - posted.at < 1.5


def test_the_waits_grow(slack_server: SlackServer, log: Log, robin: Person) -> None:
    waits: list[int] = []

    def wait(failures: int) -> float:
        waits.append(failures)
        return 0.02

    slack_server.api.faults.order("conversations.open", drops(takes_effect=False), 3)
    slack_server.api.faults.order("chat.postMessage", server_error(), 2)
    log.queue([post("once", robin.id)])
    with sending(log, slack_server, wait=wait):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["once"] and waits == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("fault", [server_error(), rate_limited(0), drops(takes_effect=False), refuses("fatal_error")])
def test_a_look_up_that_fails_is_done_again(slack_server: SlackServer, log: Log, robin: Person, fault: Fault) -> None:
    slack_server.api.faults.order("chat.postMessage", drops(takes_effect=True))
    slack_server.api.faults.order("conversations.history", fault, 2)
    log.queue([post("once", robin.id)])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["once"] and slack_server.api.faults.left == 0


def test_what_can_not_be_looked_up_is_sent_again(
    slack_server: SlackServer, log: Log, robin: Person, heard: pytest.LogCaptureFixture
) -> None:
    slack_server.install({"oauth_config": {"scopes": {"bot": ["chat:write", "im:write"]}}})
    slack_server.api.faults.order("chat.postMessage", server_error())
    log.queue([post("not lost", robin.id)])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["not lost"]
    [line] = journal(heard, "not_looked_up")
    assert (line["method"], line["why"]) == ("conversations.history", "missing_scope")


# The clock, other logs, long conversations


def test_a_wait_noted_by_a_clock_that_was_ahead_holds_nothing_up_after_a_start(
    slack_server: SlackServer, log: Log, robin: Person
) -> None:
    slack_server.api.faults.order("chat.postMessage", rate_limited(1))
    with sending(log, slack_server, clock=Clock(28800.0)) as sender:
        log.queue([post("first", robin.id), post("second", robin.id)])
        sender.wake()
        wait_until(lambda: slack_server.calls("chat.postMessage") and sender.idle)
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["first", "second"]


def test_a_clock_that_is_set_back_while_it_sends_holds_nothing_up(
    slack_server: SlackServer, log: Log, robin: Person
) -> None:
    clock = Clock(28800.0)
    slack_server.api.faults.order("chat.postMessage", rate_limited(1))
    with sending(log, slack_server, clock=clock) as sender:
        log.queue([post("once", robin.id)])
        sender.wake()
        wait_until(lambda: slack_server.calls("chat.postMessage") and sender.idle)
        clock.ahead = 0.0
        sender.wake()
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["once"]


@pytest.mark.parametrize("hours", [-11, -1, 1, 11])
def test_a_clock_that_is_hours_off_finds_it_too(slack_server: SlackServer, log: Log, robin: Person, hours: int) -> None:
    slack_server.api.faults.order("chat.postMessage", drops(takes_effect=True))
    log.queue([post("once", robin.id)])
    log.retry_later(1, 0.0)
    with sending(log, slack_server, clock=Clock(hours * 3600.0)):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["once"]


def test_a_clock_that_was_set_back_since_holds_nothing_up(slack_server: SlackServer, log: Log, robin: Person) -> None:
    log.queue([post("once", robin.id)])
    assert log.mark_sending(1, time.time() + 7200)
    log.mark_in_doubt(1, 0.0)
    with sending(log, slack_server, settle=30.0):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["once"]


def test_it_is_found_among_many(
    slack_server: SlackServer, log: Log, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "PER_PAGE", 2)
    log.queue([post("root", robin.id, slot="thread:1"), *(post(f"{n}", robin.id, under="thread:1") for n in range(4))])
    with sending(log, slack_server) as sender:
        wait_until(all_sent(log))
        slack_server.api.faults.order("chat.postMessage", drops(takes_effect=True))
        log.queue([post("once", robin.id, under="thread:1")])
        sender.wake()
        wait_until(all_sent(log))
    assert said(robin.thread(robin.dm()[0])) == ["0", "1", "2", "3", "once"]
    assert len(slack_server.calls("conversations.replies")) == 3


def test_a_row_of_another_log_or_time_is_another_post(slack_server: SlackServer, log: Log, robin: Person) -> None:
    log.queue([post("one", robin.id, slot="s")])
    [row] = log.due(time.time(), 1)
    with sending(log, slack_server):
        wait_until(all_sent(log))
    channel, own_id = robin.dm_channel.id, str(log.slot("log:id"))

    def found(metadata: dict[str, object]) -> str | None:
        return find_post(
            client_of(slack_server), channel=channel, thread_ts=None, metadata=metadata, around=time.time()
        )

    assert found(metadata_of(row, own_id)) == log.slot("s")
    assert found(metadata_of(row, "another")) is None
    written_later = dict(metadata_of(row, own_id)["event_payload"], at=int(row.created_at * 1000) + 1)
    assert found({"event_type": "curbside_post", "event_payload": written_later}) is None


# A program that died


def test_a_program_that_died_before_it_called_is_followed_by_one_that_sends(
    slack_server: SlackServer, tmp_path: Path, robin: Person
) -> None:
    with open_log(tmp_path / "log.db") as log:
        log.queue([post("once", robin.id, slot="s"), post("next", robin.id)])
        [row] = log.due(time.time(), 5)
        assert log.mark_sending(row.id, time.time())
    with open_log(tmp_path / "log.db") as log, sending(log, slack_server):
        wait_until(all_sent(log))
        assert log.slot("s") == robin.dm()[0].ts
    assert said(robin.dm()) == ["once", "next"]


def test_a_post_that_the_dead_program_brought_through_is_not_repeated(
    slack_server: SlackServer, tmp_path: Path, robin: Person
) -> None:
    slack_server.api.faults.order("chat.postMessage", slow(2.5))
    with open_log(tmp_path / "log.db") as log:
        log.queue([post("once", robin.id, slot="s"), post("next", robin.id)])
        died = Sender(log, client_of(slack_server))
        died.start()
        wait_until(lambda: slack_server.calls("chat.postMessage"))
        died.stop()  # before the answer comes, and the log is closed
    with open_log(tmp_path / "log.db") as log, sending(log, slack_server):
        wait_until(all_sent(log))
        assert log.slot("s") == robin.dm()[0].ts
    assert said(robin.dm()) == ["once", "next"]


KILLED = """
import sys, time
from bot.slack.sender import Sender, sending_client
from bot.storage import open_log
path, url, token = sys.argv[1:]
with open_log(path) as log:
    Sender(log, sending_client(token, url), settle=0.1, wait=lambda failures: 0.05).start()
    print("started", flush=True)
    time.sleep(60)
"""


def test_killed_at_any_moment_it_repeats_nothing_and_loses_nothing(slack_server: SlackServer, tmp_path: Path) -> None:
    people = [slack_server.clinician(f"Invented {n}") for n in range(4)]
    wanted = [f"{n}" for n in range(6)]
    path = tmp_path / "log.db"
    with open_log(path) as log:
        log.queue([post(text, person.id) for text in wanted for person in people])
    arguments = [str(path), slack_server.api_url, slack_server.workspace.app.bot_token]
    slack_server.api.faults.order("chat.postMessage", slow(0.05), 1000)
    for calls in (3, 9, 15):
        with subprocess.Popen([sys.executable, "-c", KILLED, *arguments], stdout=subprocess.PIPE) as program:
            wait_until(lambda calls=calls: len(slack_server.calls("chat.postMessage")) >= calls, 10)  # type: ignore[misc]
            program.kill()
    with open_log(path) as log, sending(log, slack_server, settle=0.3):
        wait_until(all_sent(log), 10)
    assert [said(person.dm()) for person in people] == [wanted] * len(people)


# What is not looked up


def test_a_page_in_doubt_is_sent_again_at_once(slack_server: SlackServer, log: Log, robin: Person) -> None:
    slack_server.api.faults.order("chat.postMessage", drops(takes_effect=True))
    log.queue([post("page", robin.id, PAGE)])
    with sending(log, slack_server, settle=30.0, wait=lambda failures: 30.0):
        wait_until(all_sent(log), 1.0)
    assert said(robin.dm()) == ["page", "page"]
    assert slack_server.calls("conversations.history") == []


def test_a_page_that_a_dead_program_left_is_sent_at_once(
    slack_server: SlackServer, tmp_path: Path, robin: Person
) -> None:
    with open_log(tmp_path / "log.db") as log:
        log.queue([post("page", robin.id, PAGE)])
        assert log.mark_sending(1, time.time())
    with open_log(tmp_path / "log.db") as log, sending(log, slack_server, settle=30.0):
        wait_until(all_sent(log), 1.0)
    assert said(robin.dm()) == ["page"]


@pytest.mark.parametrize("taken", [True, False])
def test_a_line_for_one_person_is_sent_at_most_once(
    slack_server: SlackServer, log: Log, robin: Person, taken: bool
) -> None:
    slack_server.api.faults.order("chat.postEphemeral", drops(takes_effect=taken))
    log.queue([line_for_one("a kind line", robin.id), post("next", robin.id)])
    with sending(log, slack_server, settle=30.0, wait=lambda failures: 30.0):
        wait_until(all_sent(log), 1.0)  # and it holds up nothing
    assert said(robin.ephemerals()) == ["a kind line"] * taken and said(robin.dm()) == ["next"]
    assert log.outbox_counts() == {"failed": 1, "sent": 1}


def test_a_line_for_one_person_that_a_dead_program_left_is_not_sent(
    slack_server: SlackServer, tmp_path: Path, robin: Person
) -> None:
    with open_log(tmp_path / "log.db") as log:
        log.queue([line_for_one("a kind line", robin.id)])
        assert log.mark_sending(1, time.time())
    with open_log(tmp_path / "log.db") as log, sending(log, slack_server):
        wait_until(all_sent(log))
        assert log.outbox_counts() == {"failed": 1}
    assert robin.ephemerals() == []


@pytest.mark.parametrize("fault", [drops(takes_effect=True), drops(takes_effect=False), server_error()])
def test_an_edit_in_doubt_is_made_again(slack_server: SlackServer, log: Log, robin: Person, fault: Fault) -> None:
    slack_server.api.faults.order("chat.update", fault)
    log.queue([post("first", robin.id, slot="s"), edit("second", robin.id, "s")])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["second"] and slack_server.calls("conversations.history") == []
