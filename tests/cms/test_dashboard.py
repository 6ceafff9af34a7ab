"""The mentor's evening: who needs what, in a constant number of queries."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.attempts import submit_attempt
from cms.demo.pack import PACK
from cms.mentoring.dashboard import dashboard_of
from competencies.ledger import record_evidence, register_subject
from competencies.models import EvidenceKind, SubjectKind
from courses.enrolments import enrol
from mentoring.endorsements import endorse
from mentoring.models import Pairing
from mentoring.standings import set_standing
from mentoring.terms import Judgement, Tier
from people.models import Account, Person
from simulations.drafts import store_draft
from simulations.playing import start_playthrough
from simulations.releasing import release_scenario
from tests.assessments.making import make_attempt, make_exam, make_submitted
from tests.certificates.making import NOW, give_evidence, make_certificate, make_scheme
from tests.courses.factories import release
from tests.factories import make_person
from tests.library.making import stock_library
from tests.mentoring.factories import WORDS, make_administrator, make_pairing, make_participant, make_session
from tests.simulations.conftest import WORST, play_path

pytestmark = pytest.mark.django_db
YESTERDAY = date(2026, 11, 21)


@pytest.fixture
def mentor() -> Person:
    return make_participant(Tier.BACKBONE, capacity=8)


def lead(mentor: Person, number: int, **fields: Any) -> Pairing:
    """Another mentee of this mentor."""
    return make_pairing(f"QL-2026-{number:03d}", mentor=mentor, **fields)


def asked(mentor: Person) -> list[tuple[str, str, bool]]:
    """What the mentor is asked to do: title, address, urgent or not."""
    return [(task.title, task.url, task.urgent) for task in dashboard_of(mentor, at=NOW).tasks]


def lead_busily(mentor: Person, number: int = 1, **fields: Any) -> Pairing:
    """A mentee who met the mentor yesterday and learned something this week, so that nothing is asked."""
    pairing = lead(mentor, number, **fields)
    make_session(pairing, held_on=YESTERDAY)
    make_subject_evidence(pairing.mentee)
    return pairing


def make_subject_evidence(person: Person, *, days_ago: int = 2) -> None:
    subject = register_subject(kind=SubjectKind.WORKSHOP, key="clinic", title="工作坊")
    record_evidence(
        person=person,
        subject=subject,
        kind=EvidenceKind.WORKSHOP,
        version_hash="w",
        source_key=f"workshop:{person.pk}:{days_ago}",
        occurred_at=NOW - timedelta(days=days_ago),
        now=NOW,
    )


@pytest.mark.postgres
def test_dashboard_takes_as_many_queries_at_three_mentees_as_at_one(login: Any, mentor: Person) -> None:
    make_scheme()
    make_exam()
    release("lift", now=NOW - timedelta(days=7))
    administrator = make_administrator()
    client, counts = login(mentor), []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            pairing = lead(mentor, number, by=administrator)
            make_session(pairing, confirmed=number != 2)
            enrol(person=pairing.mentee, course_key="lift", now=NOW)
            make_attempt(pairing.mentee, now=NOW)
            make_subject_evidence(pairing.mentee)
        counts.append(queries(client))
    assert counts == [11, 11]


def queries(client: Client) -> int:
    """Session and user counted; what is cached for everybody is warm."""
    client.get("/mentoring/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/mentoring/").status_code == 200
    return len(captured)


def test_nobody_waits_while_everybody_is_met_and_busy(mentor: Person) -> None:
    lead_busily(mentor)
    board = dashboard_of(mentor, at=NOW)
    assert ([*board.tasks], board.needing, board.cards[0].state) == ([], 0, "doing")


def test_a_fresh_pairing_asks_for_the_first_meeting(mentor: Person) -> None:
    lead(mentor, 1, since_on=date(2026, 11, 20), mentee=make_participant(Tier.NEW, name="谢长河"))
    assert asked(mentor) == [("约谢长河第一次见面", "/mentoring/pairings/QL-2026-001/sessions/new/", False)]
    (card,) = dashboard_of(mentor, at=NOW).cards
    assert (card.state, card.words) == ("open", "结对第 1 个月。还没有学习或推演的记录。")


def test_a_first_meeting_a_week_late_is_urgent(mentor: Person) -> None:
    lead(mentor, 1, since_on=date(2026, 11, 14))
    assert [urgent for _title, _url, urgent in asked(mentor)] == [True]


@pytest.mark.parametrize(
    ("held_on", "titles"), [(date(2026, 10, 22), []), (date(2026, 10, 21), ["约甲见面"])]
)
def test_a_session_is_due_a_month_after_the_last(held_on: date, titles: list[str], mentor: Person) -> None:
    pairing = lead(mentor, 1, mentee=make_participant(Tier.NEW, name="甲"))
    make_session(pairing, held_on=held_on)
    make_subject_evidence(pairing.mentee)
    assert [title for title, _url, _urgent in asked(mentor)] == titles


@pytest.mark.parametrize(("days_ago", "titles"), [(10, []), (11, ["问问甲近况"])])
def test_more_than_ten_days_without_learning_are_quiet(
    days_ago: int, titles: list[str], mentor: Person
) -> None:
    pairing = lead(mentor, 1, mentee=make_participant(Tier.NEW, name="甲"))
    make_session(pairing, held_on=YESTERDAY)
    make_subject_evidence(pairing.mentee, days_ago=days_ago)
    board = dashboard_of(mentor, at=NOW)
    assert [task.title for task in board.tasks] == titles
    assert [task.note for task in board.tasks] == ["上一次学习或推演是 11 月 11 日。"][: len(titles)]


def test_signing_in_is_no_activity(mentor: Person) -> None:
    """When somebody was here is nobody's business; what they did is."""
    pairing = lead(mentor, 1)
    make_session(pairing, held_on=YESTERDAY)
    Account.objects.filter(person=pairing.mentee).update(last_login=NOW)
    (card,) = dashboard_of(mentor, at=NOW).cards
    assert ("还没有学习或推演的记录。" in card.words, card.state) == (True, "due")


