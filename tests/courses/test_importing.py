"""Courses from a folder: the demo's own, imported twice, released as they are."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Revision

from assessments.bank.storing import store_question
from cms.demo.pack import PACK, policy_files, read_selfchecks
from competencies.ledger import register_subject
from competencies.models import SubjectKind
from core.errors import Refusal
from core.models import AuditEntry
from courses.importing import import_course
from courses.models import CoursePage, LessonPage
from courses.releasing import release_course
from library.importing import import_policies
from tests.courses.factories import make_index

pytestmark = pytest.mark.django_db
COURSES = sorted(path.name for path in (PACK / "courses").iterdir())


@pytest.fixture
def pack(now: datetime, settings: Any, tmp_path: Path) -> Path:
    """The demo pack with everything its courses refer to."""
    settings.MEDIA_ROOT = tmp_path / "media"
    for path in policy_files():
        import_policies(path, by=None, now=now)
    for item in read_selfchecks():
        store_question(item=item, by=None, now=now, live=True)
    for key in ("base", "public-opinion", "smart-security"):
        register_subject(kind=SubjectKind.EXAM, key=key, title=key, url=f"/exams/{key}/")
    register_subject(kind=SubjectKind.SCENARIO, key="S1", title="老楼新梯", url="/simulations/S1/")
    return PACK / "courses"


def copy_of(pack: Path, tmp_path: Path) -> Path:
    return shutil.copytree(pack / "data-analysis", tmp_path / "course")


@pytest.mark.parametrize("name", COURSES)
def test_a_demo_course_is_imported_and_released_twice_without_a_second_trace(
    name: str, pack: Path, now: datetime
) -> None:
    first = import_course(pack / name, parent=make_index(), by=None, now=now)
    version = release_course(page=first, by=None, now=now)
    rows = [model.objects.count() for model in (Image, Document, Revision, LessonPage, AuditEntry)]
    second = import_course(pack / name, parent=make_index(), by=None, now=now)
    assert second == first
    assert release_course(page=second, by=None, now=now) == version
    assert [model.objects.count() for model in (Image, Document, Revision, LessonPage, AuditEntry)] == rows
    assert all(lesson["minutes"] > 0 for lesson in version.content["lessons"])


def test_a_changed_lesson_keeps_its_id_and_makes_a_new_version(
    pack: Path, tmp_path: Path, now: datetime
) -> None:
    folder = copy_of(pack, tmp_path)
    before = release_course(
        page=import_course(folder, parent=make_index(), by=None, now=now), by=None, now=now
    )
    lesson = folder / "lesson-1.yaml"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("先问清楚", "先想清楚"), encoding="utf-8")
    after = release_course(
        page=import_course(folder, parent=make_index(), by=None, now=now), by=None, now=now
    )
    assert (before.number, after.number) == (1, 2)
    assert [one["id"] for one in after.content["lessons"]] == [one["id"] for one in before.content["lessons"]]
    assert after.content["lessons"][0]["title"].startswith("先想清楚")


def test_lessons_follow_the_file_in_order_and_leave_with_it(
    pack: Path, tmp_path: Path, now: datetime
) -> None:
    folder = copy_of(pack, tmp_path)
    course = import_course(folder, parent=make_index(), by=None, now=now)
    slugs = [page.slug for page in LessonPage.objects.child_of(course).order_by("path")]
    about = folder / "course.yaml"
    text = about.read_text(encoding="utf-8").replace("[lesson-1, lesson-2, lesson-3]", "[lesson-3, lesson-1]")
    about.write_text(text, encoding="utf-8")
    course = import_course(folder, parent=make_index(), by=None, now=now)
    live = LessonPage.objects.child_of(course).live().order_by("path")
    assert [page.slug for page in live] == [slugs[2], slugs[0]]


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("type: text", "type: poem"),
        ("file: 怎么数.svg", "file: ../course.yaml"),
        ("file: 怎么数.svg", "file: 没有.svg"),
        ("      alt:", "      old:"),
        ("slug: ask-first", ""),
        ("  - id: opening", "  - id: counting"),
        ("minutes: 9", "minutes: [9"),
    ],
)
def test_a_broken_folder_changes_nothing(
    broken: str, mended: str, pack: Path, tmp_path: Path, now: datetime
) -> None:
    folder = copy_of(pack, tmp_path)
    lesson = folder / "lesson-1.yaml"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace(broken, mended, 1), encoding="utf-8")
    with pytest.raises(Refusal):
        import_course(folder, parent=make_index(), by=None, now=now)
    assert not CoursePage.objects.exists()
