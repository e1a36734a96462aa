"""What bad input gets from `curbside consult`: one line that names it, exit status 2, and no log."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.flows.making import COLORADO

from .conftest import Practice
from .consult_files import ANSWERS, NEEDED, curbside, put, without_roots_rights

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


def test_the_project_says_one_line_for_each_fault_and_never_a_traceback(practice: Practice) -> None:
    """As a process of its own, too."""
    done = curbside("consult", "--answers", put("a.json", {**NEEDED, "means": "gun"}), database=practice.database)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"curbside: means: 'gun': not known here; allowed: [a-z_, ]+\n", done.stderr)
