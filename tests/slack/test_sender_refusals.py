"""Slack refuses: what can be mended is kept until it is, what can't be is noted in the journal, and nobody meets silence."""

from __future__ import annotations

import pytest

from bot.slack.addresses import dm
from bot.slack.sender import BEGIN, FOR_PAGES, WORKERS
from bot.storage import Log, Post

from .sender_at_work import (
    CARD,
    PAGE,
    QUESTION,
    Clock,
    a_moment,
    all_sent,
    card,
    edit,
    heard,
    journal,
    post,
    said,
    sending,
)
from .server import Person, SlackServer, drops, rate_limited, refuses, wait_until

__all__ = ["heard"]


# What Slack can't show


@pytest.mark.parametrize("why", ["invalid_blocks", "msg_too_long", "invalid_arguments", "msg_blocks_too_long"])
def test_in_place_of_what_can_not_be_shown_there_is_a_plain_line(
    slack_server: SlackServer, log: Log, robin: Person, heard: pytest.LogCaptureFixture, why: str
) -> None:
    slack_server.api.faults.order("chat.postMessage", refuses(why), when=lambda body: "blocks" in body)
    log.queue([post("question", robin.id, slot="s"), post("next", robin.id, under="s")])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    [root] = robin.dm()
    assert root.text.startswith("Sorry, I could not show the next part") and root.blocks == []
    assert log.slot("s") == root.ts and said(robin.thread(root)) == ["next"]
    assert [line["why"] for line in journal(heard, "shown_otherwise")] == [why]


def test_the_plain_line_is_there_once_though_its_answer_was_lost(
    slack_server: SlackServer, log: Log, robin: Person
) -> None:
    slack_server.api.faults.order("chat.postMessage", refuses("invalid_blocks"))
    slack_server.api.faults.order("chat.postMessage", drops(takes_effect=True))
    log.queue([post("question", robin.id, slot="s")])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    [line] = robin.dm()
    assert line.text.startswith("Sorry") and log.slot("s") == line.ts


def test_in_place_of_a_card_there_is_a_line_too(slack_server: SlackServer, log: Log, robin: Person) -> None:
    channel = slack_server.channel("supervisors", robin)
    slack_server.api.faults.order("chat.postMessage", refuses("invalid_blocks"))
    log.queue([card("a card", channel.id, PAGE)])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert [text[:33] for text in said(robin.dm(channel))] == ["Sorry, a card could not be shown "]


def test_what_belongs_into_a_thread_that_is_gone_is_posted_beside_it(
    slack_server: SlackServer, log: Log, robin: Person
) -> None:
    log.queue([post("root", robin.id, slot="s")])
    with sending(log, slack_server) as sender:
        wait_until(all_sent(log))
        with slack_server.workspace.lock:
            robin.dm_channel.messages.clear()  # as a workspace does that keeps messages for some days
        slack_server.api.faults.order("chat.postMessage", refuses("thread_not_found"))
        slack_server.api.faults.order("chat.postMessage", drops(takes_effect=True))
        log.queue([post("question", robin.id, under="s")])
        sender.wake()
        wait_until(all_sent(log))
    [question] = robin.dm()
    assert question.text == "question" and question.blocks


@pytest.mark.parametrize("why", ["message_not_found", "cant_update_message", "edit_window_closed"])
def test_an_edit_that_can_not_be_made_fails_with_a_line_in_the_journal(
    slack_server: SlackServer, log: Log, robin: Person, heard: pytest.LogCaptureFixture, why: str
) -> None:
    slack_server.api.faults.order("chat.update", refuses(why))
    log.queue([post("first", robin.id, slot="s"), edit("words of an invented edit", robin.id, "s", priority=CARD)])
    log.queue([post("next", robin.id)])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["first", "next"]
    assert journal(heard, "failed") == [{"event": "failed", "row": 2, "method": "chat.update", "why": why}]
    assert len(heard.records) == 1 and "invented edit" not in heard.text


def test_a_person_who_left_fails_and_stops_nobody(slack_server: SlackServer, log: Log, robin: Person) -> None:
    gone = slack_server.clinician("Gone Invented", deleted=True)
    log.queue([post("to nobody", "U0NOBODY"), post("to one who left", gone.id), post("to robin", robin.id)])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["to robin"] and log.outbox_counts() == {"failed": 2, "sent": 1}


# What can be mended


