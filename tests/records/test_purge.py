"""What was kept long enough is gone, to the last byte of the database's files; what the chain needs stays."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bot import failures
from bot.cli import curbside
from bot.desk import Desk
from bot.storage import Log, Post, open_log, opening, writer
from bot.storage import log as log_module
from flows.answers import parse_answers
from flows.consult import Consult
from tests.commands.conftest import CLINICIAN, Practice
from tests.flows.making import COLORADO, THREAT

LONG_AGO, RECENT = "2018-05-04T10:00:00-06:00", "2026-05-04T10:00:00-06:00"
WORDS = ("wistfulbadger", "plumcoloured", "ratherlongago", "tangerinesky")
"""Words that stand nowhere in Curbside: in the narrative, a reason, a step's result, a post."""


def consult_of(log: Log, at: str, *, secret: bool = True) -> str:
    """A decided consult of that time, with words of its own when it has a secret."""
    n, r, s, p = WORDS if secret else ("later",) * 4
    desk = Desk(log, CLINICIAN, clock=lambda: at, announce=lambda before, step, *_: [
        Post(lane="dm:U1", method="chat.postMessage", body={"text": p}, priority=1, slot=f"shown:{step.consult.reference}:1")
    ])  # fmt: skip
    answers = parse_answers({**COLORADO, **THREAT, "narrative": f"Says a {n} sat there"})
    consult, written = desk.submit_whole(answers, on=date(2026, 1, 1))
    written.result()
    kept = desk.open(consult.reference)
    assert kept.consult.result is not None
    steps = {one: {"state": "planned", "result": f"{s} it was"} for one in kept.consult.result["plan"]}
    desk.take(kept, Consult.decide, {"steps": steps, "reasons": {"law": f"a {r} reason"}})
    return consult.reference


def in_files(folder: Path, word: str) -> list[str]:
    """The files in which the word stands, whatever its case."""
    return [path.name for path in folder.iterdir() if word.encode() in path.read_bytes().lower()]


