"""A new scenario."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refusal
from people.accounts import current_person
from simulations.admin.pages import RehearsalsView
from simulations.authoring.starting import begin_draft
from simulations.drafts import TITLE_LENGTH
from simulations.models import KEY_LENGTH


class BeginForm(forms.Form):
    """What a scenario needs to exist."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=TITLE_LENGTH)
    key = forms.SlugField(
        label=gettext_lazy("Stable key"),
        help_text=gettext_lazy("Latin letters, digits, - and _, such as night-market. It stays for ever."),
        max_length=KEY_LENGTH,
        error_messages={"invalid": gettext_lazy("A key is made of Latin letters, digits, - and _.")},
    )


class BeginPage(RehearsalsView):
    """A scenario from nothing; its situations come next."""

    template_name = "simulations/admin/begin.html"
    page_title = gettext_lazy("New scenario")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": BeginForm(), **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = BeginForm(request.POST)
        if form.is_valid():
            try:
                draft = begin_draft(**form.cleaned_data, by=current_person(request), now=timezone.now())
            except Refusal as refusal:
                form.add_error("key", str(refusal))
            else:
                messages.success(request, _("The scenario is there. Write its first situation now."))
                return redirect("scenarios:inspect", draft.pk)
        return self.refused(form=form)
