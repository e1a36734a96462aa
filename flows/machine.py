"""The machine that walks a consult through its screens, declared as data (`screens.yaml`) and run by `transitions`.

One machine is shared by all consults: a consult's place is a small model that is made for each step. A way that is not
open is an error in words, never silence.

States: every screen; `review` (the answers before the result), `result` (evaluated, to be decided), `decided`, `closed`,
`paused`, `cancelled`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from transitions import EventData, Machine, MachineError

from flows.questions import fact_keys, question, questions
from flows.words import read_data
from state_law.conditions import Condition, Facts, named_values, parse_condition
from state_law.logic import YES
from state_law.shapes import faults_of

REVIEW, RESULT, DECIDED, CLOSED, PAUSED, CANCELLED = "review", "result", "decided", "closed", "paused", "cancelled"
AFTERWARDS = (REVIEW, RESULT, DECIDED, CLOSED, PAUSED, CANCELLED)
TRIGGERS = ("next", "back", "change", "confirm", "decide", "report", "close", "pause", "resume", "cancel")


@dataclass(frozen=True)
class Ask:
    """One question on a screen. `items`: those of a list that are asked here; None for all of it."""

    question: str
    items: tuple[str, ...] | None
    when: Condition | None

    def asked(self, facts: Facts) -> bool:
        """Whether it is asked on these answers."""
        return self.when is None or self.when.test(facts) == YES

    @property
    def options(self) -> dict[str, str]:
        """The values or items to choose from, with their words."""
        data = question(self.question)
        return {one: words for one, words in data.options.items() if self.items is None or one in self.items}


@dataclass(frozen=True)
class Way:
    """A way on from a screen; `when` None is the way when no other is open. `says`: the condition in a few words."""

    to: str
    when: Condition | None
    says: str


@dataclass(frozen=True)
class Screen:
    """One screen: what it asks and where it leads."""

    id: str
    title: str
    asks: tuple[Ask, ...]
    ways: tuple[Way, ...]

    def questions(self, facts: Facts) -> tuple[Ask, ...]:
        """What is asked here on these answers."""
        return tuple(one for one in self.asks if one.asked(facts))

    def next(self, facts: Facts) -> str:
        """The screen (or `review`) that follows on these answers."""
        return next(way.to for way in self.ways if way.when is None or way.when.test(facts) == YES)


class Flow:
    """The screens and the machine."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        """ValueError names the place in screens.yaml that won't do, and what is allowed."""
        for needed in ("first", "first_when_remembered", "screens"):
            if needed not in data:
                raise ValueError(f"screens.yaml: {needed}: it is missing")
        self.screens = {name: _screen(name, entry) for name, entry in data["screens"].items()}
        self.first: str = data["first"]
        self.first_when_remembered: str = data["first_when_remembered"]
        self._check_ways()

    def _check_ways(self) -> None:
        """Every way leads to a screen or the review, every screen is led to, and none leads round in a circle."""
        firsts = {"first": self.first, "first_when_remembered": self.first_when_remembered}
        named = [*firsts.items(), *((f"{one.id}: next", way.to) for one in self.screens.values() for way in one.ways)]
        allowed = [*self.screens, REVIEW]
        for where, to in named:
            if to not in allowed:
                raise ValueError(f"screens.yaml: {where}: {to!r} is not a screen; allowed: {', '.join(allowed)}")
        led_to = set(firsts.values())
        led_to.update(to for first in firsts.values() for to in self._led_to(first, ()))
        for name in self.screens:
            if name not in led_to:
                raise ValueError(f"screens.yaml: {name}: nothing leads to this screen")

    def _led_to(self, here: str, before: tuple[str, ...]) -> Iterator[str]:
        if here == REVIEW:
            return
        if here in before:
            circle = ", ".join([*before[before.index(here) :], here])
            raise ValueError(f"screens.yaml: {here} leads round in a circle: {circle}")
        for way in self.screens[here].ways:
            yield way.to
            yield from self._led_to(way.to, (*before, here))

    @cached_property
    def machine(self) -> Machine:
        """The state machine. Its models are not registered: it is shared."""
        return Machine(
            model=None,
            states=[*self.screens, *AFTERWARDS],
            transitions=[dict(one) for one in self.transitions()],
            initial=self.first,
            auto_transitions=False,
            send_event=True,
        )

    def transitions(self) -> Iterator[dict[str, Any]]:
        """Every transition as data: trigger, source, dest, and the condition as a function of the event."""
        asking = [*self.screens, REVIEW]
        for screen in self.screens.values():
            for way in screen.ways:
                yield _when("next", screen.id, way.to, _leads_to(screen, way.to))
                yield _when("back", way.to, screen.id, _goes("to", screen.id))
        yield _when("back", RESULT, REVIEW, _goes("to", REVIEW))
        for source in [*asking, RESULT]:
            for dest in asking:
                yield _when("change", source, dest, _goes("to", dest))
            yield {"trigger": "pause", "source": source, "dest": PAUSED}
            yield _when("resume", PAUSED, source, _goes("to", source))
            yield {"trigger": "cancel", "source": source, "dest": CANCELLED}
        yield {"trigger": "cancel", "source": PAUSED, "dest": CANCELLED}
        yield {"trigger": "confirm", "source": REVIEW, "dest": RESULT}
        yield {"trigger": "decide", "source": RESULT, "dest": DECIDED}
        yield {"trigger": "report", "source": DECIDED, "dest": "="}
        yield {"trigger": "close", "source": DECIDED, "dest": CLOSED}

    def go(self, trigger: str, state: str, facts: Facts, to: str | None = None) -> str | None:
        """The state after the trigger, or None when it can't be done from there on these answers."""
        model = _Place(state)
        try:
            done = self.machine.events[trigger].trigger(model, facts=facts, to=to)
        except MachineError:
            return None
        return model.state if done else None

    def triggers(self, state: str) -> tuple[str, ...]:
        """What may be done at that state, on some answers at least."""
        known = self.machine.get_triggers(state)
        return tuple(one for one in TRIGGERS if one in known)

    def path(self, facts: Facts, first: str) -> list[str]:
        """The screens that these answers lead through, from `first` up to the review."""
        found, here = [], first
        while here != REVIEW:
            found.append(here)
            here = self.screens[here].next(facts)
        return found

    def before(self, state: str, facts: Facts, first: str) -> str | None:
        """The screen before this one on the path; None at the first, or off the path."""
        path = [*self.path(facts, first), REVIEW]
        if state not in path or state == first:
            return None
        return path[path.index(state) - 1]


