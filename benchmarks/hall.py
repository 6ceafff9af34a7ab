"""A hall of two thousand who start, save and hand in at the same moment: `python -m benchmarks.hall` from the root.

The real stack on this machine: gunicorn with as many workers as the operator's guide says, PostgreSQL and Redis on
their standard ports, every check and every page of the product. Each figure is the time from the common beginning until
this person has what they asked for: the first question on the page (`hall_start`), the acknowledgement of the save
(`hall_save`), the result on the page (`hall_submit`). The database is looked through at the end: what was acknowledged
must be in it. Exit code 1 when a single person met an error.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from benchmarks.figures import report
from benchmarks.site.crowd import Answer, Crowd, Journey, Unexpected, gather
from benchmarks.site.load import request
from benchmarks.site.serving import throwaway_servers, throwaway_site
from tests.processes import web_server

PEOPLE = int(os.environ.get("HALL", "2000"))
SAVES = 3  # of each person, one moment each
WORKERS = 2 * (os.cpu_count() or 1) + 1
BACKLOG = 4096
TYPES = (*["single"] * 10, *["multiple"] * 4, *["true_false"] * 4, "ordering", "matching")
EXAM = "hall"
CSRF = "b" * 32
TOKEN = re.compile(r'data-token="([^"]+)"')
SHOWN_ERRORS = 5


@dataclass
class Candidate:
    """Somebody in the hall, signed in."""

    cookies: dict[str, str]
    page: str = ""  # of the sitting
    token: str = ""

    def start(self) -> Journey:
        moved = yield request("POST", f"/exams/{EXAM}/start/", self.cookies)
        self.page = _expect(moved, 302).headers["location"]
        shown = _expect((yield request("GET", self.page, self.cookies)), 200)
        found = TOKEN.search(shown.body)
        if found is None:
            raise Unexpected("a sitting page without its token")
        self.token = found[1]

    def save(self, slot: int, response: Any) -> Journey:
        from assessments.sittings.tokens import HEADER

        content = {"slot": slot, "sequence": slot, "response": response}
        answer = yield request("POST", f"{self.page}save/", {HEADER: self.token}, content)
        _expect(answer, 200)

    def submit(self) -> Journey:
        moved = yield request("POST", f"{self.page}submit/", self.cookies)
        result = _expect(moved, 302).headers["location"]
        _expect((yield request("GET", result, self.cookies)), 200)


def _expect(answer: Answer, status: int) -> Answer:
    """The answer, if it is that. Raises Unexpected."""
    if answer.status != status:
        raise Unexpected(f"{answer.status} instead of {status}: {answer.body[:200]}")
    return answer


def seat_everybody(number: int) -> list[Candidate]:
    """People with accounts and sessions, written at once: how they came in is not what is measured."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from people.models import Account, Person

    people = Person.objects.bulk_create(Person() for _ in range(number))
    accounts = Account.objects.bulk_create(
        Account(person=person, staff_number=f"H-{place:05d}", name=f"考生{place}", password="!")
        for place, person in enumerate(people)
    )
    store, sessions = SessionStore(), []
    for account in accounts:
        data = {
            SESSION_KEY: str(account.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: account.get_session_auth_hash(),
        }
        until = timezone.now() + timedelta(hours=3)
        key = f"{account.pk:032d}"
        sessions.append(Session(session_key=key, session_data=store.encode(data), expire_date=until))
    Session.objects.bulk_create(sessions)
    return [Candidate(_cookies(session.session_key)) for session in sessions]


def _cookies(session: str) -> dict[str, str]:
    return {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}


def run(port: int, hall: list[Candidate], responses: list[Any]) -> dict[str, list[Crowd]]:
    """The three moments, one after the other."""

    def all_at_once(journey: Callable[[Candidate], Journey]) -> Crowd:
        return gather(port, [journey(each) for each in hall])

    return {
        "hall_start": [all_at_once(Candidate.start)],
        "hall_save": [
            all_at_once(lambda each, slot=slot: each.save(slot, responses[slot - 1]))
            for slot in range(1, SAVES + 1)
        ],
        "hall_submit": [all_at_once(Candidate.submit)],
    }


def told(name: str, crowds: Iterable[Crowd]) -> int:
    """Print the figure; returns the number of errors."""
    whole = Crowd()
    for crowd in crowds:
        whole.seconds += crowd.seconds
        whole.errors += crowd.errors
    for error in whole.errors[:SHOWN_ERRORS]:
        print(name, error, file=sys.stderr)
    if whole.seconds:
        extra = {**whole.percentiles(), "errors": len(whole.errors), "people": PEOPLE, "workers": WORKERS}
        report(name, "s", whole.seconds, **extra)
    return len(whole.errors)


def missing() -> int:
    """How many acknowledged things are not in the database: papers, answers, results."""
    from assessments.models import Answer, Attempt, Result

    handed_in = Attempt.objects.exclude(submitted_at=None).count()
    saved = Answer.objects.exclude(response=None).count()
    right = Result.objects.filter(points=2 * SAVES, complete=True).count()
    return 3 * PEOPLE - handed_in - right - min(PEOPLE, saved // SAVES)


def main() -> int:
    os.environ.setdefault("QINGLAN_LOG_LEVEL", "ERROR")
    with throwaway_servers() as servers, throwaway_site(servers):
        from tests.assessments.making import TYPES as MADE
        from tests.assessments.making import make_exam

        make_exam(EXAM, types=TYPES, minutes=180)  # a slow machine is no latecomer
        hall = seat_everybody(PEOPLE)
        with web_server(os.environ, workers=WORKERS, preload=True, backlog=BACKLOG) as server:
            crowds = run(server.port, hall, [MADE[type][2] for type in TYPES])
        errors = sum(told(name, each) for name, each in crowds.items()) + missing()
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
