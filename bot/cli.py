"""The command `curbside`.

Each command stands in a module of its own in `bot/commands/`, which is imported only when that command is
asked for: `curbside --help` must answer at once.
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass

import click

from bot.failures import NOBODY_READS, run


@dataclass(frozen=True, slots=True)
class Listed:
    """A command as the list of commands shows it. Its click command is `command` in `module`."""

    module: str
    help: str


SECTIONS: dict[str, dict[str, Listed]] = {
    "A consult": {
        "try": Listed("bot.commands.try_consult", "A consult in the terminal, or go on with one."),
        "consult": Listed("bot.commands.consult", "Consults from a file, or from standard input."),
        "report": Listed("bot.commands.report", "What became of a step, and what is still outstanding."),
        "care": Listed("bot.commands.care", "The care of the client after somebody was told."),
        "close": Listed("bot.commands.close", "Close a consult after its decision."),
    },
    "The log": {
        "log": Listed("bot.commands.log", "The consults, the last begun first."),
        "show": Listed("bot.commands.show", "One consult: its page, its note, or what happened."),
        "search": Listed("bot.commands.search", "The consults that hold some words."),
    },
    "In Slack": {
        "run": Listed("bot.commands.run", "Run in Slack over Socket Mode."),
        "serve": Listed("bot.commands.serve", "Run in Slack over HTTP."),
        "manifest": Listed("bot.commands.manifest", "What makes the app in Slack, in one paste."),
        "doctor": Listed("bot.commands.doctor", "Whether all that it needs is there, and what to do."),
        "preview": Listed("bot.commands.preview", "Every screen in Slack as one page to read."),
    },
    "Records": {
        "verify": Listed("bot.commands.verify", "Whether anything in the log was altered."),
        "audit": Listed("bot.commands.audit", "Who did and read what with a consult."),
        "addendum": Listed("bot.commands.addendum", "Add a dated correction or remark to a consult."),
        "hold": Listed("bot.commands.hold", "Place a consult under a legal hold, so that it is not purged."),
        "release": Listed("bot.commands.release", "Release a consult from its legal hold."),
        "purge": Listed("bot.commands.purge", "Remove the content of consults kept long enough."),
        "expire": Listed("bot.commands.expire", "End unfinished consults that nobody goes on with."),
        "export": Listed("bot.commands.export", "Consults for a records request, in all forms."),
        "browse": Listed("bot.commands.browse", "The facts of all consults in a browser, to read."),
        "backup": Listed("bot.commands.backup", "A consistent, verified copy of the log."),
        "restore": Listed("bot.commands.restore", "Put a backup back in the log's place."),
        "rekey": Listed("bot.commands.rekey", "Encrypt the log, or change its key."),
    },
    "What it knows": {
        "law": Listed("bot.commands.law", "The law of a jurisdiction, or all 51 at a glance."),
        "map": Listed("bot.commands.map", "The law of all 51 as a map of the United States."),
        "findings": Listed("bot.commands.findings", "How answers become findings and a level."),
        "elements": Listed("bot.commands.elements", "How answers meet what a rule of the law asks for."),
        "options": Listed("bot.commands.options", "The steps there are, from least to most intrusive."),
        "diagram": Listed("bot.commands.diagram", "The flow of a consult, as a diagram and in tables."),
    },
}

_ALL = {name: listed for section in SECTIONS.values() for name, listed in section.items()}

HELP = """Curbside walks a clinician through a duty-to-protect consult, and writes it down.

A client may hurt somebody. In a minute or two: the questions that matter, the law of the place with its
source, the least intrusive steps that would still be enough, and a record. The judgement stays yours; this is
not legal advice.
"""

EPILOG = """\b
In an emergency do not wait for a screen: call 911. For suicide and crisis: call or text 988.

\b
The log's place comes from CURBSIDE_DATABASE, in the environment or in a file .env.
'curbside COMMAND --help' explains a command, with examples.
"""


class Commands(click.Group):
    """A group that knows its commands by name and one line of help, and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name, in the order of the help."""
        return list(_ALL)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command, imported now; None when there is none of that name."""
        if name not in _ALL:
            return None
        command: click.Command = importlib.import_module(_ALL[name].module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by section, without importing any."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, listed.help) for name, listed in commands.items()])

    def invoke(self, ctx: click.Context) -> object:
        """As click does; but where nobody reads the output any more, click itself would end with a fault's status 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise click.exceptions.Exit(NOBODY_READS) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, and an unknown command is answered with the nearest one."""
        if args and args[0] not in _ALL and not args[0].startswith("-"):
            raise click.UsageError(f"There is no command {args[0]!r}.{_nearest(args[0])}", ctx)
        return super().resolve_command(ctx, args)


def _nearest(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, _ALL, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import version

    from flows.version import flow_version
    from state_law.load import the_table

    click.echo(f"curbside {version('curbside')}, law table {the_table().version}, flow {flow_version()}")
    ctx.exit()


@click.command(
    cls=Commands,
    help=HELP,
    epilog=EPILOG,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the versions of Curbside, of the law table and of the flow, and exit.",
)
@click.pass_context
def curbside(ctx: click.Context) -> None:
    """The group; without a command it shows its help."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> None:
    """The entry point: runs the command that the arguments name and exits with its status."""
    sys.exit(run(lambda: curbside(prog_name="curbside", standalone_mode=False)))


if __name__ == "__main__":
    main()
