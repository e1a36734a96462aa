"""The modal in which a step of the plan is reported: what became of it, when, with what result, and why where that is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.slack.actions import STEP_VIEW
from bot.slack.blocks import AnyBlock, bold, escape, paragraph
from bot.slack.messages.parts import address_of, head
from bot.slack.modals.decision import MOST_OF_A_REASON, STATES_IN_WORDS
from bot.slack.modals.frame import ask, modal, one_of, said, when
from bot.slack.modals.free_text import NAME_NOBODY, Found, notice, text_input
from bot.slack.modals.values import Values, chosen, moment, typed
from bot.slack.shown import View
from flows.consult import Consult, now
from flows.decision import STEP_STATES, reasons_needed
from flows.errors import AnswerError
from flows.options import catalogue
from flows.pages import label

STATE, AT, RESULT, REASON = "state", "at", "result", "reason"
MOST_OF_A_RESULT = 1000
WHERE_IT_DIFFERS = "Needed where it now differs from the suggestion."


@dataclass(frozen=True, slots=True)
class Reported:
    """What was filled in. `step`: as `Consult.report` takes it ({state, at, result}); `reason` beside it."""

    step: Mapping[str, str | None]
    reason: str | None


def step_view(
    consult: Consult,
    option: str,
    state: str | None,
    *,
    found: Found = (),
    given: Reported | None = None,
    at: str | None = None,
) -> View:
    """One step of the decision; the consult must be decided.

    `state`: the one that was tapped; None: the one that it has. `found`: what in the texts may identify somebody. `given`: what
    `read_step` gave, where the view comes back. `at`: the time now.
    """
    assert consult.decision is not None and consult.result is not None
    before: Mapping[str, Any] = consult.decision["steps"].get(option, {})
    state = (given.step[STATE] if given else state) or before.get(STATE, "planned")
    why = _why(consult, option, state or "")
    is_now = STATES_IN_WORDS.get(before.get(STATE, ""), "not part of the decision").lower()
    says = f"{bold(label(option))}\n{escape(catalogue()[option].data.do)}\nUntil now: {escape(is_now)}"
    blocks: list[AnyBlock] = [head(consult), *notice(found, STEP_VIEW), paragraph(says)]
    menu = one_of(STATES_IN_WORDS, said(STATE), chosen=state, placeholder="What became of it?")
    blocks.append(ask("What became of it?", menu, STATE))
    time = given.step[AT] if given else at or now()
    blocks.append(ask("When?", when(said(AT), _seconds(time)), AT, optional=True))
    result = (given.step[RESULT] if given else before.get(RESULT)) or ""
    blocks.append(
        ask(
            "How did it go?",
            text_input(RESULT, given=result, most=MOST_OF_A_RESULT),
            RESULT,
            hint=NAME_NOBODY,
            optional=True,
        )
    )
    reason = text_input(REASON, given=(given.reason if given else "") or "", most=MOST_OF_A_REASON)
    blocks.append(ask("Your reason", reason, REASON, hint=f"{why or WHERE_IT_DIFFERS} {NAME_NOBODY}", optional=not why))
    metadata = address_of(consult).metadata(o=option)
    return modal("Report a step", blocks, callback=STEP_VIEW, metadata=metadata, submit="Keep", close="Leave as it was")


def read_step(values: Values) -> Reported:
    """What was filled in. AnswerError where no state was chosen."""
    state = chosen(values, STATE)
    if state is None:
        raise AnswerError("decision.steps.state", None, ", ".join(STEP_STATES))
    step = {STATE: state, AT: moment(values, AT), RESULT: typed(values, RESULT) or None}
    return Reported(step, typed(values, REASON) or None)


def _why(consult: Consult, option: str, state: str) -> str:
    """What a reason is needed for that was not given yet; empty when none is."""
    assert consult.decision is not None and consult.result is not None
    decision = consult.decision
    needed = reasons_needed(consult.result, {**decision["steps"], option: {"state": state}}, decision["tell"])
    lacking = [text for one, text in needed.items() if not decision["reasons"].get(one)]
    return f"Needed: {'; '.join(lacking)}." if lacking else ""


def _seconds(at: str | None) -> int | None:
    return int(datetime.fromisoformat(at).timestamp()) // 60 * 60 if at else None
