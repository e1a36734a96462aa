"""A step within one process, without a network: what the program does from a signed request to its answer, and where it goes.

Beside it, in turn, one durable commit and Bolt that only acknowledges; so all three see the same disturbances.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from slack_sdk import WebClient

from bot.slack.app import make_app
from bot.slack.guard import FORM
from bot.slack.office import Office
from bot.slack.people import People
from bot.slack.supervisors.starting import SupervisorsAtWork, SupervisorsSettings
from bot.slack.web import make_wsgi
from bot.storage import open_log
from tools.bench.ack_only import ack_only
from tools.bench.clinicians import now, people, who_taps
from tools.bench.durable import durable_commits
from tools.bench.program import BOT_TOKEN, COLORADO, SECRET
from tools.bench.quick_slack import TEAM, account
from tools.bench.script import MOMENT, REFERENCE, Scripted, script
from tools.bench.timing import timed

Wsgi = Callable[[Mapping[str, Any], Callable[..., object]], Iterable[bytes]]
NOWHERE = "http://127.0.0.1:9/api/"
CONSULTS = 60
SECONDS_A_STEP = 5


@dataclass
class Measured:
    """Seconds, in the order in which they were measured. `steps`: by kind of tap."""

    steps: dict[str, list[float]] = field(default_factory=dict)
    commits: list[float] = field(default_factory=list)
    bolt: list[float] = field(default_factory=list)


def measure(consults: int = CONSULTS, log: Path | None = None, channel: str | None = None) -> Measured:
    """Whole consults, a tap at a time. `log`: to go on with; None: an empty one. `channel`: of supervisors, if there is one."""
    found, chance = Measured(), random.Random(1)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        commit = stack.enter_context(durable_commits(folder))
        bolt = ack_only(process_before_response=True)
        program = stack.enter_context(in_process(log or folder / "log.db", consults + 5, channel))
        taps = script()
        for number, user in enumerate(program.people):
            reference = program.begins(user)
            for tap in taps:
                body = tap_body(tap, user, reference)
                # In any order: a disk is quicker just after it was written to.
                took: dict[str, float] = {}
                for what in chance.sample(("step", "commit", "bolt"), 3):
                    match what:
                        case "step":
                            took[what] = program.takes(body)
                        case "commit":
                            took[what] = timed(commit)
                        case _:
                            took[what] = posted(bolt, body)
                if number >= 5:  # all is loaded then
                    found.steps.setdefault(tap.kind, []).append(took["step"])
                    found.commits.append(took["commit"])
                    found.bolt.append(took["bolt"])
    return found


@dataclass(frozen=True)
class Inside:
    """The program without its threads: nothing is sent, nobody is waited for."""

    office: Office
    wsgi: Wsgi
    people: tuple[str, ...]
    thread: ThreadPoolExecutor
    """In which requests are taken: a web server's threads are none of the main one."""

    def takes(self, body: bytes) -> float:
        """The seconds that a signed request takes. OSError when it is not answered with 200."""
        return self.thread.submit(posted, self.wsgi, body).result()

    def begins(self, user: str) -> str:
        """A new consult of that person; its reference."""
        begun, _ = self.office.begin(user, {}, f"bench:{user}:{time.monotonic_ns()}")
        return begun.reference


@contextmanager
def in_process(log: Path, number: int, channel: str | None = None) -> Iterator[Inside]:
    """The program with so many clinicians."""
    who = tuple(people(number))
    client = WebClient(BOT_TOKEN, base_url=NOWHERE, timeout=1, retry_handlers=[])
    with open_log(log, key="") as opened:
        members = People(client, team=TEAM)
        for user in who:
            members.changed({"type": "user_change", "user": account(user)})
            opened.remember_profile(user, COLORADO)
        office = Office(opened, members, clock=at_a_persons_pace())
        SupervisorsAtWork(office, client, SupervisorsSettings(channel=channel))
        app = make_app(office, token=BOT_TOKEN, signing_secret=SECRET, client=client)
        with ThreadPoolExecutor(1, "request") as thread:
            try:
                yield Inside(office, make_wsgi(app, SECRET, lambda: True), who, thread)
            finally:
                app.listener_runner.listener_executor.shutdown()


def at_a_persons_pace() -> Callable[[], str]:
    """A clock that is some seconds further each time: what a step writes as its time is another one than before."""
    seconds = count(step=SECONDS_A_STEP)
    return lambda: (datetime.now().astimezone() + timedelta(seconds=next(seconds))).isoformat(timespec="seconds")


def tap_body(tap: Scripted, user: str, reference: str) -> bytes:
    """The body of the request that brings the tap."""
    payload = who_taps(user) + tap.payload[1:].replace(REFERENCE, reference).replace(MOMENT, now())
    return urlencode({"payload": payload}).encode()


def posted(wsgi: Wsgi, body: bytes) -> float:
    """The seconds that a signed request takes. OSError when it is not answered with 200."""
    at = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    environ = {
        "PATH_INFO": "/slack/events",
        "REQUEST_METHOD": "POST",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "QUERY_STRING": "",
        "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_SLACK_REQUEST_TIMESTAMP": at,
        "HTTP_X_SLACK_SIGNATURE": f"v0={signature}",
        "wsgi.input": io.BytesIO(body),
    }
    answered: list[str] = []

    def start_response(status: str, headers: object) -> None:
        answered.append(status)

    began = time.perf_counter()
    b"".join(wsgi(environ, start_response))
    took = time.perf_counter() - began
    if not answered[0].startswith("200"):
        raise OSError(f"answered {answered[0]}")
    return took
