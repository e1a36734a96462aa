"""The heads of the log in the supervisors' channel: when they are posted, once each, and what `curbside verify` makes of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.records.retention import purge_of
from bot.records.verifying import heads_in
from bot.slack.doctor_log import look_at_log
from bot.slack.lookup import EVENT_TYPE
from bot.slack.supervisors.witness import HEAD_EVENT, OTHERWISE_AFTER, read_heads_on_their_way, witness_message
from bot.slack.supervisors.witness import ON_ITS_WAY as SLOT
from bot.storage import Head, LogError
from flows.consult import Consult

from ..commands.conftest import Practice as Commands
from ..commands.conftest import Said
from ..flows.making import ANGER, THREAT
from ..records.test_verify import forge
from ..storage.test_tampering import without_triggers
from .clinician_at_work import AtWork
from .harness import Program
from .server import Message, drops, rate_limited, refuses, server_error, wait_until
from .supervisors_at_work import Practice, logged, practice

__all__ = ["practice"]


def looked(running: Program) -> None:
    """Queue what is due, let it arrive, and note it."""
    for _ in range(2):
        running.supervisors.timers.look()
        running.quiet()
    running.supervisors.timers.look()


def decided(running: Program, practice: Practice, answers: Mapping[str, Any] = THREAT) -> AtWork:
    work = logged(running, practice.robin, answers)
    looked(running)
    return work


def is_witness(arguments: Mapping[str, Any]) -> bool:
    return str(arguments["text"]).startswith("Curbside witness")


@pytest.fixture
def commands(practice: Practice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    """The commands, set up for the practice's log and its Slack."""
    given: Mapping[str, str] = practice.server.environment() | {
        "CURBSIDE_DATABASE": str(practice.folder / "consults.db"),
        "CURBSIDE_SUPERVISORS_CHANNEL": practice.channel.id,
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(practice.folder)
    return Commands(practice.folder / "consults.db", capsys)


# Posting


def test_after_each_consult_there_is_a_message_of_its_own(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin)
        running.supervisors.timers.look()
        heads = [running.log.head(), running.log.access_head()]
        running.quiet()
        assert running.log.posted_heads() == [], "what Slack has not confirmed is not noted"
        looked(running)
        [message] = practice.witnessed()
        assert message.text.startswith(
            f"Curbside witness after {work.reference}: the log has {heads[0].number} events and"
        )
        assert heads_in(message.text) == [head for head in heads if head.number]
        assert message.thread_ts is None and message.edits == 0
        [noted] = [one for one in running.log.posted_heads() if one.head.chain == "events"]
        assert (noted.head, noted.where) == (heads[0], f"{practice.channel.id}/{message.ts}")
        looked(running)
        assert len(practice.witnessed()) == 1, "nothing was added since"
        running.office.step(
            practice.robin.id, work.reference, lambda desk, kept: desk.take(kept, Consult.close, "Invented")
        )
        other = decided(running, practice)
        assert [f"{work.reference}" in one.text for one in practice.witnessed()] == [True, True]
        assert other.reference in practice.witnessed()[1].text, "one message for what ended together"
        assert practice.witnessed()[0].edits == 0


def test_what_was_added_beside_is_witnessed_within_hours(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = decided(running, practice, ANGER)
        running.log.record_access("shown", at=practice.clock(), actor="somebody", reference=work.reference)
        practice.clock.at += OTHERWISE_AFTER / 2
        looked(running)
        assert len(practice.witnessed()) == 1
        practice.clock.at += OTHERWISE_AFTER / 2
        looked(running)
        assert len(practice.witnessed()) == 2 and practice.witnessed()[1].text.startswith(
            "Curbside witness: the log has"
        )
        assert heads_in(practice.witnessed()[1].text)[1] == running.log.access_head()
        practice.clock.at += OTHERWISE_AFTER
        looked(running)
        assert len(practice.witnessed()) == 2


@pytest.mark.parametrize("takes_effect", [True, False])
def test_a_program_that_ends_while_it_posts_posts_it_once_and_notes_it(practice: Practice, takes_effect: bool) -> None:
    """The answer never came, and the program is gone: the next one looks the message up by its metadata."""
    practice.server.api.faults.order("chat.postMessage", drops(takes_effect), when=is_witness)
    with practice.program(timers=False) as running:
        practice.server.api.faults.order(
            "conversations.history", rate_limited(1)
        )  # it is not looked up by this program
        logged(running, practice.robin)
        running.supervisors.timers.look()
        _until_in_doubt(running)
        assert len(practice.witnessed()) == int(takes_effect)
    with practice.program(timers=False) as running:
        looked(running)
        assert len(practice.witnessed()) == 1 and len(running.log.posted_heads()) >= 1
        assert practice.witnessed()[0].ts == running.log.posted_heads()[0].where.partition("/")[2]
        looked(running)
        assert len(practice.witnessed()) == 1


def _until_in_doubt(running: Program) -> None:
    wait_until(lambda: "in_doubt" in running.log.outbox_counts(), 10)
    wait_until(lambda: running.sender.idle, 10)


def _ends_here(*_: object, **__: object) -> None:
    raise LogError("the program ends here")


def test_a_program_that_ends_before_it_is_queued_or_noted_forgets_no_head(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with practice.program(timers=False, sending=False) as running:
        logged(running, practice.robin)
        with pytest.raises(LogError), monkeypatch.context() as patched:
            patched.setattr(running.office, "send", _ends_here)
            running.supervisors.timers.look()
        assert not any(str(one.slot).startswith("witness:") for one in running.log.due(4e9, 100))
    with practice.program(timers=False, sending=False) as running:
        running.supervisors.timers.look()
        on_its_way = running.log.slot(SLOT)
        assert read_heads_on_their_way(on_its_way) is not None
        assert str(running.log.due(4e9, 100)[-1].slot).startswith("witness:")
        queued = running.log.outbox_counts()["waiting"]
        running.supervisors.timers.look()
        assert running.log.outbox_counts()["waiting"] == queued, "one is on its way at a time"
    with practice.program(timers=False) as running:
        running.quiet()  # sent, and not noted
    with practice.program(timers=False) as running:
        looked(running)
        assert len(practice.witnessed()) == 1
        assert {one.head for one in running.log.posted_heads()} == set(heads_in(practice.witnessed()[0].text))


def test_it_goes_after_everything_else_and_holds_nobody_up(practice: Practice) -> None:
    with practice.program(timers=False, sending=False) as running:
        logged(running, practice.robin)
        running.supervisors.timers.look()
        later = logged(running, practice.nora)
        due = running.log.due(4e9, 100)
        assert str(due[-1].slot).startswith("witness:") and not any(
            str(one.slot).startswith("witness") for one in due[:-1]
        )
    with practice.program(timers=False) as running:
        running.quiet()
        assert practice.card(later.reference).words


def test_a_head_that_was_purged_with_its_consult_is_followed_by_another(practice: Practice) -> None:
    with practice.program(timers=False, sending=False) as running:
        work = logged(running, practice.robin, ANGER)
        running.supervisors.timers.look()
        row = running.log.consult(work.reference)
        running.log.purge([purge_of(row, at=practice.clock(), actor="somebody")])
    with practice.program(timers=False) as running:
        looked(running)
        [message] = practice.witnessed()
        assert heads_in(message.text)[0] == running.log.head(), "with the purge in it"


def test_a_log_that_is_locked_for_a_moment_only_delays_it(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    with practice.program(timers=False) as running:
        logged(running, practice.robin)
        with pytest.raises(LogError), monkeypatch.context() as patched:
            patched.setattr(running.office, "send", _ends_here)
            running.supervisors.timers.look()
        looked(running)
        assert len(practice.witnessed()) == 1 and running.log.posted_heads() != []


def test_what_slack_refuses_is_not_noted_and_the_next_one_says_more(practice: Practice) -> None:
    practice.server.api.faults.order("chat.postMessage", refuses("msg_too_long"), when=is_witness)
    with practice.program(timers=False) as running:
        logged(running, practice.robin)
        for _ in range(20):
            running.supervisors.timers.look()
            _all_tried(running)
        assert practice.witnessed() == [] and running.log.posted_heads() == []
        work = logged(running, practice.nora)
        for _ in range(3):
            running.supervisors.timers.look()
            _all_tried(running)
        assert work.reference in practice.witnessed()[0].text and running.log.posted_heads() != []


def _all_tried(running: Program) -> None:
    wait_until(lambda: not set(running.log.outbox_counts()) & {"waiting", "sending", "in_doubt"}, 10)


def test_without_a_channel_there_is_none_and_minimal_is_the_same(practice: Practice) -> None:
    with practice.program(timers=False, channel=None, supervisors=None, compliance=None, on_call=None) as running:
        decided(running, practice, ANGER)
        assert running.log.posted_heads() == [] and running.log.slot(SLOT) is None
    with practice.program(timers=False, privacy="minimal") as running:
        looked(running)  # now there is one, and what ended before is witnessed
        [message] = practice.witnessed()
        assert message.text == witness_message(running.log.head(), running.log.access_head(), _after(message.text)).text


def _after(text: str) -> list[str]:
    return [text.removeprefix("Curbside witness after ").partition(":")[0]]


def test_many_consults_are_named_by_a_few() -> None:
    text = witness_message(Head(9, "a" * 64), Head(0, "0" * 64, "accesses"), ["C-1", "C-2", "C-3", "C-4"]).text
    assert text.startswith("Curbside witness after C-1, C-2, C-3 and others: the log has 9 events and 0 readings.")
    assert heads_in(text) == [Head(9, "a" * 64)], "an empty chain has no head"


# Verifying


def test_an_intact_log_fits_what_stands_in_the_channel(practice: Practice, commands: Commands) -> None:
    with practice.program(timers=False) as running:
        decided(running, practice)
        said = commands.run("verify", "--slack")  # while the program is at work
        assert said.status == 0 and "Compared with 1 message in the supervisors' channel" in said.out, said
        decided(running, practice)
    said = commands.run("verify", "--slack", "--json")
    assert said.status == 0 and said.data["given_heads"] == 2
    assert (said.data["channel"]["messages"], said.data["channel"]["noted_and_gone"]) == (2, 0)


def test_the_doctor_says_how_far_the_channel_witnesses(practice: Practice, commands: Commands) -> None:
    database = practice.folder / "consults.db"
    with practice.program(timers=False) as running:
        before = {one.what: one for one in look_at_log(database, practice.channel.id)}["witness"]
        assert (before.state, before.says) == ("ok", "the first head of the log is posted after the first consult")
        decided(running, practice)
        number = running.log.head().number
    after = {one.what: one for one in look_at_log(database, practice.channel.id)}["witness"]
    assert after.state == "ok" and after.says.startswith(f"the channel witnesses {number} of {number} events")


def test_the_text_of_the_channel_will_do_as_a_file_of_heads(practice: Practice, commands: Commands) -> None:
    with practice.program(timers=False) as running:
        decided(running, practice)
        decided(running, practice)
    copied = "\n".join(message.text for message in practice.witnessed())
    Path("heads.txt").write_text(copied, encoding="utf-8")
    said = commands.run("verify", "--heads", "heads.txt")
    assert said.status == 0 and "2 posted heads fit" in said.out


def rewritten(practice: Practice, reference: str) -> None:
    """Everything in the file fits together again, and the log's own note of posted heads is gone."""
    database = practice.folder / "consults.db"
    forge(database, reference)
    with closing(sqlite3.connect(database)) as raw, raw, without_triggers(raw):
        raw.execute("DELETE FROM posted_heads")


def test_a_chain_rewritten_whole_is_found_by_the_channel_alone(practice: Practice, commands: Commands) -> None:
    with practice.program(timers=False) as running:
        work = decided(running, practice)
    rewritten(practice, work.reference)
    assert commands.run("verify").status == 0
    said = commands.run("verify", "--slack")
    assert said.status == 1 and "not the one that was posted" in said.out, said


def test_a_log_put_in_the_place_of_another_is_found(practice: Practice, commands: Commands) -> None:
    """Whoever rewrites the file may also give it another name, by which the heads in the channel are not its own."""
    with practice.program(timers=False) as running:
        work = decided(running, practice)
        running.log.set_slot("log:id", "0" * 16)
    rewritten(practice, work.reference)
    said = commands.run("verify", "--slack")
    assert said.status == 1 and "the channel has heads of another log up to" in said.out, said


def test_a_log_that_was_begun_after_another_one_is_not_held_against_it(practice: Practice, commands: Commands) -> None:
    with practice.program(timers=False) as running:
        decided(running, practice)
    (practice.folder / "consults.db").unlink()
    practice.clock.ahead(days=36500)  # the tests' Slack goes by the real time
    with practice.program(timers=False) as running:
        decided(running, practice)
    said = commands.run("verify", "--slack")
    assert said.status == 0 and "1 message there is of another log." in said.out, said


def test_after_a_restore_it_says_what_that_lost_and_how_to_tell_it_from_an_end_that_was_cut_off(
    practice: Practice, commands: Commands
) -> None:
    with practice.program(timers=False) as running:
        decided(running, practice)
        assert commands.run("backup", "one.db").status == 0
        decided(running, practice)
        kept = running.log.head().number
    restored = commands.run("restore", "--force", "one.db").out
    said = commands.run("verify", "--slack")
    assert said.status == 1, "it is no proof of a restore"
    assert "The log is not what was written" not in said.out and "Everything else fits." in said.words
    assert "Its record says that it was restored" in said.words and "one.db. After restoring a backup" in said.words
    assert f"event {kept}, whose hash was posted, is missing from the chain" in said.out
    data = commands.run("verify", "--slack", "--json").data
    assert (data["unaltered"], data["missing_end"]["heads"]) == (False, 1)
    assert [one["from"].endswith("one.db") for one in data["missing_end"]["restores"]] == [True]

    replaced = Commands(Path(restored.split("is kept as ")[1].split(". Delete")[0]), commands.capsys)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CURBSIDE_DATABASE", str(replaced.database))
        assert replaced.run("verify", "--slack").status == 0, "as the text says, it tells the two apart"

    with practice.program(timers=False) as running:  # the numbers that were lost are given again
        work = decided(running, practice)
        decided(running, practice)
    said = commands.run("verify", "--slack")
    assert (
        said.status == 1 and said.out.startswith("The end of the log was lost: ") and "Everything else fits" in said.out
    )
    rewritten(practice, work.reference)
    said = commands.run("verify", "--slack")
    assert said.status == 1 and said.out.startswith("The log is not what was written. The first event that is wrong"), (
        said
    )
    assert "The end of the log was lost: " in said.out and "Everything else fits" not in said.out


def test_an_end_that_is_missing_without_a_restore_is_named_so(practice: Practice, commands: Commands) -> None:
    database = practice.folder / "consults.db"
    with practice.program(timers=False) as running:
        decided(running, practice, ANGER)
        assert commands.run("backup", "one.db").status == 0
        decided(running, practice)
    for left in practice.folder.glob("consults.db*"):
        left.unlink()
    (practice.folder / "one.db").rename(database)  # by hand: nothing in it says that it was restored
    said = commands.run("verify", "--slack")
    assert (
        said.status == 1 and said.out.startswith("The log ends too early: ") and "which writes itself down" in said.out
    )
    assert commands.run("verify", "--slack", "--json").data["missing_end"]["restores"] == []


def posted_by_the_bot(practice: Practice, text: str, event_type: str = HEAD_EVENT, log: str | None = None) -> str:
    """The bot's token in somebody else's hands, or a part of the program that posts something alike."""
    client = WebClient(practice.server.workspace.app.bot_token, base_url=practice.server.api_url)
    payload = {"row": 1, "log": log or "", "at": 1}
    metadata = {"event_type": event_type, "event_payload": payload}
    return str(client.chat_postMessage(channel=practice.channel.id, text=text, metadata=metadata)["ts"])


def _posted_by_another_app(practice: Practice, text: str, log_id: str) -> None:
    """It may give its messages the same mark."""
    workspace = practice.server.workspace
    metadata = {"event_type": HEAD_EVENT, "event_payload": {"row": 1, "log": log_id, "at": 1}}
    bot = practice.server.bot().id
    workspace.post(
        practice.channel, Message(practice.channel.id, workspace.timestamps.next(), bot, text, metadata=metadata)
    )


def test_what_was_edited_or_posted_by_others_is_not_believed(practice: Practice, commands: Commands) -> None:
    false = witness_message(Head(1, "a" * 64), Head(0, "0" * 64, "accesses"), []).text
    with practice.program(timers=False) as running:
        decided(running, practice)
        log_id = running.log.slot("log:id")
        practice.sam.types_in(practice.channel, false)
        _posted_by_another_app(practice, false, str(log_id))
        posted_by_the_bot(practice, false, EVENT_TYPE, log_id)
        ts = posted_by_the_bot(
            practice, witness_message(running.log.head(), running.log.access_head(), []).text, log=log_id
        )
        client = WebClient(practice.server.workspace.app.bot_token, base_url=practice.server.api_url)
        client.chat_update(channel=practice.channel.id, ts=ts, text=false)
    said = commands.run("verify", "--slack")
    assert said.status == 0, said
    assert "4 messages there look like heads and count for nothing: 1 edited, 3 not posted by Curbside." in said.out
    posted_by_the_bot(practice, false, log=log_id)  # and this one is believed
    assert commands.run("verify", "--slack").status == 1


def test_what_was_deleted_from_the_channel_is_said(practice: Practice, commands: Commands) -> None:
    with practice.program(timers=False) as running:
        decided(running, practice)
    gone = practice.witnessed()[0]
    with practice.server.workspace.lock:
        messages = practice.server.workspace.channels[practice.channel.id].messages
        messages[:] = [one for one in messages if one.ts != gone.ts]
    said = commands.run("verify", "--slack")
    assert said.status == 0 and "No head of this log stands in the supervisors' channel." in said.out
    assert "1 message that the log has noted is not there: deleted" in said.out


def test_all_pages_are_read_and_slack_may_be_busy(
    practice: Practice, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.supervisors.witnessed.PER_PAGE", 1)
    with practice.program(timers=False) as running:
        decided(running, practice)
        decided(running, practice)
    pages = len(practice.sam.dm(practice.channel))
    practice.server.api.faults.order("conversations.history", rate_limited(0), times=2)
    practice.server.api.faults.order("conversations.history", server_error())
    before = len(practice.server.calls("conversations.history"))
    said = commands.run("verify", "--slack")
    assert said.status == 0 and "Compared with 2 messages" in said.out
    assert len(practice.server.calls("conversations.history")) - before == pages + 3


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("missing_scope", "(missing_scope). It needs the scope groups:history"),
        ("not_in_channel", "(not_in_channel). See that the bot is in it"),
        ("token_revoked", "(token_revoked). Set SLACK_BOT_TOKEN anew"),
    ],
)
def test_a_channel_that_can_not_be_read_is_one_line(
    practice: Practice, commands: Commands, error: str, says: str
) -> None:
    with practice.program(timers=False) as running:
        decided(running, practice)
    practice.server.api.faults.order("conversations.history", refuses(error))
    assert says in commands.refused("verify", "--slack")


def test_without_the_settings_it_says_which(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    commands.low()
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xapp-wrong")
    assert "SLACK_BOT_TOKEN must begin with xoxb-" in commands.refused("verify", "--slack")
    monkeypatch.delenv("CURBSIDE_SUPERVISORS_CHANNEL")
    said: Said = commands.run("verify", "--slack")
    assert said.status == 2 and "CURBSIDE_SUPERVISORS_CHANNEL is not set" in said.err
