"""What the network between the program and Slack does by itself: it brings a call twice, late, or after one that came later.

Slack's Web API takes no key by which it would know a post that it has, so that what the network repeats is there twice, whatever
the program does. It adds nothing to that, and an edit that arrives late never leaves an older text.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from bot.storage import Log, open_log

from .sender_at_work import CARD, all_sent, edit, post, said, sending
from .server import Person, SlackServer, arrives_later, held_back, repeated, wait_until
from .server.faults import Fault


@pytest.mark.parametrize("where", ["top", "thread"])
@pytest.mark.parametrize("answered", [True, False])
def test_what_the_network_repeats_is_there_twice_and_no_more(
    slack_server: SlackServer, log: Log, robin: Person, answered: bool, where: str
) -> None:
    log.queue([post("root", robin.id, slot="thread:1")])
    with sending(log, slack_server) as sender:
        wait_until(all_sent(log))
        slack_server.api.faults.order("chat.postMessage", repeated(answered))
        under = "thread:1" if where == "thread" else None
        log.queue([post("twice", robin.id, under=under, slot="s"), edit("edited", robin.id, "s")])
        sender.wake()
        wait_until(all_sent(log))
    found = robin.thread(robin.dm()[0]) if where == "thread" else robin.dm()[1:]
    assert sorted(said(found)) == ["edited", "twice"], "the one of which the program knows goes on"
    assert log.slot("s") == next(one.ts for one in found if one.text == "edited")
    assert [call.repeats for call in slack_server.calls("chat.postMessage")] == [False, False, True]


def test_an_edit_that_the_network_repeats_is_that_edit(slack_server: SlackServer, log: Log, robin: Person) -> None:
    slack_server.api.faults.order("chat.update", repeated())
    log.queue([post("first", robin.id, slot="s"), edit("second", robin.id, "s")])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["second"] and robin.dm()[0].edits == 2


def test_a_post_that_arrives_after_its_connection_was_dropped_is_there_once(
    slack_server: SlackServer, log: Log, robin: Person
) -> None:
    slack_server.api.faults.order("chat.postMessage", arrives_later(0.2))
    log.queue([post("once", robin.id), post("after", robin.id)])
    with sending(log, slack_server, settle=0.6):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["once", "after"]


def test_what_is_held_back_is_overtaken_by_no_other_post_of_its_conversation(
    slack_server: SlackServer, log: Log, robin: Person
) -> None:
    sue = slack_server.clinician("Sue Invented")
    slack_server.api.faults.order("chat.postMessage", held_back(0.3), when=lambda call: call["text"] == "first")
    log.queue([post("first", robin.id), post("second", robin.id), post("elsewhere", sue.id)])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["first", "second"]
    order = sorted(slack_server.calls("chat.postMessage"), key=lambda call: call.took_effect_at or 0.0)
    assert [call.arguments["text"] for call in order] == ["elsewhere", "first", "second"]


@pytest.mark.parametrize("fault", [held_back(0.3), arrives_later(0.3)])
@pytest.mark.parametrize(("lane", "priority"), [("another", 3), ("", CARD)])
def test_an_edit_that_arrives_late_never_stays_instead_of_a_newer_one(
    slack_server: SlackServer, log: Log, robin: Person, fault: Fault, lane: str, priority: int
) -> None:
    """In whatever lanes they are, and however much more urgent the newer one is."""
    log.queue([post("first", robin.id, slot="s")])
    with sending(log, slack_server, settle=0.5) as sender:
        wait_until(all_sent(log))
        slack_server.api.faults.order("chat.update", fault)
        log.queue([edit("old", robin.id, "s")])
        sender.wake()
        wait_until(lambda: slack_server.calls("chat.update"))
        newest = edit("newest", robin.id, "s", priority=priority)
        log.queue([replace(newest, lane=lane or newest.lane)])
        sender.wake()
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["newest"]


def test_an_edit_that_a_dead_program_left_under_way_is_waited_for(
    slack_server: SlackServer, tmp_path: Path, robin: Person
) -> None:
    with open_log(tmp_path / "log.db") as log:
        log.queue([post("first", robin.id, slot="s"), edit("second", robin.id, "s")])
        with sending(log, slack_server, settle=0.5) as sender:
            sender.wake()
            wait_until(all_sent(log))
        log.queue([edit("third", robin.id, "s")])
        began = time.time()
        assert log.mark_sending(3, began)
    before = len(slack_server.calls("chat.update"))
    with open_log(tmp_path / "log.db") as log, sending(log, slack_server, settle=0.5):
        wait_until(all_sent(log))
    [again] = slack_server.calls("chat.update")[before:]
    assert again.at - began > 0.45 and said(robin.dm()) == ["third"]
