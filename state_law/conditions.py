"""Conditions and tables of rows as data, evaluated in three-valued logic.

A condition is written in YAML as

    {threat: [explicit, conditional]}          the answer is one of these
    {danger_now: yes}                          short for a list of one
    {threat: vague, credible: no}              several keys: all of them
    {all: [..]}   {any: [..]}   {not: ..}      put together
    always                                     holds whatever the answers are

An answer that is not known makes `{key: [...]}` unknown, unless the list itself names `unknown`: then not knowing is
what the condition asks for, and the answer to it is yes or no.

A table is a list of rows `{is: VALUE, when: CONDITION, because: TEXT}`. The first row whose condition certainly holds
gives the value; when none does, the value is the table's `else`. A row never holds because something is not known,
unless it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, TypeVar

from state_law.logic import NO, UNKNOWN, YES, Truth, negate
from state_law.shown import shown

Facts = Mapping[str, str]
"""Every single answer by its key, every list item as `key.item` (yes, no or unknown), and every finding by its name."""

REMEMBERED_AT_MOST = 50_000
"""How many outcomes a table keeps; a process that runs for months must not grow without end."""

_T = TypeVar("_T")


def keep(known: dict[Any, _T], key: Any, value: _T) -> _T:
    """Remember it, or give what is remembered under that key; forgets everything before it grows without end."""
    if len(known) >= REMEMBERED_AT_MOST:
        known.clear()
    return known.setdefault(key, value)


_DERIVED_OPERATORS = {"all", "any", "not"}


@dataclass(frozen=True)
class Condition:
    """A condition: `test(facts)` gives yes, no or unknown; `reads` names every key that it looks at."""

    test: Callable[[Facts], Truth]
    reads: frozenset[str]
    written: Any


def parse_condition(written: Any) -> Condition:
    """The condition that stands in a data file. ValueError says what can't be understood."""
    if written == "always":
        return Condition(lambda facts: YES, frozenset(), written)
    if not isinstance(written, Mapping) or not written:
        raise ValueError(
            f"not a condition: {shown(written)}; a condition is `always` or a mapping such as {{threat: [explicit]}}"
        )
    parts = [_parse_part(key, value) for key, value in written.items()]
    if len(parts) == 1:
        return Condition(parts[0].test, parts[0].reads, written)
    return Condition(_joined([part.test for part in parts], NO), _reads(parts), written)


def _parse_part(key: Any, value: Any) -> Condition:
    if not isinstance(key, str):
        raise ValueError(f"not a condition: {shown(key)} is no name of an answer")
    if key == "not":
        inner = parse_condition(value)
        return Condition(lambda facts: negate(inner.test(facts)), inner.reads, value)
    if key in _DERIVED_OPERATORS:
        if not isinstance(value, list) or not value:
            raise ValueError(f"`{key}` takes a list of conditions, not {shown(value)}")
        parts = [parse_condition(one) for one in value]
        return Condition(_joined([p.test for p in parts], NO if key == "all" else YES), _reads(parts), value)
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not values or not all(isinstance(one, str) for one in values):
        raise ValueError(f"`{key}` takes a value or a list of values, not {shown(value)}")
    return Condition(_membership(key, frozenset(values)), frozenset({key}), value)


def _membership(key: str, wanted: frozenset[str]) -> Callable[[Facts], Truth]:
    otherwise: Truth = NO if "unknown" in wanted else UNKNOWN

    def test(facts: Facts) -> Truth:
        value = facts[key]
        if value in wanted:
            return YES
        return otherwise if value == "unknown" else NO

    return test


def _joined(tests: list[Callable[[Facts], Truth]], decisive: Truth) -> Callable[[Facts], Truth]:
    """`all` (where a no decides) or `any` (where a yes does), as `all_of` and `any_of` have it, without asking on.

    Written out because this is what is evaluated most often of all.
    """
    otherwise: Truth = YES if decisive == NO else NO

    def test(facts: Facts) -> Truth:
        result = otherwise
        for one in tests:
            value = one(facts)
            if value == decisive:
                return value
            if value == UNKNOWN:
                result = UNKNOWN
        return result

    return test


