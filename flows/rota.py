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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import yaml

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY, WEEK = 24 * 60, 7 * 24 * 60
LOOKED_AHEAD = timedelta(days=15)
"""Two weeks and a day: in one of them every hour of the week exists, also where the clocks change."""
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

    def next_change(self, at: datetime) -> datetime | None:
        """The next moment, in UTC, from which on_call differs from what it is at `at`; None where it is always the same."""
        now, before = at.astimezone(UTC), self.on_call(at)
        return next((one for one in self._borders(now) if one > now and self.on_call(one) != before), None)

    def _borders(self, now: datetime) -> list[datetime]:
        """The moments in the time to come at which a shift begins or ends, or the clocks change, in order."""
        found = set(_clock_changes(self.zone, now, now + LOOKED_AHEAD))
        midnight = now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        hours = {minute % WEEK for one in self.shifts for minute in (one.begins, one.ends)}
        for day in range(LOOKED_AHEAD.days + 1):
            here = midnight + timedelta(days=day)
            for minute in hours:
                if minute // DAY == here.weekday():
                    wall = (here + timedelta(minutes=minute % DAY)).replace(tzinfo=self.zone)
                    found |= {wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1)}  # an hour may come twice
        return sorted(found)

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody in it."""
        return tuple(dict.fromkeys(one.person for one in self.shifts))


def _clock_changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """When the clocks change between the two, to the second."""
    while start < end:
        after = start + timedelta(hours=6)
        if start.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            early, late = start, after
            while late - early > timedelta(seconds=1):
                middle = early + (late - early) / 2
                same = middle.astimezone(zone).utcoffset() == early.astimezone(zone).utcoffset()
                early, late = (middle, late) if same else (early, middle)
            yield late.replace(microsecond=0)
        start = after


def read_rota(path: Path, known: Callable[[str], bool] = lambda person: True) -> Rota:
    """The rota in the file. `known`: whether there is a person with that id. RotaError."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RotaError(path, line, "it is not YAML") from None
    except yaml.reader.ReaderError as error:
        line = path.read_text(encoding="utf-8").count("\n", 0, error.position) + 1
        raise RotaError(path, line, "a character that can't be seen stands here; allowed: plain text") from None
    except UnicodeDecodeError:
        raise RotaError(path, 1, "it can't be read as UTF-8 text") from None
    except OSError as error:
        raise RotaError(path, 1, f"it can't be read: {(error.strerror or str(error)).lower()}") from None
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
        found = [(shift, one) for one in listed.value for shift in self._shift(one)]
        shifts = tuple(shift for shift, _ in found)
        self._check_gaps(found)
        return Rota(ZoneInfo(zone), shifts)

    def _shift(self, node: yaml.Node) -> Iterator[Shift]:
        if not isinstance(node, yaml.MappingNode):
            raise self._wrong(node, "a shift has days, from, to and person")
        fields = self._fields(node, ("days", "from", "to", "person"))
        person = self._text(fields["person"])
        if not person or not self._known(person):
            raise self._wrong(fields["person"], f"{person!r} is nobody who can be called; allowed: a supervisor's id")
        begins, ends = self._hour(fields["from"], "23:59"), self._hour(fields["to"], "24:00")
        if ends <= begins:
            ends += DAY
        days = fields["days"]
        if not isinstance(days, yaml.SequenceNode) or not days.value:
            raise self._wrong(days, f"days is a list; allowed: {', '.join(DAYS)}")
        for one in days.value:
            day = self._text(one).lower()
            if day not in (*DAYS, *NAMES):
                raise self._wrong(one, f"{self._text(one)!r} is no day; allowed: {', '.join(DAYS)}")
            start = DAYS.index(day[:3]) * DAY
            yield Shift(start + begins, start + ends, person)

    def _check_gaps(self, shifts: list[tuple[Shift, yaml.Node]]) -> None:
        """A gap begins where a shift ends and none goes on: the line is that shift's, and the gap may go over the week's end."""
        for shift, node in shifts:
            start = shift.ends % WEEK
            if any(one.covers(start) for one, _ in shifts):
                continue
            length = min((one.begins - start) % WEEK for one, _ in shifts)
            until = _named((start + length) % WEEK)
            raise self._wrong(node, f"nobody is on call after this, from {_named(start)} to {until}; allowed: no gap")

    def _hour(self, node: yaml.Node, latest: str) -> int:
        text = self._text(node)
        found = _HOUR.fullmatch(text)
        if not found or text > latest:
            raise self._wrong(node, f'{text!r} is no hour; allowed: "00:00" to "{latest}", in quotation marks')
        return int(found[1]) * 60 + int(found[2])

    def _fields(self, node: yaml.MappingNode, names: tuple[str, ...]) -> Mapping[str, yaml.Node]:
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self._text(key)
            if name not in names:
                raise self._wrong(key, f"{name!r} is not known; allowed: {', '.join(names)}")
            if name in found:
                raise self._wrong(key, f"{name} stands twice; allowed: once")
            found[name] = value
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
