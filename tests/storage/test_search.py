"""Finding a consult by what a person remembers of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.storage import Log, open_log, search
from bot.storage.search import match_query

from .making import answer, begin, row


@pytest.fixture
def log(sqlite_log: Log) -> Log:
    begin(
        sqlite_log,
        "C-7F3K2",
        jurisdiction="CO",
        level="high",
        duty="must_act",
        words="He said he would wait for her at the café. Differs: family is told, reason: she asked for it.",
    )
    begin(
        sqlite_log,
        "C-00001",
        jurisdiction="TX",
        level="low",
        duty="no_duty",
        words="Anger at a neighbour; no plan.",
    )
    begin(sqlite_log, "C-00002", profession="counselor", words='she SAID "I\'ll be fine" AND left; 80% sure')
    return sqlite_log


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("neighbour", ["C-00001"]),
        ("NEIGHBOUR", ["C-00001"]),
        ("neigh", ["C-00001"]),
        ("cafe", ["C-7F3K2"]),
        ("CAFÉ", ["C-7F3K2"]),
        ("said wait", ["C-7F3K2"]),
        ("wait said", ["C-7F3K2"]),
        ('"wait for her"', ["C-7F3K2"]),
        ('"her wait for"', []),
        ('"wait for her', ["C-7F3K2"]),
        ("must_act", ["C-7F3K2"]),
        ("must act", ["C-7F3K2"]),
        ("no_duty", ["C-00001"]),
        ("CO", ["C-7F3K2"]),  # the state, not the counselor
        ("couns", ["C-00002"]),
        ("high CO", ["C-7F3K2"]),
        ("high TX", []),
        ("C-7F3K2", ["C-7F3K2"]),
        ("c7f3k2", ["C-7F3K2"]),
        ("I'll", ["C-00002"]),
        ("80%", ["C-00002"]),
        ("family asked", ["C-7F3K2"]),
        ("unheard-of", []),
    ],
)
def test_consults_are_found_by_their_words(log: Log, words: str, found: list[str]) -> None:
    assert [hit.consult.reference for hit in log.search(words)] == found


ODD = [
    *["", "   ", '"', '""', "'", "*", "AND", "OR NOT", "NEAR(a b)", "a:b", "words:plan", "(", ")", "^", "-"],
    *["--", ";", "+", "{facts}: x", "a AND", "\x00", "\ud800", "\u2602", "\U0001d11e", "C-", "%", "\\"],
    *["\u00e9" * 5000, "word " * 5000, '"' * 999],
]


@pytest.mark.parametrize("words", ODD, ids=range(len(ODD)))
def test_nothing_that_a_person_types_is_an_error(log: Log, words: str) -> None:
    assert isinstance(log.search(words), list)


@given(st.text())
def test_no_text_at_all_is_an_error(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    path = tmp_path_factory.getbasetemp() / "search-any-text.db"
    with open_log(path) as log:
        assert isinstance(log.search(words), list)


def test_operators_are_words() -> None:
    assert match_query('anger AND NOT "no plan"* OR x:y') == '"anger"* "AND"* "NOT"* "no plan" "OR" "x y"'
    assert match_query("  * ☂ ") == ""


def test_an_excerpt_shows_the_words(log: Log) -> None:
    assert "neighbour" in log.search("neighbour")[0].excerpt


def test_the_limit_holds(log: Log) -> None:
    assert len(log.search("said", limit=1)) == 1
    assert log.search("said", limit=0) == log.search("said", limit=-3) == []
    assert log.search("C-7F3K2", limit=0) == []


def test_a_reference_comes_before_consults_that_mention_it(log: Log) -> None:
    begin(log, "C-00003", words="see also C-7F3K2, C-7F3K2 and C-7F3K2")
    assert log.search("c7f3k2")[0].consult.reference == "C-7F3K2"
    assert {hit.consult.reference for hit in log.search("C-7F3K2")} == {"C-7F3K2", "C-00003"}


def test_the_index_follows_the_consult(log: Log) -> None:
    answer(log, "C-00001", 1, n=1)  # without words: those that it had stay
    assert [hit.consult.reference for hit in log.search("neighbour")] == ["C-00001"]
    assert log.search("TX") == [], "the facts of the row are always the present ones"
    log.append("C-00001", [_event()], row("C-00001", level="elevated"), expected_revision=2, words="calmer now")
    assert log.search("neighbour") == []
    assert [hit.consult.reference for hit in log.search("elevated calmer")] == ["C-00001"]


def _event() -> dict[str, object]:
    return {"kind": "answered", "at": "2026-03-02T12:00:00+00:00", "actor": "clinician-one", "data": {}}


def test_words_that_are_very_common_stand_for_themselves(sqlite_log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a thousand of them as they are, longer words that begin like them are not gathered as well."""
    monkeypatch.setattr(search, "_MANY", search._MANY.replace("1000", "2"))
    monkeypatch.setattr(search, "_NEWEST", 2)
    for number, words in enumerate(("canoe", "canoes", "canoe again", "lamp", "lamps")):
        begin(sqlite_log, f"C-0000{number}", words=words)
    assert {hit.consult.reference for hit in sqlite_log.search("canoe")} == {"C-00000", "C-00002"}
    assert {hit.consult.reference for hit in sqlite_log.search("lamp")} == {"C-00003", "C-00004"}
