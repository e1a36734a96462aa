"""The layout of the SQLite log, step by step (sqlite-utils' migrations). Steps that were released never
change.

All pending steps run in one transaction, so a log is never half migrated; a step that needs VACUUM can't be
one of these. sqlite-utils' `transform()` drops triggers without a word: after a step that uses it, make them
again. A test compares the triggers with the list that must be there.

How content is purged while the chain stays whole: append an event `content_purged` whose data
names the events (`{"events": [id, ...]}`), then insert a row into `purges` for each; that insert removes the
content and its salt in the same statement. There is no other way to remove a content, and none to remove an
event.
"""

from __future__ import annotations

from sqlite3 import complete_statement
from typing import TYPE_CHECKING

from sqlite_utils import Migrations

from .chain import GENESIS
from .records import CONTENT_PURGED, IS_OPEN, ORDER, PURGED

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x43555242  # "CURB", in the file's header: tells a log from another program's database

LAYOUT = Migrations("curbside_log")
STEPS = (
    "m001_record",
    "m002_search",
    "m003_profiles",
    "m004_outbox",
    "m005_slots_by_value",
    "m006_accesses_and_heads",
    "m007_overviews",
    "m008_next_posts",
    "m009_counted",
)
"""Every step that this version knows, in order; a file with another one comes from a newer version."""

_RECORD = f"""
CREATE TABLE consults (
    number INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    clinician TEXT NOT NULL,
    status TEXT NOT NULL,
    started_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    jurisdiction TEXT,
    profession TEXT,
    concern TEXT,
    level TEXT,
    duty TEXT,
    follow_up TEXT,
    table_version TEXT,
    flow_version TEXT,
    revision INTEGER NOT NULL CHECK (revision > 0),
    state TEXT NOT NULL
) STRICT;
CREATE INDEX consults_by_clinician ON consults (clinician, status);

CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    consult TEXT NOT NULL REFERENCES consults (reference),
    revision INTEGER NOT NULL,
    at TEXT NOT NULL CHECK (at <> ''),
    actor TEXT NOT NULL CHECK (actor <> ''),
    kind TEXT NOT NULL CHECK (kind <> ''),
    content_hash TEXT NOT NULL CHECK (length(content_hash) = 64),
    state_hash TEXT CHECK (length(state_hash) = 64),
    previous_hash TEXT NOT NULL CHECK (length(previous_hash) = 64),
    hash TEXT NOT NULL CHECK (length(hash) = 64),
    UNIQUE (consult, revision)
) STRICT;

CREATE TABLE contents (
    event INTEGER PRIMARY KEY REFERENCES events (id),
    salt BLOB NOT NULL CHECK (length(salt) = 16),
    content TEXT NOT NULL
) STRICT;

CREATE TABLE purges (
    event INTEGER PRIMARY KEY REFERENCES events (id),
    purge_event INTEGER NOT NULL REFERENCES events (id)
) STRICT;

CREATE TRIGGER consults_insert BEFORE INSERT ON consults
WHEN EXISTS (SELECT 1 FROM consults WHERE number = NEW.number OR reference = NEW.reference)
BEGIN SELECT RAISE(ABORT, 'a consult can''t be replaced'); END;
CREATE TRIGGER consults_update BEFORE UPDATE ON consults
WHEN NEW.number IS NOT OLD.number OR NEW.reference IS NOT OLD.reference OR NEW.revision <= OLD.revision
BEGIN SELECT RAISE(ABORT, 'a consult only moves on by a step'); END;
CREATE TRIGGER consults_delete BEFORE DELETE ON consults
BEGIN SELECT RAISE(ABORT, 'a consult can''t be deleted'); END;

CREATE TRIGGER events_insert BEFORE INSERT ON events
WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM events)
  OR NEW.previous_hash IS NOT coalesce((SELECT hash FROM events ORDER BY id DESC LIMIT 1), '{GENESIS}')
  OR NEW.revision IS NOT (SELECT coalesce(max(revision), 0) + 1 FROM events WHERE consult = NEW.consult)
BEGIN SELECT RAISE(ABORT, 'an event can only be added at the end of the chain'); END;
CREATE TRIGGER events_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'an event can''t be changed'); END;
CREATE TRIGGER events_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'an event can''t be deleted'); END;

CREATE TRIGGER contents_insert BEFORE INSERT ON contents
WHEN EXISTS (SELECT 1 FROM contents WHERE event = NEW.event)
  OR EXISTS (SELECT 1 FROM purges WHERE event = NEW.event)
BEGIN SELECT RAISE(ABORT, 'the content of an event can''t be replaced'); END;
CREATE TRIGGER contents_update BEFORE UPDATE ON contents
BEGIN SELECT RAISE(ABORT, 'the content of an event can''t be changed'); END;
CREATE TRIGGER contents_delete BEFORE DELETE ON contents
WHEN NOT EXISTS (SELECT 1 FROM purges WHERE event = OLD.event)
BEGIN SELECT RAISE(ABORT, 'the content of an event can only be purged'); END;

CREATE TRIGGER purges_insert BEFORE INSERT ON purges
WHEN EXISTS (SELECT 1 FROM purges WHERE event = NEW.event)
  OR NOT EXISTS (
    SELECT 1 FROM events AS purged JOIN events AS purge ON purge.consult = purged.consult
    WHERE purged.id = NEW.event AND purge.id = NEW.purge_event AND purged.id < purge.id
      AND purge.kind = '{CONTENT_PURGED}' AND purged.kind <> '{CONTENT_PURGED}')
BEGIN SELECT RAISE(ABORT, 'a purge needs a later event of the same consult that says so'); END;
CREATE TRIGGER purges_remove_content AFTER INSERT ON purges
BEGIN DELETE FROM contents WHERE event = NEW.event; END;
CREATE TRIGGER purges_update BEFORE UPDATE ON purges
BEGIN SELECT RAISE(ABORT, 'a purge can''t be changed'); END;
CREATE TRIGGER purges_delete BEFORE DELETE ON purges
BEGIN SELECT RAISE(ABORT, 'a purge can''t be undone'); END;
"""

