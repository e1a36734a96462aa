"""An export for a request: notes, printed records, events and facts of chosen consults, with a manifest of hashes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from bot.desk import kept
from bot.failures import Refused
from bot.records.facts import as_csv, facts_row
from bot.records.recording import whole_note
from bot.records.retention import every_row
from bot.records.verifying import verify
from bot.storage import PURGED, ConsultRow, Log, StoredEvent
from flows.consult import Consult

FORMS = ("notes", "pdf", "fhir", "events", "facts")
MANIFEST = "manifest.json"
READ_ME = """\
An export of consults from Curbside.

consults/REFERENCE/note.md, note.txt, note.pdf   the note of a consult that has a result
consults/REFERENCE/bundle.json                   the same as an HL7 FHIR R4B Bundle
consults/REFERENCE/events.json                   everything that happened, in order, with the hashes of the log
facts.csv, facts.json                            the structured facts of all of them, without free text
manifest.json                                    what was asked for, and SHA-256 of each file

The log keeps the SHA-256 of manifest.json with the record of this export ('curbside audit REFERENCE').
"""


@dataclass(frozen=True)
class Wanted:
    """Which consults: those of these references, or else those for which all that is given holds. Days are of the start,
    both included."""

    references: tuple[str, ...] = ()
    clinician: str | None = None
    since: date | None = None
    until: date | None = None
    level: str | None = None

    def rows(self, log: Log) -> list[ConsultRow]:
        """The rows, the first begun first. NoSuchConsult for a reference that does not exist."""
        if self.references:
            found = {row.reference: row for row in map(log.consult, self.references)}
            return sorted((row for row in found.values() if self._holds(row)), key=lambda row: row.started_at)
        return [row for row in reversed(every_row(log)) if self._holds(row)]

    def _holds(self, row: ConsultRow) -> bool:
        day = datetime.fromisoformat(row.started_at).date()
        return (
            self.clinician in (None, row.clinician)
            and self.level in (None, row.level)
            and (self.since is None or day >= self.since)
            and (self.until is None or day <= self.until)
        )

    def as_data(self) -> dict[str, Any]:
        """What was asked for, for the manifest."""
        found = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class Exported:
    """What was exported. `left_out`: references whose content was purged. `fault`: the log's first, None when unaltered."""

    references: tuple[str, ...]
    left_out: tuple[str, ...]
    files: int
    manifest_hash: str
    fault: str | None


def export(
    log: Log,
    wanted: Wanted,
    target: Path,
    forms: Sequence[str],
    *,
    at: str,
    actor: str,
    letterhead: str = "",
    force: bool = False,
) -> Exported:
    """Write the export to `target`, a folder or, when its name ends in .zip, a zip; recorded before it gets its name.

    Raises Refused for a target that won't do, or when there is nothing to export; then nothing is left behind.
    """
    check_target(target, force)
    rows = wanted.rows(log)
    purged = tuple(row.reference for row in rows if row.status == PURGED)
    rows = [row for row in rows if row.status != PURGED]
    if not rows:
        raise Refused(
            f"There is nothing to export: no such consult{', whose content was not purged' if purged else ''}."
        )
    verified = verify(log)
    fault = verified.faults[0].what if verified.faults else None
    work = target.with_name(f".{target.name}.unfinished")
    _remove(work)
    try:
        work.mkdir(mode=0o700)
        made = _Maker(work, log, forms, at, actor, letterhead, fault is None)
        for row in rows:
            made.consult(row)
        made.facts()
        manifest = {
            "form": "curbside-export-1",
            "made_at": at,
            "made_by": actor,
            "asked_for": wanted.as_data(),
            "consults": [row.reference for row in rows],
            "left_out_because_purged": list(purged),
            "log": {
                "unaltered": fault is None,
                **({"first_fault": fault} if fault else {}),
                "events": {"number": verified.events.number, "hash": verified.events.hash},
                "accesses": {"number": verified.accesses.number, "hash": verified.accesses.hash},
            },
            "files": made.files,
        }
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        _write(work / MANIFEST, text.encode())
        manifest_hash = hashlib.sha256(text.encode()).hexdigest()
        detail = {"to": str(target.absolute()), "forms": " ".join(forms), "manifest_sha256": manifest_hash}
        for row in rows:
            log.record_access("export", at=at, actor=actor, reference=row.reference, detail=detail)
        _finish(work, target, at, force)
    except OSError as error:
        raise Refused(
            f"{target} can't be written: {(error.strerror or str(error)).lower()}. Nothing was exported."
        ) from None
    finally:
        _remove(work)
    return Exported(tuple(row.reference for row in rows), purged, len(made.files) + 1, manifest_hash, fault)


