"""The decision as recorded: each step with what became of it and buttons to report it, and what is still outstanding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from blockkit import Button

from bot.slack.actions import AFTERWARDS, CLOSE, PAGE, STEP, action
from bot.slack.addresses import Address
from bot.slack.blocks import (
    AnyBlock,
    bold,
    button,
    escape,
    message,
    moment,
    paragraph,
    part_blocks,
    rows,
    shortened,
    small,
)
from bot.slack.messages.care import CARE_BUTTON
from bot.slack.messages.parts import DO_NOT_WAIT, MOST_IN_ANSWER, SERIOUS, address_of, danger_button, head
from bot.slack.shown import Message
from flows.after_care import care_steps
from flows.consult import Consult
from flows.pages import NOTHING_REQUIRED, label, outstanding_now

STATES: Mapping[str, str] = {
    "planned": "planned, not done yet",
    "attempted": "tried, not reached yet",
    "done": "done",
    "failed": "tried, and it failed",
    "declined": "not doing it",
}
REPORTS: Mapping[str, str] = {"done": "Done", "attempted": "Tried, not reached", "declined": "Not doing"}
SETTLED = ("done", "declined")
"""States after which nothing is expected any more: what was reported can only be corrected."""
MOST_WITH_ROWS = 16
"""Steps that have a row of buttons each: a message holds 50 blocks."""


def decided_message(consult: Consult) -> Message:
    """The steps with their buttons, the follow-up, and what the law still requires. The consult must be decided."""
    decision, result = consult.decision, consult.result
    assert decision is not None and result is not None
    address = address_of(consult)
    blocks: list[AnyBlock] = [
        head(consult),
        paragraph(bold(f"Recorded as {consult.reference}. Write this code in the chart.")),
    ]
    if result["level"] in SERIOUS:
        blocks.append(paragraph(bold(DO_NOT_WAIT)))
    spacious = len(decision["steps"]) <= MOST_WITH_ROWS
    labels = {one["id"]: one["label"] for one in result["options"]}  # as they were when it was decided
    for number, (option, step) in enumerate(decision["steps"].items(), 1):
        title = f"{number}. {labels.get(option) or label(option)}"
        blocks += _step(title, option, step, address, spacious)
    follow_up = moment(decision["follow_up"]) if decision["follow_up"] else "no time was set"
    blocks.append(paragraph(f"{bold('Follow-up')}: {follow_up}"))
    blocks += part_blocks(outstanding_now({**result, "decision": decision})) or [paragraph(escape(NOTHING_REQUIRED))]
    if any(step["state"] not in SETTLED for step in decision["steps"].values()):
        blocks.append(small("A planned step is not done yet: report each when it is."))
    on = [
        danger_button(consult),
        button("Note for the chart", action(PAGE, "note")),
        button("Why", action(PAGE, "why")),
        *([button(CARE_BUTTON, AFTERWARDS)] if care_steps(consult.care) else []),
        button("Close the consult", CLOSE),
    ]
    return message(f"Curbside, {consult.reference}: recorded", [*blocks, *rows(on, address.block("decided"))])


def _step(title: str, option: str, step: Mapping[str, Any], address: Address, spacious: bool) -> list[AnyBlock]:
    state = step["state"]
    mark = "✓ " if state == "done" else ""
    at = f", {moment(step['at'])}" if state != "planned" and step["at"] else ""
    text = f"{bold(title)}\n{mark}{STATES[state]}{at}"
    if step["result"]:
        text += f": {escape(shortened(step['result'], MOST_IN_ANSWER))}"
    if not spacious or state in SETTLED:
        says = "Change…" if state in SETTLED else "Report…"
        return [paragraph(text, address.block(f"step.{option}"), button(says, action(STEP, option, "more")))]
    return [
        paragraph(text, address.block(f"step.{option}")),
        *rows(_reports(option, state), address.block(f"report.{option}")),
    ]


def _reports(option: str, state: str) -> list[Button]:
    found = [button(says, action(STEP, option, one)) for one, says in REPORTS.items() if one != state]
    return [*found, button("More…", action(STEP, option, "more"))]
