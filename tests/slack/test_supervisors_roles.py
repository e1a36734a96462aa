"""Who may do what: every action by every role; an action by somebody without the role changes nothing, and is written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.beside import record_of
from bot.slack.into_bolt import hand_to_bolt
from bot.slack.membership import Membership, Who
from bot.slack.supervisors import roles
from flows.machine import RESULT
from flows.reviewing import review_state

from .clinician_at_work import AtWork
from .harness import Program
from .server import Person, View, at_once
from .supervisors_at_work import Practice, logged, practice

__all__ = ["practice"]

PEOPLE = ("supervisor", "clinician", "compliance", "nobody")
DEEDS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    # deed: (the button, the kind of the event that it leads to, who may)
    "acknowledge": ("Acknowledge", "review_acknowledge", ("supervisor",)),
    "advise": ("Ask or advise", "review_advise", ("supervisor",)),
    "return_": ("Ask or advise", "review_return_", ("supervisor",)),
    "call_me": ("Call me", "review_call_me", ("supervisor",)),
    "sign": ("Sign", "review_sign", ("supervisor",)),
    "escalate": ("Escalate", "review_escalate", ("supervisor",)),
    "take_back": ("Take it back", "review_take_back", ("supervisor",)),
    "read": ("Open", "", ("supervisor", "compliance")),
}


def somebody(practice: Practice, role: str) -> Person:
    return {
        "supervisor": practice.sam,
        "clinician": practice.robin,
        "compliance": practice.casey,
        "nobody": practice.nora,
    }[role]


def test_the_table_covers_every_deed() -> None:
    assert set(DEEDS) == {*roles.REVIEWING, roles.READ}
    assert set(roles.MAY) == {*roles.REVIEWING, roles.READ, roles.FIND, roles.OVERVIEW}


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("deed", DEEDS)
def test_what_a_role_may(practice: Practice, deed: str, role: str) -> None:
    says, kind, may = DEEDS[deed]
    person = somebody(practice, role)
    practice.channel.members.add(practice.robin.id)  # the clinician is in the channel too, and sees the card
    reviewers = practice.sam.id if deed == "take_back" else f"{practice.sam.id},{practice.terry.id}"
    with practice.program(on_call=practice.terry.id, supervisors=reviewers) as running:
        work = logged(running, practice.robin)
        running.quiet()
        shown = practice.card(work.reference)
        if deed == "sign":
            practice.terry.taps(shown, "Acknowledge")
            running.quiet()
            shown = practice.card(work.reference)
        if deed == "take_back":  # there is no other supervisor than the one who asks for another
            practice.sam.taps(shown, "Escalate")
            practice.sam.taps(shown, "Acknowledge")
            shown = practice.sam.sees_ephemeral("I know of nobody else")
        before = kinds(running, work.reference)
        assert person.taps(shown, says).acknowledged
        if role in may and deed in ("advise", "return_", "sign"):
            view = person.sees_modal()
            words = {} if deed == "sign" else {"said:kind": deed, "said:words": "Invented words"}
            person.submits(view, words)
        running.quiet()
        new = kinds(running, work.reference)[len(before) :]
        if role in may:
            assert new == ([kind] if kind else [])
            if deed == "read":
                assert person.sees_modal(work.reference)
                assert [(one.actor, one.what) for one in running.log.accesses(work.reference)] == [(person.id, "read")]
        else:
            assert new == [] and person.modal() is None
            assert person.sees_ephemeral("nothing was changed")
            [tried] = running.log.accesses(work.reference)
            assert (tried.what, tried.actor, tried.detail["deed"]) == (
                "refused",
                person.id,
                deed if deed != "return_" else "advise",
            )


@pytest.mark.parametrize("callback", ["advice", "sign"])
def test_a_window_that_was_opened_while_one_still_might(practice: Practice, callback: str) -> None:
    with practice.program(supervisors=practice.channel.id) as running:
        work = logged(running, practice.robin)
        running.quiet()
        practice.nora.taps(practice.card(work.reference), "Acknowledge")
        running.quiet()
        practice.nora.taps(practice.card(work.reference), "Sign" if callback == "sign" else "Ask or advise")
        view = practice.nora.sees_modal()
        practice.channel.members.discard(practice.nora.id)
        running.office.supervision.roles.changed(  # type: ignore[union-attr]
            {"type": "member_left_channel", "channel": practice.channel.id, "user": practice.nora.id}
        )
        practice.nora.submits(view, {} if callback == "sign" else {"said:words": "Invented words"})
        assert "review_sign" not in kinds(running, work.reference)
        assert "review_return_" not in kinds(running, work.reference)
        assert running.log.accesses(work.reference)[-1].what == "refused"


def test_a_forged_reference_by_somebody_without_a_role_is_refused_and_written_down(practice: Practice) -> None:
    with practice.program() as running:
        work = logged(running, practice.robin)
        running.quiet()
        button = {"type": "button", "action_id": "review:sign", "block_id": "C-00000:0:card", "value": "x"}
        card = practice.card(work.reference)
        payload = practice.server.payloads.tapped_in_message(practice.robin.id, card, button, {})
        before = running.log.head()
        assert hand_to_bolt(running.app, payload).status == 200
        last = running.log.accesses()[-1]
        assert (last.what, last.consult, last.detail["no_such_consult"]) == ("refused", None, True)
        assert running.log.head() == before


def test_half_of_a_character_is_no_advice(practice: Practice) -> None:
    """It can't be stored; that is said, and nothing failed."""
    with practice.program() as running:
        work = logged(running, practice.robin)
        running.quiet()
        practice.sam.taps(practice.card(work.reference), "Ask or advise")
        modal = practice.sam.sees_modal("Ask or advise")
        practice.sam.fills(modal, "said:words", "invented \ud83d words")
        assert practice.sam.submits(modal).acknowledged
        assert review_state(work.consult) == "logged"
        practice.sam.sees_ephemeral("")


