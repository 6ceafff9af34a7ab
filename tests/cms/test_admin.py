"""The editor's admin as each role meets it: the menu, what the workbench says, whose it is, how it looks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.bank.cataloguing import Filing, file_question
from assessments.bank.errata import report_erratum
from assessments.models import ErratumKind
from certificates.models import CertificateBatch
from certificates.names import ask_confirmation, dispute_name
from cms.permissions import ensure_groups
from cms.tree import ensure_home
from core.hashing import content_hash
from courses.models import CourseIndexPage
from library.clauses import ClauseEntry, store_clause
from library.models import PolicyLevel
from people.models import Account, Person, Role
from simulations.models import ScenarioDraft
from tests.assessments.making import make_exam, make_question, make_submitted
from tests.certificates.making import NOW, make_batch, make_eligible, make_issuer, make_scheme
from tests.courses.factories import make_course
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
Login = Callable[[Any], Client]
ROLES: dict[str, tuple[Role, ...]] = {
    "author": (Role.AUTHOR,),
    "administrator": (Role.ADMINISTRATOR, Role.ISSUER),
    "issuer": (Role.ISSUER,),
    "examiner": (Role.EXAMINER,),
    "author and examiner": (Role.AUTHOR, Role.EXAMINER),
    "everything": tuple(Role),
}
MENUS = {
    "author": [
        "工作台",
        "课程与页面",
        "题库",
        "考试草稿",
        "考试分析",
        "题目报错",
        "重判",
        "1+N 认证方案",
        "推演",
        "政策库",
        "图片与文档",
        "改动与报告",
        "回到站点",
    ],
    "administrator": [
        "工作台",
        "人员",
        "师徒结对",
        "考试场次",
        "考试分析",
        "重判",
        "1+N 认证方案",
        "学时与证书登记",
        "证书批次",
        "阅卷进度",
        "成绩导入",
        "安戈夫定分",
        "教学内容",
        "改动与报告",
        "回到站点",
    ],
    "issuer": ["工作台", "人员", "证书批次", "回到站点"],
    "examiner": ["工作台", "阅卷", "成绩导入", "安戈夫定分", "回到站点"],
    "author and examiner": [
        "工作台",
        "阅卷",
        "成绩导入",
        "安戈夫定分",
        "课程与页面",
        "题库",
        "考试草稿",
        "考试分析",
        "题目报错",
        "重判",
        "1+N 认证方案",
        "推演",
        "政策库",
        "图片与文档",
        "改动与报告",
        "回到站点",
    ],
    "everything": [
        "工作台",
        "人员",
        "师徒结对",
        "考试场次",
        "考试分析",
        "重判",
        "1+N 认证方案",
        "学时与证书登记",
        "证书批次",
        "阅卷",
        "成绩导入",
        "安戈夫定分",
        "教学内容",
        "题目报错",
        "改动与报告",
        "回到站点",
    ],
}


@pytest.fixture(autouse=True)
def _site(db: Any) -> None:
    """The page tree with the rights of each role, as the demo and every installation have it."""
    home = ensure_home()
    ensure_groups(home)
    home.add_child(instance=CourseIndexPage(title="课程", slug="courses"))


def make_staff(who: str) -> Person:
    """Somebody with these roles over the whole district."""
    return make_person(organisation=make_organisation("QH"), roles=ROLES[who])


def workbench(client: Client) -> str:
    """The text of the start page."""
    return client.get("/admin/").content.decode()


def menu_of(page: str) -> list[dict[str, Any]]:
    """The entries of the side menu, with those inside groups under `inside`."""
    script = re.search(r'<script id="wagtail-sidebar-props"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert script
    modules = json.loads(script[1])["modules"]
    menu = next(one for one in modules if one["_type"] == "wagtail.sidebar.MainMenuModule")
    return [
        {**entry["_args"][0], "inside": [one["_args"][0] for one in (entry["_args"][1:2] or [[]])[0]]}
        for entry in menu["_args"][0]
    ]


# The menu


@pytest.mark.parametrize("who", ROLES)
def test_menu_names_the_tasks_of_a_role(who: str, login: Login) -> None:
    assert [entry["label"] for entry in menu_of(workbench(login(make_staff(who))))] == MENUS[who]


@pytest.mark.parametrize("who", ROLES)
def test_every_entry_of_the_menu_opens(who: str, login: Login) -> None:
    """No refusal, and no way round to the start page."""
    client = login(make_staff(who))
    entries = menu_of(workbench(client))
    links = [entry["url"] for entry in entries if not entry["inside"]]
    links += [one["url"] for entry in entries for one in entry["inside"]]
    assert [(link, client.get(link).status_code) for link in links] == [
        (link, 302 if link == "/admin/pages/" else 200) for link in links
    ]


def test_all_pages_begin_where_the_editor_may_look(login: Login) -> None:
    response = login(make_staff("author")).get("/admin/pages/", follow=True)
    assert response.redirect_chain == [(reverse("wagtailadmin_explore", args=[ensure_home().pk]), 302)]


def test_who_runs_the_installation_finds_wagtails_settings(login: Login) -> None:
    account = Account.objects.create_superuser("0000-0001", "correct horse", name="运维")
    client = login(account)
    entries = menu_of(workbench(client))
    assert [entry["label"] for entry in entries][-1] == "设置"
    links = [one["url"] for entry in entries for one in entry["inside"]]
    assert {client.get(link).status_code for link in links} == {200}


# The workbench


def fill_author(number: int) -> None:
    """This many courses, rehearsals, clauses, questions, reports on them and repealed bases that wait."""
    for each in range(1, number + 1):
        make_course(f"course-{each}", title=f"课程{each}", lessons=2)
        text = f'{{"id": "S{each}"}}'
        ScenarioDraft.objects.create(
            key=f"S{each}", title=f"推演{each}", document=text, content_hash=content_hash(text), stored_at=NOW
        )
        question = make_question(f"Q{each}", as_of="民法典第278条")
        report_erratum(
            version=question,
            reporter=make_person(),
            kind=ErratumKind.UNCLEAR,
            text=f"第{each}题说得不清楚",
            now=NOW,
        )
        clause = ClauseEntry(
            key=f"rule-{each}",
            level=PolicyLevel.CENTRAL,
            title=f"条文{each}",
            text="先看参与，再看同意。",
            citation="《民法典》第二百七十八条",
            note="教学示例。",
            as_of=(NOW - timedelta(days=400)).date(),
            review_by=(NOW - timedelta(days=each)).date(),
        )
        store_clause(entry=clause, by=None, now=NOW)
        old = replace(clause, key=f"old-{each}", citation=f"旧办法{each}", repealed_on=NOW.date())
        store_clause(entry=old, by=None, now=NOW)
        resting = make_question(f"R{each}").question
        file_question(question=resting, filing=Filing(clauses=(old.key,)), by=None, now=NOW)


def fill_administrator(number: int, proposer: Person) -> list[CertificateBatch]:
    """This many batches that wait for a second person, and as many names that are not written right."""
    make_issuer()
    batches = []
    for each in range(1, number + 1):
        scheme = make_scheme(key=f"scheme-{each}", title=f"方案{each}")
        person = make_eligible(f"许知{'一二三'[each - 1]}", scheme=scheme)
        pair = (proposer, proposer)
        batches.append(make_batch([person], scheme=scheme, pair=pair, title=f"批次{each}"))
        asked = ask_confirmation(
            person=make_person(f"王晓{'一二三'[each - 1]}"), scheme_key=scheme.key, by=proposer, now=NOW
        )
        dispute_name(confirmation=asked, correction="王小一", by=asked.person, now=NOW)
    return batches


def test_author_sees_what_waits_and_where_to_settle_it(login: Login) -> None:
    client = login(make_staff("author"))
    fill_author(1)
    page = workbench(client)
    assert "有 6 件事等你处理。" in page
    for words in (
        "课程1",
        "还没有定版，学员看不到",
        "推演1",
        "条文1",
        "已过期 1 天",
        "Q1",
        "民法典第278条",
        "R1",
        "旧办法1",
    ):
        assert words in page
    links = re.findall(r'<a class="button button-small[^"]*" href="([^"]+)"', page)
    assert [client.get(link).status_code for link in links] == [200] * 6
    assert "从草稿到学员，三步" in page


def test_author_without_tasks_is_told_what_would_bring_one(login: Login) -> None:
    page = workbench(login(make_staff("author")))
    assert "眼下没有等你处理的事。" in page
    assert page.count("<dd>") == 6
    assert "改了课时并发布，这里会提醒你定版。" in page


def test_administrator_sees_batches_and_names(login: Login) -> None:
    approver, proposer = make_staff("administrator"), make_staff("administrator")
    fill_administrator(1, proposer)
    page = workbench(login(approver))
    for words in ("批次1", "“王晓一”应写作“王小一”", "更正账号里的姓名"):
        assert words in page
    assert "批次1" not in workbench(login(proposer))


def test_administrator_elsewhere_sees_nothing_of_it(login: Login) -> None:
    fill_administrator(1, make_staff("administrator"))
    street = make_organisation("QH-09", make_organisation("QH"))
    page = workbench(login(make_person(organisation=street, roles=ROLES["administrator"])))
    assert ("批次1" in page, "王晓一" in page) == (False, False)
    assert "眼下没有等你处理的事。" in page


def test_examiner_sees_answers_without_names(login: Login) -> None:
    examiner = make_staff("examiner")
    make_exam("essay", types=("short_answer",))
    candidate = make_person("许知秋", organisation=make_organisation("QH"))
    make_submitted(candidate, "essay", now=NOW - timedelta(days=1))
    page = workbench(login(examiner))
    assert ("等你评阅的答案" in page, "许知秋" in page) == (True, False)


def test_tasks_of_other_roles_do_not_show(login: Login) -> None:
    fill_author(1)
    page = workbench(login(make_staff("examiner")))
    assert ("课程1" in page, "条文1" in page, "Q1" in page) == (False, False, False)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("who", "queries"), [("author", 15), ("administrator", 14)])
def test_workbench_asks_as_much_for_three_things_as_for_one(
    who: str, queries: int, number: int, login: Login
) -> None:
    """Session, account, rights (2), duties, whose deputy one is, what the search may look in (2), and one or two for
    each panel."""
    client = login(make_staff(who))
    if who == "author":
        fill_author(number)
    else:
        fill_administrator(number, make_staff("administrator"))
    page = workbench(client)
    assert page.count('class="ql-count">' + str(number)) == (6 if who == "author" else 2)
    with CaptureQueriesContext(connection) as asked:
        workbench(client)
    assert len(asked) == queries


# How it looks


def test_admin_bears_our_name_and_asks_nobody_outside(login: Login) -> None:
    page = workbench(login(make_staff("author")))
    assert "<title>" in page
    assert "青蓝管理后台</title>" in page
    assert "/static/img/favicon.svg" in page
    assert "ql-brand" in page
    outside = [
        url for url in re.findall(r'(?:src|href)="(https?:[^"]+)"', page) if "enable-javascript" not in url
    ]
    assert outside == []
    words = re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert "Wagtail" not in words


@pytest.mark.parametrize(("theme", "marked"), [("", "w-theme-system"), ("dark", "w-theme-dark")])
def test_admin_follows_the_readers_light(theme: str, marked: str, login: Login) -> None:
    person = make_staff("author")
    Account.objects.filter(person=person).update(theme=theme, text_size="large")
    page = workbench(login(Account.objects.get(person=person)))
    assert (marked in page, "admin-large.css" in page) == (True, True)


def test_admin_speaks_the_language_the_reader_chose(login: Login) -> None:
    client = login(make_staff("author"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert next(entry["label"] for entry in menu_of(workbench(client))) == "Workbench"


def test_account_page_is_the_sites_own(login: Login) -> None:
    response = login(make_staff("author")).get("/admin/account/")
    assert (response.status_code, response["Location"]) == (302, reverse("me"))


def test_lost_address_says_so_in_the_house_style(login: Login) -> None:
    response = login(make_staff("author")).get("/admin/nowhere/")
    page = response.content.decode()
    assert response.status_code == 404
    assert ("这里没有内容" in page, "logo" in page) == (True, False)


@pytest.mark.parametrize("address", ["/admin/", "/admin/courses/", "/admin/bank/"])
def test_visitor_is_sent_to_the_sites_own_door(address: str, client: Client) -> None:
    response = client.get(address, follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))


@pytest.mark.parametrize("address", ["/admin/", "/admin/courses/", "/admin/bank/"])
def test_learner_is_turned_away(address: str, login: Login) -> None:
    assert login(make_person()).get(address, follow=True).status_code == 403


# Finding things


def test_words_in_the_middle_of_a_chinese_title_are_found(login: Login) -> None:
    make_course("ledger", title="数据分析：一张台账说清一件事")
    client = login(make_staff("author"))
    for address in ("/admin/pages/search/", "/admin/courses/"):
        assert "一张台账说清" in client.get(address, {"q": "台账"}).content.decode()
        assert "一张台账说清" not in client.get(address, {"q": "电梯"}).content.decode()


def test_question_is_found_by_its_stem_and_narrowed_by_type_and_module(login: Login) -> None:
    for key, words in (("Q1", "独居老人"), ("Q2", "电动车")):
        item = {"options": [{"id": "o1", "text": "甲"}, {"id": "o2", "text": "乙"}], "stem": words}
        make_question(key, body=item, explanation="金丝雀机密")
    client = login(make_staff("author"))
    for query, found in (
        ({"q": "老人"}, (True, False)),
        ({"q": "金丝雀"}, (False, False)),
        ({"type": "single"}, (True, True)),
        ({"type": "multiple"}, (False, False)),
        ({"module": "测试模块"}, (True, True)),
    ):
        page = client.get("/admin/bank/results/", query).content.decode()
        assert ("独居老人" in page, "电动车" in page) == found, query


def test_course_list_says_what_is_next(login: Login) -> None:
    course = make_course("lift", lessons=2)
    page = login(make_staff("author")).get("/admin/courses/").content.decode()
    for words in ("加装电梯", "2 课", "还没有定版，学员看不到", f"/admin/courses/{course.pk}/release/"):
        assert words in page
