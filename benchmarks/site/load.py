"""A small load generator: so many connections at once, each sending its next request when the last is answered.

One thread and plain sockets, because it shares the machine's cores with the site that it measures.
"""

from __future__ import annotations

import json
import selectors
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from time import perf_counter

# What one connection sends in its n-th turn, as bytes of HTTP/1.1.
Requests = Callable[[int], bytes]
ANSWER_SECONDS = 20


@dataclass
class Load:
    """What came back in `seconds`: one latency in milliseconds per answer."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds


@dataclass
class _Exchange:
    """One request that waits for its answer, and what the same connection will send after it."""

    following: Iterator[bytes]
    begun: float
    answer: bytes = b""


def request(method: str, path: str, headers: Mapping[str, str], data: object = None) -> bytes:
    """One request with a JSON body. Workers of the sync kind close the connection after it."""
    body = b"" if data is None else json.dumps(data, ensure_ascii=False).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "Content-Type: application/json", "", ""]
    return "\r\n".join(lines).encode() + body


def drive(port: int, connections: list[Requests], *, turns: int) -> Load:
    """Every connection takes `turns` turns. Raises RuntimeError at the first answer that is not 200."""
    load, begun = Load(), perf_counter()
    with selectors.DefaultSelector() as waiting:
        for requests in connections:
            _send_next(waiting, port, map(requests, range(turns)))
        while waiting.get_map():
            ready = waiting.select(timeout=ANSWER_SECONDS)
            if not ready:
                raise RuntimeError(f"the site said nothing for {ANSWER_SECONDS} seconds")
            for key, _events in ready:
                if _has_ended(waiting, key):
                    load.latencies.append((perf_counter() - key.data.begun) * 1000)
                    _send_next(waiting, port, key.data.following)
    load.seconds = perf_counter() - begun
    return load


def _send_next(waiting: selectors.BaseSelector, port: int, following: Iterator[bytes]) -> None:
    content = next(following, None)
    if content is None:
        return
    begun = perf_counter()
    connection = socket.socket()
    connection.settimeout(ANSWER_SECONDS)
    connection.connect(("127.0.0.1", port))
    connection.sendall(content)
    waiting.register(connection, selectors.EVENT_READ, _Exchange(following, begun))


def _has_ended(waiting: selectors.BaseSelector, key: selectors.SelectorKey) -> bool:
    connection, exchange = key.fileobj, key.data
    piece = connection.recv(65536)
    exchange.answer += piece
    if piece:
        return False
    waiting.unregister(connection)
    connection.close()
    if not exchange.answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"the site answered {exchange.answer[:300].decode(errors='replace')}")
    return True
