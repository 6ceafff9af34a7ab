"""An uploaded file on its way into the bank: read, looked at by whoever brought it, then taken.

    upload_file → advancing.read_file → choose_lines … → take_lines → advancing.take_chosen

What people do is here, what workers do is in `advancing`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import tasks
from assessments.models import BankImport, ImportStatus
from assessments.transfer.advancing import TAKEABLE, chosen_lines, move
from assessments.transfer.drafts import Bank
from assessments.transfer.importing import check_target
from core import audit, private_files
from core.errors import Refusal
from people.models import Person, Role
from people.roles import check_role

MOST_BYTES = 50 * 2**20
FOLDER = "bank-imports"


def imports_of(person: Person) -> QuerySet[BankImport]:
    """What this person brought, newest first; nobody else's imports are anybody's business."""
    return BankImport.objects.filter(uploaded_by=person).order_by("-uploaded_at")


def upload_file(
    *, content: bytes, name: str, format: str, bank: Bank, by: Person, now: datetime
) -> BankImport:
    """Keep a file privately and have it read.

    Raises Refusal for an unknown format or leaf, an empty file and one that is too large, NotAllowed for somebody who
    is not an author.
    """
    check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    check_target(format, bank)
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
    return _staged(
        number, name=name, path=kept.path, sha256=kept.sha256, format=format, bank=bank, by=by, now=now
    )


@transaction.atomic
def _staged(
    number: UUID, *, name: str, path: str, sha256: str, format: str, bank: Bank, by: Person, now: datetime
) -> BankImport:
    staged = BankImport.objects.create(
        pk=number,
        name=name[-160:],
        path=path,
        format=format,
        module=bank.module,
        leaf=bank.leaf,
        uploaded_at=now,
        uploaded_by=by,
        touched_at=now,
    )
    _record("bank_import.uploaded", staged, by, now, sha256=sha256, format=format)
    transaction.on_commit(partial(_enqueue, staged.pk))
    return staged


def choose_lines(*, staged: BankImport, shown: Collection[int], chosen: Collection[int], by: Person) -> int:
    """Of the lines shown choose these and no others; numbers as in the file. Returns how many are chosen now.

    Raises Refusal unless the import waits for its uploader.
    """
    with transaction.atomic():
        staged = _waiting(staged, by)
        lines = staged.lines.filter(fate__in=TAKEABLE, number__in=shown)
        lines.filter(number__in=chosen).update(chosen=True)
        lines.exclude(number__in=chosen).update(chosen=False)
        return chosen_lines(staged).count()


def choose_all(*, staged: BankImport, chosen: bool, by: Person) -> int:
    """Choose every line that can be taken, or none. Returns how many are chosen now. Raises as `choose_lines`."""
    with transaction.atomic():
        staged = _waiting(staged, by)
        staged.lines.filter(fate__in=TAKEABLE).update(chosen=chosen)
        return chosen_lines(staged).count()


@transaction.atomic
def take_lines(*, staged: BankImport, by: Person, now: datetime) -> BankImport:
    """Have the chosen lines taken into the bank; an import that is on its way there or arrived is left alone.

    Raises Refusal when nothing is chosen or the file is still being read, NotAllowed for somebody who is not an author.
    """
    check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    staged = BankImport.objects.select_for_update().get(pk=staged.pk)
    if staged.status in (ImportStatus.TAKING, ImportStatus.DONE):
        return staged
    staged = _waiting(staged, by)
    count = chosen_lines(staged).count()
    if not count and not any(staged.besides.get(name) for name in ("exams", "sittings")):
        raise Refusal(_("Choose at least one question."), code="nothing")
    move(staged, ImportStatus.TAKING, now)
    _record("bank_import.begun", staged, by, now, questions=count)
    transaction.on_commit(partial(_enqueue, staged.pk))
    return staged


def read_again(*, staged: BankImport, format: str, by: Person, now: datetime) -> BankImport:
    """Begin anew with the same file read as another format; what was read before is forgotten.

    Raises Refusal once the import is on its way into the bank, and as `upload_file` does.
    """
    content = private_files.read(staged.path) if private_files.storage().exists(staged.path) else b""
    bank = Bank(staged.module, staged.leaf)
    again = upload_file(content=content, name=staged.name, format=format, bank=bank, by=by, now=now)
    forget_import(staged=staged, by=by, now=now)
    return again


@transaction.atomic
def forget_import(*, staged: BankImport, by: Person, now: datetime) -> None:
    """Erase the lines and the file; questions that are in the bank stay. What is gone already stays gone.

    Raises Refusal while lines are being taken.
    """
    found = BankImport.objects.select_for_update().filter(pk=staged.pk, uploaded_by=by).first()
    if found is None:
        return
    if found.status == ImportStatus.TAKING:
        raise Refusal(_("These questions are going into the bank right now. Wait until they are in."))
    _record("bank_import.forgotten", found, by, now, status=found.status)
    transaction.on_commit(partial(private_files.storage().delete, found.path))
    found.delete()


def _enqueue(number: UUID) -> None:
    tasks.advance_import.delay(str(number))


def _waiting(staged: BankImport, by: Person) -> BankImport:
    """The import, locked. Raises Refusal unless it waits for its uploader, who this is."""
    found = BankImport.objects.select_for_update().filter(pk=staged.pk, uploaded_by=by).first()
    if found is None or found.status != ImportStatus.READ:
        raise Refusal(_("This import is not waiting for a choice."), code="status")
    return found


def _record(action: str, staged: BankImport, by: Person | None, now: datetime, **detail: Any) -> None:
    audit.record(action=action, target=f"assessments.bank_import:{staged.pk}", by=by, now=now, **detail)
