"""What an exam's answers cost: `python -m benchmarks.answers` from the project's root.

Eight candidates write at once to two web workers on SQLite. `request_empty` is a page that does nothing for somebody
who is logged in, `save_plain` a save without any check, `save_answer` the product's autosave with all of them
(ownership, deadline, status, sequence, shape of the answer). The three take turns, so that a busy machine slows all.

`score_objective` is the pure core alone, in one process: benchmarks/objective.py says what is scored.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from typing import Any

from benchmarks import objective
from benchmarks.figures import report
from benchmarks.site.load import Requests, request
from benchmarks.site.rounds import p95_ms, queries_of, ratio, take_turns
from benchmarks.site.serving import throwaway_site
from tests.processes import web_server

CANDIDATES = 8
ROUNDS = 11
TURNS = 100  # of each connection in a round
TYPES = ("single", "multiple", "true_false", "ordering", "matching", "short_answer")
CSRF = "b" * 32


class Candidate:
    """Somebody in the middle of an exam: a session, an attempt token, and saves with rising numbers."""

    def __init__(self) -> None:
        from django.test import Client
        from django.utils import timezone

        from assessments.sittings.tokens import HEADER, attempt_token
        from tests.assessments.making import make_attempt, right_response
        from tests.factories import make_person

        person = make_person()
        self.client = Client()
        self.client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
        session = self.client.cookies["sessionid"].value
        self.cookies = {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}
        self.attempt = make_attempt(person, now=timezone.now())
        self.token = {HEADER: attempt_token(self.attempt)}
        self.answers = list(self.attempt.answers.order_by("slot"))
        self.responses = [right_response(self.attempt, each.slot) for each in self.answers]
        self.sequences = itertools.count(1)

    def empty(self, turn: int) -> bytes:
        return request("GET", "/bench/empty/", self.cookies)

    def plain(self, turn: int) -> bytes:
        answer = self.answers[turn % len(TYPES)]
        return request("POST", f"/bench/answers/{answer.pk}/", self.cookies, self._save(turn))

    def real(self, turn: int) -> bytes:
        return request("POST", f"/exams/attempt/{self.attempt.pk}/save/", self.token, self._save(turn))

    def _save(self, turn: int) -> dict[str, Any]:
        slot = turn % len(TYPES)
        return {"slot": slot + 1, "sequence": next(self.sequences), "response": self.responses[slot]}


KINDS: dict[str, Callable[[Candidate], Requests]] = {
    "request_empty": lambda candidate: candidate.empty,
    "save_plain": lambda candidate: candidate.plain,
    "save_answer": lambda candidate: candidate.real,
}


def main() -> None:
    with throwaway_site():
        from tests.assessments.making import make_exam

        make_exam(types=TYPES)
        candidates = [Candidate() for _ in range(CANDIDATES)]
        sql = {name: queries_of(kind(candidates[0])(0)) for name, kind in KINDS.items()}
        with web_server(os.environ) as server:
            senders = {name: [kind(each) for each in candidates] for name, kind in KINDS.items()}
            loads = take_turns(server.port, senders, rounds=ROUNDS, turns=TURNS)
    for name, rounds in loads.items():
        extra: dict[str, Any] = {"p95_ms": p95_ms(rounds), "sql": sql[name]}
        if name == "save_answer":
            others = {other: ratio(rounds, loads[other]) for other in KINDS if other != name}
            extra |= {"ratio": others["save_plain"], "ratio_to": "save_plain", "ratios": others}
        report(name, "per s", [load.per_second for load in rounds], **extra)
    objective.main()


if __name__ == "__main__":
    main()
