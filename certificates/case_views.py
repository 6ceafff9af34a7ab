"""The list of certificates whose ground is gone, for those who may revoke them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from certificates.authority import issuing_paths
from certificates.grounds import grounds_lost
from people.accounts import current_person


@login_required
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    viewer, on = current_person(request), timezone.localdate()
    paths = issuing_paths(viewer, on=on)
    if not paths:
        raise PermissionDenied
    return render(request, "certificates/cases.html", {"cases": grounds_lost(viewer, paths, on=on)})
