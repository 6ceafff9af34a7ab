"""Reminders before a certificate ends: to its holder with what a renewal asks for, to issuers one line a scheme.

A reminder is due when at most 90, 30 or 7 days are left. Only the closest is sent, and once; what a day missed because
nothing ran is made up for the next time. Who holds nothing in force is left alone, and so is whoever is being renewed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import SchemeVersion
from certificates.authority import ISSUING_ROLES
from certificates.life.ending import Outlook, ending_between, outlooks
from certificates.models import Certificate
from people.models import Notice, RoleAssignment
from people.notices import send_notices

STAGES = (7, 30, 90)


def remind_expiring(*, now: datetime) -> int:
    """Send whatever is due and was not sent; returns how many holders were told. May run any number of times.

    As many queries for many certificates as for one, for each scheme.
    """
    on = timezone.localdate(now)
    by_scheme: dict[str, list[Certificate]] = {}
    for certificate in ending_between(on, on + timedelta(days=STAGES[-1]), on=on):
        by_scheme.setdefault(certificate.scheme_version.key, []).append(certificate)
    newest = {version.key: version for version in SchemeVersion.objects.newest()}
    with translation.override(settings.LANGUAGE_CODE):
        return sum(
            _remind_of_scheme(newest[key], certificates, now=now) for key, certificates in by_scheme.items()
        )


def stage_of(last_day: date, *, on: date) -> int | None:
    """The closest reminder that is due: 7, 30 or 90 days before the end; None before all of them, and after the end."""
    left = (last_day - on).days
    return next((stage for stage in STAGES if 0 <= left <= stage), None)


@transaction.atomic
def _remind_of_scheme(scheme: SchemeVersion, certificates: list[Certificate], *, now: datetime) -> int:
    """Holders and issuers in one transaction: whoever is counted was told."""
    on = timezone.localdate(now)
    sent = _sent(certificates, on)
    due = [each for each in certificates if _matter(each, on) not in sent]
    if not due:
        return 0
    told = outlooks(due, scheme, at=now)
    send_notices([_to_holder(outlook, on=on, now=now) for outlook in told])
    send_notices(_to_issuers(scheme, due, on=on, now=now))
    return len(due)


def _sent(certificates: Iterable[Certificate], on: date) -> set[str]:
    keys = [_matter(each, on) for each in certificates]
    return set(Notice.objects.filter(source_key__in=keys).values_list("source_key", flat=True))


def _matter(certificate: Certificate, on: date) -> str:
    assert certificate.valid_until is not None  # noqa: S101 -- only what ends is listed
    return f"certificate-expires:{certificate.serial}:{stage_of(certificate.valid_until, on=on)}"


def _to_holder(outlook: Outlook, *, on: date, now: datetime) -> Notice:
    certificate = outlook.certificate
    assert certificate.valid_until is not None  # noqa: S101 -- as above
    left = (certificate.valid_until - on).days
    facts = {"serial": certificate.serial, "day": date_format(certificate.valid_until)}
    title = ngettext(
        "Your certificate ends in %(count)d day: %(title)s",
        "Your certificate ends in %(count)d days: %(title)s",
        left,
    ) % {"count": left, "title": certificate.scheme_version.title}
    lacks = outlook.lacks
    if lacks:
        body = _("%(serial)s is valid until %(day)s. For a renewal: %(lacks)s.") % {**facts, "lacks": lacks}
    else:
        body = (
            _(
                "%(serial)s is valid until %(day)s. Everything for a renewal is there: your issuer proposes it."
            )
            % facts
        )
    return Notice(
        recipient_id=certificate.person_id,
        title=title[:120],
        body=body,
        url="/me/",
        source_key=_matter(certificate, on),
        sent_at=now,
    )


def _to_issuers(
    scheme: SchemeVersion, certificates: list[Certificate], *, on: date, now: datetime
) -> Iterable[Notice]:
    """One line a day for each who issues where one of these certificates came from. Two queries."""
    places = Certificate.objects.filter(pk__in=[each.pk for each in certificates])
    paths = Counter(places.values_list("batch_row__batch__organisation__path", flat=True))
    roles = RoleAssignment.objects.active(on=on).filter(role__in=ISSUING_ROLES).select_related("organisation")
    reach: dict[UUID, set[str]] = {}
    for role in roles:
        covered = {path for path in paths if path.startswith(role.organisation.path)}
        reach.setdefault(role.person_id, set()).update(covered)
    for person_id, covered in reach.items():
        count = sum(paths[path] for path in covered)
        if count:
            yield Notice(
                recipient_id=person_id,
                title=(_("Certificates that end soon: %(title)s") % {"title": scheme.title})[:120],
                body=ngettext(
                    "%(count)d holder was reminded today. Propose the renewal of whoever is ready.",
                    "%(count)d holders were reminded today. Propose the renewal of those who are ready.",
                    count,
                )
                % {"count": count},
                url=reverse("certificates:renew", query={"scheme": scheme.key}),
                source_key=f"certificates-expiring:{on.isoformat()}:{scheme.pk}:{person_id}",
                sent_at=now,
            )
