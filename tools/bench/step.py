"""A step of a consult beside Bolt alone and one durable commit: all measured in turn, in one run."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tools.bench import inside
from tools.bench.clinicians import Clinician, OverHttp, Ready, now, over_http, who_taps
from tools.bench.durable import durable_commits
from tools.bench.figures import Chapter, Figure, Goal
from tools.bench.load import at_work
from tools.bench.program import ROOT
from tools.bench.timing import ms, spread, timed

CONSULTS = 40
BETWEEN = 0.01
"""Seconds between two measurements: what the one before has set going (posts to Slack) does not run into the next."""
FASTER, SUM, BEYOND = 15, 2, 0.4
HOW = (
    "A tap on an answer comes as a signed HTTP request over a connection on the same machine; it is verified, authorised,"
    " evaluated, committed durably with what it sends, and acknowledged. In turn with it: (a) an app of Bolt that only"
    " acknowledges, with default settings, behind the same web server; (b) the same with `process_before_response=True`, and,"
    " by itself, one durable SQLite commit of 4,000 characters with the log's settings. The program is whole: it sends its"
    " messages meanwhile. *Within the process* is measured without the network, from the request's bytes to the answer's."
)

PARTS = (
    "by a profile, a fifth each are the thirteen statements of the transaction, and reading and checking the request, Bolt's part"
    " among it; an eighth each the JSON with its hashes, and the next message; a tenth is the flow; the rest lies between"
)


@dataclass
class _Measured:
    """Seconds: our steps by kind, Bolt's acknowledgements (default settings, and fast), commits."""

    ours: dict[str, list[float]] = field(default_factory=dict)
    default: list[float] = field(default_factory=list)
    fast: list[float] = field(default_factory=list)
    commits: list[float] = field(default_factory=list)


def chapter(*, quick: bool = False) -> Chapter:
    """Both measurements. `quick`: two consults each, for the test that the tool works."""
    over = asyncio.run(_over_http(2 if quick else CONSULTS))
    within = inside.measure(2 if quick else inside.CONSULTS)
    watched = inside.measure(2 if quick else inside.CONSULTS, channel="C0INVENTED")
    question, a, b = median(over.ours["question"]), median(over.default), median(over.fast) + median(over.commits)
    beyond = [ms(median(one.steps["question"]) - median(one.commits)) for one in (within, watched)]
    figures = (
        Figure(
            "an ack-only app with default settings (a) takes, times ours",
            a / question,
            "times",
            Goal(FASTER, "at least"),
            why=f"that would be {ms(a / FASTER):.2f} ms in all, and Bolt alone, which acknowledges at once and does nothing"
            f" else, takes {ms(median(over.fast)):.2f}",
        ),
        Figure("ours takes, times (b)", question / b, "times", Goal(SUM), why="as the next one"),
        Figure(
            "a question step within the process, beyond one durable commit",
            beyond[0],
            "ms",
            Goal(BEYOND),
            why=f"Bolt alone, which checks the request and does nothing else, takes {ms(median(within.bolt)):.2f} ms there;"
            f" {PARTS}",
        ),
        Figure("the same with a supervisors' channel set", beyond[1], "ms", Goal(BEYOND), why="as the one before"),
    )
    rows = [
        _row("ours, a question, over HTTP", over.ours["question"]),
        _row("(a) ack-only, default settings, over HTTP", over.default),
        _row("(b) ack-only, process_before_response, over HTTP", over.fast),
        _row("(b) one durable commit", over.commits),
        *[_row(f"ours, {called}, over HTTP", over.ours[kind]) for kind, called in _CALLED.items()],
        _row("ours, a question, within the process", within.steps["question"]),
        _row("the same with a supervisors' channel", watched.steps["question"]),
        _row("ack-only, process_before_response, within the process", within.bolt),
        _row("one durable commit beside those", within.commits),
    ]
    return Chapter("step", "A step of a consult", HOW, figures, ("what", "median ms", "p95 ms"), tuple(rows))


_CALLED = {"begin": "a beginning", "list": "a screen of lists", "result": "the evaluation and the result"}


def _row(what: str, seconds: list[float]) -> tuple[str | float, ...]:
    return (what, *spread(seconds, 95).values())


async def _over_http(consults: int) -> _Measured:
    found = _Measured()
    with tempfile.TemporaryDirectory() as folder, durable_commits(Path(folder)) as commit:
        async with at_work("http", consults) as (_, _, clinicians), _bolt_alone() as (default, fast):
            for one in clinicians:
                await _consult(found, one, default, fast, commit)
                for kind, took in one.acknowledged:
                    found.ours.setdefault(kind, []).append(took)
    return found


async def _consult(
    found: _Measured, one: Clinician, default: OverHttp, fast: OverHttp, commit: Callable[[], None]
) -> None:
    reference = await one.begins()
    for tap in one.taps:
        await asyncio.sleep(BETWEEN)
        await one.does(tap, reference)
        for bolt, seconds in ((default, found.default), (fast, found.fast)):
            await asyncio.sleep(BETWEEN)
            seconds.append(await _acknowledged(bolt, tap, one.user, reference))
        await asyncio.sleep(BETWEEN)
        found.commits.append(timed(commit))


async def _acknowledged(bolt: OverHttp, tap: Ready, user: str, reference: str) -> float:
    filled, moment = who_taps(user), now()
    await bolt.ready()
    began = time.perf_counter()
    await bolt.tap(tap, filled, reference, moment)
    return time.perf_counter() - began


@asynccontextmanager
async def _bolt_alone() -> AsyncIterator[tuple[OverHttp, OverHttp]]:
    """Connections to Bolt with default settings, and with `process_before_response`; both have been used before."""
    async with AsyncExitStack() as stack:
        ports = stack.enter_context(_ack_only_process())
        default, fast = [await stack.enter_async_context(over_http(port)) for port in ports]
        yield default, fast


@contextmanager
def _ack_only_process() -> Iterator[list[int]]:
    command = [sys.executable, "-m", "tools.bench.ack_only"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            yield [int(port) for port in process.stdout.readline().split()]
        finally:
            process.stdin.close()
            process.wait(10)
