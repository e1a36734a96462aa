"""A step that can't be taken where a consult is: what is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from flows.consult import Consult, Step
from flows.errors import OutOfTurn
from flows.machine import CANCELLED, CLOSED, DECIDED, PAUSED, RESULT, REVIEW

from .making import (
    BY,
    ON,
    at_state,
)

Take = Callable[[Consult], Step]


def take(name: str, *args: Any, **more: Any) -> Take:
    """A step by its name, to be taken later."""
    return lambda consult: getattr(consult, name)(*args, **BY, **more)


OUT_OF_TURN: Mapping[str, tuple[str, Take, str]] = {
    "an answer to another screen": (
        "target",
        take("answer", {"means": "firearm"}),
        "means: 'target': this consult is not there now; allowed: now it asks for victim, harm",
    ),
    "an answer at the review": (
        REVIEW,
        take("answer", {"means": "firearm"}),
        "means: 'review': this consult is not there now; allowed: back, change, confirm, pause, cancel",
    ),
    "a result before the review": (
        "plan",
        take("confirm", on=ON),
        "result: 'plan': this consult is not there now; allowed: answer the questions and review the answers first",
    ),
    "a second result": (
        RESULT,
        take("confirm", on=ON),
        "result: 'result': this consult is not there now; allowed: back, change, decide, pause, cancel",
    ),
    "a decision before the review": (
        "plan",
        take("decide", {}),
        "decision: 'plan': this consult is not there now; allowed: a decision comes after the result, once",
    ),
    "a decision before the result": (
        REVIEW,
        take("decide", {}),
        "decision: 'review': this consult is not there now; allowed: a decision comes after the result, once",
    ),
    "a second decision": (
        DECIDED,
        take("decide", {}),
        "decision: 'decided': this consult is not there now; allowed: a decision comes after the result, once",
    ),
    "a report before the decision": (
        RESULT,
        take("report", "safety_plan", {"state": "done"}),
        "step: 'result': this consult is not there now; allowed: steps are reported after the decision",
    ),
    "an end before the decision": (
        RESULT,
        take("close"),
        "close: 'result': this consult is not there now; allowed: a consult is closed after its decision",
    ),
    "going on where nothing was paused": (
        "plan",
        take("resume"),
        "resume: 'plan': this consult is not there now; allowed: only a paused consult can be resumed",
    ),
    "a change after the decision": (
        DECIDED,
        take("change", "means", "none"),
        "means: 'decided': this consult is not there now; allowed: report, close",
    ),
    "a change while paused": (
        PAUSED,
        take("change", "means", "none"),
        "means: 'paused': this consult is not there now; allowed: resume, cancel",
    ),
    "a pause after the decision": (
        DECIDED,
        take("pause"),
        "pause: 'decided': this consult is not there now; allowed: report, close",
    ),
    "a second pause": (
        PAUSED,
        take("pause"),
        "pause: 'paused': this consult is not there now; allowed: resume, cancel",
    ),
    "cancelling what was decided": (
        DECIDED,
        take("cancel"),
        "cancel: 'decided': this consult is not there now; allowed: report, close",
    ),
    "back at the first": (
        "concern",
        take("back"),
        "back: 'concern': this consult is not there now; allowed: there is nothing before this",
    ),
    "back while paused": (
        PAUSED,
        take("back"),
        "back: 'paused': this consult is not there now; allowed: resume, cancel",
    ),
    "back after the decision": (
        DECIDED,
        take("back"),
        "back: 'decided': this consult is not there now; allowed: report, close",
    ),
}


@pytest.mark.parametrize("case", OUT_OF_TURN)
def test_a_step_out_of_turn_says_what_where_and_what_is_allowed(case: str) -> None:
    state, step, said = OUT_OF_TURN[case]
    with pytest.raises(OutOfTurn) as refused:
        step(at_state(state))
    assert str(refused.value) == said


EVERY_STEP: Mapping[str, Take] = {
    "answer": take("answer", {"means": "firearm"}),
    "change": take("change", "means", "firearm"),
    "back": take("back"),
    "danger": take("say_danger"),
    "pause": take("pause"),
    "resume": take("resume"),
    "cancel": take("cancel"),
    "confirm": take("confirm", on=ON),
    "decide": take("decide", {}),
    "report": take("report", "safety_plan", {"state": "done"}),
    "close": take("close", "done"),
}


@pytest.mark.parametrize("step", EVERY_STEP)
@pytest.mark.parametrize("over", [CANCELLED, CLOSED])
def test_nothing_can_be_done_in_a_consult_that_is_over(over: str, step: str) -> None:
    with pytest.raises(OutOfTurn, match=rf"'{over}'.*(nothing more; begin a new consult|call 911)"):
        EVERY_STEP[step](at_state(over))
