"""Where a consult begins: the root of its thread, the card that greets, help, and the law of a place in short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.desk import Kept
from bot.slack.actions import PAGE, RESUME, START, action
from bot.slack.addresses import Address
from bot.slack.blocks import (
    AnyBlock,
    bold,
    button,
    escape,
    message,
    moment,
    paragraph,
    rows,
    section_blocks,
    shortened,
    small,
)
from bot.slack.messages.parts import DO_NOT_WAIT, SERIOUS, danger_button
from bot.slack.shown import Message, Privacy
from flows.consult import Consult
from flows.machine import CANCELLED, CLOSED, DECIDED, PAUSED, RESULT, REVIEW
from flows.words import spoken
from state_law.describe import Line, Section, describe, glance
from state_law.load import the_table

MOST_OPEN = 5
STANDS = {
    REVIEW: "the answers are to be looked at",
    RESULT: "the result is there, nothing is decided yet",
    DECIDED: "recorded",
    PAUSED: "paused",
    CANCELLED: "cancelled",
    CLOSED: "closed",
}
KEEPS = "Slack keeps what is typed here, and Curbside can't delete it. Please name nobody."
SUPPORTS = "It supports your judgement and never decides; it is not legal advice."


@dataclass(frozen=True, slots=True)
class Root:
    """All that the head of a consult's thread tells, apart from when it began. `level`: None before there is a result."""

    stands: str
    level: str | None
    danger_now: bool


def root_of(consult: Consult, privacy: Privacy) -> Root:
    """What the head of the consult's thread tells: most steps change none of it, and then it need not be built."""
    stands = STANDS.get(consult.state, "the questions are in this thread")
    if privacy == "minimal":
        stands = "open" if not consult.finished else "done"
    return Root(stands, None if consult.result is None else consult.result["level"], consult.danger_now)


def root_message(consult: Consult, privacy: Privacy) -> Message:
    """The head of the consult's thread: its code, where it stands, and how urgent it is."""
    root = root_of(consult, privacy)
    said = [moment(consult.started_at), root.stands]
    if root.level is not None:
        said.append(f"urgency {bold(spoken(root.level))}")
    text = f"{bold(f'Consult {consult.reference}')}\nWrite this code in the chart; the client is never named here."
    blocks: list[AnyBlock] = [paragraph(text), small(" · ".join(said))]
    if root.danger_now:
        blocks.append(paragraph(bold(f"Danger now: call 911 first. {DO_NOT_WAIT}")))
    elif root.level in SERIOUS:
        blocks.append(paragraph(bold(DO_NOT_WAIT)))
    return message(f"Curbside: consult {consult.reference}", blocks)


def greeting(open_consults: Sequence[Kept], *, typed: bool = False, danger_first: bool = False) -> Message:
    """A card to begin from, with every open consult to go on with. `typed`: the person has typed something to the app."""
    text = "A client may hurt somebody? I ask what matters, apply the law of the place, and write the consult down."
    blocks: list[AnyBlock] = []
    if danger_first:
        blocks.append(paragraph(f"{bold('If somebody is in danger now: call 911 first.')} Then tap *Danger now*."))
    blocks.append(paragraph(text))
    if typed:
        blocks.append(small(f"What you typed is not kept by Curbside. {KEEPS}"))
    blocks += _to_go_on_with(open_consults)
    blocks += rows([danger_button(), button("Start a consult", START, style="primary")], "begin")
    return message("Curbside: how to begin", blocks)


def _to_go_on_with(open_consults: Sequence[Kept]) -> list[AnyBlock]:
    blocks: list[AnyBlock] = [paragraph(bold("Your open consults"))] if open_consults else []
    for kept in open_consults[:MOST_OPEN]:
        consult = kept.consult
        text = f"{bold(kept.reference)}, begun {moment(consult.started_at)}"
        go_on = button("Go on", RESUME if consult.state == PAUSED else action(RESUME, "show"))
        blocks.append(paragraph(text, Address(kept.reference, consult.turn).block("open"), go_on))
    if len(open_consults) > MOST_OPEN:
        blocks.append(small(f"and {len(open_consults) - MOST_OPEN} more: `/consult resume C-…` opens one."))
    return blocks


def help_message() -> Message:
    """What can be done, in a few lines."""
    lines = [
        "`/consult` begins a consult; `/consult CO` one for Colorado.",
        "`/consult resume` goes on with one that is open.",
        "`/consult law TX` shows the law of Texas.",
        "`/consult find …` finds consults, for supervisors.",
        "In a consult's thread you can tap, or type an answer such as *stated*, *firearm* or *2*.",
        "*Danger now* shows what to do first, at any point. In an emergency call 911; for suicide and crisis call or text 988.",
        "Every answer can be *not known*: it is never taken for no. *Edit* changes an answer; *Pause* keeps all for later.",
    ]
    blocks: list[AnyBlock] = [
        paragraph(f"{bold('Curbside')} walks you through a duty-to-protect consult and writes it down. {SUPPORTS}"),
        paragraph("\n".join(f"• {line}" for line in lines)),
        small(KEEPS),
        *rows([danger_button(), button("Start a consult", START, style="primary")], "help"),
    ]
    return message("Curbside: help", blocks)


def law_answer(code: str, on: date) -> Message:
    """The law of a place in short: what it comes to, where it stands, when it was checked. `on`: under that day's rules."""
    table = the_table()
    here = next(one for one in glance(table, on) if one.code == code)
    lines = [Line(here.duty_in_words, "Duty"), Line(f"{here.verified_on}, table {table.version}", "Checked on")]
    if here.citations_in_words:
        lines.insert(1, Line(shortened(here.citations_in_words, 900), "Rules"))
    if here.unconfirmed:
        lines.append(Line("some of it is not confirmed; the whole page says what", "Note", doubtful=True))
    blocks = section_blocks(Section(describe(table, code, on).title, tuple(lines)))
    blocks += rows([button("All of it", action(PAGE, "law", code, "1"))], f"law.{code}")
    return message(f"Curbside: the law of {escape(here.name)}", blocks)
