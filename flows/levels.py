"""The levels of a consult, the least urgent first."""

from __future__ import annotations

from typing import Literal, get_args

Level = Literal["low", "elevated", "high", "emergency"]
LEVELS: tuple[Level, ...] = get_args(Level)
