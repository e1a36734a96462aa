"""What many messages have: the line that says which consult this is, answers as lines, and the rows of buttons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from blockkit import Actions, Button, Confirm, Context, Option, StaticSelect
from blockkit import Section as SectionBlock

from bot.slack.actions import BACK, CANCEL, CHANGE, DANGER, EDIT, PAUSE, RESTART, START, action
from bot.slack.addresses import Address
from bot.slack.blocks import MOST_IN_ROW, bold, button, escape, paragraph, shortened, small
from flows.consult import Consult
from flows.pages import answer_in_words
from flows.questions import UNKNOWN, questions, say_answer, say_topic

SERIOUS = ("high", "emergency")
DO_NOT_WAIT = "Do not wait for a reply here."
MOST_IN_ANSWER = 280


def address_of(consult: Consult) -> Address:
    """What is shown of a consult now."""
    return Address(consult.reference, consult.turn)


def head(consult: Consult) -> Context:
    """Which consult this is, and where in it one stands."""
    return small(head_text(consult))


def head_text(consult: Consult) -> str:
    """The same as formatted text."""
    facts, (number, of) = consult.facts, consult.place
    said = [f"*{consult.reference}*"]
    said += [escape(say_answer(key, facts[key])) for key in ("jurisdiction", "profession") if facts[key] != UNKNOWN]
    if number:
        said.append(f"screen {number}" if facts["concern"] == UNKNOWN else f"screen {number} of {of}")
    if consult.danger_now:
        said.append("*Danger now: call 911*")
    return " · ".join(said)


def answer_lines(
    consult: Consult, keys: Iterable[str], address: Address, *, editable: bool = True
) -> Iterator[SectionBlock]:
    """Each answer in a line of its own, with *Edit* beside it."""
    for key in dict.fromkeys(keys):
        if consult.given.get(key) in (None, ""):
            continue
        yield answer_line(key, consult.given[key], address.block(f"said.{key}"), editable=editable)


def answer_line(key: str, value: Any, block_id: str, *, editable: bool) -> SectionBlock:
    """One answer, with *Edit* beside it if it may be changed."""
    said = shortened(answer_in_words(key, value), MOST_IN_ANSWER)
    edit = button("Edit", action(EDIT, key)) if editable else None
    return paragraph(f"✓ {bold(say_topic(key))}: {escape(said)}", block_id, edit)


def ways_row(danger_now: bool, back: bool, block_id: str) -> Actions:
    """The last row of every screen: danger now first, always in the same place; then back, pause, and the ways out."""
    danger, ways = _danger(danger_now), _ways(back)
    if len(danger) + len(ways) > MOST_IN_ROW:  # then without Start again: Cancel leads to a new consult too
        ways = [one for one in ways if one.build()["action_id"] != RESTART]  # type: ignore[no-untyped-call]
    return Actions([*danger, *ways], block_id=block_id)


def bottom_rows(consult: Consult, *, back: bool) -> list[Actions]:
    """The same in two rows, for a modal, which has danger now at its head."""
    address = address_of(consult)
    return [
        Actions([*_danger(consult.danger_now)], block_id=address.block("danger")),
        Actions([*_ways(back)], block_id=address.block("ways")),
    ]


def _danger(danger_now: bool) -> list[Button]:
    over = [button("No danger now", action(DANGER, "no"))] if danger_now else []
    return [_danger_in_consult(danger_now), *over]


def _ways(back: bool) -> list[Button]:
    again = _sure("Start again?", "This consult is cancelled, and a new one begins.")
    return [
        *([button("Back", BACK)] if back else []),
        button("Pause", PAUSE),
        button("Start again", RESTART, confirm=again),
        button("Cancel", CANCEL, confirm=_sure("Cancel this consult?", "It stays in the log.")),
    ]


def danger_button(consult: Consult | None = None) -> Button:
    """Danger now: of this consult; without one, or with one that is over, it begins one."""
    if consult is None or consult.finished:
        return button("Danger now", action(START, "danger"), style="danger")
    return _danger_in_consult(consult.danger_now)


def _danger_in_consult(danger_now: bool) -> Button:
    return button("Emergency steps" if danger_now else "Danger now", action(DANGER, "yes"), style="danger")


def _sure(title: str, text: str) -> Confirm:
    return Confirm(title=title, text=text, confirm="Yes", deny="No, go on")


def change_select() -> StaticSelect:
    """Any answer, to be changed."""
    options = [Option(shortened(say_topic(key), 75), key) for key in questions()]
    return StaticSelect(action_id=CHANGE, options=options, placeholder="Change an answer")
