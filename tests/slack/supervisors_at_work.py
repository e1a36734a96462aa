"""A practice for the tests of the supervisors' side: who is in it, their channel; and consults brought to a point quickly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.beside import record_of
from bot.desk import Kept, kept
from bot.overview import overview_of, record_before
from bot.records.verifying import WITNESS
from bot.slack.shown import Privacy
from bot.storage import PURGED, Log, Profile, Wanted
from flows.answers import Answers
from flows.consult import Consult
from flows.machine import DECIDED, RESULT, REVIEW
from flows.questions import UNKNOWN, question

from ..flows.making import THREAT, acts, decision
from .clinician_at_work import AtWork
from .harness import Program, program
from .server import Channel, Message, Person, SlackServer, wait_until

COLORADO = Profile(jurisdiction="CO", profession="psychologist")
NOON = datetime.fromisoformat("2026-11-25T12:00:00-07:00")


class Clock:
    """A clock that a test sets."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> str:
        return self.at.isoformat(timespec="seconds")

    def ahead(self, **more: float) -> None:
        """Let time pass: minutes=5."""
        self.at += timedelta(**more)


@dataclass
class Practice:
    """Robin consults; Sam and Terry supervise; Casey looks after compliance; Nora is a colleague without any role."""

    server: SlackServer
    folder: Path
    robin: Person
    sam: Person
    terry: Person
    casey: Person
    nora: Person
    channel: Channel
    clock: Clock = field(default_factory=Clock)

    @contextmanager
    def program(self, *, privacy: Privacy = "usual", **more: Any) -> Iterator[Program]:
        """The program, at work for this practice; again: after a restart."""
        given: dict[str, Any] = {
            "channel": self.channel,
            "supervisors": f"{self.sam.id},{self.terry.id}",
            "compliance": self.casey.id,
            "on_call": f"{self.sam.id},{self.terry.id}",
        }
        with program(self.server, self.folder, privacy=privacy, clock=self.clock, **(given | more)) as running:
            running.log.remember_profile(self.robin.id, COLORADO)
            yield running
            check_overviews(running.log)

    def card(self, reference: str) -> Message:
        """The consult's card as it is now."""
        [found] = [one for one in self.cards() if reference in one.words]
        return found

    def cards(self) -> list[Message]:
        """Every message in the channel itself but those with heads of the log."""
        here = [one for one in self.sam.dm(self.channel) if one.thread_ts is None]
        return [one for one in here if not one.text.startswith(WITNESS)]

    def witnessed(self) -> list[Message]:
        """The messages with heads of the log."""
        return [one for one in self.sam.dm(self.channel) if one.text.startswith(WITNESS)]

    def card_thread(self, reference: str) -> list[Message]:
        """What stands under the card."""
        return self.sam.thread(self.card(reference))


def check_overviews(log: Log) -> None:
    """Whatever was done in a test: the lists of supervisors show of each consult what its events give."""
    listed = {one.reference: one for one in log.overviews(Wanted(), limit=1000)}
    for row in log.consults(limit=1000):
        if row.status == PURGED:
            assert row.reference not in listed
            continue
        record = record_of(event for event in log.events(row.reference) if event.revision <= row.revision)
        whole = overview_of(kept(row).consult, record)
        assert record_before(log, kept(row).consult, row.revision) == record
        assert listed.get(row.reference) == (replace(whole, beside={}) if whole.listed else None)


@pytest.fixture
def practice(slack_server: SlackServer, tmp_path: Path) -> Practice:
    """One for each test."""
    robin, sam, terry, casey, nora = (
        slack_server.clinician(f"{name} Invented") for name in ("Robin", "Sam", "Terry", "Casey", "Nora")
    )
    channel = slack_server.channel("supervisors", sam, terry, casey, nora)
    return Practice(slack_server, tmp_path, robin, sam, terry, casey, nora, channel)


def logged(
    running: Program, clinician: Person, answers: Mapping[str, Any] = THREAT, until: str = DECIDED, **more: Any
) -> AtWork:
    """A consult brought to a point by its steps, as if tapped: `review`, `result` or `decided`. `more`: of the decision."""
    running.log.remember_profile(clinician.id, COLORADO)
    office = running.office
    found, _ = office.begin(clinician.id, {}, f"test:{clinician.id}:{len(running.log.consults(limit=1000))}")

    def one_more(desk: Any, kept: Kept) -> Kept:
        act, _ = next(acts(kept.consult, answers))
        given = {key: _said(kept.consult, key, answers) for key in act.keys}
        after: Kept = desk.take(kept, Consult.answer, given)
        return after

    while found.consult.state != REVIEW:
        found = office.step(clinician.id, found.reference, one_more)
    return logged_on(running, AtWork(running, clinician, found.reference), until, **more)


def logged_on(running: Program, work: AtWork, until: str = DECIDED, **more: Any) -> AtWork:
    """The same consult from the review on."""
    office, user = running.office, work.person.id
    if until in (RESULT, DECIDED):
        office.step(user, work.reference, lambda desk, kept: desk.confirm(kept))
    if until == DECIDED:
        plan = decision(work.consult, **more)
        office.step(user, work.reference, lambda desk, kept: desk.take(kept, Consult.decide, plan))
    return work


def logged_at_once(running: Program, clinician: Person, work: AtWork) -> str:
    """One more consult just like that one, of this clinician: for very many. Its reference."""
    before = work.consult
    given = dict(before.given_answers)
    steps = {one: {"state": "planned"} for one in before.decision["steps"]}  # type: ignore[index]
    evaluated = {**before.result, "decision": None}  # type: ignore[dict-item]
    on = running.office.desk(clinician.id)
    consult, done = on.submit_whole(Answers(given, {"steps": steps}), on=NOON.date(), evaluated=evaluated)
    done.result()
    return consult.reference


def _said(consult: Consult, key: str, answers: Mapping[str, Any]) -> Any:
    ask = next(one for one in consult.asks if one.question == key)
    value = answers.get(key, {} if question(key).kind == "list" else UNKNOWN)
    if isinstance(value, list):
        return [item for item in value if item in ask.options] or ({} if value else [])
    return value


def eventually(condition: Any, seconds: float = 5.0, what: str = "") -> Any:
    """What the condition gives, once it gives something."""
    return wait_until(condition, seconds, what)
