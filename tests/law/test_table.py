"""The table as it is kept: every file is whole, and a file that is not is refused by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from state_law.check import check_table
from state_law.load import TABLE, Table, TableError, UnknownJurisdiction, jurisdiction_names, the_table

from .making import Data, colorado, rule, table_with, table_with_text

STATES = """
    Alabama AL  Alaska AK  Arizona AZ  Arkansas AR  California CA  Colorado CO  Connecticut CT  Delaware DE  Florida FL
    Georgia GA  Hawaii HI  Idaho ID  Illinois IL  Indiana IN  Iowa IA  Kansas KS  Kentucky KY  Louisiana LA  Maine ME
    Maryland MD  Massachusetts MA  Michigan MI  Minnesota MN  Mississippi MS  Missouri MO  Montana MT  Nebraska NE
    Nevada NV  New_Hampshire NH  New_Jersey NJ  New_Mexico NM  New_York NY  North_Carolina NC  North_Dakota ND  Ohio OH
    Oklahoma OK  Oregon OR  Pennsylvania PA  Rhode_Island RI  South_Carolina SC  South_Dakota SD  Tennessee TN  Texas TX
    Utah UT  Vermont VT  Virginia VA  Washington WA  West_Virginia WV  Wisconsin WI  Wyoming WY
    District_of_Columbia DC
""".replace("_", " ")
FIFTY_STATES_AND_DC = {code: name for name, code in re.findall(r"(\w[\w ]+?) ([A-Z]{2})\s", STATES)}
TODAY = date(2026, 6, 1)


def test_the_table_has_the_fifty_states_and_dc_and_nothing_else() -> None:
    assert len(FIFTY_STATES_AND_DC) == 51
    assert jurisdiction_names() == FIFTY_STATES_AND_DC
    assert {path.stem for path in TABLE.glob("*")} == {*FIFTY_STATES_AND_DC, "federal"}


@pytest.mark.parametrize("code", FIFTY_STATES_AND_DC)
def test_every_file_is_as_it_must_be(code: str) -> None:
    record = the_table().jurisdiction(code)
    assert (record.code, record.name) == (code, FIFTY_STATES_AND_DC[code])
    assert record.rules, "a jurisdiction without a rule says so in a rule of duty no_duty"


def test_the_federal_layer_is_as_it_must_be() -> None:
    assert the_table().federal.privacy_rules


def test_the_table_has_no_fault() -> None:
    faults, _ = check_table(the_table(), TODAY)
    assert faults == []


@pytest.mark.parametrize("code", ["XX", "US", "co", "", "federal"])
def test_a_code_that_is_none_is_refused_and_says_what_is_allowed(code: str) -> None:
    with pytest.raises(UnknownJurisdiction, match="allowed: the two-letter code of a US state, or DC") as refused:
        the_table().jurisdiction(code)
    assert repr(code) in str(refused.value)


def put(value: object, *place: str | int) -> Callable[[Data], None]:
    """Writes a value at a place of the file."""

    def change(data: Data) -> None:
        inner: Any = data
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = value

    return change


def drop(*place: str | int) -> Callable[[Data], None]:
    """Takes a field out of the file."""

    def change(data: Data) -> None:
        inner: Any = data
        for step in place[:-1]:
            inner = inner[step]
        del inner[place[-1]]

    return change


def add_rules(*rules: Data) -> Callable[[Data], None]:
    """Puts rules at the end of the file's rules."""
    return lambda data: data["rules"].extend(rules)


