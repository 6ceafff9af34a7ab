"""Who may read a guide, and the page that gives it to mentors. It holds the answers: learners find nothing here."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.private_files import respond
from people.accounts import current_person
from people.models import Person, Role
from people.roles import duties_of
from simulations import queries
from simulations.packs.contents import Pack
from simulations.packs.keeping import kept_guide
from simulations.packs.printing import print_guide

READING_ROLES = frozenset({Role.AUTHOR, Role.ADMINISTRATOR})


def can_read_guide(person: Person, *, at: datetime) -> bool:
    """Authors, administrators, and whoever accompanies somebody now. One query."""
    duties = duties_of(person, at=at)
    return bool(duties.accompanies) or bool(READING_ROLES & duties.roles)


@login_required
@require_safe
def guide(request: HttpRequest, key: str) -> HttpResponseBase:
    """The guide to the newest release. For anybody else there is no such address."""
    now = timezone.now()
    version = queries.newest_version(key)
    if version is None or not can_read_guide(current_person(request), at=now):
        raise Http404
    return respond(
        kept_guide(version), allowed=True, filename=f"{version.key}-guide.pdf", content_type="application/pdf"
    )


def as_pdf(pack: Pack, *, name: str) -> HttpResponse:
    """The guide to a draft, printed now, as a download that no cache keeps."""
    response = HttpResponse(print_guide(pack, on=timezone.localdate()), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}-guide.pdf"'
    response["Cache-Control"] = "no-store"
    return response