def test_a_record_of_the_mentee_waits_and_one_of_the_mentor_does_not(mentor: Person) -> None:
    pairing = lead_busily(mentor, mentee=make_participant(Tier.NEW, name="甲"))
    make_session(pairing, held_on=date(2026, 11, 20), confirmed=False)
    assert asked(mentor) == []
    assert dashboard_of(mentor, at=NOW).cards[0].words.endswith("你 11 月 20 日写的记录等对方确认。")
    make_session(pairing, held_on=date(2026, 11, 12), confirmed=False, by=pairing.mentee)
    assert asked(mentor) == [("确认甲写的帮带记录", "/mentoring/pairings/QL-2026-001/", False)]


def test_endorsing_is_asked_when_nothing_else_is_missing(mentor: Person) -> None:
    pairing = lead_busily(mentor, mentee=make_participant(Tier.NEW, name="甲"))
    make_scheme(endorsed=True)
    assert asked(mentor) == []
    give_evidence(pairing.mentee)
    assert asked(mentor) == [("为甲写推荐", "/mentoring/pairings/QL-2026-001/endorse/", True)]
    judged = {goal.pk: Judgement.REACHED for goal in pairing.goals.all()}
    endorse(pairing=pairing, judgements=judged, text=WORDS, by=mentor, now=NOW)
    assert asked(mentor) == []
    assert dashboard_of(mentor, at=NOW).cards[0].state == "done"


def test_endorsing_begins_with_a_confirmed_session(mentor: Person) -> None:
    pairing = lead(mentor, 1)
    make_session(pairing, held_on=YESTERDAY, confirmed=False)
    make_scheme(endorsed=True)
    give_evidence(pairing.mentee)
    (task,) = dashboard_of(mentor, at=NOW).tasks
    assert (task.url, task.action) == ("/mentoring/pairings/QL-2026-001/", "看看")


def test_a_failed_exam_is_talked_over_once(mentor: Person) -> None:
    """Until the next session; the card keeps saying it until the exam is passed."""
    make_exam()
    pairing = lead_busily(mentor, mentee=make_participant(Tier.NEW, name="甲"))
    failed = make_attempt(pairing.mentee, now=NOW - timedelta(hours=2))
    submit_attempt(attempt_id=failed.pk, by=pairing.mentee, now=NOW - timedelta(hours=1))
    assert asked(mentor) == [("和甲谈谈《考试base》", f"/people/{pairing.mentee_id}/", True)]
    make_session(pairing, held_on=date(2026, 11, 22))
    board = dashboard_of(mentor, at=NOW)
    assert ([*board.tasks], board.cards[0].state_text) == ([], "考试没有过线")
    make_submitted(pairing.mentee, now=NOW)
    assert dashboard_of(mentor, at=NOW).cards[0].state_text == "按计划"


