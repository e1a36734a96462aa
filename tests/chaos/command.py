"""`make chaos`: runs until the program was killed so often, several at a time, and a summary as data.

Exit status 0 when nothing was lost, came twice or went wrong; 1 otherwise, with what and the seed that shows it again.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from .boundaries import Boundaries, kind_of
from .plan import STORIES, Plan, Story, draw, sweep
from .run import Outcome, run

SHOWN_OF_A_JOURNAL = 25
SWEPT: tuple[Story, ...] = ("review", "consult")
"""The stories that are cut at each of their commits, the longest first."""
AT_RANDOM = 20
"""Runs beside the sweeps, at least."""


def main(words: Sequence[str] | None = None) -> None:
    """Run, and leave with the exit status."""
    asked = _asked(words)
    began = time.monotonic()
    outcomes: list[Outcome] = []
    found = "{}"
    for outcome in _outcomes(asked):
        outcomes.append(outcome)
        _tell(outcome, sum(one.kills for one in outcomes))
        found = json.dumps(summary(outcomes, asked.seed, time.monotonic() - began), indent=2)
        if asked.json is not None:  # after each, so that a run that is broken off has told what it saw
            asked.json.write_text(found + "\n", encoding="utf-8")
    print(found)
    sys.exit(1 if any(one.problems for one in outcomes) else 0)


def summary(outcomes: Sequence[Outcome], seed: int, seconds: float) -> dict[str, Any]:
    """What all the runs came to. `seed`: of the first."""
    faults: Counter[str] = Counter()
    boundaries: Counter[str] = Counter()
    for one in outcomes:
        faults += one.faults
        boundaries += one.boundaries
    found = [one.found for one in outcomes]
    swept = {one.story: one.swept for one in outcomes if one.swept is not None}
    return {
        "what": "chaos",
        "runs": len(outcomes),
        "kills": sum(one.kills for one in outcomes),
        "faults": dict(sorted(faults.items())),
        "boundaries": dict(sorted(boundaries.items())),
        "stories_swept": len(swept),
        "commits_swept": sum(len(one.made) for one in swept.values()),
        "commits_cut_before": sum(len(one.made & one.before) for one in swept.values()),
        "commits_cut_after": sum(len(one.made & one.after) for one in swept.values()),
        "swept": {"stories": {story: _cuts([one]) for story, one in swept.items()}, "kinds": _by_kind(swept.values())},
        "acknowledged": sum(one.acknowledged for one in found),
        "posts": sum(one.posts for one in found),
        "edits_checked": sum(one.edits_checked for one in found),
        "network_repeats": sum(one.network_repeats for one in found),
        "reordered": sum(one.reordered for one in found),
        "lost": sum(len(one.lost) for one in found),
        "duplicates": sum(len(one.duplicates) for one in found),
        "pages": sum(one.pages for one in found),
        "pages_sent_again": sum(one.pages_sent_again for one in found),
        "wrong_states": sum(len(one.wrong_states) for one in found),
        "broken_chains": sum(len(one.broken_chains) for one in found),
        "stuck": sum(bool(one.stuck) for one in outcomes),
        "seconds": round(seconds),
        "seed": seed,
        "python": platform.python_version(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _cuts(of: Iterable[Boundaries], kind: str = "") -> dict[str, int]:
    """How many commits there were (of a kind), and at how many the program died before and after."""
    found = {"commits": 0, "before": 0, "after": 0}
    for one in of:
        made = {name for name in one.made if not kind or kind_of(name) == kind}
        found["commits"] += len(made)
        found["before"] += len(made & one.before)
        found["after"] += len(made & one.after)
    return found


def _by_kind(swept: Collection[Boundaries]) -> dict[str, dict[str, int]]:
    kinds = sorted({kind_of(name) for one in swept for name in one.made})
    return {kind: _cuts(swept, kind) for kind in kinds}


def _asked(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument(
        "--kills",
        type=int,
        default=500,
        help=f"end once the program was killed so often, and {AT_RANDOM} runs were drawn (500)",
    )
    parser.add_argument("--runs", type=int, help="this many runs instead, from the seed on, without the sweeps")
    parser.add_argument("--sweep", choices=STORIES, help="only this story, cut at each of its commits")
    parser.add_argument("--seed", type=int, default=1, help="of the first run (1)")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="runs at a time (2)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the summary there")
    return parser.parse_args(words)


def _plans(asked: argparse.Namespace) -> Iterator[Plan]:
    if asked.sweep is not None:
        yield sweep(asked.sweep)
        return
    if asked.runs is not None:
        yield from (draw(asked.seed + number) for number in range(asked.runs))
        return
    yield from (sweep(story) for story in SWEPT)
    seed = asked.seed
    while True:
        yield draw(seed)
        seed += 1


def _outcomes(asked: argparse.Namespace) -> Iterator[Outcome]:
    """As they end. No more are begun once the program was killed often enough."""
    plans, kills, begun, going = _plans(asked), 0, 0, set[Future[Outcome]]()
    least = len(SWEPT) + AT_RANDOM
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        while True:
            while len(going) < asked.jobs and (asked.runs is not None or kills < asked.kills or begun < least):
                plan = next(plans, None)
                if plan is None:
                    break
                begun += 1
                going.add(pool.submit(run, plan))
            if not going:
                return
            done, going = wait(going, return_when=FIRST_COMPLETED)
            for one in done:
                outcome = one.result()
                kills += outcome.kills
                yield outcome


def _tell(outcome: Outcome, kills: int) -> None:
    name = f"seed {outcome.seed}" if outcome.seed else "one commit after another"
    line = f"{name}, {outcome.story}: {outcome.kills} kills in {outcome.seconds:.0f} s; {kills} kills so far"
    if outcome.swept is not None:
        line += f"; {len(outcome.swept.cut)} of {len(outcome.swept.made)} commits cut before and after"
    print(line, file=sys.stderr, flush=True)
    for problem in outcome.problems:
        print(f"  {problem}", file=sys.stderr, flush=True)
    if outcome.problems:
        print("\n".join(f"    {one}" for one in outcome.journal[-SHOWN_OF_A_JOURNAL:]), file=sys.stderr, flush=True)
