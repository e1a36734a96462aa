"""`curbside browse`: the facts in a browser, with the real Datasette; for this machine and the link's owner, to read only."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from bot.records.browsing import ABOUT, browsable
from bot.storage.memory_tables import MemoryTable
from tests.commands.conftest import CLINICIAN, Practice
from tests.records.test_encryption import KEY
from tests.records.test_purge import LONG_AGO, WORDS, consult_of, in_files
from tests.records.test_verify import forge
from tests.storage.making import ROOT


class Browser:
    """Asks the pages for something, as whoever has opened the link."""

    def __init__(self, link: str) -> None:
        self.address, self._way_in = urlsplit(link).netloc, urlsplit(link).path
        status, headers, _ = self.ask(self._way_in)
        assert (status, headers["location"]) == (303, "/")
        self.cookie = headers["set-cookie"].partition(";")[0]
        assert "HttpOnly" in headers["set-cookie"] and "SameSite=Strict" in headers["set-cookie"]

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, Mapping[str, str], str]:
        """The answer's status, headers and text. `headers`: with _ for -, beside or in place of the usual ones."""
        with closing(HTTPConnection(self.address, timeout=20)) as connection:
            given = {"cookie": getattr(self, "cookie", "")} | {name.replace("_", "-"): v for name, v in headers.items()}
            connection.request(method, path, headers=given)
            answer = connection.getresponse()
            return answer.status, {name.lower(): v for name, v in answer.getheaders()}, answer.read().decode()

    def rows(self, table: str) -> list[dict[str, object]]:
        """Every row of a table."""
        status, _, text = self.ask(f"/curbside/{table}.json?_shape=array&_size=max")
        assert status == 200, text
        found: list[dict[str, object]] = json.loads(text)
        return found

    def query(self, sql: str) -> tuple[int, str]:
        """What is answered to a query."""
        status, _, text = self.ask("/curbside.json?" + urlencode({"sql": sql, "_shape": "array"}))
        return status, text