def test_nobody_signs_their_own(practice: Practice) -> None:
    with practice.program() as running:
        work = logged(running, practice.sam)
        running.quiet()
        for says in ("Acknowledge", "Ask or advise", "Call me", "Escalate"):
            assert practice.sam.taps(practice.card(work.reference), says).acknowledged
            practice.sam.sees_ephemeral("your own consult")
        assert review_state(work.consult) == "logged"
        practice.terry.taps(practice.card(work.reference), "Acknowledge")
        running.quiet()
        practice.sam.taps(practice.card(work.reference), "Sign")
        running.quiet()
        assert practice.sam.modal() is None and review_state(work.consult) == "acknowledged"


def test_two_at_once_have_one_outcome(practice: Practice) -> None:
    sam, terry = practice.sam, practice.terry
    with practice.program() as running:
        work = logged(running, practice.robin)
        running.quiet()
        card = practice.card(work.reference)
        done = at_once(lambda: sam.taps(card, "Acknowledge"), lambda: terry.taps(card, "Acknowledge"))
        assert all(one.acknowledged for one in done)
        running.quiet()
        assert kinds(running, work.reference).count("review_acknowledge") == 1
        told = [one for person in (sam, terry) for one in person.ephemerals()]
        assert len(told) == 1 and "has acknowledged it already" in told[0].words

        card = practice.card(work.reference)
        for person in (sam, terry):
            person.taps(card, "Sign")
        views: list[View] = [person.sees_modal("You confirm") for person in (sam, terry)]
        at_once(lambda: sam.submits(views[0]), lambda: terry.submits(views[1]))
        running.quiet()
        assert kinds(running, work.reference).count("review_sign") == 1
        told = [one for person in (sam, terry) for one in person.ephemerals()]
        assert len(told) == 2 and "has signed it" in told[-1].words + told[0].words


def test_an_old_copy_of_who_is_who_is_not_relied_on(practice: Practice) -> None:
    time = 0.0
    with practice.program(supervisors=practice.channel.id, timers=False) as running:
        work = logged(running, practice.robin)
        running.quiet()
        members = Membership(Who("channel", practice.channel.id), lambda: time)
        members.refresh(running.supervisors._client)
        running.supervisors.roles.supervisors = members
        time = 599.0
        practice.sam.taps(practice.card(work.reference), "Open")
        practice.sam.sees_modal(work.reference)
        time = 601.0
        practice.sam.taps(practice.card(work.reference), "Acknowledge")
        practice.sam.sees_ephemeral("can't be sure just now")
        assert review_state(work.consult) == "logged"
        members.refresh(running.supervisors._client)
        practice.sam.taps(practice.card(work.reference), "Acknowledge")
        running.quiet()
        assert review_state(work.consult) == "acknowledged"


