"""What is typed counts as an answer only where it is certain; it never becomes a reassuring answer by chance."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.machine import Ask, the_flow
from flows.questions import UNKNOWN, questions
from flows.typed import SAYS_UNKNOWN, typed_answer

# Question, what is typed, the answer (None: not understood).
CASES: list[tuple[str, str, Any]] = [
    ("intent", "stated", "stated"),
    ("intent", "States it", "stated"),
    ("intent", " STATES IT. ", "stated"),
    ("intent", "2", "implied"),
    ("intent", "3)", "stated"),
    ("intent", "4", UNKNOWN),
    ("intent", "5", None),
    ("intent", "0", None),
    ("intent", "not known", UNKNOWN),
    ("intent", "I don’t know", UNKNOWN),
    ("intent", "idk", UNKNOWN),
    ("intent", "no", None),
    ("intent", "he stated it to his wife", None),
    ("means", "firearm", "firearm"),
    ("means", "a firearm", "firearm"),
    ("means", "None", "none"),
    ("means", "no idea", UNKNOWN),
    ("means", "a weapon", "other_weapon"),
    ("means", "not a firearm", None),
    ("preparation", "yes", "yes"),
    ("preparation", "no", "no"),
    ("preparation", "no preparation", "no"),
    ("threat", "explicit", "explicit"),
    ("threat", "an explicit threat", "explicit"),
    ("threat", "a threat", None),
    ("threat", "nothing", None),
    ("threat", "nothing said", None),
    ("threat", "nothing said; I infer it", "inferred"),
    ("threat", "vague words", "vague"),
    ("victim", "a named person", "named"),
    ("imminence", "within", None),
    ("imminence", "within days", "within_days"),
    ("imminence", "remote", "remote"),
    ("harm", "death or serious injury", "death_or_serious_injury"),
    ("concern", "the client may hurt themselves", "harm_to_self"),
    ("concern", "the client may hurt", None),
    ("concern", "not known", None),
    ("jurisdiction", "CO", "CO"),
    ("jurisdiction", "new york", "NY"),
    ("jurisdiction", "new", None),
    ("jurisdiction", "District of Columbia", "DC"),
    ("self_harm", "", None),
    ("self_harm", "x" * 500, None),
    ("self_harm", "asked, and none", "none"),
]


@pytest.mark.parametrize(("key", "text", "answer"), CASES)
def test_a_reply_is_taken_where_it_is_certain(key: str, text: str, answer: Any) -> None:
    expected = None if answer is None else {key: answer}
    assert typed_answer([Ask(key, None, None)], text) == expected


LISTS: list[tuple[str, dict[str, str] | None]] = [
    ("engaged in treatment, 2", {"engaged_in_treatment": "yes", "supportive_others": "yes"}),
    ("none of these", dict.fromkeys(questions()["protective"].options, "no")),
    ("none", None),
    ("engaged in treatment, and something else", None),
    ("not known", {}),
]


@pytest.mark.parametrize(("text", "items"), LISTS)
def test_of_a_list_what_is_named_is_yes_and_the_rest_not_known(text: str, items: dict[str, str] | None) -> None:
    found = typed_answer([Ask("protective", None, None)], text)
    if items is None:
        assert found is None
    else:
        assert found == {"protective": {item: items.get(item, UNKNOWN) for item in questions()["protective"].options}}


def test_only_the_first_question_is_answered() -> None:
    asks = the_flow().screens["target"].questions({"concern": "harm_to_others"})
    assert typed_answer(asks, "a named person") == {"victim": "named"}
    assert typed_answer(asks, "physical harm") is None
    assert typed_answer([], "stated") is None


SINGLE = [key for key, one in questions().items() if one.kind == "one"]


@pytest.mark.parametrize("key", SINGLE)
def test_every_options_own_words_give_that_option(key: str) -> None:
    for number, (value, words) in enumerate(questions()[key].options.items(), 1):
        for text in (words, words.upper(), str(number), f"{words}."):
            if len(text) <= 120:
                assert typed_answer([Ask(key, None, None)], text) == {key: value}, text


@pytest.mark.parametrize("key", SINGLE)
@pytest.mark.parametrize("text", SAYS_UNKNOWN)
def test_what_says_unknown_is_never_taken_for_no(key: str, text: str) -> None:
    expected = {key: UNKNOWN} if questions()[key].can_be_unknown else None
    assert typed_answer([Ask(key, None, None)], text) == expected


@given(
    key=st.sampled_from(SINGLE),
    text=st.text(max_size=140),
    words=st.lists(st.sampled_from(["he", "did", "not", "say", "no", "gun", "with"])),
)
def test_any_other_text_is_no_answer_or_one_that_it_names(key: str, text: str, words: list[str]) -> None:
    for said in (text, " ".join(words)):
        found = typed_answer([Ask(key, None, None)], said)
        assert found is None or found[key] in questions()[key].values
