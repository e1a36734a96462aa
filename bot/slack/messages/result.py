"""The result, as a sequence that one can take in on a phone: the steps, what to find out, who may be told, the law."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from blockkit import Header

from bot.slack.actions import DECIDE, PAGE, action
from bot.slack.blocks import AnyBlock, bold, button, escape, message, paragraph, part_blocks, rows, shortened, small
from bot.slack.messages.parts import DO_NOT_WAIT, SERIOUS, address_of, bottom_rows, change_select, head
from bot.slack.shown import Message
from flows.consult import Consult, current_result
from flows.pages import decisive, find_out, if_then, next_steps, outstanding_now, told, warnings
from state_law.describe import Line, Section

MOST_TO_FIND_OUT = 5
MOST_BLOCKS = 45


def result_messages(consult: Consult) -> list[Message]:
    """The messages in order; the last one has the buttons. The consult must be at its result."""
    result = current_result(consult)
    says = f"Curbside, {consult.reference}: your result"
    first: list[AnyBlock] = [head(consult), Header(shortened(result["level_says"], 150))]
    if result["level"] in SERIOUS:
        first.append(paragraph(bold(DO_NOT_WAIT)))
    first += part_blocks(next_steps(result))
    pages = [first, _to_find_out(result), part_blocks(told(result)), _the_law(consult, result)]
    return [message(says, one[:MOST_BLOCKS] if i < len(pages) - 1 else one) for i, one in enumerate(pages) if one]


def _to_find_out(result: Mapping[str, Any]) -> list[AnyBlock]:
    everything = find_out(result)
    lines = everything.lines[:MOST_TO_FIND_OUT]
    more = len(everything.lines) - len(lines)
    if more:
        lines = (*lines, Line(f"and {more} more, under Why."))
    return [*part_blocks(if_then(result)), *(part_blocks(Section(everything.title, lines)) if lines else [])]


def _the_law(consult: Consult, result: Mapping[str, Any]) -> list[AnyBlock]:
    """The law in two sentences with its citation; all of it is behind a button."""
    address = address_of(consult)
    law = result["law"]
    rule = next(iter(decisive(law)), None)
    text = escape(law["duty_says"])
    if rule is not None:
        doubt = f" ⚠️ Not confirmed: {escape(rule['unconfirmed'])}." if rule["unconfirmed"] else ""
        text += f"\n{bold(rule['citation'])}: {escape(shortened(rule['summary'], 600))}{doubt} (checked on {rule['checked_on']})"
    blocks: list[AnyBlock] = [paragraph(f"{bold('The law here')}\n{text}")]
    blocks += part_blocks(outstanding_now(result)) + part_blocks(warnings(result))
    blocks.append(small("The judgement is yours. Nothing is recorded as decided until you say so."))
    on = [button("Record my decision", DECIDE, style="primary")]
    pages = {"why": "Why", "law": "The law here", "options": "Other options", "note": "Note"}
    on += [button(says, action(PAGE, name)) for name, says in pages.items()]
    blocks += rows(on, address.block("result"))
    blocks += rows([change_select(consult)], address.block("change"))
    return [*blocks, *bottom_rows(consult, back=True)]
