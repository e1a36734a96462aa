"""What is wrong with a payload, in the words in which Slack says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class Complaints:
    """Collects complaints; each says where in the payload it is, as a JSON pointer."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, where: str, what: str) -> None:
        """Complain about what stands at `where`."""
        self.lines.append(f"[ERROR] {what} [json-pointer:{where}]")

    def keys(self, thing: object, where: str, required: Iterable[str], optional: Iterable[str]) -> bool:
        """Whether `thing` is an object with these keys: complains about what is not, lacks or is too much."""
        if not isinstance(thing, Mapping):
            self.add(where, "must be an object")
            return False
        required = set(required)
        missing = sorted(required - thing.keys())
        for key in missing:
            self.add(where, f"missing required field: {key}")
        for key in sorted(thing.keys() - required - set(optional)):
            self.add(where, f"invalid additional property: {key}")
        return not missing

    def string(self, thing: object, where: str, longest: int, least: int = 1) -> bool:
        """Whether `thing` is a text of an allowed length."""
        if not isinstance(thing, str):
            self.add(where, "must be a string")
        elif len(thing) < least:
            self.add(where, f"must be more than {least - 1} characters")
        elif len(thing) > longest:
            self.add(where, f"must be less than {longest + 1} characters")
        else:
            return True
        return False

    def items(self, things: object, where: str, most: int, least: int = 1) -> list[Any]:
        """The items of a list, of which there is an allowed number."""
        if not isinstance(things, list):
            self.add(where, "must be an array")
            return []
        if len(things) < least:
            self.add(where, f"no fewer than {least} items allowed")
        elif len(things) > most:
            self.add(where, f"no more than {most} items allowed")
        return things

    def whole_number(self, thing: object, where: str, least: int, most: int) -> bool:
        """Whether `thing` is a whole number in a range."""
        if isinstance(thing, bool) or not isinstance(thing, int) or not least <= thing <= most:
            self.add(where, f"must be a whole number from {least} to {most}")
            return False
        return True

    def flag(self, thing: object, where: str) -> None:
        """Complain unless `thing` is true or false."""
        if not isinstance(thing, bool):
            self.add(where, "must be a boolean")
