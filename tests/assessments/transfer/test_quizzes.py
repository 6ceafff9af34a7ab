"""A dump of django-quiz-app: quizzes become exam drafts, sittings a history that counts for nothing."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from assessments.attempts import start_attempt
from assessments.exams.drafts import change_exam_draft, release_draft
from assessments.items import item_type
from assessments.models import Attempt, ExamDraft, PriorSitting, Question, Result
from assessments.sittings.checked import check_answer
from assessments.transfer.drafts import Bank
from assessments.transfer.importing import import_questions
from assessments.transfer.quizzes import QuizReport, import_quizzes
from competencies.models import Evidence
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Account, Person, Role
from tests.assessments.making import make_exam, picture_bytes, save
from tests.assessments.quiz_dump import DUMP, choice, dumped, quiz, sitting, zipped
from tests.factories import AccountFactory, make_person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def person(db: Any) -> Person:
    account: Account = AccountFactory(staff_number="a100")
    assert account.person
    return account.person


def take(rows: Any = None, **options: Any) -> QuizReport:
    source = options.pop("source", None) or dumped(rows)
    if not options.get("dry_run"):
        import_questions(source=source, format="django_quiz", bank=Bank("旧题库"), by=None, now=NOW)
    return import_quizzes(source=source, by=None, now=NOW, **options)


def keys_of(*stems: str) -> list[str]:
    by_stem = dict(Question.objects.filter(versions__number=1).values_list("versions__body__stem", "key"))
    return [by_stem[stem] for stem in stems]


def test_a_quiz_becomes_an_exam_draft_with_all_its_settings(person: Person) -> None:
    report = take()
    assert report.exams == 2
    draft = ExamDraft.objects.get(key="final")
    assert (draft.title, draft.source, draft.released_number) == ("期末测验", "django-quiz-app: final", None)
    keys = keys_of("居民代表会议由谁召集？", "登记来访要写什么？", "三分之二是多数。", "写一份走访记录。")
    assert draft.definition == {
        "key": "final",
        "title": "期末测验",
        "module": "社区治理",
        "summary": "请独立完成。",
        "minutes": 14,
        "pass_percent": 60,
        "shuffle": False,
        "feedback": "end",
        "max_attempts": 1,
        "pass_text": "祝贺！",
        "fail_text": "再学一遍。",
        "questions": [{"key": key, "points": 1} for key in keys],
    }


def test_a_quiz_for_practice_draws_its_questions(person: Person) -> None:
    take()
    definition = ExamDraft.objects.get(key="daily").definition
    assert (definition["draw"], definition["practice"], definition["shuffle"]) == (1, True, True)
    assert definition["feedback"] == "each"
    assert "max_attempts" not in definition


def test_without_random_order_the_first_questions_are_asked_as_that_app_asks_them(person: Person) -> None:
    report = take(
        [
            *DUMP,
            quiz(4, "first", max_questions=1),
            *choice(40, "甲？", [4], "=一", "二"),
            *choice(41, "乙？", [4], "=一", "二"),
        ]
    )
    definition = ExamDraft.objects.get(key="first").definition
    assert definition["questions"] == [{"key": keys_of("甲？")[0], "points": 1}]
    assert "draw" not in definition
    assert any("1" in line.reason for line in report.warnings if line.where == "quiz.quiz 4")


def test_a_limit_above_the_number_of_questions_draws_nothing(person: Person) -> None:
    rows = [*DUMP, quiz(4, "many", max_questions=9, random_order=True), *choice(40, "甲？", [4], "=一", "二")]
    take(rows)
    assert "draw" not in ExamDraft.objects.get(key="many").definition


def test_what_cannot_become_an_exam_is_named(person: Person) -> None:
    rows = [*DUMP, quiz(4, "over", pass_mark=300), *choice(40, "甲？", [4], "=一", "二")]
    skipped = {line.where: line.reason for line in take(rows).skipped}
    assert skipped["quiz.quiz 3"] == "它的题目一道也没能导入。"
    assert "pass_percent" in skipped["quiz.quiz 4"]
    assert not ExamDraft.objects.filter(key__in=["empty", "over"]).exists()


def test_the_report_says_what_comes_next_and_what_differs(person: Person) -> None:
    told = [(line.where, line.reason) for line in take().warnings]
    assert [where for where, _reason in told] == [
        "quiz.quiz 1",
        "quiz.quiz 1",
        "quiz.quiz 2",
        "quiz.quiz 2",
        "quiz.quiz 2",
        "quiz.progress",
    ]
    assert "考试草稿" in told[0][1]
    assert "5" in told[1][1]
    assert "每题作答后看对错" in told[4][1]


def test_addresses_that_cannot_be_ours_get_another_key(person: Person) -> None:
    extra = [
        quiz(4, "期末"),
        quiz(5, "final"),
        quiz(6, "marking"),
        *choice(40, "甲？", [4, 5, 6], "=一", "二"),
    ]
    assert take([*DUMP, *extra]).exams == 5
    made = ExamDraft.objects.exclude(key__in=["final", "daily"]).values_list("key", flat=True)
    assert [key[:5] for key in made] == ["quiz-"] * 3


@pytest.mark.postgres
def test_the_same_dump_again_changes_nothing(person: Person) -> None:
    take()
    report = take()
    assert (report.exams, report.sittings) == (0, 0)
    assert (ExamDraft.objects.count(), PriorSitting.objects.count()) == (2, 2)
    for action, count in (("exam_draft.stored", 2), ("sittings.imported", 1)):
        assert AuditEntry.objects.filter(action=action).count() == count


def test_a_draft_that_was_changed_here_stays_and_the_report_says_so(person: Person) -> None:
    take()
    draft = ExamDraft.objects.get(key="final")
    change_exam_draft(draft=draft, changes={"minutes": 45}, by=None, now=NOW)
    told = [line.reason for line in take().warnings if line.where == "quiz.quiz 1"]
    assert "minutes" in told[0]
    assert ExamDraft.objects.get(key="final").definition["minutes"] == 45


def test_a_dry_run_says_the_same_and_stores_nothing(person: Person) -> None:
    dry = take(dry_run=True)
    assert (ExamDraft.objects.count(), PriorSitting.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)
    assert dry == take()


@pytest.mark.postgres
def test_a_sitting_becomes_history_of_whoever_has_that_staff_number(person: Person) -> None:
    report = take()
    assert report.sittings == 2
    kept = PriorSitting.objects.get(exam_key="final")
    assert (kept.person, kept.exam_title, kept.complete, kept.passed) == (person, "期末测验", True, True)
    assert (kept.points, kept.max_points) == (Decimal(3), Decimal(4))
    assert kept.started_at == datetime(2024, 3, 1, 9, tzinfo=UTC)
    first, second, third, fourth = keys_of(
        "居民代表会议由谁召集？", "登记来访要写什么？", "三分之二是多数。", "写一份走访记录。"
    )
    assert kept.answers == [
        {"question": first, "given": "居民委员会", "right": True},
        {"question": second, "given": "姓名", "right": True},
        {"question": third, "given": "正确", "right": True},
        {"question": fourth, "given": "走访了三户。", "right": None},
    ]


def test_an_open_sitting_is_neither_passed_nor_failed(person: Person) -> None:
    take()
    kept = PriorSitting.objects.get(exam_key="daily")
    assert (kept.complete, kept.passed, kept.ended_at) == (False, None, None)


def test_a_sitting_that_cannot_be_kept_is_named(person: Person) -> None:
    skipped = {line.where: line.reason for line in take().skipped}
    assert "nobody" in skipped["quiz.sitting 3"]
    assert {"quiz.sitting 4", "quiz.sitting 5", "quiz.sitting 6"} < skipped.keys()


def test_two_people_told_apart_by_capitals_only_are_not_guessed_at(person: Person) -> None:
    AccountFactory(staff_number="aA1")
    AccountFactory(staff_number="Aa1")
    exact = AccountFactory(staff_number="B1")
    AccountFactory(staff_number="b1")
    rows = [*DUMP, sitting(20, ["AA1"], 1, "1,"), sitting(21, ["B1"], 1, "1,")]
    assert "quiz.sitting 20" in {line.where for line in take(rows).skipped}
    assert PriorSitting.objects.filter(person=exact.person).count() == 1


@pytest.mark.postgres
def test_a_sitting_finished_since_is_brought_up_to_date(person: Person) -> None:
    take()
    rows = [
        each
        if (each["model"], each["pk"]) != ("quiz.sitting", 2)
        else sitting(2, 7, 2, "6,1,", current_score=1, incorrect_questions="6,")
        for each in DUMP
    ]
    assert take(rows).sittings == 1
    kept = PriorSitting.objects.get(exam_key="daily")
    assert (kept.complete, kept.points, PriorSitting.objects.count()) == (True, Decimal(1), 2)


def test_a_score_out_of_range_and_an_end_before_the_start_do_no_harm(person: Person) -> None:
    odd = sitting(20, 7, 1, "1,2,", current_score=9, start="2024-03-02T09:00:00", end="2024-03-01T09:00:00")
    report = take([*DUMP, odd])
    kept = PriorSitting.objects.get(started_at__date="2024-03-02")
    assert (kept.points, kept.ended_at) == (Decimal(2), None)
    assert [line.where for line in report.warnings].count("quiz.sitting 20") == 2


@pytest.mark.parametrize(("score", "most", "passed"), [(2, 3, True), (1, 3, False), (3, 5, False)])
def test_passing_is_rounded_as_that_app_rounds(score: int, most: int, passed: bool, person: Person) -> None:
    """Two of three are 67 % there: whoever was told to have passed has passed."""
    strict = quiz(4, "strict", pass_mark=67)
    order = ",".join(["1"] * most)
    take([*DUMP, strict, sitting(20, 7, 4, order, current_score=score)])
    assert PriorSitting.objects.get(exam_key="strict").passed is passed


def test_history_is_no_evidence_and_no_attempt(person: Person) -> None:
    take()
    assert (Evidence.objects.count(), Attempt.objects.count(), Result.objects.count()) == (0, 0, 0)


def test_pictures_of_a_zip_come_in_and_their_question_is_found_by_quiz_and_sitting(person: Person) -> None:
    take(source=zipped({"site/media/uploads/2024/03/01/通道.png": picture_bytes()}))
    (key,) = keys_of("谁负责消防通道？")
    version = Question.objects.get(key=key).versions.get()
    assert version.body["media"][0]["alt"] == "图1"
    assert {"key": key, "points": 1} in ExamDraft.objects.get(key="daily").definition["questions"]
    assert PriorSitting.objects.get(exam_key="daily").answers[0]["question"] == key


@pytest.mark.parametrize("size", [1, 3])
def test_sittings_cost_the_same_queries_whatever_their_number(
    size: int, person: Person, django_assert_num_queries: Any
) -> None:
    rows = [each for each in DUMP if each["model"] != "quiz.sitting"]
    take(rows)
    more = [sitting(20 + number, 7, 1, "1,") for number in range(size)]
    source = dumped([*rows, *more])
    with django_assert_num_queries(12):
        assert import_quizzes(source=source, by=None, now=NOW).sittings == size


def test_quizzes_are_taken_by_authors() -> None:
    with pytest.raises(NotAllowed):
        import_quizzes(source=dumped(), by=make_person(), now=NOW)
    assert import_quizzes(source=dumped(), by=make_person(roles=(Role.AUTHOR,)), now=NOW).exams == 2


def test_what_is_no_dump_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        import_quizzes(source=io.BytesIO(b"[]"), by=None, now=NOW)
    assert refused.value.code == "file"


def test_an_exam_of_that_key_is_told_about(person: Person) -> None:
    make_exam("final")
    told = [line.reason for line in take().warnings if line.where == "quiz.quiz 1"]
    assert any("final" in reason for reason in told)


def run(*arguments: str) -> tuple[int, dict[str, Any]]:
    out, code = io.StringIO(), 0
    try:
        call_command("import_questions", *arguments, "--json", stdout=out, stderr=io.StringIO())
    except SystemExit as left:
        code = int(left.code or 0)
    return code, json.loads(out.getvalue())


def test_the_command_does_all_of_it(person: Person, tmp_path: Path) -> None:
    path = tmp_path / "dump.json"
    path.write_bytes(dumped().getvalue())
    arguments = (str(path), "--format", "django_quiz")
    dry = run(*arguments, "--dry-run")
    code, data = run(*arguments)
    assert dry == (code, data)
    assert set(data) == {"imported", "skipped", "warnings", "types", "exams", "sittings"}
    assert (code, data["imported"], data["exams"], data["sittings"]) == (1, 5, 2, 2)


def test_other_formats_tell_of_questions_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.gift"
    path.write_text("甲{T}", encoding="utf-8")
    _code, data = run(str(path), "--format", "gift")
    assert set(data) == {"imported", "skipped", "warnings", "types"}


def test_a_draft_is_released_once_its_questions_are_in_use(person: Person) -> None:
    take()
    draft = ExamDraft.objects.get(key="final")
    with pytest.raises(Refusal):
        release_draft(draft=draft, by=None, now=NOW)
    Question.objects.update(status="live", live_number=1, shown_number=1)
    version = release_draft(draft=draft, by=None, now=NOW)
    assert (version.key, version.points, version.document["pass_text"]) == ("final", Decimal(4), "祝贺！")


def test_a_quiz_that_told_after_each_question_does_so_here(person: Person) -> None:
    take()
    Question.objects.update(status="live", live_number=1, shown_number=1)
    release_draft(draft=ExamDraft.objects.get(key="daily"), by=None, now=NOW)
    attempt = start_attempt(person=person, exam_key="daily", now=NOW)
    answer = attempt.answers.select_related("item__question_version").get()
    version = answer.item.question_version
    right = item_type(version.type).right_responses(version.body, version.answer)[0]
    save(attempt, 1, right if isinstance(right, list | dict) else [right], sequence=1, now=NOW)
    assert check_answer(attempt_id=attempt.pk, person=person, slot=1, now=NOW).full
