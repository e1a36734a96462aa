"""The modals of a review: ask or advise, sign, and the clinician's answer. What is written is looked over before it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from bot.slack.actions import ADVICE_VIEW, REPLY_VIEW, SIGN_VIEW
from bot.slack.blocks import AnyBlock, bold, escape, paragraph, shortened, small
from bot.slack.messages.parts import address_of
from bot.slack.modals.frame import ask, modal, one_of, said
from bot.slack.modals.free_text import NAME_NOBODY, Found, notice, text_input
from bot.slack.modals.values import Values, chosen, typed
from bot.slack.shown import View
from bot.slack.supervisors.exchange import quoted
from flows.consult import Consult
from flows.decision import OMISSION
from flows.errors import AnswerError

WORDS, KIND = "words", "kind"
"""The inputs' block ids."""
MOST_WRITTEN = 2000
KINDS: Mapping[str, str] = {"return_": "A question, to be answered", "advise": "Advice"}
Kind = Literal["return_", "advise"]


def advice_view(consult: Consult, *, found: Found = (), given: tuple[str | None, str] | None = None) -> View:
    """A question or advice to the clinician. `found`: what in it may identify somebody; `given`: as `read_advice` gave it."""
    kind, text = given or ("return_", "")
    blocks: list[AnyBlock] = [
        *notice(found, ADVICE_VIEW),
        paragraph(
            f"{bold(consult.reference)}: the clinician sees it in the consult's own thread, and can answer there."
        ),
        ask("What is it?", one_of(KINDS, said(KIND), chosen=kind, placeholder="A question or advice"), KIND),
        ask("Your words", text_input(WORDS, given=text, most=MOST_WRITTEN), WORDS, hint=NAME_NOBODY),
    ]
    return modal(
        "Ask or advise",
        blocks,
        callback=ADVICE_VIEW,
        metadata=address_of(consult).metadata(),
        submit="Send",
        close="Not yet",
    )


def read_advice(values: Values) -> tuple[Kind, str]:
    """What it is, and the words. AnswerError where one is missing."""
    kind, text = chosen(values, KIND), typed(values, WORDS)
    if kind not in KINDS:
        raise AnswerError(KIND, None, "a question or advice")
    if not text:
        raise AnswerError(WORDS, None, "some words")
    return ("advise" if kind == "advise" else "return_"), text


def sign_view(consult: Consult, *, found: Found = (), given: str = "") -> View:
    """What is signed, and an optional comment."""
    blocks: list[AnyBlock] = [*notice(found, SIGN_VIEW), paragraph(_what_is_signed(consult))]
    decision = consult.decision or {}
    if decision.get("outstanding"):
        left = escape(shortened("; ".join(one["text"] for one in decision["outstanding"]), 600))
        blocks.append(paragraph(f"⚠️ {bold('Outstanding under the law')}: {left}. Signing does not change that."))
    if decision.get("omits"):
        reason = "a reason was given" if decision["reasons"].get(OMISSION) else "no reason was given"
        blocks.append(paragraph(f"⚠️ {bold('It leaves out what the law requires')}; {reason}, see Open."))
    blocks.append(
        ask("Comment", text_input(WORDS, given=given, most=MOST_WRITTEN), WORDS, hint=NAME_NOBODY, optional=True)
    )
    blocks.append(small("The clinician sees it. Who signed and when stands on the card and in the log."))
    metadata = address_of(consult).metadata()
    return modal("Sign", blocks, callback=SIGN_VIEW, metadata=metadata, submit="Sign", close="Not yet")


def read_comment(values: Values) -> str | None:
    """The comment; None where none was given."""
    return typed(values, WORDS) or None


def reply_view(consult: Consult, asked: str, *, found: Found = (), given: str = "") -> View:
    """The clinician's answer. `asked`: what a supervisor wrote last; empty when nothing was."""
    blocks: list[AnyBlock] = [*notice(found, REPLY_VIEW)]
    if asked:
        blocks += [paragraph(f"{bold('A supervisor wrote')}:"), *quoted(asked)]
    blocks.append(ask("Your words", text_input(WORDS, given=given, most=MOST_WRITTEN), WORDS, hint=NAME_NOBODY))
    blocks.append(small("The supervisors see it in their channel. In an emergency do not write: call 911."))
    metadata = address_of(consult).metadata()
    return modal("To the supervisors", blocks, callback=REPLY_VIEW, metadata=metadata, submit="Send", close="Not yet")


def read_reply(values: Values) -> str:
    """The answer. AnswerError where there is none."""
    text = typed(values, WORDS)
    if not text:
        raise AnswerError(WORDS, None, "some words")
    return text


def _what_is_signed(consult: Consult) -> str:
    decision: Mapping[str, Any] | None = consult.decision
    says = "You confirm that you have reviewed this consult"
    if decision is None:
        return f"{bold(consult.reference)}. {says}. Nothing is decided in it yet."
    return f"{bold(consult.reference)}. {says} and its decision."
