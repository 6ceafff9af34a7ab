"""Batches: proposed by one person, approved by another, held by neither."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import SchemeVersion
from certificates import tasks
from certificates.authority import check_may_issue_in, members_of
from certificates.eligibility import bring_up_to_date, people_who_met
from certificates.issuers import house_issuer
from certificates.models import (
    BATCH_TRANSITIONS,
    BatchRow,
    BatchStatus,
    CertificateBatch,
    RowState,
)
from certificates.preflight import Checked, Preflight
from certificates.press.theming import check_theme
from certificates.queries import batches_under_way
from certificates.wording import check_wording
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Organisation, Person


def candidates(*, scheme: SchemeVersion, organisation: Organisation, now: datetime) -> list[UUID]:
    """Members of the organisation's subtree who meet the scheme now, in a stable order."""
    members = set(members_of(organisation, on=timezone.localdate(now)).values_list("person_id", flat=True))
    bring_up_to_date(members, now=now)
    return sorted(members & set(people_who_met(scheme)))


def propose_batch(
    *,
    scheme: SchemeVersion,
    organisation: Organisation,
    people: Iterable[UUID],
    title: str,
    by: Person,
    now: datetime,
    theme: str = "standard",
) -> CertificateBatch:
    """A batch with one row per person, each ready or quarantined with its findings. The batch that is already
    waiting under this title for this scheme and organisation.

    Raises NotAllowed without the role over the organisation, Refusal for people outside it, for forbidden words
    in the title or theme, and when nobody is named.
    """
    title = title.strip()
    chosen = _check_proposal(organisation, people, title, theme, by, now)
    under_way = batches_under_way(chosen, scheme.key)
    checked = Preflight(scheme, by, None, now, (title, theme), under_way).check(chosen)
    return _store_batch(scheme, organisation, title, theme, list(checked.values()), by, now)


@transaction.atomic
def _store_batch(
    scheme: SchemeVersion,
    organisation: Organisation,
    title: str,
    theme: str,
    checked: list[Checked],
    by: Person,
    now: datetime,
) -> CertificateBatch:
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    asked = {"scheme_version": scheme, "organisation": organisation, "title": title, "proposed_by": by}
    waiting = CertificateBatch.objects.filter(**asked, status=BatchStatus.PROPOSED).first()
    if waiting:
        return waiting
    batch = CertificateBatch.objects.create(**asked, issuer=house_issuer(), theme=theme, proposed_at=now)
    BatchRow.objects.bulk_create([_row(batch, each) for each in checked])
    audit.record(
        action="batch.proposed",
        target=f"certificates.batch:{batch.pk}",
        by=by,
        now=now,
        scheme=scheme.key,
        people=len(checked),
        quarantined=sum(bool(each.findings) for each in checked),
    )
    return batch


@transaction.atomic
def recheck_batch(*, batch: CertificateBatch, by: Person, now: datetime) -> CertificateBatch:
    """Run the preflight again for every row, as long as the batch waits for approval."""
    batch = _locked(batch)
    check_may_issue_in(by, batch.organisation, on=timezone.localdate(now))
    if batch.status != BatchStatus.PROPOSED:
        raise Refusal(_("This batch is no longer waiting for approval."), code="status")
    rows = list(batch.rows.select_for_update())
    people = [row.person_id for row in rows]
    under_way = batches_under_way(people, batch.scheme_version.key, before=batch)
    wording = (batch.title, batch.theme)
    checked = Preflight(batch.scheme_version, batch.proposed_by, None, now, wording, under_way).check(people)
    for row in rows:
        fresh = _row(batch, checked[row.person_id])
        row.state, row.findings = fresh.state, fresh.findings
    BatchRow.objects.bulk_update(rows, ["state", "findings"])
    _audit("batch.rechecked", batch, by=by, now=now)
    return batch


