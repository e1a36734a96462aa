"""`curbside law`: for a person in a terminal or a pipe, as JSON for a program, and the check for whoever mends it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
from rich.console import Console

from bot import failures
from bot.cli import curbside
from bot.commands import law
from bot.terminal.law_page import list_of_all, page
from state_law.describe import describe, glance, word
from state_law.load import jurisdiction_names, the_table
from state_law.model import Jurisdiction

from .making import drop_first_citation, only_rules, rule, table_with

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 12, 31)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def run(*words: str) -> int:
    """`curbside law` with these words; what it printed is with capsys."""
    return failures.run(lambda: curbside.main(["law", *words], prog_name="curbside", standalone_mode=False))


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What `curbside law` prints with these words, in one line however it was wrapped."""
    assert run(*words) == 0
    return " ".join(capsys.readouterr().out.split())


def test_one_jurisdiction(capsys: pytest.CaptureFixture[str]) -> None:
    shown = said(capsys, "CO")
    record = the_table().jurisdiction("CO")
    assert shown.startswith("Colorado (CO) Duty ")
    for text in [one.citation for one in record.rules] + [case.holding for case in record.cases]:
        assert " ".join(text.split()) in shown
    assert the_table().version in shown


def test_small_letters_will_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "co") == said(capsys, "CO")


def test_texas_says_at_the_top_that_the_person_at_risk_may_not_be_told(capsys: pytest.CaptureFixture[str]) -> None:
    shown = said(capsys, "TX")
    top, _, rules = shown.partition(" Rules ")
    assert f"Do not tell - {word('recipient', 'victim')};" in top
    assert f"May not tell {word('recipient', 'victim')};" in rules


def test_all_at_a_glance(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:2] for line in lines[:51]] == list(jurisdiction_names())
    for line, one in zip(lines, glance(the_table(), date.today()), strict=False):
        assert one.name in line and one.duty_in_words in line and one.verified_on in line
        assert one.citations_in_words in line, "in a pipe a line is never broken"
        assert (f"{one.verified_on} ?" in line) == bool(one.unconfirmed)
    assert lines[51] == "" and lines[52].startswith("? ") and lines[53] == f"Law table {the_table().version}"


UNKNOWN = ["XX", "Colorado", "U", "federal"]


@pytest.mark.parametrize("words", [[code, *more] for code in UNKNOWN for more in ([], ["--json"], ["--check"])])
def test_an_unknown_code_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        f"curbside: jurisdiction: {words[0].upper()!r} is not known; "
        "allowed: the two-letter code of a US state, or DC\n"
    )


REFUSED = [
    (["CO", "--on", "2020-02-30"], "--on: '2020-02-30' won't do; allowed: a day that exists, as YYYY-MM-DD."),
    (["CO", "--on", "20200101"], "--on: '20200101' won't do; allowed: a day that exists, as YYYY-MM-DD."),
    (["CO", "--on", "yesterday"], "--on: 'yesterday' won't do; allowed: a day that exists, as YYYY-MM-DD."),
    (["--on", "2020-01-01"], "--on goes with the CODE of one jurisdiction, and not with --check."),
    (["CO", "--check", "--on", "2020-01-01"], "--on goes with the CODE of one jurisdiction, and not with --check."),
]


