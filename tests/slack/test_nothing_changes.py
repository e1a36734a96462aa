"""Double, old, foreign and broken taps and replies: nothing changes, and a kind line says so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ..flows.making import THREAT
from .clinician_at_work import AtWork
from .harness import Program
from .server import Delivery, Person, SlackServer, at_once


def revision(work: AtWork) -> int:
    work.program.quiet()
    return work.kept.revision


def test_a_double_tap_counts_once(work: AtWork, robin: Person) -> None:
    shown = work.now()
    for _ in range(2):
        assert robin.taps(shown, "answer:concern:harm_to_others").acknowledged
    assert work.consult.state == "threat" and revision(work) == 2
    work.hint("from earlier")


def test_an_old_message_changes_nothing(work: AtWork, robin: Person) -> None:
    work.walks(THREAT, "threat")
    shown = work.now()
    work.walks(THREAT, "who")
    before = revision(work)
    assert robin.taps(shown, "answer:threat:none").acknowledged
    assert robin.taps(shown, "back").acknowledged
    assert revision(work) == before and work.consult.given["threat"] == THREAT["threat"]


def test_a_question_that_was_answered_on_this_screen_is_kept(work: AtWork, robin: Person) -> None:
    work.walks(THREAT, "target")
    shown = work.now()
    robin.taps(shown, "answer:victim:named")
    robin.taps(shown, "answer:victim:none")
    assert revision(work) and work.consult.given["victim"] == "named"
    work.hint("answered already")
    robin.taps(shown, "answer:harm:physical")
    assert work.consult.state == "who"


def test_two_devices_at_once_come_to_one_outcome(work: AtWork, robin: Person) -> None:
    work.walks(THREAT, "target")
    shown = work.now()
    before = revision(work)
    at_once(lambda: robin.taps(shown, "answer:victim:named"), lambda: robin.taps(shown, "answer:victim:identifiable"))
    assert revision(work) == before + 1
    at_once(lambda: robin.taps(shown, "answer:harm:physical"), lambda: robin.taps(shown, "danger:yes"))
    assert work.consult.danger_now and work.consult.given.get("harm") in (None, "physical")


def test_somebody_elses_taps_change_nothing(slack_server: SlackServer, running: Program, work: AtWork) -> None:
    work.walks(THREAT, "threat")
    sue = slack_server.clinician("Sue Invented")
    running.people.learn(sue.id)
    before = revision(work)
    shown = work.now()
    for action in ("answer:threat:explicit", "danger:yes", "back", "pause", "cancel", "restart"):
        assert sue.taps(shown, action).acknowledged
        assert "belongs to somebody else" in sue.sees_ephemeral("belongs to somebody else").words
    assert revision(work) == before
    assert len(running.log.consults()) == 1


# Typed replies

REPLIES = [
    ("an explicit threat", {"threat": "explicit"}),
    ("explicit", {"threat": "explicit"}),
    ("8", {"threat": "unknown"}),
    ("not known", {"threat": "unknown"}),
    ("Nothing", {}),
    ("he said he was fed up with all of it and that they would see", {}),
    ("", {}),
]


@pytest.mark.parametrize(("text", "given"), REPLIES)
def test_a_reply_counts_where_it_names_an_answer(
    work: AtWork, robin: Person, text: str, given: Mapping[str, str]
) -> None:
    work.walks(THREAT, "threat")
    robin.types_dm(text, work.root)
    work.program.quiet()
    assert {key: work.consult.given.get(key) for key in given} == given
    assert (work.consult.state == "threat") is not bool(given)


SECRET = "Jane Doe, born 1990-02-03, 12 Invented Street"


def test_what_may_identify_somebody_is_kept_nowhere(
    slack_server: SlackServer, tmp_path: Path, work: AtWork, robin: Person
) -> None:
    robin.types_dm(SECRET, work.root)
    robin.types_dm(SECRET)
    work.hint("may identify somebody")
    work.program.quiet()
    for file in tmp_path.iterdir():
        assert b"Jane" not in file.read_bytes() and b"Invented Street" not in file.read_bytes(), file.name
    ours = [one for one in slack_server.messages() if one.user != robin.id]
    assert not any("Jane" in one.words + one.text for one in ours)


def test_an_edited_reply_is_no_second_answer(work: AtWork, robin: Person) -> None:
    work.walks(THREAT, "threat")
    robin.types_dm("vague words", work.root)
    work.program.quiet()
    before = revision(work)
    said = next(one for one in robin.thread(work.root) if one.user == robin.id)
    robin.edits(said, "explicit")
    assert revision(work) == before and work.consult.given["threat"] == "vague"


# What no device sends

BROKEN: dict[str, dict[str, Any]] = {
    "an unknown action": {"action_id": "explode"},
    "an action without what it is about": {"action_id": "answer"},
    "an unknown answer": {"action_id": "answer:concern:everything"},
    "an unknown question": {"action_id": "answer:colour:red"},
    "a question that is not asked": {"action_id": "answer:history:none"},
    "an unknown step": {"action_id": "step:launch:done"},
    "a step before the decision": {"action_id": "step:warn_victim:done"},
    "a page before the result": {"action_id": "page:why"},
    "a page that is none": {"action_id": "page:secrets"},
    "a confirmation out of turn": {"action_id": "confirm"},
    "no address": {"block_id": "nothing"},
    "another consult": {"block_id": "C-9BCD1:0:x"},
    "a turn that is no number": {"block_id": "C-7F3K2:x:y"},
    "no action id": {"action_id": None},
    "no time": {"action_ts": "now"},
    "a very long action": {"action_id": "answer:concern:" + "x" * 5000},
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_tap_that_nobody_could_make_changes_nothing(unmoved: AtWork, name: str) -> None:
    work, robin, server = unmoved, unmoved.person, unmoved.person.server
    before = revision(work)
    shown = work.now()
    action = {
        "type": "button",
        "action_id": "pause",
        "block_id": shown.blocks[-1]["block_id"],
        "action_ts": f"1.{[*BROKEN].index(name)}",  # another time for each: none is taken for the tap before it that came again
        **BROKEN[name],
    }
    payload = server.payloads.tapped_in_message(robin.id, shown, action, {})
    payload["actions"][0].update(BROKEN[name])
    server.courier.deliver(Delivery("interactive", payload), True)
    work.program.quiet()
    assert revision(work) == before and work.consult.status == "asking"
    assert not any("Traceback" in one.words for one in robin.ephemerals())
    assert server.failures == []
