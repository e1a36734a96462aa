"""A jurisdiction as a person reads it: nothing of the record is lost, and what is not confirmed says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from state_law.describe import Line, Section, describe, glance, word
from state_law.load import Table, jurisdiction_names, the_table
from state_law.model import Jurisdiction

from .making import Data, only_rules, rule, table_with

TODAY = date(2026, 12, 31)


def everything(section: Section) -> Iterator[str]:
    """Every text of a section, from top to bottom."""
    yield section.title
    for line in section.lines:
        yield from (line.label, line.text, *line.points)
    for part in section.parts:
        yield from everything(part)


def find(section: Section, title: str) -> Section:
    """The section of that title, at any depth."""
    for part in section.parts:
        if part.title == title:
            return part
    for part in section.parts:
        try:
            return find(part, title)
        except LookupError:
            continue
    raise LookupError(title)


def line_of(section: Section, label: str) -> Line | None:
    """The line under that label in this section."""
    return next((line for line in section.lines if line.label == label), None)


# Names by which a record refers to itself, and what stands in the page's own words.
NOT_SHOWN_AS_WRITTEN = {"id", "source", "code", "confidence", "duty_to_others", "ncsl", "jaapl_2014", "disclosure"}
IN_WORDS = {"basis", "professions", "duty", "trigger", "discharge_any_of", "may_tell", "may_not_tell", "effect"}
IN_WORDS |= {"limited_to", "not_enough", "counts_when", "who_may_start", "who_may_petition", "kind", "read"}


def own_words(data: Any, name: str = "") -> Iterator[str]:
    """Every text of a record that somebody wrote for it."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in NOT_SHOWN_AS_WRITTEN | IN_WORDS:
                yield from own_words(value, key)
    elif isinstance(data, list):
        for value in data:
            yield from own_words(value, name)
    elif isinstance(data, str):
        yield data


@pytest.mark.parametrize("code", jurisdiction_names())
def test_nothing_that_somebody_wrote_is_lost(code: str) -> None:
    record = the_table().jurisdiction(code)
    shown = "\n".join(everything(describe(the_table(), code, TODAY)))
    assert [text for text in own_words(record.model_dump(mode="json")) if text not in shown] == []


@pytest.mark.parametrize("code", jurisdiction_names())
def test_nothing_is_shown_in_the_tables_own_code(code: str) -> None:
    written = set(own_words(the_table().jurisdiction(code).model_dump(mode="json")))
    raw = re.compile(r"\b[a-z]+_[a-z_]+\b")
    for text in everything(describe(the_table(), code, TODAY)):
        if not any(own in text for own in written):
            assert not raw.search(text), text


def test_the_federal_layer_lies_beneath() -> None:
    federal = find(describe(the_table(), "CO", TODAY), "Federal law beneath")
    [line] = [line for line in federal.lines if line.points]
    for privacy_rule, point in zip(the_table().federal.privacy_rules, line.points, strict=True):
        assert privacy_rule.citation in point and privacy_rule.allows in point


