"""The result, as a sequence that one can take in on a phone: the steps, what to find out, who may be told, the law.

What does not fit stands in full behind a button (`page:result`), and what is left out here says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from blockkit import Header

from bot.slack.actions import PAGE, action
from bot.slack.blocks import AnyBlock, bold, button, escape, message, paragraph, part_blocks, rows, shortened, small
from bot.slack.messages import pieces
from bot.slack.messages.parts import DO_NOT_WAIT, SERIOUS, address_of, head
from bot.slack.messages.pieces import addressed
from bot.slack.shown import Block, Message
from flows.consult import Consult, current_result
from flows.pages import decisive, find_out, if_then, next_steps, outstanding_now, the_law, told, warnings
from state_law.describe import Line, Section

MOST_TO_FIND_OUT = 5
MOST_IF_THEN = 4
MOST_OF_A_RULE = 600
MOST_BLOCKS = 40


def result_messages(consult: Consult) -> list[Message]:
    """The messages in order; the last one has the buttons. The consult must be at its result."""
    result = current_result(consult)
    pages = [_the_steps(consult, result), _to_find_out(consult, result), part_blocks(told(result)), _the_law(result)]
    parted: list[list[AnyBlock | Block]] = [[*part] for page in pages for part in _parted(page)]
    parted[-1] += _buttons(consult)
    return [message(f"Curbside, {consult.reference}: your result", part) for part in parted]


def _parted(blocks: Sequence[AnyBlock]) -> list[list[AnyBlock]]:
    """In as many messages as Slack needs, with room for the buttons below."""
    return [list(blocks[start : start + MOST_BLOCKS]) for start in range(0, len(blocks), MOST_BLOCKS)]


def _the_steps(consult: Consult, result: Mapping[str, Any]) -> list[AnyBlock]:
    blocks: list[AnyBlock] = [head(consult), Header(shortened(result["level_says"], 150))]
    if result["level"] in SERIOUS:
        blocks.append(paragraph(bold(DO_NOT_WAIT)))
    page = next_steps(result)
    blocks.append(paragraph(bold(page.title)))
    options = {one["id"]: one for one in result["options"]}
    for number, one in enumerate(result["plan"], 1):
        title = bold(f"{number}. {options[one]['label']}")
        blocks.append(paragraph(f"{title}\n{escape(options[one]['do'])}"))
    return [*blocks, *part_blocks(Section("", page.lines[len(result["plan"]) :]))]


def _to_find_out(consult: Consult, result: Mapping[str, Any]) -> list[AnyBlock]:
    asked, ways = find_out(result), if_then(result)
    blocks = part_blocks(Section(asked.title, asked.lines[:MOST_TO_FIND_OUT]) if asked.lines else Section(""))
    if ways.lines:
        blocks.append(paragraph(bold(ways.title)))
    blocks += [
        paragraph(f"{bold('If')} {escape(way.label)}:\n→ {escape(way.text)}") for way in ways.lines[:MOST_IF_THEN]
    ]
    more = max(0, len(asked.lines) - MOST_TO_FIND_OUT) + max(0, len(ways.lines) - MOST_IF_THEN)
    if more:
        blocks += rows([button(f"{more} more of these", action(PAGE, "result"))], address_of(consult).block("more"))
    return blocks


def _the_law(result: Mapping[str, Any]) -> list[AnyBlock]:
    """The law in two sentences with its citation, a report that is owed first; all of it is behind a button."""
    page = the_law(result)
    lines = (*_reports(result, page), page.lines[0], *_of_two_states(result, page), *_rules(result))
    return [
        *part_blocks(Section(page.title, lines)),
        *part_blocks(outstanding_now(result)),
        *part_blocks(warnings(result)),
        small("The judgement is yours. Nothing is recorded as decided until you say so."),
    ]


def _of_two_states(result: Mapping[str, Any], page: Section) -> Sequence[Line]:
    return page.lines[1:2] if len(result["law"]["jurisdictions"]) > 1 else ()


def _rules(result: Mapping[str, Any]) -> Iterator[Line]:
    """Of each state the first rule on which the duty stands."""
    first: dict[str, Mapping[str, Any]] = {}
    for rule in decisive(result["law"]):
        first.setdefault(rule["jurisdiction"], rule)
    for rule in first.values():
        doubt = f" Not confirmed: {rule['unconfirmed']}." if rule["unconfirmed"] else ""
        text = f"{shortened(rule['summary'], MOST_OF_A_RULE)}{doubt} (checked on {rule['checked_on']})"
        yield Line(text, rule["citation"], doubtful=bool(rule["unconfirmed"]))


def _reports(result: Mapping[str, Any], page: Section) -> Sequence[Line]:
    """To whom abuse is reported, and by when: the last lines of the page."""
    return page.lines[len(page.lines) - len(result["law"]["abuse_reporting"]) :]


def _buttons(consult: Consult) -> Iterator[Block]:
    return addressed((*pieces.at_result(), *pieces.ways(consult.danger_now, True)), address_of(consult))
