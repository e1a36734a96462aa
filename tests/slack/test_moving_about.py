"""Editing, going back, pausing, cancelling, beginning again, and danger now: from every screen, and from what comes after."""

from __future__ import annotations

import pytest

from flows.machine import CANCELLED, DECIDED, PAUSED, RESULT, REVIEW

from ..flows.making import ANGER, THREAT, screens
from .clinician_at_work import AtWork, decides, once
from .server import Person, SlackServer

SCREENS = screens(THREAT)


def walked_to(work: AtWork, state: str) -> AtWork:
    return work if work.consult.state == state else work.walks(THREAT, state)


@pytest.mark.parametrize("state", SCREENS)
def test_danger_now_shows_first_what_to_do_and_the_questions_go_on(work: AtWork, robin: Person, state: str) -> None:
    walked_to(work, state)
    before = len(work.thread())
    work.tap("danger:yes")
    first = work.thread()[before]
    assert "call 911 first" in first.words
    assert work.consult.danger_now and work.consult.state == state
    assert "911" in work.now().words and work.now().ts > first.ts
    work.tap("danger:no")
    assert not work.consult.danger_now


def test_danger_now_at_the_result_evaluates_again(work: AtWork) -> None:
    work.walks(ANGER)
    work.tap("confirm")
    assert work.consult.result is not None and work.consult.result["level"] != "emergency"
    work.tap("danger:yes")
    assert work.consult.state == RESULT and work.consult.result["level"] == "emergency"
    assert "Do not wait for a reply here." in " ".join(one.words for one in work.thread()[-6:])


def test_danger_now_after_the_decision_shows_the_card(work: AtWork) -> None:
    work.walks(ANGER)
    work.tap("confirm")
    decides(work)
    before = len(work.thread())
    work.tap("danger:yes")
    assert "call 911 first" in work.thread()[before].words and work.consult.state == DECIDED


def test_danger_now_before_anything_else(slack_server: SlackServer, work: AtWork) -> None:
    sue = slack_server.clinician("Sue Invented")
    work.program.people.learn(sue.id)
    sue.types_dm("hello")
    card = sue.sees("Danger now")
    before = len(sue.dm())
    sue.taps(card, "start:danger")
    work.program.quiet()
    new = sue.dm()[before:]
    assert "call 911 first" in new[0].words and "Consult C-" in new[1].words


@pytest.mark.parametrize("state", SCREENS[1:])
def test_back_pause_and_going_on(work: AtWork, state: str) -> None:
    walked_to(work, state)
    work.tap("pause")
    assert work.consult.state == PAUSED
    work.tap("resume")
    assert work.consult.state == state
    work.tap("back")
    assert SCREENS.index(work.consult.state) == SCREENS.index(state) - 1
    once([one for one in work.thread() if "answer:" in " ".join(one.actions)])


def test_an_answer_is_edited_where_it_stands(work: AtWork, robin: Person) -> None:
    work.walks(THREAT, "intent")
    old = next(one for one in work.thread() if "edit:threat" in one.actions)
    work.tap("edit:threat", old)
    work.submits(work.modal("Threat"), {"answer.threat": "conditional"})
    assert work.consult.given["threat"] == "conditional" and work.consult.state == "intent"
    assert "A threat with an if" in robin.again(old).words


def test_an_edit_that_asks_more_leads_there_and_back_to_the_review(work: AtWork, robin: Person) -> None:
    work.walks({**THREAT, "victim": "none"})
    assert "relation" not in work.consult.given
    work.chooses("change", "victim")
    work.submits(work.modal("Target"), {"answer.victim": "named"})
    assert work.consult.state == "who"
    work.answers_one(THREAT)
    assert work.consult.state == REVIEW and "Partner or ex-partner" in work.now().words


def test_an_edit_at_the_result_is_reviewed_again(work: AtWork) -> None:
    work.walks(THREAT)
    work.tap("confirm")
    work.chooses("change", "history")
    work.submits(work.modal("History"), {"answer.history": "none"})
    assert work.consult.state == REVIEW and work.consult.result is None
    work.tap("confirm")
    assert work.consult.state == RESULT


def test_cancelling_keeps_it_in_the_log_and_beginning_again_begins_another(work: AtWork, robin: Person) -> None:
    work.walks(THREAT, "plan")
    work.tap("restart")
    assert work.consult.state == CANCELLED
    [now] = work.program.log.open_consults(robin.id)
    assert now.reference != work.reference
    again = AtWork(work.program, robin, now.reference)
    again.tap("cancel")
    assert again.consult.state == CANCELLED and work.program.log.open_consults(robin.id) == []
    again.tap("start")
    assert len(work.program.log.open_consults(robin.id)) == 1


def test_a_step_that_is_not_done_wants_a_reason(work: AtWork, robin: Person) -> None:
    work.walks(THREAT)
    work.tap("confirm")
    decides(work)
    work.tap("step:warn_victim:declined")
    view = work.modal("reason")
    work.submits(view, {"reason": "Taken over by the hospital, with Jane Doe"})
    assert "Nothing is kept yet" in work.modal("Nothing is kept yet").words
    assert work.consult.decision is not None and work.consult.decision["steps"]["warn_victim"]["state"] == "planned"
    work.submits(work.modal(), {"reason": "taken over by the hospital"})
    assert work.consult.decision["steps"]["warn_victim"]["state"] == "declined"
    assert work.consult.decision["reasons"]["warn_victim"] == "taken over by the hospital"


@pytest.mark.parametrize("page", ["why", "law", "options", "note"])
def test_the_rest_stands_behind_buttons(work: AtWork, page: str) -> None:
    work.walks(THREAT)
    work.tap("confirm")
    work.tap(f"page:{page}")
    assert work.modal().words
