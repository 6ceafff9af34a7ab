"""Pages of the seals and signatures."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from certificates.gallery.boards import marks_in_use
from certificates.gallery.forms import MarkForm
from certificates.gallery.keepers import may_keep
from certificates.gallery.marks import add_mark, retire_mark
from certificates.gallery.views import issuing_viewer, told
from certificates.issuers import house_issuer
from certificates.models import IssuerMark, MarkKind
from core.errors import Refusal
from core.private_files import respond
from people.models import Person


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def marks(request: HttpRequest) -> HttpResponse:
    """The seals and signatures in use; whoever keeps the gallery brings in another."""
    viewer = _keeper(request)
    form = MarkForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            _add(form, viewer)
        except Refusal as refusal:
            form.add_error(_FIELDS.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("Kept. Choose the designs that carry it."))
            return redirect("certificates:marks")
    context = {"marks": marks_in_use(house_issuer()), "form": form}
    return render(request, "certificates/gallery/marks.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def mark_picture(request: HttpRequest, pk: int) -> FileResponse:
    """The picture as it was made; for those who issue."""
    issuing_viewer(request)
    mark = get_object_or_404(IssuerMark, pk=pk, issuer=house_issuer())
    return respond(mark.path, allowed=True, filename=f"{mark.kind}.png", content_type="image/png")


@login_required
@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = _keeper(request)
    mark = get_object_or_404(IssuerMark, pk=pk, issuer=house_issuer())
    return told(
        request,
        lambda: retire_mark(mark=mark, by=viewer, now=timezone.now()),
        _("No longer in use. Certificates that carry it keep it."),
        reverse("certificates:marks"),
    )


_FIELDS = {
    "title": "title",
    "signer": "signer",
    "no_emblem": "no_emblem",
    "size": "file",
    "picture": "file",
    "pixels": "file",
    "small": "file",
    "empty": "file",
}


def _add(form: MarkForm, viewer: Person) -> IssuerMark:
    return add_mark(
        issuer=house_issuer(),
        kind=MarkKind(form.cleaned_data["kind"]),
        words=form.words(),
        content=form.cleaned_data["file"].read(),
        no_emblem=form.cleaned_data["no_emblem"],
        by=viewer,
        now=timezone.now(),
    )


def _keeper(request: HttpRequest) -> Person:
    viewer = issuing_viewer(request)
    if not may_keep(viewer, on=timezone.localdate()):
        raise PermissionDenied
    return viewer
