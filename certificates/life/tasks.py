"""Celery entry points of what happens after a release; registered when the room is ready (`apps`)."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from certificates import cases, reminding
from certificates.eligibility import bring_up_to_date


@shared_task(name="certificates.open_ground_cases")
def open_ground_cases() -> int:
    """Open cases for whatever lost its ground; returns how many."""
    return cases.open_ground_cases(now=timezone.now())


@shared_task(name="certificates.look_at_grounds")
def look_at_grounds(person_id: str) -> int:
    """The same for one person whose evidence was corrected or withdrawn, decided anew first."""
    now, people = timezone.now(), [UUID(person_id)]
    bring_up_to_date(people, now=now)
    return cases.open_ground_cases(now=now, people=people)


@shared_task(name="certificates.remind_expiring")
def remind_expiring() -> int:
    """Tell holders whose certificates run out; returns how many were told."""
    return reminding.remind_expiring(now=timezone.now())
