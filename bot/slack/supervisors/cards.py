"""The card of a consult in the supervisors' channel: what is known by now, as facts; no free text, and nobody's name.

The clinician stands there as `<@U…>` in the small line: each person's Slack shows the name that it has now, the log keeps no
name, and an edit, which is what a card gets from then on, notifies nobody. Whoever must hear of it is called by a page of its
own, in the card's thread (paging.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.beside import Record
from bot.slack.addresses import lasting
from bot.slack.blocks import AnyBlock, bold, escape, message, moment, paragraph, shortened, small
from bot.slack.messages.decided import STATES
from bot.slack.shown import Message, Privacy
from bot.slack.supervisors.review_card import review_buttons, review_line
from flows.after_care import care_counted
from flows.consult import Consult
from flows.decision import OMISSION
from flows.machine import CANCELLED, CLOSED
from flows.pages import CARE_AFTERWARDS, label, labels_of
from flows.questions import UNKNOWN, say_answer
from flows.words import spoken, words

MOST_OF_A_PART = 1200
"""Characters: what does not fit is behind *Open*."""
FOLLOWED_UP: Mapping[str, str] = {
    "contact": "contact was made",
    "safe": "contact was made, and nobody was found to be in danger",
    "reassess": "it is to be assessed again",
    "new": "there is something new",
}
"""What a clinician can say at the follow-up, as the card has it."""


def urgency(consult: Consult, record: Record) -> str | None:
    """The level as far as it is known: danger now is an emergency before anything is evaluated. None: not known yet."""
    if consult.danger_now or record.danger:
        return "emergency"
    level: str | None = (consult.result or {}).get("level")
    return level


def card_message(consult: Consult, record: Record, privacy: Privacy) -> Message:
    """The card as the consult is now."""
    level = urgency(consult, record)
    facts: Iterable[AnyBlock] = () if privacy == "minimal" else (_about(consult, record), *_facts(consult, record))
    blocks = [
        _title(consult, level),
        *facts,
        paragraph(review_line(consult, record)),
        *review_buttons(consult, record, lasting(consult.reference)),
    ]
    return message(f"Curbside, {consult.reference}: {spoken(level or 'not evaluated yet')}", blocks)


def _title(consult: Consult, level: str | None) -> AnyBlock:
    mark = {"emergency": "🔴 ", "high": "🟠 "}.get(level or "", "")
    return paragraph(
        f"{mark}{bold(consult.reference)} · {bold(_upper(spoken(level or 'not evaluated yet')))}",
        lasting(consult.reference).block("title"),
    )


def _about(consult: Consult, record: Record) -> AnyBlock:
    facts = consult.facts
    said = [f"<@{consult.clinician}>"]
    places = [facts["jurisdiction"], facts.get("second_jurisdiction", UNKNOWN)]
    said += [escape(say_answer("jurisdiction", one)) for one in places if one not in (UNKNOWN, "")]
    if facts["profession"] != UNKNOWN:
        said.append(escape(say_answer("profession", facts["profession"])))
    if record.goes_on_from:
        said.append(f"goes on from {escape(record.goes_on_from)}")
    said.append(f"begun {moment(consult.started_at)}")
    return small(" · ".join(said), lasting(consult.reference).block("about"))


def _facts(consult: Consult, record: Record) -> Iterator[AnyBlock]:
    for title, text in _said(consult, record):
        yield paragraph(shortened(f"{bold(title)}: {text}", MOST_OF_A_PART))


def _said(consult: Consult, record: Record) -> Iterator[tuple[str, str]]:
    if consult.danger_now or record.danger:
        yield "Danger now", "the clinician has said so, and was told to call 911 first"
    elif record.danger_said:
        yield "Danger now", "it was said, and later that there is none"
    if consult.result is None:
        cancelled = consult.state == CANCELLED
        yield "Stands", "cancelled by the clinician" if cancelled else "the questions are still being answered"
        return
    yield "Duty", escape(words()["duty"][consult.result["law"]["duty"]])
    if consult.decision is None:
        yield "Suggested", _named(consult.result["plan"], labels_of(consult.result))
        yield "Decided", "nothing yet" if consult.state != CANCELLED else "cancelled before a decision"
        return
    yield from _decided(consult.decision, labels_of(consult.result), consult.result["plan"])
    if counted := care_counted(consult.care):
        yield CARE_AFTERWARDS, counted
    yield "Follow-up", _follow_up(consult.decision["follow_up"], record)
    if consult.state == CLOSED:
        yield "Stands", "closed by the clinician"


def _decided(decision: Mapping[str, Any], labels: Mapping[str, str], plan: Sequence[str]) -> Iterator[tuple[str, str]]:
    by_state: dict[str, list[str]] = {}
    steps = decision["steps"]
    for option, step in sorted(steps.items(), key=lambda one: plan.index(one[0]) if one[0] in plan else len(plan)):
        by_state.setdefault(step["state"], []).append(option)
    if not by_state:
        yield "Decided", "no step"
    for state in ("done", "attempted", "failed", "planned", "declined"):
        if state in by_state:
            yield _upper(STATES[state]), _named(by_state[state], labels)
    left = decision["outstanding"]
    yield "Outstanding under the law", escape("; ".join(one["text"] for one in left)) if left else "nothing"
    if decision["differs"]:
        named = _named(decision["differs"], labels)
        yield "Differs from the suggestion", f"{named} ({_reasons(decision['differs'], decision['reasons'])})"
    if decision["omits"]:
        yield "Leaves out what the law requires", _reasons([OMISSION], decision["reasons"])


def _follow_up(at: str | None, record: Record) -> str:
    says = moment(at) if at else "no time was set"
    if record.asked:
        often = "once" if len(record.asked) == 1 else f"{len(record.asked)} times"
        return f"{says}; ⚠️ the clinician was asked {often}, and has not answered yet"
    if record.said is not None and record.said_at is not None:
        return f"{says}; {escape(FOLLOWED_UP[record.said['what']])} ({moment(record.said_at)})"
    return says


def _reasons(of: Sequence[str], reasons: Mapping[str, str]) -> str:
    """That a reason was given; the reason itself is free text, and stands behind *Open*."""
    return "a reason was given" if any(reasons.get(one) for one in of) else "no reason was needed"


def _named(options: Sequence[str], labels: Mapping[str, str]) -> str:
    return escape("; ".join(labels.get(one) or label(one) for one in options)) or "nothing"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
