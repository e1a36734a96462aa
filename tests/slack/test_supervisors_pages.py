"""Pages: at once, again until somebody acknowledges, over restarts; who is passed over; what if the channel is broken."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.beside import record_of
from flows.consult import now
from flows.escalation import parse_times
from flows.machine import RESULT

from ..flows.making import ANGER, THREAT
from .clinician_at_work import AtWork
from .harness import Program
from .server import Message, wait_until
from .supervisors_at_work import Clock, Practice, logged, logged_at_once, practice

__all__ = ["practice"]
EMERGENCY = {**THREAT, "imminence": "within_a_day"}


def calls(practice: Practice, reference: str) -> list[str]:
    """Who was called in the card's thread, in order: names by their first letters."""
    names = {practice.sam.id: "sam", practice.terry.id: "terry", practice.casey.id: "casey", practice.nora.id: "nora"}
    found = []
    for message in practice.card_thread(reference):
        if "a supervisor is needed now" in message.words:
            found.append("+".join(name for user, name in names.items() if f"<@{user}>" in message.words))
    return found


class RealClock(Clock):
    """The clock on the wall."""

    def __call__(self) -> str:
        return now()


def looked(running: Program) -> None:
    """The timers have looked, and what that brought is sent."""
    running.supervisors.timers.look()
    running.quiet()


def test_the_next_call_comes_at_its_time_and_not_with_the_next_look(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.supervisors.timers.EVERY", 60.0)
    practice.clock = RealClock()
    with practice.program() as running:
        supervision = running.office.supervision
        assert supervision is not None
        supervision.times = parse_times("emergency=0,0.03,1,2,5")
        work = logged(running, practice.robin, EMERGENCY, until=RESULT)
        running.quiet()
        wait_until(lambda: calls(practice, work.reference) == ["sam", "sam"], 10)


def test_they_are_called_until_somebody_acknowledges(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin, EMERGENCY, until=RESULT)
        looked(running)
        assert calls(practice, work.reference) == ["sam"]
        looked(running)
        assert calls(practice, work.reference) == ["sam"], "not before its time"
        minutes = [(2, ["sam"]), (2, ["terry"]), (4, ["sam+terry"]), (4, []), (1, ["sam+terry"])]
        so_far = ["sam"]
        for minute, new in minutes:
            practice.clock.ahead(minutes=minute)
            looked(running)
            so_far += new
            assert calls(practice, work.reference) == so_far
        assert practice.sam.taps(practice.card(work.reference), "Acknowledge").acknowledged
        practice.clock.ahead(hours=5)
        looked(running)
        assert calls(practice, work.reference) == so_far
        assert record_of(running.log.events(work.reference)).alarm is None


def test_a_restart_goes_on_where_it_was(practice: Practice) -> None:
    with practice.program(timers=False, sending=False) as running:
        work = logged(running, practice.robin, EMERGENCY, until=RESULT)  # the program ends before anybody is called
    with practice.program(timers=False) as running:
        looked(running)
        assert calls(practice, work.reference) == ["sam"]
        practice.clock.ahead(minutes=2)
    with practice.program(timers=False) as running:
        looked(running)
        assert calls(practice, work.reference) == ["sam", "sam"]
        practice.clock.ahead(minutes=1)
    with practice.program(timers=False) as running:
        looked(running)
        assert calls(practice, work.reference) == ["sam", "sam"], "a restart is no reason to call"
        practice.terry.taps(practice.card(work.reference), "Call me")
        practice.clock.ahead(minutes=30)
        looked(running)
        assert calls(practice, work.reference) == ["sam", "sam"]
        assert "would like to speak to you now" in practice.robin.sees("Please call them").words


def test_a_page_made_under_a_clock_that_was_ahead_keeps_no_other_from_being_made(practice: Practice) -> None:
    practice.clock.ahead(hours=8)
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin, EMERGENCY, until=RESULT)
        looked(running)
        assert len(calls(practice, work.reference)) == 1
        practice.clock.ahead(hours=-8)  # set right
        looked(running)
        assert len(calls(practice, work.reference)) == 2, "once more than needed beats silence for eight hours"
        looked(running)
        assert len(calls(practice, work.reference)) == 2


def test_what_is_not_serious_is_quiet(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin, ANGER)
        practice.clock.ahead(days=2)
        looked(running)
        assert practice.card(work.reference) and calls(practice, work.reference) == []


