"""The care of the client afterwards, as a checklist: due once somebody was told, each step ticked by the consult's clinician.

A step is known by its id (`after_care.yaml`): when the list becomes another one, what was ticked stays ticked. The words of the
list stand in the event by which it became due, so that a record reads as it was read then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flows.words import read_data

CARE_REPORTED = "care_reported"
"""The event of a tick: {"step": id, "done": true, or false when it is taken back, "text": the step's words}."""
IN_TREATMENT = frozenset({"treating_or_medical_personnel"})
"""Who is told in the course of treatment: that is no disclosure after which the client must be told of it."""

Care = Mapping[str, Any]
"""`due`: [{id, text}], empty when nobody was told after all; `since` when; `done`: id -> {at, by, text}."""


@dataclass(frozen=True, slots=True)
class CareStep:
    """A step of the checklist. `at`, `by`: when and by whom it was ticked; None while it is open."""

    id: str
    text: str
    at: str | None = None
    by: str | None = None

    @property
    def is_done(self) -> bool:
        """Whether it is ticked."""
        return self.at is not None


@lru_cache(maxsize=1)
def care_data() -> dict[str, list[dict[str, str]]]:
    """What `after_care.yaml` says (read on first use): when -> [{id, text}]."""
    data: dict[str, list[dict[str, str]]] = read_data("after_care.yaml")
    return data


def care_due(result: Mapping[str, Any], steps: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    """The checklist after these steps of the decision, as [{id, text}]; empty while no step that tells somebody is done.

    It is the result's own list where the plan tells somebody. Where somebody else was told, it is the one for that.
    """
    tells = {one["id"]: bool(set(one["tells"]) - IN_TREATMENT) for one in result["options"]}
    if not any(step["state"] == "done" and tells.get(one) for one, step in steps.items()):
        return []
    own = [{"id": one["id"], "text": one["text"]} for one in result["after_care"]]
    if any(tells.get(one) for one in result["plan"]):
        return own
    told, not_told = care_data()["when_somebody_is_told"], care_data()["when_nobody_is_told"]
    left_out = {one["id"] for one in (*told, *not_told)}
    return [*(dict(one) for one in told), *(one for one in own if one["id"] not in left_out)]


def care_after(care: Care | None, kind: str, at: str, actor: str, data: Mapping[str, Any]) -> Care | None:
    """The care after an event of its consult; as it was for one that has nothing to do with it."""
    if "care" in data and kind in ("decided", "step_reported"):
        due = data["care"]
        if care is not None:
            return {**care, "due": due}
        return {"due": due, "since": at, "done": {}} if due else None
    if kind != CARE_REPORTED or care is None:
        return care
    done = {one: tick for one, tick in care["done"].items() if one != data["step"]}
    if data["done"]:
        done[data["step"]] = {"at": at, "by": actor, "text": data["text"]}
    return {**care, "done": done}


def care_steps(care: Care | None) -> tuple[CareStep, ...]:
    """The checklist as it stands; empty while none is due."""
    return _steps(care["due"], care["done"]) if care is not None else ()


def care_counted(care: Care | None) -> str:
    """How far it is, such as `2 of 6 done`; empty while none is due."""
    steps = care_steps(care)
    return f"{sum(one.is_done for one in steps)} of {len(steps)} done" if steps else ""


def care_recorded(result: Mapping[str, Any], care: Care | None) -> list[dict[str, Any]]:
    """The result's `after_care` as it stands by now: with `done` ({at, by} or None) once there was a checklist.

    What was ticked and is on the list no more is told at its end: it was done all the same.
    """
    if care is None:
        return [dict(one) for one in result["after_care"]]
    listed = care["due"] or result["after_care"]
    ids = {one["id"] for one in listed}
    gone = [{"id": one, "text": tick["text"]} for one, tick in care["done"].items() if one not in ids]
    return [
        {"id": one.id, "text": one.text, "done": {"at": one.at, "by": one.by} if one.is_done else None}
        for one in _steps([*listed, *gone], care["done"])
    ]


def _steps(listed: Sequence[Mapping[str, str]], done: Mapping[str, Mapping[str, str]]) -> tuple[CareStep, ...]:
    return tuple(_step(one["id"], one["text"], done.get(one["id"], {})) for one in listed)


def _step(name: str, text: str, tick: Mapping[str, str]) -> CareStep:
    return CareStep(name, text, tick.get("at"), tick.get("by"))


def named(steps: Iterable[CareStep]) -> dict[str, CareStep]:
    """The steps by their ids."""
    return {one.id: one for one in steps}
