"""The induction class: two hundred people at once, so that a batch of certificates has the size of a real one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from uuid import uuid5

from django.db import transaction
from django.utils import timezone

from assessments.models import SchemeVersion
from assessments.schemes.recognising import record_practice
from assessments.schemes.releasing import release_scheme
from certificates.names import ask_confirmation
from cms.demo.organisation import PEOPLE, build_organisation
from cms.demo.pack import moment, read_yaml
from competencies.ledger import record_evidence, register_subject
from competencies.models import EvidenceKind, Subject, SubjectKind
from core.hashing import content_hash
from people.accounts import create_account
from people.memberships import join
from people.models import Organisation, Person

FILE = "cohort/induction.yaml"


@dataclass(frozen=True)
class Member:
    """One line of the class list; `mark` is the percent of the closing test."""

    staff_number: str
    name: str
    community: str
    mark: int

    @classmethod
    def read(cls, line: str) -> Member:
        number, name, community, mark = line.split()
        return cls(number, name, community, int(mark))


def build_cohort(organisations: dict[str, Organisation], people: Mapping[str, Person]) -> int:
    """The class with its workshop, its marks and the questions about its names; returns how many people it has.
    Building it again changes nothing."""
    told = read_yaml(FILE)
    by = people[told["by"]]
    recorded_at = moment(told["recorded_at"])
    for item in told["organisations"]:
        organisations[item["code"]] = build_organisation(item, organisations[item["parent"]])
    workshop = told["workshop"]
    subject = register_subject(
        kind=SubjectKind.WORKSHOP,
        key=workshop["key"],
        title=workshop["title"],
        hours=Decimal(workshop["hours"]),
    )
    if not SchemeVersion.objects.filter(key=told["scheme"]["key"]).exists():
        release_scheme(definition=told["scheme"], by=by, now=recorded_at)
    members = [Member.read(line) for line in told["members"]]
    with transaction.atomic():  # one commit, and whoever is decided about is decided about once
        for member in members:
            person = _join(member, organisations[member.community], told, now=recorded_at)
            _attend(person, member, subject, told, by=by, now=recorded_at)
            ask_confirmation(
                person=person,
                scheme_key=told["scheme"]["key"],
                by=by,
                now=moment(told["names_asked_at"]),
            )
    return len(members)


def _join(member: Member, community: Organisation, told: Mapping[str, Any], *, now: datetime) -> Person:
    person, _created = Person.objects.get_or_create(id=uuid5(PEOPLE, member.staff_number))
    create_account(
        staff_number=member.staff_number, name=member.name, password=None, by=None, now=now, person=person
    )
    since_on = told["joined_on"]
    join(person=person, organisation=community, since_on=since_on, post=told["post"], by=None, now=now)
    return person


def _attend(
    person: Person, member: Member, subject: Subject, told: Mapping[str, Any], *, by: Person, now: datetime
) -> None:
    """Hours as an administrator enters them, and the closing test with the leaves it speaks for."""
    workshop = told["workshop"]
    day = workshop["held_on"]
    record_practice(
        person=person,
        subject=subject,
        hours=Decimal(workshop["hours"]),
        on=day,
        token=uuid5(PEOPLE, f"induction:{member.staff_number}"),
        by=by,
        now=now,
    )
    record_evidence(
        person=person,
        subject=subject,
        kind=EvidenceKind.WORKSHOP,
        version_hash=content_hash({"workshop": subject.key, "on": day.isoformat()}),
        source_key=f"workshop:{subject.key}:{member.staff_number}",
        occurred_at=timezone.make_aware(datetime.combine(day, time(16))),
        now=now,
        score=Decimal(member.mark) / 100,
        weights={leaf: Decimal(weight) for leaf, weight in workshop["weights"].items()},
    )
