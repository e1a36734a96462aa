"""The review of a consult by a supervisor: where it stands and what was said, as the events leave it (`review.yaml`).

A consult waits for review from the moment at which its level is known, when that is high or emergency, and otherwise from its
decision on. The actions are in reviewing.py; here is what they lead to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from transitions import Machine, MachineError

from flows.words import read_data
from state_law.shapes import faults_of

LOGGED, SIGNED = "logged", "signed"
SUPERVISOR, CLINICIAN, COMPLIANCE = "supervisor", "clinician", "compliance"
AT_ONCE = ("high", "emergency")
"""Levels at which supervisors hear before the clinician has decided."""
ACKNOWLEDGE, ESCALATE, SIGN, TAKE_BACK = "acknowledge", "escalate", "sign", "take_back"
KIND = "review_"
"""How the kinds of a review's events begin: review_acknowledge."""
NEEDED = ("says", "who", "from", "to", "text")
FIELDS = (*NEEDED, "claims")
"""What an action in `review.yaml` says."""

Review = Mapping[str, Any]
"""`state`, `since` when; `taken_by`, `taken_at`; `escalated_by`: who has handed it on, while nobody else has it; `signed_by`,
`signed_at`; `exchange`: [{action, by, at, text}] in order."""


@dataclass(frozen=True)
class Action:
    """One action as it stands in `review.yaml`."""

    id: str
    says: str
    who: str
    sources: tuple[str, ...]
    to: Mapping[str, str]
    text: str
    claims: bool

    def leads_to(self, state: str) -> str:
        """The state after it."""
        to = self.to[state] if state in self.to else self.to["otherwise"]
        return state if to == "=" else to


@dataclass(frozen=True)
class ReviewFlow:
    """The states with their words, the actions, and the machine, which is shared: a review's place is a model for each step."""

    states: Mapping[str, str]
    actions: Mapping[str, Action]
    machine: Machine

    def go(self, action: str, state: str) -> str | None:
        """The state after the action; None when it can't be done there."""
        model = _Place(state)
        try:
            return model.state if self.machine.events[action].trigger(model) else None
        except (MachineError, KeyError):
            return None

    def open(self, state: str) -> tuple[str, ...]:
        """The actions that can be done in that state."""
        return tuple(one.id for one in self.actions.values() if state in one.sources)


@dataclass
class _Place:
    state: str


@lru_cache(maxsize=1)
def the_review() -> ReviewFlow:
    """The machine that comes with the project (read on first use). TableError names what is wrong in the file."""
    data = read_data("review.yaml")
    with faults_of("review.yaml"):
        return review_flow(data)


def review_flow(data: Mapping[str, Any]) -> ReviewFlow:
    """The machine that such data declares. ValueError names the action, what won't do, and what is allowed."""
    states: Mapping[str, str] = data["states"]
    for state in (LOGGED, SIGNED):
        if state not in states:
            raise ValueError(f"review.yaml: states: {state} is missing; a review begins logged and ends signed")
    actions = {name: _action(name, entry, states) for name, entry in data["actions"].items()}
    machine = Machine(
        model=None, states=list(states), transitions=list(_transitions(actions)), initial=LOGGED, auto_transitions=False
    )
    return ReviewFlow(states, actions, machine)


def _transitions(actions: Mapping[str, Action]) -> Iterator[dict[str, str]]:
    for one in actions.values():
        for state in one.sources:
            yield {"trigger": one.id, "source": state, "dest": one.leads_to(state)}


def _action(name: str, data: Mapping[str, Any], states: Mapping[str, str]) -> Action:
    where = f"review.yaml: {name}"
    for field in data:
        if field not in FIELDS:
            raise ValueError(f"{where}: {field!r} is not known; allowed: {', '.join(FIELDS)}")
    for field in NEEDED:
        if field not in data:
            raise ValueError(f"{where}: {field} is missing")
    to = data["to"] if isinstance(data["to"], Mapping) else {"otherwise": data["to"]}
    for state in (
        *data["from"],
        *(one for one in to.values() if one != "="),
        *(one for one in to if one != "otherwise"),
    ):
        if state not in states:
            raise ValueError(f"{where}: {state!r} is not a state; allowed: {', '.join(states)}")
    for field, allowed in (("who", (SUPERVISOR, CLINICIAN)), ("text", ("needed", "allowed", "none"))):
        if data[field] not in allowed:
            raise ValueError(f"{where}: {field}: {data[field]!r} won't do; allowed: {', '.join(allowed)}")
    if "otherwise" not in to and not set(data["from"]) <= set(to):
        raise ValueError(f"{where}: to: it must name each state of `from`, or `otherwise`")
    if SIGNED in data["from"]:
        raise ValueError(f"{where}: from: what is signed takes no further action")
    return Action(name, data["says"], data["who"], tuple(data["from"]), to, data["text"], bool(data.get("claims")))


# What the events of a consult make of its review


def review_after(review: Review | None, kind: str, at: str, actor: str, data: Mapping[str, Any]) -> Review | None:
    """The review after an event of its consult; as it was for one that has nothing to do with it."""
    if review is None:
        waits = kind == "decided" or (kind == "evaluated" and data["result"]["level"] in AT_ONCE)
        return {"state": LOGGED, "since": at, "exchange": []} if waits else None
    if not kind.startswith(KIND) or "to" not in data:  # of another part, or of a later version
        return review
    return _acted(review, kind.removeprefix(KIND), at, actor, data)


def _acted(review: Review, action: str, at: str, actor: str, data: Mapping[str, Any]) -> Review:
    said = {"action": action, "by": actor, "at": at, "text": data.get("text")}
    after = {**review, "state": data["to"], "since": at, "exchange": [*review["exchange"], said]}
    if action == ESCALATE:
        after.update(taken_by=None, taken_at=None, escalated_by=actor)
    elif data.get("claims"):
        after.update(escalated_by=None)
        if not review.get("taken_by"):
            after.update(taken_by=actor, taken_at=at)
    if data["to"] == SIGNED:
        after.update(signed_by=actor, signed_at=at, escalated_by=None)
    return after


def review_diagram() -> str:
    """The machine as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {LOGGED}"]
    for one in the_review().actions.values():
        for state in one.sources:
            if one.leads_to(state) != state:
                lines.append(f"    {state} --> {one.leads_to(state)}: {one.id.rstrip('_')} ({one.who})")
    return "\n".join([*lines, f"    {SIGNED} --> [*]"])
