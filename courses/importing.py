"""A course from a folder into its draft pages. What is already so is left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.utils.file import hash_filelike

from core import audit
from core.errors import Refusal
from courses.models import CourseIndexPage, CourseLeaf, CoursePage, LessonPage
from courses.packs import SourceBlock, SourceCourse, SourceLesson, read_course
from courses.richtext import clean_html
from courses.tables import write_rows
from library.models import PolicyChain
from people.models import Account, Person, Role
from people.roles import check_role

Raw = dict[str, Any]


@dataclass(frozen=True)
class Hand:
    """Who writes the pages, and when: Wagtail would ask the host's clock."""

    account: Account | None
    now: datetime


def import_course(folder: Path, *, parent: CourseIndexPage, by: Person | None, now: datetime) -> CoursePage:
    """Bring the draft of the course with this slug up to date and publish it; learners see it when it is released.

    Pictures and documents are found again by their content. Lessons that left the folder are unpublished. A second
    run of the same folder changes nothing. Raises NotAllowed, and Refusal with everything that is wrong.
    """
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    source = read_course(folder)
    hand = Hand(Account.objects.filter(person=by).first() if by else None, now)
    with transaction.atomic():
        try:
            course, changed = _store_course(source, parent, hand)
            changed |= _store_lessons(source, course, hand)
        except ValidationError as error:
            raise Refusal("; ".join(error.messages)) from error
        if changed:
            audit.record(action="course.imported", target=f"courses.course:{source.slug}", by=by, now=now)
    return CoursePage.objects.get(pk=course.pk)


def _store_course(source: SourceCourse, parent: CourseIndexPage, hand: Hand) -> tuple[CoursePage, bool]:
    course = CoursePage.objects.filter(slug=source.slug).first() or CoursePage(
        slug=source.slug, translation_key=_stable_key(source.slug)
    )
    fields = dict(source.fields)
    leaves = {one.leaf: one.weight for one in course.leaves.all()}
    if course.live and course.pk and leaves == source.leaves and _matches(course, fields):
        return course, False
    course.leaves = [CourseLeaf(leaf=leaf, weight=weight) for leaf, weight in source.leaves.items()]
    _publish(course, fields, parent, hand)
    return course, True


def _store_lessons(source: SourceCourse, course: CoursePage, hand: Hand) -> bool:
    """Whether anything changed."""
    changed = False
    for lesson in source.lessons:
        changed |= _store_lesson(source, lesson, course, hand)
    slugs = [lesson.slug for lesson in source.lessons]
    for left in LessonPage.objects.child_of(course).live().exclude(slug__in=slugs):
        left.unpublish(user=hand.account)
        changed = True
    return _put_in_order(course, slugs) or changed


def _store_lesson(source: SourceCourse, lesson: SourceLesson, course: CoursePage, hand: Hand) -> bool:
    page = LessonPage.objects.child_of(course).filter(slug=lesson.slug).first() or LessonPage(
        slug=lesson.slug, translation_key=_stable_key(f"{source.slug}/{lesson.slug}")
    )
    fields = {"title": lesson.title, "summary": lesson.summary, "minutes": lesson.minutes}
    body = [_raw_block(block, source) for block in lesson.blocks]
    if page.live and page.pk and list(page.body.raw_data) == body and _matches(page, fields):
        return False
    _publish(page, {**fields, "body": body}, course, hand)
    return True


def _matches(page: Page, fields: Mapping[str, Any]) -> bool:
    return all(getattr(page, name) == value for name, value in fields.items())


def _publish(page: Page, fields: Mapping[str, Any], parent: Page, hand: Hand) -> None:
    for name, value in fields.items():
        setattr(page, name, value)
    if page.pk is None:
        page.live = False
        parent.specific_class.objects.get(pk=parent.pk).add_child(instance=page)
    page.full_clean()
    first = page.first_published_at or hand.now
    page.save_revision(user=hand.account).publish(user=hand.account)
    Page.objects.filter(pk=page.pk).update(first_published_at=first, last_published_at=hand.now)


