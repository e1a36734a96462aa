"""Who opens the file with another program and the triggers off is found out, the first wrong event named."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.storage import Head, Purge, checking, open_log
from bot.storage.accesses import prepare_access
from bot.storage.chain import event_hash, salted_hash
from bot.storage.opening import connect

from .making import NOON, answer, begin, event, row


def changed(table: str, what: str, where: str) -> list[str]:
    return [f"UPDATE {table} SET {what} WHERE {where}"]


def removed(event_id: int) -> list[str]:
    return [f"DELETE FROM contents WHERE event = {event_id}", f"DELETE FROM events WHERE id = {event_id}"]


def exchanged(table: str, key: str) -> list[str]:
    """Events 3 and 4 take each other's number."""
    return [
        f"UPDATE {table} SET {key} = CASE {key} WHEN 3 THEN -4 ELSE -3 END WHERE {key} IN (3, 4)",
        f"UPDATE {table} SET {key} = -{key} WHERE {key} < 0",
    ]


def moved(by: int) -> list[str]:
    """Every event after the third gets another number."""
    tables = (("events", "id"), ("contents", "event"))
    away = [f"UPDATE {table} SET {key} = -({key} + {by}) WHERE {key} > 3" for table, key in tables]
    return away + [f"UPDATE {table} SET {key} = -{key} WHERE {key} < 0" for table, key in tables]


FORGED = [
    (
        "INSERT INTO events SELECT 4, consult, 9, at, actor, kind, content_hash, state_hash, hash, hash"
        " FROM events WHERE id = 3"
    ),
    "INSERT INTO contents SELECT 4, salt, content FROM contents WHERE event = 3",
]
INVENTED = (
    "INSERT INTO consults (reference, clinician, status, started_at, updated_at, revision, state)"
    " SELECT 'C-99999', clinician, status, started_at, updated_at, 1, state FROM consults LIMIT 1"
)
EMPTIED = [
    *changed("contents", "content = '{}', salt = zeroblob(16)", "event = 4"),
    *changed("events", f"content_hash = '{hashlib.sha256(bytes(16) + b'{}').hexdigest()}'", "id = 4"),
]
ONE, TWO = "C-00001", "C-00002"
OF_ONE, OF_TWO = f"reference = '{ONE}'", f"reference = '{TWO}'"

# What is done to a log of six events (1, 2 and 5 of one consult; 3, 4 and 6 of another), and the event and
# the consult that must be named first.
TAMPERING: dict[str, tuple[list[str], int | None, str | None]] = {
    "kind changed": (changed("events", "kind = 'withdrawn'", "id = 2"), 2, ONE),
    "actor changed": (changed("events", "actor = 'somebody else'", "id = 1"), 1, ONE),
    "time changed": (changed("events", "at = '2020-01-01T00:00:00+00:00'", "id = 6"), 6, TWO),
    "revision changed": (changed("events", "revision = 7", "id = 6"), 6, TWO),
    "consult changed": (changed("events", f"consult = '{ONE}', revision = 9", "id = 3"), 3, ONE),
    "content changed": (changed("contents", "content = '{\"n\":9}'", "event = 3"), 3, TWO),
    "content respelled": (changed("contents", "content = content || ' '", "event = 3"), 3, TWO),
    "content not UTF-8": (changed("contents", "content = CAST(x'7bff7d' AS TEXT)", "event = 3"), 3, TWO),
    "salt changed": (changed("contents", "salt = randomblob(16)", "event = 4"), 4, TWO),
    "content and its hash changed": (EMPTIED, 4, TWO),
    "contents exchanged": (exchanged("contents", "event"), 3, TWO),
    "content removed": (["DELETE FROM contents WHERE event = 5"], 5, ONE),
    "content purged by an event that is no purge": (
        ["INSERT INTO purges VALUES (1, 2)", "DELETE FROM contents WHERE event = 1"],
        1,
        ONE,
    ),
    "content without an event": (["INSERT INTO contents VALUES (77, zeroblob(16), '{}')"], 77, None),
    "hash changed": (changed("events", "hash = 'x' || substr(hash, 2)", "id = 2"), 2, ONE),
    "previous hash changed": (changed("events", f"previous_hash = '{'f' * 64}'", "id = 5"), 5, ONE),
    "state hash changed": (changed("events", "state_hash = NULL", "id = 5"), 5, ONE),
    "first event removed": (removed(1), 1, None),
    "an event removed": (removed(3), 3, None),
    "an event removed and the gap closed": ([*removed(3), *moved(-1)], 3, TWO),
    "the last event removed": (removed(6), None, TWO),
    "every event removed": (["DELETE FROM contents", "DELETE FROM events"], None, ONE),
    "an event inserted": ([*moved(+1), *FORGED], 4, TWO),
    "events exchanged": (exchanged("events", "id"), 3, TWO),
    "events exchanged with their contents": (
        [*exchanged("events", "id"), *exchanged("contents", "event")],
        3,
        TWO,
    ),
    "state changed": (changed("consults", "state = '{\"n\":0}'", OF_ONE), None, ONE),
    "level changed": (changed("consults", "level = 'low'", OF_TWO), None, TWO),
    "clinician changed": (changed("consults", "clinician = 'x'", OF_TWO), None, TWO),
    "follow-up removed": (changed("consults", "follow_up = NULL", OF_ONE), None, ONE),
    "revision of the row changed": (changed("consults", "revision = 2", OF_ONE), None, ONE),
    "a consult removed": ([f"DELETE FROM consults WHERE {OF_ONE}"], 5, ONE),
    "a consult invented": ([INVENTED], None, "C-99999"),
    "consults in another order": (["UPDATE consults SET number = 9 WHERE number = 1"], None, ONE),
    "a purge invented": (["INSERT INTO purges VALUES (1, 2)"], 1, ONE),
    "an access changed": (changed("accesses", "actor = 'x'", "id = 1"), None, ONE),
    "an access removed": (["DELETE FROM accesses WHERE id = 1"], None, None),
}


