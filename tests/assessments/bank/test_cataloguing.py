"""Filing questions: what is tidied, what is refused, and that no version changes."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from assessments.bank.cataloguing import Filing, file_question, filing_of
from assessments.models import Question, QuestionVersion
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Role
from tests.assessments.making import make_clause, make_question
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def test_a_question_is_filed_tidily_and_once(now: datetime) -> None:
    author = make_person("作者", roles=(Role.AUTHOR,))
    question = make_question("Q1").question
    make_clause("c-1")
    messy = Filing(" 政策 / 低保 /", ("居家", "居家", " "), author, date(2027, 3, 1), ("c-1",))
    file_question(question=question, filing=messy, by=author, now=now)
    before = AuditEntry.objects.count()
    file_question(question=question, filing=messy, by=author, now=now)
    question.refresh_from_db()
    assert filing_of(question) == Filing("政策/低保", ("居家",), author, date(2027, 3, 1), ("c-1",))
    assert (AuditEntry.objects.count(), QuestionVersion.objects.count()) == (before, 1)


def test_an_unknown_clause_and_a_long_tag_are_refused_and_nothing_changes(now: datetime) -> None:
    question = make_question("Q1").question
    for filing in (Filing(clauses=("none",)), Filing(tags=("长" * 41,))):
        with pytest.raises(Refusal):
            file_question(question=question, filing=filing, by=None, now=now)
    assert filing_of(Question.objects.get()) == Filing()


def test_only_authors_file_questions(now: datetime) -> None:
    question = make_question("Q1").question
    with pytest.raises(NotAllowed):
        file_question(question=question, filing=Filing(category="甲"), by=make_person("旁人"), now=now)
