"""What Slack brings, read into plain data: pure functions from a payload, which raise Malformed for what won't do.

Everything comes from outside, so nothing is taken as it is: ids and timestamps must look like ids and timestamps, and a
consult is named only through an address (addresses.py) that this program has written.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.slack.actions import read_action
from bot.slack.addresses import Address, BadAddress, read_block, read_metadata

Payload = Mapping[str, Any]
Values = Mapping[str, Any]
"""What is chosen and typed in a message or view: payload["state"]["values"], as Slack has it."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_TIME = re.compile(r"\d{1,12}\.\d{1,9}")
_TRIGGER = re.compile(r"[\w.:-]{1,200}")
_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_ACTION = re.compile(r"[\w:.-]{1,255}")
TYPED_AT_MOST = 4000
"""Longer texts are cut off before anything looks at them: no answer is that long."""
BY_A_PERSON = (None, "thread_broadcast", "file_share")
"""The subtypes of messages that somebody has just written; the others tell of edits, deletions, bots and channels."""


class Malformed(ValueError):
    """What came is not what Slack sends. str() says which part, never what stood there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something came from. `app`, `team`, `domain`: for links; empty where Slack did not say."""

    channel: str | None = None
    thread_ts: str | None = None
    app: str = ""
    team: str = ""
    domain: str = ""

    @property
    def in_dm(self) -> bool:
        """Whether it is a direct message."""
        return self.channel is not None and self.channel.startswith("D")


@dataclass(frozen=True, slots=True)
class Tap:
    """Something was tapped or chosen. `word`, `about`: from its action id. `value`: what was chosen, or the button's value.

    `address`: the consult and the turn, from the block's id or the modal's metadata; None where there is none.
    `view_id`, `view_hash`: of the modal in which it was. `trigger`: with which a modal can be opened.
    """

    user: str
    word: str
    about: tuple[str, ...]
    value: str | None
    address: Address | None
    delivery: str
    place: Place
    trigger: str | None = None
    view_id: str | None = None
    view_hash: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command."""

    user: str
    text: str
    delivery: str
    place: Place


@dataclass(frozen=True, slots=True)
class Typed:
    """A message that somebody wrote to the app: at the top of the direct message, or in a thread (`place.thread_ts`)."""

    user: str
    text: str
    ts: str
    delivery: str
    place: Place


@dataclass(frozen=True, slots=True)
class Form:
    """A modal was submitted; what was filled in."""

    user: str
    callback: str
    values: Values
    delivery: str
    place: Place


@dataclass(frozen=True, slots=True)
class Submission(Form):
    """A modal about a consult was submitted. `extra`: what else stands in its private metadata."""

    address: Address
    extra: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants to begin, or to see the home: the global shortcut, the App Home."""

    user: str
    delivery: str
    place: Place
    trigger: str | None = None


def read_tap(payload: Payload) -> Tap:
    """block_actions. Malformed."""
    actions = payload.get("actions")
    if not isinstance(actions, list) or not actions or not isinstance(actions[0], Mapping):
        raise Malformed("actions")
    action = actions[0]
    user = _user(payload)
    action_id = _text(action, "action_id", _ACTION)
    at = _text(action, "action_ts", _TIME)
    word, about = read_action(action_id)
    view = _mapping(payload, "view")
    address, extra = _where(action, view)
    state = _mapping(view or payload, "state")
    return Tap(
        user=user,
        word=word,
        about=about,
        value=_chosen(action),
        address=address,
        delivery=f"tap:{user}:{at}:{action_id}",
        place=_place(payload),
        trigger=_maybe(payload, "trigger_id", _TRIGGER),
        view_id=_maybe(view, "id", _ID) if view.get("type") == "modal" else None,
        view_hash=_maybe(view, "hash", _TRIGGER),
        extra=extra,
        values=_mapping(state, "values"),
    )


def read_command(payload: Payload) -> Command:
    """A slash command. Malformed."""
    user = _text(payload, "user_id", _ID)
    text = payload.get("text") or ""
    if not isinstance(text, str):
        raise Malformed("text")
    place = Place(
        channel=_text(payload, "channel_id", _ID),
        app=_maybe(payload, "api_app_id", _ID) or "",
        team=_maybe(payload, "team_id", _ID) or "",
        domain=_maybe(payload, "team_domain", _DOMAIN) or "",
    )
    return Command(user, text[:TYPED_AT_MOST], f"cmd:{_text(payload, 'trigger_id', _TRIGGER)}", place)


def read_typed(payload: Payload) -> Typed | None:
    """A message event; None for what no person has just written to the app: edits, deletions, bots, channels. Malformed."""
    event = _mapping(payload, "event")
    subtype, bot = event.get("subtype"), event.get("bot_id")
    if bot or event.get("hidden") or subtype not in BY_A_PERSON or event.get("channel_type", "im") != "im":
        return None
    user, channel, ts = _text(event, "user", _ID), _text(event, "channel", _ID), _text(event, "ts", _TIME)
    text = event.get("text") or ""
    if not isinstance(text, str):
        raise Malformed("text")
    root = _maybe(event, "thread_ts", _TIME)
    place = Place(channel, None if root == ts else root, _app(payload), _maybe(payload, "team_id", _ID) or "")
    return Typed(user, _unescaped(text[:TYPED_AT_MOST]), ts, f"msg:{channel}:{ts}", place)


