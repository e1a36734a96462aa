"""A consult line by line: what is piped in is answered as if a person had typed it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

import pytest

from flows.pages import label

from .conftest import Office, given

# A whole consult for Colorado: what is asked, and what is typed.
ABOUT_YOU = [
    ("Where is the client?", "CO"),
    ("What is your profession?", "3"),
    ("Which of these apply?", "asked"),
]
QUESTIONS = [
    ("What is the consult about?", "1"),
    ("What was said or shown about hurting someone?", "7"),
    ("Is there a target?", "4"),
    ("What harm is feared?", "3"),
    ("Who is that to the client?", "1"),
    ("Does the client intend it?", "3"),
    ("When might it happen?", "3"),
    ("Is there a plan?", "3"),
    ("Any preparation", "1"),
    ("What means are within reach?", "4"),
    ("Violence before?", "3"),
    ("Thoughts of death or suicide?", "1"),
    ("Where is the client now?", "1"),
    ("What else is known?", "7, asked"),
]
REVIEWED = [("Is this right?", "1")]
DECIDED = [
    ("What now?", "1"),
    ("How do you decide?", "1"),
    ("Another step beside these?", "1"),
    ("What is told to treating or medical staff?", ""),
    ("What is told to the person at risk?", "The threat, and whom to call."),
    ("What is told to the police?", ""),
    ("When will you follow up?", ""),
    ("Record this decision?", "1"),
    ("What now?", "1"),
]
IN_WORDS = [
    ("Where is the client?", "colorado"),
    ("What is your profession?", "psychologist"),
    ("Which of these apply?", "a"),
    ("What is the consult about?", "the client may hurt someone"),
    ("What was said or shown about hurting someone?", "explicit"),
    ("Is there a target?", "named"),
    ("What harm is feared?", "death or serious injury"),
    ("Who is that to the client?", "Partner or ex-partner"),
    ("Does the client intend it?", "stated"),
    ("When might it happen?", "within_days"),
    ("Is there a plan?", "a specific plan"),
    ("Any preparation", "no"),
    ("What means are within reach?", "FIREARM"),
    ("Violence before?", "violence"),
    ("Thoughts of death or suicide?", "asked, and none"),
    ("Where is the client now?", "with me"),
    ("What else is known?", "7 a"),
]

Asked = Sequence[tuple[str, str]]


def lines(*parts: Asked) -> str:
    """What is typed, a line each."""
    return "".join(f"{typed}\n" for part in parts for _, typed in part)


def in_order(shown: str, *parts: Asked) -> None:
    """Each question was asked after the one before it, and what was typed stands below it."""
    place = 0
    for part in parts:
        for ask, typed in part:
            found = shown.find(f"{ask}", place)
            assert found >= 0, f"{ask!r} was not asked after {shown[max(0, place - 80) : place]!r}"
            place = shown.index(f"> {typed}\n", found)


def ended_well(done: subprocess.CompletedProcess[str]) -> str:
    """What was shown; the command ended well, without colours and without a complaint."""
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    return done.stdout


def unwrapped(shown: str) -> str:
    """What was shown, in one line."""
    return " ".join(shown.split())


def test_a_whole_consult_for_colorado_by_numbers(office: Office) -> None:
    shown = ended_well(office.say(lines(ABOUT_YOU, QUESTIONS, REVIEWED, DECIDED)))
    in_order(shown, ABOUT_YOU, QUESTIONS, REVIEWED, DECIDED)
    [row] = office.rows()
    assert (row.status, row.level, row.duty, row.clinician) == ("decided", "high", "must_act", "clinician-one")
    for text in ("C.R.S. § 13-21-117", f"Logged as {row.reference}.", "Outstanding under the law", "screen 9 of 10"):
        assert text in unwrapped(shown)
    decision = office.last().decision or {}
    assert decision["tell"]["victim"] == "The threat, and whom to call."
    assert decision["tell"]["law_enforcement"].startswith("Who made the threat")
    assert row.follow_up and office.kinds().count("answered") == 17


def test_the_same_in_words_is_the_same_consult(office: Office) -> None:
    ended_well(office.say(lines(ABOUT_YOU, QUESTIONS)))
    in_numbers = office.last().given
    shown = ended_well(office.say(lines(IN_WORDS)))
    in_order(shown, IN_WORDS)
    assert office.last().given == in_numbers
    assert office.last().state == "paused" and office.last().held == "review"


def test_place_and_profession_are_remembered_once_there_was_a_result(office: Office) -> None:
    ended_well(office.say(lines(ABOUT_YOU, QUESTIONS, REVIEWED)))
    shown = ended_well(office.say("1\n"))
    assert "Where is the client?" not in shown
    assert "Colorado · Psychologist · screen 1" in shown
    assert given(office.last(), "jurisdiction", "profession", "concern") == ["CO", "psychologist", "harm_to_others"]
    assert office.last().given["setting"]["facility"] == "no"


def test_danger_can_be_said_at_any_question_and_the_questions_go_on(office: Office) -> None:
    shown = ended_well(
        office.say("/d\n" + lines(ABOUT_YOU, QUESTIONS[:2]) + "d\nyes\n" + lines(QUESTIONS[2:], REVIEWED))
    )
    first, _, rest = shown.partition("Where is the client?\n")[2].partition("Where is the client?\n")
    assert "DANGER NOW: call 911 first." in first and "Do this first" in first
    again = rest.partition("Is there a target?")[2]
    assert "Is someone still in danger?" in again and "In Colorado, on these answers: " in unwrapped(again)
    assert "DANGER NOW: call 911 ·" not in shown and "· DANGER NOW: call 911" in shown
    assert office.rows()[0].level == "emergency"
    assert office.last().given["danger_now"] == "yes", "a time within days does not undo it"


def test_back_asks_the_screen_before_and_enter_keeps_the_answer(office: Office) -> None:
    shown = ended_well(office.say(lines(ABOUT_YOU, QUESTIONS[:2]) + "b\n\n4\n3\n"))
    assert shown.count("What was said or shown about hurting someone?") == 2
    assert "An explicit threat  (now)" in shown and "A number, or Enter to keep it" in shown
    assert given(office.last(), "threat", "victim", "harm") == ["explicit", "named", "death_or_serious_injury"]
    assert "went_back" in office.kinds()


def test_back_at_the_first_is_answered_kindly(office: Office) -> None:
    shown = ended_well(office.say("/b\nCO\n"))
    assert "That can't be done: back: 'about_you'" in shown and "there is nothing before this" in unwrapped(shown)
    assert given(office.last(), "jurisdiction") == ["CO"]


def test_an_earlier_answer_can_be_changed_from_any_question(office: Office) -> None:
    shown = ended_well(office.say(lines(ABOUT_YOU, QUESTIONS[:5]) + "c\nplace\n\nc\nThreat\n5\n"))
    assert "That can't be done" not in shown
    assert "Place: Colorado" in shown and "Colorado  (now)" in shown
    assert given(office.last(), "threat", "victim") == ["reported_by_others", "named"]
    assert office.last().held == "intent", "the question that was asked is asked on"
    assert [event.data for event in office.events() if event.kind == "changed"][-1] == {
        "answers": {"threat": "reported_by_others"},
        "was": "explicit",
        "to": "intent",
    }


def test_at_the_review_and_the_result_an_answer_can_be_changed(office: Office) -> None:
    change = "2\nintent\ndenied\n1\n"
    shown = ended_well(office.say(lines(ABOUT_YOU, QUESTIONS) + change + "7\nmeans\nnone\n1\n"))
    assert shown.count("Next steps") == 2
    assert [kind for kind in office.kinds() if kind in ("changed", "evaluated")] == ["changed", "evaluated"] * 2
    assert given(office.last(), "intent", "means") == ["denied", "none"]


def test_back_from_the_menu_of_changes_is_back_to_the_review(office: Office) -> None:
    shown = ended_well(office.say(lines(ABOUT_YOU, QUESTIONS) + "2\nb\n4\n/b\n"))
    assert shown.count("Is this right?") == 3 and "went_back" not in office.kinds()


def test_another_state_can_be_added_and_taken_out_again(office: Office) -> None:
    said = lines(ABOUT_YOU, QUESTIONS) + "4\nWyoming\n4\n2\nutah\n4\n1\n1\n"
    shown = ended_well(office.say(said))
    assert "Second state Wyoming" in unwrapped(shown) and "Second state Utah" in unwrapped(shown)
    changes = [event.data["answers"] for event in office.events() if event.kind == "changed" and event.data]
    assert [one["second_jurisdiction"] for one in changes] == ["WY", "UT", ""]
    assert office.last().result is not None


def test_free_text_is_screened_before_anything_of_it_is_kept(office: Office) -> None:
    naming, clean = "He will kill Jane Sample.", "He said it twice, calmly."
    said = lines(ABOUT_YOU, QUESTIONS) + f"3\n{naming}\n1\n{clean}\n3\n\n3\n-\n3\n{naming}\n3\n3\n{naming}\n2\n"
    shown = ended_well(office.say(said))
    assert shown.count("It looks as if this has a name in it. Nothing is kept yet.") == 3
    assert f"{clean}  (now)" in shown
    kept = [event.data["answers"]["narrative"] for event in office.events() if event.kind == "changed" and event.data]
    assert kept == [clean, clean, "", "", naming], "written again; kept; taken out; left out; kept by its writer's word"


def test_help_and_pause(office: Office) -> None:
    shown = ended_well(office.say(lines(ABOUT_YOU) + "?\nhelp\np\n"))
    assert shown.count("never taken for no") == 2
    reference = office.rows()[0].reference
    assert f"{reference} is kept. Go on with: curbside try --resume {reference}" in shown
    assert office.rows()[0].status == "paused"


def test_the_end_of_the_input_keeps_the_consult_and_resume_goes_on(office: Office) -> None:
    shown = ended_well(office.say(lines(ABOUT_YOU, QUESTIONS[:3])))
    reference = office.rows()[0].reference
    assert f"curbside try --resume {reference}" in shown
    for words in (["--resume"], ["--resume", reference], [reference.lower()]):
        shown = ended_well(office.say("", *words))
        assert f"Going on with {reference}." in shown and "What harm is feared?" in shown
        assert "A named person" in shown, "the answers so far are shown"
    ended_well(office.say(lines(QUESTIONS[3:], REVIEWED, DECIDED), "--resume"))
    assert [row.status for row in office.rows()] == ["decided"]
    shown = ended_well(office.say("1\n", "--resume"))
    assert "Report what became of a step" in shown


def test_a_consult_is_cancelled_only_when_one_is_sure(office: Office) -> None:
    shown = ended_well(office.say(lines(ABOUT_YOU) + "x\n1\nx\n2\n"))
    assert shown.count("Cancel this consult?") == 2 and "It stays in the log." in shown
    assert (office.rows()[0].status, office.kinds()[-1]) == ("cancelled", "cancelled")


# What is typed at the profession and at a list, and what is said to it.
WRONG_AT_A_CHOICE = ["", "0", "10", "-1", "1.5", "psych", "nobody", "3 4", "²", "9" * 5000, "\x1b[2J", "p" * 10_000]
WRONG_IN_A_LIST = {
    "99": "'99' is not one of the numbers from 1 to 4, nor “asked”.",
    "9" * 5000: "is not one of the numbers",
    "1 x": "'x' is not one",
}


def test_what_can_not_be_understood_is_asked_again_and_nothing_is_kept(office: Office) -> None:
    shown = ended_well(office.say("\n".join(["CO", *WRONG_AT_A_CHOICE, "3", *WRONG_IN_A_LIST, "1 2"]) + "\n"))
    assert shown.count("Please type a number from 1 to 9.") == len(WRONG_AT_A_CHOICE)
    for said in WRONG_IN_A_LIST.values():
        assert said in shown
    answered = [event.data["asked"] for event in office.events() if event.kind == "answered" and event.data]
    assert answered == [["jurisdiction"], ["profession"], ["setting"]]
    assert given(office.last(), "profession") == ["psychologist"]


@pytest.mark.parametrize("typed", ["XX", "New", "the west", "", "C O", "/z", "7"])
def test_a_place_that_is_none_is_asked_again(office: Office, typed: str) -> None:
    shown = ended_well(office.say(f"{typed}\nnew mex\n"))
    assert "Please type the two letters of a state (or DC), or its name." in shown
    assert given(office.last(), "jurisdiction") == ["NM"]


def test_bytes_that_are_no_text_are_a_typing_error(office: Office) -> None:
    shown = ended_well(office.say(b"CO\n\xff\xfe\n3\n\xc3\n\n"))
    assert "Please type a number from 1 to 9." in shown and "is not one of the numbers" in shown
    assert given(office.last(), "profession") == ["psychologist"]


def test_a_list_marks_what_is_so_and_no_only_what_was_asked(office: Office) -> None:
    ended_well(office.say(lines(ABOUT_YOU, QUESTIONS[:-1]) + "2 7 16\nb\n3\n"))
    assert office.last().given["aggravating"] == {
        **dict.fromkeys(office.last().given["aggravating"], "unknown"),
        "psychosis": "yes",
        "command_hallucinations": "yes",
        "recent_loss_or_separation": "yes",
    }, "what is not marked stays as it was"
    assert office.last().given["protective"]["means_removed_and_confirmed"] == "yes"


# The decision


def test_a_decision_step_by_step_needs_a_reason_where_it_leaves_out_what_the_law_requires(office: Office) -> None:
    start = lines(ABOUT_YOU, QUESTIONS, REVIEWED)
    ended_well(office.say(start))
    plan = (office.last().result or {})["plan"]
    states = {"warn_victim": "not doing it", "safety_plan": "done\nWritten down together."}
    steps = "".join(f"{states.get(one, 'planned')}\n" for one in plan)
    said = f"1\neach\n{steps}1\n\nThe police warn her themselves.\nHospital is arranged.\n\n\nnone\n1\n1\n"
    shown = ended_well(office.say(said, "--resume"))
    decision = office.last().decision or {}
    assert decision["steps"]["warn_victim"]["state"] == "declined"
    assert decision["steps"]["safety_plan"]["result"] == "Written down together."
    assert decision["reasons"] == {"warn_victim": "The police warn her themselves.", "law": "Hospital is arranged."}
    assert shown.count(f"{label('warn_victim')}: your reason?") == 2, "an empty reason is asked for again"
    assert "Differs from the suggestion; reason" in shown and "victim" not in decision["tell"]
    assert decision["follow_up"] is None


def test_thinking_again_records_nothing(office: Office) -> None:
    again = [*DECIDED[:-2], ("Record this decision?", "2")]
    ended_well(office.say(lines(ABOUT_YOU, QUESTIONS, REVIEWED, again) + "b\n"))
    assert "decided" not in office.kinds() and office.last().held == "review"


def test_a_follow_up_at_another_time_is_ahead(office: Office) -> None:
    follow = [*DECIDED[:-3], ("When will you follow up?", "4")]
    shown = ended_well(
        office.say(lines(ABOUT_YOU, QUESTIONS, REVIEWED, follow) + "soon\n2020-01-01 10:00\n2099-01-01 10:00\n1\n1\n")
    )
    assert "'soon' is not a date and time." in shown and "That time has passed." in shown
    assert (office.rows()[0].follow_up or "").startswith("2099-01-01T10:00")


def test_steps_are_reported_later_and_the_consult_is_closed(office: Office) -> None:
    ended_well(office.say(lines(ABOUT_YOU, QUESTIONS, REVIEWED, DECIDED)))
    closing = "5\n\n5\n/b\n"
    warn, police = label("warn_victim").lower(), label("notify_law_enforcement").lower()
    shown = ended_well(office.say(f"{closing}2\n{warn}\ndone\nreached at noon\n2\n{police}\ndone\n\n5\n", "--resume"))
    assert "needed: a short reason" in unwrapped(shown), "while something is outstanding a reason is needed"
    assert "Still outstanding under the law" in shown
    assert "Recorded. Nothing that the law requires is outstanding." in shown
    assert "is closed. It stays in the log." in shown
    assert office.kinds()[-3:] == ["step_reported", "step_reported", "closed"]
    refused = office.say("", office.rows()[0].reference)
    assert refused.returncode == 2 and "is closed. `curbside show" in refused.stderr and refused.stdout == ""


def test_there_is_nothing_to_resume(office: Office) -> None:
    done = office.say("", "--resume")
    assert (done.returncode, done.stderr) == (2, "curbside: no consult is open. `curbside try` begins one.\n")
    done = office.say("", "--resume", "C-00000")
    assert done.returncode == 2 and done.stderr.startswith("curbside: There is no consult C-00000.")


def test_another_clinicians_consult_is_left_alone(office: Office) -> None:
    ended_well(office.say(lines(ABOUT_YOU)))
    reference = office.rows()[0].reference
    done = office.say("CO\n", reference, clinician="clinician-two")
    assert done.returncode == 2 and f"{reference} is another clinician's consult" in done.stderr
    done = office.say("", "--resume", clinician="clinician-two")
    assert done.stderr.startswith("curbside: no consult is open.")


def test_all_pages_of_the_result_can_be_read(office: Office) -> None:
    shown = ended_well(office.say(lines(ABOUT_YOU, QUESTIONS, REVIEWED) + "2\n3\n4\n5\n6\n8\n"))
    for text in ("Rules, element by element", "Colorado (CO)", "Options, from least to most intrusive", "Addenda"):
        assert text in shown, text
    assert shown.count("Next steps") == 2 and "is kept. Go on with" in shown
