"""Several questions at once: a page that says what will happen to how many, then does it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.admin.actions import ACTIONS, EXPORT, Action
from assessments.admin.authors import AuthorsView
from assessments.admin.crumbs import crumbs
from assessments.admin.listing import matching
from assessments.models import Question
from core.errors import Refusal
from people.accounts import current_person

MOST = 500
"""Questions at once: each is locked, written and audited by itself."""


class BulkView(AuthorsView):
    """The questions ticked in the list, or all that it found: what can be done with which, then doing it."""

    template_name = "assessments/admin/bulk.html"
    header_icon = "help"
    action: Action

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.asked = QueryDict(request.GET.get("asked", ""))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = request.GET.get("action", "")
        if wanted in ACTIONS:
            self.action = ACTIONS[wanted]
        elif wanted != EXPORT:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        picked = self._picked()
        if not picked.exists():
            messages.warning(request, _("No question is ticked."))
            return redirect(self._list_url())
        if request.GET["action"] == EXPORT:
            return redirect(f"{reverse('bank_export')}?{self._exported(picked)}")
        return self.render_to_response(self.get_context_data(picked=picked, form=self.action.form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        picked = Question.objects.filter(key__in=request.POST.get("keys", "").split(",")).order_by("key")
        form = self.action.form(request.POST)
        if form.is_valid() and self._done(form, picked):
            return redirect(self._list_url())
        return self.render_to_response(self.get_context_data(picked=picked, form=form), status=422)

    @property
    def page_title(self) -> str:
        """What is done."""
        return str(self.action.title)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return crumbs(self._list_url(), str(self.action.title))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        picked = list(kwargs.pop("picked")[: MOST + 1])
        able, unable = self._sorted(picked[:MOST])
        return super().get_context_data(
            able=able,
            unable=unable,
            keys=",".join(question.key for question in able),
            most=MOST if len(picked) > MOST else None,
            back=self._list_url(),
            **kwargs,
        )

    def _picked(self) -> Any:
        if self.request.GET.get("all"):
            return matching(self.request, self.asked)
        return Question.objects.filter(key__in=self.request.GET.getlist("key")).order_by("key")

    def _exported(self, picked: Any) -> str:
        """How the page of the export is told which questions."""
        if self.request.GET.get("all"):
            return self.asked.urlencode()
        return f"keys={','.join(picked.values_list('key', flat=True))}"

    def _sorted(self, picked: list[Question]) -> tuple[list[Question], list[str]]:
        """Those it can be done with, and why not with each of the others."""
        obstacles = {question: self.action.obstacle(question) for question in picked}
        return [each for each in picked if not obstacles[each]], [why for why in obstacles.values() if why]

    def _done(self, form: Any, picked: Any) -> bool:
        able, unable = self._sorted(list(picked[:MOST]))
        try:
            done = self.action.run(
                able, form.cleaned_data, by=current_person(self.request), now=timezone.now()
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return False
        told = ngettext("%(action)s: %(count)s question.", "%(action)s: %(count)s questions.", len(done))
        messages.success(self.request, told % {"action": self.action.title, "count": len(done)})
        late = len(able) - len(done) + len(unable)
        if late:
            told = ngettext("%(count)s was left as it was.", "%(count)s were left as they were.", late)
            messages.warning(self.request, told % {"count": late})
        return True

    def _list_url(self) -> str:
        asked = self.asked.urlencode()
        return reverse("bank:index") + (f"?{asked}" if asked else "")
