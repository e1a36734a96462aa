"""The machine that walks a consult through its screens, declared as data (`screens.yaml`) and run by `transitions`.

One machine is shared by all consults: a consult's place is a small model that is made for each step. A way that is not
open is an error in words, never silence.

States: every screen; `review` (the answers before the result), `result` (evaluated, to be decided), `decided`, `closed`,
`paused`, `cancelled`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from transitions import EventData, Machine, MachineError

from flows.questions import question, questions
from flows.words import read_data
from state_law.conditions import Condition, Facts, parse_condition
from state_law.logic import YES

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

    def __init__(self, data: dict[str, Any]) -> None:
        self.screens = {name: _screen(name, entry) for name, entry in data["screens"].items()}
        self.first: str = data["first"]
        self.first_when_remembered: str = data["first_when_remembered"]
        for named in [self.first, self.first_when_remembered, *(w.to for s in self.screens.values() for w in s.ways)]:
            if named not in self.screens and named != REVIEW:
                raise ValueError(
                    f"screens.yaml: {named!r} is not a screen; allowed: {', '.join([*self.screens, REVIEW])}"
                )

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


def _screen(name: str, data: dict[str, Any]) -> Screen:
    ways = tuple(
        Way(way["to"], parse_condition(way["when"]) if "when" in way else None, way.get("says", ""))
        for way in data["next"]
    )
    if ways[-1].when is not None:
        raise ValueError(f"screens.yaml: {name}: the last way on must have no condition")
    return Screen(name, data["title"], tuple(_ask(name, one) for one in data["asks"]), ways)


def _ask(screen: str, data: str | dict[str, Any]) -> Ask:
    entry = {"question": data} if isinstance(data, str) else data
    key = entry["question"]
    if key not in questions():
        raise ValueError(f"screens.yaml: {screen}: {key!r} is not a question; allowed: {', '.join(questions())}")
    items = tuple(entry["items"]) if "items" in entry else None
    when = parse_condition(entry["when"]) if "when" in entry else None
    return Ask(key, items, when)


@lru_cache(maxsize=1)
def the_flow() -> Flow:
    """The flow that comes with the project (read on first use)."""
    return Flow(read_data("screens.yaml"))
