"""Slack's payloads over HTTP, changed: through the guard, Bolt and the listeners into a log in a real file.

Nothing gives a status from 500 on; what is refused changes nothing; what is taken changes only what the person who acted may
change; the same delivery a second time changes nothing; and all that goes back, or waits to be sent, Slack would take.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot.records.verifying import verify
from bot.slack import actions
from bot.slack.guard import FORM, JSON, PATH
from bot.slack.web import make_wsgi
from tests.fuzz.changes import TEXTS, Donors, changed, changed_bytes, donors_of
from tests.fuzz.people import Seed, World
from tests.fuzz.tried import Tried, timed
from tests.fuzz.watching import (
    Journal,
    Watched,
    wrong_with_answer,
    wrong_with_journal,
    wrong_with_posts,
    wrong_with_steps,
)
from tests.slack.harness import Program, Transport

EXPECTED = (200, 400, 401, 404, 405, 413, 415)
FROM_ANYWHERE = (actions.START, actions.LINK)
"""What may be tapped in a message of no consult."""
REALLY = 0.02
"""How many are sent through a real connection; the others are handed to the WSGI application."""
KINDS = {
    "block_actions": 40,
    "view_submission": 35,
    "event_callback": 14,
    "command": 9,
    "shortcut": 2,
    "view_closed": 1,
}
"""How often each kind of payload is changed."""
WHAT_MATTERS = (("actions", 0), ("view", "state", "values"), ("state", "values"), ("event",), ("view",))
ALREADY_KNOWN = ("socket: acknowledged an envelope that was not sent", "socket: not an acknowledgement")
"""What the tests' Slack says of frames that it has not sent itself, or whose ids are none."""
Headers = dict[str, str]


