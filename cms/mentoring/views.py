"""The mentor's page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cms.mentoring.dashboard import dashboard_of
from people.accounts import current_person


@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """My mentees; somebody without any reads how pairings come about."""
    now = timezone.now()
    board = dashboard_of(current_person(request), at=now)
    name = request.user.get_short_name()  # type: ignore[union-attr]
    return render(request, "mentors/dashboard.html", {"board": board, "now": now, "name": name})
