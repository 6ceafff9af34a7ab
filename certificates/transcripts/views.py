"""The download of a transcript, for its holder and for whoever oversees the certificate."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET

from certificates.models import Certificate, EventKind
from certificates.queries import certificates_overseen_by
from certificates.transcripts.printing import print_transcript
from core.errors import Refusal
from core.private_files import respond
from people.accounts import current_person
from people.models import Person


@login_required
@require_GET
def transcript(request: HttpRequest, serial: str) -> HttpResponseBase:
    """The stored bytes, printed now if nobody has asked before; 404 for strangers, before the release and after an
    erasure."""
    person = current_person(request)
    certificate = _readable(person, serial)
    if certificate is None:
        raise Http404
    try:
        kept = print_transcript(certificate=certificate, by=person, now=timezone.now())
    except Refusal as refusal:
        raise Http404 from refusal
    return respond(
        kept.path, allowed=True, filename=f"{serial}-transcript.pdf", content_type="application/pdf"
    )


def _readable(person: Person, serial: str) -> Certificate | None:
    """A released certificate that is the person's own or lies in their scope."""
    released = Certificate.objects.filter(serial=serial, events__kind=EventKind.RELEASED)
    found = released.select_related("issuer", "scheme_version", "follows").first()
    if found is None or found.person_id == person.pk:
        return found
    overseen = certificates_overseen_by(person, on=timezone.localdate())
    return found if overseen.filter(pk=found.pk).exists() else None
