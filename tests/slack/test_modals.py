"""Every modal that may be shown: Slack accepts it, it says what it must, and its ids and metadata can be read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache, partial
from typing import Any

import pytest

from bot.desk import Kept
from bot.slack import actions
from bot.slack.actions import read_action
from bot.slack.addresses import read_metadata
from bot.slack.blocks import escape
from bot.slack.modals.close import close_view
from bot.slack.modals.decision import decision_view, reasons_view
from bot.slack.modals.edit import edit_view
from bot.slack.modals.emergency import emergency_view
from bot.slack.modals.home import home_view
from bot.slack.modals.moved import moved_view
from bot.slack.modals.pages import TITLES, law_view, page_view
from bot.slack.modals.screen import screen_view
from bot.slack.modals.step import step_view
from bot.slack.shown import View
from flows.consult import Consult
from flows.decision import STEP_STATES, reasons_needed
from flows.machine import CANCELLED, CLOSED, DECIDED, PAUSED, RESULT, REVIEW, the_flow
from flows.options import catalogue
from flows.questions import questions
from state_law.describe import describe
from state_law.load import jurisdiction_names, the_table

from ..flows.making import ANGER, BY, THREAT, WHO, at_result, at_state, begin, decided, stored, walked
from .filled_in import Filled, all_words

ON = date(2026, 11, 25)
AT = "2026-11-25T10:30:00-07:00"
VOCABULARY = {value for name, value in vars(actions).items() if name.isupper()}
CASES: Mapping[str, Mapping[str, Any]] = {
    "a threat": THREAT,
    "vague anger": ANGER,
    "nothing is known": {"concern": "harm_to_others"},
    "harm to self": {**THREAT, "concern": "harm_to_self", "self_harm": "plan_or_intent", "threat": "none"},
    "abuse of a child": {"concern": "abuse_of_child", "relation": "child", "threat": "none"},
}


@cache
def result_of(case: str, place: str = "CO") -> Consult:
    """The case in that place, evaluated."""
    here = begin({"jurisdiction": place, "profession": "psychologist"})
    return walked(CASES[case], consult=here).confirm(on=ON, **BY).consult


@cache
def decided_of(case: str, place: str = "CO") -> Consult:
    """The same, decided as it was suggested."""
    consult = result_of(case, place)
    assert consult.result is not None
    steps = {one: {"state": "planned"} for one in consult.result["plan"]}
    return consult.decide({"steps": steps, "follow_up": "2026-12-01T10:00:00-07:00"}, **BY).consult


def opened(view: View, *, without_consult: bool = False) -> Filled:
    """The modal as Slack has it, once everything that a listener reads there has been read."""
    filled = Filled(view)
    for action_id in filled.actions:
        assert read_action(action_id)[0] in VOCABULARY, action_id
    if not without_consult:
        address, _ = read_metadata(view["private_metadata"])
        assert address.reference == "C-7F3K2"
    return filled


def optional(view: View, block_id: str) -> bool:
    """Whether an input may be left empty."""
    return any(block.get("block_id") == block_id and block["optional"] for block in view["blocks"])


def reads(filled: Filled) -> str:
    """Every word of it."""
    return "\n".join(all_words(filled.blocks))


# The consult in one modal


@pytest.mark.parametrize("state", [*the_flow().screens, REVIEW, RESULT, DECIDED, PAUSED, CANCELLED, CLOSED])
def test_a_consult_can_be_shown_in_a_modal_at_every_state(state: str) -> None:
    view = screen_view(stored(at_state(state)))
    filled = opened(view)
    asks = state in the_flow().screens or state == REVIEW
    assert ("submit" in view) is asks
    assert view["callback_id"] == (actions.PAGE_VIEW if state == RESULT else actions.SCREEN_VIEW)
    assert filled.view["title"]["text"].startswith("C-7F3K2") or state == RESULT


@pytest.mark.parametrize("state", [*the_flow().screens, REVIEW, RESULT])
def test_danger_now_is_at_the_top_where_a_phone_shows_it(state: str) -> None:
    consult = at_state(state)
    for one in (consult, consult.say_danger(**BY).consult):
        filled = opened(screen_view(one) if one.state != REVIEW or state == REVIEW else page_view(consult, "result"))
        row = filled.blocks[1]
        assert row["type"] == "actions" and row["elements"][0]["action_id"] == "danger:yes"


def test_a_screen_asks_all_its_questions_and_chooses_nothing_beforehand() -> None:
    filled = opened(screen_view(at_state("target")))
    assert filled.inputs == ["answer.victim", "answer.harm"]
    assert filled.values["answer.victim"]["said:victim"]["selected_option"] is None


def test_a_remembered_place_is_confirmed_by_going_on_and_can_be_changed() -> None:
    filled = opened(screen_view(begin()))
    assert "Colorado" in filled.words and {"edit:jurisdiction", "edit:profession"} <= set(filled.actions)
    assert "edit:jurisdiction" not in opened(screen_view(at_state("threat"))).actions
    assert "edit:jurisdiction" not in opened(screen_view(begin(None))).actions


def test_what_was_answered_before_is_chosen_when_one_comes_back() -> None:
    filled = opened(screen_view(walked(THREAT, "who").back(**BY).consult))
    assert filled.values["answer.victim"]["said:victim"]["selected_option"]["value"] == "named"


@pytest.mark.parametrize("key", [key for key, one in questions().items() if one.kind in ("one", "place")])
def test_not_known_can_be_chosen_wherever_it_may_be_said(key: str) -> None:
    one = questions()[key]
    options = opened(edit_view(at_state("plan"), key, shown_turn=1)).options(f"answer.{key}")
    assert ("unknown" in options) is (one.kind == "one" and one.can_be_unknown)


# One answer


@pytest.mark.parametrize("key", questions())
def test_every_answer_can_be_changed(key: str) -> None:
    for consult in (begin(), walked(THREAT, "plan"), at_result()):
        view = edit_view(consult, key, shown_turn=3, found=("Your words: a name",))
        filled = opened(view)
        assert questions()[key].ask in reads(filled)
        _, extra = read_metadata(view["private_metadata"])
        assert extra == {"k": key, "m": 3}


@pytest.mark.parametrize("key", questions())
def test_every_option_of_a_question_is_there_to_be_read(key: str) -> None:
    filled = opened(edit_view(begin(), key, shown_turn=0))
    words = reads(filled)
    for value, full in questions()[key].options.items():
        short = questions()[key].short.get(value)
        assert full in words or (short in words and full.removeprefix(short).strip(" ()") in words if short else False)


# Pages


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("place", ["CO", "TX", "CA"])
def test_every_page_of_a_result_is_accepted_and_loses_nothing(case: str, place: str) -> None:
    for consult in (result_of(case, place), decided_of(case, place)):
        for name in TITLES:
            assert whole(partial(page_view, consult, name))


@pytest.mark.parametrize("code", jurisdiction_names())
def test_the_law_of_every_place_can_be_read_to_its_end(code: str) -> None:
    words = whole(partial(law_view, code, ON), without_consult=True)
    record = the_table().jurisdiction(code)
    for rule in record.rules:
        assert escape(rule.citation) in words
    last = describe(the_table(), code, ON).parts[-1].title
    assert last in words


def whole(page_of: Callable[[int], View], *, without_consult: bool = False) -> str:
    """All pages, turned as a person turns them; the buttons lead there and back."""
    words, page = [], 1
    while True:
        filled = opened(page_of(page), without_consult=without_consult)
        words.append(reads(filled))
        turning = {action_id for action_id in filled.actions if action_id.rpartition(":")[2].isdigit()}
        following = [one for one in turning if one.endswith(f":{page + 1}")]
        assert len(turning) == len(following) + (page > 1)
        if not following:
            return "\n".join(words)
        page += 1


@pytest.mark.parametrize("code", jurisdiction_names())
def test_no_page_ends_with_a_header(code: str) -> None:
    for page in (1, 2):
        blocks = law_view(code, ON, page)["blocks"]
        texts = [block for block in blocks if block["type"] in ("header", "section")]
        assert texts[-1]["type"] == "section"


def test_a_page_beyond_the_last_is_the_last() -> None:
    assert law_view("CA", ON, 99) == law_view("CA", ON, 2) != law_view("CA", ON, 1)
    assert page_view(at_result(), "why", 0) == page_view(at_result(), "why", 1)


def test_a_page_is_never_longer_than_a_person_reads() -> None:
    for code in ("CA", "TX", "MN"):
        view = law_view(code, ON)
        assert sum(len(words) for words in all_words(view["blocks"])) < 16_000


def test_the_note_is_plain_text_that_can_be_copied_as_it_is() -> None:
    consult = at_result()
    assert consult.result is not None
    view = page_view(consult, "note")
    assert view == page_view(consult, "note", 2), "all of it on one page"
    boxes = [block for block in view["blocks"] if block["type"] == "rich_text"]
    parts = [box["elements"][0]["elements"][0]["text"] for box in boxes]
    assert "\n".join(parts).split() == consult.result["note"].split()
    assert {box["elements"][0]["type"] for box in boxes} == {"rich_text_preformatted"}
    assert all(len(part) <= 3000 for part in parts) and all(part.startswith(("# ", "## ")) for part in parts)


def test_a_note_with_a_long_line_loses_nothing() -> None:
    consult = walked(THREAT).change("narrative", "invented words " * 600, **BY).consult.confirm(on=ON, **BY).consult
    assert whole(partial(page_view, consult, "note")).count("invented words") == 600


def test_pages_lead_to_the_result_and_from_there_to_the_decision() -> None:
    assert "decide" in opened(page_view(at_result(), "result")).actions
    assert "page:result" in opened(page_view(at_result(), "why")).actions
    steps = opened(page_view(decided(), "result"))
    assert "decide" not in steps.actions and "open" in steps.actions
    assert "page:result" not in opened(page_view(walked(THREAT), "answers")).actions


# The decision, and what comes after it


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("place", ["CO", "TX", "CA", "FL"])
def test_a_decision_can_be_asked_for_everywhere(case: str, place: str) -> None:
    consult = result_of(case, place)
    assert consult.result is not None
    filled = opened(decision_view(consult, at=AT, problem="Invented problem", found=("Your words: a date",)))
    plan: list[str] = consult.result["plan"]
    assert [one for one in filled.inputs if one.startswith("step.")] == [f"step.{one}" for one in plan]
    assert {*filled.options("also"), *plan} == set(catalogue())
    for one in plan:
        assert list(filled.options(f"step.{one}")) == ["planned", "done", "attempted", "failed", "declined"]
        assert set(filled.options(f"step.{one}")) == set(STEP_STATES)


def test_what_is_not_authorised_says_so_where_it_is_chosen() -> None:
    options = opened(decision_view(at_result(), at=AT)).options("also")
    assert options["risk_protection_order"] == "Ask a court for a risk-protection order (not authorised here)"
    assert options["clarify_facts"].endswith("(can be added)")
    order = ("can be added)", "more than needed)", "not authorised here)", "not applicable)")
    statuses = [order.index(text.rpartition("(")[2]) for text in options.values()]
    assert statuses == sorted(statuses)


@pytest.mark.parametrize(("case", "hours"), [("vague anger", 168), ("nothing is known", 72), ("a threat", 24)])
def test_the_follow_up_time_is_suggested_by_the_level(case: str, hours: int) -> None:
    filled = opened(decision_view(result_of(case), at=AT))
    assert filled.values["follow_up"]["said:follow_up"]["selected_date_time"] == 1795627800 + hours * 3600


def test_a_reason_is_asked_for_each_thing_that_needs_one() -> None:
    consult = at_result()
    assert consult.result is not None
    steps = {one: {"state": "declined"} for one in consult.result["plan"]}
    needed = reasons_needed(consult.result, steps)
    view = reasons_view(consult, {"steps": steps, "tell": {}, "follow_up": None}, needed, found=("a name",))
    filled = opened(view)
    assert set(filled.inputs) == {"nobody.reasons", *(f"reason.{one}" for one in needed)} and "law" in needed
    assert "What the law requires" in reads(filled)


@pytest.mark.parametrize("option", catalogue())
@pytest.mark.parametrize("state", [None, "done", "attempted", "declined"])
def test_every_step_can_be_reported(option: str, state: str | None) -> None:
    filled = opened(step_view(decided(), option, state, at=AT, found=("Your reason: a name",)))
    assert filled.inputs == ["nobody.step", "state", "at", "result", "reason"]
    chosen = filled.values["state"]["said:state"]["selected_option"]["value"]
    assert chosen == (state or "planned")


def test_a_reason_is_required_where_the_step_that_was_tapped_needs_one() -> None:
    assert not optional(step_view(decided(), "warn_victim", "declined", at=AT), "reason")
    assert optional(step_view(decided(), "warn_victim", "done", at=AT), "reason")


def test_closing_asks_why_while_something_is_outstanding() -> None:
    filled = opened(close_view(decided(), found=("Your reason: a name",)))
    assert "Still outstanding under the law" in reads(filled)
    assert not optional(close_view(decided()), "reason")
    assert optional(close_view(decided(ANGER)), "reason")


# Free text


def test_a_view_that_comes_back_says_what_was_found_and_keeps_the_text() -> None:
    found = ("Your words: a name and a date",)
    filled = opened(edit_view(begin(), "narrative", shown_turn=0, found=found, given="Invented text"))
    assert "Nothing is kept yet." in reads(filled) and found[0] in reads(filled)
    assert filled.values["answer.narrative"]["said:narrative"]["value"] == "Invented text"
    assert filled.options("nobody.edit") == {"nobody": "It identifies nobody"}


# Without a consult


def test_danger_now_in_a_modal_shows_what_to_do_first() -> None:
    filled = opened(emergency_view(walked(THREAT, "plan"), ON))
    assert "call 911 first" in filled.words and filled.actions == ["open", "danger:no"]
    assert screen_view(begin(), emergency_on=ON) == emergency_view(begin(), ON)


def test_the_answer_to_the_shortcut_leads_to_the_conversation() -> None:
    link = "https://example.slack.com/archives/D1/p1"
    _, go_there = opened(moved_view("C-7F3K2", link), without_consult=True).find("link")
    assert go_there["url"] == link
    assert "Messages" in opened(moved_view("C-7F3K2", None), without_consult=True).words


def test_the_home_shows_what_is_due_first_and_only_what_is_ones_own() -> None:
    due = Kept(replace(decided(ANGER, follow_up="2026-11-26T10:00:00-07:00"), reference="C-AAAA1"), 4)
    later = Kept(replace(decided(THREAT, follow_up="2026-12-26T10:00:00-07:00"), reference="C-AAAA2"), 4)
    open_ones = [later, Kept(replace(begin(), reference="C-AAAA3"), 1), due]
    theirs = Kept(replace(begin(), reference="C-AAAA4", clinician="U-somebody-else"), 1)
    done = [
        Kept(replace(at_state(CLOSED), reference="C-AAAA5"), 9),
        Kept(replace(at_state(CANCELLED), reference="C-AAAA6"), 2),
    ]
    home = Filled(home_view(WHO, [*open_ones, theirs], done, at="2026-11-27T10:00:00-07:00"), "home")
    order = [
        home.words.index(text) for text in ("Follow-up due", "C-AAAA1", "Open consults", "C-AAAA2", "C-AAAA3", "Done")
    ]
    assert order == sorted(order) and "C-AAAA4" not in home.words
    assert home.actions[:2] == ["start:danger", "start"]
    assert {"page:note", "page:answers", "resume:show"} <= set(home.actions)


def test_the_home_holds_no_clinical_fact() -> None:
    for consult in (at_result(), decided(), at_state(PAUSED)):
        words = " ".join(all_words(home_view(WHO, [Kept(consult, 1)], [])["blocks"]))
        for one in questions().values():
            assert not [
                option
                for option in one.options.values()
                if len(option) > 6 and option != "Danger now" and option in words
            ]
        assert "Colorado" not in words


def test_a_home_with_many_consults_and_with_none_is_accepted() -> None:
    many = [Kept(replace(at_state(PAUSED), reference=f"C-AAA{number}"), 1) for number in range(10, 99)]
    assert "and 74 more" in Filled(home_view(WHO, many, []), "home").words
    assert "no open consult" in Filled(home_view(WHO, [], []), "home").words
