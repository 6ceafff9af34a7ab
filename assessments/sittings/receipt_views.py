"""The receipt a candidate keeps: a page to read and print, and the same as a file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assessments.models import Attempt
from assessments.sittings import journal
from assessments.sittings.receipts import Receipt
from people.accounts import current_person

GROUP = 8


@dataclass(frozen=True)
class SavedLine:
    """One acknowledged save, as people read it."""

    number: int
    slot: int
    saved_at: datetime
    code: str


@require_GET
@login_required
def receipt(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    attempt = _own_attempt(request, attempt_id)
    kept = journal.receipt_for(attempt.pk)
    lines = [
        SavedLine(link.number, link.slot, datetime.fromisoformat(link.saved_at), link.short)
        for link in kept.links
    ]
    context = {"attempt": attempt, "receipt": kept, "lines": lines, "final": _in_groups(kept.final)}
    return render(request, "assessments/receipt.html", context)


@require_GET
@login_required
def receipt_file(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """The same as JSON: the chain as `sittings.receipts` says, and for people which exam it is and how to check."""
    attempt = _own_attempt(request, attempt_id)
    said = _as_file(journal.receipt_for(attempt.pk), attempt)
    response = HttpResponse(json.dumps(said, ensure_ascii=False, indent=2), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="receipt-{attempt.candidate_number}.json"'
    return response


def _own_attempt(request: HttpRequest, attempt_id: UUID) -> Attempt:
    own = Attempt.objects.filter(person=current_person(request)).select_related("exam_version")
    return get_object_or_404(own, pk=attempt_id)


def _as_file(kept: Receipt, attempt: Attempt) -> dict[str, object]:
    return {
        **kept.as_json(),
        "exam": attempt.exam_version.title,
        "candidate": attempt.candidate_number,
        "issued_at": timezone.now().isoformat(timespec="seconds"),
        "how_to_check": _(
            "Every hash is the SHA-256 of canonical JSON (UTF-8, sorted keys, no spaces). The chain starts with the "
            'hash of {"attempt": …}; each entry is the hash of its digest, number, previous, saved_at, sequence and '
            "slot, where previous is the hash before it. A digest is the hash of the answer itself. The last hash is "
            "final."
        ),
    }


def _in_groups(hash: str) -> list[str]:
    """Eight digits at a time, so that two people can compare them by reading aloud."""
    return [hash[at : at + GROUP] for at in range(0, len(hash), GROUP)]
