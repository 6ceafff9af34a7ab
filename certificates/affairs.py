"""What somebody's home page must know of their certificates: those they were given, and questions about their name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Value

from certificates.models import Certificate, CertificateEvent, NameConfirmation
from certificates.standing import HOLDING, Standing, standing_of
from people.models import Person

EVENT, QUESTION = "event", "question"


@dataclass(frozen=True)
class Held:
    """One certificate and what it is worth today."""

    serial: str
    scheme_key: str
    scheme_title: str
    title: str
    standing: Standing
    valid_until: date | None


@dataclass(frozen=True)
class NameQuestion:
    """A question about one's printed name that may still be answered."""

    pk: int
    due_on: date


@dataclass(frozen=True)
class Affairs:
    """Certificates handed out, the newest first, and open questions, the soonest due first."""

    certificates: tuple[Held, ...]
    questions: tuple[NameQuestion, ...]
    taken: frozenset[str]
    """Keys of schemes of which a second certificate is not to be earned now."""


def affairs_of(person: Person, *, on: date) -> Affairs:
    """The affairs of one person on this day. One query: every certificate has at least one event."""
    rows = list(_events(person).union(_questions(person, on), all=True))
    held = _fold([row for row in rows if row[0] == EVENT], on)
    shown = (one for one in held if one.standing not in (Standing.VOIDED, Standing.UNRELEASED))
    questions = (NameQuestion(row[1], row[-1]) for row in rows if row[0] == QUESTION)
    return Affairs(
        certificates=tuple(shown),
        questions=tuple(sorted(questions, key=lambda question: question.due_on)),
        taken=frozenset(one.scheme_key for one in held if one.standing in HOLDING),
    )


def _events(person: Person) -> Any:
    return CertificateEvent.objects.filter(certificate__person=person).values_list(
        Value(EVENT),
        "certificate_id",
        "pk",
        "kind",
        "at",
        "certificate__serial",
        "certificate__scheme_version__key",
        "certificate__scheme_version__title",
        "certificate__title",
        "certificate__valid_from",
        "certificate__valid_until",
    )


def _questions(person: Person, on: date) -> Any:
    """In the columns of `_events`; the last one is the day by which an answer is due."""
    nothing, blank = Value(None, output_field=BigIntegerField()), Value("")
    return NameConfirmation.objects.filter(person=person, answer="", due_on__gte=on).values_list(
        Value(QUESTION),
        "pk",
        nothing,
        blank,
        "asked_at",
        blank,
        "scheme_key",
        blank,
        blank,
        "due_on",
        "due_on",
    )


def _fold(rows: list[tuple[Any, ...]], on: date) -> list[Held]:
    """One line a certificate, the one with the newest number first."""
    by_certificate: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows:
        by_certificate.setdefault(row[1], []).append(row)
    found = []
    for pk in sorted(by_certificate, reverse=True):
        own = by_certificate[pk]
        serial, scheme_key, scheme_title, title, valid_from, valid_until = own[0][5:]
        events = [CertificateEvent(pk=row[2], kind=row[3], at=row[4]) for row in own]
        certificate = Certificate(pk=pk, valid_from=valid_from, valid_until=valid_until)
        standing = standing_of(certificate, events, on=on)
        found.append(Held(serial, scheme_key, scheme_title, title, standing, valid_until))
    return found
