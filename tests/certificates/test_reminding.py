"""Reminders 90, 30 and 7 days before the end: each once, a missed day made up, only the closest sent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from certificates.models import Certificate, Reason
from certificates.reminding import remind_expiring, stage_of
from certificates.revoking import revoke_certificate
from people.models import Notice, Person, Role
from tests.certificates.life.making import LATER, correct, suspend
from tests.certificates.making import NOW, make_certificate, make_scheme, someone_else
from tests.certificates.test_renewing import TRAINING, at, renew
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


def stages(certificate: Certificate) -> list[str]:
    sent = Notice.objects.filter(source_key__startswith=f"certificate-expires:{certificate.serial}:")
    return [key.rpartition(":")[2] for key in sent.order_by("pk").values_list("source_key", flat=True)]


@pytest.mark.parametrize(
    ("left", "stage"), [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_stage_is_the_closest_that_is_due(left: int, stage: int | None) -> None:
    last = date(2029, 11, 21)
    assert stage_of(last, on=last - timedelta(days=left)) == stage


def test_each_is_sent_once_on_its_day() -> None:
    certificate = make_certificate()
    for left in (91, 90, 89, 30, 29, 7, 6, 0, -1):
        for _again in range(2):
            remind_expiring(now=at(left))
    assert stages(certificate) == ["90", "30", "7"]


def test_a_missed_day_is_made_up_and_only_the_closest_is_sent() -> None:
    certificate = make_certificate()
    assert [remind_expiring(now=at(20)), remind_expiring(now=at(2))] == [1, 1]
    assert stages(certificate) == ["30", "7"]


def test_it_says_how_long_and_what_a_renewal_asks_for() -> None:
    certificate = make_certificate(scheme=make_scheme(renewal=TRAINING))
    remind_expiring(now=at(30))
    notice = Notice.objects.get(source_key__startswith="certificate-expires:")
    assert notice.recipient == certificate.person
    assert "30 天到期" in notice.title
    assert "继续教育已有 0 学时，需要 72 学时" in notice.body


def test_whatever_is_not_in_force_or_is_renewed_gets_none() -> None:
    first = make_certificate("许知秋")
    scheme = first.scheme_version
    suspended, corrected, renewed = (
        make_certificate(name, scheme=scheme) for name in ("陶然", "白晓璐", "顾南")
    )
    reason, by = Reason.ISSUED_IN_ERROR, someone_else(first)
    revoke_certificate(certificate=first, reason=reason, note="", by=by, now=LATER)
    suspend(suspended)
    new = correct(corrected)
    renew(renewed, at(80))
    remind_expiring(now=at(30))
    told = Notice.objects.filter(source_key__startswith="certificate-expires:")
    assert [notice.recipient_id for notice in told] == [new.person_id]


def summaries(person: Person) -> list[str]:
    found = Notice.objects.filter(recipient=person, source_key__startswith="certificates-expiring:")
    return list(found.order_by("pk").values_list("body", flat=True))


def test_issuers_read_one_line_a_scheme_about_their_own_part_of_the_tree() -> None:
    first = make_certificate("许知秋")
    make_certificate("陶然", scheme=first.scheme_version)
    elsewhere = make_person(organisation=make_organisation("XX"), roles=(Role.ISSUER,))
    for _again in range(2):
        remind_expiring(now=at(30))
    assert summaries(someone_else(first)) == ["今天提醒了 2 位持证人。请为条件具备的人提请换发。"]
    assert summaries(elsewhere) == []


@pytest.mark.parametrize("count", [1, 3])
def test_run_takes_as_many_queries_for_one_as_for_three(count: int, django_assert_num_queries: Any) -> None:
    scheme = None
    for name in ["许知秋", "陶然", "白晓璐"][:count]:
        scheme = make_certificate(name, scheme=scheme).scheme_version
    moment: datetime = at(30)
    assert moment > NOW
    with django_assert_num_queries(13):
        assert remind_expiring(now=moment) == count
