"""Erasing a holder: names, salts, files and free words go; number, status and hashes stay and can be verified."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from certificates.models import CertificateDocument, EventNote, HolderSnapshot, NameConfirmation
from core import audit
from core.private_files import storage
from people.models import Person


@transaction.atomic
def erase_holder(*, person: Person, by: Person | None, now: datetime) -> int:
    """Delete what this room holds about a person beyond the opaque record; returns how many certificates it
    concerned. The files go after the commit. Doing it twice is harmless."""
    documents = CertificateDocument.objects.filter(certificate__person=person)
    paths = list(documents.values_list("path", flat=True))
    documents.delete()
    HolderSnapshot.objects.filter(certificate__person=person).delete()
    EventNote.objects.filter(event__certificate__person=person).delete()
    NameConfirmation.objects.filter(person=person).delete()
    for path in paths:
        transaction.on_commit(partial(storage().delete, path))
    audit.record(
        action="certificates.holder_erased",
        target=f"people.person:{person.pk}",
        by=by,
        now=now,
        documents=len(paths),
    )
    return len(paths)
