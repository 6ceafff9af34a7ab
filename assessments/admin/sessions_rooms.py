"""The rooms of a session and who watches over them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from assessments.admin.sessions import SessionView, own_session
from assessments.admin.sessions_forms import InvigilatorForm, RoomForm
from assessments.halls.rooms import (
    add_room,
    assign_invigilator,
    change_room,
    dismiss_invigilator,
    new_access_code,
    remove_room,
)
from assessments.models import ExamRoom
from core.errors import Refusal
from people.accounts import current_person
from people.models import Account, Person, Role
from people.scope import people_overseen_by


class NewRoomView(SessionView):
    """Another room, with a code to begin with."""

    template_name = "assessments/admin/sessions_form.html"
    page_title = gettext_lazy("New room")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", RoomForm(initial={"access_code": new_access_code()}))
        return super().get_context_data(action_label=_("Add the room"), back=self.home, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = RoomForm(request.POST)
        if form.is_valid():
            try:
                self.store(form, request)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                return redirect(self.home)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def store(self, form: RoomForm, request: HttpRequest) -> None:
        """Write what was asked. Raises Refusal."""
        add_room(session=self.session, details=form.details, by=current_person(request), now=timezone.now())


class RoomView(NewRoomView):
    """One room: what it says, and who watches over it."""

    template_name = "assessments/admin/sessions_room.html"
    room: ExamRoom

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.room = get_object_or_404(ExamRoom, pk=kwargs["room_id"], session=self.session)

    def get_page_title(self) -> str:
        return str(self.room.name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", RoomForm.of(self.room))
        watching = self.room.invigilators.select_related("person__account")
        context = super().get_context_data(
            room=self.room,
            invigilators=watching.order_by("person__account__staff_number"),
            new_code=new_access_code(),
            assign_form=InvigilatorForm(),
            **kwargs,
        )
        return {**context, "action_label": _("Save")}

    def store(self, form: RoomForm, request: HttpRequest) -> None:
        """Write what was changed. Raises Refusal."""
        change_room(room=self.room, details=form.details, by=current_person(request), now=timezone.now())
        messages.success(request, _("Saved."))


@require_POST
def remove(request: HttpRequest, pk: UUID, room_id: UUID) -> HttpResponse:
    """Take a room away with its seats."""
    room = get_object_or_404(ExamRoom, pk=room_id, session=own_session(request, pk))
    try:
        remove_room(room=room, by=current_person(request), now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("exam_sessions:edit_room", pk, room_id)
    messages.success(request, _("The room “%(name)s” is gone.") % {"name": room.name})
    return redirect("exam_sessions:session", pk)


@require_POST
def assign(request: HttpRequest, pk: UUID, room_id: UUID) -> HttpResponse:
    """Let somebody watch over the room, by staff number, or no longer (`dismiss`: whose)."""
    session = own_session(request, pk)
    room = get_object_or_404(ExamRoom, pk=room_id, session=session)
    by, now = current_person(request), timezone.now()
    if dismissed := request.POST.get("dismiss"):
        person = get_object_or_404(Person, account__staff_number=dismissed, invigilated_rooms__room=room)
        dismiss_invigilator(room=room, person=person, by=by, now=now)
        messages.success(request, _("They no longer watch over this room."))
        return redirect("exam_sessions:edit_room", pk, room_id)
    number = request.POST.get("staff_number", "").strip()
    overseen = people_overseen_by(by, roles=[Role.ADMINISTRATOR], at=now)
    account = Account.objects.filter(staff_number=number, person__in=overseen, is_active=True).first()
    if account is None or account.person is None:
        unknown = _("Nobody in your part of the organisation has the staff number “%(number)s”.")
        messages.error(request, unknown % {"number": number or "—"})
        return redirect("exam_sessions:edit_room", pk, room_id)
    try:
        assign_invigilator(room=room, person=account.person, by=by, now=now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s watches over this room.") % {"name": account.name})
    return redirect("exam_sessions:edit_room", pk, room_id)
