"""`curbside law`: the jurisdiction table, for a person or as JSON, and the check of the whole of it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from bot.counted import counted
from bot.failures import Refused

if TYPE_CHECKING:
    from state_law.load import Table

EXAMPLES = """\b
Examples:
  curbside law                     all 51 jurisdictions at a glance
  curbside law CO                  Colorado: duty, trigger, discharge, who may be told, sources
  curbside law CO --on 2020-01-01  with the rules that were in force on that day
  curbside law CO --json           the same record as data
  curbside law --check             is every file as it must be, and what to look at again
"""


@click.command(epilog=EXAMPLES)
@click.argument("code", required=False)
@click.option("--on", "day", metavar="YYYY-MM-DD", help="The rules in force on this day, instead of today.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--check", is_flag=True, help="Look the table over; exit 1 if a file has a fault.")
def command(code: str | None, day: str | None, as_json: bool, check: bool) -> int:
    """The law of one jurisdiction, or all 51 at a glance.

    CODE is the two letters of a state, or DC.
    """
    from state_law.load import the_table

    if day is not None and (check or code is None):
        raise Refused("--on goes with the CODE of one jurisdiction, and not with --check.")
    on = _day(day) if day is not None else date.today()
    return run(the_table(), code.upper() if code else None, on, as_json, check)


def run(table: Table, code: str | None, on: date, as_json: bool = False, check: bool = False) -> int:
    """Print what was asked for of this table, and return the exit status. TableError and UnknownJurisdiction go out."""
    if check:
        return _check(table, code, as_json)
    if as_json:
        click.echo(json.dumps(_record(table, code, on) if code else _all(table, on), indent=2, ensure_ascii=False))
        return 0
    from rich.console import Console

    from bot.terminal.law_page import list_of_all, page
    from state_law.describe import describe, glance

    console = Console()
    text = page(describe(table, code, on), console) if code else list_of_all(glance(table, on), table.version, console)
    click.echo(text, nl=False, color=console.is_terminal)
    return 0


def _day(written: str) -> date:
    from state_law.model import a_day

    try:
        return a_day(written)
    except ValueError:
        raise Refused(f"--on: {written!r} won't do; allowed: a day that exists, as YYYY-MM-DD.") from None


def _record(table: Table, code: str, on: date) -> dict[str, Any]:
    """The whole record; the rules that are not in force on that day stand apart, so that nobody takes them for law."""
    record = table.jurisdiction(code)
    data: dict[str, Any] = record.model_dump(mode="json")
    in_force = {rule.id for rule in record.rules if rule.in_force(on)}
    rules = data["rules"]
    return data | {
        "rules": [rule for rule in rules if rule["id"] in in_force],
        "not_in_force": [rule for rule in rules if rule["id"] not in in_force],
        "on": on.isoformat(),
        "table_version": table.version,
    }


def _all(table: Table, on: date) -> list[dict[str, Any]]:
    from state_law.describe import glance

    return [
        {
            "code": one.code,
            "name": one.name,
            "duty": one.duty,
            "strongest": one.strongest,
            "citations": list(one.citations),
            "verified_on": one.verified_on,
            "unconfirmed": [
                {"rule": doubt.rule, "citation": doubt.citation, "why": doubt.why} for doubt in one.unconfirmed
            ],
        }
        for one in glance(table, on)
    ]


def _check(table: Table, code: str | None, as_json: bool) -> int:
    from state_law.check import check_table

    faults, looked = check_table(table, date.today(), [code] if code else None)
    if as_json:
        data = {
            "table_version": table.version,
            "faults": [str(fault) for fault in faults],
            "look_at": [
                {"jurisdiction": one.jurisdiction, "rule": one.rule, "citation": one.citation, "why": one.why}
                for one in looked
            ],
        }
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        for fault in faults:
            click.echo(f"fault    {fault}")
        for one in looked:
            click.echo(f"look at  {one.jurisdiction}  {one.citation}: {one.why}")
        click.echo(
            f"Law table {table.version}: {counted(len(faults), 'fault')}, {counted(len(looked), 'rule')} to look at again."
        )
    return 1 if faults else 0
