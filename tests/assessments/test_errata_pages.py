"""报错 on the pages: only about a question one met, silent about its key; queue and answer page for authors alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.attempts import submit_attempt
from assessments.bank.errata import MOST_OPEN, answer_erratum, report_erratum
from assessments.bank.media import keep_medium
from assessments.bank.storing import store_question
from assessments.models import (
    Attempt,
    Erratum,
    ErratumKind,
    ErratumStatus,
    Question,
    QuestionStatus,
    QuestionVersion,
)
from courses.enrolments import enrol
from people.models import Notice, Person, Role
from tests.assessments.making import (
    TYPES,
    make_attempt,
    make_exam,
    make_question,
    make_submitted,
    open_admin,
    picture_bytes,
    question_item,
)
from tests.courses.factories import CANARY as LESSON_CANARY
from tests.courses.factories import make_question as make_check
from tests.courses.factories import release
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
WORDS = "第二个选项少了一个“不”字"
GIVEN = {"kind": "unclear", "text": WORDS}
LESSON = "/courses/lift/lessons/lesson-1/"
KEY = "正确答案金丝雀"


@pytest.fixture
def at() -> datetime:
    """The real moment: views read the host's clock."""
    return timezone.now()


@pytest.fixture
def submitted(person: Person, at: datetime) -> Attempt:
    """A paper of one's own that was handed in."""
    make_exam("base")
    return make_submitted(person, "base", now=at)


@pytest.fixture
def author(db: Any) -> Person:
    open_admin()
    return make_person(roles=(Role.AUTHOR,))


def report_url(attempt: Attempt, slot: int = 1) -> str:
    return f"/exams/attempt/{attempt.pk}/report/{slot}/"


def make_erratum(version: QuestionVersion, reporter: Person, now: datetime, text: str = WORDS) -> Erratum:
    return report_erratum(version=version, reporter=reporter, kind=ErratumKind.UNCLEAR, text=text, now=now)


def page_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


# From a result


def test_result_leads_to_a_report_of_each_question(submitted: Attempt, person: Person, login: Any) -> None:
    page = page_of(login(person), f"/exams/attempt/{submitted.pk}/result/")
    assert page.count("这道题有问题？报错") == 2
    for slot in (1, 2):
        assert f'href="{report_url(submitted, slot)}"' in page
        assert f'id="question-{slot}"' in page


def test_form_shows_the_stem_the_kinds_and_the_way_back(
    submitted: Attempt, person: Person, login: Any
) -> None:
    page = page_of(login(person), report_url(submitted))
    for words in ("题干base-1", "答案不对", "题意不清", "看不到你的姓名"):
        assert words in page
    assert page.count('type="radio"') == len(ErratumKind)
    assert f'href="/exams/attempt/{submitted.pk}/result/#question-1"' in page


def test_report_is_sent_about_the_version_on_the_paper(
    submitted: Attempt, person: Person, author: Person, login: Any
) -> None:
    make_question("base-1", explanation="改过")
    response = login(person).post(report_url(submitted), GIVEN, follow=True)
    erratum = Erratum.objects.get()
    assert (erratum.question_version.number, erratum.question_version.question.key) == (1, "base-1")
    assert (erratum.reporter, erratum.kind, erratum.text) == (person, ErratumKind.UNCLEAR, WORDS)
    assert response.redirect_chain == [(report_url(submitted), 302)]
    page = response.content.decode()
    for words in ("已发给题目作者", WORDS, "等待答复"):
        assert words in page
    assert "<textarea" not in page
    assert list(Notice.objects.values_list("recipient", flat=True)) == [author.pk]


def test_second_post_says_that_the_first_counts(submitted: Attempt, person: Person, login: Any) -> None:
    client = login(person)
    client.post(report_url(submitted), GIVEN)
    page = client.post(report_url(submitted), {**GIVEN, "text": "另外再说一遍"}, follow=True).content.decode()
    assert "以第一次写的为准" in page
    assert list(Erratum.objects.values_list("text", flat=True)) == [WORDS]


