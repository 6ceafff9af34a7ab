"""Pages of a certificate's life and of cases: who sees them, what they say before a press, what a press does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from certificates.cases import open_ground_cases
from certificates.models import (
    BatchKind,
    Certificate,
    CertificateBatch,
    CertificateCase,
    EventKind,
)
from certificates.queries import held_by
from certificates.verifying import Verdict, verify
from people.models import Person, Role
from people.roles import grant_role
from tests.certificates.life.making import LATER, correct, lose_exam, proposer_of, suspend
from tests.certificates.making import make_certificate, someone_else
from tests.certificates.test_renewing import at
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)


def text(response: Any) -> str:
    page: str = response.content.decode()
    return page


def with_case(name: str = "许知秋", like: Certificate | None = None) -> CertificateCase:
    certificate = make_certificate(name, scheme=like.scheme_version if like else None)
    lose_exam(certificate)
    open_ground_cases(now=LATER)
    return certificate.cases.get()


def test_suspend_and_restore_by_form(login: Any) -> None:
    certificate = make_certificate()
    client, url = login(someone_else(certificate)), f"/certificates/{certificate.serial}/"
    assert "公开查验页即刻显示暂停和原因" in text(client.get(url))
    assert client.post(f"{url}suspend/", {"note": "x"}).status_code == 422
    page = text(client.post(f"{url}suspend/", {"reason": "under_review", "note": "来信"}, follow=True))
    assert ("已暂停，公开查验页即刻显示" in page, "来信" in page) == (True, True)
    assert verify(certificate.code, now=LATER).verdict == Verdict.SUSPENDED
    assert client.post(f"{url}correct/", {"why": "错字"}).status_code == 422
    client.post(f"{url}restore/", {"reason": "question_settled"})
    assert verify(certificate.code, now=LATER).verdict == Verdict.AUTHENTIC


def test_correction_is_proposed_by_form_and_approver_reads_why(login: Any) -> None:
    certificate = make_certificate()
    proposer = login(proposer_of(certificate))
    url = f"/certificates/{certificate.serial}/"
    proposer.post(f"{url}correct/", {"why": "身份证上是“之”"})
    batch = CertificateBatch.objects.get(kind=BatchKind.CORRECTION)
    assert "正在办理更正" in text(proposer.get(url))
    page = text(login(someone_else(certificate)).get(f"/certificates/batches/{batch.pk}/"))
    assert ("身份证上是“之”" in page, certificate.serial in page) == (True, True)


def test_timeline_tells_the_whole_life_and_leads_on(login: Any) -> None:
    old = make_certificate()
    new = correct(old)
    client = login(someone_else(old))
    page = client.get(f"/certificates/{old.serial}/")
    titles = [moment.title for moment in page.context["moments"]]
    assert titles == ["取得编号", "发到本人", "已提请更正", "已被更正", "有效期最后一天"]
    assert f"/certificates/{new.serial}/" in text(page)
    assert page.context["actions"] == []
    assert f"/certificates/{old.serial}/" in text(client.get(f"/certificates/{new.serial}/"))


def test_case_is_settled_by_form_once(login: Any) -> None:
    case = with_case()
    client, url = login(someone_else(case.certificate)), f"/certificates/cases/{case.pk}/"
    page = text(client.get(url))
    assert ("颁证时的依据" in page, "同一次认定不会再次提出" in page) == (True, True)
    assert client.post(f"{url}settle/", {"outcome": "revoked", "note": "x"}).status_code == 422
    page = text(client.post(f"{url}settle/", {"outcome": "corrected", "note": "x"}, follow=True))
    assert "请选择如何处理这张证书" in page
    client.post(f"{url}settle/", {"outcome": "kept", "note": "已核对原始成绩"})
    page = text(client.post(f"{url}settle/", {"outcome": "suspended", "note": "x"}, follow=True))
    assert ("这件事之前已经处理" in page, "已核对原始成绩" in page) == (True, True)
    assert not case.certificate.events.filter(kind=EventKind.SUSPENDED).exists()


def test_list_shows_open_ones_first_and_settled_ones_when_asked(login: Any) -> None:
    first = with_case()
    second = with_case("陶然", like=first.certificate)
    client = login(someone_else(first.certificate))
    client.post(f"/certificates/cases/{first.pk}/settle/", {"outcome": "kept", "note": "x"})

    def listed(query: str) -> list[int]:
        lines = client.get(f"/certificates/cases/{query}").context["lines"]
        return [line.case.pk for line in lines]

    assert listed("") == [second.pk]
    assert listed("?state=settled") == [first.pk]
    assert listed("?state=all") == [second.pk, first.pk]
    assert listed("?state=all&kind=correction_asked") == []
    assert listed("?state=nonsense&kind=1'--") == [second.pk]


STRANGERS = ["elsewhere", "examiner", "holder"]


def stranger(kind: str, certificate: Certificate) -> Person:
    if kind == "elsewhere":
        return make_person(organisation=make_organisation("XX"), roles=(Role.ISSUER, Role.ADMINISTRATOR))
    return make_person(roles=(Role.EXAMINER,)) if kind == "examiner" else certificate.person


@pytest.mark.parametrize("kind", STRANGERS)
def test_strangers_find_neither_case_nor_steps(login: Any, kind: str) -> None:
    case = with_case()
    certificate = case.certificate
    client = login(stranger(kind, certificate))
    assert client.get(f"/certificates/cases/{case.pk}/").status_code == 404
    said = {"outcome": "kept", "note": "x"}
    assert client.post(f"/certificates/cases/{case.pk}/settle/", said).status_code == 404
    for step in ("suspend", "restore", "correct", "revoke"):
        said = {"reason": "under_review", "why": "x", "sure": "on"}
        assert client.post(f"/certificates/{certificate.serial}/{step}/", said).status_code == 404
    if kind != "elsewhere":
        assert client.get("/certificates/cases/").status_code == 403
        assert client.get("/certificates/renew/").status_code == 403


def test_another_part_of_the_tree_lists_nothing(login: Any) -> None:
    case = with_case()
    client = login(stranger("elsewhere", case.certificate))
    assert client.get("/certificates/cases/?state=all").context["lines"] == []


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_cases_takes_as_many_queries_for_one_as_for_three(
    login: Any, count: int, django_assert_num_queries: Any
) -> None:
    first = with_case()
    for name in ["陶然", "白晓璐"][: count - 1]:
        with_case(name, like=first.certificate)
    client = login(someone_else(first.certificate))
    client.get("/certificates/cases/")
    with django_assert_num_queries(6):
        page = client.get("/certificates/cases/")
    assert len(page.context["lines"]) == count


def test_renewal_is_proposed_from_its_page(login: Any, monkeypatch: Any) -> None:
    certificate = make_certificate()
    lacking = make_certificate("陶然", scheme=certificate.scheme_version)
    lose_exam(lacking)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(30))
    client = login(proposer_of(certificate))
    scope = {"scheme": "digital", "organisation": "QH"}
    page = text(client.get("/certificates/renew/", scope))
    assert ("1 张证书可以换发" in page, "完成考试 ≥ 60%" in page) == (True, True)
    said = {**scope, "title": "换发", "theme": "standard"}
    client.post("/certificates/renew/", {**said, "person": [lacking.person_id]})
    assert not CertificateBatch.objects.filter(kind=BatchKind.RENEWAL).exists()
    client.post("/certificates/renew/", {**said, "person": [certificate.person_id]})
    batch = CertificateBatch.objects.get(kind=BatchKind.RENEWAL)
    assert batch.rows.get().follows == certificate


def test_holder_reads_how_long_it_is_and_what_became_of_it() -> None:
    old = make_certificate()

    def said(days: int = 0) -> list[str]:
        return [line.says for line in held_by(old.person, now=LATER + timedelta(days=days))]

    assert said() == ["有效至 2029年11月21日"]
    left = (old.valid_until - LATER.date()).days if old.valid_until else 0
    assert said(left - 90) == ["90 天后到期（2029年11月21日），换发请联系签发人"]
    assert said(left + 1) == ["已于 2029年11月21日 到期，换发请联系签发人"]
    new = correct(old)
    suspend(new)
    assert said() == [
        "自 2026年11月22日 起暂停，等问题核实清楚",
        f"已于 2026年11月22日 更正，今后请用 {new.serial}",
    ]


def test_own_certificate_offers_an_issuer_no_step(login: Any) -> None:
    certificate = make_certificate()
    holder = certificate.person
    since = LATER.date() - timedelta(days=9)
    grant_role(
        person=holder, role=Role.ISSUER, organisation=make_organisation(), since_on=since, by=None, now=LATER
    )
    page = login(holder).get(f"/certificates/{certificate.serial}/")
    assert (page.context["actions"], "另一位签发人处理" in text(page)) == ([], True)
