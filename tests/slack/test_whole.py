"""Whole consults, tap by tap: several states and every path, through both transports, with a restart at every step, and with
Slack's faults in between. Each message is there once, and the log has what was tapped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from flows.consult import Consult
from flows.machine import CLOSED, DECIDED, RESULT, REVIEW

from ..flows.making import ANGER, THREAT
from .clinician_at_work import AtWork, decides, once, remember
from .harness import Program, Transport, program
from .server import Message, Person, SlackServer, drops, invalid_json, rate_limited, refuses, server_error, wait_until
from .server.faults import Fault

LATER = 2_000_000_000
ABUSE = {
    "concern": "abuse_of_child",
    "relation": "child",
    "threat": "none",
    "client_now": "with_me",
    "self_harm": "none",
}
SELF = {**THREAT, "concern": "harm_to_self", "threat": "none", "self_harm": "plan_or_intent"}
BOTH = {**THREAT, "concern": "harm_to_self_and_others", "self_harm": "active"}
PAST = {**ANGER, "concern": "past_act_only", "threat": "none"}

# A name, the place, what is said, the transport, and what the law comes to.
CONSULTS: list[tuple[str, str, Mapping[str, Any], Transport, str]] = [
    ("a threat in Colorado", "CO", THREAT, "socket", "must_act"),
    ("a threat in Colorado, over HTTP", "CO", THREAT, "http", "must_act"),
    ("a threat in California", "CA", THREAT, "http", "must_act"),
    ("a threat in Texas", "TX", THREAT, "socket", "may_disclose"),
    ("vague anger in New York", "NY", ANGER, "socket", ""),
    ("nothing is known, in Florida", "FL", {"concern": "harm_to_others"}, "http", "turns_on_unknowns"),
    ("harm to self, in Ohio", "OH", SELF, "socket", ""),
    ("both, in Pennsylvania", "PA", BOTH, "http", ""),
    ("abuse of a child, in Colorado", "CO", ABUSE, "socket", ""),
    ("a past act, in Virginia", "VA", PAST, "http", ""),
]


def whole(work: AtWork, said: Mapping[str, Any]) -> Consult:
    """From the command to the recorded decision."""
    work.walks(said)
    work.tap("confirm")
    assert work.consult.state == RESULT
    decides(work)
    assert work.consult.state == DECIDED
    once(work.thread())
    return work.consult


@pytest.mark.parametrize(("name", "place", "said", "transport", "duty"), CONSULTS, ids=[row[0] for row in CONSULTS])
def test_from_the_command_to_the_logged_decision(
    slack_server: SlackServer,
    tmp_path: Path,
    robin: Person,
    name: str,
    place: str,
    said: Mapping[str, Any],
    transport: Transport,
    duty: str,
) -> None:
    with program(slack_server, tmp_path, transport=transport) as running:
        remember(running.log, robin, place)
        work = AtWork(running, robin).begins()
        consult = whole(work, said)
        assert work.answers <= 14 and len(work.screens) <= 9 and work.taps <= 20, (
            work.answers,
            work.screens,
            work.taps,
        )
        assert consult.result is not None and consult.facts["jurisdiction"] == place
        assert not duty or consult.result["law"]["duty"] == duty
        for key, value in said.items():
            if isinstance(value, str) and key in consult.given:
                assert consult.given[key] == value
        row = running.log.consult(work.reference)
        assert row.status == DECIDED and row.level == consult.result["level"]
        assert running.log.check_chain() == []


def test_steps_are_reported_and_the_consult_is_closed(slack_server: SlackServer, tmp_path: Path, robin: Person) -> None:
    with program(slack_server, tmp_path) as running:
        remember(running.log, robin, "CO")
        work = AtWork(running, robin).begins()
        whole(work, THREAT)
        assert "outstanding" in work.now().words
        for option in ("warn_victim", "notify_law_enforcement"):
            work.tap(f"step:{option}:done")
        assert work.consult.decision is not None and work.consult.decision["outstanding"] == []
        work.tap("close")
        assert work.consult.state == CLOSED
        once(work.thread())


def test_a_restart_at_every_step_is_not_noticed(slack_server: SlackServer, tmp_path: Path, robin: Person) -> None:
    reference = ""
    taps = 0
    while True:
        with program(slack_server, tmp_path) as running:
            work = AtWork(running, robin, reference)
            if not reference:
                remember(running.log, robin, "CO")
                work.begins()
                reference = work.reference
                continue
            state = work.consult.state
            if state == REVIEW:
                work.tap("confirm")
            elif state == RESULT:
                decides(work)
            elif state == DECIDED:
                break
            else:
                work.answers_one(THREAT)
            taps += 1
    with program(slack_server, tmp_path) as running:
        work = AtWork(running, robin, reference)
        once(work.thread())
        assert taps > 12 and running.log.check_chain() == []
        assert "warn_victim" in (work.consult.decision or {})["steps"]


def test_a_restart_between_the_commit_and_the_sending_loses_and_repeats_nothing(
    slack_server: SlackServer, tmp_path: Path, robin: Person
) -> None:
    with program(slack_server, tmp_path) as running:
        remember(running.log, robin, "CO")
        work = AtWork(running, robin).begins().walks(THREAT, "intent")
        shown = work.now()
    with program(
        slack_server, tmp_path, sending=False
    ) as running:  # it takes the tap, and dies before anything is sent
        assert robin.taps(shown, "answer:intent:stated").acknowledged
        assert robin.taps(shown, "answer:imminence:within_days").acknowledged
    with program(slack_server, tmp_path) as running:
        work = AtWork(running, robin, work.reference)
        assert work.consult.state == "plan" and "Is there a plan?" in work.now().words
        once(work.thread())


FAULTS: dict[str, tuple[str, Fault]] = {
    "rate limited": ("chat.postMessage", rate_limited(0)),
    "500": ("chat.postMessage", server_error()),
    "500, but it was taken": ("chat.postMessage", server_error(takes_effect=True)),
    "dropped before": ("chat.postMessage", drops(takes_effect=False)),
    "dropped after": ("chat.postMessage", drops(takes_effect=True)),
    "an answer that breaks off": ("chat.postMessage", invalid_json()),
    "an edit is dropped": ("chat.update", drops(takes_effect=True)),
    "an edit is rate limited": ("chat.update", rate_limited(0)),
    "an edit is refused": ("chat.update", refuses("message_not_found")),
    "a look-up fails": ("conversations.replies", server_error()),
}


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_slack_does_the_conversation_is_right_in_the_end(
    slack_server: SlackServer, tmp_path: Path, robin: Person, name: str
) -> None:
    method, fault = FAULTS[name]
    with program(slack_server, tmp_path) as running:
        running.sender._wait = lambda attempts: 0.02
        remember(running.log, robin, "CO")
        work = AtWork(running, robin).begins().walks(THREAT, "target")
        for said in ("victim", "harm", "relation", "intent"):
            slack_server.api.faults.order(method, fault)
            if method == "conversations.replies":
                slack_server.api.faults.order("chat.postMessage", drops(takes_effect=True))
            assert work.consult.asks[0].question == said
            assert robin.taps(work_now(running, work), f"answer:{said}:{THREAT[said]}").acknowledged
            wait_until(lambda: not set(running.log.outbox_counts()) & {"waiting", "sending", "in_doubt"}, 10)
        assert work.consult.asks[0].question == "imminence"
        once(robin.thread(work.root))
        assert running.log.check_chain() == []


def work_now(running: Program, work: AtWork) -> Message:
    """The message that counts, however many edits have failed."""
    ts = running.log.slot(f"screen:{work.reference}:{work.consult.turn}")
    [found] = [one for one in work.person.thread(work.root) if one.ts == ts]
    return found
