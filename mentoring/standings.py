"""Tier and capacity of those who take part."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import audit
from core.errors import Refusal
from mentoring.models import MentorStanding, Pairing
from mentoring.oversight import check_sign_for
from mentoring.terms import Tier
from people.models import Person


def set_standing(
    *, person: Person, tier: Tier, capacity: int, by: Person | None, now: datetime
) -> MentorStanding:
    """Give a participant a tier and a capacity of mentees. `by=None` is the system, for imports.

    Raises Refusal when an active pairing rests on the old tier (a changed tier could close a circle) or when more
    mentees are led than the new capacity allows.
    """
    if by is not None:
        check_sign_for(by, person, at=now)
    with transaction.atomic():
        standing, created = MentorStanding.objects.select_for_update().get_or_create(
            person=person, defaults={"tier": tier, "capacity": 0}
        )
        if not created and (standing.tier, standing.capacity) == (tier, capacity):
            return standing
        _check_change(standing, tier, capacity)
        standing.tier, standing.capacity = tier, capacity
        standing.save(update_fields=["tier", "capacity"])
        audit.record(
            action="mentoring.standing_set",
            target=f"people.person:{person.pk}",
            by=by,
            now=now,
            tier=Tier(tier).value,
            capacity=capacity,
        )
    return standing


def _check_change(standing: MentorStanding, tier: Tier, capacity: int) -> None:
    person = standing.person_id
    active = Pairing.objects.active()
    if standing.tier != tier and active.filter(Q(mentor=person) | Q(mentee=person)).exists():
        raise Refusal(_("An active pairing rests on this tier: end it before you change the tier."))
    if active.filter(mentor=person).count() > capacity:
        raise Refusal(_("More mentees are led already than this capacity allows."))
