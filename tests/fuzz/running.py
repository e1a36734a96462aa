"""All surfaces on all processors, in rounds: each has a folder and a program of its own, in a process that stays."""

from __future__ import annotations

import gc
import multiprocessing
import platform
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz.answer_files import AnswerFiles
from tests.fuzz.data_files import DataFiles
from tests.fuzz.envelopes import Envelopes
from tests.fuzz.law_files import LawFiles
from tests.fuzz.payloads import Payloads, at_work
from tests.fuzz.people import World, world
from tests.fuzz.tried import Surface, Tried

SHARES: Mapping[str, float] = {
    "payloads over HTTP": 0.40,
    "envelopes of Socket Mode": 0.20,
    "answer files": 0.25,
    "law files": 0.12,
    "data files": 0.03,
}
"""The surfaces, and of all inputs the part that each gets."""
ROUND = 400
SHOWN_AT_MOST = 1500


@dataclass(frozen=True)
class Find:
    """What was wrong, with what makes it again."""

    surface: str
    seed: int
    number: int
    said: str
    wrong: tuple[str, ...]
    given: str

    def __str__(self) -> str:
        again = f"make fuzz ARGS='--seed {self.seed} --only \"{self.surface}\" --from {self.number} --count 1'"
        parts = [f"{self.surface}, seed {self.seed}, input {self.number}: {self.said[:300]}", *self.wrong, again]
        return "\n  ".join([*parts, self.given[:SHOWN_AT_MOST]])


@dataclass
class Found:
    """What a round came to."""

    surface: str
    inputs: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    finds: list[Find] = field(default_factory=list)
    slowest: float = 0.0


def one_round(surface: str, seed: int, first: int, count: int) -> Found:
    """Try so many inputs, from that number on. Whatever is raised is a find, too."""
    found = Found(surface)
    with _at(surface, first // ROUND) as where:
        for number in range(first, first + count):
            tried = Tried("", "")
            try:
                tried = where.one(Random(f"{seed}/{surface}/{number}"))
            except Exception as error:
                place = _raised_at(error)
                tried.wrong.append(f"raised: {type(error).__name__}: {str(error)[:200]} ({place})")
            found.inputs += 1
            found.ended[tried.ended] += 1
            found.slowest = max(found.slowest, tried.seconds)
            if tried.wrong:
                found.finds.append(Find(surface, seed, number, tried.said, tuple(tried.wrong), tried.whole()))
        if wrong := where.after_all():
            found.finds.append(Find(surface, seed, first, f"after {count} inputs", tuple(wrong), ""))
    return found


@contextmanager
def _at(surface: str, number: int) -> Iterator[Surface]:
    """The surface, ready for a round. Every other round of Slack's is in a practice whose messages hold no clinical fact."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if surface == "answer files":
            yield AnswerFiles(folder)
        elif surface == "law files":
            yield LawFiles(folder)
        elif surface == "data files":
            yield DataFiles(folder)
        else:
            over_http = surface == "payloads over HTTP"
            work = stack.enter_context(at_work(_world(number % 2), "http" if over_http else "socket"))
            yield Payloads(work) if over_http else Envelopes(work)
            gc.collect()


_worlds = ExitStack()
"""The worlds of this process, which end with it."""


@cache
def _world(which: int) -> World:
    return _worlds.enter_context(world("usual" if which == 0 else "minimal"))


def close_worlds() -> None:
    """End what this process has begun."""
    _world.cache_clear()
    _worlds.close()


def _end_well() -> None:
    """Have this process end its worlds before it waits for its threads, which are theirs."""
    Finalize(None, close_worlds, exitpriority=10)


def rounds(count: int, only: str | None, first: int = 0) -> Iterator[tuple[str, int, int]]:
    """Surface, first number and count of every round that there is to be, the surfaces in turn."""
    left = {name: [first, _share(name, count, only)] for name in SHARES if only in (None, name)}
    while left:
        for name in list(left):
            at, more = left[name]
            until_next = ROUND - at % ROUND
            taken = min(until_next, more)
            if taken:
                yield name, at, taken
            left[name] = [at + taken, more - taken]
            if more - taken <= 0:
                del left[name]


def _share(name: str, count: int, only: str | None) -> int:
    return count if only else max(1, round(count * SHARES[name]))


def run(count: int, seed: int, *, processes: int, only: str | None = None, first: int = 0) -> Iterator[Found]:
    """What each round came to, as they end."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=_end_well) as pool:
        going = [pool.submit(one_round, name, seed, at, many) for name, at, many in rounds(count, only, first)]
        for done in as_completed(going):
            yield done.result()


def summary(found: Sequence[Found], seed: int, seconds: float) -> dict[str, Any]:
    """The run in numbers, as `--json` writes it."""
    surfaces = [name for name in SHARES if any(one.surface == name for one in found)]
    of = {name: [one for one in found if one.surface == name] for name in surfaces}
    return {
        "what": "fuzz",
        "inputs": sum(one.inputs for one in found),
        "by_surface": {name: sum(one.inputs for one in of[name]) for name in surfaces},
        "ended": {name: dict(sorted(sum((one.ended for one in of[name]), Counter()).items())) for name in surfaces},
        "findings": sum(len(one.finds) for one in found),
        "slowest_seconds": {name: round(max(one.slowest for one in of[name]), 3) for name in surfaces},
        "seconds": round(seconds, 1),
        "seed": seed,
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def _raised_at(error: BaseException) -> str:
    trace, found = error.__traceback__, []
    while trace is not None:
        found.append(f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(found[-4:])
