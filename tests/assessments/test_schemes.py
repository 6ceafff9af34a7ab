"""Schemes decide over evidence; what changed is recorded, what became possible is told once."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string

from assessments import tasks
from assessments.decisions import decide, people_to_reconsider, reconsider, reconsider_people, standing
from assessments.models import Decision, SchemeVersion
from assessments.schemes.releasing import release_scheme
from competencies.ledger import record_evidence, register_subject, withdraw_evidence
from competencies.models import Evidence, EvidenceKind, Subject, SubjectKind
from core.errors import NotAllowed, Refusal
from people.models import Notice, Person, Role
from tests.assessments.making import make_exam, make_submitted
from tests.factories import LONG_AGO_AT, make_person

pytestmark = pytest.mark.django_db

COURSE_RULE = {"id": "course", "kind": "course", "title": "学完课程", "subject": "data", "minutes": 90}
EXAM_RULE = {
    "id": "exam",
    "kind": "exam",
    "title": "考试 ≥ 60%",
    "subject": "base",
    "mark": 60,
    "minutes": 20,
}


def scheme(*rules: dict[str, Any], **changes: Any) -> dict[str, Any]:
    definition = {
        "key": "digital",
        "title": "数字治理",
        "level": "elementary",
        "valid_months": 36,
        "view": "A@1",
        "certificate_title": "培训合格证书",
        "rule": {"id": "all", "kind": "all", "title": "数字治理", "rules": list(rules)},
    }
    return {**definition, **changes}


def make_course_scheme() -> SchemeVersion:
    """A scheme that asks for the course `data`."""
    register_subject(kind=SubjectKind.COURSE, key="data", title="数据分析", url="/courses/data/")
    return release_scheme(definition=scheme(COURSE_RULE), by=None, now=LONG_AGO_AT)


def complete_course(person: Person, now: datetime, source_key: str = "course:1") -> Evidence:
    return record_evidence(
        person=person,
        subject=Subject.objects.get(kind="course", key="data"),
        kind=EvidenceKind.COURSE,
        version_hash="0" * 64,
        source_key=source_key,
        occurred_at=now,
        now=now,
        score=Decimal(1),
    )


def test_scheme_released_twice_is_one_version(now: datetime) -> None:
    assert make_course_scheme() == make_course_scheme()
    assert Subject.objects.filter(kind="scheme", key="digital").count() == 1


def test_scheme_changed_is_the_next_version(now: datetime) -> None:
    make_course_scheme()
    changed = scheme({**COURSE_RULE, "minutes": 60})
    assert release_scheme(definition=changed, by=None, now=now).number == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"view": "Z@9"}, "unknown_view"),
        ({"title": ""}, "invalid"),
        ({"rule": {**EXAM_RULE, "subject": "nowhere"}}, "unknown_subject"),
    ],
)
def test_scheme_nobody_could_meet_is_refused(changes: dict[str, Any], code: str, now: datetime) -> None:
    make_course_scheme()
    with pytest.raises(Refusal) as refused:
        release_scheme(definition=scheme(COURSE_RULE, **changes), by=None, now=now)
    assert refused.value.code == code
    assert SchemeVersion.objects.count() == 1


def test_scheme_is_released_by_administrators(now: datetime) -> None:
    register_subject(kind=SubjectKind.COURSE, key="data", title="数据分析")
    with pytest.raises(NotAllowed):
        release_scheme(definition=scheme(COURSE_RULE), by=make_person(), now=now)
    administrator = make_person(roles=(Role.ADMINISTRATOR,))
    version = release_scheme(definition=scheme(COURSE_RULE), by=administrator, now=now)
    assert version.released_by == administrator


def test_decide_without_evidence_is_a_decision_that_is_not_met(person: Person, now: datetime) -> None:
    make_course_scheme()
    decision = decide(person=person, scheme_key="digital", now=now)
    assert (decision.met, decision.evidence_ids) == (False, [])
    assert [each["rule"] for each in decision.proof["missing"]] == ["course"]


def test_decide_again_over_the_same_evidence_gives_the_recorded_decision(
    person: Person, now: datetime
) -> None:
    make_course_scheme()
    complete_course(person, now)
    first = decide(person=person, scheme_key="digital", now=now)
    assert decide(person=person, scheme_key="digital", now=now) == first
    assert Decision.objects.count() == 1


def test_decide_cites_the_evidence_the_proof_rests_on(person: Person, now: datetime) -> None:
    make_course_scheme()
    evidence = complete_course(person, now)
    decision = decide(person=person, scheme_key="digital", now=now)
    assert (decision.met, decision.evidence_ids) == (True, [evidence.pk])


def test_decide_after_the_evidence_was_withdrawn_records_that_it_is_no_longer_met(
    person: Person, now: datetime
) -> None:
    make_course_scheme()
    evidence = complete_course(person, now)
    reconsider(person=person, now=now)
    withdraw_evidence(evidence=evidence, source_key="course:1:withdrawn", now=now)
    assert decide(person=person, scheme_key="digital", now=now).met is False
    assert list(Decision.objects.order_by("pk").values_list("met", flat=True)) == [True, False]


def test_decide_an_unknown_scheme_is_refused(person: Person, now: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        decide(person=person, scheme_key="none", now=now)
    assert refused.value.code == "unknown_scheme"


def test_evidence_leads_to_a_decision_and_a_notice_on_commit(
    person: Person, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    make_course_scheme()
    with django_capture_on_commit_callbacks(execute=True):
        complete_course(person, now)
    assert Decision.objects.get().met is True
    notice = Notice.objects.get(recipient=person)
    assert (notice.title, notice.url) == ("可以申请证书：数字治理", "/me/")


def test_reconsider_five_times_gives_one_decision_and_one_notice(person: Person, now: datetime) -> None:
    """Row 37."""
    make_course_scheme()
    complete_course(person, now)
    for _delivery in range(5):
        tasks.reconsider(str(person.pk))
    assert (Decision.objects.count(), Notice.objects.count()) == (1, 1)


def test_scheme_met_a_second_time_is_not_told_again(person: Person, now: datetime) -> None:
    make_course_scheme()
    evidence = complete_course(person, now)
    reconsider(person=person, now=now)
    withdraw_evidence(evidence=evidence, source_key="course:1:withdrawn", now=now)
    reconsider(person=person, now=now)
    complete_course(person, now, "course:2")
    reconsider(person=person, now=now)
    assert Decision.objects.count() == 3
    assert Notice.objects.count() == 1


def test_sweeper_finds_whom_a_lost_message_missed_and_then_nobody(person: Person, now: datetime) -> None:
    make_course_scheme()
    make_person()
    complete_course(person, now)
    assert people_to_reconsider() == [person.pk]
    assert tasks.reconsider_due() == 1
    assert people_to_reconsider() == []
    assert Decision.objects.get().met is True


def test_sweeper_finds_everyone_with_evidence_when_a_scheme_is_released(
    person: Person, now: datetime
) -> None:
    make_course_scheme()
    complete_course(person, now)
    reconsider(person=person, now=now)
    release_scheme(definition=scheme({**COURSE_RULE, "minutes": 60}), by=None, now=now)
    assert people_to_reconsider() == [person.pk]


def test_people_are_reconsidered_together_as_each_by_themselves(
    now: datetime, django_assert_num_queries: Any
) -> None:
    """People, newest scheme, counts, decisions, schemes, evidence, new rows, notices (two), what was taken in."""
    make_course_scheme()
    for portion in (1, 3):
        people = [make_person() for _n in range(portion)]
        for n, somebody in enumerate(people):
            complete_course(somebody, now, f"course:{portion}:{n}")
        ids = [somebody.pk for somebody in people]
        with django_assert_num_queries(12):
            decided = reconsider_people(people=ids, now=now)
        assert [[decision.met for decision in decided[pk]] for pk in ids] == [[True]] * portion
        assert reconsider_people(people=ids, now=now) == decided
        assert reconsider(person=people[0], now=now) == decided[people[0].pk]
    assert (Decision.objects.count(), Notice.objects.count(), people_to_reconsider()) == (4, 4, [])


def test_exam_handed_in_moves_the_scheme_that_asks_for_it(
    person: Person, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    make_exam()
    release_scheme(definition=scheme(EXAM_RULE), by=None, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        make_submitted(person, now=now)
    assert Decision.objects.get().met is True


def test_standing_shows_the_tree_the_share_and_the_shortest_way(person: Person, now: datetime) -> None:
    make_exam()
    register_subject(kind=SubjectKind.COURSE, key="data", title="数据分析", url="/courses/data/")
    mentor = {"id": "mentor", "kind": "endorsement", "title": "导师推荐", "minutes": 30}
    release_scheme(definition=scheme(COURSE_RULE, EXAM_RULE, mentor), by=None, now=now)
    make_submitted(person, now=now)
    (shown,) = standing(person)
    assert (shown.met, shown.percent, shown.minutes) == (False, 33, 120)
    assert shown.proof.have_text == "还差 2 项"
    assert [(line.have_text, line.met, line.url) for line in shown.proof.children] == [
        ("未学完", False, "/courses/data/"),
        ("得分 100%", True, ""),
        ("未推荐", False, ""),
    ]
    assert [(step.title, step.url) for step in shown.missing] == [
        ("学完课程", "/courses/data/"),
        ("导师推荐", ""),
    ]


def test_requirements_are_counted_by_leaf_and_an_exam_waits_for_its_course(
    person: Person, now: datetime
) -> None:
    for kind, key in ((SubjectKind.COURSE, "data"), (SubjectKind.EXAM, "base")):
        register_subject(kind=kind, key=key, title=key, url=f"/{kind}/{key}/")
    mentor = {"id": "mentor", "kind": "endorsement", "title": "导师推荐", "minutes": 30}
    other = {
        "id": "other",
        "kind": "all",
        "title": "另一条路",
        "rules": [{**mentor, "id": "m1"}, {**mentor, "id": "m2"}],
    }
    base = {"id": "base", "kind": "all", "title": "基础", "rules": [EXAM_RULE, COURSE_RULE]}
    special = {"id": "one", "kind": "at_least", "n": 1, "title": "选一", "rules": [mentor, other]}
    release_scheme(definition=scheme(base, special), by=None, now=now)
    (shown,) = standing(person)
    below, choice = shown.proof.children
    assert (shown.total - shown.done, shown.proof.have_text) == (3, "还差 3 项")
    assert [node.have_text for node in (below, choice, choice.children[1])] == [
        "还差 2 项",
        "还差 1 项",
        "还差 2 项",
    ]
    exam, course = below.children
    assert [(line.url, line.note) for line in (exam, course)] == [("", "学完课程再考"), ("/course/data/", "")]
    assert (shown.missing[0].url, shown.missing[0].url_text) == ("", "学完课程再考")
    assert (shown.next_step, shown.missing[1].ready) == (shown.missing[1], True)


def test_a_course_under_way_comes_before_one_not_begun(person: Person, now: datetime) -> None:
    for key in ("first", "data"):
        register_subject(kind=SubjectKind.COURSE, key=key, title=key, url=f"/courses/{key}/")
    first = {**COURSE_RULE, "id": "first", "subject": "first"}
    release_scheme(definition=scheme(first, COURSE_RULE), by=None, now=now)
    (shown,) = standing(person)
    assert [step.subject_key for step in shown.missing] == ["first", "data"]
    going_on = shown.going_on_with({"data": 7, "elsewhere": 3})
    usual = shown.missing[0].minutes
    assert [(step.subject_key, step.minutes) for step in going_on.missing] == [("data", 7), ("first", usual)]


def test_standing_takes_three_queries_at_one_and_at_three_schemes(
    person: Person, now: datetime, django_assert_num_queries: Any
) -> None:
    make_course_scheme()
    with django_assert_num_queries(3):
        standing(person)
    for key in ("second", "third"):
        release_scheme(definition=scheme(COURSE_RULE, key=key), by=None, now=now)
    with django_assert_num_queries(3):
        standing(person)


def explain(*args: str) -> dict[str, Any]:
    out = StringIO()
    call_command("explain_decision", *args, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_explain_decision_prints_met_tree_and_missing(person: Person, now: datetime) -> None:
    make_course_scheme()
    unmet = explain(person.account.staff_number, "digital")
    assert list(unmet) == ["met", "tree", "missing"]
    assert (unmet["met"], unmet["tree"]["children"][0]["met"], unmet["missing"][0]["rule"]) == (
        False,
        False,
        "course",
    )
    complete_course(person, now)
    met = explain(person.account.staff_number, "digital")
    assert (met["met"], met["missing"]) == (True, [])
    assert Decision.objects.count() == 0


def test_explain_decision_for_people_reads_as_a_tree(person: Person) -> None:
    make_course_scheme()
    out = StringIO()
    call_command("explain_decision", person.account.staff_number, "digital", stdout=out)
    assert out.getvalue().splitlines() == [
        "○ 数字治理：还差 1 项",
        "  ○ 学完课程：未学完",
        "最短的路，约 90 分钟：",
        "- 学完课程",
    ]


@pytest.mark.parametrize("which", ["person", "scheme"])
def test_explain_decision_of_nobody_or_nothing_is_bad_use(which: str, person: Person) -> None:
    make_course_scheme()
    number = "nobody" if which == "person" else person.account.staff_number
    with pytest.raises(CommandError) as error:
        call_command("explain_decision", number, "digital" if which == "person" else "none")
    assert error.value.returncode == 2


def test_standing_partial_says_the_share_the_way_and_why(person: Person, now: datetime) -> None:
    make_course_scheme()
    page = render_to_string("assessments/standing.html", {"standing": standing(person)[0]})
    for text in ("已满足 0%", "约 90 分钟", '<a href="/courses/data/">学完课程</a>', "还差 1 项", "未学完"):
        assert text in page
    complete_course(person, now)
    page = render_to_string("assessments/standing.html", {"standing": standing(person)[0]})
    assert "管理员可以为你提请发证" in page