@pytest.mark.parametrize(
    "given",
    [{}, {"kind": "unclear"}, {"text": WORDS}, {**GIVEN, "kind": "nonsense"}, {**GIVEN, "text": "短"}],
)
def test_what_was_filled_in_badly_comes_back(
    given: dict[str, str], submitted: Attempt, person: Person, login: Any
) -> None:
    response = login(person).post(report_url(submitted), given)
    assert (response.status_code, Erratum.objects.count()) == (422, 0)
    assert given.get("text", "") in response.content.decode()


def test_eleventh_open_report_is_told_to_wait(
    submitted: Attempt, person: Person, at: datetime, login: Any
) -> None:
    for number in range(MOST_OPEN):
        make_erratum(make_question(f"Q{number}"), person, at)
    response = login(person).post(report_url(submitted), GIVEN)
    assert response.status_code == 422
    assert "你还有 10 条报错在等答复" in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_ones_own_paper_that_was_handed_in_can_be_reported_from(
    method: str, submitted: Attempt, person: Person, at: datetime, login: Any
) -> None:
    open_one = make_attempt(person, "base", now=at)
    stranger, own = login(make_person()), login(person)
    for client, url in (
        (stranger, report_url(submitted)),
        (own, report_url(open_one)),
        (own, report_url(submitted, 3)),
        (own, report_url(submitted, 0)),
        (own, f"/exams/attempt/{uuid4()}/report/1/"),
    ):
        assert getattr(client, method)(url, GIVEN).status_code == 404, url
    assert Erratum.objects.count() == 0


@pytest.mark.parametrize("path", ["/exams/errata/", "/exams/attempt/{0}/report/1/"])
def test_visitors_are_sent_to_sign_in(path: str, submitted: Attempt) -> None:
    response = Client().get(path.format(submitted.pk))
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, "/accounts/login/")


def test_form_takes_the_same_queries_whatever_the_paper(person: Person, at: datetime, login: Any) -> None:
    counts = []
    for key, types in (("a", ("single",)), ("b", ("single", "multiple", "ordering"))):
        make_exam(key, types=types)
        client, attempt = login(person), make_submitted(person, key, now=at)
        client.get(report_url(attempt))
        with CaptureQueriesContext(connection) as captured:
            client.get(report_url(attempt))
        counts.append(len(captured))
    assert counts == [6, 6]


# From a lesson


@pytest.fixture
def lesson(person: Person, at: datetime) -> Person:
    """The learner of a lesson with one self-check."""
    release(now=at, checks=(make_check(now=at),))
    enrol(person=person, course_key="lift", now=at)
    return person


def test_lesson_leads_to_a_report_of_its_self_check(lesson: Person, login: Any) -> None:
    assert f'href="{LESSON}report/check-1/"' in page_of(login(lesson), LESSON)


def test_report_from_a_lesson_is_about_what_the_lesson_shows(
    lesson: Person, at: datetime, login: Any
) -> None:
    shown = Question.objects.get().versions.get()
    store_question(item=question_item("CHK-1", body={**shown.body, "stem": "草稿里的题干"}), by=None, now=at)
    client = login(lesson)
    page = page_of(client, f"{LESSON}report/check-1/")
    assert ("题干CHK-1" in page, "草稿里的题干" in page) == (True, False)
    assert f'href="{LESSON}#block-check-1"' in page
    client.post(f"{LESSON}report/check-1/", GIVEN)
    assert Erratum.objects.get().question_version == shown


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_a_learner_of_the_lesson_reports_what_it_asks(
    method: str, lesson: Person, at: datetime, login: Any
) -> None:
    make_question("CHK-2")
    stranger, own = login(make_person()), login(lesson)
    for client, url in (
        (stranger, f"{LESSON}report/check-1/"),
        (own, f"{LESSON}report/opening/"),
        (own, f"{LESSON}report/CHK-1/"),
        (own, f"{LESSON}report/CHK-2/"),
        (own, "/courses/lift/lessons/nowhere/report/check-1/"),
        (own, "/courses/nowhere/lessons/lesson-1/report/check-1/"),
    ):
        assert getattr(client, method)(url, GIVEN).status_code == 404, url
    assert Erratum.objects.count() == 0


