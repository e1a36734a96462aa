"""A log with very many consults, made in minutes: consults that were really run, again and again with fresh references.

Everything is as the log writes it: each event hashed into the chain, with a salt of its own, the consult's row, its words for
the search, its overview. It goes through the storage's own functions for one step (`prepare` in form, `appending.write`), of
which thousands are put into one transaction here; a log that is at work commits each by itself. What is left out: the outbox
and the deliveries, which the program prunes, and the steps' separate transactions.

Of a hundred consults, 98 are short (a few answers, then cancelled) and two are decided and wait for a supervisor's signature:
more would be larger on the disk than they are telling.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from bot.beside import record_of
from bot.desk import row_of, words_of
from bot.overview import overview_of
from bot.storage import appending, open_log, overviews
from bot.storage.chain import new_salt, salted_hash
from bot.storage.opening import connect
from bot.storage.references import ALPHABET, LENGTH
from bot.storage.step import ReadyEvent, Step, as_json, hashed_part, prepare
from flows.consult import Consult, Event, start
from flows.consult import Step as Taken
from tests.flows.making import ANGER, COLORADO, ON, THREAT, acts, decision

TOGETHER = 20_000
"""Consults in one transaction."""
IN_A_HUNDRED, DECIDED = 100, 2
REFERENCE = "C-00000"
CLINICIANS = 500
BEGUN = datetime.fromisoformat("2026-11-25T10:00:00-07:00")
APART = timedelta(seconds=30)
SAMPLES = ("strangulation", "stalking", "grievance")
"""Words of which each stands in one decided consult in a thousand, or so: what a person looks for."""


@dataclass(frozen=True)
class Template:
    """A consult that was run, as one step of the log. `overview`: its columns, as the log keeps them."""

    step: Step
    overview: Mapping[str, Any]


def templates() -> tuple[list[Template], list[Template]]:
    """Short ones, and decided ones."""
    short = [_template(answers, after) for answers in (THREAT, ANGER) for after in (1, 2, 3)]
    return short, [_template(THREAT, None), _template(ANGER, None)]


def _template(answers: Mapping[str, Any], after: int | None) -> Template:
    """Run to the decision; or, `after` so many answers, cancelled."""
    by: Any = {"at": BEGUN.isoformat(timespec="seconds"), "actor": "U0INV00000"}
    taken = [start(REFERENCE, by["actor"], at=by["at"], remembered=COLORADO)]
    for _, step in islice(acts(taken[0].consult, answers), after):
        taken.append(Taken(tuple(Event(e.kind, by["at"], by["actor"], e.data) for e in step.events), step.consult))
    consult: Consult = taken[-1].consult
    if after is None:
        taken.append(consult.confirm(on=ON, **by))
        taken.append(taken[-1].consult.decide(decision(taken[-1].consult), **by))
    else:
        taken.append(consult.cancel(**by))
    events = [event for step in taken for event in step.events]
    last = replace(taken[-1].consult, updated_at=by["at"])  # the answers' helper has a time of its own
    as_one = prepare(REFERENCE, [e.as_dict() for e in events], row_of(last), expected_revision=0, words=words_of(last))
    return Template(as_one, overviews.prepare(overview_of(last, record_of(events))))


def make(path: Path, consults: int, *, first: int = 0) -> None:
    """Add consults to the log, up to that number of them; `first`: how many it has already."""
    with open_log(path, key=""):
        pass  # the file and its layout
    with closing(connect(path, reading=False)) as db:
        numbers = iter(range(first, consults))
        short, decided = templates()
        while some := list(islice(numbers, TOGETHER)):
            db.execute("BEGIN IMMEDIATE")
            for number in some:
                kinds = decided if number % IN_A_HUNDRED < DECIDED else short
                step, overview = _copied(kinds[number // IN_A_HUNDRED % len(kinds)], number)
                appending.write(db, step, overview)
            db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def reference(number: int) -> str:
    """A reference of its own for each number, which chance would hardly give out; "C-00000" is the template's."""
    digits = []
    left = number * 7_368_787 % len(ALPHABET) ** LENGTH  # prime to the number of references, so that none comes twice
    for _ in range(LENGTH):
        left, digit = divmod(left, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "C-" + "".join(digits)


def _copied(template: Template, number: int) -> tuple[Step, dict[str, Any]]:
    new, clinician = reference(number + 1), f"U0INV{number % CLINICIANS:05}"
    at = (BEGUN + APART * number).isoformat(timespec="seconds")
    changed = {REFERENCE: new, "U0INV00000": clinician, BEGUN.isoformat(timespec="seconds"): at}
    ready = tuple(_event(event, changed, at, clinician) for event in template.step.events)
    row = {name: _swapped(value, changed) for name, value in template.step.row.items()}
    words = f"{template.step.words}\n{_sample(number)}"
    state_hash = salted_hash(ready[-1].salt, as_json(hashed_part(row), new))
    begun = (BEGUN + APART * number).timestamp()
    overview = {name: _swapped(value, changed) for name, value in template.overview.items()} | {"begun": begun}
    return Step(new, 0, ready, row, state_hash, words), overview


def _event(event: ReadyEvent, changed: Mapping[str, str], at: str, actor: str) -> ReadyEvent:
    salt, content = new_salt(), _swapped(event.content, changed)
    return ReadyEvent(event.kind, at, actor, salt, content, salted_hash(salt, content))


def _swapped(value: Any, changed: Mapping[str, str]) -> Any:
    if not isinstance(value, str):
        return value
    for old, new in changed.items():
        value = value.replace(old, new)
    return value


def _sample(number: int) -> str:
    return SAMPLES[number // 1000 % len(SAMPLES)] if number % 1000 == 0 else ""
