"""The clinician's decision against the result: what must be said with it, and what the law still requires.

A planned step is not a duty discharged: only what is done counts, and what the law requires stays outstanding until one
of the ways that the law accepts has been done in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.errors import AnswerError
from flows.options import catalogue
from flows.words import spoken

STEP_STATES = ("planned", "attempted", "done", "failed", "declined")
OMISSION = "law"


@dataclass(frozen=True)
class CheckedDecision:
    """A decision that may be recorded.

    `differs`: options where it differs from the suggestion. `omits`: what the law requires and it leaves out.
    """

    steps: Mapping[str, Mapping[str, str | None]]
    reasons: Mapping[str, str]
    tell: Mapping[str, str]
    follow_up: str | None
    differs: tuple[str, ...]
    omits: tuple[str, ...]
    outstanding: tuple[Mapping[str, Any], ...]

    def as_dict(self) -> dict[str, Any]:
        """For the log and the result."""
        return {
            "steps": {one: dict(step) for one, step in self.steps.items()},
            "reasons": dict(self.reasons),
            "tell": dict(self.tell),
            "follow_up": self.follow_up,
            "differs": list(self.differs),
            "omits": list(self.omits),
            "outstanding": [dict(one) for one in self.outstanding],
        }


def reasons_needed(
    result: Mapping[str, Any], steps: Mapping[str, Mapping[str, Any]], tell: Iterable[str] = ()
) -> dict[str, str]:
    """Where a decision needs a reason: option id (or `law`) -> what the reason is for, in words.

    A suggested step that is declined; one that tells somebody or that the law accepts, and is left out; one that tells
    somebody and was not suggested; a decision that omits what the law requires, or tells (`tell`: the recipients)
    somebody whom it excludes.
    """
    needed = {}
    taken = {one for one, step in steps.items() if step["state"] != "declined"}
    lawful = {one for way in result["law"]["enough_any_of"] for one in way}
    for one in result["plan"]:
        declined = one in steps and one not in taken
        weighty = bool(catalogue()[one].data.tells) or one in lawful
        if declined or (weighty and one not in taken):
            needed[one] = "it is in the suggested plan, and you leave it out"
    for one in sorted(taken - set(result["plan"])):
        if catalogue()[one].data.tells:
            needed[one] = "it is not in the suggested plan, and it tells somebody"
    excluded = {one["recipient"]: one["because"] for one in result["law"]["may_not_tell"]}
    for who in tell:
        if who in excluded:
            needed[OMISSION] = f"{spoken(who)} may not be told: {excluded[who]}"
    if omitted(result, taken):
        needed[OMISSION] = "what you plan leaves out what the law requires"
    return needed


def omitted(result: Mapping[str, Any], taken: set[str]) -> tuple[str, ...]:
    """The ways that the law accepts, in words, when none of them is part of the decision; empty when one is."""
    ways: list[list[str]] = result["law"]["enough_any_of"]
    if result["law"]["duty"] != "must_act" or not ways or any(set(way) <= taken for way in ways):
        return ()
    return tuple(" and ".join(way) for way in ways)


def check_decision(result: Mapping[str, Any], decision: Mapping[str, Any], at: str) -> CheckedDecision:
    """The decision, checked. `at` is the time of recording (ISO 8601, UTC); a step without a time gets it.

    AnswerError names what is wrong: an unknown option, state or recipient, a missing reason, a follow-up in the past.
    """
    steps = {one: check_step(one, step, at) for one, step in (decision.get("steps") or {}).items()}
    reasons = {one: str(text).strip() for one, text in (decision.get("reasons") or {}).items()}
    for one in reasons:
        if one not in catalogue() and one != OMISSION:
            raise AnswerError("decision.reasons", one, _known([*catalogue(), OMISSION]), "no such option")
    tell = {one: str(text).strip() for one, text in (decision.get("tell") or {}).items()}
    recipients = {who for option in catalogue().values() for who in option.data.tells}
    for one in tell:
        if one not in recipients:
            raise AnswerError("decision.tell", one, _known(sorted(recipients)), "no such recipient")
    for one, what_for in reasons_needed(result, steps, tell).items():
        if not reasons.get(one):
            raise AnswerError(f"decision.reasons.{one}", None, "a short reason", f"a reason is needed: {what_for}")
    taken = {one for one, step in steps.items() if step["state"] != "declined"}
    return CheckedDecision(
        steps=steps,
        reasons=reasons,
        tell=tell,
        follow_up=_follow_up(decision.get("follow_up"), at),
        differs=tuple(sorted(set(result["plan"]) ^ taken)),
        omits=omitted(result, taken),
        outstanding=tuple(outstanding(result, steps)),
    )


def check_step(option: str, step: Mapping[str, Any], at: str) -> dict[str, str | None]:
    """One step's state, time and result. AnswerError names an unknown option or state, or a time that is none."""
    if option not in catalogue():
        raise AnswerError("decision.steps", option, _known(catalogue()), "no such option")
    state = step.get("state")
    if state not in STEP_STATES:
        raise AnswerError(f"decision.steps.{option}.state", state, ", ".join(STEP_STATES), "not a state of a step")
    when = step.get("at") or at
    parse_time(f"decision.steps.{option}.at", when)
    result = step.get("result")
    return {"state": state, "at": when, "result": None if result is None else str(result).strip() or None}


def parse_time(field: str, value: object) -> datetime:
    """An ISO 8601 date-time as a datetime. AnswerError when it is none."""
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        raise AnswerError(field, value, "a date and time such as 2026-11-25T15:00", "not a date and time") from None


def _follow_up(value: object, at: str) -> str | None:
    if value in (None, ""):
        return None
    wanted, now = parse_time("decision.follow_up", value), parse_time("at", at)
    if wanted.tzinfo is None or now.tzinfo is None:  # a time without an offset is read in the other's
        wanted, now = wanted.replace(tzinfo=None), now.replace(tzinfo=None)
    if wanted < now:
        raise AnswerError("decision.follow_up", value, f"a time after {at}", "the follow-up time has passed")
    return str(value)


def outstanding(result: Mapping[str, Any], steps: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the law requires and is not done: [{under, any_of, text}]. Attempted, planned and failed do not count."""
    done = {one for one, step in steps.items() if step["state"] == "done"}
    left = []
    for need in result["law"]["requires"]:
        if not any(way and set(way) <= done for way in need["any_of"]):
            left.append(dict(need))
    return left


def _known(values: Sequence[str] | Mapping[str, Any]) -> str:
    return ", ".join(values)
