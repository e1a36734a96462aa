"""What is said between supervisors and the clinician: each deed of a review as a message in the consult's own thread, and as a
line in the card's thread. With privacy "minimal" the words stand behind a button."""

from __future__ import annotations

from collections.abc import Mapping

from bot.slack.actions import READ, REPLY, REVIEW, action
from bot.slack.addresses import lasting
from bot.slack.blocks import AnyBlock, bold, button, message, paragraph, rows, small, texts
from bot.slack.messages.parts import SERIOUS
from bot.slack.shown import Message, Privacy
from flows.consult import Consult
from state_law.describe import Line

MOST_QUOTED = 1400
"""Characters of a text in one block: with a mark before each line it stays below Slack's 3,000."""
TO_THE_CLINICIAN: Mapping[str, str] = {
    "acknowledge": "{who} has seen this consult and looks after it.",
    "return_": "{who} asks:",
    "advise": "{who} advises:",
    "call_me": "{who} would like to speak to you now. *Please call them.*",
    "escalate": "{who} has called in another supervisor.",
    "take_back": "{who} looks after this consult again.",
    "sign": "{who} has reviewed and signed this consult.",
    "ask": "your question is with the supervisors.",
    "answer": "your answer is with the supervisors.",
}
IN_THE_CHANNEL: Mapping[str, str] = {
    "return_": "{who} asks the clinician:",
    "advise": "{who} advises the clinician:",
    "call_me": "{who} has asked the clinician to call now.",
    "escalate": "{who} asks for another supervisor.",
    "take_back": "{who} has taken it back, since there is no other supervisor.",
    "sign": "{who} has signed.",
    "ask": "{who} asks for guidance:",
    "answer": "{who} answers:",
}
"""What is not there, the card alone tells."""
BY_THE_CLINICIAN = ("ask", "answer")
MAY_BE_ANSWERED = ("return_", "advise")
STILL_911 = "In an emergency do not wait for an answer here: call 911."


def with_supervisors(consult: Consult, privacy: Privacy) -> Message:
    """The clinician is told once that supervisors see the consult, and how to ask them."""
    serious = consult.danger_now or (consult.result or {}).get("level") in SERIOUS
    called = " Whoever is on call is being called." if serious else ""
    text = f"{bold(consult.reference)}: supervisors can see this consult in their channel now.{called}"
    on = (
        rows([button("Ask a supervisor", REPLY)], lasting(consult.reference).block("reply.ask"))
        if consult.review
        else []
    )
    return message(f"Curbside, {consult.reference}: supervisors", [paragraph(text), *on, small(STILL_911)])


def to_clinician(consult: Consult, deed: str, who: str, text: str | None, privacy: Privacy) -> Message:
    """What the clinician is told in the consult's thread. `text`: what was written with it."""
    says = TO_THE_CLINICIAN[deed].format(who=f"<@{who}>")
    shown = None if deed in BY_THE_CLINICIAN else text
    blocks = _with_words(f"{bold(consult.reference)}: {says}", shown, privacy)
    if deed in MAY_BE_ANSWERED:
        urgent = deed == "return_"
        on = [button("Answer" if urgent else "Write back", REPLY, style="primary" if urgent else None)]
        blocks += [*rows(on, lasting(consult.reference).block(f"reply.{deed}")), small(STILL_911)]
    elif deed == "call_me":
        blocks.append(small(STILL_911))
    return message(f"Curbside, {consult.reference}: a supervisor", blocks)


def in_the_channel(consult: Consult, deed: str, who: str, text: str | None, privacy: Privacy, to: str = "") -> Message:
    """What the card's thread says. `to`: who is to see it, such as the supervisor who asked."""
    hears = f"<@{to}> " if to and to != who else ""
    says = IN_THE_CHANNEL[deed].format(who=f"<@{who}>")
    blocks = _with_words(f"{hears}{says}", text, privacy)
    if deed in BY_THE_CLINICIAN:
        on = [button("Open", action(READ, "exchange")), button("Ask or advise", action(REVIEW, "advise"))]
        blocks += rows(on, lasting(consult.reference).block("answered"))
    return message(f"Curbside, {consult.reference}: the exchange", blocks)


def _with_words(says: str, text: str | None, privacy: Privacy) -> list[AnyBlock]:
    """What is said, and what was written with it, quoted below."""
    if text and privacy == "minimal":
        return [paragraph(f"{says} (the words stand behind the button)")]
    return [paragraph(says), *quoted(text or "")]


def quoted(text: str) -> list[AnyBlock]:
    """What somebody has written, as a quotation; nothing for an empty text."""
    pieces = texts((Line(text),), most=MOST_QUOTED) if text else []
    return [paragraph("\n".join(f">{line}" for line in piece.split("\n"))) for piece in pieces]
