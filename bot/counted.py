"""Things counted in words."""

from __future__ import annotations


def counted(number: int, one: str, several: str | None = None) -> str:
    """Such as "1 consult", "2 consults", "0 consults". `several`: the plural, where it is not `one` with an s."""
    return f"{number} {one if number == 1 else several or one + 's'}"


def agrees(number: int, one: str, several: str) -> str:
    """The word that goes with so many: "is" or "are"."""
    return one if number == 1 else several
