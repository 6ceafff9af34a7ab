"""The versions of a question: who, when, and what changed; what gives the answer away for authors alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Question
from people.models import Role
from tests.assessments.making import OPTIONS, make_question, open_admin
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(db: Any) -> Question:
    """Two versions: another stem, another right option, another explanation."""
    open_admin()
    make_question("Q1", body={"stem": "居民可以申请吗？", "options": OPTIONS}, explanation="旧的秘密")
    answer = {"rule": "exact", "correct": "o3"}
    body = {"stem": "居民应当申请吗？", "options": OPTIONS}
    return make_question("Q1", body=body, answer=answer, explanation="新的秘密", points=3).question


def told(page: Any) -> dict[str, list[tuple[str, str]]]:
    """Changes by their label."""
    return {each.label: [(span.kind, span.text) for span in each.spans] for each in page.context["changes"]}


def test_an_author_reads_what_changed_field_by_field(question: Question, login: Any) -> None:
    author = login(make_person(roles=(Role.AUTHOR,)))
    page = author.get(reverse("bank:versions", args=[question.pk]))
    changes = told(page)
    assert list(changes) == ["题干", "选项", "解析", "建议分值（分）"]
    assert changes["题干"] == [("same", "居民"), ("del", "可以"), ("ins", "应当"), ("same", "申请吗？")]
    assert ("ins", "【正确】") in [(kind, text.strip()) for kind, text in changes["选项"]]
    assert "<del>可以</del><ins>应当</ins>" in page.content.decode()
    assert f"/admin/bank/edit/{question.pk}/?from=1" in page.content.decode()


def test_an_administrator_reads_what_candidates_see_and_no_more(question: Question, login: Any) -> None:
    """Row 19."""
    administrator = login(make_person(roles=(Role.ADMINISTRATOR,)))
    page = administrator.get(reverse("bank:versions", args=[question.pk]))
    text = page.content.decode()
    assert list(told(page)) == ["题干", "建议分值（分）"]
    assert [word for word in ("秘密", "正确】", "?from=") if word in text] == []


@pytest.mark.parametrize("role", [Role.EXAMINER, Role.ISSUER, None])
def test_nobody_else_reads_versions(role: Role | None, question: Question, login: Any) -> None:
    other = login(make_person(roles=(role,) if role else ()))
    response = other.get(reverse("bank:versions", args=[question.pk]))
    assert (response.status_code, "居民" in response.content.decode()) == (302, False)


def test_two_versions_are_chosen_by_number(question: Question, login: Any) -> None:
    author = login(make_person(roles=(Role.AUTHOR,)))
    url = reverse("bank:versions", args=[question.pk])
    back = told(author.get(url, {"old": "2", "new": "1"}))
    assert back["题干"] == [("same", "居民"), ("del", "应当"), ("ins", "可以"), ("same", "申请吗？")]
    assert author.get(url, {"old": "1", "new": "9"}).status_code == 404
    assert author.get(url, {"old": "x", "new": "-"}).context["old"] == 1


def test_one_version_alone_has_nothing_to_compare_with(login: Any, question: Question) -> None:
    single = make_question("Q2").question
    page = login(make_person(roles=(Role.AUTHOR,))).get(reverse("bank:versions", args=[single.pk]))
    assert page.context["changes"] is None


def test_the_list_takes_as_many_queries_at_three_versions_as_at_two(question: Question, login: Any) -> None:
    author = login(make_person(roles=(Role.AUTHOR,)))
    url = reverse("bank:versions", args=[question.pk])
    author.get(url)
    counts = []
    for points in (None, 5):
        if points:
            make_question("Q1", points=points)
        with CaptureQueriesContext(connection) as captured:
            author.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]
