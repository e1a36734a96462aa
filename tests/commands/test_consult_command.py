"""`curbside consult`: answers from a file in, the result out, and the log; and what bad input gets."""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import re
import resource
import select
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.desk import replayed
from bot.storage import open_log
from flows.consult import snapshot
from flows.pages import label
from tests.flows.making import ANGER, COLORADO, THREAT

from .conftest import CLINICIAN, Practice, Said, tomorrow

ROOT = Path(__file__).parents[2]
ANSWERS: Mapping[str, Any] = {**COLORADO, **THREAT}
LOW: Mapping[str, Any] = {**COLORADO, **ANGER}
NEEDED = {"concern": "harm_to_others", **COLORADO}


def put(name: str, answers: Any) -> str:
    """A file in the current folder with these answers: JSON, JSON Lines or YAML by its name; text and bytes as they are."""
    path = Path(name)
    if isinstance(answers, bytes):
        path.write_bytes(answers)
    elif isinstance(answers, str):
        path.write_text(answers, encoding="utf-8")
    elif name.lower().endswith(".jsonl"):
        path.write_text("".join(json.dumps(one) + "\n" for one in answers), encoding="utf-8")
    elif name.lower().endswith(".json"):
        path.write_text(json.dumps(answers), encoding="utf-8")
    else:
        path.write_text(yaml.safe_dump(answers), encoding="utf-8")
    return name


