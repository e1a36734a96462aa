"""One consult: how it begins, and each answer that is taken."""

from __future__ import annotations

from typing import Any

import pytest

from flows.consult import snapshot, start
from flows.errors import AnswerError

from .making import (
    AT,
    BY,
    COLORADO,
    LATER,
    ON,
    THREAT,
    WHO,
    answer,
    begin,
    only,
    walked,
)

# Begin


def test_a_consult_begins_where_something_is_to_be_asked() -> None:
    step = start("C-7F3K2", WHO, at=AT)
    assert only(step).kind == "started" and set(only(step).data) >= {"flow_version", "table_version"}
    assert (step.consult.state, step.consult.status, step.consult.given) == ("about_you", "asking", {})
    assert (step.consult.started_at, step.consult.updated_at) == (AT, AT)


def test_what_is_remembered_is_not_asked_again() -> None:
    consult = begin({**COLORADO, "setting": {"inpatient": "yes", "facility": "no"}})
    assert consult.state == "concern"
    assert consult.given == {**COLORADO, "setting": {"inpatient": "yes", "facility": "no"}}
    assert consult.facts["setting.school_records"] == "unknown"


def test_half_of_it_remembered_is_asked_again() -> None:
    assert begin({"jurisdiction": "CO"}).state == "about_you"


def test_a_memory_that_will_not_do_is_refused() -> None:
    with pytest.raises(AnswerError, match=r"jurisdiction: 'XX': not known here; allowed: AK, AL"):
        begin({"jurisdiction": "XX", "profession": "nurse"})


# Answer


def test_an_answer_is_one_event_and_stays_on_the_screen_until_all_is_answered() -> None:
    consult = walked(THREAT, "target")
    step = consult.answer({"victim": "named"}, **BY)
    assert (only(step).kind, only(step).at, only(step).actor) == ("answered", LATER, WHO)
    assert only(step).data == {"answers": {"victim": "named"}, "asked": ["victim"], "to": "target"}
    assert [ask.question for ask in step.consult.asks] == ["harm"]
    assert answer(step.consult, harm="physical").state == "who"


def test_a_whole_screen_can_be_answered_at_once_and_in_any_order() -> None:
    assert answer(walked(THREAT, "target"), harm="physical", victim="named").state == "who"


def test_an_answer_changes_nothing_in_the_consult_before() -> None:
    consult = walked(THREAT, "target")
    before = snapshot(consult)
    answer(consult, victim="named")
    with pytest.raises(AnswerError):
        answer(consult, victim="nobody")
    assert snapshot(consult) == before


def test_not_known_is_an_answer_and_stays_not_known() -> None:
    consult = walked({"concern": "harm_to_others"})
    given = {key: value for key, value in consult.facts.items() if key not in ("jurisdiction", "profession", "concern")}
    assert set(given.values()) == {"unknown", ""}  # "": no second jurisdiction
    result = consult.confirm(on=ON, **BY).consult.result
    assert result is not None and result["level"] != "low"


@pytest.mark.parametrize("time", ["remote", "within_weeks", "within_days", "within_a_day", "no_time_frame"])
def test_a_time_says_along_that_it_is_not_now(time: str) -> None:
    step = answer(walked(THREAT, "intent"), intent="stated").answer({"imminence": time}, **BY)
    assert only(step).data["answers"] == {"imminence": time, "danger_now": "no"}
    assert only(step).data["asked"] == ["imminence"]


def test_a_time_that_is_not_known_says_nothing_along() -> None:
    consult = answer(walked(THREAT, "intent"), intent="stated")
    assert answer(consult, imminence="unknown").facts["danger_now"] == "unknown"


@pytest.mark.parametrize("said", ["yes", "no", "unknown"])
def test_a_time_does_not_undo_what_was_said_about_danger(said: str) -> None:
    consult = answer(walked(THREAT, "intent"), intent="stated").say_danger(said, **BY).consult
    assert answer(consult, imminence="within_weeks").facts["danger_now"] == said
    review = walked({**THREAT, "imminence": "unknown"}).say_danger(said, **BY).consult
    assert review.change("imminence", "within_weeks", **BY).consult.facts["danger_now"] == said


