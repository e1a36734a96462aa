"""Deliveries that come twice, late or broken, and those that this program does not know: nothing changes, nobody sees a fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.slack.addresses import shown
from bot.slack.listeners import messages
from flows.machine import DECIDED, RESULT, REVIEW

from ..flows.making import THREAT
from .clinician_at_work import AtWork, once, remember
from .harness import Program, journal_lines, program
from .server import Delivery, Person, SlackServer, slow, wait_until
from .supervisors_at_work import Clock

# Twice


def test_everything_may_come_twice(slack_server: SlackServer, running: Program, robin: Person) -> None:
    def twice(deed: Any) -> Delivery:
        slack_server.courier.duplicate_next()
        delivery: Delivery = deed()
        wait_until(lambda: len(delivery.attempts) == 2)
        assert all(one.acknowledged_at is not None for one in delivery.attempts)
        running.quiet()
        return delivery

    twice(lambda: robin.command("/consult"))
    work = AtWork(running, robin).finds()
    assert len(running.log.consults()) == 1
    twice(lambda: robin.taps(work.now(), "answer:concern:harm_to_others"))
    assert work.kept.revision == 2
    twice(lambda: robin.types_dm("explicit", work.root))
    assert work.kept.revision == 3 and work.consult.state == "target"
    twice(lambda: robin.types_dm("I do not know what this means", work.root))
    twice(lambda: robin.types_dm("hello"))
    work.walks(THREAT)
    work.tap("edit:narrative")
    view = work.modal("Own words")
    twice(lambda: robin.submits(view, {"answer.narrative": "fed up with all of it"}))
    revision = work.kept.revision
    twice(lambda: robin.taps(work.now(), "confirm"))
    assert work.kept.revision == revision + 1 and work.consult.state == RESULT
    work.tap("decide")
    view = work.modal("decision")
    twice(lambda: robin.submits(view))
    assert work.consult.state == DECIDED
    twice(lambda: robin.taps(work.now(), "step:warn_victim:done"))
    assert [one.kind for one in running.log.events(work.reference)].count("step_reported") == 1
    once([one for one in work.thread() if one.user != robin.id])
    assert len([one for one in robin.dm() if "Start a consult" in one.words]) == 1
    said = [one.words for one in robin.ephemerals()]
    assert len([one for one in said if "not sure which answer" in one]) == 1
    assert not any("from earlier" in one or "answered already" in one for one in said), said


def test_two_wishes_at_once_begin_one_consult(running: Program, robin: Person) -> None:
    robin.types_dm("hello")
    card = robin.sees("Start a consult")
    robin.taps(card, "start")
    robin.taps(card, "start")
    running.quiet()
    work = AtWork(running, robin).finds()
    assert len(running.log.consults()) == 1
    work.hint("has just begun")
    robin.taps(card, "start:danger")
    running.quiet()
    assert len(running.log.consults()) == 1 and work.consult.danger_now, "danger is said in the one that has just begun"
    work.answers_one(THREAT)
    robin.taps(card, "start")
    running.quiet()
    assert len(running.log.consults()) == 2, "later it is another wish"


def test_a_consult_begun_by_a_clock_that_was_ahead_is_not_taken_for_the_one_that_has_just_begun(
    slack_server: SlackServer, tmp_path: Path, robin: Person
) -> None:
    clock = Clock()
    with program(slack_server, tmp_path, clock=clock) as running:
        remember(running.log, robin, "CO")
        for hours in (2, -2):
            clock.ahead(hours=hours)
            assert robin.command("/consult").acknowledged and robin.command("/consult").acknowledged
        assert len(running.log.consults()) == 2, "each time two wishes are one, and hours lie between the times"
        clock.ahead(seconds=-1)
        assert robin.command("/consult").acknowledged
        assert len(running.log.consults()) == 2, "a clock that is put right by a second makes no other wish of it"


def test_the_emergency_steps_are_shown_again_and_not_twice_for_one_finger(work: AtWork, robin: Person) -> None:
    def cards() -> int:
        return len(
            [one for one in work.thread() if "call 911 first" in one.words and "answer:" not in str(one.actions)]
        )

    before = work.now()
    work.tap("danger:yes", before)
    work.tap("danger:yes", before)
    assert cards() == 1
    work.hint("in danger now")
    revision = work.kept.revision
    work.tap("danger:yes")
    assert cards() == 2 and work.kept.revision == revision, "shown again, and nothing is said twice"


# Typed replies


def test_a_reply_that_was_typed_for_an_earlier_question_answers_no_later_one(
    slack_server: SlackServer, running: Program, work: AtWork, robin: Person
) -> None:
    work.walks(THREAT, "threat")
    at = slack_server.workspace.timestamps.next()  # when "1" was typed, which is delivered late
    place = {"channel": robin.dm_channel.id, "channel_type": "im", "thread_ts": work.root.ts}
    work.tap("answer:threat:explicit")
    said = {"type": "message", "user": robin.id, "text": "1", "ts": at, **place}
    slack_server.courier.deliver(Delivery("events_api", slack_server.payloads.event(said)))
    running.quiet()
    assert work.consult.state == "target" and "victim" not in work.consult.given
    work.hint("from earlier")


@pytest.mark.parametrize("typed", ["named", "1"])
def test_a_reply_is_taken_that_is_typed_before_the_program_knows_where_its_question_stands(
    slack_server: SlackServer, running: Program, work: AtWork, robin: Person, typed: str
) -> None:
    work.walks(THREAT, "threat")
    root, asked, hints = work.root, work.now(), robin.ephemerals()
    slack_server.api.faults.order("chat.postMessage", slow(0.6))
    assert robin.taps(asked, "answer:threat:explicit").acknowledged
    robin.sees("target", root)
    assert running.log.slot(shown(work.reference, work.consult.turn)) is None, "Slack shows it, and the program waits"
    robin.types_dm(typed, root)
    running.quiet()
    assert work.consult.given["victim"] == ("named" if typed == "named" else "none")
    assert robin.ephemerals() == hints


def test_a_reply_of_which_it_stays_unknown_what_it_answers_is_asked_for_again(
    slack_server: SlackServer, running: Program, work: AtWork, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "POSTED_WITHIN", 0.2)
    work.walks(THREAT, "threat")
    root, asked = work.root, work.now()
    slack_server.api.faults.order("chat.postMessage", slow(1.2))
    assert robin.taps(asked, "answer:threat:explicit").acknowledged
    robin.sees("target", root)
    robin.types_dm("named", root)
    work.hint("once more")
    assert "victim" not in work.consult.given
    running.quiet()
    robin.types_dm("named", root)
    assert work.consult.given["victim"] == "named"


def test_words_that_a_button_has_too_are_taken(work: AtWork, robin: Person) -> None:
    work.walks(THREAT, "threat")
    robin.types_dm("back", work.root)
    assert work.consult.state == "concern"
    robin.types_dm("Pause.", work.root)
    assert work.consult.state == "paused"
    robin.types_dm("explicit", work.root)
    work.hint("use the buttons")
    robin.types_dm("go on", work.root)
    assert work.consult.state == "concern"


def test_danger_that_is_typed_shows_the_card_and_only_the_word_itself_is_taken_for_said(
    work: AtWork, robin: Person
) -> None:
    work.walks(THREAT, "intent")
    revision = work.kept.revision
    robin.types_dm("he has just left with a knife, what do I do", work.root)
    work.waits_for("call 911 first")
    assert work.kept.revision == revision and not work.consult.danger_now
    work.hint("not sure which answer")
    robin.types_dm("Danger now!", work.root)
    assert work.consult.danger_now


def test_a_longer_reply_is_offered_a_note_and_kept_nowhere(tmp_path: Path, work: AtWork, robin: Person) -> None:
    said = "the client talked at some length about being fed up with everybody around"
    robin.types_dm(said, work.root)
    hint = work.hint("does not keep what is typed here")
    work.program.quiet()
    assert not any(said.encode() in file.read_bytes() for file in tmp_path.iterdir())
    robin.taps(hint, "edit:narrative")
    work.submits(work.modal("Own words"), {"answer.narrative": "fed up with everybody"})
    assert work.consult.given["narrative"] == "fed up with everybody" and work.consult.state == "concern"


def test_where_messages_hold_no_clinical_fact_none_is_taken_from_one(
    slack_server: SlackServer, tmp_path: Path, robin: Person
) -> None:
    with program(slack_server, tmp_path, privacy="minimal") as running:
        remember(running.log, robin, "CO")
        work = AtWork(running, robin).begins()
        robin.types_dm("The client may hurt someone else", work.root)
        work.hint("use the buttons")
        assert work.kept.revision == 1


def test_a_reply_elsewhere_is_a_wish(running: Program, work: AtWork, robin: Person) -> None:
    robin.types_dm("help")
    running.quiet()
    robin.types_dm("hello", robin.sees("walks you through"))
    running.quiet()
    assert "Start a consult" in robin.dm()[-1].words and work.kept.revision == 1


# Broken, and unknown


BROKEN_VIEWS: dict[str, dict[str, Any]] = {
    "no metadata": {"private_metadata": ""},
    "metadata of nobody": {"private_metadata": "[]"},
    "a reference that is none": {"private_metadata": '{"c":"all","t":1}'},
    "somebody else's or none": {"private_metadata": '{"c":"C-9BCD1","t":1,"k":"intent","m":1}'},
    "an unknown question": {"callback_id": "edit", "metadata": {"k": "colour", "m": 1}},
    "no question": {"callback_id": "edit", "metadata": {"m": 1}},
    "no turn of the message": {"callback_id": "edit", "metadata": {"k": "intent", "m": "x"}},
    "an unknown modal": {"callback_id": "explode"},
    "a decision out of turn": {"callback_id": "decision"},
    "reasons without a decision": {"callback_id": "reasons"},
    "reasons with a broken decision": {"callback_id": "reasons", "metadata": {"d": "eJw="}},
    "a step out of turn": {"callback_id": "step", "metadata": {"o": "warn_victim"}},
    "an unknown step": {"callback_id": "step", "metadata": {"o": "launch"}},
    "a close out of turn": {"callback_id": "close"},
    "an old screen": {"callback_id": "screen", "turn": 0},
    "no values": {"state": None},
    "values that are none": {"state": {"values": {"answer.intent": {"x": {"selected_option": 7}}}}},
}


@pytest.fixture(scope="module")
def at_review(unmoved: AtWork) -> AtWork:
    """The consult at its review: each test opens a modal of its own there."""
    return unmoved.walks(THREAT)


@pytest.mark.parametrize("name", BROKEN_VIEWS)
def test_a_modal_that_nobody_could_submit_changes_nothing(at_review: AtWork, name: str) -> None:
    work, server = at_review, at_review.person.server
    work.tap("edit:narrative")
    view = work.modal()
    before = work.kept.revision
    work.person.fills(view, "answer.narrative", f"fed up with all of it: {name}")
    payload = server.payloads.submission(view, work.person._state(view))
    broken = dict(BROKEN_VIEWS[name])
    address = {"c": work.reference, "t": broken.pop("turn", work.consult.turn)}
    if "callback_id" in broken:
        broken["private_metadata"] = json.dumps({**address, **broken.pop("metadata", {})})
    payload["view"].update(broken)
    delivery = server.courier.deliver(Delivery("interactive", payload))
    work.program.quiet()
    assert delivery.acknowledged and (work.kept.revision, work.consult.state) == (before, REVIEW)
    assert server.failures == []


UNKNOWN: dict[str, dict[str, Any]] = {
    "an action": {"type": "block_actions", "actions": []},
    "actions that are none": {"type": "block_actions", "actions": ["x"]},
    "a shortcut": {"type": "shortcut", "callback_id": "another"},
    "a message's shortcut": {"type": "message_action", "callback_id": "another"},
    "a menu that asks": {"type": "block_suggestion", "action_id": "x", "block_id": "y", "value": "z"},
    "a closed modal": {"type": "view_closed", "view": {"type": "modal", "callback_id": "x"}},
    "what is nothing at all": {"type": "invented"},
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_is_one_line_at_most_and_no_fault(
    slack_server: SlackServer, running: Program, work: AtWork, journal: pytest.LogCaptureFixture, name: str
) -> None:
    slack_server.courier.acknowledge_within = 0.2
    before = len(journal_lines(journal))
    payload = {"user": {"id": work.person.id}, "team": {"id": "T1"}, "trigger_id": "1.2.x", **UNKNOWN[name]}
    slack_server.courier.deliver(Delivery("interactive", payload))
    running.quiet()
    assert len(journal_lines(journal)) - before <= 1 and not any(
        line["event"] == "failed" for line in journal_lines(journal)
    )
    assert work.kept.revision == 1


def test_other_commands_and_events_are_answered_kindly_or_not_at_all(
    slack_server: SlackServer, running: Program, robin: Person, journal: pytest.LogCaptureFixture
) -> None:
    robin.command("/another")
    assert "do not know" in robin.ephemerals()[-1].words
    slack_server.event({"type": "app_mention", "user": robin.id, "text": "secret", "channel": "C1", "ts": "1.2"})
    assert running.log.consults() == [] and "secret" not in journal.text


def test_a_fault_in_the_program_is_one_line_without_what_was_said_and_a_kind_word(
    slack_server: SlackServer,
    running: Program,
    work: AtWork,
    robin: Person,
    journal: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*anything: Any) -> None:
        raise RuntimeError("a secret that somebody typed")

    monkeypatch.setattr(messages, "typed_answer", fails)
    slack_server.courier.acknowledge_within = 0.2
    delivery = robin.types_dm("secret words", work.root)
    assert delivery is not None and delivery.finished.wait(5) and not delivery.acknowledged
    running.quiet()
    failed = [line for line in journal_lines(journal) if line["event"] == "failed"]
    assert failed[0]["why"] == "RuntimeError" and failed[0]["at"].startswith("test_listeners_deliveries.py:")
    assert "secret" not in journal.text
    assert [one.words for one in robin.ephemerals() if "something went wrong" in one.words] != []
    assert len([one for one in robin.ephemerals() if "something went wrong" in one.words]) == 1, (
        "however often it comes"
    )


def test_what_slack_tells_of_people_counts_at_once(
    slack_server: SlackServer, running: Program, work: AtWork, robin: Person
) -> None:
    slack_server.changed_account(robin, is_guest=True)
    work.tap("answer:concern:harm_to_others")
    work.hint("guests")
    assert work.kept.revision == 1
