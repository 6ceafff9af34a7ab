"""What a batch of certificates costs, stage by stage: `python -m benchmarks.batches` from the project's root.

`certificate_batch_tried` and `certificate_batch_issued` are people a second: checks and trial print, then number,
print, file and release; with one worker and with two, turn by turn, on batches of two hundred people each.
`certificate_batch` is both together. `certificate_batch_memory` is what one worker grew by over a batch of each size of
BATCH_SIZES.
On PostgreSQL where it answers, else on SQLite, where one writer waits for the other.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.figures import report
from benchmarks.site.serving import throwaway_servers, throwaway_site

PEOPLE = int(os.environ.get("BATCH_PEOPLE", "200"))
SIZES = [int(size) for size in os.environ.get("BATCH_SIZES", "1000,5000").split(",") if size]
ROUNDS = int(os.environ.get("BATCH_ROUNDS", "3"))
WORKERS = (1, 2)
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    with ExitStack() as stack:
        environment = _servers(stack)
        folder = stack.enter_context(throwaway_site(environment))
        (folder / "broker" / "queue").mkdir(parents=True, exist_ok=True)
        _keep_fonts()
        engine = "PostgreSQL" if environment else "SQLite"
        _stages(engine)
        for size in SIZES:
            _memory(size, engine)


def _servers(stack: ExitStack) -> dict[str, str]:
    if os.environ.get("BATCH_ON") == "sqlite":
        return {}
    try:
        return stack.enter_context(throwaway_servers())
    except Exception as error:  # whatever a server that is not there says
        print(f"no PostgreSQL or no Redis, so SQLite: {error}", file=sys.stderr)
        return {}


def _keep_fonts() -> None:
    """Fonts are cut once a machine, not once a run."""
    from django.conf import settings

    settings.FONTS_DIR = ROOT / "var" / "fonts"


def _stages(engine: str) -> None:
    """Batches of the same size, by one worker and by two in turn; the first round only warms up."""
    spent: dict[tuple[str, int], list[float]] = {}
    for round_ in range(ROUNDS + 1):
        for workers in WORKERS:
            batch, approver = _propose(PEOPLE)
            tried, _grown = _timed(_try, batch, workers)
            _approve(batch, approver, PEOPLE)
            issued, _grown = _timed(_issue, batch, workers)
            _check(batch, PEOPLE)
            if round_:
                for stage, seconds in (("tried", tried), ("issued", issued), ("", tried + issued)):
                    spent.setdefault((stage, workers), []).append(PEOPLE / seconds)
    for (stage, workers), rates in spent.items():
        name = "certificate_batch" + (f"_{stage}" if stage else "")
        extra: dict[str, object] = {"workers": workers, "people": PEOPLE, "on": engine}
        if workers > 1:
            pairs = zip(rates, spent[stage, 1], strict=True)
            extra |= {
                "ratio": round(median(two / one for two, one in pairs), 2),
                "ratio_to": f"{name}, 1 worker",
            }
        report(name, "people/s", rates, **extra)


def _memory(size: int, engine: str) -> None:
    """What a worker grows by, trial and issue together."""
    batch, approver = _propose(size)
    tried, grown_trying = _timed(_try, batch, 1)
    _approve(batch, approver, size)
    issued, grown_issuing = _timed(_issue, batch, 1)
    _check(batch, size)
    grown = [*grown_trying, *grown_issuing]
    rate = round(size / (tried + issued), 1)
    report("certificate_batch_memory", "MiB", [max(grown)], people=size, people_per_s=rate, on=engine)


def _timed(work: Callable[[int], object], batch: Any, workers: int) -> tuple[float, list[float]]:
    """Seconds until the last of so many workers is done, each a process that has a warm press before the clock starts;
    and what each of them grew by, in MiB."""
    from django.db import connections

    connections.close_all()  # no connection is carried into a fork
    context = multiprocessing.get_context("fork")
    ready, go, done = context.Barrier(workers + 1), context.Event(), context.SimpleQueue()
    for _worker in range(workers):
        context.Process(target=_work, args=(work, batch.pk, ready, go, done)).start()
    ready.wait()
    begun = perf_counter()
    go.set()
    grown = [done.get() for _worker in range(workers)]
    return perf_counter() - begun, grown


def _work(work: Callable[[int], object], batch_id: int, ready: Any, go: Any, done: Any) -> None:
    from certificates.press.minding import minder

    minder.start()
    _warm(batch_id)
    ready.wait()
    go.wait()
    before = _peak_mib()
    work(batch_id)
    done.put(_peak_mib() - before)
    minder.stop()


def _warm(batch_id: int) -> None:
    """A print of somebody in the batch: the plate of the theme is cast."""
    from dataclasses import replace

    from django.utils import timezone

    from certificates.batch_pages.samples import sitter
    from certificates.models import CertificateBatch
    from certificates.numbering import draft_of
    from certificates.printing import print_certificate

    row = sitter(CertificateBatch.objects.get(pk=batch_id), "first")
    assert row is not None
    print_certificate(replace(draft_of(row=row, now=timezone.now()), sample=False))


def _try(batch_id: int) -> object:
    from certificates.models import CertificateBatch
    from certificates.trials import try_batch

    return try_batch(batch=CertificateBatch.objects.get(pk=batch_id))


def _issue(batch_id: int) -> object:
    from certificates.issuing import issue_batch
    from certificates.models import CertificateBatch

    return issue_batch(batch=CertificateBatch.objects.get(pk=batch_id))


def _propose(count: int) -> tuple[Any, Any]:
    """A batch of new people who meet the scheme and confirmed their names, and whoever approves it."""
    from django.utils import timezone

    from certificates.batches import propose_batch
    from tests.certificates import making
    from tests.factories import make_organisation

    now = timezone.now()
    making.make_issuer()
    scheme, pair = making.make_scheme(), making.make_issuing_pair()
    people = _people(count, scheme.key, now)
    begun = perf_counter()
    batch = propose_batch(
        scheme=scheme,
        organisation=make_organisation(),
        people=people,
        title=f"{begun}",
        by=pair[0],
        now=now,
        enqueue=False,
    )
    report("certificate_batch_proposed", "s", [perf_counter() - begun], people=count)
    return batch, pair[1]


def _people(count: int, scheme_key: str, now: Any) -> list[Any]:
    from datetime import timedelta
    from itertools import count as numbers

    from certificates.models import NameConfirmation
    from competencies.models import Evidence, Subject
    from people.models import Account, Membership, Person
    from tests.factories import make_organisation

    place, first = make_organisation(), Account.objects.count()
    people = Person.objects.bulk_create([Person() for _n in range(count)])
    named = [
        Account(
            person=person, staff_number=f"bench-{n}", name=f"许{chr(0x4E00 + n * 7 % 20000)}", password="!"
        )
        for n, person in zip(numbers(first), people, strict=False)
    ]
    Account.objects.bulk_create(named)
    Membership.objects.bulk_create(
        Membership(person=person, organisation=place, since_on=now.date() - timedelta(days=99))
        for person in people
    )
    subjects = Subject.objects.filter(key__in=["data", "base"]).order_by("pk")
    Evidence.objects.bulk_create(
        Evidence(
            person=person,
            subject=subject,
            kind=subject.kind,
            version_hash="0" * 64,
            source_key=f"bench:{person.pk}:{subject.pk}",
            occurred_at=now - timedelta(days=20),
            recorded_at=now,
            score="0.9",
            hours=8,
            weights={"DIG": "1"},
        )
        for person in people
        for subject in subjects
    )
    NameConfirmation.objects.bulk_create(
        NameConfirmation(
            person=account.person,
            scheme_key=scheme_key,
            asked_name=account.name,
            asked_at=now - timedelta(days=2),
            due_on=now.date(),
            answered_at=now,
            answer="confirmed",
        )
        for account in named
    )
    return [person.pk for person in people]


def _approve(batch: Any, approver: Any, count: int) -> None:
    from django.utils import timezone

    from certificates.batches import approve_batch

    ready = batch.rows.filter(state="ready").count()
    if ready != count:
        raise SystemExit(f"{count - ready} set aside: {batch.rows.exclude(state='ready').first().findings}")
    approve_batch(batch=batch, count=count, by=approver, now=timezone.now(), enqueue=False)


def _check(batch: Any, count: int) -> None:
    released = batch.rows.filter(state="released").count()
    if released != count:
        raise SystemExit(f"{count - released} certificates are missing")


def _peak_mib() -> float:
    """The most memory this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
