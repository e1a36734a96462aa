"""The whole path with several people: a clinician consults, supervisors are paged, acknowledge, ask, are answered, and sign."""

from __future__ import annotations

import time

import pytest

from flows.machine import REVIEW
from flows.reviewing import review_state

from ..flows.making import THREAT
from .clinician_at_work import AtWork
from .harness import Program
from .server import Message, wait_until
from .supervisors_at_work import Practice, logged, practice

__all__ = ["practice"]
EMERGENCY = {**THREAT, "imminence": "within_a_day"}


def test_from_the_tap_to_the_signature(practice: Practice) -> None:
    robin, sam = practice.robin, practice.sam
    with practice.program() as running:
        work = logged(running, robin, EMERGENCY, until=REVIEW)
        assert practice.sam.dm(practice.channel) == []
        running.quiet()
        before = time.monotonic()
        assert robin.taps(work.now(), "confirm").acknowledged
        page = wait_until(lambda: _page_for(practice, sam.id), 2.0, "the page")
        assert time.monotonic() - before < 2.0
        assert page and f"<@{sam.id}>" in page.words and work.reference in page.words

        assert sam.taps(page, "Acknowledge").acknowledged
        robin.sees(f"<@{sam.id}> has seen this consult", work.root)
        running.quiet()
        assert f"a supervisor has it (<@{sam.id}>" in practice.card(work.reference).words

        assert sam.taps(practice.card(work.reference), "Ask or advise").acknowledged
        sam.submits(sam.sees_modal("Ask or advise"), {"said:words": "Is the firearm out of the house?"})
        question = robin.sees("Is the firearm out of the house?", work.root)
        running.quiet()
        assert any("asks the clinician" in one.words for one in practice.card_thread(work.reference))

        assert robin.taps(question, "Answer").acknowledged
        robin.submits(robin.sees_modal("Is the firearm"), {"said:words": "It is with the police now."})
        running.quiet()
        answer = practice.card_thread(work.reference)[-1]
        assert "It is with the police now." in answer.words and f"<@{sam.id}>" in answer.words

        decide(running, work)
        running.quiet()
        assert sam.taps(practice.card(work.reference), "Sign").acknowledged
        sam.submits(sam.sees_modal("You confirm"), {"said:words": "Well done."})
        robin.sees("has reviewed and signed", work.root)
        running.quiet()
        assert f"signed* by <@{sam.id}>" in practice.card(work.reference).words
        assert len(practice.cards()) == 1, "one card"
        kinds = [event.kind for event in running.log.events(work.reference)]
        assert kinds[-7:] == [
            "evaluated", "paged", "review_acknowledge", "review_return_", "review_answer", "decided", "review_sign",
        ]  # fmt: skip


def decide(running: Program, work: AtWork) -> None:
    """The clinician records the suggested plan."""
    from flows.consult import Consult

    from ..flows.making import decision

    plan = decision(work.consult)
    running.office.step(work.person.id, work.reference, lambda desk, kept: desk.take(kept, Consult.decide, plan))


def _page_for(practice: Practice, user: str) -> Message | None:
    for card in practice.sam.dm(practice.channel):
        for message in practice.sam.thread(card):
            if f"<@{user}>" in message.words:
                return message
    return None


STEPS = ("acknowledge", "ask", "answer", "sign")


@pytest.mark.parametrize("cut", range(len(STEPS)))
def test_the_program_ends_between_any_two_steps(practice: Practice, cut: int) -> None:
    """What was tapped before is there afterwards, each message once, and the next step goes on from the old card."""
    robin, sam = practice.robin, practice.sam
    with practice.program(sending=False) as running:
        work = logged(running, robin)
        wait_until(lambda: any(one.kind == "paged" for one in running.log.events(work.reference)))

    def do(step: str) -> None:
        root = robin.sees(f"Consult {work.reference}")
        card = practice.card(work.reference)
        if step == "acknowledge":
            assert sam.taps(card, "Acknowledge").acknowledged
        elif step == "ask":
            assert sam.taps(card, "Ask or advise").acknowledged
            sam.submits(sam.sees_modal("Ask or advise"), {"said:words": "Invented question?"})
        elif step == "answer":
            assert robin.taps(robin.sees("Invented question?", root), "Answer").acknowledged
            robin.submits(robin.sees_modal("Invented question?"), {"said:words": "Invented answer."})
        else:
            assert sam.taps(card, "Sign").acknowledged
            sam.submits(sam.sees_modal("You confirm"))

    for number, step in enumerate(STEPS):
        if number == cut:  # it ends after the step is committed, before anything of it is sent
            with practice.program() as running:
                running.quiet()
            with practice.program(sending=False, timers=False):
                do(step)
        else:
            with practice.program() as running:
                running.quiet()
                do(step)
                running.quiet()
    with practice.program() as running:
        running.quiet()
        kinds = [event.kind for event in running.log.events(work.reference)]
        assert kinds[-4:] == ["review_acknowledge", "review_return_", "review_answer", "review_sign"]
        assert kinds.count("paged") == 1
        assert f"signed* by <@{sam.id}>" in practice.card(work.reference).words
        told = [one.words for one in robin.thread(robin.sees(f"Consult {work.reference}"))]
        for says in ("has seen this consult", "Invented question?", "is with the supervisors", "reviewed and signed"):
            assert sum(says in one for one in told) == 1, says
        assert len([one for one in practice.card_thread(work.reference) if "Invented answer." in one.words]) == 1