# What is wrong with the file; the change that makes it so; the field, value and allowed values that the error names.
BROKEN: dict[str, tuple[Callable[[Data], None], str, object, str]] = {
    "a field is missing": (drop("verified_on"), "verified_on", None, "it is missing"),
    "a field of a rule is missing": (drop("rules", 0, "citation"), "rules.0.citation", None, "it is missing"),
    "a field that does not exist": (put("x", "colour"), "colour", "x", "no field of this name exists here"),
    "a rule's field misspelt": (
        put([], "rules", 0, "may_not_tel"),
        "rules.0.may_not_tel",
        [],
        "no field of this name exists here",
    ),
    "an unknown value": (
        put("perhaps", "rules", 0, "duty"),
        "rules.0.duty",
        "perhaps",
        "allowed: mandatory, permissive, no_duty",
    ),
    "an unknown recipient": (
        put(["neighbours"], "rules", 0, "may_tell"),
        "rules.0.may_tell.0",
        "neighbours",
        "allowed: victim, law_enforcement,",
    ),
    "a number where a word belongs": (put(2026, "verified_on"), "verified_on", 2026, "valid string"),
    "a word where yes or no belongs": (put("yes", "erpo", "available"), "erpo.available", "yes", "valid boolean"),
    "a word where a list belongs": (put("victim", "rules", 0, "may_tell"), "rules.0.may_tell", "victim", "valid tuple"),
    "a rule for nobody": (put([], "rules", 0, "professions"), "rules.0.professions", [], "at least 1 item"),
    "a citation left empty": (put("", "rules", 0, "citation"), "rules.0.citation", "", "at least 1 character"),
    "no source at all": (put([], "sources"), "sources", [], "at least 1 item"),
    "another state's code": (put("TX", "code"), "code", "TX", "must be CO, as the file is named"),
    "a source that is not listed, of a rule": (
        add_rules(rule(source="hearsay")),
        "rules.co-invented.source",
        "hearsay",
        "is not among the ids under `sources`",
    ),
    "a source that is not listed, of the hold": (
        put("hearsay", "emergency_hold", "source"),
        "emergency_hold.source",
        "hearsay",
        "is not among the ids under `sources`",
    ),
    "a rule's id twice": (
        add_rules(rule(), rule()),
        "rules: id",
        "co-invented",
        "stands twice; ids must be unique",
    ),
    "a source's id twice": (
        lambda data: data["sources"].append(data["sources"][0]),
        "sources: id",
        colorado()["sources"][0]["id"],
        "stands twice; ids must be unique",
    ),
    "a rule's id of another state": (
        add_rules(rule(id="tx-invented")),
        "rules.tx-invented.id",
        "tx-invented",
        "must begin with co-",
    ),
    "a day that does not exist": (put("2026-02-30", "verified_on"), "verified_on", "2026-02-30", "a day that exists"),
    "a day written otherwise": (put("20260228", "verified_on"), "verified_on", "20260228", "as YYYY-MM-DD"),
    "a week for a day": (
        put("2026-W09-1", "rules", 0, "in_force_since"),
        "rules.0.in_force_since",
        "2026-W09-1",
        "must be YYYY, YYYY-MM or YYYY-MM-DD",
    ),
    "a month that does not exist": (
        put("2026-13", "rules", 0, "in_force_since"),
        "rules.0.in_force_since",
        "2026-13",
        "must be YYYY, YYYY-MM or YYYY-MM-DD",
    ),
    "a way that is not enough, and none of the rule's ways": (
        add_rules(rule(not_enough=[{"way": ["notify_law_enforcement"], "when": "minor_victim"}])),
        "rules.co-invented.not_enough",
        ["notify_law_enforcement"],
        "must be one of the ways of discharge_any_of",
    ),
    "a way that counts only sometimes, and none of the rule's ways": (
        add_rules(rule(counts_when=[{"way": ["intensify_treatment"], "when": "client_with_you"}])),
        "rules.co-invented.counts_when",
        ["intensify_treatment"],
        "must be one of the ways of discharge_any_of",
    ),
    "no way that counts in every circumstance": (
        add_rules(
            rule(
                discharge_any_of=[["intensify_treatment"], ["warn_victim"]],
                counts_when=[{"way": ["intensify_treatment"], "when": "client_with_you"}],
                not_enough=[{"way": ["warn_victim"], "when": "minor_victim"}],
            )
        ),
        "rules.co-invented.discharge_any_of",
        [["intensify_treatment"], ["warn_victim"]],
        "must have a way that counts in every circumstance",
    ),
    "a circumstance that there is not": (
        put([{"way": ["warn_victim"], "when": "full_moon"}], "rules", 0, "counts_when"),
        "rules.0.counts_when.0.when",
        "full_moon",
        "allowed: client_with_you",
    ),
    "an end before the beginning": (
        add_rules(rule(in_force_since="2020-05", in_force_until="2020-04-30")),
        "rules.co-invented.in_force_until",
        "2020-04-30",
        "must be after in_force_since",
    ),
    "an end on the day of the beginning, written otherwise": (
        add_rules(rule(in_force_since="2020", in_force_until="2020-01-01")),
        "rules.co-invented.in_force_until",
        "2020-01-01",
        "must be after in_force_since",
    ),
}


