"""Looking the whole table over: faults (which must be mended) and rules to look at again (which need not)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel

from state_law.load import Table, TableError, jurisdiction_names, the_table
from state_law.model import Jurisdiction, Rule

OLD_AFTER_DAYS = 365
NAME_OF_THE_TABLE = re.compile(r"(?<![\w/.-])[a-z]+_[a-z_]+(?![\w/-])")
"""A field or a value of the table as it is written there, such as `may_tell`: no word for those who read a text."""


@dataclass(frozen=True)
class ToLookAt:
    """A rule that is unconfirmed, or was checked more than a year ago."""

    jurisdiction: str
    rule: str
    citation: str
    why: str


def unconfirmed(record: Jurisdiction, rule: Rule) -> str | None:
    """Why a rule counts as unconfirmed, in a few words; None when it does not."""
    if rule.confidence == "low":
        return "low confidence"
    source = record.source(rule.source)
    if source is not None and source.read == "cited_by_another_source":
        return "its text was not read, only cited by another source"
    if source is not None and source.kind == "secondary":
        return "read only in a secondary source"
    if rule.duty == "mandatory" and not rule.discharge_any_of:
        return "how it is discharged is not confirmed"
    return None


def to_look_at(record: Jurisdiction, today: date) -> list[ToLookAt]:
    """The rules of one jurisdiction that are unconfirmed, or were checked more than a year before `today`."""
    found = []
    for rule in record.rules:
        reasons = [reason for reason in [unconfirmed(record, rule)] if reason]
        if (today - date.fromisoformat(rule.checked_on)).days > OLD_AFTER_DAYS:
            reasons.append(f"last checked on {rule.checked_on}, more than a year ago")
        if reasons:
            found.append(ToLookAt(record.code, rule.id, rule.citation, "; ".join(reasons)))
    return found


def raw_names(file: str, record: BaseModel) -> Iterator[TableError]:
    """Every text that speaks of the table by names that stand only in its files. Texts are shown to clinicians as they are."""
    for field, text in _texts(record.model_dump()):
        if found := NAME_OF_THE_TABLE.search(text):
            yield TableError(file, field, found[0], "must be said in plain words, for those who do not know the table")


def unsupported(file: str, record: Jurisdiction) -> Iterator[TableError]:
    """A duty or a permission that the classification claims, and that no rule of the file gives. The map goes by that claim."""
    claimed = record.classification.duty_to_others
    given = {rule.duty for rule in record.rules if rule.effect == "disclosure"}
    enough = {"mandatory": {"mandatory"}, "permissive": {"mandatory", "permissive"}}.get(claimed)
    if enough and not enough & given:
        yield TableError(file, "classification.duty_to_others", claimed, "no rule of this file says so")


def _texts(value: object, field: str = "") -> Iterator[tuple[str, str]]:
    """Each text of more than a word, with the field in which it stands."""
    if isinstance(value, str):
        if " " in value:
            yield field, value
    elif isinstance(value, Mapping | list | tuple):
        inner = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, one in inner:
            yield from _texts(one, f"{field}.{key}" if field else str(key))


def check_table(table: Table, today: date, codes: list[str] | None = None) -> tuple[list[TableError], list[ToLookAt]]:
    """Every fault, and every rule to look at again, in all jurisdictions (or in those named)."""
    faults: list[TableError] = []
    looked: list[ToLookAt] = []
    for code in codes or list(jurisdiction_names()):
        try:
            record = table.jurisdiction(code)
            looked += to_look_at(record, today)
            faults += [*raw_names(f"{code}.yaml", record), *unsupported(f"{code}.yaml", record)]
        except TableError as error:
            faults.append(error)
    try:
        faults += raw_names("federal.yaml", table.federal)
    except TableError as error:
        faults.append(error)
    return faults, looked


def main(codes: list[str]) -> int:
    """`python -m state_law.check [CODE ...]`: prints faults and rules to look at; 1 when there is a fault."""
    faults, looked = check_table(the_table(), date.today(), codes or None)
    for fault in faults:
        print(f"fault: {fault}")
    for one in looked:
        print(f"look at: {one.jurisdiction} {one.rule}: {one.why}")
    print(f"{len(faults)} faults, {len(looked)} rules to look at again")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
