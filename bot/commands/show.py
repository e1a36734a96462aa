"""`curbside show`: one consult, for a person, as its note, as a timeline, or as data."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from bot.failures import Refused

if TYPE_CHECKING:
    from bot.storage import StoredEvent
    from flows.consult import Consult

EXAMPLES = """\b
Examples:
  curbside show C-7F3K2                    the consult, as far as it has come
  curbside show C-7F3K2 --events           what happened, in order
  curbside show C-7F3K2 --note > note.md   the note, in Markdown
  curbside show C-7F3K2 --json             result and events as data
"""


@click.command(epilog=EXAMPLES)
@click.argument("reference")
@click.option("--note", is_flag=True, help="Print only the note, in Markdown.")
@click.option("--events", is_flag=True, help="Print what happened, in order: when, who, what.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(reference: str, note: bool, events: bool, as_json: bool) -> None:
    """One consult of the log, finished or not.

    REFERENCE is its code, such as C-7F3K2; small letters will do.
    """
    if note + events + as_json > 1:
        raise Refused("--note, --events and --json do not go together.")
    from bot.configuration import read_configuration
    from bot.desk import kept
    from bot.records.recording import unpurged
    from bot.storage import open_log
    from flows.consult import now

    configuration = read_configuration()
    with open_log(configuration.database, create=False) as log:
        row = log.consult(reference)
        consult = kept(row).consult
        if note:
            _check_note(unpurged(row).reference, consult)
        elif not events and not as_json:
            unpurged(row)
        # Before anything is shown: who read what stands in the record.
        what = "note" if note else "events" if events else "consult and events" if as_json else "consult"
        log.record_access(what, at=now(), actor=configuration.clinician, reference=row.reference)
        happened = log.events(row.reference)
    if as_json:
        click.echo(json.dumps(as_data(consult, happened), indent=2, ensure_ascii=False))
    elif note:
        click.echo(_note(consult, happened), nl=False)
    else:
        from bot.records.pages import page_with_addenda
        from bot.terminal.consult_page import timeline
        from bot.terminal.text import show

        show(timeline(consult.reference, happened) if events else page_with_addenda(consult, happened))


def as_data(consult: Consult, events: list[StoredEvent]) -> dict[str, Any]:
    """The consult for JSON: `result` as the contract has it, with what was decided and reported since, or None."""
    from flows.consult import current_result

    return {
        "consult": consult.reference,
        "clinician": consult.clinician,
        "status": consult.status,
        "state": consult.state,
        "started_at": consult.started_at,
        "updated_at": consult.updated_at,
        "answers": consult.given_answers,
        "result": current_result(consult) if consult.result is not None else None,
        "events": [asdict(event) for event in events],
    }


def _check_note(reference: str, consult: Consult) -> None:
    from bot.terminal.consult_page import stands

    if consult.result is None:
        raise Refused(f"{reference} has no note yet: a note is made from the result. This one: {stands(consult)}.")


def _note(consult: Consult, events: list[StoredEvent]) -> str:
    from bot.records.recording import whole_note

    return whole_note(consult, events)
