"""`curbside findings`: the tables by which danger is found credible, specific and imminent, and how serious it is."""

from __future__ import annotations

import json

import click

EXAMPLES = """\b
Examples:
  curbside findings         the tables, in words
  curbside findings | less  a page at a time
  curbside findings --json  the same as data
"""


@click.command(epilog=EXAMPLES)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", is_flag=True, help="Print Markdown, as it stands in docs/findings.md.")
def command(as_json: bool, markdown: bool) -> None:
    """How answers become findings and a level.

    The decision tables, row by row: the value, the condition under which it holds, and the reason.
    """
    from bot.failures import Refused
    from flows import pages_of_tables, tables, tables_markdown

    if as_json and markdown:
        raise Refused("--json and --markdown do not go together.")
    if as_json:
        click.echo(json.dumps(tables.as_data(tables.findings()), indent=2, ensure_ascii=False))
    elif markdown:
        click.echo(tables_markdown.findings(), nl=False)
    else:
        from bot.terminal.text import show

        show(pages_of_tables.findings_page())
