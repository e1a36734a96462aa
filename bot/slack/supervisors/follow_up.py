"""The follow-up: at its time the clinician is asked what happened, and again while they have not answered.

What they say is an event of the consult. Something new, or a need to assess again, begins a consult of its own, which is linked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.desk import Desk, Kept
from bot.follow_ups import due_at
from bot.overview import record_now
from bot.slack.actions import AFTERWARDS, FOLLOW_UP, action
from bot.slack.addresses import lasting
from bot.slack.blocks import AnyBlock, bold, button, escape, message, paragraph, rows, small
from bot.slack.messages.care import CARE_BUTTON, care_lines
from bot.slack.messages.parts import danger_button
from bot.slack.shown import Message, Privacy
from bot.slack.supervisors.steps import CURBSIDE, follow_up_asked
from bot.storage import Wanted
from flows.after_care import care_steps
from flows.consult import Consult
from flows.pages import CARE_AFTERWARDS

if TYPE_CHECKING:
    from bot.slack.office import Office

MOST_AT_A_TIME = 100
"""Consults whose clinicians are asked in one look; the next look takes the next ones."""
SAYS: Mapping[str, str] = {
    "contact": "Contact made",
    "safe": "Nobody in danger",
    "reassess": "Assess again",
    "new": "Something new",
}
"""What can be said, as the buttons have it."""
BEGINS_ANOTHER = ("reassess", "new")
RECORDED: Mapping[str, str] = {
    "contact": "It is written down that contact was made.",
    "safe": "It is written down that contact was made and that you found nobody in danger.",
    "reassess": "It is written down that you assess again.",
    "new": "It is written down that there is something new.",
}


def asking_message(consult: Consult, privacy: Privacy, time: int) -> Message:
    """What happened? `time`: the how-manieth time it is asked. With what care the client is due, and how far it is."""
    again = "" if time == 1 else " I ask again, since I have not heard from you."
    blocks: list[AnyBlock] = [paragraph(f"{bold(f'{consult.reference}: follow-up.')} What has happened since?{again}")]
    if privacy == "usual":
        blocks += _care(consult)
    on = [danger_button(consult), *(button(says, action(FOLLOW_UP, what)) for what, says in SAYS.items())]
    if care_steps(consult.care):
        on.append(button(CARE_BUTTON if privacy == "usual" else "Open the list", AFTERWARDS))
    blocks += rows(on, lasting(consult.reference).block("follow"))
    blocks.append(small("*Assess again* and *Something new* begin a consult that is linked to this one."))
    return message(f"Curbside, {consult.reference}: follow-up", blocks)


def _care(consult: Consult) -> Iterator[AnyBlock]:
    """What the client is due: how the checklist stands, or, where nobody was told, what to think of."""
    if care_steps(consult.care):
        yield paragraph(care_lines(consult))
    elif care := (consult.result or {}).get("after_care", ()):
        points = "\n".join(f"• {escape(one['text'])}" for one in care)
        yield paragraph(f"{bold(CARE_AFTERWARDS)}\n{points}")


def said_message(consult: Consult, said: Mapping[str, Any]) -> Message:
    """What was written down. `said`: as the event has it: {"what", "consult": the one that was begun by it}."""
    other = said.get("consult")
    linked = f" {bold(other)} has begun in a thread of its own, and is linked to this one." if other else ""
    text = f"{bold(consult.reference)}: {escape(RECORDED[said['what']])}{linked}"
    return message(f"Curbside, {consult.reference}: follow-up", [paragraph(text)])


def asks_due(office: Office, now: datetime) -> None:
    """Ask wherever it is time. LogError."""
    for one in office.log.overviews(Wanted(ask_by=now.timestamp()), limit=MOST_AT_A_TIME):
        _ask(office, one.reference, now)


def _ask(office: Office, reference: str, now: datetime) -> None:
    def is_due(kept: Kept) -> bool:
        due = due_at(kept.consult, record_now(office.log, reference))
        return due is not None and due <= now

    def take(desk: Desk, kept: Kept) -> Kept:
        return desk.take(kept, follow_up_asked) if is_due(kept) else kept

    if is_due(office.open_any(reference)):
        office.step_beside(CURBSIDE, reference, take)
