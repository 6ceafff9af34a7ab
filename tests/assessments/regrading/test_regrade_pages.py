"""重判 in the admin: begun by choosing, tried, put before a second person, followed to its end."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from assessments.admin.regrade_charts import spread_of
from assessments.admin.regrade_lines import totals_of
from assessments.attempts import submit_attempt
from assessments.models import (
    ExamVersion,
    Question,
    QuestionVersion,
    Regrade,
    RegradeLine,
    RegradeStatus,
)
from assessments.regrading.advancing import advance_regrade
from people.models import Organisation, Person, Role
from tests.assessments.making import (
    make_attempt,
    make_exam,
    make_question,
    make_submitted,
    open_admin,
    save,
)
from tests.assessments.regrades import make_done, make_sat
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
VOID = [{"kind": "void", "item": 1, "how": "drop"}]
PASSED = {"points": "4", "max": "4", "passed": True}
FAILED = {"points": "2", "max": "4", "passed": False}


@pytest.fixture(autouse=True)
def admin(db: Any) -> None:
    open_admin()


@pytest.fixture
def author() -> Person:
    return make_person("严谨", roles=(Role.AUTHOR,))


@pytest.fixture
def approver() -> Person:
    """Administers one part of the tree only."""
    return make_person("韩立群", organisation=here(), roles=(Role.ADMINISTRATOR,))


def here() -> Organisation:
    return make_organisation("QH-01", make_organisation("QH"))


def correct_key(key: str = "base-1") -> QuestionVersion:
    """The bank says now that 丙 is right."""
    return make_question(key, answer={"rule": "exact", "correct": "o3"})


def make_regrade(
    by: Person, now: datetime, *, status: RegradeStatus = RegradeStatus.TRIED, papers: int = 2, **fields: Any
) -> Regrade:
    """Question 1 is void: of the papers one fails that passed, the others stay as they are. The first candidate works
    in QH-01, the others at the top."""
    version = ExamVersion.objects.filter(key="base").first() or make_exam()
    said = {"changes": VOID, "reason": "题干有误", "tried_on": "a" * 64, **fields}
    regrade = Regrade.objects.create(
        exam_version=version, status=status, proposed_by=by, proposed_at=now, touched_at=now, **said
    )
    for number in range(papers):
        candidate = make_person(f"考生{number}", organisation=here() if number == 0 else None)
        attempt = make_submitted(candidate, now=now - timedelta(hours=papers - number))
        flips = number == 0
        RegradeLine.objects.create(
            regrade=regrade,
            attempt=attempt,
            before=PASSED,
            after=FAILED if flips else PASSED,
            changes=flips,
            flips=flips,
        )
    return regrade


def address(regrade: Regrade, step: str = "") -> str:
    return f"/admin/regrades/{regrade.pk}/{step}"


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return str(response.content.decode())


def body(client: Client, path: str) -> str:
    """The same for files too."""
    return b"".join(client.get(path)).decode("utf-8-sig")


# Who may look


def test_pages_are_there_for_authors_and_administrators_alone(
    author: Person, approver: Person, now: datetime, login: Any
) -> None:
    regrade = make_regrade(author, now)
    line = regrade.lines.get(flips=True)
    RegradeLine.objects.filter(pk=line.pk).update(done_at=now)
    shared = [
        address(regrade),
        address(regrade, "papers.csv"),
        address(regrade, f"papers/{line.pk}/"),
        "/admin/regrades/",
        "/admin/regrades/begin/",
        f"/admin/regrades/begin/question/{Question.objects.get(key='base-1').pk}/",
    ]
    authors = [address(regrade, "change/"), f"/admin/regrades/begin/{regrade.exam_version_id}/"]
    statuses = {
        name: [login(who).get(path).status_code for path in (*shared, *authors)]
        for name, who in {
            "author": author,
            "administrator": approver,
            "examiner": make_person(roles=(Role.EXAMINER,)),
        }.items()
    }
    assert statuses["author"] == [200] * 8
    assert statuses["administrator"] == [200] * 6 + [302] * 2  # Wagtail leads back to the start
    assert statuses["examiner"] == [404] * 3 + [302] + [404] * 4
    for path in (*shared, *authors):
        assert Client().get(path).status_code in (302, 404)


def test_a_candidate_is_a_name_only_to_whoever_sees_them_anyway(
    author: Person, approver: Person, now: datetime, login: Any
) -> None:
    regrade = make_regrade(author, now)
    first, second = regrade.lines.order_by("pk").select_related("attempt__person__account")
    for path in (address(regrade, "?show=all"), address(regrade, "papers.csv?show=all")):
        page = body(login(approver), path)
        assert f"考生0（{first.attempt.person.account.staff_number}）" in page
        assert first.attempt.candidate_number not in page
        assert "考生1" not in page
        assert f"考生 {second.attempt.candidate_number}" in page
        assert "考生0（" not in body(login(author), path)


def test_no_copy_stays_with_anybody_else(author: Person, now: datetime, login: Any) -> None:
    regrade = make_regrade(author, now)
    for path in (address(regrade), address(regrade, "papers.xlsx")):
        assert "no-store" in login(author).get(path)["Cache-Control"]


# Beginning


def test_only_releases_that_people_sat_can_be_chosen(author: Person, now: datetime, login: Any) -> None:
    make_exam("unsat")
    make_exam("opened")
    make_attempt(make_person(), "opened", now=now)
    make_exam("sat")
    make_submitted(make_person(), "sat", now=now)
    page = text(login(author), "/admin/regrades/begin/")
    assert "考试sat" in page
    assert "考试unsat" not in page
    assert "考试opened" not in page


def test_questions_are_shown_with_their_keys_and_the_other_keys_of_the_bank(
    author: Person, login: Any
) -> None:
    version = make_exam(types=("single", "true_false"))
    newer = correct_key()
    page = login(author).get(f"/admin/regrades/begin/{version.pk}/")
    first, second = page.context["form"].items
    assert (first.right, first.points, [pk for pk, _words in first.keys]) == ("B 乙", "2", [newer.pk])
    assert second.keys == ()
    said = page.content.decode()
    assert "答案改为：C 丙（题库第 2 版" in said
    assert said.count("先在题库里更正") == 1


def test_one_question_may_be_asked_for(author: Person, login: Any) -> None:
    version = make_exam(types=("single", "true_false"))
    client = login(author)
    form = client.get(f"/admin/regrades/begin/{version.pk}/?item=2").context["form"]
    assert [item.number for item in form.items] == [2]
    odd = client.get(f"/admin/regrades/begin/{version.pk}/?item=99&item=x&item=99999999999")
    assert odd.context["form"].items == []


def test_a_question_leads_to_the_exams_that_asked_it(author: Person, now: datetime, login: Any) -> None:
    version = make_exam()
    make_submitted(make_person(), now=now)
    question, unasked = Question.objects.get(key="base-2"), make_question("alone").question
    client = login(author)
    assert f"/admin/regrades/begin/question/{question.pk}/" in text(
        client, f"/admin/bank/inspect/{question.pk}/"
    )
    page = text(client, f"/admin/regrades/begin/question/{question.pk}/")
    assert f"/admin/regrades/begin/{version.pk}/?item=2" in page
    assert "没有可以重判的" in text(client, f"/admin/regrades/begin/question/{unasked.pk}/")


# The page


def test_totals_come_first_and_then_what_flips(author: Person, now: datetime, login: Any) -> None:
    regrade = make_regrade(author, now, papers=3)
    page = login(author).get(address(regrade))
    totals = page.context["totals"]
    assert (totals.papers, totals.changed, totals.up, totals.down) == (3, 1, 0, 1)
    assert [(line.flips, line.before.points, line.after.points) for line in page.context["lines"]] == [
        ("down", "4 / 4", "2 / 4")
    ]
    assert len(login(author).get(address(regrade, "?show=all")).context["lines"]) == 3
    assert "第 1 题作废，不计分" in text(login(author), "/admin/regrades/")


def test_without_a_flip_everything_is_listed(author: Person, now: datetime, login: Any) -> None:
    regrade = make_regrade(author, now)
    regrade.lines.update(flips=False, changes=False, after=PASSED)
    page = login(author).get(address(regrade))
    assert (page.context["show"], len(page.context["lines"])) == ("all", 2)


def test_more_papers_than_fit_go_on_further_pages(author: Person, now: datetime, login: Any) -> None:
    regrade = make_regrade(author, now, papers=1)
    line = regrade.lines.get()
    attempts = [make_submitted(make_person(), now=now) for _ in range(2)]
    RegradeLine.objects.bulk_create(
        RegradeLine(regrade=regrade, attempt=each, before=PASSED, after=PASSED) for each in attempts
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("assessments.admin.regrade_page.PER_PAGE", 2)
        first, second = (login(author).get(address(regrade, f"?show=all&page={n}")) for n in (1, 2))
    assert first.context["lines"][0].pk == line.pk
    assert (len(first.context["lines"]), len(second.context["lines"])) == (2, 1)


def test_a_worker_at_it_is_followed_and_then_the_page_comes_anew(
    author: Person, now: datetime, login: Any
) -> None:
    regrade = make_regrade(author, now, status=RegradeStatus.TRYING)
    client = login(author)
    page = text(client, address(regrade))
    assert '<meta http-equiv="refresh" content="5">' in page
    part = client.get(address(regrade), headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "<progress" in part.content.decode()
    Regrade.objects.update(status=RegradeStatus.TRIED)
    assert client.get(address(regrade), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_whoever_drafted_it_is_offered_no_approval(
    author: Person, approver: Person, now: datetime, login: Any
) -> None:
    regrade = make_regrade(author, now, status=RegradeStatus.PROPOSED)
    assert 'value="approve"' in text(login(approver), address(regrade))
    own = text(login(author), address(regrade))
    assert 'value="approve"' not in own
    assert 'value="withdraw"' in own
    assert 'value="withdraw"' not in text(login(approver), address(regrade))


def test_who_may_not_approve_reads_why(author: Person, now: datetime, login: Any) -> None:
    regrade = make_regrade(author, now, status=RegradeStatus.PROPOSED)
    elsewhere = make_person(roles=(Role.ADMINISTRATOR,), organisation=make_organisation("XX"))
    page = text(login(elsewhere), address(regrade))
    assert 'value="approve"' not in page
    assert "不在您的管理范围内" in page


def test_people_told_are_counted_and_not_their_papers(author: Person, now: datetime) -> None:
    version = make_exam(types=("single", "true_false"))
    person = make_person()
    for _sitting in range(2):
        make_sat("o1", now=now, person=person)
    done = make_done(version, VOID[0], now=now)
    totals = totals_of(done)
    assert (totals.changed, totals.told) == (2, 1)


def test_flips_without_a_decision_are_explained(author: Person, now: datetime, login: Any) -> None:
    regrade = make_regrade(author, now)
    said = "认证方案按各自要求的得分率"
    assert said in text(login(author), address(regrade))
    regrade.lines.update(flips=False)
    assert said not in text(login(author), address(regrade))


def test_reason_is_written_without_question_numbers(author: Person, login: Any) -> None:
    page = text(login(author), f"/admin/regrades/begin/{make_exam().pk}/")
    assert "请勿写题号" in page


def test_unknown_steps_are_not_found(author: Person, now: datetime, login: Any) -> None:
    regrade = make_regrade(author, now)
    assert login(author).post(address(regrade), {"action": "delete"}).status_code == 404
    assert login(author).post(address(regrade)).status_code == 404


# From a wrong key to new results


def begin(client: Client, version: ExamVersion, **fields: str) -> Any:
    said = {"reason": "第 1 题答案录错，应为丙。", **fields}
    return client.post(f"/admin/regrades/begin/{version.pk}/", said)


def tried(client: Client, version: ExamVersion, now: datetime, **fields: str) -> Regrade:
    """Begun in the admin; a worker has been at it."""
    assert begin(client, version, **fields).status_code == 302
    return advance_regrade(regrade=Regrade.objects.latest("proposed_at"), clock=lambda: now)


def press(client: Client, regrade: Regrade, action: str, **fields: str) -> str:
    """What the page says after a button."""
    page = client.post(address(regrade), {"action": action, **fields}, follow=True)
    assert page.status_code == 200
    regrade.refresh_from_db()
    return str(page.content.decode())


def two_papers(now: datetime) -> list[Person]:
    """One candidate took what counted as right, the other what should have; each needs it to pass."""
    make_exam(types=("single", "true_false"), pass_percent=100)
    people = [make_person(f"考生{name}", organisation=here()) for name in "甲乙"]
    for person, option in zip(people, ("o2", "o3"), strict=True):
        attempt = make_attempt(person, now=now, answered=True)
        save(attempt, 1, [option], sequence=9, now=now)
        submit_attempt(attempt_id=attempt.pk, by=person, now=now)
    return people


def test_a_wrong_key_is_tried_approved_and_told(
    author: Person, approver: Person, now: datetime, login: Any
) -> None:
    first, second = two_papers(now)
    version, newer = ExamVersion.objects.get(), correct_key()
    client = login(author)
    regrade = tried(client, version, now, **{"what-1": f"key:{newer.pk}"})
    assert regrade.changes == [{"kind": "key", "item": 1, "question_version": newer.pk}]
    page = client.get(address(regrade))
    assert [(each.before, each.after) for each in page.context["changes"]] == [("B 乙", "C 丙")]
    assert sorted(line.flips for line in page.context["lines"]) == ["down", "up"]
    assert "等第二个人审批" in press(client, regrade, "propose")
    said = press(login(approver), regrade, "approve", tried_on=regrade.tried_on)
    assert "正在重新计算成绩" in said
    regrade = advance_regrade(regrade=regrade, clock=lambda: now)
    assert regrade.status == RegradeStatus.DONE
    done = client.get(address(regrade, "?show=all"))
    assert done.context["totals"].told == 2
    assert "新旧成绩都可以查看" in done.content.decode()
    assert [change.before for change in done.context["changes"]] == ["B 乙"]
    for person in (first, second):
        line = regrade.lines.get(attempt__person=person)
        compared = client.get(address(regrade, f"papers/{line.pk}/"))
        assert [column.result.number for column in compared.context["columns"]] == [1, 2]
        assert [(row.number, row.differs) for row in compared.context["rows"]] == [(1, True), (2, False)]


@pytest.mark.parametrize(
    ("fields", "change"),
    [
        ({"what-2": "drop"}, {"kind": "void", "item": 2, "how": "drop"}),
        ({"what-2": "full"}, {"kind": "void", "item": 2, "how": "full"}),
        ({"points-1": "3.50"}, {"kind": "points", "item": 1, "points": "3.5"}),
        ({"percent": "50"}, {"kind": "pass", "percent": "50"}),
    ],
)
def test_each_kind_of_change_is_chosen(
    fields: dict[str, str], change: dict[str, Any], author: Person, now: datetime, login: Any
) -> None:
    two_papers(now)
    regrade = tried(login(author), ExamVersion.objects.get(), now, **fields)
    assert (regrade.changes, regrade.status) == ([change], RegradeStatus.TRIED)
    shown = login(author).get(address(regrade, "change/")).context["form"]
    assert {name: shown.initial[name] for name in fields} == {
        name: value.replace("3.50", "3.5") for name, value in fields.items()
    }


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"what-1": "key:999999"},
        {"what-1": "drop", "what-2": "drop"},
        {"points-1": "0"},
        {"percent": "101"},
        {"what-1": "drop", "reason": ""},
    ],
)
def test_what_cannot_be_changed_is_told_and_nothing_is_drafted(
    fields: dict[str, str], author: Person, now: datetime, login: Any
) -> None:
    two_papers(now)
    response = begin(login(author), ExamVersion.objects.get(), **fields)
    assert response.status_code == 422
    assert "ql-error" in response.content.decode() or "help-critical" in response.content.decode()
    assert not Regrade.objects.exists()


def test_the_same_sent_twice_is_one_regrade(author: Person, now: datetime, login: Any) -> None:
    two_papers(now)
    client, version = login(author), ExamVersion.objects.get()
    addresses = {begin(client, version, **{"what-1": "full"})["Location"] for _ in range(2)}
    assert (len(addresses), Regrade.objects.count()) == (1, 1)


def test_it_is_changed_and_tried_anew_by_whoever_drafted_it(
    author: Person, now: datetime, login: Any
) -> None:
    two_papers(now)
    client = login(author)
    regrade = tried(client, ExamVersion.objects.get(), now, **{"what-1": "drop"})
    said = {"what-1": "full", "reason": "题干有两种读法，全体给分。"}
    assert client.post(address(regrade, "change/"), said).status_code == 302
    regrade.refresh_from_db()
    assert (regrade.status, regrade.changes[0]["how"]) == (RegradeStatus.TRYING, "full")
    other = login(make_person(roles=(Role.AUTHOR,)))
    assert other.post(address(regrade, "change/"), said).status_code == 302
    assert other.get(address(regrade, "change/"))["Location"] == "/admin/"


def test_nobody_approves_what_they_have_not_seen(
    author: Person, approver: Person, now: datetime, login: Any
) -> None:
    two_papers(now)
    client = login(author)
    regrade = tried(client, ExamVersion.objects.get(), now, **{"what-1": "drop"})
    press(client, regrade, "propose")
    said = press(login(approver), regrade, "approve", tried_on="b" * 64)
    assert "请重新看过再决定" in said
    assert regrade.status == RegradeStatus.PROPOSED
    assert (
        client.post(address(regrade), {"action": "approve", "tried_on": regrade.tried_on}).status_code == 302
    )
    regrade.refresh_from_db()
    assert regrade.status == RegradeStatus.PROPOSED


def test_it_is_refused_with_a_reason(author: Person, approver: Person, now: datetime, login: Any) -> None:
    two_papers(now)
    client = login(author)
    regrade = tried(client, ExamVersion.objects.get(), now, **{"what-1": "drop"})
    press(client, regrade, "propose")
    empty = login(approver).post(address(regrade), {"action": "refuse", "note": ""})
    assert (empty.status_code, "请填写" in empty.content.decode()) == (422, True)
    press(login(approver), regrade, "refuse", note="先问过命题组再说。")
    assert (regrade.status, regrade.note) == (RegradeStatus.REFUSED, "先问过命题组再说。")
    assert "先问过命题组再说。" in text(client, address(regrade))


def test_it_is_withdrawn(author: Person, now: datetime, login: Any) -> None:
    two_papers(now)
    client = login(author)
    regrade = tried(client, ExamVersion.objects.get(), now, **{"what-1": "drop"})
    assert 'value="withdraw"' not in text(login(make_person(roles=(Role.AUTHOR,))), address(regrade))
    assert "没有改动任何成绩" in press(client, regrade, "withdraw")
    assert regrade.status == RegradeStatus.WITHDRAWN


# The drawing


def test_results_are_counted_in_tenths_the_last_with_its_end() -> None:
    def said(points: str, passed: bool | None = True) -> dict[str, Any]:
        return {"points": points, "max": "10", "passed": passed}

    spread = spread_of(
        [
            (said("0"), said("10")),
            (said("5.99"), said("6")),
            (said("10"), said("9.99")),
            (said("1", None), said("2")),
            (said("3"), None),
        ]
    )
    assert spread is not None
    assert [pair.before for pair in spread.pairs] == [1, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    assert [pair.after for pair in spread.pairs] == [0, 0, 0, 0, 0, 0, 1, 0, 0, 2]
    assert (spread.before_mean, spread.after_mean) == ("53.3", "86.6")
    assert [pair.after_height for pair in spread.pairs][-1] == spread.height
    assert spread_of([(None, None)]) is None


# Files


def test_the_papers_go_out_as_a_workbook_and_as_text(
    approver: Person, author: Person, now: datetime, login: Any
) -> None:
    regrade = make_regrade(author, now)
    number = regrade.lines.get(flips=True).attempt.person.account.staff_number
    client = login(approver)
    book = load_workbook(
        io.BytesIO(b"".join(client.get(address(regrade, "papers.xlsx?show=flipped"))))
    ).active
    rows = [tuple(cell.value for cell in row) for row in book.iter_rows(min_row=2)]
    handed_in = (now - timedelta(hours=2)).strftime("%Y-%m-%d %H:%M")
    assert rows == [
        (f"考生0（{number}）", handed_in, 4, 4, "已通过", 2, 4, "未通过", "通过转未通过"),
    ]
    raw = b"".join(client.get(address(regrade, "papers.csv"))).decode("utf-8-sig")
    told = list(csv.reader(io.StringIO(raw)))
    assert len(told) == 3
    assert told[1][2:8] == ["4", "4", "已通过", "2", "4", "未通过"]
    assert client.get(address(regrade, "papers.pdf")).status_code == 404


def test_a_name_never_begins_a_formula(approver: Person, author: Person, now: datetime, login: Any) -> None:
    regrade = make_regrade(author, now)
    account = regrade.lines.get(flips=True).attempt.person.account
    account.name = "=1+1"
    account.save()
    raw = b"".join(login(approver).get(address(regrade, "papers.csv"))).decode("utf-8-sig")
    assert f"'=1+1（{account.staff_number}）" in raw


# What it costs


@pytest.mark.postgres
@pytest.mark.parametrize(("path", "queries"), [("", 19), ("?show=all", 19), ("papers.csv", 9)])
@pytest.mark.parametrize("papers", [1, 3])
def test_queries_do_not_grow_with_the_papers(
    papers: int, path: str, queries: int, author: Person, now: datetime, login: Any
) -> None:
    regrade = make_regrade(author, now, papers=papers)
    client = login(author)
    client.get(address(regrade))
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address(regrade, path))
        assert b"".join(response) if response.streaming else response.status_code == 200
    assert len(asked) == queries
