"""A release is whole or it is nothing, and it never changes."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.documents.models import Document
from wagtail.images.models import Image

from competencies.models import Subject
from core.appendonly import AppendOnlyViolation
from core.errors import NotAllowed, Refusal
from core.hashing import canonical_json, content_hash
from core.models import AuditEntry
from courses.compiling import NotReleasable
from courses.models import CourseIndexPage, CoursePage, CourseVersion, LessonPage
from courses.releasing import problems_of, release_course, versions_of
from library.clauses import store_chain, store_clause
from people.models import Role
from tests.courses.factories import CANARY, add_lesson, make_course, make_index, make_question, release
from tests.factories import make_person
from tests.library.test_clauses import entry

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10"/></svg>'


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def stored_image() -> Image:
    return Image.objects.create(
        title="图", file=SimpleUploadedFile("图.svg", SVG, "image/svg+xml"), width=10, height=10
    )


def test_a_version_holds_the_course_as_it_was_published(now: datetime) -> None:
    make_question(now=now)
    version = release(now=now, checks=("CHK-1",))
    lesson = LessonPage.objects.get()
    assert (version.key, version.number, version.released_at) == ("lift", 1, now)
    assert version.content_hash == content_hash(version.content)
    assert version.content["leaves"] == {"LAW": "0.6", "SWK": "0.4"}
    assert version.content["lessons"] == [
        {
            "id": lesson.translation_key.hex,
            "slug": "lesson-1",
            "title": "课 lesson-1",
            "summary": "一句话",
            "minutes": 8,
            "headings": [{"id": "h-opening-1", "title": "开头"}],
            "blocks": [
                {
                    "id": "opening",
                    "type": "text",
                    "value": {"html": '<h2 id="h-opening-1">开头</h2><p>正文</p>'},
                },
                {"id": "check-1", "type": "self_check", "value": {"question": "CHK-1", "prompt": ""}},
            ],
        }
    ]
    (lesson,) = version.outline["lessons"]
    assert {name: lesson[name] for name in ("checks", "reflections", "places")} == {
        "checks": {"check-1": "CHK-1"},
        "reflections": [],
        "places": {"opening": "开头", "check-1": "开头"},
    }
    assert "blocks" not in lesson


def test_no_answer_sits_in_a_page_or_a_version(now: datetime) -> None:
    make_question(now=now)
    version = release(now=now, checks=("CHK-1",))
    page = LessonPage.objects.get()
    page.save_revision()
    stored = canonical_json(version.content).decode() + json.dumps(page.latest_revision.content, default=str)
    assert CANARY not in stored
    assert "题干" not in stored


@pytest.mark.postgres
def test_the_same_content_gives_the_existing_version(now: datetime) -> None:
    first = release(now=now)
    entries = AuditEntry.objects.count()
    again = release_course(page=CoursePage.objects.get(), by=None, now=now)
    assert again == first
    assert (CourseVersion.objects.count(), AuditEntry.objects.count()) == (1, entries)


def test_publishing_does_not_release_and_the_next_release_is_the_next_number(now: datetime) -> None:
    first = release(now=now)
    page = CoursePage.objects.get()
    page.title = "加装电梯（修订）"
    page.save_revision().publish()
    assert CourseVersion.objects.get() == first
    second = release_course(page=page, by=None, now=now)
    assert [version.number for version in versions_of(page)] == [2, 1]
    assert CourseVersion.objects.newest().get() == second
    subject = Subject.objects.get(kind="course", key="lift")
    assert (subject.title, subject.hours, subject.url) == (
        "加装电梯（修订）",
        Decimal("3.0"),
        "/courses/lift/",
    )


def test_a_draft_that_is_not_published_stays_out(now: datetime) -> None:
    course = make_course(lessons=2)
    LessonPage.objects.get(slug="lesson-2").unpublish()
    course.title = "还没发布的标题"
    course.save_revision()
    version = release_course(page=course, by=None, now=now)
    assert version.content["title"] == "加装电梯"
    assert [lesson["slug"] for lesson in version.content["lessons"]] == ["lesson-1"]


def test_every_problem_is_told_at_once_with_its_place_and_nothing_is_written(now: datetime) -> None:
    course = make_course(lessons=0, hours=Decimal(3))
    add_lesson(course, "empty", body=[])
    broken = [
        {"type": "image", "id": "a", "value": {"image": None, "alt": "", "caption": ""}},
        {"type": "self_check", "id": "b", "value": {"question": "CHK-0", "prompt": ""}},
        {"type": "scenario", "id": "c", "value": {"key": "S0", "invitation": "来"}},
        {"type": "table", "id": "d", "value": {"caption": "表", "cells": "甲|乙\n一", "row_heads": False}},
        {"type": "text", "id": "e", "value": "<p>好</p>"},
        {"type": "exam", "id": "e", "value": {"key": "E0", "invitation": "来"}},
    ]
    add_lesson(course, "broken", body=broken)
    with pytest.raises(NotReleasable) as refused:
        release_course(page=course, by=None, now=now)
    places = [(one.lesson, one.block, bool(one.field)) for one in refused.value.problems]
    assert sorted(places) == sorted(
        [
            ("课 empty", None, False),
            ("课 broken", 1, True),
            ("课 broken", 1, True),
            ("课 broken", 2, False),
            ("课 broken", 3, False),
            ("课 broken", 4, True),
            ("课 broken", 6, False),
            ("课 broken", 6, False),
        ]
    )
    assert len(problems_of(course)) == 8
    assert not CourseVersion.objects.exists()
    assert not Subject.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_block_of_an_unknown_kind_stops_the_release(now: datetime) -> None:
    course = make_course()
    raw = json.dumps(
        [{"type": "poem", "id": "x", "value": "诗"}, {"type": "text", "id": "y", "value": "<p>文</p>"}]
    )
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE courses_lessonpage SET body = %s", [raw])
    with pytest.raises(NotReleasable) as refused:
        release_course(page=course, by=None, now=now)
    assert [(one.lesson, one.block) for one in refused.value.problems] == [("课 lesson-1", 1)]


def test_a_question_a_person_must_mark_is_no_self_check(now: datetime) -> None:
    make_question(
        "LONG-1",
        now=now,
        type="short_answer",
        body={"stem": "说说看"},
        points=2,
        answer={"rule": "rubric", "criteria": [{"id": "r1", "text": "说到点子", "max": 2}]},
    )
    with pytest.raises(NotReleasable) as refused:
        release(now=now, checks=("LONG-1",))
    assert [one.block for one in refused.value.problems] == [2]


def test_a_course_without_lessons_or_unpublished_is_refused(now: datetime) -> None:
    course = make_course(lessons=0)
    assert len(problems_of(course)) == 1
    course.unpublish()
    assert len(problems_of(course)) == 2


def test_only_an_author_releases(now: datetime) -> None:
    course = make_course()
    with pytest.raises(NotAllowed):
        release_course(page=course, by=make_person(roles=(Role.EXAMINER,)), now=now)
    author = make_person(roles=(Role.AUTHOR,))
    version = release_course(page=course, by=author, now=now)
    audited = AuditEntry.objects.filter(action="course.released")
    assert list(audited.values_list("actor", "target", "detail")) == [
        (str(author.pk), "courses.course:lift", {"number": 1, "content_hash": version.content_hash})
    ]


def test_an_address_never_changes_hands_and_never_changes(now: datetime) -> None:
    release(now=now)
    page = CoursePage.objects.get()
    page.slug = "other"
    page.save()
    with pytest.raises(Refusal):
        release_course(page=page, by=None, now=now)
    thief = make_course("lift")
    with pytest.raises(Refusal):
        release_course(page=thief, by=None, now=now)
    assert CourseVersion.objects.count() == 1


def test_media_are_copied_by_content_and_survive_their_originals(now: datetime, media_root: Path) -> None:
    image = stored_image()
    document = Document.objects.create(title="练习", file=SimpleUploadedFile("练习.csv", b"a,b\n1,2\n"))
    course = make_course(lessons=0)
    value = {"image": image.pk, "alt": "一个方块", "caption": ""}
    body = [
        {"type": "image", "id": "a", "value": value},
        {"type": "image", "id": "b", "value": value},
        {
            "type": "document",
            "id": "c",
            "value": {"document": document.pk, "title": "练习/一", "description": ""},
        },
    ]
    add_lesson(course, "media", body=body)
    version = release_course(page=course, by=None, now=now)
    files = [block["value"]["file"] for block in version.content["lessons"][0]["blocks"]]
    assert files[0] == files[1]
    assert [file["name"] for file in files] == ["image.svg", "image.svg", "练习-一.csv"]
    image.file.delete(save=False)
    kept = {path.name: path.read_bytes() for path in (media_root / "released").iterdir()}
    assert kept == {
        f"{files[0]['sha256']}.svg": SVG,
        f"{files[2]['sha256']}.csv": b"a,b\n1,2\n",
    }


def test_a_missing_file_and_a_film_that_is_none_are_problems(now: datetime) -> None:
    image = stored_image()
    image.file.delete(save=False)
    paper = Document.objects.create(title="纸", file=SimpleUploadedFile("a.csv", b"a"))
    course = make_course(lessons=0)
    body = [
        {"type": "image", "id": "a", "value": {"image": image.pk, "alt": "图", "caption": ""}},
        {"type": "video", "id": "b", "value": {"film": paper.pk, "title": "片", "transcript": "话"}},
    ]
    add_lesson(course, "media", body=body)
    with pytest.raises(NotReleasable) as refused:
        release_course(page=course, by=None, now=now)
    assert [one.block for one in refused.value.problems] == [1, 2]


def test_a_policy_chain_is_frozen_with_its_words(now: datetime) -> None:
    store_clause(entry=entry(), by=None, now=now)
    chain = store_chain(key="vote", title="怎么表决", clause_keys=["rule"], by=None, now=now)
    course = make_course(lessons=0)
    add_lesson(course, "policy", body=[{"type": "policy_chain", "id": "a", "value": {"chain": chain.pk}}])
    version = release_course(page=course, by=None, now=now)
    store_clause(entry=entry(text="另一种说法。"), by=None, now=now)
    frozen = CourseVersion.objects.get(pk=version.pk).content["lessons"][0]["blocks"][0]["value"]
    assert [clause["text"] for clause in frozen["clauses"]] == ["先看参与，再看同意。"]


@pytest.mark.postgres
def test_a_version_is_never_changed_or_deleted(now: datetime) -> None:
    version = release(now=now)
    version.number = 7
    for attempt in (version.save, version.delete, CourseVersion.objects.all().delete):
        with pytest.raises(AppendOnlyViolation):
            attempt()


def test_pages_of_courses_have_one_place_in_the_tree() -> None:
    assert CourseIndexPage.allowed_subpage_models() == [CoursePage]
    assert CoursePage.allowed_subpage_models() == [LessonPage]
    assert LessonPage.allowed_subpage_models() == []
    assert make_index() == make_index()