def test_the_items_of_a_list_from_two_screens_come_together() -> None:
    workplace = {"substance_use_program": "yes", "facility": "no"}
    consult = walked({**COLORADO, **THREAT, "setting": workplace}, "circumstances", begin(None))
    assert consult.given["setting"] == {
        "substance_use_program": "yes",
        "school_records": "unknown",
        "inpatient": "unknown",
        "facility": "no",
    }
    after = answer(consult, aggravating=[], protective=[], accepts=[], setting=["minor_victim"])
    assert after.given["setting"] == {
        "substance_use_program": "yes",
        "school_records": "unknown",
        "inpatient": "unknown",
        "facility": "no",
        "minor_client": "unknown",
        "minor_victim": "yes",
    }


# A list on the screen `circumstances`, and what it says of {minor_client, minor_victim}.
LISTS: list[tuple[Any, tuple[str, str]]] = [
    (["minor_client"], ("yes", "unknown")),
    ([], ("no", "no")),
    ({}, ("unknown", "unknown")),
    ({"minor_victim": "no"}, ("unknown", "no")),
]


@pytest.mark.parametrize(("given", "said"), LISTS)
def test_a_list_says_only_what_was_said(given: Any, said: tuple[str, str]) -> None:
    consult = walked({**THREAT, "setting": given}, "circumstances")
    setting = answer(consult, setting=given).given["setting"]
    assert (setting["minor_client"], setting["minor_victim"]) == said
    assert set(setting) == {"minor_client", "minor_victim"}, "what was not asked here was not answered here"


WON_T_DO: list[tuple[str, dict[str, Any], str]] = [
    ("concern", {}, "answers: no answer was given; needed: concern"),
    ("concern", {"concern": "harm"}, "concern: 'harm': not known here; allowed: harm_to_others, "),
    ("concern", {"concern": "unknown"}, "concern: 'unknown': not known here; allowed: harm_to_others, "),
    ("concern", {"concern": None}, "concern: nothing"),
    ("concern", {"concern": ["harm_to_self"]}, "concern: ['harm_to_self']: a list; allowed: "),
    ("plan", {"plan": "none", "preparation": True}, "preparation: True: a true or false; allowed: no, yes, unknown"),
    ("circumstances", {"setting": ["inpatient"]}, "setting: 'inpatient': not asked on this screen; allowed: minor_cl"),
    ("circumstances", {"setting": {"inpatient": "no"}}, "setting: 'inpatient': not asked on this screen; allowed: m"),
    ("circumstances", {"protective": {"hope": "yes"}}, "protective: 'hope': not known here; allowed: engaged_in"),
    ("circumstances", {"protective": {"reasons_against": "x"}}, "protective.reasons_against: 'x': not known here"),
]


@pytest.mark.parametrize(("screen", "values", "said"), WON_T_DO)
def test_an_answer_that_will_not_do_names_field_value_and_what_is_allowed(
    screen: str, values: dict[str, Any], said: str
) -> None:
    with pytest.raises(AnswerError) as refused:
        walked(THREAT, screen).answer(values, **BY)
    assert str(refused.value).replace("'nothing'", "nothing").startswith(said)


def test_a_list_that_is_asked_again_keeps_what_is_not_named_anew() -> None:
    consult = walked({**THREAT, "protective": [], "setting": ["minor_client"]}).back(**BY).consult
    consult = answer(consult, protective={"reasons_against": "yes"}, setting={"minor_victim": "yes"})
    assert consult.given["protective"]["reasons_against"] == "yes"
    assert consult.given["protective"]["supportive_others"] == "no"
    assert consult.given["setting"] == {"minor_client": "yes", "minor_victim": "yes"}
    consult = consult.change("protective", ["supportive_others"], **BY).consult
    assert consult.given["protective"]["reasons_against"] == "unknown", "a plain list says something of every item"
