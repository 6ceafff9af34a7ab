"""Certificates whose scheme is met no longer: found once, and nothing happens to them by that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from assessments.decisions import reconsider
from certificates.grounds import ground_lost, grounds_lost
from certificates.models import Certificate, Reason
from certificates.revoking import revoke_certificate
from tests.certificates.life.making import LATER, lose_exam
from tests.certificates.making import NOW, SCHEME, make_certificate, make_scheme, someone_else

pytestmark = pytest.mark.django_db


def lost() -> list[int]:
    return [each.certificate_id for each in grounds_lost(on=LATER.date())]


def test_page_of_a_certificate_tells_what_is_missing_now(login: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    certificate = make_certificate()
    client, url = login(someone_else(certificate)), f"/certificates/{certificate.serial}/"
    before = client.get(url)
    lose_exam(certificate)
    after = client.get(url)
    ground = after.context["ground"]
    assert before.context["ground"] is None
    assert ([step.title for step in ground.now.missing], ground.before.met) == (["考试 ≥ 60%"], True)
    assert ground.decided_at == LATER
    assert after.context["standing"] == "valid"
    page = after.content.decode()
    assert ("证书不会自动变化" in page, "证书不会自动变化" in before.content.decode()) == (True, False)


def test_a_revoked_one_is_no_longer_among_them() -> None:
    certificate = make_certificate()
    assert lost() == []
    lose_exam(certificate)
    assert lost() == [certificate.pk]
    by = someone_else(certificate)
    revoke_certificate(certificate=certificate, reason=Reason.SCORE_CORRECTED, note="", by=by, now=LATER)
    assert (lost(), ground_lost(certificate, on=LATER.date())) == ([], None)


def test_new_rules_take_no_ground_away_and_hide_no_loss() -> None:
    certificate = make_certificate()
    make_scheme(endorsed=True)
    reconsider(person=certificate.person, now=LATER)
    assert lost() == []


def test_a_loss_is_told_under_later_rules_too() -> None:
    certificate = make_certificate()
    lose_exam(certificate)
    make_scheme(endorsed=True)
    reconsider(person=certificate.person, now=LATER)
    assert lost() == [certificate.pk]


def test_evidence_that_grew_old_is_left_to_renewal() -> None:
    course, exam = SCHEME["rule"]["rules"]  # type: ignore[index]
    rule = {**SCHEME["rule"], "rules": [course, {**exam, "max_age_months": 12}]}  # type: ignore[dict-item]
    certificate = make_certificate(scheme=make_scheme(rule=rule))
    reconsider(person=certificate.person, now=NOW + timedelta(days=400))
    met = certificate.person.decisions.order_by("pk").values_list("met", flat=True)
    assert (list(met)[-1], lost()) == (False, [])


@pytest.mark.postgres
def test_they_take_one_query_however_many(django_assert_num_queries: Any) -> None:
    certificates: list[Certificate] = []
    for names in (["许知秋"], ["陶然", "白晓璐"]):
        scheme = certificates[0].scheme_version if certificates else None
        new = [make_certificate(name, scheme=scheme) for name in names]
        for certificate in new:
            lose_exam(certificate)
        certificates += new
        with django_assert_num_queries(1):
            found = lost()
        assert found == [certificate.pk for certificate in certificates]


def test_an_expired_certificate_is_left_alone() -> None:
    certificate = make_certificate()
    lose_exam(certificate)
    last = certificate.valid_until
    assert last is not None
    days = (last, last + timedelta(days=1))
    assert [len(grounds_lost(on=day)) for day in days] == [1, 0]
