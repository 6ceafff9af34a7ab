"""The table of steps is total, and every operation asks it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from certificates.life import LEAVES, LIFE
from certificates.models import Certificate, CertificateEvent, EventKind, LeafKind, Reason
from certificates.revoking import revoke_certificate
from certificates.standing import Standing
from certificates.suspending import restore_certificate, suspend_certificate
from core.errors import Refusal
from tests.certificates.life.making import LATER, propose
from tests.certificates.making import make_certificate, someone_else

ENDS = {Standing.REVOKED, Standing.SUPERSEDED, Standing.VOIDED}
EVENTS: dict[Standing, list[EventKind]] = {
    Standing.VOIDED: [EventKind.VOIDED],
    Standing.REVOKED: [EventKind.REVOKED],
    Standing.SUPERSEDED: [EventKind.SUPERSEDED],
    Standing.SUSPENDED: [EventKind.SUSPENDED],
    Standing.EXPIRED: [],
    Standing.VALID: [],
}


def test_table_names_every_standing_and_every_event() -> None:
    assert set(LIFE) == set(Standing)
    assert {EventKind.ISSUED}.union(*LIFE.values()) == set(EventKind)
    assert set(LEAVES) == set(EventKind)
    assert {leaf for leaf in LEAVES.values() if leaf} == set(LeafKind)


def test_nothing_follows_an_end() -> None:
    assert {standing for standing, after in LIFE.items() if not after} == ENDS


def steps(certificate: Certificate, at: Any) -> dict[EventKind, Any]:
    by = someone_else(certificate)
    common = {"certificate": certificate, "note": "", "by": by, "now": at}
    return {
        EventKind.SUSPENDED: lambda: suspend_certificate(reason=Reason.UNDER_REVIEW, **common),
        EventKind.RESTORED: lambda: restore_certificate(reason=Reason.QUESTION_SETTLED, **common),
        EventKind.REVOKED: lambda: revoke_certificate(reason=Reason.ISSUED_IN_ERROR, **common),
        EventKind.SUPERSEDED: lambda: propose(certificate, now=at),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("standing", list(EVENTS))
def test_operations_do_what_the_table_allows_and_nothing_else(standing: Standing) -> None:
    certificate = make_certificate()
    for kind in EVENTS[standing]:
        CertificateEvent.objects.create(certificate=certificate, kind=kind, at=LATER)
    at = LATER + timedelta(days=3000 if standing == Standing.EXPIRED else 1)
    done_already = {EventKind(kind) for kind in EVENTS[standing]}
    for kind, take in steps(certificate, at).items():
        if kind in done_already:
            continue
        before = certificate.events.count()
        if kind not in LIFE[standing]:
            with pytest.raises(Refusal):
                take()
            assert certificate.events.count() == before
