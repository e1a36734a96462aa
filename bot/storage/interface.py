"""Every operation on the log, by name. Another engine stands in SQLite's place by doing these and passing the
tests that are written against them (tests/storage/test_interface.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from .records import ConsultRow, Fault, Profile, SearchHit, StoredEvent

if TYPE_CHECKING:
    from concurrent.futures import Future


class Log(Protocol):
    """The consult log. Its methods may be called from any thread; each may raise a `LogError`."""

    def new_reference(self) -> str:
        """A reference that no consult has and that this log has not given out before, such as C-7F3K2."""
        ...

    def append(
        self,
        reference: str,
        events: Sequence[Mapping[str, Any]],
        state: ConsultRow,
        *,
        expected_revision: int,
        words: str | None = None,
    ) -> int:
        """Write one step: its events and the consult's state after them, all or nothing. Durable when it
        returns.

        `events`: at least one `{"kind", "at", "actor", "data"}`: three strings, and JSON. `state`: the row
        after them. `expected_revision`: the revision on which the step was made, 0 to begin a consult.
        `words`: the free text by which people search (narrative, reasons, results of steps, note); None keeps
        what was given before. Returns the new revision. Raises StaleRevision when the consult has moved on,
        Unstorable for what is not JSON.
        """
        ...

    def submit(
        self,
        reference: str,
        events: Sequence[Mapping[str, Any]],
        state: ConsultRow,
        *,
        expected_revision: int,
        words: str | None = None,
    ) -> Future[int]:
        """As `append`, without waiting: steps that wait together are made durable together, in the order
        given.

        The future has the new revision or the error, once the step is durable or refused. For many consults
        at once.
        """
        ...

    def consult(self, reference: str) -> ConsultRow:
        """The consult's state. `reference` may be written as people write it. Raises NoSuchConsult."""
        ...

    def events(self, reference: str) -> list[StoredEvent]:
        """The consult's events in order. Raises NoSuchConsult."""
        ...

    def consults(
        self,
        *,
        limit: int = 50,
        before: str | None = None,
        status: str | None = None,
        clinician: str | None = None,
    ) -> list[ConsultRow]:
        """At most `limit` consults, the last begun first: those begun before the consult `before`, if given,
        so that the last of one page asks for the next; of one status; of one clinician."""
        ...

    def open_consults(self, clinician: str) -> list[ConsultRow]:
        """The clinician's consults that are not finished, the last touched first."""
        ...

    def search(self, words: str, limit: int = 20) -> list[SearchHit]:
        """The consults that hold all the words, the best match first. Words may be cut short from three
        letters on; "in quotes" is a phrase; case and accents don't count; a reference finds its consult."""
        ...

    def profile(self, clinician: str) -> Profile | None:
        """What is remembered of the clinician, or None."""
        ...

    def remember_profile(self, clinician: str, profile: Profile) -> None:
        """Remember it in place of what was remembered before."""
        ...

    def check_chain(self) -> list[Fault]:
        """Every place where the log is not what was written, the first wrong event first; [] when all is
        well.

        It reads each event's hash, content and predecessor, and each consult's row. It finds what was
        changed, removed, inserted or put in another order, but not a whole chain that was computed anew, nor
        an end that was cut off together with its consult's row: those need a head that was noted elsewhere.
        """
        ...

    def close(self) -> None:
        """Finish what was submitted and let go of the log. Closing twice does nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