# The rest is no part of the record: it may be changed, and what is in it deleted.
_SEARCH = """
CREATE VIRTUAL TABLE consult_words USING fts5 (
    reference, facts, words, tokenize = 'unicode61 remove_diacritics 2'
);
"""

_PROFILES = """
CREATE TABLE profiles (
    clinician TEXT PRIMARY KEY,
    jurisdiction TEXT NOT NULL,
    profession TEXT NOT NULL,
    workplace TEXT NOT NULL
) STRICT;
"""

# AUTOINCREMENT: an id that was sent to Slack with a post must never mean another post. `owner` is the opened log
# whose process sends the row just now. `consult` lets a purge find what a consult's steps have left here. The body
# comes last, so that what decides over the sending is read without it.
_OUTBOX = """
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    consult TEXT,
    lane TEXT NOT NULL CHECK (lane <> ''),
    method TEXT NOT NULL CHECK (method <> ''),
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3),
    slot TEXT,
    coalesce_key TEXT,
    needs TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'in_doubt', 'sent', 'failed')),
    not_before REAL NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    created_at REAL NOT NULL,
    tried_at REAL,
    finished_at REAL,
    why TEXT,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_by_state ON outbox (state, finished_at);
CREATE INDEX outbox_to_coalesce ON outbox (coalesce_key) WHERE state = 'waiting' AND coalesce_key IS NOT NULL;

CREATE TABLE slots (
    name TEXT PRIMARY KEY CHECK (name <> ''),
    value TEXT NOT NULL CHECK (value <> '')
) STRICT;

CREATE TABLE deliveries (
    id TEXT PRIMARY KEY CHECK (id <> ''),
    at REAL NOT NULL
) STRICT;
"""


