"""What was typed while the program was down is read from the conversations, once and in order."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.slack.addresses import dm, thread
from bot.slack.catching_up import heard_until, missed, note_heard
from bot.slack.listeners import messages
from bot.slack.sender import sending_client
from bot.storage import Log

from .harness import program
from .making import client
from .server import Person, SlackServer, drops, rate_limited, refuses, server_error
from .server.faults import Fault


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


def test_a_conversation_that_could_not_be_read_is_read_by_the_next_program(slack_server: SlackServer, log: Log) -> None:
    robin = slack_server.clinician()
    before = time.time() - 1
    root = with_a_consult(slack_server, log, robin)
    robin.types_dm("stated", root, wait=False)
    slack_server.api.faults.order("conversations.replies", refuses("internal_error"), 4)
    assert read(log, slack_server, before) == []
    assert read(log, slack_server, time.time() + 60) == ["stated"]
    assert read(log, slack_server, time.time() + 60) == []


def test_what_was_not_handled_when_the_program_ended_is_read_by_the_next_one(
    slack_server: SlackServer, log: Log
) -> None:
    robin = slack_server.clinician()
    before = time.time() - 1
    root = with_a_consult(slack_server, log, robin)
    for text in ("stated", "firearm"):
        robin.types_dm(text, root, wait=False)
    came = missed(log, client(slack_server), before)
    assert next(came)["event"]["text"] == "stated"
    came.close()  # it died while it handled this one
    assert read(log, slack_server, time.time() + 60) == ["stated", "firearm"]


@pytest.mark.parametrize("fault", [rate_limited(7), server_error(), drops(takes_effect=False)])
def test_slack_is_asked_again_when_it_does_not_answer(slack_server: SlackServer, log: Log, fault: Fault) -> None:
    robin = slack_server.clinician()
    before = time.time() - 1
    root = with_a_consult(slack_server, log, robin)
    robin.types_dm("stated", root, wait=False)
    slack_server.api.faults.order("conversations.history", fault)
    waited: list[float] = []
    [message] = missed(log, client(slack_server), before, pause=waited.append)
    assert message["event"]["text"] == "stated" and len(waited) == 1
    assert waited[0] == 7.0 or fault != rate_limited(7)


def test_a_consult_that_began_long_ago_is_read_too(slack_server: SlackServer, log: Log) -> None:
    robin = slack_server.clinician()
    before = time.time() - 1
    root = with_a_consult(slack_server, log, robin)
    web = client(slack_server)
    for _ in range(201):
        web.chat_postMessage(channel=robin.dm_channel.id, text="what was posted since")
    robin.types_dm("stated", root, wait=False)
    assert read(log, slack_server, before) == ["stated"]


def test_a_thread_that_is_gone_keeps_no_other_back(slack_server: SlackServer, log: Log) -> None:
    robin = slack_server.clinician()
    before = time.time() - 1
    with_a_consult(slack_server, log, robin)
    with slack_server.workspace.lock:
        robin.dm_channel.messages.clear()
    robin.types_dm("help", wait=False)
    assert read(log, slack_server, before) == ["help"]


def test_a_message_at_the_top_that_has_a_thread_is_read_once(slack_server: SlackServer, log: Log) -> None:
    robin = slack_server.clinician()
    before = time.time() - 1
    with_a_consult(slack_server, log, robin)
    robin.types_dm("a question of mine", wait=False)
    own = robin.dm()[-1]
    robin.types_dm("and under it", own, wait=False)
    assert read(log, slack_server, before) == ["a question of mine"]


def test_a_reply_that_was_typed_while_nothing_ran_counts_once(slack_server: SlackServer, tmp_path: Path) -> None:
    robin = slack_server.clinician()
    with program(slack_server, tmp_path) as first:
        assert robin.command("/consult").acknowledged
        first.quiet()
        begun = first.only_consult(robin.id)
        root = first.log.slot(thread(begun.reference))
        assert begun.consult.asks[0].question == "jurisdiction"
    told = len(robin.ephemerals())
    robin.types_dm("Colorado", root, wait=False)
    with program(slack_server, tmp_path) as second:
        for _ in range(2):
            for payload in missed(second.log, client(slack_server), time.time() - 60):
                messages.handle(second.office, payload)
        second.quiet()
        after = second.only_consult(robin.id)
    assert after.consult.given["jurisdiction"] == "CO" and after.revision == begun.revision + 1
    assert len(robin.ephemerals()) == told  # no hint, the second time


def test_people_without_an_open_consult_are_left_alone(slack_server: SlackServer, log: Log) -> None:
    slack_server.clinician().types_dm("hello", wait=False)
    assert read(log, slack_server, time.time() - 60) == [] and slack_server.calls() == []


def test_it_is_noted_up_to_when_everything_was_heard(log: Log) -> None:
    assert heard_until(log, 1e9) is None
    note_heard(log, 1e9)
    assert heard_until(log, 1e9 + 5) == 1e9 - 120
    assert heard_until(log, 1e9 + 30 * 86400) == 1e9 + 23 * 86400


def test_what_a_clock_that_was_ahead_has_noted_keeps_nothing_from_being_read(log: Log) -> None:
    note_heard(log, 1e9 + 7200)
    assert heard_until(log, 1e9) == 1e9 - 86400 - 120
