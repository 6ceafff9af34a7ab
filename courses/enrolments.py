"""Taking a course."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from core.errors import Refusal
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
