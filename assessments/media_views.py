"""Serving what questions show, and taking and serving what answers bring along."""

from __future__ import annotations

import re
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from assessments.attempts import NoSuchAnswer
from assessments.bank import media
from assessments.items.media import suffix_of
from assessments.presenting import FILES, files_address
from assessments.sittings import uploads
from assessments.sittings.autosave import as_response, json_refusal, json_reply, number_from, reply_to_save
from assessments.sittings.saving import AnswerChecked, AnswerSuperseded, Held
from assessments.sittings.tokens import HEADER, window_of_token
from core import private_files, served_files
from core.errors import Refusal
from people.accounts import current_person
from people.models import Person

FILE = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{3,4}")


@require_safe
@login_required
def medium(request: HttpRequest, file: str) -> HttpResponseBase:
    """A picture or sound of the bank, for whoever is signed in: its name is its hash, which only its page tells."""
    content_type = media.TYPES.get(suffix_of(file))
    if content_type is None or not FILE.fullmatch(file):
        raise Http404
    return served_files.respond(
        private_files.storage(),
        media.path_of(file),
        content_type=content_type,
        name=file,
        wanted_range=request.headers.get("Range"),
    )


@csrf_exempt  # the page's token, which no other site has, stands for session and CSRF token, as in the autosave
@require_POST
def answer_files(request: HttpRequest, attempt_id: UUID, slot: int) -> HttpResponse:
    """Take one file from the sitting page's script: {sequence, answer-file} to {value, name, address, …}."""
    window = window_of_token(request.headers.get(HEADER, ""), attempt_id=attempt_id)
    if window is None:
        return _hand_in_signed_in(request, attempt_id, slot)
    return _hand_in(request, attempt_id, slot, window.person, window.fence)


@csrf_protect
@login_required
def _hand_in_signed_in(request: HttpRequest, attempt_id: UUID, slot: int) -> HttpResponse:
    return _hand_in(request, attempt_id, slot, current_person(request))


def _hand_in(
    request: HttpRequest, attempt_id: UUID, slot: int, person: Person, fence: int | None = None
) -> HttpResponse:
    """200 as above; 202 {held, message} for a file kept beside the paper; 404, 409 and 422 {error, message}, where
    message says what to do."""
    if uploads.is_too_long(request):
        return json_refusal(413, "size", uploads.too_long())
    file = request.FILES.get(FILES)
    try:
        if file is None:
            uploads.check_takes_files(attempt_id, person, slot)
            raise Refusal(_("Choose a file first."), code="empty")
        handed_in = uploads.hand_in_file(
            attempt_id=attempt_id,
            person=person,
            slot=slot,
            file=file,
            sequence=number_from(request.POST.get("sequence")),
            now=timezone.now(),
            fence=fence,
        )
    except NoSuchAnswer as refusal:
        raise Http404 from refusal
    except (AnswerSuperseded, AnswerChecked) as refusal:
        return json_refusal(409, refusal.code, str(refusal))
    except Refusal as refusal:
        return json_refusal(422, refusal.code, str(refusal))
    row, saved = handed_in.file, handed_in.saved
    if isinstance(saved, Held):
        return as_response(reply_to_save(saved))
    return json_reply(
        200,
        {
            "value": handed_in.value,
            "sha256": row.sha256,
            "name": row.name,
            "address": f"{files_address(attempt_id, slot)}{row.sha256}/",
            "saved_at": saved.saved_at,
            "sequence": saved.sequence,
        },
    )


@require_safe
@login_required
def answer_file(request: HttpRequest, attempt_id: UUID, slot: int, sha256: str) -> HttpResponseBase:
    """A file of an answer as a download: for the candidate, and for whoever may mark it."""
    file = uploads.visible_file(
        attempt_id=attempt_id, slot=slot, sha256=sha256, viewer=current_person(request), at=timezone.now()
    )
    if file is None:
        raise Http404
    return private_files.respond(
        file.path, allowed=True, filename=file.name, content_type="application/octet-stream"
    )
