"""A worker killed again and again while it brings marks in (faults.md row 33): every mark is there once, and no result
goes out twice."""

from __future__ import annotations

import multiprocessing
import random
import time
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from assessments.marksheets import advancing
from assessments.marksheets.advancing import advance
from assessments.marksheets.staging import take_marks, upload_marks
from assessments.models import Attempt, AttemptStatus, ExamVersion, ImportStatus, Mark, MarkSheet, Result
from competencies.models import Evidence
from core.models import AuditEntry
from people.models import Notice, Person, Role
from tests.assessments.making import make_exam
from tests.assessments.marksheets.making import make_papers, text_table
from tests.factories import make_person

pytestmark = pytest.mark.django_db(transaction=True)

PAPERS = 80
KILLS = 12
LONGEST_LIFE = 0.12  # seconds from a worker's start to its kill


def work(sheet: MarkSheet) -> None:
    """A worker's life, in small steps so that kills fall between and into them."""
    advancing.PORTION, advancing.PAPERS = 2, 1
    advance(sheet=sheet)


def kill_a_worker(sheet: MarkSheet, life: float) -> bool:
    """Fork a worker and kill it after `life` seconds; tells whether it was still working."""
    connections.close_all()  # an open SQLite file must not be carried into a fork
    worker = multiprocessing.get_context("fork").Process(target=work, args=(sheet,))
    worker.start()
    worker.join(timeout=life)
    was_working = worker.is_alive()
    worker.kill()
    worker.join()
    return was_working


@pytest.mark.parametrize("seed", range(2))
def test_file_of_marks_survives_its_workers(seed: int) -> None:
    chance, now = random.Random(seed), timezone.now()
    version, papers, bringer = _exam(now)
    rows = [[each.candidate_number, slot, 1, ""] for slot in (1, 2) for each in papers]
    rows[9][2] = "缺考"
    content = text_table(rows)
    sheet = upload_marks(version=version, content=content, name="成绩.csv", by=bringer, now=now)
    killed = [kill_a_worker(sheet, chance.uniform(0, LONGEST_LIFE)) for _turn in range(KILLS // 2)]
    assert advance(sheet=sheet).status == ImportStatus.READ
    take_marks(sheet=sheet, by=bringer, now=timezone.now())
    killed += [kill_a_worker(sheet, chance.uniform(0, LONGEST_LIFE)) for _turn in range(KILLS // 2)]
    begun = time.monotonic()
    done = advance(sheet=sheet)
    print("KILLED", killed, "then", round(time.monotonic() - begun, 1), "s")
    assert sum(killed) >= KILLS // 4
    assert_taken_once(done, papers)
    again = upload_marks(version=version, content=content, name="成绩.csv", by=bringer, now=timezone.now())
    advance(sheet=again)
    fates = list(again.lines.order_by("number").values_list("fate", flat=True))
    assert (fates.count("same"), fates.count("skipped")) == (2 * PAPERS - 1, 1)


def _exam(now: datetime) -> tuple[ExamVersion, list[Attempt], Person]:
    version = make_exam(types=("single", "short_answer"))
    papers = make_papers(PAPERS, now=now - timedelta(hours=1))
    return version, papers, make_person(roles=(Role.ADMINISTRATOR,))


def assert_taken_once(sheet: MarkSheet, papers: list[Attempt]) -> None:
    marks = 2 * PAPERS - 1
    assert (sheet.status, sheet.read_count, sheet.taken_count) == (ImportStatus.DONE, 2 * PAPERS, marks)
    assert sheet.lines.filter(taken_at__isnull=False).count() == marks
    assert Mark.objects.count() == Mark.objects.values("answer").distinct().count() == marks
    assert AuditEntry.objects.filter(action="answer.mark_imported").count() == marks
    assert Attempt.objects.filter(status=AttemptStatus.COMPLETE).count() == PAPERS
    assert Result.objects.filter(attempt__in=papers, complete=True).count() == PAPERS
    assert Evidence.objects.count() == PAPERS
    assert Notice.objects.filter(source_key__startswith="result:").count() == PAPERS
