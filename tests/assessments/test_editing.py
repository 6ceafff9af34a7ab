"""Writing questions in the editor's admin: one form for every type, nothing typed is lost, only authors come in."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from assessments.models import Question, QuestionVersion
from people.models import Person, Role
from tests.assessments.making import PICTURE, TYPES, make_question, open_admin
from tests.factories import make_person

pytestmark = pytest.mark.django_db

CATALOGUE = {
    "explanation": "因为乙对。",
    "module": "测试模块",
    "points": "2",
    "difficulty": "2",
    "minutes": "1",
    "leaf_DIG": "0.75",
    "leaf_LAW": "0.25",
}
SINGLE = {
    "item-stem": "哪一项正确？",
    "item-options.0.text": "甲",
    "item-options.1.text": "乙",
    "item-options.right": "1",
    "item-shuffle": "1",
    "item-rule": "exact",
}


@pytest.fixture(autouse=True)
def access(db: Any) -> None:
    open_admin()


@pytest.fixture
def author(db: Any) -> Person:
    return make_person("阿依古丽", roles=(Role.AUTHOR,))


@pytest.fixture
def writer(author: Person, login: Any) -> Client:
    found: Client = login(author)
    return found


def fields_of(client: Client, url: str) -> dict[str, Any]:
    """What a browser would post from the page as it stands."""
    page = html.fromstring(client.get(url).content.decode())
    posted: dict[str, Any] = {}
    for field in page.get_element_by_id("ql-question").iter("input", "textarea", "select"):
        kind = field.get("type", "")
        if any(each.tag == "template" for each in field.iterancestors()) or kind == "file":
            continue
        if kind in ("checkbox", "radio") and field.get("checked") is None:
            continue
        value = field.value if field.tag == "select" else field.get("value", "")
        if field.tag == "textarea":
            value = (field.text or "").removeprefix("\n").replace("\n", "\r\n")
        if kind == "checkbox" and field.get("name") == "clauses":
            posted.setdefault("clauses", []).append(value)
        else:
            posted[field.get("name")] = value
    return {name: value for name, value in posted.items() if value is not None}


def errors_of(response: Any) -> dict[str, list[str]]:
    return {place: list(texts) for place, texts in response.context["draft"].errors.items()}


def test_a_question_is_written_and_stored_as_a_draft(writer: Client, author: Person) -> None:
    response = writer.post(
        "/admin/bank/new/?type=single", {**CATALOGUE, **SINGLE, "key": "Q1", "base": "0", "do": "store"}
    )
    version = QuestionVersion.objects.get()
    assert response.headers["Location"].startswith(reverse("bank:inspect", args=[version.question_id]))
    assert (version.question.status, version.stored_by, version.number) == ("draft", author, 1)
    assert version.body == {
        "stem": "哪一项正确？",
        "options": [{"id": "o1", "text": "甲"}, {"id": "o2", "text": "乙"}],
    }
    assert version.answer == {"rule": "exact", "correct": "o2"}
    assert version.leaves == {"DIG": "0.75", "LAW": "0.25"}


@pytest.mark.parametrize("type", list(TYPES))
def test_opening_and_storing_a_question_makes_no_version(type: str, writer: Client) -> None:
    version = make_question("Q1", type)
    url = reverse("bank:edit", args=[version.question_id])
    response = writer.post(url, {**fields_of(writer, url), "do": "store"})
    assert response.status_code == 302
    assert QuestionVersion.objects.get() == version


def test_lines_come_through_the_page_as_they_were(writer: Client) -> None:
    """An indented template once gave every text in a box a few spaces."""
    body = {
        "stem": "\n第一行\n  第二行",
        "options": [{"id": "o1", "text": "甲\n乙"}, {"id": "o2", "text": "丙"}],
    }
    version = make_question("Q1", body=body, explanation="解析\n依据")
    url = reverse("bank:edit", args=[version.question_id])
    writer.post(url, {**fields_of(writer, url), "item-options.2.text": "丁", "do": "store"})
    newest = QuestionVersion.objects.order_by("-number")[0]
    assert (newest.number, newest.body["stem"], newest.explanation) == (2, body["stem"], "解析\n依据")
    assert newest.body["options"] == [*body["options"], {"id": "o3", "text": "丁"}]


def test_the_first_page_offers_every_type_that_can_be_written(writer: Client) -> None:
    page = writer.get("/admin/bank/new/")
    assert {code for code, _title in page.context["types"]} >= set(TYPES)
    assert writer.get("/admin/bank/new/?type=nothing").status_code == 404


def test_a_preview_shows_the_question_and_stores_nothing(writer: Client) -> None:
    response = writer.post("/admin/bank/new/?type=single", {**SINGLE, "do": "preview"})
    preview = response.context["preview"]
    assert "哪一项正确？" in preview["page"]
    assert "乙" in preview["right"][0]
    assert Question.objects.count() == 0


def test_what_is_wrong_stands_at_its_field_and_everything_typed_stays(writer: Client) -> None:
    data = {
        **CATALOGUE,
        **SINGLE,
        "item-options.5.text": " ",
        "item-options.right": "5",
        "key": "Q 1",
        "points": "0",
    }
    response = writer.post("/admin/bank/new/?type=single", {**data, "do": "store"})
    assert response.status_code == 422
    assert errors_of(response) == {"options.2.text": ["请填写文字。"]}
    assert set(response.context["form"].errors) == {"key", "points"}
    told = [trouble.text for trouble in response.context["troubles"]]
    assert told[0] == "选项 C · 选项内容：请填写文字。"
    page = response.content.decode()
    assert 'href="#item-options.2.text"' in page
    assert 'id="item-options.2.text"' in page
    for typed in ("哪一项正确？", "因为乙对。", "甲", "Q 1"):
        assert typed in page
    assert Question.objects.count() == 0


def test_storing_twice_makes_one_version(writer: Client) -> None:
    data = {**CATALOGUE, **SINGLE, "key": "Q1", "base": "0", "do": "store"}
    for _press in range(2):
        assert writer.post("/admin/bank/new/?type=single", data).status_code == 302
    assert QuestionVersion.objects.count() == 1


def test_a_key_that_is_taken_is_refused(writer: Client) -> None:
    make_question("Q1")
    response = writer.post(
        "/admin/bank/new/?type=single", {**CATALOGUE, **SINGLE, "key": "Q1", "base": "0", "do": "store"}
    )
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["key"]
    assert QuestionVersion.objects.count() == 1


def test_the_second_tab_is_told_of_the_newer_version_and_keeps_its_text(writer: Client) -> None:
    question = make_question("Q1").question
    url = reverse("bank:edit", args=[question.pk])
    first, second = fields_of(writer, url), fields_of(writer, url)
    writer.post(url, {**first, "item-stem": "第一个标签页", "do": "store"})
    response = writer.post(url, {**second, "item-stem": "第二个标签页", "do": "store"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "第二个标签页" in page
    assert f"/admin/bank/{question.pk}/versions/?old=1&amp;new=2" in page
    assert QuestionVersion.objects.count() == 2
    again = {
        **second,
        "item-stem": "第二个标签页",
        "base": response.context["draft"].base_number,
        "do": "store",
    }
    assert writer.post(url, again).status_code == 302
    assert list(QuestionVersion.objects.order_by("number").values_list("body__stem", flat=True)) == [
        "题干Q1",
        "第一个标签页",
        "第二个标签页",
    ]


def test_an_older_version_is_where_a_new_one_begins(writer: Client) -> None:
    question = make_question("Q1").question
    make_question("Q1", body={"stem": "改过", **TYPES["single"][0]})
    url = f"{reverse('bank:edit', args=[question.pk])}?from=1"
    response = writer.post(url, {**fields_of(writer, url), "do": "store"})
    assert response.status_code == 302
    first, _second, third = QuestionVersion.objects.order_by("number")
    assert (third.content_hash, third.number) == (first.content_hash, 3)
    assert writer.get(f"{reverse('bank:edit', args=[question.pk])}?from=9").status_code == 404


@pytest.mark.parametrize(
    ("command", "texts"),
    [
        ("up:options:1", ["乙", "甲"]),
        ("down:options:0", ["乙", "甲"]),
        ("drop:options:0", ["乙"]),
        ("up:options:0", ["甲", "乙"]),
        ("drop:options:77", ["甲", "乙"]),
        ("drop:nothing:0", ["甲", "乙"]),
        ("keep", ["甲", "乙"]),
    ],
)
def test_buttons_of_the_rows_work_without_scripts(command: str, texts: list[str], writer: Client) -> None:
    response = writer.post("/admin/bank/new/?type=single", {**SINGLE, "module": "模块", "do": command})
    rows = response.context["draft"].values["options"]
    assert [row["text"] for row in rows] == texts
    assert response.context["form"]["module"].value() == "模块"
    assert (response.status_code, response.context["troubles"]) == (200, [])


def test_more_rows_are_offered_on_demand(writer: Client) -> None:
    response = writer.post("/admin/bank/new/?type=single", {**SINGLE, "do": "more:options"})
    rows = next(field for field in response.context["fields"] if field.name == "options").rows
    assert [row.label for row in rows] == ["A", "B", "C", "D", "E"]


def test_filing_changes_without_a_new_version(writer: Client, author: Person) -> None:
    question = make_question("Q1").question
    url = reverse("bank:edit", args=[question.pk])
    data = {**fields_of(writer, url), "category": "基础/入户", "tags": "电梯\n必考", "author": str(author.pk)}
    assert writer.post(url, {**data, "do": "store"}).status_code == 302
    question.refresh_from_db()
    assert (question.category, question.tags, question.author) == ("基础/入户", ["电梯", "必考"], author)
    assert question.versions.count() == 1


def test_the_form_takes_as_many_queries_for_five_options_as_for_three(writer: Client) -> None:
    more = [{"id": f"o{number}", "text": f"第{number}项"} for number in range(1, 6)]
    short = make_question("Q1").question_id
    long = make_question("Q2", body={"stem": "五项", "options": more}).question_id
    writer.get(reverse("bank:edit", args=[short]))
    counts = []
    for pk in (short, long):
        with CaptureQueriesContext(connection) as captured:
            writer.get(reverse("bank:edit", args=[pk]))
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.EXAMINER, None])
def test_nobody_but_authors_comes_in(role: Role | None, login: Any) -> None:
    """Row 19."""
    question = make_question("Q1", explanation="金丝雀").question
    other = login(make_person(roles=(role,) if role else ()))
    for url in ("/admin/bank/new/", "/admin/bank/new/?type=single", f"/admin/bank/edit/{question.pk}/"):
        for answer in (other.get(url), other.post(url, {**SINGLE, **CATALOGUE, "key": "Q9", "do": "store"})):
            assert answer.status_code in (302, 403, 404)
            assert "金丝雀" not in answer.content.decode()
    assert Question.objects.count() == 1


def test_a_login_that_ran_out_leads_back_to_the_form(login: Any) -> None:
    question = make_question("Q1").question
    url = reverse("bank:edit", args=[question.pk])
    response = Client().post(url, {**SINGLE, "do": "store"})
    assert response.status_code == 302
    assert f"next={url}" in response.headers["Location"]


def test_pages_with_keys_are_kept_by_no_cache(writer: Client) -> None:
    question = make_question("Q1").question
    for url in (f"/admin/bank/edit/{question.pk}/", f"/admin/bank/{question.pk}/versions/"):
        assert "no-store" in writer.get(url).headers["Cache-Control"]


def test_a_picture_is_kept_at_once_and_stored_with_its_words(writer: Client) -> None:
    upload = SimpleUploadedFile("楼道.png", PICTURE, "image/png")
    page = writer.post("/admin/bank/new/?type=single", {**SINGLE, "upload-media": upload, "do": "upload"})
    (row,) = page.context["draft"].values["media"]
    assert page.context["stem"].value == "哪一项正确？"
    told = {"item-media.0.file": row["file"], "item-media.0.alt": "楼道平面图"}
    data = {**CATALOGUE, **SINGLE, **told, "key": "Q1", "base": "0", "do": "store"}
    assert writer.post("/admin/bank/new/?type=single", data).status_code == 302
    assert QuestionVersion.objects.get().body["media"] == [{"file": row["file"], "alt": "楼道平面图"}]


def test_the_picture_of_areas_brings_its_size(writer: Client) -> None:
    upload = SimpleUploadedFile("楼道.png", PICTURE, "image/png")
    page = writer.post("/admin/bank/new/?type=hotspot", {"upload-image": upload, "do": "upload"})
    (row,) = page.context["draft"].values["image"]
    assert (row["width"], row["height"]) == ("40", "30")


def test_a_file_that_is_no_picture_is_refused_by_name(writer: Client) -> None:
    upload = SimpleUploadedFile("说明.png", b"text", "image/png")
    page = writer.post("/admin/bank/new/?type=single", {**SINGLE, "upload-media": upload, "do": "upload"})
    assert list(errors_of(page)) == ["media"]
    assert "说明.png" in errors_of(page)["media"][0]
    assert page.context["draft"].values["media"] == []
