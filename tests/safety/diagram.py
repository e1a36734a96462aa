"""A table over every combination of the answers it reads, also where these are more than could be written down.

The combinations are walked key by key. After each key, what is left of the rows (the conditions, as far as they are not
decided) is what the rest of the walk depends on, so two walks that leave the same rows behind are one node of a decision
diagram (Bryant 1986; multi-valued). Every combination is a path through the diagram: a claim that is checked at each
node of a key's layer is checked for every combination of all the other answers. Nothing is abstracted or sampled.

The diagram reads the rows as written, in Kleene's logic, by code of its own: `hold_against_table` compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from random import Random
from typing import Any

from state_law.conditions import DecisionTable
from tests.safety.vocabulary import values

Left = Any
"""What is left of a condition: "yes", "no", "unknown", or ("is", key, values), ("all" | "any", parts), ("not", part)."""
Rows = tuple[tuple[str, Left], ...]


def written(condition: object) -> Left:
    """A condition as it stands in a data file."""
    if condition == "always":
        return "yes"
    assert isinstance(condition, Mapping)
    parts = []
    for key, value in condition.items():
        if key in ("all", "any"):
            parts.append(joined(key, [written(one) for one in value]))
        elif key == "not":
            parts.append(("not", written(value)))
        else:
            parts.append(("is", key, frozenset([value] if isinstance(value, str) else value)))
    return joined("all", parts)


def joined(how: str, parts: Sequence[Left]) -> Left:
    """`all` or `any` of the parts, with what is decided taken out."""
    stops, neutral = ("no", "yes") if how == "all" else ("yes", "no")
    flat: set[Left] = set()
    for part in parts:
        if isinstance(part, tuple) and part[0] == how:
            flat |= part[1]
        else:
            flat.add(part)
    flat.discard(neutral)
    if stops in flat:
        return stops
    if not flat:
        return neutral
    return next(iter(flat)) if len(flat) == 1 else (how, frozenset(flat))


def assign(condition: Left, key: str, value: str) -> Left:
    """What is left of a condition once this key has this value."""
    if isinstance(condition, str):
        return condition
    if condition[0] == "is":
        if condition[1] != key:
            return condition
        if value in condition[2]:
            return "yes"
        return "unknown" if value == "unknown" else "no"
    if condition[0] == "not":
        inner = assign(condition[1], key, value)
        return {"yes": "no", "no": "yes", "unknown": "unknown"}[inner] if isinstance(inner, str) else ("not", inner)
    return joined(condition[0], [assign(part, key, value) for part in condition[1]])


def rows_of(table: DecisionTable) -> Rows:
    """The rows of a table, with its `else` as a last row that always holds."""
    return tidied([*((row.value, written(row.when.written)) for row in table.rows), (table.otherwise, "yes")])


def tidied(rows: Sequence[tuple[str, Left]]) -> Rows:
    """Rows without those that can no longer hold, or come after one that certainly does."""
    kept: list[tuple[str, Left]] = []
    for value, condition in rows:
        if condition == "yes":
            while kept and kept[-1][0] == value:
                kept.pop()
            kept.append((value, "yes"))
            break
        if condition not in ("no", "unknown") and not (condition[0] == "all" and "unknown" in condition[1]):
            kept.append((value, condition))
    return tuple(kept)


class Remaining:
    """What can be left of tables, each once and by number; a table that is decided or not read any more is one of these too."""

    def __init__(self) -> None:
        self._numbers: dict[Rows, int] = {}
        self.rows: list[Rows] = []
        self.keys: list[frozenset[str]] = []
        self.value: list[str | None] = []
        self._after: dict[tuple[int, str, str], int] = {}
        self.nothing = self.number(())

    def number(self, rows: Rows) -> int:
        """The number of these rows."""
        if rows not in self._numbers:
            self._numbers[rows] = len(self.rows)
            self.rows.append(rows)
            self.keys.append(frozenset(key for _, condition in rows for key in _keys(condition)))
            self.value.append(rows[0][0] if rows and rows[0][1] == "yes" else None)
        return self._numbers[rows]

    def after(self, number: int, key: str, value: str) -> int:
        """What is left once this key has this value."""
        if key not in self.keys[number]:
            return number
        found = self._after.get((number, key, value))
        if found is None:
            rows = tidied([(is_, assign(condition, key, value)) for is_, condition in self.rows[number]])
            found = self._after[number, key, value] = self.number(rows)
        return found


class Walk:
    """Key by key through every combination of the answers that `tables` read, as far as `targets` depend on them.

    `tables` maps a name to its table, in the order in which they are decided; a later one may read an earlier by name.
    """

    def __init__(
        self, tables: Mapping[str, DecisionTable], targets: Sequence[str], first: Sequence[str] = (),
        also: Mapping[str, Sequence[str]] | None = None,
    ) -> None:  # fmt: skip
        self.left = Remaining()
        self.names = list(tables)
        self.targets = frozenset(targets)
        read = {key for table in tables.values() for key in table.reads} - set(tables)
        self.keys = sorted(read, key=lambda key: (list(first).index(key) if key in first else len(first), key))
        domains = {**values(), **(also or {})}
        self.domains = [tuple(domains[key]) for key in self.keys]
        self.start = self._settled([self.left.number(rows_of(table)) for table in tables.values()])

    @property
    def combinations(self) -> int:
        """How many combinations of answers there are."""
        return prod(len(domain) for domain in self.domains)

    def after(self, state: tuple[int, ...], key: str, value: str) -> tuple[int, ...]:
        """What is left of every table once this key has this value."""
        return self._settled([self.left.after(one, key, value) for one in state])

    def _settled(self, state: list[int]) -> tuple[int, ...]:
        """Puts each value that is decided into the tables that read it, and drops what nothing reads any more."""
        for place, name in enumerate(self.names):
            value = self.left.value[state[place]]
            if value is not None:
                for other in range(place + 1, len(state)):
                    state[other] = self.left.after(state[other], name, value)
        needed = set(self.targets)
        for place in range(len(state) - 1, -1, -1):
            if self.names[place] not in needed:
                state[place] = self.left.nothing
            else:
                needed |= self.left.keys[state[place]]
        return tuple(state)

    def outcome(self, state: tuple[int, ...], target: str) -> str:
        """The value of a target once every key has one."""
        value = self.left.value[state[self.names.index(target)]]
        assert value is not None
        return value

    def reached(self) -> dict[tuple[str, ...], dict[str, str]]:
        """Every combination of outcomes of the targets that some answers reach -> such answers."""
        layer: dict[tuple[int, ...], dict[str, str]] = {self.start: {}}
        for key, domain in zip(self.keys, self.domains, strict=True):
            following: dict[tuple[int, ...], dict[str, str]] = {}
            for state, path in layer.items():
                for value in domain:
                    left = self.after(state, key, value)
                    if left not in following:
                        following[left] = path | {key: value}
            layer = following
        order = [name for name in self.names if name in self.targets]
        return {tuple(self.outcome(state, name) for name in order): path for state, path in layer.items()}


class Diagram(Walk):
    """The last of `tables` as a function of the answers that it, and the tables before it, read.

    `outcomes` are its values, lowest first. Layer i belongs to `keys[i]`; a node is its number.
    """

    def __init__(
        self, tables: Mapping[str, DecisionTable], outcomes: Sequence[str], first: Sequence[str] = (),
        also: Mapping[str, Sequence[str]] | None = None,
    ) -> None:  # fmt: skip
        last = list(tables)[-1]
        super().__init__(tables, [last], first, also)
        self.outcomes = outcomes
        self.nodes: list[tuple[int, ...]] = [()]
        self.layers: list[list[int]] = []
        states = [self.start]
        layer = [0]
        for key, domain in zip(self.keys, self.domains, strict=True):
            self.layers.append(layer)
            found: dict[tuple[int, ...], int] = {}
            for node in layer:
                children = []
                for value in domain:
                    left = self.after(states[node], key, value)
                    if left not in found:
                        found[left] = len(self.nodes)
                        self.nodes.append(())
                        states.append(left)
                    children.append(found[left])
                self.nodes[node] = tuple(children)
            layer = list(found.values())
        self.leaves = {node: outcomes.index(self.outcome(states[node], last)) for node in layer}
        self._at_most: dict[tuple[int, int], bool] = {}
        self._least: dict[frozenset[int], dict[int, bool]] = {}
        self._met: dict[tuple[int, int], frozenset[tuple[int, int]]] = {}

    def value(self, facts: Mapping[str, str]) -> str:
        """The outcome for one combination."""
        node = 0
        for key, domain in zip(self.keys, self.domains, strict=True):
            node = self.nodes[node][domain.index(facts[key])]
        return self.outcomes[self.leaves[node]]

    def paths_to(self, node: int, layer: int) -> dict[str, str]:
        """Some answers that lead to a node of a layer (0 is the first key's), for a message."""
        found: dict[str, str] = {}
        for number in range(layer - 1, -1, -1):
            for parent in self.layers[number]:
                if node in self.nodes[parent]:
                    found[self.keys[number]] = self.domains[number][self.nodes[parent].index(node)]
                    node = parent
                    break
        return found

    def lowered(self, key: str, value: str, worse: str) -> dict[str, str] | None:
        """Answers under which going from `value` to `worse` lowers the outcome, or None: no combination does."""
        number = self.keys.index(key)
        one, other = self.domains[number].index(value), self.domains[number].index(worse)
        for node in self.layers[number]:
            if not self.at_most(self.nodes[node][one], self.nodes[node][other]):
                return self.paths_to(node, number) | self._where(self.nodes[node][one], self.nodes[node][other], number)
        return None

    def at_most(self, one: int, other: int) -> bool:
        """Whether the outcome from the first node is nowhere higher than from the other, both of one layer."""
        if one == other:
            return True
        if one in self.leaves:
            return self.leaves[one] <= self.leaves[other]
        pair = (one, other)
        if pair not in self._at_most:
            self._at_most[pair] = all(map(self.at_most, self.nodes[one], self.nodes[other]))
        return self._at_most[pair]

    def _where(self, one: int, other: int, number: int) -> dict[str, str]:
        found = {}
        for key, domain in list(zip(self.keys, self.domains, strict=True))[number + 1 :]:
            place = next(
                i for i, (a, b) in enumerate(zip(self.nodes[one], self.nodes[other], strict=True))
                if not self.at_most(a, b)
            )  # fmt: skip
            found[key] = domain[place]
            one, other = self.nodes[one][place], self.nodes[other][place]
        return found

    def unknown_ranks_below(self, key: str) -> dict[str, str] | None:
        """Answers under which not knowing `key` ranks below every known answer to it, or None: no combination does."""
        number = self.keys.index(key)
        unknown = self.domains[number].index("unknown")
        for node in self.layers[number]:
            children = self.nodes[node]
            others = frozenset(child for place, child in enumerate(children) if place != unknown)
            if children[unknown] not in others and not self._least_at_most(others, children[unknown]):
                return self.paths_to(node, number)
        return None

    def _least_at_most(self, ones: frozenset[int], other: int) -> bool:
        """Whether everywhere the least outcome from `ones` is at most that from `other`."""
        if other in ones:
            return True
        if other in self.leaves:
            return min(self.leaves[one] for one in ones) <= self.leaves[other]
        known = self._least.setdefault(ones, {})
        if other not in known:
            known[other] = all(
                self._least_at_most(frozenset(self.nodes[one][place] for one in ones), self.nodes[other][place])
                for place in range(len(self.nodes[other]))
            )
        return known[other]

    def reaches(self, where: Mapping[str, Sequence[str]], outcome: str) -> dict[str, str] | None:
        """Answers among those of `where` (key -> values) with this outcome, or None."""
        return next((path for node, path in self._led(where) if self.outcomes[self.leaves[node]] == outcome), None)

    def below(self, where: Mapping[str, Sequence[str]], outcome: str) -> dict[str, str] | None:
        """Answers among those of `where` (key -> values) with another outcome, or None."""
        return next((path for node, path in self._led(where) if self.outcomes[self.leaves[node]] != outcome), None)

    def _led(self, where: Mapping[str, Sequence[str]]) -> list[tuple[int, dict[str, str]]]:
        layer: dict[int, dict[str, str]] = {0: {}}
        for key, domain in zip(self.keys, self.domains, strict=True):
            following: dict[int, dict[str, str]] = {}
            for node, path in layer.items():
                for place, value in enumerate(domain):
                    if key not in where or value in where[key]:
                        following.setdefault(self.nodes[node][place], path | {key: value})
            layer = following
        return list(layer.items())

    def pairs(self, key: str, value: str, worse: str) -> frozenset[tuple[str, str]]:
        """Every pair (outcome, outcome once `key` goes from `value` to `worse`) that some combination gives."""
        number = self.keys.index(key)
        one, other = self.domains[number].index(value), self.domains[number].index(worse)
        met = (self._pairs(self.nodes[node][one], self.nodes[node][other]) for node in self.layers[number])
        return frozenset((self.outcomes[a], self.outcomes[b]) for a, b in frozenset().union(*met))

    def _pairs(self, one: int, other: int) -> frozenset[tuple[int, int]]:
        if one in self.leaves:
            return frozenset([(self.leaves[one], self.leaves[other])])
        if (one, other) not in self._met:
            both = zip(self.nodes[one], self.nodes[other], strict=True)
            self._met[one, other] = frozenset().union(*(self._pairs(a, b) for a, b in both))
        return self._met[one, other]


def _keys(condition: Left) -> Iterator[str]:
    if isinstance(condition, tuple):
        if condition[0] == "is":
            yield condition[1]
        elif condition[0] == "not":
            yield from _keys(condition[1])
        else:
            for part in condition[1]:
                yield from _keys(part)


def hold_against_table(diagram: Diagram, decide: Callable[[Mapping[str, str]], str], times: int, rng: Random) -> int:
    """Compares the diagram with the engine's own evaluation: on one path through every node, and on random answers."""
    checked = 0
    for number, layer in enumerate(diagram.layers):
        for node in layer if len(layer) <= times else rng.sample(layer, times):
            facts = {key: rng.choice(domain) for key, domain in zip(diagram.keys, diagram.domains, strict=True)}
            facts |= diagram.paths_to(node, number) if number < 8 or checked < 4 * times else {}
            assert diagram.value(facts) == decide(facts), facts
            checked += 1
    for _ in range(times):
        facts = {key: rng.choice(domain) for key, domain in zip(diagram.keys, diagram.domains, strict=True)}
        assert diagram.value(facts) == decide(facts), facts
        checked += 1
    return checked