def six_events(path: Path) -> None:
    with open_log(path) as log:
        begin(log, "C-00001")
        log.append("C-00001", [event(n=1)], row("C-00001", follow_up=NOON), expected_revision=1)
        log.append("C-00002", [event(n=2), event(n=3)], row("C-00002"), expected_revision=0)
        log.append("C-00001", [event(n=4)], row("C-00001", follow_up=NOON), expected_revision=2)
        answer(log, "C-00002", 2, n=5)
        log.record_access("shown", at=NOON, actor="clinician-two", reference="C-00001")
        log.record_access("exported", at=NOON, actor="clinician-two", reference="C-00002")


def tamper(path: Path, statements: list[str]) -> None:
    """Run the statements past the triggers, as somebody with the sqlite3 shell could, who then puts them back."""
    with closing(sqlite3.connect(path)) as raw, raw, without_triggers(raw):
        for statement in statements:
            assert raw.execute(statement).rowcount != 0, f"{statement} changed nothing"


@contextmanager
def without_triggers(raw: Any, *, back: bool = True) -> Iterator[None]:
    """The triggers are gone in the block, and `back` after it."""
    triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    yield
    for _, sql in triggers if back else []:
        raw.execute(sql)


@pytest.mark.parametrize("case", TAMPERING)
def test_tampering_is_found_and_the_first_wrong_event_named(path: Path, case: str) -> None:
    statements, event_id, consult = TAMPERING[case]
    six_events(path)
    tamper(path, statements)
    with open_log(path) as log:
        found = log.check_chain()
    assert found, case
    assert (found[0].event, found[0].consult) == (event_id, consult), found
    for fault in found:
        assert fault.what
        assert "\n" not in fault.what


def test_a_log_that_nobody_touched_has_no_fault(path: Path) -> None:
    six_events(path)
    with open_log(path) as log:
        assert log.check_chain() == []


def test_one_change_is_one_fault(path: Path) -> None:
    """The events after it were not touched, and are not called wrong."""
    six_events(path)
    tamper(path, ["UPDATE events SET kind = 'withdrawn' WHERE id = 2"])
    with open_log(path) as log:
        assert [fault.what for fault in log.check_chain()] == ["event 2 of C-00001 was changed"]


def test_a_purge_that_does_not_name_the_event_is_a_fault(path: Path) -> None:
    six_events(path)
    with open_log(path) as log:
        log.append("C-00001", [event("content_purged", events=[1])], row("C-00001"), expected_revision=3)
        with closing(sqlite3.connect(path)) as raw, raw:
            raw.execute("INSERT INTO purges VALUES (1, 7)")
            raw.execute("INSERT INTO purges VALUES (2, 7)")
        assert [fault.event for fault in log.check_chain()] == [2]


RECORD = ("consults", "events", "contents", "purges", "accesses")


