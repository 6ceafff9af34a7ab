"""The four lists: stored once, cited by name, read by everybody, and never told which scenario cites them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from core.errors import Refusal
from core.models import AuditEntry
from library import queries
from library.importing import import_lists
from library.lists import EntryText, store_list_entry
from library.models import ListEntry, ListKind
from people.models import Person
from tests.library.making import stock_library

pytestmark = pytest.mark.django_db


def an_entry(key: str = "visit-first", **fields: Any) -> EntryText:
    told: dict[str, Any] = {
        "kind": ListKind.PRACTICE,
        "title": "先入户",
        "text": "开会之前，每一户听一回。",
        "as_of": date(2026, 10, 1),
        "review_by": date(2027, 10, 1),
    }
    return EntryText(key=key, **{**told, **fields})


def test_the_demo_lists_are_imported_once(now: datetime) -> None:
    files = sorted((Path(__file__).parents[2] / "cms/demo/pack/lists").glob("*.yaml"))
    first = [import_lists(path, by=None, now=now) for path in files]
    entries = AuditEntry.objects.count()
    assert [import_lists(path, by=None, now=now) for path in files] == first
    assert AuditEntry.objects.count() == entries == ListEntry.objects.count()
    assert set(ListEntry.objects.values_list("kind", flat=True)) == set(ListKind.values)


@pytest.mark.parametrize(
    "text",
    [
        "entries: [只是一句话]",
        "entries: [{key: a, kind: practice, title: 标题}]",
        "entries: [{key: a, kind: unknown, title: 标题, text: 说明}]",
        "entries: [{key: a, kind: risk, title: 标题, text: 说明, as_of: 昨天}]",
        "entries: [{key: a, kind: risk, title: 好, text: 说明}, {key: b, kind: risk, title: 标题, text: 说明,"
        " as_of: 2026-11-20, review_by: 2026-11-19}]",
    ],
)
def test_a_broken_file_of_lists_is_refused_whole(text: str, tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "lists.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal):
        import_lists(path, by=None, now=now)
    assert not ListEntry.objects.exists()


def test_an_entry_without_days_holds_from_today_for_a_year(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "lists.yaml"
    path.write_text("entries: [{key: a, kind: risk, title: 标题, text: 说明}]", encoding="utf-8")
    (entry,) = import_lists(path, by=None, now=now)
    assert (entry.as_of, entry.review_by) == (date(2026, 11, 22), date(2027, 11, 22))


def test_references_lead_to_clauses_and_entries_with_one_query_for_each_kind(
    django_assert_num_queries: Any,
) -> None:
    stock_library()
    refs = ["clause:civil-code-278", "list:visit-before-meeting", "list:nowhere", "page:other", "plain"]
    with django_assert_num_queries(2):
        found = queries.cited(refs)
    assert {ref: (each.kind, each.title) for ref, each in found.items()} == {
        "clause:civil-code-278": ("clause", "改建要过两道门槛"),
        "list:visit-before-meeting": ("list", "先入户，后开会"),
    }
    with django_assert_num_queries(1):
        queries.cited(["list:visit-before-meeting", "list:paper-notice", "list:qr-only"])
    with django_assert_num_queries(0):
        queries.cited([])


def test_a_withdrawn_entry_holds_until_its_day(now: datetime) -> None:
    store_list_entry(entry=an_entry(withdrawn_on=date(2026, 11, 22)), by=None, now=now)
    found = queries.cited(["list:visit-first"])["list:visit-first"]
    assert [found.holds(on=date(2026, 11, day)) for day in (21, 22)] == [True, False]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_shows_what_holds_and_takes_the_same_queries(
    count: int, login: Any, person: Person, now: datetime, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        store_list_entry(entry=an_entry(f"visit-{number}"), by=None, now=now)
    store_list_entry(entry=an_entry("gone", withdrawn_on=date(2026, 10, 2), title="收回了"), by=None, now=now)
    client = login(person)
    url = reverse("library:lists")
    client.get(url)
    with django_assert_num_queries(4):
        page = client.get(url).content.decode()
    assert page.count("先入户") == count
    assert "收回了" not in page


def test_words_and_the_list_narrow_the_page(login: Any, person: Person) -> None:
    stock_library()
    client = login(person)
    page = client.get(reverse("library:lists"), {"q": "身份证号", "kind": "liability"}).content.decode()
    assert "把带身份证号的表发进群" in page
    assert "先入户，后开会" not in page
    nothing = client.get(reverse("library:lists"), {"q": "没有这样的话"}).content.decode()
    assert "四清单里没有这样的话" in nothing


def test_the_lists_are_for_people_who_are_signed_in(client: Any) -> None:
    assert client.get(reverse("library:lists")).status_code == 302


def test_dates_out_of_order_and_long_titles_are_refused(now: datetime) -> None:
    for wrong in ({"review_by": date(2026, 9, 1)}, {"title": "长" * 81}, {"withdrawn_on": date(2026, 9, 1)}):
        with pytest.raises(Refusal):
            store_list_entry(entry=an_entry(**wrong), by=None, now=now)
    kept = store_list_entry(entry=an_entry(), by=None, now=now)
    again = store_list_entry(entry=an_entry(), by=None, now=now + timedelta(days=1))
    assert (again, AuditEntry.objects.filter(action="list.entry_stored").count()) == (kept, 1)
