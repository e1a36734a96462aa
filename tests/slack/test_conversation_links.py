"""Where links lead: to the message in which a consult waits, as far as one can be made."""

from __future__ import annotations

from bot.slack.links import to_consult, to_conversation, to_message
from bot.storage import Log

REF, USER = "C-7F3K2", "U01"
CONVERSATION = "https://slack.com/app_redirect?app=A1&team=T1"


def link(log: Log, domain: str = "invented-practice", app: str = "A1") -> str | None:
    return to_consult(log, USER, REF, turn=4, app=app, team="T1", domain=domain)


def test_to_the_conversation_while_nothing_was_sent(log: Log) -> None:
    assert link(log) == CONVERSATION
    assert link(log, app="") is None


def test_to_the_thread_and_then_to_the_message_that_counts(log: Log) -> None:
    log.set_slot("dm:U01", "D01")
    log.set_slot("thread:C-7F3K2", "1700000000.000100")
    assert link(log) == "https://invented-practice.slack.com/archives/D01/p1700000000000100"
    log.set_slot("screen:C-7F3K2:4", "1700000000.000300")
    message = "https://invented-practice.slack.com/archives/D01/p1700000000000300"
    assert link(log) == f"{message}?thread_ts=1700000000.000100&cid=D01"
    assert link(log, domain="") == CONVERSATION, "without the workspace's domain there is no link to a message"


def test_a_link_without_a_thread() -> None:
    assert to_message(domain="x", channel="D1", ts="1.2", root="1.2") == "https://x.slack.com/archives/D1/p12"
    assert to_conversation(app="A1", team="") == "https://slack.com/app_redirect?app=A1"
