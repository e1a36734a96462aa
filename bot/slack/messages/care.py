"""The care of the client after somebody was told, as a checklist in the consult's thread: each step is ticked with one tap.

With minimal privacy the message says how many there are and no more; the list itself is in a window (modals/care.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.slack.actions import AFTERWARDS, CARE, action
from bot.slack.addresses import Address, lasting
from bot.slack.blocks import AnyBlock, bold, button, escape, message, moment, paragraph, rows, small
from bot.slack.shown import Message, Privacy
from flows.after_care import CareStep, care_counted, care_steps
from flows.consult import Consult
from flows.pages import CARE_AFTERWARDS

DONE, UNDONE = "done", "undone"
"""What a tap says of a step: `care:tell_client:done`."""
NO_LIST_NOW = (
    "No step that tells somebody is recorded as done now, so there is no list. What was ticked is kept in the log."
)
WRITTEN_DOWN = "Each tap is written down with its time."
CARE_BUTTON = "Care afterwards"


def care_message(consult: Consult, privacy: Privacy) -> Message:
    """The checklist as it stands. The consult must have come to where it is due."""
    notice = f"Curbside, {consult.reference}: what comes next"
    if privacy == "minimal":
        return message(notice, _counted_only(consult))
    return message(notice, [small(f"*{consult.reference}*"), *care_blocks(consult)])


def care_blocks(consult: Consult) -> Iterator[AnyBlock]:
    """The list: each step in its words, what became of it, and its button."""
    steps, counted = care_steps(consult.care), care_counted(consult.care)
    if not steps:
        yield paragraph(escape(NO_LIST_NOW))
        return
    yield paragraph(bold(f"{CARE_AFTERWARDS}: {counted}"))
    for one in steps:
        yield _step(one, lasting(consult.reference))
    yield small(WRITTEN_DOWN)


def care_lines(consult: Consult) -> str:
    """The list without its buttons, as formatted text: what is done, and what is open."""
    said = [bold(f"{CARE_AFTERWARDS}: {care_counted(consult.care)}")]
    said += [f"✓ {_done(one)}" if one.is_done else f"○ {escape(one.text)}" for one in care_steps(consult.care)]
    return "\n".join(said)


def _step(one: CareStep, address: Address) -> AnyBlock:
    block = address.block(f"care.{one.id}")
    if one.is_done:
        return paragraph(f"✓ {_done(one)}", block, button("Undo", action(CARE, one.id, UNDONE)))
    return paragraph(escape(one.text), block, button("Done", action(CARE, one.id, DONE)))


def _done(one: CareStep) -> str:
    assert one.at is not None
    return f"{escape(one.text)} {bold('Done')}, {moment(one.at)}"


def _counted_only(consult: Consult) -> Iterator[AnyBlock]:
    counted = care_counted(consult.care)
    if not counted:
        yield paragraph(f"{bold(consult.reference)}: the list is empty now.")
        return
    yield paragraph(f"{bold(consult.reference)}: a list of what comes next is ready. {bold(counted)}.")
    yield from rows([button("Open the list", AFTERWARDS)], lasting(consult.reference).block("care"))