def test_every_statement_on_every_table_of_the_record_is_found(path: Path) -> None:
    """Each value of each row changed, replaced, set to nothing and exchanged with the next row's; each row removed, doubled."""
    six_events(path)
    with open_log(path) as log:
        left = row("C-00002", status="purged")
        log.purge([Purge(at=NOON, actor="records", left=left, expected_revision=3)])
        heads = [log.head(), log.access_head()]  # of a chain whose end is cut off, only a head can tell
    db = connect(path, reading=False)
    tried = []
    for table in RECORD:
        columns = db.execute(f"PRAGMA table_info({table})").fetchall()
        key = columns[0][1]
        keys = [found[0] for found in db.execute(f"SELECT {key} FROM {table} ORDER BY 1").fetchall()]
        statements = [f"DELETE FROM {table}", f"UPDATE {table} SET {key} = {key} + 100"]
        names = [column[1] for column in columns]
        for number, name in enumerate(names):
            kind, here = columns[number][2], f"WHERE {key} = "
            other = {"INTEGER": f"coalesce({name}, 0) + 1000", "BLOB": "zeroblob(16)"}.get(
                kind, f"CASE length({name}) WHEN 64 THEN '{'f' * 64}' ELSE coalesce({name}, '') || 'x' END"
            )
            for one in keys:
                statements.append(f"UPDATE {table} SET {name} = {other} {here}{one}")
                statements.append(f"UPDATE {table} SET {name} = NULL {here}{one} AND {name} IS NOT NULL")
                row_with = ", ".join(other if column == name else column for column in names)
                statements.append(f"INSERT OR REPLACE INTO {table} SELECT {row_with} FROM {table} {here}{one}")
            for one, two in pairwise(keys):
                values = f"SELECT {name} FROM {table} {here}"
                if name != key and db.execute(f"SELECT ({values}{one}) IS NOT ({values}{two})").fetchone()[0]:
                    statements.append(
                        f"UPDATE {table} SET {name} = CASE {key} WHEN {one} THEN ({values}{two}) ELSE ({values}{one}) END"
                        f" WHERE {key} IN ({one}, {two})"
                    )
        for one in keys:
            statements.append(f"DELETE FROM {table} WHERE {key} = {one}")
            rest = ", ".join(f"{name} || 'x'" if name == "reference" else name for name in names[1:])
            for new in (one + 100, -one, 0):
                statements.append(f"INSERT INTO {table} SELECT {new}, {rest} FROM {table} WHERE {key} = {one}")
        for statement in statements:
            db.execute("PRAGMA foreign_keys = OFF")
            db.execute("PRAGMA ignore_check_constraints = ON")
            db.execute("BEGIN")
            with without_triggers(db):
                try:
                    changed_rows = db.execute(statement).rowcount
                except sqlite3.IntegrityError:
                    changed_rows = 0  # the file's own constraints don't take it
            if changed_rows:
                tried.append(table)
                assert checking.faults(db, path, heads), statement
            db.rollback()
    assert checking.faults(db, path, heads) == []
    db.close()
    assert {table: tried.count(table) > 10 for table in RECORD} == dict.fromkeys(RECORD, True)


def schema_statements(raw: sqlite3.Connection) -> Iterator[str]:
    """Every kind of statement that changes what a table of the record is, or what guards it."""
    triggers = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    yield from (f"DROP TRIGGER {name}" for (name,) in triggers)
    for table in RECORD:
        columns = [found[1] for found in raw.execute(f"PRAGMA table_info({table})")]
        yield f"DROP TABLE {table}"
        yield f"ALTER TABLE {table} RENAME TO other"
        yield f"ALTER TABLE {table} ADD COLUMN more TEXT"
        yield f"ALTER TABLE {table} RENAME COLUMN {columns[-1]} TO other"
        yield f"CREATE TRIGGER more AFTER INSERT ON {table} BEGIN SELECT 1; END"
    yield "ALTER TABLE consults DROP COLUMN duty"
    yield "CREATE TRIGGER more AFTER INSERT ON outbox BEGIN DELETE FROM accesses; END"


def test_every_statement_on_the_layout_is_found(path: Path) -> None:
    """Also a trigger on a table that is none of the record, since it can act on those that are."""
    six_events(path)
    whole = path.read_bytes()
    with closing(sqlite3.connect(path)) as raw:
        statements = list(schema_statements(raw))
    assert len(statements) > 40
    for statement in statements:
        path.write_bytes(whole)
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("PRAGMA foreign_keys = OFF")
            raw.execute("PRAGMA legacy_alter_table = ON")
            raw.execute(statement)
            raw.commit()
        with open_log(path) as log:
            found = log.check_chain()
        assert any("protects the record" in fault.what or "act on the record" in fault.what for fault in found), (
            statement
        )


