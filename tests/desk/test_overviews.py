"""Overviews that are lacking, as after an update, are made from the log, and are those that the steps would have kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.desk import Desk
from bot.overview import SHAPE, make_overviews
from bot.records.recording import add_event
from bot.storage import Wanted, open_log
from flows.answers import parse_answers

from ..flows.making import AT, THREAT


def test_they_are_made_from_the_log(tmp_path: Path) -> None:
    with open_log(tmp_path / "log.db") as log:
        desk = Desk(log, "U1", clock=lambda: AT)
        answers = parse_answers({"jurisdiction": "CO", "profession": "psychologist", **THREAT})
        consult, written = desk.submit_whole(answers, on=date(2026, 11, 25))
        written.result()
        kept, begun = desk.say_danger(desk.open(consult.reference)), desk.start()
        add_event(log, kept.reference, "addendum", {"text": "Invented."}, at=AT, actor="U2")
        whole, beside = log.overviews(Wanted(), limit=9), log.beside(kept.reference, SHAPE)
        assert [one.reference for one in whole] == [kept.reference] and whole[0].danger and whole[0].alarm
        assert log.lacking_overviews(SHAPE, limit=9) == []

        for reference in (kept.reference, begun.reference):  # as an earlier version would write: without any
            row = log.consult(reference)
            event = {"kind": "addendum", "at": AT, "actor": "U2", "data": {"text": "Invented too."}}
            log.append(reference, [event], row, expected_revision=row.revision)

        assert make_overviews(log) == 2
        assert log.overviews(Wanted(), limit=9) == whole
        found = log.beside(kept.reference, SHAPE)
        assert found is not None and beside is not None and found[1] == beside[1]
        assert make_overviews(log) == 0
