"""The rota: who is on call at any moment, also when the clocks change; what is wrong in the file is named with its line."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
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
    (GOOD.replace("[sat]", "[monkey]"), "line 5: 'monkey' is no day"),
    (GOOD.replace('"13:00"', '"25:00"'), 'line 8: \'25:00\' is no hour; allowed: "00:00" to "24:00"'),
    (GOOD.replace('"13:00"', '"24:30"'), "line 8: '24:30' is no hour"),
    (GOOD.replace('"13:00"', "1pm"), "line 8: '1pm' is no hour"),
    (GOOD.replace("person: U0LUNCH", "person: U0LUNCH, person: U0DAY"), "line 8: person stands twice"),
    (f"zone: America/Denver\n{GOOD}", "line 2: zone stands twice"),
    (GOOD.replace("U0LUNCH", "[U0LUNCH]"), "line 8: a single value is needed here"),
    (GOOD.replace("U0LUNCH", "U0\x07LUNCH"), "line 8: a character that can't be seen"),
    (GOOD.replace('from: "12:00"', 'from: "24:00"'), 'line 8: \'24:00\' is no hour; allowed: "00:00" to "23:59"'),
    (GOOD.replace("U0LUNCH", "U0NOBODY"), "line 8: 'U0NOBODY' is nobody who can be called"),
    (GOOD.replace(", person: U0LUNCH", ""), "line 8: person is missing"),
    (GOOD.replace("person: U0LUNCH", "who: U0LUNCH"), "line 8: 'who' is not known; allowed: days, from, to, person"),
    (GOOD.replace("days: [wed]", "days: wed"), "line 8: days is a list"),
    ("zone: America/Denver\nshifts: []", "line 2: shifts is a list of at least one shift"),
    (
        GOOD.replace('- {days: [sun], from: "00:00"', '- {days: [sun], from: "01:00"'),
        "line 5: nobody is on call after this, from sun 00:00 to sun 01:00",
    ),
    (
        GOOD.replace('[sun], from: "00:00", to: "24:00"', '[sun], from: "00:00", to: "22:00"'),
        "line 6: nobody is on call after this, from sun 22:00 to mon 00:00",
    ),
    (  # over the end of the week, in one piece
        GOOD.replace('[sun], from: "00:00", to: "24:00"', '[sun], from: "00:00", to: "22:00"').replace(
            '[mon], from: "00:00"', '[mon], from: "06:00"'
        ),
        "line 6: nobody is on call after this, from sun 22:00 to mon 06:00",
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
    with pytest.raises(RotaError, match="can't be read: no such file"):
        read_rota(tmp_path / "none.yaml")


# From when, and the next moment at which somebody else is on call.
CHANGES = [
    ("2026-11-23T08:00:00-07:00", "2026-11-23T18:00:00-07:00"),
    ("2026-11-23T17:59:59-07:00", "2026-11-23T18:00:00-07:00"),
    ("2026-11-25T11:00:00-07:00", "2026-11-25T12:00:00-07:00"),
    ("2026-11-25T12:30:00-07:00", "2026-11-25T13:00:00-07:00"),
    ("2026-11-28T08:00:00-07:00", "2026-11-30T08:00:00-07:00"),  # Sunday to Monday: the same person goes on
    ("2026-10-31T08:00:00-06:00", "2026-11-02T08:00:00-07:00"),  # the clocks go back that night
    ("2026-03-07T08:00:00-07:00", "2026-03-09T08:00:00-06:00"),  # and forward
]


@pytest.mark.parametrize(("at", "then"), CHANGES)
def test_when_somebody_else_is_on_call_next(rota: Rota, at: str, then: str) -> None:
    assert rota.next_change(datetime.fromisoformat(at)) == datetime.fromisoformat(then)


def test_where_it_is_always_the_same_person_nothing_changes(tmp_path: Path) -> None:
    days = "mon, tue, wed, thu, fri, sat, Sunday"
    text = f'zone: America/Denver\nshifts:\n  - {{days: [{days}], from: "00:00", to: "24:00", person: U0ALWAYS}}\n'
    assert read_rota(written(tmp_path, text)).next_change(datetime(2026, 10, 31, tzinfo=UTC)) is None


# A zone, and a night in which its clocks change: an hour or half an hour that does not exist, or comes twice.
NIGHTS = [
    ("America/Denver", "2026-03-08T06:00:00+00:00"),
    ("America/Denver", "2026-11-01T05:00:00+00:00"),
    ("Australia/Lord_Howe", "2026-10-03T12:00:00+00:00"),
    ("Australia/Lord_Howe", "2026-04-04T12:00:00+00:00"),
    ("America/Phoenix", "2026-03-08T06:00:00+00:00"),
]


@pytest.mark.parametrize(("zone", "night"), NIGHTS)
def test_the_next_change_is_what_looking_minute_by_minute_finds(tmp_path: Path, zone: str, night: str) -> None:
    """Shifts that begin and end within the hours that don't exist or come twice, drawn at random."""
    draw = random.Random(f"{zone} {night}")
    begin = datetime.fromisoformat(night)
    for _ in range(12):
        hours = sorted(
            draw.sample(["00:30", "01:00", "01:15", "01:30", "02:00", "02:10", "02:30", "03:00", "03:30"], 3)
        )
        shifts = "".join(
            f'  - {{days: [mon, tue, wed, thu, fri, sat, sun], from: "{one}", to: "{to}", person: U0{person}}}\n'
            for person, one, to in zip("ABC", hours, [*hours[1:], hours[0]], strict=True)
        )
        rota = read_rota(written(tmp_path, f"zone: {zone}\nshifts:\n{shifts}"))
        people = [rota.on_call(begin + timedelta(minutes=n)) for n in range(36 * 60)]
        assert all(len(one) == 1 for one in people)
        for n in draw.sample(range(12 * 60), 40):
            then = next(m for m in range(n, len(people)) if people[m] != people[n])
            assert rota.next_change(begin + timedelta(minutes=n)) == begin + timedelta(minutes=then)
