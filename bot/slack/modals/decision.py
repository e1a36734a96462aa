"""The clinician's decision: each step of the plan, what else, what is told to whom, and when to look again.

Where a reason is needed (flows/decision.py), a second modal asks for it, which carries the decision along.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.slack.actions import DECISION_VIEW, REASONS_VIEW
from bot.slack.blocks import MOST_IN_OPTION, AnyBlock, bold, escape, paragraph, shortened, small
from bot.slack.messages.parts import DO_NOT_WAIT, SERIOUS, address_of, head
from bot.slack.messages.ticking import several
from bot.slack.modals.carried import CARRIED, packed
from bot.slack.modals.frame import ask, modal, one_of, said, when
from bot.slack.modals.free_text import NAME_NOBODY, Found, notice, text_input
from bot.slack.modals.values import Values, about, chosen, moment, ticked, typed
from bot.slack.shown import View
from bot.terminal.deciding import BY_LEVEL, STATES
from flows.consult import Consult, now
from flows.decision import OMISSION, STEP_STATES
from flows.errors import AnswerError
from flows.pages import label, who
from flows.words import spoken

STEP, ALSO, TELL, FOLLOW_UP, REASON = "step", "also", "tell", "follow_up", "reason"
"""The beginnings of the inputs' block ids."""
STATES_IN_WORDS = {one.value: one.words for one in STATES}
MOST_TOLD = 1000
MOST_OF_A_REASON = 1000
LEAST_INTRUSIVE_FIRST = ("available", "more_than_needed", "not_authorised", "not_applicable")
STATUS_IN_WORDS = {"available": "can be added", "not_authorised": "not authorised here"}
NOT_YET = "This can't be recorded yet."
A_PLAN_IS_NOT_DONE = "A planned step is not done yet: report it when it is. Only what is done counts under the law."


def decision_view(
    consult: Consult,
    *,
    given: Mapping[str, Any] | None = None,
    problem: str = "",
    found: Found = (),
    at: str | None = None,
) -> View:
    """Every step of the plan with its state, as suggested; the consult must be at its result.

    `given`: what `read_decision` gave, where the view comes back. `problem`: what can't be recorded, in words. `found`: what in
    the texts may identify somebody. `at`: the time now, for the follow-up that is suggested.
    """
    result = consult.result
    assert result is not None
    blocks: list[AnyBlock] = [head(consult)]
    if result["level"] in SERIOUS:
        blocks.append(paragraph(bold(DO_NOT_WAIT)))
    blocks += [paragraph(f"{bold(NOT_YET)} {escape(problem)}")] if problem else []
    blocks += notice(found, DECISION_VIEW)
    blocks += _steps(result, (given or {}).get("steps"))
    blocks.append(_also(result, (given or {}).get("steps", {})))
    blocks += _told(result, given)
    at_first = follow_up_for(result["level"], at or now()) if given is None else _seconds(given.get("follow_up"))
    blocks.append(ask("When will you follow up?", when(said(FOLLOW_UP), at_first), FOLLOW_UP, optional=True))
    metadata = address_of(consult).metadata()
    return modal(
        "Your decision", blocks, callback=DECISION_VIEW, metadata=metadata, submit="Record it", close="Not yet"
    )


def read_decision(consult: Consult, values: Values) -> dict[str, Any]:
    """What was filled in, in the contract's form, without reasons. AnswerError where a step of the plan was left out."""
    result = consult.result
    assert result is not None
    steps: dict[str, dict[str, Any]] = {}
    for one in result["plan"]:
        state = chosen(values, f"{STEP}.{one}")
        if state is None:
            raise AnswerError(f"decision.steps.{one}.state", None, ", ".join(STEP_STATES))
        steps[one] = {"state": state}
    also = set(ticked(values, ALSO)) - set(steps)
    steps |= {one["id"]: {"state": "planned"} for one in result["options"] if one["id"] in also}
    tell = {
        one["to"]: typed(values, f"{TELL}.{one['to']}")
        for one in result["disclosures"]
        if steps.get(one["option"], {}).get("state", "declined") != "declined"
    }
    return {
        "steps": steps,
        "reasons": {},
        "tell": {to: text for to, text in tell.items() if text},
        "follow_up": moment(values, FOLLOW_UP),
    }


