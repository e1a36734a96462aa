"""Brings deliveries to the app: again when an event is not acknowledged; late, twice, not at all or in another order by
request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Literal

from .deliveries import Attempt, Delivery, Transport

Done = Callable[[Attempt], None]
Lost = Literal["delivery", "acknowledgement"]
"""What gets lost on the way of an attempt."""


def _nothing(attempt: Attempt) -> None:
    """What follows the first acknowledgement when nothing does."""


class Courier:
    """Delivers over the transport that is chosen. What is ordered to go wrong befalls what people do."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.acknowledge_within = 3.0
        # The seconds after which an event is sent again; Slack waits a moment, a minute, five minutes.
        self.redeliver_after: Sequence[float] = (0.1, 0.5, 1.0)
        self.sent: list[Delivery] = []
        self._held: list[tuple[Delivery, Done]] | None = None
        self._twice = 0
        self._delays: list[float] = []
        self._losses: list[Lost] = []
        self._timers: list[threading.Timer] = []
        self._stopped = False
        self._lock = threading.Lock()
        self._workers = ThreadPoolExecutor(64, "slack delivery")

    def deliver(self, delivery: Delivery, wait: bool = True, done: Done = _nothing) -> Delivery:
        """Send it; `wait`: until its first attempt is over. `done` is called with the acknowledgement."""
        with self._lock:
            self.sent.append(delivery)
            if self._held is not None:
                self._held.append((delivery, done))
                return delivery
            theirs = delivery.by_a_person
            delay = self._delays.pop(0) if self._delays and theirs else 0.0
            twice = self._twice > 0 and theirs
            self._twice -= twice
        if delay:
            self._later(delay, lambda: self._attempt(delivery, 0, None, done))
        elif wait:
            self._attempt(delivery, 0, None, done)
        else:
            self._submit(lambda: self._attempt(delivery, 0, None, done))
        if twice:
            self._submit(lambda: self._once_more(delivery))
        return delivery

    def delay_next(self, *seconds: float) -> None:
        """Bring the next deliveries so much later; those after them overtake them."""
        with self._lock:
            self._delays.extend(seconds)

    def duplicate_next(self, times: int = 1) -> None:
        """Bring each of the next deliveries twice."""
        with self._lock:
            self._twice += times

    def lose_next(self, what: Lost, times: int = 1) -> None:
        """Lose the next attempts on their way to the app, or what it acknowledges on the way back."""
        with self._lock:
            self._losses.extend([what] * times)

    @contextmanager
    def reordered(self, order: Callable[[list[Delivery]], list[Delivery]] | None = None) -> Iterator[list[Delivery]]:
        """Hold back what is sent meanwhile; at the end bring it, backwards or in the order that `order` makes of it."""
        held: list[tuple[Delivery, Done]] = []
        collected: list[Delivery] = []
        with self._lock:
            self._held = held
        try:
            yield collected
        finally:
            with self._lock:
                self._held = None
        deeds = {id(delivery): done for delivery, done in held}
        collected.extend(delivery for delivery, _ in held)
        for delivery in order(collected) if order else reversed(collected):
            self._attempt(delivery, 0, None, deeds[id(delivery)])

    def stop(self) -> None:
        """Bring nothing more."""
        with self._lock:
            self._stopped = True
            timers = list(self._timers)
        for timer in timers:
            timer.cancel()
        for timer in timers:
            timer.join()
        self._workers.shutdown(cancel_futures=True)

    def _attempt(self, delivery: Delivery, number: int, reason: str | None, done: Done) -> None:
        with self._lock:
            lost = self._losses.pop(0) if self._losses and delivery.by_a_person else None
        attempt = Attempt(number)
        if lost != "delivery":
            attempt = self.transport.attempt(delivery, number, reason, self.acknowledge_within)
        if lost is not None:
            attempt.acknowledged_at, attempt.answer, attempt.failure = None, {}, f"the {lost} was lost"
        delivery.attempts.append(attempt)
        if attempt.acknowledged_at is not None:
            done(attempt)
        elif delivery.kind == "events_api" and number < len(self.redeliver_after) and not attempt.no_retry:
            again = self.redeliver_after[number]
            self._later(again, lambda: self._attempt(delivery, number + 1, attempt.failure, done))
            return
        delivery.finished.set()

    def _once_more(self, delivery: Delivery) -> None:
        """The same again, although it may have been acknowledged."""
        reason = "timeout" if delivery.kind == "events_api" else None
        number = 1 if delivery.kind == "events_api" else 0
        delivery.attempts.append(self.transport.attempt(delivery, number, reason, self.acknowledge_within))

    def _submit(self, work: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # it has been stopped
            self._workers.submit(work)

    def _later(self, seconds: float, work: Callable[[], None]) -> None:
        timer = threading.Timer(seconds, lambda: self._submit(work))
        timer.daemon = True
        with self._lock:
            if self._stopped:
                return
            self._timers = [one for one in self._timers if one.is_alive()]
            self._timers.append(timer)
            timer.start()
