"""The guide: every component in every state, in development and nowhere else."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from cms import urls
from cms.styleguide import guide

COMPONENTS = Path(settings.BASE_DIR) / "cms" / "templates" / "components"
ADDRESS = "/styleguide/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def _development(settings: Any) -> None:
    """The site as `cms.settings.dev` serves it."""
    settings.DEBUG = True
    settings.ROOT_URLCONF = "tests.cms.development_urls"


def documented_in(template: Path) -> tuple[str, ...]:
    """Names of the parameters in the comment at the top: two spaces, names, a colon."""
    comment = (
        template.read_text(encoding="utf-8").partition("{% comment %}")[2].partition("{% endcomment %}")[0]
    )
    lines = re.findall(r"^  ([a-z_]+(?:, [a-z_]+)*):", comment, re.M)
    return tuple(name for line in lines for name in line.split(", "))


def is_a_part(template: Path) -> bool:
    """Drawn by another component only."""
    return "Part of components/" in template.read_text(encoding="utf-8")


def test_guide_is_nowhere_but_in_development(client: Client, settings: Any) -> None:
    assert client.get(ADDRESS).status_code == 404
    settings.ROOT_URLCONF = "tests.cms.development_urls"
    assert [client.get(path).status_code for path in (ADDRESS, f"{ADDRESS}errors/404/")] == [404, 404]


@pytest.mark.parametrize("debug", [True, False])
def test_address_is_wired_by_debug(debug: bool, settings: Any) -> None:
    settings.DEBUG = debug
    try:
        wired = importlib.reload(urls).urlpatterns[0]
        found = str(wired.pattern) == "styleguide/"
    finally:
        settings.DEBUG = False
        importlib.reload(urls)
    assert found is debug


@pytest.mark.usefixtures("_development")
def test_guide_shows_every_component(client: Client) -> None:
    page = client.get(ADDRESS)
    assert page.status_code == 200
    shown = {entry.name for group in page.context["groups"] for entry in group.entries}
    assert {path.stem for path in COMPONENTS.glob("*.html") if not is_a_part(path)} - shown == set()
    assert all(
        specimen.html
        for group in page.context["groups"]
        for entry in group.entries
        for specimen in entry.specimens
    )


@pytest.mark.parametrize("name", sorted(guide.documented()))
def test_guide_explains_the_parameters_that_the_template_documents(name: str) -> None:
    assert set(guide.documented()[name]) == set(documented_in(COMPONENTS / f"{name}.html"))


@pytest.mark.usefixtures("_development")
@pytest.mark.parametrize(
    ("query", "html"),
    [
        ("", '<html lang="zh-Hans">'),
        ("?theme=dark", '<html lang="zh-Hans" data-theme="dark">'),
        ("?size=large&theme=light", '<html lang="zh-Hans" data-theme="light" data-size="large">'),
        ("?size=huge&theme=neon", '<html lang="zh-Hans">'),
    ],
)
def test_links_change_the_dress(query: str, html: str, client: Client) -> None:
    assert html in client.get(ADDRESS + query).content.decode()


@pytest.mark.usefixtures("_development")
@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "429", "500"])
def test_error_pages_can_be_looked_at(code: str, client: Client) -> None:
    page = client.get(f"{ADDRESS}errors/{code}/")
    assert (page.status_code, 'class="oops"' in page.content.decode()) == (int(code[:3]), True)


@pytest.mark.usefixtures("_development")
def test_no_other_template_can_be_asked_for(client: Client) -> None:
    assert client.get(f"{ADDRESS}errors/base/").status_code == 404
