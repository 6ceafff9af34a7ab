"""An author makes an exam in the admin: begins it, writes its sections and settings, looks at the proof, releases."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.admin.exam_charts import chart_of
from assessments.admin.exam_sections import FIXED, POOL, SELECT, stored_sections, with_command
from assessments.blueprints import Blueprint, Proof, Tolerance
from assessments.blueprints.spread import spread_of
from assessments.exams.drafts import begin_exam_draft, change_exam_draft, store_exam_draft
from assessments.models import ExamDraft, ExamVersion, Question
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Role
from tests.assessments.exams.test_drafts import filled
from tests.assessments.making import make_question, open_admin
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db: Any) -> None:
    open_admin()


@pytest.fixture
def author(admin: None, login: Any) -> Client:
    client: Client = login(make_person(roles=(Role.AUTHOR,)))
    return client


def begun(now: datetime, *sections: dict[str, Any], **fields: Any) -> ExamDraft:
    draft = begin_exam_draft(
        key="mock", title="综合测评", minutes=60, pass_percent=Decimal(60), by=None, now=now
    )
    if sections or fields:
        draft = change_exam_draft(
            draft=draft, changes={"sections": list(sections), **fields}, by=None, now=now
        )
    return draft


def drawn(count: int, **select: Any) -> dict[str, Any]:
    return {"title": "抽题", "points": 2, "count": count, "select": select}


def posted(*sections: dict[str, Any], do: str = "store") -> dict[str, Any]:
    """The section form as a browser sends it."""
    usual = {"title": "甲", "kind": SELECT, "count": 1, "points": 2, "lowest": 1, "highest": 5}
    data: dict[str, Any] = {
        "do": do,
        "section-TOTAL_FORMS": len(sections),
        "section-INITIAL_FORMS": 0,
    }
    for place, section in enumerate(sections):
        data |= {f"section-{place}-{name}": value for name, value in {**usual, **section}.items()}
    return data


def test_an_exam_comes_into_being_from_nothing_in_the_admin(author: Client) -> None:
    for number in range(6):
        make_question(f"Q{number}", difficulty=number % 5 + 1)
    sent = {"key": "mock", "title": "综合测评", "minutes": 60, "pass_percent": "60"}
    begun = author.post("/admin/exam_drafts/begin/", sent, follow=True)
    draft = ExamDraft.objects.get()
    assert begun.redirect_chain[-1][0] == f"/admin/exam_drafts/sections/{draft.pk}/"
    stored = author.post(
        f"/admin/exam_drafts/sections/{draft.pk}/", posted({"title": "单选", "count": 4}), follow=True
    )
    assert stored.redirect_chain[-1][0] == f"/admin/exam_drafts/proof/{draft.pk}/"
    page = stored.content.decode()
    for text in ("每份试卷都能排满", "4 题、8 分", "试排了 500 份试卷", "<svg", "去发布"):
        assert text in page
    assert "发布考试" in author.get(f"/admin/exam_drafts/inspect/{draft.pk}/").content.decode()
    author.post(f"/admin/exam_drafts/release/{draft.pk}/")
    version = ExamVersion.objects.get()
    assert (version.key, version.points, version.items.count()) == ("mock", 8, 6)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"key": "期末"}, "key"), ({"minutes": 0}, "minutes"), ({"pass_percent": 101}, "pass_percent")],
)
def test_a_faulty_beginning_is_told_at_its_field(changes: dict[str, Any], field: str, author: Client) -> None:
    sent = {"key": "mock", "title": "综合测评", "minutes": 60, "pass_percent": "60", **changes}
    response = author.post("/admin/exam_drafts/begin/", sent)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert not ExamDraft.objects.exists()


def test_a_key_has_one_draft(now: datetime, author: Client) -> None:
    begun(now)
    with pytest.raises(Refusal, match="已有草稿"):
        begun(now)
    sent = {"key": "mock", "title": "另一个", "minutes": 60, "pass_percent": "60"}
    response = author.post("/admin/exam_drafts/begin/", sent)
    assert list(response.context["form"].errors) == ["key"]
    assert AuditEntry.objects.filter(action="exam_draft.stored").count() == 1


def test_drafts_are_begun_by_authors(now: datetime) -> None:
    with pytest.raises(NotAllowed):
        begin_exam_draft(key="a", title="甲", minutes=5, pass_percent=Decimal(60), by=make_person(), now=now)


def test_a_draft_without_sections_says_what_is_missing(now: datetime, author: Client) -> None:
    draft = begun(now)
    page = author.get(f"/admin/exam_drafts/inspect/{draft.pk}/").content.decode()
    assert "还没有任何部分" in page
    assert "发布考试" not in page
    author.post(f"/admin/exam_drafts/release/{draft.pk}/")
    assert not ExamVersion.objects.exists()


def test_sections_are_stored_as_their_kind_says(now: datetime, author: Client) -> None:
    make_question("A")
    make_question("B")
    Question.objects.filter(key="B").update(tags=["消防"])
    draft = begun(now)
    author.post(
        f"/admin/exam_drafts/sections/{draft.pk}/",
        posted(
            {"title": "必答", "kind": FIXED, "questions": " A \n", "count": "9", "pass_percent": "50"},
            {"title": "任选", "kind": POOL, "questions": "A\nB", "points": "2.50"},
            {
                "leaves": ["DIG", "LAW"],
                "tags": ["消防"],
                "types": ["single"],
                "lowest": 2,
                "highest": 4,
                "questions": "A",
            },
        ),
    )
    draft.refresh_from_db()
    assert draft.definition["sections"] == [
        {"title": "必答", "points": "2", "pass_percent": "50", "questions": ["A"]},
        {"title": "任选", "points": "2.5", "count": 1, "questions": ["A", "B"]},
        {
            "title": "甲",
            "points": "2",
            "count": 1,
            "select": {
                "leaves": ["DIG", "LAW"],
                "tags": ["消防"],
                "types": ["single"],
                "difficulty": [2, 4],
            },
        },
    ]
    again = author.get(f"/admin/exam_drafts/sections/{draft.pk}/").context["formset"]
    assert [form["kind"].value() for form in again] == [FIXED, POOL, SELECT]
    assert again[2]["tags"].value() == ["消防"]


@pytest.mark.parametrize(
    ("section", "field"),
    [
        ({"title": ""}, "title"),
        ({"points": 0}, "points"),
        ({"count": ""}, "count"),
        ({"kind": POOL, "questions": ""}, "questions"),
        ({"kind": POOL, "questions": "A", "count": 2}, "count"),
        ({"kind": FIXED, "questions": "A\nGONE"}, "questions"),
        ({"kind": FIXED, "questions": "A\nA"}, "questions"),
        ({"lowest": 4, "highest": 2}, "highest"),
        ({"leaves": ["XXX"]}, "leaves"),
        ({"pass_percent": 101}, "pass_percent"),
    ],
)
def test_a_faulty_section_is_told_at_its_field_and_nothing_is_stored(
    section: dict[str, Any], field: str, now: datetime, author: Client
) -> None:
    make_question("A")
    draft = begun(now)
    response = author.post(f"/admin/exam_drafts/sections/{draft.pk}/", posted(section))
    assert response.status_code == 422
    assert [list(form.errors) for form in response.context["formset"]] == [[field]]
    assert ExamDraft.objects.get().definition["sections"] == []


def test_the_same_question_in_two_fixed_sections_is_told(now: datetime, author: Client) -> None:
    make_question("A")
    draft = begun(now)
    fixed = {"kind": FIXED, "questions": "A"}
    response = author.post(f"/admin/exam_drafts/sections/{draft.pk}/", posted(fixed, fixed))
    assert response.status_code == 422
    assert "sections[1].questions" in response.content.decode()


@pytest.mark.parametrize(
    ("command", "titles"),
    [
        ("more", ["一", "二", "三", None]),
        ("drop:0", ["二", "三"]),
        ("up:2", ["一", "三", "二"]),
        ("down:0", ["二", "一", "三"]),
        ("up:0", ["一", "二", "三"]),
        ("down:9", ["一", "二", "三"]),
        ("drop:x", ["一", "二", "三"]),
    ],
)
def test_buttons_move_sections_and_lose_nothing_that_was_typed(
    command: str, titles: list[str | None], now: datetime, author: Client
) -> None:
    draft = begun(now)
    typed = [{"title": title, "points": "wrong", "leaves": ["DIG"]} for title in "一二三"]
    page = author.post(f"/admin/exam_drafts/sections/{draft.pk}/", posted(*typed, do=command))
    formset = page.context["formset"]
    assert [form["title"].value() for form in formset] == titles
    kept = [form for form in formset if form["title"].value()]
    assert {(form["points"].value(), *form["leaves"].value()) for form in kept} == {("wrong", "DIG")}
    assert with_command([], "up:0") == []


def test_what_fits_is_counted_before_anything_is_stored(now: datetime, author: Client) -> None:
    make_question("A", difficulty=1)
    make_question("B", difficulty=5)
    draft = begun(now)
    sent = posted({"lowest": 1, "highest": 2}, {}, do="count")
    page = author.post(f"/admin/exam_drafts/sections/{draft.pk}/", sent).content.decode()
    assert "适合的在用题目有 1 道。" in page
    assert "适合的在用题目有 2 道。" in page
    assert ExamDraft.objects.get().definition["sections"] == []


def test_what_is_lacking_is_counted_too(now: datetime, author: Client) -> None:
    make_question("A")
    draft = begun(now)
    sent = posted({"count": 5}, do="count")
    page = author.post(f"/admin/exam_drafts/sections/{draft.pk}/", sent).content.decode()
    assert "适合的在用题目有 1 道，还差 4 道。" in page


def test_a_draft_that_lists_its_questions_opens_as_sections_of_equal_points() -> None:
    entries = [{"key": key, "points": points} for key, points in (("A", 1), ("B", 1), ("C", 2), ("D", 1))]
    listed = stored_sections({"questions": entries})
    assert [(each["points"], each["questions"]) for each in listed] == [
        ("1", ["A", "B"]),
        ("2", ["C"]),
        ("1", ["D"]),
    ]
    (pool,) = stored_sections({"questions": entries[:2], "draw": 1})
    assert (pool["count"], pool["questions"]) == (1, ["A", "B"])


def test_storing_sections_takes_the_place_of_listed_questions(now: datetime, author: Client) -> None:
    make_question("A")
    make_question("B")
    definition = {
        "key": "mock",
        "title": "旧卷",
        "minutes": 9,
        "pass_percent": 60,
        "points": 1,
        "draw": 1,
        "questions": [{"key": key, "points": 1} for key in "AB"],
    }
    store_exam_draft(definition=definition, source="", by=None, now=now)
    draft = ExamDraft.objects.get()
    url = f"/admin/exam_drafts/sections/{draft.pk}/"
    page = author.get(url)
    assert "逐题列出" in page.content.decode()
    form = page.context["formset"][0]
    author.post(url, posted({name: form[name].value() for name in form.fields if form[name].value()}))
    draft.refresh_from_db()
    assert draft.definition.keys() == {"key", "title", "minutes", "pass_percent", "sections"}
    assert draft.definition["sections"][0]["count"] == 1


def test_the_proof_says_what_is_short_and_by_how_many(now: datetime, author: Client) -> None:
    for key in "ABC":
        make_question(key)
    draft = begun(now, drawn(2), drawn(4))
    page = author.get(f"/admin/exam_drafts/proof/{draft.pk}/").content.decode()
    assert "这样的试卷不能发布" in page
    assert "第 2 部分要 4 题，适合的只有 3 题，还差 1 题。" in page
    assert page.count("题目不够") == 2
    shown = author.get(f"/admin/exam_drafts/inspect/{draft.pk}/").content.decode()
    assert "还差 1 题" in shown
    assert "发布考试" not in shown


def test_the_proof_tells_tolerance_and_cap(now: datetime, author: Client) -> None:
    for number in range(20):
        make_question(f"Q{number:02d}", difficulty=number % 5 + 1)
    draft = begun(now, drawn(4), exposure_cap=25, difficulty_tolerance="0.4")
    page = author.get(f"/admin/exam_drafts/proof/{draft.pk}/").content.decode()
    for text in ("± 0.4", "重新抽题后，全部试卷都在", "上限是 25%。", "ql-outside"):
        assert text in page


def test_forms_say_what_is_wrong_in_plain_words(now: datetime, author: Client) -> None:
    sent = {"title": "甲", "key": "a b", "minutes": "9.5", "pass_percent": "60.555"}
    begin = author.post("/admin/exam_drafts/begin/", sent).context["form"].errors
    assert begin == {
        "key": ["只能用英文字母、数字、- 和 _，不能有空格。"],
        "minutes": ["请填整数，例如 60。"],
        "pass_percent": ["小数点后最多 2 位。"],
    }
    draft = begun(now, drawn(1))
    url = f"/admin/exam_drafts/settings/{draft.pk}/"
    wrong = {**filled(author, url), "exposure_cap": "0"}
    assert author.post(url, wrong).context["form"].errors["exposure_cap"] == ["最小是 1。"]
    sections = posted({"points": "x", "title": ""})
    formset = author.post(f"/admin/exam_drafts/sections/{draft.pk}/", sections).context["formset"]
    assert formset[0].errors == {"points": ["请填数字，例如 60 或 62.5。"], "title": ["请填写这一项。"]}


def test_the_proof_owns_up_to_a_cap_and_a_tolerance_that_are_missed(now: datetime, author: Client) -> None:
    for number in range(20):
        make_question(f"Q{number:02d}", difficulty=number % 5 + 1)
    draft = begun(now, drawn(4), exposure_cap=1, difficulty_tolerance="0.01")
    page = author.get(f"/admin/exam_drafts/proof/{draft.pk}/").content.decode()
    assert "没有守住这个上限" in page
    assert "在试排的误差之内" not in page.replace("不在试排的误差之内", "")


def test_bars_are_filled_by_the_papers_in_them() -> None:
    spread = spread_of(
        [Decimal(each) for each in ("2", "2.5", "2.5", "3")], Tolerance(Decimal("2.6"), Decimal("0.05"))
    )
    proof = Proof(Blueprint((), {}), (), before=spread)
    chart = chart_of(proof)
    assert spread.outside == 4
    assert chart is not None
    assert [(bar.papers, bar.inside, bar.above) for bar in chart.bars] == [
        (1, 0, 60),
        (2, 0, 120),
        (1, 0, 60),
    ]


def test_fixed_questions_that_wait_are_told_on_the_proof(now: datetime, author: Client) -> None:
    Question.objects.create(key="WAITS")
    draft = begun(now, {"title": "必答", "points": 1, "questions": ["WAITS"]})
    page = author.get(f"/admin/exam_drafts/proof/{draft.pk}/").content.decode()
    assert "第 1 部分要 1 题，适合的只有 0 题，还差 1 题。" in page
    assert (
        "1 道题中有 1 道还没有启用" in author.get(f"/admin/exam_drafts/inspect/{draft.pk}/").content.decode()
    )


def test_every_setting_comes_back_as_it_was_stored(now: datetime, author: Client) -> None:
    draft = begun(now, drawn(1))
    url = f"/admin/exam_drafts/settings/{draft.pk}/"
    sent = {
        **filled(author, url),
        "opens_at": "2026-12-01T09:00",
        "closes_at": "2026-12-01T18:00",
        "late_entry_minutes": "15",
        "max_attempts": "3",
        "cooldown_hours": "24",
        "grading": "average",
        "pass_view": "A@1",
        "axis_A_1_empathy": "62.5",
        "axis_B_1_policy": "99",
        "rules": "独立完成。",
        "access_code": "春江",
        "addresses": "10.1.2.0/24\n\n 10.9.0.1 \n",
        "seats_only": "on",
        "exposure_cap": "40",
        "difficulty_tolerance": "0.25",
        "feedback": "each",
        "late_answers": "refuse",
        "late_minutes": "0",
        "double_marking": "on",
        "marking_tolerance": "1.5",
        "recheck_days": "0",
        "review_closed": ["key", "answer"],
    }
    del sent["shuffle_options"], sent["anonymous_marking"]
    assert author.post(url, sent).status_code == 302
    draft.refresh_from_db()
    assert {**draft.definition, "sections": []} == {
        "key": "mock",
        "title": "综合测评",
        "minutes": 60,
        "pass_percent": "60",
        "sections": [],
        "shuffle": True,
        "shuffle_options": False,
        "anonymous_marking": False,
        "opens_at": "2026-12-01T09:00:00+08:00",
        "closes_at": "2026-12-01T18:00:00+08:00",
        "late_entry_minutes": 15,
        "max_attempts": 3,
        "cooldown_hours": 24,
        "grading": "average",
        "pass_axes": {"view": "A@1", "axes": {"empathy": "62.5"}},
        "rules": "独立完成。",
        "access_code": "春江",
        "addresses": ["10.1.2.0/24", "10.9.0.1"],
        "seats_only": True,
        "exposure_cap": "40",
        "difficulty_tolerance": "0.25",
        "feedback": "each",
        "late_answers": "refuse",
        "late_minutes": 0,
        "double_marking": True,
        "marking_tolerance": "1.5",
        "recheck_days": 0,
        "review": {
            "during": [],
            "submitted": ["answer", "mark"],
            "closed": ["answer", "key"],
        },
    }
    before = draft.definition
    assert author.post(url, {**filled(author, url), "axis_A_1_empathy": "62.5"}).status_code == 302
    draft.refresh_from_db()
    assert draft.definition == before
    page = author.get(f"/admin/exam_drafts/inspect/{draft.pk}/").content.decode()
    for text in ("2026年12月1日 09:00", "各次的平均", "共情能力 62.5%", "考试结束以后：自己的作答、正确答案"):
        assert text in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"addresses": "10.0.0.300"}, "addresses"),
        ({"opens_at": "2026-12-02T09:00", "closes_at": "2026-12-01T09:00"}, "closes_at"),
        ({"pass_view": "A@1"}, "pass_view"),
        ({"late_minutes": "1441"}, "late_minutes"),
        ({"marking_tolerance": "-1"}, "marking_tolerance"),
        ({"recheck_days": "367"}, "recheck_days"),
        ({"grading": "worst"}, "grading"),
        ({"review_during": ["name"]}, "review_during"),
    ],
)
def test_a_faulty_setting_is_told_at_its_field(
    changes: dict[str, Any], field: str, now: datetime, author: Client
) -> None:
    draft = begun(now, drawn(1))
    url = f"/admin/exam_drafts/settings/{draft.pk}/"
    response = author.post(url, {**filled(author, url), **changes})
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert ExamDraft.objects.get().definition == draft.definition


def test_a_grid_left_alone_follows_the_exam_into_practice(now: datetime, author: Client) -> None:
    draft = begun(now, drawn(1))
    url = f"/admin/exam_drafts/settings/{draft.pk}/"
    author.post(url, {**filled(author, url), "practice": "on"})
    draft.refresh_from_db()
    assert (draft.definition["practice"], "review" in draft.definition) == (True, False)
    author.post(url, {**filled(author, url), "review_submitted": ["answer"]})
    draft.refresh_from_db()
    assert draft.definition["review"]["submitted"] == ["answer"]


def test_a_draft_of_sections_offers_cap_and_tolerance_instead_of_a_draw(
    now: datetime, author: Client
) -> None:
    draft = begun(now, drawn(1))
    fields = author.get(f"/admin/exam_drafts/settings/{draft.pk}/").context["form"].fields
    assert {"exposure_cap", "difficulty_tolerance", "draw"} & fields.keys() == {
        "exposure_cap",
        "difficulty_tolerance",
    }


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"), [("inspect", 21), ("proof", 21), ("sections", 15), ("settings", 14)]
)
def test_pages_take_the_same_queries_whatever_the_sections(
    path: str, queries: int, size: int, now: datetime, author: Client
) -> None:
    for number in range(9):
        make_question(f"Q{number}")
    fixed = {"title": "必答", "points": 1, "questions": ["Q8"]}
    draft = begun(now, *[drawn(1) for _number in range(size)], fixed)
    url = f"/admin/exam_drafts/{path}/{draft.pk}/"
    author.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert author.get(url).status_code == 200
    assert len(captured) == queries


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.EXAMINER, None])
def test_nobody_else_writes_and_administrators_may_look_at_the_proof(
    role: Role | None, now: datetime, admin: None, login: Any
) -> None:
    make_question("A")
    draft = begun(now, drawn(1))
    client = login(make_person(roles=(role,) if role else ()))
    client.post("/admin/exam_drafts/begin/", {"key": "x", "title": "x", "minutes": 5, "pass_percent": 1})
    client.post(f"/admin/exam_drafts/sections/{draft.pk}/", posted({"title": "别的"}))
    assert client.get(f"/admin/exam_drafts/sections/{draft.pk}/").status_code != 200
    assert (ExamDraft.objects.count(), ExamDraft.objects.get().definition["sections"][0]["title"]) == (
        1,
        "抽题",
    )
    seen = client.get(f"/admin/exam_drafts/proof/{draft.pk}/").status_code == 200
    assert seen is (role == Role.ADMINISTRATOR)


@pytest.mark.parametrize("path", ["sections", "settings", "proof"])
def test_a_draft_that_does_not_exist_is_not_found(path: str, author: Client) -> None:
    assert author.get(f"/admin/exam_drafts/{path}/999/").status_code == 404


def test_the_list_offers_a_new_draft_to_authors_alone(admin: None, login: Any) -> None:
    for role, offered in ((Role.AUTHOR, True), (Role.ADMINISTRATOR, False)):
        page = login(make_person(roles=(role,))).get("/admin/exam_drafts/").content.decode()
        assert ("/admin/exam_drafts/begin/" in page) is offered
