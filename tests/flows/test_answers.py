"""Answers from outside: what is taken, in which forms, and what is said of what won't do."""

from __future__ import annotations

from typing import Any

import pytest

from flows.answers import TEXT_AT_MOST, check_answer, parse_answers
from flows.errors import AnswerError
from flows.questions import questions

LEAST = {"concern": "harm_to_others", "jurisdiction": "CO", "profession": "psychologist"}

# What is put in beside the least that is needed, the field that the error names, the value that it shows, and a piece of
# what it says is allowed.
BAD: list[tuple[dict[Any, Any], str, object, str]] = [
    ({"concern": None}, "concern", None, "harm_to_self_and_others"),
    ({"jurisdiction": None}, "jurisdiction", None, "DC"),
    ({"profession": None}, "profession", None, "marriage_family_therapist"),
    ({"concern": "violence"}, "concern", "violence", "harm_to_others"),
    ({"concern": "unknown"}, "concern", "unknown", "none_of_these"),
    ({"jurisdiction": "co"}, "jurisdiction", "co", "CO"),
    ({"jurisdiction": "PR"}, "jurisdiction", "PR", "WY"),
    ({"jurisdiction": "unknown"}, "jurisdiction", "unknown", "AK"),
    ({"second_jurisdiction": "Texas"}, "second_jurisdiction", "Texas", "TX"),
    ({"second_jurisdiction": ""}, "second_jurisdiction", "", "TX"),
    ({"profession": "unknown"}, "profession", "unknown", "other"),
    ({"profession": ["nurse"]}, "profession", ["nurse"], "nurse"),
    ({"thread": "explicit"}, "answers", "thread", "threat"),
    ({"credible": "yes"}, "answers", "credible", "imminence"),
    ({7: "yes"}, "answers", 7, "means"),
    ({"threat": "Explicit"}, "threat", "Explicit", "explicit"),
    ({"threat": None}, "threat", "nothing", "Leave the key out where it is not known"),
    ({"threat": True}, "threat", True, "conditional"),
    ({"danger_now": True}, "danger_now", True, "no, yes, unknown"),
    ({"danger_now": 1}, "danger_now", 1, "no, yes, unknown"),
    ({"preparation": "maybe"}, "preparation", "maybe", "no, yes, unknown"),
    ({"imminence": "soon"}, "imminence", "soon", "within_a_day"),
    ({"self_harm": {"active": "yes"}}, "self_harm", {"active": "yes"}, "plan_or_intent"),
    ({"aggravating": "psychosis"}, "aggravating", "psychosis", "a list of items"),
    ({"aggravating": None}, "aggravating", "nothing", "a list of items"),
    ({"aggravating": ["psychoses"]}, "aggravating", "psychoses", "command_hallucinations"),
    ({"aggravating": [["psychosis"]]}, "aggravating", ["psychosis"], "psychosis"),
    ({"aggravating": [1]}, "aggravating", 1, "psychosis"),
    ({"aggravating": {"psychosis": True}}, "aggravating.psychosis", True, "yes, no, unknown"),
    ({"aggravating": {"psychosis": None}}, "aggravating.psychosis", "nothing", "yes, no, unknown"),
    ({"aggravating": {"psychosis": "perhaps"}}, "aggravating.psychosis", "perhaps", "yes, no, unknown"),
    ({"setting": {"office": "yes"}}, "setting", "office", "minor_client"),
    ({"accepts": ["hospital"]}, "accepts", "hospital", "admission"),
    ({"narrative": 12}, "narrative", 12, "text"),
    ({"narrative": None}, "narrative", "nothing", "Leave the key out"),
    ({"narrative": "x" * (TEXT_AT_MOST + 1)}, "narrative", "10,001 characters", "at most 10,000 characters"),
    ({"narrative": "He said\x1b[2J so."}, "narrative", "U+001B, as character 8", "line breaks and tabs"),
    ({"narrative": "Over\rwritten"}, "narrative", "U+000D, as character 5", "text"),
    ({"decision": {"reasons": {"law": "a\x00"}}}, "decision.reasons.law", "U+0000, as character 2", "text"),
    ({"decision": {"tell": {"victim": "\x85"}}}, "decision.tell.victim", "U+0085, as character 1", "text"),
    (
        {"decision": {"steps": {"call_911": {"at": "\x7f"}}}},
        "decision.steps.call_911.at",
        "U+007F, as character 1",
        "text",
    ),
    ({"decision": "warn"}, "decision", "warn", "steps, reasons, tell, follow_up"),
    ({"decision": {"plan": []}}, "decision", "plan", "steps, reasons, tell, follow_up"),
    ({"decision": {"steps": ["warn_victim"]}}, "decision.steps", ["warn_victim"], "a mapping"),
    ({"decision": {"steps": {"warn_victim": "done"}}}, "decision.steps.warn_victim", "done", "state, at, result"),
    ({"decision": {"steps": {"warn_victim": None}}}, "decision.steps.warn_victim", "nothing", "state, at, result"),
    ({"decision": {"steps": {"warn_victim": {"by": "me"}}}}, "decision.steps.warn_victim", "by", "state, at, result"),
    ({"decision": {"steps": {"warn_victim": {"state": 1}}}}, "decision.steps.warn_victim.state", 1, "text"),
    ({"decision": {"reasons": {"warn_victim": 3}}}, "decision.reasons.warn_victim", 3, "text"),
    ({"decision": {"tell": {"victim": None}}}, "decision.tell.victim", "nothing", "text"),
    ({"decision": {"tell": ["victim"]}}, "decision.tell", ["victim"], "a mapping"),
    ({"decision": {"follow_up": 20261125}}, "decision.follow_up", 20261125, "a date and time such as"),
]


