"""Reading the table: each file is validated whole when it is read, and a fault is named with file, field and value."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from state_law.model import Federal, Jurisdiction, Rule, first_day
from state_law.shown import one_line, shown
from state_law.yaml_text import read_yaml

HERE = Path(__file__).parent
TABLE = HERE / "table"
FIELD_AT_MOST = 120
_Model = TypeVar("_Model", bound=BaseModel)


class TableError(Exception):
    """A file of the table can't be used. `file`, `field`, `value` and `allowed` say what and why; str() is one line."""

    def __init__(self, file: str, field: str, value: object, allowed: str) -> None:
        self.file, self.field, self.value, self.allowed = file, field, value, allowed
        super().__init__(one_line(f"{file}: {one_line(field, FIELD_AT_MOST)}: {shown(value, 80)} won't do; {allowed}"))

    @classmethod
    def saying(cls, file: str, line: str) -> TableError:
        """One that is said in words already: place, value and what is allowed are in the line."""
        error = cls(file, "", None, line)
        error.args = (one_line(f"{file}: {line}"),)
        return error


class UnknownJurisdiction(KeyError):
    """A code that is none of the 50 states and DC. str() is one line that says what is allowed."""

    def __init__(self, code: object) -> None:
        self.code = code
        super().__init__(code)

    def __str__(self) -> str:
        return f"jurisdiction: {self.code!r} is not known; allowed: the two-letter code of a US state, or DC"


def read_text(path: Path) -> str:
    """The text of a UTF-8 file; TableError when it is missing, unreadable or not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise TableError(path.name, "file", str(path.name), f"can't be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise TableError(path.name, f"byte {error.start}", error.object[error.start], "must be UTF-8 text") from None


def read_model(path: Path, model: type[_Model]) -> _Model:
    """A YAML file as a model. TableError names the first field that is wrong."""
    data = read_plain(path)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise as_table_error(path.name, error) from None


def read_plain(path: Path) -> object:
    """What stands in a YAML file. TableError."""
    try:
        return read_yaml(read_text(path))
    except ValueError as error:
        raise TableError(path.name, "text", "this file", f"is not YAML ({error})") from None


def as_table_error(file: str, error: ValidationError) -> TableError:
    """The first field that is wrong."""
    first: Any = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "file"
    context: Mapping[str, Any] = first.get("ctx") or {}
    if first["type"] == "literal_error":
        allowed = f"allowed: {context['expected'].replace(chr(39), '').replace(' or ', ', ')}"
    elif first["type"] == "missing":
        return TableError(file, field, None, "it is missing and must be there")
    elif first["type"] == "extra_forbidden":
        return TableError(file, field, first["input"], "no field of this name exists here")
    else:
        allowed = str(first["msg"]).removeprefix("Value error, ")
    return TableError(file, field, first["input"], allowed)


@lru_cache(maxsize=1)
def jurisdiction_names() -> dict[str, str]:
    """Code to name for the 50 states and DC, in alphabetical order of the codes."""
    from state_law.shapes import Jurisdictions, read_shaped

    names: dict[str, str] = read_shaped(HERE / "jurisdictions.yaml", Jurisdictions)
    return names


class Table:
    """The jurisdiction table in one folder. Files are read when first asked for, and then kept."""

    def __init__(self, folder: Path = TABLE) -> None:
        self.folder = folder
        self._read: dict[str, Jurisdiction] = {}

    @cached_property
    def version(self) -> str:
        """Names exactly this content: the first 12 hex digits of SHA-256 over every file's name and bytes."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.glob("*.yaml")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()[:12]

    def jurisdiction(self, code: str) -> Jurisdiction:
        """The record of one jurisdiction. UnknownJurisdiction or TableError."""
        if code not in jurisdiction_names():
            raise UnknownJurisdiction(code)
        if code not in self._read:
            record = read_model(self.folder / f"{code}.yaml", Jurisdiction)
            check_references(record, f"{code}.yaml")
            self._read[code] = record
        return self._read[code]

    def __iter__(self) -> Iterator[Jurisdiction]:
        return (self.jurisdiction(code) for code in jurisdiction_names())

    @cached_property
    def federal(self) -> Federal:
        """The federal layer."""
        return read_model(self.folder / "federal.yaml", Federal)


def check_references(record: Jurisdiction, file: str) -> None:
    """What the shape alone can't say: code as the file, ids unique, every source named is listed, dates in order."""
    if record.code != file.removesuffix(".yaml"):
        raise TableError(file, "code", record.code, f"must be {file.removesuffix('.yaml')}, as the file is named")
    listed = [source.id for source in record.sources]
    for what, ids in (("sources", listed), ("rules", [rule.id for rule in record.rules])):
        for one in ids:
            if ids.count(one) > 1:
                raise TableError(file, f"{what}: id", one, "stands twice; ids must be unique")
    reporting = record.abuse_reporting
    named: list[tuple[str, str | None]] = [
        ("harm_to_self.source", record.harm_to_self.source),
        ("emergency_hold.source", record.emergency_hold.source),
        ("erpo.source", record.erpo.source),
        ("abuse_reporting.child.source", reporting.child.source),
        ("abuse_reporting.child.who_must_report.source", reporting.child.who_must_report.source),
        ("abuse_reporting.vulnerable_adult.source", reporting.vulnerable_adult.source),
        ("abuse_reporting.vulnerable_adult.who_must_report.source", reporting.vulnerable_adult.who_must_report.source),
        *((f"rules.{rule.id}.source", rule.source) for rule in record.rules),
        *((f"cases.{case.name}.source", case.source) for case in record.cases),
    ]
    for field, source in named:
        if source is not None and source not in listed:
            raise TableError(file, field, source, "is not among the ids under `sources`")
    for rule in record.rules:
        _check_conditional_ways(rule, file)
        if not rule.id.startswith(record.code.lower() + "-"):
            raise TableError(file, f"rules.{rule.id}.id", rule.id, f"must begin with {record.code.lower()}-")
        if (
            rule.in_force_since
            and rule.in_force_until
            and first_day(rule.in_force_until) <= first_day(rule.in_force_since)
        ):
            raise TableError(
                file, f"rules.{rule.id}.in_force_until", rule.in_force_until, "must be after in_force_since"
            )


def _check_conditional_ways(rule: Rule, file: str) -> None:
    """What is said of a way names one that there is; and in every circumstance some way remains.

    A rule of which no way counted would be taken for one whose ways are not known.
    """
    conditional = [("not_enough", one.way) for one in rule.not_enough]
    conditional += [("counts_when", one.way) for one in rule.counts_when]
    for name, way in conditional:
        if way not in rule.discharge_any_of:
            field = f"rules.{rule.id}.{name}"
            raise TableError(file, field, list(way), "must be one of the ways of discharge_any_of")
    if conditional and set(rule.discharge_any_of) <= {way for _, way in conditional}:
        field, ways = f"rules.{rule.id}.discharge_any_of", [list(way) for way in rule.discharge_any_of]
        raise TableError(file, field, ways, "must have a way that counts in every circumstance")


@lru_cache(maxsize=1)
def the_table() -> Table:
    """The table that comes with the project (read on first use)."""
    return Table()
