"""Getting on in a course: opening, answering, reflecting, completing. How long it takes is never measured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import selfchecks
from competencies.ledger import record_evidence
from competencies.models import EvidenceKind, Subject, SubjectKind
from core.errors import Refusal
from courses.checks import seed_for
from courses.lessons import block_of, lesson_with, newest_version, self_checks
from courses.models import CheckAnswer, CourseVersion, Enrolment, LessonProgress, Reflection

EXPLAIN_AFTER = 3  # wrong tries: from then on the explanation is shown, so that nobody stays stuck
MOST_TRIES = 32_767  # what the column holds; nobody is told
LONGEST_REFLECTION = 4_000


class NotInCourse(Refusal):
    """A lesson or block that the course does not have: for a visitor, it does not exist."""

    code = "not_in_course"


@transaction.atomic
def open_lesson(
    *, enrolment: Enrolment, lesson_id: str, now: datetime, version: CourseVersion | None = None
) -> None:
    """Remember that the lesson was opened, and that the learner is there now. Raises NotInCourse.

    `version` is the newest one, where the caller has it at hand.
    """
    _lesson(enrolment, lesson_id, version)
    _ensure_progress(enrolment, lesson_id, now)
    _move(enrolment, lesson_id, "", now)


def mark_seen(*, enrolment: Enrolment, lesson_id: str, block_id: str, now: datetime) -> None:
    """Remember the last block on the screen, to come back to. Raises NotInCourse."""
    _version, lesson = _lesson(enrolment, lesson_id)
    if block_of(lesson, block_id) is None:
        raise NotInCourse(_("This lesson has no such block."))
    _move(enrolment, lesson_id, block_id, now)


def answer_check(
    *, enrolment: Enrolment, lesson_id: str, block_id: str, raw: Any, now: datetime
) -> CheckAnswer:
    """Check an answer on the server. A correct one stays, whatever is sent afterwards; wrong ones may be retried.

    Raises NotInCourse, and Refusal when nothing was answered or the answer is none of this question's.
    """
    _version, lesson = _lesson(enrolment, lesson_id)
    key = self_checks(lesson).get(block_id)
    if key is None:
        raise NotInCourse(_("This lesson has no such block."))
    if _is_blank(raw):
        raise Refusal(_("Choose an answer first."), code="blank")
    verdict = selfchecks.check(key, raw, seed=seed_for(enrolment.person_id, lesson_id))
    with transaction.atomic():
        _lock(enrolment)
        answer = CheckAnswer.objects.filter(enrolment=enrolment, question_key=key).first()
        if answer and answer.correct:
            return answer
        answer = answer or CheckAnswer(enrolment=enrolment, question_key=key, tries=0)
        answer.tries = min(answer.tries + 1, MOST_TRIES)
        answer.response, answer.correct, answer.answered_at = raw, verdict.correct, now
        told = verdict.correct or answer.tries >= EXPLAIN_AFTER
        answer.explanation = verdict.explanation if told else ""
        answer.save()
        _move(enrolment, lesson_id, block_id, now)
    return answer


@transaction.atomic
def reflect(*, enrolment: Enrolment, lesson_id: str, block_id: str, text: str, now: datetime) -> None:
    """Keep what the learner wrote for themselves; an empty text takes it away. Raises NotInCourse, Refusal."""
    _version, lesson = _lesson(enrolment, lesson_id)
    if block_of(lesson, block_id, "reflection") is None:
        raise NotInCourse(_("This lesson has no such block."))
    if len(text) > LONGEST_REFLECTION:
        raise Refusal(_("At most %(limit)s characters, please.") % {"limit": LONGEST_REFLECTION})
    _lock(enrolment)
    place: dict[str, Any] = {"enrolment": enrolment, "lesson_id": lesson_id, "block_id": block_id}
    if text.strip():
        Reflection.objects.update_or_create(**place, defaults={"text": text, "written_at": now})
    else:
        Reflection.objects.filter(**place).delete()
    _move(enrolment, lesson_id, block_id, now)


@transaction.atomic
def complete_lesson(*, enrolment: Enrolment, lesson_id: str, now: datetime) -> Enrolment:
    """Complete a lesson whose self-checks are all answered correctly; the last one completes the course.

    Completing the course records its evidence once, however often and from wherever this is called. Raises
    NotInCourse, and Refusal while a self-check is open.
    """
    version, lesson = _lesson(enrolment, lesson_id)
    enrolment = _lock(enrolment)
    _check_answered(enrolment, lesson)
    _ensure_progress(enrolment, lesson_id, now)
    LessonProgress.objects.filter(enrolment=enrolment, lesson_id=lesson_id, completed_at=None).update(
        completed_at=now
    )
    _move(enrolment, lesson_id, "", now)
    if enrolment.completed_at is None and not _open_lessons(enrolment, version):
        _complete_course(enrolment, version, now)
    return enrolment


def _lesson(
    enrolment: Enrolment, lesson_id: str, version: CourseVersion | None = None
) -> tuple[CourseVersion, Mapping[str, Any]]:
    version = version or newest_version(enrolment.course_key)
    lesson = lesson_with(version.content, id=lesson_id) if version else None
    if version is None or lesson is None:
        raise NotInCourse(_("This course has no such lesson."))
    return version, lesson


def _lock(enrolment: Enrolment) -> Enrolment:
    """One learner's steps in one course happen one after the other, double click and second tab included."""
    return Enrolment.objects.select_for_update().get(pk=enrolment.pk)


def _ensure_progress(enrolment: Enrolment, lesson_id: str, now: datetime) -> None:
    progress = LessonProgress(enrolment=enrolment, lesson_id=lesson_id, opened_at=now)
    LessonProgress.objects.bulk_create([progress], ignore_conflicts=True)


def _move(enrolment: Enrolment, lesson_id: str, block_id: str, now: datetime) -> None:
    Enrolment.objects.filter(pk=enrolment.pk).update(last_lesson=lesson_id, last_block=block_id, last_at=now)


def _check_answered(enrolment: Enrolment, lesson: Mapping[str, Any]) -> None:
    keys = set(self_checks(lesson).values())
    passed = CheckAnswer.objects.filter(enrolment=enrolment, question_key__in=keys, correct=True).count()
    missing = len(keys) - passed
    if missing:
        raise Refusal(
            ngettext(
                "%(count)s self-check of this lesson still waits for its right answer.",
                "%(count)s self-checks of this lesson still wait for their right answers.",
                missing,
            )
            % {"count": missing},
            code="checks_open",
        )


def _open_lessons(enrolment: Enrolment, version: CourseVersion) -> set[str]:
    completed = LessonProgress.objects.filter(enrolment=enrolment, completed_at__isnull=False)
    lessons = {lesson["id"] for lesson in version.content["lessons"]}
    return lessons - set(completed.values_list("lesson_id", flat=True))


def _complete_course(enrolment: Enrolment, version: CourseVersion, now: datetime) -> None:
    enrolment.completed_at = now
    enrolment.save(update_fields=["completed_at"])
    weights = {leaf: Decimal(weight) for leaf, weight in version.content["leaves"].items()}
    record_evidence(
        person=enrolment.person,
        subject=Subject.objects.get(kind=SubjectKind.COURSE, key=enrolment.course_key),
        kind=EvidenceKind.COURSE,
        version_hash=version.content_hash,
        source_key=f"course:{enrolment.pk}",
        occurred_at=now,
        now=now,
        score=Decimal(1),
        hours=Decimal(version.content["hours"]),
        weights=weights,
    )


def _is_blank(raw: Any) -> bool:
    values = raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else [raw]
    return not any(str(value or "").strip() for value in values)
