"""`curbside diagram`: the flow of a consult as the page docs/consult-flow.md."""

from __future__ import annotations

import click

EXAMPLES = """\b
Examples:
  curbside diagram                           the page, in Markdown
  curbside diagram --mermaid                 the diagram alone
  curbside diagram > docs/consult-flow.md    what `make diagram` does
"""


@click.command(epilog=EXAMPLES)
@click.option("--mermaid", "only_mermaid", is_flag=True, help="Print only the Mermaid diagram.")
def command(only_mermaid: bool) -> None:
    """The flow of a consult: a Mermaid diagram, the screens, and how long each path is.

    Made from the machine that walks a consult, so that the picture can't differ from it.
    """
    from flows import diagram

    click.echo(diagram.mermaid() if only_mermaid else diagram.page(), nl=False)
