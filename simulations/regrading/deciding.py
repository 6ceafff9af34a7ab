"""A second person approves a regrade of runs or refuses it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import NotAllowed, Refusal
from people.models import Membership, Person, Role
from people.roles import roles_of
from people.scope import people_overseen_by
from simulations.models import RunRegrade, RunRegradeLine, RunRegradeStatus, ScenarioVersion
from simulations.regrading.carrying import IN_FORCE
from simulations.regrading.drafting import REGRADERS, checked_words, enqueue, locked, record, too_late
from simulations.regrading.trying import check_fresh, list_runs

NOTE_LENGTH = (5, 1_000)


def can_approve(person: Person, regrade: RunRegrade, *, at: datetime) -> bool:
    """Whether this person may decide, see `why_not_decide`. Three queries at most."""
    return not why_not_decide(person, regrade, at=at)


def check_can_approve(person: Person, regrade: RunRegrade, *, at: datetime) -> None:
    """Raises NotAllowed, in the words of `why_not_decide`, unless `can_approve`."""
    if reason := why_not_decide(person, regrade, at=at):
        raise NotAllowed(reason)


def why_not_decide(person: Person, regrade: RunRegrade, *, at: datetime) -> str:
    """Why this person may not decide, in words; "" for an author or administrator who did not draft it, whose own runs
    it does not touch, and who as an administrator oversees every player whose runs it does touch. Three queries at
    most."""
    roles = roles_of(person, on=timezone.localdate(at))
    if person.pk == regrade.proposed_by_id or not roles.intersection(REGRADERS):
        return _("Somebody else decides: an author or administrator who did not draft this.")
    changed = regrade.lines.filter(changes=True)
    if changed.filter(playthrough__person=person).exists():
        return _("It changes a run of your own, so somebody else decides.")
    if Role.AUTHOR not in roles and _reaches_beyond(person, changed, at):
        return _(
            "It changes runs of people whom you do not administer. An author decides, or an administrator of all"
            " their organisations."
        )
    return ""


def _reaches_beyond(administrator: Person, changed: QuerySet[RunRegradeLine], at: datetime) -> bool:
    """Whether one of the players works where this person administers nothing. Who works nowhere any more is in
    nobody's charge and hinders nobody."""
    working = Membership.objects.active(on=timezone.localdate(at)).values("person")
    overseen = people_overseen_by(administrator, roles=[Role.ADMINISTRATOR], at=at).values("pk")
    beyond = changed.filter(playthrough__person__in=working).exclude(playthrough__person__in=overseen)
    return beyond.exists()


def approve_regrade(*, regrade: RunRegrade, by: Person, now: datetime) -> RunRegrade:
    """Start the job that judges the runs again, exactly as they were tried.

    Raises NotAllowed (see `can_approve`), and Refusal: when runs are other than those that were tried ("stale"), when
    it was not proposed, or decided otherwise ("late").
    """
    with transaction.atomic():
        ScenarioVersion.objects.select_for_update(no_key=True).get(pk=regrade.played_id)
        found = locked(regrade)
        if found.status in IN_FORCE and found.decided_by_id == by.pk:
            return found
        if found.status != RunRegradeStatus.PROPOSED:
            raise too_late(found)
        check_can_approve(by, found, at=now)
        check_fresh(found)
        found.move_to(RunRegradeStatus.RUNNING)
        found.decided_by, found.decided_at, found.touched_at = by, max(now, found.proposed_at), now
        found.save()
        list_runs(found)
        record(found, "approved", by=by, now=now, tried_on=found.tried_on)
        enqueue(found)
    return found


def refuse_regrade(*, regrade: RunRegrade, note: str, by: Person, now: datetime) -> RunRegrade:
    """Decline it, with the reason for whoever drafted it. Raises NotAllowed (see `can_approve`), and Refusal ("note",
    "late")."""
    text = checked_words(note, NOTE_LENGTH)
    if not text:
        raise Refusal(_("Say in 5 to 1000 characters why not; whoever drafted it reads it."), code="note")
    with transaction.atomic():
        found = locked(regrade)
        if found.status == RunRegradeStatus.REFUSED and found.decided_by_id == by.pk:
            return found
        if found.status != RunRegradeStatus.PROPOSED:
            raise too_late(found)
        check_can_approve(by, found, at=now)
        found.move_to(RunRegradeStatus.REFUSED)
        found.decided_by, found.decided_at, found.note = by, max(now, found.proposed_at), text
        found.touched_at = found.finished_at = now
        found.save()
        record(found, "refused", by=by, now=now)
    return found