def test_what_was_written_while_nobody_could_be_sure_is_not_lost(practice: Practice) -> None:
    time = 0.0
    with practice.program(supervisors=practice.channel.id, timers=False) as running:
        work = logged(running, practice.robin)
        running.quiet()
        members = Membership(Who("channel", practice.channel.id), lambda: time)
        members.refresh(running.supervisors._client)
        running.supervisors.roles.supervisors = members
        practice.sam.taps(practice.card(work.reference), "Ask or advise")
        view, written = practice.sam.sees_modal(), {"said:kind": "advise", "said:words": "Invented words"}
        time = 601.0
        refused = practice.sam.submits(view, written)
        assert "What you wrote stays here" in refused.answer["errors"]["words"]
        assert practice.sam.modal() is not None and review_state(work.consult) == "logged"
        members.refresh(running.supervisors._client)
        assert practice.sam.submits(view, written).answer == {}
        running.quiet()
        assert kinds(running, work.reference)[-1] == "review_advise"


def test_a_guest_in_the_channel_is_no_supervisor(practice: Practice) -> None:
    guest = practice.server.guest()
    practice.channel.members.add(guest.id)
    with practice.program(supervisors=None) as running:
        work = logged(running, practice.robin)
        running.quiet()
        guest.taps(practice.card(work.reference), "Acknowledge")
        guest.sees_ephemeral("for supervisors")
        practice.nora.taps(practice.card(work.reference), "Acknowledge")
        running.quiet()
        assert work.consult.review["taken_by"] == practice.nora.id  # type: ignore[index]


def escalated(running: Program, practice: Practice, **more: Any) -> AtWork:
    """A consult that Sam has handed on."""
    work = logged(running, practice.robin, **more)
    running.quiet()
    practice.sam.taps(practice.card(work.reference), "Escalate")
    running.quiet()
    return work


def test_whoever_escalates_does_not_silence_it(practice: Practice) -> None:
    sam, terry = practice.sam, practice.terry
    with practice.program(timers=False) as running:
        work = escalated(running, practice)
        old = practice.card(work.reference)
        for says in ("Acknowledge", "Acknowledge"):
            before = kinds(running, work.reference)
            assert sam.taps(old, says).acknowledged
            assert "until *somebody else* acknowledges" in sam.sees_ephemeral("You have asked for another").words
            assert kinds(running, work.reference) == before
        running.quiet()
        assert len(sam.ephemerals()) == 2 and all("Take it back" not in one.buttons for one in sam.ephemerals())
        for says, kind in (("Call me", "review_call_me"), ("Ask or advise", "review_return_")):
            sam.taps(practice.card(work.reference), says)
            if kind == "review_return_":
                sam.submits(sam.sees_modal(), {"said:words": "Invented words"})
            running.quiet()
            assert kinds(running, work.reference)[-1] == kind
            record = record_of(running.log.events(work.reference))
            assert record.alarm is not None and record.escalated_by == sam.id, (
                "it is still somebody else who is asked for"
            )
            card = practice.card(work.reference)
            assert f"<@{sam.id}> asks for another supervisor" in card.words and "Nobody has acknowledged" in card.words
        assert terry.taps(old, "Acknowledge").acknowledged
        running.quiet()
        record = record_of(running.log.events(work.reference))
        assert (record.alarm, record.escalated_by) == (None, "") and work.consult.review["taken_by"] == terry.id  # type: ignore[index]
        sam.taps(old, "Acknowledge")
        assert f"<@{terry.id}> has acknowledged it already" in sam.sees_ephemeral("has acknowledged").words


def test_what_the_clinician_asks_meanwhile_changes_nothing_of_it(practice: Practice) -> None:
    sam, terry, robin = practice.sam, practice.terry, practice.robin
    with practice.program(timers=False) as running:
        work = escalated(running, practice)
        robin.taps(robin.sees("supervisors can see this consult", work.root), "Ask a supervisor")
        robin.submits(robin.sees_modal(), {"said:words": "An invented question?"})
        running.quiet()
        card = practice.card(work.reference)
        sam.taps(card, "Ask or advise")
        sam.submits(sam.sees_modal(), {"said:kind": "advise", "said:words": "Invented advice"})
        running.quiet()
        assert review_state(work.consult) == "answered"
        for says in ("Acknowledge", "Sign"):
            sam.taps(practice.card(work.reference), says)
        running.quiet()
        assert sam.modal() is None and len(sam.ephemerals()) == 2
        assert record_of(running.log.events(work.reference)).alarm is not None
        terry.taps(practice.card(work.reference), "Acknowledge")
        running.quiet()
        assert record_of(running.log.events(work.reference)).alarm is None
        assert work.consult.review["taken_by"] == terry.id  # type: ignore[index]