class Together:
    """Several conditions at once; the outcome is remembered by the answers that any of them looks at."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self.conditions = tuple(conditions)
        self.reads = _reads(list(conditions))
        self._signature = itemgetter(*sorted(self.reads)) if self.reads else lambda facts: None
        self._known: dict[Any, tuple[Truth, ...]] = {}

    def test(self, facts: Facts) -> tuple[Truth, ...]:
        """How each turns out, in order."""
        signature = self._signature(facts)
        known = self._known.get(signature)
        if known is None:
            known = keep(self._known, signature, tuple([one.test(facts) for one in self.conditions]))
        return known

    def reading(self, keys: Collection[str]) -> tuple[int, ...]:
        """The places of the conditions that look at one of these."""
        return tuple(place for place, one in enumerate(self.conditions) if not one.reads.isdisjoint(keys))

    def test_again(self, before: tuple[Truth, ...], facts: Facts, places: Sequence[int]) -> tuple[Truth, ...]:
        """How each turns out where only those at these places can turn out otherwise than before."""
        if not places:
            return before
        found = list(before)
        for place in places:
            found[place] = self.conditions[place].test(facts)
        return tuple(found)


def _reads(parts: list[Condition]) -> frozenset[str]:
    return frozenset().union(*(part.reads for part in parts))


def named_values(written: Any) -> Iterator[tuple[str, str]]:
    """Every (key, value) that a written condition names, so that a test can hold it against the vocabulary."""
    if isinstance(written, Mapping):
        for key, value in written.items():
            if key in _DERIVED_OPERATORS:
                for one in value if isinstance(value, list) else [value]:
                    yield from named_values(one)
            else:
                for one in [value] if isinstance(value, str) else value:
                    yield key, one


@dataclass(frozen=True)
class Row:
    """One row of a table: the value, the condition under which it holds, and the reason in words."""

    value: str
    when: Condition
    because: str


class DecisionTable:
    """Rows in order, and the value when none certainly holds. Outcomes are remembered by the answers that are read."""

    def __init__(self, name: str, rows: list[Row], otherwise: str, otherwise_because: str) -> None:
        self.name, self.rows, self.otherwise, self.otherwise_because = name, rows, otherwise, otherwise_because
        self._known: dict[Any, str] = {}

    @classmethod
    def parse(cls, name: str, rows: Any, otherwise: str = UNKNOWN, because: str = "not known") -> DecisionTable:
        """A table from data: a list of {is, when, because}. ValueError names the row that is wrong."""
        parsed = []
        if not isinstance(rows, list):
            raise ValueError(f"{name}: a table is a list of rows {{is, when, because}}, not {shown(rows)}")
        for number, row in enumerate(rows, 1):
            if not isinstance(row, Mapping) or set(row) != {"is", "when", "because"}:
                raise ValueError(f"{name}: row {number}: a row has exactly `is`, `when` and `because`")
            try:
                parsed.append(Row(str(row["is"]), parse_condition(row["when"]), str(row["because"])))
            except ValueError as error:
                raise ValueError(f"{name}: row {number}: {error}") from None
        return cls(name, parsed, otherwise, because)

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """Every key that any row looks at, sorted."""
        return tuple(sorted(frozenset().union(*(row.when.reads for row in self.rows))))

    @cached_property
    def _signature(self) -> Callable[[Facts], Any]:
        return itemgetter(*self.reads) if self.reads else lambda facts: None

    def decide(self, facts: Facts) -> str:
        """The value of the first row that certainly holds, or the table's `else`."""
        signature = self._signature(facts)
        value = self._known.get(signature)
        if value is None:
            row = self._holds(facts)
            value = keep(self._known, signature, row.value if row else self.otherwise)
        return value

    def reasons(self, facts: Facts) -> list[str]:
        """The reasons of every row that certainly holds and gives the decided value, in order."""
        value = self.decide(facts)
        found = [row.because for row in self.rows if row.value == value and row.when.test(facts) == YES]
        return found or [self.otherwise_because]

    def _holds(self, facts: Facts) -> Row | None:
        return next((row for row in self.rows if row.when.test(facts) == YES), None)
