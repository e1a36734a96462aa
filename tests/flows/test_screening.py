"""What the screening finds in a text and what it lets pass: the cases are in `screening_cases.yaml`."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from pathlib import Path
from timeit import repeat
from typing import Any, get_args

import pytest

from flows.screening import Identifier, Kind, kinds, said, screen
from flows.words import read_data
from state_law.load import jurisdiction_names
from state_law.yaml_text import read_yaml

ROOT = Path(__file__).parents[2]
CASES: Any = read_yaml((Path(__file__).parent / "screening_cases.yaml").read_text(encoding="utf-8"))
MARK = re.compile(r"\[\[(\w+): (.*?)\]\]")
LISTS: Any = read_data("screening.yaml")["names"]


def unmarked(case: str) -> tuple[str, list[tuple[str, str]]]:
    """The text of a case, and its marks as (kind, words)."""
    return MARK.sub(r"\2", case), [(mark[1], mark[2]) for mark in MARK.finditer(case)]


def found(text: str) -> list[tuple[str, str]]:
    """What is found in a text, as (kind, words)."""
    return [(one.kind, text[one.start : one.end]) for one in screen(text)]


@pytest.mark.parametrize("case", CASES["found"] + CASES["false_alarms"])
def test_what_is_marked_is_found_and_nothing_else(case: str) -> None:
    text, marks = unmarked(case)
    assert marks, "a case marks what must be found"
    assert found(text) == marks
    # At the same places, too, not only the same words.
    before = [len(MARK.sub(r"\2", case[: mark.start()])) for mark in MARK.finditer(case)]
    assert [one.start for one in screen(text)] == before


@pytest.mark.parametrize("text", CASES["clean"] + CASES["missed"])
def test_nothing_is_found(text: str) -> None:
    assert found(text) == []


def test_the_cases_are_enough() -> None:
    marked = {kind for case in CASES["found"] for kind, _ in unmarked(case)[1]}
    assert marked == set(get_args(Kind))
    assert len(CASES["clean"]) >= 25


@pytest.mark.parametrize("state", jurisdiction_names().values())
def test_a_state_is_no_name(state: str) -> None:
    assert found(f"The client moved to {state} last year.") == []


@pytest.mark.parametrize("group", LISTS["ordinary"])
def test_an_ordinary_word_with_a_capital_is_no_name(group: str) -> None:
    for word in LISTS["ordinary"][group].split():
        assert found(f"The client mentioned {word.capitalize()} twice.") == [], word


@pytest.mark.parametrize("phrase", LISTS["phrases"])
def test_a_phrase_that_looks_like_a_name_is_none(phrase: str) -> None:
    assert found(f"The client mentioned {phrase} twice.") == []
    assert found(f"The client mentioned {phrase.replace(' ', '  ')} twice."), "it would pass without being listed"


@pytest.mark.parametrize("letters", [str.lower, str.capitalize, str.upper])
def test_a_usual_name_is_found_wherever_it_stands(letters: Any) -> None:
    for word in LISTS["usual"].split():
        name = letters(word)
        for text in (f"{name} is afraid of him.", f"he means {name} this time"):
            assert found(text) == [("name", name)], text


def test_no_usual_name_is_an_ordinary_word() -> None:
    usual = set(LISTS["usual"].split())
    ordinary = {word for group in LISTS["ordinary"].values() for word in group.split()}
    assert usual & (ordinary | set(LISTS["starters"].split()) | set(LISTS["names_too"].split())) == set()


def test_the_kinds_are_told_once_each_in_order() -> None:
    assert kinds("Call 555-0100 or 555-0101, ask for Jane Sample, then 555-0102.") == ("telephone", "name")
    assert said("Call 555-0100 or 555-0101, ask for Jane Sample.") == ("a telephone number", "a name")
    assert kinds("Client said he will kill her.") == said("Client said he will kill her.") == ()


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_is_called_something(kind: Kind) -> None:
    assert re.fullmatch(r"an? [a-z][a-z -]+", Identifier(kind, 0, 1).says)
    assert set(read_data("screening.yaml")["says"]) == set(get_args(Kind))


def test_what_was_found_never_repeats_the_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        one, *others = screen("Jane Sample, 303-555-0100")
    assert repr(one) == str(one) == "Identifier(kind='name', start=0, end=11)"
    assert [other.says for other in others] == ["a telephone number"]
    assert "Sample" not in f"{vars(one)}" and caplog.text == ""


def test_an_identifier_can_not_be_changed() -> None:
    with pytest.raises(AttributeError):
        Identifier("name", 0, 1).start = 2  # type: ignore[misc]


def test_no_two_overlap_and_all_lie_within_the_text() -> None:
    for case in CASES["found"]:
        text = unmarked(case)[0] * 2
        ends = [0, *(end for one in screen(text) for end in (one.start, one.end)), len(text)]
        assert ends == sorted(ends), text


def by_itself(text: str, expression: str) -> str:
    """The value of an expression in a Python of its own, which has screened the text once."""
    code = (
        "import sys\nfrom time import process_time\nfrom timeit import repeat\nfrom flows.screening import screen\n"
        f"text = {text!r}\nscreen(text)\n"
    )
    program = [sys.executable, "-c", f"{code}print({expression})"]
    return subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def test_the_library_is_loaded_only_for_a_number() -> None:
    assert by_itself("Client is 34, seen twice in 24 hours.", "'phonenumbers' in sys.modules") == "False"
    assert by_itself("Call 303-555-0100.", "'phonenumbers' in sys.modules") == "True"


PROSE = (
    "Client said he will kill her within 3 days. He has a Glock at home and denies SI. On Monday he told his wife "
    "that he would come back; she called 303-555-0100 on 3/14/2026. Stopped Zoloft in January, drinks 6 beers a day. "
    "Mother confirmed it. No plan, no preparation. He posted on Facebook that Jane Sample will be sorry. "
)


def test_five_hundred_characters_take_less_than_a_millisecond() -> None:
    text = (PROSE * 2)[:500]
    assert kinds(text) == ("telephone", "date", "name")
    # In a Python of its own, which no measuring of coverage slows down, and by processor time, since others run beside it.
    took = by_itself(text, "min(repeat(lambda: screen(text), process_time, number=10, repeat=50)) / 10")
    assert float(took) < 0.001


HOSTILE = [
    "a",
    "a.",
    "A ",
    "1",
    "1 ",
    "1-",
    "3/1 ",
    "(303",
    "a@",
    "@a",
    "1 A ",
    "1 a ",
    "www.",
    "born ",
    "J. ",
    "<@U",
    "\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_text_takes_no_longer_than_its_length_asks(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    assert min(repeat(lambda: screen(text), number=1, repeat=2)) < 3
