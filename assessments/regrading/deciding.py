"""A second person approves a regrade or refuses it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.items.writing import clean_text
from assessments.models import ExamCorrection, ExamVersion, Regrade, RegradeLine, RegradeStatus
from assessments.regrading.carrying import list_papers
from assessments.regrading.changes import check_changes
from assessments.regrading.drafting import REGRADERS, enqueue, locked, record, too_late
from assessments.regrading.terms import keys_named, terms_of
from assessments.regrading.trying import check_fresh
from core.errors import NotAllowed, Refusal
from core.hashing import content_hash
from people.models import Membership, Person, Role
from people.roles import roles_of
from people.scope import people_overseen_by

NOTE_LENGTH = (5, 1_000)


def can_approve(person: Person, regrade: Regrade, *, at: datetime) -> bool:
    """Whether this person may decide, see `why_not_decide`. Three queries at most."""
    return not why_not_decide(person, regrade, at=at)


def check_can_approve(person: Person, regrade: Regrade, *, at: datetime) -> None:
    """Raises NotAllowed, in the words of `why_not_decide`, unless `can_approve`."""
    if reason := why_not_decide(person, regrade, at=at):
        raise NotAllowed(reason)


def why_not_decide(person: Person, regrade: Regrade, *, at: datetime) -> str:
    """Why this person may not decide, in words; "" for an author or administrator who did not draft it, whose own marks
    it does not touch, and who as an administrator oversees every candidate whose marks it does touch. Three queries at
    most."""
    roles = roles_of(person, on=timezone.localdate(at))
    if person.pk == regrade.proposed_by_id or not roles.intersection(REGRADERS):
        return _("Somebody else decides: an author or administrator who did not draft this.")
    changed = regrade.lines.filter(changes=True)
    if changed.filter(attempt__person=person).exists():
        return _("It changes a result of your own, so somebody else decides.")
    if Role.AUTHOR not in roles and _reaches_beyond(person, changed, at):
        return _(
            "It changes results of candidates whom you do not administer. An author decides, or an administrator of"
            " all their organisations."
        )
    return ""


def _reaches_beyond(administrator: Person, changed: QuerySet[RegradeLine], at: datetime) -> bool:
    """Whether one of the candidates works where this person administers nothing. Who works nowhere any more is in
    nobody's charge and hinders nobody."""
    working = Membership.objects.active(on=timezone.localdate(at)).values("person")
    overseen = people_overseen_by(administrator, roles=[Role.ADMINISTRATOR], at=at).values("pk")
    return changed.filter(attempt__person__in=working).exclude(attempt__person__in=overseen).exists()


def approve_regrade(*, regrade: Regrade, by: Person, now: datetime) -> Regrade:
    """Write the correction, in force at once, and start the job that scores again what was handed in.

    Raises NotAllowed (see `can_approve`), and Refusal: when papers or results are other than those that were tried
    ("stale"), when it was not proposed, or decided otherwise ("late").
    """
    with transaction.atomic():
        version = ExamVersion.objects.select_for_update(no_key=True).get(pk=regrade.exam_version_id)
        found = locked(regrade)
        if found.correction_id and found.decided_by_id == by.pk:
            return found
        if found.status != RegradeStatus.PROPOSED:
            raise too_late(found)
        check_can_approve(by, found, at=now)
        check_fresh(found)
        found.correction = _correct(version, found, by, now)
        found.move_to(RegradeStatus.RUNNING)
        found.decided_by, found.decided_at, found.touched_at = by, now, now
        found.save()
        list_papers(found)
        record(
            found,
            "approved",
            by=by,
            now=now,
            correction=found.correction.number,
            content_hash=found.correction.content_hash,
            tried_on=found.tried_on,
        )
        enqueue(found)
    return found


def refuse_regrade(*, regrade: Regrade, note: str, by: Person, now: datetime) -> Regrade:
    """Decline it, with the reason for whoever drafted it. Raises NotAllowed (see `can_approve`), and Refusal ("note",
    "late")."""
    text = clean_text("note", note).strip()
    if not NOTE_LENGTH[0] <= len(text) <= NOTE_LENGTH[1]:
        raise Refusal(_("Say in 5 to 1000 characters why not; whoever drafted it reads it."), code="note")
    with transaction.atomic():
        found = locked(regrade)
        if found.status == RegradeStatus.REFUSED and found.decided_by_id == by.pk:
            return found
        if found.status != RegradeStatus.PROPOSED:
            raise too_late(found)
        check_can_approve(by, found, at=now)
        found.move_to(RegradeStatus.REFUSED)
        found.decided_by, found.decided_at, found.note = by, now, text
        found.touched_at = found.finished_at = now
        found.save()
        record(found, "refused", by=by, now=now)
    return found


def _correct(version: ExamVersion, regrade: Regrade, by: Person, now: datetime) -> ExamCorrection:
    """Under the release's lock, so that numbers follow each other. The hash takes in the release, what was corrected
    before, and the keys themselves."""
    before = terms_of(version)
    changes = check_changes(version, regrade.changes, terms=before)
    keys = {str(pk): each.content_hash for pk, each in keys_named(changes).items()}
    digest = content_hash(
        {
            "exam": version.content_hash,
            "release": version.pk,
            "before": before.content_hash,
            "changes": changes,
            "keys": keys,
        }
    )
    return ExamCorrection.objects.create(
        exam_version=version,
        number=before.number + 1,
        changes=changes,
        content_hash=digest,
        proposed_by=regrade.proposed_by,
        approved_by=by,
        approved_at=now,
    )
