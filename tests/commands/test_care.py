"""`curbside care`: the checklist after a disclosure, seen and ticked."""

from __future__ import annotations

import pytest

from flows.after_care import care_steps

from .conftest import Practice


@pytest.fixture
def told(practice: Practice) -> str:
    """A consult in which the person at risk was warned."""
    reference: str = practice.decided()
    assert practice.run("report", reference, "warn_victim", "done").status == 0
    return reference


def ticked(practice: Practice, reference: str) -> list[str]:
    return [one.id for one in care_steps(practice.stored(reference).care) if one.is_done]


def test_the_list_is_shown_and_a_step_is_ticked_and_taken_back(practice: Practice, told: str) -> None:
    said = practice.run("care", told)
    assert said.status == 0 and "care afterwards, 0 of 6 done" in said.words and "tell_client" in said.words
    said = practice.run("care", told.lower(), "Tell-Client")
    assert said.status == 0 and "1 of 6 done" in said.words and "(done " in said.words
    assert ticked(practice, told) == ["tell_client"]
    assert "0 of 6 done" in practice.run("care", told, "tell_client", "--undo").words
    assert ticked(practice, told) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["C-00000"], "C-00000"),
        (["{told}", "moon"], "tell_client"),
        (["{told}", "--undo"], "--undo needs the step"),
    ],
)
def test_what_will_not_do_is_one_line_and_changes_nothing(
    practice: Practice, told: str, arguments: list[str], says: str
) -> None:
    before = practice.stored(told)
    said = practice.run("care", *(one.format(told=told) for one in arguments))
    assert said.status == 2 and says in said.err and said.err.count("\n") == 1
    assert practice.stored(told) == before


def test_there_is_no_list_before_anybody_was_told(practice: Practice) -> None:
    reference = practice.decided()
    for more in ([], ["tell_client"]):
        said = practice.run("care", reference, *more)
        assert said.status == 2 and "tells somebody is done" in said.err
