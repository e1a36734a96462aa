"""What can go wrong with the log. `str(error)` is one plain line: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

_ELSEWHERE = "set CURBSIDE_DATABASE to another place"


class LogError(Exception):
    """Base of everything that the log raises; its text can be shown to a person as it stands."""

    def __init__(self, line: str) -> None:
        # A path may hold a line break, or bytes that are no text.
        super().__init__("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line))


class CannotOpen(LogError):
    """The log can't be opened or used where it is."""

    def __init__(self, path: Path, because: str) -> None:
        super().__init__(f"The log {path} can't be opened: {because}. Check the path, or {_ELSEWHERE}.")


class NoLogYet(CannotOpen):
    """There is no log at that place, and none was to be made."""

    def __init__(self, path: Path) -> None:
        LogError.__init__(self, f"There is no log at {path} yet. The first consult makes it; or {_ELSEWHERE}.")


class SQLiteTooOld(LogError):
    """Python's SQLite lacks something that the log needs."""

    def __init__(self, lacks: str) -> None:
        super().__init__(
            f"Python's SQLite {lacks}. Install a newer Python (python.org or your system's packages) and try again."
        )


class Locked(LogError):
    """Another program held the write lock for longer than the busy timeout."""

    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__(
            f"The log {path} is locked: another program has kept it for more than {seconds:g} seconds."
            " Nothing was written; close the other program, or try again in a moment."
        )


class ReadOnly(LogError):
    """The file, its folder or the disk takes no writing."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The log {path} is read-only, or its folder is. Nothing was written;"
            f" make both writable for your user, or {_ELSEWHERE}."
        )


class NewerVersion(LogError):
    """The file's layout comes from a newer Curbside."""

    def __init__(self, path: Path, unknown: Sequence[str]) -> None:
        super().__init__(
            f"The log {path} was written by a newer Curbside (its layout has {', '.join(unknown)})."
            " Nothing was changed; install the newer version."
        )


class Corrupt(LogError):
    """The file is an SQLite database, and part of it is damaged."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"The log {path} is damaged ({detail}). Nothing was written;"
            f" keep the file as it is, and restore a backup or {_ELSEWHERE}."
        )


class NotADatabase(LogError):
    """The file is something else: no SQLite database, or another program's."""

    def __init__(self, path: Path, because: str) -> None:
        super().__init__(f"{path} is not a Curbside log: {because}. Nothing was changed; {_ELSEWHERE}.")


class Encrypted(NotADatabase):
    """The key, or the want of one, does not fit the file."""

    def __init__(self, path: Path, because: str) -> None:
        LogError.__init__(self, f"The log {path} can't be read: {because}. Nothing was changed.")


class NoSQLCipher(LogError):
    """A key is set, and the library that encrypts is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "CURBSIDE_DATABASE_KEY is set, and SQLCipher is not installed. Install it into the same environment"
            " (pip install sqlcipher3), or remove the setting."
        )


class DiskFull(LogError):
    """There is no room for what was to be written: a full disk, a quota or a limit on the size of files."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is no room to write to the log {path}: the disk is full, or a quota or limit is reached."
            f" This step was not kept; make room and repeat it, or {_ELSEWHERE}."
        )


class DiskFailed(LogError):
    """The operating system reported a failure while reading or writing the file."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"The disk failed at the log {path} ({detail})."
            f" This step was not kept; check the disk and its connection, or {_ELSEWHERE}."
        )


class Unstorable(LogError):
    """An event or a state holds something that is not JSON, such as half of a character."""

    def __init__(self, where: str, because: str) -> None:
        super().__init__(f"{where} can't be written to the log: {because}. Nothing was written; correct it and repeat.")


class StaleRevision(LogError):
    """The consult has moved on since it was read. `found` is 0 when it does not exist.

    Nothing was written; load the consult again and repeat the step.
    """

    def __init__(self, reference: str, expected: int, found: int) -> None:
        self.reference = reference
        self.expected = expected
        self.found = found
        super().__init__(
            f"Consult {reference} has changed in the meantime (it is at revision {found},"
            f" this step was made for {expected}). Nothing was written; open it again and repeat the step."
        )


class AlreadySeen(LogError):
    """The Slack delivery that caused the step was handled before: Slack repeats what it takes for lost.

    Nothing was written, and there is nothing to do but to acknowledge.
    """

    def __init__(self, delivery: str) -> None:
        self.delivery = delivery
        super().__init__(f"The delivery {delivery} was handled before. Nothing was written a second time.")


class NoSuchConsult(LogError):
    """No consult has this reference. `nearest` holds existing ones that differ by a slip of the pen."""

    def __init__(self, reference: str, nearest: Sequence[str] = ()) -> None:
        self.reference = reference
        self.nearest = tuple(nearest)
        hint = f"Did you mean {' or '.join(self.nearest)}?" if nearest else "`curbside log` lists the consults."
        super().__init__(f"There is no consult {reference}. {hint}")


class BadReference(NoSuchConsult):
    """What was given can't be a reference."""

    def __init__(self, given: str) -> None:
        self.reference = given
        self.nearest = ()
        shown = given if len(given) <= 40 else given[:37] + "..."
        LogError.__init__(
            self,
            f"{shown!r} is not a reference: that is C and five letters or digits, as in C-7F3K2."
            " `curbside log` lists the consults.",
        )