FULL = rule(
    professions=["nurse", "facility"],
    limited_to=["minor_client", "firearm_access"],
    discharge_any_of=[["warn_victim", "notify_law_enforcement"], ["reasonable_care"]],
    may_tell=["victim", "law_enforcement"],
    may_not_tell=["family_or_caregiver"],
    in_force_since="2014",
    in_force_until="2030-01-01",
    confidence="low",
)
BARE = rule(discharge_any_of=[], may_tell=[])
SHORT = rule(
    discharge_any_of=[["warn_victim"], ["warn_victim", "notify_parent_or_guardian"]],
    not_enough=[{"way": ["warn_victim"], "when": "minor_victim"}],
)
SOMETIMES = rule(
    discharge_any_of=[["warn_victim"], ["intensify_treatment"]],
    counts_when=[{"way": ["intensify_treatment"], "when": "client_with_you"}],
)
PERMISSIVE = rule(duty="permissive", discharge_any_of=[], may_tell=[])
NO_DUTY = rule(duty="no_duty", discharge_any_of=[], may_tell=["law_enforcement"])
PRIVILEGE = rule(effect="privilege", may_tell=[])
# A rule, a label, the text beside it (None: no such line), and the points below it.
RULE_LINES: list[tuple[Data, str, str | None, tuple[str, ...]]] = [
    (FULL, "Covers", "nurses; staff of a mental-health facility or agency", ()),
    (FULL, "Duty", "you must act when every part of the trigger is there (statute)", ()),
    (
        FULL,
        "Trigger",
        "",
        (
            "Threat: the client said, wrote or posted it",
            "Harm: physical harm",
            "At risk: one person who is named",
            "How soon: the rule does not ask how soon",
            "Intent and ability: the rule does not ask for it",
        ),
    ),
    (FULL, "Only for", "a client who is a minor; a client who can get at a firearm", ()),
    (BARE, "Only for", None, ()),
    (
        FULL,
        "Discharged by",
        "any one of these:",
        ("warn the person at risk and tell the police", "take reasonable care: what is enough for the danger"),
    ),
    (BARE, "Discharged by", "not confirmed: treat as reasonable care and ask counsel", ()),
    (PERMISSIVE, "Discharged by", None, ()),
    (
        SHORT,
        "Discharged by",
        "any one of these:",
        (
            "warn the person at risk (not enough with a person at risk who is a minor)",
            "warn the person at risk and tell a parent or guardian",
        ),
    ),
    (
        SOMETIMES,
        "Discharged by",
        "any one of these:",
        ("warn the person at risk", "treat more closely (counts only while the client is with you)"),
    ),
    (FULL, "May tell", "the person at risk; the police", ()),
    (BARE, "May tell", "not confirmed, which is not the same as forbidden; ask counsel", ()),
    (NO_DUTY, "May tell", "nobody, by this rule alone; it speaks of the police", ()),
    (PRIVILEGE, "May tell", "nobody, by this rule alone", ()),
    (PRIVILEGE, "Effect", "it only lifts a privilege in court; it lets you tell nobody", ()),
    (FULL, "Effect", None, ()),
    (FULL, "May not tell", "family or a caregiver", ()),
    (BARE, "May not tell", "its text excludes nobody, which is no permission", ()),
    (
        FULL,
        "Immunity",
        "shielded for telling; no shield for not telling was seen. Invented for a test.",
        (),
    ),
    (FULL, "In force", "since 2014, until 2030-01-01 (the first day without it)", ()),
    (BARE, "In force", "since when is not confirmed", ()),
    (FULL, "Checked on", "2026-01-01", ()),
    (FULL, "Confidence", "low", ()),
    (FULL, "Unconfirmed", "low confidence", ()),
    (BARE, "Unconfirmed", "how it is discharged is not confirmed", ()),
    (PERMISSIVE, "Unconfirmed", None, ()),
]


@pytest.mark.parametrize(("made", "label", "text", "points"), RULE_LINES)
def test_a_rule_in_plain_words(
    made: Data, label: str, text: str | None, points: tuple[str, ...], tmp_path: Path
) -> None:
    def change(data: Data) -> None:
        data["sources"].append(READ)
        data["rules"] = [made | {"source": "co-read"}]

    shown = line_of(find(described(tmp_path, change), made["citation"]), label)
    assert (shown and shown.text, shown.points if shown else ()) == (text, points)


READ = {"id": "co-read", "url": "https://example.org", "kind": "statute_text", "text_as_of": "2022", "read": "excerpt"}


def described(folder: Path, change: Any, on: date = TODAY) -> Section:
    """Colorado's page, from a copy of the table in which its file is changed."""
    return describe(table_with(folder, change), "CO", on)


def test_a_source_says_what_it_is_how_much_was_read_and_as_of_when(tmp_path: Path) -> None:
    def change(data: Data) -> None:
        data["sources"].append(READ)
        data["rules"] = [rule(source="co-read")]

    page = described(tmp_path, change)
    shown = line_of(find(page, rule()["citation"]), "Source")
    assert shown and shown.text == "co-read: text of the statute, read in part, as of 2022"
    [sources] = find(page, "Sources").lines
    assert sources.points[-1] == "co-read: text of the statute, read in part, as of 2022: https://example.org"


