"""What is compared after a run of chaos can fail: each thing that must not be is found where it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.storage import Log, open_log

from ..slack.sender_at_work import PAGE, all_sent, edit, post, sending
from ..slack.server import Person, SlackServer, drops, repeated, wait_until
from ..slack.server.calls import Call
from ..slack.server.faults import Fault
from ..storage.beside import outbox_rows
from .boundaries import MADE, Boundaries, kind_of, name_of, read_boundaries
from .found import Found
from .pages import alarms_in, wrong_with
from .sent import check_edits, check_posts, overtaken

BEGAN = datetime.fromisoformat("2026-11-25T12:00:00-07:00")
SAM, TERRY = "U0SAM", "U0TERRY"

# Pages


def event(kind: str, after: float, **data: Any) -> Any:
    """An event of a consult, so many seconds after it began."""
    return SimpleNamespace(kind=kind, at=(BEGAN + timedelta(seconds=after)).isoformat(), data=data)


def evaluated(level: str, after: float = 0.0) -> Any:
    """It became known how serious it is."""
    return event("evaluated", after, result={"level": level})


def call(number: int, after: float, *to: str) -> Any:
    """Somebody is called."""
    return event("paged", after, round=number, to=list(to), by="thread")


HAS_IT = "review_acknowledge"


def wrong(*events: Any) -> list[str]:
    """What is wrong with all alarms in these events, as one reads the clock."""
    alarms, idle = alarms_in(events)
    return [f"idle: {one.at}" for one in idle] + [
        line for one in alarms for line in wrong_with(one, (SAM, TERRY), True)
    ]


def test_calls_as_they_must_be() -> None:
    assert wrong(evaluated("low"), event("closed", 9)) == []
    assert wrong(evaluated("emergency"), call(1, 0, SAM), event(HAS_IT, 100)) == []
    assert (
        wrong(evaluated("emergency"), call(1, 0, SAM), call(2, 120, SAM), call(3, 240, TERRY), event(HAS_IT, 250)) == []
    )
    assert wrong(evaluated("high"), event(HAS_IT, 5)) == [], "somebody was faster than the program"
    danger = event("answered", 0, answers={"danger_now": "yes"})
    assert wrong(danger, call(1, 1, SAM), event("alarm_answered", 9), evaluated("emergency", 60)) == []


@pytest.mark.parametrize(
    "events",
    [
        pytest.param((evaluated("emergency"), event(HAS_IT, 100)), id="nobody was called"),
        pytest.param((evaluated("high"),), id="and nobody has it"),
        pytest.param((evaluated("emergency"), call(1, 0, SAM), event(HAS_IT, 200)), id="not called again"),
        pytest.param((evaluated("emergency"), call(1, 0, TERRY), event(HAS_IT, 9)), id="not the first on call"),
        pytest.param(
            (evaluated("emergency"), call(1, 0, "U0ROBIN", SAM), event(HAS_IT, 9)), id="one who is not on call"
        ),
        pytest.param((evaluated("emergency"), call(1, 0, SAM), call(2, 20, SAM), event(HAS_IT, 30)), id="too early"),
        pytest.param((evaluated("emergency"), call(2, 0, SAM), event(HAS_IT, 9)), id="a call is missing"),
        pytest.param((evaluated("low"), call(1, 0, SAM)), id="nobody had to be called"),
        pytest.param((evaluated("high"), call(1, 0, SAM), event(HAS_IT, 9), call(2, 10, SAM)), id="somebody has it"),
    ],
)
def test_a_call_that_was_not_made_is_found(events: tuple[Any, ...]) -> None:
    assert len(wrong(*events)) >= 1


# What was sent


@pytest.fixture
def slack_server() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


@pytest.fixture
def sent(slack_server: SlackServer, tmp_path: Path) -> Any:
    """A log with a post that was edited and a page, and how it compares with Slack: `sent(fault, of="page")`."""
    robin = slack_server.clinician("Robin Invented")

    def compared(*faults: Fault, of: str = "first", spoil: Any = None) -> Found:
        for fault in faults:
            slack_server.api.faults.order("chat.postMessage", fault, when=lambda call: call["text"] == of)
        with open_log(tmp_path / "log.db") as log:
            log.queue([post("first", robin.id, slot="s"), edit("old", robin.id, "s"), post("page", robin.id, PAGE)])
            with sending(log, slack_server) as sender:
                wait_until(all_sent(log))
                log.queue([edit("newest", robin.id, "s")])
                sender.wake()
                wait_until(all_sent(log))
            if spoil is not None:
                spoil(slack_server, log, robin)
            return found_in(slack_server, log, tmp_path / "log.db")

    return compared


def found_in(server: SlackServer, log: Log, path: Path) -> Found:
    """What the comparison says."""
    found, rows = Found(), outbox_rows(path)
    check_edits(rows, server.messages(), log.slot, found)
    check_posts(rows, server, log.slot("log:id"), found)
    return found


def test_all_is_as_it_was_sent(sent: Any) -> None:
    found = sent()
    assert (found.posts, found.edits_checked, found.faults) == (2, 1, [])


def test_a_page_that_was_sent_again_is_counted_and_nothing_else(sent: Any) -> None:
    found = sent(drops(takes_effect=True), of="page")
    assert (found.pages_sent_again, found.network_repeats, found.faults) == (1, 0, [])


def test_what_the_network_repeated_is_counted_apart(sent: Any) -> None:
    for of in ("first", "page"):
        found = sent(repeated(), of=of)
        assert (found.pages_sent_again, found.network_repeats, found.faults) == (0, 1 if of == "first" else 2, [])


def test_what_was_overtaken_is_counted() -> None:
    def called(at: float, arrived: float | None) -> Call:
        return Call("chat.postMessage", {}, at, took_effect_at=arrived)

    assert overtaken([called(1, 1.1), called(2, 2.1), called(3, 3.1)]) == 0
    assert overtaken([called(1, 3.5), called(2, 2.1), called(3, 3.1)]) == 1
    assert overtaken([called(1, 9.0), called(2, 8.0), called(3, 3.1), called(4, None)]) == 2


def _older(server: SlackServer, log: Log, robin: Person) -> None:
    for message in server.workspace.channels[robin.dm_channel.id].messages:
        message.text = message.text.replace("newest", "old")


def _twice(server: SlackServer, log: Log, robin: Person) -> None:
    channel = server.workspace.channels[robin.dm_channel.id]
    copy = next(one for one in channel.messages if one.text == "newest").copy()
    copy.ts = "1.0"
    channel.messages.append(copy)


def _gone(server: SlackServer, log: Log, robin: Person) -> None:
    channel = server.workspace.channels[robin.dm_channel.id]
    channel.messages[:] = [one for one in channel.messages if one.text != "page"]


def _unsent(server: SlackServer, log: Log, robin: Person) -> None:
    log.queue([post("waits", robin.id)])


@pytest.mark.parametrize(
    ("spoil", "where"),
    [(_older, "wrong_states"), (_twice, "duplicates"), (_gone, "lost"), (_unsent, "lost")],
)
def test_what_must_not_be_is_found(sent: Any, spoil: Any, where: str) -> None:
    found = sent(spoil=spoil)
    assert len(getattr(found, where)) == 1 == len(found.faults)


# Boundaries


def test_what_the_program_died_at_is_there_for_the_next_life(tmp_path: Path) -> None:
    first = Boundaries()
    first.note(tmp_path, "before", ["set_slot a", "mark_sent 7"])
    first.note(tmp_path, MADE, ["set_slot a"])
    first.note(tmp_path, "after", ["set_slot a"])
    first.note(tmp_path, "after", ["set_slot a"])
    found = read_boundaries(tmp_path)
    assert found == first and found.cut == {"set_slot a"}
    assert read_boundaries(tmp_path / "elsewhere") == Boundaries()


def test_a_commit_has_one_name_however_often_it_is_tried() -> None:
    step = SimpleNamespace(reference="C-AAAAA", expected_revision=0, events=(SimpleNamespace(kind="started"),))
    other = SimpleNamespace(reference="C-BBBBB", expected_revision=0, events=(SimpleNamespace(kind="started"),))
    assert name_of("append", {"step": step}) == name_of("append", {"step": other}) == "append begins 0 started"
    hint = post("a hint", "U0ROBIN")
    told = [name_of("queue", {"posts": [hint], "delivery": id}) for id in ("1", "2")]
    assert told[0] == told[1] != name_of("queue", {"posts": [post("another", "U0ROBIN")]})
    assert kind_of(name_of("mark_sending", {"id": 7, "at": 1.0})) == "mark_sending"
    assert name_of("mark_sending", {"id": 7, "at": 1.0}) != name_of("mark_sent", {"id": 7, "at": 1.0, "slots": None})
