"""The shapes of the data files beside this code (elements.yaml, paths.yaml, words.yaml, jurisdictions.yaml), and how a file is
held against its shape: whatever is not as it must be is a TableError that names file and place, before anything is made of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from state_law.conditions import parse_condition
from state_law.load import TableError, as_table_error, read_plain
from state_law.model import (
    Circumstance,
    Classification,
    CountsWhen,
    EmergencyHold,
    HarmToSelf,
    HoldStarter,
    Limit,
    NotEnough,
    Recipient,
    RiskProtectionOrder,
    Rule,
    RuleProfession,
    Source,
    Text,
    Trigger,
)


def _a_condition(written: Any) -> Any:
    parse_condition(written)
    return written


Written = Annotated[Any, AfterValidator(_a_condition)]
"""A condition as it is written (conditions.py)."""
Names = Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]


class Shape(BaseModel):
    """Exactly these fields, of exactly these types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


class TruthRow(Shape):
    """A row of a table whose values are yes, no and unknown."""

    is_: Annotated[Literal["yes", "no", "unknown"], Field(alias="is")]
    when: Written
    because: Text


class _Path(Shape):
    path: Literal["treatment", "consent", "report", "hold"]
    under: Text
    recipients: Annotated[list[Recipient], Field(min_length=1)] | None = None
    started_by: dict[HoldStarter, Recipient] | None = None
    when: Written
    what: Text


class _Permission(Shape):
    under: Text
    when: Written
    open_at_emergency: Written
    doubt: Text


class _Door(Shape):
    recipients: Annotated[list[Recipient], Field(min_length=1)]
    when: Written
    what: Text


class _Restriction(Shape):
    under: Text
    when: Written
    presumed_when: Written
    doors: list[_Door]
    wording: Text
    because: Text
    warning: Text
    presumed_warning: Text
    unknown_warning: Text | None = None


class _Anyone(Shape):
    to_others: Annotated[list[Recipient], Field(min_length=1)]
    to_self: Annotated[list[Recipient], Field(min_length=1)]


class Paths(Shape):
    """`paths.yaml`."""

    anyone_able_to_prevent_harm: _Anyone
    what: dict[Recipient, Text]
    harm_to_self_when: Written
    to_self_only_when: dict[Recipient, Written]
    paths: list[_Path]
    permissions: list[_Permission]
    restrictions: list[_Restriction]
    shown_when: dict[str, Written]


Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Code = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Spot = Annotated[list[int | float], Field(min_length=2, max_length=2)]


class _Fill(Shape):
    fill: Colour
    text: Colour
    stripes: Colour = "#000000"
    dots: Colour = "#000000"


class _MapWords(Shape):
    title: Text
    for_whom: Text
    described: Text
    of_kind: Text
    how_many: Text
    checked: Text
    checked_between: Text
    not_advice: Text
    source: Text


class UsMap(Shape):
    """`us_map.yaml`."""

    words: _MapWords
    fills: dict[str, _Fill]
    apart: dict[Code, Spot]
    moved: dict[Code, Spot]
    marked: list[Code]


Elements = dict[str, dict[str, list[TruthRow]]]
"""`elements.yaml`: element -> form -> rows."""
Words = dict[str, dict[str, Text]]
"""`words.yaml`: list of values -> value -> its words."""
Jurisdictions = Annotated[dict[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], Text], Field(min_length=51, max_length=51)]
"""`jurisdictions.yaml`: code -> name."""


@contextmanager
def faults_of(file: str) -> Iterator[None]:
    """What is wrong with a file that is being read (ValueError, pydantic's errors), as a TableError that names it."""
    try:
        yield
    except ValidationError as error:
        raise as_table_error(file, error) from None
    except ValueError as error:
        raise TableError.saying(file, str(error).removeprefix(f"{file}: ")) from None


def read_shaped(path: Path, shape: Any) -> Any:
    """What stands in a YAML file, as it stands there, when it has this shape. TableError names the first place that has not."""
    data = read_plain(path)
    with faults_of(path.name):
        _adapter(shape).validate_python(data)
    return data


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def check_complete(file: str, place: str, given: Any, needed: Any) -> None:
    """TableError for a name that is needed there and missing."""
    for one in needed:
        if one not in given:
            raise TableError(file, f"{place}.{one}".lstrip("."), None, "it is missing and must be there")


def element_forms() -> dict[str, tuple[str, ...]]:
    """Every element, with the forms in which a rule of the table can ask for it."""
    of_trigger = {name: get_args(field.annotation) for name, field in Trigger.model_fields.items()}
    return {**of_trigger, "covers": ("facility",), "counts_when": get_args(Circumstance), "limited_to": get_args(Limit)}


def check_elements(data: Any) -> None:
    """Every element is there in every form that a rule can ask for, and no other."""
    needed = element_forms()
    check_complete("elements.yaml", "", data, needed)
    for element, forms in data.items():
        if element not in needed:
            raise TableError("elements.yaml", element, element, f"allowed: {', '.join(needed)}")
        allowed = get_args(RuleProfession) if element == "covers" else needed[element]
        check_complete("elements.yaml", element, forms, needed[element])
        for form in forms:
            if form not in allowed:
                raise TableError("elements.yaml", f"{element}.{form}", form, f"allowed: {', '.join(allowed)}")


_SHOWS: dict[str, tuple[type[BaseModel], str]] = {
    **dict.fromkeys(("duty_to_others", "duty_at_a_glance"), (Classification, "duty_to_others")),
    **{name: (Classification, name) for name in ("ncsl", "jaapl_2014")},
    **{name: (Rule, name) for name in ("basis", "duty", "effect", "confidence")},
    **{name: (Trigger, name) for name in Trigger.model_fields},
    "strength": (Rule, "duty"),
    "profession": (Rule, "professions"),
    "action": (Rule, "discharge_any_of"),
    "recipient": (Rule, "may_tell"),
    "limit": (NotEnough, "when"),
    "circumstance": (CountsWhen, "when"),
    "harm_to_self": (HarmToSelf, "disclosure"),
    "hold_starter": (EmergencyHold, "who_may_start"),
    "petitioner": (RiskProtectionOrder, "who_may_petition"),
    "source_kind": (Source, "kind"),
    "source_read": (Source, "read"),
}
"""List of words -> the field of the table whose values it has words for."""
_AND_SAYS = {
    **dict.fromkeys(("for_disclosing", "for_not_disclosing"), ("yes", "no")),
    "risk_protection_order": ("yes", "no", "not_confirmed"),
    "must_report": ("everyone", "nobody", "not_confirmed", "others_not_confirmed"),
    "element": tuple(Trigger.model_fields),
    **dict.fromkeys(("title", "label", "say"), ()),
}


def check_words(data: Any) -> None:
    """There are words for every value that the table may hold and a person may see."""
    check_complete("words.yaml", "", data, [*_SHOWS, *_AND_SAYS])
    for kind, (model, field) in _SHOWS.items():
        check_complete("words.yaml", kind, data[kind], _literals(model.model_fields[field].annotation))
    for kind, values in _AND_SAYS.items():
        check_complete("words.yaml", kind, data[kind], values)


def _literals(annotation: Any) -> Iterator[str]:
    """The words of every Literal within a field's type."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    else:
        for inner in get_args(annotation):
            yield from _literals(inner)
