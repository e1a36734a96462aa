"""Asking with arrow keys and number keys, drawn below what was printed; what was answered shrinks to one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from textwrap import wrap
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application, get_app
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.layout import Layout, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.styles import Style
from prompt_toolkit.validation import ValidationError, Validator

from bot.terminal.asking import SHORTCUTS, Asking, Choice, Group, Pressed, Printing, code_meant

Fragments = StyleAndTextTuples
HERE = ("[SetCursorPosition]", "")
"""Where the terminal's cursor is put, so that a list taller than the screen scrolls with it."""
MARKS = {"yes": "[x]", "no": "[-]", "unknown": "[ ]"}
NEXT_MARK = {"unknown": "yes", "yes": "no", "no": "unknown"}
STYLE = Style.from_dict(
    {"head": "ansibrightblack", "ask": "bold", "why": "italic", "here": "bold ansicyan", "hint": "ansibrightblack"}
)


class KeysAsking(Printing, Asking):
    """Needs a real terminal."""

    def choose(
        self, ask: str, choices: Sequence[Choice], *, why: str = "", head: str = "", given: str | None = None
    ) -> str:
        """Arrows and Enter, or the number; the answer that stands is where the mark begins."""
        keys = _keys()
        mark = _Mark(len(choices), next((place for place, one in enumerate(choices) if one.value == given), 0), keys)

        @keys.add("enter")
        def _(event: Any) -> None:
            event.app.exit(result=choices[mark.at].value)

        for digit, one in zip("123456789", choices, strict=False):
            keys.add(digit)(_answering(one.value))

        def body() -> Fragments:
            found = _top(ask, why, head)
            for place, one in enumerate(choices):
                number = f"{place + 1}" if place < 9 else " "
                now = "  (now)" if one.value == given else ""
                here: Fragments = [HERE, ("class:here", f" › {number} {one.words}{now}\n")]
                found += here if place == mark.at else [("", f"   {number} {one.words}{now}\n")]
            return [*found, ("class:hint", f"\n{_hint('↑↓ and Enter, or a number')}")]

        value: str = self._run(body, keys)
        self._answered(ask, next(one.words for one in choices if one.value == value))
        return value

    def tick(self, ask: str, groups: Sequence[Group], *, why: str = "", head: str = "") -> dict[str, dict[str, str]]:
        """Space marks an item yes, then no, then not known; `a` makes the others of its group a no; Enter goes on."""
        places = [(group, item) for group in groups for item in group.items]
        said = {group.key: {item: group.said.get(item, "unknown") for item in group.items} for group in groups}
        keys = _keys()
        mark = _Mark(len(places), 0, keys)

        @keys.add("space")
        def _(event: Any) -> None:
            group, item = places[mark.at]
            said[group.key][item] = NEXT_MARK[said[group.key][item]]

        @keys.add("a")
        def _(event: Any) -> None:
            answers = said[places[mark.at][0].key]
            answers.update({item: "no" for item in answers if answers[item] == "unknown"})

        @keys.add("enter")
        def _(event: Any) -> None:
            event.app.exit(result=said)

        def body() -> Fragments:
            found = _top(ask, why, head)
            for group in groups:
                if group.title != ask:
                    found.append(("class:ask", f" {group.title}\n"))
                for item, words in group.items.items():
                    line = f"{MARKS[said[group.key][item]]} {words}\n"
                    here = (group, item) == places[mark.at]
                    found += [HERE, ("class:here", f" › {line}")] if here else [("", f"   {line}")]
            hint = "↑↓, Space: [x] yes, [-] no, [ ] not known; a: asked about the others here, and no; Enter goes on"
            return [*found, ("class:hint", f"\n{_hint(hint)}")]

        answers: dict[str, dict[str, str]] = self._run(body, keys)
        for group in groups:
            yes = [group.items[item] for item, value in answers[group.key].items() if value == "yes"]
            self._answered(group.title, "; ".join(yes) or "nothing marked")
        return answers

    def write(
        self, ask: str, *, why: str = "", head: str = "", given: str = "", allowed: Mapping[str, str] | None = None
    ) -> str:
        """A line with the usual editing keys; names are completed where only some will do."""
        self.say("")
        for text, style in ((head, "dim"), (ask, "bold"), (why, "dim")):
            if text:
                self.say(text, style)
        completer = WordCompleter([*allowed, *allowed.values()], ignore_case=True, sentence=True) if allowed else None
        session: PromptSession[str] = PromptSession(
            completer=completer,
            complete_while_typing=bool(allowed),
            validator=_OneOf(allowed) if allowed else None,
            validate_while_typing=False,
            bottom_toolbar=lambda: _hint("Enter goes on", before="/"),
            style=Style.from_dict({"bottom-toolbar": "noreverse ansibrightblack"}),
        )
        typed = session.prompt("> ", default=given).strip()
        if typed.startswith("/") and typed[1:] in SHORTCUTS:
            raise Pressed(SHORTCUTS[typed[1:]][0])
        return (code_meant(typed, allowed) or "") if allowed else typed

    def _run(self, body: Callable[[], Fragments], keys: KeyBindings) -> Any:
        control = FormattedTextControl(body, focusable=True, show_cursor=False)
        window = Window(control, wrap_lines=True, dont_extend_height=True)
        app: Application[Any] = Application(Layout(window), key_bindings=keys, style=STYLE, erase_when_done=True)
        return app.run()

    def _answered(self, ask: str, answer: str) -> None:
        self.say(f"✓ {ask}  {answer}", "good")


