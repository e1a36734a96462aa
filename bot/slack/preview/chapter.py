"""A chapter of the preview: frames under a title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.preview.frames import Frame


@dataclass(frozen=True)
class Chapter:
    """`says`: what it is about, in a sentence or two."""

    title: str
    says: str
    frames: Sequence[Frame]
