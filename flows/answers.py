"""Answers from outside, in the contract's form, checked against the questions.

Any key may be missing but `concern`, `jurisdiction` and `profession`; missing means not known. In a plain list the items
named are yes and the others not known; an empty list means asked, and none; `{item: yes|no|unknown}` is what it says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flows.errors import AnswerError
from flows.questions import UNKNOWN, Question, fact_keys, questions

REQUIRED = ("concern", "jurisdiction", "profession")
DECISION = "decision"
DECISION_PARTS = ("steps", "reasons", "tell", "follow_up")
TEXT_AT_MOST = 10_000
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]|\r(?!\n)")
"""Characters that a screen obeys instead of showing, and halves of characters. Line breaks and tabs are text."""


@dataclass(frozen=True)
class Answers:
    """Checked answers. `given`: key -> value, lists as {item: yes|no|unknown}; `decision` as it was given, or None."""

    given: Mapping[str, Any]
    decision: Mapping[str, Any] | None = None

    @property
    def narrative(self) -> str | None:
        """The free text, or None."""
        return self.given.get("narrative")

    @cached_property
    def facts(self) -> dict[str, str]:
        """Every single answer by its key, every item of a list as `key.item`; unknown where nothing was said.

        `second_jurisdiction` is empty when there is none.
        """
        return facts_of(self.given)


def facts_of(given: Mapping[str, Any]) -> dict[str, str]:
    """The facts that checked answers give, also of a consult that is not finished (a missing concern is unknown)."""
    facts = dict.fromkeys(fact_keys(), UNKNOWN)
    facts["second_jurisdiction"] = ""
    for key, value in given.items():
        if not isinstance(value, str):
            for item, said in value.items():
                facts[f"{key}.{item}"] = said
        elif key != "narrative":
            facts[key] = value
    return facts


def parse_answers(data: object) -> Answers:
    """Answers from a file or another program. AnswerError names the key, the value and what is allowed."""
    if not isinstance(data, Mapping):
        raise AnswerError("answers", data if data is not None else "nothing", _all_keys(), "not a mapping of answers")
    for key in data:
        if key not in questions() and key != DECISION:
            raise AnswerError("answers", key, _all_keys(), "no such key")
    for key in REQUIRED:
        if data.get(key) is None:
            raise AnswerError(key, None, questions()[key].allowed)
    given = {key: check_answer(key, data[key]) for key in questions() if key in data}
    decision = check_decision_shape(data[DECISION]) if data.get(DECISION) is not None else None
    return Answers(given, decision)


def check_answer(key: str, value: object) -> Any:
    """One answer in its normal form: a value, {item: yes|no|unknown} for a list, text. AnswerError when it won't do."""
    one = questions().get(key)
    if one is None:
        raise AnswerError("answers", key, _all_keys(), "no such key")
    if one.kind == "list":
        return _list(one, value)
    if value is None:
        raise AnswerError(key, "nothing", f"{one.allowed}. Leave the key out where it is not known", "no value")
    if one.kind == "text":
        if not isinstance(value, str):
            raise AnswerError(key, value, "text", f"a {_kind_of(value)}")
        check_text(key, value)
        return value.strip()
    if not isinstance(value, str):
        raise AnswerError(key, value, one.allowed, f"a {_kind_of(value)}")
    if value not in one.values:
        raise AnswerError(key, value, one.allowed)
    return value


def _list(one: Question, value: object) -> dict[str, str]:
    if isinstance(value, Mapping):
        said = dict(value)
    elif isinstance(value, list):
        for item in value:
            if not isinstance(item, str):
                raise AnswerError(one.key, item, ", ".join(one.options), f"an item of the list is a {_kind_of(item)}")
        said = dict.fromkeys(value, "yes")
    else:
        raise AnswerError(one.key, "nothing" if value is None else value, one.allowed, f"a {_kind_of(value)}")
    for item, answer in said.items():
        if item not in one.options:
            raise AnswerError(one.key, item, ", ".join(one.options))
        if answer not in one.values:
            raise AnswerError(f"{one.key}.{item}", "nothing" if answer is None else answer, ", ".join(one.values))
    if isinstance(value, list) and not value:
        return dict.fromkeys(one.options, "no")
    return {item: said.get(item, UNKNOWN) for item in one.options}


def check_decision_shape(decision: object) -> Mapping[str, Any]:
    """A decision whose parts have the right types; what stands in them is checked against the result, later."""
    if not isinstance(decision, Mapping):
        raise AnswerError(DECISION, decision, f"a mapping with any of: {', '.join(DECISION_PARTS)}", _a(decision))
    for part in decision:
        if part not in DECISION_PARTS:
            raise AnswerError(DECISION, part, ", ".join(DECISION_PARTS), "no such part")
    for part in ("steps", "reasons", "tell"):
        inner = decision.get(part)
        if inner is None:
            continue
        if not isinstance(inner, Mapping):
            raise AnswerError(f"decision.{part}", inner, "a mapping", _a(inner))
        for name, value in inner.items():
            field_name = f"decision.{part}.{name}"
            if part != "steps":
                if not isinstance(value, str):
                    raise AnswerError(field_name, "nothing" if value is None else value, "text", _a(value))
                check_text(field_name, value)
            else:
                _check_step_shape(field_name, value)
    follow_up = decision.get("follow_up")
    if follow_up is not None and not isinstance(follow_up, str):
        raise AnswerError("decision.follow_up", follow_up, "a date and time such as 2026-11-25T15:00", _a(follow_up))
    return decision


def _check_step_shape(name: str, step: object) -> None:
    parts = ("state", "at", "result")
    if not isinstance(step, Mapping):
        raise AnswerError(name, "nothing" if step is None else step, "{state, at, result}", _a(step))
    for part, value in step.items():
        if part not in parts:
            raise AnswerError(name, part, ", ".join(parts), "no such part")
        if value is not None and not isinstance(value, str):
            raise AnswerError(f"{name}.{part}", value, "text", _a(value))
        if isinstance(value, str):
            check_text(f"{name}.{part}", value)


def check_text(field: str, text: str) -> None:
    """AnswerError for text that is too long, or has control characters or half of a character in it.

    The text itself is not repeated: it may say more about a client than an error should.
    """
    if len(text) > TEXT_AT_MOST:
        raise AnswerError(field, f"{len(text):,} characters", f"at most {TEXT_AT_MOST:,} characters", "too long")
    if found := CONTROL.search(text):
        which = f"U+{ord(found[0]):04X}, as character {found.start() + 1:,}"
        what = "half of a character" if found[0] >= "\ud800" else "a control character"
        raise AnswerError(field, which, "text, with line breaks and tabs where need be", what)


def _all_keys() -> str:
    return ", ".join([*questions(), DECISION])


def _a(value: object) -> str:
    return f"a {_kind_of(value)}"


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, Mapping):
        return "mapping"
    return {int: "number", float: "number", str: "text", list: "list", type(None): "nothing"}.get(
        type(value), type(value).__name__
    )