def test_whoever_a_rule_excludes_stands_at_the_top(tmp_path: Path) -> None:
    first = rule(id="co-one", citation="One", may_not_tell=["victim"])
    second = rule(id="co-two", citation="Two", may_not_tell=["victim"])
    shown = line_of(find(described(tmp_path, only_rules(first, second)), "Duty"), "Do not tell")
    assert shown == Line("", "Do not tell", ("the person at risk. By One; Two",), doubtful=True)


def put_reporting(**who: Any) -> Any:
    """Changes who must report child abuse."""

    def change(data: Data) -> None:
        must: Data = {"everyone": None, "professions": [], "note": "Invented.", "confidence": "high", "source": None}
        data["abuse_reporting"]["child"]["who_must_report"] = must | {"checked_on": "2026-01-01"} | who

    return change


WHO_MUST = [
    ({"everyone": True}, "everyone", False),
    ({"everyone": True, "professions": ["nurse"]}, "everyone; nurses", False),
    ({"everyone": False, "professions": ["nurse", "physician"]}, "nurses; physicians", False),
    ({"everyone": False}, "nobody is required to", False),
    ({"everyone": None}, "not confirmed; ask counsel, and do not take it for a no", True),
    ({"everyone": None, "professions": ["nurse"]}, "nurses; whether others must is not confirmed", True),
    ({"everyone": True, "confidence": "low"}, "everyone", True),
]


@pytest.mark.parametrize(("who", "text", "doubtful"), WHO_MUST)
def test_who_must_report(who: Data, text: str, doubtful: bool, tmp_path: Path) -> None:
    shown = line_of(find(described(tmp_path, put_reporting(**who)), "Report of child abuse"), "Who must")
    assert shown and (shown.text, shown.doubtful) == (text, doubtful)
    assert shown.points[0] == "Invented."


def nothing_known(data: Data) -> None:
    """Empties all that may be empty."""
    data["emergency_hold"] |= {"local_name": None, "citation": None, "initial_hours": None, "who_may_start": []}
    data["erpo"] |= {"available": None, "citation": None, "who_may_petition": []}
    data["harm_to_self"] |= {"may_tell": [], "citation": None}
    for kind in ("child", "vulnerable_adult"):
        data["abuse_reporting"][kind] |= dict.fromkeys(["citation", "report_to", "deadline", "hotline", "source"])


# A section, a label, and what stands there when nothing is known.
NOT_KNOWN = [
    ("Emergency hold", "Called", "not confirmed"),
    ("Emergency hold", "Hours", "not confirmed"),
    ("Emergency hold", "Who may start", "not confirmed"),
    ("Emergency hold", "Citation", "not confirmed"),
    ("Risk-protection order", "", "Whether there is one is not confirmed."),
    ("Risk-protection order", "Citation", "not confirmed"),
    ("Harm to self", "May tell", "not confirmed, which is not the same as forbidden; ask counsel"),
    ("Report of child abuse", "To", "not confirmed"),
    ("Report of child abuse", "By when", "not confirmed"),
    ("Report of abuse of a vulnerable adult", "Line", "not confirmed"),
    ("Report of abuse of a vulnerable adult", "Source", "no source is listed"),
]


@pytest.mark.parametrize(("title", "label", "text"), NOT_KNOWN)
def test_what_nobody_knows_is_said(title: str, label: str, text: str, tmp_path: Path) -> None:
    shown = line_of(find(described(tmp_path, nothing_known), title), label)
    assert shown and (shown.text, shown.doubtful) == (text, True)


@pytest.mark.parametrize(
    ("available", "text"),
    [(True, "A court can order firearms away from somebody at risk."), (False, "There is none here.")],
)
def test_a_risk_protection_order(available: bool, text: str, tmp_path: Path) -> None:
    section = find(described(tmp_path, lambda data: data["erpo"].update(available=available)), "Risk-protection order")
    assert section.lines[0] == Line(text)
    assert (line_of(section, "Who may ask") is not None) == available


