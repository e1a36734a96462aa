"""One evaluation, a run of a thousand from a file, and the commands that people start."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain, islice
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from flows.answers import Answers, parse_answers
from flows.evaluation import evaluate
from flows.questions import askable_values, questions
from state_law.load import jurisdiction_names
from tools.bench import timing
from tools.bench.figures import Chapter
from tools.bench.timing import timed

ROOT = Path(__file__).parents[2]
ON = date(2026, 11, 25)
STARTS, DIFFERENT, IN_A_RUN = 11, 150, 1_000
SHARES = (0.3, 0.6, 0.9)
"""How many of the answers are known, in equal parts: few, as when a consult begins; more; nearly all."""
HOW = (
    "Answers at random over all jurisdictions, few, more or nearly all of them known; one `evaluate` has the looking ahead and"
    " the note in it. Whole commands are processes of their own. Consults a second are given by the clock, and by processor time,"
    " which others on the same machine disturb less."
)
FIRST_EVALUATE = """
import json, sys, time
from datetime import date
from flows.answers import parse_answers
from flows.evaluation import evaluate
answers = json.loads(sys.argv[1])
began = time.perf_counter()
evaluate(parse_answers(answers), on=date.fromisoformat(sys.argv[2]))
print(time.perf_counter() - began)
"""


def answers_at_random(times: int, share_known: float) -> Iterator[dict[str, Any]]:
    """Different answers, invented, over all jurisdictions; about this share of the questions is answered."""
    rng = Random(f"bench {share_known}")
    for _ in range(times):
        found: dict[str, Any] = {
            "concern": rng.choice(list(questions()["concern"].options)),
            "jurisdiction": rng.choice(list(jurisdiction_names())),
            "profession": rng.choice(list(questions()["profession"].options)),
        }
        for key, values in askable_values().items():
            name, _, item = key.partition(".")
            if rng.random() < share_known:
                said = rng.choice(values)
                if item:
                    found.setdefault(name, {})[item] = said
                else:
                    found[name] = said
        yield found


def spread(seconds: list[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    found = timing.spread(seconds, 95)
    return {"median_ms": round(found["median"], 2), "p95_ms": round(found["p95"], 2)}


def command(*words: str) -> Callable[[], object]:
    """Running a `curbside` command of this environment, its output thrown away."""
    program = Path(sys.executable).with_name("curbside")
    return lambda: subprocess.run([program, *words], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


def evaluations() -> dict[str, Any]:
    """One `evaluate`, find_out and note included, on answers that were not seen before; and the same answers again."""
    found: dict[str, Any] = {}
    for share in SHARES:
        consults: list[Answers] = [parse_answers(one) for one in answers_at_random(DIFFERENT, share)]
        first = [timed(lambda one=one: evaluate(one, on=ON)) for one in consults]  # type: ignore[misc]
        again = [timed(lambda one=one: evaluate(one, on=ON)) for one in consults]  # type: ignore[misc]
        found[f"evaluate, {share:.0%} of the answers known, unseen answers"] = spread(first)
        found[f"evaluate, {share:.0%} of the answers known, seen before"] = spread(again)
    return found


def first() -> dict[str, Any]:
    """The first `evaluate` of a process, which reads the tables; the imports apart."""
    seconds = []
    for answers in answers_at_random(STARTS, 0.6):
        words = [sys.executable, "-c", FIRST_EVALUATE, json.dumps(answers), ON.isoformat()]
        seconds.append(float(subprocess.run(words, cwd=ROOT, capture_output=True, check=True).stdout))
    return {"evaluate, the first of a process, 60% of the answers known": spread(seconds)}


def starts() -> dict[str, Any]:
    """Whole processes: Python alone, `curbside --help`, one consult from a file."""
    python = [timed(lambda: subprocess.run([sys.executable, "-c", ""], check=True)) for _ in range(STARTS)]
    helped = [timed(command("--help")) for _ in range(STARTS)]
    example = "examples/colorado-threat-with-firearm.yaml"
    consult = [timed(command("consult", "--answers", example, "--dry-run", "--json")) for _ in range(STARTS)]
    return {
        "python -c '' (for comparison)": spread(python),
        "curbside --help": {**spread(helped), "times_python": round(median(helped) / median(python), 1)},
        "curbside consult, one file": {**spread(consult), "times_python": round(median(consult) / median(python), 1)},
    }


def runs() -> dict[str, Any]:
    """A JSON Lines file of different consults, a third of each share: consults a second, dry and logged, start included."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.jsonl"
        of_each = [answers_at_random(IN_A_RUN // len(SHARES) + 1, share) for share in SHARES]
        mixed = islice(chain.from_iterable(zip(*of_each, strict=True)), IN_A_RUN)
        path.write_text("".join(json.dumps(one) + "\n" for one in mixed), encoding="utf-8")
        os.environ["CURBSIDE_DATABASE"] = str(Path(folder) / "bench.db")
        for name, more in (("dry run", ["--dry-run"]), ("logged, each durable before its result is printed", [])):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds = timed(command("consult", "--answers", str(path), *more))
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            found[f"{IN_A_RUN:,} consults from JSON Lines, {name}"] = {
                "a_second": round(IN_A_RUN / seconds),
                "a_second_of_processor_time": round(IN_A_RUN / busy),
            }
    return found


def chapter() -> Chapter:
    """All of it."""
    measured = {**starts(), **first(), **evaluations(), **runs()}
    rows = [
        (what, ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in numbers.items()))
        for what, numbers in measured.items()
    ]
    return Chapter("evaluating", "One evaluation, and many", HOW, (), ("what", "took"), tuple(rows))
