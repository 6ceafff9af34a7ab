"""The photo page: one's own under /me/, a person's for whoever administers them."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import NotAllowed, Refusal
from core.pictures import MOST_BYTES
from core.private_files import respond
from people.accounts import current_person
from people.models import Account, Person, Portrait
from people.portraits import check_may_change, portrait_for, remove_portrait, store_portrait

MOST_MB = MOST_BYTES // 1024 // 1024


class PhotoForm(forms.Form):
    """One picture file; what it really is the operation finds out."""

    photo = forms.FileField(
        label=gettext_lazy("Choose a photo"),
        help_text=gettext_lazy(
            "JPEG, PNG, WebP or HEIC, at most 12 MB. It is turned upright and cut to 3 : 4, "
            "keeping the upper middle."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic,image/heif"}),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def photo(request: HttpRequest, person_id: UUID | None = None) -> HttpResponse:
    """See, replace and remove a photo; 404 for whoever may not."""
    viewer, now = current_person(request), timezone.now()
    person = _changeable(viewer, person_id)
    form = PhotoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and "remove" in request.POST:
        if remove_portrait(person=person, by=viewer, now=now):
            messages.success(request, _("The photo is removed."))
        return redirect(request.path)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["photo"]
        try:
            _check_size(upload.size)
            store_portrait(person=person, upload=upload.read(), by=viewer, now=now)
        except Refusal as refusal:
            form.add_error("photo", str(refusal))
        else:
            messages.success(request, _("The photo is kept. Look below how it was cut."))
            return redirect(request.path)
    context = {
        "form": form,
        "account": Account.objects.get(person=person),
        "portrait": Portrait.objects.filter(account__person=person).first(),
        "own": person_id is None,
    }
    return render(request, "people/photo.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def photo_file(request: HttpRequest, person_id: UUID | None = None) -> FileResponse:
    """The picture itself; 404 for whoever may not see it."""
    viewer = current_person(request)
    found = portrait_for(viewer, Person(pk=person_id or viewer.pk), at=timezone.now())
    if found is None:
        raise Http404
    return respond(found.path, allowed=True, filename="photo.jpg", content_type="image/jpeg")


def _changeable(viewer: Person, person_id: UUID | None) -> Person:
    """Whose photo it is. A stranger's looks like one that does not exist."""
    person = Person(pk=person_id or viewer.pk)
    try:
        check_may_change(person=person, by=viewer, now=timezone.now())
    except NotAllowed as refusal:
        raise Http404 from refusal
    return person


def _check_size(size: int | None) -> None:
    """Before the file is read into memory."""
    if size is None or size > MOST_BYTES:
        raise Refusal(
            _("This file is larger than %(most)s MB. Make it smaller and try again.") % {"most": MOST_MB}
        )
