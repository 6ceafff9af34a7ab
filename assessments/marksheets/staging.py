"""A file of marks on its way in: read, looked at by whoever brought it, then taken.

    upload_marks → advancing (reads) → take_marks → advancing (takes)

What people do is here, what workers do is in `advancing`.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import tasks
from assessments.marksheets.reach import BRINGERS
from assessments.marksheets.steps import due_lines, move, record
from assessments.models import ExamVersion, ImportStatus, MarkSheet
from core import private_files
from core.errors import Refusal
from people.models import Person
from people.roles import check_role

MOST_BYTES = 20 * 2**20
FOLDER = "mark-sheets"


def upload_marks(*, version: ExamVersion, content: bytes, name: str, by: Person, now: datetime) -> MarkSheet:
    """Keep a file privately and have it read against this release.

    Raises NotAllowed for somebody who neither administers nor examines, Refusal for an empty file ("empty") and one
    that is too large ("large").
    """
    check_role(by, *BRINGERS, on=timezone.localdate(now))
    if not content.strip():
        raise Refusal(_("There is nothing in this file."), code="empty")
    if len(content) > MOST_BYTES:
        raise Refusal(
            _("The file is larger than %(most)s MB. Split it and upload the parts one by one.")
            % {"most": MOST_BYTES // 2**20},
            code="large",
        )
    number = uuid4()
    kept = private_files.store(content, folder=f"{FOLDER}/{number}", suffix=PurePosixPath(name).suffix[:12])
    with transaction.atomic():
        sheet = MarkSheet.objects.create(
            pk=number,
            exam_version=version,
            name=name[-160:],
            path=kept.path,
            uploaded_at=now,
            uploaded_by=by,
            touched_at=now,
        )
        record(
            "mark_sheet.uploaded",
            sheet,
            by,
            now,
            sha256=kept.sha256,
            exam=version.key,
            release=version.number,
        )
        transaction.on_commit(partial(_enqueue, sheet.pk))
    return sheet


def take_marks(*, sheet: MarkSheet, by: Person, now: datetime) -> MarkSheet:
    """Have every line taken that can be. Asked for again it changes nothing.

    Raises NotAllowed once the role is gone, Refusal for a file that is not there for this person any more or not read
    yet ("status") and one with nothing to take ("nothing").
    """
    check_role(by, *BRINGERS, on=timezone.localdate(now))
    with transaction.atomic():
        found = MarkSheet.objects.select_for_update().filter(pk=sheet.pk, uploaded_by=by).first()
        if found and found.status in (ImportStatus.TAKING, ImportStatus.DONE):
            return found
        if found is None or found.status != ImportStatus.READ:
            raise Refusal(_("This file is not waiting to be taken."), code="status")
        count = due_lines(found).count()
        if not count:
            raise Refusal(_("There is no line in this file that can be taken."), code="nothing")
        move(found, ImportStatus.TAKING, now)
        record("mark_sheet.begun", found, by, now, lines=count)
        transaction.on_commit(partial(_enqueue, found.pk))
    return found


def forget_sheet(*, sheet: MarkSheet, by: Person, now: datetime) -> None:
    """Erase the lines and the file; marks that are in stay. What is gone already stays gone.

    Raises Refusal ("status") while lines are being taken.
    """
    with transaction.atomic():
        found = MarkSheet.objects.select_for_update().filter(pk=sheet.pk, uploaded_by=by).first()
        if found is None:
            return
        if found.status == ImportStatus.TAKING:
            raise Refusal(_("These marks are going in right now. Wait until they are in."), code="status")
        record("mark_sheet.forgotten", found, by, now, status=found.status)
        transaction.on_commit(partial(private_files.storage().delete, found.path))
        found.delete()


def _enqueue(number: UUID) -> None:
    tasks.advance_mark_sheet.delay(str(number))