class _Mark:
    """The place in a list at which a person is: arrow keys (or k and j) move it, round at both ends."""

    def __init__(self, places: int, at: int, keys: KeyBindings) -> None:
        self.at = at
        for key, by in (("up", -1), ("k", -1), ("down", 1), ("j", 1)):
            keys.add(key)(self._moving(by, places))

    def _moving(self, by: int, places: int) -> Callable[[Any], None]:
        def move(event: Any) -> None:
            self.at = (self.at + by) % places

        return move


class _OneOf(Validator):
    """Accepts a code or name that is clear, and shortcuts with a slash."""

    def __init__(self, allowed: Mapping[str, str]) -> None:
        self._allowed = allowed

    def validate(self, document: Any) -> None:
        """Raises ValidationError, which is shown below the line."""
        typed = document.text.strip()
        if typed.startswith("/") and typed[1:] in SHORTCUTS:
            return
        if code_meant(typed, self._allowed) is None:
            message = "Please type the two letters of a state (or DC), or its name."
            raise ValidationError(cursor_position=len(document.text), message=message)


def _keys() -> KeyBindings:
    """The keys that every list has: the shortcuts, Ctrl-C and Ctrl-D."""
    keys = KeyBindings()
    for key, (name, _) in SHORTCUTS.items():
        keys.add(key)(_raising(Pressed(name)))
    keys.add("c-c")(_raising(KeyboardInterrupt()))
    keys.add("c-d")(_raising(EOFError()))
    return keys


def _raising(error: BaseException) -> Callable[[Any], None]:
    return lambda event: event.app.exit(exception=error)


def _answering(value: str) -> Callable[[Any], None]:
    return lambda event: event.app.exit(result=value)


def _top(ask: str, why: str, head: str) -> Fragments:
    found: Fragments = [("", "\n")]
    if head:
        found.append(("class:head", f"{head}\n"))
    found.append(("class:ask", f"{ask}\n"))
    if why:
        found.append(("class:why", f"{why}\n"))
    return found


def _hint(first: str, before: str = "") -> str:
    keys = [f"{before}{key} {words}" for key, (_, words) in SHORTCUTS.items()]
    return in_lines([*first.split("; "), *keys], get_app().output.get_size().columns)


def in_lines(parts: Sequence[str], width: int) -> str:
    """The parts with a dot between them, in lines of that width; a part is broken only where it is longer than a line."""
    lines = [""]
    for part in parts:
        joined = f"{lines[-1]} · {part}" if lines[-1] else part
        if len(joined) < width or not lines[-1]:
            lines[-1] = joined
        else:
            lines.append(part)
    return "\n".join(broken for line in lines for broken in wrap(line, max(width - 1, 1)))
