"""The first page of those with a role: what waits, one line a thing, and what will wait while nothing does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.bank.errata import report_erratum
from assessments.decisions import reconsider
from assessments.models import (
    Erratum,
    ErratumKind,
    Question,
    QuestionVersion,
    Regrade,
    RegradeStatus,
)
from certificates import issuing
from certificates.cases import open_ground_cases
from certificates.issuing import issue_batch
from certificates.models import Reason
from certificates.names import ask_confirmation, confirm_name, dispute_name
from certificates.revoking import revoke_certificate
from cms.home.staff import Desk
from competencies.ledger import withdraw_evidence
from competencies.models import Evidence, EvidenceKind
from mentoring.terms import Tier
from people.accounts import correct_name
from people.models import Organisation, Person, Role
from people.roles import grant_role
from simulations.reviewing.homework import Words, submit_homework
from tests.assessments.halls.making import make_invigilator, make_room, make_seat, make_session
from tests.assessments.making import make_exam, make_question, make_submitted
from tests.certificates.making import (
    NOW,
    give_evidence,
    make_batch,
    make_certificate,
    make_eligible,
    make_issuer,
    make_issuing_pair,
    make_scheme,
)
from tests.courses.factories import make_course, release
from tests.factories import LONG_AGO, make_organisation, make_person
from tests.mentoring.factories import make_pairing, make_participant
from tests.simulations.regrades import SMALL, make_run
from tests.simulations.regrades import release as release_scenario_of

pytestmark = pytest.mark.django_db
LAST_WEEK = NOW - timedelta(days=7)


def desk_of(client: Client) -> Desk:
    """What the page was drawn from."""
    desk: Desk = client.get("/").context["desk"]
    return desk


def rows_of(client: Client) -> list[tuple[str, str, str, bool]]:
    """Every line: title, number, address, whether it asks."""
    return [
        (row.title, row.number, row.url, row.asks) for group in desk_of(client).busy for row in group.rows
    ]


def make_candidate(name: str | None = None, *, organisation: Organisation | None = None) -> Person:
    """Somebody about whom a yes is on record and whom nobody has proposed."""
    person = make_person(name, organisation=organisation)
    give_evidence(person)
    reconsider(person=person, now=NOW)
    return person


# Certificates


def test_batch_waits_for_the_second_person_and_is_told_to_the_first(login: Any) -> None:
    make_issuer()
    scheme, (proposer, approver) = make_scheme(), make_issuing_pair()
    batch = make_batch([make_eligible(scheme=scheme)], scheme=scheme, pair=(proposer, approver))
    line = ("批次 2026-11，数字治理 1+N（初级）", "1 张", f"/certificates/batches/{batch.pk}/")
    assert rows_of(login(approver)) == [(*line, True)]
    assert rows_of(login(proposer)) == [(*line, False)]
    assert [desk_of(login(one)).count for one in (approver, proposer)] == [1, 0]
    assert "等第二个人审批" in login(approver).get("/").content.decode()


def test_batch_whose_printing_failed_asks_to_look(login: Any, monkeypatch: Any) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    batch = make_batch([make_eligible(scheme=scheme)], scheme=scheme, pair=pair, approve=True)
    monkeypatch.setattr(issuing, "print_certificate", _broken)
    issue_batch(batch=batch, clock=lambda: NOW)
    (row,) = desk_of(login(pair[0])).busy[0].rows
    assert (row.number, row.url, row.action, row.urgent) == (
        "1 张",
        f"/certificates/batches/{batch.pk}/",
        "去重试",
        True,
    )


def _broken(*_arguments: Any, **_options: Any) -> bytes:
    raise OSError("paper jam")


def test_people_who_meet_a_scheme_are_proposed_once(login: Any) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    one, two = make_candidate(), make_candidate()
    make_person()
    client = login(pair[0])
    line = ("数字治理 1+N（初级）", "2 人", "/certificates/propose/?scheme=digital&organisation=QH", True)
    assert rows_of(client) == [line]
    assert client.get(line[2]).status_code == 200
    make_batch([one, two], scheme=scheme, pair=pair)
    assert [row for row in rows_of(client) if row[3]] == []


def test_who_holds_the_certificate_is_not_proposed_again(login: Any) -> None:
    certificate = make_certificate()
    reconsider(person=certificate.person, now=NOW)
    proposer = certificate.batch_row.batch.proposed_by
    assert rows_of(login(proposer)) == []


def test_whose_certificate_was_revoked_is_not_proposed_by_a_list_and_asked_for_the_name_anew(
    login: Any,
) -> None:
    certificate = make_certificate()
    reconsider(person=certificate.person, now=NOW)
    batch, later = certificate.batch_row.batch, NOW + timedelta(hours=1)
    revoke_certificate(
        certificate=certificate, reason=Reason.ISSUED_IN_ERROR, note="", by=batch.approved_by, now=NOW
    )
    client, scope = login(batch.proposed_by), {"scheme": batch.scheme_version.key, "organisation": "QH"}
    assert rows_of(client) == []
    proposal = client.get("/certificates/propose/", scope).context["proposal"]
    assert (proposal.ready, [line.person_id for line in proposal.to_ask]) == ([], [certificate.person_id])
    asked = ask_confirmation(
        person=certificate.person, scheme_key=batch.scheme_version.key, by=batch.proposed_by, now=later
    )
    assert (asked.answer, asked.asked_at) == ("", later)
    confirm_name(confirmation=asked, by=certificate.person, now=later)
    page = client.get("/certificates/propose/", scope)
    assert [line.revoked for line in page.context["proposal"].ready] == [certificate.serial]
    assert f'value="{certificate.person_id}">' in page.content.decode()


def test_certificates_that_lost_their_ground_are_one_line_that_leads_to_their_list(login: Any) -> None:
    certificate = make_certificate()
    administrator = certificate.batch_row.batch.approved_by
    assert rows_of(login(administrator)) == []
    exam = Evidence.objects.get(person=certificate.person, kind=EvidenceKind.EXAM)
    withdraw_evidence(evidence=exam, source_key="withdrawn", now=NOW)
    reconsider(person=certificate.person, now=NOW)
    open_ground_cases(now=NOW)
    assert rows_of(login(administrator)) == [("需要复核的证书", "1 张", "/certificates/cases/", True)]


def test_who_was_asked_for_the_name_waits_on_one_line_until_it_is_settled(login: Any) -> None:
    scheme, (issuer, administrator) = make_scheme(), make_issuing_pair()
    people = [make_candidate(name) for name in ("程野", "江月", "顾南")]
    url = "/certificates/propose/?scheme=digital&organisation=QH"
    candidates = [(scheme.title, f"{count} 人", url, True) for count in (3, 2, 1)]
    waiting = [("等本人核对姓名", f"{count} 人", url, False) for count in (2, 1)]
    assert rows_of(login(issuer)) == candidates[:1]
    asked = [
        ask_confirmation(person=one, scheme_key=scheme.key, by=issuer, now=NOW, due_on=NOW.date())
        for one in people[:2]
    ]
    assert rows_of(login(issuer)) == [candidates[2], waiting[0]]
    confirm_name(confirmation=asked[0], by=people[0], now=NOW)
    assert rows_of(login(issuer)) == [candidates[1], waiting[1]]
    dispute_name(confirmation=asked[1], correction="江悦", by=people[1], now=NOW)
    assert rows_of(login(issuer)) == [candidates[1], ("“江月”应写作“江悦”", "", "", False)]
    correct_name(account=people[1].account, name="江悦", by=administrator, now=NOW)
    assert rows_of(login(issuer)) == candidates[:1]


def test_silence_past_the_due_day_makes_somebody_a_candidate_again(login: Any) -> None:
    scheme, issuer, person = make_scheme(), make_person(roles=(Role.ISSUER,)), make_candidate("程野")
    yesterday = NOW - timedelta(days=1)
    ask_confirmation(person=person, scheme_key=scheme.key, by=issuer, now=yesterday, due_on=yesterday.date())
    assert [(row[0], row[1]) for row in rows_of(login(issuer))] == [(scheme.title, "1 人")]


def test_candidates_of_another_part_of_the_tree_are_not_counted(login: Any) -> None:
    make_scheme()
    district = make_organisation("QH")
    own, other = (make_organisation(code, district) for code in ("QH-01", "QH-02"))
    make_candidate(organisation=other)
    assert rows_of(login(make_person(organisation=own, roles=(Role.ISSUER,)))) == []
    assert [row[1] for row in rows_of(login(make_person(roles=(Role.ISSUER,))))] == ["1 人"]


def test_a_disputed_name_is_corrected_by_an_administrator(login: Any) -> None:
    holder, (issuer, administrator) = make_person("白晓璐"), make_issuing_pair()
    asked = ask_confirmation(person=holder, scheme_key=make_scheme().key, by=issuer, now=NOW)
    dispute_name(confirmation=asked, correction="白晓露", by=holder, now=NOW)
    title = "“白晓璐”应写作“白晓露”"
    assert rows_of(login(administrator)) == [(title, "", f"/people/{holder.pk}/name/", True)]
    assert rows_of(login(issuer)) == [(title, "", "", False)]
    correct_name(account=holder.account, name="白晓露", by=administrator, now=NOW)
    assert rows_of(login(administrator)) == []


def test_names_not_answered_yet_are_one_line_a_scheme(login: Any) -> None:
    issuer, scheme = make_person(roles=(Role.ISSUER,)), make_scheme()
    for _one in range(3):
        ask_confirmation(person=make_person(), scheme_key=scheme.key, by=issuer, now=NOW)
    assert rows_of(login(issuer)) == [
        ("等本人核对姓名", "3 人", "/certificates/propose/?scheme=digital&organisation=QH", False)
    ]


# Marking, authoring


def test_examiner_sees_how_many_answers_wait_by_exam(login: Any) -> None:
    make_exam(types=("short_answer", "short_answer"))
    make_exam("other", types=("short_answer",))
    make_submitted(make_person(), now=LAST_WEEK)
    make_submitted(make_person(), now=NOW)
    make_submitted(make_person(), "other", now=LAST_WEEK - timedelta(days=1))
    client = login(make_person(roles=(Role.EXAMINER,)))
    assert rows_of(client) == [
        ("考试other", "1 份", "/exams/marking/", True),
        ("考试base", "4 份", "/exams/marking/", True),
    ]
    assert desk_of(client).busy[0].rows[1].note == "最早的一份从 11 月 15 日等到现在。"


def test_administrator_is_told_which_papers_wait_for_an_examiner(login: Any) -> None:
    make_exam(types=("short_answer",))
    make_submitted(make_person(), now=LAST_WEEK)
    assert rows_of(login(make_person(roles=(Role.ADMINISTRATOR,)))) == [
        ("等阅卷人批阅", "1 份卷子", "", False)
    ]


def test_author_sees_a_course_that_is_not_released(login: Any) -> None:
    page = make_course("lift")
    client = login(make_person(roles=(Role.AUTHOR,)))
    assert [(row.title, row.url) for row in desk_of(client).busy[0].rows] == [
        ("加装电梯", f"/admin/courses/{page.pk}/release/")
    ]


# Reports


def make_report(key: str, *, author: Person | None = None, now: datetime = NOW) -> Erratum:
    """A learner says that a question is unclear; without an author every author is asked."""
    version = make_question(key)
    Question.objects.filter(pk=version.question_id).update(author=author)
    version = QuestionVersion.objects.get(pk=version.pk)
    text = f"{key} 的题干有两种读法"
    return report_erratum(
        version=version, reporter=make_person(), kind=ErratumKind.UNCLEAR, text=text, now=now
    )


def test_author_is_asked_about_reported_questions_longest_waiting_first(login: Any) -> None:
    author, other = make_person(roles=(Role.AUTHOR,)), make_person(roles=(Role.AUTHOR,))
    newer = make_report("Q1", author=author)
    older = make_report("Q2", now=LAST_WEEK)
    make_report("Q3", author=other)
    assert rows_of(login(author)) == [
        ("Q2　题意不清", "", f"/admin/errata/{older.pk}/", True),
        ("Q1　题意不清", "", f"/admin/errata/{newer.pk}/", True),
    ]


# Rooms


def test_invigilator_finds_the_rooms_of_today(login: Any) -> None:
    """Urgent while people sit in it; no longer asking when the session is over."""
    make_exam()
    now = timezone.now()
    person, url = make_person(roles=(Role.INVIGILATOR,)), {}
    for title, begins in (("现在", -1), ("今早", -5), ("明天", 24)):
        opens_at = now + timedelta(hours=begins)
        session = make_session(now, title=title, opens_at=opens_at, closes_at=opens_at + timedelta(hours=2))
        room = make_room(session)
        make_seat(room)
        make_invigilator(room, person)
        url[title] = f"/exams/rooms/{room.pk}/"
    client = login(person)
    assert rows_of(client) == [
        ("今早　第一考场", "1 个座位", url["今早"], False),
        ("现在　第一考场", "1 个座位", url["现在"], True),
    ]
    assert desk_of(client).next.urgent


# For everybody


def test_staff_are_told_of_their_own_name_and_mentees(login: Any) -> None:
    """Somebody who writes courses also learns, leads and holds certificates."""
    author = make_participant(Tier.BACKBONE, capacity=1)
    make_pairing(mentor=author)
    ask_confirmation(person=author, scheme_key=make_scheme().key, by=None, now=NOW - timedelta(days=1))
    grant_role(
        person=author, role=Role.AUTHOR, organisation=make_organisation(), since_on=LONG_AGO, by=None, now=NOW
    )
    client = login(author)
    assert [row[0] for row in rows_of(client)] == ["核对证书上的姓名", "我的徒弟"]
    assert desk_of(client).next.title == "核对证书上的姓名"


@pytest.mark.parametrize(
    ("role", "texts"),
    [
        (Role.EXAMINER, ["有人交了带简答题的卷子"]),
        (Role.AUTHOR, ["学员读到的是定版", "等你答复的会出现在这里"]),
        (Role.INVIGILATOR, ["由管理员安排考场"]),
        (Role.ISSUER, ["同事送审以后，这里请你审批", "先请本人核对姓名写法"]),
        (Role.ADMINISTRATOR, ["同事送审以后，这里请你审批", "在这里等阅卷人批完"]),
    ],
)
def test_staff_without_work_read_what_will_appear_and_why(role: Role, texts: list[str], login: Any) -> None:
    page = login(make_person(roles=(role,))).get("/").content.decode()
    assert [text in page for text in ["没有等你处理的事", *texts]] == [True] * (len(texts) + 1)


def test_places_have_a_line_each(login: Any) -> None:
    everything = make_participant(Tier.BACKBONE, capacity=1)
    make_pairing(mentor=everything)
    for role in Role:
        grant_role(
            person=everything,
            role=role,
            organisation=make_organisation(),
            since_on=LONG_AGO,
            by=None,
            now=NOW,
        )
    places = login(everything).get("/").context["places"]
    assert [str(place.title) for place in places] == [
        "人员", "证书", "内容", "阅卷", "监考", "带教", "课程", "推演", "考试", "我的",
    ]  # fmt: skip
    assert all(str(place.note) for place in places)


def test_administrator_of_a_fresh_site_reads_where_it_begins(login: Any) -> None:
    client = login(make_person(roles=(Role.ADMINISTRATOR,)))
    begun = [str(step["title"]) for step in desk_of(client).beginning.steps if step["state"]]
    assert begun == []
    assert "从哪里开始" in client.get("/").content.decode()
    make_person()
    release("lift", now=LAST_WEEK)
    begun = [str(step["title"]) for step in desk_of(client).beginning.steps if step["state"]]
    assert begun == ["组织与人员", "一门课程"]
    make_exam()
    make_scheme()
    make_pairing()
    assert desk_of(client).beginning is None


def test_others_are_not_told_where_a_site_begins(login: Any) -> None:
    assert desk_of(login(make_person(roles=(Role.EXAMINER,)))).beginning is None


@pytest.mark.postgres
def test_as_many_queries_at_three_things_of_each_kind_as_at_one(login: Any) -> None:
    make_issuer()
    scheme, (proposer, approver) = make_scheme(), make_issuing_pair()
    make_exam(types=("short_answer",))
    examiner, author = make_person(roles=(Role.EXAMINER,)), make_person(roles=(Role.AUTHOR,))
    counts = []
    for size in (1, 2):
        for number in range(size):
            name = f"2026-{size}{number}"
            make_batch([make_eligible(scheme=scheme)], scheme=scheme, pair=(proposer, approver), title=name)
            make_candidate()
            ask_confirmation(person=make_person(), scheme_key=scheme.key, by=proposer, now=NOW)
            make_submitted(make_person(), now=LAST_WEEK)
            make_course(f"course-{name}")
            make_report(f"Q-{name}")
            propose_correction(name, by=author)
        counts.append([queries(login(person)) for person in (approver, proposer, examiner, author)])
    assert counts == [[17, 10, 8, 11], [17, 10, 8, 11]]


def propose_correction(name: str, *, by: Person) -> Regrade:
    """Question 1 of an exam is to be void: it waits for a second person."""
    return Regrade.objects.create(
        exam_version=make_exam(f"exam-{name}", types=("single",)),
        status=RegradeStatus.PROPOSED,
        changes=[{"kind": "void", "item": 1, "how": "drop"}],
        reason="题干有误",
        proposed_by=by,
        proposed_at=LAST_WEEK,
        touched_at=LAST_WEEK,
    )


def test_a_correction_of_an_exam_waits_for_a_second_person(login: Any) -> None:
    author, colleague = (make_person(roles=(Role.AUTHOR,)) for _ in range(2))
    administrator = make_person(roles=(Role.ADMINISTRATOR,))
    regrade = propose_correction("base", by=author)
    line = ("考试exam-base　第 1 题作废，不计分", "", f"/admin/regrades/{regrade.pk}/")
    assert rows_of(login(colleague)) == [(*line, True)]
    assert rows_of(login(administrator)) == [(*line, True)]
    assert rows_of(login(author)) == [(*line, False)]
    assert rows_of(login(make_person(roles=(Role.EXAMINER,)))) == []


def test_a_correction_that_was_tried_is_its_authors_to_send(login: Any) -> None:
    author, colleague = (make_person(roles=(Role.AUTHOR,)) for _ in range(2))
    regrade = propose_correction("base", by=author)
    Regrade.objects.filter(pk=regrade.pk).update(status=RegradeStatus.TRIED)
    assert [(row[2], row[3]) for row in rows_of(login(author))] == [(f"/admin/regrades/{regrade.pk}/", True)]
    assert rows_of(login(colleague)) == []


def queries(client: Client) -> int:
    """Session and user counted; what is cached for everybody is warm."""
    client.get("/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/").status_code == 200
    return len(captured)


def test_homework_waits_on_the_desks_of_authors_and_administrators_and_not_of_its_writer(login: Any) -> None:
    release_scenario_of(SMALL, LAST_WEEK)
    run = make_run("aa", LAST_WEEK, person=make_person(roles=(Role.AUTHOR,)))
    writer = run.person
    for number in range(2):
        words = Words("risk", f"第{number}条", "图上断头就停，先去实测。", 1)
        submit_homework(run=run, words=words, by=writer, now=LAST_WEEK)
    for role in (Role.AUTHOR, Role.ADMINISTRATOR):
        line = ("待审的四清单作业", "2 条", "/admin/scenarios/homework/", True)
        assert line in rows_of(login(make_person(roles=(role,))))
    assert "待审的四清单作业" not in [row[0] for row in rows_of(login(writer))]
    assert rows_of(login(make_person(roles=(Role.EXAMINER,)))) == []


def test_empty_desk_says_that_homework_and_regrades_of_runs_will_wait_here(login: Any) -> None:
    empty = [str(group.title) for group in desk_of(login(make_person(roles=(Role.AUTHOR,)))).empty]
    assert ("推演重判" in empty, "四清单作业" in empty) == (True, True)
