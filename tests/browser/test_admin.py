"""The editor's admin in a browser: everything we draw there is sound on a phone by night and at a desk by day."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from cms.tree import ensure_home
from courses.models import CourseIndexPage
from people.models import Role
from simulations.models import ScenarioDraft
from tests.browser.conftest import DESK, PHONE, axe_violations
from tests.district import District, make_district
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db(transaction=True)
RELEASE = re.compile("定版.*还没发布的课")
WAGTAILS_OWN = "landmark-unique"  # its two search fields have the same role and no names


@pytest.fixture
def district(transactional_db: Any) -> District:
    """The district, with its courses below the home page as in every installation."""
    district = make_district()
    CourseIndexPage.objects.get().move(ensure_home(), pos="last-child")
    return district


@pytest.fixture
def signed_in(live_server: Any, visitor: Callable[..., Page], client: Client) -> Callable[..., Page]:
    """`signed_in(Role.AUTHOR, viewport=…)` is a page of somebody with that role over the district."""

    def _signed_in(*roles: Role, **options: Any) -> Page:
        person = make_person(organisation=make_organisation("QH"), roles=roles)
        client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
        page = visitor(**options)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
        )
        return page

    return _signed_in


@pytest.mark.parametrize(("viewport", "light"), [(PHONE, "dark"), (DESK, "light")], ids=["night", "day"])
def test_what_we_draw_in_the_admin_is_sound(
    viewport: dict[str, int], light: str, district: District, signed_in: Callable[..., Page]
) -> None:
    page = signed_in(Role.AUTHOR, Role.ADMINISTRATOR, viewport=viewport, color_scheme=light)
    strangers: list[str] = []
    page.on("request", lambda request: strangers.append(request.url))
    draft = ScenarioDraft.objects.get()
    wrong = []
    for path in (
        "",
        "courses/",
        f"courses/{district.course.pk}/release/",
        f"pages/{district.course.pk}/edit/",
        "bank/",
        "regrades/",
        "regrades/begin/",
        "recognitions/",
        "recognitions/practice/",
        "recognitions/certificate/",
        f"scenarios/inspect/{draft.pk}/",
        f"pairings/inspect/{district.pairing.pk}/",
        "nowhere/",
    ):
        page.goto(f"/admin/{path}")
        page.wait_for_load_state("networkidle")
        found = axe_violations(page)
        wrong += [f"{path}: {each}" for each in found if not each.startswith(WAGTAILS_OWN)]
    here = page.url.split("/admin/")[0]
    assert wrong == []
    assert [url for url in strangers if not url.startswith((here, "data:", "blob:"))] == []


def test_an_author_finds_the_way_from_the_workbench_to_a_release(
    district: District, signed_in: Callable[..., Page]
) -> None:
    """Two clicks, and learners can take the course."""
    page = signed_in(Role.AUTHOR)
    page.goto("/admin/")
    page.get_by_role("link", name=RELEASE).click()
    page.get_by_role("main").get_by_role("button", name="定版", exact=True).click()
    expect(page.get_by_text("第 1 版已经定版。")).to_be_visible()
    page.goto("/admin/")
    expect(page.get_by_role("link", name=RELEASE)).to_have_count(0)
    page.goto("/courses/drafted/")
    expect(page.get_by_role("heading", level=1)).to_have_text("还没发布的课")