def test_the_only_supervisor_takes_it_back_expressly(practice: Practice) -> None:
    sam, guest = practice.sam, practice.server.guest()
    with practice.program(
        timers=False, supervisors=f"{sam.id},{guest.id},{practice.robin.id}", on_call=None
    ) as running:
        work = escalated(running, practice)
        sam.taps(practice.card(work.reference), "Acknowledge")
        said = sam.sees_ephemeral("I know of nobody else who could take it")
        assert record_of(running.log.events(work.reference)).alarm is not None
        assert sam.taps(said, "Take it back").acknowledged
        running.quiet()
        record = record_of(running.log.events(work.reference))
        assert (record.alarm, record.escalated_by) == (None, "")
        assert "a supervisor has it" in practice.card(work.reference).words
        practice.robin.sees("looks after this consult again", work.root)
        assert "no other supervisor" in practice.card_thread(work.reference)[-1].words
        sam.taps(said, "Take it back")
        sam.sees_ephemeral("Only whoever has handed it on")
        assert kinds(running, work.reference).count("review_take_back") == 1


def test_it_is_not_taken_back_once_there_is_somebody_else(practice: Practice) -> None:
    sam = practice.sam
    group = practice.server.user_group(sam)
    with practice.program(timers=False, supervisors=group, on_call=None) as running:
        work = escalated(running, practice)
        sam.taps(practice.card(work.reference), "Acknowledge")
        said = sam.sees_ephemeral("I know of nobody else")
        practice.server.changed_user_group(group, [sam, practice.terry])
        sam.taps(said, "Take it back")
        sam.sees_ephemeral("until *somebody else* acknowledges")
        assert record_of(running.log.events(work.reference)).alarm is not None
        practice.terry.taps(said, "Take it back")
        practice.terry.sees_ephemeral("Only whoever has handed it on")
        assert "review_take_back" not in kinds(running, work.reference)


def test_a_signature_waits_for_the_decision(practice: Practice) -> None:
    with practice.program() as running:
        work = logged(running, practice.robin, until=RESULT)
        running.quiet()
        practice.sam.taps(practice.card(work.reference), "Acknowledge")
        running.quiet()
        assert "Sign" not in practice.card(work.reference).buttons


def kinds(running: Program, reference: str) -> list[Any]:
    """What happened in the consult, but for pages."""
    return [event.kind for event in running.log.events(reference) if event.kind != "paged"]


def test_a_supervisor_need_not_be_among_those_who_consult(practice: Practice) -> None:
    with practice.program(who=practice.robin.id) as running:
        work = logged(running, practice.robin)
        running.quiet()
        practice.sam.taps(practice.card(work.reference), "Acknowledge")
        running.quiet()
        assert review_state(work.consult) == "acknowledged"


def test_who_came_or_left_is_known_at_once(practice: Practice) -> None:
    group = practice.server.user_group(practice.sam)
    with practice.program(supervisors=group) as running:
        work = logged(running, practice.robin)
        running.quiet()
        practice.nora.taps(practice.card(work.reference), "Acknowledge")
        practice.nora.sees_ephemeral("for supervisors")
        practice.server.changed_user_group(group, [practice.nora])
        practice.sam.taps(practice.card(work.reference), "Acknowledge")
        practice.sam.sees_ephemeral("for supervisors")
        practice.nora.taps(practice.card(work.reference), "Acknowledge")
        running.quiet()
        assert work.consult.review["taken_by"] == practice.nora.id  # type: ignore[index]


@pytest.mark.parametrize(
    "action_id",
    ["review", "review:dance", "review:ask", "review:answer", "read:nothing", "read:result:x", "read:result:99999",
     "read:result:²", "followed", "followed:x", "waiting:x", "found:1", "reply"],
)  # fmt: skip
def test_a_button_of_no_version_changes_nothing(practice: Practice, action_id: str) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin)
        running.quiet()
        card = practice.card(work.reference)
        _, button = card.find("Acknowledge")
        button["action_id"] = action_id  # type: ignore[index]
        before = kinds(running, work.reference)
        assert practice.sam.taps(card, "Acknowledge").acknowledged
        running.quiet()
        assert kinds(running, work.reference) == before and practice.sam.ephemerals()


def test_the_buttons_of_a_home_are_checked_too(practice: Practice) -> None:
    with practice.program(supervisors=practice.channel.id, timers=False) as running:
        work = logged(running, practice.robin)
        practice.nora.opens_home()
        running.quiet()
        home = practice.nora.home()
        assert home is not None and "Awaiting review: 1" in home.words
        running.supervisors.roles.changed(
            {"type": "member_left_channel", "channel": practice.channel.id, "user": practice.nora.id}
        )
        assert practice.nora.taps(home, "Open").acknowledged
        practice.nora.sees_ephemeral("for supervisors")
        assert practice.nora.modal() is None
        assert [one.what for one in running.log.accesses(work.reference)] == ["refused"]
