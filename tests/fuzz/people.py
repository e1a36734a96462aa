"""The world whose payloads are changed: a practice with consults at every point, and what each button, menu and modal brings.

Everything is done by people in the tests' Slack and held back before it is delivered, so that each payload is one that Slack
could bring at that moment, and none was taken yet.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.slack.actions import CHANGE, CLOSE, DECIDE, EDIT, OPEN, PAGE, READ, REPLY, SHORTCUT, STEP
from bot.slack.shown import Privacy
from flows.consult import Consult
from tests.flows.making import ANGER, THREAT
from tests.slack.clinician_at_work import AtWork
from tests.slack.harness import Program, Transport
from tests.slack.server import Delivery, Message, Person, SlackServer, View
from tests.slack.server.screens import CannotBeDone
from tests.slack.server.state import KEYS, MANY
from tests.slack.supervisors_at_work import Practice, logged

OPENERS = (EDIT, PAGE, DECIDE, STEP, CLOSE, OPEN, READ, REPLY, "review:advise", "review:sign", "found", "waiting")
"""Buttons that open a modal and change nothing else."""
COMMANDS = (
    "", "CO", "help", "danger", "texas", "find", "find firearm", 'find "named"', "find C-7F3K2", "find vio*", "find a OR b",
    "xx", "resume",
)  # fmt: skip
NEVER_SHOWN = (
    "followed:contact", "followed:safe", "followed:reassess", "followed:new", "waiting:2", "found:2", "read:why:2",
    "page:law:CO:2",
    "continue", "link", "open", "close", "danger:no", "said:setting", "review:sign", "review:answer",
)  # fmt: skip
TYPED = ("help", "explicit", "8", "not known", "danger", "he said they would see", "CO", "yes", "cancel", "")


@dataclass(frozen=True)
class Seed:
    """A payload that Slack could bring, and by which kind of delivery."""

    said: str
    delivery: Delivery


@dataclass
class World:
    """A practice after its story. `log`: the file as it was at the end; `references`: clinician -> their consults."""

    practice: Practice
    privacy: Privacy
    log: Path
    seeds: list[Seed] = field(default_factory=list)
    references: dict[str, list[str]] = field(default_factory=dict)

    @contextmanager
    def program(self, folder: Path, transport: Transport) -> Iterator[Program]:
        """The program on a copy of the log, which sends nothing."""
        shutil.copy(self.log, folder / "consults.db")
        self.practice.folder = folder
        with self.practice.program(privacy=self.privacy, transport=transport, sending=False, timers=False) as running:
            yield running

    @property
    def supervisors(self) -> frozenset[str]:
        """Who may take a step of somebody else's review."""
        return frozenset((self.practice.sam.id, self.practice.terry.id))


@contextmanager
def world(privacy: Privacy) -> Iterator[World]:
    """Tell the story, and keep what it left."""
    with ExitStack() as stack:
        server = stack.enter_context(SlackServer())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        people = [server.clinician(f"{name} Invented") for name in ("Robin", "Sam", "Terry", "Casey", "Nora")]
        robin, sam, terry, casey, nora = people
        channel = server.channel("supervisors", sam, terry, casey, nora)
        practice = Practice(server, folder, robin, sam, terry, casey, nora, channel)
        server.workspace.triggers.lifetime = 1e9
        made = World(practice, privacy, folder / "kept.db")
        with practice.program(privacy=privacy, timers=False) as running:
            _Story(made, running).tell()
        shutil.copy(folder / "consults.db", made.log)
        server.take_failures()
        yield made


