"""Answer files into `curbside consult`: every bad one gives one clear line and exit status 2, and is not logged."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import yaml

from bot.storage import Head, open_log
from flows.questions import questions
from state_law.load import jurisdiction_names
from state_law.yaml_text import read_yaml
from tests.flows.making import ANGER, COLORADO, THREAT
from tests.fuzz.changes import JSON_PIECES, changed, changed_bytes, donors_of
from tests.fuzz.commands import run, wrong_with_line, wrong_with_refusal, wrong_with_text
from tests.fuzz.tried import Tried, timed

ROOT = Path(__file__).parents[2]
STEPS = ("warn_victim", "notify_law_enforcement", "safety_plan", "call_911", "means_safety")
DECISION = {
    "steps": {"safety_plan": {"state": "done", "at": "2026-11-25T10:00:00-07:00", "result": "an invented result"}},
    "reasons": {"notify_law_enforcement": "an invented reason"},
    "tell": {"victim": "an invented reason"},
    "follow_up": "2026-12-01T10:00:00-07:00",
}
YAML_PIECES = tuple(
    one.encode()
    for one in (
        "!!int ''", "!!int x", "!!float x", "!!float .nan", "!!bool maybe", "!!timestamp x", "!!timestamp 2026-99-99",
        "!!binary x",
        "!!binary é", "!!set {a}", "!!omap [a: b]", "!!map [a]", "!!seq {a: b}", "!!str [a]", "!!null x",
        "!!python/name:os.system",
        "!x y", "&a [*a]", "&a ", "*a", "*b", "<<: ", "<<: *a",
        "? [a]\n: b\n", "? {a: b}\n: c\n", "- ", "---\n", "...\n", "%YAML 2.0\n---\n",
        "\t", "|\n", ">\n", "'", '"', "#", ": ", "\n", "\n  ", "@", "`", "{", "}", "[", "]", ",", "yes", "no", "on", "~", "null",
        "\u0085", "\u2028", "\ufeff", "\0", "\x07", "[" * 3000, "{a: " * 3000, "- " * 3000,
        "9" * 5000, "9" * 5000 + ".0", "0x", "1_0",
        "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\n"
        "d: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e]\n"
        "g: &g [*f, *f, *f, *f, *f, *f, *f]\nh: &h [*g, *g, *g, *g, *g, *g, *g]\naggravating: [*h, *h]\n",
    )
)  # fmt: skip


def _examples() -> Iterator[Any]:
    for path in sorted((ROOT / "examples").iterdir()):
        text = path.read_text(encoding="utf-8")
        yield from map(json.loads, text.splitlines()) if path.suffix == ".jsonl" else [read_yaml(text)]


def _vocabulary() -> Iterator[Mapping[str, Any]]:
    """Every value of every question, so that the values of one are tried for others."""
    for key, one in questions().items():
        for value in (*one.options, "unknown", *list(jurisdiction_names())[:5]):
            yield {key: value} if one.kind != "list" else {key: {value: "yes"}}
        yield {key: list(one.options)}
    for step in STEPS:
        yield {"decision": {"steps": {step: {"state": "planned"}}, "reasons": {step: "because"}}}


class AnswerFiles:
    """One file after another, as `curbside consult --answers FILE` reads it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seeds = [*_examples(), {**COLORADO, **THREAT}, {**COLORADO, **ANGER, "decision": DECISION}]
        self._donors = donors_of([*self._seeds, *_vocabulary()])

    def one(self, random: Random) -> Tried:
        """Make a file and run the command on it."""
        kind = random.choice((".json", ".json", ".yaml", ".yaml", ".yml", ".jsonl", "-"))
        if kind in (".jsonl", "-"):
            raw, said = self._lines(random)
        else:
            raw, said = self._file(random, kind)
        tried = Tried(f"{kind}: {said}", raw)
        path = self._folder / f"answers{'.jsonl' if kind == '-' else kind}"
        path.write_bytes(raw)
        self._run(random, tried, path, many=kind in (".jsonl", "-"))
        return tried

    def after_all(self) -> list[str]:
        """Nothing remains of a round."""
        return []

    def _file(self, random: Random, kind: str) -> tuple[bytes, str]:
        tree, done = self._tree(random)
        if kind == ".json" or random.random() < 0.4:
            raw = _as_json(tree)
        else:
            try:
                raw = yaml.safe_dump(tree, allow_unicode=random.random() < 0.5).encode("utf-8", "surrogatepass")
            except (yaml.YAMLError, RecursionError, ValueError):
                raw = _as_json(tree)
        if random.random() < 0.35:
            raw, what = changed_bytes(random, raw, JSON_PIECES if kind == ".json" else YAML_PIECES)
            done.append(what)
        return raw, "; ".join(done)

    def _lines(self, random: Random) -> tuple[bytes, str]:
        lines, said = [], []
        for number in range(1, random.randrange(2, 7)):
            raw, what = self._file(random, ".json")
            lines.append(raw)
            said.append(f"line {number}: {what}")
        return random.choice((b"\n", b"\n", b"\r\n", b"\n\n")).join(lines), "; ".join(said)

    def _tree(self, random: Random) -> tuple[Any, list[str]]:
        return changed(random, random.choice(self._seeds), self._donors, random.choice((0, 1, 1, 1, 2, 3, 6)))

    def _run(self, random: Random, tried: Tried, path: Path, many: bool) -> None:
        words = ["consult", "--answers", str(path), "--on", "2026-11-25"]
        as_json, keeps = random.random() < 0.5, random.random() < 0.02
        words += ["--json"] if as_json and not many else []
        words += ["--identifies-nobody"] if random.random() < 0.3 else []
        words += [] if keeps else ["--dry-run"]
        with _log(self._folder / "log.db") as database, timed(tried):
            said = run(*words)
        if many:
            tried.ended, wrong = _many(said.out, said.err, said.status, tried.given)
            tried.wrong += wrong
        elif said.status == 0:
            tried.ended = "taken"
            tried.wrong += [f"taken, with {said.err[:200]!r}"] if said.err else []
            tried.wrong += _not_json(said.out) if as_json else wrong_with_text(said.out.replace("\n", " "))
        else:
            tried.ended = "refused"
            tried.wrong += wrong_with_refusal(said)
            if database.exists():
                tried.wrong.append("refused, and yet a log was made")


