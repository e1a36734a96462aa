"""When there is a digest: never, daily or weekly, at an hour of this machine's clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALLOWED = "off, daily 08:00, or weekly mon 08:00 (this machine's time)"
_FORM = re.compile(r"daily ([01]\d|2[0-3]):([0-5]\d)|weekly (mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When there is a digest. `day`: of the week, Monday is 0; for a weekly one."""

    every: Literal["off", "day", "week"] = "off"
    hour: int = 8
    minute: int = 0
    day: int = 0

    def last(self, now: datetime) -> datetime | None:
        """When it was due last; None when there is none."""
        if self.every == "off":
            return None
        at = now.replace(hour=self.hour, minute=self.minute, second=0, microsecond=0)
        if self.every == "week":
            at -= timedelta(days=(now.weekday() - self.day) % 7)
        return at if at <= now else at - timedelta(days=1 if self.every == "day" else 7)

    @property
    def within(self) -> timedelta:
        """The time that it is about."""
        return timedelta(days=1 if self.every == "day" else 7)


def parse_rhythm(text: str) -> Rhythm:
    """The setting as it is written. ValueError says what is allowed."""
    said = " ".join(text.lower().split())
    if said == "off":
        return Rhythm()
    found = _FORM.fullmatch(said)
    if found is None:
        raise ValueError(f"{text!r} won't do; allowed: {ALLOWED}")
    if found[1]:
        return Rhythm("day", int(found[1]), int(found[2]))
    return Rhythm("week", int(found[4]), int(found[5]), DAYS.index(found[3]))
