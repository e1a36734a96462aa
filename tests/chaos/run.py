"""One run: people, the program with its lives, the weather; and what came of it."""

from __future__ import annotations

import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from bot.storage import Profile, open_log

from ..flows.making import ANGER, THREAT
from ..slack.server import SlackServer, wait_until
from .actor import Actor
from .boundaries import Boundaries, read_boundaries
from .clinician import Clinician
from .deeds import Deeds
from .found import Found
from .keeper import Keeper
from .oracles import compare
from .plan import SUPERVISED, Plan
from .supervisor import Supervisor
from .weather import Weather

COLORADO = Profile(jurisdiction="CO", profession="psychologist")
EMERGENCY = {**THREAT, "imminence": "within_a_day"}
LONGEST, FOR_EACH_LIFE = 120.0, 4.0
"""Seconds after which a run is ended."""
QUIET_FOR = 5.0
"""Seconds without anything to send after which a planned end that waits for a commit will not come any more."""
QUIET_WITHIN = 60.0
SWEEPS_WITHIN, SWEEPS_PATIENCE, SWEEPS_QUIET_FOR = 600.0, 240.0, 7.0
"""The same where the program dies at every commit, so that each step of a person takes many lives; and the patience of people."""
UNSENT = {"waiting", "sending", "in_doubt"}


@dataclass
class Outcome:
    """What a run came to, as plain data. `problems`: all that is wrong; none is meant to be."""

    seed: int
    story: str
    kills: int = 0
    seconds: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    boundaries: Counter[str] = field(default_factory=Counter)
    swept: Boundaries | None = None
    """Of a sweep: the commits of the story, and at which of them the program died."""
    found: Found = field(default_factory=Found)
    stuck: list[str] = field(default_factory=list)
    journal: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """All that is wrong."""
        left = self.swept.made - self.swept.cut if self.swept is not None else set()
        return [*self.stuck, *self.found.faults, *(f"not cut on both sides: {one}" for one in sorted(left))]


def run(plan: Plan, folder: Path | None = None) -> Outcome:
    """Carry the plan out. Whatever fails stands in the outcome. `folder`: for the log, an empty one; else one that is removed."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="curbside-chaos-") as made:
            return run(plan, Path(made))
    outcome = Outcome(plan.seed, plan.story)
    began = time.monotonic()
    with SlackServer() as server:
        _play(plan, server, folder, outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


def _play(plan: Plan, server: SlackServer, folder: Path, outcome: Outcome) -> None:
    server.socket.waits_for_the_dead = False
    server.workspace.triggers.lifetime = 10.0  # on a machine that is kept busy by all this, a modal opens late
    deeds, over, database = Deeds(), threading.Event(), folder / "log.db"
    cast, settings = _cast(plan, server, deeds, over)
    clinicians = [one for one in cast if isinstance(one, Clinician)]
    with open_log(database) as log:
        for one in clinicians:
            log.remember_profile(one.person.id, COLORADO)
    keeper, weather = Keeper(server, folder, plan.lives, **settings), Weather(server, database, plan)
    try:
        keeper.begin()
        weather.begin()
        _everybody(cast, keeper, over, LONGEST + FOR_EACH_LIFE * len(plan.lives))
        weather.clear_up()
        if not plan.sweeps:
            keeper.last_life()
        _until_quiet(database, keeper, sweeps=plan.sweeps)
    except Exception as error:
        outcome.stuck.append(_in_a_line(error))
    finally:
        over.set()
        keeper.stop()
        server.courier.stop()
    outcome.kills, outcome.boundaries, outcome.faults = keeper.kills, keeper.boundaries, _faults(keeper, weather)
    outcome.stuck += [_in_a_line(one.failed) for one in cast if one.failed is not None]
    if keeper.failed is not None:
        outcome.stuck.append(_in_a_line(keeper.failed))
    if plan.sweeps:
        outcome.swept = read_boundaries(folder)
    try:
        on_call = settings["CURBSIDE_ON_CALL"].split(",")
        outcome.found = compare(server, database, deeds, clinicians, on_call, clock_right=plan.clock_right)
    except Exception as error:
        outcome.stuck.append(f"not compared: {_in_a_line(error)}")
    outcome.journal = list(keeper.program.said) if outcome.problems else []


def _cast(plan: Plan, server: SlackServer, deeds: Deeds, over: threading.Event) -> tuple[list[Actor], dict[str, str]]:
    """Who takes part, and the program's settings for them."""
    chance = Random(plan.seed + 1)
    people = {name: server.clinician(f"{name} Invented") for name in ("Robin", "Nora", "Sam", "Terry")}
    channel = server.channel("supervisors", people["Sam"], people["Terry"])
    on_call = f"{people['Sam'].id},{people['Terry'].id}"
    settings = {
        "CURBSIDE_SUPERVISORS_CHANNEL": channel.id,
        "CURBSIDE_SUPERVISORS": on_call,
        "CURBSIDE_ON_CALL": on_call,
    }
    supervised = plan.story in SUPERVISED

    def clinician(name: str, answers: Mapping[str, Any], **more: Any) -> Actor:
        mind = Random(chance.random())
        return Clinician(name, people[name], deeds, mind, over, answers=answers, waits_for_signature=supervised, **more)

    cast: list[Actor] = []
    match plan.story:
        case "consult":
            cast.append(clinician("Robin", THREAT))
        case "typed":
            cast.append(clinician("Robin", THREAT, typed=True))
        case "review":
            cast.append(clinician("Robin", EMERGENCY))
        case "danger":
            cast.append(clinician("Robin", EMERGENCY, danger_at=chance.choice(("threat", "intent", "means"))))
        case "mild":
            cast.append(clinician("Robin", ANGER))
        case "two":
            cast += [clinician("Robin", THREAT), clinician("Nora", EMERGENCY)]
    if supervised:
        asks, consults = plan.story != "mild", len(cast)
        mind = Random(chance.random())
        more: dict[str, Any] = {"channel": channel, "consults": consults, "asks": asks, "when_called": plan.when_called}
        cast.append(Supervisor("Sam", people["Sam"], deeds, mind, over, **more))
    if plan.sweeps:
        for one in cast:
            one.patience = SWEEPS_PATIENCE
    return cast, settings


