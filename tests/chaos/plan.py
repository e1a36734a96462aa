"""What will go wrong in a run, drawn from its seed: the lives of the program, and the weather around it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from .life import Life, Side

Story = Literal["consult", "review", "danger", "typed", "two", "mild"]
"""What people do: see story.py."""
STORIES: tuple[Story, ...] = ("consult", "review", "danger", "typed", "two", "mild", "review")
HOUR = 3600.0

AROUND = ("api", "api", "api", "delayed", "twice", "lost", "unacknowledged", "reordered", "cut", "reconnect", "locked")
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
METHODS = (
    "chat.postMessage", "chat.postMessage", "chat.postMessage", "chat.update", "conversations.open",
    "conversations.replies", "conversations.history", "views.open", "users.info",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gust:
    """Something that goes wrong around the program, `at` seconds after the beginning. `kind`: one of AROUND.

    `times`: how many calls or deliveries it befalls. `seconds`: how long it lasts. `fault`, `method`: of a call.
    """

    at: float
    kind: str
    times: int = 1
    seconds: float = 0.5
    fault: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole run. Once the lives are used up, the program lives on."""

    seed: int
    story: Story
    lives: tuple[Life, ...]
    gusts: tuple[Gust, ...]
    limited: bool = False
    """Whether Slack counts calls, and refuses those that are too many."""


def draw(seed: int, *, kills: int = 14) -> Plan:
    """The plan of a seed. `kills`: how often the program dies, unless the story is over before."""
    chance = Random(seed)
    story = STORIES[seed % len(STORIES)]
    serves = chance.random() < 0.25
    sweep = chance.random() < 0.35
    lives = tuple(_life(chance, number, serves=serves, sweep=sweep) for number in range(kills))
    gusts = () if sweep and chance.random() < 0.5 else tuple(_gusts(chance, chance.randint(4, 14), serves=serves))
    return Plan(seed, story, lives, gusts, limited=chance.random() < 0.12)


def sweep(story: Story, lives: int = 90) -> Plan:
    """One commit boundary after another, for so many lives, and nothing else going wrong; what is left of the story runs calmly.

    Each life ends before its first commit of a deed, right after it, or right before its second; and now and then after that,
    since some deeds take two commits of one life. So the file is cut off as one commit after another leaves it (but for the
    first of two commits in such a life), and whatever was to follow is cut off at its beginning or at its end.
    """
    turns: tuple[tuple[int, Side], ...] = ((1, "before"), (1, "after"), (2, "before")) * 2
    turns += ((2, "after"),)
    ends = (turns[number % len(turns)] for number in range(lives))
    return Plan(0, story, tuple(Life(dies_at=at, side=side, deeds_only=True) for at, side in ends), ())


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
    most = 200.0 if serves else chance.choice((90.0, 2 * HOUR, 14 * HOUR))
    first = chance.choice((0.0, chance.uniform(-most, most)))
    return ((0.0, first), (chance.uniform(0.8, 2.0), chance.uniform(-most, most)))


def _gusts(chance: Random, number: int, *, serves: bool) -> list[Gust]:
    found = []
    for _ in range(number):
        kind = chance.choice(AROUND)
        if serves and kind in ("cut", "reconnect"):
            kind = "lost"
        at = chance.uniform(0.5, 16.0)
        if kind == "api":
            fault, method = chance.choice(API), chance.choice(METHODS)
            if fault == "refused":
                method = chance.choice(("chat.update", "conversations.replies", "conversations.history"))
            found.append(Gust(at, kind, chance.randint(1, 3), chance.uniform(0.2, 1.5), fault, method))
        else:
            seconds = chance.choice((0.3, 0.8, 2.6)) if kind == "locked" else chance.uniform(0.1, 1.0)
            found.append(Gust(at, kind, chance.randint(1, 3), seconds))
    return sorted(found, key=lambda one: one.at)
