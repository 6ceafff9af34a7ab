"""报错: a report reaches the author once, the answer its reporter once, and words stay where they can be erased."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from assessments.bank import errata
from assessments.bank.errata import (
    EXCERPT,
    MOST_OPEN,
    answer_erratum,
    authors_asked,
    errata_of,
    errata_waiting_for,
    in_queue_order,
    report_erratum,
)
from assessments.bank.storing import store_question
from assessments.bank.workflow import move_question
from assessments.models import (
    Erratum,
    ErratumKind,
    ErratumStatus,
    Question,
    QuestionMove,
    QuestionStatus,
    QuestionVersion,
)
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Notice, Person, Role, RoleAssignment
from people.roles import end_role
from tests.assessments.making import make_question, question_item
from tests.factories import make_person

pytestmark = pytest.mark.django_db
WORDS = "第二个选项少了一个“不”字"


def report(
    version: QuestionVersion, reporter: Person, now: datetime, text: str = WORDS, **fields: Any
) -> Erratum:
    """A report that the question is unclear, unless told otherwise."""
    return report_erratum(
        version=version, reporter=reporter, text=text, now=now, **{"kind": ErratumKind.UNCLEAR, **fields}
    )


def answer(erratum: Erratum, by: Person, now: datetime, **fields: Any) -> Erratum:
    """An answer that accepts the report, unless told otherwise."""
    return answer_erratum(
        erratum=erratum, by=by, now=now, **{"accepted": True, "answer": "谢谢，已经改好。", **fields}
    )


def make_author() -> Person:
    return make_person(roles=(Role.AUTHOR,))


def written_by(author: Person | None, key: str = "Q1") -> QuestionVersion:
    """A question in use that this person answers for."""
    version = make_question(key)
    Question.objects.filter(pk=version.question_id).update(author=author)
    return QuestionVersion.objects.select_related("question").get(pk=version.pk)


def audited(action: str) -> list[dict[str, Any]]:
    return list(AuditEntry.objects.filter(action=action).values_list("detail", flat=True))


def asked() -> set[Any]:
    """Who holds a notice about a report."""
    return set(Notice.objects.filter(source_key__startswith="erratum:").values_list("recipient", flat=True))


# Reporting


def test_report_keeps_what_was_said_about_the_version_that_was_seen(person: Person, now: datetime) -> None:
    version = make_question("Q1")
    make_question("Q1", explanation="改过")
    erratum = report(version, person, now, f"  {WORDS}\r\n第二行\x00\x07  ")
    stored = Erratum.objects.get()
    assert stored == erratum
    assert (stored.question_version, stored.reporter, stored.kind, stored.text) == (
        version,
        person,
        ErratumKind.UNCLEAR,
        f"{WORDS}\n第二行",
    )
    assert (stored.status, stored.reported_at, stored.answered_at) == (ErratumStatus.OPEN, now, None)


def test_report_is_audited_once_without_its_words(person: Person, now: datetime) -> None:
    report(make_question("Q1"), person, now)
    assert audited("erratum.reported") == [{"question": "Q1", "number": 1, "kind": "unclear"}]


@pytest.mark.parametrize("text", ["", "四个字呀", "    四个字呀    ", "\x00\x01\x02\x03\x04", "长" * 1001])
def test_text_outside_its_length_is_refused(text: str, person: Person, now: datetime) -> None:
    version = make_question("Q1")
    with pytest.raises(Refusal) as refused:
        report(version, person, now, text)
    assert (refused.value.code, Erratum.objects.count(), Notice.objects.count()) == ("text", 0, 0)


@pytest.mark.parametrize("text", ["五个字正好", "长" * 1000])
def test_text_at_the_ends_of_its_length_is_taken(text: str, person: Person, now: datetime) -> None:
    assert report(make_question("Q1"), person, now, text).text == text


def test_second_report_on_a_version_gives_the_first_back(person: Person, now: datetime) -> None:
    make_author()
    version = make_question("Q1")
    first = report(version, person, now)
    again = report(version, person, now + timedelta(hours=1), "还有一处说得不清楚")
    assert (again, again.text, again.reported_at) == (first, WORDS, now)
    assert (Erratum.objects.count(), len(audited("erratum.reported")), Notice.objects.count()) == (1, 1, 1)


def test_another_person_another_version_and_an_answered_report_are_no_obstacle(
    person: Person, now: datetime
) -> None:
    author, version = make_author(), make_question("Q1")
    first = report(version, person, now)
    report(version, make_person(), now)
    report(make_question("Q1", explanation="改过"), person, now)
    answer(first, author, now)
    assert report(version, person, now + timedelta(days=1)) != first
    assert Erratum.objects.count() == 4


def test_eleventh_open_report_waits_for_an_answer(person: Person, now: datetime) -> None:
    author = make_author()
    for number in range(MOST_OPEN):
        report(make_question(f"Q{number}"), person, now)
    version = make_question("Q-more")
    with pytest.raises(Refusal) as refused:
        report(version, person, now)
    assert (refused.value.code, Erratum.objects.count()) == ("too_many", MOST_OPEN)
    report(version, make_person(), now)
    answer(Erratum.objects.filter(reporter=person).earliest("reported_at"), author, now)
    assert report(version, person, now).reporter == person


def test_database_holds_one_open_report_a_person_and_version(person: Person, now: datetime) -> None:
    version = make_question("Q1")
    report(version, person, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Erratum.objects.create(
            question_version=version, reporter=person, kind=ErratumKind.TYPO, text=WORDS, reported_at=now
        )


# Who is asked


def test_author_of_the_question_is_asked_alone(person: Person, now: datetime) -> None:
    author, _other = make_author(), make_author()
    report(written_by(author), person, now)
    assert asked() == {author.pk}


def test_every_author_of_today_is_asked_where_the_question_has_none(person: Person, now: datetime) -> None:
    authors = {make_author().pk, make_author().pk}
    make_person(roles=(Role.ADMINISTRATOR,))
    report(written_by(None), person, now)
    assert asked() == authors


def test_every_author_of_today_is_asked_where_the_author_is_one_no_longer(
    person: Person, now: datetime
) -> None:
    former, author = make_author(), make_author()
    version = written_by(former)
    end_role(assignment=RoleAssignment.objects.get(person=former), by=None, now=now)
    report(version, person, now)
    assert asked() == {author.pk}
    assert set(authors_asked(version.question, on=now.date())) == {author}


def test_notice_names_question_and_kind_and_the_beginning_of_the_words(person: Person, now: datetime) -> None:
    author = make_author()
    text = "第一行说得很长\n" + "字" * 200
    erratum = report(written_by(author), person, now, text)
    notice = Notice.objects.get()
    assert (notice.title, notice.url) == ("题目 Q1 有学员报错", f"/admin/errata/{erratum.pk}/")
    said = notice.body.removeprefix("题意不清：")
    assert (len(said), said[:9], said[-1]) == (EXCERPT, "第一行说得很长 字", "…")


def test_waiting_list_of_an_author_holds_what_they_are_asked_about(person: Person, now: datetime) -> None:
    author, other = make_author(), make_author()
    newer = report(written_by(author, "Q1"), person, now)
    older = report(written_by(None, "Q2"), person, now - timedelta(days=2))
    theirs = report(written_by(other, "Q3"), person, now)
    done = answer(report(written_by(author, "Q4"), person, now), author, now)
    on = now.date()
    assert list(errata_waiting_for(author, on=on)) == [older, newer]
    assert list(errata_waiting_for(other, on=on)) == [older, theirs]
    assert done not in errata_waiting_for(author, on=on)
    end_role(assignment=RoleAssignment.objects.get(person=other), by=None, now=now)
    assert list(errata_waiting_for(author, on=on)) == [older, newer, theirs]


# Answering


def test_answer_is_kept_and_told_to_the_reporter(person: Person, now: datetime) -> None:
    author = make_author()
    erratum = report(written_by(author), person, now)
    later = now + timedelta(days=1)
    answer(erratum, author, later, accepted=False, answer=" 题干没有错，见条文。\r\n ")
    stored = Erratum.objects.get()
    assert (stored.status, stored.answer) == (ErratumStatus.DECLINED, "题干没有错，见条文。")
    assert (stored.answered_at, stored.answered_by) == (later, author)
    notice = Notice.objects.get(recipient=person)
    assert (notice.title, notice.body) == ("你的报错有答复了", "维持原题：题干Q1")
    assert notice.url == f"/exams/errata/#erratum-{erratum.pk}"


def test_answer_settles_what_the_authors_were_asked(person: Person, now: datetime) -> None:
    author, _colleague = make_author(), make_author()
    erratum, other = report(written_by(None), person, now), report(written_by(None, "Q2"), person, now)
    answer(erratum, author, now)
    about = Notice.objects.filter(source_key__startswith=f"erratum:{erratum.pk}:")
    assert (about.count(), about.filter(read_at=None).count()) == (2, 0)
    others = Notice.objects.filter(source_key__startswith=f"erratum:{other.pk}:")
    assert others.filter(read_at=None).count() == 2
    assert Notice.objects.filter(recipient=person, read_at=None).count() == 1


def test_answer_is_audited_once_without_its_words(person: Person, now: datetime) -> None:
    author = make_author()
    answer(report(written_by(author), person, now), author, now)
    assert audited("erratum.answered") == [
        {"question": "Q1", "number": 1, "status": "accepted", "doubt": False}
    ]


def test_second_answer_changes_nothing(person: Person, now: datetime) -> None:
    author, version = make_author(), make_question("Q1")
    erratum = report(version, person, now)
    first = answer(erratum, author, now)
    again = answer(erratum, make_author(), now + timedelta(hours=1), answer="另一种说法", doubt=True)
    assert (again, again.answer, again.answered_by) == (first, "谢谢，已经改好。", author)
    assert (len(audited("erratum.answered")), Notice.objects.filter(recipient=person).count()) == (1, 1)
    assert Question.objects.get().status == QuestionStatus.LIVE


@pytest.mark.parametrize("text", ["", "   ", "\x00", "长" * 1001])
def test_answer_without_words_or_with_too_many_is_refused(text: str, person: Person, now: datetime) -> None:
    author = make_author()
    erratum = report(written_by(author), person, now)
    with pytest.raises(Refusal) as refused:
        answer(erratum, author, now, answer=text)
    assert (refused.value.code, Erratum.objects.get().status) == ("answer", ErratumStatus.OPEN)


@pytest.mark.parametrize("role", [None, *(role for role in Role if role != Role.AUTHOR)])
def test_nobody_but_an_author_answers(role: Role | None, person: Person, now: datetime) -> None:
    erratum = report(make_question("Q1"), person, now)
    with pytest.raises(NotAllowed):
        answer(erratum, make_person(roles=(role,) if role else ()), now)
    assert Erratum.objects.get().status == ErratumStatus.OPEN


# Doubt


def test_doubt_makes_the_question_suspect_and_says_why_without_the_learners_words(
    person: Person, now: datetime
) -> None:
    author = make_author()
    erratum = report(written_by(author), person, now)
    answer(erratum, author, now, answer="条文改了，先停用。", doubt=True)
    question = Question.objects.get()
    assert (question.status, question.live_number, question.shown_number) == (QuestionStatus.SUSPECT, None, 1)
    move = QuestionMove.objects.get()
    assert (move.status, move.moved_by) == (QuestionStatus.SUSPECT, author)
    assert move.reason == "学员 2026年11月22日 报错：“题意不清”。答复：条文改了，先停用。"
    assert WORDS not in move.reason


def test_question_stays_in_use_without_doubt(person: Person, now: datetime) -> None:
    author = make_author()
    answer(report(written_by(author), person, now), author, now)
    assert (Question.objects.get().status, QuestionMove.objects.count()) == (QuestionStatus.LIVE, 0)


def test_doubt_about_a_question_that_stays_as_it_is_is_refused(person: Person, now: datetime) -> None:
    author = make_author()
    erratum = report(written_by(author), person, now)
    with pytest.raises(Refusal) as refused:
        answer(erratum, author, now, accepted=False, doubt=True)
    assert (refused.value.code, Erratum.objects.get().status) == ("doubt", ErratumStatus.OPEN)


def test_nothing_is_answered_where_the_question_cannot_become_suspect(person: Person, now: datetime) -> None:
    author, version = make_author(), make_question("Q1")
    erratum = report(version, person, now)
    store_question(item=question_item("Q1", explanation="草稿"), by=None, now=now)
    with pytest.raises(Refusal) as refused:
        answer(erratum, author, now, doubt=True)
    assert (refused.value.code, Erratum.objects.get().status) == ("transition", ErratumStatus.OPEN)
    assert (audited("erratum.answered"), Notice.objects.filter(recipient=person).count()) == ([], 0)


def test_doubt_about_a_question_that_is_suspect_already_is_answered(person: Person, now: datetime) -> None:
    author, version = make_author(), make_question("Q1")
    erratum = report(version, person, now)
    move_question(question=version.question, to=QuestionStatus.SUSPECT, by=author, now=now, reason="有据")
    assert answer(erratum, author, now, doubt=True).status == ErratumStatus.ACCEPTED
    assert QuestionMove.objects.count() == 1


# Reads


def test_own_reports_come_newest_first_without_the_key(person: Person, now: datetime) -> None:
    older = report(make_question("Q1"), person, now - timedelta(days=1))
    newer = report(make_question("Q2"), person, now)
    report(make_question("Q3"), make_person(), now)
    found = list(errata_of(person))
    assert found == [newer, older]
    assert found[0].question_version.get_deferred_fields() == {"answer", "explanation"}


def test_queue_has_the_longest_waiting_first_and_the_answered_last(person: Person, now: datetime) -> None:
    author = make_author()
    days = [timedelta(days=number) for number in range(4)]
    made = [report(make_question(f"Q{number}"), person, now - days[number]) for number in range(4)]
    answer(made[3], author, now)
    answer(made[1], author, now + timedelta(hours=1))
    assert list(in_queue_order(errata.with_questions())) == [made[2], made[0], made[1], made[3]]
