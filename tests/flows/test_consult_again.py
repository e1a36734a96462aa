"""A consult from a file, from its snapshot and from its events is the same again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from flows.answers import parse_answers
from flows.consult import Consult, Event, Step, replay, restore, snapshot, start, whole
from flows.errors import AnswerError
from flows.machine import DECIDED, RESULT, REVIEW

from .making import (
    ANGER,
    AT,
    BY,
    COLORADO,
    LATER,
    ON,
    STATES,
    THREAT,
    WHO,
    acts,
    at_result,
    at_state,
    begin,
    cancelled,
    closed,
    decided,
    decision,
    paused,
    stored,
    walked,
)


def test_a_whole_consult_from_a_file_is_events_like_any_other() -> None:
    answers = parse_answers({**COLORADO, **ANGER})
    step = whole("C-7F3K2", answers, clinician=WHO, on=ON, at=AT)
    kinds = [event.kind for event in step.events]
    assert kinds == ["started", *["answered"] * len(answers.given), "evaluated"]
    assert step.consult.state == RESULT and step.consult.given == answers.given
    assert replay(step.events) == step.consult


def test_a_whole_consult_with_a_decision_that_will_not_do_is_none() -> None:
    answers = parse_answers({**COLORADO, **THREAT, "decision": {"steps": {}}})
    with pytest.raises(AnswerError, match="a reason is needed"):
        whole("C-7F3K2", answers, clinician=WHO, on=ON, at=AT)


@pytest.mark.parametrize("state", STATES)
def test_snapshot_and_restore_are_each_others_inverse(state: str) -> None:
    consult = at_state(state)
    assert stored(consult) == consult
    again = restore(consult.reference, consult.clinician, consult.started_at, consult.updated_at, snapshot(consult))
    assert again == consult


def test_replaying_the_events_gives_the_consult_again_at_every_step() -> None:
    events: list[Event] = []
    step = start("C-7F3K2", WHO, at=AT, remembered=COLORADO)

    def took(next_step: Step) -> Consult:
        events.extend(json.loads(json.dumps([event.as_dict() for event in next_step.events]), object_hook=as_event))
        assert replay(events) == stored(next_step.consult) == next_step.consult
        return next_step.consult

    consult = took(step)
    for _, step in acts(consult, THREAT):
        consult = took(step)
    for back_and_forth in ("back", "pause", "resume", "say_danger"):
        consult = took(getattr(consult, back_and_forth)(**BY))
    consult = took(consult.change("danger_now", "no", **BY))
    for _, step in acts(consult, THREAT):
        consult = took(step)
    consult = took(consult.confirm(on=ON, **BY))
    consult = took(consult.decide(decision(consult), **BY))
    for option in ("warn_victim", "notify_law_enforcement"):
        consult = took(consult.report(option, {"state": "done"}, **BY))
    consult = took(consult.close(**BY))
    assert len(events) > 20


def as_event(data: dict[str, Any]) -> Any:
    """An event as it comes back from JSON."""
    return Event(**data) if set(data) == {"kind", "at", "actor", "data"} else data


def test_events_of_other_parts_and_later_versions_change_nothing() -> None:
    consult = decided()
    step = start("C-7F3K2", WHO, at=AT, remembered=COLORADO)
    later = replay([*step.events, Event("reviewed_by_supervisor", LATER, "supervisor-one", {"says": "agreed"})])
    assert (later.state, later.updated_at) == ("concern", LATER)
    assert snapshot(later) == snapshot(step.consult) and consult.state == DECIDED


@pytest.mark.parametrize(
    ("events", "said"),
    [([], "at least one event"), ([Event("answered", AT, WHO, {})], "begins with `started`, not 'answered'")],
)
def test_events_without_a_beginning_are_no_consult(events: list[Event], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replay(events)


@pytest.mark.parametrize("make", [cancelled, closed, paused, decided])
def test_the_status_says_in_a_word_where_it_is(make: Callable[[], Consult]) -> None:
    assert make().status == make.__name__
    assert (begin().status, walked(THREAT).status, at_result().status) == ("asking", REVIEW, RESULT)