def test_danger_now_calls_before_anything_is_evaluated(practice: Practice) -> None:
    robin, sam = practice.robin, practice.sam
    with practice.program() as running:
        work = AtWork(running, robin).begins()
        before = time.monotonic()
        assert robin.taps(work.now(), "danger:yes").acknowledged
        page = wait_until(lambda: _page(practice, work.reference, sam.id), 2.0, "the page")
        assert time.monotonic() - before < 2.0 and page
        running.quiet()
        card = practice.card(work.reference)
        assert "Emergency" in card.words and "Nobody has acknowledged it yet" in card.words
        assert sam.taps(page, "Call me").acknowledged
        robin.sees("would like to speak to you now")
        running.quiet()
        card = practice.card(work.reference)
        assert f"<@{sam.id}> has it" in card.words and "Nobody has acknowledged" not in card.words
        practice.terry.taps(page, "Acknowledge")
        practice.terry.sees_ephemeral("has acknowledged it already")
        work.walks({**EMERGENCY, "danger_now": "yes"})
        work.tap("confirm")
        running.quiet()
        assert len(sam.dm(practice.channel)) == 1
        assert len([one for one in practice.card_thread(work.reference) if "needed now" in one.words]) == 1


def test_danger_after_the_signature_calls_again(practice: Practice) -> None:
    with practice.program() as running:
        work = logged(running, practice.robin)
        running.quiet()
        practice.sam.taps(practice.card(work.reference), "Acknowledge")
        running.quiet()
        practice.sam.taps(practice.card(work.reference), "Sign")
        practice.sam.submits(practice.sam.sees_modal("You confirm"))
        running.quiet()
        before = len(calls(practice, work.reference))
        work.tap("danger:yes")
        wait_until(lambda: len(calls(practice, work.reference)) == before + 1, 2.0, "another call")
        running.quiet()
        card = practice.card(work.reference)
        assert "Emergency" in card.words and "signed" in card.words
        practice.terry.taps(card, "Acknowledge")
        running.quiet()
        assert "Nobody has acknowledged" not in practice.card(work.reference).words
        assert record_of(running.log.events(work.reference)).alarm is None


def test_who_may_not_be_disturbed_is_passed_over(practice: Practice) -> None:
    now = practice.clock.at.timestamp()
    practice.server.workspace.users[practice.sam.id].do_not_disturb = (int(now) - 60, int(time.time()) + 10**6)
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin, EMERGENCY, until=RESULT)
        looked(running)
        assert calls(practice, work.reference) == ["terry"]
        asked = [call.arguments["users"] for call in practice.server.calls("dnd.teamInfo")]
        assert asked and all(practice.sam.id in one for one in asked)


def test_nobody_is_called_to_their_own_consult(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.sam, EMERGENCY, until=RESULT)
        looked(running)
        assert calls(practice, work.reference) == ["terry"]


def test_whoever_hands_it_on_is_not_called_first(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin, ANGER)
        running.quiet()
        practice.sam.taps(practice.card(work.reference), "Escalate")
        looked(running)
        assert calls(practice, work.reference) == ["terry"]
        assert "has called in another supervisor" in practice.robin.sees("another supervisor", work.root).words


def test_the_calls_go_on_until_somebody_else_has_it(practice: Practice) -> None:
    sam, terry = practice.sam, practice.terry
    with practice.program(timers=False, on_call=f"{sam.id},{terry.id}") as running:
        work = logged(running, practice.robin, EMERGENCY)
        looked(running)
        sam.taps(practice.card(work.reference), "Acknowledge")
        running.quiet()
        sam.taps(practice.card(work.reference), "Escalate")
        looked(running)
        assert calls(practice, work.reference) == ["sam", "terry"]
        sam.taps(practice.card(work.reference), "Acknowledge")
        sam.sees_ephemeral("You have asked for another supervisor")
    practice.clock.ahead(minutes=2)
    with practice.program(timers=False, on_call=f"{sam.id},{terry.id}") as running:  # after a restart, too
        looked(running)
        assert calls(practice, work.reference) == ["sam", "terry", "terry"]
        practice.clock.ahead(minutes=30)
        looked(running)
        assert calls(practice, work.reference)[-1] == "terry", "everyone is called, but not whoever has handed it on"
        terry.taps(practice.card(work.reference), "Acknowledge")
        running.quiet()
        so_far = calls(practice, work.reference)
        practice.clock.ahead(hours=5)
        looked(running)
        assert calls(practice, work.reference) == so_far


def test_the_only_supervisor_who_hands_it_on_is_called_too(practice: Practice) -> None:
    with practice.program(timers=False, supervisors=practice.sam.id, on_call=None) as running:
        work = logged(running, practice.robin, ANGER)
        running.quiet()
        practice.sam.taps(practice.card(work.reference), "Escalate")
        looked(running)
        assert calls(practice, work.reference) == ["sam"]