ENDED = rule(id="co-ended", citation="The old law", in_force_since="2000", in_force_until="2020-01-01")
BEGUN = rule(id="co-begun", citation="The new law", in_force_since="2020-01-01")
LEFT_OUT = [
    ("2019-12-31", ["The old law"], ("The new law (since 2020-01-01)",)),
    ("2020-01-01", ["The new law"], ("The old law (since 2000, until 2020-01-01 (the first day without it))",)),
]


@pytest.mark.parametrize(("day", "shown", "left_out"), LEFT_OUT)
def test_a_rule_that_is_not_in_force_is_left_out_but_said(
    day: str, shown: list[str], left_out: tuple[str, ...], tmp_path: Path
) -> None:
    rules = find(described(tmp_path, only_rules(ENDED, BEGUN), date.fromisoformat(day)), "Rules")
    assert [part.title for part in rules.parts] == shown
    said = line_of(rules, "Left out")
    assert said and (said.text, said.points) == (f"not in force on {day}:", left_out)


def test_only_rules_have_a_day_and_the_page_says_so(tmp_path: Path) -> None:
    page = described(tmp_path, only_rules(ENDED), date(2019, 1, 1))
    said = line_of(find(page, "Rules"), "As of")
    assert said and said.text.startswith("The rules are those in force on 2019-01-01; all else is as it was checked on")


def test_without_a_rule_in_force_the_page_says_so(tmp_path: Path) -> None:
    rules = find(described(tmp_path, only_rules(ENDED)), "Rules")
    assert "No rule listed here was in force on 2026-12-31." in [line.text for line in rules.lines]


MUST = rule(id="co-must", citation="Must")
MUST_IF_RELEASED = rule(id="co-released", citation="Released", limited_to=["release_or_custody_decision"])
MAY = rule(id="co-may", citation="May", duty="permissive")
MAY_UNCONFIRMED = rule(id="co-doubt", citation="Doubt", duty="permissive", confidence="low")
# The rules of a jurisdiction, and its strongest citations and doubts at a glance.
AT_A_GLANCE: dict[str, tuple[list[Data], str, list[str]]] = {
    "the strongest alone": ([MAY, MUST], "must act: Must", []),
    "several": ([MUST, MUST_IF_RELEASED], "must act: Must; Released (only a decision on release or custody)", []),
    "a permission": ([MAY], "may tell: May", []),
    "a doubt anywhere": ([MUST, MAY_UNCONFIRMED], "must act: Must", ["Doubt"]),
    "a citation twice": ([MUST, MUST | {"id": "co-again"}], "must act: Must", []),
    "one that has ended": ([MAY, ENDED], "may tell: May", []),
    "a doubt about one that has ended": ([MAY, ENDED | {"confidence": "low"}], "may tell: May", []),
    "only a privilege": ([MUST | {"effect": "privilege"}], "", []),
}


@pytest.mark.parametrize("what", AT_A_GLANCE)
def test_at_a_glance(what: str, tmp_path: Path) -> None:
    rules, citations, doubts = AT_A_GLANCE[what]

    def change(data: Data) -> None:
        data["sources"].append(READ)
        data["rules"] = [one | {"source": "co-read"} for one in rules]

    table = table_with(tmp_path, change)
    [colorado] = [one for one in glance(table, TODAY) if one.code == "CO"]
    assert colorado.citations_in_words == citations
    assert [doubt.citation for doubt in colorado.unconfirmed] == doubts


def test_all_at_a_glance() -> None:
    lines = glance(the_table(), TODAY)
    assert [(one.code, one.name) for one in lines] == list(jurisdiction_names().items())
    for one in lines:
        record: Jurisdiction = the_table().jurisdiction(one.code)
        assert one.duty_in_words == word("duty_at_a_glance", record.classification.duty_to_others)
        assert one.verified_on == record.verified_on
        assert set(one.citations) <= {each.citation for each in record.rules} and one.citations


def test_the_page_names_the_version_of_the_table(tmp_path: Path) -> None:
    table: Table = table_with(tmp_path, lambda data: None)
    shown = line_of(find(describe(table, "CO", TODAY), "Checked"), "Law table")
    assert shown and shown.text == table.version
