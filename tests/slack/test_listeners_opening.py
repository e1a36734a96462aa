"""What listeners do not do: no call of Slack before the acknowledgement, no modal before the commit, no modal twice."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from bot.slack.listeners.taps import STAYS, handle, opens_nothing
from bot.storage import LogError
from flows.machine import DECIDED, RESULT

from ..flows.making import THREAT
from .clinician_at_work import AtWork, decides, remember
from .harness import Program, journal_lines, program
from .server import Person, SlackServer, refuses, slow, wait_until


class Full:
    """A log whose disk is full: reads still work."""

    def __init__(self, log: Any) -> None:
        self._log = log

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def submit(self, *args: Any, **more: Any) -> Any:
        raise LogError("There is no room to write to the log: an invented path.")

    append = queue = submit


def test_an_acknowledgement_waits_for_no_call_of_slack(
    slack_server: SlackServer, running: Program, work: AtWork
) -> None:
    work.walks(THREAT, "threat")
    shown = work.now()
    running.quiet()
    for method in ("chat.postMessage", "chat.update", "views.open"):
        slack_server.api.faults.order(method, slow(0.8))
    person = work.person
    edit = next(one for one in person.thread(work.root) if "edit:concern" in one.actions)
    deliveries = [
        person.taps(edit, "edit:concern"),
        person.taps(shown, "answer:threat:explicit"),
        person.types_dm("hello"),
        person.opens_home(),
    ]
    for delivery in deliveries:
        assert delivery is not None and (delivery.attempts[0].seconds or 9) < 0.5
    assert work.consult.state == "target"
    running.quiet()


def test_the_only_calls_of_slack_that_a_listener_causes_are_those_for_modals(
    slack_server: SlackServer, tmp_path: Path, robin: Person
) -> None:
    with program(slack_server, tmp_path) as running:
        remember(running.log, robin, "CO")
        work = AtWork(running, robin).begins().walks(THREAT, "threat")
        shown = work.now()
        old = next(one for one in work.thread() if "edit:concern" in one.actions)
    with program(slack_server, tmp_path, sending=False) as running:
        before = len(slack_server.calls())
        robin.taps(shown, "answer:threat:explicit")
        robin.command("/consult", "CO")
        robin.types_dm("I need a consult")
        robin.opens_home()
        robin.shortcut("start_consult")
        robin.taps(old, "edit:concern")
        wait_until(lambda: "Concern" in getattr(robin.modal(), "title", ""))
        assert {call.method for call in slack_server.calls()[before:]} == {"views.open"}
        assert running.log.outbox_counts()["waiting"] > 5


def test_while_the_log_takes_nothing_nothing_is_acknowledged_and_no_modal_opens(
    running: Program, work: AtWork, robin: Person, journal: pytest.LogCaptureFixture
) -> None:
    work.walks(THREAT, "threat")
    shown = work.now()
    running.quiet()
    revision = work.kept.revision
    running.office.log = Full(running.log)
    robin.server.courier.acknowledge_within = 0.3
    assert not robin.taps(shown, "answer:threat:explicit").acknowledged
    typed = robin.types_dm("explicit", work.root, wait=False)
    assert not robin.shortcut("start_consult").acknowledged
    assert robin.command("/consult", "TX").acknowledged
    assert "nothing was changed" in robin.ephemerals()[-1].words
    assert robin.modal() is None
    running.office.log = running.log
    assert work.kept.revision == revision
    failed = [line for line in journal_lines(journal) if line["event"] == "failed"]
    assert {line["why"] for line in failed} == {"LogError"} and "invented path" not in journal.text
    assert typed is not None and typed.finished.wait(5) and typed.acknowledged, "Slack brings an event again"
    assert work.consult.state == "target"


def test_a_modal_that_does_not_open_is_said(
    slack_server: SlackServer, running: Program, work: AtWork, journal: pytest.LogCaptureFixture
) -> None:
    work.walks(THREAT, "threat")
    old = next(one for one in work.thread() if "edit:concern" in one.actions)
    slack_server.api.faults.order("views.open", refuses("expired_trigger_id"))
    work.tap("edit:concern", old)
    work.hint("The window did not open")
    assert len(slack_server.calls("views.open")) == 1, "it is tried once"
    assert {"event": "modal_not_opened", "user": work.person.id, "why": "expired_trigger_id"} in journal_lines(journal)


def test_a_slow_modal_holds_up_no_tap(slack_server: SlackServer, running: Program, work: AtWork) -> None:
    work.walks(THREAT, "threat")
    old = next(one for one in work.thread() if "edit:concern" in one.actions)
    shown = work.now()
    for _ in range(12):
        slack_server.api.faults.order("views.open", slow(0.8))
        work.person.taps(old, "edit:concern")
    began = time.monotonic()
    assert work.person.taps(shown, "answer:threat:explicit").acknowledged
    assert time.monotonic() - began < 0.5
    wait_until(lambda: len(slack_server.calls("views.open")) == 12)


def test_a_decision_that_danger_has_overtaken_is_not_recorded(work: AtWork, robin: Person) -> None:
    work.walks(THREAT)
    work.tap("confirm")
    work.tap("decide")
    view = work.modal("decision")
    work.tap("danger:yes")
    work.submits(view)
    assert work.consult.state == RESULT and work.consult.decision is None
    work.hint("from earlier")
    decides(work)
    assert work.consult.state == DECIDED


def test_an_answer_that_is_edited_to_what_it_was_changes_nothing(work: AtWork) -> None:
    work.walks(THREAT)
    work.tap("confirm")
    revision = work.kept.revision
    for key in ("intent", "aggravating", "narrative", "second_jurisdiction"):
        work.chooses("change", key)
        work.submits(work.modal())
        assert work.person.modal() is None
    assert work.kept.revision == revision and work.consult.state == RESULT


@pytest.mark.parametrize("word", sorted(STAYS))
def test_what_takes_the_short_way_opens_no_modal(running: Program, work: AtWork, word: str) -> None:
    """Past Bolt's listeners nobody would open it (listeners/first.py)."""
    action = {"action_id": f"{word}:yes", "block_id": f"{work.reference}:0:invented", "action_ts": "1.2"}
    payload = {"type": "block_actions", "user": {"id": work.person.id}, "trigger_id": "invented", "actions": [action]}
    assert opens_nothing(payload) and handle(running.office, payload) is None