@contextmanager
def browsing(practice: Practice, *words: str, **env: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The real program at work; its process, and the link that it printed."""
    command = [sys.executable, "-c", "from bot.cli import main; main()", "browse", "--port", "0", *words]
    folder = practice.database.parent
    environ = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)} | env
    with subprocess.Popen(
        command, env=environ, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        giving_up = threading.Timer(60, process.kill)
        giving_up.start()
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            link = re.search(r"http://127\.0\.0\.1:\d+/-/open/\S+", first)
            assert link is not None, (first, process.stderr and process.stderr.read())
            yield process, link[0]
        finally:
            giving_up.cancel()
            process.kill()


@pytest.fixture
def encrypted(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> str:
    """The reference of a consult with free text, in an encrypted log."""
    monkeypatch.setenv("CURBSIDE_DATABASE_KEY", KEY)
    with practice.log() as log:
        return consult_of(log, LONG_AGO)


def test_the_facts_of_an_encrypted_log_to_read_and_nothing_on_the_disk(practice: Practice, encrypted: str) -> None:
    practice.begun()
    with browsing(practice) as (process, link):
        browser = Browser(link)
        consults = {row["reference"]: row for row in browser.rows("consults")}
        assert len(consults) == 2
        assert (consults[encrypted]["level"], consults[encrypted]["status"]) == ("high", "decided")
        assert [row["consult"] for row in browser.rows("accesses")] == [None]
        assert {row["state"] for row in browser.rows("steps")} == {"planned"}
        assert browser.rows("rules") and len(browser.rows("events")) > 10
        for page in ("/", "/curbside", *(f"/curbside/{table}" for table in ABOUT), f"/curbside/consults/{encrypted}"):
            status, headers, text = browser.ask(page)
            assert (status, headers["cache-control"]) == (200, "no-store"), page
            assert not any(word in text.lower() for word in WORDS), "no free text"
        assert "2 consults, up to event" in browser.ask("/")[2]
        _refuses_to_write(browser)
        _answers_only_here(browser)
        names = {path.name for path in practice.database.parent.iterdir()}
        assert names == {"log.db"}, "nothing was written: no export, no temporary file"
        assert in_files(practice.database.parent, "harm_to_others") == []
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stdout is not None and process.stderr is not None
        said = process.stdout.read() + process.stderr.read()
        assert browser.cookie.partition("=")[2] not in said and "Traceback" not in said
    with practice.log() as log:
        [access] = log.accesses(encrypted) or log.accesses()
        assert (access.what, access.actor, access.consult) == ("browse", CLINICIAN, None)
    assert "read: browse" in practice.run("audit", encrypted).out


def _refuses_to_write(browser: Browser) -> None:
    before = browser.rows("consults")
    for sql in (
        "DELETE FROM consults",
        "WITH some AS (SELECT 1) DELETE FROM consults",
        "INSERT INTO consults (reference) VALUES ('C-99999')",
        "UPDATE consults SET level = 'low'",
        "DROP TABLE consults",
        "CREATE TABLE more (n)",
        "ATTACH DATABASE 'copy.db' AS copy",
        "VACUUM INTO 'copy.db'",
        "PRAGMA query_only = 0",
    ):
        status, text = browser.query(sql)
        assert status == 400, (sql, text)
    assert browser.rows("consults") == before
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert browser.ask("/curbside/consults", method)[0] == 405
    assert browser.ask("/curbside.db")[0] != 200, "nor is there a file to take away"


def _answers_only_here(browser: Browser) -> None:
    assert browser.ask("/", host="curbside.example")[0] == 403, "a page elsewhere that calls this machine by its name"
    assert browser.ask("/", cookie="")[0] == 403 and browser.ask("/", cookie="curbside_browse=guessed")[0] == 403
    assert browser.ask("/-/open/guessed", cookie="")[0] == 403
    port = int(browser.address.partition(":")[2])
    for other in ("127.0.0.2", "::1"):  # this machine too, by other addresses: at them nobody listens
        family = socket.AF_INET6 if ":" in other else socket.AF_INET
        with socket.socket(family) as one, pytest.raises(OSError):
            one.connect((other, port))


def test_it_ends_in_peace_when_it_is_told_to(practice: Practice) -> None:
    practice.low()
    with browsing(practice) as (process, link):
        Browser(link)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr is not None and process.stderr.read().startswith("Ended.")


def test_an_altered_log_is_shown_and_said_with_status_1(practice: Practice) -> None:
    forge(practice.database, practice.consult(), contents=False)
    with browsing(practice) as (process, link):
        assert "THE LOG IS NOT WHAT WAS WRITTEN" in Browser(link).ask("/")[2]
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 1
        assert process.stderr is not None and "its state is not the one" in process.stderr.read()


def test_what_was_purged_is_there_without_what_it_said(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURBSIDE_RETENTION", "7 years")
    with practice.log() as log:
        reference = consult_of(log, LONG_AGO)
    assert practice.run("purge", "--yes").status == 0
    with practice.log() as log:
        tables = {table.name: table for table in browsable(log)}
    [row] = tables["consults"].rows
    assert (row["reference"], row["status"], row["level"], row["threat"]) == (reference, "purged", None, "unknown")
    assert {event["content_purged"] for event in tables["events"].rows} == {0, 1}


def test_every_table_has_its_columns_also_without_rows(practice: Practice) -> None:
    practice.log().close()
    with practice.log() as log:
        empty = browsable(log)
    practice.decided()
    with practice.log() as log:
        filled = browsable(log)
    assert [table.name for table in empty] == list(ABOUT)
    assert [table.columns for table in empty] == [table.columns for table in filled]
    for table in filled:
        assert all(row.keys() == table.columns.keys() for row in table.rows), table.name
        assert _fits(table)


def _fits(table: MemoryTable) -> bool:
    return all(isinstance(row[name], (kind, type(None))) for row in table.rows for name, kind in table.columns.items())


def test_what_is_not_installed_is_named(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    practice.low()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    line = practice.refused("browse")
    assert line.startswith("curbside: Datasette is not installed") and "pip install 'datasette<1'" in line
    with practice.log() as log:
        assert log.accesses() == [], "nothing was shown, nothing is recorded"


def test_a_port_that_is_taken_and_no_log(practice: Practice) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        line = practice.refused("browse", "--port", port)
        assert f"Port {port} of this machine can't be used: address already in use. Name another with --port." in line
    assert "There is no log at" in practice.refused("browse", "--port", "0")
    assert "No such option" in practice.refused("browse", "--host", "0.0.0.0")
