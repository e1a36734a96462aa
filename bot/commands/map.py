"""`curbside map`: the law of all jurisdictions as a map, docs/law-map.svg."""

from __future__ import annotations

import click

EXAMPLES = """\b
Examples:
  curbside map > law-map.svg         the map, to open in a browser or to print
  curbside map > docs/law-map.svg    what `make map` does
"""


@click.command(epilog=EXAMPLES)
def command() -> None:
    """A map of the United States as SVG, coloured by what each jurisdiction's law comes to.

    Made from the law table, as the list of 'curbside law' is.
    """
    from datetime import date

    from state_law.describe import glance
    from state_law.load import the_table
    from state_law.us_map import us_map

    click.echo(us_map(glance(the_table(), date.today())), nl=False)
