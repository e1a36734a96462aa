"""What the program called, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class Call:
    """One call of the Web API."""

    method: str
    arguments: dict[str, Any]
    at: float  # seconds since 1970
    ok: bool = False  # whether it took effect
    error: str | None = None
    fault: str | None = None  # the fault that befell it
    status: int | None = None  # None: there was no answer
    took_effect_at: float | None = None  # seconds since 1970
    repeats: bool = False  # the network brought the call before it again