@pytest.mark.parametrize("why", ["token_revoked", "invalid_auth", "account_inactive", "not_authed"])
def test_without_a_token_nothing_is_lost(
    slack_server: SlackServer, log: Log, robin: Person, heard: pytest.LogCaptureFixture, why: str
) -> None:
    clock = Clock()
    others = [slack_server.clinician(f"Invented {n}") for n in range(20)]
    slack_server.api.faults.order("*", refuses(why), 10000)
    log.queue([post("page", robin.id, PAGE), *(post("kept", other.id) for other in others)])
    with sending(log, slack_server, clock=clock) as sender:
        wait_until(lambda: sender.paused and sender.idle)
        tried = len(slack_server.calls())
        assert tried <= WORKERS + FOR_PAGES, "as many as were under way at once"
        sender.wake()
        clock.ahead += 20.0
        sender.wake()
        a_moment()
        assert len(slack_server.calls()) == tried
        clock.ahead += 11.0
        sender.wake()
        wait_until(lambda: slack_server.calls("auth.test"))
        a_moment()
        assert sender.paused and len(slack_server.calls()) == tried + 1
        slack_server.api.faults.clear()
        clock.ahead += 31.0
        sender.wake()
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["page"] and all(said(other.dm()) == ["kept"] for other in others)
    [line] = journal(heard, "sending_paused")
    assert line["why"] == why and "SLACK_BOT_TOKEN" in line["to_do"]
    assert journal(heard, "not_sent") == journal(heard, "failed") == []


