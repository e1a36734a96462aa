"""docs/safety.md is what its data and the figures of the last runs give, and every test that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import safety_figures, safety_page

ROOT = Path(__file__).parents[2]
SAID = safety_page.load()
TESTS = sorted({test for one in SAID["promises"] for test in one["tests"]})


def test_the_page_is_made_from_its_data_and_the_last_runs() -> None:
    made = safety_page.page(SAID, safety_page.runs())
    assert (ROOT / "docs" / "safety.md").read_text(encoding="utf-8") == made, "run `make safety-page`"


@pytest.mark.parametrize("test", TESTS)
def test_every_test_that_it_names_exists(test: str) -> None:
    path, _, name = test.partition("::")
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), test


def test_every_run_kept_the_goals_that_the_page_tells_of() -> None:
    of = safety_page.runs()
    assert of["safety"]["failed"] == 0
    assert [of["chaos"][name] for name in ("lost", "duplicates", "wrong_states", "broken_chains")] == [0, 0, 0, 0]
    chaos = of["chaos"]
    assert chaos["stuck"] == 0 and chaos["stories_swept"] >= 2
    assert chaos["commits_swept"] == chaos["commits_cut_before"] == chaos["commits_cut_after"] > 100
    figures = ("network_repeats", "reordered", "pages", "pages_sent_again", "edits_checked")
    assert all(chaos[name] > 0 for name in figures), "each was part of what was tried"
    assert chaos["kills"] >= 500 and of["fuzz"]["inputs"] >= 100_000 and of["fuzz"]["findings"] == 0


REPORT = """<testsuites><testsuite>
<testcase name="test_that_counts" time="1.5"><properties><property name="plans" value="12"/></properties></testcase>
<testcase name="test_that_does_not" time="0.5"/>{more}
</testsuite></testsuites>"""


def test_what_a_report_says() -> None:
    found = safety_figures.figures(REPORT.format(more=""))
    assert (found["tests"], found["failed"], found["seconds"]) == (2, 0, 2)
    assert found["counted"] == {"test_that_counts": {"plans": 12}}
    bad = safety_figures.figures(REPORT.format(more='<testcase name="x"><failure message="no"/></testcase>'))
    assert bad["failed"] == 1


@pytest.mark.parametrize(
    ("number", "says"), [(0, "0"), (1234, "1,234"), (1.2e17, "1.20 × 10^17"), (10**9, "1.00 × 10^9")]
)
def test_numbers_are_readable(number: float, says: str) -> None:
    assert safety_page.readable(number) == says
