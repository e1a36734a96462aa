"""Consults for the tests of the flow: answered screen by screen, or brought to any state."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict

from flows.consult import Consult, Event, Step, restore, snapshot, start
from flows.machine import AFTERWARDS, CANCELLED, CLOSED, DECIDED, PAUSED, RESULT, REVIEW, the_flow
from flows.questions import UNKNOWN, question

ON = date(2026, 11, 25)
AT = "2026-11-25T10:00:00-07:00"
LATER = "2026-11-25T10:05:00-07:00"
WHO = "clinician-one"
STATES = [*the_flow().screens, *AFTERWARDS]
COLORADO = {"jurisdiction": "CO", "profession": "psychologist"}

THREAT: Mapping[str, Any] = {
    "concern": "harm_to_others",
    "threat": "explicit",
    "victim": "named",
    "harm": "death_or_serious_injury",
    "relation": "partner_or_ex",
    "intent": "stated",
    "imminence": "within_days",
    "plan": "specific",
    "preparation": "no",
    "means": "firearm",
    "history": "violence",
    "self_harm": "none",
    "client_now": "with_me",
    "aggravating": ["recent_loss_or_separation"],
    "protective": [],
    "accepts": [],
}
"""A named person is threatened, credibly: in Colorado the law requires something."""

ANGER: Mapping[str, Any] = {
    **THREAT,
    "threat": "vague",
    "victim": "none",
    "harm": "physical",
    "intent": "denied",
    "imminence": "remote",
    "plan": "none",
    "means": "none",
    "history": "none",
    "aggravating": [],
}
"""Vague words, denied: nothing found that calls for telling anyone."""


class By(TypedDict):
    """When a step is taken, and by whom."""

    at: str
    actor: str


BY: By = {"at": LATER, "actor": WHO}


@dataclass(frozen=True)
class Act:
    """One act of answering: a choice among buttons, or all the lists of a screen at once."""

    screen: str
    keys: tuple[str, ...]


def begin(remembered: Mapping[str, Any] | None = COLORADO) -> Consult:
    """A new consult, by default of a clinician whose place and profession are remembered."""
    return start("C-7F3K2", WHO, at=AT, remembered=remembered).consult


def answer(consult: Consult, **values: Any) -> Consult:
    """The consult after these answers to its screen."""
    return consult.answer(values, **BY).consult


def acts(consult: Consult, answers: Mapping[str, Any], until: str = REVIEW) -> Iterator[tuple[Act, Step]]:
    """Answers screen after screen as a person does, up to a screen or the review. What is not in `answers` is not known."""
    while consult.state != until and consult.screen is not None:
        lists = [one for one in consult.asks if question(one.question).kind == "list"]
        first = consult.asks[0]
        if first in lists:
            values = {one.question: _of_these(answers.get(one.question, {}), one.options) for one in lists}
        else:
            values = {first.question: answers.get(first.question, UNKNOWN)}
        act = Act(consult.state, tuple(values))
        step = consult.answer(values, **BY)
        yield act, step
        consult = step.consult


def _of_these(said: Any, items: Mapping[str, str]) -> Any:
    """What a list says of these items; of a plain list of others nothing is left but that it says nothing of these."""
    if isinstance(said, list):
        return [item for item in said if item in items] or ({} if said else [])
    return {item: value for item, value in said.items() if item in items}


def walked(answers: Mapping[str, Any], until: str = REVIEW, consult: Consult | None = None) -> Consult:
    """The consult, answered up to a screen or the review."""
    consult = consult or begin()
    for _, step in acts(consult, answers, until):
        consult = step.consult
    assert consult.state == until, f"{until} is not on the path of these answers"
    return consult


def screens(answers: Mapping[str, Any], consult: Consult | None = None) -> list[str]:
    """The screens that these answers lead through, in order."""
    return list(dict.fromkeys(act.screen for act, _ in acts(consult or begin(), answers)))


def at_result(answers: Mapping[str, Any] = THREAT) -> Consult:
    """The consult, evaluated."""
    return walked(answers).confirm(on=ON, **BY).consult


def decision(consult: Consult, state: str = "planned", **more: Any) -> dict[str, Any]:
    """A decision for the whole plan as it was suggested."""
    assert consult.result is not None
    return {"steps": {one: {"state": state} for one in consult.result["plan"]}, **more}


def decided(answers: Mapping[str, Any] = THREAT, state: str = "planned", **more: Any) -> Consult:
    """The consult with the suggested plan decided."""
    consult = at_result(answers)
    return consult.decide(decision(consult, state, **more), **BY).consult


def closed() -> Consult:
    """A consult that is done."""
    return decided(ANGER).close(**BY).consult


def cancelled() -> Consult:
    """A consult that was given up."""
    return begin().cancel("entered twice", **BY).consult


def paused(at: str = "plan") -> Consult:
    """A consult that was put aside at this screen."""
    return walked(THREAT, at).pause(**BY).consult


def at_state(state: str) -> Consult:
    """A consult in any state, reached as a person reaches it."""
    ends = {RESULT: at_result, DECIDED: decided, CLOSED: closed, CANCELLED: cancelled, PAUSED: paused}
    if state in ends:
        return ends[state]()
    concern = {"own_life": "harm_to_self", "own_means": "harm_to_self", "abuse": "abuse_of_child"}.get(state)
    answers = {**THREAT, **COLORADO, "setting": [], **({"concern": concern} if concern else {})}
    return walked(answers, state, begin(None if state == "about_you" else COLORADO))


def stored(consult: Consult) -> Consult:
    """The consult as it comes back from a log that keeps its snapshot as JSON."""
    state = json.loads(json.dumps(snapshot(consult)))
    return restore(consult.reference, consult.clinician, consult.started_at, consult.updated_at, state)


def only(step: Step) -> Event:
    """The one event of a step."""
    [event] = step.events
    return event
