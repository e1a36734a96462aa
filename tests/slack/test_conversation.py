"""What each kind of step sends, as a table: which posts, in which order, how urgent, under which name, in place of what."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from bot.slack.conversation import answered_in, posts_for, rewrites
from bot.slack.shown import Privacy
from bot.storage import Post, StoredEvent
from flows.consult import Consult, Event, Step, start

from ..flows.making import AT, BY, COLORADO, ON, THREAT, WHO, acts, at_result, begin, decided, paused, walked

REF = "C-7F3K2"
ROOT, EDIT_ROOT = "1 root", "3 edit root"
IN_DM = "0 emergency at the top"
IN_THREAD = "0 emergency in the thread"


def test_what_is_posted_beside_the_emergency_card_comes_after_it() -> None:
    for before in (None, walked(THREAT, "plan")):
        step = before.say_danger(**BY) if before else start(REF, WHO, at=AT, remembered={"danger_now": "yes"})
        card, *rest = posts_for(before, step, privacy="usual")
        posted = [one for one in rest if one.method == "chat.postMessage"]
        assert card.slot is not None and posted[0].after == card.slot


def in_short(post: Post) -> str:
    """A post in a few words: `1 screen 3`, `3 edit screen 2`."""
    what = f"{post.priority} "
    if post.priority == 0:
        assert "DANGER NOW" in json.dumps(post.body) and str(post.slot).startswith(f"emergency:{REF}:")
        return what + ("emergency in the thread" if "thread_ts" in post.body else "emergency at the top")
    if post.method == "chat.update":
        slot = post.body["ts"]["slot"]
        name = "root" if slot == f"thread:{REF}" else f"screen {slot.removeprefix(f'screen:{REF}:')}"
        assert post.coalesce == (f"root:{REF}" if name == "root" else f"shown:{REF}:{name[7:]}")
        return f"{what}edit {name}"
    assert post.method == "chat.postMessage" and post.coalesce is None
    if post.slot == f"thread:{REF}":
        assert "thread_ts" not in post.body
        return what + "root"
    assert post.body["thread_ts"] == {"slot": f"thread:{REF}"}
    return what + (f"screen {post.slot.removeprefix(f'screen:{REF}:')}" if post.slot else "message")


def sent(before: Consult | None, step: Step, privacy: Privacy = "usual", turns: Any = None) -> list[str]:
    """What the step sends, in short."""
    posts = posts_for(before, step, privacy=privacy, turns=turns)
    for post in posts:
        assert post.lane == f"dm:{WHO}" and post.body["channel"] == {"slot": f"dm:{WHO}"}
        assert post.body["text"].startswith("Curbside")
    return [in_short(post) for post in posts]


def begun(**given: str) -> Step:
    return start(REF, WHO, at=AT, remembered={**COLORADO, **given})


def confirmed(consult: Consult) -> Step:
    return consult.confirm(on=ON, **BY)


@dataclass(frozen=True)
class Row:
    """A consult, a step of it, and what it sends with either privacy."""

    what: str
    before: Callable[[], Consult]
    take: Callable[[Consult], Step]
    usual: Callable[[int], list[str]]
    minimal: tuple[str, ...] = ()


OPTION = "warn_victim"


def _again(consult: Consult) -> Step:
    step = consult.say_danger(**BY)
    return step.then(confirmed(step.consult))


TABLE = [
    Row(
        "an answer, and the screen has another question",
        lambda: walked(THREAT, "target"),
        lambda consult: consult.answer({"victim": "named"}, **BY),
        lambda turn: [f"3 edit screen {turn}"],
    ),
    Row(
        "the last answer of a screen",
        lambda: walked(THREAT, "threat"),
        lambda consult: consult.answer({"threat": "explicit"}, **BY),
        lambda turn: [f"1 screen {turn + 1}", f"3 edit screen {turn}"],
    ),
    Row(
        "the last answer before the review",
        lambda: walked(THREAT, "circumstances"),
        lambda consult: list(acts(consult, THREAT))[-1][1],
        lambda turn: [EDIT_ROOT, f"1 screen {turn + 1}", f"3 edit screen {turn}"],
    ),
    Row(
        "back",
        lambda: walked(THREAT, "plan"),
        lambda consult: consult.back(**BY),
        lambda turn: [f"1 screen {turn + 1}", f"3 edit screen {turn}"],
    ),
    Row(
        "danger now, in the middle of the questions: the card before all else",
        lambda: walked(THREAT, "plan"),
        lambda consult: consult.say_danger(**BY),
        lambda turn: [IN_THREAD, EDIT_ROOT, f"1 screen {turn + 1}", f"3 edit screen {turn}"],
        (IN_THREAD, EDIT_ROOT),
    ),
    Row(
        "no danger any more",
        lambda: walked(THREAT, "plan"),
        lambda consult: consult.say_danger("no", **BY),
        lambda turn: [f"1 screen {turn + 1}", f"3 edit screen {turn}"],
    ),
    Row(
        "danger now at the result, which is evaluated again at once",
        at_result,
        _again,
        lambda turn: [
            IN_THREAD,
            EDIT_ROOT,
            "1 message",
            "1 message",
            "1 message",
            f"1 screen {turn + 2}",
            f"3 edit screen {turn}",
        ],
        (IN_THREAD, EDIT_ROOT, "1 message"),
    ),
    Row(
        "danger now after the decision",
        decided,
        lambda consult: consult.say_danger(**BY),
        lambda turn: [IN_THREAD, f"1 screen {turn + 1}", f"3 edit screen {turn}"],
        (IN_THREAD,),
    ),
    Row(
        "pause",
        lambda: walked(THREAT, "plan"),
        lambda consult: consult.pause(**BY),
        lambda turn: [EDIT_ROOT, f"1 screen {turn + 1}", f"3 edit screen {turn}"],
        ("1 message",),
    ),
    Row(
        "resume",
        paused,
        lambda consult: consult.resume(**BY),
        lambda turn: [EDIT_ROOT, f"1 screen {turn + 1}", f"3 edit screen {turn}"],
    ),
    Row(
        "cancel",
        lambda: walked(THREAT, "plan"),
        lambda consult: consult.cancel(**BY),
        lambda turn: [EDIT_ROOT, f"1 screen {turn + 1}", f"3 edit screen {turn}"],
        (EDIT_ROOT, "1 message"),
    ),
    Row(
        "a change in the review, which is shown anew",
        lambda: walked(THREAT),
        lambda consult: consult.change("intent", "implied", **BY),
        lambda turn: [f"1 screen {turn + 1}", f"3 edit screen {turn}"],
    ),
    Row(
        "the result: the messages in order, the last one has the buttons",
        lambda: walked(THREAT),
        confirmed,
        lambda turn: [
            EDIT_ROOT,
            "1 message",
            "1 message",
            "1 message",
            f"1 screen {turn + 1}",
            f"3 edit screen {turn}",
        ],
        (EDIT_ROOT, "1 message"),
    ),
    Row(
        "the decision",
        at_result,
        lambda consult: consult.decide({"steps": {one: {"state": "planned"} for one in _plan(consult)}}, **BY),
        lambda turn: [EDIT_ROOT, f"1 screen {turn + 1}", f"3 edit screen {turn}"],
        ("1 message",),
    ),
    Row(
        "a step that was reported: the same message says so",
        decided,
        lambda consult: consult.report(OPTION, {"state": "done"}, **BY),
        lambda turn: [f"2 edit screen {turn}"],
    ),
    Row(
        "close",
        decided,
        lambda consult: consult.close("Invented reason", **BY),
        lambda turn: [EDIT_ROOT, f"1 screen {turn + 1}", f"3 edit screen {turn}"],
        (EDIT_ROOT, "1 message"),
    ),
]


def _plan(consult: Consult) -> list[str]:
    assert consult.result is not None
    return list(consult.result["plan"])


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.what)
def test_what_a_step_sends(row: Row) -> None:
    before = row.before()
    assert sent(before, row.take(before)) == row.usual(before.turn)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.what)
def test_what_a_step_sends_when_messages_hold_no_clinical_fact(row: Row) -> None:
    before = row.before()
    assert sent(before, row.take(before), "minimal") == list(row.minimal)


def test_a_beginning_sends_the_root_and_what_is_asked_first() -> None:
    assert sent(None, begun()) == [ROOT, "1 screen 0"]
    assert sent(None, begun(), "minimal") == [ROOT, "1 screen 0"]


@pytest.mark.parametrize("privacy", ["usual", "minimal"])
def test_a_beginning_with_danger_sends_the_card_before_there_is_a_thread(privacy: Privacy) -> None:
    assert sent(None, begun(danger_now="yes"), privacy) == [IN_DM, ROOT, "1 screen 0"]


def test_a_changed_answer_is_put_right_where_it_was_given() -> None:
    consult, events = begin(), [*begun().events]
    for _, step in acts(consult, THREAT, "means"):
        consult, events = step.consult, [*events, *step.events]
    turns = answered_in(stored(events))
    assert turns[1] == ("threat",) and ("intent", "imminence") in turns.values()
    turn = next(turn for turn, keys in turns.items() if "intent" in keys)
    step = consult.change("intent", "denied", **BY)
    assert rewrites(consult, step)
    posts = posts_for(consult, step, privacy="usual", turns=turns)
    assert [in_short(post) for post in posts] == [f"3 edit screen {consult.turn}", f"3 edit screen {turn}"]
    assert "Denies it" in json.dumps(posts[-1].body) and "Within days" in json.dumps(posts[-1].body)


def test_an_answer_given_for_the_first_time_rewrites_nothing() -> None:
    consult = walked(THREAT, "plan")
    assert not rewrites(consult, consult.answer({"plan": "specific"}, **BY))
    assert not rewrites(None, begun())


def test_no_turns_are_told_of_a_consult_whose_content_was_purged() -> None:
    events = stored([*begun().events])
    purged = StoredEvent(**{**{name: getattr(events[0], name) for name in events[0].__slots__}, "data": None})
    assert answered_in([purged]) == {}


def test_minimal_messages_hold_no_answer_and_no_law() -> None:
    consult = begin()
    said: list[Post] = []
    for _, step in acts(consult, THREAT):
        said += posts_for(consult, step, privacy="minimal")
        consult = step.consult
    for step in (consult.say_danger(**BY), confirmed(consult)):
        said += posts_for(consult, step, privacy="minimal")
    text = json.dumps([post.body for post in said])
    assert said and "Urgency" in text
    for clinical in ("Colorado", "firearm", "explicit", "victim", "psychologist", "13-21-117"):
        assert clinical.lower() not in text.lower()


def stored(events: list[Event]) -> list[StoredEvent]:
    """Events as the log gives them."""
    nothing: Mapping[str, Any] = {"content_hash": "", "state_hash": None, "previous_hash": "", "hash": ""}
    return [
        StoredEvent(
            id=i, consult=REF, revision=i, at=one.at, actor=one.actor, kind=one.kind, data=dict(one.data), **nothing
        )
        for i, one in enumerate(events, 1)
    ]
