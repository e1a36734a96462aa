"""The bench measures what it says, in its shortest form, so that it works on the day on which somebody needs it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.storage import open_log
from tools.bench import big_log, growth, load, person, resting, step
from tools.bench.__main__ import CHAPTERS, FIGURES, PAGE, table
from tools.bench.figures import Chapter, Figure, Goal, keep, read
from tools.bench.page import page
from tools.bench.timing import percentile, spread


def test_the_page_is_made_from_the_figures() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(read(FIGURES)), "run `python -m tools.bench --page-only`"


def test_each_chapter_that_is_kept_is_one_that_there_is() -> None:
    assert set(read(FIGURES)) <= set(CHAPTERS)


def test_a_percentile_is_the_value_that_so_many_do_not_exceed() -> None:
    assert [percentile([4.0, 1.0, 3.0, 2.0], percent) for percent in (25, 50, 75.1, 100)] == [1.0, 2.0, 4.0, 4.0]
    assert spread([0.001, 0.002, 0.003], 99.9) == {"median": 2.0, "p99.9": 3.0}
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 50)


def test_a_goal_says_whether_and_by_how_much_it_is_missed(tmp_path: Path) -> None:
    figures = (Figure("slow", 3.0, "ms", Goal(2), why="sand"), Figure("fast", 30.0, "times", Goal(15, "at least")))
    kept = keep(tmp_path / "figures.json", [Chapter("step", "Steps", "Invented.", figures, ("a",), ((1,),))])
    assert kept == json.loads((tmp_path / "figures.json").read_text())
    [line] = [line for line in page(kept).splitlines() if line.startswith("| slow")]
    assert "**missed**, by 1.5 times: sand" in line and "| met |" in page(kept)


def test_a_short_run_keeps_what_a_long_one_has_measured(tmp_path: Path) -> None:
    keep(tmp_path / "figures.json", [Chapter("growth", "Long", "Invented.")])
    assert set(keep(tmp_path / "figures.json", [Chapter("step", "Short", "Invented.")])) == {"growth", "step"}


def test_a_big_log_is_as_one_that_was_at_work(tmp_path: Path) -> None:
    """Its chain is whole, and each row is the state to which its events lead, or making it fails."""
    chapter = growth.chapter((110,), quick=True)
    assert "110" in table(chapter) and len(chapter.figures) == 3
    big_log.make(tmp_path / "log.db", 101)
    with open_log(tmp_path / "log.db", key="") as log:
        assert len(log.consults(limit=1000)) == 101 == len({one.reference for one in log.consults(limit=1000)})


def test_no_two_consults_of_a_big_log_have_one_reference() -> None:
    assert len({big_log.reference(number) for number in range(1, 200_001)}) == 200_000


def test_steps_are_measured() -> None:
    assert "one durable commit" in table(step.chapter(quick=True))


def test_clinicians_are_measured_over_both_transports() -> None:
    took, _ = asyncio.run(load._flat_out("http", 2, 0.5))
    assert len(took) > 5
    assert asyncio.run(load._seen("socket", 2, 0.4, 2.0))
    assert min(asyncio.run(load._seen("http", 2, 0.4, 2.0, takes=0.1, settled=1))) > 0.1


def test_memory_is_measured() -> None:
    memory, counts, waiting = asyncio.run(resting.memory_under(2, 60, 2))
    assert min(memory) > 10 and counts == sorted(set(counts)) and waiting >= 0
    alone, steps = resting.memory_of_steps(2)
    assert min(alone) > 10 and steps == sorted(set(steps))


def test_taps_are_counted_in_what_is_shown() -> None:
    rows = {row[0]: row for row in person.chapter().rows}
    assert len(rows) == 10
    assert rows["vague anger, denied"][6] == "low" and rows["the same, and she is leaving now"][6] == "emergency"


def test_a_big_log_makes_way_for_consults_that_were_run_in_it(tmp_path: Path) -> None:
    big_log.make(tmp_path / "log.db", 2)
    taken = big_log.reference(3)
    big_log.make(tmp_path / "log.db", 3, first=2)
    big_log.make(tmp_path / "log.db", 3, first=2)  # as if chance had given that reference out
    with open_log(tmp_path / "log.db", key="") as log:
        assert [one.reference for one in log.consults()][1] == taken and len(log.consults()) == 4
        assert log.check_chain() == []
