"""What was typed while the program was down is read from the conversations, once and in order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.slack.addresses import dm, thread
from bot.slack.catching_up import heard_until, missed, note_heard
from bot.slack.sender import sending_client
from bot.storage import Log, open_log

from .making import client
from .server import Person, SlackServer, rate_limited, refuses


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with open_log(tmp_path / "log.db") as opened:
        yield opened


def with_a_consult(server: SlackServer, log: Log, person: Person) -> str:
    """The root of the thread of a consult of theirs."""
    kept = Desk(log, person.id).start({"jurisdiction": "CO", "profession": "nurse"})
    web = client(server)
    channel = web.conversations_open(users=person.id)["channel"]["id"]
    root = str(web.chat_postMessage(channel=channel, text=kept.reference)["ts"])
    log.set_slot(dm(person.id), channel)
    log.set_slot(thread(kept.reference), root)
    return root


def read(log: Log, server: SlackServer, since: float) -> list[str]:
    app = server.workspace.app
    return [
        one["event"]["text"]
        for one in missed(log, sending_client(app.bot_token, server.api_url), since, pause=lambda _: None)
    ]


def test_replies_and_messages_are_read_in_order_without_the_apps_own(slack_server: SlackServer, log: Log) -> None:
    robin = slack_server.clinician()
    before = time.time() - 1
    root = with_a_consult(slack_server, log, robin)
    client(slack_server).chat_postMessage(channel=robin.dm_channel.id, text="a question", thread_ts=root)
    robin.types_dm("stated", root, wait=False)
    robin.types_dm("help", wait=False)
    robin.types_dm("firearm", root, wait=False)
    assert read(log, slack_server, before) == ["stated", "help", "firearm"]
    [first, *_] = missed(log, client(slack_server), before)
    assert (
        first["event"]["channel_type"] == "im"
        and first["event"]["thread_ts"] == root
        and first["event"]["user"] == robin.id
    )


def test_what_is_older_is_not_read_again(slack_server: SlackServer, log: Log) -> None:
    robin = slack_server.clinician()
    root = with_a_consult(slack_server, log, robin)
    robin.types_dm("stated", root, wait=False)
    assert read(log, slack_server, time.time() + 60) == []


def test_a_conversation_that_can_not_be_read_keeps_no_other_back(slack_server: SlackServer, log: Log) -> None:
    robin, sue = slack_server.clinician(), slack_server.clinician("Sue Invented")
    for person in (robin, sue):
        root = with_a_consult(slack_server, log, person)
        person.types_dm(f"from {person.user.name}", root, wait=False)
    channel = robin.dm_channel.id
    slack_server.api.faults.order(
        "conversations.history", refuses("channel_not_found"), when=lambda body: body["channel"] == channel
    )
    slack_server.api.faults.order("conversations.replies", rate_limited(1))
    assert read(log, slack_server, time.time() - 60) == [f"from {sue.user.name}"]


def test_people_without_an_open_consult_are_left_alone(slack_server: SlackServer, log: Log) -> None:
    slack_server.clinician().types_dm("hello", wait=False)
    assert read(log, slack_server, time.time() - 60) == [] and slack_server.calls() == []


def test_it_is_noted_up_to_when_everything_was_heard(log: Log) -> None:
    assert heard_until(log, 1e9) is None
    note_heard(log, 1e9)
    assert heard_until(log, 1e9 + 5) == 1e9 - 120
    assert heard_until(log, 1e9 + 30 * 86400) == 1e9 + 23 * 86400
