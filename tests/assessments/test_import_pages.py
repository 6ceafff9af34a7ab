"""题库 · 导入 in the editor's admin: upload, preview, choice, report; each author their own, nobody else anything."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from assessments.formats import FORMATS
from assessments.items import ITEM_TYPES
from assessments.models import BankImport, ImportStatus, Question, QuestionVersion
from assessments.transfer import advancing
from assessments.transfer.examples import TEMPLATES, examples
from people.models import Person, Role
from tests.assessments.making import make_question, open_admin
from tests.factories import make_person

pytestmark = pytest.mark.django_db

START = "/admin/bank/import/"
CANARY = "金丝雀机密"
PAPER = f"""
::一::居民代表会议由谁召集？{{=居民委员会 ~街道办事处 ~业主委员会####{CANARY}}}

::二::三分之二是多数。{{T}}

::三::没有答案的一题{{~甲 ~乙}}
"""


@pytest.fixture
def author(db: Any) -> Person:
    open_admin()
    return make_person(roles=(Role.AUTHOR,))


@pytest.fixture
def client(author: Person, login: Any) -> Client:
    return login(author)


def upload(client: Client, content: str | bytes = PAPER, name: str = "卷子.gift", **fields: Any) -> Any:
    content = content.encode() if isinstance(content, str) else content
    data = {
        "file": SimpleUploadedFile(name, content),
        "module": "试卷",
        "leaf": "LAW",
        "format": "",
        **fields,
    }
    return client.post(START, data)


def uploaded(client: Client, **options: Any) -> BankImport:
    """An import that was read."""
    response = upload(client, **options)
    assert response.status_code == 302
    staged = BankImport.objects.get(pk=response["Location"].rstrip("/").rsplit("/", 1)[1])
    return advancing.advance(staged=staged)


def address(staged: BankImport, name: str = "bank_import_detail") -> str:
    return reverse(name, args=[staged.pk])


def post(client: Client, staged: BankImport, action: str = "choose", **fields: Any) -> Any:
    return client.post(address(staged), {"action": action, **fields})


def test_a_file_is_uploaded_looked_at_and_taken(client: Client) -> None:
    staged = uploaded(client)
    page = client.get(address(staged)).content.decode()
    for text in (
        "居民代表会议由谁召集？",
        "<span>A</span>居民委员会",
        CANARY,
        "没有标出正确选项。",
        "第 2 行",
        "GIFT",
    ):
        assert text in page
    assert Question.objects.count() == 0
    post(client, staged, "take", shown=[1, 2], chosen=[1, 2])
    advancing.advance(staged=staged)
    done = client.get(address(staged)).content.decode()
    assert "2 道已作为草稿入库" in done
    assert all(
        reverse("bank:inspect", args=[pk]) in done for pk in Question.objects.values_list("pk", flat=True)
    )


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("a.txt", "1. 甲\nA. 一\nB. 二\n答案：A\n", "text_zh"),
        ("a.txt", "甲\nA. 一\nB. 二\nANSWER: A\n", "aiken"),
        ("a.txt", "::甲::谁？{=一 ~二}\n", "gift"),
        ("a.xml", '<?xml version="1.0"?><quiz></quiz>', "moodle_xml"),
        ("a.xml", '<assessmentItem xmlns="x"/>', "qti"),
        ("a.json", '[{"model": "quiz.quiz", "fields": {}}]', "django_quiz"),
        ("a.bin", b"\xff\x00", "text_zh"),
        ("a.zip", b"PK broken", "qti"),
    ],
)
def test_format_is_found_out_and_shown(name: str, content: str | bytes, format: str, client: Client) -> None:
    response = upload(client, content, name)
    assert BankImport.objects.get().format == format
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"aiken", "text_zh"}))
def test_format_is_found_out_whatever_the_file_is_called(format: str, client: Client) -> None:
    target = io.BytesIO()
    FORMATS[format].write(examples()[:3], target)
    upload(client, target.getvalue(), "file")
    assert BankImport.objects.get().format == format


def test_format_chosen_by_hand_is_not_second_guessed(client: Client) -> None:
    upload(client, format="aiken")
    assert BankImport.objects.get().format == "aiken"


def test_the_same_file_is_read_in_another_format(client: Client) -> None:
    staged = uploaded(client, format="aiken")
    response = post(client, staged, "reread", format="gift")
    again = BankImport.objects.get()
    assert (response["Location"], again.format) == (address(again), "gift")
    assert client.get(address(staged)).status_code == 404


def test_a_pasted_text_is_read_like_a_file(client: Client) -> None:
    data = {"text": "1. 甲\nA. 一\nB. 二\n答案：A\n", "module": "试卷", "leaf": "LAW", "format": ""}
    client.post(START, data)
    staged = advancing.advance(staged=BankImport.objects.get())
    assert (staged.name, staged.format, staged.read_count) == ("粘贴的文字", "text_zh", 1)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"file": ""}, "请选择文件"),
        ({"text": "1. 甲"}, "只留一样"),
        ({"module": ""}, "这一项要填"),
        ({"leaf": "XYZ"}, "选择"),
        ({"file": SimpleUploadedFile("a.txt", b" ")}, "空的"),
    ],
)
def test_a_form_that_cannot_be_used_says_why(fields: dict[str, Any], sentence: str, client: Client) -> None:
    response = upload(client, **fields)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert BankImport.objects.count() == 0


def test_choice_of_a_page_is_kept_when_it_is_turned(client: Client) -> None:
    text = "\n\n".join(f"第 {number} 题 {{T}}" for number in range(1, 31))
    staged = uploaded(client, content=text)
    response = post(client, staged, shown=range(1, 21), chosen=[1, 2], to="fate=new&page=2")
    assert response["Location"] == f"{address(staged)}?fate=new&page=2"
    assert "第 2 页，共 2 页" in client.get(response["Location"]).content.decode()
    assert staged.lines.filter(chosen=True).count() == 12
    assert post(client, staged, "none", here="fate=&page=2")["Location"].endswith("?page=2")
    assert staged.lines.filter(chosen=True).count() == 0
    post(client, staged, "all")
    assert staged.lines.filter(chosen=True).count() == 30


def test_where_a_button_leads_is_not_for_the_visitor_to_say(client: Client) -> None:
    staged = uploaded(client)
    for to in ("//example.org", "fate=x&page=y", "next=//example.org&page=1", "a" * 500):
        assert post(client, staged, to=to)["Location"].split("?")[0] == address(staged)


@pytest.mark.parametrize(
    ("fate", "numbers"), [("new", [1, 2]), ("skipped", [3]), ("same", []), ("warned", []), ("", [1, 2, 3])]
)
def test_preview_shows_one_fate(fate: str, numbers: list[int], client: Client) -> None:
    staged = uploaded(client)
    page = client.get(address(staged) + f"?fate={fate}")
    assert [each.line.number for each in page.context["drawn"]] == numbers


def test_near_duplicates_are_told_with_a_link(client: Client) -> None:
    stem = "小区加装电梯时，参与表决的专有部分面积与人数占比应当达到多少？"
    body = {"stem": stem, "options": [{"id": "o1", "text": "三分之二"}, {"id": "o2", "text": "二分之一"}]}
    question = make_question("Q1", body=body, answer={"rule": "exact", "correct": "o1"}).question
    staged = uploaded(client, content=stem + "{=三分之二 ~四分之一}")
    page = client.get(address(staged) + "?fate=warned").content.decode()
    assert "与题库中的题目相近" in page
    assert reverse("bank:inspect", args=[question.pk]) in page


def test_a_double_click_takes_once(client: Client) -> None:
    staged = uploaded(client)
    for _click in range(2):
        assert post(client, staged, "take", shown=[1, 2], chosen=[1])["Location"] == address(staged)
    advancing.advance(staged=staged)
    post(client, staged, "take", shown=[1, 2], chosen=[2])
    advancing.advance(staged=staged)
    assert QuestionVersion.objects.count() == 1


def test_taking_nothing_is_refused_with_a_sentence(client: Client) -> None:
    staged = uploaded(client)
    response = client.post(address(staged), {"action": "take", "shown": [1, 2]}, follow=True)
    assert "请至少选一道题" in response.content.decode()
    staged.refresh_from_db()
    assert staged.status == ImportStatus.READ


def test_progress_is_shown_and_tells_htmx_when_it_is_over(client: Client) -> None:
    staged = BankImport.objects.get(pk=upload(client)["Location"].rstrip("/").rsplit("/", 1)[1])
    page = client.get(address(staged)).content.decode()
    assert "正在读取文件，已读 0 道题" in page
    assert 'hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    part = client.get(address(staged), headers={"HX-Request": "true"})
    assert part.templates[0].name == "assessments/admin/import_progress_part.html"
    advancing.advance(staged=staged)
    over = client.get(address(staged), headers={"HX-Request": "true"})
    assert (over["HX-Refresh"], over.content) == ("true", b"")


def test_a_refused_file_says_why_and_what_to_do(client: Client) -> None:
    staged = uploaded(client, content=b"PK\x03\x04 broken", name="a.xlsx", format="xlsx")
    page = client.get(address(staged)).content.decode()
    assert staged.problem in page
    assert "按这个格式重新读取" in page


def test_cancelling_leaves_nothing(client: Client) -> None:
    staged = uploaded(client)
    assert post(client, staged, "forget")["Location"] == START
    assert BankImport.objects.count() == 0
    assert client.get(address(staged)).status_code == 404


def test_report_is_a_workbook_without_formulas(client: Client) -> None:
    """Row 32."""
    staged = uploaded(client, content="::a::\\=1+1 是多少？{=二 ~三}\n\n::b::+CMD|x{T}\n\n::c::@x{~甲}\n")
    post(client, staged, "take", shown=[1, 2], chosen=[1])
    advancing.advance(staged=staged)
    response = client.get(address(staged, "bank_import_report"))
    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [(row[3], row[4]) for row in rows] == [
        ("=1+1 是多少？", "新题"),
        ("+CMD|x", "未选"),
        (None, "不能导入"),
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}


@pytest.mark.parametrize("format", TEMPLATES)
def test_templates_are_read_back_without_a_word(format: str, client: Client) -> None:
    response = client.get(reverse("bank_import_template", args=[format]))
    found = list(FORMATS[format].read(io.BytesIO(response.getvalue())))
    assert [(one.reason, one.warnings) for one in found] == [(None, ())] * len(examples())


def test_examples_have_every_type_that_needs_no_picture() -> None:
    assert sorted(each.type for each in examples()) == sorted(set(ITEM_TYPES) - {"hotspot"})


def test_a_template_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get(reverse("bank_import_template", args=["gift"])).status_code == 404


# Who may


def addresses(staged: BankImport) -> list[str]:
    return [
        START,
        address(staged),
        address(staged, "bank_import_report"),
        reverse("bank_import_template", args=["xlsx"]),
        reverse("bank_export"),
    ]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.EXAMINER, Role.ISSUER, None])
def test_nobody_but_authors_finds_any_of_it(role: Role | None, client: Client, login: Any) -> None:
    staged = uploaded(client)
    other = login(make_person(roles=(role,) if role else ()))
    for url in addresses(staged):
        for response in (other.get(url), other.post(url, {"action": "forget"})):
            assert response.status_code in (302, 404, 405)
            assert CANARY not in response.content.decode()
    assert BankImport.objects.count() == 1


def test_another_authors_import_is_not_found(client: Client, login: Any) -> None:
    """Row 21."""
    staged, other = uploaded(client), login(make_person(roles=(Role.AUTHOR,)))
    assert other.get(address(staged)).status_code == 404
    assert other.get(address(staged, "bank_import_report")).status_code == 404
    for action in ("choose", "all", "none", "take", "reread", "forget"):
        assert post(other, staged, action, format="gift").status_code == 404
    assert staged.name not in other.get(START).content.decode()


def test_an_unknown_action_is_not_found(client: Client) -> None:
    staged = uploaded(client)
    for action in ("lines", "keep_choice", "", "__class__"):
        assert post(client, staged, action).status_code == 404


def test_preview_takes_as_many_queries_at_thirty_lines_as_at_ten(client: Client) -> None:
    counts = []
    for size in (10, 30):
        text = "\n\n".join(f"第 {size}-{number} 题 {{T}}" for number in range(size))
        url = address(uploaded(client, content=text))
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]