def reasons_view(
    consult: Consult,
    decision: Mapping[str, Any],
    needed: Mapping[str, str],
    *,
    found: Found = (),
    given: Mapping[str, str] | None = None,
) -> View:
    """Why, for each option (or `law`) where a reason is needed; the decision travels in the private metadata.

    `decision`: as `read_decision` gave it. `needed`: as flows.decision.reasons_needed says. `found`: what in the reasons may
    identify somebody. `given`: what `read_reasons` gave, where the view comes back. AnswerError when the decision is too
    long to travel.
    """
    before = given or {}
    blocks: list[AnyBlock] = [head(consult), *notice(found, REASONS_VIEW)]
    blocks.append(paragraph("A short reason goes into the record where your decision differs from the suggestion."))
    for one, what_for in needed.items():
        field = text_input(REASON, one, given=before.get(one, ""), most=MOST_OF_A_REASON)
        title = "What the law requires" if one == OMISSION else label(one)
        blocks.append(ask(title, field, f"{REASON}.{one}", hint=f"{_upper(what_for)}. {NAME_NOBODY}"))
    metadata = address_of(consult).metadata(**{CARRIED: packed({**decision, "reasons": {}})})
    return modal("Your reasons", blocks, callback=REASONS_VIEW, metadata=metadata, submit="Record it", close="Not yet")


def read_reasons(values: Values) -> dict[str, str]:
    """Option (or `law`) -> the reason; those that were left empty are not there."""
    found = {one: typed(values, f"{REASON}.{one}") for one in about(values, REASON)}
    return {one: text for one, text in found.items() if text}


def follow_up_for(level: str, at: str) -> int:
    """When to look again, in seconds since 1970: in a day, in three, or in a week, by the level."""
    return int((datetime.fromisoformat(at) + timedelta(hours=int(BY_LEVEL[level]))).timestamp()) // 60 * 60


def _steps(result: Mapping[str, Any], given: Mapping[str, Mapping[str, Any]] | None) -> list[AnyBlock]:
    blocks: list[AnyBlock] = [small(escape(A_PLAN_IS_NOT_DONE))]
    for number, one in enumerate(result["plan"], 1):
        state = (given or {}).get(one, {}).get("state", "planned")
        menu = one_of(STATES_IN_WORDS, said(STEP, one), chosen=state, placeholder="What about it?")
        blocks.append(ask(f"{number}. {label(one)}", menu, f"{STEP}.{one}"))
    return blocks


def _also(result: Mapping[str, Any], given: Mapping[str, Any]) -> AnyBlock:
    others = [one for one in result["options"] if one["id"] not in result["plan"]]
    others.sort(key=lambda one: LEAST_INTRUSIVE_FIRST.index(one["status"]))
    options = {one["id"]: _with_status(one) for one in others}
    menu = several(options, said(ALSO), ticked=[one for one in options if one in given], placeholder="Nothing else")
    hint = "These are recorded as planned. What tells somebody and was not suggested needs your reason."
    return ask("Also doing", menu, ALSO, hint=hint, optional=True)


def _with_status(option: Mapping[str, Any]) -> str:
    status = STATUS_IN_WORDS.get(option["status"], spoken(option["status"]))
    return f"{shortened(option['label'], MOST_IN_OPTION - len(status) - 3)} ({status})"


def _told(result: Mapping[str, Any], given: Mapping[str, Any] | None) -> list[AnyBlock]:
    """What each person is told, once, though several steps may tell them: the suggested minimum, to be changed or left out."""
    first = {one["to"]: one for one in reversed(result["disclosures"])}
    blocks: list[AnyBlock] = []
    for to in dict.fromkeys(one["to"] for one in result["disclosures"]):
        text = first[to]["say"] if given is None else given["tell"].get(to, "")
        field = text_input(TELL, to, given=text, most=MOST_TOLD)
        hint = f"Leave out: {first[to]['leave_out']} {NAME_NOBODY}"
        blocks.append(ask(f"What is told to {who(to)}", field, f"{TELL}.{to}", hint=hint, optional=True))
    return blocks


def _seconds(at: str | None) -> int | None:
    return int(datetime.fromisoformat(at).timestamp()) if at else None


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
