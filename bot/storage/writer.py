"""One writes at a time. Steps that wait together are committed together, and nobody is told before the commit.

A thread of its own writes what was submitted. Where nothing waits and nobody writes, a step that is run is written by the thread
that asks for it: to hand it over and be told again takes a seventh of a step (measured). The main thread always hands it over,
since Ctrl-C could end it in the middle of a transaction.

Every transaction begins with the write lock (BEGIN IMMEDIATE), so that what a step reads, such as the head of
the chain, stays true until it is committed, whatever other processes do. Of several, each step has a savepoint of
its own: one that is refused leaves no trace and the others go on.
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
    """A step, and what came of it. `future`: for whoever waits in another thread; None where this one does."""

    step: Callable[[Database], Any]
    future: Future[Any] | None = None
    result: Any = None
    error: BaseException | None = None

    def settle(self, error: BaseException | None = None) -> None:
        """Tell whoever waits; `error` is one of the whole commit."""
        self.error = self.error or error
        if self.future is None:
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class Writer:
    """Runs steps, which are functions of the database, in the order in which they were submitted."""

    def __init__(self, path: Path, key: str | None = None) -> None:
        self._path = path
        self._key = key
        self._queue: queue.Queue[_Waiting | None] = queue.Queue(_WAITING_AT_MOST)
        self._door = threading.Lock()
        self._turn = threading.Lock()
        """Held by whoever writes."""
        self._counting = threading.Lock()
        self._unsettled = 0
        """How many steps were submitted and are not settled yet."""
        self._thread: threading.Thread | None = None
        self._closed = False
        self._db: Database | None = None
        self._file: tuple[int, int] | None = None

    def submit(self, step: Callable[[Database], T]) -> Future[T]:
        """Have the step run; the future has its result once that is durable, or the error in its way."""
        future: Future[T] = Future()
        with self._door:
            self._begin()
            self._submitted(_Waiting(step, future))
        return future

    def run(self, step: Callable[[Database], T]) -> T:
        """Have the step run; its result, once that is durable. It raises the error in its way."""
        waiting = _Waiting(step)
        with self._door:
            self._begin()
            # Whoever was here before comes first, or a thread that writes again and again would keep the others waiting.
            mine = self._may_write_itself() and self._unsettled == 0 and self._turn.acquire(blocking=False)
            if not mine:
                waiting.future = Future()
                self._submitted(waiting)
        if waiting.future is not None:
            done: T = waiting.future.result()
            return done
        try:
            self._commit([waiting])
        finally:
            self._turn.release()
        if waiting.error is not None:
            raise waiting.error
        result: T = waiting.result
        return result

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

    def _begin(self) -> None:
        """Before anything is taken. ValueError once the log is closed."""
        if self._closed:
            raise ValueError("the log is closed")
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="curbside-log-writer", daemon=True)
            self._thread.start()
            atexit.register(self.close)  # a program that ends without closing keeps what it submitted

    def _submitted(self, waiting: _Waiting) -> None:
        self._count(1)
        self._queue.put(waiting)

    def _count(self, more: int) -> None:
        with self._counting:
            self._unsettled += more

    @staticmethod
    def _may_write_itself() -> bool:
        return threading.current_thread() is not threading.main_thread()

    def _run(self) -> None:
        more = True
        while more:
            first = self._queue.get()
            with self._turn:  # who comes while it waits for its turn is written along
                group, more = self._group(first)
                self._commit(group)
            self._count(-len(group))
        with self._turn:
            if self._db is not None:
                self._db.close()

    def _group(self, first: _Waiting | None) -> tuple[list[_Waiting], bool]:
        """The first, and what else waits now; and whether more may come."""
        group: list[_Waiting] = []
        waiting = first
        while waiting is not None:
            if waiting.future is None or waiting.future.set_running_or_notify_cancel():
                group.append(waiting)
            else:
                self._count(-1)
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
                alone = len(group) == 1
                whole = all(self._run_step(db, waiting, alone=alone) for waiting in group)
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

    def _run_step(self, db: Database, waiting: _Waiting, *, alone: bool) -> bool:
        """Run one step, in a savepoint unless it is alone. False when the whole transaction is undone by its error."""
        if not alone:
            db.execute("SAVEPOINT step")
        try:
            waiting.result = waiting.step(db)
        except Exception as error:
            waiting.error = plain(error, self._path) if isinstance(error, failures()) else error
            if not db.conn.in_transaction:
                return False
            if alone:
                db.execute("ROLLBACK")
                return False
            db.execute("ROLLBACK TO step")
        if not alone:
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
