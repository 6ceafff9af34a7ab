"""How fast schemes are decided over everybody: `python -m benchmarks.schemes` from the project's root.

Ten thousand people with a dozen rows of evidence each, under the demo's scheme of a base and two special modules with
an age and an axis: what a preview of a draft takes from asking to the answer (`scheme_preview`, s), how many people a
second are decided and recorded for the first time (`scheme_people`) and how many when nothing changed, as every night
(`scheme_night`). The memory is what the process grew by, at most.
"""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.figures import report
from benchmarks.site.serving import throwaway_site

PEOPLE = int(os.environ.get("SCHEME_PEOPLE", "10000"))
BATCH = 500
ROUNDS = 3
PACK = Path(__file__).resolve().parent.parent / "cms" / "demo" / "pack" / "schemes.json"
COURSES = ("office-software", "data-analysis", "smart-security", "public-opinion")
EXAMS = ("base", "smart-security", "public-opinion")


def main() -> None:
    with throwaway_site() as folder:
        (folder / "broker" / "queue").mkdir(parents=True, exist_ok=True)
        _fill()
        _preview()
        _decide("scheme_people")
        _decide("scheme_night")


def scheme(mark: int) -> dict[str, Any]:
    """The demo's first scheme with another mark for its base, young evidence and an axis."""
    definition: dict[str, Any] = json.loads(PACK.read_text(encoding="utf-8"))[0]
    for rule in _leaves(definition["rule"]):
        if rule["id"] == "base-exam":
            rule |= {"mark": mark, "axes": {"technical": 50}, "max_age_months": 24}
    return definition


def _leaves(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in rule.get("rules", ()):
        yield from _leaves(each)
    if "rules" not in rule:
        yield rule


def _fill() -> None:
    from django.utils import timezone

    from assessments.schemes.releasing import release_scheme
    from competencies.ledger import register_subject
    from competencies.models import Evidence, SubjectKind
    from people.models import Person

    now = timezone.now()
    subjects = [register_subject(kind=SubjectKind.COURSE, key=key, title=key) for key in COURSES]
    subjects += [register_subject(kind=SubjectKind.EXAM, key=key, title=key) for key in EXAMS]
    subjects += [register_subject(kind=SubjectKind.PAIRING, key="QL-1", title="QL-1")]
    release_scheme(definition=scheme(60), by=None, now=now)
    for first in range(0, PEOPLE, BATCH):
        people = Person.objects.bulk_create(Person() for _n in range(BATCH))
        Evidence.objects.bulk_create(
            Evidence(
                person=person,
                subject=subjects[(n + place) % len(subjects)],
                kind={"pairing": "endorsement"}.get(kind, kind),
                version_hash="0" * 64,
                source_key=f"bench:{first + n}:{place}",
                occurred_at=now - timedelta(days=60 * place + n % 50),
                recorded_at=now,
                score=(n * 7 + place * 13) % 100 / 100,
                hours=2,
                weights={"DIG": "0.6", "LAW": "0.4"},
            )
            for n, person in enumerate(people)
            for place in range(12)
            for kind in (subjects[(n + place) % len(subjects)].kind,)
        )


def _preview() -> None:
    from django.utils import timezone

    from assessments.schemes.drafts import store_scheme_draft
    from assessments.schemes.previewing import advance_preview, ask_preview

    draft = store_scheme_draft(definition=scheme(70), by=None, now=timezone.now())
    seconds, before, worked = [], peak_mib(), process_time()
    for _round in range(ROUNDS):
        begun = perf_counter()
        preview = advance_preview(preview=ask_preview(draft=draft, by=None, now=timezone.now()))
        seconds.append(perf_counter() - begun)
    report(
        "scheme_preview",
        "s",
        seconds,
        people=preview.done_count,
        losses=len(preview.losses),
        cpu_s_each=round((process_time() - worked) / ROUNDS, 2),
        mib_grown=round(peak_mib() - before, 1),
    )


def _decide(name: str) -> None:
    """Everybody under every scheme, through the nightly review: the first night records, later ones find it done."""
    from assessments.models import DecisionReview
    from assessments.schemes.reviewing import review_decisions

    before, begun, worked = peak_mib(), perf_counter(), process_time()
    DecisionReview.objects.all().delete()
    review = review_decisions()
    report(
        name,
        "people/s",
        [review.people_count / (perf_counter() - begun)],
        differences=len(review.differences),
        cpu_s=round(process_time() - worked, 2),
        mib_grown=round(peak_mib() - before, 1),
    )


def peak_mib() -> float:
    """The most memory this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