def _everybody(cast: list[Actor], keeper: Keeper, over: threading.Event, longest: float) -> None:
    """Until all have played their part, or one has failed."""
    threads = [threading.Thread(target=one.run, name=one.name, daemon=True) for one in cast]
    for thread in threads:
        thread.start()
    end = time.monotonic() + longest
    while any(thread.is_alive() for thread in threads) and time.monotonic() < end + 5:
        if keeper.failed is not None or time.monotonic() > end:
            over.set()
        for thread in threads:
            thread.join(0.05)
    if time.monotonic() > end:
        raise AssertionError(f"it takes longer than {longest:.0f} s: {[(one.name, one.doing) for one in cast]}")


def _until_quiet(database: Path, keeper: Keeper, *, sweeps: bool) -> None:
    """All that was committed is sent, by a program that lives; one whose planned end does not come any more goes on living."""
    quiet_since: float | None = None

    def quiet() -> bool:
        nonlocal quiet_since
        if keeper.failed is not None:
            return True
        if not keeper.program.alive or set(log.outbox_counts()) & UNSENT:
            quiet_since = None
            return False
        quiet_since = quiet_since or time.monotonic()
        return keeper.lives_on or time.monotonic() - quiet_since > (SWEEPS_QUIET_FOR if sweeps else QUIET_FOR)

    with open_log(database) as log:
        wait_until(quiet, SWEEPS_WITHIN if sweeps else QUIET_WITHIN, f"the outbox: {log.outbox_counts()}")


def _faults(keeper: Keeper, weather: Weather) -> Counter[str]:
    found = Counter(weather.counts)
    found["kill"] = keeper.kills
    found["clock wrong"] = sum(bool(life.clock) for life in keeper.lived)
    found["disk full"] = sum(life.full is not None for life in keeper.lived)
    found["did not start"] = keeper.refusals
    return found


def _in_a_line(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" ({Path(last[0].filename).name}:{last[0].lineno})" if last else ""
    return f"{type(error).__name__}: {error}{where}"
