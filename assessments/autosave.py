"""The sitting page's autosave: JSON in and out, by attempt token.

The token in the header stands for session and CSRF token. Such a save is answered before session, user, language and
messages are looked up: it needs none of them, and together they cost half as much again as the save itself
(benchmarks/answers.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.attempts import AttemptClosed, NoSuchAnswer
from assessments.items import ResponseInvalid
from assessments.saving import AnswerSuperseded, save_answer
from assessments.tokens import HEADER, person_of_token
from assessments.wording import refusal_of

MOST_SEQUENCE = 2**53
TOKEN = "HTTP_" + HEADER.upper().replace("-", "_")


class AutosaveMiddleware:
    """Takes the saves that carry a token; lets everything else pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request.META.get(TOKEN)
        attempt_id = _saved_attempt(request) if token else None
        if token and attempt_id:
            return autosave(request, attempt_id, token)
        return self.get_response(request)


def _saved_attempt(request: HttpRequest) -> UUID | None:
    """The attempt in the address, when this is a post to the address for saves."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return None
    is_save = request.method == "POST" and match.view_name == "assessments:save"
    return match.kwargs["attempt_id"] if is_save else None


def autosave(request: HttpRequest, attempt_id: UUID, token: str) -> JsonResponse:
    """200 {saved_at, sequence}; 403, 404, 409 and 422 {error, message}, where message says what to do."""
    person = person_of_token(token, attempt_id=attempt_id)
    if person is None:
        return json_refusal(403, "token", _("This page is out of date. Reload it and go on."))
    try:
        slot, sequence, raw, flagged = _read_json(request.body)
        saved = save_answer(
            attempt_id=attempt_id,
            person=person,
            slot=slot,
            raw=raw,
            sequence=sequence,
            now=timezone.now(),
            flagged=flagged,
        )
    except NoSuchAnswer as refusal:
        return json_refusal(404, refusal.code, str(refusal))
    except (AttemptClosed, AnswerSuperseded) as refusal:
        return json_refusal(409, refusal.code, str(refusal))
    except ResponseInvalid as error:
        return json_refusal(422, "response", in_one_line(error))
    except BadRequest:
        return json_refusal(
            422, "malformed", _("The answer did not arrive whole. Reload the page and try again.")
        )
    return json_reply(200, {"saved_at": saved.saved_at, "sequence": saved.sequence})


def _read_json(body: bytes) -> tuple[int, int, Any, bool | None]:
    """slot, sequence, response, flagged; other fields are ignored. Raises BadRequest."""
    try:
        data = json.loads(body)
    except ValueError as error:
        raise BadRequest from error
    if not isinstance(data, dict) or not isinstance(data.get("flagged"), bool | None):
        raise BadRequest
    for name in ("slot", "sequence"):
        if type(data.get(name)) is not int:
            raise BadRequest
    return number_from(data["slot"]), number_from(data["sequence"]), data.get("response"), data.get("flagged")


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
