"""`curbside try`: a consult in the terminal."""

from __future__ import annotations

import click

from bot.failures import INTERRUPTED, Refused

EXAMPLES = """\b
Examples:
  curbside try                     a new consult
  curbside try --resume            go on with the last one that is open
  curbside try --resume C-7F3K2    go on with this one

\b
Arrow keys or numbers choose. At every question: d danger now, b back, c change an answer,
p pause, x cancel, ? help. Ctrl-C keeps the consult. In a pipe or on a plain terminal it asks
line by line.
"""


@click.command(epilog=EXAMPLES)
@click.argument("reference", required=False)
@click.option("--resume", is_flag=True, help="Go on with a consult: the one named, or the last one that is open.")
def command(reference: str | None, resume: bool) -> int:
    """A consult in the terminal: a few questions, then what to do, whom you may tell, and a record.

    Everything you answer is kept at once. REFERENCE is a consult's code, to go on with it.
    """
    from bot.configuration import read_configuration
    from bot.desk import Desk, Kept
    from bot.storage import open_log
    from bot.terminal.asking import asking_for
    from bot.terminal.walk import Walk

    configuration = read_configuration()
    with open_log(configuration.database) as log:
        desk = Desk(log, configuration.clinician)
        kept: Kept | None
        if reference is not None:
            kept = desk.open(reference)
            if kept.consult.finished:
                raise Refused(f"{kept.reference} is {kept.consult.state}. `curbside show {kept.reference}` shows it.")
            if kept.consult.clinician != configuration.clinician:
                raise Refused(
                    f"{kept.reference} is another clinician's consult. `curbside show {kept.reference}` shows it."
                )
        elif resume:
            kept = desk.last_open()
            if kept is None:
                raise Refused("no consult is open. `curbside try` begins one.")
        else:
            kept = desk.start()
        asking = asking_for()
        if reference is None and not resume:
            asking.say(
                "Curbside supports your judgement; it is not legal advice. In an emergency call 911 first.", "dim"
            )
            asking.say("Name nobody here. The reference goes into the chart: " + kept.reference, "dim")
        try:
            Walk(desk, kept, asking, again=reference is not None or resume).run()
        except EOFError:
            return 0
        except KeyboardInterrupt:
            return INTERRUPTED
    return 0
