"""Papers of an exam that was corrected: how they are scored, what the ledger says and what their candidates see."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assessments.attempts import submit_attempt
from assessments.exams.releasing import release_exam
from assessments.models import Answer, Attempt, AttemptStatus, ExamVersion, Mark
from assessments.regrading.advancing import advance_regrade
from assessments.regrading.terms import READ, Void, terms_of, terms_of_result
from assessments.results.grading import read_grade
from assessments.results.reports import read_report
from assessments.results.rescoring import Reason, rescore_attempt
from assessments.results.scoring import score_answers
from assessments.sittings.checked import check_answer, read_told
from competencies.models import Evidence
from people.models import Notice, Person, Role
from tests.assessments.making import make_attempt, make_exam, make_question, save
from tests.assessments.regrades import (
    DOUBLED,
    DROP,
    FULL,
    correct_key,
    key_change,
    make_approved,
    make_done,
    make_sat,
)
from tests.factories import make_person

pytestmark = pytest.mark.django_db

LATER = timedelta(days=1)
SHOWN = {"review": {phase: ["answer", "mark", "key", "explanation"] for phase in ("submitted", "closed")}}


def mark(answer: Answer, points: str, *, now: datetime, imported: bool = False) -> Mark:
    """A mark of a person, or from a file."""
    return Mark.objects.create(
        answer=answer,
        marks={} if imported else {"c1": points},
        penalty="0",
        points=Decimal(points),
        imported=imported,
        marked_by=make_person(roles=(Role.EXAMINER,)),
        marked_at=now + timedelta(minutes=1),
    )


def newest(attempt: Attempt) -> Any:
    return attempt.results.order_by("-number")[0]


def right_of(attempt: Attempt, at: datetime) -> list[tuple[str, ...]]:
    """The right answers on the candidate's page, by question."""
    fresh = Attempt.objects.select_related("exam_version").get(pk=attempt.pk)
    return [line.key.right if line.key else () for line in read_report(fresh, now=at).lines]


def explained(attempt: Attempt, at: datetime) -> list[str]:
    fresh = Attempt.objects.select_related("exam_version").get(pk=attempt.pk)
    return [line.key.explanation if line.key else "" for line in read_report(fresh, now=at).lines]


@pytest.fixture
def version() -> ExamVersion:
    return make_exam(types=("single", "single"), shuffle_options=False, **SHOWN)


# --- terms --------------------------------------------------------------------------------------------------------


def test_terms_add_up_in_the_order_of_the_corrections(version: ExamVersion, now: datetime) -> None:
    corrected = correct_key()
    make_done(version, DOUBLED, key_change(corrected), now=now)
    make_done(version, FULL, {"kind": "pass", "percent": "50"}, now=now)
    item = version.items.select_related("question_version").get(number=1)
    terms = terms_of(version)
    assert (terms.number, terms.pass_percent) == (2, Decimal(50))
    said = terms.of(item)
    assert (said.points, said.given, said.void) == (Decimal(4), Decimal(2), Void.FULL)
    assert (said.answer, said.explanation) == (corrected.answer, "更正后的解析")
    first, released = terms_of(version, upto=1).of(item), terms_of(version, upto=0)
    assert (first.points, first.void, released.number) == (Decimal(4), Void.NO, 0)
    assert released.of(item).answer == item.question_version.answer


def test_terms_are_read_once_in_a_process(
    version: ExamVersion, now: datetime, django_assert_num_queries: Any
) -> None:
    make_done(version, key_change(correct_key()), now=now)
    READ.clear()
    with django_assert_num_queries(2):
        first = terms_of(version)
    with django_assert_num_queries(1):
        assert terms_of(version) == first


