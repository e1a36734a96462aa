"""Consults at work: each step of a consult is committed to the log before anybody is told that it happened.

What takes a step in the terminal, a file or a chat is a few lines that call this: `desk.take(consult, Consult.answer, {...})`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.beside import Record, record_of
from bot.overview import overview_of, record_before
from bot.storage import ConsultRow, Log, Post, Profile, StoredEvent
from flows.answers import Answers
from flows.consult import Consult, Event, Step, now, replay, restore, snapshot, start, whole
from flows.machine import RESULT, REVIEW
from flows.questions import ABOUT_THE_CLINICIAN, WORKPLACE, say_fact


@dataclass(frozen=True)
class Kept:
    """A consult as it stands in the log, with the revision on which the next step must be made."""

    consult: Consult
    revision: int
    record: Record | None = field(default=None, compare=False, repr=False)
    """What its events say beside its state; None where that has to be looked up."""

    @property
    def reference(self) -> str:
        """Such as C-7F3K2."""
        return self.consult.reference


Announce = Callable[[Consult | None, Step, Record, Record], Sequence[Post]]
"""What a step sends, from the consult before it (None at the start), the step, and what the consult's events say beside its
state, before the step and after it."""


def tell_nobody(before: Consult | None, step: Step, record: Record, after: Record) -> Sequence[Post]:
    """What a step sends where nothing is to be sent: the terminal and files show what they show themselves."""
    return ()


@dataclass(frozen=True)
class Desk:
    """Takes the steps of one clinician's consults and writes them down. `clock` gives the time of a step.

    `announce`: what a step sends; it is written to the outbox in the step's own transaction. `delivery`, below: the id of the
    message from outside that asked for the step, which is then taken only once (AlreadySeen).
    """

    log: Log
    clinician: str
    clock: Callable[[], str] = field(default=now)
    announce: Announce = field(default=tell_nobody)

    def start(self, given: Mapping[str, Any] | None = None, *, delivery: str | None = None) -> Kept:
        """Begin a consult, with what is remembered of the clinician, and with what was `given`, which counts before it.

        AnswerError when that won't do; LogError when it can't be written.
        """
        known = {**self.remembered(), **(given or {})}
        step = start(self.log.new_reference(), self.clinician, at=self.clock(), remembered=known)
        return self._write(None, step, delivery)

    def open(self, reference: str) -> Kept:
        """A consult from the log. NoSuchConsult."""
        return kept(self.log.consult(reference))

    def last_open(self) -> Kept | None:
        """The clinician's consult that was touched last and on which a step can still be taken; None when there is none."""
        return next((kept(row) for row in self.log.open_consults(self.clinician)), None)

    def take(
        self, before: Kept, step: Callable[..., Step], *args: Any, delivery: str | None = None, **more: Any
    ) -> Kept:
        """Take one step, a method of `Consult`, and commit it. AnswerError when it won't do; LogError."""
        made = step(before.consult, *args, at=self.clock(), actor=self.clinician, **more)
        return self._write(before, made, delivery)

    def confirm(self, before: Kept, *, delivery: str | None = None) -> Kept:
        """From the review to the result, under the rules in force on the day of the consult's evaluation."""
        at = self.clock()
        step = before.consult.confirm(on=date.fromisoformat(at[:10]), at=at, actor=self.clinician)
        after = self._write(before, step, delivery)
        self._remember(after.consult)
        return after

    def say_danger(self, before: Kept, value: str = "yes", *, delivery: str | None = None) -> Kept:
        """Danger now (yes), or no longer (no). Where there was a result, it is evaluated again at once."""
        at = self.clock()
        step = before.consult.say_danger(value, at=at, actor=self.clinician)
        if (before.consult.state, step.consult.state) == (RESULT, REVIEW):
            step = step.then(step.consult.confirm(on=date.fromisoformat(at[:10]), at=at, actor=self.clinician))
        return self._write(before, step, delivery)

    def submit_whole(
        self, answers: Answers, *, on: date, evaluated: Mapping[str, Any] | None = None
    ) -> tuple[Consult, Future[int]]:
        """A whole consult from a file. The future is done once the log has it; AnswerError when it won't do.

        `evaluated`: the result without a decision, where it was worked out already.
        """
        reference, at = self.log.new_reference(), self.clock()
        step = whole(reference, answers, clinician=self.clinician, on=on, at=at, evaluated=evaluated)
        return step.consult, self.log.submit(**self._kept_with(None, step)[0])

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

    def _write(self, before: Kept | None, step: Step, delivery: str | None) -> Kept:
        given, record = self._kept_with(before, step)
        return Kept(step.consult, self.log.append(**given, delivery=delivery), record)

    def _kept_with(self, before: Kept | None, step: Step) -> tuple[dict[str, Any], Record]:
        """What the log is given of a step, and what the consult's events say after it beside its state."""
        consult, record = step.consult, self._record(before)
        after = record_of(step.events, record)
        given = {
            "reference": consult.reference,
            "events": [event.as_dict() for event in step.events],
            "state": row_of(consult),
            "expected_revision": before.revision if before is not None else 0,
            "words": None if _is_being_asked(consult) else words_of(consult),
            "posts": self.announce(before.consult if before is not None else None, step, record, after),
            "overview": overview_of(consult, after),
        }
        return given, after

    def _record(self, before: Kept | None) -> Record:
        if before is None:
            return Record()
        return before.record or record_before(self.log, before.consult, before.revision)


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


def _is_being_asked(consult: Consult) -> bool:
    """Whether questions are being answered, and there is no danger: nobody but the clinician sees it then, and what it says can
    be looked up once all is answered. To look up words costs a tenth of a step (measured)."""
    return consult.screen is not None and not consult.danger_now


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
