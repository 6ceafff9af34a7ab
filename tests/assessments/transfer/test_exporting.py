"""Questions out of the bank: with pictures, with where they are filed, and back again as the same questions."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from assessments.bank import media
from assessments.bank.cataloguing import Filing, file_question, filing_of
from assessments.formats import FORMATS, Draft, Found
from assessments.formats.usual import at_line
from assessments.models import Medium, Question, QuestionVersion
from assessments.transfer.drafts import Bank
from assessments.transfer.exporting import export_questions, module_versions
from assessments.transfer.importing import ImportReport, import_questions
from core import private_files
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from library.clauses import store_clause
from people.models import Person, Role
from tests.assessments.making import TYPES, make_question, open_admin, picture_bytes
from tests.factories import LONG_AGO_AT, make_person
from tests.test_foreign_ids import CLAUSE

pytestmark = pytest.mark.django_db

EXPORT = "/admin/bank/export/"
CANARY = "金丝雀机密"


@pytest.fixture
def author(db: Any) -> Person:
    open_admin()
    return make_person(roles=(Role.AUTHOR,))


def with_picture(key: str, type: str = "single") -> QuestionVersion:
    medium = media.keep_medium(content=picture_bytes(), name="图.png", by=None, now=LONG_AGO_AT)
    body, answer, _right = TYPES[type]
    shown = {"stem": f"题干{key}", **body, "media": [{"file": medium.file, "alt": "楼道"}]}
    return make_question(key, type, body=shown, answer=answer)


def written(format: str) -> io.BytesIO:
    target = io.BytesIO()
    export_questions(
        versions=module_versions("测试模块"), format=format, target=target, by=None, now=LONG_AGO_AT
    )
    target.seek(0)
    return target


def read(source: io.BytesIO, format: str, **options: Any) -> ImportReport:
    return import_questions(
        source=source, format=format, bank=Bank("别处"), by=None, now=LONG_AGO_AT, **options
    )


@pytest.mark.parametrize("format", ["moodle_xml", "qti"])
def test_pictures_go_out_and_come_back_with_the_question(format: str) -> None:
    with_picture("Q1")
    before = dict(QuestionVersion.objects.values_list("question__key", "content_hash"))
    report = read(written(format), format)
    assert (report.imported, report.unchanged, report.warnings) == (0, 1, [])
    assert dict(QuestionVersion.objects.values_list("question__key", "content_hash")) == before


@pytest.mark.parametrize("format", ["moodle_xml", "qti"])
def test_pictures_of_a_strange_file_are_kept_under_their_hash(format: str) -> None:
    file = with_picture("Q1").body["media"][0]["file"]
    source = written(format)
    Medium.objects.all().delete()
    dry = read(source, format, dry_run=True)
    assert Medium.objects.count() == 0
    source.seek(0)
    assert read(source, format) == dry
    assert list(Medium.objects.values_list("file", flat=True)) == [file]
    assert media.bytes_of(file) == picture_bytes()


class OfDrafts:
    """A format that reads what it was given."""

    carries_media = True

    def __init__(self, *drafts: Draft) -> None:
        self.drafts = drafts

    def read(self, source: Any) -> Any:
        return (Found(at_line(number), draft) for number, draft in enumerate(self.drafts, start=1))


def draft(content: bytes | None, type: str = "single", **extra: Any) -> Draft:
    body, answer, _right = TYPES[type]
    body = {"stem": "题干", **body}
    if type == "hotspot":
        body["image"] = {**body["image"], "file": "图.png"}
    else:
        body["media"] = [{"file": "图.png", "alt": "楼道"}]
    return Draft(type, body, answer, files={} if content is None else {"图.png": content}, extra=extra)


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("content", [b"<svg/>", b"", None])
def test_a_refused_picture_leaves_the_question_with_a_word(
    content: bytes | None, dry_run: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FORMATS, "gift", OfDrafts(draft(content)))  # type: ignore[arg-type]
    report = read(io.BytesIO(), "gift", dry_run=dry_run)
    assert (report.imported, [line.where for line in report.warnings]) == (1, ["第 1 行"])
    assert Medium.objects.count() == 0
    if not dry_run:
        assert "media" not in QuestionVersion.objects.get().body


def test_a_hotspot_without_its_picture_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, "gift", OfDrafts(draft(b"<svg/>", "hotspot")))  # type: ignore[arg-type]
    report = read(io.BytesIO(), "gift")
    assert (report.imported, [line.where for line in report.skipped]) == (0, ["第 1 行"])


def test_a_picture_the_bank_holds_may_be_named_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    version = with_picture("Q1")
    monkeypatch.setitem(
        FORMATS,
        "gift",
        OfDrafts(Draft("single", version.body, version.answer)),  # type: ignore[arg-type]
    )
    report = read(io.BytesIO(), "gift")
    assert (report.imported, report.warnings) == (1, [])


@pytest.mark.parametrize("format", ["moodle_xml", "qti", "gift"])
def test_a_new_question_is_filed_as_its_file_says(format: str, now: datetime) -> None:
    clause = store_clause(entry=CLAUSE, by=None, now=now)
    filing = Filing("物业/表决", ("电梯", "表决"), None, date(2027, 1, 31), (clause.key,))
    file_question(question=make_question("Q1").question, filing=filing, by=None, now=now)
    source = written(format)
    Question.objects.all().update(key="Q2")  # as if the file came from another bank
    report = read(source, format)
    assert (report.imported, report.warnings) == (1, [])
    assert filing_of(Question.objects.get(key="Q1")) == filing


def test_what_cannot_be_filed_so_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    strange = Draft(
        "true_false",
        {"stem": "题干", **TYPES["true_false"][0]},
        TYPES["true_false"][1],
        category=("x" * 300,),
        tags=("好", "长" * 41),
        extra={"clauses": ["none", 3], "review_on": "soon"},
    )
    monkeypatch.setitem(FORMATS, "gift", OfDrafts(strange))  # type: ignore[arg-type]
    report = read(io.BytesIO(), "gift")
    assert (report.imported, len(report.warnings)) == (1, 4)
    question = Question.objects.get()
    assert (len(question.category), question.tags, question.review_on) == (200, ["好"], None)


# The page


def test_authors_download_what_the_filters_choose(author: Person, login: Any) -> None:
    make_question("Q1", explanation=CANARY)
    make_question("Q2", module="别的模块")
    client = login(author)
    page = client.get(EXPORT, {"module": "测试模块", "format": "gift"})
    assert (page.context["count"], page.context["report"].exported) == (1, 1)
    assert CANARY not in page.content.decode()
    assert AuditEntry.objects.filter(action="questions.exported").count() == 0
    response = client.post(f"{EXPORT}?module=测试模块&format=gift")
    content = response.getvalue().decode()
    assert ("题干Q1" in content, "题干Q2" in content, CANARY in content) == (True, False, True)
    assert response["Content-Disposition"].endswith(".gift")
    assert response["Cache-Control"].startswith("private, no-store")
    (entry,) = AuditEntry.objects.filter(action="questions.exported")
    assert (entry.actor, entry.detail) == (str(author.pk), {"questions": 1, "format": "gift"})


def test_questions_are_named_one_by_one(author: Person, login: Any) -> None:
    for key in ("Q1", "Q2", "Q3"):
        make_question(key)
    client = login(author)
    for query in ("keys=Q1,Q3", "keys=Q1&keys=Q3"):
        content = client.post(f"{EXPORT}?{query}&format=gift").getvalue().decode()
        assert [key for key in ("Q1", "Q2", "Q3") if f"题干{key}" in content] == ["Q1", "Q3"]


def test_what_was_searched_for_stays_chosen(author: Person, login: Any) -> None:
    make_question("Q1")
    make_question("Q2", body={"stem": "电梯加装", **TYPES["single"][0]})
    page = login(author).get(EXPORT, {"q": "电梯", "format": "gift"})
    assert page.context["count"] == 1
    assert '<input type="hidden" name="q" value="电梯">' in page.content.decode()


def test_losses_are_told_before_the_download(author: Person, login: Any) -> None:
    make_question("Q1", "matching")
    page = login(author).get(EXPORT, {"format": "aiken"}).content.decode()
    assert "0 道题会写进文件" in page
    assert "Q1" in page


@pytest.mark.parametrize("query", ["", "format=scorm", "keys=none&format=gift"])
def test_nothing_is_downloaded_without_a_format_or_questions(query: str, author: Person, login: Any) -> None:
    make_question("Q1")
    response = login(author).post(f"{EXPORT}?{query}")
    assert response.status_code == 302
    assert AuditEntry.objects.filter(action="questions.exported").count() == 0


def test_export_is_for_authors_only(now: datetime) -> None:
    make_question("Q1")
    with pytest.raises(NotAllowed):
        export_questions(
            versions=module_versions("测试模块"),
            format="gift",
            target=io.BytesIO(),
            by=make_person(),
            now=now,
        )


def test_an_unknown_format_is_refused(now: datetime) -> None:
    with pytest.raises(Refusal):
        export_questions(
            versions=module_versions("测试模块"), format="scorm", target=io.BytesIO(), by=None, now=now
        )


def test_a_lost_picture_is_told_and_stops_nothing(author: Person, login: Any) -> None:
    private_files.storage().delete(media.path_of(with_picture("Q1").body["media"][0]["file"]))
    client: Client = login(author)
    page = client.get(EXPORT, {"format": "qti"})
    assert [line.where for line in page.context["report"].warnings] == ["Q1"]