@pytest.mark.parametrize("wrong", BROKEN)
def test_a_broken_file_is_refused_and_the_fault_is_named(wrong: str, tmp_path: Path) -> None:
    change, field, value, allowed = BROKEN[wrong]
    check_refused(table_with(tmp_path, change), field, value, allowed)


# What is wrong with the text; the bytes; the field, value and allowed values that the error names.
TEXT = (TABLE / "CO.yaml").read_bytes()
UNREADABLE: dict[str, tuple[bytes, str, object, str]] = {
    "not YAML": (b"code: [CO\n", "text", "this file", "is not YAML (line 2, column 1:"),
    "a key twice": (TEXT + b"code: CO\n", "text", "this file", "the key 'code' stands twice"),
    "a list": (b"- CO\n", "file", ["CO"], "valid dictionary"),
    "empty": (b"", "file", None, "valid dictionary"),
    "not UTF-8": (b"# \xa7\n" + TEXT, "byte 2", 0xA7, "must be UTF-8 text"),
}


@pytest.mark.parametrize("wrong", UNREADABLE)
def test_a_file_that_can_not_be_read_is_refused(wrong: str, tmp_path: Path) -> None:
    text, field, value, allowed = UNREADABLE[wrong]
    check_refused(table_with_text(tmp_path, text), field, value, allowed)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    table = table_with_text(tmp_path, TEXT)
    (table.folder / "CO.yaml").unlink()
    check_refused(table, "file", "CO.yaml", "can't be read (No such file or directory)")


def check_refused(table: Table, field: str, value: object, allowed: str) -> None:
    """Reading Colorado raises the error, in one line; the check of the table gives it, and nothing else."""
    with pytest.raises(TableError) as refused:
        table.jurisdiction("CO")
    error = refused.value
    assert (error.file, error.field, error.value) == ("CO.yaml", field, value)
    assert allowed in error.allowed
    assert str(error).startswith(f"CO.yaml: {field}: ") and "\n" not in str(error)
    faults, _ = check_table(table, TODAY)
    assert [str(fault) for fault in faults] == [str(error)]


def test_the_copy_from_which_the_broken_ones_are_made_is_whole(tmp_path: Path) -> None:
    table = table_with(tmp_path, lambda data: None)
    assert table.jurisdiction("CO") == the_table().jurisdiction("CO")


def test_a_fault_in_the_federal_layer_is_found_too(tmp_path: Path) -> None:
    table = table_with_text(tmp_path, TEXT)
    (table.folder / "federal.yaml").write_text("verified_on: yesterday\n", encoding="utf-8")
    faults, _ = check_table(table, TODAY)
    assert [(fault.file, fault.field) for fault in faults] == [("federal.yaml", "verified_on")]


# A text that names a field or a value of the table, where it stands, and the name.
RAW = {
    "a rule's summary": (
        ("rules", 0, "summary"),
        "The police may be told (see may_tell), and nobody else at all.",
        "may_tell",
    ),
    "an open question": (("open_questions", 0), "NCSL's label was not seen, so it is not_found.", "not_found"),
    "a reason": (
        ("classification", "because"),
        "The nearest is reasonably_identifiable here.",
        "reasonably_identifiable",
    ),
}


