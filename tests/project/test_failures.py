"""Whatever a command raises, a person sees one line and the shell a status; never a traceback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from bot.configuration import ConfigurationError
from bot.failures import Refused, run
from bot.storage import NoSuchConsult
from state_law.load import TableError, UnknownJurisdiction

ROOT = Path(__file__).parents[2]


def raising(error: BaseException) -> Callable[[], object]:
    """A command that does nothing but raise."""

    def command() -> object:
        raise error

    return command


KNOWN = [
    (Refused("the file\nis empty"), 2, "curbside: the file is empty"),
    (click.UsageError("no such thing"), 2, "curbside: no such thing"),
    (ConfigurationError("the settings"), 2, "curbside: the settings"),
    (
        NoSuchConsult("C-99999"),
        2,
        "curbside: There is no consult C-99999. `curbside log` lists the consults.",
    ),
    (
        TableError("CO.yaml", "code", "XX", "allowed: CO"),
        2,
        "curbside: CO.yaml: code: 'XX' won't do; allowed: CO",
    ),
    (UnknownJurisdiction("XX"), 2, "curbside: jurisdiction: 'XX' is not known; allowed: the two-letter code"),
    (KeyboardInterrupt(), 130, "curbside: Stopped."),
    (click.exceptions.Exit(1), 1, ""),
]


@pytest.mark.parametrize(("error", "status", "line"), KNOWN, ids=lambda value: type(value).__name__)
def test_a_known_error_is_one_line(
    error: BaseException, status: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(raising(error)) == status
    said = capsys.readouterr().err
    assert said.startswith(line) and said.count("\n") == (1 if line else 0)


def test_an_unexpected_error_shows_neither_traceback_nor_what_it_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CURBSIDE_DEBUG", raising=False)
    assert run(raising(ZeroDivisionError("said by a client"))) == 70
    said = capsys.readouterr().err
    assert "ZeroDivisionError in test_failures.py, line " in said
    assert "said by a client" not in said and "Traceback" not in said and said.count("\n") == 1


def test_the_traceback_is_there_for_those_who_ask(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CURBSIDE_DEBUG", "1")
    assert run(raising(ZeroDivisionError("details"))) == 70
    assert "Traceback" in capsys.readouterr().err


def test_output_that_nobody_reads_any_more_ends_quietly() -> None:
    program = """
from bot.failures import run
raise SystemExit(run(lambda: [print("x" * 1000) for _ in range(9999)]))
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141
