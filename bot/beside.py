"""What the log says of a consult beside its state: whether supervisors were told of it, when it became urgent, who was paged,
what was asked at the follow-up. It is read from the consult's events, so that a restart changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from bot.storage import CONTENT_PURGED
from flows.after_care import CARE_REPORTED
from flows.findings import rank
from flows.review import AT_ONCE

IN_THREAD, DIRECTLY = "thread", "dm"
"""Where somebody is called: in the card's thread, or, where there is no card, in their direct message."""
PAGED = "paged"
"""Somebody was called: {"round": 1, "to": [ids], "level": ..., "why": ...}."""
FOLLOW_UP_ASKED, FOLLOW_UP_SAID = "follow_up_asked", "follow_up_said"
"""At the follow-up time: that the clinician was asked, and what they said."""
ALARM_ANSWERED, CALL_ASKED = "alarm_answered", "call_asked"
"""A supervisor has acknowledged a page, or asked for a call, where the review has no such action (review_steps.py)."""
LINKED = "linked"
"""It goes on from another consult."""
EXPIRY_REMINDED = "expiry_reminded"
"""The clinician was reminded of an unfinished consult: {"ends": when it ends by itself, or None: it does not}."""
BESIDE = (
    PAGED,
    FOLLOW_UP_ASKED,
    FOLLOW_UP_SAID,
    ALARM_ANSWERED,
    CALL_ASKED,
    LINKED,
    CARE_REPORTED,
    EXPIRY_REMINDED,
)
HELD, RELEASED = "hold_placed", "hold_released"
OF_THE_RECORD = (HELD, RELEASED, CONTENT_PURGED, EXPIRY_REMINDED)
"""Kinds of events that concern the keeping of a consult, not the consult: they don't make it any younger."""
BY_ITSELF = (PAGED, FOLLOW_UP_ASKED)
"""What the program does by itself: nobody has gone on with the consult by it."""
REVIEWED = "review_"
"""How the kinds of a review's events begin."""
TAKE_BACK = "take_back"
ANSWERS_THE_ALARM = ("acknowledge", "advise", "return", "call_me", "sign", TAKE_BACK)
"""After one of these somebody looks after it, and nobody needs to be called any more. Of what whoever handed it on does, only the
last: they have asked for somebody else."""


class AnEvent(Protocol):
    """An event, made just now or from the log, where its data may be purged."""

    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True, slots=True)
class Paged:
    """One call: the how-manieth of this alarm, when, and who."""

    round: int
    at: str
    to: tuple[str, ...]
    by: str = "thread"
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """`told`: whether there is a card. `danger`: danger now was said after the decision; `danger_said`: at any time.

    `alarm`: when it became urgent, while nobody has answered; None when nobody needs to be called. `level`: how urgent it was
    then. `pages`: who was called since. `answered`: the highest level at which somebody has answered. `escalated_by`: the
    supervisor who asked for more people. `decided`: there was a decision. `asked`: when the clinician was asked at the follow-up
    and has not answered since. `said`: what was said at the last one, and `said_at` when. `worked_at`: when anybody did
    anything last; `reminded_at`: when the clinician was reminded since that it is not finished. `held`: it is under a legal hold.
    """

    told: bool = False
    danger: bool = False
    danger_said: bool = False
    alarm: str | None = None
    level: str | None = None
    pages: tuple[Paged, ...] = ()
    answered: str | None = None
    escalated_by: str = ""
    decided: bool = False
    asked: tuple[str, ...] = ()
    said: Mapping[str, Any] | None = field(default=None)
    said_at: str | None = None
    goes_on_from: str | None = None
    worked_at: str | None = None
    reminded_at: str | None = None
    held: bool = False
    taken_by: str = ""
    """The supervisor who answered first."""
    asked_by: str = ""
    """The supervisor who wrote to the clinician last."""


def is_aside(kind: str) -> bool:
    """Whether an event of that kind stands beside the consult: what is shown of questions, result and decision stays as it is."""
    return kind.startswith(REVIEWED) or kind in BESIDE


def record_of(events: Iterable[AnEvent], before: Record | None = None) -> Record:
    """What these events come to, after what `before` says."""
    found = before or Record()
    for event in events:
        found = _after(_lying(found, event), event)
    return found


def _lying(found: Record, event: AnEvent) -> Record:
    if event.kind in (HELD, RELEASED):
        return replace(found, held=event.kind == HELD)
    if event.kind == EXPIRY_REMINDED:
        return replace(found, reminded_at=event.at)
    if event.kind in (*OF_THE_RECORD, *BY_ITSELF):
        return found
    return replace(found, worked_at=event.at, reminded_at=None)


def _after(found: Record, event: AnEvent) -> Record:
    data = event.data or {}
    kind = event.kind
    if kind.startswith(REVIEWED):
        return _reviewed(found, kind.removeprefix(REVIEWED).rstrip("_"), event)
    if kind in (ALARM_ANSWERED, CALL_ASKED):
        return _reviewed(found, "acknowledge", event)
    if kind == PAGED:
        page = Paged(
            round=int(data.get("round", 1)),
            at=event.at,
            to=tuple(data.get("to", ())),
            by=data.get("by", IN_THREAD),
            everyone=bool(data.get("everyone")),
        )
        return replace(found, pages=(*(one for one in found.pages if one.round != page.round), page))
    if kind == FOLLOW_UP_ASKED:
        return replace(found, asked=(*found.asked, event.at))
    if kind == LINKED:
        return replace(found, goes_on_from=data.get("consult"))
    if kind == FOLLOW_UP_SAID:
        return replace(found, asked=(), said=data, said_at=event.at)
    if kind == "decided":
        return replace(found, told=True, decided=True)
    if kind == "danger_said" and found.decided:
        found = replace(found, danger=data.get("value") == "yes")
    if kind == "danger_said":  # said anew, it calls anew, whoever answered before
        found = replace(found, answered=None)
    return _rung(found, kind, _level_said(kind, data), event.at)


def _level_said(kind: str, data: Mapping[str, Any]) -> str | None:
    """How urgent it is by this event."""
    if kind == "evaluated":
        level: str | None = data.get("result", {}).get("level")
        return level
    said = data.get("value") if "value" in data else data.get("answers", {}).get("danger_now")
    return "emergency" if kind in ("started", "answered", "changed", "danger_said") and said == "yes" else None


def _rung(found: Record, kind: str, level: str | None, at: str) -> Record:
    if level not in AT_ONCE:
        return found
    if kind != "evaluated":
        found = replace(found, danger_said=True)
    found = replace(found, told=True)
    anew = _rank(level) > _rank(found.answered)
    if found.alarm is not None:
        return replace(found, level=max(level, found.level or level, key=_rank))
    return replace(found, alarm=at, level=level, pages=()) if anew else found


def _reviewed(found: Record, deed: str, event: AnEvent) -> Record:
    if deed in ("advise", "return"):
        found = replace(found, asked_by=event.actor)
    if deed == "escalate":
        return replace(found, alarm=event.at, level=found.level or "high", pages=(), escalated_by=event.actor)
    if deed in ANSWERS_THE_ALARM and (deed == TAKE_BACK or event.actor != found.escalated_by):
        answered = max((found.answered, found.level if found.alarm else None), key=_rank)
        return replace(found, alarm=None, answered=answered, escalated_by="", taken_by=found.taken_by or event.actor)
    return found


def _rank(level: str | None) -> int:
    return rank(level) if level is not None else -1