@pytest.mark.parametrize(("given", "field", "value", "allowed"), BAD, ids=[str(row[0])[:60] for row in BAD])
def test_what_wont_do_is_named_with_what_would(given: dict[Any, Any], field: str, value: object, allowed: str) -> None:
    with pytest.raises(AnswerError) as caught:
        parse_answers({**LEAST, **given})
    error = caught.value
    assert (error.field, error.value) == (field, value)
    assert allowed in error.allowed
    assert "\n" not in str(error)
    assert str(error).startswith(field)
    assert error.as_dict()["field"] == field


@pytest.mark.parametrize("key", LEAST)
def test_what_is_needed_and_missing_is_named(key: str) -> None:
    with pytest.raises(AnswerError, match=f"^{key}: it is missing; needed: ") as caught:
        parse_answers({one: value for one, value in LEAST.items() if one != key})
    assert caught.value.value is None


@pytest.mark.parametrize("data", [None, "harm_to_others", 3, ["concern"], True])
def test_answers_are_a_mapping(data: object) -> None:
    with pytest.raises(AnswerError, match="not a mapping of answers"):
        parse_answers(data)


def test_a_long_text_is_not_repeated_in_the_error() -> None:
    with pytest.raises(AnswerError) as caught:
        parse_answers({**LEAST, "narrative": "invented words " * 1000})
    assert "invented" not in str(caught.value)


def test_line_breaks_in_a_value_do_not_break_the_error() -> None:
    with pytest.raises(AnswerError) as caught:
        parse_answers({**LEAST, "threat": "explicit\nvictim: named"})
    assert "\n" not in str(caught.value)


# What is given for a list, and what each item then is; items that are not named are in `rest`.
LISTS: list[tuple[str, Any, dict[str, str], str]] = [
    ("left out", None, {}, "unknown"),
    ("an empty list: asked, and none", [], {}, "no"),
    ("names: those are yes, the rest not known", ["psychosis", "despair"], {"psychosis": "yes", "despair": "yes"}, "unknown"),
    ("a name given twice", ["psychosis", "psychosis"], {"psychosis": "yes"}, "unknown"),
    ("a mapping: as it says", {"psychosis": "no", "despair": "yes", "grievance": "unknown"},
     {"psychosis": "no", "despair": "yes", "grievance": "unknown"}, "unknown"),
    ("an empty mapping says nothing", {}, {}, "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "given", "known", "rest"), LISTS, ids=[row[0] for row in LISTS])
def test_the_forms_of_a_list(said: str, given: Any, known: dict[str, str], rest: str) -> None:
    more = {} if given is None else {"aggravating": given}
    facts = parse_answers({**LEAST, **more}).facts
    found = {item: facts[f"aggravating.{item}"] for item in questions()["aggravating"].options}
    assert found == {item: known.get(item, rest) for item in found}


def test_what_is_missing_is_unknown_and_never_no() -> None:
    facts = parse_answers(LEAST).facts
    assert {key: value for key, value in facts.items() if value not in ("unknown", "")} == LEAST
    assert facts["second_jurisdiction"] == ""
    assert "narrative" not in facts


@pytest.mark.parametrize("key", [one.key for one in questions().values() if one.kind == "one" and one.can_be_unknown])
def test_every_question_that_can_be_unknown_takes_unknown_and_each_of_its_answers(key: str) -> None:
    for value in questions()[key].values:
        assert parse_answers({**LEAST, key: value}).facts[key] == value
    assert "unknown" in questions()[key].values


def test_text_is_kept_without_the_space_around_it() -> None:
    assert parse_answers({**LEAST, "narrative": "  Invented words. \n"}).narrative == "Invented words."
    assert parse_answers(LEAST).narrative is None


def test_line_breaks_and_tabs_are_text() -> None:
    text = "He said:\n\t“Enough.”\r\nThen he left. Тишина, \N{SMILING FACE WITH SMILING EYES}."
    assert parse_answers({**LEAST, "narrative": text}).narrative == text


def test_a_decision_is_kept_as_given_until_it_is_checked_against_the_result() -> None:
    decision = {"steps": {"warn_victim": {"state": "done"}}, "follow_up": None}
    assert parse_answers({**LEAST, "decision": decision}).decision == decision
    assert parse_answers({**LEAST, "decision": None}).decision is None


@pytest.mark.parametrize("half", ["\ud83d", "and \udc00 more"])
def test_half_of_a_character_is_no_text(half: str) -> None:
    with pytest.raises(AnswerError, match="half of a character"):
        check_answer("narrative", half)
