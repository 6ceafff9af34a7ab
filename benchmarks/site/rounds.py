"""Kinds of requests compared fairly: they take turns against one server, so that a busy machine slows all of them."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from benchmarks.site.load import Load, Requests, drive

Rounds = dict[str, list[Load]]


def take_turns(port: int, kinds: Mapping[str, list[Requests]], *, rounds: int, turns: int) -> Rounds:
    """The loads of every kind, one per round; a round before the first only warms up.

    `kinds` holds for each name what its connections send; each connection sends `turns` requests in a round.
    """
    loads: Rounds = {name: [] for name in kinds}
    for number in range(rounds + 1):
        for name, connections in kinds.items():
            load = drive(port, connections, turns=turns)
            if number:
                loads[name].append(load)
    return loads


def ratio(loads: list[Load], to: list[Load]) -> float:
    """Median of the rounds' ratios of answers per second."""
    pairs = zip(loads, to, strict=True)
    return round(median(one.per_second / other.per_second for one, other in pairs), 2)


def p95_ms(loads: list[Load]) -> float:
    """What nineteen of twenty answers took at most, in milliseconds."""
    return round(quantiles([each for load in loads for each in load.latencies], n=20)[-1], 1)


def answer_here(content: bytes) -> Any:
    """The answer to a request, given in this process. Raises RuntimeError when it is not 200."""
    from django.test import Client

    head, _, body = content.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _version = first.split()
    headers = dict(line.split(": ", 1) for line in lines)
    kind = headers.pop("Content-Type")
    answer = Client().generic(method, path, body, kind, headers=headers)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return answer


def queries_of(content: bytes) -> int:
    """How many SQL statements the site needs for this request, asked in this process."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        answer_here(content)
    return len(captured)


def server_ms(content: bytes, *, times: int = 21) -> float:
    """Median time the site works on this request, in this process and one at a time, in milliseconds."""
    taken = []
    for _ in range(times):
        begun = perf_counter()
        answer_here(content)
        taken.append((perf_counter() - begun) * 1000)
    return round(median(taken), 1)