@pytest.mark.parametrize(("words", "line"), REFUSED)
def test_what_can_not_be_done_is_said_in_one_line(
    words: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 2
    assert capsys.readouterr().err == f"curbside: {line}\n"


@pytest.mark.parametrize("code", jurisdiction_names())
def test_the_json_of_one_is_the_whole_record(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(code, "--json") == 0
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert data.pop("table_version") == the_table().version
    assert data.pop("on") == date.today().isoformat()
    data["rules"] += data.pop("not_in_force")
    data["rules"].sort(key=lambda one: one["id"])
    record = the_table().jurisdiction(code)
    sorted_rules = tuple(sorted(record.rules, key=lambda one: one.id))
    assert Jurisdiction.model_validate(data) == record.model_copy(update={"rules": sorted_rules})


def test_the_json_of_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--json") == 0
    data: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert [one["code"] for one in data] == list(jurisdiction_names())
    for one in data:
        assert list(one) == ["code", "name", "duty", "strongest", "citations", "verified_on", "unconfirmed"]
        assert one["duty"] == the_table().jurisdiction(one["code"]).classification.duty_to_others
        for doubt in one["unconfirmed"]:
            assert list(doubt) == ["rule", "citation", "why"] and all(doubt.values())


ENDED = rule(id="co-ended", citation="The old law", in_force_since="2000", in_force_until="2020-01-01")
LASTING = rule(id="co-lasting", citation="The lasting law", in_force_since="2000")


@pytest.mark.parametrize(("day", "in_force"), [("2019-12-31", True), ("2020-01-01", False)])
def test_the_rules_of_a_day(day: str, in_force: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = table_with(tmp_path, only_rules(ENDED, LASTING))
    assert law.run(table, "CO", date.fromisoformat(day)) == 0
    shown = capsys.readouterr().out
    assert "The lasting law" in shown and "The old law" in shown
    assert (f"not in force on {day}:" in shown) == (not in_force)

    assert law.run(table, "CO", date.fromisoformat(day), as_json=True) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["on"] == day
    assert [one["id"] for one in data["rules"]] == (["co-ended", "co-lasting"] if in_force else ["co-lasting"])
    assert [one["id"] for one in data["not_in_force"]] == ([] if in_force else ["co-ended"])


def test_the_day_comes_from_the_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert "those in force on 1901-01-01;" in said(capsys, "CO", "--on", "1901-01-01")


def test_the_check_of_the_real_table_finds_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "--check").endswith("rules to look at again.")
    assert run("--check", "--json") == 0
    assert json.loads(capsys.readouterr().out)["faults"] == []


FAULT = "CO.yaml: rules.0.citation: None won't do; it is missing and must be there"


def test_the_check_of_a_broken_table_names_the_fault_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = table_with(tmp_path, drop_first_citation)
    assert law.run(table, None, TODAY, check=True) == 1
    assert f"fault    {FAULT}\n" in capsys.readouterr().out
    assert law.run(table, None, TODAY, as_json=True, check=True) == 1
    assert json.loads(capsys.readouterr().out)["faults"] == [FAULT]
    assert law.run(table, "TX", TODAY, check=True) == 0, "the fault is in another file"


def test_a_broken_table_is_refused_before_anything_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = table_with(tmp_path, drop_first_citation)
    for code in ("CO", None):
        assert failures.run(lambda code=code: law.run(table, code, TODAY)) == 2  # type: ignore[misc]
        assert capsys.readouterr() == ("", f"curbside: {FAULT}\n")


def test_a_rule_checked_long_ago_is_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = table_with(tmp_path, only_rules(rule(checked_on="2001-01-01")))
    assert law.run(table, "CO", TODAY, check=True) == 0
    assert "look at  CO  C.R.S. § 0-0-0 (invented): " in capsys.readouterr().out


def terminal(width: int) -> Console:
    """A terminal of that width, with colours."""
    return Console(file=io.StringIO(), width=width, force_terminal=True, color_system="standard")


def too_long(text: str, width: int) -> list[str]:
    """Lines that are too long though they could be broken: all but one word that stands alone."""
    plain = COLOUR.sub("", text).splitlines()
    return [line for line in plain if len(line) > width and len(line.removeprefix("- ").split()) > 1]


@pytest.mark.parametrize("width", [30, 59, 60, 80, 120])
@pytest.mark.parametrize("code", ["CO", "TX", "MN"])
def test_a_page_keeps_to_the_width(code: str, width: int) -> None:
    text = page(describe(the_table(), code, TODAY), terminal(width))
    assert COLOUR.search(text)
    assert [line for line in too_long(text, width) if "http" not in line] == []


@pytest.mark.parametrize("width", [80, 120])
def test_the_list_keeps_to_the_width(width: int) -> None:
    text = list_of_all(glance(the_table(), TODAY), "0", terminal(width))
    assert too_long(text, width) == []
    assert sum(1 for line in COLOUR.sub("", text).splitlines() if not line.startswith(" ")) == 51 + 1 + 1 + 1


@pytest.mark.parametrize("width", [30, 80, 120])
def test_whatever_the_width_nothing_is_lost(width: int) -> None:
    section = describe(the_table(), "TX", TODAY)
    narrow = "".join(COLOUR.sub("", page(section, terminal(width))).split())
    wide = "".join(COLOUR.sub("", page(section, terminal(1000))).split())
    assert narrow == wide


def test_a_section_sign_stays_with_its_number() -> None:
    for width in range(60, 100):
        text = page(describe(the_table(), "CO", TODAY), terminal(width))
        assert not re.search(r"§$", COLOUR.sub("", text), re.MULTILINE)


@pytest.mark.parametrize("words", [["CO"], []])
def test_a_pipe_gets_plain_text(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "law", *words],
        cwd=ROOT,
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={"TERM": "xterm-256color", "PYTHONUTF8": "1"},
    )
    assert done.stderr == ""
    assert not re.search("[\x1b\u2500-\u257f\u2026]", done.stdout), "neither colour, nor boxes, nor anything cut off"
    assert not re.search(" $", done.stdout, re.MULTILINE), "no blanks at the end of a line"


def test_a_reader_who_stops_early_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "law", "CO"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_the_help_of_the_command_loads_little() -> None:
    program = (
        "import sys\nsys.argv = ['curbside', 'law', '--help']\nfrom bot.cli import main\n"
        "try: main()\nfinally: print(list(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    for heavy in ("rich", "pydantic", "yaml", "state_law.load", "flows"):
        assert f"'{heavy}'" not in done.stderr


def test_the_command_has_no_words_that_it_does_not_understand() -> None:
    with pytest.raises(click.UsageError):
        curbside.main(["law", "CO", "TX"], standalone_mode=False)
