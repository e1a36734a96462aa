"""A consult with keys, in a real pseudo-terminal."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Sequence

import pytest

from flows.pages import label

from .conftest import Office, given

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)

from .pseudo_terminal import COLOUR, CTRL_C, CTRL_D, DOWN, ENTER, SPACE, UP, Terminal

Asked = Sequence[tuple[str, str | Sequence[str]]]

# Each question, and the keys that answer it.
ABOUT_YOU: Asked = [
    ("Where is the client?", ["Color", "ado", ENTER]),
    ("What is your profession?", [DOWN, DOWN, ENTER]),
    ("Which of these apply?", ["a", ENTER]),
]
QUESTIONS: Asked = [
    ("What is the consult about?", ENTER),
    ("What was said or shown about hurting someone?", "7"),
    ("Is there a target?", [DOWN, DOWN, DOWN, ENTER]),
    ("What harm is feared?", "3"),
    ("Who is that to the client?", "1"),
    ("Does the client intend it?", [UP, UP, ENTER]),
    ("When might it happen?", "3"),
    ("Is there a plan?", "3"),
    ("Any preparation", "1"),
    ("What means are within reach?", "4"),
    ("Violence before?", "3"),
    ("Thoughts of death or suicide?", "1"),
    ("Where is the client now?", "1"),
    ("What else is known?", [DOWN, SPACE, DOWN, SPACE, SPACE, ENTER]),
]
DECIDED: Asked = [
    ("What now?", "1"),
    ("How do you decide?", "1"),
    ("Another step beside these?", "1"),
    ("What is told to treating or medical staff?", ENTER),
    ("What is told to the person at risk?", ENTER),
    ("What is told to the police?", ENTER),
    ("When will you follow up?", ENTER),
    ("Record this decision?", "1"),
]


def answer(terminal: Terminal, *parts: Asked) -> None:
    """Answer these questions, each once it is asked."""
    for part in parts:
        for ask, keys in part:
            terminal.asked(ask, keys)


def remembered(office: Office) -> None:
    """A clinician whose place and profession are known already."""
    typed = "CO\n3\nasked\n6\n1\n1\n1\n\n1\n8\n"  # a past act, and nothing else
    assert office.say(typed).returncode == 0


def test_a_whole_consult_with_arrows_and_numbers(office: Office) -> None:
    with Terminal(office) as terminal:
        answer(terminal, ABOUT_YOU, QUESTIONS, [("Is this right?", "1")])
        terminal.see("C.R.S. § 13-21-117")
        answer(terminal, DECIDED)
        terminal.see("Logged as C-")
        terminal.asked("What now?", "1")
        assert terminal.ends() == 0
        assert "✓ Where is the client now? With me" in terminal.shown, "what was answered shrinks to a line"
        assert "Curbside supports your judgement" in terminal.shown
    [row] = office.rows()
    assert (row.status, row.level, row.duty, row.jurisdiction) == ("decided", "high", "must_act", "CO")
    assert given(office.last(), "victim", "intent", "threat") == ["named", "stated", "explicit"]
    aggravating = office.last().given["aggravating"]
    assert (aggravating["psychosis"], aggravating["command_hallucinations"], aggravating["grievance"]) == (
        "yes",
        "no",
        "unknown",
    )


def test_the_second_consult_begins_with_the_concern(office: Office) -> None:
    remembered(office)
    with Terminal(office) as terminal:
        terminal.asked("What is the consult about?")
        assert "Colorado · Psychologist · screen 1" in terminal.shown and "Where is the client?" not in terminal.shown
        terminal.process.send("p")
        assert terminal.ends() == 0
    assert given(office.last(), "jurisdiction", "profession") == ["CO", "psychologist"]


def test_an_answer_is_changed_at_the_result_and_the_result_comes_anew(office: Office) -> None:
    remembered(office)
    with Terminal(office) as terminal:
        answer(terminal, QUESTIONS, [("Is this right?", "1"), ("What now?", "c"), ("Which answer?", "8")])
        terminal.asked("What was said or shown about hurting someone?")
        terminal.see("› 7 An explicit threat (now)")
        terminal.process.send("3")
        answer(terminal, [("Is this right?", "1"), ("What now?", "8")])
        assert terminal.ends() == 0
    assert given(office.last(), "threat", "victim") == ["vague", "named"]
    assert [kind for kind in office.kinds() if kind in ("evaluated", "changed")] == [
        "evaluated",
        "changed",
        "evaluated",
    ]


def test_ctrl_c_keeps_the_consult_and_resume_goes_on_where_it_was(office: Office) -> None:
    remembered(office)
    with Terminal(office) as terminal:
        answer(terminal, QUESTIONS[:3], [("What harm is feared?", CTRL_C)])
        assert terminal.ends() == 130
        reference = office.rows()[0].reference
        assert f"{reference} is kept. Go on with: curbside try --resume {reference}" in terminal.shown
        assert "Traceback" not in terminal.drawn
    assert (office.rows()[0].status, office.kinds()[-1]) == ("paused", "paused")
    with Terminal(office, "--resume") as terminal:
        terminal.see(f"Going on with {reference}.")
        answer(terminal, QUESTIONS[3:], [("Is this right?", "p")])
        assert terminal.ends() == 0
    assert office.last().held == "review" and given(office.last(), "victim", "harm") == [
        "named",
        "death_or_serious_injury",
    ]


@pytest.mark.parametrize("where", ["the place", "the decision"])
def test_ctrl_c_where_text_is_typed_or_a_decision_is_made(office: Office, where: str) -> None:
    if where == "the decision":
        remembered(office)
    with Terminal(office) as terminal:
        if where == "the place":
            answer(terminal, [("Where is the client?", ["Col", CTRL_C])])
        else:
            answer(terminal, QUESTIONS, [("Is this right?", "1")], DECIDED[:2], [(DECIDED[2][0], CTRL_C)])
        assert terminal.ends() == 130
    assert office.last().held == ("about_you" if where == "the place" else "result")


def test_ctrl_d_keeps_the_consult_too(office: Office) -> None:
    with Terminal(office) as terminal:
        answer(terminal, ABOUT_YOU[:1], [("What is your profession?", CTRL_D)])
        assert terminal.ends() == 0
    assert office.rows()[0].status == "paused"


def test_killed_in_the_middle_it_has_lost_nothing_that_was_answered(office: Office) -> None:
    remembered(office)
    with Terminal(office) as terminal:
        answer(terminal, QUESTIONS[:6])
        terminal.asked("When might it happen?")
        os.kill(terminal.process.pid, signal.SIGKILL)
        assert terminal.ends() == -signal.SIGKILL
    assert office.kinds() == ["started", *["answered"] * 6]
    assert given(office.last(), "relation", "intent") == ["partner_or_ex", "stated"]
    with Terminal(office, "--resume") as terminal:
        terminal.see(f"Going on with {office.rows()[0].reference}.")
        answer(terminal, QUESTIONS[6:], [("Is this right?", "p")])
        assert terminal.ends() == 0


def test_danger_shows_the_card_first_and_the_question_is_asked_again(office: Office) -> None:
    remembered(office)
    with Terminal(office) as terminal:
        answer(terminal, [("What is the consult about?", "d")])
        terminal.see("DANGER NOW: call 911 first.")
        terminal.see("In Colorado, on these answers")
        answer(terminal, QUESTIONS[:1])
        terminal.see("screen 2 of 9 · DANGER NOW: call 911 What was said or shown")
        terminal.process.send("p")
        assert terminal.ends() == 0
    assert office.last().danger_now and office.kinds()[1] == "danger_said"


def test_a_place_that_is_none_is_not_taken(office: Office) -> None:
    with Terminal(office) as terminal:
        terminal.asked("Where is the client?", ["Atlantis", ENTER])
        terminal.see("Please type the two letters of a state")
        for _ in "Atlantis":
            terminal.process.send("\x7f")
        terminal.process.send("/b\r")
        terminal.see("That can't be done")
        answer(terminal, [("Where is the client?", ["tx", ENTER]), ("What is your profession?", "p")])
        assert terminal.ends() == 0
    assert given(office.last(), "jurisdiction") == ["TX"]


def test_a_decision_with_a_reason_and_screened_text_then_a_report_and_the_end(office: Office) -> None:
    remembered(office)
    with Terminal(office) as terminal:
        answer(terminal, QUESTIONS, [("Is this right?", "1"), ("What now?", "1"), ("How do you decide?", "2")])
        terminal.see("step 1 of")
        plan = (office.last().result or {})["plan"]
        for option in plan:
            terminal.asked(label(option), "5" if option == "warn_victim" else "1")
        terminal.asked("Another step beside these?", "1")
        terminal.asked(f"{label('warn_victim')}: your reason?", ["Jane Sample knows already.", ENTER])
        terminal.see("It looks as if this has a name in it. Nothing is kept yet.")
        terminal.asked("What shall be done with it?", "1")
        terminal.asked(f"{label('warn_victim')}: your reason?", ["\x15", "She knows already.", ENTER])
        terminal.asked("What the law requires: your reason?", ["Hospital instead.", ENTER])
        terminal.asked("What is told to treating or medical staff?", ENTER)
        terminal.asked("What is told to the police?", ENTER)
        answer(terminal, [("When will you follow up?", "5"), ("Record this decision?", "1")])
        terminal.see("Logged as C-")
        terminal.asked("What now?", "1")
        assert terminal.ends() == 0
    decision = office.last().decision or {}
    assert decision["reasons"] == {"warn_victim": "She knows already.", "law": "Hospital instead."}
    assert "Jane" not in str([event.data for event in office.events()])
    with Terminal(office, "--resume") as terminal:
        terminal.asked("What now?", "2")
        place = [*decision["steps"]].index("notify_law_enforcement")
        terminal.asked("Which step?", [DOWN] * place + [ENTER])
        answer(
            terminal,
            [
                (f"{label('notify_law_enforcement')}: what became of it?", "2"),
                ("What came of it?", ["took it up", ENTER]),
            ],
        )
        terminal.see("Still outstanding under the law")
        answer(terminal, [("What now?", "5"), ("What the law requires is still", ["the ward took over", ENTER])])
        assert terminal.ends() == 0
        assert "is closed. It stays in the log." in terminal.shown
    assert office.last().ended_because == "the ward took over"
    assert (office.last().decision or {})["steps"]["notify_law_enforcement"]["result"] == "took it up"


@pytest.mark.parametrize("kind", ["dumb", ""])
def test_a_dumb_terminal_is_asked_line_by_line(office: Office, kind: str) -> None:
    with Terminal(office, TERM=kind) as terminal:
        answer(terminal, [("Where is the client?", "CO\r")])
        terminal.see("A number (d danger now, b back")
        answer(terminal, [("What is your profession?", "3\r"), ("Which of these apply?", CTRL_C)])
        assert terminal.ends() == 130
        assert "\x1b" not in terminal.drawn and "is kept. Go on with" in terminal.shown
    assert given(office.last(), "jurisdiction", "profession") == ["CO", "psychologist"]


def colours(drawn: str) -> set[str]:
    """The codes of colours, in the foreground or behind, that were drawn."""
    codes = {code for one in COLOUR.findall(drawn) for code in one[2:-1].split(";")}
    return {code for code in codes if re.fullmatch(r"3[0-8]|4[0-8]|9\d|10\d", code)}


@pytest.mark.parametrize("no_color", [False, True])
def test_colour_is_there_unless_it_is_not_wanted(office: Office, no_color: bool) -> None:
    remembered(office)
    with Terminal(office, NO_COLOR="1" if no_color else "") as terminal:
        answer(terminal, [("What is the consult about?", "d")])
        terminal.see("DANGER NOW: call 911 first.")
        answer(terminal, QUESTIONS[:1], [("What was said or shown", "p")])
        assert terminal.ends() == 0
    assert bool(colours(terminal.drawn)) is not no_color


@pytest.mark.parametrize("columns", [40, 80])
def test_the_line_of_keys_breaks_between_keys(office: Office, columns: int) -> None:
    with Terminal(office, rows=30, columns=columns) as terminal:
        terminal.see("/? help")
        keys = [" ".join(row.split()) for row in terminal.screen.visible]
        for key in ("/d danger now", "/c change an answer", "/x cancel"):
            assert any(key in row for row in keys), (key, keys)
        answer(terminal, ABOUT_YOU[:2])
        terminal.see("a: asked about the others")
        keys = [" ".join(row.split()) for row in terminal.screen.visible]
        for key in ("d danger now", "c change an answer", "x cancel", "Enter goes on"):
            assert any(key in row for row in keys), (key, keys)
        terminal.process.send(CTRL_C)
        terminal.ends()


def test_a_small_window_stays_usable(office: Office) -> None:
    """40 columns and 15 rows, as on a telephone: the marked line is always to be seen, and the consult gets to its end."""
    with Terminal(office, rows=15, columns=40) as terminal:
        answer(terminal, ABOUT_YOU, [(ask[:20], keys) for ask, keys in QUESTIONS[:-1]])
        terminal.asked("What else is known?", UP)
        terminal.see("› [ ] The person at risk is a minor")
        terminal.process.send(SPACE)
        terminal.see("› [x] The person at risk is a minor")
        terminal.process.send(ENTER)
        answer(terminal, [("Is this right?", "1"), ("What now?", "8")])
        assert terminal.ends() == 0
        assert max(map(len, terminal.screen.gone)) <= 40
    assert office.last().given["setting"]["minor_victim"] == "yes" and office.last().result is not None
