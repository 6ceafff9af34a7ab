"""What names people and can therefore be erased: printed names, salts, files, free words."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.models.record import Certificate, CertificateEvent
from core.constraints import in_order, one_of
from people.models import Person


class HolderSnapshot(models.Model):
    """What the paper says about people, and the salt without which the credential hash cannot be guessed.

    `photo_path` is the holder's picture in the private storage as it was when the certificate was numbered.
    """

    certificate = models.OneToOneField(Certificate, on_delete=models.CASCADE, related_name="holder")
    printed_name = models.CharField(max_length=80)
    masked_id = models.CharField(max_length=32, blank=True)
    mentor_name = models.CharField(max_length=80, blank=True)
    signer_name = models.CharField(max_length=80, blank=True)
    photo_path = models.CharField(max_length=200, blank=True)
    salt = models.CharField(max_length=64)


class CertificateDocument(models.Model):
    """The PDF as handed out: bytes in the private storage. Downloads serve these bytes and never print again."""

    certificate = models.OneToOneField(Certificate, on_delete=models.CASCADE, related_name="document")
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    stored_at = models.DateTimeField()


class Transcript(models.Model):
    """The transcript to a certificate, printed when it is first asked for and kept as the certificate's PDF is."""

    certificate = models.OneToOneField(Certificate, on_delete=models.CASCADE, related_name="transcript")
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    stored_at = models.DateTimeField()


class EventNote(models.Model):
    """What the actor wrote beside an event's reason code; for staff, never on the public page."""

    event = models.OneToOneField(CertificateEvent, on_delete=models.CASCADE, related_name="note")
    text = models.TextField()


class NameAnswer(models.TextChoices):
    """The holder's word on the spelling."""

    CONFIRMED = "confirmed", _("Confirmed")
    DISPUTED = "disputed", _("Disputed")


class Particular(models.TextChoices):
    """What a future holder finds wrong."""

    NAME = "name", _("Full name")
    ID_NUMBER = "id_number", _("ID number")
    PHOTO = "photo", _("Photo")
    MENTOR = "mentor", _("Mentor")
    OTHER = "other", _("Something else")


class NameConfirmation(models.Model):
    """A dated question to a future holder: is this how your name is written, and are the rest of your particulars
    right? Silence past `due_on` is a yes. Where they say no, `wrong` is what it is about and `correction` how it should
    read; of the name itself where `wrong` is empty or says so."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="name_confirmations")
    scheme_key = models.CharField(max_length=64)
    asked_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField()
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=12, choices=NameAnswer, blank=True)
    correction = models.CharField(max_length=80, blank=True)
    wrong = models.CharField(max_length=12, choices=Particular, blank=True)

    class Meta:
        constraints = [
            one_of("answer", ["", *NameAnswer]),
            one_of("wrong", ["", *Particular]),
            in_order("asked_at", "answered_at"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="%(app_label)s_%(class)s_answer_dated",
            ),
            models.UniqueConstraint(
                fields=["person", "scheme_key", "asked_name"],
                condition=~Q(answer="disputed"),
                name="%(app_label)s_%(class)s_asked_once",
            ),
        ]