def test_what_is_sent_again_after_an_error_is_there_once_and_what_was_changed_in_it_is_there_too(
    practice: Practice,
) -> None:
    sam, courier = practice.sam, practice.server.courier
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin)
        running.quiet()
        sam.taps(practice.card(work.reference), "Ask or advise")
        view = sam.sees_modal("Ask or advise")
        for words in ("The police.", "The police.", "The police, now."):
            courier.lose_next("acknowledgement")
            assert not sam.submits(view, {"said:kind": "advise", "said:words": words}).acknowledged
        assert sam.submits(view, {"said:kind": "advise", "said:words": "The police, now."}).acknowledged
        running.quiet()
        events = running.log.events(work.reference)
        kept = [(event.data or {})["text"] for event in events if event.kind == "review_advise"]
        assert kept == ["The police.", "The police, now."]


def test_a_clinician_asks_and_is_advised(practice: Practice) -> None:
    robin, terry = practice.robin, practice.terry
    with practice.program(timers=False) as running:
        work = logged(running, robin)
        running.quiet()
        assert robin.taps(robin.sees("supervisors can see this consult", work.root), "Ask a supervisor").acknowledged
        robin.submits(robin.sees_modal("To the supervisors"), {"said:words": "May I tell the school?"})
        running.quiet()
        [asked] = [one for one in practice.card_thread(work.reference) if "asks for guidance" in one.words]
        assert review_state(work.consult) == "guidance_asked"
        assert terry.taps(asked, "Ask or advise").acknowledged
        terry.submits(terry.sees_modal("Ask or advise"), {"said:kind": "advise", "said:words": "Not here; the police."})
        advice = robin.sees("Not here; the police.", work.root)
        assert "advises" in advice.words and review_state(work.consult) == "answered"
        assert robin.taps(advice, "Write back").acknowledged
        robin.submits(robin.sees_modal("Not here; the police."), {"said:words": "Thank you."})
        running.quiet()
        assert f"<@{terry.id}>" in practice.card_thread(work.reference)[-1].words


def test_what_may_identify_somebody_is_not_kept(practice: Practice) -> None:
    robin, sam = practice.robin, practice.sam
    with practice.program(timers=False) as running:
        work = logged(running, robin)
        running.quiet()
        sam.taps(practice.card(work.reference), "Ask or advise")
        sam.submits(sam.sees_modal("Ask or advise"), {"said:words": "Has Dr. Jane Doe been called at 303-555-0142?"})
        view = sam.sees_modal("Nothing is kept yet")
        running.quiet()
        assert review_state(work.consult) == "logged" and "Jane Doe" not in str(running.log.events(work.reference))
        sam.submits(view, {"said:words": "Has the doctor been called?"})
        running.quiet()
        assert review_state(work.consult) == "returned"


def test_words_that_try_to_mention_or_format_show_as_they_are(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin)
        running.quiet()
        practice.sam.taps(practice.card(work.reference), "Ask or advise")
        practice.sam.submits(practice.sam.sees_modal("Ask or advise"), {"said:words": "<!channel> *loud*\n> quoted"})
        question = practice.robin.sees("asks:", work.root)
        assert "&lt;!channel&gt;" in question.words and "*loud*" not in question.words


def test_a_card_of_another_program_or_consult_changes_nothing(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin)
        running.quiet()
        card = practice.card(work.reference)
        for block in card.blocks:
            block["block_id"] = str(block["block_id"]).replace(work.reference, "C-22222")
        practice.sam.taps(card, "Acknowledge")
        practice.sam.sees_ephemeral("There is no such consult")
        assert review_state(work.consult) == "logged"


def test_a_very_long_text_is_shown_in_full(practice: Practice) -> None:
    robin, sam = practice.robin, practice.sam
    long = ("<&>" * 5 + "\n") * 120
    with practice.program(timers=False) as running:
        work = logged(running, robin)
        running.quiet()
        sam.taps(practice.card(work.reference), "Ask or advise")
        sam.submits(sam.sees_modal("Ask or advise"), {"said:words": long[:1990]})
        question = robin.sees("asks:", work.root)
        assert question.words.count("&lt;") == long[:1990].count("<")
        robin.taps(question, "Answer")
        robin.submits(robin.sees_modal("A supervisor wrote"), {"said:words": "An invented answer."})
        running.quiet()
        sam.taps(practice.card_thread(work.reference)[-1], "Open")
        assert sam.sees_modal("Exchange").words.count("&lt;") == long[:1990].count("<")


def test_a_fault_in_the_card_stops_neither_the_clinician_nor_a_page(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object, **more: object) -> None:
        raise ValueError("invented")

    with practice.program(timers=False) as running:
        monkeypatch.setattr("bot.slack.supervisors.posting.card_message", broken)
        work = logged(running, practice.robin)
        running.quiet()
        assert work.consult.decision is not None and practice.sam.dm(practice.channel) == []
        running.supervisors.timers.look()
        practice.clock.ahead(seconds=25)
        running.supervisors.timers.look()
        practice.sam.sees("a supervisor is needed now")
