"""`curbside log` and `curbside search`: the consults in a list."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from bot.commands.log import STATUSES
from bot.storage import ConsultRow, open_log
from bot.storage.records import PURGED
from bot.terminal.log_page import list_of_consults
from flows.machine import AFTERWARDS

from .conftest import Practice, tomorrow


def test_none_yet_is_said_kindly_and_makes_no_log(practice: Practice) -> None:
    said = practice.run("log")
    assert (said.status, said.out) == (0, "There is no consult in the log yet. 'curbside try' begins one.\n")
    assert practice.run("log", "--json").data == []
    assert not practice.database.exists()


def test_an_empty_log_is_none_yet_too(practice: Practice) -> None:
    practice.log().close()
    assert "no consult in the log yet" in practice.run("log").out


def test_where_the_log_is_or_will_be(practice: Practice) -> None:
    said = practice.run("log", "--where")
    assert (said.status, said.out) == (0, f"{practice.database}\n")
    assert "goes with no other option" in practice.refused("log", "--where", "--json")


def test_the_last_begun_comes_first_each_in_a_line(practice: Practice) -> None:
    follow_up = tomorrow()
    first, second, third = practice.low(), practice.decided(follow_up=follow_up), practice.begun().reference
    lines = practice.run("log").out.splitlines()
    assert [line.split()[0] for line in lines[:3]] == [third, second, first]
    asking, decided, low = lines[:3]
    assert re.search(r"CO  asking +harm to others +- +-$", asking)
    when = follow_up[:16].replace("T", " ")
    assert re.search(
        rf" ! \d{{4}}-\d\d-\d\d \d\d:\d\d  CO  decided +harm to others +high +must act +follow-up {when}$", decided
    )
    assert "!" not in low and re.search(r"low +not triggered$", low)
    assert lines[3:] == ["", "! something that the law requires is outstanding"]


def test_the_mark_goes_when_the_law_is_satisfied(practice: Practice) -> None:
    reference = practice.decided()
    assert f"{reference} !" in practice.run("log").out
    for option in ("warn_victim", "notify_law_enforcement"):
        practice.run("report", reference, option, "done")
    assert "!" not in practice.run("log").out


def test_a_follow_up_that_has_passed_is_said_so_until_it_is_closed(practice: Practice) -> None:
    row = a_row(status="decided", follow_up="2020-01-02T09:00:00+00:00")
    assert "follow-up 2020-01-02 09:00 (that is past)" in listed(row, 200)
    assert "past" not in listed(replace(row, status="closed"), 200)
    assert "past" not in listed(replace(row, follow_up=tomorrow()), 200)


def test_page_after_page(practice: Practice) -> None:
    references = [practice.begun().reference for _ in range(5)]
    said = practice.run("log", "--limit", "2")
    assert [line.split()[0] for line in said.out.splitlines()[:2]] == references[:2:-1]
    assert said.out.splitlines()[-1] == f"More: curbside log --before {references[3]}"
    last = practice.run("log", "--limit", "3", "--before", references[3]).out
    assert [line.split()[0] for line in last.splitlines()] == references[2::-1], "and nothing more is promised"


def test_of_one_status(practice: Practice) -> None:
    decided, _ = practice.low(), practice.begun()
    [line] = practice.run("log", "--status", "decided").out.splitlines()
    assert line.startswith(decided)
    assert practice.run("log", "--status", "paused").out == "There is none that is 'paused'.\n"


def test_the_statuses_are_those_of_the_flow() -> None:
    assert sorted(STATUSES) == sorted(["asking", *AFTERWARDS, PURGED])


def test_as_data(practice: Practice) -> None:
    reference = practice.decided()
    [data] = practice.run("log", "--json").data
    assert (data["reference"], data["level"], data["duty"], data["status"]) == (
        reference,
        "high",
        "must_act",
        "decided",
    )
    assert data["outstanding"] and all(isinstance(one, str) for one in data["outstanding"])
    assert "state" not in data


def test_found_by_words_of_the_answers_and_of_the_decision(practice: Practice) -> None:
    practice.low()
    reference = practice.decided()
    practice.run("report", reference, "safety_plan", "done", "--result", "practised at the lighthouse")
    for words in (
        ["lighthouse"],
        ["firearm", "lightho"],
        ["at the lighthouse"],
        [reference.lower()],
        ["HIGH", "psychologist"],
    ):
        said = practice.run("search", *words)
        assert [line.split()[0] for line in said.out.splitlines() if line.startswith("C-")] == [reference], words
    assert "practised at the lighthouse" in practice.run("search", "lighthouse").words
    assert [one["reference"] for one in practice.run("search", "lighthouse", "--json").data] == [reference]


def test_words_in_quotes_stand_together(practice: Practice) -> None:
    practice.consult(narrative="the ladder is long")
    assert practice.run("search", "ladder long").out == "No consult holds all of these words.\n"
    assert "C-" in practice.run("search", "ladder", "long").out


def test_nothing_found_is_no_error(practice: Practice) -> None:
    practice.low()
    for words in (["unheard"], ["..."], ['"']):
        said = practice.run("search", *words)
        assert (said.status, said.out) == (0, "No consult holds all of these words.\n")
    assert practice.run("search", "unheard", "--json").data == []


def test_what_is_refused(practice: Practice) -> None:
    assert "There is no log at" in practice.refused("search", "words")
    practice.low()
    assert "There is no consult C-00000." in practice.refused("log", "--before", "C-00000")
    assert "'--limit'" in practice.refused("log", "--limit", "0")
    assert "'--status'" in practice.refused("log", "--status", "open")
    assert "WORDS" in practice.refused("search")


def test_a_file_that_is_no_log_is_refused_in_a_line(practice: Practice) -> None:
    practice.database.write_bytes(b"not a database" * 1000)
    for words in (
        ["log"],
        ["search", "x"],
        ["show", "C-7F3K2"],
        ["report", "C-7F3K2", "safety_plan", "done"],
        ["close", "C-7F3K2"],
    ):
        said = practice.run(*words)
        assert (said.status, said.out, said.err.count("\n")) == (2, "", 1)
        assert "is not a Curbside log" in said.err


def test_a_damaged_log_is_refused_in_a_line(practice: Practice) -> None:
    for _ in range(20):
        practice.low()
    content = practice.database.read_bytes()
    practice.database.write_bytes(content[:8192] + b"\xff" * (len(content) - 8192))
    said = practice.run("log")
    assert (said.status, said.out, said.err.count("\n")) == (2, "", 1)
    assert "is damaged" in said.err


def a_row(**more: object) -> ConsultRow:
    """A consult's row, which needs no log."""
    usual = {
        "reference": "C-7F3K2",
        "clinician": "one",
        "status": "asking",
        "jurisdiction": "CO",
        "concern": "harm_to_others",
    }
    times = {"started_at": "2026-11-25T14:03:11-07:00", "updated_at": "2026-11-25T14:03:11-07:00"}
    return ConsultRow(**(usual | times | more))  # type: ignore[arg-type]


def listed(row: ConsultRow, width: int) -> str:
    """The row in a terminal of that width."""
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    return list_of_consults([row], console)


@pytest.mark.parametrize("width", [40, 60, 80, 119])
def test_a_narrow_terminal_gets_whole_words_in_lines_that_fit(width: int, practice: Practice) -> None:
    practice.decided(follow_up=tomorrow())
    with open_log(practice.database) as log:
        [row] = log.consults()
    text = listed(row, width)
    assert max(map(len, text.splitlines())) <= width
    words = " ".join(text.split())
    assert "level high; must act; follow-up " in words and f"{row.reference} ! " in words
