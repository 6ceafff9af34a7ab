"""Propose, approve and issue a batch in one go, as two people."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import SchemeVersion
from assessments.schemes.releasing import newest_scheme
from certificates.authority import check_may_issue_in, organisations_for
from certificates.batches import approve_batch, candidates, propose_batch
from certificates.issuing import MAX_ATTEMPTS, issue_batch
from certificates.models import BatchRow, CertificateBatch, RowState
from certificates.names import ask_confirmation
from certificates.preflight import Checked, Preflight
from certificates.trials import try_batch
from core.commands import Report, ReportCommand
from core.errors import NotAllowed, Refusal
from people.models import Account, Organisation, Person


class Command(ReportCommand):
    """`eligible`: people who meet the scheme; `issued`: certificates handed out by this run; `quarantined`: who was
    set aside and why; `failed`: who could not be printed. Exit 1 when anybody was set aside or failed."""

    help = "Issue certificates of a scheme to everyone who meets it, proposed by one person, approved by another."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scheme", metavar="SCHEME", help="key of the scheme")
        parser.add_argument("--by", required=True, metavar="STAFF", help="staff number of the proposer")
        parser.add_argument(
            "--approved-by", required=True, metavar="STAFF", help="staff number of the approver"
        )
        parser.add_argument("--org", metavar="CODE", help="organisation; by default the proposer's own scope")
        parser.add_argument(
            "--dry-run", action="store_true", help="preflight only, nothing is issued or asked"
        )

    def report(self, **options: Any) -> Report:
        now = timezone.now()
        scheme = newest_scheme(options["scheme"])
        proposer, approver = _person(options["by"]), _person(options["approved_by"])
        organisation = _organisation(options["org"], proposer)
        _check_actors(proposer, approver, organisation)
        people = candidates(scheme=scheme, organisation=organisation, now=now)
        checked = Preflight(scheme, proposer, approver, now).check(people)
        if options["dry_run"]:
            return _report(checked, [])
        _ask_for_names(scheme, checked, proposer)
        ready = [person_id for person_id, each in checked.items() if not each.findings]
        rows = _issue(scheme, organisation, ready, proposer, approver) if ready else []
        return _report(checked, rows)


def _issue(
    scheme: SchemeVersion,
    organisation: Organisation,
    people: list[UUID],
    proposer: Person,
    approver: Person,
) -> list[BatchRow]:
    """One batch, worked through here and now; a worker that joins in does no harm."""
    now = timezone.now()
    batch = propose_batch(
        scheme=scheme,
        organisation=organisation,
        people=people,
        title=f"{timezone.localtime(now):%Y-%m-%d %H:%M:%S}",
        by=proposer,
        now=now,
        enqueue=False,
    )
    try_batch(batch=batch)
    count = batch.rows.filter(state=RowState.READY).count()
    if count:
        approve_batch(batch=batch, count=count, by=approver, now=now, enqueue=False)
    for _attempt in range(MAX_ATTEMPTS):
        if issue_batch(batch=batch):
            break
        batch.rows.filter(state=RowState.FAILED).update(
            leased_until=None
        )  # nobody waits for the next attempt here
    return _rows(batch)


def _rows(batch: CertificateBatch) -> list[BatchRow]:
    return list(batch.rows.select_related("certificate").order_by("pk"))


def _report(checked: dict[UUID, Checked], rows: list[BatchRow]) -> Report:
    numbers = dict(Account.objects.filter(person__in=[*checked]).values_list("person_id", "staff_number"))
    reasons = {
        person_id: [finding.reason for finding in each.findings]
        for person_id, each in checked.items()
        if each.findings
    }
    late = {row.person_id: row.findings for row in rows if row.state == RowState.QUARANTINED}
    reasons |= {person_id: [each["reason"] for each in found] for person_id, found in late.items()}
    failed = [row for row in rows if row.state not in (RowState.RELEASED, RowState.QUARANTINED)]
    data = {
        "eligible": sum(each.met for each in checked.values()),
        "issued": sum(row.state == RowState.RELEASED for row in rows),
        "quarantined": [
            {"person": numbers.get(person_id, ""), "reason": "；".join(found)}
            for person_id, found in reasons.items()
        ],
        "failed": [
            {"person": numbers.get(row.person_id, ""), "reason": row.reason or row.state} for row in failed
        ],
    }
    return Report(data, tuple(_lines(data)), finding=bool(reasons or failed))


def _lines(data: dict[str, Any]) -> list[str]:
    head = _("%(eligible)s eligible, %(issued)s issued") % data
    aside = [f"{each['person']}: {each['reason']}" for each in (*data["quarantined"], *data["failed"])]
    return [head, *aside]


def _ask_for_names(scheme: SchemeVersion, checked: dict[UUID, Checked], proposer: Person) -> None:
    """Whoever was not asked yet is asked now, so that the next run can go on."""
    for person_id, each in checked.items():
        if each.name and any(finding.ask for finding in each.findings):
            ask_confirmation(
                person=Person(pk=person_id), scheme_key=scheme.key, by=proposer, now=timezone.now()
            )


def _check_actors(proposer: Person, approver: Person, organisation: Organisation) -> None:
    if proposer.pk == approver.pk:
        raise NotAllowed(_("Proposer and approver must be two people."))
    for actor in (proposer, approver):
        check_may_issue_in(actor, organisation, on=timezone.localdate())


def _person(staff_number: str) -> Person:
    account = Account.objects.filter(staff_number=staff_number, person__isnull=False).first()
    if account is None or account.person is None:
        raise Refusal(_("There is no staff number %(number)s.") % {"number": staff_number}, code="person")
    return account.person


def _organisation(code: str | None, proposer: Person) -> Organisation:
    """The named organisation, or the top one the proposer issues for."""
    if code is None:
        top = organisations_for(proposer, on=timezone.localdate()).first()
        if top is None:
            raise NotAllowed(_("The proposer does not issue certificates anywhere."))
        return top
    organisation = Organisation.objects.filter(code=code).first()
    if organisation is None:
        raise Refusal(_("There is no organisation %(code)s.") % {"code": code}, code="organisation")
    return organisation
