"""`curbside elements`: how an answer meets an element of a rule of the law."""

from __future__ import annotations

import json

import click

EXAMPLES = """\b
Examples:
  curbside elements         the tables, in words
  curbside elements | less  a page at a time
  curbside elements --json  the same as data
"""


@click.command(epilog=EXAMPLES)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", is_flag=True, help="Print Markdown, as it stands in docs/findings.md.")
def command(as_json: bool, markdown: bool) -> None:
    """How answers meet what a rule of the law asks for.

    By element (threat, person at risk, harm, how soon ...) and by the form in which a rule asks for it.
    """
    from bot.failures import Refused
    from flows import pages_of_tables, tables, tables_markdown

    if as_json and markdown:
        raise Refused("--json and --markdown do not go together.")
    if as_json:
        click.echo(json.dumps(tables.as_data(tables.elements()), indent=2, ensure_ascii=False))
    elif markdown:
        click.echo(tables_markdown.elements(), nl=False)
    else:
        from bot.terminal.text import show

        show(pages_of_tables.elements_page())
