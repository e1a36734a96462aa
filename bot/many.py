"""Many consults at once: lines of answers, worked out in order."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.answer_files import read_line, screened
from flows.answers import Answers
from flows.consult import now
from flows.errors import AnswerError
from flows.evaluation import evaluate, with_decision


@dataclass(frozen=True)
class Worked:
    """One line worked out. `answers` is None where they won't do: `result` is then {"error": ...}.

    `before_decision`: the result as it is before a decision that came with the answers. `left_out`: the warning that
    free text was not kept.
    """

    number: int
    result: dict[str, Any]
    answers: Answers | None = None
    before_decision: Mapping[str, Any] | None = None
    left_out: str | None = None


def work_out(lines: Iterable[bytes], on: date, identifies_nobody: bool) -> Iterator[Worked]:
    """Each line that is not blank, in order, as soon as it is there. Nothing is written.

    For a process that does only this: it stops collecting circles of objects that nothing refers to any more.
    """
    gc.disable()  # what is remembered has no circles: looking through all of it again and again took a third of the time
    try:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _line(number, line, on, identifies_nobody)
    finally:
        gc.freeze()  # nor is it looked through once more when the process ends, which took a fifth


def _line(number: int, line: bytes, on: date, identifies_nobody: bool) -> Worked:
    try:
        answers, left_out = read_line(line, number), None
        if not identifies_nobody:
            answers, left_out = screened(answers)
        before = result = evaluate(Answers(answers.given), on=on)
        if answers.decision:
            result = with_decision(before, answers, now())
    except AnswerError as error:
        return Worked(number, {"error": {"line": number, **error.as_dict()}})
    return Worked(number, result, answers, before, left_out)
