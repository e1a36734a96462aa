"""Many people at once: what one does holds up nobody else."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from bot.slack.supervisors import paging

from .clinician_at_work import remember
from .harness import program
from .server import SlackServer, at_once, wait_until
from .supervisors_at_work import Practice, logged
from .supervisors_at_work import practice as practice


class SlowFor:
    """A log whose disk is slow for one person's steps, until it is told to go on."""

    def __init__(self, log: Any, user: str) -> None:
        self._log, self._user = log, user
        self.goes_on, self.waits = threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def append(self, reference: str, events: Any, state: Any, **more: Any) -> Any:
        if state.clinician == self._user:
            self.waits.set()
            assert self.goes_on.wait(10)
        return self._log.append(reference, events, state, **more)


def test_two_people_who_begin_do_not_wait_for_each_other(slack_server: SlackServer, tmp_path: Path) -> None:
    robin, nora = slack_server.clinician("Robin Invented"), slack_server.clinician("Nora Invented")
    with program(slack_server, tmp_path) as running:
        for one in (robin, nora):
            remember(running.log, one, "CO")
        slow = SlowFor(running.log, robin.id)
        running.office.log = slow
        robin.command("/consult", wait=False)
        assert slow.waits.wait(5)
        assert nora.command("/consult").acknowledged, "while Robin's consult is still being written"
        slow.goes_on.set()
        wait_until(lambda: running.log.consults(clinician=robin.id))


def test_one_person_who_taps_twice_at_once_begins_once(slack_server: SlackServer, tmp_path: Path) -> None:
    robin = slack_server.clinician("Robin Invented")
    with program(slack_server, tmp_path) as running:
        remember(running.log, robin, "CO")
        at_once(lambda: robin.command("/consult"), lambda: robin.command("/consult"))
        assert len(running.log.consults(clinician=robin.id)) == 1


def test_after_a_step_only_what_has_just_become_urgent_is_looked_at(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin)
        watched = running.supervisors.timers._watched
        assert watched.new() == watched.now() == [work.reference]
        monkeypatch.setattr(paging, "COMMITTED_WITHIN", 0.0)
        assert (watched.new(), watched.now()) == ([], [work.reference]), "in its own time it is looked at again"


def test_where_nobody_can_be_called_nothing_is_watched(slack_server: SlackServer, tmp_path: Path) -> None:
    with program(slack_server, tmp_path, timers=False) as running:
        logged(running, slack_server.clinician("Robin Invented"))
        running.supervisors.timers.look()
        assert running.supervisors.timers._watched._added == {}
