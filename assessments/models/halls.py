"""Exam days on site: sessions, rooms, seats, who watches over them, what happened."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import in_order, one_of
from people.models import Organisation, Person


class ExamSession(models.Model):
    """场次: an exam held for named people in rooms. `organisation` is the part of the tree that holds it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exam_key = models.SlugField(_("exam"), max_length=64)
    title = models.CharField(_("title"), max_length=80)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    late_entry_minutes = models.PositiveSmallIntegerField(
        _("late entry until, in minutes"), null=True, blank=True
    )
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("exam session")
        verbose_name_plural = _("exam sessions")
        constraints = [in_order("opens_at", "closes_at")]
        indexes = [models.Index(fields=["exam_key", "opens_at"])]

    def __str__(self) -> str:
        return self.title


class ExamRoom(models.Model):
    """考场: a room of a session. `addresses` are networks in CIDR; an empty list takes every address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(ExamSession, on_delete=models.CASCADE, related_name="rooms")
    name = models.CharField(_("room"), max_length=40)
    place = models.CharField(_("where it is"), max_length=120, blank=True)
    access_code = models.CharField(_("access code"), max_length=16, blank=True)
    addresses = models.JSONField(default=list)

    class Meta:
        verbose_name = _("exam room")
        verbose_name_plural = _("exam rooms")
        constraints = [
            models.UniqueConstraint(fields=["session", "name"], name="%(app_label)s_%(class)s_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """座位: who sits where. `session` repeats the room's, so that the database gives everybody one seat in it.

    `admitted_at` lets somebody in after the bar for latecomers.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(ExamSession, on_delete=models.CASCADE, related_name="seats")
    room = models.ForeignKey(ExamRoom, on_delete=models.CASCADE, related_name="seats")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField()
    ticket_number = models.CharField(max_length=24, unique=True)
    admitted_at = models.DateTimeField(null=True)
    admitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="%(app_label)s_%(class)s_person"),
            models.UniqueConstraint(fields=["room", "number"], name="%(app_label)s_%(class)s_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="%(app_label)s_%(class)s_number_from_1"),
        ]


class Invigilator(models.Model):
    """监考: somebody who watches over one room of one session, and sees nobody else."""

    room = models.ForeignKey(ExamRoom, on_delete=models.CASCADE, related_name="invigilators")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="invigilated_rooms")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "person"], name="%(app_label)s_%(class)s_once"),
        ]


class IncidentKind(models.TextChoices):
    """What a line of the incident log is about."""

    LATE = "late", _("Came late")
    IDENTITY = "identity", _("Identity in doubt")
    EQUIPMENT = "equipment", _("Device or network")
    HEALTH = "health", _("Feels unwell")
    CONDUCT = "conduct", _("Broke a rule")
    OTHER = "other", _("Something else")


class Incident(models.Model):
    """考场记录: what an invigilator wrote down about a room or one seat in it. Erasable text."""

    room = models.ForeignKey(ExamRoom, on_delete=models.CASCADE, related_name="incidents")
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, null=True, related_name="incidents")
    kind = models.CharField(max_length=16, choices=IncidentKind)
    text = models.TextField(max_length=1000)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [one_of("kind", IncidentKind)]
