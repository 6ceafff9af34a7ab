"""Taking a course."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.errors import Refusal
from core.prepared import first, prepared
from courses.models import CourseVersion, Enrolment
from people.models import Person


def enrol(*, person: Person, course_key: str, now: datetime) -> Enrolment:
    """Join a released course; the enrolment there is, when it was joined before. Raises Refusal if unknown."""
    if not CourseVersion.objects.filter(key=course_key).exists():
        raise Refusal(_("This course does not exist."), code="unknown_course")
    enrolment, _created = Enrolment.objects.get_or_create(
        person=person, course_key=course_key, defaults={"enrolled_at": now, "last_at": now}
    )
    return enrolment


def enrolment_of(person: Person, course_key: str) -> Enrolment | None:
    """Somebody's place in a course, if they joined it. One query."""
    return first(_enrolments_in(person.pk, course_key))


@prepared
def _enrolments_in(person: UUID, course_key: str) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(person=person, course_key=course_key)
