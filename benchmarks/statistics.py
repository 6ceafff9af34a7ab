"""How long the statistics of an exam take: `python -m benchmarks.statistics` from the project's root.

Ten thousand papers of a hundred questions, in three ways that come to the same figures, taken in turns: `stats_orm`
loops over model instances, as one would write it down first; `stats_cold` is the product without anything stored: which
papers count, reading them in portions, every figure; `stats_matrix` begins with the stored matrix of a closed exam. The
memory of the cold way is what a process of its own ever held.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.figures import report
from benchmarks.site.serving import throwaway_site

CANDIDATES = int(os.environ.get("STATS_CANDIDATES", "10000"))
ITEMS = 100
ROUNDS = 3
EXAM = "stats"
CHILD = "--cold"
PORTION = 250


def main() -> None:
    with throwaway_site() as folder:
        from benchmarks.site.papers import fill_exam

        (folder / "broker" / "queue").mkdir(
            parents=True, exist_ok=True
        )  # what is enqueued lies there untaken
        fill_exam(EXAM, candidates=CANDIDATES, items=ITEMS)
        matrix = _stored()
        ways: dict[str, Callable[[], dict[str, Any]]] = {
            "stats_orm": by_instances,
            "stats_cold": cold,
            "stats_matrix": lambda: from_matrix(matrix),
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        said = []
        for _round in range(ROUNDS):
            for name, way in ways.items():
                begun = perf_counter()
                said.append(way())
                seconds[name].append(perf_counter() - begun)
        assert all(_close(each, said[0]) for each in said), "the ways do not come to the same figures"
        _told(seconds, peak_mib=_peak_of_child(folder))


def by_instances() -> dict[str, Any]:
    """Instances of attempts, results and answers, one after the other, into lists; then the same figures."""
    import numpy as np

    from assessments.analyses.figures import figures_of
    from assessments.analyses.layouts import layout_of
    from assessments.analyses.matrices import ABSENT, Matrix
    from assessments.models import Attempt, AttemptStatus

    version = _version()
    layout = layout_of(version)
    place_of = {column.number: place for place, column in enumerate(layout.columns)}
    rows, chosen = [], []
    attempts = Attempt.objects.filter(exam_version=version, status=AttemptStatus.COMPLETE)
    papers = attempts.order_by("started_at", "pk").prefetch_related("results", "answers__item")
    for attempt in papers.iterator(PORTION):
        newest = max((each for each in attempt.results.all() if each.complete), key=lambda each: each.number)
        points = {line["slot"]: line["points"] for line in newest.items}
        row, own = [ABSENT] * ITEMS, [ABSENT] * ITEMS
        for answer in attempt.answers.all():
            place = place_of[answer.item.number]
            row[place] = round(float(points[answer.slot]) * 100)
            picked = [answer.response] if isinstance(answer.response, str) else answer.response or []
            options = layout.columns[place].options
            own[place] = sum(1 << options.index(each) for each in picked)
        rows.append(row)
        chosen.append(own)
    return figures_of(Matrix(layout, 100, np.array(rows), np.array(chosen)))


def cold() -> dict[str, Any]:
    """The product's own way with nothing stored."""
    from assessments.analyses.collecting import collect
    from assessments.analyses.figures import figures_of
    from assessments.analyses.layouts import layout_of
    from assessments.analyses.selecting import select_sittings
    from assessments.models import Which

    version = _version()
    return figures_of(collect(layout_of(version), select_sittings(version, Which.FIRST)))


def from_matrix(pk: int) -> dict[str, Any]:
    """From the row in the database."""
    from assessments.analyses.figures import figures_of
    from assessments.analyses.matrices import stored_matrix
    from assessments.models import ScoreMatrix

    return figures_of(stored_matrix(ScoreMatrix.objects.get(pk=pk)))


def _stored() -> int:
    """The matrix as the nightly run leaves it."""
    from django.utils import timezone

    from assessments.analyses.advancing import advance_analysis
    from assessments.analyses.asking import ask_analysis
    from assessments.models import Which

    asked = ask_analysis(exam_version=_version(), which=Which.FIRST, by=None, now=timezone.now())
    done = advance_analysis(analysis=asked)
    assert done.matrix_id is not None, done.problem
    return done.matrix_id


def _version() -> Any:
    from assessments.models import ExamVersion

    return ExamVersion.objects.get(key=EXAM)


def _close(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """The same mean and alpha, and the same facility, discrimination and choices of every item, to 1e-9."""
    return all(abs(a - b) <= 1e-9 * max(1, abs(b)) for a, b in zip(_kernel(one), _kernel(other), strict=True))


def _kernel(figures: dict[str, Any]) -> list[float]:
    found = [figures["test"]["mean"], figures["test"]["alpha"]]
    for item in figures["items"]:
        found += [item["facility"], item["discrimination_index"]]
        found += [option["n"] for option in item["choices"]["options"]]
    return found


def _told(seconds: dict[str, list[float]], *, peak_mib: float) -> None:
    size = {"candidates": CANDIDATES, "items": ITEMS}
    slow = median(seconds["stats_orm"])
    report("stats_orm", "s", seconds["stats_orm"], **size)
    for name in ("stats_cold", "stats_matrix"):
        ratio = round(slow / median(seconds[name]), 1)
        extra = {"peak_mib": peak_mib} if name == "stats_cold" else {}
        report(name, "s", seconds[name], ratio=ratio, ratio_to="stats_orm", **extra, **size)


def _peak_of_child(folder: Path) -> float:
    """The most memory that the cold way held in a process of its own, in MiB, interpreter and product included."""
    found = subprocess.run(
        [sys.executable, "-m", "benchmarks.statistics", CHILD],
        env={**os.environ, "QINGLAN_VAR": str(folder)},
        check=True,
        capture_output=True,
        text=True,
    )
    return float(found.stdout)


def child() -> None:
    import django

    django.setup()
    cold()
    # not ru_maxrss: a child begins with what its parent held
    held = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    print(round(int(held[1]) / 1024, 1) if held else 0)


if __name__ == "__main__":
    child() if CHILD in sys.argv else main()
