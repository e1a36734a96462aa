"""`curbside consult` with JSON Lines: one consult a line in, one result a line out."""

from __future__ import annotations

import json
import select
import subprocess
import time

import pytest

from bot.storage import open_log

from .conftest import Practice
from .consult_files import ANSWERS, LOW, NAMING, NEEDED, curbside, environment, lines, program, put, typed_in

MANY = [
    json.dumps(ANSWERS),
    "",
    json.dumps({**NEEDED, "concern": "harm"}),
    json.dumps(LOW),
    "   ",
    '{"concern": ',
    json.dumps({**NEEDED, "narrative": "half: \ud83d"}),
    json.dumps({**NEEDED, "\ud83d": "x"}),
    '{"concern": "harm_to_others", "jurisdiction": "CO", "profession": "nurse", "threat": 1e999}',
    json.dumps({**LOW, "decision": {"steps": {}, "follow_up": "2020-01-01"}}),
    json.dumps({**LOW, "decision": {"steps": {}}}),
]
"""Good and bad lines, and blank ones."""
WANTED = [
    "high",
    (3, "concern", "concern: 'harm': not known here; allowed: harm_to_others, "),
    "low",
    (6, "answers file", "answers file: 'line 6': not JSON (line 1, column 13: "),
    (7, "answers file", "answers file: 'line 7': it has half of a character "),
    (8, "answers file", "answers file: 'line 8': it has half of a character "),
    (9, "answers file", "answers file: 'line 9': a number is too large; "),
    (10, "decision.follow_up", "decision.follow_up: '2020-01-01': the follow-up time has passed; "),
    "low",
]
"""For each line that is not blank: the level, or the error's line, field and message."""


@pytest.mark.parametrize("source", ["many.jsonl", "many.ndjson", "-"])
@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_each_line_gives_one_result_in_order_and_a_bad_one_stops_nothing(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, source: str, dry: list[str]
) -> None:
    typed_in(monkeypatch, "\n".join(MANY))
    if source != "-":
        put(source, "\n".join(MANY))
    said = practice.run("consult", "--answers", source, *dry)
    assert (said.status, said.err) == (2, "")
    for one, wanted in zip(lines(said), WANTED, strict=True):
        if isinstance(wanted, str):
            assert one["level"] == wanted
        else:
            error = one["error"]
            assert (error["line"], error["field"]) == wanted[:2]
            assert error["message"].startswith(wanted[2]) and error["allowed"]
    written = practice.written()
    assert (written is None) == bool(dry)
    logged = {event.consult for event in written or []}
    assert logged == {one["consult"] for one in lines(said) if "error" not in one and not dry}


def test_good_lines_alone_end_well(practice: Practice) -> None:
    said = practice.run("consult", "--answers", put("many.jsonl", [ANSWERS, LOW, ANSWERS]))
    assert said.status == 0
    assert [one["level"] for one in lines(said)] == ["high", "low", "high"]


def test_bad_lines_alone_make_no_log(practice: Practice) -> None:
    said = practice.run("consult", "--answers", put("many.jsonl", [{"concern": "x"}] * 3))
    assert said.status == 2 and len(lines(said)) == 3
    assert not practice.database.exists()


def test_a_line_of_megabytes_is_refused_and_the_next_is_read(practice: Practice) -> None:
    long = json.dumps({**NEEDED, "narrative": "x" * 3_000_000})
    said = practice.run("consult", "--answers", put("many.jsonl", f"{long}\n{json.dumps(NEEDED)}\n"), "--dry-run")
    first, second = lines(said)
    assert first["error"]["message"] == "answers file: 'line 1': too large; allowed: at most 1,000,000 bytes"
    assert second["level"] == "elevated"


def test_a_line_that_is_not_utf_8_is_refused_and_the_next_is_read(practice: Practice) -> None:
    said = practice.run(
        "consult", "--answers", put("many.jsonl", b'{"concern": "\xff"}\n' + json.dumps(NEEDED).encode()), "--dry-run"
    )
    first, second = lines(said)
    assert "not UTF-8 (byte 14)" in first["error"]["message"] and second["level"] == "elevated"


def test_a_narrative_in_a_line_is_screened_too(practice: Practice) -> None:
    said = practice.run("consult", "--answers", put("many.jsonl", [{**NEEDED, "narrative": NAMING}]))
    assert "Jane" not in said.out and "not kept" in lines(said)[0]["warnings"][-1]


def test_a_thousand_lines_are_logged_in_one_run(practice: Practice, capsys: pytest.CaptureFixture[str]) -> None:
    levels = ["high", "low"] * 500
    put("many.jsonl", [ANSWERS, LOW] * 500)
    began = time.perf_counter()
    done = curbside("consult", "--answers", "many.jsonl", database=practice.database)
    seconds = time.perf_counter() - began
    with capsys.disabled():
        print(f"\n1,000 consults from a file, logged, in {seconds:.1f} s", end=" ")
    assert done.returncode == 0 and done.stderr == ""
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["level"] for one in results] == levels
    assert len({one["consult"] for one in results}) == 1000
    with open_log(practice.database, create=False) as log:
        rows = log.consults(limit=2000)
        assert [row.level for row in reversed(rows)] == levels
        assert log.check_chain() == []
    assert seconds < 60


def test_results_come_while_lines_still_come_in(practice: Practice) -> None:
    with subprocess.Popen(
        program("consult", "--answers", "-", "--dry-run"),
        env=environment(practice.database),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin and process.stdout
        process.stdin.write((json.dumps(ANSWERS).encode() + b"\n") * 20)
        process.stdin.flush()
        assert select.select([process.stdout], [], [], 30)[0], "nothing was printed before the input ended"
        process.stdin.close()
        assert len(process.stdout.readlines()) == 20
