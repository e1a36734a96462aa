"""Consults at work: each step of a consult is committed to the log before anybody is told that it happened.

What takes a step in the terminal, a file or a chat is a few lines that call this: `desk.take(consult, Consult.answer, {...})`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.storage import ConsultRow, Log, Profile, StoredEvent
from flows.answers import Answers
from flows.consult import Consult, Event, Step, now, replay, restore, snapshot, start, whole
from flows.questions import ABOUT_THE_CLINICIAN, WORKPLACE, say_fact


@dataclass(frozen=True)
class Kept:
    """A consult as it stands in the log, with the revision on which the next step must be made."""

    consult: Consult
    revision: int

    @property
    def reference(self) -> str:
        """Such as C-7F3K2."""
        return self.consult.reference


@dataclass(frozen=True)
class Desk:
    """Takes the steps of one clinician's consults and writes them down. `clock` gives the time of a step."""

    log: Log
    clinician: str
    clock: Callable[[], str] = field(default=now)

    def start(self) -> Kept:
        """Begin a consult, with what is remembered of the clinician. LogError when it can't be written."""
        step = start(self.log.new_reference(), self.clinician, at=self.clock(), remembered=self.remembered())
        return self._write(step, 0)

    def open(self, reference: str) -> Kept:
        """A consult from the log. NoSuchConsult."""
        return kept(self.log.consult(reference))

    def last_open(self) -> Kept | None:
        """The clinician's consult that was touched last and on which a step can still be taken; None when there is none."""
        return next((kept(row) for row in self.log.open_consults(self.clinician)), None)

    def take(self, before: Kept, step: Callable[..., Step], *args: Any, **more: Any) -> Kept:
        """Take one step, a method of `Consult`, and commit it. AnswerError when it won't do; LogError."""
        made = step(before.consult, *args, at=self.clock(), actor=self.clinician, **more)
        return self._write(made, before.revision)

    def confirm(self, before: Kept) -> Kept:
        """From the review to the result, under the rules in force on the day of the consult's evaluation."""
        at = self.clock()
        step = before.consult.confirm(on=date.fromisoformat(at[:10]), at=at, actor=self.clinician)
        after = self._write(step, before.revision)
        self._remember(after.consult)
        return after

    def submit_whole(
        self, answers: Answers, *, on: date, evaluated: Mapping[str, Any] | None = None
    ) -> tuple[Consult, Future[int]]:
        """A whole consult from a file. The future is done once the log has it; AnswerError when it won't do.

        `evaluated`: the result without a decision, where it was worked out already.
        """
        reference, at = self.log.new_reference(), self.clock()
        step = whole(reference, answers, clinician=self.clinician, on=on, at=at, evaluated=evaluated)
        return step.consult, self._submit(step, 0)

    def remembered(self) -> dict[str, Any]:
        """What is remembered of the clinician, in the form of answers; empty the first time."""
        profile = self.log.profile(self.clinician)
        if profile is None:
            return {}
        found: dict[str, Any] = {"jurisdiction": profile.jurisdiction, "profession": profile.profession}
        return {**found, "setting": dict(profile.workplace)} if profile.workplace else found

    def _remember(self, consult: Consult) -> None:
        given = consult.given
        workplace = {item: said for item, said in given.get("setting", {}).items() if item in WORKPLACE}
        place, profession = (given[key] for key in ABOUT_THE_CLINICIAN)
        profile = Profile(jurisdiction=place, profession=profession, workplace=workplace)
        if self.log.profile(self.clinician) != profile:
            self.log.remember_profile(self.clinician, profile)

    def _write(self, step: Step, revision: int) -> Kept:
        return Kept(step.consult, self._submit(step, revision).result())

    def _submit(self, step: Step, revision: int) -> Future[int]:
        consult = step.consult
        return self.log.submit(
            consult.reference,
            [event.as_dict() for event in step.events],
            row_of(consult),
            expected_revision=revision,
            words=words_of(consult),
        )


def row_of(consult: Consult) -> ConsultRow:
    """The consult's row in the log."""
    given, result, decision = consult.given, consult.result or {}, consult.decision or {}
    law: Mapping[str, Any] = result.get("law", {})
    return ConsultRow(
        reference=consult.reference,
        clinician=consult.clinician,
        status=consult.status,
        started_at=consult.started_at,
        updated_at=consult.updated_at,
        jurisdiction=given.get("jurisdiction"),
        profession=given.get("profession"),
        concern=given.get("concern"),
        level=result.get("level"),
        duty=law.get("duty"),
        follow_up=decision.get("follow_up"),
        table_version=law.get("table_version"),
        flow_version=result.get("flow_version"),
        state=snapshot(consult),
    )


def kept(row: ConsultRow) -> Kept:
    """The consult that a row of the log holds."""
    consult = restore(row.reference, row.clinician, row.started_at, row.updated_at, row.state)
    return Kept(consult, row.revision)


def replayed(events: list[StoredEvent]) -> Consult:
    """The consult again from its events. ValueError when the content of one was purged."""
    if any(event.data is None for event in events):
        raise ValueError("the content of these events was purged")
    return replay(Event(event.kind, event.at, event.actor, event.data or {}) for event in events)


def words_of(consult: Consult) -> str:
    """The words by which people search: the answers in words, and what was written freely."""
    return "\n".join(part for part in _words(consult) if part)


def _words(consult: Consult) -> Iterator[str]:
    for fact, value in consult.facts.items():
        if value and value not in ("unknown", "no") and "jurisdiction" not in fact:
            yield say_fact(fact, value)
    yield consult.given.get("narrative", "")
    decision = consult.decision or {}
    for part in ("reasons", "tell"):
        yield from decision.get(part, {}).values()
    for step in decision.get("steps", {}).values():
        yield step["result"] or ""
    yield consult.ended_because or ""