@pytest.fixture
def old(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> str:
    """The reference of an old consult; a recent one and the setting are there too."""
    monkeypatch.setenv("CURBSIDE_RETENTION", "7 years")
    with practice.log() as log:
        old = consult_of(log, LONG_AGO)
        consult_of(log, RECENT, secret=False)
        log.queue([Post(lane="dm:U1", method="views.publish", body={"view": WORDS[3]}, priority=3)])
        while due := log.due(9e9, 100):
            for post in due:
                log.mark_sending(post.id, 1.0)
                log.mark_sent(post.id, 1.0, {post.slot: "1.2"} if post.slot else {})
    return old


def test_it_is_gone_to_the_last_byte(practice: Practice, old: str) -> None:
    assert all(in_files(practice.database.parent, word) for word in WORDS)
    said = practice.run("purge", "--yes")
    assert said.status == 0
    assert f"  {old}  last worked on 2018-05-04  1 Slack message stays in Slack" in said.out
    assert "1 consult purged." in said.out and "This can't reach:" in said.out
    assert [in_files(practice.database.parent, word) for word in WORDS] == [[]] * len(WORDS)
    assert practice.run("verify").status == 0


def test_it_is_gone_where_sqlite_leaves_deleted_text_in_the_file(
    practice: Practice, old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some systems build SQLite so that it overwrites what is deleted; most do not."""

    def careless(*given: Any, **how: Any) -> Database:
        db = opening.connect(*given, **how)
        db.execute("PRAGMA secure_delete = OFF")
        return db

    for module in (log_module, writer):
        monkeypatch.setattr(module, "connect", careless)
    assert practice.run("purge", "--yes").status == 0
    assert [in_files(practice.database.parent, word) for word in WORDS] == [[]] * len(WORDS)


def test_what_stays_is_who_and_when(practice: Practice, old: str) -> None:
    practice.run("purge", "--yes")
    with practice.log() as log:
        row, events = log.consult(old), log.events(old)
    assert (row.reference, row.clinician, row.status) == (old, CLINICIAN, "purged")
    assert (row.concern, row.level, row.duty, row.jurisdiction, row.state["given"]) == (None, None, None, None, {})
    assert [event.data is None for event in events] == [True] * (len(events) - 1) + [False]
    assert events[-1].kind == "content_purged" and events[-1].data == {"events": [event.id for event in events[:-1]]}
    assert f"The content of {old} was purged" in practice.refused("show", old)
    assert f"The content of {old} was purged" in practice.refused("show", old, "--note")
    assert "its content was removed" in practice.run("show", old, "--events").out
    assert practice.run("show", old, "--json").data["answers"] == {}
    assert "content purged" in practice.run("audit", old).out
    assert practice.run("log", "--status", "purged").out.startswith(old)
    for words in (["addendum", old, "text"], ["hold", old, "--reason", "text"]):
        assert "was purged" in practice.refused(*words)
    assert practice.run("search", WORDS[0]).out.count(old) == 0
    assert practice.run("report", old, "call_911", "done").status == 2
    assert practice.run("log").status == 0 and practice.run("search", old).status == 0


def test_the_recent_one_is_whole_and_still_found(practice: Practice, old: str) -> None:
    practice.run("purge", "--yes")
    with practice.log() as log:
        [hit] = log.search("later sat")
        assert hit.consult.reference != old
        assert all(event.data is not None for event in log.events(hit.consult.reference))
        assert log.profile(CLINICIAN) is None


def test_a_second_purge_finds_nothing(practice: Practice, old: str) -> None:
    practice.run("purge", "--yes")
    said = practice.run("purge", "--yes")
    assert said.status == 0 and said.out.strip().endswith("0 consults would be purged.")
    assert practice.run("verify").status == 0


def test_it_asks_and_no_means_no(practice: Practice, old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.confirm", lambda *_, **__: False)
    said = practice.run("purge")
    assert said.status == 2 and "1 consult would be purged" in said.out and "Nothing was purged" in said.err
    with practice.log() as log:
        assert log.consult(old).status == "decided"
    monkeypatch.setattr("click.confirm", lambda *_, **__: True)
    assert practice.run("purge").status == 0
    with practice.log() as log:
        assert log.consult(old).status == "purged"


def test_a_dry_run_shows_and_does_nothing(practice: Practice, old: str) -> None:
    before = practice.written()
    assert old in practice.run("purge", "--dry-run").out
    assert old not in practice.run("purge", "--dry-run", "--on", "2025-05-03").out
    assert old in practice.run("purge", "--dry-run", "--on", "2025-05-04").out
    assert practice.written() == before


def test_a_hold_keeps_it_and_a_release_lets_it_go(practice: Practice, old: str) -> None:
    assert practice.run("hold", old, "--reason", "Records request").status == 0
    assert "under a hold already" in practice.refused("hold", old, "--reason", "Again")
    assert "Records request" in practice.run("show", old).words
    said = practice.run("purge", "--yes")
    assert f"{old}  last worked on 2018-05-04  stays: legal hold since" in said.out
    with practice.log() as log:
        assert log.consult(old).status == "decided"
    assert practice.run("release", old, "--reason", "It is over").status == 0
    assert "is under no hold" in practice.refused("release", old, "--reason", "Again")
    assert "1 consult purged." in practice.run("purge", "--yes").out, "neither hold nor release makes it younger"
    assert practice.run("verify").status == 0


def test_work_on_it_makes_it_younger(practice: Practice, old: str) -> None:
    practice.run("addendum", old, "Looked at again")
    assert "0 consults would be purged" in practice.run("purge", "--yes").out


def test_without_a_setting_nothing_is_purged(practice: Practice, old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CURBSIDE_RETENTION")
    assert "CURBSIDE_RETENTION is not set, so consults are kept for good" in practice.refused("purge", "--yes")
    monkeypatch.setenv("CURBSIDE_RETENTION", "a while")
    assert "is no time" in practice.refused("purge", "--yes")
    monkeypatch.setenv("CURBSIDE_RETENTION", "7 years")
    assert "only with --dry-run" in practice.refused("purge", "--on", "2026-01-01")
    assert "is no date" in practice.refused("purge", "--dry-run", "--on", "2025-02-29")
    assert "There is no consult" in practice.refused("hold", "C-99999", "--reason", "x")
    assert "--reason is empty" in practice.refused("hold", old, "--reason", " ")


def test_a_reader_in_the_way_leaves_it_due_and_the_next_run_finishes(practice: Practice, old: str) -> None:
    with practice.log() as reader, reader._reading() as db:  # type: ignore[attr-defined]
        db.execute("SELECT count(*) FROM events").fetchone()
        said = practice.run("purge", "--yes")
    assert said.status == 2 and "traces may still stand in the database file" in said.err
    with practice.log() as log:
        assert log.consult(old).status == "purged" and log.sweep_due()
    said = practice.run("purge", "--yes")
    assert said.status == 0 and "An earlier purge was interrupted" in said.out
    assert [in_files(practice.database.parent, word) for word in WORDS] == [[]] * len(WORDS)


def test_a_running_program_goes_on(practice: Practice, old: str) -> None:
    """As the one in Slack, whose connections are open but idle while another process purges."""
    with practice.log() as running:
        running.consults()
        assert practice.run("purge", "--yes").status == 0
        consult_of(running, RECENT, secret=False)
        assert running.consult(old).status == "purged"
        assert running.check_chain() == []
    assert [in_files(practice.database.parent, word) for word in WORDS] == [[]] * len(WORDS)


def in_a_child(work: Callable[[], Any]) -> int:
    """Run it in a process of its own; its exit status, negative when it was killed."""
    child = os.fork()
    if child == 0:
        try:
            status = work()
        finally:
            os._exit(status if isinstance(status, int) else 70)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(statement: int) -> int:
    """`curbside purge --yes` in a process that is killed when it comes to this statement; its exit status."""
    left = [statement]

    def counted(said: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def traced(*given: Any, **how: Any) -> Database:
        db = opening.connect(*given, **how)
        db.conn.set_trace_callback(counted)
        return db

    def work() -> int:
        for module in (log_module, writer):
            module.connect = traced  # type: ignore[attr-defined]
        return failures.run(lambda: curbside.main(["purge", "--yes"], prog_name="curbside", standalone_mode=False))

    return in_a_child(work)


def test_a_kill_at_any_statement_leaves_the_old_or_the_new(practice: Practice, old: str) -> None:
    whole = practice.database.read_bytes()
    seen = set()
    for statement in range(1, 2000, 7):
        for path in practice.database.parent.iterdir():
            path.unlink()
        practice.database.write_bytes(whole)
        status = killed_at(statement)
        with open_log(practice.database) as log:
            row, events = log.consult(old), log.events(old)
            assert log.check_chain() == []
            is_new = row.status == "purged"
            assert all((event.data is None) == is_new for event in events if event.kind != "content_purged")
            assert bool(log.search(WORDS[0])) != is_new
            seen.add((is_new, log.sweep_due()))
        assert practice.run("purge", "--yes").status == 0
        assert [in_files(practice.database.parent, word) for word in WORDS] == [[]] * len(WORDS), statement
        if status == 0:
            break
        assert status == -signal.SIGKILL
    assert status == 0
    assert seen == {(False, False), (True, True), (True, False)}
