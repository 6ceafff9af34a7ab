"""The page a stranger sees: no cookie, no session, the same for everybody, never stale for more than a minute."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from certificates.models import Reason
from certificates.revoking import revoke_certificate
from core.private_files import read
from tests.certificates.making import NOW, make_certificate, someone_else
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def test_valid_certificate_is_shown_masked_and_cookieless() -> None:
    certificate = make_certificate("欧阳𬭎")
    response = Client().get(f"/verify/{certificate.code}/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "证书有效" in page
    assert "欧**" in page
    assert "欧阳" not in page
    assert certificate.serial in page
    assert response["Cache-Control"] == "public, max-age=0, s-maxage=60, must-revalidate"
    assert not response.cookies


def test_valid_page_takes_three_queries(django_assert_num_queries: Any) -> None:
    certificate = make_certificate()
    with django_assert_num_queries(3):
        Client().get(f"/verify/{certificate.code}/")


def test_logged_in_reader_gets_the_strangers_page(login: Any) -> None:
    certificate = make_certificate("许知秋")
    client = login(make_person("周宁"))
    response = client.get(f"/verify/{certificate.code}/")
    assert "周宁" not in response.content.decode()
    assert response["Cache-Control"] == "public, max-age=0, s-maxage=60, must-revalidate"
    assert not response.cookies


def test_revoked_certificate_is_shown_at_once_with_its_reason() -> None:
    certificate = make_certificate()
    by = someone_else(certificate)
    note = "王老师来电说明"
    revoke_certificate(certificate=certificate, reason=Reason.SCORE_CORRECTED, note=note, by=by, now=NOW)
    page = Client().get(f"/verify/{certificate.code}/").content.decode()
    assert "证书已撤销" in page
    assert "成绩经复核更正，未达到合格线" in page
    assert "证书有效" not in page
    assert note not in page


def test_every_unknown_code_gets_the_same_404() -> None:
    make_certificate()
    client = Client()
    answers = [client.get(f"/verify/{code}/") for code in ("A" * 22, "x", "中文", "1 OR 1=1")]
    assert {answer.status_code for answer in answers} == {404}
    pages = {answer.content.replace(answer.request["PATH_INFO"].encode(), b"") for answer in answers}
    assert all("查无此证" in page.decode() for page in pages)
    assert not answers[0].cookies


def test_uploaded_file_is_compared_and_not_kept() -> None:
    certificate = make_certificate()
    content = read(certificate.document.path)
    for url in ("/verify/", f"/verify/{certificate.code}/"):
        response = Client(enforce_csrf_checks=True).post(url, {"file": SimpleUploadedFile("c.pdf", content)})
        assert "文件真实" in response.content.decode()
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies
        forged = SimpleUploadedFile("c.pdf", content + b"x")
        assert "文件已被改动" in Client().post(url, {"file": forged}).content.decode()
        foreign = SimpleUploadedFile("c.pdf", b"%PDF-1.4 hello")
        assert "不是我们签发的文件" in Client().post(url, {"file": foreign}).content.decode()


def test_too_large_file_is_refused() -> None:
    large = SimpleUploadedFile("c.pdf", b"%PDF-" + b"0" * (5 * 1024 * 1024))
    response = Client().post("/verify/", {"file": large})
    assert response.status_code == 422
    assert "5 MB" in response.content.decode()


def test_typed_code_or_pasted_address_leads_to_the_page() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.get("/verify/").status_code == 200
    for typed in ("abc", "http://localhost:8000/verify/abc/", " abc "):
        response = client.post("/verify/", {"code": typed})
        assert (response.status_code, response["Location"]) == (302, "/verify/abc/")
    assert client.post("/verify/", {"code": "/"}).status_code == 422
