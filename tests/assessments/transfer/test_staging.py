"""A file on its way into the bank: read in portions, chosen from, taken once."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta
from typing import Any

import pytest

from assessments.bank.storing import store_question
from assessments.formats import FORMATS, Draft, Found
from assessments.formats.usual import at_line
from assessments.models import (
    BankImport,
    ExamDraft,
    ImportLine,
    ImportStatus,
    LineFate,
    PriorSitting,
    Question,
    QuestionStatus,
    QuestionVersion,
)
from assessments.models.imports import IMPORT_TRANSITIONS
from assessments.transfer import advancing, staging
from assessments.transfer.drafts import Bank
from core import private_files
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Account, Person, Role
from tests.assessments.making import TYPES, question_item
from tests.assessments.quiz_dump import DUMP, dumped
from tests.factories import make_person

pytestmark = pytest.mark.django_db

PAPER = """
::一::居民代表会议由谁召集？{=居民委员会 ~街道办事处 ~业主委员会}

::二::三分之二是多数。{T}

::三::没有答案的一题{~甲 ~乙}

::四::面积和人数各占多少？{=三分之二 =2/3}
"""


class WorkerKilledError(BaseException):
    """As if the process ended."""


@pytest.fixture
def author(db: Any) -> Person:
    return make_person(roles=(Role.AUTHOR,))


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advancing, "PORTION", 2)


def upload(author: Person, now: datetime, content: str | bytes = PAPER, format: str = "gift") -> BankImport:
    content = content.encode() if isinstance(content, str) else content
    return staging.upload_file(
        content=content, name="卷子.gift", format=format, bank=Bank("试卷", "LAW"), by=author, now=now
    )


def read(author: Person, now: datetime, **options: Any) -> BankImport:
    return advancing.advance(staged=upload(author, now, **options), clock=lambda: now)


def take(staged: BankImport, author: Person, now: datetime) -> BankImport:
    staged = staging.take_lines(staged=staged, by=author, now=now)
    return advancing.advance(staged=staged, clock=lambda: now)


def test_table_of_steps_is_total() -> None:
    assert set(IMPORT_TRANSITIONS) == set(ImportStatus)
    assert set().union(*IMPORT_TRANSITIONS.values()) == set(ImportStatus) - {ImportStatus.READING}


@pytest.mark.parametrize("before", ImportStatus)
@pytest.mark.parametrize("after", ImportStatus)
def test_import_takes_the_steps_of_the_table_and_no_others(before: ImportStatus, after: ImportStatus) -> None:
    staged = BankImport(status=before)
    if after in IMPORT_TRANSITIONS[before]:
        staged.move_to(after)
        assert staged.status == after
    else:
        with pytest.raises(ValueError, match="does not go"):
            staged.move_to(after)


def test_a_file_becomes_lines_and_nothing_of_it_is_in_the_bank_yet(author: Person, now: datetime) -> None:
    staged = read(author, now)
    assert (staged.status, staged.read_count) == (ImportStatus.READ, 4)
    lines = staged.lines.order_by("number").values_list("number", "where", "fate", "chosen", "reason")
    assert list(lines) == [
        (1, "第 2 行", "new", True, ""),
        (2, "第 4 行", "new", True, ""),
        (3, "第 6 行", "skipped", False, "没有标出正确选项。"),
        (4, "第 8 行", "new", True, ""),
    ]
    assert Question.objects.count() == 0


def test_what_is_taken_is_a_draft_by_whoever_brought_it(author: Person, now: datetime) -> None:
    staged = take(read(author, now), author, now)
    assert (staged.status, staged.taken_count, staged.finished_at) == (ImportStatus.DONE, 3, now)
    assert set(Question.objects.values_list("status", "author")) == {(QuestionStatus.DRAFT, author.pk)}
    assert set(QuestionVersion.objects.values_list("module", "stored_by")) == {("试卷", author.pk)}
    assert AuditEntry.objects.filter(action="questions.imported").count() == 2


def test_file_is_erased_once_its_questions_are_in_the_bank(
    author: Person, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    staged = read(author, now)
    assert private_files.storage().exists(staged.path)
    with django_capture_on_commit_callbacks(execute=True):
        take(staged, author, now)
    assert not private_files.storage().exists(staged.path)


def test_the_same_file_again_finds_everything_in_the_bank(author: Person, now: datetime) -> None:
    take(read(author, now), author, now)
    again = read(author, now)
    assert list(again.lines.order_by("number").values_list("fate", flat=True)) == [
        "same",
        "same",
        "skipped",
        "same",
    ]
    with pytest.raises(Refusal, match="至少选"):
        staging.take_lines(staged=again, by=author, now=now)


def test_a_changed_question_is_a_new_version_and_keeps_its_place(author: Person, now: datetime) -> None:
    from assessments.transfer.exporting import module_versions, write_questions

    store_question(item=question_item("Q1"), by=None, now=now, live=True)
    Question.objects.update(category="原来的")
    target = io.BytesIO()
    write_questions(versions=module_versions("测试模块"), format="gift", target=target)
    changed = target.getvalue().decode().replace("题干Q1", "改过的题干")
    staged = read(author, now, content=changed)
    assert list(staged.lines.values_list("fate", "key")) == [("changed", "Q1")]
    take(staged, author, now)
    question = Question.objects.get()
    assert (question.category, question.status, question.live_number) == ("原来的", "draft", 1)
    assert question.versions.get(number=2).body["stem"] == "改过的题干"


def test_one_question_twice_in_a_file_is_new_once(author: Person, now: datetime) -> None:
    """In one portion, and in two."""
    text = "甲{T}\n\n甲{T}\n\n乙{T}\n\n丙{T}\n\n甲{T}"
    staged = read(author, now, content=text)
    fates = list(staged.lines.order_by("number").values_list("fate", flat=True))
    assert fates == ["new", "same", "new", "new", "same"]
    assert take(staged, author, now).taken_count == 3
    assert QuestionVersion.objects.count() == 3


def test_only_what_was_chosen_is_taken(author: Person, now: datetime) -> None:
    staged = read(author, now)
    assert staging.choose_lines(staged=staged, shown=[1, 2, 3], chosen=[2, 3], by=author) == 2
    take(staged, author, now)
    assert set(QuestionVersion.objects.values_list("type", flat=True)) == {"true_false", "fill_in"}


def test_all_or_none_are_chosen_at_once(author: Person, now: datetime) -> None:
    staged = read(author, now)
    assert staging.choose_all(staged=staged, chosen=False, by=author) == 0
    with pytest.raises(Refusal, match="至少选"):
        staging.take_lines(staged=staged, by=author, now=now)
    assert staging.choose_all(staged=staged, chosen=True, by=author) == 3


def test_a_line_that_cannot_be_taken_cannot_be_chosen(author: Person, now: datetime) -> None:
    staged = read(author, now)
    staging.choose_lines(staged=staged, shown=[3], chosen=[3], by=author)
    assert staged.lines.get(number=3).chosen is False


# Workers that are killed, messages that come twice


def test_reading_goes_on_where_a_killed_worker_left_it(
    author: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = upload(author, now)
    dies_after(monkeypatch, "_add_lines", 1)
    with pytest.raises(WorkerKilledError):
        advancing.advance(staged=staged, clock=lambda: now)
    staged.refresh_from_db()
    assert (staged.status, staged.read_count) == (ImportStatus.READING, 2)
    monkeypatch.undo()
    assert advancing.advance(staged=staged, clock=lambda: now).read_count == 4
    assert list(staged.lines.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]


def test_taking_goes_on_where_a_killed_worker_left_it(
    author: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = staging.take_lines(staged=read(author, now), by=author, now=now)
    dies_after(monkeypatch, "store_entries", 1)
    with pytest.raises(WorkerKilledError):
        advancing.advance(staged=staged, clock=lambda: now)
    staged.refresh_from_db()
    assert (staged.status, staged.taken_count, QuestionVersion.objects.count()) == ("taking", 2, 2)
    monkeypatch.undo()
    assert advancing.advance(staged=staged, clock=lambda: now).taken_count == 3
    assert QuestionVersion.objects.count() == 3


def dies_after(monkeypatch: pytest.MonkeyPatch, name: str, times: int) -> None:
    """The worker dies when it calls this once more."""
    original, left = getattr(advancing, name), iter(range(times))

    def dying(*args: Any, **kwargs: Any) -> Any:
        if next(left, None) is None:
            raise WorkerKilledError
        return original(*args, **kwargs)

    monkeypatch.setattr(advancing, name, dying)


def test_a_second_worker_adds_no_line_twice(author: Person, now: datetime) -> None:
    staged = upload(author, now)
    stale = BankImport.objects.get(pk=staged.pk)
    advancing.advance(staged=staged, clock=lambda: now)
    lines = [ImportLine(bank_import=stale, number=1, where="", fate=LineFate.SKIPPED)]
    assert advancing._add_lines(stale, lines, now) is False
    assert staged.lines.count() == 4


def test_a_file_that_is_forgotten_while_it_is_read_stays_forgotten(
    author: Person, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    staged, original = upload(author, now), advancing._add_lines

    def forgotten_meanwhile(*args: Any) -> bool:
        added = original(*args)
        staging.forget_import(staged=staged, by=author, now=now)
        return added

    monkeypatch.setattr(advancing, "_add_lines", forgotten_meanwhile)
    advancing.advance(staged=staged, clock=lambda: now)
    assert (BankImport.objects.count(), ImportLine.objects.count(), caplog.records) == (0, 0, [])


def test_a_message_that_comes_again_changes_nothing(author: Person, now: datetime) -> None:
    staged = take(read(author, now), author, now)
    before = AuditEntry.objects.count()
    advancing.advance(staged=staged, clock=lambda: now + timedelta(hours=1))
    staged.refresh_from_db()
    assert (staged.finished_at, AuditEntry.objects.count()) == (now, before)


def test_taking_twice_is_taking_once(author: Person, now: datetime) -> None:
    staged = read(author, now)
    for _click in range(2):
        staging.take_lines(staged=staged, by=author, now=now)
    assert AuditEntry.objects.filter(action="bank_import.begun").count() == 1
    take(staged, author, now)
    assert QuestionVersion.objects.count() == 3


def test_what_stands_still_is_found_once(author: Person, now: datetime) -> None:
    staged = upload(author, now)
    done = read(author, now)
    assert advancing.due_imports(now=now + timedelta(seconds=119)) == []
    assert advancing.due_imports(now=now + timedelta(minutes=2)) == [staged.pk]
    assert advancing.due_imports(now=now + timedelta(minutes=3)) == []
    assert done.status == ImportStatus.READ


# Guards


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.EXAMINER, None])
def test_nobody_but_an_author_brings_or_takes_files(role: Role | None, author: Person, now: datetime) -> None:
    other = make_person(roles=(role,) if role else ())
    with pytest.raises(NotAllowed):
        upload(other, now)
    with pytest.raises(NotAllowed):
        staging.take_lines(staged=read(author, now), by=other, now=now)


def test_another_authors_import_is_nobody_elses_to_choose_take_or_forget(
    author: Person, now: datetime
) -> None:
    staged, other = read(author, now), make_person(roles=(Role.AUTHOR,))
    with pytest.raises(Refusal):
        staging.choose_lines(staged=staged, shown=[1], chosen=[], by=other)
    with pytest.raises(Refusal):
        staging.choose_all(staged=staged, chosen=False, by=other)
    with pytest.raises(Refusal):
        staging.take_lines(staged=staged, by=other, now=now)
    staging.forget_import(staged=staged, by=other, now=now)
    assert staged.lines.filter(chosen=True).count() == 3


@pytest.mark.parametrize("content", ["", " \n "])
def test_an_empty_file_is_refused(content: str, author: Person, now: datetime) -> None:
    with pytest.raises(Refusal, match="空的"):
        upload(author, now, content)


def test_a_file_that_is_too_large_is_refused(
    author: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "MOST_BYTES", 2**20)
    with pytest.raises(Refusal, match="1 MB"):
        upload(author, now, "x" * (2**20 + 1))


@pytest.mark.parametrize("format", ["scorm", ""])
def test_an_unknown_format_is_refused(format: str, author: Person, now: datetime) -> None:
    with pytest.raises(Refusal):
        upload(author, now, format=format)


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", b"<manifest>" + b" " * 80_000_000 + b"</manifest>")
        archive.writestr("word/document.xml", b" " * 80_000_000)
    return packed.getvalue()


XXE = b"""<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<quiz><question type="essay"><questiontext><text>&x;</text></questiontext></question></quiz>"""


@pytest.mark.parametrize(
    ("format", "content"),
    [
        ("moodle_xml", XXE),
        ("qti", XXE),
        ("qti", bomb()),
        ("docx", bomb()),
        ("xlsx", b"PK\x03\x04 broken"),
        ("django_quiz", b"{"),
        ("gift", b"\xff\xff\xff\x00\x80"),
    ],
)
def test_a_dangerous_or_broken_file_is_refused_with_a_sentence(
    format: str, content: bytes, author: Person, now: datetime
) -> None:
    """Row 31."""
    staged = read(author, now, content=content, format=format)
    assert (staged.status, staged.read_count) == (ImportStatus.REFUSED, 0)
    assert staged.problem.endswith("。")
    assert "/etc/passwd" not in staged.problem


def test_a_reader_that_fails_is_a_refusal_and_not_tried_for_ever(
    author: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(advancing, "portions_of", broken)
    staged = read(author, now)
    assert (staged.status, staged.problem) == (
        ImportStatus.REFUSED,
        "文件读不出来。请先确认它能在原来的软件里打开。",
    )


# Forgetting and reading anew


@pytest.mark.parametrize("status", [ImportStatus.READING, ImportStatus.READ, ImportStatus.DONE])
def test_a_forgotten_import_leaves_neither_lines_nor_file(
    status: ImportStatus, author: Person, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    staged = upload(author, now) if status == ImportStatus.READING else read(author, now)
    if status == ImportStatus.DONE:
        take(staged, author, now)
    for _click in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            staging.forget_import(staged=staged, by=author, now=now)
    assert (BankImport.objects.count(), ImportLine.objects.count()) == (0, 0)
    assert not private_files.storage().exists(staged.path)
    assert Question.objects.count() == (3 if status == ImportStatus.DONE else 0)
    assert AuditEntry.objects.filter(action="bank_import.forgotten").count() == 1


def test_an_import_on_its_way_into_the_bank_cannot_be_forgotten(author: Person, now: datetime) -> None:
    staged = staging.take_lines(staged=read(author, now), by=author, now=now)
    with pytest.raises(Refusal, match="正在入库"):
        staging.forget_import(staged=staged, by=author, now=now)


def test_the_same_file_is_read_as_another_format(author: Person, now: datetime) -> None:
    staged = read(author, now, format="aiken")
    again = staging.read_again(staged=staged, format="gift", by=author, now=now)
    assert list(BankImport.objects.values_list("pk", "format", "name")) == [(again.pk, "gift", "卷子.gift")]
    assert advancing.advance(staged=again, clock=lambda: now).read_count == 4


def test_worker_takes_up_what_was_uploaded(
    author: Person, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        staged = upload(author, now)
    staged.refresh_from_db()
    assert staged.status == ImportStatus.READ
    with django_capture_on_commit_callbacks(execute=True):
        staging.take_lines(staged=staged, by=author, now=now)
    staged.refresh_from_db()
    assert staged.status == ImportStatus.DONE


def test_sweeper_takes_up_what_was_lost(author: Person, now: datetime) -> None:
    from assessments.tasks import advance_import, resume_imports

    staged = upload(author, now - timedelta(days=1))
    assert resume_imports() == 1
    staged.refresh_from_db()
    assert staged.status == ImportStatus.READ
    assert (resume_imports(), advance_import("00000000-0000-0000-0000-000000000000")) == (0, False)


def test_quizzes_and_sittings_of_a_file_are_told_first_and_taken_with_its_questions(
    author: Person, now: datetime
) -> None:
    Account.objects.filter(person=make_person("旧学员")).update(staff_number="A100")
    staged = read(author, now, content=dumped().getvalue(), format="django_quiz")
    assert (staged.besides["exams"], staged.besides["sittings"]) == (2, 2)
    assert (ExamDraft.objects.count(), PriorSitting.objects.count()) == (0, 0)
    done = take(staged, author, now)
    assert (done.status, done.besides["exams"], done.besides["sittings"]) == (ImportStatus.DONE, 2, 2)
    assert (ExamDraft.objects.count(), PriorSitting.objects.count()) == (2, 2)


def test_quizzes_are_taken_once_when_the_worker_was_killed_behind_them(
    author: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    Account.objects.filter(person=make_person("旧学员")).update(staff_number="A100")
    staged = read(author, now, content=dumped().getvalue(), format="django_quiz")
    finish = advancing._finish

    def killed(*given: Any, **options: Any) -> None:
        raise WorkerKilledError

    monkeypatch.setattr(advancing, "_finish", killed)
    with pytest.raises(WorkerKilledError):
        take(staged, author, now)
    monkeypatch.setattr(advancing, "_finish", finish)
    done = advancing.advance(staged=staged, clock=lambda: now)
    assert done.status == ImportStatus.DONE
    assert (ExamDraft.objects.count(), PriorSitting.objects.count()) == (2, 2)


def test_quizzes_of_a_file_whose_questions_are_in_the_bank_already_can_be_taken(
    author: Person, now: datetime
) -> None:
    questions = [one for one in DUMP if not one["model"].startswith(("quiz.quiz", "quiz.sitting"))]
    take(read(author, now, content=dumped(questions).getvalue(), format="django_quiz"), author, now)
    staged = read(author, now, content=dumped().getvalue(), format="django_quiz")
    assert advancing.chosen_lines(staged).count() == 0
    assert take(staged, author, now).status == ImportStatus.DONE
    assert ExamDraft.objects.count() == 2


def test_a_question_whose_picture_was_refused_is_not_chosen_by_itself(
    author: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = {"media": [{"file": "图.png", "alt": "平面图"}]}
    body = {"stem": "看图：哪里是绿地？", **TYPES["single"][0], **shown}
    draft = Draft("single", body, TYPES["single"][1], files={"图.png": b"<svg/>"})
    monkeypatch.setattr(type(FORMATS["gift"]), "read", lambda self, source: iter([Found(at_line(1), draft)]))
    line = read(author, now).lines.get()
    assert (line.fate, line.chosen, len(line.warnings)) == (LineFate.NEW, False, 1)