def test_a_missing_scope_stops_only_what_needs_it(
    slack_server: SlackServer, log: Log, robin: Person, heard: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    channel = slack_server.channel("supervisors", robin)
    slack_server.install({"oauth_config": {"scopes": {"bot": ["chat:write"]}}})  # no im:write
    log.queue([post("kept", robin.id), card("a card", channel.id)])
    with sending(log, slack_server, clock=clock) as sender:
        robin.sees("a card", channel=channel)
        wait_until(lambda: sender.idle)
        [line] = journal(heard, "method_paused")
        assert (line["method"], line["why"]) == ("conversations.open", "missing_scope")
        slack_server.install({"oauth_config": {"scopes": {"bot": ["chat:write", "im:write"]}}})
        clock.ahead += 31.0
        sender.wake()
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["kept"]


def test_a_scope_that_is_missing_for_one_post_is_missing_for_all(
    slack_server: SlackServer, log: Log, robin: Person
) -> None:
    clock = Clock()
    sue = slack_server.clinician("Sue Invented")
    slack_server.api.faults.order("chat.postMessage", refuses("missing_scope"))
    log.queue([post("kept", robin.id)])
    with sending(log, slack_server, clock=clock) as sender:
        wait_until(lambda: slack_server.api.faults.left == 0 and sender.idle)
        log.queue([post("kept, too", sue.id)])
        sender.wake()
        a_moment()
        assert len(slack_server.calls("chat.postMessage")) == 1
        clock.ahead += 31.0
        sender.wake()
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["kept"] and said(sue.dm()) == ["kept, too"]


@pytest.mark.parametrize("why", ["is_archived", "channel_not_found", "not_in_channel"])
def test_a_channel_that_is_closed_gets_its_cards_once_it_is_mended(
    slack_server: SlackServer, log: Log, robin: Person, why: str
) -> None:
    clock = Clock()
    channel = slack_server.channel("supervisors", robin)
    slack_server.api.faults.order("chat.postMessage", refuses(why), 2, when=lambda body: body["channel"] == channel.id)
    log.queue([card("first", channel.id), card("second", channel.id), post("meanwhile", robin.id)])
    with sending(log, slack_server, clock=clock) as sender:
        robin.sees("meanwhile")
        for tries in (1, 2):
            wait_until(lambda tries=tries: slack_server.api.faults.left == 2 - tries and sender.idle)  # type: ignore[misc]
            assert robin.dm(channel) == []
            clock.ahead += 181.0
            sender.wake()
        wait_until(all_sent(log))
    assert said(robin.dm(channel)) == ["first", "second"]


def test_a_closed_direct_message_holds_nothing_up(slack_server: SlackServer, log: Log, robin: Person) -> None:
    slack_server.api.faults.order("chat.postMessage", refuses("channel_not_found"), 2)
    log.queue([post("fails", robin.id), post("fails too", robin.id), post("arrives", robin.id)])
    with sending(log, slack_server):
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["arrives"] and log.outbox_counts() == {"failed": 2, "sent": 1}


# Too many calls


def test_retry_after_is_obeyed_in_that_conversation_and_holds_up_no_other(
    slack_server: SlackServer, log: Log, robin: Person
) -> None:
    clock = Clock()
    sue = slack_server.clinician("Sue Invented")
    slack_server.api.faults.order("chat.postMessage", rate_limited(20), when=lambda body: body["text"] == "limited")
    log.queue([post("limited", robin.id), post("behind it", robin.id), post("free", sue.id)])
    with sending(log, slack_server, clock=clock) as sender:
        sue.sees("free", seconds=0.8)
        wait_until(lambda: sender.idle)
        clock.ahead += 19.0
        sender.wake()
        log.queue([post("page", robin.id, PAGE)])
        sender.wake()
        a_moment()
        assert robin.dm() == []  # Slack has said so, and a page would only make it longer
        clock.ahead += 2.0
        sender.wake()
        wait_until(all_sent(log))
    assert sorted(said(robin.dm())) == ["behind it", "limited", "page"]


def test_retry_after_of_another_method_holds_for_all_conversations(
    slack_server: SlackServer, log: Log, robin: Person
) -> None:
    clock = Clock()
    sue = slack_server.clinician("Sue Invented")
    for person in (robin, sue):
        log.queue([post("first", person.id, slot=f"s:{person.id}")])
    with sending(log, slack_server, clock=clock) as sender:
        wait_until(all_sent(log))
        slack_server.api.faults.order("chat.update", rate_limited(20))
        log.queue([edit("second", robin.id, f"s:{robin.id}", coalesce=None)])
        sender.wake()
        wait_until(lambda: slack_server.api.faults.left == 0 and sender.idle)
        log.queue([edit("second", sue.id, f"s:{sue.id}", coalesce=None), post("a question", sue.id)])
        sender.wake()
        sue.sees("a question")
        a_moment()
        assert len(slack_server.calls("chat.update")) == 1
        clock.ahead += 21.0
        sender.wake()
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["second"] and said(sue.dm()) == ["second", "a question"]


def test_a_method_that_prepares_is_paced_too(slack_server: SlackServer, log: Log, robin: Person) -> None:
    clock = Clock()
    sue = slack_server.clinician("Sue Invented")
    slack_server.api.faults.order("conversations.open", rate_limited(20))
    with sending(log, slack_server, clock=clock) as sender:
        log.queue([post("to robin", robin.id)])
        sender.wake()
        wait_until(lambda: slack_server.api.faults.left == 0 and sender.idle)
        log.queue([post("to sue", sue.id)])
        sender.wake()
        wait_until(lambda: not log.due(clock(), 1))
        assert len(slack_server.calls("conversations.open")) == 1
        clock.ahead += 21.0
        sender.wake()
        wait_until(all_sent(log))
    assert said(robin.dm()) == ["to robin"] and said(sue.dm()) == ["to sue"]


def test_a_retry_after_of_nothing_is_no_reason_to_hammer(slack_server: SlackServer, log: Log, robin: Person) -> None:
    slack_server.api.faults.order("conversations.open", rate_limited(0), 1000)
    log.queue([post("kept", robin.id)])
    with sending(log, slack_server, wait=lambda failures: 0.05 * 2**failures):
        wait_until(lambda: len(slack_server.calls("conversations.open")) >= 3)
    first, second, third, *more = (call.at for call in slack_server.calls("conversations.open"))
    assert more == [] and second - first > 0.09 and third - second > 0.19


# Somebody whom the program does not know


def begin_row(person: Person) -> Post:
    return Post(lane=dm(person.id), method=BEGIN, body={"user": person.id, "text": "start"}, priority=QUESTION)


def test_somebody_unknown_is_handed_to_who_finds_out(slack_server: SlackServer, log: Log, robin: Person) -> None:
    came: list[tuple[str, str]] = []

    def begin(user: str, text: str) -> None:
        came.append((user, text))
        if len(came) < 8:
            raise ConnectionResetError  # it could not be found out just now

    log.queue([begin_row(robin), post("after it", robin.id)])
    with sending(log, slack_server, begin=begin):
        wait_until(all_sent(log))
    assert came == [(robin.id, "start")] * 8 and said(robin.dm()) == ["after it"]


def test_a_fault_in_beginning_is_told_and_holds_the_conversation_up_no_longer(
    slack_server: SlackServer, log: Log, robin: Person
) -> None:
    def begin(user: str, text: str) -> None:
        raise KeyError("an invented fault")

    log.queue([begin_row(robin), post("after it", robin.id)])
    with sending(log, slack_server, begin=begin):
        wait_until(all_sent(log))
    assert [text[:20] for text in said(robin.dm())] == ["after it", "Sorry, something wen"]
    assert log.outbox_counts() == {"failed": 1, "sent": 2}
