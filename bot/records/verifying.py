"""Whether the log is what was written: chains, contents, states against events, and heads that were seen outside.

Nothing is evaluated: a result is what was stored, whatever the law's table says today.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.desk import kept, replayed, row_of
from bot.records.missing_end import MissingEnd, missing_end
from bot.records.retention import every_row
from bot.storage import ConsultRow, Fault, Head, Log, LogError, StoredEvent

_HEAD_LINE = re.compile(r"(?:(?P<chain>events|accesses)\s+)?(?P<number>\d{1,15})[\s:]+(?P<hash>[0-9a-fA-F]{64})")
WITNESS = "Curbside witness"
"""How a message with heads begins; its other lines are heads, as code."""
_NOT_COMPARED = ("revision", "state")  # the log sets the one; the other is compared as a consult


@dataclass(frozen=True)
class Verified:
    """What was looked at, and every fault, the first wrong event first. `events`, `accesses`: of number 0 where a table is gone.
    `posted`: heads noted in the log itself; `given`: heads that came from outside it; `compared`: how many these are together,
    each counted once. `missing_end`: those of the faults that a lost end of the log explains; None: there are none such."""

    faults: tuple[Fault, ...]
    events: Head
    accesses: Head
    posted: int
    given: int
    compared: int
    missing_end: MissingEnd | None = None


def verify(
    log: Log,
    given: Iterable[Head] = (),
    another_until: datetime | None = None,
    posted_at: Mapping[Head, datetime] | None = None,
) -> Verified:
    """Read the whole log. `given`: heads that were noted outside it. `another_until`: when the last head of another log was
    posted in the same channel; None: there is none. `posted_at`: when some of those given were posted."""
    outside = tuple(dict.fromkeys(given))
    posted = [one.head for one in log.posted_heads()]
    faults = [*log.check_chain([*posted, *outside], state_fault), *_exchanged(log, another_until)]
    try:
        heads = log.head(), log.access_head()
    except LogError:
        if not faults:
            raise
        heads = Head(0, ""), Head(0, "", "accesses")  # there is no such table any more
    missing = missing_end(faults, log.accesses(), heads, posted_at or {}) if any(one.head for one in faults) else None
    return Verified(tuple(faults), *heads, len(posted), len(outside), len({*posted, *outside}), missing)


def _exchanged(log: Log, another_until: datetime | None) -> Iterator[Fault]:
    """A log that began before another one ended in its channel was put in that one's place, or both are at work."""
    if another_until is None:
        return
    begun = min((datetime.fromisoformat(row.started_at).astimezone() for row in every_row(log)), default=another_until)
    if begun < another_until:
        says = f"the channel has heads of another log up to {another_until:%Y-%m-%d %H:%M}, after this one began"
        yield Fault(None, None, f"{says}: it was put in that one's place, or two programs post there")


def state_fault(row: ConsultRow, events: list[StoredEvent]) -> str | None:
    """What is wrong with a consult's row, given its events; None when it is the state to which they lead."""
    try:
        again = replayed(events)
    except (ValueError, KeyError, TypeError, AttributeError):
        return "its events lead to no state"
    try:
        now = kept(row).consult
    except (KeyError, TypeError, AttributeError):
        return "its state can't be read"
    for name in ("turn", "review"):  # the first versions kept neither
        if name not in row.state:
            again = replace(again, **{name: getattr(now, name)})
    if now != again:
        return "its state is not the one to which its events lead"
    expected = row_of(again)
    wrong = [name for name in ConsultRow.__dataclass_fields__ if getattr(row, name) != getattr(expected, name)]
    wrong = [name for name in wrong if name not in _NOT_COMPARED]
    if wrong:
        return f"its {', '.join(wrong)} in the list is not what its events say"
    return None


class BadHeads(LogError):
    """A file of heads that can't be read; str() names the line."""


def read_heads(path: Path) -> list[Head]:
    """The heads in a file, one a line: `142 HASH`, `events 142 HASH` or `accesses 57 HASH`. Raises BadHeads.

    Empty lines and those that begin with # are passed over, as are those that stand around the heads in a message of the
    supervisors' channel, so that its text can be copied.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadHeads(f"The file {path} can't be read: {(error.strerror or str(error)).lower()}.") from None
    except UnicodeDecodeError:
        raise BadHeads(f"The file {path} is not UTF-8 text; it has one head a line, such as '142 HASH'.") from None
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        said = line.strip().strip("`").strip()
        if not said or said.startswith(("#", WITNESS)):
            continue
        match = _HEAD_LINE.fullmatch(said)
        if match is None:
            raise BadHeads(
                f"{path}, line {number}: not a head. One a line: the number of the event and its hash of 64 digits,"
                " such as '142 9f86...'; 'accesses 57 HASH' for the record of who read what."
            )
        found.append(Head(int(match["number"]), match["hash"].lower(), match["chain"] or "events"))
    if not found:
        raise BadHeads(f"{path} has no head in it. One a line: the number of the event and its hash.")
    return found


def heads_in(text: str) -> list[Head]:
    """The heads in the text of a message that begins with WITNESS; none in any other."""
    first, *rest = text.split("\n")
    matches = [_HEAD_LINE.fullmatch(line.strip().strip("`").strip()) for line in rest]
    if not first.startswith(WITNESS):
        return []
    return [Head(int(one["number"]), one["hash"].lower(), one["chain"] or "events") for one in matches if one]


def head_line(head: Head) -> str:
    """A head as it is posted, printed and read again."""
    return f"{head.chain} {head.number} {head.hash}"
