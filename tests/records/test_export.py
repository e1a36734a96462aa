"""An export for a request: whole, readable by other programs' readers, with hashes that hold, and itself recorded."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import sqlite3
import stat
import zipfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from pypdf import PdfReader

from bot.desk import Desk
from bot.records import exporting
from bot.records.exporting import plain_text
from bot.records.facts import as_csv
from bot.records.pdf import make_pdf
from bot.records.recording import add_event, whole_note
from flows.after_care import care_steps
from flows.answers import parse_answers
from flows.consult import Consult
from flows.reviewing import review
from tests.commands.conftest import Practice
from tests.flows.making import ANGER, COLORADO, THREAT
from tests.storage.test_tampering import without_triggers


def text_of(pdf: bytes) -> str:
    """What a PDF reader finds in it, in one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def consult_of(practice: Practice, clinician: str, at: str, answers: Any = THREAT, **more: Any) -> str:
    with practice.log() as log:
        whole = parse_answers({**COLORADO, **answers, **more})
        consult, written = Desk(log, clinician, clock=lambda: at).submit_whole(whole, on=date.fromisoformat(at[:10]))
        written.result()
        return consult.reference


def exported(practice: Practice, *words: str) -> Path:
    """The folder of an export."""
    said = practice.run("export", *words, "--to", "out")
    assert said.status == 0, said
    return practice.database.parent / "out"


