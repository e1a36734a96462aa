"""`curbside law`: the jurisdiction table, for a person or as JSON, and the check of the whole of it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import click

from bot.failures import Refused
from state_law.check import check_table
from state_law.load import the_table

EXAMPLES = """\b
Examples:
  curbside law              all 51 jurisdictions at a glance
  curbside law CO           Colorado: duty, trigger, discharge, who may be told, sources
  curbside law CO --json    the same record as data
  curbside law --check      is every file as it must be, and what should be looked at again
"""


@click.command(epilog=EXAMPLES)
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--check", is_flag=True, help="Look the table over; exit 1 if a file has a fault.")
def command(code: str | None, as_json: bool, check: bool) -> int:
    """The law of one jurisdiction, or all 51 at a glance.

    CODE is the two letters of a state, or DC.
    """
    code = code.upper() if code else None
    if check:
        return _check(code, as_json)
    if not as_json:
        raise Refused("only --check and --json are there so far.")
    records = [the_table().jurisdiction(code)] if code else list(the_table())
    data: Any = [record.model_dump(mode="json") for record in records]
    click.echo(json.dumps(data[0] if code else data, indent=2, ensure_ascii=False))
    return 0


def _check(code: str | None, as_json: bool) -> int:
    faults, looked = check_table(the_table(), date.today(), [code] if code else None)
    if as_json:
        data = {
            "table_version": the_table().version,
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
        click.echo(f"Law table {the_table().version}: {len(faults)} faults, {len(looked)} rules to look at again.")
    return 1 if faults else 0
