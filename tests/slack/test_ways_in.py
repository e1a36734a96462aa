"""The ways into a consult, who may, and what is answered where."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .clinician_at_work import AtWork
from .harness import Program, program
from .server import Person, SlackServer


@pytest.fixture
def running(slack_server: SlackServer, tmp_path: Path, robin: Person) -> Iterator[Program]:
    with program(slack_server, tmp_path) as one:
        yield one


def begun(running: Program, person: Person) -> int:
    running.quiet()
    return len(running.log.consults(clinician=person.id))


# The command

COMMANDS = [
    ("", 1, "has begun"),
    ("CO", 1, "has begun"),
    ("colorado", 1, "has begun"),
    ("New York", 1, "has begun"),
    ("help", 0, "walks you through"),
    ("law TX", 0, "Texas"),
    ("law nonsense", 0, "did not understand"),
    ("nonsense", 0, "did not understand"),
    ("resume", 0, "no open consult"),
    ("resume C-7F3K2", 0, "no such consult"),
    ("danger", 1, "911"),
]


@pytest.mark.parametrize(("text", "consults", "says"), COMMANDS)
@pytest.mark.parametrize("where", ["in the direct message", "in a channel"])
def test_the_command_is_answered_to_the_person_alone(
    slack_server: SlackServer, running: Program, robin: Person, text: str, consults: int, says: str, where: str
) -> None:
    channel = slack_server.channel("general", robin, private=False) if where == "in a channel" else None
    assert robin.command("/consult", text, channel).acknowledged
    assert says in robin.ephemerals()[0].words
    assert begun(running, robin) == consults
    if channel is not None:
        assert slack_server.messages(channel) == [], "nothing is posted where it was typed"
    if consults:
        assert "Consult C-" in robin.sees("Consult C-").words


def test_the_place_that_was_named_counts(running: Program, robin: Person) -> None:
    work = AtWork(running, robin).begins("tx")
    assert work.consult.facts["jurisdiction"] == "TX"


def test_going_on_with_one_that_is_paused_and_with_one_of_several(running: Program, robin: Person) -> None:
    work = AtWork(running, robin).begins("CO")
    work.tap("pause")
    robin.command("/consult", "resume")
    running.quiet()
    assert work.consult.status == "asking"
    first = work.reference
    work.answers_one({"jurisdiction": "CO"})
    second = AtWork(running, robin).begins("TX")
    assert second.reference != first
    robin.command("/consult", "resume")
    said = robin.ephemerals()[-1].words + " ".join(one.words for one in robin.dm())
    assert first in said and second.reference in said


def test_somebody_elses_consult_is_not_there(slack_server: SlackServer, running: Program, robin: Person) -> None:
    work = AtWork(running, robin).begins("CO")
    sue = slack_server.clinician("Sue Invented")
    running.people.learn(sue.id)
    sue.command("/consult", f"resume {work.reference}")
    assert work.reference not in sue.ephemerals()[-1].words.replace("C-…", "")


# Typed

TYPED = [
    ("I need a consult", 1, "Consult C-"),
    ("consult", 1, "Consult C-"),
    ("a consult in Texas please", 1, "Consult C-"),
    ("help", 0, "walks you through"),
    ("hello there", 0, "Start a consult"),
    ("law TX", 0, "Texas"),
    ("he has a gun and is on his way", 0, "call 911 first"),
]


@pytest.mark.parametrize(("text", "consults", "says"), TYPED)
def test_what_is_typed_to_the_app_is_answered(
    running: Program, robin: Person, text: str, consults: int, says: str
) -> None:
    robin.types_dm(text)
    running.quiet()
    assert begun(running, robin) == consults
    assert any(says in one.words for one in robin.dm() if one.user != robin.id)


def test_two_deliveries_of_one_message_begin_one_consult(
    slack_server: SlackServer, running: Program, robin: Person
) -> None:
    delivery = robin.types_dm("I need a consult")
    assert delivery is not None
    slack_server.courier.deliver(delivery, True)
    assert begun(running, robin) == 1


def test_the_shortcut_begins_and_says_where(running: Program, robin: Person) -> None:
    assert robin.shortcut("start_consult").acknowledged
    assert "waits" in robin.sees_modal("Consult C-").words and begun(running, robin) == 1


def test_the_home_is_published_and_begins(running: Program, robin: Person) -> None:
    robin.opens_home()
    running.quiet()
    home = robin.home()
    assert home is not None
    assert robin.taps(home, "start").acknowledged
    assert begun(running, robin) == 1
    robin.opens_home()
    running.quiet()
    again = robin.home()
    assert again is not None and running.only_consult(robin.id).reference in again.words


# Who may

Somebody = Callable[[SlackServer], Person]
OTHERS: dict[str, tuple[Somebody, str, str]] = {
    "a guest": (lambda server: server.guest(), "guests", "guest"),
    "somebody of another organisation": (lambda server: server.stranger(), "other organisations", "other_organisation"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_others_are_refused_kindly_and_it_is_noted(
    slack_server: SlackServer, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    make, says, standing = OTHERS[name]
    person = make(slack_server)
    with caplog.at_level(logging.INFO, "curbside"), program(slack_server, tmp_path) as running:
        logging.getLogger("curbside").propagate = True
        person.command("/consult", "CO")
        assert says in person.ephemerals()[-1].words and begun(running, person) == 0
        person.types_dm("I need a consult, he is in danger")
        running.quiet()
        assert begun(running, person) == 0
    lines = [record.getMessage() for record in caplog.records if '"refused"' in record.getMessage()]
    assert any(f'"standing": "{standing}"' in line for line in lines)
    assert not any("danger" in line for line in lines)


def test_a_bot_is_not_answered(slack_server: SlackServer, tmp_path: Path) -> None:
    bot = slack_server.bot()
    with program(slack_server, tmp_path) as running:
        bot.types_dm("I need a consult")
        running.quiet()
        assert begun(running, bot) == 0 and [one for one in bot.dm() if one.user != bot.id] == []


def test_whoever_is_not_listed_is_refused_and_whoever_is_may(
    slack_server: SlackServer, tmp_path: Path, robin: Person
) -> None:
    sue = slack_server.clinician("Sue Invented")
    group = slack_server.user_group(robin)
    with program(slack_server, tmp_path, who=group) as running:
        robin.command("/consult", "CO")
        sue.command("/consult", "CO")
        assert (begun(running, robin), begun(running, sue)) == (1, 0)
        slack_server.changed_user_group(group, [sue])
        sue.command("/consult", "CO")
        assert begun(running, sue) == 1, "a change takes effect at once"
        work = AtWork(running, robin).finds()
        assert robin.taps(work.now(), "pause").acknowledged
        running.quiet()
        assert work.consult.status == "asking" and "not among those" in robin.ephemerals()[-1].words


def test_somebody_whom_the_program_meets_for_the_first_time_begins_all_the_same(
    slack_server: SlackServer, tmp_path: Path, robin: Person
) -> None:
    with program(slack_server, tmp_path, know_everybody=False) as running:
        robin.command("/consult", "CO")
        robin.sees("Consult C-")
        assert begun(running, robin) == 1
        guest = slack_server.guest()
        guest.command("/consult", "CO")
        running.quiet()
        assert begun(running, guest) == 0 and any("guests" in one.words for one in guest.dm())
