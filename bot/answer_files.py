"""Answers from files: JSON, YAML, or a JSON line each. What won't do is an AnswerError that names it."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from flows.answers import Answers, parse_answers
from flows.errors import AnswerError
from flows.screening import said

MOST_BYTES = 1_000_000
"""The longest answers have about 20,000 characters of text; a file of megabytes is something else."""
ESCAPED = re.compile(r"\\u[dD]")
FORMS = "JSON (.json) or YAML (.yaml, .yml), in UTF-8"


def read_answers(path: Path) -> Answers:
    """The answers in a file. AnswerError: missing, unreadable, empty, too large, not UTF-8, not JSON or YAML, or wrong."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except IsADirectoryError:
        raise AnswerError("answers file", str(path), FORMS, "a folder") from None
    except OSError as error:
        raise AnswerError("answers file", str(path), FORMS, f"can't be read ({error.strerror or error})") from None
    except ValueError:
        raise AnswerError("answers file", str(path), FORMS, "not a path") from None
    text = _text(raw, str(path))
    return parse_answers(_json(text, str(path)) if path.suffix.lower() == ".json" else _yaml(text, str(path)))


def read_line(raw: bytes, number: int) -> Answers:
    """The answers in one line of a JSON Lines file. AnswerError."""
    where = f"line {number}"
    return parse_answers(_json(_text(raw.rstrip(b"\r\n"), where), where))


def open_lines(source: str, stack: ExitStack) -> Iterator[bytes]:
    """The lines of a file, or of standard input for `-`; a line that is too long is cut, and then refused."""
    if source == "-":
        stream: Any = sys.stdin.buffer
    else:
        try:
            stream = stack.enter_context(Path(source).open("rb"))  # noqa: SIM115 - the stack closes it
            stream.peek(1)
        except (OSError, ValueError) as error:
            said = getattr(error, "strerror", None) or "not a path"
            raise AnswerError("answers file", source, "a JSON Lines file", f"can't be read ({said})") from None
        if not stream.peek(1):
            raise AnswerError("answers file", source, "a JSON Lines file", "empty")
    return _lines(stream)


def _lines(stream: Any) -> Iterator[bytes]:
    while line := stream.readline(MOST_BYTES + 1):
        cut = len(line) > MOST_BYTES
        yield line
        while cut and not line.endswith(b"\n") and (line := stream.readline(MOST_BYTES)):
            pass


def screened(answers: Answers) -> tuple[Answers, str | None]:
    """The answers without a narrative that looks as if it identifies somebody, and the warning that says so, or None.

    AnswerError where a text of the decision does: it is part of the record, and can't be left out for the person.
    """
    decision = answers.decision or {}
    texts = {
        f"decision.{part}.{name}": text
        for part in ("reasons", "tell")
        for name, text in (decision.get(part) or {}).items()
    }
    texts |= {
        f"decision.steps.{name}.result": step.get("result") or ""
        for name, step in (decision.get("steps") or {}).items()
    }
    for field, text in texts.items():
        if found := said(text):
            allowed = "text that identifies nobody; or say --identifies-nobody if it does not"
            raise AnswerError(field, None, allowed, f"it looks as if this has {', '.join(found)} in it")
    found = said(answers.narrative) if answers.narrative else ()
    if not found:
        return answers, None
    given = {key: value for key, value in answers.given.items() if key != "narrative"}
    warning = (
        f"The narrative was not kept: it looks as if it has {', '.join(found)} in it. "
        "Take that out, or say --identifies-nobody if it identifies nobody."
    )
    return replace(answers, given=given), warning


def _text(raw: bytes, where: str) -> str:
    if len(raw) > MOST_BYTES:
        raise AnswerError("answers file", where, f"at most {MOST_BYTES:,} bytes", "too large")
    if not raw.strip():
        raise AnswerError("answers file", where, FORMS, "empty")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AnswerError("answers file", where, "text in UTF-8", f"not UTF-8 (byte {error.start + 1})") from None


def _json(text: str, where: str) -> object:
    try:
        found = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_constant, parse_float=_a_number)
        if ESCAPED.search(text):
            json.dumps(found, ensure_ascii=False).encode()
        return found
    except json.JSONDecodeError as error:
        problem = f"not JSON (line {error.lineno}, column {error.colno}: {error.msg})"
    except RecursionError:
        problem = "nested too deeply"
    except UnicodeEncodeError:
        problem = "it has half of a character (an escape such as \\ud83d that stands alone)"
    except _Refused as error:
        problem = str(error)
    except ValueError:  # Python reads no number of thousands of digits
        problem = "a number is too large"
    raise AnswerError("answers file", where, FORMS, problem)


def _yaml(text: str, where: str) -> object:
    from state_law.yaml_text import read_yaml

    try:
        return read_yaml(text)
    except ValueError as error:
        raise AnswerError("answers file", where, FORMS, f"not YAML ({error})") from None


class _Refused(ValueError):
    pass


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Refused(f"the key {key!r} stands twice")
        found[key] = value
    return found


def _no_constant(name: str) -> object:
    raise _Refused(f"{name} is not JSON")


def _a_number(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise _Refused("a number is too large")
    return number
