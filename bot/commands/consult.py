"""`curbside consult`: whole consults from files, as JSON, YAML or JSON Lines."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.failures import REFUSED, Refused

if TYPE_CHECKING:
    from bot.desk import Desk
    from flows.answers import Answers

    OpenDesk = Callable[[], Desk]

EXAMPLES = """\b
Examples:
  curbside consult --answers examples/colorado-threat-with-firearm.yaml
  curbside consult --answers examples/colorado-threat-with-firearm.yaml --json --dry-run
  curbside consult --answers many.jsonl > results.jsonl
  cat many.jsonl | curbside consult --answers - --dry-run

\b
A .jsonl file, or - for standard input, holds one consult a line, in JSON; each gives one result a
line. A line that won't do gives {"error": ...}; the others go on, and the exit status is 2.
`docs/answers.md` lists every key and value.
"""
IN_FLIGHT = 256


@click.command(epilog=EXAMPLES)
@click.option("--answers", "source", required=True, metavar="FILE", help="The answers: .json, .yaml, .jsonl, or - .")
@click.option("--json", "as_json", is_flag=True, help="Print the whole result as JSON.")
@click.option("--dry-run", is_flag=True, help="Only print the result; write nothing to the log.")
@click.option("--on", "day", metavar="YYYY-MM-DD", help="Under the rules in force on this day, instead of today.")
@click.option(
    "--identifies-nobody", is_flag=True, help="Keep free text that looks as if it identifies somebody: it does not."
)
def command(source: str, as_json: bool, dry_run: bool, day: str | None, identifies_nobody: bool) -> int:
    """Consults from a file: answers in, result out, and logged.

    Needed: concern, jurisdiction and profession. Whatever else is missing is not known, and never taken for no.
    """
    on = _day(day)
    lines = source == "-" or source.lower().endswith((".jsonl", ".ndjson"))
    with ExitStack() as stack:
        open_desk = None if dry_run else lambda: _desk(stack)
        if lines:
            from bot.answer_files import open_lines

            return _run_many(open_lines(source, stack), on, open_desk, identifies_nobody)
        from bot.answer_files import read_answers

        answers, left_out = _screened(read_answers(Path(source)), identifies_nobody)
        result = _one(answers, on, open_desk, left_out)
    if as_json:
        click.echo(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        _print(result, dry_run)
    return 0


def _day(written: str | None) -> date:
    from state_law.model import a_day

    if written is None:
        return date.today()
    try:
        return a_day(written)
    except ValueError:
        raise Refused(f"--on: {written!r} won't do; allowed: a day that exists, as YYYY-MM-DD.") from None


def _desk(stack: ExitStack) -> Desk:
    from bot.configuration import read_configuration
    from bot.desk import Desk
    from bot.storage import open_log

    configuration = read_configuration()
    return Desk(stack.enter_context(open_log(configuration.database)), configuration.clinician)


def _screened(answers: Answers, identifies_nobody: bool) -> tuple[Answers, str | None]:
    """The answers without free text that looks as if it identifies somebody, and a warning that says so.

    A reason, a result or a message in a decision is part of the record and can't be left out: AnswerError.
    """
    from bot.answer_files import screened

    return (answers, None) if identifies_nobody else screened(answers)


def _one(answers: Answers, on: date, open_desk: OpenDesk | None, left_out: str | None) -> dict[str, Any]:
    from flows.consult import current_result, now
    from flows.evaluation import evaluate

    result = evaluate(answers, on=on, at=now())  # what won't do is refused before a log is opened, or made
    if open_desk is not None:
        before_decision = result if answers.decision is None else None
        consult, written = open_desk().submit_whole(answers, on=on, evaluated=before_decision)
        written.result()
        result = current_result(consult)
    return _with_warning(result, left_out)


def _with_warning(result: dict[str, Any], left_out: str | None) -> dict[str, Any]:
    return {**result, "warnings": [*result["warnings"], left_out]} if left_out else result


def _run_many(lines: Iterator[bytes], on: date, open_desk: OpenDesk | None, identifies_nobody: bool) -> int:
    """One result a line, in the order of the lines; those to be logged are committed together, and printed once they are."""
    from bot.many import work_out
    from bot.storage import LogError
    from flows.consult import current_result
    from flows.errors import AnswerError

    failed = False
    desk: Desk | None = None
    waiting: deque[tuple[dict[str, Any], Future[int] | None]] = deque()

    def put_out(keep: int) -> None:
        nonlocal failed
        while waiting and (len(waiting) > keep or waiting[0][1] is None or waiting[0][1].done()):
            result, written = waiting.popleft()
            if written is not None:
                written.result()  # a LogError ends the run: nothing more could be written either
            failed = failed or "error" in result
            sys.stdout.write(json.dumps(result, ensure_ascii=False, separators=(",", ":")) + "\n")

    for worked in work_out(lines, on, identifies_nobody):
        try:
            if worked.answers is None or open_desk is None:
                waiting.append((_with_warning(worked.result, worked.left_out), None))
            else:  # what won't do was refused before a log is opened, or made
                desk = desk or open_desk()
                consult, written = desk.submit_whole(worked.answers, on=on, evaluated=worked.before_decision)
                waiting.append((_with_warning(current_result(consult), worked.left_out), written))
        except LogError:
            put_out(0)
            raise
        except AnswerError as error:
            waiting.append(({"error": {"line": worked.number, **error.as_dict()}}, None))
        put_out(IN_FLIGHT)
    put_out(0)
    sys.stdout.flush()
    return REFUSED if failed else 0


def _print(result: Mapping[str, Any], dry_run: bool) -> None:
    from rich.console import Console

    from bot.terminal.text import page
    from flows.pages import decision_page, result_page

    console = Console()
    pages = [result_page(result)]
    if result["decision"]:
        pages.append(decision_page(result["decision"]))
    for one in pages:
        click.echo(page(one, console), color=console.is_terminal)
    if dry_run:
        click.echo("Not logged: this was a dry run.")
    else:
        click.echo(
            f"Logged as {result['consult']}. Write this reference in the chart. curbside show {result['consult']}"
        )
