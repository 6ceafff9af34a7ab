"""Pages of those who hold a certificate or are about to."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from certificates.holders.forms import CorrectionForm, NameForm
from certificates.holders.particulars import particulars_of
from certificates.holders.requests import (
    ask_correction,
    last_request,
    open_request,
    was_withdrawn,
    withdraw_correction,
)
from certificates.models import Certificate, EventKind, NameAnswer, NameConfirmation
from certificates.names import confirm_name, dispute_particular, is_settled
from certificates.queries import standing, with_record
from certificates.standing import CORRECTABLE
from core.errors import Refusal
from people.accounts import current_person
from people.models import Person


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: HttpRequest, pk: int) -> HttpResponse:
    """What will be printed about oneself, and whether it is right; somebody else's is not found."""
    person = current_person(request)
    confirmation = get_object_or_404(NameConfirmation.objects.select_related("person"), pk=pk, person=person)
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
        "particulars": particulars_of(confirmation),
    }
    return render(request, "certificates/name.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: HttpRequest, serial: str) -> HttpResponse:
    """“There is a mistake on my certificate”: ask, and see what came of it. 404 for everybody but the holder."""
    person, now = current_person(request), timezone.now()
    certificate = _own(person, serial)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_correction(certificate=certificate, by=person, now=now, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(refusal.code if refusal.code in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Your request is recorded. You will be told what was decided."))
            return redirect("certificates:correction", serial=serial)
    now_standing = standing(certificate, on=timezone.localdate(now))
    asked = last_request(certificate)
    context = {
        "certificate": certificate,
        "holder": getattr(certificate, "holder", None),
        "standing": now_standing,
        "asked": asked,
        "was_withdrawn": asked is not None and was_withdrawn(asked),
        "may_ask": now_standing in CORRECTABLE and (asked is None or asked.outcome != ""),
        "form": form,
    }
    return render(request, "certificates/correction.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def withdraw(request: HttpRequest, serial: str) -> HttpResponse:
    """Take an open request back; without one there is nothing to do."""
    person = current_person(request)
    asked = open_request(_own(person, serial))
    if asked:
        withdraw_correction(case=asked, by=person, now=timezone.now())
        messages.success(request, _("Your request is taken back."))
    return redirect("certificates:correction", serial=serial)


def _own(person: Person, serial: str) -> Certificate:
    released = Certificate.objects.filter(person=person, events__kind=EventKind.RELEASED)
    return get_object_or_404(with_record(released), serial=serial)


def _answer(confirmation: NameConfirmation, form: NameForm, person: Person) -> None:
    now = timezone.now()
    if form.cleaned_data["answer"] == NameAnswer.CONFIRMED:
        confirm_name(confirmation=confirmation, by=person, now=now)
    else:
        dispute_particular(
            confirmation=confirmation,
            wrong=form.found_wrong,
            correction=form.cleaned_data["correction"],
            by=person,
            now=now,
        )
