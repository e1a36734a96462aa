"""The log as a list: each consult in a line, or in two where the terminal is narrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.storage import ConsultRow
from bot.terminal.text import WIDEST, printed, wrap
from flows.condition_words import known_values, say_value
from flows.levels import LEVELS
from flows.machine import AFTERWARDS, DECIDED
from flows.words import spoken, words

MARK = "!"
MARK_MEANS = "! something that the law requires is outstanding"
NOTHING = "-"


def list_of_consults(rows: Sequence[ConsultRow], console: Console, notes: Iterable[str] = ()) -> str:
    """The consults in a list, with what the mark means and further notes at the end. A pipe never breaks a line."""
    return _list([(row, "") for row in rows], console, notes)


def list_of_found(found: Sequence[tuple[ConsultRow, str]], console: Console) -> str:
    """The consults that were found, each with the words around what was looked for."""
    return _list(found, console, ())


def outstanding(row: ConsultRow) -> list[str]:
    """What the law requires and is not done yet in this consult, in words; from its decision, else from its result."""
    return [one["text"] for one in outstanding_in(row.state)]


def outstanding_in(state: Any) -> list[dict[str, Any]]:
    """The same from a consult's state, as the contract has it."""
    found: list[dict[str, Any]]
    if state.get("decision"):
        found = state["decision"]["outstanding"]
    else:
        found = ((state.get("result") or {}).get("law") or {}).get("outstanding", [])
    return found


def moment(at: str) -> str:
    """A date and time as a list shows it, to the minute: 2026-11-25 14:03."""
    return at[:16].replace("T", " ")


def _list(found: Sequence[tuple[ConsultRow, str]], console: Console, notes: Iterable[str]) -> str:
    width = console.width if console.is_terminal else None
    lines: list[Text] = []
    for row, excerpt in found:
        lines += _wide(row) if width is None or width >= WIDEST else _narrow(row, width)
        if excerpt:
            text = "; ".join(line.strip() for line in excerpt.splitlines() if line.strip())
            lines += [Text(line) for line in (wrap(text, "    ", "    ", width) if width else [f"    {text}"])]
    end = [MARK_MEANS] if any(outstanding(row) for row, _ in found) else []
    end += notes
    if end:
        lines.append(Text())
    for note in end:
        lines += [Text(line) for line in wrap(note, "", "  ", width or WIDEST)]
    return printed(lines, console)


def _wide(row: ConsultRow) -> Iterator[Text]:
    text = (
        f"{_start(row)}  {row.status:<{_longest(['asking', *AFTERWARDS])}}  "
        f"{_concern(row):<{_longest(say_value('concern', one) for one in known_values('concern'))}}  "
        f"{row.level or NOTHING:<{_longest(LEVELS)}}  {spoken(row.duty or NOTHING):<{_longest(words()['duty'])}}  "
        f"{_follow_up(row)}"
    )
    yield _styled(text.rstrip(), row)


def _narrow(row: ConsultRow, width: int) -> Iterator[Text]:
    yield _styled(f"{_start(row)}  {row.status}", row)
    parts = [_concern(row), f"level {row.level}" if row.level else "", spoken(row.duty or ""), _follow_up(row)]
    for line in wrap("; ".join(part for part in parts if part), "    ", "    ", width):
        yield Text(line)


def _start(row: ConsultRow) -> str:
    mark = MARK if outstanding(row) else " "
    return f"{row.reference} {mark} {moment(row.started_at)}  {row.jurisdiction or NOTHING:<2}"


def _styled(text: str, row: ConsultRow) -> Text:
    styled = Text(text)
    styled.stylize("bold", 0, len(row.reference))
    if outstanding(row):
        styled.stylize("bold yellow", len(row.reference) + 1, len(row.reference) + 2)
    return styled


def _concern(row: ConsultRow) -> str:
    return say_value("concern", row.concern) if row.concern else NOTHING


def _follow_up(row: ConsultRow) -> str:
    if not row.follow_up:
        return ""
    late = " (that is past)" if row.status == DECIDED and _is_past(row.follow_up) else ""
    return f"follow-up {moment(row.follow_up)}{late}"


def _is_past(at: str) -> bool:
    try:
        return datetime.fromisoformat(at).astimezone() < datetime.now().astimezone()
    except ValueError:
        return False


def _longest(texts: Iterable[str]) -> int:
    return max(map(len, texts))
