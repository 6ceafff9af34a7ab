"""What belongs to me: my record, my notices."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from certificates.queries import confirmations_waiting_for
from cms.records import record_of
from people.accounts import current_person
from people.models import Notice, Person
from people.notices import mark_read, open_notice

SHOWN = 50


@login_required
def record(request: HttpRequest) -> HttpResponse:
    """My evidence, what it says about me, my certificates."""
    person = Person.objects.select_related("account").get(pk=current_person(request).pk)
    context = {
        "record": record_of(person, at=timezone.now(), own=True),
        "confirmations": confirmations_waiting_for(person, on=timezone.localdate()),
        "own": True,
    }
    return render(request, "people/record.html", context)


@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """My inbox; opening it reads it."""
    person = current_person(request)
    found = list(Notice.objects.filter(recipient=person).order_by("-sent_at", "-id")[:SHOWN])
    mark_read(recipient=person, now=timezone.now())
    return render(request, "me/notices.html", {"notices": found})


@login_required
@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice: it is read, and its reader goes where something can be done about it."""
    found = open_notice(pk=pk, recipient=current_person(request), now=timezone.now())
    if found is None:
        raise Http404
    return redirect(found.url or "notices")
