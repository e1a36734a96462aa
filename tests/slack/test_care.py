"""After a disclosure: the checklist of the client's care in the consult's thread, ticked by its own clinician, kept and shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import curbside
from bot.configuration import ConfigurationError
from bot.slack.shown import Privacy
from bot.storage import open_log
from flows.after_care import care_counted, care_steps
from flows.consult import Consult
from flows.note import TO_ADD

from ..flows.making import ANGER
from .clinician_at_work import AtWork
from .harness import Program
from .mortal import Mortal
from .server import Message, View, at_once, wait_until
from .supervisors_at_work import Practice, logged, practice

__all__ = ["practice"]
LIST = "Care of the client afterwards:"
REPAIR = "Ask how it was for them that somebody was told"


def told(running: Program, practice: Practice, **more: Any) -> AtWork:
    """A consult in which the person at risk has just been warned, by a tap."""
    work = logged(running, practice.robin, **more)
    running.quiet()
    work.tap("step:warn_victim:done")
    return work


def checklist(practice: Practice, work: AtWork) -> Message:
    """The list as it is now."""
    work.program.quiet()
    [found] = [one for one in practice.robin.thread(work.root) if LIST in one.words and "follow-up." not in one.words]
    return found


def ticked(work: AtWork) -> list[str]:
    return [one.id for one in care_steps(work.consult.care) if one.is_done]


def reported(running: Program, work: AtWork) -> list[Any]:
    return [
        (event.actor, (event.data or {})["step"], (event.data or {})["done"])
        for event in running.log.events(work.reference)
        if event.kind == "care_reported"
    ]


def test_the_whole_path(practice: Practice) -> None:
    robin, sam = practice.robin, practice.sam
    with practice.program(timers=False) as running:
        work = logged(running, robin, follow_up="2026-11-26T09:00:00-07:00")
        running.quiet()
        assert LIST not in "".join(one.words for one in work.thread()), "nobody was told yet"
        assert "Care afterwards" not in work.now().buttons
        work.tap("step:warn_victim:done")
        shown = checklist(practice, work)
        of = len(care_steps(work.consult.care))
        assert f"0 of {of} done" in shown.words and shown.buttons.count("Done") == of
        assert f"{LIST} 0 of {of} done" in practice.card(work.reference).words.replace("*", "")

        practice.clock.ahead(minutes=7)
        work.tap("care:tell_client:done", shown)
        work.tap("care:repair:done", shown)  # the same copy of the message, which looks otherwise by now
        shown = checklist(practice, work)
        assert f"2 of {of} done" in shown.words and shown.buttons.count("Undo") == 2
        assert shown.words.count("✓ ") == 2 and "12:07" in shown.words
        assert f"{LIST} 2 of {of} done" in practice.card(work.reference).words.replace("*", "")

        work.tap("care:repair:undone", shown)
        assert f"1 of {of} done" in checklist(practice, work).words
        assert reported(running, work) == [
            (robin.id, "tell_client", True),
            (robin.id, "repair", True),
            (robin.id, "repair", False),
        ]
        sam.taps(practice.card(work.reference), "Open")
        read = sam.sees_modal("Decision").words
        assert "✓ Tell the client whom you told" in read and f"Open: {REPAIR}" in read
        note = _note(work)
        assert note.count(f"Done: 2026-11-25T12:07:00-07:00, {robin.id}.") == 1
        assert note.count("Not recorded as done yet.") == of - 1

        practice.clock.ahead(hours=22)
        running.supervisors.timers.look()
        running.quiet()
        asked = robin.sees("follow-up.", work.root)
        assert f"1 of {of} done" in asked.words and "✓ Tell the client" in asked.words and "☐" not in asked.words
        robin.taps(asked, "Care afterwards")
        work.tap("care:resources:done", robin.sees_modal(LIST))
        assert f"2 of {of} done" in robin.sees_modal("2 of").words
        assert f"2 of {of} done" in checklist(practice, work).words


def test_what_is_reported_in_a_terminal_is_told_in_slack(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(practice.folder)
    monkeypatch.setenv("CURBSIDE_DATABASE", str(practice.folder / "consults.db"))
    monkeypatch.setenv("CURBSIDE_SUPERVISORS_CHANNEL", practice.channel.id)

    def run(*words: str) -> None:
        assert CliRunner().invoke(curbside, words).exit_code == 0
        running.sender.wake()  # by itself it looks every half minute
        running.quiet()

    with practice.program(timers=False) as running:
        work = logged(running, practice.robin)
        running.quiet()
        run("report", work.reference, "warn_victim", "done")
        of = len(care_steps(work.consult.care))
        assert f"0 of {of} done" in checklist(practice, work).words
        assert "done" in work.now().words
        assert f"{LIST} 0 of {of} done" in practice.card(work.reference).words.replace("*", "")
        run("care", work.reference, "repair")
        assert f"1 of {of} done" in checklist(practice, work).words
        work.tap("care:resources:done", checklist(practice, work))
        assert set(ticked(work)) == {"repair", "resources"}
        run("close", work.reference, "--reason", "An invented reason")
        assert work.waits_for("is closed")


def test_a_terminals_report_changes_nothing_where_a_setting_will_not_do(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(practice.folder)
    monkeypatch.setenv("CURBSIDE_DATABASE", str(practice.folder / "consults.db"))
    monkeypatch.setenv("CURBSIDE_PRIVACY", "some")
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin)
        running.quiet()
        found = CliRunner().invoke(curbside, ["report", work.reference, "warn_victim", "done"])
        assert isinstance(found.exception, ConfigurationError) and work.consult.care is None


def test_everything_done_fits_into_every_message(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = told(running, practice, follow_up="2026-11-26T09:00:00-07:00")
        for one in care_steps(work.consult.care):
            work.tap(f"care:{one.id}:done", checklist(practice, work))
        shown = checklist(practice, work)
        assert "Done" not in shown.buttons and f"{len(shown.buttons)} of {len(shown.buttons)} done" in shown.words
        practice.clock.ahead(hours=22)
        running.supervisors.timers.look()
        running.quiet()
        assert practice.robin.sees("follow-up.", work.root).words.count("✓") == len(shown.buttons)


def test_an_old_tap_has_one_kind_outcome(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = told(running, practice)
        old = checklist(practice, work)
        work.tap("care:resources:done", old)
        work.tap("care:resources:done", old)
        work.hint("written down already")
        newer = checklist(practice, work)
        work.tap("care:resources:undone", newer)
        work.tap("care:resources:undone", newer)
        assert [done for _, _, done in reported(running, work)] == [True, False]
        assert len(practice.robin.ephemerals()) == 2


def test_two_taps_at_once_are_one(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = told(running, practice)
        shown = checklist(practice, work)
        taps: list[Callable[[], Any]] = [lambda: practice.robin.taps(shown, "care:repair:done")] * 2
        assert all(one.acknowledged for one in at_once(*taps))
        running.quiet()
        assert reported(running, work) == [(practice.robin.id, "repair", True)]


def test_nobody_else_ticks(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = told(running, practice)
        shown = checklist(practice, work)
        for person in (practice.sam, practice.casey, practice.nora, practice.server.guest()):
            assert person.taps(shown, "care:repair:done").acknowledged
            running.quiet()
            assert len(person.ephemerals()) == 1
        assert reported(running, work) == [] and ticked(work) == []


@pytest.mark.parametrize("action_id", ["care", "care:repair", "care:repair:maybe", "care:RM -RF:done", "care::done"])
def test_a_button_of_no_version_changes_nothing(practice: Practice, action_id: str) -> None:
    with practice.program(timers=False) as running:
        work = told(running, practice)
        shown = checklist(practice, work)
        _, button = shown.find("care:repair:done")
        button["action_id"] = action_id  # type: ignore[index]
        assert practice.robin.taps(shown, action_id).acknowledged
        running.quiet()
        assert reported(running, work) == [] and practice.robin.ephemerals()


def test_a_step_that_is_not_on_this_list_is_told_kindly(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = told(running, practice)
        shown = checklist(practice, work)
        _, button = shown.find("care:repair:done")
        button["action_id"] = "care:limits:done"  # type: ignore[index]
        practice.robin.taps(shown, "care:limits:done")
        work.hint("another one by now")
        assert reported(running, work) == []


def test_what_was_ticked_outlives_a_disclosure_that_was_reported_by_mistake(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = told(running, practice)
        old = checklist(practice, work)
        work.tap("care:repair:done", old)
        _report(work, "warn_victim", "attempted")
        assert work.waits_for("there is no list").ts == old.ts
        assert "Care afterwards" not in work.now().buttons and LIST not in practice.card(work.reference).words
        work.tap("care:resources:done", old)
        work.hint("another one by now")
        _report(work, "warn_victim", "done")
        shown = checklist(practice, work)
        assert shown.ts == old.ts and "1 of" in shown.words and ticked(work) == ["repair"]


def test_it_goes_on_after_the_consult_is_closed(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = told(running, practice)
        running.office.step(
            practice.robin.id, work.reference, lambda desk, kept: desk.take(kept, Consult.close, "An invented reason")
        )
        work.tap("care:reassess:done", checklist(practice, work))
        assert ticked(work) == ["reassess"] and "1 of" in checklist(practice, work).words


def test_where_nobody_is_told_there_is_no_list(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = logged(running, practice.robin, ANGER, state="done")
        assert all("afterwards" not in one.words for one in work.thread())


def test_what_was_acknowledged_is_there_after_a_restart(practice: Practice) -> None:
    with practice.program(timers=False) as running:
        work = told(running, practice)
        shown = checklist(practice, work)
    with practice.program(timers=False, sending=False):
        assert practice.robin.taps(
            shown, "care:repair:done"
        ).acknowledged  # and the program ends before anything is sent
    assert "0 of" in practice.robin.again(shown).words
    with practice.program(timers=False) as running:
        work = AtWork(running, practice.robin, work.reference)
        assert ticked(work) == ["repair"] and "1 of" in checklist(practice, work).words


def test_a_tick_outlives_a_program_that_is_killed(practice: Practice) -> None:
    robin, folder = practice.robin, practice.folder
    with practice.program(timers=False) as running:
        work = told(running, practice)
        shown = checklist(practice, work)
    (folder / "consults.db").rename(folder / "log.db")
    program = Mortal(practice.server, folder)
    program.start()
    try:
        assert robin.taps(shown, "care:repair:done").acknowledged
        program.kill()
        program.start()
        now = wait_until(lambda: "1 of" in robin.again(shown).words and robin.again(shown), 20)
        assert now and "Undo" in now.buttons
    finally:
        assert program.process is not None
        program.process.kill()
        program.process.wait()
    with open_log(folder / "log.db") as log:
        events = [event for event in log.events(work.reference) if event.kind == "care_reported"]
        assert len(events) == 1 and log.check_chain() == []


def test_minimal_messages_hold_a_number_and_the_list_is_in_a_window(practice: Practice) -> None:
    robin = practice.robin
    with practice.program(timers=False, privacy="minimal") as running:
        work = logged(running, robin, follow_up="2026-11-26T09:00:00-07:00")
        running.quiet()
        _report(work, "warn_victim", "done")
        message = work.waits_for("a list of what comes next is ready")
        of = len(care_steps(work.consult.care))
        robin.taps(message, "Open the list")
        view = robin.sees_modal(f"{LIST} 0 of {of} done")
        work.tap("care:repair:done", view)
        seen = _window(practice, "1 of")
        work.tap("care:repair:done", view)  # the window as it was: nothing is said twice, the list shows how it stands
        assert _window(practice, "1 of").buttons == seen.buttons and robin.ephemerals() == []
        assert f"1 of {of} done" in robin.again(message).words
        robin.taps(seen, "The steps")
        assert "Care afterwards" in robin.sees_modal("recorded").buttons
        robin.taps(robin.sees_modal("recorded"), "Care afterwards")
        _window(practice, "1 of")
        practice.clock.ahead(hours=22)
        running.supervisors.timers.look()
        running.quiet()
        assert "Open the list" in robin.sees("follow-up.", work.root).buttons
        everything = [*work.thread(), *practice.card_thread(work.reference), practice.card(work.reference)]
        for one in everything:
            for word in ("client", "Care", "told", REPAIR, "988"):
                assert word not in one.words + one.text, (word, one.words)


@pytest.mark.parametrize("privacy", ["usual", "minimal"])
def test_the_list_can_be_opened_only_by_its_clinician(practice: Practice, privacy: Privacy) -> None:
    with practice.program(timers=False, privacy=privacy) as running:
        work = logged(running, practice.robin)
        running.quiet()
        _report(work, "warn_victim", "done")
        running.quiet()
        shown = work.now() if privacy == "usual" else work.waits_for("a list of what comes next is ready")
        practice.sam.taps(shown, "afterwards")
        practice.sam.sees_ephemeral("belongs to somebody else")
        assert practice.sam.modal() is None


# What the tests use


def _report(work: AtWork, option: str, state: str) -> None:
    """Report a step as a window does, with a reason where one is needed."""

    def take(desk: Any, kept: Any) -> Any:
        return desk.take(kept, Consult.report, option, {"state": state}, reason="An invented reason")

    work.program.office.step(work.person.id, work.reference, take)
    work.program.quiet()


def _window(practice: Practice, words: str) -> View:
    return practice.robin.sees_modal(f"{LIST} {words}")


def _note(work: AtWork) -> str:
    from bot.records.recording import whole_note

    note = whole_note(work.consult, work.program.log.events(work.reference))
    assert TO_ADD in note and care_counted(work.consult.care) != ""
    return note
