"""Exam sessions: an exam held on a day for named people, by an administrator of the part of the tree it is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.exams.releasing import newest_release
from assessments.halls.watching import sessions_administered_by
from assessments.models import REHEARSAL, Attempt, ExamSession, ExamVersion, Extension, PaperCopy
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Organisation, Person, Role, RoleAssignment


@dataclass(frozen=True)
class SessionTimes:
    """When a session is. `late_entry_minutes` after its opening nobody new comes in; None: until it closes."""

    opens_at: datetime
    closes_at: datetime
    late_entry_minutes: int | None = None


def open_session(
    *,
    exam_key: str,
    title: str,
    organisation: Organisation,
    times: SessionTimes,
    by: Person,
    now: datetime,
) -> ExamSession:
    """Announce a session of a released exam; the same again gives the one there is.

    Raises NotAllowed unless `by` administers the organisation, Refusal for an exam without a release, for one that is
    only for practice, for impossible times or a session that would be over already.
    """
    if not may_hold_in(by, organisation, at=now):
        _refuse()
    _check_exam(exam_key)
    check_times(times)
    if times.closes_at <= now:
        raise Refusal(
            _("These times are past: the session would be over already. Check the date."), code="past"
        )
    said = {
        "exam_key": exam_key,
        "title": title,
        "organisation": organisation,
        "opens_at": times.opens_at,
        "closes_at": times.closes_at,
    }
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        existing = ExamSession.objects.filter(**said).first()
        if existing:
            return existing
        session = ExamSession.objects.create(
            **said, late_entry_minutes=times.late_entry_minutes, created_by=by, created_at=now
        )
        record(session, "hall.session_opened", by=by, now=now, exam=exam_key)
    return session


def change_session(
    *, session: ExamSession, title: str, times: SessionTimes, by: Person, now: datetime
) -> ExamSession:
    """Another title or other times; exam and organisation stay. The same again changes nothing.

    Sittings that run keep their ends: time is added with `assessments.extensions`. Raises NotAllowed, or Refusal for
    impossible times.
    """
    check_times(times)
    with transaction.atomic():
        session = locked_session(session.pk, by=by, now=now)
        said = {"title": title, **vars(times)}
        if all(getattr(session, name) == value for name, value in said.items()):
            return session
        for name, value in said.items():
            setattr(session, name, value)
        session.save(update_fields=list(said))
        record(
            session,
            "hall.session_changed",
            by=by,
            now=now,
            opens_at=times.opens_at.isoformat(),
            closes_at=times.closes_at.isoformat(),
            late_entry_minutes=times.late_entry_minutes,
        )
    return session


def remove_session(*, session: ExamSession, by: Person, now: datetime) -> None:
    """Take back a session with its rooms and seats. Raises NotAllowed, or Refusal once something happened in it."""
    with transaction.atomic():
        session = locked_session(session.pk, by=by, now=now)
        if has_begun(session):
            raise Refusal(
                _("Somebody has sat, was given time or a printed paper here. The session stays as a record."),
                code="begun",
            )
        record(session, "hall.session_removed", by=by, now=now, exam=session.exam_key)
        session.delete()


def has_begun(session: ExamSession) -> bool:
    """Whether anything refers to the session's seats that must not lose them. Three queries at most."""
    return (
        Attempt.objects.filter(seat__session=session).exists()
        or Extension.objects.filter(session=session).exists()
        or PaperCopy.objects.filter(seat__session=session).exists()
    )


def check_times(times: SessionTimes) -> None:
    """Raises Refusal unless the session closes after it opens, and latecomers are barred before it closes."""
    if times.closes_at <= times.opens_at:
        raise Refusal(_("The session must close after it opens. Check both times."), code="times")
    length = (times.closes_at - times.opens_at).total_seconds() / 60
    if times.late_entry_minutes is not None and times.late_entry_minutes >= length:
        raise Refusal(
            _("Late entry ends after the session itself. Give fewer minutes, or leave the field empty."),
            code="times",
        )


def _check_exam(exam_key: str) -> None:
    release = newest_release(exam_key)
    if release is None:
        raise Refusal(_("This exam has not been released yet. Release it first."), code="not_released")
    if not is_held_on_site(release):
        raise Refusal(
            _("This exam is for practice; nobody is seated for it. Choose another."), code="practice"
        )


def is_held_on_site(version: ExamVersion) -> bool:
    """Whether sessions are held of this exam: not of the rehearsal, nor of what everybody practises alone."""
    return version.key != REHEARSAL and not version.document.get("practice")


def may_hold_in(person: Person, organisation: Organisation, *, at: datetime) -> bool:
    """Whether the person administers this organisation. One query."""
    held = RoleAssignment.objects.active(on=timezone.localdate(at)).filter(
        person=person, role=Role.ADMINISTRATOR
    )
    paths = held.values_list("organisation__path", flat=True)
    return any(organisation.path.startswith(path) for path in paths)


def locked_session(session_id: UUID, *, by: Person, now: datetime) -> ExamSession:
    """The session, locked, for somebody who administers it. Raises NotAllowed."""
    if not sessions_administered_by(by, at=now).filter(pk=session_id).exists():
        _refuse()
    sessions = ExamSession.objects.select_for_update(of=("self",)).select_related("organisation")
    return sessions.get(pk=session_id)


def record(session: ExamSession, action: str, *, by: Person, now: datetime, **detail: object) -> None:
    """One line of the audit trail about a session."""
    audit.record(action=action, target=f"assessments.examsession:{session.pk}", by=by, now=now, **detail)


def _refuse() -> NoReturn:
    raise NotAllowed(_("Only an administrator of this organisation may hold an exam session for it."))
