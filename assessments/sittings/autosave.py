"""The sitting page's autosave and pulse: JSON in and out, by attempt token.

The token in the header stands for session and CSRF token. Such a request is answered before session, user, language
and messages are looked up: it needs none of them, and together they cost half as much again as the save itself
(benchmarks/answers.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.attempts import NoSuchAnswer
from assessments.items import ResponseInvalid
from assessments.models import Attempt
from assessments.sittings.pulse import EventsInvalid, read_moment, read_noticed, take_pulse
from assessments.sittings.saving import (
    AnswerChecked,
    AnswerSuperseded,
    Busy,
    Held,
    Saved,
    SequenceReused,
    save_answer,
)
from assessments.sittings.tokens import HEADER, Window, window_of_token
from assessments.wording import refusal_of
from people.accounts import current_person

MOST_SEQUENCE = 2**53
TOKEN = "HTTP_" + HEADER.upper().replace("-", "_")
RETRY_SECONDS = "2"
ADDRESS = re.compile(
    r"/exams/attempt/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/(save|pulse)/"
)


@dataclass(frozen=True)
class Reply:
    """A status and what the JSON says."""

    status: int
    data: dict[str, Any]


class AutosaveMiddleware:
    """Takes the saves and pulses that carry a token; lets everything else pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request.META.get(TOKEN)
        found = ADDRESS.fullmatch(request.path_info) if token and request.method == "POST" else None
        if token and found:
            return as_response(answer(UUID(found[1]), found[2], token, request.body))
        return self.get_response(request)


@require_POST
@login_required
def pulse(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """The pulse of a page without a token, by session; one with a token has been answered by the middleware."""
    attempt = get_object_or_404(Attempt, pk=attempt_id, person=current_person(request))
    return as_response(_pulse(attempt_id, Window(attempt.person, attempt.fence), request.body))


def answer(attempt_id: UUID, what: str, token: str, body: bytes) -> Reply:
    """Save an answer, or take a pulse, for whoever the token speaks for; the database may come back (503)."""
    try:
        window = window_of_token(token, attempt_id=attempt_id)
        if window is None:
            return _refused(403, "token", _("This page is out of date. Reload it and go on."))
        return _DOES[what](attempt_id, window, body)
    except (Busy, OperationalError, InterfaceError):
        return _refused(503, Busy.code, _("The server is busy. Your answer is sent again in a moment."))


def _save(attempt_id: UUID, window: Window, body: bytes) -> Reply:
    """200 {saved_at, sequence, entry, receipt}; 202 {held, message}; 404, 409 and 422 {error, message}, where message
    says what to do."""
    try:
        slot, sequence, raw, flagged, said = _read_save(body)
        outcome = save_answer(
            attempt_id=attempt_id,
            person=window.person,
            slot=slot,
            raw=raw,
            sequence=sequence,
            now=timezone.now(),
            flagged=flagged,
            fence=window.fence,
            said_at=read_moment(said),
        )
    except NoSuchAnswer as refusal:
        return _refused(404, refusal.code, str(refusal))
    except (AnswerSuperseded, AnswerChecked) as refusal:
        return _refused(409, refusal.code, str(refusal))
    except SequenceReused as refusal:
        return _refused(422, refusal.code, str(refusal))
    except ResponseInvalid as error:
        return _refused(422, "response", in_one_line(error))
    except BadRequest:
        return _refused(
            422, "malformed", _("The answer did not arrive whole. Reload the page and try again.")
        )
    return reply_to_save(outcome)


def reply_to_save(outcome: Saved | Held) -> Reply:
    """What the page is told about a save that arrived."""
    if isinstance(outcome, Saved):
        return Reply(200, vars(outcome))
    if outcome.refused:
        return _refused(409, "closed", outcome.message)
    return Reply(202, {"held": outcome.reason.value, "message": outcome.message})


def _pulse(attempt_id: UUID, window: Window, body: bytes) -> Reply:
    """200 {seconds, status, fenced, message}; 404 and 422 {error, message}."""
    try:
        noticed = read_noticed(json.loads(body or b"{}"))
        taken = take_pulse(attempt_id=attempt_id, window=window, noticed=noticed, now=timezone.now())
    except NoSuchAnswer as refusal:
        return _refused(404, refusal.code, str(refusal))
    except (EventsInvalid, ValueError):
        return _refused(422, "malformed", _("The page's report did not arrive whole. Reload the page."))
    return Reply(200, vars(taken))


_DOES: dict[str, Callable[[UUID, Window, bytes], Reply]] = {"save": _save, "pulse": _pulse}


def _read_save(body: bytes) -> tuple[int, int, Any, bool | None, Any]:
    """slot, sequence, response, flagged, at; other fields are ignored. Raises BadRequest."""
    try:
        data = json.loads(body)
    except ValueError as error:
        raise BadRequest from error
    if not isinstance(data, dict) or not isinstance(data.get("flagged"), bool | None):
        raise BadRequest
    for name in ("slot", "sequence"):
        if type(data.get(name)) is not int:
            raise BadRequest
    slot, sequence = number_from(data["slot"]), number_from(data["sequence"])
    return slot, sequence, data.get("response"), data.get("flagged"), data.get("at")


def _refused(status: int, error: str, message: str) -> Reply:
    return Reply(status, {"error": error, "message": message})


def as_response(reply: Reply) -> JsonResponse:
    """The reply as Django sends it; one that says to come back says when."""
    response = json_reply(reply.status, reply.data)
    if reply.status == 503:
        response["Retry-After"] = RETRY_SECONDS
    return response


def json_refusal(status: int, error: str, message: str) -> JsonResponse:
    """{error, message}, where message says what to do."""
    return json_reply(status, {"error": error, "message": message})


def json_reply(status: int, data: dict[str, Any]) -> JsonResponse:
    """JSON that no cache keeps."""
    return JsonResponse(data, status=status, headers={"Cache-Control": "private, no-store"})


def number_from(value: Any) -> int:
    """A slot or sequence from 1. Raises BadRequest."""
    try:
        number = int(value)
    except (TypeError, ValueError) as error:
        raise BadRequest from error
    if not 1 <= number <= MOST_SEQUENCE:
        raise BadRequest
    return number


def in_one_line(error: ResponseInvalid) -> str:
    """What is wrong with the answer, for the person who gave it."""
    return str(refusal_of(error)).removeprefix("response: ")
