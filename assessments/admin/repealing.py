"""Repealing a clause of the library: which questions rest on it, and the day it ceases to hold."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.admin.authors import AuthorsView
from assessments.models import Question
from core.errors import Refusal
from library.clauses import repeal_clause
from library.models import PolicyClause
from people.accounts import current_person


class RepealForm(forms.Form):
    """From which day on."""

    on = forms.DateField(
        label=gettext_lazy("Repealed on"),
        help_text=gettext_lazy(
            "The day it ceased to hold. Questions that rest on it are flagged from then on."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class RepealView(AuthorsView):
    """What rests on the clause, and the day."""

    template_name = "assessments/admin/repeal.html"
    header_icon = "clipboard-list"
    page_title = gettext_lazy("Repeal the clause")
    clause: PolicyClause

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.clause = get_object_or_404(PolicyClause, pk=kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        clauses = reverse("wagtailsnippets_library_policyclause:list")
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": clauses, "label": str(PolicyClause._meta.verbose_name_plural)},
            {"label": str(self.page_title)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = self.clause.repealed_on or timezone.localdate()
        context = {
            "clause": self.clause,
            "questions": Question.objects.filter(clauses=self.clause).order_by("key"),
            "form": RepealForm(initial={"on": day}),
        }
        return super().get_context_data(**{**context, **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = RepealForm(request.POST)
        if form.is_valid() and self._repealed(form):
            return redirect("wagtailsnippets_library_policyclause:list")
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _repealed(self, form: RepealForm) -> bool:
        day, by = form.cleaned_data["on"], current_person(self.request)
        try:
            repeal_clause(clause=self.clause, on=day, by=by, now=timezone.now())
        except Refusal as refusal:
            form.add_error("on", str(refusal))
            return False
        count = Question.objects.filter(clauses=self.clause).count()
        told = ngettext(
            "“%(title)s” is repealed. %(count)s question rests on it.",
            "“%(title)s” is repealed. %(count)s questions rest on it.",
            count,
        )
        messages.success(self.request, told % {"title": self.clause.title, "count": count})
        return True
