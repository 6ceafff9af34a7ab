"""Pages of those who hold a certificate or are about to."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.utils import timezone
from django.views.decorators.http import require_GET

from certificates.models import Certificate, CertificateDocument, EventKind
from certificates.queries import certificates_overseen_by
from core.private_files import respond
from people.accounts import current_person
from people.models import Person


@login_required
@require_GET
def download(request: HttpRequest, serial: str) -> FileResponse:
    """The stored bytes, for the holder and for whoever oversees the certificate; 404 for everybody else."""
    person = current_person(request)
    document = CertificateDocument.objects.filter(certificate__serial=serial).first()
    if document is None:
        raise Http404
    allowed = _may_download(person, document)
    return respond(document.path, allowed=allowed, filename=f"{serial}.pdf", content_type="application/pdf")


def _may_download(person: Person, document: CertificateDocument) -> bool:
    """The holder once the certificate was released; an overseer at any time."""
    own = Certificate.objects.filter(
        pk=document.certificate_id, person=person, events__kind=EventKind.RELEASED
    )
    overseen = certificates_overseen_by(person, on=timezone.localdate())
    return own.exists() or overseen.filter(pk=document.certificate_id).exists()
