"""考试分析 on a phone and at a desk, light and dark: every page sound, nothing wider than the screen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from assessments.models import Analysis, Which
from cms.permissions import ensure_groups
from cms.tree import ensure_home
from people.models import Role
from tests.assessments.analyses.making import RIGHT, WRONG, analysed, sit_many
from tests.assessments.making import make_exam
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_editing import sound
from tests.factories import make_person

pytestmark = pytest.mark.django_db(transaction=True)
ROWS: list[list[Any]] = [
    *[[RIGHT["single"], RIGHT["multiple"], WRONG["true_false"]]] * 7,
    *[[WRONG["single"], WRONG["multiple"], RIGHT["true_false"]]] * 7,
    [RIGHT["single"], WRONG["multiple"], RIGHT["true_false"]],
    [WRONG["single"], RIGHT["multiple"], None],
]


@pytest.fixture
def analysis(now: datetime) -> Analysis:
    ensure_groups(ensure_home())
    version = make_exam(types=("single", "multiple", "true_false"))
    sit_many(ROWS, now=now)
    return analysed(version, now=now, which=Which.BEST)


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_pages_are_sound(
    size: Any, scheme: str, analysis: Analysis, live_server: Any, visitor: Any, client: Client
) -> None:
    person = make_person("阿依古丽", roles=(Role.AUTHOR,))
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    page: Page = visitor(viewport=size, color_scheme=scheme)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    whole = f"/admin/statistics/analyses/{analysis.pk}/"
    exam = f"/admin/statistics/{analysis.exam_version_id}/"
    for url in (
        "/admin/statistics/",
        exam,
        whole,
        f"{whole}items/3/",
        "/admin/statistics/angoff/",
        f"{exam}angoff/",
    ):
        page.goto(url)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => (one.open = true))")
        assert sound(page) == [], url
    assert page.goto(f"{whole}items/3/")
    assert page.get_by_role("img", name="各选项被选的比例").count() == 1
