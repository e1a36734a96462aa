"""A condition of the data files in plain words: `{threat: [explicit, conditional], plan: none}` is said as
"threat: explicit or with an if; and plan: none"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from flows.findings import FINDINGS
from flows.levels import LEVELS
from flows.questions import UNKNOWN, fact_keys, question, questions, say_answer
from flows.words import read_data
from state_law.load import TableError

ALWAYS = "always"
YES, NO = "yes", "no"
NOT_KNOWN = "not known"
MANY = 4
"""From so many values on, those that are left out are named instead of those that are meant."""
DERIVED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(FINDINGS, (YES, NO)),
    **dict.fromkeys(("level", "level_others", "level_self"), LEVELS),
    "law_names_state_agency": (YES, NO),
}
"""What a condition can look at beside the answers, with its values."""


def say_condition(written: Any) -> str:
    """A condition, as it is written in a data file, in words."""
    parts = _parts(written)
    return parts[0] if len(parts) == 1 else _joined(parts, "and")


def say_name(key: str) -> str:
    """An answer (`threat`, `aggravating.psychosis`), a finding or a level, as a condition calls it."""
    name, _, item = key.partition(".")
    before = _words().get(name, {}).get("name", "")
    if not item:
        return before or name
    said = _words().get(key, {}).get("name") or _lower(_short(question(name).options[item]))
    return f"{before} {said}".lstrip()


def say_value(key: str, value: str) -> str:
    """One value of it, in a few words."""
    if value == UNKNOWN:
        return NOT_KNOWN
    if key in DERIVED or _is_yes_or_no(key):
        return value
    known: Mapping[str, str] = _words().get(key, {}).get("values", {})
    return known.get(value) or _lower(_short(say_answer(key, value)))


def known_values(key: str) -> tuple[str, ...]:
    """Every value that it can have but `unknown`. KeyError when a condition can't look at it."""
    if key in DERIVED:
        return DERIVED[key]
    name, _, item = key.partition(".")
    if item:
        return (YES, NO) if item in question(name).options else ()
    return tuple(one for one in question(name).values if one != UNKNOWN)


def _parts(written: Any) -> list[str]:
    """The parts of a condition, all of which must hold."""
    if written == ALWAYS:
        return [ALWAYS]
    found: list[str] = []
    for key, value in written.items():
        if key == "all":
            found += [_in_brackets(one) for one in value]
        elif key == "any":
            ways = [_in_brackets(one) for one in value]
            either = ways[0] if len(ways) == 1 else _joined(ways, "or")
            found.append(f"({either})" if len(written) > 1 and len(ways) > 1 else either)
        elif key == "not":
            found.append(_negation(value))
        else:
            found.append(_membership(key, [value] if isinstance(value, str) else value))
    return found


def _negation(written: Any) -> str:
    said = say_condition(written)
    name, colon, values = said.partition(": ")
    return f"{name}: not {values}" if colon and not set(";(:") & set(values) else f"not ({said})"


def _in_brackets(written: Any) -> str:
    """A condition inside another: in brackets when it has several parts."""
    said = say_condition(written)
    return f"({said})" if "; " in said else said


def _membership(key: str, values: Sequence[str]) -> str:
    named = [one for one in values if one != UNKNOWN]
    left_out = [one for one in known_values(key) if one not in named]
    or_not_known = [NOT_KNOWN] if UNKNOWN in values else []
    if _is_yes_or_no(key) and values == [YES]:
        return say_name(key)
    if not left_out:
        said = ["known", *or_not_known]
    elif len(named) >= MANY > len(left_out) + 1:
        others = _enumerated([say_value(key, one) for one in left_out])
        return f"{say_name(key)}: other than {others}" + (f", or {NOT_KNOWN}" if or_not_known else "")
    else:
        said = [*(say_value(key, one) for one in named), *or_not_known]
    return f"{say_name(key)}: {_enumerated(said)}"


def _is_yes_or_no(key: str) -> bool:
    return set(known_values(key)) == {YES, NO}


def _joined(parts: Sequence[str], word: str) -> str:
    return "; ".join([*parts[:-1], f"{word} {parts[-1]}"])


def _enumerated(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    comma = "," if any(" or " in one for one in words) else ""
    return f"{', '.join(words[:-1])}{comma} or {words[-1]}"


def _short(text: str) -> str:
    """An option without what explains it: without its brackets, and in one piece."""
    return re.sub(r"[:;]", ",", re.sub(r"\s*\([^)]*\)", "", text))


def _lower(text: str) -> str:
    return text if text.startswith("I ") else text[:1].lower() + text[1:]


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Mapping[str, Any]]:
    data: Mapping[str, Mapping[str, Any]] = read_data("condition_words.yaml")
    allowed = [*questions(), *fact_keys(), *DERIVED]
    for key, entry in data.items():
        if key not in allowed:
            raise TableError("condition_words.yaml", key, key, f"allowed: {', '.join(allowed)}")
        for value in entry.get("values", {}):
            if value not in known_values(key):
                raise TableError("condition_words.yaml", key, value, f"allowed: {', '.join(known_values(key))}")
    return data
