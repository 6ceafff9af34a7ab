"""What is asked about exam sessions. Rules live in the operations; a form only reads what was typed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from assessments.halls.rooms import RoomDetails
from assessments.halls.seat_sheets import MOST_BYTES
from assessments.halls.seating import MOST_NUMBER
from assessments.halls.sessions import SessionTimes, is_held_on_site
from assessments.models import ExamRoom, ExamSession, ExamVersion
from people.models import Organisation, Person, Role, RoleAssignment

MOMENT = "%Y-%m-%dT%H:%M"


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)


class TimesForm(forms.Form):
    """Title and times of a session."""

    title = forms.CharField(
        label=gettext_lazy("title"),
        max_length=80,
        help_text=gettext_lazy("What candidates read, such as “November exam, morning”."),
    )
    opens_at = forms.DateTimeField(label=gettext_lazy("opens"), widget=_moment())
    closes_at = forms.DateTimeField(label=gettext_lazy("closes"), widget=_moment())
    late_entry_minutes = forms.IntegerField(
        label=gettext_lazy("late entry until, in minutes"),
        required=False,
        min_value=0,
        max_value=600,
        help_text=gettext_lazy("After that only the invigilator lets somebody in. Empty: until it closes."),
    )

    @property
    def times(self) -> SessionTimes:
        said = self.cleaned_data
        return SessionTimes(said["opens_at"], said["closes_at"], said["late_entry_minutes"])

    @classmethod
    def of(cls, session: ExamSession) -> TimesForm:
        """What the session says now."""
        return cls(
            initial={
                "title": session.title,
                "opens_at": session.opens_at,
                "closes_at": session.closes_at,
                "late_entry_minutes": session.late_entry_minutes,
            }
        )


class SessionForm(TimesForm):
    """A new session: also of which exam, and for which part of the tree."""

    exam_key = forms.ChoiceField(label=gettext_lazy("exam"))
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"),
        queryset=Organisation.objects.none(),
        help_text=gettext_lazy("Its administrators can look after the session."),
    )
    field_order = ("exam_key", "organisation", "title", "opens_at", "closes_at", "late_entry_minutes")

    def __init__(self, *args: Any, holder: Person, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        exams = [each for each in ExamVersion.objects.newest().order_by("title") if is_held_on_site(each)]
        exam_field, organisation_field = self.fields["exam_key"], self.fields["organisation"]
        exam_field.choices = [(each.key, each.title) for each in exams]  # type: ignore[attr-defined]
        organisation_field.queryset = administered(holder, at=at)  # type: ignore[attr-defined]


def administered(person: Person, *, at: datetime) -> Any:
    """The organisations this person administers, from the top down. Two queries."""
    held = RoleAssignment.objects.active(on=timezone.localdate(at)).filter(
        person=person, role=Role.ADMINISTRATOR
    )
    found = Organisation.objects.none()
    for path in held.values_list("organisation__path", flat=True):
        found = found | Organisation.objects.filter(path__startswith=path)
    return found.order_by("path")


class RoomForm(forms.Form):
    """What a room is called, where it is, what is asked at its door."""

    name = forms.CharField(label=gettext_lazy("room"), max_length=40)
    place = forms.CharField(label=gettext_lazy("where it is"), max_length=120, required=False)
    access_code = forms.CharField(
        label=gettext_lazy("access code"),
        max_length=16,
        required=False,
        help_text=gettext_lazy("The invigilator shows it in the room. Empty: no code is asked."),
    )
    addresses = forms.CharField(
        label=gettext_lazy("Networks of the room"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line, like 10.20.3.0/24. Empty: from everywhere."),
    )

    @property
    def details(self) -> RoomDetails:
        said = self.cleaned_data
        lines = tuple(said["addresses"].splitlines())
        return RoomDetails(said["name"], said["place"], said["access_code"].strip().upper(), lines)

    @classmethod
    def of(cls, room: ExamRoom) -> RoomForm:
        """What the room says now."""
        said = {"name": room.name, "place": room.place, "access_code": room.access_code}
        return cls(initial={**said, "addresses": "\n".join(room.addresses)})


class InvigilatorForm(forms.Form):
    """Who is to watch over a room."""

    staff_number = forms.CharField(label=gettext_lazy("Staff number"), max_length=32)


class SheetForm(forms.Form):
    """A spreadsheet of seats."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Excel (.xlsx) or a text table (.csv), 5 MB at most."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(gettext_lazy("The file is larger than 5 MB. Split it."))
        return file


class ArrangeForm(forms.Form):
    """Whom to seat without a spreadsheet, and how many seats each room has."""

    organisations = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Everybody who works in"),
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("With everything below it."),
    )

    def __init__(
        self, *args: Any, rooms: Iterable[ExamRoom], holder: Person, at: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rooms = list(rooms)
        self.fields["organisations"].queryset = administered(holder, at=at)  # type: ignore[attr-defined]
        for room in self.rooms:
            self.fields[f"seats_{room.pk.hex}"] = forms.IntegerField(
                label=gettext_lazy("Seats in %(room)s") % {"room": room.name},
                min_value=0,
                max_value=MOST_NUMBER,
                initial=30,
            )

    @property
    def seats(self) -> dict[ExamRoom, int]:
        """How many seats each room has."""
        return {room: self.cleaned_data[f"seats_{room.pk.hex}"] for room in self.rooms}
