"""Whether the conditions of the data files speak only of answers, findings and levels that there are, and of their values.

A condition that names none would otherwise be met by an error, or, where it names a value that is never given, by silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from flows.condition_words import DERIVED, known_values
from flows.questions import UNKNOWN, fact_keys
from state_law.conditions import named_values
from state_law.elements import element_tables
from state_law.load import TableError
from state_law.recipients import paths_table

CONDITIONS = ("when", "harm_to_self_when", "open_at_emergency", "presumed_when")
"""Fields of the data files that hold a condition."""
OF_CONDITIONS = ("gives", "to_self_only_when", "shown_when")
"""Fields that hold one for each of several names."""


def check_conditions(file: str, data: Any) -> None:
    """TableError for the first condition in the data of a file that names what there is not."""
    for place, written in _conditions(data):
        _check(file, place, written)


@lru_cache(maxsize=1)
def check_law_conditions() -> None:
    """The same of the law's own tables, which know nothing of the questions. TableError."""
    for element, forms in element_tables().items():
        for form, table in forms.items():
            for number, row in enumerate(table.rows, 1):
                _check("elements.yaml", f"{element}.{form}.{number}", row.when.written)
    check_conditions("paths.yaml", paths_table().data)


def _check(file: str, place: str, written: Any) -> None:
    for key, value in named_values(written):
        if key not in DERIVED and key not in fact_keys():
            raise TableError(
                file, place, key, "a condition can't look at this: no answer, finding or level has this name"
            )
        values = known_values(key)
        if value not in values and (value != UNKNOWN or key.startswith("level")):
            allowed = [*values] if key in DERIVED else [*values, UNKNOWN]
            raise TableError(file, place, value, f"is no value of {key}; allowed: {', '.join(allowed)}")


def _conditions(data: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    inner = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    for name, value in inner:
        here = f"{place}.{name}".lstrip(".")
        if name in CONDITIONS:
            yield here, value
        elif name in OF_CONDITIONS and isinstance(value, Mapping):
            yield from ((f"{here}.{one}", written) for one, written in value.items())
        else:
            yield from _conditions(value, here)
