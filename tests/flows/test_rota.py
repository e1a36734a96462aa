"""The rota: who is on call at any moment, also when the clocks change; what is wrong in the file is named with its line."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.rota import Rota, RotaError, read_rota

GOOD = """\
zone: America/Denver
shifts:
  - {days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00", person: U0DAY}
  - {days: [mon, tue, wed, thu, fri], from: "18:00", to: "08:00", person: U0NIGHT}
  - {days: [sat], from: "08:00", to: "24:00", person: U0WEEKEND}
  - {days: [sun], from: "00:00", to: "24:00", person: U0WEEKEND}
  - {days: [mon], from: "00:00", to: "08:00", person: U0WEEKEND}
  - {days: [wed], from: "12:00", to: "13:00", person: U0LUNCH}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rota.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def rota(tmp_path: Path) -> Rota:
    return read_rota(written(tmp_path, GOOD))


MOMENTS = [
    ("2026-11-23T08:00:00-07:00", ("U0DAY",)),  # a Monday
    ("2026-11-23T07:59:59-07:00", ("U0WEEKEND",)),
    ("2026-11-23T18:00:00-07:00", ("U0NIGHT",)),
    ("2026-11-24T02:00:00-07:00", ("U0NIGHT",)),
    ("2026-11-28T07:00:00-07:00", ("U0NIGHT",)),  # Saturday morning: Friday's night
    ("2026-11-28T08:00:00-07:00", ("U0WEEKEND",)),
    ("2026-11-25T12:30:00-07:00", ("U0DAY", "U0LUNCH")),
    ("2026-11-23T15:00:00+00:00", ("U0DAY",)),
    ("2026-03-09T14:00:00+00:00", ("U0DAY",)),  # 08:00 in summer time, the day after the clocks went forward
    ("2026-03-06T14:00:00+00:00", ("U0NIGHT",)),  # 07:00 in winter time, the Friday before
    ("2026-11-01T01:30:00-06:00", ("U0WEEKEND",)),  # the hour that comes twice, both times
    ("2026-11-01T01:30:00-07:00", ("U0WEEKEND",)),
]


@pytest.mark.parametrize(("at", "people"), MOMENTS)
def test_who_is_on_call(rota: Rota, at: str, people: tuple[str, ...]) -> None:
    assert rota.on_call(datetime.fromisoformat(at)) == people


def test_at_every_moment_of_a_year_somebody_is(rota: Rota) -> None:
    at = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    assert all(rota.on_call(at + timedelta(minutes=15 * n)) for n in range(365 * 96))


WRONG = [
    ("", "line 1: it must have zone and shifts"),
    ("zone: [", "it is not YAML"),
    (GOOD.replace("America/Denver", "Denver"), "line 1: 'Denver' is no time zone; allowed: such as America/Denver"),
    (GOOD.replace("[sat]", "[saturn]").replace("saturn", "funday"), "line 5: 'funday' is no day; allowed: mon, tue"),
    (GOOD.replace('"13:00"', '"25:00"'), "line 8: '25:00' is no hour; allowed"),
    (GOOD.replace('from: "12:00"', 'from: "24:00"'), "line 8: '24:00' is no hour"),
    (GOOD.replace("U0LUNCH", "U0NOBODY"), "line 8: 'U0NOBODY' is nobody who can be called"),
    (GOOD.replace(", person: U0LUNCH", ""), "line 8: person is missing"),
    (GOOD.replace("person: U0LUNCH", "who: U0LUNCH"), "line 8: 'who' is not known; allowed: days, from, to, person"),
    (GOOD.replace("days: [wed]", "days: wed"), "line 8: days is a list"),
    ("zone: America/Denver\nshifts: []", "line 2: shifts is a list of at least one shift"),
    (
        GOOD.replace('- {days: [sun], from: "00:00"', '- {days: [sun], from: "01:00"'),
        "nobody is on call from sun 00:00 to sun 01:00",
    ),
]


@pytest.mark.parametrize(("text", "says"), WRONG)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(RotaError) as wrong:
        read_rota(written(tmp_path, text), known=lambda person: person != "U0NOBODY")
    assert says in str(wrong.value) and "rota.yaml" in str(wrong.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rota.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(RotaError, match="UTF-8"):
        read_rota(tmp_path / "rota.yaml")
