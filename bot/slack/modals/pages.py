"""Pages to read: why, the law, the other options, the note to be copied, the answers, the result.

What is longer than can be read on a phone has further pages behind a button.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from blockkit import Header, RichText, RichTextEl, RichTextPreformatted

from bot.slack.actions import DECIDE, OPEN, PAGE, PAGE_VIEW, action
from bot.slack.blocks import (
    MOST_IN_TEXT,
    AnyBlock,
    bold,
    button,
    page_buttons,
    paragraph,
    part_blocks,
    rows,
    shortened,
    small,
)
from bot.slack.messages.parts import DO_NOT_WAIT, SERIOUS, address_of, bottom_rows, change_select, head
from bot.slack.modals.frame import modal, pages_of
from bot.slack.shown import View
from flows.consult import Consult, current_result
from flows.machine import DECIDED, RESULT
from flows.pages import answers_page, options_page, result_page, why_page
from state_law.describe import Line, Section, describe
from state_law.load import the_table

TITLES: Mapping[str, str] = {
    "result": "The result",
    "why": "Why",
    "law": "The law here",
    "options": "Other options",
    "note": "Note for the chart",
    "answers": "Your answers",
}
NOT_RECORDED = "The judgement is yours. Nothing is recorded as decided until you say so."
TO_COPY = "Press and hold a part to copy it into the chart. What Curbside can't know is marked “to be added”."


def page_view(consult: Consult, name: str, page: int = 1) -> View:
    """A page of the consult: a name of TITLES. All but `answers` need a result. A page beyond the last is the last."""
    pages = pages_of(CONTENT[name](consult))
    number = min(max(page, 1), len(pages))
    shown = [*_top(consult, name), *pages[number - 1], *rows(page_buttons(number, len(pages), PAGE, name), "pages")]
    metadata = address_of(consult).metadata(n=name, p=number)
    return modal(TITLES[name], [*shown, *_leading_on(consult, name)], callback=PAGE_VIEW, metadata=metadata)


def law_view(code: str, on: date, page: int = 1) -> View:
    """The law of a place, by its rules in force on that day. A page beyond the last is the last. UnknownJurisdiction."""
    pages = pages_of(_page(describe(the_table(), code, on)))
    number = min(max(page, 1), len(pages))
    shown = [*pages[number - 1], *rows(page_buttons(number, len(pages), PAGE, "law", code), "pages")]
    return modal(the_table().jurisdiction(code).name, shown, callback=PAGE_VIEW)


def _result(consult: Consult) -> list[AnyBlock]:
    """As everywhere, and each step of the plan under its own name."""
    result = current_result(consult)
    page = result_page(result)
    options = {one["id"]: one for one in result["options"]}
    named = [
        Line(options[one]["do"], f"{number}. {options[one]['label']}") for number, one in enumerate(result["plan"], 1)
    ]
    steps, *others = page.parts
    steps = replace(steps, lines=(*named, *steps.lines[len(named) :]))
    return _page(replace(page, parts=(steps, *others)), apart=True)


def _page(page: Section, *, apart: bool = False) -> list[AnyBlock]:
    """A page with its parts under headers; `apart`: with room between its lines, where each is read by itself."""
    title: list[AnyBlock] = [Header(shortened(page.title, 150))] if page.title not in TITLES.values() else []
    return [*title, *_lines(page, apart), *(one for part in page.parts for one in _part(part, apart))]


def _part(part: Section, apart: bool) -> Iterator[AnyBlock]:
    yield Header(shortened(part.title, 150))
    yield from _lines(part, apart)
    for inner in part.parts:
        yield from part_blocks(inner)


def _lines(of: Section, apart: bool) -> Iterator[AnyBlock]:
    for lines in [(line,) for line in of.lines] if apart else [of.lines]:
        yield from part_blocks(Section("", lines))


def _law(consult: Consult) -> list[AnyBlock]:
    law = current_result(consult)["law"]
    on = date.fromisoformat(law["evaluated_on"])
    return [block for code in law["jurisdictions"] for block in _page(describe(the_table(), code, on))]


def _note(consult: Consult) -> list[AnyBlock]:
    """As plain text in boxes, which a phone copies as it stands; parted between its headings where that can be."""
    boxes = (RichText([RichTextPreformatted([RichTextEl(part)])]) for part in _parts(current_result(consult)["note"]))
    return [small(TO_COPY), *boxes]


CONTENT: Mapping[str, Callable[[Consult], list[AnyBlock]]] = {
    "result": _result,
    "why": lambda consult: _page(why_page(current_result(consult)), apart=True),
    "law": _law,
    "options": lambda consult: _page(options_page(current_result(consult)), apart=True),
    "note": _note,
    "answers": lambda consult: _page(answers_page(consult), apart=True),
}


def _parts(note: str) -> list[str]:
    """The note in as few parts as there can be, none longer than Slack's texts may be."""
    found: list[str] = []
    for piece in _pieces(note):
        if found and len(found[-1]) + len(piece) <= MOST_IN_TEXT:
            found[-1] += piece
        else:
            found.append(piece)
    return [part.rstrip("\n") for part in found if part.strip()]


def _pieces(note: str) -> Iterator[str]:
    """The note's sections; one that is too long, parted between lines, and a line that is too long between words."""
    for number, section in enumerate(f"{note}\n".split("\n## ")):
        text = section if number == 0 else f"## {section}"
        text += "\n"
        while len(text) > MOST_IN_TEXT:
            cut = text.rfind("\n", 1, MOST_IN_TEXT) + 1 or text.rfind(" ", 1, MOST_IN_TEXT) + 1 or MOST_IN_TEXT
            yield text[:cut]
            text = text[cut:]
        yield text


def _top(consult: Consult, name: str) -> list[AnyBlock]:
    """A modal opens at its top: at the result, danger now is there."""
    if name != "result":
        return [head(consult)]
    danger = bottom_rows(consult, back=True)[:1] if consult.state == RESULT else []
    serious = [paragraph(bold(DO_NOT_WAIT))] if current_result(consult)["level"] in SERIOUS else []
    return [head(consult), *danger, *serious]


def _leading_on(consult: Consult, name: str) -> list[AnyBlock]:
    """From the result to the other pages and the decision; from these back to the result."""
    address = address_of(consult)
    if name != "result":
        return [*rows([button("The result", action(PAGE, "result"))], address.block("leads"))] if consult.result else []
    on = [button(says, action(PAGE, one)) for one, says in TITLES.items() if one not in (name, "answers")]
    if consult.state == DECIDED:
        return [*rows([button("The steps", OPEN), *on], address.block("result"))]
    if consult.state != RESULT:
        return [*rows(on, address.block("result"))]
    return [
        small(NOT_RECORDED),
        *rows([button("Record my decision", DECIDE, style="primary"), *on], address.block("result")),
        *rows([change_select()], address.block("change")),
        *bottom_rows(consult, back=True)[1:],
    ]
