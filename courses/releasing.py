"""Release: one explicit step that turns a draft course into a version learners act on."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from competencies.ledger import register_subject
from competencies.models import SubjectKind
from core import audit
from core.errors import Refusal
from core.hashing import content_hash
from courses.compiling import Document, NotReleasable, compile_course, outline_of
from courses.media import ReleaseKeeper
from courses.models import CoursePage, CourseVersion
from people.models import Person, Role
from people.roles import check_role


def release_course(*, page: CoursePage, by: Person | None, now: datetime) -> CourseVersion:
    """Compile the published course with its published lessons into the next version of it.

    Gives the newest version when nothing changed since. Raises NotAllowed unless `by` is an author (None: the
    system), NotReleasable with every problem of every block, Refusal when the address belongs to another course.
    A release that fails changes nothing; files already copied lie under their hash and harm nobody.
    """
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    page = CoursePage.objects.get(pk=page.pk)  # what is published, not what somebody is typing
    _check_address(page)
    keeper = ReleaseKeeper()
    content = compile_course(page, keeper=keeper)
    keeper.store()
    return _write_version(page, content, by, now)


def problems_of(page: CoursePage) -> tuple[str, ...]:
    """What stands in the way of a release now; nothing is written."""
    try:
        _check_address(page)
        compile_course(page, keeper=ReleaseKeeper())
    except NotReleasable as refusal:
        return tuple(map(str, refusal.problems))
    except Refusal as refusal:
        return (str(refusal),)
    return ()


def versions_of(page: CoursePage) -> list[CourseVersion]:
    """All versions of a draft, newest first, without their text."""
    versions = CourseVersion.objects.outlined().filter(page_uuid=page.translation_key)
    return list(versions.select_related("released_by__account").order_by("-number"))


@transaction.atomic
def _write_version(page: CoursePage, content: Document, by: Person | None, now: datetime) -> CourseVersion:
    digest = content_hash(content)
    _register(content)
    newest = CourseVersion.objects.filter(key=page.slug).order_by("-number").first()
    if newest and newest.content_hash == digest:
        return newest
    version = CourseVersion.objects.create(
        key=page.slug,
        page_uuid=page.translation_key,
        number=newest.number + 1 if newest else 1,
        outline=outline_of(content),
        content=content,
        content_hash=digest,
        released_at=now,
        released_by=by,
    )
    audit.record(
        action="course.released",
        target=f"courses.course:{version.key}",
        by=by,
        now=now,
        number=version.number,
        content_hash=digest,
    )
    return version


def _register(content: Document) -> None:
    """Writing the subject first also makes releases of one course wait for each other."""
    register_subject(
        kind=SubjectKind.COURSE,
        key=content["key"],
        title=content["title"],
        hours=Decimal(content["hours"]),
        url=reverse("courses:course", args=[content["key"]]),
    )


def _check_address(page: CoursePage) -> None:
    """Evidence and schemes name a course by its address: it never changes hands and never changes."""
    taken = CourseVersion.objects.filter(key=page.slug).exclude(page_uuid=page.translation_key)
    if taken.exists():
        raise Refusal(
            _("The address “%(slug)s” belongs to another released course. Choose another slug.")
            % {"slug": page.slug}
        )
    moved = CourseVersion.objects.filter(page_uuid=page.translation_key).exclude(key=page.slug).first()
    if moved:
        raise Refusal(
            _("This course was released as “%(slug)s”. Evidence names it so: give it its old slug back.")
            % {"slug": moved.key}
        )
