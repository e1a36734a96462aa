"""What `curbside doctor` says about one thing that it looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`says`: how it is. `to_do`: what to do about it, as a sentence; empty when it is well. `why`: a code, for programs."""

    what: str
    state: State
    says: str
    to_do: str = ""
    why: str = ""
