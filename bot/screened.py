"""Free text given to a command: looked over for what may identify somebody, before anything of it is kept."""

from __future__ import annotations

from collections.abc import Mapping

from bot.failures import Refused


def screened(texts: Mapping[str, str | None], identifies_nobody: bool) -> None:
    """Refused when a text seems to identify somebody, and the person has not said that it does not. `texts`: option -> text.

    The words themselves are not repeated.
    """
    if identifies_nobody:
        return
    from flows.screening import said

    for option, text in texts.items():
        found = said(text) if text else ()
        if found:
            raise Refused(
                f"{option}: it looks as if this has {' and '.join(found)} in it. Nothing was written."
                " Write it without, or add --identifies-nobody when it identifies nobody."
            )
