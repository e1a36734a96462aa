"""The one thread that writes. Steps that wait together are committed together, and nobody is told before the
commit.

Every transaction begins with the write lock (BEGIN IMMEDIATE), so that what a step reads, such as the head of
the chain, stays true until it is committed, whatever other processes do. Each step has a savepoint of its
own: one that is refused leaves no trace and the others go on.
"""

from __future__ import annotations

import atexit
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from .engine import failures
from .errors import CannotOpen
from .opening import connect
from .plain_errors import plain, plain_errors

T = TypeVar("T")

_WAITING_AT_MOST = 1000  # then `submit` blocks, so that a long batch does not pile up in memory
_TOGETHER_AT_MOST = 200  # steps in one commit: few enough that other processes get their turn


@dataclass(slots=True)
class _Waiting:
    step: Callable[[Database], Any]
    future: Future[Any]
    result: Any = None
    error: BaseException | None = None

    def settle(self, error: BaseException | None = None) -> None:
        """Tell whoever waits; `error` is one of the whole commit."""
        problem = self.error or error
        if problem is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(problem)


class Writer:
    """Runs steps, which are functions of the database, in the order in which they were submitted."""

    def __init__(self, path: Path, key: str | None = None) -> None:
        self._path = path
        self._key = key
        self._queue: queue.Queue[_Waiting | None] = queue.Queue(_WAITING_AT_MOST)
        self._door = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._db: Database | None = None
        self._file: tuple[int, int] | None = None

    def submit(self, step: Callable[[Database], T]) -> Future[T]:
        """Have the step run; the future has its result once that is durable, or the error in its way."""
        future: Future[T] = Future()
        with self._door:
            if self._closed:
                raise ValueError("the log is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="curbside-log-writer", daemon=True)
                self._thread.start()
                atexit.register(self.close)  # a program that ends without closing keeps what it submitted
            self._queue.put(_Waiting(step, future))
        return future

    def close(self) -> None:
        """Finish what was submitted, then end the thread."""
        with self._door:
            if self._closed:
                return
            self._closed = True
            if self._thread is None:
                return
            self._queue.put(None)
        self._thread.join()
        atexit.unregister(self.close)

    def _run(self) -> None:
        more = True
        while more:
            group, more = self._next_group()
            self._commit(group)
        if self._db is not None:
            self._db.close()

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        """What waits now, at least one; and whether more may come."""
        group: list[_Waiting] = []
        waiting = self._queue.get()
        while waiting is not None:
            if waiting.future.set_running_or_notify_cancel():
                group.append(waiting)
            if len(group) >= _TOGETHER_AT_MOST:
                return group, True
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _commit(self, group: list[_Waiting]) -> None:
        if not group:
            return
        try:
            with plain_errors(self._path):
                db = self._connected()
                db.execute("BEGIN IMMEDIATE")
                whole = all(self._run_step(db, waiting) for waiting in group)
                if whole:
                    db.execute("COMMIT")
        except BaseException as error:
            self._undo()
            for waiting in group:
                waiting.settle(error)
            return
        if not whole and len(group) > 1:
            # One step undid the whole transaction, as a full disk does: let each find out for itself.
            for waiting in group:
                waiting.error = None
                self._commit([waiting])
            return
        for waiting in group:
            waiting.settle()

    def _run_step(self, db: Database, waiting: _Waiting) -> bool:
        """Run one step in its savepoint. False when its error has undone the whole transaction."""
        db.execute("SAVEPOINT step")
        try:
            waiting.result = waiting.step(db)
        except Exception as error:
            waiting.error = plain(error, self._path) if isinstance(error, failures()) else error
            if not db.conn.in_transaction:
                return False
            db.execute("ROLLBACK TO step")
        db.execute("RELEASE step")
        return True

    def _connected(self) -> Database:
        if self._db is None:
            self._db = connect(self._path, reading=False, key=self._key)
            self._file = self._identity()
        elif self._identity() != self._file:
            # SQLite would go on writing to a file that nobody can find any more.
            raise CannotOpen(self._path, "the file was moved, deleted or replaced while it was in use")
        return self._db

    def _identity(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_dev, found.st_ino

    def _undo(self) -> None:
        if self._db is not None:
            try:
                self._db.rollback()
            except failures():
                self._db.close()  # the next step opens it again
                self._db = None
