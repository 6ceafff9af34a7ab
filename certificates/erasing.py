"""Erasing a holder: names, salts, files and free words go; number, status and hashes stay and can be verified."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from certificates.models import (
    BatchRow,
    CertificateCase,
    CertificateDocument,
    EventNote,
    HolderSnapshot,
    NameConfirmation,
    PrintRun,
    Transcript,
)
from certificates.photos import photos_of
from core import audit
from core.private_files import storage
from people.models import Person
from people.portraits import remove_portrait


@transaction.atomic
def erase_holder(*, person: Person, by: Person | None, now: datetime) -> int:
    """Delete what this room holds about a person beyond the opaque record; returns how many certificates it
    concerned. The files go after the commit. Doing it twice is harmless."""
    documents = CertificateDocument.objects.filter(certificate__person=person)
    paths = list(documents.values_list("path", flat=True))
    transcripts = Transcript.objects.filter(certificate__person=person)
    pictures = [*photos_of(person), *transcripts.values_list("path", flat=True)]
    documents.delete()
    transcripts.delete()
    HolderSnapshot.objects.filter(certificate__person=person).delete()
    EventNote.objects.filter(event__certificate__person=person).delete()
    NameConfirmation.objects.filter(person=person).delete()
    CertificateCase.objects.filter(certificate__person=person).update(wanted_name="", words="", note="")
    remove_portrait(person=person, by=None, now=now)
    BatchRow.objects.filter(person=person).update(reading="", findings=[])
    for path in [*paths, *pictures, *_merged_with(person)]:
        transaction.on_commit(partial(storage().delete, path))
    audit.record(
        action="certificates.holder_erased",
        target=f"people.person:{person.pk}",
        by=by,
        now=now,
        documents=len(paths),
    )
    return len(paths)


def _merged_with(person: Person) -> list[str]:
    """Files of print runs that have a page about the person. The rows forget them and stay, as the log of the paper."""
    runs = PrintRun.objects.filter(sheets__certificate__person=person).exclude(path="").distinct()
    found = dict(runs.values_list("pk", "path"))
    PrintRun.objects.filter(pk__in=found).update(path="")
    return list(found.values())
