"""Names asked and answered, batches proposed, sent back and issued, a certificate revoked."""

from __future__ import annotations

from assessments.schemes.releasing import newest_scheme
from certificates.batches import approve_batch, propose_batch, recheck_batch, return_batch
from certificates.issuing import issue_batch
from certificates.models import (
    BatchStatus,
    Certificate,
    CertificateBatch,
    NameConfirmation,
    Reason,
    RowState,
)
from certificates.names import ask_confirmation, confirm_name, dispute_name
from certificates.revoking import revoke_certificate
from certificates.trials import try_batch
from cms.demo.histories.steps import (
    Batch,
    Issued,
    NameAnswered,
    NameAsked,
    NameCorrected,
    Proposed,
    Returned,
    Revoked,
)
from cms.demo.telling.telling import People, tell
from people.accounts import correct_name
from people.models import Account, Organisation, Person


@tell.register
def _name_corrected(step: NameCorrected, people: People) -> None:
    account = Account.objects.get(person=people[step.person])
    correct_name(account=account, name=step.name, by=people[step.by], now=step.at)


@tell.register
def _name_asked(step: NameAsked, people: People) -> None:
    if _asked(people[step.person], step.scheme) is None:
        ask_confirmation(person=people[step.person], scheme_key=step.scheme, by=people[step.by], now=step.at)


@tell.register
def _name_answered(step: NameAnswered, people: People) -> None:
    person = people[step.person]
    asked = _asked(person, step.scheme)
    if asked is None or asked.answer:
        return
    if step.correction:
        dispute_name(confirmation=asked, correction=step.correction, by=person, now=step.at)
    else:
        confirm_name(confirmation=asked, by=person, now=step.at)


@tell.register
def _proposed(step: Proposed, people: People) -> None:
    if _batch(step.batch, people) is None:
        batch = propose_batch(
            scheme=newest_scheme(step.batch.scheme),
            organisation=Organisation.objects.get(code=step.batch.organisation),
            people=[people[person].pk for person in step.people],
            title=step.batch.title,
            by=people[step.batch.by],
            now=step.at,
            enqueue=False,
        )
        try_batch(batch=batch, clock=lambda: step.at)


@tell.register
def _returned(step: Returned, people: People) -> None:
    batch = _batch(step.batch, people)
    if batch is not None and batch.status == BatchStatus.PROPOSED:
        return_batch(batch=batch, remark=step.remark, by=people[step.by], now=step.at)


@tell.register
def _issued(step: Issued, people: People) -> None:
    """Not in one transaction: issuing is taken up where it was left, and prints outside of any."""
    batch = _batch(step.batch, people)
    if batch is None or batch.status == BatchStatus.RETURNED:
        return
    if batch.status == BatchStatus.PROPOSED:
        recheck_batch(batch=batch, by=people[step.by], now=step.approved_at, enqueue=False)
        try_batch(batch=batch, clock=lambda: step.approved_at)
        approve_batch(
            batch=batch,
            count=batch.rows.filter(state=RowState.READY).count(),
            by=people[step.by],
            now=step.approved_at,
            remark=step.remark,
            enqueue=False,
        )
    issue_batch(batch=batch, clock=lambda: step.at)


@tell.register
def _revoked(step: Revoked, people: People) -> None:
    certificate = Certificate.objects.filter(
        person=people[step.person], scheme_version__key=step.scheme
    ).first()
    if certificate is not None:
        revoke_certificate(
            certificate=certificate,
            reason=Reason(step.reason),
            note=step.note,
            by=people[step.by],
            now=step.at,
        )


def _asked(person: Person, scheme: str) -> NameConfirmation | None:
    asked = NameConfirmation.objects.filter(person=person, scheme_key=scheme)
    return asked.order_by("pk").last()


def _batch(batch: Batch, people: People) -> CertificateBatch | None:
    """The batch as it stands; its title tells it from others of the same proposer."""
    known = CertificateBatch.objects.filter(
        title=batch.title, scheme_version__key=batch.scheme, proposed_by=people[batch.by]
    )
    return known.select_related("organisation").order_by("pk").first()