# Who read what: a part of the record, in a chain of its own, so that reading a consult does not move it on. What was
# posted of the heads is none: only what stands outside the file proves anything about it.
_ACCESSES = f"""
CREATE TABLE accesses (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL CHECK (at <> ''),
    actor TEXT NOT NULL CHECK (actor <> ''),
    what TEXT NOT NULL CHECK (what <> ''),
    consult TEXT REFERENCES consults (reference),
    detail TEXT NOT NULL,
    after_event INTEGER NOT NULL,
    previous_hash TEXT NOT NULL CHECK (length(previous_hash) = 64),
    hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;
CREATE INDEX accesses_by_consult ON accesses (consult);

CREATE TRIGGER accesses_insert BEFORE INSERT ON accesses
WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM accesses)
  OR NEW.previous_hash IS NOT coalesce((SELECT hash FROM accesses ORDER BY id DESC LIMIT 1), '{GENESIS}')
BEGIN SELECT RAISE(ABORT, 'an access can only be added at the end of its chain'); END;
CREATE TRIGGER accesses_update BEFORE UPDATE ON accesses
BEGIN SELECT RAISE(ABORT, 'an access can''t be changed'); END;
CREATE TRIGGER accesses_delete BEFORE DELETE ON accesses
BEGIN SELECT RAISE(ABORT, 'an access can''t be deleted'); END;

CREATE TABLE posted_heads (
    chain TEXT NOT NULL CHECK (chain IN ('events', 'accesses')),
    number INTEGER NOT NULL,
    hash TEXT NOT NULL CHECK (length(hash) = 64),
    at TEXT NOT NULL,
    place TEXT NOT NULL,
    PRIMARY KEY (chain, number, hash)
) STRICT;
"""

# What supervisors look for in their lists, in columns that have an index; worked out from the record, so it may be made
# anew at any time. Of shape 0 is what must be. Each index holds only the few consults that wait for what it is named after.
_OVERVIEWS = f"""
CREATE TABLE overviews (
    number INTEGER PRIMARY KEY REFERENCES consults (number),
    reference TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL DEFAULT 0,
    shape INTEGER NOT NULL DEFAULT 0,
    clinician TEXT NOT NULL DEFAULT '',
    started_at TEXT NOT NULL DEFAULT '',
    begun REAL NOT NULL DEFAULT 0,
    status TEXT NOT NULL DEFAULT '',
    review TEXT NOT NULL DEFAULT '',
    jurisdiction TEXT,
    level TEXT,
    danger INTEGER NOT NULL DEFAULT 0,
    urgency INTEGER NOT NULL DEFAULT 0,
    listed INTEGER NOT NULL DEFAULT 0,
    awaits_review INTEGER NOT NULL DEFAULT 0,
    awaits_clinician INTEGER NOT NULL DEFAULT 0,
    alarm INTEGER NOT NULL DEFAULT 0,
    overdue_from REAL,
    ask_at REAL,
    taken_after REAL,
    differs INTEGER NOT NULL DEFAULT 0,
    outstanding INTEGER NOT NULL DEFAULT 0,
    beside TEXT NOT NULL DEFAULT '{{}}'
) STRICT;
CREATE INDEX overviews_by_shape ON overviews (shape);
CREATE INDEX overviews_by_clinician ON overviews (clinician, begun) WHERE listed;
CREATE INDEX overviews_by_level ON overviews (level, begun) WHERE listed;
CREATE INDEX overviews_by_status ON overviews (status, begun) WHERE listed;
CREATE INDEX overviews_by_review ON overviews (review, begun) WHERE listed;
CREATE INDEX overviews_by_begun ON overviews (begun) WHERE listed;
CREATE INDEX overviews_awaiting_review ON overviews (urgency, begun) WHERE awaits_review;
CREATE INDEX overviews_awaiting_clinician ON overviews (urgency, begun) WHERE awaits_clinician;
CREATE INDEX overviews_with_alarm ON overviews (number) WHERE alarm;
CREATE INDEX overviews_overdue ON overviews (overdue_from) WHERE overdue_from IS NOT NULL;
CREATE INDEX overviews_to_ask ON overviews (ask_at) WHERE ask_at IS NOT NULL;
INSERT INTO overviews (number, reference) SELECT number, reference FROM consults WHERE status <> '{PURGED}';

CREATE INDEX consults_of_clinician ON consults (clinician, number);
CREATE INDEX consults_by_status ON consults (status, number);
DROP INDEX consults_by_clinician;
CREATE INDEX consults_open ON consults (clinician, updated_at) WHERE {IS_OPEN};
"""

