"""`curbside findings`, `elements`, `options`, `diagram`: what it knows, for a person, as data, and in the documents."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from bot.terminal.text import page
from flows import pages_of_tables
from flows.condition_words import say_condition
from flows.findings import finding_questions, finding_tables
from flows.options import catalogue, catalogue_data
from state_law.describe import Line, Section
from state_law.elements import element_tables

from .conftest import Practice

ROOT = Path(__file__).parents[2]
TABLES = ("findings", "elements", "options")
PAGES = {
    "findings": pages_of_tables.findings_page,
    "elements": pages_of_tables.elements_page,
    "options": pages_of_tables.options_page,
}


def test_every_row_of_the_findings_is_said(practice: Practice) -> None:
    words = practice.run("findings").words
    for name, table in finding_tables().items():
        part = words.partition(finding_questions()[name])[2]
        for row in table.rows:
            assert f"{row.value} {say_condition(row.when.written)} - {row.because}" in part
        assert f"{table.otherwise} otherwise - {table.otherwise_because}" in part


def test_every_row_of_the_elements_is_said(practice: Practice) -> None:
    words = practice.run("elements").words
    for forms in element_tables().values():
        for table in forms.values():
            for row in table.rows:
                assert f"{row.value} {say_condition(row.when.written)} - {row.because}" in words


def test_every_option_is_said_from_the_least_to_the_most_intrusive(practice: Practice) -> None:
    words = practice.run("options").words
    for option in catalogue().values():
        data = option.data
        part = words.partition(f"{data.label} ({data.id})")[2].partition(" Source ")[0]
        for said in (
            data.do,
            data.for_client,
            data.not_for or "",
            f"confidentiality {data.confidentiality}, liberty {data.liberty}",
        ):
            assert " ".join(said.split()) in part, data.id
        for row in data.fits:
            assert f"{say_condition(row['when'])} ({row['because']})" in part
    order = sorted(catalogue(), key=lambda one: words.index(f"({one})"))
    assert order[-2:] == ["emergency_evaluation", "call_911"], "what takes most liberty comes last"
    assert order.index("voluntary_admission") < order.index("mobile_crisis") < order.index("warn_victim")
    for row in (*catalogue_data()["always"], *catalogue_data()["enough"]):
        assert re.search(re.escape(say_condition(row["when"])), words, re.IGNORECASE) or row["when"] == "always"


def test_an_option_says_whom_it_tells_and_by_what_path(practice: Practice) -> None:
    words = practice.run("options").words
    part = words.partition("(emergency_evaluation)")[2]
    assert "Tells a hospital or crisis service; the police, where they and not the clinician start the hold" in part
    assert "Satisfies start an involuntary admission" in part
    assert "only where an emergency hold is confirmed for the place" in part
    assert "counts only where the client agrees to going into hospital" in words.partition("(voluntary_admission)")[2]
    assert "Tells nobody" in words.partition("(safety_plan)")[2].partition("Source")[0]


def test_as_data(practice: Practice) -> None:
    findings = practice.run("findings", "--json").data
    assert [one["id"] for one in findings] == list(finding_tables())
    assert findings[0]["rows"][1] == {
        "value": "yes", "when": {"preparation": "yes"}, "says": "preparation", "because": "there is preparation"
    }  # fmt: skip
    assert [one["id"] for one in practice.run("elements", "--json").data] == list(element_tables())
    assert {one["id"] for one in practice.run("options", "--json").data} == set(catalogue())


@pytest.mark.parametrize("name", TABLES)
def test_one_form_at_a_time(name: str, practice: Practice) -> None:
    assert "do not go together" in practice.refused(name, "--json", "--markdown")


@pytest.mark.parametrize("width", [30, 60, 80])
@pytest.mark.parametrize("name", TABLES)
def test_a_page_keeps_to_the_width_and_loses_nothing(name: str, width: int) -> None:
    section = PAGES[name]()
    narrow, wide = (page(section, Console(file=io.StringIO(), width=one, color_system=None)) for one in (width, 120))
    too_long = [line for line in narrow.splitlines() if len(line) > width and len(line.removeprefix("- ").split()) > 1]
    assert too_long == []
    assert "".join(narrow.split()) == "".join(wide.split())


def test_a_long_label_stands_above_its_text() -> None:
    section = Section("Title", (Line("text", "A label of many words"), Line("text", "Short")))
    lines = page(section, Console(file=io.StringIO(), width=80, color_system=None)).splitlines()
    assert lines[1:] == ["  A label of many words", "    text", "  Short           text"]


def test_the_diagram_alone(practice: Practice) -> None:
    alone = practice.run("diagram", "--mermaid").out
    assert alone.startswith("stateDiagram-v2\n")
    assert f"```mermaid\n{alone}```" in practice.run("diagram").out


def test_the_flow_in_the_documents_is_not_stale(practice: Practice) -> None:
    written = (ROOT / "docs" / "consult-flow.md").read_text(encoding="utf-8")
    assert written == practice.run("diagram").out, "run `make docs`"


def test_the_tables_in_the_documents_are_not_stale(practice: Practice) -> None:
    written = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    assert written == "".join(practice.run(name, "--markdown").out for name in TABLES), "run `make docs`"


@pytest.mark.parametrize("name", [*TABLES, "diagram", "log", "show", "search", "report", "close"])
def test_the_help_of_a_command_loads_little(name: str) -> None:
    program = (
        f"import sys\nsys.argv = ['curbside', '{name}', '--help']\nfrom bot.cli import main\n"
        "try: main()\nfinally: print(list(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    for heavy in ("rich", "pydantic", "yaml", "sqlite_utils", "transitions", "flows", "state_law", "bot.storage"):
        assert f"'{heavy}'" not in done.stderr


@pytest.mark.parametrize("name", TABLES)
def test_a_pipe_gets_plain_text(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", name],
        cwd=ROOT,
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={"TERM": "xterm-256color", "PYTHONUTF8": "1"},
    )
    assert done.stderr == ""
    assert not re.search("[\x1b\u2500-\u257f\u2026]", done.stdout), "neither colour, nor boxes, nor anything cut off"
    assert not re.search(" $", done.stdout, re.MULTILINE), "no blanks at the end of a line"
