"""What supervisors see without a card: their home, and `/consult find`; with very many consults too."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from flows.consult import Consult
from flows.machine import RESULT, REVIEW

from ..flows.making import ANGER, THREAT
from .harness import Program
from .server import Person, View, wait_until
from .supervisors_at_work import Practice, logged, logged_at_once, logged_on, practice

__all__ = ["practice"]
EMERGENCY = {**THREAT, "imminence": "within_a_day"}


def home(running: Program, person: Person) -> View:
    person.opens_home()
    running.quiet()
    found = person.home()
    assert found is not None
    return found


def test_the_most_urgent_stands_first(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        low = logged(running, practice.robin, ANGER).reference
        high = logged(running, practice.nora, THREAT).reference
        urgent = logged(running, practice.terry, EMERGENCY, until=RESULT).reference
        seen = home(running, practice.sam)
        assert "Awaiting review: 3" in seen.words
        assert seen.words.index(urgent) < seen.words.index(high) < seen.words.index(low)
        assert "Waiting for the clinician: 1" in seen.words
        assert "Consults: *3* (emergency 1, high 1, low 1); signed: 0" in seen.words
        assert "Start a consult" in seen.buttons, "they are clinicians too"


def test_others_have_their_own_home(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        logged(running, practice.robin)
        for person in (practice.nora, practice.casey, practice.robin):
            assert "Awaiting review" not in home(running, person).words


def test_what_is_signed_or_answered_no_longer_waits(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin, ANGER, follow_up="2026-11-26T09:00:00-07:00")
        running.quiet()
        practice.sam.taps(practice.card(work.reference), "Acknowledge")
        running.quiet()
        practice.sam.taps(practice.card(work.reference), "Ask or advise")
        practice.sam.submits(practice.sam.sees_modal(), {"said:words": "Invented question?"})
        seen = home(running, practice.sam)
        assert "Awaiting review: 0" in seen.words and "Waiting for the clinician: 1" in seen.words
        practice.robin.taps(practice.robin.sees("Invented question?", work.root), "Answer")
        practice.robin.submits(practice.robin.sees_modal(), {"said:words": "Invented answer."})
        practice.clock.ahead(days=2)
        seen = home(running, practice.sam)
        assert "Awaiting review: 1" in seen.words and "Follow-up overdue: 1" in seen.words
        practice.sam.taps(practice.card(work.reference), "Sign")
        practice.sam.submits(practice.sam.sees_modal("You confirm"))
        assert "Awaiting review: 0" in home(running, practice.sam).words


def test_what_is_opened_there_is_written_down(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin, ANGER)
        seen = home(running, practice.sam)
        practice.sam.taps(seen, "Open")
        view = practice.sam.sees_modal(f"{work.reference}: Decision")
        practice.sam.taps(view, "Answers")
        practice.sam.sees_modal(f"{work.reference}: Answers")
        read = [(one.what, one.actor, one.detail["page"]) for one in running.log.accesses(work.reference)]
        assert read == [("read", practice.sam.id, "decision"), ("read", practice.sam.id, "answers")]


@pytest.mark.parametrize("answers", [EMERGENCY, ANGER], ids=["emergency", "low"])
def test_every_page_of_a_consult_can_be_read(practice: Practice, answers: dict[str, object]) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin, answers)
        running.quiet()
        practice.sam.taps(practice.card(work.reference), "Open")
        view = practice.sam.sees_modal("Decision")
        for title in ("Result", "Answers", "Exchange", "Why", "The law", "Options", "Note", "Decision"):
            practice.sam.taps(view, title)
            view = practice.sam.sees_modal(f"{work.reference}: {title}")
            while more := [one for one in view.buttons if one.startswith("Next page")]:
                before = view.words
                practice.sam.taps(view, more[0])
                view = _next(practice.sam, before)


def _next(person: Person, words: str) -> View:
    """The page that comes after that one."""
    found = wait_until(lambda: _other(person, words))
    assert found is not None
    return found


def _other(person: Person, words: str) -> View | None:
    modal = person.modal()
    return modal if modal is not None and modal.words != words else None


def test_a_hundred_that_wait_have_pages(practice: Practice) -> None:
    with practice.program(timers=False, sending=False) as running:
        kinds = [logged(running, practice.robin, one) for one in (THREAT, ANGER)]
        for number in range(98):
            practice.clock.ahead(minutes=1)
            logged_at_once(running, (practice.robin, practice.nora)[number % 2], kinds[number % 2])
    with practice.program(timers=False, channel=practice.server.channel("another", practice.sam)) as running:
        before = time.monotonic()
        practice.sam.opens_home()
        print(f"a hundred: {time.monotonic() - before:.2f} s")
        running.quiet(60)
        seen = practice.sam.home()
        assert seen is not None
        assert "Awaiting review: 100" in seen.words and len(seen.blocks) <= 100
        references = set()
        for _ in range(5):
            references |= {one["block_id"].split(":")[0] for one in seen.blocks if ":waits" in str(one["block_id"])}
            more = [one for one in seen.buttons if one.startswith("Next page")]
            if more:
                practice.sam.taps(seen, more[0])
                running.quiet()
                seen = practice.sam.home()
                assert seen is not None and len(seen.blocks) <= 100
        assert len(references) == 100


def test_consults_are_found(practice: Practice) -> None:
    sam = practice.sam
    with practice.program(timers=False) as running:
        low = logged(running, practice.robin, ANGER).reference
        work = logged(running, practice.nora, THREAT, until=REVIEW)
        running.office.step(
            practice.nora.id,
            work.reference,
            lambda desk, kept: desk.take(kept, Consult.change, "narrative", "An invented remark about canoes"),
        )
        high = logged_on(running, work).reference
        practice.clock.ahead(days=3)
        new = logged(running, practice.robin, EMERGENCY).reference
        running.quiet()
        table = [
            (low, [low]),
            ("canoes", [high]),
            ("level:high", [high]),
            ("state:logged level:low", [low]),
            (f"by:{practice.robin.id}", [new, low]),
            (f"by:<@{practice.nora.id}|nora>", [high]),
            ("since:2026-11-27", [new]),
            ("until:2026-11-26", [high, low]),
            ("nothing-of-the-kind", []),
        ]
        for number, (text, expected) in enumerate(table, 1):
            sam.command("/consult", f"find {text}")
            answer = wait_until(lambda: sam.ephemerals()[number - 1 :])[0]  # noqa: B023
            found = [one for one in (low, high, new) if one in answer.words]
            assert sorted(found) == sorted(expected), text
            assert "canoes" not in answer.words
        assert [one.what for one in running.log.accesses() if one.what == "searched"] == ["searched"] * len(table)
        sam.command("/consult", f"find {low}")
        answer = wait_until(lambda: sam.ephemerals()[len(table) :])[0]
        sam.taps(answer, "Open")
        sam.sees_modal(low)


@pytest.mark.parametrize(
    "text", ["find", "find level:dreadful", "find state:asleep", "find by:robin", "find since:tuesday"]
)
def test_what_can_not_be_looked_for_is_said(practice: Practice, text: str) -> None:
    with practice.program(timers=False):
        practice.sam.command("/consult", text)
        assert "Nothing was changed" in practice.sam.sees_ephemeral("Nothing was changed").words


def test_only_those_who_may_find(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin)
        undecided = logged(running, practice.nora, ANGER, until=RESULT)
        practice.casey.command("/consult", f"find {work.reference}")
        assert "one consult" in practice.casey.sees_ephemeral("Found").words
        practice.casey.command("/consult", f"find {undecided.reference}")
        wait_until(lambda: "nothing" in practice.casey.ephemerals()[-1].words)
        for person in (practice.robin, practice.nora):
            person.command("/consult", f"find {work.reference}")
            person.sees_ephemeral("for supervisors")
            assert running.log.accesses()[-1].what == "refused"


def test_what_was_found_has_pages(practice: Practice) -> None:
    with practice.program(timers=False, sending=False) as running:
        work = logged(running, practice.robin, ANGER)
        for _ in range(12):
            practice.clock.ahead(minutes=1)
            logged_at_once(running, practice.robin, work)
    with practice.program(timers=False) as running:
        running.quiet(60)
        practice.sam.command("/consult", "find level:low")
        first = practice.sam.sees_ephemeral("13 consults")
        assert len([one for one in first.buttons if one == "Open"]) == 10
        practice.sam.taps(first, "Next page (2 of 2)")
        second = practice.sam.sees_ephemeral("Page before")
        assert len([one for one in second.buttons if one == "Open"]) == 3


def test_consults_are_looked_for_in_a_window(practice: Practice) -> None:
    """A supervisor from the home: what is filled in finds what `/consult find` finds, in pages, and each can be opened."""
    with practice.program(timers=False, sending=False) as running:
        work = logged(running, practice.robin, ANGER)
        for _ in range(12):
            practice.clock.ahead(minutes=1)
            logged_at_once(running, practice.nora, work)
    with practice.program(timers=False) as running:
        running.quiet(60)
        sam = practice.sam
        sam.taps(home(running, sam), "Find a consult")
        sam.submits(sam.sees_modal("Code or words"), {"said:level": "low", "said:since": "2026-11-25"})
        first = sam.sees_modal("13 consults")
        assert first.buttons.count("Open") == 10
        sam.taps(first, "Next page (2 of 2)")
        second = sam.sees_modal("Page before")
        assert second.buttons.count("Open") == 3 and work.reference in second.words
        sam.taps(home(running, sam), "Find a consult")
        sam.submits(sam.sees_modal("Code or words"), {"said:by": practice.robin.id, "said:state": "logged"})
        sam.taps(sam.sees_modal("one consult"), "Open")
        sam.sees_modal(f"{work.reference}: Decision")
        looked = [(one.what, one.actor) for one in running.log.accesses() if one.what == "searched"]
        assert looked == [("searched", sam.id)] * 3


def test_an_empty_search_says_what_is_missing(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        sam = practice.sam
        sam.taps(home(running, sam), "Find a consult")
        sam.submits(sam.sees_modal("Code or words"))
        assert sam.sees_modal("Code or words").errors == {"words": "Fill in at least one of these."}
        sam.submits(sam.sees_modal("Code or words"), {"said:words": "level:dreadful"})
        sam.sees_ephemeral("Allowed there: low, elevated, high, emergency")


def test_the_search_is_for_those_who_may_find(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin)
        casey, robin = practice.casey, practice.robin
        seen = home(running, casey)
        assert "Awaiting review" not in seen.words, "compliance reads and finds, and reviews nothing"
        casey.taps(seen, "Find a consult")
        form = casey.sees_modal("Code or words")
        casey.submits(form, {"said:words": work.reference})
        assert "one consult" in casey.sees_modal("Found").words

        assert "Find a consult" not in home(running, robin).words
        practice.server.workspace.modals[robin.id] = [replace(form, user=robin.id)]
        robin.submits(replace(form, user=robin.id), {"said:words": work.reference})
        robin.sees_ephemeral("for supervisors")
        assert running.log.accesses()[-1].what == "refused"