def read_submission(payload: Payload) -> Submission:
    """view_submission. Malformed."""
    view = _mapping(payload, "view")
    try:
        address, extra = read_metadata(view.get("private_metadata"))
    except BadAddress as error:
        raise Malformed("private_metadata") from error
    form = read_form(payload)
    return Submission(form.user, form.callback, form.values, form.delivery, form.place, address, extra)


def _digest(values: Values) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def read_form(payload: Payload) -> Form:
    """view_submission of a modal that is about no consult. Malformed."""
    view = _mapping(payload, "view")
    callback = _text(view, "callback_id", _ACTION)
    values = _mapping(_mapping(view, "state"), "values")
    # Sent again after an error, it is the same only if nothing was changed in it meanwhile.
    delivery = f"view:{_text(view, 'id', _ID)}:{_text(view, 'hash', _TRIGGER)}:{_digest(values)}"
    return Form(_user(payload), callback, values, delivery, _place(payload))


def read_shortcut(payload: Payload) -> Wish:
    """The global shortcut. Malformed."""
    trigger = _text(payload, "trigger_id", _TRIGGER)
    return Wish(_user(payload), f"cmd:{trigger}", _place(payload), trigger)


def read_home_opened(payload: Payload) -> Wish | None:
    """app_home_opened; None when it is another tab than the home. Malformed."""
    event = _mapping(payload, "event")
    if event.get("tab", "home") != "home":
        return None
    place = Place(app=_app(payload), team=_maybe(payload, "team_id", _ID) or "")
    return Wish(_text(event, "user", _ID), _text(payload, "event_id", _ID), place)


def sender_of(payload: object) -> tuple[str, Place] | None:
    """Who sent it, and from where, as far as that can be read of anything at all; for what is said when nothing else can be."""
    if not isinstance(payload, Mapping):
        return None
    event = _mapping(payload, "event")
    try:
        if "user_id" in payload:
            return read_command({**payload, "text": "", "trigger_id": "none"}).user, _command_place(payload)
        if event:
            user = _text(event, "user", _ID)
            return user, Place(_maybe(event, "channel", _ID), _maybe(event, "thread_ts", _TIME))
        return _user(payload), _place(payload)
    except Malformed:
        return None


def in_consult(tap: Tap) -> Address:
    """The consult that a tap is about. Malformed when it names none."""
    if tap.address is None:
        raise Malformed("block_id")
    return tap.address


def about_one(tap: Tap) -> str:
    """The one thing that an action is about, such as the question's key. Malformed."""
    if not tap.about or not tap.about[0]:
        raise Malformed("action_id")
    return tap.about[0]


def page_number(said: str) -> int:
    """The number of a page, as the buttons that lead there say it. Malformed for any other text."""
    if not (said.isascii() and said.isdigit() and len(said) <= 4):
        raise Malformed("action_id")
    return int(said)


def _command_place(payload: Payload) -> Place:
    return Place(channel=_maybe(payload, "channel_id", _ID))


def _where(action: Payload, view: Payload) -> tuple[Address | None, Mapping[str, Any]]:
    """The address that a tap carries: that of its block; in a modal, that of the modal."""
    try:
        return read_block(action.get("block_id"))[0], {}
    except BadAddress:
        pass
    try:
        return read_metadata(view.get("private_metadata"))
    except BadAddress:
        return None, {}


def _chosen(action: Payload) -> str | None:
    option = action.get("selected_option")
    value = option.get("value") if isinstance(option, Mapping) else action.get("value")
    if value is not None and not (isinstance(value, str) and len(value) <= 2000):
        raise Malformed("value")
    return value


def _place(payload: Payload) -> Place:
    container, channel, team = (_mapping(payload, name) for name in ("container", "channel", "team"))
    return Place(
        channel=_maybe(channel, "id", _ID) or _maybe(container, "channel_id", _ID),
        thread_ts=_maybe(container, "thread_ts", _TIME),
        app=_app(payload),
        team=_maybe(team, "id", _ID) or "",
        domain=_maybe(team, "domain", _DOMAIN) or "",
    )


def _app(payload: Payload) -> str:
    return _maybe(payload, "api_app_id", _ID) or ""


def _user(payload: Payload) -> str:
    return _text(_mapping(payload, "user"), "id", _ID)


def _mapping(payload: Payload, name: str) -> Payload:
    found = payload.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(payload: Payload, name: str, form: re.Pattern[str]) -> str:
    found = payload.get(name)
    if not isinstance(found, str) or not form.fullmatch(found):
        raise Malformed(name)
    return found


def _maybe(payload: Payload, name: str, form: re.Pattern[str]) -> str | None:
    """The text, where it is there and has the form."""
    found = payload.get(name)
    return found if isinstance(found, str) and form.fullmatch(found) else None


def _unescaped(text: str) -> str:
    """What was typed, of what Slack passes on: it escapes & < >."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