@transaction.atomic
def approve_batch(
    *,
    batch: CertificateBatch,
    count: int,
    by: Person,
    now: datetime,
    remark: str = "",
    enqueue: bool = True,
) -> CertificateBatch:
    """Release a batch for issue; an approved one stays as it is. `count` is the number of certificates the
    approver means to issue and must be the number of ready rows.

    Raises NotAllowed for the proposer, for a holder in the batch and without the role; Refusal on a wrong count.
    `enqueue=False` leaves the issuing to the caller, or to the sweeper.
    """
    batch = _locked(batch)
    _check_decider(batch, by=by, now=now)
    if batch.status in (BatchStatus.APPROVED, BatchStatus.COMPLETED) and batch.approved_by_id == by.pk:
        return batch
    _check_step(batch, BatchStatus.APPROVED)
    ready = batch.rows.filter(state=RowState.READY).count()
    if ready == 0 or count != ready:
        raise Refusal(
            _("This batch can issue %(ready)s certificates, without those in quarantine.") % {"ready": ready},
            code="count",
        )
    batch.status, batch.approved_by, batch.approved_at = BatchStatus.APPROVED, by, now
    batch.remark = remark.strip()
    batch.save(update_fields=["status", "approved_by", "approved_at", "remark"])
    _audit("batch.approved", batch, by=by, now=now, count=ready)
    if enqueue:
        transaction.on_commit(partial(_enqueue, batch.pk))
    return batch


@transaction.atomic
def return_batch(*, batch: CertificateBatch, remark: str, by: Person, now: datetime) -> CertificateBatch:
    """Send a batch back; nothing of it will be issued. The same people may stand in a new one.

    Raises NotAllowed as `approve_batch` does, Refusal without a remark: whoever proposed it reads why.
    """
    batch = _locked(batch)
    _check_decider(batch, by=by, now=now)
    if batch.status == BatchStatus.RETURNED:
        return batch
    if not remark.strip():
        raise Refusal(_("Write in the remark why you return the batch."), code="remark")
    _check_step(batch, BatchStatus.RETURNED)
    batch.status, batch.remark = BatchStatus.RETURNED, remark.strip()
    batch.save(update_fields=["status", "remark"])
    _audit("batch.returned", batch, by=by, now=now)
    return batch


@transaction.atomic
def retry_failed(*, batch: CertificateBatch, by: Person, now: datetime) -> int:
    """Let the rows that failed be tried again at once, with fresh attempts; returns how many."""
    batch = _locked(batch)
    check_may_issue_in(by, batch.organisation, on=timezone.localdate(now))
    count = batch.rows.filter(state=RowState.FAILED).update(attempts=0, leased_until=None)
    _audit("batch.retried", batch, by=by, now=now, rows=count)
    transaction.on_commit(partial(_enqueue, batch.pk))
    return count


def check_may_approve(batch: CertificateBatch, *, by: Person, now: datetime) -> None:
    """Raises NotAllowed unless `by` may decide on this batch: role over it, not its proposer, no holder in it."""
    _check_decider(batch, by=by, now=now)


def _check_proposal(
    organisation: Organisation, people: Iterable[UUID], title: str, theme: str, by: Person, now: datetime
) -> list[UUID]:
    on = timezone.localdate(now)
    check_may_issue_in(by, organisation, on=on)
    if not title:
        raise Refusal(_("Give the batch a title."), code="title")
    check_wording(title)
    check_theme(theme)
    chosen = sorted(set(people))
    members = set(members_of(organisation, on=on).values_list("person_id", flat=True))
    if not chosen:
        raise Refusal(_("Choose at least one person."), code="nobody")
    if not members.issuperset(chosen):
        raise NotAllowed(_("Some of these people do not work in this organisation."))
    return chosen


def _check_decider(batch: CertificateBatch, *, by: Person, now: datetime) -> None:
    check_may_issue_in(by, batch.organisation, on=timezone.localdate(now))
    if batch.proposed_by_id == by.pk:
        raise NotAllowed(_("You proposed this batch: somebody else approves it."))
    if batch.rows.filter(person=by).exclude(state=RowState.QUARANTINED).exists():
        raise NotAllowed(_("You would hold a certificate of this batch: somebody else approves it."))


def _check_step(batch: CertificateBatch, to: BatchStatus) -> None:
    if to not in BATCH_TRANSITIONS[BatchStatus(batch.status)]:
        raise Refusal(_("This batch is no longer waiting for approval."), code="status")


def _locked(batch: CertificateBatch) -> CertificateBatch:
    return (
        CertificateBatch.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=batch.pk)
    )


def _row(batch: CertificateBatch, checked: Checked) -> BatchRow:
    state = RowState.QUARANTINED if checked.findings else RowState.READY
    findings = [finding.as_json() for finding in checked.findings]
    return BatchRow(batch=batch, person_id=checked.person_id, state=state, findings=findings)


def _audit(action: str, batch: CertificateBatch, *, by: Person | None, now: datetime, **detail: int) -> None:
    audit.record(action=action, target=f"certificates.batch:{batch.pk}", by=by, now=now, **detail)


def _enqueue(batch_id: int) -> None:
    tasks.issue_batch.delay(batch_id)
