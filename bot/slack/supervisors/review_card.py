"""Where a consult stands in its review, in a line; and the buttons of its card, which are what the review's machine allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from blockkit import Confirm

from bot.beside import ALARM_ANSWERED, CALL_ASKED, PAGED, REVIEWED, Record
from bot.slack.actions import READ, REVIEW, action
from bot.slack.addresses import Address
from bot.slack.blocks import AnyBlock, bold, button, escape, moment, rows
from flows.consult import Consult
from flows.review import SIGNED, SUPERVISOR, the_review
from flows.reviewing import actions_open

ANYBODY = ""
"""A supervisor who is not this consult's clinician."""
NOT_YET = "not to be reviewed yet"


def review_line(consult: Consult, record: Record) -> str:
    """Where it stands, who has it, who signed and when, and that nobody has answered a page yet."""
    said = [f"{bold('Review')}: {_stands(consult, record)}"]
    if record.alarm is not None:
        often = len(record.pages)
        called = "" if not often else " Called once." if often == 1 else f" Called {often} times."
        said.append(f"⏰ {bold('Nobody has acknowledged it yet.')}{called}")
    return "\n".join(said)


def _stands(consult: Consult, record: Record) -> str:
    review = consult.review
    if review is None:
        has_it = f"<@{record.taken_by}> has it" if record.taken_by else "it waits for a supervisor"
        return f"{has_it}; it can be signed once the clinician has decided"
    if review["state"] == SIGNED:
        comment = ", with a comment" if review["exchange"][-1]["text"] else ""
        return f"✓ {bold('signed')} by <@{review['signed_by']}>, {moment(review['signed_at'])}{comment}"
    stands = escape(the_review().states[review["state"]])
    if review.get("escalated_by"):
        return f"{stands}; <@{review['escalated_by']}> asks for another supervisor, and nobody else has it yet"
    taken_by, taken_at = review.get("taken_by"), review.get("taken_at")
    return f"{stands} (<@{taken_by}>, since {moment(taken_at)})" if taken_by and taken_at else stands


def review_buttons(consult: Consult, record: Record, address: Address) -> list[AnyBlock]:
    """What a supervisor can do now. Who may is checked when it is tapped."""
    can = actions_open(consult, SUPERVISOR, ANYBODY)
    acknowledge = "acknowledge" in can or record.alarm is not None
    on = []
    if acknowledge:
        on.append(button("Acknowledge", action(REVIEW, "acknowledge"), style="primary"))
    on.append(button("Open", action(READ, "first")))
    if "advise" in can or "return_" in can:
        on.append(button("Ask or advise", action(REVIEW, "advise")))
    if "call_me" in can or consult.review is None:
        on.append(button("Call me", action(REVIEW, "call_me")))
    if "sign" in can:
        on.append(button("Sign", action(REVIEW, "sign"), style=None if acknowledge else "primary"))
    if "escalate" in can:
        sure = Confirm(
            title="Call more supervisors?",
            text="Whoever is on call is called, one after another, until somebody else takes it.",
            confirm="Yes, call",
            deny="No",
        )
        on.append(button("Escalate", action(REVIEW, "escalate"), confirm=sure))
    return [*rows(on, address.block("review"))]


def deed_in_words(kind: str, data: Mapping[str, Any] | None) -> str | None:
    """An event of the exchange in words; None for one that is no part of it."""
    if kind == ALARM_ANSWERED:
        return "has acknowledged the call"
    if kind == CALL_ASKED:
        return "asks for a call now"
    if kind == PAGED:
        called = ", ".join(f"<@{one}>" for one in (data or {}).get("to", ()))
        return f"has called {called}"
    if kind.startswith(REVIEWED):
        known = the_review().actions.get(kind.removeprefix(REVIEWED))
        return known.says if known else None
    return None
