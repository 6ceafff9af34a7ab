"""What the demo's pages cost over HTTP: `python -m benchmarks.pages` from the project's root.

Eight readers at once ask two web workers on SQLite. The ratio is to `request_empty`, a page that does nothing for
somebody who is logged in; the public page has nobody to look up.
"""

from __future__ import annotations

import os
from typing import Any

from benchmarks.figures import report
from benchmarks.site.load import Requests, request
from benchmarks.site.rounds import p95_ms, queries_of, ratio, server_ms, take_turns
from benchmarks.site.serving import throwaway_site
from tests.processes import web_server

READERS = 8
ROUNDS = 11
TURNS = 25  # of each connection in a round
LEARNER, MENTOR = "2026-0417", "2014-0088"
COURSE = "/courses/data-analysis/"


def make_requests() -> dict[str, bytes]:
    """Build the demo; one request for each figure."""
    from django.utils import timezone

    from certificates.models import Certificate
    from cms.demo.build import build_demo

    build_demo(say=lambda text: None, now=timezone.now())
    learner, mentor = cookies_of(LEARNER), cookies_of(MENTOR)
    code = Certificate.objects.earliest("issued_at").code
    return {
        "request_empty": request("GET", "/bench/empty/", learner),
        "page_course": request("GET", COURSE, learner),
        "page_lesson": request("GET", f"{COURSE}lessons/ask-first/", learner),
        "page_mentor": request("GET", "/mentoring/", mentor),
        "page_verify": request("GET", f"/verify/{code}/", {}),
    }


def cookies_of(staff_number: str) -> dict[str, str]:
    """What the browser of somebody who is signed in sends."""
    from django.test import Client

    from people.models import Account

    client = Client()
    account = Account.objects.get(staff_number=staff_number)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}


def always(content: bytes) -> Requests:
    """The same request in every turn."""
    return lambda turn: content


def main() -> None:
    with throwaway_site():
        requests = make_requests()
        costs = {
            name: {"sql": queries_of(each), "server_ms": server_ms(each)} for name, each in requests.items()
        }
        with web_server(os.environ) as server:
            senders = {name: [always(each)] * READERS for name, each in requests.items()}
            loads = take_turns(server.port, senders, rounds=ROUNDS, turns=TURNS)
    for name, rounds in loads.items():
        extra: dict[str, Any] = {"p95_ms": p95_ms(rounds), **costs[name]}
        if name != "request_empty":
            extra |= {"ratio": ratio(rounds, loads["request_empty"]), "ratio_to": "request_empty"}
        report(name, "per s", [load.per_second for load in rounds], **extra)


if __name__ == "__main__":
    main()
