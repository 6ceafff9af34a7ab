"""Batches: proposed by one person, approved by another, held by neither."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import SchemeVersion
from certificates import tasks
from certificates.authority import check_may_issue_in, may_issue_in, members_of, principals_of
from certificates.correcting import take_back_outcome
from certificates.eligibility import bring_up_to_date, people_who_met
from certificates.gallery.shelf import offered_themes
from certificates.issuers import house_issuer
from certificates.models import (
    BATCH_TRANSITIONS,
    BatchKind,
    BatchRow,
    BatchStatus,
    Certificate,
    CertificateBatch,
    RowState,
)
from certificates.wording import check_wording
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Organisation, Person

FURTHEST_CEREMONY = timedelta(days=366)
ROWS_AT_ONCE = 500


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
    valid_from: date | None = None,
    kind: BatchKind = BatchKind.ISSUE,
    follows: Mapping[UUID, Certificate] | None = None,
    enqueue: bool = True,
) -> CertificateBatch:
    """A batch with one row per person, each waiting for its checks and its trial print (`trials`). The batch that is
    already waiting under this title for this scheme and organisation.

    `valid_from` is the day of a ceremony, from today to a year ahead. `follows` says what each new certificate corrects
    or renews, in a batch of that kind. `enqueue=False` leaves the trial to the caller, or to the sweeper.

    Raises NotAllowed without the role over the organisation, Refusal for people outside it, for forbidden words
    in the title, a theme that is not offered, a day out of range, and when nobody is named.
    """
    chosen = _check_proposal(organisation, people, by, now)
    asked = {"scheme_version": scheme, "organisation": organisation, "title": _checked_title(title)}
    issuer = house_issuer()
    if theme not in dict(offered_themes(issuer)):
        raise Refusal(_("This design is not offered: choose another."), code="theme")
    check_first_day(valid_from, on=timezone.localdate(now))
    draft = CertificateBatch(
        **asked, issuer=issuer, theme=theme, kind=kind, valid_from=valid_from, proposed_by=by, proposed_at=now
    )
    return _store_batch(draft, chosen, follows or {}, enqueue)


def check_first_day(first: date | None, *, on: date) -> None:
    """Raises Refusal unless certificates may be valid from this day: none, or one from today to a year ahead."""
    if first is not None and not on <= first <= on + FURTHEST_CEREMONY:
        raise Refusal(
            _(
                "Certificates are valid from today at the earliest and from a day within a year at the latest."
            ),
            code="valid_from",
        )


@transaction.atomic
def _store_batch(
    draft: CertificateBatch, people: Iterable[UUID], follows: Mapping[UUID, Certificate], enqueue: bool
) -> CertificateBatch:
    Organisation.objects.select_for_update().get(pk=draft.organisation_id)
    waiting = CertificateBatch.objects.filter(
        scheme_version=draft.scheme_version,
        organisation=draft.organisation,
        title=draft.title,
        proposed_by=draft.proposed_by,
        status=BatchStatus.PROPOSED,
    ).first()
    if waiting:
        return waiting
    draft.save()
    rows = [BatchRow(batch=draft, person_id=person, follows=follows.get(person)) for person in people]
    BatchRow.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    by, now = draft.proposed_by, draft.proposed_at
    _audit("batch.proposed", draft, by=by, now=now, scheme=draft.scheme_version.key, people=len(rows))
    if enqueue:
        transaction.on_commit(partial(tasks.share, tasks.try_batch, draft.pk))
    return draft


@transaction.atomic
def recheck_batch(
    *, batch: CertificateBatch, by: Person, now: datetime, enqueue: bool = True
) -> CertificateBatch:
    """Check every row anew, as long as the batch waits for approval; who would get the same certificate as was tried
    is not printed again."""
    batch = _locked(batch)
    check_may_issue_in(by, batch.organisation, on=timezone.localdate(now))
    if batch.status != BatchStatus.PROPOSED:
        raise Refusal(_("This batch is no longer waiting for approval."), code="status")
    settled = batch.rows.filter(state__in=[RowState.READY, RowState.QUARANTINED])
    settled.update(state=RowState.PENDING, findings=[], attempts=0, leased_until=None)
    _audit("batch.rechecked", batch, by=by, now=now)
    if enqueue:
        transaction.on_commit(partial(tasks.share, tasks.try_batch, batch.pk))
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
    principal = check_may_approve(batch, by=by, now=now)
    if batch.status in (BatchStatus.APPROVED, BatchStatus.COMPLETED) and batch.approved_by_id == by.pk:
        return batch
    _check_step(batch, BatchStatus.APPROVED)
    if batch.rows.filter(state=RowState.PENDING).exists():
        raise Refusal(_("Some certificates are still being tried: wait until all are."), code="pending")
    ready = batch.rows.filter(state=RowState.READY).count()
    if ready == 0 or count != ready:
        raise Refusal(
            _("This batch can issue %(ready)s certificates, without those in quarantine.") % {"ready": ready},
            code="count",
        )
    batch.status, batch.approved_by, batch.approved_at = BatchStatus.APPROVED, by, now
    batch.approved_for, batch.remark = principal, remark.strip()
    batch.save(update_fields=["status", "approved_by", "approved_at", "approved_for", "remark"])
    _audit("batch.approved", batch, by=by, now=now, count=ready, **_in_place_of(principal))
    if enqueue:
        transaction.on_commit(partial(tasks.share, tasks.issue_batch, batch.pk))
    return batch


@transaction.atomic
def withdraw_batch(*, batch: CertificateBatch, by: Person, now: datetime) -> CertificateBatch:
    """The proposer takes a batch back before anybody decided; its people may stand in a new one. Twice is once.

    Raises NotAllowed for everybody else, who returns it with a reason instead; Refusal once it was decided.
    """
    batch = _locked(batch)
    if batch.proposed_by_id != by.pk:
        raise NotAllowed(_("Only who proposed this batch can take it back."))
    if batch.status == BatchStatus.RETURNED:
        return batch
    _check_step(batch, BatchStatus.RETURNED)
    batch.status, batch.remark = BatchStatus.RETURNED, _("Taken back by who proposed it.")
    batch.save(update_fields=["status", "remark"])
    if batch.kind == BatchKind.CORRECTION:
        take_back_outcome(batch=batch, by=by, now=now)
    _audit("batch.withdrawn", batch, by=by, now=now)
    return batch


@transaction.atomic
def return_batch(*, batch: CertificateBatch, remark: str, by: Person, now: datetime) -> CertificateBatch:
    """Send a batch back; nothing of it will be issued. The same people may stand in a new one.

    Raises NotAllowed as `approve_batch` does, Refusal without a remark: whoever proposed it reads why.
    """
    batch = _locked(batch)
    principal = check_may_approve(batch, by=by, now=now)
    if batch.status == BatchStatus.RETURNED:
        return batch
    if not remark.strip():
        raise Refusal(_("Write in the remark why you return the batch."), code="remark")
    _check_step(batch, BatchStatus.RETURNED)
    batch.status, batch.remark = BatchStatus.RETURNED, remark.strip()
    batch.save(update_fields=["status", "remark"])
    if batch.kind == BatchKind.CORRECTION:
        take_back_outcome(batch=batch, by=by, now=now)
    _audit("batch.returned", batch, by=by, now=now, **_in_place_of(principal))
    return batch


@transaction.atomic
def retry_failed(*, batch: CertificateBatch, by: Person, now: datetime) -> int:
    """Let the rows that failed be tried again at once, with fresh attempts; returns how many."""
    batch = _locked(batch)
    check_may_issue_in(by, batch.organisation, on=timezone.localdate(now))
    count = batch.rows.filter(state=RowState.FAILED).update(attempts=0, leased_until=None)
    _audit("batch.retried", batch, by=by, now=now, rows=count)
    transaction.on_commit(partial(tasks.share, tasks.issue_batch, batch.pk))
    return count


def check_may_approve(batch: CertificateBatch, *, by: Person, now: datetime) -> Person | None:
    """For whom `by` would decide on this batch: None in their own right, or the person they stand in for.

    Raises NotAllowed without a role over the batch, for its proposer and a holder in it, and for whoever stands in for
    one of these.
    """
    _check_uninvolved(batch, by)
    on = timezone.localdate(now)
    if may_issue_in(by, batch.organisation, on=on):
        return None
    principals = [Person(pk=key) for key in principals_of(by, on=on)]
    reaching = [each for each in principals if may_issue_in(each, batch.organisation, on=on)]
    if not reaching:
        check_may_issue_in(by, batch.organisation, on=on)
    for principal in reaching:
        if not _is_involved(batch, principal):
            return principal
    raise NotAllowed(_("Whom you stand in for could not approve this batch: somebody else approves it."))


def _check_proposal(
    organisation: Organisation, people: Iterable[UUID], by: Person, now: datetime
) -> list[UUID]:
    """The people by where they work and by their staff number: without seats they are numbered in this order."""
    on = timezone.localdate(now)
    check_may_issue_in(by, organisation, on=on)
    chosen = set(people)
    members = members_of(organisation, on=on).order_by(
        "organisation__path", "person__account__staff_number", "pk"
    )
    in_order = dict.fromkeys(members.values_list("person_id", flat=True))
    if not chosen:
        raise Refusal(_("Choose at least one person."), code="nobody")
    if not chosen.issubset(in_order):
        raise NotAllowed(_("Some of these people do not work in this organisation."))
    return [person_id for person_id in in_order if person_id in chosen]


def _checked_title(title: str) -> str:
    title = title.strip()
    if not title:
        raise Refusal(_("Give the batch a title."), code="title")
    check_wording(title)
    return title


def _check_uninvolved(batch: CertificateBatch, by: Person) -> None:
    if batch.proposed_by_id == by.pk:
        raise NotAllowed(_("You proposed this batch: somebody else approves it."))
    if _is_involved(batch, by):
        raise NotAllowed(_("You would hold a certificate of this batch: somebody else approves it."))


def _is_involved(batch: CertificateBatch, person: Person) -> bool:
    """Whether they proposed the batch, or would hold a certificate of it."""
    holding = batch.rows.filter(person=person).exclude(state=RowState.QUARANTINED)
    return batch.proposed_by_id == person.pk or holding.exists()


def _check_step(batch: CertificateBatch, to: BatchStatus) -> None:
    if to not in BATCH_TRANSITIONS[BatchStatus(batch.status)]:
        raise Refusal(_("This batch is no longer waiting for approval."), code="status")


def _in_place_of(principal: Person | None) -> dict[str, str]:
    return {"in_place_of": str(principal.pk)} if principal else {}


def _locked(batch: CertificateBatch) -> CertificateBatch:
    return (
        CertificateBatch.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=batch.pk)
    )


def _audit(
    action: str, batch: CertificateBatch, *, by: Person | None, now: datetime, **detail: int | str
) -> None:
    audit.record(action=action, target=f"certificates.batch:{batch.pk}", by=by, now=now, **detail)