class _Story:
    """What the people of the practice do, and what they could do next."""

    def __init__(self, made: World, running: Program) -> None:
        self._world, self._running = made, running
        self._practice = made.practice
        self._server = made.practice.server
        self._opened: set[tuple[str, str, str]] = set()

    def tell(self) -> None:
        """Consults at every point; then what could be tapped, chosen, typed and submitted."""
        practice, running = self._practice, self._running
        robin, sam = practice.robin, practice.sam
        works = [self._at(robin, THREAT, state) for state in ("concern", "threat", "target", "review")]
        works += [self._at(robin, ANGER, "review"), self._at(practice.nora, THREAT, "self_harm")]
        works += [logged(running, robin, until=until) for until in ("result", "decided")]
        works += [
            self._at(robin, THREAT, "means"),
            self._ended(robin, Consult.pause),
            self._ended(robin, Consult.cancel),
        ]
        running.quiet()
        for person in (robin, sam, practice.nora, practice.casey):
            person.opens_home()
        running.quiet()
        for work in works:
            self._world.references.setdefault(work.person.id, []).append(work.reference)
            for shown in self._shown(work):
                self._could(work.person, shown)
        cards = [practice.card(work.reference) for work in works[-5:-3]]
        sam.taps(cards[0], "review:acknowledge")
        running.quiet()
        for card in [practice.card(works[-5].reference), cards[1]]:
            for person in (sam, practice.nora):
                self._could(person, card)
        for person in (robin, sam, practice.casey):
            if home := person.home():
                self._could(person, home)
        self._typed(works)
        self._told()
        self._never_shown(works)

    def _at(self, person: Person, answers: Mapping[str, Any], state: str) -> AtWork:
        """A consult that is at this screen, or, where it does not come by, at its review."""
        from flows.machine import REVIEW
        from tests.flows.making import acts
        from tests.slack.supervisors_at_work import COLORADO, _said

        running = self._running
        running.log.remember_profile(person.id, COLORADO)
        self._practice.clock.ahead(seconds=20)
        office = running.office
        found, _ = office.begin(person.id, {}, f"test:{person.id}:{len(running.log.consults(limit=1000))}")

        def one_more(desk: Any, kept: Any) -> Any:
            act, _ = next(acts(kept.consult, answers))
            return desk.take(kept, Consult.answer, {key: _said(kept.consult, key, answers) for key in act.keys})

        while found.consult.state not in (state, REVIEW):
            found = office.step(person.id, found.reference, one_more)
        return AtWork(running, person, found.reference)

    def _ended(self, person: Person, how: Callable[..., Any]) -> AtWork:
        work = self._at(person, THREAT, "history")
        self._running.office.step(person.id, work.reference, lambda desk, kept: desk.take(kept, how))
        return work

    def _shown(self, work: AtWork) -> list[Message]:
        """The messages of its thread that offer something, with its root."""
        root = work.root
        return [one for one in [root, *work.person.thread(root)] if one.actions]

    def _could(self, person: Person, shown: Message | View) -> None:
        """Everything that can be done there, and in the modals that open from there."""
        self._hold(f"in {_name(shown)}", lambda: self._touch(person, shown))
        for action in dict.fromkeys(shown.actions):
            where = shown.ts if isinstance(shown, Message) and action == OPEN else _name(shown)
            key = (person.id, where, action)
            opens = action.startswith(OPENERS) and (not action.startswith(f"{STEP}:") or action.endswith(":more"))
            if (opens or action == CHANGE) and person is not self._practice.nora and key not in self._opened:
                self._opened.add(key)
                self._open(person, shown, action)

    def _touch(self, person: Person, shown: Message | View) -> None:
        for block, element in shown.elements():
            kind, what = element["type"], element["action_id"]
            with suppress(CannotBeDone):
                if kind == "button":
                    person.taps(shown, what)
                elif block["type"] == "input" and not block.get("dispatch_action"):
                    person.fills(shown, block["block_id"], _some(element))
                elif kind in MANY:
                    person.ticks(shown, what, _some(element))
                elif kind in KEYS:
                    person.selects(shown, what, _some(element))

    def _open(self, person: Person, shown: Message | View, action: str) -> None:
        before = person.modal()
        with suppress(CannotBeDone):
            if action == CHANGE:
                _, element = shown.find(action, *KEYS)
                person.selects(shown, action, element["options"][0]["value"])
            else:
                person.taps(shown, action)
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            modal = person.modal()
            if modal is not None and (before is None or modal.id != before.id):
                self._could_in(person, modal)
                return
            time.sleep(0.005)

    def _could_in(self, person: Person, modal: View) -> None:
        self._hold(f"in {_name(modal)}", lambda: self._touch(person, modal))
        if modal.submit is not None:
            self._hold(f"submitting {_name(modal)}", lambda: self._submit(person, modal))

    def _submit(self, person: Person, modal: View) -> None:
        with suppress(CannotBeDone):
            person.submits(modal)

    def _typed(self, works: list[AtWork]) -> None:
        practice = self._practice
        roots = [work.root for work in works[:4]]
        for person in (practice.robin, practice.sam, practice.nora):
            for text in COMMANDS:
                self._hold(f"/consult {text}", lambda person=person, text=text: person.command("/consult", text))  # type: ignore[misc]
            self._hold("the shortcut", lambda person=person: person.shortcut(SHORTCUT))  # type: ignore[misc]
            for tab in ("home", "messages"):
                self._hold(f"opening {tab}", lambda person=person, tab=tab: person.opens_home(tab))  # type: ignore[misc]
        for text in TYPED:
            self._hold("typing", lambda text=text: practice.robin.types_dm(text))  # type: ignore[misc]
            for root in roots:
                self._hold("replying", lambda text=text, root=root: practice.robin.types_dm(text, root))  # type: ignore[misc]

    def _told(self) -> None:
        """What Slack tells of people and of what is none of the program's business."""
        server, practice = self._server, self._practice
        group = server.user_group(practice.sam)
        account = server.workspace.users[practice.nora.id].as_slack_says()
        member = {
            "user": practice.nora.id,
            "channel": practice.channel.id,
            "channel_type": "G",
            "team": server.workspace.team,
        }
        for event in (
            {"type": "user_change", "user": account},
            {"type": "team_join", "user": account},
            {"type": "member_joined_channel", **member},
            {"type": "member_left_channel", **member},
            {
                "type": "subteam_members_changed",
                "subteam_id": group,
                "added_users": [practice.nora.id],
                "removed_users": [],
            },
            {"type": "app_mention", "user": practice.nora.id, "channel": practice.channel.id, "ts": "1.1", "text": "x"},
        ):
            self._hold(str(event["type"]), lambda event=event: server.event(event))  # type: ignore[misc]

    def _never_shown(self, works: list[AtWork]) -> None:
        """Buttons that the story does not come by: those of follow-ups, of pages further on, and of no consult at all."""
        shown = works[0].now()
        for action_id in NEVER_SHOWN:
            action = {"type": "button", "action_id": action_id, "block_id": shown.blocks[-1]["block_id"], "value": "x"}
            payload = self._server.payloads.tapped_in_message(self._practice.robin.id, shown, action, {})
            self._world.seeds.append(Seed(f"{action_id}, not shown", Delivery("interactive", payload)))

    def _hold(self, said: str, deed: Callable[[], Any]) -> None:
        """Have it done, and keep what would have been delivered."""
        with self._server.courier.reordered(lambda held: []) as kept:
            deed()
        for delivery in kept:
            self._world.seeds.append(Seed(_called(said, delivery), delivery))


def _some(element: Mapping[str, Any]) -> Any:
    """Something that can be chosen or typed in it."""
    kind = element["type"]
    options = element.get("options") or [one for group in element.get("option_groups", ()) for one in group["options"]]
    if kind in MANY:
        return [one["value"] for one in options[:2]]
    if options:
        return options[0]["value"]
    return {"datepicker": "2026-12-01", "timepicker": "10:00", "datetimepicker": 1_796_000_000}.get(
        kind, "invented words"
    )


def _name(shown: Message | View) -> str:
    return "a message" if isinstance(shown, Message) else shown.callback_id or shown.kind


def _called(said: str, delivery: Delivery) -> str:
    actions = delivery.payload.get("actions")
    return f"{actions[0]['action_id']} {said}" if actions else said
