"""Free text in a terminal: looked over for what may identify somebody, before anything of it is kept."""

from __future__ import annotations

from bot.terminal.asking import Asking, Choice
from flows.screening import said

AGAIN, NOBODY, OUT = "again", "nobody", "out"


def write_freely(asking: Asking, ask: str, why: str = "Name nobody.", *, given: str = "") -> str:
    """What the person wrote and wants kept; "" for nothing. It is kept only once it seems to identify nobody, or they say so."""
    text = given
    while True:
        text = asking.write(ask, why=why, given=text)
        found = said(text) if text else ()
        if not found:
            return text
        asking.say(f"It looks as if this has {_joined(found)} in it. Nothing is kept yet.")
        chosen = asking.choose(
            "What shall be done with it?",
            [
                Choice(AGAIN, "Write it again"),
                Choice(NOBODY, "It identifies nobody: keep it"),
                Choice(OUT, "Leave it out"),
            ],
        )
        if chosen == NOBODY:
            return text
        if chosen == OUT:
            return ""


def _joined(found: tuple[str, ...]) -> str:
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