def test_a_failed_rehearsal_leads_to_its_debrief(mentor: Person) -> None:
    pairing = lead_busily(mentor, mentee=make_participant(Tier.NEW, name="甲"))
    stock_library()
    document = json.loads((PACK / "scenarios/s1.json").read_text(encoding="utf-8"))
    release_scenario(draft=store_draft(document=document, by=None, now=NOW), by=None, now=NOW)
    run = play_path(start_playthrough(person=pairing.mentee, scenario_key="S1", now=NOW), WORST, NOW)
    assert asked(mentor) == [("和甲谈谈《老楼新梯》", f"/simulations/runs/{run.pk}/debrief/", True)]


def test_goals_are_looked_at_before_the_agreement_ends(mentor: Person) -> None:
    pairing = lead_busily(mentor, until_on=date(2027, 1, 20), mentee=make_participant(Tier.NEW, name="甲"))
    (task,) = dashboard_of(mentor, at=NOW).tasks
    assert (task.title, task.urgent) == ("和甲一起看目标", False)
    assert task.note == "协议到 2027年1月20日 为止，2 项目标里证据已经够到 0 项。"
    Pairing.objects.filter(pk=pairing.pk).update(until_on=date(2027, 1, 22))
    assert asked(mentor) == []


def test_urgent_tasks_come_first(mentor: Person) -> None:
    make_session(lead(mentor, 1), held_on=date(2026, 11, 12), confirmed=False)  # quiet since July
    pairing = lead_busily(mentor, 2, mentee=make_participant(Tier.NEW, name="乙"))
    make_session(pairing, held_on=date(2026, 11, 12), confirmed=False, by=pairing.mentee)
    board = dashboard_of(mentor, at=NOW)
    assert [task.urgent for task in board.tasks] == [True, False]
    assert (board.needing, board.minutes, board.capacity) == (2, 12, 8)


def test_card_says_where_somebody_is(login: Any, mentor: Person) -> None:
    pairing = lead_busily(mentor)
    release("lift", now=NOW - timedelta(days=7))
    enrol(person=pairing.mentee, course_key="lift", now=NOW)
    (card,) = dashboard_of(mentor, at=NOW).cards
    assert (card.place, card.state) == ("正在学《加装电梯》：课 lesson-1", "doing")
    page = login(mentor).get("/mentoring/").content.decode()
    assert f'href="/people/{pairing.mentee_id}/"' in page


def test_card_of_somebody_who_meets_everything_is_done(mentor: Person) -> None:
    pairing = lead_busily(mentor)
    make_scheme()
    give_evidence(pairing.mentee)
    (card,) = dashboard_of(mentor, at=NOW).cards
    assert card.mentee.nearest
    assert (card.state, card.mentee.nearest.done, card.mentee.nearest.total) == ("done", 2, 2)


def test_a_certificate_held_is_not_a_certificate_to_come(mentor: Person) -> None:
    certificate = make_certificate()
    mentee = certificate.person
    set_standing(person=mentee, tier=Tier.NEW, capacity=0, by=None, now=NOW)
    lead_busily(mentor, mentee=mentee)
    (card,) = dashboard_of(mentor, at=NOW).cards
    assert (card.mentee.nearest, card.state) == (None, "doing")


def test_an_erased_mentee_has_no_name_and_breaks_nothing(login: Any, mentor: Person) -> None:
    pairing = lead(mentor, 1)
    Account.objects.filter(person=pairing.mentee).update(person=None)
    page = login(mentor).get("/mentoring/").content.decode()
    assert "（已删除）" in page


def test_somebody_who_leads_nobody_reads_how_it_begins(login: Any) -> None:
    response = login(make_person()).get("/mentoring/")
    assert response.status_code == 200
    page = response.content.decode()
    assert ("你现在没有带徒弟" in page, "三方签字" in page) == (True, True)