def check_target(target: Path, force: bool) -> None:
    """Raises Refused when the export can't be written there."""
    if not target.parent.is_dir():
        raise Refused(f"There is no folder {target.parent}. Make it first, or name another place.")
    if not target.exists():
        return
    if target.is_dir() or not _is_zip(target):
        raise Refused(f"{target} exists. Name a new folder, or a file that ends in .zip.")
    if not force:
        raise Refused(f"{target} exists. Name another, or replace it with --force.")


def plain_text(markdown: str) -> str:
    """A note's Markdown as plain text, to paste where marks would only stand in the way."""
    lines = []
    for line in markdown.splitlines():
        if heading := re.fullmatch(r"#+ (.*)", line):
            lines += [heading[1].upper()]
        else:
            lines.append(re.sub(r"\*\*(.+?)\*\*|_\((.+?)\)_", lambda found: found[1] or f"({found[2]})", line))
    return "\n".join(lines) + "\n"


class _Maker:
    """Writes the files of an export, and notes each with its hash."""

    def __init__(
        self, work: Path, log: Log, forms: Sequence[str], at: str, actor: str, letterhead: str, unaltered: bool
    ) -> None:
        self._work, self._log, self._forms = work, log, forms
        self._at, self._actor, self._letterhead, self._unaltered = at, actor, letterhead, unaltered
        self._facts: list[dict[str, Any]] = []
        self.files: list[dict[str, Any]] = []
        self._add("README.txt", READ_ME.encode())

    def consult(self, row: ConsultRow) -> None:
        """All forms of one consult."""
        consult, events = kept(row).consult, self._log.events(row.reference)
        folder = f"consults/{row.reference}"
        self._facts.append(facts_row(consult))
        pdf = None
        if consult.result is not None:
            note = whole_note(consult, events)
            if "notes" in self._forms:
                self._add(f"{folder}/note.md", note.encode())
                self._add(f"{folder}/note.txt", plain_text(note).encode())
            if {"pdf", "fhir"} & set(self._forms):
                pdf = self._pdf(consult, events)
            if pdf and "pdf" in self._forms:
                self._add(f"{folder}/note.pdf", pdf)
        if "fhir" in self._forms:
            from bot.records.fhir import make_bundle

            self._add(f"{folder}/bundle.json", make_bundle(consult, events, at=self._at, pdf=pdf).encode())
        if "events" in self._forms:
            told = [asdict(event) for event in events]
            self._add(f"{folder}/events.json", _json(told))

    def facts(self) -> None:
        """The facts of all of them together."""
        if "facts" in self._forms:
            self._add("facts.csv", as_csv(self._facts).encode())
            self._add("facts.json", _json(self._facts))

    def _pdf(self, consult: Consult, events: list[StoredEvent]) -> bytes:
        from bot.records.paper import Stamp, parts_of
        from bot.records.pdf import make_pdf
        from bot.records.reviewed import moment

        stamp = Stamp(self._at, self._actor, self._log.head(), self._unaltered)
        footer = (
            f"Consult {consult.reference}; printed {moment(self._at)}; event {events[-1].id}, {events[-1].hash[:16]}…"
        )
        title = f"Consult {consult.reference}"
        return make_pdf(title, parts_of(consult, events, stamp), letterhead=self._letterhead, footer=footer)

    def _add(self, name: str, content: bytes) -> None:
        path = self._work / PurePosixPath(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, content)
        self.files.append({"path": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()})


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    held = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(held, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(held)


def _finish(work: Path, target: Path, at: str, force: bool) -> None:
    """Give it its name: at every moment there is nothing, what was there before, or the whole."""
    if not _is_zip(target):
        check_target(target, force)
        work.rename(target)
        return
    packed = target.with_name(f".{target.name}.unfinished.zip")
    packed.unlink(missing_ok=True)
    try:
        _write(packed, b"")
        when = datetime.fromisoformat(at).timetuple()[:6]
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, path in _files(work):
                entry = zipfile.ZipInfo(f"{target.stem}/{name}", date_time=max(when, (1980, 1, 1, 0, 0, 0)))
                entry.external_attr = 0o600 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
        check_target(target, force)
        packed.replace(target)
    finally:
        packed.unlink(missing_ok=True)


def _files(work: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(work.rglob("*")):
        if path.is_file():
            yield path.relative_to(work).as_posix(), path


def _is_zip(target: Path) -> bool:
    return target.suffix.lower() == ".zip"


def _remove(work: Path) -> None:
    shutil.rmtree(work, ignore_errors=True)
