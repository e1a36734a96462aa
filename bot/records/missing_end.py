"""Heads that do not fit since the end of the log was lost: by a restore from a backup, as it seems, or cut off by somebody.

The two look the same in the file: whoever can cut off its end can also write down that it was restored. So nothing here excuses a
head that does not fit; it says what it looks like, and by what it can be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.follow_ups import time_of
from bot.storage import Access, Fault, Head

RESTORE = "restore"
"""What the record of accesses calls that the log was put back from a backup."""
CLOCKS = timedelta(minutes=1)
"""By how much the clock of whoever posted a head and this machine's may differ."""


@dataclass(frozen=True)
class MissingEnd:
    """`faults`: the heads that do not fit, and nothing else. `restores`: the entries that say that the log was restored, and by
    which these heads are lost; empty: there are none, and the log ends before these heads."""

    faults: tuple[Fault, ...]
    restores: tuple[Access, ...]


def missing_end(
    faults: Sequence[Fault], accesses: Sequence[Access], newest: Sequence[Head], posted_at: Mapping[Head, datetime]
) -> MissingEnd | None:
    """What a lost end explains of these faults; None when it explains none of them.

    `newest`: the heads of both chains. `posted_at`: when heads were posted, as far as that is known.
    """
    of_heads = [(one, one.head) for one in faults if one.head is not None]
    lost: list[Fault] = []
    restores: dict[int, Access] = {}
    for fault, head in of_heads:
        by = next(
            (one for one in accesses if one.what == RESTORE and _is_lost_by(one, head, posted_at.get(head))), None
        )
        if by is not None:
            lost.append(fault)
            restores[by.id] = by
    if lost:
        return MissingEnd(tuple(lost), tuple(restores[number] for number in sorted(restores)))
    ends = {one.chain: one.number for one in newest}
    cut = tuple(fault for fault, head in of_heads if head.number > ends[head.chain])
    return MissingEnd(cut, ()) if cut else None


def _is_lost_by(restore: Access, head: Head, posted: datetime | None) -> bool:
    """Whether the head is of after the backup, and was posted before that was put back, or at a time that nobody knows."""
    kept = restore.after_event if head.chain == "events" else restore.id - 1
    return head.number > kept and (posted is None or posted <= time_of(restore.at) + CLOCKS)
