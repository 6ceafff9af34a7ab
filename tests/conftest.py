"""What every test may lean on: a clean database that keeps its triggers, people, a clock that stands still."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client, TransactionTestCase

from core.appendonly import lifted
from tests.factories import AccountFactory

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


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
