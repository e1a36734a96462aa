"""The command as it presents itself: help at every level, quick, and without loading what it needs not."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bot.cli import SECTIONS, curbside

ROOT = Path(__file__).parents[2]
COMMANDS = [name for section in SECTIONS.values() for name in section]


def help_of(*words: str) -> str:
    """What the command prints for `--help`."""
    done = CliRunner().invoke(curbside, [*words, "--help"], prog_name="curbside", standalone_mode=False)
    assert done.exit_code == 0, done.exception
    return done.output


def test_the_first_page_names_every_command_and_where_to_call_in_an_emergency() -> None:
    page = help_of()
    for name in COMMANDS:
        assert f"  {name} " in page
    assert "911" in page and "988" in page


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_examples(name: str) -> None:
    page = help_of(name)
    assert f"Usage: curbside {name}" in page
    assert f"  curbside {name}" in page.partition("Examples:")[2]
    context = click.Context(curbside, info_name="curbside")
    command = curbside.get_command(context, name)
    assert command is not None
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{parameter.opts} says nothing"


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_fits_a_narrow_terminal(name: str) -> None:
    for line in help_of(*name.split()).splitlines():
        assert len(line) <= 100, line


def test_without_a_command_the_help_is_shown() -> None:
    done = CliRunner().invoke(curbside, [], prog_name="curbside")
    assert done.exit_code == 0 and done.output == help_of()


def test_help_is_quick_because_it_loads_little() -> None:
    program = (
        "import sys\nsys.argv = ['curbside', '--help']\nfrom bot.cli import main\n"
        "try: main()\nfinally: print([name for name in sys.modules if '.' not in name], file=sys.stderr)"
    )
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - began
    for heavy in ("pydantic", "yaml", "rich", "prompt_toolkit", "sqlite_utils", "transitions", "flows"):
        assert f"'{heavy}'" not in done.stderr
    assert seconds < 2  # 0.5 on an idle machine, which `make bench` shows; a busy one may be slower
