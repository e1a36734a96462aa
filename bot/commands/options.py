"""`curbside options`: the catalogue of options, from least to most intrusive."""

from __future__ import annotations

import json

import click

EXAMPLES = """\b
Examples:
  curbside options         the catalogue
  curbside options | less  a page at a time
  curbside options --json  the same as data
"""


@click.command(epilog=EXAMPLES)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", is_flag=True, help="Print Markdown, as it stands in docs/findings.md.")
def command(as_json: bool, markdown: bool) -> None:
    """The steps that a plan can have, from least to most intrusive.

    Each with its reach into confidentiality and liberty, whom it tells, what it satisfies, when it fits, what it does
    for the client, and what it is not for.
    """
    from bot.failures import Refused
    from flows import pages_of_tables, tables, tables_markdown

    if as_json and markdown:
        raise Refused("--json and --markdown do not go together.")
    if as_json:
        click.echo(json.dumps(tables.as_data(tables.options()), indent=2, ensure_ascii=False))
    elif markdown:
        click.echo(tables_markdown.options(), nl=False)
    else:
        from bot.terminal.text import show

        show(pages_of_tables.options_page())