@dataclass
class _Place:
    """Where one consult is: the model of the machine."""

    state: str


def _when(trigger: str, source: str, dest: str, condition: Callable[[EventData], bool]) -> dict[str, Any]:
    return {"trigger": trigger, "source": source, "dest": dest, "conditions": [condition]}


def _leads_to(screen: Screen, to: str) -> Callable[[EventData], bool]:
    return lambda event: screen.next(event.kwargs["facts"]) == to


def _goes(name: str, to: str) -> Callable[[EventData], bool]:
    return lambda event: bool(event.kwargs[name] == to)


def _screen(name: str, data: Mapping[str, Any]) -> Screen:
    where = f"screens.yaml: {name}"
    if name in AFTERWARDS:
        raise ValueError(f"{where}: a screen can't have the name of a state ({', '.join(AFTERWARDS)})")
    if set(data) != {"title", "asks", "next"}:
        raise ValueError(f"{where}: a screen has exactly title, asks and next; it has {', '.join(data)}")
    for part, of_what in (("asks", "question"), ("next", "way on")):
        if not isinstance(data[part], list) or not data[part]:
            raise ValueError(f"{where}: {part}: {data[part]!r} won't do; allowed: a list of at least one {of_what}")
    ways = tuple(Way(way["to"], _when_in(way, f"{where}: next"), way.get("says", "")) for way in data["next"])
    if ways[-1].when is not None:
        raise ValueError(f"{where}: next: the last way on must have no condition")
    return Screen(name, data["title"], tuple(_ask(one, f"{where}: asks") for one in data["asks"]), ways)


def _ask(data: str | Mapping[str, Any], where: str) -> Ask:
    entry: Mapping[str, Any] = {"question": data} if isinstance(data, str) else data
    key = entry["question"]
    if key not in questions():
        raise ValueError(f"{where}: {key!r} is not a question; allowed: {', '.join(questions())}")
    if "items" in entry and question(key).kind != "list":
        raise ValueError(f"{where}: {key} is not a list, so it has no items")
    items = tuple(entry["items"]) if "items" in entry else None
    for item in items or ():
        if item not in question(key).options:
            allowed = ", ".join(question(key).options)
            raise ValueError(f"{where}: {item!r} is not an item of {key}; allowed: {allowed}")
    return Ask(key, items, _when_in(entry, where))


def _when_in(entry: Mapping[str, Any], where: str) -> Condition | None:
    """The condition of a way or a question, None when it has none; it names only answers that there are."""
    if "when" not in entry:
        return None
    try:
        condition = parse_condition(entry["when"])
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    for fact, value in named_values(entry["when"]):
        if fact not in fact_keys():
            raise ValueError(f"{where}: {fact!r} is not an answer; allowed: {', '.join(fact_keys())}")
        values = question(fact.partition(".")[0]).values
        if value not in values:
            raise ValueError(f"{where}: {fact} is never {value!r}; allowed: {', '.join(values)}")
    return condition


@lru_cache(maxsize=1)
def the_flow() -> Flow:
    """The flow that comes with the project (read on first use). TableError names what is wrong in the file."""
    data = read_data("screens.yaml")
    with faults_of("screens.yaml"):
        return Flow(data)
