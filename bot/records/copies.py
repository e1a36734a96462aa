"""Backups of the log, which may be at work, and putting one back in its place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.failures import Refused
from bot.records.verifying import state_fault
from bot.storage import Corrupt, Fault, Head, Log, LogError, NewerVersion, NoLogYet, NotADatabase

if TYPE_CHECKING:
    from collections.abc import Iterator

Progress = Callable[[int, int], None]


class Altered(Exception):
    """The copy is not what was once written; nothing was put in place."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(faults[0].what)


@dataclass(frozen=True)
class Copied:
    """A copy that was written and verified. `kept`: where the log is now that was there before."""

    head: Head
    faults: tuple[Fault, ...] = ()
    kept: Path | None = None
    head_before: Head | None = None


def back_up(
    log: Log,
    target: Path,
    key: str | None,
    *,
    database: Path,
    force: bool = False,
    altered: bool = False,
    progress: Progress | None = None,
) -> Copied:
    """Copy the log into a new file, verify that, and only then give it its name. Others go on writing meanwhile.

    `database`: where the log is. `force`: in place of a file that is there. `altered`: even when the log is not what was written.
    Raises Refused, LogError, Altered; then there is no new file, and what was there is untouched.
    """
    from bot.storage import copying

    check_target(target, database, force)
    with copying.beside(target) as made:
        log.copy_to(made, progress)
        faults = copying.file_faults(made, key, state_check=state_fault)
        if faults and not altered:
            raise Altered(faults)
        head, _ = copying.file_heads(made, key)
        copying.stand_alone(made, key)
        check_target(target, database, force)  # somebody may have made it meanwhile
        copying.put_in_place(made, target)
    return Copied(head, tuple(faults))


def put_back(
    source: Path, database: Path, key: str | None, *, force: bool = False, altered: bool = False,
    progress: Progress | None = None,
) -> Copied:  # fmt: skip
    """Put a backup in the log's place, once it is verified; the log that was there is kept beside it.

    Raises Refused, LogError, Altered; then the log is as it was. Nobody else may use the log meanwhile: the caller
    owns it.
    """
    from bot.storage import copying

    _check_source(source, database)
    with copying.beside(database) as made:
        with _about(source):
            copying.copy(source, made, key, progress)
            faults = copying.file_faults(made, key, state_check=state_fault)
        if faults and not altered:
            raise Altered(faults)
        head, _ = copying.file_heads(made, key)
        copying.forget_what_was_sent(made, key)
        copying.stand_alone(made, key)
        kept, before = _what_was_there(database, key, force)
        copying.put_in_place(made, database, aside=kept, alone=lambda: copying.stand_alone(database, key))
    return Copied(head, tuple(faults), kept, before)


def _what_was_there(database: Path, key: str | None, force: bool) -> tuple[Path | None, Head | None]:
    """Where the log that is there will be kept, and its head, when it can be read."""
    from bot.storage import copying

    if not database.exists():
        return None, None
    if not force:
        raise Refused(
            f"There is a log at {database} already. --force puts the backup in its place and keeps it beside."
        )
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    kept = database.with_name(f"{database.name}.replaced-{stamp}")
    number = 1
    while kept.exists():
        number += 1
        kept = database.with_name(f"{database.name}.replaced-{stamp}-{number}")
    try:
        return kept, copying.file_heads(database, key)[0]
    except LogError:
        return kept, None


def check_target(target: Path, database: Path, force: bool) -> None:
    """Raises Refused when a backup of the log at `database` can't be written there."""
    if target.exists() and database.exists() and target.samefile(database):
        raise Refused(f"{target} is the log itself. Name another file.")
    if target.is_dir():
        raise Refused(f"{target} is a folder; name a file in it.")
    if not target.parent.is_dir():
        raise Refused(f"There is no folder {target.parent}. Make it first, or name another file.")
    if target.exists() and not target.is_file():
        raise Refused(f"{target} is not an ordinary file; name another.")
    if target.exists() and not force:
        raise Refused(f"{target} exists. Name another file, or replace it with --force.")


def _check_source(source: Path, database: Path) -> None:
    if not source.exists():
        raise Refused(f"There is no file {source}.")
    if not source.is_file():
        raise Refused(f"{source} is not an ordinary file.")
    if database.exists() and source.samefile(database):
        raise Refused(f"{source} is the log itself, not a backup of it.")
    if source.stat().st_size == 0:
        raise Refused(f"The backup {source} is empty. Nothing was changed.")


@contextmanager
def _about(source: Path) -> Iterator[None]:
    """What is wrong with the backup, said of the backup."""
    try:
        yield
    except (NotADatabase, NoLogYet):
        why = "it is no Curbside log, or it is encrypted and CURBSIDE_DATABASE_KEY does not fit"
    except Corrupt:
        why = "it is damaged, or was cut short"
    except NewerVersion:
        why = "it was written by a newer Curbside; install that first"
    else:
        return
    raise Refused(f"The backup {source} can't be restored: {why}. Nothing was changed.")


def rekey(database: Path, old: str | None, new: str | None) -> None:
    """Write the log anew under another key, or none, verify that, and put it in the old one's place.

    Raises LogError; Refused when what was written is not the same; then the log is as it was. Nobody else may use the
    log meanwhile: the caller owns it.
    """
    from bot.storage import copying

    with copying.beside(database) as made:
        before = copying.file_heads(database, old)
        copying.stand_alone(database, old)  # nobody else has it open now
        copying.rewrite(database, made, old, new)
        faults = copying.file_faults(made, new, before)
        if faults or copying.file_heads(made, new) != before:
            why = faults[0].what if faults else "it is not the same"
            raise Refused(
                f"The log was not given another key: the copy can't be trusted ({why}). `curbside verify` says more."
            )
        copying.stand_alone(made, new)
        copying.put_in_place(made, database, alone=lambda: copying.stand_alone(database, old))
