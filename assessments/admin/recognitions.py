"""学时与证书登记 in the editor's admin: what administrators enter by hand about people in their part of the tree."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from assessments.admin.recognition_forms import CertificateForm, KindForm, PracticeForm, WithdrawForm
from assessments.plain_forms import PlainForm
from assessments.schemes.entries import Entry, entries_overseen_by, proposed_key, told
from assessments.schemes.recognising import (
    WithdrawalReason,
    recognise_certificate,
    record_practice,
    register_certificate,
    withdraw_entry,
)
from competencies.models import Evidence
from core.errors import Refusal
from people.accounts import current_person
from people.models import Person, Role
from people.roles import has_role

PER_PAGE = 50


class RecognitionsView(WagtailAdminTemplateMixin, TemplateView):
    """A page of the section, for administrators."""

    header_icon = "clipboard-list"
    by: Person
    now: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.by, self.now = current_person(request), timezone.now()
        if not has_role(self.by, Role.ADMINISTRATOR, on=timezone.localdate(self.now)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the list, this page."""
        home = {"url": reverse("wagtailadmin_home"), "label": _("Home")}
        start = {"url": reverse("recognitions"), "label": _("Practice and prior certificates")}
        title = str(self.get_page_title())
        return [home, start, {"label": title}] if title != start["label"] else [home, {"label": title}]


class RecognitionIndexView(RecognitionsView):
    """The newest entries, who made them, who took them back."""

    template_name = "assessments/admin/recognitions.html"
    page_title = gettext_lazy("Practice and prior certificates")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Paginator(entries_overseen_by(self.by, at=self.now), PER_PAGE)
        page = rows.get_page(self.request.GET.get("page"))
        return super().get_context_data(
            page=page, entries=told(list(page.object_list), viewer=self.by), **kwargs
        )


class EnteringView(RecognitionsView):
    """A form; what cannot be is said at its fields, and nothing typed is lost."""

    template_name = "assessments/admin/recognition_form.html"
    action_label: Any = gettext_lazy("Store")
    back = "recognitions"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"form": kwargs.get("form") or self.form(), "action_label": self.action_label}
        return super().get_context_data(**{**context, "back": reverse(self.back), **kwargs})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                self.store(form)
            except Refusal as refusal:
                self.refuse(form, refusal)
            else:
                return redirect(self.back)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form(self, data: Any = None) -> PlainForm:
        raise NotImplementedError

    def store(self, form: Any) -> None:
        """Write what was asked and say so. Raises Refusal."""
        raise NotImplementedError

    def refuse(self, form: Any, refusal: Refusal) -> None:
        """Say why not, beside what it is about."""
        form.add_error(refusal.code if refusal.code in form.fields else None, str(refusal))


class PracticeView(EnteringView):
    """Hours of practice of one person."""

    page_title = gettext_lazy("Record hours of practice")
    action_label = gettext_lazy("Record the hours")

    def form(self, data: Any = None) -> PracticeForm:
        return PracticeForm(data, by=self.by, at=self.now)

    def store(self, form: PracticeForm) -> None:
        said = form.cleaned_data
        record_practice(**said, by=self.by, now=self.now)
        told_hours = _("%(hours)s hours of practice of %(name)s are recorded.")
        name = said["person"].account.name
        messages.success(self.request, told_hours % {"hours": floatformat(said["hours"]), "name": name})

    def refuse(self, form: PracticeForm, refusal: Refusal) -> None:
        """After a token was used up, the same button makes another entry."""
        if refusal.code == "token":
            form.add_error(None, str(refusal))
            form.with_new_token()
        else:
            super().refuse(form, refusal)


class CertificateView(EnteringView):
    """A certificate from elsewhere that one person holds."""

    page_title = gettext_lazy("Recognise a prior certificate")
    action_label = gettext_lazy("Recognise the certificate")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kind_url=reverse("recognition_kind"), **kwargs)

    def form(self, data: Any = None) -> CertificateForm:
        return CertificateForm(data, by=self.by, at=self.now)

    def store(self, form: CertificateForm) -> None:
        said = form.cleaned_data
        evidence = recognise_certificate(**said, by=self.by, now=self.now)
        _check_day_is(evidence, said["issued_on"])
        told_kind = _("“%(title)s” of %(name)s is recognised.")
        name = said["person"].account.name
        messages.success(self.request, told_kind % {"title": said["subject"].title, "name": name})


class KindView(EnteringView):
    """A new kind of certificate; one goes on to recognise the first."""

    page_title = gettext_lazy("New kind of certificate")
    action_label = gettext_lazy("Add the kind")
    back = "recognition_certificate"

    def form(self, data: Any = None) -> KindForm:
        return KindForm(data, initial={"key": proposed_key()})

    def store(self, form: KindForm) -> None:
        register_certificate(**form.cleaned_data, by=self.by, now=self.now)
        messages.success(self.request, _("The kind is there; schemes can ask for it."))


class WithdrawView(EnteringView):
    """One entry, and why it is taken back; one's own, and somebody else's part of the tree, do not exist."""

    template_name = "assessments/admin/recognition_withdraw.html"
    page_title = gettext_lazy("Withdraw the entry")
    action_label = gettext_lazy("Withdraw the entry")

    @cached_property
    def entry(self) -> Entry:
        others = entries_overseen_by(self.by, at=self.now).exclude(person=self.by)
        row = get_object_or_404(others, pk=self.kwargs["pk"])
        return told([row], viewer=self.by)[0]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.entry.is_withdrawn:
            return redirect(self.back)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(entry=self.entry, **kwargs)

    def form(self, data: Any = None) -> WithdrawForm:
        return WithdrawForm(data)

    def store(self, form: WithdrawForm) -> None:
        reason = WithdrawalReason(form.cleaned_data["reason"])
        withdraw_entry(evidence=self.entry.evidence, reason=reason, by=self.by, now=self.now)
        messages.success(self.request, _("The entry is withdrawn. It does not count any more."))


def _check_day_is(evidence: Evidence, issued_on: date) -> None:
    """An entry that stands with another day is not the one that was asked for. Raises Refusal ("issued_on")."""
    stands = timezone.localdate(evidence.occurred_at)
    if stands != issued_on:
        raise Refusal(
            _("This certificate is recognised already, issued on %(day)s. Withdraw that entry first.")
            % {"day": stands.isoformat()},
            code="issued_on",
        )