def test_a_channel_that_is_closed_is_no_reason_for_silence(practice: Practice) -> None:
    practice.channel.is_archived = True
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin, EMERGENCY, until=RESULT)
        running.supervisors.timers.look()
        practice.clock.ahead(seconds=25)
        running.supervisors.timers.look()
        page: Message = practice.sam.sees("a supervisor is needed now")
        assert practice.sam.taps(page, "Acknowledge").acknowledged
        practice.clock.ahead(minutes=10)
        running.supervisors.timers.look()
        wait_until(lambda: record_of(running.log.events(work.reference)).alarm is None)
        assert len([one for one in practice.sam.dm() if "needed now" in one.words]) == 1
    practice.channel.is_archived = False


ROTA = """
zone: America/Denver
shifts:
  - {days: [mon, tue, wed, thu, fri, sat, sun], from: "08:00", to: "20:00", person: SAM}
  - {days: [mon, tue, wed, thu, fri, sat, sun], from: "20:00", to: "08:00", person: TERRY}
"""


@pytest.mark.parametrize(
    ("at", "who"),
    [
        ("2026-11-01T19:30:00", "sam"),  # the day on which the clocks go back
        ("2026-10-31T20:30:00", "terry"),
        ("2027-03-14T07:59:00", "terry"),  # the day on which they go forward
        ("2027-03-14T08:01:00", "sam"),
    ],
)
def test_a_rota_goes_by_the_clock_on_its_wall(practice: Practice, at: str, who: str) -> None:
    rota = ROTA.replace("SAM", practice.sam.id).replace("TERRY", practice.terry.id)
    (practice.folder / "rota.yaml").write_text(rota)
    there = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("America/Denver"))
    practice.clock.at = there.astimezone(ZoneInfo("UTC"))
    with practice.program(timers=False, on_call="rota.yaml") as running:
        work = logged(running, practice.robin, EMERGENCY, until=RESULT)
        looked(running)
        assert calls(practice, work.reference) == [who]


def test_a_page_whose_arrival_is_in_doubt_is_sent_again(practice: Practice) -> None:
    from .server import drops

    with practice.program(timers=False) as running:
        work = logged(running, practice.robin, EMERGENCY, until=RESULT)
        running.quiet()
        practice.server.api.faults.order("chat.postMessage", drops(takes_effect=True))
        looked(running)
        assert len(calls(practice, work.reference)) == 2, "a duplicate beats silence"


def test_danger_that_is_taken_back_stands_on_the_card_and_still_calls(practice: Practice) -> None:
    """Whoever tapped by mistake is soon asked; whoever was made to tap is not left alone."""
    with practice.program(timers=False) as running:
        work = AtWork(running, practice.robin).begins()
        work.tap("danger:yes")
        work.tap("danger:no")
        work.tap("cancel")
        looked(running)
        card = practice.card(work.reference)
        assert "it was said, and later that there is none" in card.words and "cancelled by the clinician" in card.words
        assert calls(practice, work.reference) == ["sam"]
        practice.sam.taps(card, "Acknowledge")
        practice.clock.ahead(hours=1)
        looked(running)
        assert calls(practice, work.reference) == ["sam"]


def test_where_nobody_is_known_the_whole_channel_is_called(practice: Practice) -> None:
    nobody = practice.server.user_group()
    with practice.program(timers=False, supervisors=nobody, on_call=None) as running:
        logged(running, practice.robin, EMERGENCY, until=RESULT)
        looked(running)
        [page] = [one for one in practice.sam.dm(practice.channel) if "<!channel>" in one.words]
        assert page.thread_ts is None, "in a thread Slack calls nobody by it"
        looked(running)
        assert len([one for one in practice.sam.dm(practice.channel) if "<!channel>" in one.words]) == 1


def test_what_is_serious_waits_behind_no_other_card(practice: Practice) -> None:
    with practice.program(timers=False, sending=False) as running:
        low = logged(running, practice.robin, ANGER)
        for _ in range(20):
            logged_at_once(running, practice.robin, low)
        work = logged(running, practice.nora, EMERGENCY, until=RESULT)
        due = [row for row in running.log.due(time.time(), 100) if row.lane.startswith(practice.channel.id)]
        cards = [row.body["text"].split()[1].strip(",:") for row in due if row.method == "chat.postMessage"]
        assert cards == [low.reference, work.reference]


def _page(practice: Practice, reference: str, user: str) -> Message | None:
    if not any(reference in one.words for one in practice.sam.dm(practice.channel)):
        return None
    found = [one for one in practice.card_thread(reference) if f"<@{user}>" in one.words]
    return found[0] if found else None
