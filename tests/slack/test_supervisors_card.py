"""The card in the supervisors' channel: when it is posted, what stands on it, and that it goes on with the consult."""

from __future__ import annotations

import json

import pytest

from bot.slack.shown import Privacy
from flows.consult import Consult
from flows.machine import RESULT, REVIEW

from ..flows.making import ANGER, THREAT
from .supervisors_at_work import Practice, logged, practice

__all__ = ["practice"]
FREE_TEXT = "Invented words that stand nowhere else"


def test_a_serious_consult_has_a_card_before_it_is_decided(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin, until=REVIEW)
        running.quiet()
        assert practice.sam.dm(practice.channel) == []
        running.office.step(practice.robin.id, work.reference, lambda desk, kept: desk.confirm(kept))
        running.quiet()
        card = practice.card(work.reference)
        for says in (
            work.reference,
            "High",
            "Colorado",
            f"<@{practice.robin.id}>",
            "A rule here requires you to act",
            "nothing yet",
        ):
            assert says in card.words
        assert card.buttons == ["Acknowledge", "Open", "Ask or advise", "Call me", "Escalate"]
        practice.robin.sees("supervisors can see this consult", work.root)


def test_another_one_has_it_once_it_is_decided(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin, ANGER, until=RESULT)
        running.quiet()
        assert practice.sam.dm(practice.channel) == []
        work = logged(running, practice.nora, ANGER)
        running.quiet()
        card = practice.card(work.reference)
        assert "Low" in card.words and "planned, not done yet" in card.words.lower()
        assert "called" not in practice.nora.sees("supervisors can see this consult", work.root).words


def test_it_goes_on_with_the_consult(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin, follow_up="2026-11-26T09:00:00-07:00")
        running.quiet()
        card = practice.card(work.reference)
        assert "not done yet" in card.words and "2026-11-26 09:00" in card.words
        for option in ("warn_victim", "notify_law_enforcement"):
            running.office.step(
                practice.robin.id,
                work.reference,
                lambda desk, kept: desk.take(kept, Consult.report, option, {"state": "done", "result": FREE_TEXT}),  # noqa: B023
            )
        running.quiet()
        card = practice.card(work.reference)
        assert "*Outstanding under the law*: nothing" in card.words and "*Done*: Warn the person at risk" in card.words
        running.office.step(practice.robin.id, work.reference, lambda desk, kept: desk.take(kept, Consult.close))
        running.quiet()
        assert "closed by the clinician" in practice.card(work.reference).words
        assert len(practice.sam.dm(practice.channel)) == 1


def test_a_reason_is_told_of_and_not_told(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin, until=RESULT)
        steps = {one: {"state": "declined"} for one in work.consult.result["plan"]}  # type: ignore[index]
        reasons = dict.fromkeys((*steps, "law"), FREE_TEXT)
        decision = {"steps": steps, "reasons": reasons, "tell": {"victim": FREE_TEXT}}
        running.office.step(
            practice.robin.id, work.reference, lambda desk, kept: desk.take(kept, Consult.decide, decision)
        )
        running.quiet()
        card = practice.card(work.reference)
        assert "*Differs from the suggestion*" in card.words and "a reason was given" in card.words
        assert "*Leaves out what the law requires*: a reason was given" in card.words
        assert FREE_TEXT not in everything(practice)
        practice.sam.taps(card, "Open")
        assert FREE_TEXT in practice.sam.sees_modal(work.reference).words


def test_minimal_cards_hold_the_code_and_the_urgency(practice: Practice) -> None:
    with practice.program(privacy="minimal", timers=False) as running:
        work = logged(running, practice.robin, {**THREAT, "narrative": FREE_TEXT})
        running.supervisors.timers.look()
        running.quiet()
        practice.sam.taps(practice.card(work.reference), "Acknowledge")
        running.quiet()
        practice.sam.taps(practice.card(work.reference), "Ask or advise")
        practice.sam.submits(practice.sam.sees_modal("Ask or advise"), {"said:words": "Is the firearm away?"})
        running.quiet()
        question = practice.robin.sees("asks:", work.root)
        practice.robin.taps(question, "Answer")
        practice.robin.submits(
            practice.robin.sees_modal("Is the firearm away?"), {"said:words": "It is with the police."}
        )
        running.quiet()
        said = everything(practice)
        assert work.reference in said and "High" in practice.card(work.reference).words
        for clinical in ("firearm", "police", "Colorado", "requires", "Warn", "13-21-117", FREE_TEXT):
            assert clinical.lower() not in said.lower(), clinical
        practice.sam.taps(practice.card_thread(work.reference)[-1], "Open")
        assert "It is with the police." in practice.sam.sees_modal("Exchange").words


@pytest.mark.parametrize("privacy", ["usual", "minimal"])
def test_no_notification_says_anything_clinical(practice: Practice, privacy: Privacy) -> None:
    with practice.program(privacy=privacy, timers=False) as running:
        work = logged(running, practice.robin)
        running.supervisors.timers.look()
        running.quiet()
        for message in (practice.card(work.reference), *practice.card_thread(work.reference)):
            assert message.text.startswith(f"Curbside, {work.reference}: ")
            assert not {"threat", "victim", "Colorado", "duty"} & set(message.text.split())


def test_the_card_stands_in_the_steps_own_transaction(practice: Practice) -> None:
    """The program ends right after the commit: the next one posts the card."""
    with practice.program(timers=False, sending=False) as running:
        work = logged(running, practice.robin)
    with practice.program(timers=False) as running:
        running.quiet()
        assert "High" in practice.card(work.reference).words


def test_a_channel_that_is_mended_gets_everything(practice: Practice) -> None:
    with practice.program(timers=False, sending=False) as running:
        practice.channel.members.discard(practice.server.workspace.app.bot_user)
        works = [logged(running, practice.robin, ANGER) for _ in range(3)]
    practice.channel.members.add(practice.server.workspace.app.bot_user)
    with practice.program(timers=False) as running:
        running.quiet()
        assert [one.words.count("Low") for one in practice.sam.dm(practice.channel)] == [1, 1, 1]
        assert all(practice.card(one.reference) for one in works)


def test_an_edit_of_the_card_waits_for_nobody_twice(practice: Practice) -> None:
    """Of many edits that wait only the newest is sent."""
    with practice.program(timers=False, sending=False) as running:
        work = logged(running, practice.robin)
        for state in ("attempted", "failed", "done"):
            running.office.step(
                practice.robin.id,
                work.reference,
                lambda desk, kept: desk.take(kept, Consult.report, "safety_plan", {"state": state}),  # noqa: B023
            )
    with practice.program(timers=False) as running:
        running.quiet()
        assert practice.card(work.reference).edits == 1


def everything(practice: Practice) -> str:
    """All that stands in any conversation."""
    return json.dumps([[one.text, one.blocks] for one in practice.server.messages()], ensure_ascii=False)
