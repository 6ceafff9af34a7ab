"""The gallery's pages: what issuers see, what strangers get, and that looking costs a constant number of queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from certificates.gallery.proofs import FOLDER
from certificates.models import IssuerMark, ThemeShelf
from certificates.press import PressError
from core.private_files import storage
from people.models import Role
from tests.certificates.gallery.making import drawn_mark
from tests.certificates.making import (
    NOW,
    give_evidence,
    make_certificate,
    make_eligible,
    make_issuer,
    make_scheme,
    someone_else,
)
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def _today(monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def url(name: str, *args: object, **query: str) -> str:
    return reverse(f"certificates:{name}", args=args, query=query or None)


def test_the_gallery_says_what_each_design_needs_and_how_often_it_was_used(login: Any) -> None:
    certificate = make_certificate()
    page = login(someone_else(certificate)).get(url("gallery")).content.decode()
    for said in ("标准（A4 横版）", "立幅（A4 竖版）", "每人都要有照片", "1 张证书", "0 张证书"):
        assert said in page
    assert "成绩与能力附页" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_pages_do_not_grow(count: int, login: Any, django_assert_num_queries: Any) -> None:
    certificate = make_certificate()
    for number in range(count - 1):
        make_eligible(f"李{'一二三'[number]}", scheme=certificate.scheme_version)
    client = login(someone_else(certificate))
    client.get(url("gallery"))
    with django_assert_num_queries(GALLERY_QUERIES):
        client.get(url("gallery"))
    with django_assert_num_queries(THEME_QUERIES):
        client.get(url("theme", "standard"))


GALLERY_QUERIES, THEME_QUERIES = 9, 13


def test_the_picture_is_printed_once(login: Any, monkeypatch: Any) -> None:
    make_issuer()
    client = login(make_person("邹敏", roles=(Role.ISSUER,)))
    first = client.get(url("theme_picture", "card"))
    assert (first.content[:8], first["Cache-Control"]) == (PNG, "private, max-age=300")
    assert len(storage().listdir(FOLDER)[1]) >= 1
    monkeypatch.setattr("certificates.gallery.proofs.print_order", lambda order: pytest.fail("printed again"))
    assert client.get(url("theme_picture", "card")).content == first.content


def test_a_preview_shows_people_of_ones_own_scope_and_nobody_else(login: Any) -> None:
    make_issuer()
    scheme, root = make_scheme(), make_organisation()
    here, there = make_organisation("HERE", root), make_organisation("THERE", root)
    own = make_eligible("许知秋", scheme=scheme, organisation=here)
    foreign = make_eligible("何小满", scheme=scheme, organisation=there)
    for person in (own, foreign):
        from certificates.eligibility import decide_now

        decide_now(person=person, scheme=scheme, now=NOW)
    client = login(make_person("甲", organisation=here, roles=(Role.ISSUER,)))
    page = client.get(url("theme", "standard")).content.decode()
    assert ("许知秋" in page, "何小满" in page) == (True, False)
    statuses = {
        value: client.get(url("theme_preview_pdf", "standard", sitter=value)).status_code
        for value in (
            "worst",
            f"digital:{own.pk}",
            f"digital:{foreign.pk}",
            f"other:{own.pk}",
            "digital:nobody",
            "",
        )
    }
    assert list(statuses.values()) == [200, 200, 404, 404, 404, 404]


def test_a_preview_leaves_nothing_behind_and_is_kept_by_nobody(login: Any) -> None:
    make_issuer()
    client = login(make_person("邹敏", roles=(Role.ISSUER,)))
    answer = client.get(url("theme_preview", "card", sitter="worst"))
    assert (answer.content[:8], answer["Cache-Control"]) == (PNG, "private, no-store")
    assert ThemeShelf.objects.count() == 0


@pytest.mark.parametrize("name", ["gallery", "marks"])
def test_whoever_issues_nowhere_stays_outside(name: str, login: Any) -> None:
    make_issuer()
    person = make_person("丙")
    give_evidence(person)
    assert login(person).get(url(name)).status_code == 403


def test_whoever_issues_for_a_part_may_look_and_change_nothing(login: Any) -> None:
    make_issuer()
    part = make_organisation("ELSE", make_organisation())
    client = login(make_person("甲", organisation=part, roles=(Role.ISSUER,)))
    assert client.get(url("theme", "standard")).status_code == 200
    assert url("dress", "standard") not in client.get(url("theme", "standard")).content.decode()
    assert client.get(url("marks")).status_code == 403
    client.post(url("shelf", "standard"), {"withdraw": ""})
    client.post(url("dress", "standard"), {})
    assert ThemeShelf.objects.count() == 0


def test_a_seal_goes_from_the_form_to_the_design(login: Any) -> None:
    make_issuer()
    client = login(make_person("邹敏", roles=(Role.ISSUER,)))
    form = {"kind": "seal", "title": "学院印"}
    refused = client.post(url("marks"), form | {"file": SimpleUploadedFile("a.png", drawn_mark())})
    assert (refused.status_code, IssuerMark.objects.count()) == (422, 0)
    drawing = SimpleUploadedFile("a.png", b'<svg xmlns="http://www.w3.org/2000/svg"/>')
    assert client.post(url("marks"), form | {"no_emblem": "on", "file": drawing}).status_code == 422
    sent = SimpleUploadedFile("a.png", drawn_mark())
    assert client.post(url("marks"), form | {"no_emblem": "on", "file": sent}).status_code == 302
    mark = IssuerMark.objects.get()
    shown = client.get(url("mark_picture", mark.pk))
    assert b"".join(shown.streaming_content)[:8] == PNG
    client.post(url("dress", "standard"), {"seal": mark.pk})
    assert ThemeShelf.objects.get().seal == mark
    assert client.post(url("dress", "standard"), {"seal": mark.pk + 9}).status_code == 422
    client.post(url("retire_mark", mark.pk))
    assert ThemeShelf.objects.get().seal is None


@pytest.mark.parametrize("name", ["theme", "theme_picture", "theme_preview"])
def test_a_theme_that_is_not_there_is_not_found(name: str, login: Any) -> None:
    make_issuer()
    client = login(make_person("邹敏", roles=(Role.ISSUER,)))
    for key in ("nothing", "transcript"):
        assert client.get(url(name, key)).status_code == 404


def test_a_page_that_could_not_be_printed_says_so(login: Any, monkeypatch: Any) -> None:
    def fail(order: object) -> None:
        raise PressError("没能印出来")

    make_issuer()
    monkeypatch.setattr("certificates.gallery.views.print_order", fail)
    client = login(make_person("邹敏", roles=(Role.ISSUER,)))
    answer = client.get(url("theme_preview", "card", sitter="plain"))
    assert (answer.status_code, answer.content.decode()) == (503, "没能印出来")
