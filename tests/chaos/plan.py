"""What will go wrong in a run, drawn from its seed: the lives of the program, and the weather around it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from .life import Life

Story = Literal["consult", "review", "danger", "typed", "two", "mild"]
"""What people do: see run.py."""
STORIES: tuple[Story, ...] = ("consult", "review", "danger", "typed", "two", "mild", "review")
SUPERVISED: tuple[Story, ...] = ("review", "danger", "two", "mild")
"""Those with a supervisor; in all of these but the last somebody is called."""
HOUR = 3600.0
CLOCK_WRONG_BY = (90.0, 2 * HOUR, 11.5 * HOUR)
"""Seconds at most, ahead or behind: from the one to the other is less than the day for which the program keeps what was sent."""

AROUND = (
    "api", "api", "api", "network", "network", "network",
    "delayed", "twice", "lost", "unacknowledged", "reordered", "cut", "reconnect", "locked",
)  # fmt: skip
API = (
    "429",
    "500",
    "500, taken",
    "dropped",
    "dropped, taken",
    "broken answer",
    "hangs",
    "slow",
    "refused",
)
NETWORK = ("repeated", "repeated", "repeated, unanswered", "held back", "held back", "held back", "arrives later")
"""What the network does with what the program sends."""
LONGEST_HELD = 0.3
"""Seconds: the program waits longer before it takes a call that broke off for one that never arrived (launcher.py)."""
EVERY_EDIT = 200
"""Times: all edits of a run are held back on their way, so that a newer one could overtake an older one wherever it may."""
PAGE_FAULTS = ("500, taken", "dropped, taken", "broken answer", "hangs", "500", "dropped", "429", "repeated")
METHODS = (
    "chat.postMessage", "chat.postMessage", "chat.postMessage", "chat.update", "conversations.open",
    "conversations.replies", "conversations.history", "views.open", "users.info",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gust:
    """Something that goes wrong around the program, `at` seconds after the beginning. `kind`: one of AROUND.

    `times`: how many calls or deliveries it befalls. `seconds`: how long it lasts. `fault`, `method`: of a call. `pages`: it
    befalls only calls to whoever is on call.
    """

    at: float
    kind: str
    times: int = 1
    seconds: float = 0.5
    fault: str = ""
    method: str = ""
    pages: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole run. Once the lives are used up, the program lives on."""

    seed: int
    story: Story
    lives: tuple[Life, ...]
    gusts: tuple[Gust, ...]
    limited: bool = False
    """Whether Slack counts calls, and refuses those that are too many."""
    when_called: bool = False
    """Whether the supervisor looks at a card only once they are called to it."""

    @property
    def sweeps(self) -> bool:
        """Whether it dies at one commit after another, and nothing else goes wrong."""
        return any(life.sweeps for life in self.lives)

    @property
    def clock_right(self) -> bool:
        """Whether the program's clock is right in each life."""
        return not any(life.clock for life in self.lives)


def draw(seed: int, *, kills: int = 14) -> Plan:
    """The plan of a seed. `kills`: how often the program dies, unless the story is over before."""
    chance = Random(seed)
    story = STORIES[seed % len(STORIES)]
    serves = chance.random() < 0.25
    sweep = chance.random() < 0.35
    lives = tuple(_life(chance, number, serves=serves, sweep=sweep) for number in range(kills))
    gusts = () if sweep and chance.random() < 0.5 else tuple(_gusts(chance, chance.randint(4, 14), serves=serves))
    limited, when_called = chance.random() < 0.12, story != "mild" and chance.random() < 0.6
    if story in SUPERVISED and chance.random() < 0.6:
        fault = chance.choice(PAGE_FAULTS)
        page = Gust(0.0, "api", chance.randint(1, 2), chance.uniform(0.2, 1.5), fault, "chat.postMessage", pages=True)
        gusts = (page, *gusts)
    if chance.random() < 0.4:
        held = Gust(0.0, "network", EVERY_EDIT, LONGEST_HELD, "held back", "chat.update")
        gusts = (held, *gusts)
    return Plan(seed, story, lives, gusts, limited=limited, when_called=when_called)


ENOUGH = 900
"""Lives, more than any story takes to be cut at each of its commits."""


def sweep(story: Story, lives: int = ENOUGH) -> Plan:
    """The whole story, and each life dies at the first commit that was not cut yet, before it or after it, until there is none;
    nothing else goes wrong. After so many `lives` what is left of the story runs calmly."""
    return Plan(0, story, (Life(sweeps=True),) * lives, (), when_called=story != "mild")


def _life(chance: Random, number: int, *, serves: bool, sweep: bool) -> Life:
    more: dict[str, object] = {"command": "serve" if serves else "run", "paced": chance.random() < 0.08}
    if chance.random() < 0.2:
        more["clock"] = _clock(chance, serves=serves)
    if chance.random() < 0.15:
        more["full"] = (chance.uniform(0.6, 2.0), chance.uniform(0.3, 1.5))
    if sweep or chance.random() < 0.4:
        more |= {"dies_at": chance.randint(1, 9), "side": chance.choice(("before", "after")), "deeds_only": sweep}
    else:
        more["killed_after"] = chance.choice((chance.uniform(0.0, 0.9), chance.uniform(0.7, 2.5)))
    return Life(**more)  # type: ignore[arg-type]


def _clock(chance: Random, *, serves: bool) -> tuple[tuple[float, float], ...]:
    """It is wrong from the start, or jumps. Over HTTP only by minutes: what was signed long ago is refused, and rightly."""
    most = 200.0 if serves else chance.choice(CLOCK_WRONG_BY)
    first = chance.choice((0.0, chance.uniform(-most, most)))
    return ((0.0, first), (chance.uniform(0.8, 2.0), chance.uniform(-most, most)))


def _gusts(chance: Random, number: int, *, serves: bool) -> list[Gust]:
    found = []
    for _ in range(number):
        kind = chance.choice(AROUND)
        if serves and kind in ("cut", "reconnect"):
            kind = "lost"
        at = chance.uniform(0.5, 16.0)
        if kind == "network":
            method, times = chance.choice((("chat.postMessage", 4), ("chat.update", 16)))
            seconds = chance.uniform(0.05, LONGEST_HELD)
            found.append(Gust(at, kind, chance.randint(1, times), seconds, chance.choice(NETWORK), method))
        elif kind == "api":
            fault, method = chance.choice(API), chance.choice(METHODS)
            if fault == "refused":
                method = chance.choice(("chat.update", "conversations.replies", "conversations.history"))
            found.append(Gust(at, kind, chance.randint(1, 3), chance.uniform(0.2, 1.5), fault, method))
        else:
            seconds = chance.choice((0.3, 0.8, 2.6)) if kind == "locked" else chance.uniform(0.1, 1.0)
            found.append(Gust(at, kind, chance.randint(1, 3), seconds))
    return sorted(found, key=lambda one: one.at)
