"""The follow-up: at its time the clinician is asked what happened, and again while they have not answered.

What they say is an event of the consult. Something new, or a need to assess again, begins a consult of its own, which is linked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.desk import Desk, Kept
from bot.slack.actions import AFTERWARDS, FOLLOW_UP, action
from bot.slack.blocks import AnyBlock, bold, button, escape, message, paragraph, rows, small
from bot.slack.messages.care import CARE_BUTTON, care_lines
from bot.slack.messages.parts import danger_button
from bot.slack.shown import Message, Privacy
from bot.slack.supervisors.cards import card_address
from bot.slack.supervisors.record import Record, record_of
from bot.slack.supervisors.steps import CURBSIDE, follow_up_asked
from flows.after_care import care_steps
from flows.consult import Consult
from flows.machine import DECIDED
from flows.pages import CARE_AFTERWARDS

if TYPE_CHECKING:
    from bot.slack.office import Office

ASK_AGAIN_AFTER: Mapping[str, timedelta] = {
    "emergency": timedelta(hours=2),
    "high": timedelta(hours=4),
    "elevated": timedelta(hours=24),
    "low": timedelta(hours=48),
}
"""By level: after so long without an answer the clinician is asked again."""
MOST_OPEN = 2000
"""Decided consults that are looked through."""
MOST_ASKED = 4
"""After so many times it is left to the supervisors, who see that it is overdue."""
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


def due_at(consult: Consult, record: Record) -> datetime | None:
    """When the clinician is to be asked next; None when they are not."""
    follow_up = (consult.decision or {}).get("follow_up")
    if consult.state != DECIDED or not follow_up or record.said is not None or len(record.asked) >= MOST_ASKED:
        return None
    if record.asked:
        level = (consult.result or {}).get("level", "high")
        return _time(record.asked[-1]) + ASK_AGAIN_AFTER[level]
    return _time(follow_up)


def is_overdue(consult: Consult, record: Record, now: datetime) -> bool:
    """Whether the time has passed and the clinician has not said what happened."""
    follow_up = (consult.decision or {}).get("follow_up")
    return bool(consult.state == DECIDED and follow_up and record.said is None and _time(follow_up) < now)


def asking_message(consult: Consult, privacy: Privacy, time: int) -> Message:
    """What happened? `time`: the how-manieth time it is asked. With what care the client is due, and how far it is."""
    again = "" if time == 1 else " I ask again, since I have not heard from you."
    blocks: list[AnyBlock] = [paragraph(f"{bold(f'{consult.reference}: follow-up.')} What has happened since?{again}")]
    if privacy == "usual":
        blocks += _care(consult)
    on = [danger_button(consult), *(button(says, action(FOLLOW_UP, what)) for what, says in SAYS.items())]
    if care_steps(consult.care):
        on.append(button(CARE_BUTTON if privacy == "usual" else "Open the list", AFTERWARDS))
    blocks += rows(on, card_address(consult).block("follow"))
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
    for row in office.log.consults(status=DECIDED, limit=MOST_OPEN):
        if row.follow_up and _time(row.follow_up) <= now:
            _ask(office, row.reference, now)


def _ask(office: Office, reference: str, now: datetime) -> None:
    def is_due(kept: Kept) -> bool:
        due = due_at(kept.consult, record_of(office.log.events(reference)))
        return due is not None and due <= now

    def take(desk: Desk, kept: Kept) -> Kept:
        return desk.take(kept, follow_up_asked) if is_due(kept) else kept

    if is_due(office.open_any(reference)):
        office.step_beside(CURBSIDE, reference, take)


def _time(at: str) -> datetime:
    """A time of the log; one without an offset is read in the zone of this machine."""
    return datetime.fromisoformat(at).astimezone()