def test_terms_of_a_release_never_corrected_take_one_query(
    version: ExamVersion, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert terms_of(version).correction_id is None


# --- scoring ------------------------------------------------------------------------------------------------------


def test_dropped_question_takes_its_points_from_both_sides(version: ExamVersion, now: datetime) -> None:
    attempt = make_sat("o2", "o2", now=now)
    make_done(version, DROP, now=now)
    line = newest(attempt).items[0]
    assert (line["points"], line["max"], line["void"]) == ("0", "0", "drop")
    assert (newest(attempt).points, newest(attempt).max_points) == (2, 2)


def test_question_given_to_everybody_counts_in_full_though_unanswered(
    version: ExamVersion, now: datetime
) -> None:
    attempt = make_sat(None, "o2", now=now)
    make_done(version, FULL, now=now)
    assert (newest(attempt).points, newest(attempt).items[0]["void"]) == (4, "full")


def test_question_that_counts_again_is_scored_as_before(version: ExamVersion, now: datetime) -> None:
    attempt = make_sat("o1", "o2", now=now)
    make_done(version, DROP, now=now)
    make_done(version, {"kind": "void", "item": 1, "how": "count"}, now=now)
    before, _void, after = attempt.results.order_by("number")
    assert (after.items, after.points, after.number) == (before.items, before.points, 3)


def test_sections_follow(now: datetime) -> None:
    for key in ("base-1", "base-2", "base-3"):
        make_question(key)
    sections = [
        {"title": "甲", "points": 2, "questions": ["base-1", "base-2"], "pass_percent": 60},
        {"title": "乙", "points": 2, "questions": ["base-3"]},
    ]
    version = release_exam(
        definition={
            "key": "base",
            "title": "考试base",
            "minutes": 20,
            "pass_percent": 50,
            "shuffle": False,
            "sections": sections,
        },
        by=None,
        now=now - LATER,
    )
    attempt = make_sat("o1", "o2", "o2", now=now)
    assert (newest(attempt).passed, newest(attempt).parts[0]["met"]) == (False, False)
    make_done(version, DROP, now=now)
    assert (newest(attempt).passed, newest(attempt).parts[0]["share"]) == (True, "1")


def test_percent_to_pass_changes_who_passed(version: ExamVersion, now: datetime) -> None:
    attempt = make_sat("o1", "o2", now=now)
    make_done(version, {"kind": "pass", "percent": "50"}, now=now)
    assert (newest(attempt).passed, newest(attempt).points) == (True, 2)
    assert Evidence.objects.standing().get().passed is True


def test_marks_by_people_stay_and_are_scaled_where_the_points_change(now: datetime) -> None:
    version = make_exam(types=("short_answer", "single"))
    attempt = make_attempt(make_person(), now=now, answered=True)
    submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=now)
    given = mark(attempt.answers.get(slot=1), "1.5", now=now)
    attempt.refresh_from_db()
    rescore_attempt(attempt=attempt, reason=Reason.LATE_ANSWER, by=None, now=now + timedelta(minutes=2))
    assert newest(attempt).points == Decimal("3.5")
    make_done(version, {**DOUBLED, "points": "5"}, now=now)
    line = newest(attempt).items[0]
    assert (line["points"], line["max"], line["detail"]["c1"]) == ("3.75", "5", "1.5")
    assert list(Mark.objects.values_list("pk", "points")) == [(given.pk, Decimal("1.5"))]


def test_imported_mark_is_never_overwritten_by_a_corrected_key(version: ExamVersion, now: datetime) -> None:
    attempt = make_sat("o2", "o2", now=now)
    mark(attempt.answers.get(slot=1), "1", now=now, imported=True)
    rescore_attempt(attempt=attempt, reason=Reason.RECHECK, by=None, now=now + timedelta(minutes=2))
    assert newest(attempt).points == 3
    make_done(version, key_change(correct_key()), now=now)
    assert newest(attempt).points == 3
    make_done(version, {**DOUBLED, "points": "3"}, now=now)
    assert newest(attempt).items[0]["points"] == "1.5"


def test_mark_rests_where_the_question_is_void_and_counts_again_with_it(
    version: ExamVersion, now: datetime
) -> None:
    attempt = make_sat("o2", "o2", now=now)
    mark(attempt.answers.get(slot=1), "1", now=now, imported=True)
    make_done(version, DROP, now=now)
    assert newest(attempt).items[0]["points"] == "0"
    make_done(version, {"kind": "void", "item": 1, "how": "count"}, now=now)
    assert (newest(attempt).items[0]["points"], Mark.objects.count()) == ("1", 1)