@contextmanager
def _log(database: Path) -> Iterator[Path]:
    """A log that is not there yet; if one was made, it must be whole."""
    os.environ.update(CURBSIDE_DATABASE=str(database), CURBSIDE_CLINICIAN="clinician-one")
    try:
        yield database
    finally:
        if database.exists():
            with open_log(database) as log:
                assert log.check_chain([Head(number=0, hash=log.head().hash)] if log.head().number == 0 else []) == []
            for left in database.parent.glob("log.db*"):
                left.unlink()


def _many(out: str, err: str, status: int, raw: bytes) -> tuple[str, list[str]]:
    """A result a line for every line that is not blank; status 2 when one won't do. An empty file is refused whole."""
    wanted = [line for line in raw.split(b"\n") if line.strip()]
    if not raw:
        return "refused", [] if status == 2 else [f"exit status {status} for an empty file"]
    wrong, found = [], []
    lines = out.split("\n")[:-1]
    for line in lines:
        wrong += _not_json(line)
        try:
            found.append(json.loads(line))
        except ValueError:
            found.append({})
    if len(lines) != len(wanted):
        wrong.append(f"{len(wanted)} lines in, {len(lines)} out; {err[:200]!r}")
    refused = any("error" in one for one in found)
    if status != (2 if refused else 0):
        wrong.append(f"exit status {status} with errors: {refused}; {err[:200]!r}")
    for one in found:
        if "error" in one:
            wrong += wrong_with_text(str(one["error"].get("message")))
    if err:
        wrong += wrong_with_line(err)
    return "some refused" if refused else "taken", wrong


def _not_json(text: str) -> list[str]:
    def never(name: str) -> None:
        raise ValueError(f"{name} is not JSON")

    try:
        json.loads(text, parse_constant=never)
    except ValueError as error:
        return [f"what is printed is not JSON ({error}): {text[:200]!r}"]
    return []


def _as_json(tree: Any) -> bytes:
    try:
        return json.dumps(tree).encode()
    except (ValueError, RecursionError):  # Python writes no number of thousands of digits
        return b'{"concern": ' + b"9" * 5000 + b"}"
