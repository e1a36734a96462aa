"""The consults on which somebody works just now, kept in memory as their last steps left them, so that the next step need not
read and put them together again: that is a tenth of a step (measured)."""

from __future__ import annotations

import threading
from collections import OrderedDict

from bot.desk import Kept
from bot.storage import Log

MOST = 128


class Recent:
    """At most `most` consults, those worked on last. None is given out that has moved on in the log, whoever took the step."""

    def __init__(self, log: Log, most: int = MOST) -> None:
        self._log, self._most = log, most
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, reference: str) -> Kept | None:
        """The consult as it stands in the log; None when it is not here. LogError."""
        with self._guard:
            found = self._kept.get(reference)
        if found is None or self._log.revision(reference) == found.revision:
            return found
        with self._guard:
            self._kept.pop(reference, None)
        return None

    def put(self, kept: Kept) -> None:
        """Keep it, as a step has left it."""
        with self._guard:
            self._kept[kept.reference] = kept
            self._kept.move_to_end(kept.reference)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
