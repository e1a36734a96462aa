"""Steps beside a consult: they change nothing that its clinician decides, and stand in its log with when and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.beside import ALARM_ANSWERED, CALL_ASKED, EXPIRY_REMINDED, FOLLOW_UP_ASKED, FOLLOW_UP_SAID, LINKED, PAGED
from flows.consult import Consult, Event, Step, apply

CURBSIDE = "curbside"
"""The actor of what the program does by itself."""


def paged(consult: Consult, page: Mapping[str, Any], *, at: str, actor: str) -> Step:
    """Somebody was called: {"round", "to", "level", "by"}."""
    return _beside(consult, PAGED, page, at, actor)


def alarm_answered(consult: Consult, *, at: str, actor: str) -> Step:
    """A supervisor has acknowledged a page."""
    return _beside(consult, ALARM_ANSWERED, {}, at, actor)


def call_asked(consult: Consult, *, at: str, actor: str) -> Step:
    """A supervisor would like to be called, before there is a review."""
    return _beside(consult, CALL_ASKED, {}, at, actor)


def follow_up_asked(consult: Consult, *, at: str, actor: str) -> Step:
    """The clinician was asked what happened since."""
    return _beside(consult, FOLLOW_UP_ASKED, {}, at, actor)


def follow_up_said(consult: Consult, said: Mapping[str, Any], *, at: str, actor: str) -> Step:
    """What the clinician said: {"what", "consult"}."""
    return _beside(consult, FOLLOW_UP_SAID, said, at, actor)


def expiry_reminded(consult: Consult, ends: str | None, *, at: str, actor: str) -> Step:
    """The clinician was reminded that it is not finished. `ends`: when it ends by itself; None: it does not."""
    return _beside(consult, EXPIRY_REMINDED, {"ends": ends}, at, actor)


def linked(consult: Consult, to: str, *, at: str, actor: str) -> Step:
    """It goes on from another consult."""
    return _beside(consult, LINKED, {"consult": to}, at, actor)


def _beside(consult: Consult, kind: str, data: Mapping[str, Any], at: str, actor: str) -> Step:
    event = Event(kind, at, actor, data)
    return Step((event,), apply(consult, event))