@pytest.mark.parametrize("where", RAW)
def test_a_text_that_only_the_table_understands_is_a_fault(where: str, tmp_path: Path) -> None:
    place, text, name = RAW[where]
    faults, _ = check_table(table_with(tmp_path, put(text, *place)), TODAY)
    [fault] = faults
    assert (fault.file, fault.field, fault.value) == ("CO.yaml", ".".join(map(str, place)), name)
    assert "must be said in plain words" in fault.allowed


def test_an_address_is_no_such_name(tmp_path: Path) -> None:
    text = "Read at https://example.org/may_tell/x in 2026."
    faults, _ = check_table(table_with(tmp_path, put(text, "open_questions", 0)), TODAY)
    assert faults == []


@pytest.mark.parametrize(
    ("claimed", "given", "is_fault"),
    [
        ("mandatory", "permissive", True),
        ("mandatory", "mandatory", False),
        ("permissive", "no_duty", True),
        ("permissive", "mandatory", False),
        ("unsettled", "no_duty", False),
    ],
)
def test_what_the_classification_claims_some_rule_must_say(
    claimed: str, given: str, is_fault: bool, tmp_path: Path
) -> None:
    def change(data: Data) -> None:
        data["classification"]["duty_to_others"] = claimed
        for one in data["rules"]:
            one["duty"] = given

    faults, _ = check_table(table_with(tmp_path, change), TODAY)
    assert [(one.field, one.value) for one in faults] == [("classification.duty_to_others", claimed)] * is_fault


def test_the_version_names_the_content(tmp_path: Path) -> None:
    (tmp_path / "same").mkdir()
    (tmp_path / "other").mkdir()
    before = Table(TABLE).version
    assert table_with_text(tmp_path / "same", TEXT).version == before
    assert table_with_text(tmp_path / "other", TEXT.replace(b"Colorado", b"colorado", 1)).version != before


def test_the_version_names_the_files_too(tmp_path: Path) -> None:
    table = table_with_text(tmp_path, TEXT)
    (table.folder / "CO.yaml").rename(table.folder / "CP.yaml")
    assert table.version != Table(TABLE).version


# A rule that counts as unconfirmed, or was checked long ago, and what is said of it.
SOURCE = {
    "id": "co-read",
    "url": "https://example.org",
    "kind": "statute_text",
    "text_as_of": None,
    "read": "full_text",
}
LOOK_AT: dict[str, tuple[Data, Data, str | None]] = {
    "a rule read in full": ({}, {}, None),
    "low confidence": ({"confidence": "low"}, {}, "low confidence"),
    "only cited": ({}, {"read": "cited_by_another_source"}, "its text was not read, only cited by another source"),
    "a secondary source": ({}, {"kind": "secondary"}, "read only in a secondary source"),
    "no discharge": ({"discharge_any_of": []}, {}, "how it is discharged is not confirmed"),
    "no discharge, but no duty either": ({"discharge_any_of": [], "duty": "permissive"}, {}, None),
    "checked a year ago": ({"checked_on": "2025-06-01"}, {}, None),
    "checked longer ago": ({"checked_on": "2025-05-31"}, {}, "last checked on 2025-05-31, more than a year ago"),
    "both": (
        {"checked_on": "2020-01-01", "confidence": "low"},
        {},
        "low confidence; last checked on 2020-01-01, more than a year ago",
    ),
}


@pytest.mark.parametrize("what", LOOK_AT)
def test_a_rule_to_look_at_again_is_not_a_fault(what: str, tmp_path: Path) -> None:
    of_rule, of_source, why = LOOK_AT[what]

    def change(data: Data) -> None:
        data["sources"].append(SOURCE | of_source)
        data["rules"] = [one := rule(source="co-read") | of_rule]
        data["classification"]["duty_to_others"] = one["duty"]

    faults, looked = check_table(table_with(tmp_path, change), TODAY, ["CO"])
    assert faults == []
    assert [(one.jurisdiction, one.rule, one.why) for one in looked] == ([("CO", "co-invented", why)] if why else [])
