"""Who asks decides which home it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from certificates.forms import CodeForm
from cms.home.staff import desk_of
from cms.home.steps import minutes_in
from cms.home.worker import home_of
from cms.models import HomePage
from cms.navigation import duties_in, places_for
from people.accounts import current_person


def home(request: HttpRequest) -> HttpResponse:
    """Visitors read what this is; members see what to do next."""
    if not request.user.is_authenticated:
        page = HomePage.objects.live().first()
        return render(request, "home/visitor.html", {"page": page, "code_form": CodeForm()})
    person, duties, now = current_person(request), duties_in(request), timezone.now()
    if duties.roles:
        desk = desk_of(person, duties, at=now)
        return render(request, "home/staff.html", {"desk": desk, "places": places_for(duties), "now": now})
    minutes = minutes_in(request)
    return render(request, "home/worker.html", {"home": home_of(person, minutes=minutes, at=now), "now": now})
