"""What was typed while nobody listened is heard afterwards: while the program was down, and while its connection was away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.slack.catching_up import HEARD, note_heard
from bot.slack.hearing import FIRST, Hearing
from bot.slack.listeners import messages
from bot.slack.listeners.reading import Payload
from bot.slack.office import Office
from bot.storage import Locked, Log

from .harness import Program, program
from .server import Person, SlackServer, slow, wait_until


class Connection:
    """A connection that a test makes and breaks."""

    number = 1

    def __call__(self) -> int:
        return self.number


@pytest.fixture
def asked(slack_server: SlackServer, tmp_path: Path) -> Iterator[tuple[Program, Person]]:
    """A program, and somebody who is asked for the place."""
    with program(slack_server, tmp_path) as at_work:
        robin = slack_server.clinician()
        at_work.people.learn(robin.id)
        robin.command("/consult")
        at_work.quiet()
        yield at_work, robin


def types_unheard(server: SlackServer, robin: Person, text: str) -> None:
    """Write in the consult's thread, while Slack tells nobody."""
    events, server.workspace.app.events = server.workspace.app.events, set()
    robin.types_dm(text, robin.sees("Consult C-"))
    server.workspace.app.events = events


def hearing_of(at_work: Program, connection: Connection, stack: ExitStack) -> Hearing:
    found = Hearing(at_work.log, at_work.sender._client, at_work.office, connection)
    found.start()
    stack.callback(found.stop)
    return found


def heard(log: Log) -> float:
    return float(log.slot(HEARD) or 0)


def test_after_a_time_without_a_connection_what_was_typed_is_taken(
    slack_server: SlackServer, asked: tuple[Program, Person]
) -> None:
    at_work, robin = asked
    connection = Connection()
    with ExitStack() as stack:
        hearing_of(at_work, connection, stack)
        wait_until(lambda: heard(at_work.log))
        connection.number = 0
        types_unheard(slack_server, robin, "Colorado")
        time.sleep(1.2)
        assert at_work.only_consult(robin.id).revision == 1
        connection.number = 2
        wait_until(lambda: at_work.only_consult(robin.id).revision == 2)
        assert at_work.only_consult(robin.id).consult.facts["jurisdiction"] == "CO"


def test_the_first_connection_is_after_such_a_time_too(
    slack_server: SlackServer, asked: tuple[Program, Person]
) -> None:
    at_work, robin = asked
    note_heard(at_work.log, time.time())
    types_unheard(slack_server, robin, "Colorado")
    with ExitStack() as stack:
        hearing = hearing_of(at_work, Connection(), stack)
        hearing.wait()
        assert at_work.only_consult(robin.id).consult.facts["jurisdiction"] == "CO"


def test_what_comes_now_does_not_wait_for_long(slack_server: SlackServer, asked: tuple[Program, Person]) -> None:
    at_work, _ = asked
    note_heard(at_work.log, time.time())
    slack_server.api.faults.order("conversations.history", slow(5.0))
    with ExitStack() as stack:
        hearing = hearing_of(at_work, Connection(), stack)
        before = time.monotonic()
        hearing.wait()
        assert FIRST - 0.2 < time.monotonic() - before < FIRST + 0.5
        before = time.monotonic()
        hearing.wait()
        assert time.monotonic() - before < 0.1
        slack_server.api.faults.clear()


def test_without_a_connection_nothing_is_noted_as_heard(asked: tuple[Program, Person]) -> None:
    at_work, _ = asked
    connection = Connection()
    connection.number = 0
    with ExitStack() as stack:
        hearing_of(at_work, connection, stack)
        time.sleep(0.2)
    assert at_work.log.slot(HEARD) is None


def test_what_could_not_be_taken_is_not_noted_as_heard(
    slack_server: SlackServer, asked: tuple[Program, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log was locked for a moment: it is tried again, from the same time on."""
    at_work, robin = asked
    began = time.time() - 5
    note_heard(at_work.log, began)
    types_unheard(slack_server, robin, "Colorado")
    locked = [True]

    def take(office: Office, payload: Payload) -> None:
        if locked[0]:
            raise Locked(tmp, 2.0)
        handle(office, payload)

    tmp, handle = Path("log.db"), messages.handle
    monkeypatch.setattr(messages, "handle", take)
    with ExitStack() as stack:
        hearing_of(at_work, Connection(), stack)
        time.sleep(1.5)
        assert heard(at_work.log) == pytest.approx(began, abs=0.01)
        locked[0] = False
        wait_until(lambda: at_work.only_consult(robin.id).revision == 2)
        wait_until(lambda: heard(at_work.log) > began + 1)
