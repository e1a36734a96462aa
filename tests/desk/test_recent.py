"""What is kept in memory of the consults that are worked on: never anything that the log does not hold."""

from __future__ import annotations

from pathlib import Path

from bot.desk import Desk, Kept
from bot.recent import Recent
from bot.storage import open_log
from flows.consult import Consult

WORKS = {"jurisdiction": "CO", "profession": "nurse", "setting": []}


def test_a_consult_is_given_as_its_last_step_left_it(tmp_path: Path) -> None:
    with open_log(tmp_path / "log.db") as log:
        desk, recent = Desk(log, "U1"), Recent(log)
        assert recent.get("C-00000") is None
        begun = desk.start(WORKS)
        recent.put(begun)
        assert recent.get(begun.reference) is begun
        known = desk.open(begun.reference)
        assert known == begun and known.record is None and begun.record is not None


def test_one_that_somebody_else_moved_on_is_not_given(tmp_path: Path) -> None:
    with open_log(tmp_path / "log.db") as log, open_log(tmp_path / "log.db") as another_program:
        recent = Recent(log)
        begun = Desk(log, "U1").start(WORKS)
        recent.put(begun)
        elsewhere = Desk(another_program, "U1")
        elsewhere.take(elsewhere.open(begun.reference), Consult.answer, {"concern": "harm_to_others"})
        assert recent.get(begun.reference) is None
        assert recent.get(begun.reference) is None, "not the second time either"


def test_what_its_events_say_goes_with_it_as_if_it_were_read_again(tmp_path: Path) -> None:
    with open_log(tmp_path / "log.db") as log:
        desk = Desk(log, "U1")
        kept = desk.say_danger(desk.start(WORKS))
        assert kept.record is not None and kept.record.danger_said
        goes_on = desk.take(kept, Consult.answer, {"concern": "harm_to_others"})
        read_again = desk.take(desk.open(kept.reference), Consult.answer, {"threat": "explicit"})
        assert goes_on.record is not None and read_again.record is not None
        assert read_again.record.alarm == goes_on.record.alarm is not None


def test_the_oldest_gives_way(tmp_path: Path) -> None:
    with open_log(tmp_path / "log.db") as log:
        desk, recent = Desk(log, "U1"), Recent(log, most=2)
        first, second, third = (desk.start(WORKS) for _ in range(3))
        for one in (first, second, first, third):
            recent.put(one)
        found: list[Kept | None] = [recent.get(one.reference) for one in (first, second, third)]
        assert found == [first, None, third]