def computed_anew(path: Path, up_to: int | None = None) -> None:
    """The whole chain as somebody would write it who knows this code: a content changed, every hash after it right."""
    with closing(sqlite3.connect(path)) as raw, raw, without_triggers(raw):
        raw.row_factory = sqlite3.Row
        raw.execute("UPDATE contents SET content = '{\"n\":99}' WHERE event = 3")
        previous = "0" * 64
        for found in raw.execute("SELECT * FROM events JOIN contents ON event = id ORDER BY id").fetchall():
            fields = dict(found) | {"previous_hash": previous}
            fields["content_hash"] = salted_hash(found["salt"], found["content"])
            previous = event_hash(fields)
            values = [fields["content_hash"], fields["previous_hash"], previous, found["id"]]
            raw.execute("UPDATE events SET content_hash = ?, previous_hash = ?, hash = ? WHERE id = ?", values)


def test_a_chain_computed_anew_is_found_by_a_head_that_was_seen_outside(path: Path) -> None:
    six_events(path)
    with closing(sqlite3.connect(path)) as raw:
        heads = {number: Head(number, hash_) for number, hash_ in raw.execute("SELECT id, hash FROM events")}
    computed_anew(path)
    with open_log(path) as log:
        assert log.check_chain() == [], "the chain alone can't show it"
        assert log.check_chain([heads[1], heads[2]]) == [], "no head of after the change"
        [found] = log.check_chain([heads[6], heads[2]])
        assert found.event == 3 and "one of 3 to 6" in found.what
        [found, _] = log.check_chain([heads[3], heads[2], heads[5]])
        assert (found.event, found.consult) == (3, TWO) and "one of" not in found.what


def test_an_end_that_was_cut_off_is_found_by_a_head(path: Path) -> None:
    six_events(path)
    with open_log(path) as log:
        head, access_head = log.head(), log.access_head()
    assert (head.number, access_head.number) == (6, 2)
    tamper(path, [*removed(6), f"UPDATE consults SET revision = 2 WHERE {OF_TWO}", "DELETE FROM accesses WHERE id = 2"])
    with open_log(path) as log:
        without = log.check_chain()
        found = {fault.what for fault in log.check_chain([head, access_head])} - {fault.what for fault in without}
    assert found == {
        "event 6, whose hash was posted, is missing from the chain; the first that is wrong is one of 1 to 6",
        "access 2, whose hash was posted, is missing from the chain; the first that is wrong is one of 1 to 2",
    }


def test_an_access_that_claims_an_earlier_place_is_a_fault(path: Path) -> None:
    """Its own hashes are right; it is said to have been made before the access that it follows."""
    six_events(path)
    with open_log(path) as log:
        head = log.access_head()
    forged = prepare_access(NOON, "x", "shown", ONE, {}).chained(head.number, head.hash, 1)
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(f"INSERT INTO accesses VALUES ({', '.join('?' for _ in forged)})", list(forged.values()))
    with open_log(path) as log:
        assert [fault.what for fault in log.check_chain()] == ["access 3 does not follow the access before it"]


def test_what_a_hash_covers_is_written_down_here_once_more(path: Path) -> None:
    """Computed without the project's code, so that the form of the hashes can't change unnoticed: it must
    hold for as long as the logs that were written with it are kept."""
    six_events(path)

    def sha256(data: bytes) -> str:
        return hashlib.sha256(data).hexdigest()

    def spelled(value: Any) -> bytes:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    previous = "0" * 64
    with closing(sqlite3.connect(path)) as raw:
        raw.row_factory = sqlite3.Row
        for stored in raw.execute("SELECT * FROM events JOIN contents ON event = id ORDER BY id").fetchall():
            covered = ("id", "consult", "revision", "at", "actor", "kind", "content_hash", "state_hash")
            fields = {name: stored[name] for name in covered} | {"form": "curbside-event-1"}
            assert stored["content_hash"] == sha256(stored["salt"] + stored["content"].encode())
            assert stored["hash"] == sha256(spelled(fields | {"previous_hash": previous}))
            previous = stored["hash"]
            last = stored
        state = dict(raw.execute("SELECT * FROM consults WHERE reference = 'C-00002'").fetchone())
        del state["number"]
        given = {name: value for name, value in state.items() if value is not None}
        assert last["state_hash"] == sha256(last["salt"] + spelled(given))
        salts = [found[0] for found in raw.execute("SELECT salt FROM contents")]
        assert len(set(salts)) == 6, "every event has a salt of its own"
