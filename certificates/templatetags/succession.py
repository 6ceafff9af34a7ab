"""What a batch corrects, beside what the new certificates will say: for whoever approves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template

from certificates.life.superseding import reason_for
from certificates.models import BatchKind, BatchRow, Certificate, CertificateBatch
from people.models import Account

register = template.Library()


@dataclass(frozen=True)
class Corrected:
    """An old certificate, the name on it and the name in the account now ("" once erased), and why it is corrected."""

    old: Certificate
    old_name: str
    new_name: str
    why: str


@register.inclusion_tag("certificates/life/corrected.html")
def what_is_corrected(batch: CertificateBatch) -> dict[str, Any]:
    """`{% what_is_corrected batch %}`: nothing for a batch that corrects nothing. Three queries for one certificate."""
    if batch.kind != BatchKind.CORRECTION:
        return {"lines": []}
    rows = BatchRow.objects.filter(batch=batch, follows__isnull=False).select_related("follows__holder")
    return {"lines": [_line(row.follows) for row in rows.order_by("pk") if row.follows]}


def _line(old: Certificate) -> Corrected:
    account = Account.objects.filter(person=old.person_id).first()
    holder, reason = getattr(old, "holder", None), reason_for(old)
    return Corrected(
        old,
        holder.printed_name if holder else "",
        account.name if account else "",
        reason.note if reason else "",
    )