def typed_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """What stands on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def lines(said: Said) -> list[Any]:
    """Each line that was printed, read as JSON as strictly as other programs read it."""

    def never(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    return [json.loads(line, parse_constant=never) for line in said.out.splitlines()]


# Answers in, result out

CONTRACT = {
    "consult",
    "level",
    "level_for",
    "findings",
    "law",
    "options",
    "plan",
    "if_then",
    "find_out",
    "warnings",
    "note",
    "decision",
}
CONTRACT_LAW = {
    "jurisdiction",
    "table_version",
    "verified_on",
    "duty",
    "rules",
    "may_tell",
    "may_tell_if",
    "may_not_tell",
    "not_confirmed",
    "enough_any_of",
    "outstanding",
    "harm_to_self",
    "open_questions",
}


@pytest.mark.parametrize("name", ["answers.json", "answers.yaml", "answers.yml", "ANSWERS.JSON"])
def test_the_result_has_what_the_contract_names_and_is_logged(practice: Practice, name: str) -> None:
    said = practice.run("consult", "--answers", put(name, dict(ANSWERS)), "--json")
    assert (said.status, said.err) == (0, "")
    result = said.data
    assert set(result) >= CONTRACT and set(result["law"]) >= CONTRACT_LAW
    assert (result["level"], result["law"]["duty"], result["decision"]) == ("high", "must_act", None)
    with open_log(practice.database, create=False) as log:
        [row] = log.consults()
        events = log.events(result["consult"])
        assert log.check_chain() == []
    assert (row.reference, row.clinician, row.status, row.level) == (result["consult"], CLINICIAN, "result", "high")
    assert [event.kind for event in events] == ["started", *["answered"] * len(ANSWERS), "evaluated"]
    assert row.state == json.loads(json.dumps(snapshot(replayed(events))))
    assert row.state["result"] == result


def test_every_example_that_comes_with_the_project_runs(practice: Practice) -> None:
    examples = sorted((ROOT / "examples").iterdir())
    assert len(examples) >= 5
    for path in examples:
        assert practice.run("consult", "--answers", str(path), "--dry-run").status == 0, path
    assert not practice.database.exists()


def test_for_a_person_it_shows_the_steps_the_law_and_the_reference(practice: Practice) -> None:
    said = practice.run("consult", "--answers", put("answers.yaml", dict(ANSWERS)))
    [reference] = {event.consult for event in practice.written() or []}
    for text in ("Next steps", label("warn_victim"), "C.R.S. § 13-21-117", f"Logged as {reference}."):
        assert text in said.words
    assert "\x1b" not in said.out


def test_a_dry_run_gives_the_same_result_and_writes_nothing(practice: Practice) -> None:
    name = put("answers.yaml", dict(ANSWERS))
    dry = practice.run("consult", "--answers", name, "--json", "--dry-run").data
    assert not practice.database.exists()
    wet = practice.run("consult", "--answers", name, "--json").data
    assert dry["consult"] is None
    assert {**dry, "consult": wet["consult"], "note": ""} == {**wet, "note": ""}
    assert "Not logged: this was a dry run." in practice.run("consult", "--answers", name, "--dry-run").words


def test_only_three_answers_are_needed_and_the_rest_is_not_known(practice: Practice) -> None:
    result = practice.run("consult", "--answers", put("few.json", NEEDED), "--json", "--dry-run").data
    assert result["level"] == "elevated" and result["law"]["duty"] == "turns_on_unknowns"
    assert result["find_out"]


def test_yaml_says_no_and_days_as_people_write_them(practice: Practice) -> None:
    day = (date.today() + timedelta(days=2)).isoformat()
    text = "\n".join(f"{key}: {json.dumps(said).replace(chr(34), '')}" for key, said in LOW.items())
    name = put("a.yaml", f"{text}\ndanger_now: no\ndecision: {{follow_up: {day}}}\n")
    assert "preparation: no\n" in Path(name).read_text(encoding="utf-8")
    said = practice.run("consult", "--answers", name, "--json")
    assert (said.data["level"], said.data["decision"]["follow_up"]) == ("low", day)


def test_a_decision_in_the_file_is_recorded(practice: Practice) -> None:
    plan = practice.run("consult", "--answers", put("a.json", dict(ANSWERS)), "--json", "--dry-run").data["plan"]
    steps = {one: {"state": "done", "result": "as agreed"} for one in plan}
    decision = {"steps": steps, "tell": {"victim": "the threat, and whom to call"}, "follow_up": tomorrow()}
    said = practice.run("consult", "--answers", put("b.json", {**ANSWERS, "decision": decision}), "--json")
    assert said.data["law"]["outstanding"] == []
    assert said.data["decision"]["steps"]["warn_victim"]["result"] == "as agreed"
    assert [event.kind for event in practice.written() or []][-2:] == ["evaluated", "decided"]
    shown = practice.run("consult", "--answers", "b.json")
    assert "Nothing that the law requires is outstanding on these answers." in shown.words


def test_on_an_earlier_day_the_rules_then_in_force_are_read(practice: Practice) -> None:
    name = put("a.json", dict(ANSWERS))
    now, then = (
        practice.run("consult", "--answers", name, "--json", *day).data["law"] for day in ([], ["--on", "2010-01-01"])
    )
    assert then["evaluated_on"] == "2010-01-01" and now["evaluated_on"] == date.today().isoformat()
    rules = [{rule["id"] for rule in law["rules"]} for law in (now, then)]
    assert "co-13-21-117" in rules[0] - rules[1], "Colorado's statute is of 2014"
    assert (now["duty"], then["duty"]) == ("must_act", "turns_on_unknowns")
    assert [event.data["on"] for event in practice.written() or [] if event.data and event.kind == "evaluated"] == [
        "2010-01-01",
        date.today().isoformat(),
    ]


# Free text

NAMING = "Client said he will kill Jane Sample on 3/14/2027."


def test_a_narrative_that_seems_to_identify_somebody_is_not_kept(practice: Practice) -> None:
    name = put("a.json", {**ANSWERS, "narrative": NAMING})
    said = practice.run("consult", "--answers", name, "--json")
    assert "The narrative was not kept: it looks as if it has a name" in said.data["warnings"][-1]
    for text in (said.out, *(json.dumps(event.data) for event in practice.written() or [])):
        assert "Jane" not in text
    shown = practice.run("consult", "--answers", name)
    assert "The narrative was not kept" in shown.words and "Jane" not in shown.words


def test_who_says_that_it_identifies_nobody_keeps_it(practice: Practice) -> None:
    name = put("a.json", {**ANSWERS, "narrative": NAMING})
    said = practice.run("consult", "--answers", name, "--json", "--identifies-nobody")
    assert NAMING in said.data["note"] and not any("not kept" in one for one in said.data["warnings"])
    assert any(
        event.data == {"answers": {"narrative": NAMING}, "asked": ["narrative"], "to": "review"}
        for event in practice.written() or []
    )


def test_a_clean_narrative_is_kept(practice: Practice) -> None:
    text = "Said it twice, calmly; afraid of losing the children."
    said = practice.run("consult", "--answers", put("a.json", {**ANSWERS, "narrative": text}), "--json")
    assert text in said.data["note"] and not any("not kept" in one for one in said.data["warnings"])


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        ({"reasons": {"warn_victim": NAMING}}, "decision.reasons.warn_victim"),
        ({"tell": {"victim": NAMING}}, "decision.tell.victim"),
        ({"steps": {"warn_victim": {"state": "done", "result": NAMING}}}, "decision.steps.warn_victim.result"),
    ],
)
def test_a_text_of_the_decision_that_seems_to_identify_somebody_is_refused(
    practice: Practice, decision: dict[str, Any], field: str
) -> None:
    said = practice.refused("consult", "--answers", put("a.json", {**ANSWERS, "decision": decision}))
    assert said.startswith(f"curbside: {field}: it looks as if this has ") and "--identifies-nobody" in said
    assert "Jane" not in said and not practice.database.exists()


# One consult a line

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


# What bad input gets

EVERY_CODE = "AK, AL, AR, AZ, CA, CO, CT, DC, "
FORMS = "JSON (.json) or YAML (.yaml, .yml), in UTF-8"
STATES_OF_STEPS = "planned, attempted, done, failed, declined"

BAD_ANSWERS: Mapping[str, tuple[Any, str]] = {
    "an unknown jurisdiction": (
        {**NEEDED, "jurisdiction": "XX"},
        f"jurisdiction: 'XX': not known here; allowed: {EVERY_CODE}",
    ),
    "a jurisdiction in small letters": (
        {**NEEDED, "jurisdiction": "co"},
        f"jurisdiction: 'co': not known here; allowed: {EVERY_CODE}",
    ),
    "an unknown second jurisdiction": (
        {**NEEDED, "second_jurisdiction": "UK"},
        "second_jurisdiction: 'UK': not known here; allowed: AK",
    ),
    "an unknown key": ({**NEEDED, "weapon": "gun"}, "answers: 'weapon': no such key; allowed: concern, jurisdiction, "),
    "an unknown value": (
        {**NEEDED, "means": "gun"},
        "means: 'gun': not known here; allowed: none, obtainable, other_weapon, firearm, unknown",
    ),
    "an unknown item": (
        {**NEEDED, "aggravating": ["rage"]},
        "aggravating: 'rage': not known here; allowed: intoxication, ",
    ),
    "an unknown value of an item": (
        {**NEEDED, "aggravating": {"psychosis": "maybe"}},
        "aggravating.psychosis: 'maybe': not known here; allowed: yes, no, unknown",
    ),
    "no concern": (dict(COLORADO), "concern: it is missing; needed: harm_to_others, harm_to_self, "),
    "no jurisdiction": (
        {"concern": "harm_to_self", "profession": "nurse"},
        f"jurisdiction: it is missing; needed: {EVERY_CODE}",
    ),
    "no profession": (
        {"concern": "harm_to_self", "jurisdiction": "CO"},
        "profession: it is missing; needed: psychiatrist, ",
    ),
    "a concern that is not known": (
        {**NEEDED, "concern": "unknown"},
        "concern: 'unknown': not known here; allowed: harm_to_others, ",
    ),
    "true for yes": ({**NEEDED, "danger_now": True}, "danger_now: True: a true or false; allowed: no, yes, unknown"),
    "a number": ({**NEEDED, "threat": 7}, "threat: 7: a number; allowed: none, thoughts_only, "),
    "a list for one answer": ({**NEEDED, "threat": ["explicit"]}, "threat: ['explicit']: a list; allowed: none, "),
    "one answer for a list": (
        {**NEEDED, "accepts": "admission"},
        "accepts: 'admission': a text; allowed: a list of items, or {item: yes, no or unknown}, of: admission, ",
    ),
    "nothing for an answer": (
        {**NEEDED, "threat": None},
        "threat: 'nothing': no value; allowed: none, thoughts_only, ",
    ),
    "a list that holds a list": (
        {**NEEDED, "accepts": [["admission"]]},
        "accepts: ['admission']: an item of the list is a list; allowed: ",
    ),
    "a narrative that is a number": ({**NEEDED, "narrative": 5}, "narrative: 5: a number; allowed: text"),
    "a narrative that never ends": (
        {**NEEDED, "narrative": "x" * 10_001},
        "narrative: '10,001 characters': too long; allowed: at most 10,000 characters",
    ),
    "a list of answers": (
        [NEEDED],
        "answers: [{'concern': 'harm_to_others', 'jurisdiction': 'CO', 'pro...: not a mapping of answers; allowed: concern, ",
    ),
    "a text": ("harm_to_others", "answers: 'harm_to_others': not a mapping of answers; allowed: concern, "),
    "a number alone": ("7", "answers: 7: not a mapping of answers; allowed: concern, "),
    "null": ("null", "answers: 'nothing': not a mapping of answers; allowed: concern, "),
    "a line break in a value": ({**NEEDED, "threat": "a\nb"}, r"threat: 'a\nb': not known here; allowed: none, "),
    "a key that would redraw the screen": ({**NEEDED, "\x1b[2J": "x"}, r"answers: '\x1b[2J': no such key; allowed: "),
}
"""In JSON and in YAML alike."""


@pytest.mark.parametrize("suffix", ["json", "yaml"])
@pytest.mark.parametrize("fault", BAD_ANSWERS)
def test_bad_answers_are_refused_by_field_value_and_what_is_allowed(
    practice: Practice, fault: str, suffix: str
) -> None:
    answers, said = BAD_ANSWERS[fault]
    if isinstance(answers, str) and suffix == "json" and not answers.isdigit() and answers != "null":
        answers = json.dumps(answers)
    name = put(f"a.{suffix}", answers)
    assert practice.refused("consult", "--answers", name).startswith(f"curbside: {said}")
    assert practice.refused("consult", "--answers", name, "--dry-run", "--json").startswith(f"curbside: {said}")
    assert not practice.database.exists(), "no log is made for answers that won't do"


BAD_DECISIONS: Mapping[str, tuple[Any, str]] = {
    "a text": ("done", "decision: 'done': a text; allowed: a mapping with any of: steps, reasons, tell, follow_up"),
    "an unknown part": ({"step": {}}, "decision: 'step': no such part; allowed: steps, reasons, tell, follow_up"),
    "an unknown option": (
        {"steps": {"call_mother": {"state": "done"}}},
        "decision.steps: 'call_mother': no such option; allowed: ",
    ),
    "an unknown state": (
        {"steps": {"warn_victim": {"state": "maybe"}}},
        f"decision.steps.warn_victim.state: 'maybe': not a state of a step; allowed: {STATES_OF_STEPS}",
    ),
    "no state": (
        {"steps": {"warn_victim": {}}},
        f"decision.steps.warn_victim.state: not a state of a step; needed: {STATES_OF_STEPS}",
    ),
    "a state alone": (
        {"steps": {"warn_victim": "done"}},
        "decision.steps.warn_victim: 'done': a text; allowed: {state, at, result}",
    ),
    "a time that is none": (
        {"steps": {"warn_victim": {"state": "done", "at": "noon"}}},
        "decision.steps.warn_victim.at: 'noon': not a date and time; allowed: a date and time such as 2026-11-25T15:00",
    ),
    "a missing reason": (
        {"steps": {}},
        "decision.reasons.same_day_evaluation: a reason is needed: it is in the suggested plan, and you leave it out; needed: ",
    ),
    "a follow-up that has passed": (
        {"follow_up": "2020-01-01T09:00", "reasons": "ALL"},
        "decision.follow_up: '2020-01-01T09:00': the follow-up time has passed; allowed: a time after 20",
    ),
    "a follow-up that is no time": (
        {"follow_up": "soon", "reasons": "ALL"},
        "decision.follow_up: 'soon': not a date and time; allowed: a date and time such as 2026-11-25T15:00",
    ),
    "a follow-up that is a number": (
        {"follow_up": 5},
        "decision.follow_up: 5: a number; allowed: a date and time such as 2026-11-25T15:00",
    ),
    "an unknown recipient": (
        {"tell": {"neighbour": "all"}},
        "decision.tell: 'neighbour': no such recipient; allowed: ",
    ),
    "a reason that is a list": (
        {"reasons": {"warn_victim": []}},
        "decision.reasons.warn_victim: []: a list; allowed: text",
    ),
}


@pytest.mark.parametrize("fault", BAD_DECISIONS)
def test_a_bad_decision_is_refused_and_no_log_is_made(practice: Practice, fault: str) -> None:
    decision, said = BAD_DECISIONS[fault]
    if isinstance(decision, dict) and decision.get("reasons") == "ALL":
        plan = practice.run("consult", "--answers", put("a.json", dict(ANSWERS)), "--json", "--dry-run").data["plan"]
        decision = {**decision, "reasons": dict.fromkeys([*plan, "law"], "a reason")}
    name = put("a.json", {**ANSWERS, "decision": decision})
    assert practice.refused("consult", "--answers", name).startswith(f"curbside: {said}")
    assert not practice.database.exists()
    practice.low()
    assert practice.refused("consult", "--answers", name).startswith(f"curbside: {said}")


GOOD_JSON = json.dumps(NEEDED)
ENDLESS = b"""
concern: harm_to_others
jurisdiction: CO
profession:
- &a [x, x, x, x, x, x, x, x, x, x]
- &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
- &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
- &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
- &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
- &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]
- &g [*f, *f, *f, *f, *f, *f, *f, *f, *f, *f]
- &h [*g, *g, *g, *g, *g, *g, *g, *g, *g, *g]
- &i [*h, *h, *h, *h, *h, *h, *h, *h, *h, *h]
- &j [*i, *i, *i, *i, *i, *i, *i, *i, *i, *i]
"""
"""A few lines that stand for a list of ten thousand million."""
BAD_FILES: Mapping[str, tuple[str, bytes | None, str]] = {
    "missing": (
        "none.json",
        None,
        f"answers file: 'none.json': can't be read (No such file or directory); allowed: {FORMS}",
    ),
    "a folder": (".", None, f"answers file: '.': a folder; allowed: {FORMS}"),
    "no name": ("", None, f"answers file: '.': a folder; allowed: {FORMS}"),
    "a path that none can be": ("a\0.json", None, f"answers file: 'a\\x00.json': not a path; allowed: {FORMS}"),
    "a missing file of lines": (
        "none.jsonl",
        None,
        "answers file: 'none.jsonl': can't be read (No such file or directory); allowed: a JSON Lines file",
    ),
    "an empty file of lines": ("a.jsonl", b"", "answers file: 'a.jsonl': empty; allowed: a JSON Lines file"),
    "empty": ("a.json", b"", f"answers file: 'a.json': empty; allowed: {FORMS}"),
    "blank": ("a.yaml", b" \n\n", f"answers file: 'a.yaml': empty; allowed: {FORMS}"),
    "only a comment": (
        "a.yaml",
        b"# nothing yet\n",
        "answers: 'nothing': not a mapping of answers; allowed: concern, ",
    ),
    "10 MB": (
        "a.json",
        b" " * 10_000_000 + GOOD_JSON.encode(),
        "answers file: 'a.json': too large; allowed: at most 1,000,000 bytes",
    ),
    "10 MB of YAML": (
        "a.yaml",
        b"# x\n" * 2_500_000,
        "answers file: 'a.yaml': too large; allowed: at most 1,000,000 bytes",
    ),
    "not UTF-8": (
        "a.json",
        '{"concern": "é"}'.encode("latin-1"),
        "answers file: 'a.json': not UTF-8 (byte 14); allowed: text in UTF-8",
    ),
    "UTF-16": (
        "a.yaml",
        GOOD_JSON.encode("utf-16"),
        "answers file: 'a.yaml': not UTF-8 (byte 1); allowed: text in UTF-8",
    ),
    "not JSON": (
        "a.json",
        b'{"concern": harm}',
        "answers file: 'a.json': not JSON (line 1, column 13: Expecting value); allowed: JSON",
    ),
    "two JSONs": (
        "a.json",
        f"{GOOD_JSON}\n{GOOD_JSON}".encode(),
        "answers file: 'a.json': not JSON (line 2, column 1: Extra data); allowed: JSON",
    ),
    "not YAML": ("a.yaml", b"concern: [harm\n", "answers file: 'a.yaml': not YAML (line 2, column 1: "),
    "a tab in YAML": ("a.yaml", b"concern:\n\tx: y", "answers file: 'a.yaml': not YAML (line 2, column 1: "),
    "a program in YAML": (
        "a.yaml",
        b"concern: !!python/object/apply:os.getcwd []",
        "answers file: 'a.yaml': not YAML (line 1, column 10: could not determine a constructor",
    ),
    "a key twice in JSON": (
        "a.json",
        b'{"threat": "none", "threat": "explicit"}',
        "answers file: 'a.json': the key 'threat' stands twice; allowed: JSON",
    ),
    "an inner key twice": (
        "a.json",
        b'{"accepts": {"admission": "no", "admission": "yes"}}',
        "answers file: 'a.json': the key 'admission' stands twice; allowed: JSON",
    ),
    "a key twice in YAML": (
        "a.yaml",
        b"threat: none\nthreat: explicit",
        "answers file: 'a.yaml': not YAML (line 2, column 1: the key 'threat' stands twice); allowed: JSON",
    ),
    "NaN": ("a.json", b'{"threat": NaN}', "answers file: 'a.json': NaN is not JSON; allowed: JSON"),
    "infinity": ("a.json", b'{"threat": -Infinity}', "answers file: 'a.json': -Infinity is not JSON; allowed: JSON"),
    "a number too large": (
        "a.json",
        b'{"threat": 1e999}',
        "answers file: 'a.json': a number is too large; allowed: JSON",
    ),
    "a number of 5,000 digits": (
        "a.json",
        b'{"threat": ' + b"9" * 5000 + b"}",
        "answers file: 'a.json': a number is too large; allowed: JSON",
    ),
    "half of a character": (
        "a.json",
        b'{"narrative": "\\ud83d"}',
        r"answers file: 'a.json': it has half of a character (an escape such as \ud83d that stands alone)",
    ),
    "deep nesting in JSON": ("a.json", b"[" * 100_000, "answers file: 'a.json': nested too deeply; allowed: JSON"),
    "deep nesting in YAML": ("a.yaml", b"[" * 100_000, "answers file: 'a.yaml': not YAML ("),
    "a list that no memory holds": (
        "a.yaml",
        ENDLESS,
        "profession: [['x', 'x', 'x', 'x', 'x', 'x', ...], [[...], [...], [......: a list; ",
    ),
}


@pytest.mark.parametrize("fault", BAD_FILES)
def test_a_bad_file_is_refused_and_no_log_is_made(practice: Practice, fault: str) -> None:
    name, content, said = BAD_FILES[fault]
    if content is not None:
        put(name, content)
    assert practice.refused("consult", "--answers", name).startswith(f"curbside: {said}")
    assert not practice.database.exists()


@pytest.mark.skipif(os.geteuid() == 0 and sys.platform != "linux", reason="root may read everything")
def test_a_file_that_may_not_be_read(practice: Practice) -> None:
    put("a.json", GOOD_JSON)
    Path("a.json").chmod(0)
    done = curbside("consult", "--answers", "a.json", database=practice.database, preexec_fn=without_roots_rights)
    assert done.returncode == 2
    assert done.stderr == f"curbside: answers file: 'a.json': can't be read (Permission denied); allowed: {FORMS}\n"


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "2026-2-3", "", "25.11.2026", "2026-11-25T10:00"])
def test_a_day_that_is_none(practice: Practice, day: str) -> None:
    said = practice.refused("consult", "--answers", put("a.json", NEEDED), "--on", day)
    assert said == f"curbside: --on: {day!r} won't do; allowed: a day that exists, as YYYY-MM-DD.\n"


# A log that can't be written, met by the command as a process of its own


def without_roots_rights() -> None:
    """Give up what lets root read and write past permissions."""
    if os.geteuid() == 0 and sys.platform == "linux":
        libc = ctypes.CDLL(None)
        for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            libc.prctl(24, right, 0, 0, 0)  # PR_CAPBSET_DROP: gone once the process becomes another program


def program(*words: str) -> list[str]:
    """The command as one starts it."""
    return [sys.executable, "-c", "from bot.cli import main; main()", *words]


def environment(database: Path) -> dict[str, str]:
    """What the command sees."""
    mine = {"CURBSIDE_DATABASE": str(database), "CURBSIDE_CLINICIAN": CLINICIAN, "PYTHONPATH": str(ROOT)}
    return {**os.environ, **mine}


def curbside(*words: str, database: Path, **how: Any) -> subprocess.CompletedProcess[str]:
    """The command, as a process of its own in the current folder."""
    return subprocess.run(
        program(*words), env=environment(database), capture_output=True, text=True, timeout=120, check=False, **how
    )


def in_full(path: Path) -> list[bytes]:
    """Everything that stands in the log's tables, whatever state the file is in."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [line.encode() for line in connection.iterdump()]


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process holds the log's write lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout and holder.stdin and holder.stdout.readline() == b"held\n"
        yield
        holder.stdin.close()


