"""A new exam session, another title or time, and taking one back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from assessments.admin.sessions import SessionsView, SessionView, own_session
from assessments.admin.sessions_forms import SessionForm, TimesForm
from assessments.halls.sessions import change_session, open_session, remove_session
from core.errors import Refusal
from people.accounts import current_person
from people.models import Role
from people.roles import has_role


class NewSessionView(SessionsView):
    """For which exam, where and when."""

    template_name = "assessments/admin/sessions_form.html"
    page_title = gettext_lazy("New session")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(current_person(request), Role.ADMINISTRATOR, on=timezone.localdate()):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self._form())
        return super().get_context_data(action_label=_("Create the session"), **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            try:
                session = open_session(
                    exam_key=said["exam_key"],
                    title=said["title"],
                    organisation=said["organisation"],
                    times=form.times,
                    by=current_person(request),
                    now=timezone.now(),
                )
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The session is there. Add its rooms, then seats."))
                return redirect("exam_sessions:session", session.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _form(self, data: Any = None) -> SessionForm:
        return SessionForm(data, holder=current_person(self.request), at=timezone.now())


class EditSessionView(SessionView):
    """Title and times; exam and organisation stay."""

    template_name = "assessments/admin/sessions_form.html"
    page_title = gettext_lazy("Title and times")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", TimesForm.of(self.session))
        return super().get_context_data(action_label=_("Save"), back=self.home, **kwargs)

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        form = TimesForm(request.POST)
        if form.is_valid():
            try:
                change_session(
                    session=self.session,
                    title=form.cleaned_data["title"],
                    times=form.times,
                    by=current_person(request),
                    now=timezone.now(),
                )
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Saved. Tell the candidates if their time changed."))
                return redirect(self.home)
        return self.render_to_response(self.get_context_data(form=form), status=422)


@require_POST
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a session back, while nothing has happened in it."""
    session = own_session(request, pk)
    try:
        remove_session(session=session, by=current_person(request), now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("exam_sessions:session", pk)
    messages.success(request, _("The session “%(title)s” is taken back.") % {"title": session.title})
    return redirect("exam_sessions:index")
