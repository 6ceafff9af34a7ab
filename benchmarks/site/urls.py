"""What the product's pages are compared with, in the product's own process and behind its own middleware."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from assessments.models import Answer


@login_required
def empty(request: HttpRequest) -> HttpResponse:
    """The least that a page for somebody can do: session and user."""
    return HttpResponse("ok")


@require_POST
@login_required
def save_plain(request: HttpRequest, answer_id: int) -> JsonResponse:
    """A save as a Django tutorial would write it: session, user, one UPDATE, and none of the checks."""
    data = json.loads(request.body)
    now = timezone.now()
    Answer.objects.filter(pk=answer_id).update(
        response=data["response"], sequence=data["sequence"], saved_at=now
    )
    return JsonResponse({"saved_at": now, "sequence": data["sequence"]})


urlpatterns = [
    path("bench/empty/", empty, name="empty"),
    path("bench/answers/<int:answer_id>/", save_plain, name="save_plain"),
    path("", include("cms.urls")),
]
