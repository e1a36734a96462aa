"""A rota: who is on call by weekday and hour, in one time zone, read from a small YAML file. People are ids.

    zone: America/Denver
    shifts:
      - {days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00", person: U0INVENTED}
      - {days: [mon, tue, wed, thu, fri], from: "18:00", to: "08:00", person: U0ANOTHER}
      - {days: [sat, sun], from: "00:00", to: "24:00", person: U0ANOTHER}

A shift that ends at or before the hour at which it begins goes on into the next day. Where two overlap, the one that stands first
in the file is called first. An hour without anybody is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import yaml

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY, WEEK = 24 * 60, 7 * 24 * 60
_HOUR = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


class RotaError(ValueError):
    """The file won't do; str() names the file, the line, the value and what is allowed."""

    def __init__(self, path: Path, line: int, what: str) -> None:
        super().__init__(f"{path.name}, line {line}: {what}")


@dataclass(frozen=True, slots=True)
class Shift:
    """Minutes of the week from Monday 00:00 on, from `begins` up to `ends`, which may lie in the week after."""

    begins: int
    ends: int
    person: str

    def covers(self, minute: int) -> bool:
        """Whether that minute of the week belongs to it."""
        return self.begins <= minute < self.ends or self.begins <= minute + WEEK < self.ends


@dataclass(frozen=True, slots=True)
class Rota:
    """`zone`: whose clock counts, so that the hours stay the same when the clocks change."""

    zone: ZoneInfo
    shifts: tuple[Shift, ...]

    def on_call(self, at: datetime) -> tuple[str, ...]:
        """Who is on call then, in order; `at` has an offset."""
        here = at.astimezone(self.zone)
        minute = here.weekday() * DAY + here.hour * 60 + here.minute
        return tuple(dict.fromkeys(one.person for one in self.shifts if one.covers(minute)))

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody in it."""
        return tuple(dict.fromkeys(one.person for one in self.shifts))


def read_rota(path: Path, known: Callable[[str], bool] = lambda person: True) -> Rota:
    """The rota in the file. `known`: whether there is a person with that id. RotaError."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RotaError(path, line, "it is not YAML") from None
    except (OSError, UnicodeDecodeError):
        raise RotaError(path, 1, "it can't be read as UTF-8 text") from None
    return _Reading(path, known).rota(root)


class _Reading:
    """Reads one file, with its lines."""

    def __init__(self, path: Path, known: Callable[[str], bool]) -> None:
        self._path, self._known = path, known

    def rota(self, root: yaml.Node | None) -> Rota:
        if not isinstance(root, yaml.MappingNode):
            raise RotaError(self._path, 1, "it must have zone and shifts")
        fields = self._fields(root, ("zone", "shifts"))
        zone = self._text(fields["zone"])
        if zone not in available_timezones():
            raise self._wrong(fields["zone"], f"{zone!r} is no time zone; allowed: such as America/Denver")
        listed = fields["shifts"]
        if not isinstance(listed, yaml.SequenceNode) or not listed.value:
            raise self._wrong(listed, "shifts is a list of at least one shift")
        shifts = tuple(shift for one in listed.value for shift in self._shift(one))
        self._check_gaps(shifts, listed)
        return Rota(ZoneInfo(zone), shifts)

    def _shift(self, node: yaml.Node) -> Iterator[Shift]:
        if not isinstance(node, yaml.MappingNode):
            raise self._wrong(node, "a shift has days, from, to and person")
        fields = self._fields(node, ("days", "from", "to", "person"))
        person = self._text(fields["person"])
        if not person or not self._known(person):
            raise self._wrong(fields["person"], f"{person!r} is nobody who can be called; allowed: a supervisor's id")
        begins, ends = self._hour(fields["from"], DAY - 1), self._hour(fields["to"], DAY)
        if ends <= begins:
            ends += DAY
        days = fields["days"]
        if not isinstance(days, yaml.SequenceNode) or not days.value:
            raise self._wrong(days, f"days is a list; allowed: {', '.join(DAYS)}")
        for one in days.value:
            day = self._text(one).lower()[:3]
            if day not in DAYS:
                raise self._wrong(one, f"{self._text(one)!r} is no day; allowed: {', '.join(DAYS)}")
            start = DAYS.index(day) * DAY
            yield Shift(start + begins, start + ends, person)

    def _check_gaps(self, shifts: tuple[Shift, ...], node: yaml.Node) -> None:
        covered = bytearray(WEEK)
        for one in shifts:
            for minute in range(one.begins, one.ends):
                covered[minute % WEEK] = 1
        gap = covered.find(0)
        if gap >= 0:
            end = covered.find(1, gap)
            until = _named(end) if end >= 0 else _named(gap)
            raise self._wrong(node, f"nobody is on call from {_named(gap)} to {until}")

    def _hour(self, node: yaml.Node, latest: int) -> int:
        text = self._text(node)
        found = _HOUR.fullmatch(text)
        minutes = int(found[1]) * 60 + int(found[2]) if found else DAY + 1
        if minutes > latest:
            raise self._wrong(node, f'{text!r} is no hour; allowed: "00:00" to "24:00", in quotation marks')
        return minutes

    def _fields(self, node: yaml.MappingNode, names: tuple[str, ...]) -> Mapping[str, yaml.Node]:
        found = {self._text(key): value for key, value in node.value}
        for key, _ in node.value:
            if self._text(key) not in names:
                raise self._wrong(key, f"{self._text(key)!r} is not known; allowed: {', '.join(names)}")
        for name in names:
            if name not in found:
                raise self._wrong(node, f"{name} is missing")
        return found

    def _text(self, node: Any) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._wrong(node, "a single value is needed here")
        return str(node.value)

    def _wrong(self, node: yaml.Node, what: str) -> RotaError:
        return RotaError(self._path, node.start_mark.line + 1, what)


def _named(minute: int) -> str:
    return f"{DAYS[minute // DAY]} {minute % DAY // 60:02}:{minute % 60:02}"
