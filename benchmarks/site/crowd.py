"""Everybody at once: as many journeys as there are people, all begun in the same moment, each on its own connection.

One thread and sockets that do not block, because it shares the machine's cores with the site that it measures.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from statistics import quantiles
from time import perf_counter

SILENCE_SECONDS = 120


@dataclass(frozen=True)
class Answer:
    """What the site answered: status, headers by lower-case name, body."""

    status: int
    headers: dict[str, str]
    body: str

    @classmethod
    def parse(cls, content: bytes) -> Answer:
        head, _, body = content.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        lower = {name.lower(): value for name, value in headers.items()}
        return cls(int(first.split()[1]), lower, body.decode())


# Yields requests, is sent the answer to each, and raises Unexpected at one that it cannot go on from.
Journey = Generator[bytes, Answer, None]


class Unexpected(Exception):
    """Not what a person in an exam hall may meet."""


@dataclass
class Crowd:
    """How many seconds each journey took from the common beginning to its end, and what went wrong in the others."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def percentiles(self) -> dict[str, float]:
        """p50, p95 and p99 in seconds."""
        cuts = quantiles(self.seconds, n=100) if len(self.seconds) > 1 else self.seconds * 99
        return {f"p{each}": round(cuts[each - 1], 3) for each in (50, 95, 99)} if cuts else {}


@dataclass
class _Connection:
    """One request under way."""

    journey: Journey
    unsent: bytes
    answer: bytes = b""


def gather(port: int, journeys: Iterable[Journey]) -> Crowd:
    """Let everybody set out at once; returns when the last has arrived or nothing was heard for two minutes."""
    crowd, begun = Crowd(), perf_counter()
    with selectors.DefaultSelector() as waiting:
        for journey in journeys:
            _advance(waiting, port, journey, None, crowd, begun)
        while waiting.get_map():
            ready = waiting.select(timeout=SILENCE_SECONDS)
            for key, events in ready:
                _serve(waiting, port, key, events, crowd, begun)
            if not ready:
                crowd.errors += [f"nothing heard for {SILENCE_SECONDS} s"] * len(waiting.get_map())
                break
    return crowd


def _serve(
    waiting: selectors.BaseSelector,
    port: int,
    key: selectors.SelectorKey,
    events: int,
    crowd: Crowd,
    begun: float,
) -> None:
    """Send or receive what this connection can; at its end, go on with the journey."""
    connection, exchange = key.fileobj, key.data
    try:
        if events & selectors.EVENT_WRITE:
            exchange.unsent = exchange.unsent[connection.send(exchange.unsent) :]
            if not exchange.unsent:
                waiting.modify(connection, selectors.EVENT_READ, exchange)
            return
        if piece := connection.recv(1 << 18):
            exchange.answer += piece
            return
        answer = Answer.parse(exchange.answer)
    except (OSError, ValueError, IndexError) as error:
        _close(waiting, connection)
        crowd.errors.append(repr(error))
        return
    _close(waiting, connection)
    _advance(waiting, port, exchange.journey, answer, crowd, begun)


def _advance(
    waiting: selectors.BaseSelector,
    port: int,
    journey: Journey,
    answer: Answer | None,
    crowd: Crowd,
    begun: float,
) -> None:
    """Hand the answer to the journey and send what it asks next, on a new connection."""
    try:
        content = next(journey) if answer is None else journey.send(answer)
    except StopIteration:
        crowd.seconds.append(perf_counter() - begun)
        return
    except Unexpected as error:
        crowd.errors.append(str(error))
        return
    connection = socket.socket()
    connection.setblocking(False)
    connection.connect_ex(("127.0.0.1", port))
    waiting.register(connection, selectors.EVENT_WRITE, _Connection(journey, content))


def _close(waiting: selectors.BaseSelector, connection: socket.socket) -> None:
    waiting.unregister(connection)
    connection.close()
