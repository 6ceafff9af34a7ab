"""The worker's first page: of everything that could be done the one thing that fits the minutes at hand."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from assessments.attempts import start_attempt, submit_attempt
from certificates.names import ask_confirmation
from cms.addresses import address_of
from cms.demo.pack import PACK
from cms.home.steps import Step, choose
from cms.words import duration, together
from competencies.models import Subject, SubjectKind
from courses import progress
from courses.enrolments import enrol
from courses.models import CoursePage, CourseVersion, Enrolment
from courses.releasing import release_course
from mentoring.terms import Tier
from people.models import Account, Notice, Person
from people.notices import send_notice
from simulations.drafts import store_draft
from simulations.models import Playthrough
from simulations.playing import start_playthrough
from simulations.releasing import release_scenario
from tests.assessments.making import make_exam, make_submitted
from tests.certificates.making import NOW, give_evidence, make_certificate, make_scheme
from tests.courses.factories import add_lesson, make_course, make_question, release
from tests.factories import make_person
from tests.library.making import stock_library
from tests.mentoring.factories import make_pairing, make_participant, make_session

pytestmark = pytest.mark.django_db
LAST_WEEK = NOW - timedelta(days=7)
BOTH = {
    "id": "all",
    "kind": "all",
    "title": "全部",
    "rules": [
        {"id": "c", "kind": "course", "title": "学完课程", "subject": "lift", "minutes": 30},
        {"id": "e", "kind": "exam", "title": "考试 ≥ 60%", "subject": "base", "mark": 60, "minutes": 20},
    ],
}


def home_of(client: Client, query: str = "") -> Any:
    """What the page was drawn from."""
    return client.get(f"/{query}").context["home"]


def steps_of(client: Client, query: str = "") -> list[tuple[str, str]]:
    """What the page proposes, in order: title and address."""
    return [(step.title, step.url) for step in home_of(client, query).offer.steps]


def take(person: Person, *slugs: str, **fields: Any) -> None:
    """Enrol in released courses."""
    for slug in slugs:
        release(slug, now=LAST_WEEK, title=f"课程{slug}", **fields)
        enrol(person=person, course_key=slug, now=LAST_WEEK)


def finish(person: Person, slug: str) -> None:
    """Complete every lesson of a course that is taken."""
    enrolment = Enrolment.objects.get(person=person, course_key=slug)
    for lesson in CourseVersion.objects.get(key=slug).content["lessons"]:
        progress.complete_lesson(enrolment=enrolment, lesson_id=lesson["id"], now=LAST_WEEK)


def begin_rehearsal(person: Person) -> Playthrough:
    """Start 老楼新梯 and leave it open."""
    release_rehearsal()
    return start_playthrough(person=person, scenario_key="S1", now=LAST_WEEK)


def release_rehearsal() -> None:
    stock_library()
    document = json.loads((PACK / "scenarios/s1.json").read_text(encoding="utf-8"))
    release_scenario(draft=store_draft(document=document, by=None, now=LAST_WEEK), by=None, now=LAST_WEEK)


def a_step(minutes: int, **fields: Any) -> Step:
    return Step(f"{minutes}", "", "/", "", minutes, **fields)


# Choosing


@pytest.mark.parametrize(
    ("minutes", "titles", "fits"),
    [
        (5, ["5", "3", "8"], True),
        (10, ["8", "10", "5", "3"], True),
        (20, ["8", "20", "10", "5"], True),
        (2, ["3", "5", "8", "10"], False),
    ],
)
def test_what_is_begun_and_what_fills_the_minutes_come_first(
    minutes: int, titles: list[str], fits: bool
) -> None:
    steps = [a_step(3), a_step(5), a_step(8, begun=True), a_step(10), a_step(20)]
    offer = choose(steps, minutes=minutes)
    assert ([step.title for step in offer.steps], offer.fits) == (titles, fits)


def test_urgent_steps_come_before_everything_in_their_order() -> None:
    offer = choose([a_step(5), a_step(60, urgent=True), a_step(1, urgent=True)], minutes=5)
    assert ([step.title for step in offer.steps], offer.fits) == (["60", "1", "5"], True)


def test_nothing_to_do_is_no_offer() -> None:
    assert choose([], minutes=5).steps == ()


def test_sentences_stand_apart_as_the_language_wants() -> None:
    assert together("第一句。", "", "第二句。") == "第一句。第二句。"
    with translation.override("en"):
        assert together("One.", "Two.", "Three.") == "One. Two. Three."
    assert together() == ""


@pytest.mark.parametrize(
    ("minutes", "words"), [(45, "45 分钟"), (60, "1 小时"), (135, "2 小时 15 分钟"), (0, "0 分钟")]
)
def test_duration_is_said_in_hours_from_an_hour_on(minutes: int, words: str) -> None:
    assert duration(minutes) == words


@pytest.mark.parametrize(
    ("query", "minutes"), [("", 10), ("?m=5", 5), ("?m=20", 20), ("?m=7", 10), ("?m=²", 10), ("?m=x", 10)]
)
def test_minutes_are_one_of_three(query: str, minutes: int, login: Any) -> None:
    assert home_of(login(make_person()), query).minutes == minutes


def test_what_fits_the_minutes_comes_first(login: Any) -> None:
    person = make_person()
    take(person, "lift")
    begin_rehearsal(person)
    client = login(person)
    assert [title for title, _url in steps_of(client, "?m=10")] == ["课 lesson-1", "接着推演《老楼新梯》"]
    assert [title for title, _url in steps_of(client, "?m=20")] == ["接着推演《老楼新梯》", "课 lesson-1"]


def test_where_nothing_fits_the_page_says_so_and_offers_the_shortest(login: Any) -> None:
    person = make_person()
    take(person, "lift")
    page = login(person).get("/?m=5").content.decode()
    assert "眼下没有 5 分钟里做得完的一步，最短的这一步约 8 分钟。" in page
    assert 'href="/courses/lift/lessons/lesson-1/"' in page


# Visitors and newcomers


def test_visitor_finds_the_two_doors_and_no_cookie(client: Client) -> None:
    response = client.get("/")
    page = response.content.decode()
    assert response.status_code == 200
    assert ('href="/accounts/login/"' in page, 'action="/verify/"' in page) == (True, True)
    assert "主菜单" not in page
    assert not response.cookies


def test_newcomer_learns_how_it_goes_in_three_steps(login: Any) -> None:
    release("zoo", now=LAST_WEEK, title="开放课")
    release("lift", now=LAST_WEEK, title="基础课", module="base")
    response = login(make_person("谢长河")).get("/")
    page = response.content.decode()
    assert [title for title, _url in steps_of(login(make_person()))] == ["课 lesson-1"]
    assert response.context["home"].offer.first.url == "/courses/lift/"
    for text in ("谢长河", "三步走", "学一课", "演一遍难办的事", "去考试", "还没有导师", "没有新消息"):
        assert text in page


def test_newcomer_on_an_empty_site_still_reads_how_it_goes(login: Any) -> None:
    response = login(make_person()).get("/")
    page = response.content.decode()
    assert response.context["home"].offer.steps == ()
    assert ("三步走" in page, 'href="/courses/"' in page) == (True, True)


def test_somebody_without_an_organisation_is_served(login: Any) -> None:
    person = make_person()
    person.memberships.all().delete()
    assert login(person).get("/").status_code == 200


def test_account_whose_person_was_erased_gets_a_page_that_says_no(login: Any) -> None:
    person = make_person()
    Account.objects.filter(person=person).update(person=None)
    account = Account.objects.get()
    response = login(account).get("/")
    assert response.status_code == 403
    assert "主菜单" not in response.content.decode()


# Steps, room by room


def test_running_exam_comes_first(login: Any) -> None:
    """Somebody whose browser closed in an exam must not be sent to choose a course."""
    candidate = make_person()
    make_exam()
    attempt = start_attempt(person=candidate, exam_key="base", now=timezone.now())
    first = home_of(login(candidate)).offer.first
    assert (first.url, first.urgent) == (f"/exams/attempt/{attempt.pk}/", True)


def test_name_confirmation_comes_before_everything_else(login: Any) -> None:
    person = make_person()
    take(person, "lift")
    asked = ask_confirmation(
        person=person, scheme_key=make_scheme().key, by=None, now=LAST_WEEK + timedelta(5)
    )
    first, second, *_others = steps_of(login(person))
    assert first == ("核对证书上的姓名", f"/certificates/names/{asked.pk}/")
    assert second[1] == "/courses/lift/lessons/lesson-1/"


def test_worker_goes_on_where_they_stopped(login: Any) -> None:
    person = make_person()
    take(person, "lift", lessons=2)
    enrolment = Enrolment.objects.get(person=person)
    lesson = CourseVersion.objects.get().content["lessons"][1]["id"]
    progress.open_lesson(enrolment=enrolment, lesson_id=lesson, now=LAST_WEEK)
    progress.mark_seen(enrolment=enrolment, lesson_id=lesson, block_id="opening", now=LAST_WEEK)
    (step,) = home_of(login(person)).offer.steps
    assert (step.title, step.url) == ("课 lesson-2", "/courses/lift/lessons/lesson-2/#block-opening")
    assert (step.note, step.action) == ("《课程lift》，停在“开头”。", "接着学")


def test_a_wrong_self_check_is_offered_again_until_it_is_right(login: Any) -> None:
    person = make_person()
    make_question(now=LAST_WEEK)
    take(person, "lift", checks=("CHK-1",))
    enrolment = Enrolment.objects.get(person=person)
    lesson = CourseVersion.objects.get().content["lessons"][0]["id"]
    place = {"enrolment": enrolment, "lesson_id": lesson, "block_id": "check-1", "now": LAST_WEEK}
    progress.answer_check(**place, raw="o1")
    client = login(person)
    again = ("再答一次：课 lesson-1", "/courses/lift/lessons/lesson-1/#block-check-1")
    assert steps_of(client, "?m=5")[0] == again
    progress.answer_check(**place, raw="o2")
    assert again not in steps_of(client, "?m=5")


def test_a_reflection_left_blank_is_offered_once_the_lesson_is_done(login: Any) -> None:
    person = make_person()
    course = make_course("lift", lessons=0)
    block = {"type": "reflection", "id": "think", "value": {"prompt": "怎么开口？", "hint": ""}}
    add_lesson(course, "thinking", body=[block])
    release_course(page=CoursePage.objects.get(), by=None, now=LAST_WEEK)
    enrolment = enrol(person=person, course_key="lift", now=LAST_WEEK)
    client, offered = login(person), ("写几句：课 thinking", "/courses/lift/lessons/thinking/#block-think")
    assert offered not in steps_of(client)
    finish(person, "lift")
    assert steps_of(client, "?m=5") == [offered]
    lesson = CourseVersion.objects.get().content["lessons"][0]["id"]
    progress.reflect(enrolment=enrolment, lesson_id=lesson, block_id="think", text="先问好", now=NOW)
    assert steps_of(client) == []


def test_open_rehearsal_waits(login: Any) -> None:
    person = make_person()
    run = begin_rehearsal(person)
    assert steps_of(login(person)) == [("接着推演《老楼新梯》", f"/simulations/runs/{run.pk}/")]


def test_an_exam_is_offered_when_its_course_is_done(login: Any) -> None:
    person = make_person()
    make_exam()
    take(person, "lift")
    make_scheme(rule=BOTH)
    client = login(person)
    assert ("考试 ≥ 60%", "/exams/base/") not in steps_of(client)
    assert [step.ready for step in home_of(client).nearest.missing] == [True, False]
    finish(person, "lift")
    assert steps_of(client, "?m=20") == [("考试 ≥ 60%", "/exams/base/")]


def test_an_exam_is_not_offered_while_it_is_marked_or_when_no_attempt_is_left(login: Any) -> None:
    rule = {**BOTH["rules"][1], "id": "e"}
    person, other = make_person(), make_person()
    make_exam("base", ("short_answer",), max_attempts=1)
    make_scheme(rule={"id": "all", "kind": "all", "title": "全部", "rules": [rule]})
    assert steps_of(login(person), "?m=20") == [("考试 ≥ 60%", "/exams/base/")]
    assert [way.words for way in home_of(login(person)).ways] == ["去考试"]
    make_submitted(person, now=LAST_WEEK)
    assert steps_of(login(person), "?m=20") == []
    assert [way.words for way in home_of(login(person)).ways] == ["已交卷，等阅卷"]
    blank = start_attempt(person=other, exam_key="base", now=LAST_WEEK)
    submit_attempt(attempt_id=blank.pk, by=other, now=LAST_WEEK)
    assert steps_of(login(other), "?m=20") == []
    assert [way.words for way in home_of(login(other)).ways] == ["次数已用完，问问管理员"]


def test_the_way_to_a_certificate_says_what_can_be_done_and_what_others_do(login: Any) -> None:
    pairing = make_pairing()
    make_exam()
    release("lift", now=LAST_WEEK)
    endorsed = {"id": "m", "kind": "endorsement", "title": "导师推荐", "minutes": 30}
    make_scheme(rule={**BOTH, "rules": [*BOTH["rules"], endorsed]})
    ways = home_of(login(pairing.mentee)).ways
    name = pairing.mentor.account.name
    assert [(way.title, way.minutes, way.words, way.url) for way in ways] == [
        ("学完课程", 30, "去学课程", "/courses/lift/"),
        ("考试 ≥ 60%", 20, "学完课程再考", ""),
        ("导师推荐", 30, f"目标达到以后，由{name}写", ""),
    ]
    assert home_of(login(make_person())).ways[2].words == "由导师写，你现在还没有导师"


def test_a_course_under_way_is_named_first_on_home_and_on_the_record(login: Any) -> None:
    person = make_person()
    take(person, "data", "lift", lessons=2)
    enrolment = Enrolment.objects.get(person=person, course_key="lift")
    first = CourseVersion.objects.get(key="lift").content["lessons"][0]["id"]
    progress.complete_lesson(enrolment=enrolment, lesson_id=first, now=LAST_WEEK)
    rules = [
        {"id": slug, "kind": "course", "title": f"学完 {slug}", "subject": slug, "minutes": 30}
        for slug in ("data", "lift")
    ]
    make_scheme(rule={"id": "all", "kind": "all", "title": "全部", "rules": rules})
    client = login(person)
    assert [way.title for way in home_of(client).ways] == ["学完 lift", "学完 data"]
    (standing,) = client.get("/me/").context["record"].standings
    assert standing.next_step.title == "学完 lift"


def test_a_course_somebody_has_not_joined_begins_at_its_own_page(login: Any) -> None:
    person = make_person()
    take(person, "data")
    finish(person, "data")
    release("lift", now=LAST_WEEK)
    make_exam()
    make_scheme(rule=BOTH)
    assert steps_of(login(person)) == [("课 lesson-1", "/courses/lift/")]


def test_a_session_record_waits_for_the_mentee(login: Any) -> None:
    pairing = make_pairing()
    make_session(pairing, held_on=date(2026, 11, 20), confirmed=False)
    title, url = steps_of(login(pairing.mentee))[0]
    name = pairing.mentor.account.name
    assert (title, url) == (f"确认{name}写的帮带记录", "/mentoring/pairings/QL-2026-001/")


def test_mentor_is_led_to_the_mentees(login: Any) -> None:
    mentor = make_participant(Tier.BACKBONE, capacity=3)
    pairing = make_pairing(mentor=mentor)
    make_session(pairing, held_on=date(2026, 9, 10), confirmed=False, by=pairing.mentee)
    (step,) = home_of(login(mentor)).offer.steps
    assert (step.url, step.note) == (
        "/mentoring/",
        "你带 1 位徒弟。1 次记录等你核对。1 位到了该见面的日子。",
    )


# The rest of the page


@pytest.mark.postgres
def test_worker_sees_standing_radar_news_and_mentor(login: Any) -> None:
    mentee = make_participant(Tier.NEW)
    pairing = make_pairing(mentee=mentee)
    make_session(pairing)
    make_scheme()
    send_notice(recipient=mentee, title="一条新消息", source_key="n:1", now=NOW)
    page = login(mentee).get("/").content.decode()
    for text in ("数字治理 1+N（初级）", "六轴能力图", "一条新消息", pairing.mentor.account.name):
        assert text in page
    assert ("一起走访三号楼二单元。" in page, "2026年10月11日前就该见面了" in page) == (True, True)
    make_session(pairing, held_on=date(2026, 11, 20))
    assert "下一次在 2026年12月21日前" in login(mentee).get("/").content.decode()


def test_the_certificate_under_way_comes_before_a_shorter_one(login: Any) -> None:
    person = make_person()
    make_exam()
    take(person, "lift")
    short = {"id": "e", "kind": "exam", "title": "考", "subject": "base", "mark": 60, "minutes": 5}
    make_scheme(rule=BOTH)
    make_scheme(key="short", title="短", rule={"id": "all", "kind": "all", "title": "全部", "rules": [short]})
    home = home_of(login(person))
    assert ([one.scheme_key for one in (home.nearest, *home.further)], home.way_left) == (
        ["digital", "short"],
        "50 分钟",
    )


def test_somebody_who_holds_everything_reads_that_nothing_is_missing(login: Any) -> None:
    holder = make_certificate().person
    release("lift", now=LAST_WEEK, title="加装电梯")
    enrol(person=holder, course_key="lift", now=LAST_WEEK)
    finish(holder, "lift")
    release("doors", now=LAST_WEEK, title="智慧安防")
    response = login(holder).get("/")
    page = response.content.decode()
    assert (response.context["home"].is_settled, response.context["home"].offer.steps) == (True, ())
    for text in ("眼下什么都不缺", "有效至 2029年11月21日", "智慧安防"):
        assert text in page


def test_a_certificate_that_ends_soon_says_so(login: Any, monkeypatch: Any) -> None:
    certificate = make_certificate()
    release("lift", now=LAST_WEEK)
    enrol(person=certificate.person, course_key="lift", now=LAST_WEEK)
    finish(certificate.person, "lift")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=3 * 365 - 60))
    assert "快到期了，记得续" in login(certificate.person).get("/").content.decode()


def test_recent_results_are_shown_and_old_ones_are_not(login: Any) -> None:
    person = make_person()
    make_exam()
    make_submitted(person, now=NOW - timedelta(days=31))
    sitting = make_submitted(person, now=LAST_WEEK)
    results = home_of(login(person)).results
    assert [(one.attempt_id, one.points_text, one.state_text) for one in results] == [
        (sitting.pk, "4", "通过")
    ]


# Notices


def test_following_a_notice_reads_it_and_leads_on(login: Any) -> None:
    person = make_person()
    notice = send_notice(recipient=person, title="成绩", source_key="n:1", now=NOW, url="/me/")
    client = login(person)
    assert home_of(client).news == [notice]
    response = client.get(f"/me/notices/{notice.pk}/")
    assert (response.status_code, response["Location"]) == (302, "/me/")
    assert home_of(client).news == []
    assert client.get(f"/me/notices/{notice.pk}/")["Location"] == "/me/"


def test_a_notice_without_an_address_leads_to_the_inbox(login: Any) -> None:
    person = make_person()
    notice = send_notice(recipient=person, title="成绩", source_key="n:1", now=NOW)
    assert login(person).get(f"/me/notices/{notice.pk}/")["Location"] == "/me/notices/"


def test_somebody_elses_notice_is_not_there_and_stays_unread(login: Any) -> None:
    notice = send_notice(recipient=make_person(), title="成绩", source_key="n:1", now=NOW, url="/me/")
    assert login(make_person()).get(f"/me/notices/{notice.pk}/").status_code == 404
    assert Notice.objects.get().read_at is None


# Cost


@pytest.mark.postgres
@pytest.mark.parametrize("path", ["/", "/me/"])
def test_as_many_queries_at_three_courses_as_at_one(path: str, login: Any) -> None:
    one, three = make_participant(Tier.NEW), make_participant(Tier.NEW)
    take(one, "lift")
    make_exam()
    make_scheme()
    enrol(person=three, course_key="lift", now=LAST_WEEK)
    take(three, "data", "doors")
    give_evidence(three)
    for number, mentee in enumerate((one, three), start=1):
        pairing = make_pairing(f"QL-2026-{number:03d}", mentee=mentee)
        for _session in range(2 * number - 1):
            make_session(pairing, confirmed=False)
            make_submitted(mentee, now=LAST_WEEK)
    counts = [queries(login(person), path) for person in (one, three)]
    assert counts == {"/": [12, 12], "/me/": [11, 11]}[path]


def queries(client: Client, path: str) -> int:
    """Session and user counted; what is cached for everybody is warm."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_addresses_agree_with_what_the_rooms_registered(login: Any) -> None:
    """Pages draw proofs without asking the ledger where its subjects lie."""
    release("lift", now=LAST_WEEK)
    make_exam()
    release_rehearsal()
    subjects = Subject.objects.filter(kind__in=[SubjectKind.COURSE, SubjectKind.EXAM, SubjectKind.SCENARIO])
    assert {(one.kind, one.key): one.url for one in subjects} == {
        (one.kind, one.key): address_of(one.kind, one.key) for one in subjects
    }
    assert len(subjects) == 3
