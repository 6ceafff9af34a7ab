"""What every test may lean on: a clean database that keeps its triggers, people, a clock that stands still."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck, settings

from core.appendonly import lifted
from tests.factories import AccountFactory

if TYPE_CHECKING:
    from tests.district import District

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# The machines are shared: how long an example took says nothing about the code. What must be fast has its own test.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where PostgreSQL was asked for and does not answer, its tests say so instead of vanishing."""
    url = os.environ.get("QINGLAN_TEST_POSTGRES")
    reason = _why_no_postgres(url) if url else None
    for item in items:
        if reason and item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason=reason))


def _why_no_postgres(url: str) -> str | None:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        return f"PostgreSQL does not answer at its standard port: {error}"
    return None


@pytest.fixture
def postgres_only(db: Any) -> None:
    """For what only PostgreSQL has; on SQLite the test says why it is skipped."""
    from django.db import connection

    if connection.vendor != "postgresql":
        pytest.skip("this is about PostgreSQL; make test runs it there in its second pass")


@pytest.fixture(autouse=True, scope="session")
def _teardown_lifts_triggers() -> Any:
    """A flush deletes rows that nothing else may delete; Wagtail's root page and locale come back after it."""
    original = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        with lifted():
            original(case)
        restore_wagtail_roots()

    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = original


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tables come from the models, not the migrations, so Wagtail's first rows are put in here."""
    with django_db_blocker.unblock():
        restore_wagtail_roots()


def restore_wagtail_roots() -> None:
    """What Wagtail's own migrations create once and a flush removes."""
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Collection, Locale, Page

    locale, _ = Locale.objects.get_or_create(language_code="zh-hans")
    if not Page.objects.exists():
        page_type = ContentType.objects.get_for_model(Page)
        Page.add_root(title="Root", slug="root", locale=locale, content_type=page_type)
    if not Collection.objects.exists():
        Collection.add_root(name="Root")


@pytest.fixture
def now() -> datetime:
    """The moment most tests happen: a Sunday evening in Shanghai."""
    return datetime(2026, 11, 22, 20, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def login(client: Client) -> Any:
    """`login(person_or_account)` → a logged-in client (a fresh one for every call)."""

    def _login(who: Any) -> Client:
        fresh = Client()
        fresh.force_login(getattr(who, "account", who), backend="django.contrib.auth.backends.ModelBackend")
        return fresh

    return _login


@pytest.fixture
def person(db: Any) -> Any:
    """Somebody with an account."""
    return AccountFactory().person


@pytest.fixture(scope="module")
def district(django_db_setup: None, django_db_blocker: Any) -> Iterator[District]:
    """One district for all tests of a file, gone after them; what a test changes is gone after the test."""
    from tests.certificates.making import NOW
    from tests.district import make_district  # most files need none of the rooms it touches

    with pytest.MonkeyPatch.context() as patched, django_db_blocker.unblock(), transaction.atomic():
        patched.setattr("django.utils.timezone.now", lambda: NOW)
        yield make_district()
        transaction.set_rollback(True)


@pytest.fixture
def visit(district: District, login: Any) -> Any:
    """`visit("stranger")` → a client of that person; `anonymous` is signed in nowhere."""
    return lambda who: Client() if who == "anonymous" else login(district.people[who])