def test_everything_is_there_and_the_hashes_hold(practice: Practice) -> None:
    reference = practice.decided()
    practice.run("addendum", reference, "Seen again on Friday")
    folder = exported(practice, reference)
    manifest = json.loads((folder / "manifest.json").read_text())
    listed = {one["path"]: one for one in manifest["files"]}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == {*listed, "manifest.json"}
    forms = {"note.md", "note.txt", "note.pdf", "bundle.json", "events.json"}
    assert there == {f"consults/{reference}/{one}" for one in forms} | {
        "README.txt",
        "facts.csv",
        "facts.json",
        "manifest.json",
    }
    for name, one in listed.items():
        content = (folder / name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (one["sha256"], one["bytes"])
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    note = (folder / f"consults/{reference}/note.md").read_text()
    assert note == practice.run("show", reference, "--note").out and "Seen again on Friday" in note
    events = json.loads((folder / f"consults/{reference}/events.json").read_text())
    with practice.log() as log:
        assert [event["hash"] for event in events] == [event.hash for event in log.events(reference)]
        [access, _] = log.accesses(reference)
    assert access.what == "export"
    assert access.detail["manifest_sha256"] == hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    assert manifest["log"]["unaltered"] is True and manifest["consults"] == [reference]


def test_the_pdf_is_found_by_a_reader(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURBSIDE_LETTERHEAD", "Invented Practice|1 Nowhere Street")
    reference = consult_of(
        practice, "U0INVENTED", "2026-03-02T12:00:00-07:00", ANGER, narrative="Zdrowie <b>日本</b> & more",
        decision={"steps": {"consult_colleague_or_counsel": {"state": "done", "result": "counsel was asked first"}}},
    )  # fmt: skip
    practice.run("addendum", reference, "Seen again on Friday")
    pdf = (exported(practice, reference) / f"consults/{reference}/note.pdf").read_bytes()
    assert 1 <= len(PdfReader(io.BytesIO(pdf)).pages) <= 3
    text = text_of(pdf)
    with practice.log() as log:
        row, last = log.consult(reference), log.events(reference)[-1]
    result = row.state["result"]
    for expected in (
        "Invented Practice", "1 Nowhere Street", f"Consult {reference}", "U0INVENTED", "2026-03-02 12:00:00 UTC-07:00",
        result["level_says"], result["law"]["table_version"], result["law"]["verified_on"], result["flow_version"],
        result["law"]["rules"][0]["citation"], result["law"]["duty_says"], "Options considered", "counsel was asked first",
        "Disclosures", "Review and signatures Not signed; since", "Seen again on Friday", last.hash, "page 1 of",
        "Zdrowie <b>[U+65E5][U+672C]</b> & more", "the log was unaltered",
    ):  # fmt: skip
        assert expected in text, expected


def test_reviews_of_other_parts_stand_in_the_pdf(practice: Practice) -> None:
    reference = practice.decided()
    at = "2026-11-25T15:00:00-07:00"
    with practice.log() as log:
        desk = Desk(log, "U0SUPER", clock=lambda: at)
        kept = desk.open(reference)
        assert "Review and signatures" not in whole_note(kept.consult, log.events(reference)), (
            "nobody has said anything"
        )
        for action, said in (("advise", "Agreed with the plan"), ("sign", None)):
            kept = desk.take(kept, review, action, role="supervisor", text=said)
        add_event(log, reference, "paged", {"round": 1, "to": ["U1", "U2"]}, at=at, actor="curbside")
    folder = exported(practice, reference) / f"consults/{reference}"
    text, note = text_of((folder / "note.pdf").read_bytes()), (folder / "note.md").read_text()
    when = "2026-11-25 15:00:00 UTC-07:00"
    for expected in (
        f"Signed by U0SUPER, {when}.", f"{when} U0SUPER advises: Agreed with the plan", f"{when} U0SUPER has signed",
        f"{when} curbside paged; round: 1; to U1, U2",
    ):  # fmt: skip
        assert expected in text, expected
    assert (
        f"## Review and signatures\n- Signed by U0SUPER, {when}.\n- {when}, U0SUPER advises: Agreed with the plan\n"
        in note
    )
    assert note.index("## Review and signatures") < note.index("## Addenda")


def test_the_care_after_a_disclosure_stands_in_every_form(practice: Practice) -> None:
    reference = practice.decided()
    at = "2026-11-25T15:00:00-07:00"
    with practice.log() as log:
        desk = Desk(log, "U0INVENTED", clock=lambda: at)
        kept = desk.take(desk.open(reference), Consult.report, "warn_victim", {"state": "done"})
        for step, done in (("tell_client", True), ("repair", True), ("repair", False)):
            kept = desk.take(kept, Consult.report_care, step, done)
        of = len(care_steps(kept.consult.care))
    folder = exported(practice, reference) / f"consults/{reference}"
    text, note = text_of((folder / "note.pdf").read_bytes()), (folder / "note.md").read_text()
    assert note.count(f"Done: {at}, U0INVENTED.") == 1 and note.count("Not recorded as done yet.") == of - 1
    assert "Care of the client afterwards Step Done By Tell the client whom you told" in text
    assert text.count("not recorded as done") == of - 1
    assert "care of the client afterwards, not done after all: Ask how it was" in text
    facts = json.loads((folder.parents[1] / "facts.json").read_text())
    assert [(one["care_done"], one["care_due"]) for one in facts] == [(1, of)]
    shown = practice.run("show", reference).out
    assert "✓ Tell the client whom you told" in shown and shown.count("Open: ") == of - 1
    happened = " ".join(practice.run("show", reference, "--events").out.split())
    assert "care of the client afterwards: done: Tell the client" in happened


def test_a_pdf_of_the_same_is_the_same() -> None:
    one, two = (make_pdf("Title", [], letterhead="L", footer="F", size=size) for size in ("a4", "a4"))
    assert one == two != make_pdf("Title", [], letterhead="L", footer="F")


@pytest.mark.parametrize("answers", [THREAT, ANGER], ids=["threat", "anger"])
def test_the_fhir_is_valid_and_says_the_same(practice: Practice, answers: Any) -> None:
    reference = consult_of(
        practice, "U0INVENTED", "2026-03-02T12:00:00-07:00", answers, narrative="In own words", setting=[]
    )
    folder = exported(practice, reference)
    bundle: Any = Bundle.model_validate_json((folder / f"consults/{reference}/bundle.json").read_text())
    found: dict[str, list[Any]] = {}
    for entry in bundle.entry:
        assert entry.fullUrl == f"urn:uuid:{entry.resource.id}"
        found.setdefault(entry.resource.get_resource_type(), []).append(entry.resource)
    assert {name: len(ones) for name, ones in found.items()} == {
        "Questionnaire": 1, "QuestionnaireResponse": 1, "RiskAssessment": 1, "Observation": 3, "DocumentReference": 1,
    }  # fmt: skip
    with practice.log() as log:
        state = log.consult(reference).state
    [risk] = found["RiskAssessment"]
    levels = [one.qualitativeRisk.coding[0].code for one in risk.prediction]
    assert levels == [state["result"]["level_for"][who] for who in ("others", "self")]
    said = {one.code.coding[0].code: one.valueCodeableConcept.coding[0].code for one in found["Observation"]}
    assert said == {name: one["value"] for name, one in state["result"]["findings"].items()}
    [response], [asked] = found["QuestionnaireResponse"], found["Questionnaire"]
    assert response.questionnaire == f"{asked.url}|{asked.version}" and response.status == "completed"
    assert {item.linkId for item in response.item} == set(state["given"])
    known = {item.linkId: {option.valueCoding.code for option in item.answerOption or ()} for item in asked.item}
    for item in response.item:
        for one in item.answer or ():
            assert one.valueString == "In own words" or one.valueCoding.code in known[item.linkId]
    [document] = found["DocumentReference"]
    raw = json.loads((folder / f"consults/{reference}/bundle.json").read_text())["entry"][-1]["resource"]
    data = raw["content"][0]["attachment"]["data"]
    assert (
        document.docStatus == "preliminary"
        and base64.b64decode(data, validate=True) == (folder / f"consults/{reference}/note.pdf").read_bytes()
    )
    assert response.subject.identifier.value == reference


def test_an_unfinished_consult_has_no_note_but_the_rest(practice: Practice) -> None:
    reference = practice.begun().reference
    folder = exported(practice, "--all")
    assert {path.name for path in (folder / "consults" / reference).iterdir()} == {"bundle.json", "events.json"}
    bundle: Any = Bundle.model_validate_json((folder / f"consults/{reference}/bundle.json").read_text())
    assert [entry.resource.get_resource_type() for entry in bundle.entry] == ["Questionnaire", "QuestionnaireResponse"]
    assert bundle.entry[1].resource.status == "in-progress"


def test_a_zip_holds_the_same(practice: Practice) -> None:
    reference = practice.low()
    folder = exported(practice, reference)
    assert practice.run("export", reference, "--to", "out.zip").status == 0
    archive = practice.database.parent / "out.zip"
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with zipfile.ZipFile(archive) as packed:
        assert packed.testzip() is None
        assert {name.removeprefix("out/") for name in packed.namelist()} == {
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        }
    assert "out.zip exists. Name another, or replace it with --force." in practice.refused(
        "export", "--all", "--to", "out.zip"
    )
    assert practice.run("export", "--all", "--force", "--to", "out.zip").status == 0
    assert not [path.name for path in practice.database.parent.iterdir() if "unfinished" in path.name]


def test_what_is_chosen(practice: Practice) -> None:
    one = consult_of(practice, "U1", "2026-03-01T23:59:00-07:00")
    two = consult_of(practice, "U1", "2026-03-31T12:00:00-06:00", ANGER)
    three = consult_of(practice, "U2", "2026-04-01T00:00:00-06:00")
    chosen = {
        ("--all",): {one, two, three},
        (two.lower(), three): {two, three},
        ("--clinician", "U1"): {one, two},
        ("--since", "2026-03-31"): {two, three},
        ("--until", "2026-03-31"): {one, two},
        ("--since", "2026-03-02", "--until", "2026-03-31"): {two},
        ("--level", "low"): {two},
        ("--level", "high", "--clinician", "U2"): {three},
        (one, three, "--clinician", "U2"): {three},
    }
    for number, (words, expected) in enumerate(chosen.items()):
        assert practice.run("export", *words, "--only", "facts", "--to", f"out-{number}").status == 0
        facts = json.loads((practice.database.parent / f"out-{number}" / "facts.json").read_text())
        assert {row["reference"] for row in facts} == expected, words


def test_the_facts_as_a_table(practice: Practice) -> None:
    reference = practice.consult(narrative="Not in here")
    practice.begun()
    folder = exported(practice, "--all", "--only", "facts")
    text = (folder / "facts.csv").read_text()
    rows = list(csv.DictReader(io.StringIO(text)))
    [row] = [row for row in rows if row["reference"] == reference]
    assert (row["jurisdiction"], row["threat"], row["level"]) == ("CO", THREAT["threat"], "high")
    answered = {key: value for key, value in THREAT.items() if isinstance(value, str)}
    assert {key: row[key] for key in answered} == answered, "no column of the result hides an answer"
    assert row["steps_suggested"].startswith("consult_colleague_or_counsel ")
    assert row["aggravating.psychosis"] in ("yes", "no", "unknown") and row["finding_specific"] == "yes"
    assert "Not in here" not in text + (folder / "facts.json").read_text()
    assert len(rows) == 2 and rows[0].keys() == rows[1].keys()


def test_a_cell_is_no_formula() -> None:
    assert as_csv([{"clinician": "=1+1", "n": 2}]) == "clinician,n\r\n'=1+1,2\r\n"


def test_a_note_in_plain_text() -> None:
    assert (
        plain_text("# Consult\n- **Outstanding**, x: _(to be added)_\n") == "CONSULT\n- Outstanding, x: (to be added)\n"
    )


REFUSED = {
    "nothing chosen": (["--to", "out"], "Say which consults"),
    "all and some": (["--all", "--level", "low", "--to", "out"], "Say which consults"),
    "no such consult": (["C-99999", "--to", "out"], "There is no consult C-99999"),
    "none that fits": (["--clinician", "nobody", "--to", "out"], "There is nothing to export"),
    "no date": (["--since", "yesterday", "--to", "out"], "--since: 'yesterday' is no date"),
    "no such day": (["--until", "2026-02-30", "--to", "out"], "is no date"),
    "days exchanged": (
        ["--since", "2026-02-02", "--until", "2026-02-01", "--to", "out"],
        "--since is later than --until",
    ),
    "no such level": (["--level", "huge", "--to", "out"], "'huge' is not one of"),
    "no folder": (["--all", "--to", "nowhere/out"], "There is no folder nowhere"),
    "a folder that is there": (["--all", "--to", "."], "exists. Name a new folder"),
    "a file that is there": (["--all", "--force", "--to", "log.db"], "exists. Name a new folder"),
    "no place": (["--all"], "Missing option '--to'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_leaves_nothing(practice: Practice, case: str) -> None:
    practice.low()
    words, expected = REFUSED[case]
    assert expected in practice.refused("export", *words)
    assert {path.name for path in practice.database.parent.iterdir()} == {"log.db"}
    with practice.log() as log:
        assert log.accesses() == []


def test_a_disk_that_is_full_leaves_nothing(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    practice.low()

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "_write", full)
    assert "no space left on device. Nothing was exported." in practice.refused("export", "--all", "--to", "out")
    assert {path.name for path in practice.database.parent.iterdir()} == {"log.db"}


def test_an_altered_log_is_exported_and_said(practice: Practice) -> None:
    practice.low()
    with closing(sqlite3.connect(practice.database)) as raw, raw, without_triggers(raw):
        raw.execute("UPDATE events SET actor = 'somebody' WHERE id = 2")
    said = practice.run("export", "--all", "--to", "out")
    assert said.status == 1 and "event 2 of" in said.err
    folder = practice.database.parent / "out"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["log"]["unaltered"] is False and "event 2" in manifest["log"]["first_fault"]
    [pdf] = folder.rglob("note.pdf")
    assert "THE LOG WAS FOUND ALTERED" in text_of(pdf.read_bytes())


def test_what_was_purged_is_left_out_and_named(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    old = consult_of(practice, "U1", "2010-03-01T12:00:00-07:00")
    new = consult_of(practice, "U1", "2026-03-01T12:00:00-07:00")
    monkeypatch.setenv("CURBSIDE_RETENTION", "7 years")
    assert practice.run("purge", "--yes").status == 0
    said = practice.run("export", "--all", "--to", "out")
    assert f"Left out, since their content was purged: {old}" in said.out
    manifest = json.loads((practice.database.parent / "out" / "manifest.json").read_text())
    assert (manifest["consults"], manifest["left_out_because_purged"]) == ([new], [old])
    assert "There is nothing to export" in practice.refused("export", old, "--to", "out-2")
