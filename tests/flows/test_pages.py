"""The pages: what a person is shown, in the order in which they need it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import cycle
from random import Random
from typing import Any

import pytest

from flows.answers import parse_answers
from flows.consult import Consult, current_result
from flows.emergency import emergency_card
from flows.machine import RESULT
from flows.options import catalogue
from flows.pages import (
    NOT_KNOWN_YET,
    NOTHING_REQUIRED,
    answer_in_words,
    answers_page,
    decision_page,
    emergency_page,
    label,
    options_page,
    outstanding_lines,
    result_page,
    when,
    who,
    why_page,
)
from flows.questions import questions
from state_law.describe import Section
from state_law.load import jurisdiction_names
from tests.safety.vocabulary import SEED, draw

from .making import ANGER, BY, COLORADO, ON, THREAT, at_result, begin, decided, walked

Result = Mapping[str, Any]


def texts(section: Section) -> Iterator[str]:
    """Every piece of text on a page, in its order."""
    yield section.title
    for line in section.lines:
        yield from (line.label, line.text, *line.points)
    for part in section.parts:
        yield from texts(part)


def shown(section: Section) -> str:
    """A page as one text."""
    return "\n".join(text for text in texts(section) if text)


def titles(page: Section) -> list[str]:
    """The parts of a page, in order."""
    return [part.title for part in page.parts]


def part(page: Section, title: str) -> str:
    """One part of a page."""
    return next(shown(one) for one in page.parts if one.title == title)


EMERGENCY: Mapping[str, Any] = {**THREAT, "imminence": "within_a_day"}
UNSURE: Mapping[str, Any] = {**THREAT, "threat": "conditional", "imminence": "no_time_frame"}
CASES: Mapping[str, Mapping[str, Any]] = {"low": ANGER, "high": THREAT, "emergency": EMERGENCY, "unsure": UNSURE}


def result_of(case: str) -> Result:
    """The result of one of these cases, in Colorado."""
    return current_result(at_result(CASES[case]))


# The result


@pytest.mark.parametrize("case", CASES)
def test_the_next_steps_come_first_then_what_to_find_out_whom_to_tell_and_the_law(case: str) -> None:
    page = result_page(result_of(case))
    order = [
        "Next steps",
        "If this is so, then",
        "Find out",
        "Who may be told, and the least to say",
        "The law here",
        "Still outstanding under the law",
        "Care of the client afterwards",
        "Please note",
    ]
    assert [title for title in order if title in titles(page)] == titles(page)
    assert {"Next steps", "Who may be told, and the least to say", "The law here", "Please note"} <= set(titles(page))


@pytest.mark.parametrize("case", CASES)
def test_every_part_of_the_result_is_shown(case: str) -> None:
    result = result_of(case)
    page = result_page(result)
    steps = part(page, "Next steps")
    for number, one in enumerate(result["plan"], 1):
        assert f"{number}\n{label(one)}. {catalogue()[one].data.do}" in steps
    for other in result["alternatives"]:
        assert f"Or instead\n{'; '.join(map(label, other))}" in steps
    assert "Contact\n" in steps
    told = part(page, "Who may be told, and the least to say")
    for one in result["disclosures"]:
        for text in (one["channel"], one["say"], one["leave_out"], *one["authority"]):
            assert text in told
    for group in ("may_tell", "may_not_tell", "not_confirmed", "may_tell_if"):
        for one in result["law"][group]:
            assert who(one["recipient"]).lower() in told.lower(), group
    for one in result["law"]["may_not_tell"] + result["law"]["not_confirmed"]:
        assert one["because"] in told
    assert result["law"]["duty_says"] in part(page, "The law here")
    for one in result["warnings"]:
        assert one in part(page, "Please note")
    for one in result["after_care"]:
        assert one["text"] in part(page, "Care of the client afterwards")
    if result["find_out"]:
        assert part(page, "Find out").count("\n") == 2 * len(result["find_out"])
    outstanding = result["law"]["outstanding"]
    assert ("Still outstanding under the law" in titles(page)) == bool(outstanding)


def test_low_says_what_it_means_and_never_that_it_is_safe() -> None:
    page = result_page(result_of("low"))
    assert page.title == "Low: nothing found so far that calls for telling anyone."
    assert "The plan tells nobody about the client." in part(page, "Who may be told, and the least to say")
    assert "It does not mean safe." in part(page, "Please note")
    assert "Still outstanding under the law" not in titles(page)


def test_an_emergency_says_so_and_not_to_wait() -> None:
    page = result_page(result_of("emergency"))
    assert page.title.startswith("Emergency")
    assert "Do not wait for a reply here." in part(page, "Please note").splitlines()[1]
    assert f"1\n{label('emergency_evaluation')}." in part(page, "Next steps")


def test_in_texas_whom_not_to_tell_stands_with_the_reason() -> None:
    consult = walked(THREAT, consult=begin({**COLORADO, "jurisdiction": "TX"})).confirm(on=ON, **BY).consult
    told = part(result_page(current_result(consult)), "Who may be told, and the least to say")
    assert f"Do not tell\n{who('victim')}: Tex. Health & Safety Code" in told
    assert f"\n{who('victim')[0].upper()}{who('victim')[1:]} (" not in told, "nothing is said about how to tell them"


def test_the_law_is_cited_with_the_day_on_which_it_was_checked() -> None:
    law = part(result_page(result_of("high")), "The law here")
    rule = next(one for one in result_of("high")["law"]["rules"] if one["id"] == "co-13-21-117")
    assert rule["citation"] in law and f"(checked on {rule['checked_on']})" in law


def test_what_turns_on_an_unknown_is_shown_with_what_follows() -> None:
    result = result_of("unsure")
    assert result["law"]["duty"] == "turns_on_unknowns" and result["if_then"]
    section = next(one for one in result_page(result).parts if one.title == "If this is so, then")
    assert len(section.lines) == len(result["if_then"])
    for line in section.lines:
        assert line.label and "Level " in line.text
    assert "If this is so, then" not in titles(result_page(result_of("high"))), "where nothing turns on it"


def test_the_stricter_of_two_states_is_named() -> None:
    consult = walked(THREAT).change("second_jurisdiction", "TX", **BY).consult.confirm(on=ON, **BY).consult
    law = part(result_page(current_result(consult)), "The law here")
    assert "Two states\n" in law and "The stricter duty and the narrower permission are shown." in law
    assert "CO: must act" in law and "TX: " in law


def test_a_report_of_abuse_says_to_whom_by_when_and_where_it_stands() -> None:
    result = current_result(at_result({"concern": "abuse_of_child", "threat": "none", "self_harm": "none"}))
    law = part(result_page(result), "The law here")
    for text in ("Report, CO", "To: ", "By when: ", "Line: ", "Who must: "):
        assert text in law


# Why, and the other options


@pytest.mark.parametrize("case", CASES)
def test_why_shows_every_finding_and_every_element_with_its_reason(case: str) -> None:
    result = result_of(case)
    text = shown(why_page(result))
    for name, finding in result["findings"].items():
        assert f"{name.capitalize()}\n{finding['value']}: {'; '.join(finding['because'])}" in text
    for group in ("others", "self"):
        assert f"Level, {group}\n{result['level_for'][group]}: " in text
    for rule in result["law"]["rules"]:
        assert rule["citation"] in text
        for element, value in rule["elements"].items() if rule["covers_profession"] else ():
            assert f"{element.replace('_', ' ').capitalize()}: {value}. " in text
    for one in result["law"]["open_questions"]:
        assert one in text
    for one in result["law"]["federal"]:
        assert one["citation"] in text


@pytest.mark.parametrize("case", CASES)
def test_every_option_stands_there_once_with_its_reason_those_of_the_plan_first(case: str) -> None:
    result = result_of(case)
    page = options_page(result)
    lines = [line for part_ in page.parts for line in part_.lines]
    assert sorted(line.label for line in lines) == sorted(one["label"] for one in result["options"])
    reasons = {one["label"]: one["because"] for one in result["options"]}
    for line in lines:
        assert line.text.lower().startswith(reasons[line.label].lower())
    assert titles(page)[0] == "Recommended"
    assert {line.label for line in page.parts[0].lines} >= {label(one) for one in result["plan"]}


# The answers, in words

IN_WORDS: list[tuple[str, Any, str]] = [
    ("threat", "explicit", "An explicit threat"),
    ("threat", "unknown", "Not known"),
    ("harm", "death_or_serious_injury", "Death or serious injury"),
    ("jurisdiction", "CO", "Colorado"),
    ("narrative", "Said it twice.", "Said it twice."),
    ("accepts", ["admission"], "Going into hospital. 3 not known"),
    ("accepts", [], "Asked, and none"),
    ("accepts", {}, "Not known"),
    ("accepts", {"admission": "no"}, "1 more: no. 3 not known"),
    ("accepts", {"admission": "yes", "safety_plan": "no", "telling_someone": "no", "storing_means": "no"},
     "Going into hospital. The others: no"),
    ("accepts", {"admission": "yes", "safety_plan": "yes", "telling_someone": "no"},
     "Going into hospital; A safety plan. 1 more: no. 1 not known"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value", "said"), IN_WORDS)
def test_an_answer_in_words(key: str, value: Any, said: str) -> None:
    checked = parse_answers({"concern": "harm_to_self", **COLORADO, key: value}).given[key]
    assert answer_in_words(key, checked) == said


def test_the_answers_stand_in_the_order_of_the_questions_without_those_withdrawn() -> None:
    consult = walked(THREAT).change("narrative", "Said it twice.", **BY).consult.change("narrative", None, **BY).consult
    topics = [questions()[key].topic for key in questions()]
    labels = [line.label for line in answers_page(consult).lines]
    assert labels == sorted(labels, key=topics.index) and "Own words" not in labels
    assert len(labels) == len(consult.given_answers)
    assert answers_page(begin(None)).lines == ()


# The decision


def test_a_decision_shows_steps_reasons_whom_was_told_and_what_is_outstanding() -> None:
    consult = at_result()
    assert consult.result is not None
    steps: dict[str, Any] = {one: {"state": "planned"} for one in consult.result["plan"]}
    steps["notify_law_enforcement"] = {"state": "done", "at": "2026-11-25T14:03:11-07:00", "result": "took it up"}
    steps["warn_victim"] = {"state": "declined"}
    given = {
        "steps": steps,
        "reasons": {"warn_victim": "she knows", "law": "admitted instead"},
        "tell": {"law_enforcement": "the threat"},
        "follow_up": "2026-11-28T09:00:00-07:00",
    }
    decision = consult.decide(given, **BY).consult.decision
    assert decision is not None
    text = shown(decision_page(decision))
    for line in (
        f"{label('notify_law_enforcement')}\ndone, 2026-11-25 14:03 (UTC-07:00): took it up",
        f"{label('warn_victim')}\ndeclined, ",
        f"{label('same_day_evaluation')}\nplanned",
        f"Differs from the suggestion; reason\n{label('warn_victim')}\nshe knows\nWhat the law requires\nadmitted instead",
        "Told, or to be told\nThe police\nthe threat",
        "Follow-up\n2026-11-28 09:00 (UTC-07:00)",
        "Outstanding under the law\n",
    ):
        assert line in text
    assert NOTHING_REQUIRED not in text


def test_what_is_done_in_full_is_no_longer_outstanding() -> None:
    decision = decided(state="done").decision
    assert decision is not None and NOTHING_REQUIRED in shown(decision_page(decision))


def test_a_decision_is_no_all_clear_while_the_duty_turns_on_what_is_not_known() -> None:
    consult = at_result(UNSURE)
    assert consult.result is not None and consult.result["law"]["duty"] == "turns_on_unknowns"
    assert "Still outstanding under the law" not in titles(result_page(consult.result)), "before it, it is said above"
    every = {one: {"state": "planned"} for one in consult.result["plan"]}
    result = current_result(consult.decide({"steps": every}, **BY).consult)
    decision = part(decision_page(result["decision"], result), "Outstanding under the law")
    assert NOTHING_REQUIRED not in decision and NOT_KNOWN_YET in decision
    asked = [questions()[one["question"]].ask for one in result["find_out"]]
    assert asked and decision.splitlines()[2:] == asked, "what to find out stands below it"
    assert NOT_KNOWN_YET in part(result_page(result), "Still outstanding under the law")


def test_what_is_outstanding_has_the_labels_of_its_day() -> None:
    """The catalogue may have changed since; a step that it no longer has is named all the same."""
    outstanding = [{"under": "co-1", "text": "C.R.S. 1: not done yet", "any_of": [["warn_victim", "send_a_pigeon"]]}]
    recorded = {"options": [{"id": "warn_victim", "label": "Warn them, as it was called"}], "law": {}}
    [line] = outstanding_lines(outstanding, recorded)
    assert (line.text, line.points) == (
        "C.R.S. 1: not done yet. Done by this, in full:",
        ("Warn them, as it was called and send a pigeon",),
    )
    [line] = outstanding_lines(outstanding)
    assert line.points == (f"{label('warn_victim')} and send a pigeon",)
    assert outstanding_lines([]) == ()


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-25T14:03:11-07:00", "2026-11-25 14:03 (UTC-07:00)"),
        ("2026-11-25T14:03:11Z", "2026-11-25 14:03 (UTC)"),
        ("2026-11-25T14:03", "2026-11-25 14:03"),
        ("2026-11-25", "2026-11-25 00:00"),
    ],
)
def test_a_time_as_a_person_reads_it(at: str, said: str) -> None:
    assert when(at) == said


# Any consult


def random_consults(number: int) -> Iterator[Consult]:
    """Consults with answers at random, in every jurisdiction in turn, from almost nothing known to everything."""
    rng = Random(SEED)
    for code in [place for place, _ in zip(cycle(jurisdiction_names()), range(number), strict=False)]:
        answers = draw(rng, rng.random(), jurisdiction=code)
        if rng.random() < 0.2:
            answers["second_jurisdiction"] = rng.choice(list(jurisdiction_names()))
        if rng.random() < 0.1:  # hardly any answers at random come to low
            answers = {**answers, **ANGER}
        given = parse_answers(answers).given
        consult = walked({key: given[key] for key in given}, consult=begin(None))
        for key in ("danger_now", "second_jurisdiction"):
            if key in given:
                consult = consult.change(key, given[key], **BY).consult
        yield consult.confirm(on=ON, **BY).consult


PAGES: list[Callable[[Result], Section]] = [result_page, why_page, options_page]


def test_every_page_can_be_shown_for_any_consult() -> None:
    levels = set()
    for consult in random_consults(200):
        assert consult.state == RESULT
        result = current_result(consult)
        levels.add(result["level"])
        of_the_table = {*result["law"]["open_questions"], *(rule["summary"] for rule in result["law"]["rules"])}
        for page in PAGES:
            check(page(result), of_the_table)
        check(answers_page(consult))
        check(emergency_page(emergency_card(consult.given_answers, ON)))
        every = {
            "steps": {one: {"state": "planned"} for one in result["plan"]},
            "reasons": {"law": "none of its ways is open"},  # where even the suggested plan can't satisfy the law
        }
        after = consult.decide(every, **BY).consult
        assert after.decision is not None
        check(decision_page(after.decision))
        check(result_page(current_result(after)), of_the_table)
    assert levels == {"low", "elevated", "high", "emergency"}


CONTRACT_NAME = re.compile(r"(?<![\w/.-])[a-z]+_[a-z_]+(?![\w/-])")


def check(page: Section, of_the_table: Collection[str] = ()) -> None:
    """Each line says something, in words: no name of the contract, nothing left open, no marks of a program.

    `of_the_table`: texts of the law table, which are shown as those who read the sources wrote them.
    """
    assert page.title
    for text in texts(page):
        assert text == text.strip(), text
        assert not CONTRACT_NAME.search(text), text
        if not any(text.startswith(one) for one in of_the_table):
            assert not any(mark in text for mark in ("{", "}", "None.", ": None", "['", "()", "  ")), text
    for one in [page, *page.parts]:
        for line in one.lines:
            assert line.text or line.points, f"{line.label!r} says nothing"
