"""The page of the editor's admin on which one report about a question is answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permissions import policy_registry

from assessments.bank.errata import answer_erratum
from assessments.errata_forms import AnswerForm, add_refusal
from assessments.models import Erratum, ErratumStatus
from assessments.presenting import present_item, stored_order
from assessments.results.report_lines import key_lines_of
from core.errors import Refusal
from people.accounts import current_person
from people.memberships import organisation_of


class AnswerView(WagtailAdminTemplateMixin, TemplateView):
    """One report beside the question as it was, with its key; the form while it waits for an answer."""

    template_name = "assessments/admin/erratum_answer.html"
    header_icon = "comment"
    erratum: Erratum

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not policy_registry.get_by_type(Erratum).user_has_permission(request.user, "view"):
            raise PermissionDenied
        found = Erratum.objects.select_related("question_version__question", "reporter")
        self.erratum = get_object_or_404(found, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Report on question %(key)s") % {"key": self.erratum.question_version.question.key}

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        """The queue, then this report."""
        queue = {"url": reverse("errata:index"), "label": _("Reports on questions")}
        return [{"url": reverse("wagtailadmin_home"), "label": _("Home")}, queue, {"label": self.page_title}]

    @property
    def page_title(self) -> str:
        """What the header and the last crumb say."""
        return self.get_page_title()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version, order = self.erratum.question_version, stored_order(self.erratum.question_version)
        reported_on = timezone.localdate(self.erratum.reported_at)
        newer = version.question.versions.filter(number__gt=version.number).order_by("-number")
        form = AnswerForm(question=version.question)
        context = {
            "erratum": self.erratum,
            "version": version,
            "item": present_item(version, order=order, disabled=True),
            "key": key_lines_of(version, order=order),
            "organisation": organisation_of(self.erratum.reporter, on=reported_on),
            "newer": newer.values_list("number", flat=True).first(),
            "form": form if self.erratum.status == ErratumStatus.OPEN else None,
        }
        return super().get_context_data(**{**context, **kwargs})

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        if self.erratum.status != ErratumStatus.OPEN:
            messages.info(request, _("This report has its answer already."))
            return redirect(request.path)
        form = AnswerForm(request.POST, question=self.erratum.question_version.question)
        if form.is_valid() and self._answered(form):
            messages.success(request, _("Answered. The learner gets a notice."))
            return redirect("errata:index")
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _answered(self, form: AnswerForm) -> bool:
        try:
            answer_erratum(
                erratum=self.erratum,
                accepted=form.cleaned_data["decision"] == ErratumStatus.ACCEPTED,
                answer=form.cleaned_data["answer"],
                doubt=form.cleaned_data.get("doubt", False),
                by=current_person(self.request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
            return False
        return True
