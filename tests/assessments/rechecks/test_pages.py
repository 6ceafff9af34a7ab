"""Pages of rechecks: the candidate's way in, the administrator's decision, the other marker's paper."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import Attempt, Mark, Recheck, RecheckStatus
from assessments.rechecks.settling import settle_recheck
from people.models import Person, Role
from tests.assessments.making import make_attempt, make_exam, make_submitted
from tests.assessments.marksheets.making import make_taken, text_table
from tests.assessments.rechecks.making import REPLY, WORDS, make_granted, make_marked, make_recheck
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
LIST = "/exams/rechecks/"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now)


def own(attempt: Attempt) -> str:
    return reverse("assessments:recheck_own", args=[attempt.pk])


def page(recheck: Recheck) -> str:
    return reverse("assessments:recheck", args=[recheck.pk])


def result_page(login: Any, attempt: Attempt) -> str:
    return login(attempt.person).get(reverse("assessments:result", args=[attempt.pk])).content.decode()


def test_result_page_says_how_many_days_are_left(attempt: Attempt, login: Any) -> None:
    shown = result_page(login, attempt)
    assert "对成绩有疑问？" in shown
    assert "申请期限还剩 7 天" in shown
    assert own(attempt) in shown


def test_result_page_says_nothing_once_the_days_are_over(
    attempt: Attempt, login: Any, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=8))
    assert "对成绩有疑问？" not in result_page(login, attempt)


def test_days_left_are_those_after_today(
    attempt: Attempt, login: Any, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    assert "还剩 7 天" in result_page(login, attempt)
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=7))
    assert "今天是申请的最后一天" in result_page(login, attempt)


def test_paper_that_the_machine_scored_alone_is_to_be_reported(
    candidate: Person, login: Any, now: datetime
) -> None:
    make_exam(types=("single",))
    attempt = make_submitted(candidate, now=now)
    assert "对成绩有疑问？" not in result_page(login, attempt)
    assert "请在成绩页对该题报错" in (shown := login(candidate).get(own(attempt)).content.decode())
    assert "<form" not in shown.split("<main")[1].split("</main>")[0]


def test_candidate_reads_first_that_marks_can_go_down(attempt: Attempt, login: Any) -> None:
    shown = login(attempt.person).get(own(attempt)).content.decode()
    assert "分数可能提高、降低或者不变" in shown


def test_candidate_asks_and_follows_it(attempt: Attempt, login: Any, now: datetime) -> None:
    client = login(attempt.person)
    assert client.post(own(attempt), {"text": WORDS}).status_code == 302
    assert client.post(own(attempt), {"text": "再问一次也只有一份"}).status_code == 302
    assert Recheck.objects.get().text == WORDS
    assert "等待管理员处理" in result_page(login, attempt)
    shown = client.get(own(attempt)).content.decode()
    assert WORDS in shown
    assert "<form" not in shown.split("<main")[1].split("</main>")[0]


def test_short_request_is_given_back(attempt: Attempt, login: Any) -> None:
    answer = login(attempt.person).post(own(attempt), {"text": "不服"})
    assert answer.status_code == 422
    assert "请用 5 到 1000 字说明你的疑问。" in answer.content.decode()


@pytest.mark.parametrize("who", ["marker", "other", "admin"])
def test_request_page_is_the_candidates_alone(
    who: str, attempt: Attempt, login: Any, request: pytest.FixtureRequest
) -> None:
    client = login(request.getfixturevalue(who))
    assert client.get(own(attempt)).status_code == 404
    assert client.post(own(attempt), {"text": WORDS}).status_code == 404


def test_open_paper_has_no_such_page(candidate: Person, login: Any, now: datetime) -> None:
    make_exam()
    assert login(candidate).get(own(make_attempt(candidate, now=now))).status_code == 404


def test_paper_that_waits_says_so(candidate: Person, login: Any, now: datetime) -> None:
    make_exam(types=("short_answer",))
    shown = login(candidate).get(own(make_submitted(candidate, now=now))).content.decode()
    assert "成绩还没有公布，公布后再申请。" in shown


def test_administrator_hands_it_over(
    attempt: Attempt, admin: Person, other: Person, marker: Person, login: Any, now: datetime
) -> None:
    recheck, client = make_recheck(attempt, now=now), login(admin)
    assert "李考生" in client.get(LIST).content.decode()
    shown = client.get(page(recheck)).content.decode()
    assert (WORDS in shown, "复核人</option>" in shown, "首评人</option>" in shown) == (True, True, False)
    assert client.post(page(recheck), {"do": "grant", "marker": str(other.pk)}).status_code == 302
    recheck.refresh_from_db()
    assert (recheck.status, recheck.marker) == (RecheckStatus.GRANTED, other)


@pytest.mark.parametrize("posted", [{"do": "grant", "marker": ""}, {"do": "refuse", "reply": "不"}])
def test_incomplete_decision_is_given_back(
    posted: dict[str, str], attempt: Attempt, admin: Person, login: Any, now: datetime
) -> None:
    recheck = make_recheck(attempt, now=now)
    assert login(admin).post(page(recheck), posted).status_code == 422
    recheck.refresh_from_db()
    assert recheck.status == RecheckStatus.ASKED


def test_first_marker_cannot_be_chosen_by_hand(
    attempt: Attempt, admin: Person, marker: Person, login: Any, now: datetime
) -> None:
    recheck = make_recheck(attempt, now=now)
    assert login(admin).post(page(recheck), {"do": "grant", "marker": str(marker.pk)}).status_code == 422
    assert login(admin).post(page(recheck), {"do": "else"}).status_code == 404


def test_refusal_shows_beside_the_result(attempt: Attempt, admin: Person, login: Any, now: datetime) -> None:
    recheck = make_recheck(attempt, now=now)
    assert login(admin).post(page(recheck), {"do": "refuse", "reply": REPLY}).status_code == 302
    assert REPLY in result_page(login, attempt)


def test_other_marker_sees_marks_and_never_names(
    attempt: Attempt, admin: Person, other: Person, login: Any, now: datetime
) -> None:
    recheck = make_granted(attempt, by=admin, marker=other, now=now)
    client = login(other)
    assert "李考生" not in client.get(LIST).content.decode()
    shown = client.get(page(recheck)).content.decode()
    assert ("李考生" in shown, "首评人" in shown) == (False, False)
    for text in (
        f"考生 {attempt.candidate_number}",
        WORDS,
        "写下的方案",
        "现有得分：1 / 2",
        "依据不足",
        "合计 3 分",
    ):
        assert text in shown


def test_other_marker_settles(
    attempt: Attempt, admin: Person, other: Person, login: Any, now: datetime
) -> None:
    recheck = make_granted(attempt, by=admin, marker=other, now=now)
    posted = {
        "answer-2-verdict": "new",
        "answer-2-criterion-c1": "2",
        "answer-2-penalty": "0",
        "reply": REPLY,
    }
    assert login(other).post(page(recheck), posted).status_code == 302
    assert login(other).post(page(recheck), posted).status_code == 200
    assert attempt.results.latest("number").points == 4
    assert Mark.objects.count() == 2
    assert (REPLY in result_page(login, attempt), "成绩有变动" in result_page(login, attempt)) == (True, True)
    assert "现为 4 分" in login(admin).get(page(recheck)).content.decode()
    told = "第 2 题：1 → 2"
    for person, url in ((other, page(recheck)), (admin, page(recheck)), (attempt.person, own(attempt))):
        assert told in login(person).get(url).content.decode()
    assert told in result_page(login, attempt)
    assert "受理时间" in login(attempt.person).get(own(attempt)).content.decode()


def test_unchanged_marks_are_no_change(
    attempt: Attempt, admin: Person, other: Person, login: Any, now: datetime
) -> None:
    recheck = make_granted(attempt, by=admin, marker=other, now=now)
    settle_recheck(recheck=recheck, judged={2: None}, reply=REPLY, by=other, now=now)
    assert "分数变动" not in result_page(login, attempt) + login(other).get(page(recheck)).content.decode()


@pytest.mark.parametrize(
    "posted",
    [
        {"reply": REPLY},
        {"answer-2-verdict": "keep", "answer-2-criterion-c1": "2", "answer-2-penalty": "0", "reply": REPLY},
        {"answer-2-verdict": "new", "answer-2-criterion-c1": "", "answer-2-penalty": "0", "reply": REPLY},
        {"answer-2-verdict": "new", "answer-2-criterion-c1": "3", "answer-2-penalty": "0", "reply": REPLY},
        {"answer-2-verdict": "keep", "answer-2-criterion-c1": "1", "answer-2-penalty": "0", "reply": ""},
        {"answer-2-verdict": "keep", "answer-2-criterion-c1": "1", "answer-2-penalty": "0", "reply": "好"},
    ],
)
def test_judgement_that_is_not_clear_is_given_back(
    posted: dict[str, str], attempt: Attempt, admin: Person, other: Person, login: Any, now: datetime
) -> None:
    recheck = make_granted(attempt, by=admin, marker=other, now=now)
    assert login(other).post(page(recheck), posted).status_code == 422
    recheck.refresh_from_db()
    assert (recheck.status, Mark.objects.count()) == (RecheckStatus.GRANTED, 1)


def test_marks_finer_than_half_points_can_be_kept(
    candidate: Person, admin: Person, other: Person, login: Any, now: datetime
) -> None:
    """What stands may be the mean of two markings, or come from a file."""
    version = make_exam(types=("short_answer",))
    attempt = make_submitted(candidate, now=now)
    heads = ("考生号", "题号", "评分点1")
    make_taken(text_table([[attempt.candidate_number, 1, "1.25"]], heads), version=version, by=admin, now=now)
    attempt.refresh_from_db()
    recheck = make_granted(attempt, by=make_person(roles=(Role.ADMINISTRATOR,)), marker=other, now=now)
    posted = {
        "answer-1-verdict": "keep",
        "answer-1-criterion-c1": "1.25",
        "answer-1-penalty": "0",
        "reply": REPLY,
    }
    assert login(other).post(page(recheck), {**posted, "answer-1-verdict": "new"}).status_code == 422
    assert login(other).post(page(recheck), posted).status_code == 302
    recheck.refresh_from_db()
    assert recheck.outcome == recheck.result


def test_nobody_else_finds_it(
    attempt: Attempt, admin: Person, other: Person, marker: Person, login: Any
) -> None:
    now = timezone.now()
    recheck = make_granted(attempt, by=admin, marker=other, now=now)
    elsewhere = make_organisation("QH-02", make_organisation())
    foreign = make_person(organisation=elsewhere, roles=(Role.ADMINISTRATOR, Role.EXAMINER))
    for person in (marker, attempt.person, foreign, make_person()):
        assert login(person).get(page(recheck)).status_code == 404
        assert login(person).post(page(recheck), {"do": "refuse", "reply": REPLY}).status_code == 404
    assert login(make_person()).get(LIST).status_code == 403


def test_file_of_an_answer_opens_for_its_other_marker_only(
    candidate: Person, marker: Person, admin: Person, other: Person, login: Any, now: datetime
) -> None:
    from assessments.marking.recording import record_mark
    from assessments.models import AnswerFile

    make_exam(types=("file_upload",))
    attempt = make_submitted(candidate, now=now)
    record_mark(attempt=attempt, slot=1, marks={"c1": "1"}, comment="", by=marker, now=now)
    url = reverse("assessments:answer_file", args=[attempt.pk, 1, AnswerFile.objects.get().sha256])
    assert login(other).get(url).status_code == 404
    recheck = make_granted(attempt, by=admin, marker=other, now=now)
    assert login(other).get(url).status_code == 200
    settle_recheck(recheck=recheck, judged={1: None}, reply=REPLY, by=other, now=now)
    assert login(make_person(roles=(Role.EXAMINER,))).get(url).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_however_many_there_are(
    count: int,
    candidate: Person,
    marker: Person,
    admin: Person,
    login: Any,
    django_assert_num_queries: Any,
    now: datetime,
) -> None:
    for number in range(count):
        make_recheck(make_marked(candidate, marker, now=now, key=f"exam-{number}"), now=now)
    client = login(admin)
    client.get(LIST)
    with django_assert_num_queries(9):
        shown = client.get(LIST).content.decode()
    assert shown.count("李考生") == count


@pytest.mark.parametrize("count", [1, 3])
def test_paper_costs_the_same_however_many_answers_it_has(
    count: int,
    candidate: Person,
    marker: Person,
    admin: Person,
    other: Person,
    login: Any,
    django_assert_num_queries: Any,
    now: datetime,
) -> None:
    from assessments.marking.recording import record_mark

    make_exam(types=("short_answer",) * count)
    attempt = make_submitted(candidate, now=now)
    for slot in range(1, count + 1):
        record_mark(attempt=attempt, slot=slot, marks={"c1": "1"}, comment="", by=marker, now=now)
    recheck = make_granted(attempt, by=admin, marker=other, now=now)
    client = login(other)
    with django_assert_num_queries(8):
        assert client.get(page(recheck)).status_code == 200
