"""A regrade until somebody else approves it: drafted, changed, tried, proposed, withdrawn.

Who drafted it stands for it: changes and proposes it. Whoever decides is somebody else.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import tasks
from assessments.items.writing import clean_text
from assessments.models import REGRADE_TRANSITIONS, ExamVersion, Regrade, RegradeStatus
from assessments.regrading.changes import check_changes
from assessments.regrading.trying import check_fresh, fingerprint_of
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Person, Role
from people.roles import check_role

REASON_LENGTH = (5, 1_000)
REGRADERS = (Role.AUTHOR, Role.ADMINISTRATOR)
BEFORE_PROPOSAL = (RegradeStatus.DRAFT, RegradeStatus.TRYING, RegradeStatus.TRIED)


def draft_regrade(
    *, exam_version: ExamVersion, changes: object, reason: str, by: Person, now: datetime
) -> Regrade:
    """A new draft; the same a second time is the first. `changes` are as `check_changes` takes them, `reason` is told
    to the candidates. Raises NotAllowed for somebody who is no author, and Refusal for changes that cannot be made
    ("changes") and a reason that is too short or too long ("reason")."""
    check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    said, why = check_changes(exam_version, changes), _checked_reason(reason)
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=by.pk)
        mine = Regrade.objects.filter(exam_version=exam_version, proposed_by=by, status__in=BEFORE_PROPOSAL)
        for each in mine:
            if (each.changes, each.reason) == (said, why):
                return each
        regrade = Regrade.objects.create(
            exam_version=exam_version,
            changes=said,
            reason=why,
            proposed_by=by,
            proposed_at=now,
            touched_at=now,
        )
        record(regrade, "drafted", by=by, now=now)
    return regrade


def change_regrade(*, regrade: Regrade, changes: object, reason: str, by: Person, now: datetime) -> Regrade:
    """Say something else; what was tried is forgotten. Only who drafted it may, until it is proposed. Raises NotAllowed
    and Refusal like `draft_regrade`, and Refusal ("late") afterwards."""
    check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    said, why = check_changes(regrade.exam_version, changes), _checked_reason(reason)
    with transaction.atomic():
        found = locked(regrade)
        _check_own(found, by)
        if (found.changes, found.reason) == (said, why):
            return found
        if found.status not in BEFORE_PROPOSAL:
            raise too_late(found)
        if found.status != RegradeStatus.DRAFT:
            found.move_to(RegradeStatus.DRAFT)
        found.lines.all().delete()
        found.changes, found.reason = said, why
        found.tried_on, found.touched_at = "", now
        found.save()
        record(found, "changed", by=by, now=now)
    return found


def try_regrade(*, regrade: Regrade, by: Person, now: datetime) -> Regrade:
    """Start the dry run, or start it again: a job lists every paper with what it would come to. An author or
    administrator; one that was proposed has to be proposed again. Raises NotAllowed, and Refusal when it was decided
    ("late") or the changes are no longer possible ("changes")."""
    check_role(by, *REGRADERS, on=timezone.localdate(now))
    with transaction.atomic():
        found = locked(regrade)
        if found.status == RegradeStatus.TRYING:
            return found
        if RegradeStatus.TRYING not in REGRADE_TRANSITIONS[RegradeStatus(found.status)]:
            raise too_late(found)
        check_changes(found.exam_version, found.changes)
        found.lines.all().delete()
        found.move_to(RegradeStatus.TRYING)
        found.tried_on, found.touched_at = fingerprint_of(found), now
        found.save()
        record(found, "tried", by=by, now=now)
        enqueue(found)
    return found


def propose_regrade(*, regrade: Regrade, by: Person, now: datetime) -> Regrade:
    """Put a tried regrade before a second person. Raises NotAllowed unless `by` drafted it, and Refusal when it was not
    tried ("untried"), when what was tried is no longer so ("stale"), and while another regrade of this release is under
    way ("another")."""
    check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    with transaction.atomic():
        ExamVersion.objects.select_for_update(no_key=True).get(pk=regrade.exam_version_id)
        found = locked(regrade)
        _check_own(found, by)
        if found.status == RegradeStatus.PROPOSED:
            return found
        if found.status != RegradeStatus.TRIED:
            raise Refusal(_("Try it first: the second person has to see what it does."), code="untried")
        check_fresh(found)
        _check_alone(found)
        found.move_to(RegradeStatus.PROPOSED)
        found.proposed_at = found.touched_at = now
        found.save()
        record(found, "proposed", by=by, now=now, tried_on=found.tried_on)
    return found


def withdraw_regrade(*, regrade: Regrade, by: Person, now: datetime) -> Regrade:
    """Give it up before it is approved. Only who drafted it may: others refuse it, and say why. Raises NotAllowed,
    Refusal ("late")."""
    with transaction.atomic():
        found = locked(regrade)
        _check_own(found, by)
        if found.status == RegradeStatus.WITHDRAWN:
            return found
        if RegradeStatus.WITHDRAWN not in REGRADE_TRANSITIONS[RegradeStatus(found.status)]:
            raise too_late(found)
        found.move_to(RegradeStatus.WITHDRAWN)
        found.touched_at = found.finished_at = now
        found.save()
        record(found, "withdrawn", by=by, now=now)
    return found


def locked(regrade: Regrade) -> Regrade:
    """The regrade as it is now, nobody else's until the transaction ends."""
    rows = Regrade.objects.select_for_update(of=("self",)).select_related("exam_version")
    return rows.get(pk=regrade.pk)


def record(regrade: Regrade, step: str, *, by: Person, now: datetime, **detail: Any) -> None:
    """The step in the audit trail; words stay out of it."""
    audit.record(
        action=f"regrade.{step}", target=f"assessments.regrade:{regrade.pk}", by=by, now=now, **detail
    )


def enqueue(regrade: Regrade) -> None:
    """After the commit. A broker that is down costs minutes, not the regrade: the sweeper finds it."""
    transaction.on_commit(partial(tasks.advance_regrade.delay, str(regrade.pk)), robust=True)


def too_late(regrade: Regrade) -> Refusal:
    """What whoever comes too late is told."""
    status = regrade.get_status_display()
    return Refusal(_("This regrade is past that: %(status)s.") % {"status": status}, code="late")


def _check_own(regrade: Regrade, by: Person) -> None:
    if regrade.proposed_by_id != by.pk:
        raise NotAllowed(_("Whoever drafted this regrade stands for it. Draft one of your own."))


def _check_alone(regrade: Regrade) -> None:
    under_way = (RegradeStatus.PROPOSED, RegradeStatus.RUNNING)
    if Regrade.objects.filter(exam_version=regrade.exam_version_id, status__in=under_way).exists():
        raise Refusal(
            _("Another regrade of this release is under way. Wait until it is decided."), code="another"
        )


def _checked_reason(reason: str) -> str:
    text = clean_text("reason", reason).strip()
    if not REASON_LENGTH[0] <= len(text) <= REASON_LENGTH[1]:
        raise Refusal(_("Say in 5 to 1000 characters why; the candidates read it."), code="reason")
    return text
