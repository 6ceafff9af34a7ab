"""No page of the editor's admin that a role can reach says a sentence in English, ours or Wagtail's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import polib
import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from cms.tree import ensure_home
from courses.models import CourseIndexPage, CoursePage
from library.clauses import ClauseEntry, store_chain, store_clause
from library.models import PolicyChain, PolicyLevel
from people.models import Role
from tests.certificates.making import NOW
from tests.district import PICTURE, District, make_district
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
SPOKEN = ("aria-label", "title", "alt", "placeholder", "data-label")
UNWALKED = ("/admin/logout/", "/admin/bulk/", "/admin/account/")
PAGES = 45


class Words(HTMLParser):
    """What a page says aloud, and where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self.silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = self.silent or (tag if tag in ("script", "style", "code") else "")
        self.said += [value for name, value in attrs if name in SPOKEN and value]
        self.links += [value for name, value in attrs if name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent = "" if tag == self.silent else self.silent

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.said.append(" ".join(data.split()))


@pytest.fixture
def district(db: Any) -> District:
    """The district with something in every section."""
    district = make_district()
    CourseIndexPage.objects.get().move(ensure_home(), pos="last-child")
    clause = ClauseEntry(
        key="rule",
        level=PolicyLevel.CENTRAL,
        title="改建要过两道门槛",
        text="先看参与，再看同意。",
        citation="《民法典》第二百七十八条",
        note="教学示例。",
        as_of=NOW.date(),
        review_by=NOW.date(),
    )
    store_clause(entry=clause, by=None, now=NOW)
    store_chain(key="chain", title="两道门槛", clause_keys=["rule"], by=None, now=NOW)
    get_image_model().objects.create(
        title="台账", file=ContentFile(PICTURE, name="a.svg"), width=10, height=10, file_size=len(PICTURE)
    )
    get_document_model().objects.create(title="练习表", file=ContentFile(b"a,b", name="a.csv"))
    return district


def sentences() -> set[str]:
    """Every English message of two words and more that the admin could say, cut at its placeholders; names, which are
    the same in Chinese, are none."""
    found: set[str] = set()
    for app in apps.get_app_configs():
        language = "en" if app.name.startswith("wagtail") else "zh_Hans"
        source = Path(app.path) / "locale" / language / "LC_MESSAGES" / "django.po"
        if not source.exists() or app.name.startswith(("django.", "allauth")):
            continue
        for entry in polib.pofile(str(source)):
            if entry.msgstr == entry.msgid:
                continue
            for msgid in (entry.msgid, entry.msgid_plural):
                found |= {piece.strip() for piece in re.split(r"%\(\w+\)[sd]|%[sd%]|<[^>]*>|[{}\n]", msgid)}
    return {piece for piece in found if re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", piece)}


def walk(client: Client) -> Iterator[tuple[str, Words]]:
    """Pages of the admin, nearest to the workbench first; every one of them answers."""
    waiting, seen = ["/admin/"], set()
    while waiting:
        url = waiting.pop(0)
        if url in seen:
            continue
        seen.add(url)
        response = client.get(url, follow=True)
        assert response.status_code == 200, url
        page = Words()
        if response["Content-Type"].startswith("text/html"):
            page.feed(response.content.decode())
        yield url, page
        inside = (urljoin(url, link).split("#")[0] for link in page.links)
        waiting += [link for link in inside if link.startswith("/admin/") and not link.startswith(UNWALKED)]


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.ADMINISTRATOR])
def test_admin_says_no_sentence_in_english(role: Role, district: District, login: Any) -> None:
    client = login(make_person(organisation=make_organisation("QH"), roles=(role,)))
    english, wrong = sentences(), []
    for url, page in islice(walk(client), PAGES):
        for said in page.said:
            wrong += [(url, phrase) for phrase in english if phrase in said]
    assert wrong == []


# One of every kind of form and list, which a walk of bounded length might not reach.
ADDRESSES = [
    "/admin/pages/{course}/edit/",
    "/admin/pages/{course}/history/",
    "/admin/pages/{course}/copy/",
    "/admin/pages/{course}/move/",
    "/admin/pages/{lesson}/delete/",
    "/admin/pages/{course}/unpublish/",
    "/admin/pages/{course}/usage/",
    "/admin/pages/{lesson}/edit/",
    "/admin/courses/{course}/release/",
    "/admin/pages/add/courses/lessonpage/{course}/",
    "/admin/pages/search/?q=题",
    "/admin/images/{image}/",
    "/admin/images/usage/{image}/",
    "/admin/images/multiple/add/",
    "/admin/documents/multiple/add/",
    "/admin/documents/edit/{document}/",
    "/admin/snippets/",
    "/admin/snippets/library/policyclause/add/",
    "/admin/snippets/library/policychain/edit/{chain}/",
    "/admin/choose-page/",
]


def test_forms_and_lists_say_no_sentence_in_english(district: District, login: Any) -> None:
    client = login(make_person(organisation=make_organisation("QH"), roles=(Role.AUTHOR,)))
    ids = {
        "course": district.course.pk,
        "lesson": CoursePage.objects.get(pk=district.course.pk).get_children().get().pk,
        "image": get_image_model().objects.get().pk,
        "document": get_document_model().objects.get().pk,
        "chain": PolicyChain.objects.order_by("pk")[0].pk,
    }
    english, wrong = sentences(), []
    for address in ADDRESSES:
        response, page = client.get(address.format(**ids)), Words()
        assert response.status_code == 200, address
        page.feed(response.content.decode())
        wrong += [(address, phrase) for said in page.said for phrase in english if phrase in said]
    assert wrong == []
