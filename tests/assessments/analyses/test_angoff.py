"""Judges rate alone first, then with what all said before them; what comes of it changes nothing."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from assessments.analyses.angoff import rate_items, read_panel
from assessments.models import AngoffRating, ExamVersion
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Person, Role
from tests.assessments.making import make_exam, open_admin
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(db: Any) -> ExamVersion:
    return make_exam(questions=[{"key": "base-1", "points": 2}, {"key": "base-2", "points": 3}])


@pytest.fixture
def judge(db: Any) -> Person:
    return make_person(roles=(Role.EXAMINER,))


def rate(version: ExamVersion, by: Person, now: datetime, first: int, second: int, round: int = 1) -> None:
    rate_items(exam_version=version, round=round, percents={1: first, 2: second}, by=by, now=now)


def test_cut_score_weighs_items_by_their_points(version: ExamVersion, judge: Person, now: datetime) -> None:
    rate(version, judge, now, 50, 100)
    rate(version, make_person(roles=(Role.AUTHOR,)), now, 70, 80)
    cut = read_panel(version).cut()
    assert (cut.judges, cut.percent, cut.points) == (2, pytest.approx(78), pytest.approx(3.9))
    assert version.pass_percent == 60


@pytest.mark.postgres
def test_second_round_opens_when_two_are_through(version: ExamVersion, judge: Person, now: datetime) -> None:
    other = make_person(roles=(Role.EXAMINER,))
    rate(version, judge, now, 50, 60)
    rate(version, judge, now, 55, 60)
    assert read_panel(version).round_of(judge.pk) == 1
    with pytest.raises(Refusal) as early:
        rate(version, judge, now, 40, 40, round=2)
    assert early.value.code == "round"
    rate(version, other, now, 75, 80)
    panel = read_panel(version)
    assert panel.round_of(judge.pk) == 2
    assert panel.spread() == {1: (55, 75, 65), 2: (60, 80, 70)}
    with pytest.raises(Refusal) as late:
        rate(version, judge, now, 75, 80)
    assert late.value.code == "round"
    rate_items(exam_version=version, round=2, percents={1: 65}, by=judge, now=now)
    panel = read_panel(version)
    assert panel.own(judge.pk, 1) == {1: 55, 2: 60}
    assert panel.cut().by_judge[panel.judges.index(judge.pk)].percent == pytest.approx((65 * 2 + 60 * 3) / 5)


def test_same_ratings_again_change_nothing(version: ExamVersion, judge: Person, now: datetime) -> None:
    rate(version, judge, now, 50, 60)
    rate(version, judge, now, 50, 60)
    assert (AngoffRating.objects.count(), AuditEntry.objects.filter(action="angoff.rated").count()) == (2, 1)


@pytest.mark.parametrize(
    ("percents", "code"), [({3: 50}, "item"), ({1: 101}, "percent"), ({1: -1}, "percent")]
)
def test_wrong_ratings_are_refused(
    percents: dict[int, int], code: str, version: ExamVersion, judge: Person, now: datetime
) -> None:
    with pytest.raises(Refusal) as refused:
        rate_items(exam_version=version, round=1, percents=percents, by=judge, now=now)
    assert refused.value.code == code
    assert code != "percent" or "第 1 题" in str(refused.value)
    assert not AngoffRating.objects.exists()


def test_only_authors_and_examiners_judge(version: ExamVersion, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        rate(version, make_person(roles=(Role.ADMINISTRATOR,)), now, 50, 50)


class TestPages:
    """The worksheet in the admin."""

    @pytest.fixture(autouse=True)
    def _admin(self, db: Any) -> None:
        open_admin()

    @staticmethod
    def post(client: Client, version: ExamVersion, first: str, second: str, round: int = 1) -> Any:
        return client.post(
            f"/admin/statistics/{version.pk}/angoff/",
            {"round": round, "item-1": first, "item-2": second},
        )

    def test_a_judge_rates_and_sees_others_only_afterwards(
        self, version: ExamVersion, judge: Person, now: datetime, login: Any
    ) -> None:
        rate(version, make_person(roles=(Role.AUTHOR,)), now, 31, 32)
        client, url = login(judge), f"/admin/statistics/{version.pk}/angoff/"
        assert "考试base" in client.get("/admin/statistics/angoff/").content.decode()
        page = client.get(url).content.decode()
        assert ("第一轮" in page, "建议合格线" in page, "31–" in page) == (True, False, False)
        assert self.post(client, version, "50", "").status_code == 302
        assert "建议合格线" not in client.get(f"{url}?result=1").content.decode()
        assert self.post(client, version, "50", "60").status_code == 302
        page = client.get(url).content.decode()
        assert ("第二轮" in page, "建议合格线" in page) == (True, True)
        assert "你评 50；各人 31–50" in page
        assert "您" not in page.partition("ql-stats")[2]

    def test_wrong_number_stays_in_its_field(self, version: ExamVersion, judge: Person, login: Any) -> None:
        response = self.post(login(judge), version, "abc", "60")
        page = response.content.decode()
        assert response.status_code == 422
        assert 'value="abc" maxlength="6" autocomplete="off" aria-invalid="true"' in page
        assert 'aria-describedby="item-1-wrong"' in page
        assert 'id="item-1-wrong"' in page
        assert 'value="60"' in page
        assert "第 1 题：评定值" in page
        assert not AngoffRating.objects.exists()

    def test_a_percent_sign_is_no_mistake(self, version: ExamVersion, judge: Person, login: Any) -> None:
        assert self.post(login(judge), version, "60%", "100 ％").status_code == 302
        assert read_panel(version).own(judge.pk, 1) == {1: 60, 2: 100}

    def test_no_key_on_the_sheet(self, version: ExamVersion, judge: Person, login: Any) -> None:
        page = login(judge).get(f"/admin/statistics/{version.pk}/angoff/").content.decode()
        assert "解析" not in page
        assert "correct" not in page

    def test_worksheet_is_a_workbook(self, version: ExamVersion, judge: Person, login: Any) -> None:
        answer = login(judge).get(f"/admin/statistics/{version.pk}/angoff/worksheet/")
        sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
        assert [cell.value for cell in sheet[2]][:4] == ["1", "题干base-1\n甲\n乙\n丙", "单选题", "2"]

    @pytest.mark.parametrize(
        ("role", "sees", "rates"),
        [
            (Role.EXAMINER, 200, 302),
            (Role.AUTHOR, 200, 302),
            (Role.ADMINISTRATOR, 200, 404),
            (Role.ISSUER, 404, 404),
        ],
    )
    def test_who_may(self, role: Role, sees: int, rates: int, version: ExamVersion, login: Any) -> None:
        client = login(make_person(roles=(role,)))
        assert client.get("/admin/statistics/angoff/").status_code == sees
        assert client.get(f"/admin/statistics/{version.pk}/angoff/").status_code == sees
        assert client.get("/admin/statistics/0/angoff/").status_code == 404
        assert self.post(client, version, "50", "60").status_code == rates

    @pytest.mark.parametrize("items", [1, 3])
    def test_queries_do_not_grow(
        self, items: int, judge: Person, login: Any, django_assert_num_queries: Any
    ) -> None:
        version = make_exam("count", types=("single",) * items)
        client = login(judge)
        client.get("/admin/statistics/angoff/")
        with django_assert_num_queries(14):
            client.get(f"/admin/statistics/{version.pk}/angoff/")
