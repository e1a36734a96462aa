"""The supervisors' side of the office: what a step sends them, who they are, who is on call. One for each running program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.beside import Record
from bot.records.retention import Span
from bot.slack.shown import Privacy
from bot.slack.supervisors.on_call import OnCall
from bot.slack.supervisors.posting import posts_for_supervisors
from bot.slack.supervisors.rhythm import Rhythm
from bot.slack.supervisors.roles import Roles
from bot.storage import Post
from flows.consult import Consult, Step
from flows.escalation import USUAL, Times

AT_ONCE: Mapping[str, Times] = {**USUAL, "high": replace(USUAL["high"], first=0)}
"""Where no times are set: what is high is paged at once too, and then less often than an emergency."""


def nobody_waits() -> None:
    """What wakes the timers where there are none."""


def nobody_watches(reference: str) -> None:
    """What is told of an alarm where there are no timers."""


@dataclass
class Supervision:
    """`channel`: the supervisors' channel; None: there is none, and only follow-ups are asked.

    `expire_after`: how long an unfinished consult may lie; None: for good.

    `wake`: called once something is committed by which a timer may begin or end. `alarmed`: told of a consult, before it is
    committed, in which somebody may have to be called.
    """

    channel: str | None
    roles: Roles
    on_call: OnCall
    times: Mapping[str, Times] = field(default_factory=lambda: AT_ONCE)
    rhythm: Rhythm = field(default_factory=Rhythm)
    privacy: Privacy = "usual"
    expire_after: Span | None = None
    wake: Callable[[], None] = field(default=nobody_waits)
    alarmed: Callable[[str], None] = field(default=nobody_watches)

    def posts(self, before: Consult | None, step: Step, record: Record, after: Record) -> Sequence[Post]:
        """What the step sends to the supervisors' channel, and from there to the clinician. `record`, `after`: what the
        consult's events say beside its state, before the step and after it."""
        if self.channel is not None and after.alarm is not None:
            self.alarmed(step.consult.reference)
        return posts_for_supervisors(
            before, step, channel=self.channel, privacy=self.privacy, record=record, after=after
        )
