"""Pages of those who hold a certificate or are about to."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from certificates.forms import NameForm
from certificates.models import Certificate, CertificateDocument, EventKind, NameAnswer, NameConfirmation
from certificates.names import confirm_name, dispute_name, is_settled
from certificates.queries import certificates_overseen_by
from core.errors import Refusal
from core.private_files import respond
from people.accounts import current_person
from people.models import Person
from people.naming import look_alikes


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: HttpRequest, pk: int) -> HttpResponse:
    """The question about one's own name; somebody else's is not found."""
    person = current_person(request)
    confirmation = get_object_or_404(NameConfirmation, pk=pk, person=person)
    form = NameForm(request.POST or None, asked_name=confirmation.asked_name)
    if request.method == "POST" and form.is_valid():
        try:
            _answer(confirmation, form, person)
        except Refusal as refusal:
            form.add_error("correction" if refusal.code == "correction" else None, str(refusal))
        else:
            messages.success(request, _("Thank you. Your answer is recorded."))
            return redirect("certificates:name", pk=pk)
    context = {
        "confirmation": confirmation,
        "form": form,
        "is_over": is_settled(confirmation, on=timezone.localdate()),
        "doubtful": look_alikes(confirmation.asked_name),
    }
    return render(request, "certificates/name.html", context, status=422 if form.errors else 200)


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


def _answer(confirmation: NameConfirmation, form: NameForm, person: Person) -> None:
    now = timezone.now()
    if form.cleaned_data["answer"] == NameAnswer.CONFIRMED:
        confirm_name(confirmation=confirmation, by=person, now=now)
    else:
        correction = form.cleaned_data["correction"]
        dispute_name(confirmation=confirmation, correction=correction, by=person, now=now)