def test_paper_that_waited_only_for_a_void_question_goes_out(now: datetime) -> None:
    version = make_exam(types=("short_answer", "single"))
    attempt = make_attempt(make_person(), now=now, answered=True)
    submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=now)
    make_done(version, DROP, now=now)
    attempt.refresh_from_db()
    assert (attempt.status, newest(attempt).points, newest(attempt).passed) == (
        AttemptStatus.COMPLETE,
        2,
        True,
    )
    assert Notice.objects.get(source_key__startswith="result:").title == "考试成绩已出：考试base"


def test_average_is_judged_by_the_percent_its_newest_result_took_in(person: Person, now: datetime) -> None:
    version = make_exam(types=("single", "single"), grading="average")
    for day, pair in enumerate((("o1", "o2"), ("o1", "o2"))):
        make_sat(*pair, now=now + day * LATER, person=person)
    grade = read_grade(person, "base")
    assert grade
    assert not grade.passed
    make_done(version, {"kind": "pass", "percent": "50"}, now=now + 2 * LATER)
    grade = read_grade(person, "base")
    assert grade
    assert (grade.percent, grade.passed) == ("50", True)
    assert Evidence.objects.standing().get().passed is True


# --- the ledger and the notice ------------------------------------------------------------------------------------


def test_result_with_another_key_and_the_same_points_leaves_ledger_and_inbox_alone(
    version: ExamVersion, now: datetime
) -> None:
    attempt = make_sat("o1", "o2", now=now)
    make_done(version, key_change(correct_key()), now=now)
    assert list(attempt.results.order_by("number").values_list("points", flat=True)) == [2, 2]
    assert Evidence.objects.get().source_key == f"attempt:{attempt.pk}"
    assert Notice.objects.filter(source_key__startswith="result:").count() == 0


def test_ledger_that_was_left_alone_follows_the_next_change(version: ExamVersion, now: datetime) -> None:
    attempt = make_sat("o1", "o2", now=now)
    make_done(version, key_change(correct_key()), now=now)
    make_done(version, FULL, now=now)
    first, second = Evidence.objects.order_by("pk")
    assert (second.source_key, second.supersedes, second.score) == (f"attempt:{attempt.pk}:3", first, 1)
    make_done(version, {"kind": "pass", "percent": "50"}, now=now)
    assert Evidence.objects.standing().get() == second


# --- what the candidate sees --------------------------------------------------------------------------------------


def test_candidate_never_sees_the_old_key_with_the_new_mark_nor_the_new_key_with_the_old_one(
    version: ExamVersion, now: datetime
) -> None:
    attempt = make_sat("o3", "o2", now=now)
    regrade = make_approved(version, key_change(correct_key()), now=now)
    assert right_of(attempt, now + LATER)[0] == ("B 乙",)
    assert explained(attempt, now + LATER)[0] == "解析"
    advance_regrade(regrade=regrade, clock=lambda: now + timedelta(hours=2))
    assert newest(attempt).points == 4
    assert right_of(attempt, now + LATER)[0] == ("C 丙",)
    assert explained(attempt, now + LATER)[0] == "更正后的解析"


def test_earlier_result_keeps_the_terms_it_took_in(version: ExamVersion, now: datetime) -> None:
    attempt = make_sat("o3", "o2", now=now)
    make_done(version, key_change(correct_key()), now=now)
    make_done(version, DROP, now=now)
    item = version.items.select_related("question_version").get(number=1)
    read = [terms_of_result(each, version).of(item) for each in attempt.results.order_by("number")]
    assert [(each.answer["correct"], each.void) for each in read] == [("o2", ""), ("o3", ""), ("o3", "drop")]


