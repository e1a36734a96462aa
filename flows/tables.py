"""What Curbside knows, for a person to read: the tables of findings and of elements, and the catalogue of options.

Each comes as plain records, with every condition in words; `pages_of_tables.py` makes pages of them, and
`tables_markdown.py` the document docs/findings.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flows.condition_words import ALWAYS, say_condition
from flows.findings import finding_questions, finding_tables
from flows.options import Option, catalogue, catalogue_data
from flows.vocabulary import check_law_conditions
from state_law.conditions import DecisionTable
from state_law.describe import word
from state_law.elements import element_tables


@dataclass(frozen=True)
class Row:
    """A row of a table: the value, the condition as it is written and in words, and the reason."""

    value: str
    when: Any
    says: str
    because: str


@dataclass(frozen=True)
class Table:
    """A table of rows, read in order. `id` names it in the data, `title` for a person; `otherwise` when no row holds."""

    id: str
    title: str
    rows: tuple[Row, ...]
    otherwise: str
    otherwise_because: str


@dataclass(frozen=True)
class Element:
    """An element of the law's triggers, with a table for each form in which a rule asks for it."""

    id: str
    title: str
    forms: tuple[Table, ...]


@dataclass(frozen=True)
class Entry:
    """An option of the catalogue, its recipients, actions, paths and conditions in words."""

    id: str
    label: str
    do: str
    for_client: str
    not_for: str | None
    confidentiality: int
    liberty: int
    with_consent: str | None
    tells: tuple[str, ...]
    by: tuple[str, ...]
    satisfies: tuple[str, ...]
    from_level: str
    fits: tuple[Row, ...]
    needs: tuple[str, ...]
    gives: Mapping[str, str]
    source: str


@dataclass(frozen=True)
class Called:
    """What a picture calls for: the steps of `always`, or the needs of `enough`."""

    says: str
    what: tuple[str, ...]


ELEMENTS = {
    "threat": "Threat",
    "victim": "At risk",
    "harm": "Harm",
    "imminence": "How soon",
    "intent_and_ability": "Intent and ability",
    "covers": "Whether the rule covers this clinician",
    "counts_when": "When a way to fulfil the rule counts",
    "limited_to": "What the rule is limited to",
}
FORM_WORDS = {"covers": "profession", "counts_when": "circumstance", "limited_to": "limit"}
"""Where the words for an element's forms stand, when not under its own name."""
PATHS = {
    "rule": "a rule of the law that is met",
    "self": "the rule for danger to the client's own life",
    "treatment": "the treatment of the client",
    "consent": "the client's consent",
    "hold": "the emergency hold",
    "report": "a mandated report",
}
RECORD_NEEDS = {
    "hold_exists": "an emergency hold is confirmed for the place",
    "risk_order_available": "the place has a risk-protection order",
    "clinician_may_petition": "the place has a risk-protection order, and clinicians may ask for it",
}
GIVES = {
    "protection_today": "a protective step confirmed today",
    "contained": "the client contained",
    "target_protected": "the target protected",
    "help_now": "help now",
}


def findings() -> tuple[Table, ...]:
    """The findings and levels, in the order in which they are decided."""
    return tuple(_table(name, finding_questions()[name], table) for name, table in finding_tables().items())


def elements() -> tuple[Element, ...]:
    """The elements of the law's triggers, each with the forms in which a rule asks for it. TableError for a condition that names
    what there is not."""
    check_law_conditions()
    return tuple(
        Element(
            name,
            ELEMENTS[name],
            tuple(_table(form, word(FORM_WORDS.get(name, name), form), table) for form, table in forms.items()),
        )
        for name, forms in element_tables().items()
    )


def options() -> tuple[Entry, ...]:
    """The catalogue from least to most intrusive, as the planner weighs it: the most drastic steps last, then by the reach
    into confidentiality, then into liberty."""
    return tuple(_entry(option) for option in sorted(catalogue().values(), key=_intrusiveness))


def always() -> tuple[Called, ...]:
    """The steps that a level or a picture calls for in any case, by their labels."""
    labels = {one: option.data.label for one, option in catalogue().items()}
    return tuple(
        Called(_when(row["when"]), tuple(labels[step] for step in row["steps"])) for row in catalogue_data()["always"]
    )


def enough() -> tuple[Called, ...]:
    """What a plan must give to be enough."""
    return tuple(Called(_when(row["when"]), (row["because"],)) for row in catalogue_data()["enough"])


def as_data(records: tuple[Table, ...] | tuple[Element, ...] | tuple[Entry, ...]) -> list[dict[str, Any]]:
    """Records for JSON."""
    return [asdict(one) for one in records]


def _table(name: str, title: str, table: DecisionTable) -> Table:
    return Table(name, title, _rows(table), table.otherwise, table.otherwise_because)


def _rows(table: DecisionTable) -> tuple[Row, ...]:
    return tuple(Row(row.value, row.when.written, say_condition(row.when.written), row.because) for row in table.rows)


def _intrusiveness(option: Option) -> tuple[bool, int, int, int]:
    data = option.data
    return (data.liberty == 3, data.confidentiality, data.liberty, data.order)


def _entry(option: Option) -> Entry:
    data = option.data
    tells = [word("recipient", who) for who in data.tells]
    if data.tells_who_starts_the_hold:
        tells.append(f"{word('recipient', 'law_enforcement')}, where they and not the clinician start the hold")
    needs = [say_condition({data.needs_consent: "yes"})] if data.needs_consent else []
    needs += [RECORD_NEEDS[data.needs_record]] if data.needs_record else []
    return Entry(
        id=data.id,
        label=data.label,
        do=data.do,
        for_client=data.for_client,
        not_for=data.not_for,
        confidentiality=data.confidentiality,
        liberty=data.liberty,
        with_consent=_with_consent(option),
        tells=tuple(tells),
        by=tuple(PATHS[path] for path in data.by),
        satisfies=tuple(word("action", action) for action in data.satisfies),
        from_level=data.from_level,
        fits=_rows(option.fits),
        needs=tuple(needs),
        gives={GIVES[need]: say_condition(when.written) for need, when in option.gives.items()},
        source=data.source,
    )


def _with_consent(option: Option) -> str | None:
    changed = option.data.with_consent
    if changed is None:
        return None
    when = say_condition(changed["when"])
    return f"confidentiality {changed['confidentiality']}, liberty {changed['liberty']} where {when}"


def _when(written: Any) -> str:
    return "in every consult" if written == ALWAYS else say_condition(written)