def test_pictures_stand_beside_the_question_for_learner_and_author(
    lesson: Person, author: Person, at: datetime, login: Any
) -> None:
    picture = keep_medium(content=picture_bytes(), name="图.png", by=None, now=at)
    shown = {"media": [{"file": picture.file, "alt": "楼道里的鞋柜"}]}
    make_question("CHK-1", body_extra=shown)
    assert "楼道里的鞋柜" in page_of(login(lesson), f"{LESSON}report/check-1/")
    erratum = make_erratum(make_question("CHK-1", body_extra=shown), lesson, at)
    assert "楼道里的鞋柜" in page_of(login(author), f"/admin/errata/{erratum.pk}/")


@pytest.mark.parametrize("type", list(TYPES))
def test_every_type_is_shown_to_its_author(
    type: str, person: Person, author: Person, at: datetime, login: Any
) -> None:
    erratum = make_erratum(make_question("Q1", type), person, at)
    assert "题干Q1" in page_of(login(author), f"/admin/errata/{erratum.pk}/")


# The key


def test_learners_pages_show_no_key(person: Person, lesson: Person, at: datetime, login: Any) -> None:
    """Row 18: neither before an answer nor after it."""
    make_exam("base")
    item = question_item("base-1", explanation=KEY)
    make_exam(
        "keyed",
        questions=[{"key": store_question(item=item, by=None, now=at, live=True).question.key, "points": 2}],
    )
    attempt = make_attempt(person, "keyed", now=at)
    attempt = _handed_in_blank(attempt, at)
    client, author = login(person), make_person(roles=(Role.AUTHOR,))
    for url in (report_url(attempt), f"{LESSON}report/check-1/"):
        pages = [page_of(client, url), client.post(url, GIVEN, follow=True).content.decode()]
        assert [page for page in pages if KEY in page or LESSON_CANARY in page or "o2" in page] == []
    for erratum in Erratum.objects.all():
        answer_erratum(erratum=erratum, accepted=True, answer="谢谢。", by=author, now=at)
    page = page_of(client, "/exams/errata/")
    assert page.count("谢谢。") == 2
    assert (KEY in page, LESSON_CANARY in page) == (False, False)


def _handed_in_blank(attempt: Attempt, at: datetime) -> Attempt:
    return submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=at)


def test_answer_shows_where_the_result_still_hides_the_key(
    person: Person, author: Person, at: datetime, login: Any
) -> None:
    make_exam("base")
    attempt = _handed_in_blank(make_attempt(person, "base", now=at), at)
    client = login(person)
    assert client.get(f"/exams/attempt/{attempt.pk}/result/").context["report"].shows_key is False
    client.post(report_url(attempt), GIVEN)
    answer_erratum(erratum=Erratum.objects.get(), accepted=True, answer="确实不清楚。", by=author, now=at)
    assert "确实不清楚。" in page_of(client, "/exams/errata/")


# One's own list


def test_own_list_holds_state_and_answer_and_nobody_elses(
    person: Person, author: Person, at: datetime, login: Any
) -> None:
    mine = make_erratum(make_question("Q1"), person, at)
    make_erratum(make_question("Q2"), make_person(), at, text="别人报的一条")
    client = login(person)
    page = page_of(client, "/exams/errata/")
    assert ("等待答复" in page, WORDS in page, "别人报的一条" in page) == (True, True, False)
    answer_erratum(erratum=mine, accepted=False, answer="题干没有错，见条文。", by=author, now=at)
    page = page_of(client, "/exams/errata/")
    for words in ("维持原题", "题干没有错，见条文。", f'id="erratum-{mine.pk}"'):
        assert words in page
    assert author.account.name not in page


