"""What the program writes while it is tried, seen on its way into the log, and what must hold of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from bot.beside import is_aside
from bot.slack.journal import LOGGER
from bot.storage import ConsultRow, Log, Post
from tests.fuzz.tried import NOT_FOR_PEOPLE
from tests.slack.server.block_kit import MESSAGE, check_blocks, check_view
from tests.slack.server.block_kit.complaints import Complaints
from tests.slack.server.block_kit.views import too_large

FAILURES = ("failed", "not_said", "not_opened")


@dataclass(frozen=True)
class Step:
    """Events of one consult that were committed, and the row that they left."""

    reference: str
    events: Sequence[Mapping[str, Any]]
    row: ConsultRow


@dataclass
class Watched:
    """A log that remembers what was written through it since it was last asked. Everything else is the log's own."""

    log: Log
    steps: list[Step] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.log, name)

    def append(self, reference: str, events: Sequence[Mapping[str, Any]], state: ConsultRow, **more: Any) -> int:
        """As the log does."""
        return self._seen(reference, events, state, more, lambda: self.log.append(reference, events, state, **more))

    def submit(
        self, reference: str, events: Sequence[Mapping[str, Any]], state: ConsultRow, **more: Any
    ) -> Future[int]:
        """As the log does."""
        future = self.log.submit(reference, events, state, **more)

        def written(done: Future[int]) -> None:
            if done.exception() is None:
                self._keep(reference, events, state, more)

        future.add_done_callback(written)
        return future

    def queue(self, posts: Sequence[Post], *, delivery: str | None = None) -> None:
        """As the log does."""
        self.log.queue(posts, delivery=delivery)
        self.posts += posts

    def forget(self) -> None:
        """Begin anew."""
        self.steps.clear()
        self.posts.clear()

    def _seen(self, reference: str, events: Any, state: ConsultRow, more: Any, write: Callable[[], int]) -> int:
        found = write()
        self._keep(reference, events, state, more)
        return found

    def _keep(
        self, reference: str, events: Sequence[Mapping[str, Any]], row: ConsultRow, more: Mapping[str, Any]
    ) -> None:
        self.steps.append(Step(reference, events, row))
        self.posts += more.get("posts", ())


def wrong_with_steps(steps: Sequence[Step], acting: frozenset[str], supervisors: frozenset[str]) -> list[str]:
    """Only the person who acted takes steps, and only of their own consults; a review's steps are its supervisors'."""
    wrong = []
    for step in steps:
        actors = {str(event["actor"]) for event in step.events}
        kinds = [str(event["kind"]) for event in step.events]
        if not actors <= acting:
            wrong.append(f"{kinds} of {step.reference} by {sorted(actors)}, but {sorted(acting)} acted")
        beside = all(is_aside(kind) for kind in kinds) and actors <= supervisors
        if step.row.clinician not in actors and not beside:
            wrong.append(f"{kinds} of {step.reference}, the consult of {step.row.clinician}, by {sorted(actors)}")
    return wrong


def wrong_with_posts(posts: Sequence[Post]) -> list[str]:
    """Slack would take them, and nothing in them is not for people."""
    wrong = []
    for post in posts:
        said = json.dumps(post.body, ensure_ascii=False)
        if found := NOT_FOR_PEOPLE.search(said):
            wrong.append(f"not for people: {said[max(0, found.start() - 100) : found.end() + 100]!r}")
        if "blocks" in post.body:
            complaints = Complaints()
            check_blocks(list(post.body["blocks"]), MESSAGE, complaints)
            wrong += [f"{post.method}: {line}" for line in complaints.lines]
        if "view" in post.body:
            wrong += [f"{post.method}: {line}" for line in check_view(post.body["view"], "home")]
        try:
            said.encode()
        except UnicodeEncodeError:
            wrong.append(f"{post.method}: half of a character is to be sent")
    return wrong


def wrong_with_answer(body: str) -> list[str]:
    """What is acknowledged: an answer to a command, or what becomes of a modal."""
    wrong = [f"not for people: {body[:300]!r}"] if NOT_FOR_PEOPLE.search(body) else []
    if not body.startswith("{"):
        return wrong
    answer = json.loads(body)
    if "view" in answer:
        wrong += [f"acknowledged: {line}" for line in check_view(answer["view"], "modal")]
        wrong += ["acknowledged: a view that is too large"] if too_large(answer["view"]) else []
    if "blocks" in answer:
        complaints = Complaints()
        check_blocks(list(answer["blocks"]), MESSAGE, complaints)
        wrong += [f"acknowledged: {line}" for line in complaints.lines]
    if answer.get("response_action") == "errors" and not answer.get("errors"):
        wrong.append("acknowledged: errors that name nothing")
    return wrong


class Journal(logging.Handler):
    """The journal's lines since it was last asked."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.lines.append(json.loads(record.getMessage()))

    def __enter__(self) -> Journal:
        LOGGER.addHandler(self)
        LOGGER.setLevel(logging.INFO)
        LOGGER.propagate = False
        return self

    def __exit__(self, *raised: object) -> None:
        LOGGER.removeHandler(self)

    def taken(self) -> list[dict[str, Any]]:
        """The lines so far, which are forgotten."""
        taken, self.lines = self.lines, []
        return taken


def wrong_with_journal(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Nothing failed inside, also not what was then answered kindly; and what could not be taken apart was refused before."""
    wrong = [f"it failed inside: {dict(one)}" for one in lines if one["event"] in FAILURES]
    malformed = [one for one in lines if one["event"] == "malformed" and one.get("what") == "payload"]
    return wrong + [f"Bolt could not take it apart: {dict(one)}" for one in malformed if "why" in one]