def _put_in_order(course: CoursePage, slugs: list[str]) -> bool:
    stored = LessonPage.objects.child_of(course).filter(slug__in=slugs).order_by("path")
    if list(stored.values_list("slug", flat=True)) == slugs:
        return False
    for slug in slugs:
        page = LessonPage.objects.child_of(course).get(slug=slug)
        page.move(CoursePage.objects.get(pk=course.pk), pos="last-child")
    return True


def _stable_key(path: str) -> UUID:
    """The same page gets the same id wherever it is imported, so that equal courses have equal hashes."""
    key = uuid5(NAMESPACE_URL, f"qinglan:course/{path}")
    return uuid5(key, "again") if Page.objects.filter(translation_key=key).exists() else key


def _raw_block(block: SourceBlock, source: SourceCourse) -> Raw:
    make = _MAKERS.get(block.type)
    value = make(block, source) if make else dict(block.value)
    return {"type": block.type, "id": block.id, "value": value}


def _text(block: SourceBlock, source: SourceCourse) -> str:
    return clean_html(str(block.value))


def _image(block: SourceBlock, source: SourceCourse) -> Raw:
    image = _stored_file(get_image_model(), source.file(block.value["file"]), block.value["alt"][:80])
    return {"image": image.pk, "alt": block.value["alt"], "caption": block.value.get("caption") or ""}


def _video(block: SourceBlock, source: SourceCourse) -> Raw:
    film = _stored_file(get_document_model(), source.file(block.value["file"]), block.value["title"])
    return {"film": film.pk, "title": block.value["title"], "transcript": block.value["transcript"]}


def _document(block: SourceBlock, source: SourceCourse) -> Raw:
    value = block.value
    document = _stored_file(get_document_model(), source.file(value["file"]), value["title"])
    return {"document": document.pk, "title": value["title"], "description": value.get("description") or ""}


def _key_points(block: SourceBlock, source: SourceCourse) -> Raw:
    points = [
        {"type": "item", "id": f"{block.id}-{number}", "value": str(point)}
        for number, point in enumerate(block.value["points"], start=1)
    ]
    return {"title": block.value["title"], "points": points}


def _policy_chain(block: SourceBlock, source: SourceCourse) -> Raw:
    key = block.value["chain"]
    chain = PolicyChain.objects.filter(key=key).first()
    if chain is None:
        raise Refusal(_("The library has no policy chain “%(key)s”.") % {"key": key})
    return {"chain": chain.pk}


def _reflection(block: SourceBlock, source: SourceCourse) -> Raw:
    return {"prompt": block.value["prompt"], "hint": block.value.get("hint") or ""}


def _self_check(block: SourceBlock, source: SourceCourse) -> Raw:
    return {"question": block.value["question"], "prompt": block.value.get("prompt") or ""}


def _table(block: SourceBlock, source: SourceCourse) -> Raw:
    value = block.value
    cells = write_rows(value["head"], value["rows"])
    return {"caption": value["caption"], "cells": cells, "row_heads": bool(value.get("row_heads"))}


_MAKERS: dict[str, Callable[[SourceBlock, SourceCourse], Any]] = {
    "text": _text,
    "image": _image,
    "video": _video,
    "document": _document,
    "key_points": _key_points,
    "policy_chain": _policy_chain,
    "reflection": _reflection,
    "self_check": _self_check,
    "table": _table,
}


def _stored_file(model: Any, path: Path, title: str) -> Any:
    """The image or document with this content: the one there is, or a new one. Raises ValidationError."""
    with path.open("rb") as handle:
        digest = hash_filelike(handle)
        existing = model.objects.filter(file_hash=digest).first()
        if existing:
            return existing
        handle.seek(0)
        stored = model(title=title, file=File(handle, name=path.name), file_hash=digest)
        stored.file_size = path.stat().st_size
        stored.full_clean(exclude=["width", "height"])
        stored.save()
    return stored