def test_empty_list_says_where_reports_are_made(person: Person, login: Any) -> None:
    assert "还没有报过错" in page_of(login(person), "/exams/errata/")


def test_own_list_takes_the_same_queries_at_one_and_at_three(
    person: Person, at: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    client = login(person)
    make_erratum(make_question("Q1"), person, at)
    client.get("/exams/errata/")
    with django_assert_num_queries(4):
        client.get("/exams/errata/")
    for key in ("Q2", "Q3"):
        make_erratum(make_question(key), person, at)
    with django_assert_num_queries(4):
        client.get("/exams/errata/")


def test_own_record_leads_to_the_list(person: Person, login: Any) -> None:
    assert 'href="/exams/errata/"' in page_of(login(person), "/me/")


# The authors' queue


def test_queue_shows_what_waits_first_and_never_who_reported(
    person: Person, author: Person, at: datetime, login: Any
) -> None:
    done = make_erratum(make_question("Q-done"), person, at - timedelta(days=9))
    make_erratum(make_question("Q-new"), person, at)
    make_erratum(make_question("Q-old"), person, at - timedelta(days=3))
    answer_erratum(erratum=done, accepted=True, answer="好。", by=author, now=at)
    response = login(author).get("/admin/errata/")
    keys = [each.question_version.question.key for each in response.context["object_list"]]
    assert keys == ["Q-old", "Q-new", "Q-done"]
    page = response.content.decode()
    assert (WORDS in page, person.account.name in page) == (True, False)


@pytest.mark.parametrize(
    ("query", "keys"),
    [("question=Q2", ["Q2"]), ("status=accepted", ["Q1"]), ("kind=typo", []), ("kind=unclear", ["Q2", "Q1"])],
)
def test_queue_is_filtered(
    query: str, keys: list[str], person: Person, author: Person, at: datetime, login: Any
) -> None:
    done, _open = (make_erratum(make_question(key), person, at) for key in ("Q1", "Q2"))
    answer_erratum(erratum=done, accepted=True, answer="好。", by=author, now=at)
    found = login(author).get(f"/admin/errata/?{query}").context["object_list"]
    assert [each.question_version.question.key for each in found] == keys


def test_queue_takes_as_many_queries_at_three_reports_as_at_one(
    person: Person, author: Person, at: datetime, login: Any
) -> None:
    """How many the admin's own frame takes is not ours to say."""
    client = login(author)
    make_erratum(make_question("Q1"), person, at)
    client.get("/admin/errata/")
    counts = []
    for keys in ((), ("Q2", "Q3")):
        for key in keys:
            make_erratum(make_question(key), person, at)
        with CaptureQueriesContext(connection) as captured:
            client.get("/admin/errata/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", [*(role for role in Role if role != Role.AUTHOR), None])
def test_queue_and_answer_page_are_closed_to_others(
    role: Role | None, person: Person, author: Person, at: datetime, login: Any
) -> None:
    erratum = make_erratum(make_question("Q1", explanation=KEY), person, at)
    client = login(make_person(roles=(role,) if role else ()))
    given = {"decision": "accepted", "answer": "好。"}
    for url in ("/admin/errata/", "/admin/errata/results/", f"/admin/errata/{erratum.pk}/"):
        for response in (client.get(url), client.post(url, given)):
            assert response.status_code in (302, 403, 405)
            assert KEY not in response.content.decode()
    assert Erratum.objects.get().status == ErratumStatus.OPEN


# The answer page


def test_answer_page_shows_the_version_its_key_and_the_community_but_no_name(
    author: Person, at: datetime, login: Any
) -> None:
    reporter = make_person(organisation=make_organisation("CH", make_organisation("QH"), name="春晖里社区"))
    erratum = make_erratum(make_question("Q1", explanation=KEY), reporter, at)
    make_question("Q1", explanation="改过")
    page = page_of(login(author), f"/admin/errata/{erratum.pk}/")
    for words in ("题干Q1", KEY, "<span>B</span>乙", WORDS, "题意不清", "学员，春晖里社区", "更新的第 2 版"):
        assert words in page
    assert (reporter.account.name in page, "改过" in page) == (False, False)
    question = erratum.question_version.question_id
    assert f"/admin/bank/inspect/{question}/" in page


def test_answer_page_warns_of_writing_the_right_answer(
    person: Person, author: Person, at: datetime, login: Any
) -> None:
    erratum = make_erratum(make_question("Q1"), person, at)
    assert "不要在这里写出答案" in page_of(login(author), f"/admin/errata/{erratum.pk}/")


def test_answer_is_sent_and_leads_back_to_the_queue(
    person: Person, author: Person, at: datetime, login: Any
) -> None:
    erratum = make_erratum(make_question("Q1"), person, at)
    client, given = login(author), {"decision": "accepted", "answer": "谢谢，会改。", "doubt": "on"}
    response = client.post(f"/admin/errata/{erratum.pk}/", given)
    assert (response.status_code, response["Location"]) == (302, "/admin/errata/")
    stored = Erratum.objects.get()
    assert (stored.status, stored.answer, stored.answered_by) == (
        ErratumStatus.ACCEPTED,
        "谢谢，会改。",
        author,
    )
    assert Question.objects.get().status == QuestionStatus.SUSPECT
    again = client.post(f"/admin/errata/{erratum.pk}/", {**given, "answer": "又一句"})
    assert (again["Location"], Erratum.objects.get().answer) == (
        f"/admin/errata/{erratum.pk}/",
        "谢谢，会改。",
    )
    page = page_of(client, f"/admin/errata/{erratum.pk}/")
    assert ("谢谢，会改。" in page, "<textarea" in page) == (True, False)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"decision": "accepted"},
        {"answer": "好。"},
        {"decision": "declined", "answer": "好。", "doubt": "on"},
    ],
)
def test_answer_filled_in_badly_comes_back(
    given: dict[str, str], person: Person, author: Person, at: datetime, login: Any
) -> None:
    erratum = make_erratum(make_question("Q1"), person, at)
    response = login(author).post(f"/admin/errata/{erratum.pk}/", given)
    assert (response.status_code, Erratum.objects.get().status) == (422, ErratumStatus.OPEN)


