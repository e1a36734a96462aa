"""What somebody wants who comes in by words, as a table."""

from __future__ import annotations

import pytest

from bot.slack.listeners.wishes import (
    DANGER,
    GREETING,
    HELP,
    NOT_UNDERSTOOD,
    START,
    WORDS_OF_DANGER,
    Wanted,
    has_words_of_danger,
    is_danger_itself,
    read_command_text,
    read_kept,
    read_typed_text,
)
from state_law.load import jurisdiction_names

BEHIND_THE_COMMAND = [
    ("", START),
    ("   ", START),
    ("start", START),
    ("CO", Wanted("start", "CO")),
    ("co", Wanted("start", "CO")),
    ("  New   york ", Wanted("start", "NY")),
    ("hi", Wanted("start", "HI")),  # a command's words are taken at their word: Hawaii
    ("help", HELP),
    ("?", HELP),
    ("resume", Wanted("resume")),
    ("resume c-7f3k2", Wanted("resume", reference="C-7F3K2")),
    ("law TX", Wanted("law", "TX")),
    ("law texas", Wanted("law", "TX")),
    ("law", Wanted("law")),
    ("law Narnia", NOT_UNDERSTOOD),
    ("danger now", DANGER),
    ("911", DANGER),
    ("he has a gun", WORDS_OF_DANGER),
    ("XX", NOT_UNDERSTOOD),
    ("my client said something", NOT_UNDERSTOOD),
]

TYPED = [
    ("I need a consult", START),
    ("i need a consult.", START),
    (
        "Hello, please start a new consultation",
        GREETING,
    ),  # a comma in the middle: not certain, and the card has a button
    ("please start a new consultation", START),
    ("consult CO", Wanted("start", "CO")),
    ("I need a consult in New York please", Wanted("start", "NY")),
    ("a consult in Narnia", GREETING),
    ("start", START),
    ("help", HELP),
    ("resume", Wanted("resume")),
    ("resume C-7F3K2", Wanted("resume", reference="C-7F3K2")),
    ("law TX", Wanted("law", "TX")),
    ("law and order", GREETING),
    ("hi", GREETING),  # and not Hawaii
    ("ok", GREETING),
    ("", GREETING),
    ("resume what we said", GREETING),
    ("danger now", WORDS_OF_DANGER),
    ("I need a consult, he bought a gun", WORDS_OF_DANGER),
    ("she wants to kill herself", WORDS_OF_DANGER),
    ("He is on his way to her place right now", WORDS_OF_DANGER),
]


@pytest.mark.parametrize(("text", "wanted"), BEHIND_THE_COMMAND)
def test_what_stands_behind_the_command(text: str, wanted: Wanted) -> None:
    assert read_command_text(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), TYPED)
def test_what_is_typed_to_the_app(text: str, wanted: Wanted) -> None:
    assert read_typed_text(text) == wanted


@pytest.mark.parametrize("code", jurisdiction_names())
def test_every_place_is_known_by_its_code_and_its_name(code: str) -> None:
    assert read_command_text(code) == read_command_text(jurisdiction_names()[code]) == Wanted("start", code)
    assert read_typed_text(f"consult {jurisdiction_names()[code]}") == Wanted("start", code)


def test_what_is_kept_until_it_is_known_who_somebody_is_is_nothing_that_was_typed() -> None:
    for _, wanted in TYPED:
        assert wanted.as_text() in (wanted.kind, f"{wanted.kind}:{wanted.code}")
        assert read_kept(wanted.as_text()) == Wanted(wanted.kind, wanted.code)
    assert read_kept("anything else") == read_kept("") == GREETING


def test_danger_itself_is_the_word_alone() -> None:
    assert is_danger_itself("Danger now!") and is_danger_itself("911")
    assert not is_danger_itself("is there danger now?") and has_words_of_danger("is there danger now?")
    assert not has_words_of_danger("my client is angry with a neighbour")
    assert not has_words_of_danger("begun, skilled, gunther"), "only whole words"
