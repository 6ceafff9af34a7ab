"""Pages of the bank in the editor's admin: the list, one question, several at once, near duplicates, repealing."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.admin.actions import ACTIONS
from assessments.admin.bulk import MOST
from assessments.bank.cataloguing import Filing, file_question, filing_of
from assessments.bank.storing import store_question
from assessments.models import Question, QuestionMove, QuestionStatus
from cms.permissions import ensure_groups
from cms.tree import ensure_home
from core.models import AuditEntry
from library.clauses import repeal_clause
from library.models import PolicyClause
from people.models import Person, Role
from tests.assessments.bank.test_finding import asks
from tests.assessments.making import make_clause, make_exam, make_question, open_admin, question_item
from tests.factories import LONG_AGO_AT, make_person

pytestmark = pytest.mark.django_db

DRAFT, REVIEWED, LIVE, SUSPECT, RETIRED = QuestionStatus


@pytest.fixture(autouse=True)
def _admin(db: Any) -> None:
    cache.clear()
    open_admin()


@pytest.fixture
def author() -> Person:
    return make_person("作者", roles=(Role.AUTHOR,))


@pytest.fixture
def writer(author: Person, login: Any) -> Client:
    signed_in: Client = login(author)
    return signed_in


@pytest.fixture
def administrator(login: Any) -> Client:
    signed_in: Client = login(make_person(roles=(Role.ADMINISTRATOR,)))
    return signed_in


def draft(key: str) -> Question:
    return store_question(item=question_item(key), by=None, now=LONG_AGO_AT).question


def page_of(question: Question) -> str:
    return reverse("bank:inspect", args=[question.pk])


def status(key: str = "Q1") -> str:
    return Question.objects.get(key=key).status


# The list


def test_the_list_shows_status_filing_and_use(writer: Client) -> None:
    make_exam("base", types=("single",))
    file_question(
        question=Question.objects.get(), filing=Filing(category="政策/低保"), by=None, now=LONG_AGO_AT
    )
    page = writer.get("/admin/bank/").content.decode()
    for text in ("base-1", "题干base-1", "单选题", "启用中", "政策/低保", 'name="key" value="base-1"'):
        assert text in page


def test_the_list_flags_what_calls_for_attention(writer: Client) -> None:
    question = make_question("Q1").question
    old = make_clause()
    file_question(
        question=question,
        filing=Filing(clauses=(old.key,), review_on=date(2026, 1, 1)),
        by=None,
        now=LONG_AGO_AT,
    )
    repeal_clause(clause=old, on=date(2026, 1, 1), by=None, now=LONG_AGO_AT)
    page = writer.get("/admin/bank/").content.decode()
    assert page.count('ql-status-suspect">依据已废止<') == page.count('ql-status-suspect">该复核<') == 1


def test_the_list_shows_fifty_a_page(writer: Client) -> None:
    for number in range(51):
        make_question(f"Q{number:02}")
    shown = [writer.get("/admin/bank/", {"p": page}).content.decode().count('name="key"') for page in (1, 2)]
    assert shown == [50, 1]


def test_only_authors_find_something_to_do_in_the_list(administrator: Client) -> None:
    make_question("Q1")
    page = administrator.get("/admin/bank/").content.decode()
    assert "Q1" in page
    for part in ('name="key"', 'id="bulk"', reverse("bank_near")):
        assert part not in page


def test_the_list_takes_as_many_queries_for_three_as_for_one(writer: Client) -> None:
    make_exam("base", types=("single",))
    writer.get("/admin/bank/")
    counts = []
    for types in (("single",), ("single",) * 3):
        if len(types) > 1:
            make_exam("more", types=types)
        with CaptureQueriesContext(connection) as captured:
            writer.get("/admin/bank/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


# One question


def test_steps_that_are_possible_now_are_buttons(writer: Client) -> None:
    page = writer.get(page_of(draft("Q1"))).content.decode()
    assert re.findall(r'name="to" value="(\w+)"', page) == ["reviewed", "retired"]


def test_a_step_is_taken_once_however_often_the_button_is_pressed(writer: Client, author: Person) -> None:
    question = draft("Q1")
    audited = AuditEntry.objects.count()
    for _press in range(2):
        response = writer.post(
            reverse("bank_move", args=[question.pk]),
            {"to": "reviewed", "number": 1, "reason": ""},
            follow=True,
        )
        assert "Q1 现在是“已审定”。" in response.content.decode()
    assert (status(), AuditEntry.objects.count()) == (REVIEWED, audited + 1)
    assert QuestionMove.objects.get().moved_by == author


def test_doubt_without_a_reason_is_refused_and_told(writer: Client) -> None:
    question = make_question("Q1").question
    url = reverse("bank_move", args=[question.pk])
    page = writer.post(url, {"to": "suspect", "number": 1, "reason": " "}, follow=True).content.decode()
    assert ("请写一句理由" in page, status()) == (
        True,
        LIVE,
    )
    writer.post(url, {"to": "suspect", "number": 1, "reason": "两个答案都说得通"})
    page = writer.get(page_of(question)).content.decode()
    assert ("两个答案都说得通" in page, "作者" in page, status()) == (True, True, SUSPECT)


def test_a_version_that_came_between_is_not_moved_unread(writer: Client) -> None:
    question = draft("Q1")
    store_question(item=question_item("Q1", explanation="改过"), by=None, now=LONG_AGO_AT)
    writer.post(reverse("bank_move", args=[question.pk]), {"to": "reviewed", "number": 1})
    assert status() == DRAFT


@pytest.mark.parametrize("name", ["bank_move", "bank_confirm"])
def test_only_authors_move_and_confirm_and_only_by_post(
    name: str, writer: Client, administrator: Client
) -> None:
    question = draft("Q1")
    url = reverse(name, args=[question.pk])
    refused = administrator.post(url, {"to": "reviewed", "number": 1})
    assert refused["Location"] == reverse("wagtailadmin_home")
    assert writer.get(url).status_code == 405
    question.refresh_from_db()
    assert (question.status, question.review_on) == (DRAFT, None)
    assert 'name="to"' not in administrator.get(page_of(question)).content.decode()


def test_an_unknown_status_is_not_found(writer: Client) -> None:
    url = reverse("bank_move", args=[draft("Q1").pk])
    assert writer.post(url, {"to": "perfect", "number": 1}).status_code in (302, 404)
    assert status() == DRAFT


def test_what_still_holds_comes_up_again_in_a_year(writer: Client) -> None:
    question = make_question("Q1").question
    audited = AuditEntry.objects.count()
    for _press in range(2):
        writer.post(reverse("bank_confirm", args=[question.pk]))
    question.refresh_from_db()
    assert question.review_on == timezone.localdate() + timedelta(days=365)
    assert AuditEntry.objects.count() == audited + 1


def test_the_page_tells_of_repealed_clauses_use_and_neighbours(writer: Client) -> None:
    question = asks("A1", "上门走访独居老人时发现家中有煤气味，首先怎么做？")
    asks("A2", "上门走访独居老人时发现家里有煤气味，首先怎么做？")
    old = make_clause()
    file_question(question=question, filing=Filing(clauses=(old.key,)), by=None, now=LONG_AGO_AT)
    repeal_clause(clause=old, on=date(2026, 1, 1), by=None, now=LONG_AGO_AT)
    page = writer.get(page_of(question)).content.decode()
    for text in ("这道题依据的条文已经废止", "办法第三条", "没有考试使用", ">A2</a>"):
        assert text in page


def test_the_page_names_the_exams_that_have_the_question(writer: Client) -> None:
    make_exam("base", types=("single",))
    page = writer.get(page_of(Question.objects.get())).content.decode()
    assert ("考试base" in page, "第 1 次发布" in page) == (True, True)


def test_a_page_with_three_moves_takes_as_many_queries_as_with_one(writer: Client) -> None:
    question = draft("Q1")
    counts = []
    for steps in ((REVIEWED,), (LIVE, SUSPECT)):
        for step in steps:
            data = {"to": step.value, "number": 1, "reason": "有据"}
            writer.post(reverse("bank_move", args=[question.pk]), data, follow=True)
        with CaptureQueriesContext(connection) as captured:
            writer.get(page_of(question))
        counts.append(len(captured))
    assert counts[0] == counts[1]


# Several at once


def bulk(client: Client, action: str, keys: str, data: dict[str, Any] | None = None) -> Any:
    url = f"{reverse('bank_bulk')}?action={action}"
    return client.post(url, {"keys": keys, **(data or {})}, follow=True)


def test_what_will_happen_and_what_cannot_is_told_first(writer: Client) -> None:
    draft("A1")
    make_question("B1")
    url = f"{reverse('bank_bulk')}?action=reviewed&key=A1&key=B1"
    page = writer.get(url).content.decode()
    assert 'name="keys" value="A1"' in page
    assert "将处理 1 道题。" in page
    assert "B1 现在是“启用中”" in page
    assert (status("A1"), status("B1")) == (DRAFT, LIVE)


def test_all_that_the_list_found_can_be_taken(writer: Client) -> None:
    for key in ("A1", "A2", "B1"):
        draft(key)
    url = f"{reverse('bank_bulk')}?action=reviewed&all=1&asked=q%3DA"
    page = writer.get(url).content.decode()
    assert 'name="keys" value="A1,A2"' in page


def test_nothing_ticked_leads_back_to_the_list_as_it_was(writer: Client) -> None:
    response = writer.get(f"{reverse('bank_bulk')}?action=reviewed&asked=q%3DA")
    assert response["Location"] == "/admin/bank/?q=A"


@pytest.mark.parametrize("action", [each for each in ACTIONS if each in QuestionStatus])
def test_each_step_is_taken_with_those_that_can(action: str, writer: Client) -> None:
    start = {"reviewed": DRAFT, "live": REVIEWED, "suspect": LIVE, "retired": LIVE, "draft": REVIEWED}[action]
    for key in ("A1", "A2"):
        question = draft(key)
        for step in {DRAFT: (), REVIEWED: (REVIEWED,), LIVE: (REVIEWED, LIVE)}[start]:
            writer.post(reverse("bank_move", args=[question.pk]), {"to": step.value, "number": 1})
    bulk(writer, action, "A1", {"reason": "有据"})
    assert (status("A1"), status("A2")) == (action, start)


def test_a_reason_is_asked_where_it_is_needed(writer: Client) -> None:
    make_question("A1")
    response = bulk(writer, "retired", "A1", {"reason": ""})
    assert (response.status_code, status("A1")) == (422, LIVE)


def test_filing_several(writer: Client, author: Person) -> None:
    question = make_question("A1").question
    file_question(question=question, filing=Filing(tags=("旧",)), by=None, now=LONG_AGO_AT)
    bulk(writer, "category", "A1", {"category": "政策/低保"})
    bulk(writer, "tag", "A1", {"tag": "居家"})
    bulk(writer, "untag", "A1", {"tag": "旧"})
    bulk(writer, "review", "A1", {"review_on": "2027-03-01"})
    bulk(writer, "author", "A1", {"author": str(author.pk)})
    question.refresh_from_db()
    assert filing_of(question) == Filing("政策/低保", ("居家",), author, date(2027, 3, 1))


def test_nobody_but_an_author_becomes_the_author(writer: Client) -> None:
    make_question("A1")
    response = bulk(writer, "author", "A1", {"author": str(make_person("旁人").pk)})
    assert (response.status_code, Question.objects.get().author) == (422, None)


def test_doing_it_twice_changes_nothing_more(writer: Client) -> None:
    draft("A1")
    bulk(writer, "reviewed", "A1")
    audited = AuditEntry.objects.count()
    bulk(writer, "reviewed", "A1")
    assert (status("A1"), AuditEntry.objects.count()) == (REVIEWED, audited)


def test_more_than_the_limit_is_done_in_portions(writer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessments.admin.bulk.MOST", 2)
    for key in ("A1", "A2", "A3"):
        draft(key)
    page = writer.get(f"{reverse('bank_bulk')}?action=reviewed&all=1").content.decode()
    assert ('value="A1,A2"' in page, "前 2 道" in page, MOST) == (True, True, 500)


def test_the_chosen_are_handed_to_the_export(writer: Client) -> None:
    make_question("A1")
    response = writer.get(f"{reverse('bank_bulk')}?action=export&key=A1")
    assert response["Location"] == f"{reverse('bank_export')}?keys=A1"
    response = writer.get(f"{reverse('bank_bulk')}?action=export&all=1&asked=q%3DA")
    assert response["Location"] == f"{reverse('bank_export')}?q=A"


def test_several_are_moved_by_authors_only_and_by_known_actions(
    writer: Client, administrator: Client
) -> None:
    draft("A1")
    bulk(administrator, "reviewed", "A1")
    assert status("A1") == DRAFT
    assert writer.get(f"{reverse('bank_bulk')}?action=delete&key=A1").status_code in (302, 404)


# Near duplicates


def test_pairs_stand_side_by_side_without_keys(writer: Client, administrator: Client) -> None:
    for key, place in (("A1", "家中"), ("A2", "家里")):
        asks(key, f"上门走访独居老人时发现{place}有煤气味，首先怎么做？", explanation="金丝雀机密")
    page = writer.get(reverse("bank_near")).content.decode()
    for text in ("A1", "A2", "家中有煤气味", "家里有煤气味"):
        assert text in page
    assert "金丝雀" not in page
    assert "家中有煤气味" not in administrator.get(reverse("bank_near"), follow=True).content.decode()


def test_near_duplicates_take_as_many_queries_for_three_pairs_as_for_one(writer: Client) -> None:
    counts = []
    for keys in (("A1", "A2"), ("A3",)):
        for key in keys:
            asks(key, "上门走访独居老人时发现家中有煤气味，首先怎么做？")
        writer.get(reverse("bank_near"))
        with CaptureQueriesContext(connection) as captured:
            writer.get(reverse("bank_near"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


# Repealing


def test_a_clause_is_repealed_after_telling_what_rests_on_it(writer: Client) -> None:
    old = make_clause()
    file_question(
        question=make_question("A1").question, filing=Filing(clauses=(old.key,)), by=None, now=LONG_AGO_AT
    )
    url = reverse("clause_repeal", args=[old.pk])
    page = writer.get(url).content.decode()
    assert ("有 1 道题依据这条条文" in page, ">A1</a>" in page) == (True, True)
    told = writer.post(url, {"on": "2026-01-01"}, follow=True).content.decode()
    assert "有 1 道题依据它" in told
    assert PolicyClause.objects.get().repealed_on == date(2026, 1, 1)


def test_a_wrong_day_is_told_and_others_repeal_nothing(writer: Client, administrator: Client) -> None:
    url = reverse("clause_repeal", args=[make_clause().pk])
    assert writer.post(url, {"on": "2020-01-01"}).status_code == 422
    administrator.post(url, {"on": "2026-01-01"})
    assert PolicyClause.objects.get().repealed_on is None


def test_authors_find_repealing_beside_each_clause(writer: Client) -> None:
    ensure_groups(ensure_home())
    one = make_clause()
    page = writer.get(reverse("wagtailsnippets_library_policyclause:list")).content.decode()
    assert reverse("clause_repeal", args=[one.pk]) in page
