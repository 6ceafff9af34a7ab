"""The list of cases and the page of one, for those who issue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from certificates.authority import issuing_paths
from certificates.cases import WAYS_OUT, settle_case
from certificates.eligibility import consider_now
from certificates.grounds import compare
from certificates.life.case_lists import CHIPS, cases_for, filtered, lines_of
from certificates.life.forms import AnsweringForm, CaseFilterForm, RevokingCaseForm, SettlingForm
from certificates.life.table import may_follow
from certificates.life.timeline import CASE_TITLES
from certificates.models import (
    CaseKind,
    CaseOutcome,
    Certificate,
    CertificateCase,
    EventKind,
    Reason,
)
from certificates.queries import standing, with_record
from certificates.standing import Standing
from core.errors import Refusal
from people.accounts import current_person, names_of
from people.models import Account

ON_A_PAGE = 50
DEFAULTS = {"state": CaseFilterForm.OPEN, "kind": CaseFilterForm.ANY}


@dataclass(frozen=True)
class WayOut:
    """One choice on a case's page: what it means, before anybody presses. `kind` is the event it comes to, if any."""

    outcome: CaseOutcome
    title: str | Promise
    consequences: str | Promise
    press: str | Promise
    kind: EventKind | None = None
    form_class: type[SettlingForm] = SettlingForm
    is_grave: bool = False

    def form(self, data: Mapping[str, Any] | None = None) -> SettlingForm:
        return self.form_class(data, auto_id=f"{self.outcome.value}_%s")


KEEP = WayOut(
    CaseOutcome.KEPT,
    gettext_lazy("Leave it as it is"),
    gettext_lazy("Nothing changes. The case is settled and does not come back for the same decision."),
    gettext_lazy("Leave it as it is"),
)
REFUSE = WayOut(
    CaseOutcome.KEPT,
    gettext_lazy("Leave it as it is"),
    gettext_lazy("Nothing changes. The holder reads what you write here."),
    gettext_lazy("Leave it as it is"),
    form_class=AnsweringForm,
)
SUSPEND = WayOut(
    CaseOutcome.SUSPENDED,
    gettext_lazy("Suspend it"),
    gettext_lazy(
        "Not valid until somebody restores it; the public page says so at once. The holder is told."
    ),
    gettext_lazy("Suspend this certificate"),
    EventKind.SUSPENDED,
)
REVOKE = WayOut(
    CaseOutcome.REVOKED,
    gettext_lazy("Revoke it"),
    gettext_lazy("Revoking is final and shows on the public page at once. The holder is told the reason."),
    gettext_lazy("Revoke this certificate"),
    EventKind.REVOKED,
    RevokingCaseForm,
    is_grave=True,
)
CORRECT = WayOut(
    CaseOutcome.CORRECTED,
    gettext_lazy("Have it corrected"),
    gettext_lazy(
        "Correct the account first. A new certificate is proposed that takes the name and picture from there; somebody "
        "else approves it, and until then the old one stays valid. The holder is told."
    ),
    gettext_lazy("Propose the correction"),
    EventKind.SUPERSEDED,
    AnsweringForm,
)
WAYS = {
    CaseKind.GROUND_LOST: (KEEP, SUSPEND, REVOKE),
    CaseKind.CORRECTION_ASKED: (CORRECT, REFUSE),
}


@login_required
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    viewer, on = current_person(request), timezone.localdate()
    paths = issuing_paths(viewer, on=on)
    if not paths:
        raise PermissionDenied
    wanted = {name: request.GET.get(name, default) for name, default in DEFAULTS.items()}
    form = CaseFilterForm(wanted)
    chosen = form.cleaned_data if form.is_valid() else DEFAULTS
    found = filtered(cases_for(viewer, paths), state=chosen["state"], kind=chosen["kind"])
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": lines_of(page.object_list),
        "form": form,
        "is_narrowed": wanted != DEFAULTS,
    }
    return render(request, "certificates/cases/list.html", context)


@login_required
@require_GET
def case(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _visible(request, pk))


@login_required
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    ways = WAYS[CaseKind(found.kind)]
    way = next((each for each in ways if each.outcome == request.POST.get("outcome")), None)
    if way is None:
        messages.error(request, _("Choose what becomes of the certificate."))
        return redirect("certificates:case", pk=pk)
    form = way.form(request.POST)
    if form.is_valid():
        try:
            _settle(request, found, way, form)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("certificates:case", pk=pk)
    return _page(request, found, refused=(way, form))


def _settle(request: HttpRequest, found: CertificateCase, way: WayOut, form: SettlingForm) -> None:
    settled = settle_case(
        case=found,
        outcome=way.outcome,
        reason=Reason(form.cleaned_data.get("reason", "")),
        note=form.cleaned_data["note"],
        by=current_person(request),
        now=timezone.now(),
    )
    if found.outcome or settled.outcome != way.outcome:
        messages.info(request, _("It was settled before; what was decided then stands."))
    else:
        messages.success(request, _("Settled. The certificate's page shows it."))


def _page(
    request: HttpRequest, found: CertificateCase, refused: tuple[WayOut, forms.Form] | None = None
) -> HttpResponse:
    on = timezone.localdate()
    certificate = with_record(Certificate.objects.filter(pk=found.certificate_id)).get()
    now_standing = standing(certificate, on=on)
    context = {
        "case": found,
        "title": CASE_TITLES[CaseKind(found.kind)],
        "chip": CHIPS[found.outcome],
        "certificate": certificate,
        "holder": getattr(certificate, "holder", None),
        "standing": now_standing,
        "ground": _ground(found, certificate),
        "is_met_again": _is_met_again(found, certificate),
        "account": Account.objects.filter(person=certificate.person_id).first(),
        "settled_by": names_of({found.settled_by_id}).get(found.settled_by_id) if found.settled_by_id else "",
        "ways": [] if found.outcome else _ways(found, now_standing, refused),
    }
    return render(request, "certificates/cases/case.html", context, status=422 if refused else 200)


def _ways(
    found: CertificateCase, now_standing: Standing, refused: tuple[WayOut, forms.Form] | None
) -> list[tuple[WayOut, forms.Form]]:
    """What may be chosen as the certificate stands; the choice that was refused comes back with its errors."""
    possible = [
        way
        for way in WAYS[CaseKind(found.kind)]
        if way.outcome in WAYS_OUT[CaseKind(found.kind)]
        and (way.kind is None or may_follow(now_standing, way.kind))
    ]
    return [refused if refused and refused[0] == way else (way, way.form()) for way in possible]


def _ground(found: CertificateCase, certificate: Certificate) -> object:
    return compare(certificate, found.decision) if found.decision else None


def _is_met_again(found: CertificateCase, certificate: Certificate) -> bool:
    """Whether an open question about the ground has answered itself meanwhile."""
    if found.kind != CaseKind.GROUND_LOST or found.outcome:
        return False
    scheme = certificate.scheme_version
    return consider_now(person=certificate.person, scheme=scheme).decision.met


def _visible(request: HttpRequest, pk: int) -> CertificateCase:
    """Somebody else's part of the tree, and one's own certificate, are not found."""
    viewer = current_person(request)
    paths = issuing_paths(viewer, on=timezone.localdate())
    cases = cases_for(viewer, paths).select_related("certificate", "decision__scheme_version")
    return get_object_or_404(cases, pk=pk)
