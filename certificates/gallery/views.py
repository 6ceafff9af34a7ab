"""Pages of the gallery. Whoever issues may look; whoever issues for the whole tree may change."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from certificates.authority import issuing_paths
from certificates.gallery import shelving
from certificates.gallery.boards import Hanging, gallery_for, marks_in_use
from certificates.gallery.forms import DressForm, SitterForm
from certificates.gallery.keepers import may_keep
from certificates.gallery.previews import candidates_for, preview_order
from certificates.gallery.proofs import picture_of, theme_picture
from certificates.issuers import house_issuer
from certificates.press import PressError, print_order
from core.errors import Refusal
from people.accounts import current_person
from people.models import Person


@login_required
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    viewer, on = issuing_viewer(request), timezone.localdate()
    context = {"gallery": gallery_for(viewer, house_issuer(), on=on), "keeps": may_keep(viewer, on=on)}
    return render(request, "certificates/gallery/gallery.html", context)


@login_required
@require_GET
def theme(request: HttpRequest, key: str) -> HttpResponse:
    viewer, on = issuing_viewer(request), timezone.localdate()
    hanging = _hanging(viewer, key)
    return _theme_page(request, viewer, hanging, _dress_form(hanging) if may_keep(viewer, on=on) else None)


@login_required
@require_GET
def picture(request: HttpRequest, key: str) -> HttpResponse:
    """The theme's first page with somebody made up: a PNG that the browser may keep for a while."""
    viewer = issuing_viewer(request)
    _hanging(viewer, key)
    try:
        content = theme_picture(key, issuer=house_issuer(), viewer=viewer, now=timezone.now())
    except PressError as error:
        return _not_printed(error)
    response = HttpResponse(content, content_type="image/png")
    response["Cache-Control"] = "private, max-age=300"
    return response


@login_required
@require_GET
def preview(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The theme with `sitter`, as a PNG of its sheets or as the PDF itself, 样张 across it; 404 for a stranger."""
    viewer = issuing_viewer(request)
    hanging = _hanging(viewer, key)
    order = preview_order(
        request.GET.get("sitter", ""), issuer=house_issuer(), theme=key, viewer=viewer, now=timezone.now()
    )
    if order is None:
        raise Http404
    try:
        pdf = print_order(order).pdf
    except PressError as error:
        return _not_printed(error)
    if form == "png":
        response = HttpResponse(picture_of(pdf, sheets=hanging.theme.sheets), content_type="image/png")
    else:
        response = HttpResponse(pdf, content_type="application/pdf")
        response["Content-Disposition"] = 'inline; filename="sample.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def shelf(request: HttpRequest, key: str) -> HttpResponse:
    """Offer or withdraw a theme."""
    viewer = issuing_viewer(request)
    _hanging(viewer, key)
    offered = "offer" in request.POST
    operation = shelving.offer_theme if offered else shelving.withdraw_theme
    said = _("Offered for new batches.") if offered else _("No longer offered. Batches under way keep it.")
    return told(
        request,
        lambda: operation(issuer=house_issuer(), theme=key, by=viewer, now=timezone.now()),
        said,
        reverse("certificates:theme", args=[key]),
    )


@login_required
@require_POST
def dress(request: HttpRequest, key: str) -> HttpResponse:
    """Say which seal and signature stand under a theme."""
    viewer = issuing_viewer(request)
    hanging = _hanging(viewer, key)
    form = _dress_form(hanging, request)
    if not form.is_valid():
        return _theme_page(request, viewer, hanging, form, status=422)
    chosen = {kind: form.cleaned_data.get(kind) for kind in ("seal", "signature")}
    return told(
        request,
        lambda: shelving.dress_theme(
            issuer=house_issuer(), theme=key, by=viewer, now=timezone.now(), **chosen
        ),
        _("Certificates numbered from now on carry it."),
        reverse("certificates:theme", args=[key]),
    )


def issuing_viewer(request: HttpRequest) -> Person:
    """Whoever looks, if they issue anywhere. Raises PermissionDenied otherwise."""
    viewer = current_person(request)
    if not issuing_paths(viewer, on=timezone.localdate()):
        raise PermissionDenied
    return viewer


def told(request: HttpRequest, operation: Callable[[], object], said: str, then: str) -> HttpResponse:
    """Do something, say that it is done or why not, and go on."""
    try:
        operation()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(then)


def _not_printed(error: PressError) -> HttpResponse:
    """In words and for now: the theme may be mended, and the press may have been busy."""
    return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")


def _hanging(viewer: Person, key: str) -> Hanging:
    found = gallery_for(viewer, house_issuer(), on=timezone.localdate()).hangings
    for hanging in found:
        if hanging.theme.key == key:
            return hanging
    raise Http404


def _dress_form(hanging: Hanging, request: HttpRequest | None = None) -> DressForm:
    shelf = hanging.shelf
    now = {"seal": shelf.seal_id, "signature": shelf.signature_id} if shelf else {}
    marks = marks_in_use(house_issuer())
    data = request.POST if request else None
    return DressForm(data, marks=marks, carried=hanging.theme.marks, initial=now)


def _theme_page(
    request: HttpRequest, viewer: Person, hanging: Hanging, dressing: DressForm | None, status: int = 200
) -> HttpResponse:
    asked = request.GET if "sitter" in request.GET else None
    sitters = SitterForm(asked, candidates=candidates_for(viewer, on=timezone.localdate()))
    context = {"hanging": hanging, "dressing": dressing, "sitters": sitters, "sitter": sitters.chosen()}
    return render(request, "certificates/gallery/theme.html", context, status=status)
