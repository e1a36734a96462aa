"""Speed for the person: how many taps ten typical consults take, to the first useful advice and to the plan.

Counted from what Slack shows: a button is one tap, a choice in a select two (it opens, one chooses), a list one to open and
one for each item that is ticked, a modal's submission one. The command that begins is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.actions import ANSWER, CONFIRM, CONTINUE, action
from bot.slack.conversation import current_messages
from flows.consult import Consult
from flows.machine import RESULT, REVIEW
from flows.questions import question
from tests.flows.making import BY, COLORADO, ON, THREAT, acts, begin
from tests.flows.making import decision as suggested
from tools.bench.figures import Chapter, Figure

CONSULTS: Mapping[str, Mapping[str, Any]] = {
    "vague anger, denied": {
        **THREAT, "threat": "vague", "victim": "none", "harm": "physical", "relation": "school_or_work", "intent": "denied",
        "imminence": "remote", "plan": "none", "means": "none", "history": "none", "aggravating": [],
    },
    "“if she leaves I'll kill her”, a gun at home": {**THREAT, "threat": "conditional", "imminence": "no_time_frame"},
    "the same, and she is leaving now": {**THREAT, "threat": "conditional", "imminence": "within_a_day"},
    "commanding voices with a target": {
        **THREAT, "threat": "inferred", "relation": "other_family", "intent": "implied", "plan": "none",
        "means": "other_weapon", "history": "none", "aggravating": ["psychosis", "command_hallucinations"],
    },
    "an ex-partner is stalked, without words": {
        **THREAT, "threat": "inferred", "intent": "denied", "plan": "none", "preparation": "yes", "means": "none",
        "history": "threats_only", "aggravating": ["stalking_or_fixation", "recent_loss_or_separation"],
    },
    "a school is threatened": {
        **THREAT, "victim": "group_or_place", "relation": "school_or_work", "imminence": "within_weeks", "plan": "partial",
        "means": "obtainable", "history": "none", "aggravating": ["grievance"],
    },
    "denied, but a weapon was bought": {
        **THREAT, "threat": "vague", "intent": "denied", "plan": "none", "preparation": "yes", "history": "none",
    },
    "an old crime is confessed": {
        **THREAT, "concern": "past_act_only", "threat": "none", "victim": "none", "intent": "denied", "plan": "none",
        "means": "none", "history": "serious_violence", "aggravating": [],
    },
    "a worn-out caregiver thinks of ending both lives": {
        **THREAT, "concern": "harm_to_self_and_others", "threat": "thoughts_only", "relation": "cared_for_person",
        "intent": "implied", "plan": "partial", "means": "obtainable", "history": "none", "self_harm": "active",
        "aggravating": ["despair"],
    },
    "a fantasy of road rage": {
        **THREAT, "threat": "thoughts_only", "victim": "none", "relation": "stranger", "harm": "physical",
        "intent": "denied", "imminence": "remote", "plan": "none", "means": "none", "history": "none", "aggravating": [],
    },
}  # fmt: skip
"""Answers to every question that may be asked; what they leave out is not known."""
HOW = (
    "Ten typical consults of somebody in Colorado whose place and profession are remembered, each run through the flow and the"
    " messages that it sends. *First advice*: the emergency card, which is one tap from any message (*Danger now*), so that"
    " whoever is in danger waits for no question. *Plan*: the result with its steps. *Recorded*: the suggested plan taken down"
    " as it is. A button counts one tap, a list one to open it and one for each thing ticked, the command one."
)
TO_RECORD = 2
"""*Record my decision*, and the submission of the modal that has the suggested plan filled in."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Of one consult: taps up to the emergency card when danger now is said at once, the plan, and its record."""

    danger: int
    plan: int
    recorded: int
    answers: int
    screens: int
    level: str
    steps: int


def chapter() -> Chapter:
    """All ten."""
    rows: list[tuple[str | float, ...]] = []
    for name, answers in CONSULTS.items():
        one = counted(answers)
        rows.append((name, one.danger, one.plan, one.recorded, one.answers, one.screens, one.level, one.steps))
    plans = [int(row[2]) for row in rows]
    figures = (
        Figure("taps to the emergency card, at any point", 1, "taps", None, "two with the command that begins"),
        Figure("taps to the plan, fewest", min(plans), "taps"),
        Figure("taps to the plan, most", max(plans), "taps"),
    )
    columns = (
        "consult", "first advice, with danger now", "plan", "plan recorded", "answers", "screens", "level", "steps in the plan",
    )  # fmt: skip
    return Chapter("person", "Taps", HOW, figures, columns, tuple(rows))


def counted(answers: Mapping[str, Any]) -> Counted:
    """Run the consult, and count what has to be tapped in what is shown. AssertionError where a tap is not offered."""
    consult, taps, given, screens = begin(COLORADO), 1, 0, set()
    for act, step in acts(consult, answers):
        screens.add(act.screen)
        given += 1  # all lists of a screen are one
        taps += sum(_taps_of(consult, key, answers) for key in act.keys)
        if question(act.keys[0]).kind == "list":
            taps += _offered(consult, CONTINUE)
        consult = step.consult
    assert consult.state == REVIEW
    taps += _offered(consult, CONFIRM)
    consult = consult.confirm(on=ON, **BY).consult
    assert consult.state == RESULT and consult.result is not None
    consult.decide(suggested(consult), **BY)
    plan = consult.result["plan"]
    return Counted(2, taps, taps + TO_RECORD, given, len(screens), consult.result["level"], len(plan))


def _taps_of(consult: Consult, key: str, answers: Mapping[str, Any]) -> int:
    """What answering this question takes, in the message that asks it."""
    if question(key).kind == "list":
        asked = next(one for one in consult.asks if one.question == key)
        ticked = [item for item in answers.get(key, ()) if item in asked.options]
        return 1 + len(ticked) if ticked else 0
    return _offered(consult, action(ANSWER, key, answers.get(key, "unknown")))


def _offered(consult: Consult, action_id: str) -> int:
    """One tap, on a button that stands in what is shown now."""
    shown = [one for message in current_messages(consult) for block in message.blocks for one in _elements(block)]
    assert action_id in shown, f"{consult.state}: no button {action_id}"
    return 1


def _elements(block: Mapping[str, Any]) -> Iterator[str]:
    for element in (*block.get("elements", ()), block.get("accessory") or {}):
        if "action_id" in element:
            yield element["action_id"]