class AtWork:
    """A program on a copy of the world's log, and what it writes. Both transports have it."""

    def __init__(self, world: World, running: Program, journal: Journal) -> None:
        self.world, self.running, self.journal = world, running, journal
        self.log = Watched(running.log)
        running.office.log = self.log
        self.donors: Donors = donors_of(
            [*(seed.delivery.payload for seed in world.seeds), *_forgeries(world)],
        )
        self._by_type: dict[str, list[Seed]] = {}
        for seed in world.seeds:
            self._by_type.setdefault(str(seed.delivery.payload.get("type", "command")), []).append(seed)
        self._number = 0

    def a_payload(self, random: Random) -> tuple[Seed, Any, list[str], bool]:
        """A seed, its payload changed, how, and whether it is a forgery, by which nothing may change."""
        seed = random.choice(random.choices(list(self._by_type.values()), [KINDS[one] for one in self._by_type])[0])
        fresh = self._fresh(seed.delivery.payload)
        kind = random.random()
        if kind < 0.12 and "actions" in fresh:
            return seed, *_forged(random, fresh, self.world)
        if kind < 0.20:
            return seed, *self._by_somebody_else(random, fresh)
        carried = _carried(fresh) if kind < 0.30 else None
        if carried is not None:
            inside, said = changed(random, carried, self.donors, random.choice((1, 1, 2, 4)))
            fresh["view"]["private_metadata"] = json.dumps(inside) if len(json.dumps(inside)) < 50_000 else "x"
            return seed, fresh, [f"private_metadata: {one}" for one in said], False
        payload, said = changed(random, fresh, self.donors, random.choice((0, 1, 1, 1, 2, 2, 3, 5)), WHAT_MATTERS)
        return seed, payload, said, False

    def before(self) -> tuple[int, str]:
        """What the log says before an input."""
        self.log.forget()
        self.journal.taken()
        self.world.practice.clock.ahead(seconds=1)
        head = self.running.log.head()
        return head.number, head.hash

    def wrong_after(self, head: tuple[int, str], payload: Any, may_change: bool) -> list[str]:
        """What is wrong with what the program did since then."""
        now = self.running.log.head()
        wrong = wrong_with_steps(self.log.steps, acting(payload), self.world.supervisors)
        wrong += wrong_with_posts(self.log.posts)
        wrong += wrong_with_journal(self.journal.taken())
        if not may_change and (now.number, now.hash) != head:
            wrong.append(f"it was refused, and changed {[step.reference for step in self.log.steps]}")
        if bool(self.log.steps) != ((now.number, now.hash) != head):
            wrong.append("the log's head does not say what was written")
        return wrong

    def after_all(self) -> list[str]:
        """The whole log is what was written, and the tests' Slack was given nothing that Slack would not take."""
        verified = verify(self.running.log)
        failures = [line for line in self.world.practice.server.take_failures() if not line.startswith(ALREADY_KNOWN)]
        return [f"the log: {fault}" for fault in verified.faults] + [f"sent to Slack: {line}" for line in failures]

    def _fresh(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """The same as if it came just now: never taken before, so that it is not passed over as a second delivery."""
        self._number += 1
        number = self._number
        made: dict[str, Any] = json.loads(json.dumps(payload))
        if "trigger_id" in made:
            user = made["user"]["id"] if "user" in made else made["user_id"]
            made["trigger_id"] = self.world.practice.server.workspace.triggers.give(user)
        if "event_id" in made:
            made["event_id"] = f"Ev{number:08}"
            if "ts" in made["event"]:
                made["event"]["ts"] = f"1799{number:06}.{number:06}"
        for action in made.get("actions", ()):
            action["action_ts"] = f"1799{number:06}.{number:06}"
        if made.get("type") == "view_submission":
            made["view"]["hash"] = f"1799{number:06}.{number:08x}"
        return made

    def _by_somebody_else(self, random: Random, payload: dict[str, Any]) -> tuple[Any, list[str], bool]:
        """The same as if a colleague, a stranger or nobody known had sent it."""
        practice = self.world.practice
        other = random.choice((practice.nora.id, practice.casey.id, practice.sam.id, "U0NOBODY", "U" * 40))
        if "user_id" in payload:
            payload["user_id"] = other
        elif isinstance(payload.get("user"), dict):
            payload["user"]["id"] = other
        elif "event" in payload:
            payload["event"]["user"] = other
        return payload, [f"by {other}"], False


def _carried(payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a modal carries in its private metadata."""
    try:
        found: dict[str, Any] = json.loads(payload["view"]["private_metadata"])
        return found
    except (KeyError, ValueError, TypeError):
        return None


def _forgeries(world: World) -> Iterator[dict[str, Any]]:
    """Addresses as somebody would forge them: of other consults, of turns to come, of none."""
    for references in world.references.values():
        for reference in references:
            for turn in (0, 1, 5, 40):
                yield {"block_id": f"{reference}:{turn}:x", "private_metadata": json.dumps({"c": reference, "t": turn})}
    for word in [value for name, value in vars(actions).items() if name.isupper() and isinstance(value, str)]:
        for about in ("", ":yes", ":threat:explicit", ":warn_victim:done", ":2", ":why:9", "::"):
            yield {"action_id": f"{word}{about}", "callback_id": word}


def _forged(random: Random, payload: dict[str, Any], world: World) -> tuple[Any, list[str], bool]:
    """A tap of which it is certain that it changes nothing: its address names no consult, or somebody else's."""
    action = payload["actions"][0]
    own = {one for user, found in world.references.items() if user == payload["user"]["id"] for one in found}
    others = [one for found in world.references.values() for one in found if one not in own]
    reference = random.choice([*others, "C-00000", "C-ZZZZZ", "X-1", "", *random.sample(TEXTS, 3)])
    action["block_id"] = random.choice(
        (f"{reference}:0:x", f"{reference}:1:x", reference, f":{reference}:", f"{reference}:x:y")
    )
    if "view" in payload:
        payload["view"]["private_metadata"] = random.choice(("", "{}", json.dumps({"c": reference, "t": 0}), "null"))
    word = str(action.get("action_id")).partition(":")[0]
    certain = (
        word not in FROM_ANYWHERE
        and not word.startswith(actions.REVIEW)
        and payload["user"]["id"] not in world.supervisors
    )
    return payload, [f"an address of {reference[:40]!r}"], certain


def acting(payload: Any) -> frozenset[str]:
    """Everybody who may be meant as the one who acted."""
    if not isinstance(payload, Mapping):
        return frozenset()
    user, event = payload.get("user"), payload.get("event")
    inner = event.get("user") if isinstance(event, Mapping) else None
    named = [payload.get("user_id"), user.get("id") if isinstance(user, Mapping) else user, inner]
    return frozenset(one for one in named if isinstance(one, str))


@contextmanager
def at_work(world: World, transport: Transport) -> Iterator[AtWork]:
    """A program of its own for a round."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = stack.enter_context(world.program(folder, transport))
        yield AtWork(world, running, stack.enter_context(Journal()))


class Payloads:
    """One request after another."""

    def __init__(self, work: AtWork) -> None:
        self._work = work
        self._secret = work.world.practice.server.workspace.app.signing_secret
        self._wsgi = make_wsgi(work.running.app, self._secret, lambda: True)

    def one(self, random: Random) -> Tried:
        """Make a request and send it; where it was taken, send it once more."""
        seed, payload, said, forged = self._work.a_payload(random)
        body, kind = encoded(payload, seed.delivery.kind)
        kind_of_change = random.random()
        if kind_of_change < 0.10:
            body, what = changed_bytes(random, body)
            said, payload = [*said, what], _read_again(body, kind, payload)
        headers = self._signed(body, kind)
        may_pass = True
        if kind_of_change > 0.94:
            headers, body, what = self._spoilt(random, headers, body)
            said, may_pass = [*said, what], False
        tried = Tried(f"{seed.said}: {'; '.join(said)}", {"headers": headers, "body": body.decode("latin-1")})
        head = self._work.before()
        with timed(tried):
            status, answer = self._send(random, headers, body)
        tried.ended = f"{status}, a step was taken" if self._work.log.steps else str(status)
        if status not in EXPECTED:
            tried.wrong.append(f"status {status}")
        if status == 200 and not may_pass:
            tried.wrong.append("taken, although its signature or its headers are wrong")
        tried.wrong += self._work.wrong_after(head, payload, may_change=status == 200 and not forged)
        tried.wrong += wrong_with_answer(answer)
        if status == 200 and self._work.log.steps:
            self._once_more(random, tried, headers, body)
        return tried

    def after_all(self) -> list[str]:
        """See AtWork."""
        return self._work.after_all()

    def _once_more(self, random: Random, tried: Tried, headers: Headers, body: bytes) -> None:
        head = self._work.before()
        status, _ = self._send(random, headers, body)
        if status not in EXPECTED:
            tried.wrong.append(f"status {status} the second time")
        tried.wrong += self._work.wrong_after(head, None, may_change=False)

    def _signed(self, body: bytes, kind: str) -> Headers:
        at = str(int(time.time()))
        signature = hmac.new(self._secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
        return {"Content-Type": kind, "X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={signature}"}

    def _spoilt(self, random: Random, headers: Headers, body: bytes) -> tuple[Headers, bytes, str]:
        """A request that is not to be taken, whatever it says."""
        name = random.choice((*headers, "Content-Encoding", "body"))
        if name == "body":
            return headers, body + b" ", "another body than was signed"
        latin = [one for one in TEXTS if len(one) < 5000 and one.isprintable() and one.isascii() and one.strip() == one]
        values = [one for one in latin if name != "Content-Type" or one.strip()]
        return {**headers, name: random.choice(values) or "-"}, body, f"another {name}"

    def _send(self, random: Random, headers: Headers, body: bytes) -> tuple[int, str]:
        if random.random() < REALLY:
            return self._really(headers, body)
        found: list[str] = []
        environ = {
            "PATH_INFO": PATH,
            "REQUEST_METHOD": "POST",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
            "CONTENT_TYPE": headers["Content-Type"],
        }
        answer = b"".join(self._wsgi(environ, lambda status, headers: found.append(status)))
        return int(found[0].split()[0]), answer.decode()

    def _really(self, headers: Headers, body: bytes) -> tuple[int, str]:
        way = self._work.world.practice.server.http.url
        connection = HTTPConnection(urlsplit(way).netloc, timeout=10)
        try:
            connection.request("POST", PATH, body, headers)
            reply = connection.getresponse()
            return reply.status, reply.read().decode()
        finally:
            connection.close()


def encoded(payload: Any, kind: str) -> tuple[bytes, str]:
    """A payload as a body and its content type: as Slack does it, as far as that can still be done with it."""
    try:
        if kind == "events_api":
            return json.dumps(payload).encode(), JSON
        fields = payload if kind == "slash_commands" and isinstance(payload, dict) else {"payload": json.dumps(payload)}
        return urlencode(fields, errors="surrogatepass").encode(), FORM
    except (ValueError, TypeError, RecursionError):  # Python writes no number of thousands of digits
        return b'{"type": ' + b"9" * 5000 + b"}", JSON


def _read_again(body: bytes, kind: str, payload: Any) -> Any:
    """Whom the changed bytes name, if they can still be read at all."""
    from urllib.parse import parse_qs

    try:
        if kind == JSON:
            return json.loads(body)
        fields = {name: values[-1] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        return json.loads(fields["payload"]) if "payload" in fields else fields
    except (ValueError, RecursionError):
        return payload
