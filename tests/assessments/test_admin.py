"""题库 in the editor's admin: authors see keys, administrators see questions, nobody else sees anything."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import Question
from people.models import Role
from tests.assessments.making import TYPES, make_question, open_admin
from tests.factories import make_person

pytestmark = pytest.mark.django_db

CANARY = "金丝雀机密"


@pytest.fixture
def question(db: Any) -> Question:
    open_admin()
    return make_question("Q1", explanation=CANARY).question


def test_list_shows_key_type_module_and_versions(question: Question, login: Any) -> None:
    make_question("Q1", explanation=CANARY + "二")
    page = login(make_person(roles=(Role.AUTHOR,))).get("/admin/bank/").content.decode()
    for text in ("Q1", "单选题", "测试模块"):
        assert text in page
    assert CANARY not in page


def test_inspect_shows_the_key_to_authors_only(question: Question, login: Any) -> None:
    """Row 19."""
    url = f"/admin/bank/inspect/{question.pk}/"
    author, administrator = make_person(roles=(Role.AUTHOR,)), make_person(roles=(Role.ADMINISTRATOR,))
    assert CANARY in login(author).get(url).content.decode()
    page = login(administrator).get(url)
    assert page.status_code == 200
    assert CANARY not in page.content.decode()


@pytest.mark.parametrize("role", [Role.EXAMINER, Role.ISSUER, None])
def test_bank_is_closed_to_others(role: Role | None, question: Question, login: Any) -> None:
    client = login(make_person(roles=(role,) if role else ()))
    for path in ("", f"inspect/{question.pk}/"):
        response = client.get(f"/admin/bank/{path}")
        assert response.status_code == 302
        assert CANARY not in response.content.decode()


@pytest.mark.parametrize("path", ["delete/{pk}/", "history/{pk}/", "usage/{pk}/", "copy/{pk}/"])
def test_wagtails_own_ways_into_the_bank_are_closed_even_to_authors(
    path: str, question: Question, login: Any
) -> None:
    """Row 19: no way of the admin around the frozen versions."""
    client = login(make_person(roles=(Role.AUTHOR,)))
    url = "/admin/bank/" + path.format(pk=question.pk)
    assert client.get(url).status_code in (302, 404)
    assert client.post(url, {"key": "Q9"}).status_code in (302, 404)
    assert Question.objects.get().key == "Q1"


def test_list_takes_as_many_queries_at_three_questions_as_at_one(question: Question, login: Any) -> None:
    """How many the admin's own frame takes is not ours to say."""
    client = login(make_person(roles=(Role.AUTHOR,)))
    client.get("/admin/bank/")
    counts = []
    for keys in ((), ("Q2", "Q3")):
        for key in keys:
            make_question(key)
        with CaptureQueriesContext(connection) as captured:
            client.get("/admin/bank/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("type", list(TYPES))
def test_an_author_tries_a_question_as_a_candidate_meets_it(type: str, login: Any) -> None:
    make_question("Q1", type)
    page = login(make_person(roles=(Role.AUTHOR,))).get("/exams/questions/Q1/")
    assert page.status_code == 200
    assert page.context["item"].stem in page.content.decode()
    assert '"answer' in page.content.decode()


def test_the_bank_is_tried_out_by_nobody_else(login: Any) -> None:
    make_question("Q1")
    assert login(make_person()).get("/exams/questions/Q1/").status_code == 404
    assert login(make_person(roles=(Role.EXAMINER,))).get("/exams/questions/Q1/").status_code == 404
    assert login(make_person(roles=(Role.AUTHOR,))).get("/exams/questions/none/").status_code == 404
