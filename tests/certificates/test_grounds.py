"""Certificates whose scheme is met no longer: staff are led to them, and nothing changes by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from assessments.decisions import reconsider
from certificates.grounds import grounds_lost
from certificates.models import Certificate, Reason
from certificates.revoking import revoke_certificate
from competencies.ledger import withdraw_evidence
from competencies.models import Evidence, EvidenceKind
from people.models import Person, Role
from tests.certificates.making import (
    NOW,
    SCHEME,
    make_certificate,
    make_scheme,
    someone_else,
)
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
def _today(monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)


def lose_exam(certificate: Certificate) -> None:
    """As after a regrade: the exam speaks no longer, and it was decided again."""
    exam = Evidence.objects.get(person=certificate.person, kind=EvidenceKind.EXAM)
    withdraw_evidence(evidence=exam, source_key=f"{exam.source_key}:withdrawn", now=LATER)
    reconsider(person=certificate.person, now=LATER)


def serials(viewer: Person) -> list[str]:
    return [each.serial for each in grounds_lost(viewer, [make_organisation().path], on=LATER.date())]


def test_page_of_a_certificate_tells_what_is_missing_now(login: Any) -> None:
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


def test_list_names_the_certificate_until_it_is_revoked(login: Any) -> None:
    certificate = make_certificate()
    viewer = someone_else(certificate)
    assert serials(viewer) == []
    lose_exam(certificate)
    page = login(viewer).get("/certificates/cases/").content.decode()
    assert (certificate.serial in page, "许知秋" in page) == (True, True)
    revoke_certificate(certificate=certificate, reason=Reason.SCORE_CORRECTED, note="", by=viewer, now=LATER)
    assert serials(viewer) == []
    assert login(viewer).get(f"/certificates/{certificate.serial}/").context["ground"] is None


def test_nobody_is_led_to_their_own_certificate() -> None:
    certificate = make_certificate()
    lose_exam(certificate)
    assert serials(certificate.person) == []


def test_list_is_of_the_own_part_of_the_tree_and_of_issuing_roles(login: Any) -> None:
    certificate = make_certificate()
    lose_exam(certificate)
    other = make_organisation("XX")
    issuer = make_person(organisation=other, roles=(Role.ISSUER,))
    assert certificate.serial not in login(issuer).get("/certificates/cases/").content.decode()
    assert login(make_person(roles=(Role.EXAMINER,))).get("/certificates/cases/").status_code == 403


def test_new_rules_take_no_ground_away_and_hide_no_loss() -> None:
    certificate = make_certificate()
    viewer = someone_else(certificate)
    make_scheme(endorsed=True)
    reconsider(person=certificate.person, now=LATER)
    assert serials(viewer) == []


def test_a_loss_is_told_under_later_rules_too() -> None:
    certificate = make_certificate()
    lose_exam(certificate)
    make_scheme(endorsed=True)
    reconsider(person=certificate.person, now=LATER)
    assert serials(someone_else(certificate)) == [certificate.serial]


def test_evidence_that_grew_old_is_left_to_renewal() -> None:
    course, exam = SCHEME["rule"]["rules"]  # type: ignore[index]
    rule = {**SCHEME["rule"], "rules": [course, {**exam, "max_age_months": 12}]}  # type: ignore[dict-item]
    certificate = make_certificate(scheme=make_scheme(rule=rule))
    reconsider(person=certificate.person, now=NOW + timedelta(days=400))
    met = certificate.person.decisions.order_by("pk").values_list("met", flat=True)
    assert (list(met)[-1], serials(someone_else(certificate))) == (False, [])


@pytest.mark.postgres
def test_list_takes_one_query_for_any_number_of_certificates(django_assert_num_queries: Any) -> None:
    certificates = [make_certificate("许知秋")]
    viewer, paths = make_person(roles=(Role.ADMINISTRATOR,)), [make_organisation().path]
    for names in ([], ["陶然", "白晓璐"]):
        certificates += [make_certificate(name, scheme=certificates[0].scheme_version) for name in names]
        for certificate in certificates[-len(names) or 0 :]:
            lose_exam(certificate)
        with django_assert_num_queries(1):
            found = grounds_lost(viewer, paths, on=LATER.date())
        assert [each.holder_name for each in found] == [each.holder.printed_name for each in certificates]


def test_an_expired_certificate_is_left_alone() -> None:
    certificate = make_certificate()
    viewer, paths = someone_else(certificate), [make_organisation().path]
    lose_exam(certificate)
    last = certificate.valid_until
    assert last is not None
    days = (last, last + timedelta(days=1))
    assert [len(grounds_lost(viewer, paths, on=day)) for day in days] == [1, 0]
