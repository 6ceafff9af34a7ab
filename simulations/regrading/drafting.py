"""A regrade of runs until somebody else approves it: drafted, tried, proposed, withdrawn.

Who drafted it stands for it and proposes it. Whoever decides is somebody else.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Person, Role
from people.roles import check_role
from simulations import tasks
from simulations.models import RUN_REGRADE_TRANSITIONS, RunRegrade, RunRegradeStatus, ScenarioVersion
from simulations.regrading.trying import check_fresh, fingerprint_of

REASON_LENGTH = (5, 1_000)
REGRADERS = (Role.AUTHOR, Role.ADMINISTRATOR)
BEFORE_PROPOSAL = (RunRegradeStatus.DRAFT, RunRegradeStatus.TRYING, RunRegradeStatus.TRIED)


def draft_regrade(
    *, played: ScenarioVersion, corrected: ScenarioVersion, reason: str, by: Person, now: datetime
) -> RunRegrade:
    """A new draft; the same a second time is the first. `reason` is told to the players. Raises NotAllowed for somebody
    who is no author, and Refusal where the corrected version is no later one of the same scenario ("versions") and for
    a reason that is too short or too long ("reason")."""
    check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    if played.key != corrected.key or corrected.number <= played.number:
        raise Refusal(_("Choose a later version of the same rehearsal."), code="versions")
    why = checked_words(reason, REASON_LENGTH)
    if not why:
        raise Refusal(_("Say in 5 to 1000 characters why; the players read it."), code="reason")
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=by.pk)
        mine = RunRegrade.objects.filter(
            played=played, corrected=corrected, proposed_by=by, reason=why, status__in=BEFORE_PROPOSAL
        )
        if found := mine.first():
            return found
        regrade = RunRegrade.objects.create(
            played=played, corrected=corrected, reason=why, proposed_by=by, proposed_at=now, touched_at=now
        )
        record(regrade, "drafted", by=by, now=now)
    return regrade


def try_regrade(*, regrade: RunRegrade, by: Person, now: datetime) -> RunRegrade:
    """Start the dry run, or start it again: a job makes every finished run once more. An author or administrator; one
    that was proposed has to be proposed again. Raises NotAllowed, and Refusal when it was decided ("late")."""
    check_role(by, *REGRADERS, on=timezone.localdate(now))
    with transaction.atomic():
        found = locked(regrade)
        if found.status == RunRegradeStatus.TRYING:
            return found
        if RunRegradeStatus.TRYING not in RUN_REGRADE_TRANSITIONS[RunRegradeStatus(found.status)]:
            raise too_late(found)
        found.lines.all().delete()
        found.move_to(RunRegradeStatus.TRYING)
        found.tried_on, found.touched_at = fingerprint_of(found), now
        found.save()
        record(found, "tried", by=by, now=now)
        enqueue(found)
    return found


def propose_regrade(*, regrade: RunRegrade, by: Person, now: datetime) -> RunRegrade:
    """Put a tried regrade before a second person. Raises NotAllowed unless `by` drafted it, and Refusal when it was not
    tried ("untried"), when what was tried is no longer so ("stale"), and while another regrade of this version is under
    way ("another")."""
    check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    with transaction.atomic():
        ScenarioVersion.objects.select_for_update(no_key=True).get(pk=regrade.played_id)
        found = locked(regrade)
        _check_own(found, by)
        if found.status == RunRegradeStatus.PROPOSED:
            return found
        if found.status != RunRegradeStatus.TRIED:
            raise Refusal(_("Try it first: the second person has to see what it does."), code="untried")
        check_fresh(found)
        _check_alone(found)
        found.move_to(RunRegradeStatus.PROPOSED)
        found.proposed_at = found.touched_at = now
        found.save()
        record(found, "proposed", by=by, now=now, tried_on=found.tried_on)
    return found


def withdraw_regrade(*, regrade: RunRegrade, by: Person, now: datetime) -> RunRegrade:
    """Give it up before it is approved. Only who drafted it may: others refuse it, and say why. Raises NotAllowed,
    Refusal ("late")."""
    with transaction.atomic():
        found = locked(regrade)
        _check_own(found, by)
        if found.status == RunRegradeStatus.WITHDRAWN:
            return found
        if RunRegradeStatus.WITHDRAWN not in RUN_REGRADE_TRANSITIONS[RunRegradeStatus(found.status)]:
            raise too_late(found)
        found.move_to(RunRegradeStatus.WITHDRAWN)
        found.touched_at = found.finished_at = now
        found.save()
        record(found, "withdrawn", by=by, now=now)
    return found


def locked(regrade: RunRegrade) -> RunRegrade:
    """The regrade as it is now, nobody else's until the transaction ends."""
    rows = RunRegrade.objects.select_for_update(of=("self",)).select_related("played", "corrected")
    return rows.get(pk=regrade.pk)


def record(regrade: RunRegrade, step: str, *, by: Person, now: datetime, **detail: Any) -> None:
    """The step in the audit trail; words stay out of it."""
    audit.record(
        action=f"run_regrade.{step}", target=f"simulations.runregrade:{regrade.pk}", by=by, now=now, **detail
    )


def enqueue(regrade: RunRegrade) -> None:
    """After the commit. A broker that is down costs minutes, not the regrade: the sweeper finds it."""
    transaction.on_commit(partial(tasks.advance_run_regrade.delay, str(regrade.pk)), robust=True)


def too_late(regrade: RunRegrade) -> Refusal:
    """What whoever comes too late is told."""
    status = regrade.get_status_display()
    return Refusal(_("This regrade is past that: %(status)s.") % {"status": status}, code="late")


def checked_words(raw: str, length: tuple[int, int]) -> str:
    """The text with one kind of newline and without control characters; "" where it is too short or too long."""
    lines = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(each for each in lines if each == "\n" or each.isprintable()).strip()
    return text if length[0] <= len(text) <= length[1] else ""


def _check_own(regrade: RunRegrade, by: Person) -> None:
    if regrade.proposed_by_id != by.pk:
        raise NotAllowed(_("Whoever drafted this regrade stands for it. Draft one of your own."))


def _check_alone(regrade: RunRegrade) -> None:
    under_way = (RunRegradeStatus.PROPOSED, RunRegradeStatus.RUNNING)
    if RunRegrade.objects.filter(played=regrade.played_id, status__in=under_way).exists():
        raise Refusal(
            _("Another regrade of this version is under way. Wait until it is decided."), code="another"
        )
