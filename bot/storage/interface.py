"""Every operation on the log, by name. Another engine stands in SQLite's place by doing these and passing the
tests that are written against them (tests/storage/test_interface.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from .records import (
    Access,
    ConsultRow,
    Fault,
    Head,
    NextPost,
    Overview,
    Post,
    PostedHead,
    Profile,
    Purge,
    QueuedPost,
    SearchHit,
    StoredEvent,
    Tally,
    Wanted,
)

if TYPE_CHECKING:
    from collections.abc import Callable
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
        posts: Sequence[Post] = (),
        delivery: str | None = None,
        overview: Overview | None = None,
    ) -> int:
        """Write one step: its events and the consult's state after them, all or nothing. Durable when it
        returns.

        `events`: at least one `{"kind", "at", "actor", "data"}`: three strings, and JSON. `state`: the row
        after them. `expected_revision`: the revision on which the step was made, 0 to begin a consult.
        `words`: the free text by which people search (narrative, reasons, results of steps, note); None keeps
        what was given before. `posts`: what the step sends to Slack, written to the outbox with it.
        `delivery`: the id of the Slack delivery that caused it, remembered with it. `overview`: of the consult after
        it; None: it has to be made later (`lacking_overviews`). Returns the new revision.
        Raises AlreadySeen when the delivery was handled before, else StaleRevision when the consult has moved
        on; Unstorable for what is not JSON. Then nothing is written, no post and no delivery either.
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
        posts: Sequence[Post] = (),
        delivery: str | None = None,
        overview: Overview | None = None,
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

    def revision(self, reference: str) -> int:
        """The revision of the consult of that reference, which is in its normal form; 0 when there is none."""
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
        """The consults that hold all the words, the best match first among the newest thousand. Words may be cut short from
        three letters on, where fewer than a thousand hold them whole; "in quotes" is a phrase; case and accents don't count;
        a reference finds its consult."""
        ...

    def overviews(self, wanted: Wanted, *, limit: int, offset: int = 0) -> list[Overview]:
        """At most `limit` of the consults that are wanted, after the first `offset`; without what stands `beside`."""
        ...

    def count_overviews(self, wanted: Wanted, *, most: int) -> int:
        """How many there are; `most` when there are that many or more."""
        ...

    def tally(self, bounds: Sequence[float]) -> list[Tally]:
        """The consults that supervisors may see, counted by urgency, for each stretch of time from one bound to the next."""
        ...

    def taken_after(self, since: float, until: float) -> list[tuple[int, float]]:
        """Of those begun in that time: the urgency, and after how many seconds a supervisor first did something, the
        shortest first; those of which nobody has taken one are left out."""
        ...

    def beside(self, reference: str, shape: int) -> tuple[int, dict[str, Any]] | None:
        """What a consult's events say beside its state, as its last step's overview had it, and the revision after that
        step. None where there is no overview of that shape. `reference` in its normal form."""
        ...

    def lacking_overviews(self, shape: int, *, limit: int) -> list[str]:
        """At most `limit` references of consults whose overview is not of that shape, and has to be made. Purged consults
        have none."""
        ...

    def keep_overviews(self, made: Iterable[tuple[Overview, int]]) -> None:
        """Keep overviews that were made later, each with the revision of the consult from which it was made. One whose
        consult has moved on is left out. Durable when it returns."""
        ...

    def profile(self, clinician: str) -> Profile | None:
        """What is remembered of the clinician, or None."""
        ...

    def remember_profile(self, clinician: str, profile: Profile) -> None:
        """Remember it in place of what was remembered before."""
        ...

    def queue(self, posts: Sequence[Post], *, delivery: str | None = None) -> None:
        """Write posts to the outbox without a step, by the same rules. Without any, the delivery is remembered.
        Durable when it returns."""
        ...

    def due(self, now: float, limit: int) -> list[QueuedPost]:
        """At most `limit` rows that may be sent now, by priority and then in the order in which they were written.

        Of each lane only the first unsent row: what is being sent, in doubt or told to wait keeps those behind
        it back, what has failed does not. Pages (priority 0) neither wait nor keep back. Cosmetic edits
        (priority 3) keep nothing else back, and wait until nothing else of their lane is unsent. A row whose
        slots are not all known waits for the row that fills them, except for "dm:..." slots, which the sender
        fills itself; when no earlier row will fill them it is passed over, and its lane goes on.

        Rows "in_doubt" are among them, as are those that were being sent when the program ended: they may have
        been delivered.
        """
        ...

    def next_posts(self, *, tidying: bool = True) -> Sequence[NextPost]:
        """Every row that is due or that only its time (`not_before`) keeps back, in the order of `due`; how long this takes
        goes by the number of lanes and not by that of the rows. `tidying`: False: without the cosmetic edits for which nothing
        waits."""
        ...

    def queued(self, id: int) -> QueuedPost | None:
        """A row as it stands now; None when it was replaced, deleted, sent, or has failed."""
        ...

    def mark_sending(self, id: int, at: float) -> bool:
        """Before a row is sent. False when it must not be sent: it was replaced, deleted or finished since it
        was read, or is being sent."""
        ...

    def mark_sent(self, id: int, at: float, slots: Mapping[str, str] | None = None) -> None:
        """Slack has it. `slots`: what became known by it, kept in the same transaction. A row that is sent or
        has failed stays so: this and the marks below then do nothing."""
        ...

    def mark_in_doubt(self, id: int, not_before: float) -> None:
        """Nobody knows whether Slack has it; it is due again, to be looked up, from `not_before` on."""
        ...

    def retry_later(self, id: int, not_before: float) -> None:
        """Slack has it not; it waits until `not_before`."""
        ...

    def mark_failed(self, id: int, why: str) -> None:
        """It will never be sent. `why`: Slack's error code, no content."""
        ...

    def slot(self, name: str) -> str | None:
        """What stands in the slot: a D-id for "dm:U1", a `ts` for "thread:C-7F3K2"; None while it is unknown."""
        ...

    def slots_like(self, prefix: str) -> dict[str, str]:
        """Every known slot whose name begins with `prefix`, by name."""
        ...

    def slots_holding(self, value: str) -> list[str]:
        """The names of the slots in which this stands, in order: of a thread's `ts`, "thread:C-7F3K2"."""
        ...

    def set_slot(self, name: str, value: str) -> None:
        """Fill the slot, in place of what stood in it."""
        ...

    def outbox_counts(self) -> dict[str, int]:
        """How many rows are "waiting", "sending" (by this opened log), "in_doubt", "sent" and "failed"; a state
        in which there are none is left out."""
        ...

    def prune_sent(self, older_than: float) -> int:
        """Delete the rows that were sent or failed before that time, with what they say. Returns how many. Slots
        and deliveries are kept."""
        ...

    def record_access(
        self, what: str, *, at: str, actor: str, reference: str | None = None, detail: Mapping[str, Any] | None = None
    ) -> int:
        """Write down who reads what, before it is shown; durable when it returns. Returns the entry's number.

        `what`: such as "shown", "exported". `reference`: whose consult, in its normal form. `detail`: JSON with
        nothing clinical in it: it is never purged. Raises NoSuchConsult.
        """
        ...

    def accesses(self, reference: str | None = None) -> list[Access]:
        """Who read the consult, in order; without a reference, every access. Raises NoSuchConsult."""
        ...

    def head(self) -> Head:
        """The newest event's number and hash, which say what all events were; to be posted outside."""
        ...

    def access_head(self) -> Head:
        """The same of the record of who read what."""
        ...

    def consults_with(self, kinds: Sequence[str], *, after: int, limit: int) -> list[str]:
        """At most `limit` references of consults that have an event of one of these kinds with a number above `after`, the
        newest such event first. It reads the events above that number, whatever their kind."""
        ...

    def note_posted_head(self, posted: PostedHead) -> None:
        """Remember that a head was shown outside the log. Noting it twice changes nothing."""
        ...

    def posted_heads(self) -> list[PostedHead]:
        """Every head that was noted, those of the events first, in order."""
        ...

    def purge(self, purges: Sequence[Purge]) -> None:
        """Remove the contents of these consults, all or none: an event says so, the rest stays verifiable.

        Gone are what their events said, their words, and what is to be sent of them. Until `sweep`, traces of
        it may still stand in the file. Raises StaleRevision when one of them has moved on; then nothing is done.
        """
        ...

    def sweep_due(self) -> bool:
        """Whether something was purged and its traces were not swept out of the file yet."""
        ...

    def sweep(self) -> None:
        """Rewrite the file so that nothing purged is left in it, and note that. Raises Locked when another
        program keeps it from being done; it stays due."""
        ...

    def copy_to(self, target: Path, progress: Callable[[int, int], None] | None = None) -> None:
        """Copy the log as it is at one moment into the file `target`, which is empty; others go on writing.

        Encrypted when the log is. `progress`: called with the pages that are still to be copied and all of them.
        """
        ...

    def check_chain(
        self,
        heads: Iterable[Head] = (),
        state_check: Callable[[ConsultRow, list[StoredEvent]], str | None] | None = None,
    ) -> list[Fault]:
        """Every place where the log is not what was written, the first wrong event first; [] when all is
        well.

        It reads each event's hash, content and predecessor, each consult's row, who read what, and the layout.
        `state_check`: what is wrong with a consult's row, given its events; called for each that was not purged.
        It finds what was changed, removed, inserted or put in another order, but not a whole chain that was
        computed anew, nor an end that was cut off together with its consult's row: those are found as far back
        as a head in `heads`, which somebody outside has seen, tells.
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