def test_doubt_is_offered_for_a_question_in_use_only(
    person: Person, author: Person, at: datetime, login: Any
) -> None:
    erratum, client = make_erratum(make_question("Q1"), person, at), login(author)
    url = f"/admin/errata/{erratum.pk}/"
    assert 'name="doubt"' in page_of(client, url)
    store_question(item=question_item("Q1", explanation="草稿"), by=None, now=at)
    assert 'name="doubt"' not in page_of(client, url)
    client.post(url, {"decision": "accepted", "answer": "好。", "doubt": "on"})
    assert (Erratum.objects.get().status, Question.objects.get().status) == (
        ErratumStatus.ACCEPTED,
        QuestionStatus.DRAFT,
    )


def test_report_that_is_not_there_is_not_found(author: Person, login: Any) -> None:
    assert login(author).get(f"/admin/errata/{uuid4()}/").status_code == 404


# Where authors hear of it


def test_reports_stand_on_the_authors_desk_and_workbench(
    person: Person, author: Person, at: datetime, login: Any
) -> None:
    erratum = make_erratum(make_question("Q1"), person, at)
    client, url = login(author), f"/admin/errata/{erratum.pk}/"
    row = client.get("/").context["desk"].next
    assert (row.title, row.url, row.action) == ("Q1　题意不清", url, "去答复")
    panel = client.get("/admin/").context["open_panels"][0]
    assert (str(panel.title), panel.count, panel.tasks[0].url) == ("学员报错的题目", 1, url)
    assert 'href="/admin/errata/"' in client.get("/admin/").content.decode()
