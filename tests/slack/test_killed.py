"""The real program, killed (SIGKILL) again and again while a clinician goes on tapping: nothing that was acknowledged is lost,
and no message is there twice."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.desk import Kept, kept
from bot.storage import Profile, open_log
from flows.machine import REVIEW

from ..flows.making import THREAT
from .mortal import Mortal
from .server import CannotBeDone, Message, Person, SlackServer, wait_until

KILLS = 5
SEEDS = [20261125, *range(int(os.environ.get("CURBSIDE_KILL_RUNS", "0")))]
"""One run by default; CURBSIDE_KILL_RUNS=20 makes that many more."""


def as_logged(folder: Path, person: Person) -> Kept | None:
    with open_log(folder / "log.db") as log:
        rows = log.consults(clinician=person.id)
        return kept(rows[0]) if rows else None


def message_now(folder: Path, person: Person, consult: Kept) -> Message | None:
    """The message that counts; None while it is not there yet."""
    with open_log(folder / "log.db") as log:
        ts = log.slot(f"screen:{consult.reference}:{consult.consult.turn}")
        root = log.slot(f"thread:{consult.reference}")
    thread = person.thread(root) if root else []
    return next((one for one in thread if one.ts == ts), None)


def said_now(consult: Kept) -> Mapping[str, str]:
    ask = consult.consult.asks[0]
    return {ask.question: str(THREAT[ask.question])}


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(
    slack_server: SlackServer, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    robin = slack_server.clinician("Robin Invented")
    with open_log(tmp_path / "log.db") as log:
        log.remember_profile(robin.id, Profile(jurisdiction="CO", profession="psychologist"))
    program = Mortal(slack_server, tmp_path)
    program.start()
    acknowledged: dict[str, str] = {}
    try:
        assert robin.command("/consult").acknowledged
        wait_until(lambda: as_logged(tmp_path, robin) is not None)
        while (consult := as_logged(tmp_path, robin)) is not None and consult.consult.state != REVIEW:
            if consult.consult.state == "circumstances":
                break
            shown = wait_until(lambda: message_now(tmp_path, robin, consult), 20)
            assert shown is not None
            killer = None
            if program.kills < KILLS and chance.random() < 0.6:
                after = chance.random() * 0.06
                killer = threading.Timer(after, program.kill)
                killer.start()
            [(key, value)] = said_now(consult).items()
            try:
                if robin.taps(shown, f"answer:{key}:{value}").acknowledged:
                    acknowledged[key] = value
            except CannotBeDone:
                pass  # an edit has come in between
            if killer is not None:
                killer.join()
                program.start()
        last = as_logged(tmp_path, robin)
        assert last is not None
        wait_until(lambda: message_now(tmp_path, robin, last), 20)
        time.sleep(0.5)
    finally:
        program.end()
    given = last.consult.given
    assert {key: given.get(key) for key in acknowledged} == acknowledged
    with open_log(tmp_path / "log.db") as log:
        assert log.check_chain() == []
        root = log.slot(f"thread:{last.reference}")
    assert root is not None and len([one for one in robin.dm() if last.reference in one.words]) == 1
    words = [one.words for one in robin.thread(root)]
    assert len(words) == len(set(words)), words
    assert program.kills >= 2