@contextlib.contextmanager
def read_only(path: Path) -> Iterator[None]:
    path.chmod(0o400)
    path.parent.chmod(0o500)
    yield
    path.parent.chmod(0o700)
    path.chmod(0o600)


@contextlib.contextmanager
def from_a_newer_version(path: Path) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " SELECT migration_set, 'm999_more', applied_at FROM _sqlite_migrations LIMIT 1"
        )
        connection.commit()
    yield


@contextlib.contextmanager
def corrupt(path: Path) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    yield
    assert path.read_bytes() == content[:4096] + b"\xff" * (len(content) - 4096), "it is left as it was found"
    path.write_bytes(content)


@contextlib.contextmanager
def something_else(path: Path) -> Iterator[None]:
    content = path.read_bytes()
    path.write_bytes(b"Dear diary, " * 1000)
    yield
    assert path.read_bytes() == b"Dear diary, " * 1000
    path.write_bytes(content)


@contextlib.contextmanager
def as_it_is(path: Path) -> Iterator[None]:
    yield


def no_file_larger() -> None:
    """Room for what is there already, and for no more: a write past it fails, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))


Trouble = Callable[[Path], contextlib.AbstractContextManager[None]]
TROUBLES: Mapping[str, tuple[Trouble, Callable[[], None] | None, str]] = {
    "locked": (
        locked,
        None,
        "is locked: another program has kept it for more than 2 seconds. Nothing was written; close the other program",
    ),
    "read-only": (
        read_only,
        without_roots_rights,
        "is read-only, or its folder is. Nothing was written; make both writable",
    ),
    "from a newer version": (
        from_a_newer_version,
        None,
        "was written by a newer Curbside (its layout has m999_more). Nothing was changed; install the newer version.",
    ),
    "corrupt": (corrupt, None, " is damaged ("),
    "something else": (
        something_else,
        None,
        "is not a Curbside log: it is not an SQLite database, or it is encrypted and CURBSIDE_DATABASE_KEY is not set."
        " Nothing was changed; set CURBSIDE_DATABASE to another place.",
    ),
    "full": (as_it_is, no_file_larger, "There is no room to write to the log "),
}


@pytest.mark.skipif(os.name != "posix", reason="permissions and limits of this kind are POSIX's")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_log_that_can_not_be_written_is_one_line_and_nothing_is_written(practice: Practice, trouble: str) -> None:
    arrange, before_it_runs, said = TROUBLES[trouble]
    practice.decided()
    text = "As the client tells it, again and again. " * 200
    put("a.json", {**ANSWERS, "narrative": text})
    put("many.jsonl", [{**ANSWERS, "narrative": text}] * 20)
    before = in_full(practice.database) if trouble != "from a newer version" else []
    with arrange(practice.database):
        dones = [
            curbside("consult", "--answers", name, *flag, database=practice.database, preexec_fn=before_it_runs)
            for name, flag in (("a.json", ["--json"]), ("many.jsonl", []))
            if name != "a.json" or trouble != "full"  # there is room for one
        ]
        dry = curbside("consult", "--answers", "a.json", "--dry-run", database=practice.database)
    for done in dones:
        assert done.returncode == 2
        assert said in done.stderr and done.stderr.startswith("curbside: ") and done.stderr.count("\n") == 1
        assert str(practice.database) in done.stderr and "Traceback" not in done.stderr
    assert dry.returncode == 0 and dry.stderr == "", "a dry run asks nothing of the log"
    if trouble == "full":
        with open_log(practice.database) as log:
            kept = {row.reference for row in log.consults(limit=100)}
            assert log.check_chain() == []
        printed = {json.loads(line)["consult"] for line in dones[-1].stdout.splitlines()}
        assert printed <= kept and len(kept) < 21, (
            "what was printed is in the log, and what did not fit is not, not even in part"
        )
    elif trouble != "from a newer version":
        assert [done.stdout for done in dones] == ["", ""]
        assert in_full(practice.database) == before


def test_the_project_says_one_line_for_each_fault_and_never_a_traceback(practice: Practice) -> None:
    """As a process of its own, too."""
    done = curbside("consult", "--answers", put("a.json", {**NEEDED, "means": "gun"}), database=practice.database)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"curbside: means: 'gun': not known here; allowed: [a-z_, ]+\n", done.stderr)