def test_void_question_is_named_and_tells_no_key(version: ExamVersion, now: datetime, login: Any) -> None:
    attempt = make_sat("o2", "o2", now=now)
    make_done(version, DROP, now=now)
    page = login(attempt.person).get(f"/exams/attempt/{attempt.pk}/result/").content.decode()
    assert "本题作废，不计分" in page
    assert "改判原因：第 1 题作废，不计分；答案有误，现予更正。</p>" in page
    assert "第 2 次评定" in page
    assert right_of(attempt, now + LATER) == [(), ("B 乙",)]


def test_reason_stands_beside_the_result_it_explains(version: ExamVersion, now: datetime, login: Any) -> None:
    attempt = make_sat("o2", "o1", now=now)
    make_done(version, FULL, now=now)
    make_done(version, {"kind": "pass", "percent": "50"}, now=now)
    fresh = Attempt.objects.select_related("exam_version").get(pk=attempt.pk)
    report = read_report(fresh, now=now + LATER)
    told = [(each.result.number, each.reason) for each in report.earlier]
    assert report.reason.startswith("合格线改为 50%；")
    assert told == [(2, "第 1 题作废，一律给满分；答案有误，现予更正"), (1, "")]
    page = login(attempt.person).get(f"/exams/attempt/{attempt.pk}/result/").content.decode()
    assert page.count("：2 分，满分 4 分，未通过") == 2


def test_void_question_shows_no_weakness(now: datetime) -> None:
    version = make_exam(types=("single",) * 3, pass_percent=100, **SHOWN)
    attempt = make_sat("o1", "o1", "o2", now=now)
    fresh = Attempt.objects.select_related("exam_version").get(pk=attempt.pk)
    before = read_report(fresh, now=now + LATER).steps
    make_done(version, FULL, now=now)
    after = read_report(fresh, now=now + LATER).steps
    assert before
    assert after
    assert [each.questions for each in before.weakest] == [3, 3]
    assert [each.questions for each in after.weakest] == [2, 2]


def test_questions_are_called_as_on_the_candidates_own_paper(now: datetime) -> None:
    version = make_exam(types=("single",) * 5, shuffle=True, **SHOWN)
    attempt = make_sat(*["o1"] * 5, now=now)
    slot = attempt.answers.get(item__number=1).slot
    make_done(version, FULL, now=now)
    fresh = Attempt.objects.select_related("exam_version").get(pk=attempt.pk)
    assert f"第 {slot} 题作废，一律给满分" in read_report(fresh, now=now + LATER).reason
    assert f"第 {slot} 题作废" in Notice.objects.get(source_key__startswith="result:").body


def test_page_says_the_percent_that_held_for_the_result(
    version: ExamVersion, now: datetime, login: Any
) -> None:
    attempt = make_sat("o1", "o2", now=now)
    make_done(version, {"kind": "pass", "percent": "45"}, now=now)
    page = login(attempt.person).get(f"/exams/attempt/{attempt.pk}/result/").content.decode()
    assert "45%" in page


def test_mark_told_after_each_question_is_the_one_of_the_terms_in_force(now: datetime) -> None:
    version = make_exam(types=("single", "single"), feedback="each", shuffle_options=False)
    attempt = make_attempt(make_person(), now=now)
    save(attempt, 1, ["o3"], sequence=1, now=now)
    told = check_answer(attempt_id=attempt.pk, person=attempt.person, slot=1, now=now)
    assert (told.points, told.key and told.key.right) == ("0", ("B 乙",))
    make_done(version, key_change(correct_key()), now=now)
    again = read_told(Attempt.objects.select_related("exam_version").get(pk=attempt.pk), 1)[1]
    assert (again.points, again.key and again.key.right) == ("2", ("C 丙",))
    submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=now + timedelta(minutes=1))
    assert newest(attempt).items[0]["points"] == "2"


def test_scoring_takes_three_queries_on_a_corrected_release_too(
    version: ExamVersion, now: datetime, django_assert_num_queries: Any
) -> None:
    attempt = make_sat("o1", "o2", now=now)
    make_done(version, DROP, now=now)
    fresh = Attempt.objects.select_related("exam_version").get(pk=attempt.pk)
    with django_assert_num_queries(3):
        score_answers(fresh)
