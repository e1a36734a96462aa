"""Who did and read what; and what is added to a consult afterwards."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from bot.storage import NoSuchConsult, opening
from tests.commands.conftest import CLINICIAN, Practice


def test_who_did_and_read_what_in_order(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = practice.decided()
    monkeypatch.setenv("CURBSIDE_CLINICIAN", "supervisor-one")
    assert practice.run("show", reference).status == 0
    monkeypatch.setenv("CURBSIDE_CLINICIAN", "clinician-one")
    assert practice.run("close", reference, "--reason", "Transferred").status == 0
    monkeypatch.setenv("CURBSIDE_CLINICIAN", "supervisor-one")
    assert practice.run("show", reference, "--note").status == 0
    found = [(one["sort"], one["actor"], one["what"]) for one in practice.run("audit", reference, "--json").data]
    assert found[-4:] == [
        ("did", "clinician-one", "decided"),
        ("read", "supervisor-one", "consult"),
        ("did", "clinician-one", "closed"),
        ("read", "supervisor-one", "note"),
    ]
    said = practice.run("audit", reference.lower(), "--reads").out.splitlines()
    assert [line.split("  ")[1:] for line in said] == [
        ["supervisor-one", "read: consult"],
        ["supervisor-one", "read: note"],
    ]


def test_the_order_does_not_depend_on_a_clock(practice: Practice) -> None:
    reference = practice.consult()
    with practice.log() as log:
        log.record_access("consult", at="1999-01-01T00:00:00+00:00", actor="x", reference=reference)
    assert practice.run("audit", reference, "--json").data[-1]["at"].startswith("1999")


@pytest.mark.parametrize("how", [[], ["--note"], ["--events"], ["--json"]])
def test_every_way_of_showing_a_consult_is_recorded(practice: Practice, how: list[str]) -> None:
    reference = practice.consult()
    practice.run("show", reference, *how)
    with practice.log() as log:
        assert len(log.accesses(reference)) == 1


def test_listing_and_auditing_are_not(practice: Practice) -> None:
    reference = practice.consult()
    for words in (["log"], ["search", "unheard"], ["audit", reference], ["verify"]):
        assert practice.run(*words).status == 0
    with practice.log() as log:
        assert log.accesses() == []
    assert practice.run("audit", reference, "--reads").out == "Nobody has read it.\n"


def test_reading_moves_no_consult_on(practice: Practice) -> None:
    kept = practice.begun()
    practice.run("show", kept.reference)
    with practice.log() as log:
        assert log.consult(kept.reference).revision == kept.revision


def test_what_could_not_be_shown_is_not_recorded(practice: Practice) -> None:
    kept = practice.begun()
    practice.refused("show", kept.reference, "--note")
    with practice.log() as log:
        assert log.accesses() == []
        with pytest.raises(NoSuchConsult):
            log.accesses("C-99999")
    assert "There is no consult C-99999" in practice.refused("audit", "C-99999")


def test_an_addendum_stands_in_the_note_the_page_and_the_timeline(practice: Practice) -> None:
    reference = practice.decided()
    before = practice.run("show", reference, "--note").out
    said = practice.run("addendum", reference, "The call was at ten,\nnot at nine.")
    assert (said.status, said.out) == (0, f"Added to {reference}.\n")
    note = practice.run("show", reference, "--note").out
    assert note.startswith(before.rstrip("\n"))
    assert note.splitlines()[-1].startswith("- 20") and note.endswith(
        "clinician-one: The call was at ten, not at nine.\n"
    )
    assert "The call was at ten, not at nine." in practice.run("show", reference).words
    assert "addendum: The call was at ten," in practice.run("show", reference, "--events").words
    assert practice.run("verify").status == 0


def test_an_addendum_may_come_in_the_midst_and_after_the_end(practice: Practice) -> None:
    kept = practice.begun()
    assert practice.run("addendum", kept.reference, "Asked again").status == 0
    with practice.log() as log:
        assert log.consult(kept.reference).revision == kept.revision + 1
    reference = practice.low()
    practice.run("close", reference)
    assert practice.run("addendum", reference, "Nothing new").status == 0
    assert practice.run("verify").status == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" \n", "is empty"),
        ("x" * 4001, "has 4001 characters; at most 4000"),
        ("Call Maria Gonzalez at 303-555-0142", "it looks as if this has"),
    ],
)
def test_an_addendum_that_will_not_do(practice: Practice, text: str, expected: str) -> None:
    assert expected in practice.refused("addendum", practice.low(), text)


def test_an_addendum_to_no_consult(practice: Practice) -> None:
    practice.low()
    assert "There is no consult" in practice.refused("addendum", "C-99999", "text")


def test_words_of_a_consult_that_a_search_shows_are_recorded_as_read(practice: Practice) -> None:
    one, other = practice.consult(narrative="the ladder is long"), practice.low()
    said = practice.run("search", "ladder")
    assert "ladder is long" in said.words
    with practice.log() as log:
        [access] = log.accesses()
    assert (access.what, access.consult, access.actor, access.detail) == ("found", one, CLINICIAN, {})
    assert "read: found" in practice.run("audit", one).out and "found" not in practice.run("audit", other).out
    practice.run("search", "ladder", "--json")
    practice.run("search", "unheard")
    practice.run("log")
    with practice.log() as log:
        assert [found.consult for found in log.accesses()] == [one, one], "each time, and who only lists reads nothing"


def test_a_search_in_a_locked_log_shows_no_words_of_a_consult(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list needs no writing; what consults say is not shown before it stands in the record that it was read."""
    reference = practice.consult(narrative="the ladder is long")
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(practice.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for words in (["ladder"], ["ladder", "--json"]):
            said = practice.run("search", *words)
            assert said.status == 0 and reference in said.out and "ladder is long" not in said.words
            assert said.err.startswith("curbside: What the consults say is left out") and "is locked" in said.err
            assert said.err.count("\n") == 1
    with practice.log() as log:
        assert log.accesses() == []