# What is to be sent next, lane by lane, however much waits. `finished_at` says whether a row is unsent, as its state does, and
# does not change while the row is on its way: taking one to be sent moves it in no index. One index for the three orders that a
# lane keeps, since a step writes into each index that it touches.
_NEXT_POSTS = f"""
CREATE INDEX outbox_unsent ON outbox ({ORDER}, lane) WHERE finished_at IS NULL;
CREATE INDEX outbox_to_fill ON outbox (slot) WHERE slot IS NOT NULL AND finished_at IS NULL;
CREATE INDEX outbox_finished ON outbox (state, finished_at) WHERE finished_at IS NOT NULL;
DROP INDEX outbox_by_state;
DROP INDEX outbox_to_coalesce;
CREATE INDEX outbox_to_coalesce ON outbox (coalesce_key) WHERE coalesce_key IS NOT NULL AND finished_at IS NULL;
"""

# What waits is counted from its index alone: each look into the table for `listed` made 20,000 that wait 20 ms.
_COUNTED = """
DROP INDEX overviews_awaiting_review;
DROP INDEX overviews_awaiting_clinician;
DROP INDEX overviews_overdue;
CREATE INDEX overviews_awaiting_review ON overviews (urgency, begun, listed) WHERE awaits_review;
CREATE INDEX overviews_awaiting_clinician ON overviews (urgency, begun, listed) WHERE awaits_clinician;
CREATE INDEX overviews_overdue ON overviews (overdue_from, listed) WHERE overdue_from IS NOT NULL;
"""


@LAYOUT(name=STEPS[0])
def record(db: Database) -> None:
    """Consults, the chain of their events, the events' contents, and what is purged of them."""
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    _run(db, _RECORD)


@LAYOUT(name=STEPS[1])
def search(db: Database) -> None:
    """The words by which consults are found; the row's number is the consult's."""
    _run(db, _SEARCH)


@LAYOUT(name=STEPS[2])
def profiles(db: Database) -> None:
    """What is remembered of a clinician."""
    _run(db, _PROFILES)


@LAYOUT(name=STEPS[3])
def outbox(db: Database) -> None:
    """What is to be sent to Slack, the names of what was sent, and the deliveries that were handled."""
    _run(db, _OUTBOX)


@LAYOUT(name=STEPS[4])
def slots_by_value(db: Database) -> None:
    """A slot is found by what stands in it: the consult whose thread a person writes in."""
    db.execute("CREATE INDEX slots_by_value ON slots (value)")


@LAYOUT(name=STEPS[5])
def accesses_and_heads(db: Database) -> None:
    """Who read what, and which heads of the chains were shown outside."""
    _run(db, _ACCESSES)


@LAYOUT(name=STEPS[6])
def overviews(db: Database) -> None:
    """What supervisors look for in their lists; and consults by clinician and by status without reading them all."""
    _run(db, _OVERVIEWS)


@LAYOUT(name=STEPS[7])
def next_posts(db: Database) -> None:
    """What is to be sent next, without reading all that waits."""
    _run(db, _NEXT_POSTS)


@LAYOUT(name=STEPS[8])
def counted(db: Database) -> None:
    """What waits for supervisors and clinicians, counted without reading it."""
    _run(db, _COUNTED)


def _run(db: Database, script: str) -> None:
    """Each statement of the script by itself; one ends where its line does. sqlite-utils' `executescript`, inside a
    transaction, asks at every single character whether a statement ends there: half of the time that a new log took.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if complete_statement(statement):
            db.execute(statement.strip())
            statement = ""
    if statement.strip():
        db.execute(statement.strip())
