"""The pages before a sitting: what the exam says, what one asks for, what an administrator decides."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from assessments.attempts import start_attempt
from assessments.entry.accommodations import grant_accommodation, request_accommodation
from assessments.entry.exemptions import PriorCertificate, grant_exemption, request_exemption
from assessments.models import Accommodation, Attempt, ExamVersion, Exemption
from people.models import Person, Role
from tests.assessments.halls.making import make_room, make_seat, make_session
from tests.assessments.making import make_exam, make_submitted
from tests.assessments.regrades import DOUBLED, DROP, FULL, make_done
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PDF = "%PDF-1.4 计算机二级".encode()


@pytest.fixture
def at() -> datetime:
    """The real moment: views read the host's clock."""
    return timezone.now()


@pytest.fixture
def learner(db: Any) -> Person:
    return make_person("许知秋")


@pytest.fixture
def administrator(learner: Person) -> Person:
    return make_person("赵主任", roles=(Role.ADMINISTRATOR,))


def iso(moment: datetime) -> str:
    return timezone.localtime(moment).replace(microsecond=0).isoformat()


def ask_more_time(person: Person, at: datetime, key: str = "base") -> Accommodation:
    return request_accommodation(
        person=person, exam_key=key, time_factor=Decimal("1.5"), reason="左手骨折", now=at
    )


def ask_exemption(person: Person, at: datetime, key: str = "base") -> Exemption:
    return request_exemption(
        person=person,
        exam_key=key,
        certificate=PriorCertificate("计算机二级", "教育考试院", date(2024, 6, 1)),
        file=SimpleUploadedFile("证书.pdf", PDF),
        now=at,
    )


def facts(client: Any, key: str = "base") -> dict[str, str]:
    return dict(client.get(f"/exams/{key}/").context["facts"])


@pytest.mark.parametrize("exams", [1, 3])
def test_list_and_page_take_so_many_queries_whatever_there_is(
    exams: int,
    learner: Person,
    administrator: Person,
    at: datetime,
    login: Any,
    django_assert_num_queries: Any,
) -> None:
    for number in range(exams):
        key = f"exam-{number}"
        make_exam(key, opens_at=iso(at - HOUR), closes_at=iso(at + HOUR), rules="不得交谈")
        make_seat(make_room(make_session(at, exam_key=key)), learner)
        grant_accommodation(
            accommodation=ask_more_time(learner, at, key),
            time_factor=Decimal("1.5"),
            extra_attempts=1,
            by=administrator,
            now=at,
        )
        grant_exemption(exemption=ask_exemption(learner, at, key), word="", by=administrator, now=at)
    client = login(learner)
    client.get("/exams/")
    with django_assert_num_queries(10):  # one of them for what was corrected since the releases
        client.get("/exams/")
    with django_assert_num_queries(11):
        client.get("/exams/exam-0/")


def test_list_and_page_say_the_terms_by_which_the_next_paper_is_scored(
    learner: Person, at: datetime, login: Any
) -> None:
    version = make_exam(types=("single",) * 3)
    make_done(version, {"kind": "pass", "percent": "45"}, DROP, now=at - 3 * HOUR)
    client = login(learner)
    said = facts(client)
    assert (said["合格线"], said["试卷"]) == ("得分率不低于 45%", "3 题，4 分")
    assert "3 题，4 分，合格线 45%" in client.get("/exams/").content.decode()


@pytest.mark.parametrize(("change", "points"), [(DROP, "，2–4"), (DOUBLED, "，4–6"), (FULL, "，4")])
def test_points_that_depend_on_the_draw_are_a_span(
    change: dict[str, Any], points: str, learner: Person, at: datetime, login: Any
) -> None:
    make_done(make_exam(types=("single",) * 3, draw=2), change, now=at - 3 * HOUR)
    assert f"{points} 分" in facts(login(learner))["试卷"]


def test_list_says_every_state_at_a_glance(
    learner: Person, administrator: Person, at: datetime, login: Any
) -> None:
    make_exam("a", opens_at=iso(at + HOUR))
    make_exam("b", closes_at=iso(at - HOUR))
    make_exam("c", seats_only=True)
    make_exam("d", opens_at=iso(at - HOUR), late_entry_minutes=10)
    make_exam("e", closes_at=iso(at + HOUR))
    make_exam("f", max_attempts=1, pass_percent=100)
    make_exam("g", cooldown_hours=24, pass_percent=100)
    make_exam("h")
    for key in ("f", "g"):
        attempt = start_attempt(person=learner, exam_key=key, now=at)
        login(learner).post(f"/exams/attempt/{attempt.pk}/submit/")
    grant_exemption(exemption=ask_exemption(learner, at, "h"), word="", by=administrator, now=at)
    cards = login(learner).get("/exams/").context["cards"]
    assert [(card.version.key, card.state, card.state_text, bool(card.note)) for card in cards] == [
        ("a", "locked", "未开始", True),
        ("b", "locked", "已结束", True),
        ("c", "locked", "只在考场进行", True),
        ("d", "locked", "已停止入场", True),
        ("e", "open", "还没考过", True),
        ("f", "due", "次数已用完", True),
        ("g", "due", "未通过", True),
        ("h", "done", "已免修", False),
    ]


def test_page_says_the_rules_in_plain_words(learner: Person, at: datetime, login: Any) -> None:
    make_exam(max_attempts=3, cooldown_hours=24, grading="last")
    said = facts(login(learner))
    assert said == {
        "开放时间": "随时",
        "时间": "20 分钟，从你点“开始”起由服务器计时",
        "试卷": "2 题，4 分",
        "合格线": "得分率不低于 60%",
        "次数": "最多 3 次，还剩 3 次\n两次之间至少隔 24 小时\n按最后一次算",
        "交卷以后": "你的作答、得分",
        "合格或次数用完以后": "还能看到正确答案、解析",
    }


def test_page_tells_the_own_time_and_what_the_close_leaves(
    learner: Person, administrator: Person, at: datetime, login: Any
) -> None:
    make_exam(minutes=120, closes_at=iso(at + HOUR))
    grant_accommodation(
        accommodation=ask_more_time(learner, at),
        time_factor=Decimal("1.5"),
        extra_attempts=0,
        by=administrator,
        now=at,
    )
    said = facts(login(learner))["时间"].split("\n")
    assert said[0] == "180 分钟（含你个人的 60 分钟），从你点“开始”起由服务器计时"
    assert said[1] in {"现在开始，还剩 118 分钟。", "现在开始，还剩 119 分钟。"}
    assert "左手骨折" not in login(make_person()).get("/exams/base/").content.decode()
    assert "180 分钟（含你个人的 60 分钟），2 题" in login(learner).get("/exams/").content.decode()
    assert '<p class="soft">120 分钟，2 题' in login(make_person()).get("/exams/").content.decode()


def test_page_tells_what_was_asked_for_while_it_waits(learner: Person, at: datetime, login: Any) -> None:
    make_exam()
    request_accommodation(
        person=learner, exam_key="base", time_factor=Decimal("1.5"), reason="左手骨折", now=at
    )
    page = login(learner).get("/exams/base/").content.decode()
    assert "你申请的是：时间为 1.5 倍" in page
    assert "左手骨折" in page


def test_without_a_limit_of_attempts_keys_are_promised_after_passing(learner: Person, login: Any) -> None:
    make_exam()
    assert facts(login(learner))["合格以后"] == "还能看到正确答案、解析"


def test_page_names_the_day_of_a_window_once(learner: Person, login: Any) -> None:
    make_exam(opens_at="2099-01-05T09:00:00+08:00", closes_at="2099-01-05T11:00:00+08:00")
    make_exam("long", opens_at="2099-01-05T09:00:00+08:00", closes_at="2099-01-06T11:00:00+08:00")
    client = login(learner)
    assert facts(client)["开放时间"] == "2099年1月5日 09:00至11:00"
    assert facts(client, "long")["开放时间"] == "2099年1月5日 09:00至2099年1月6日 11:00"


def test_page_with_a_seat_shows_it_and_asks_for_the_rooms_code(
    learner: Person, at: datetime, login: Any
) -> None:
    make_exam(seats_only=True, rules="不得交谈")
    seat = make_seat(make_room(make_session(at), access_code="R1"), learner)
    client = login(learner)
    page = client.get("/exams/base/").content.decode()
    for words in (
        "第一考场 1 号座",
        'name="code"',
        'name="confirmed"',
        reverse("assessments:ticket", args=[seat.pk]),
    ):
        assert words in page
    assert "R1" not in page
    mark = client.get("/exams/base/").context["desk"].rules_mark
    told = client.post("/exams/base/start/", {"code": "R1"}, follow=True).context["messages"]
    assert [str(each) for each in told] == ["请先读规则并勾选确认，再开始。"]
    assert client.post("/exams/base/start/", {"code": "R1", "confirmed": mark}).status_code == 302
    assert Attempt.objects.get().seat == seat


def test_page_of_a_shut_exam_says_why_and_offers_no_start(learner: Person, at: datetime, login: Any) -> None:
    make_exam(closes_at=iso(at - HOUR), access_code="X1")
    page = login(learner).get("/exams/base/").content.decode()
    assert "请问管理员下一次的时间" in page
    assert "/exams/base/start/" not in page


def test_forged_forwarded_address_is_no_way_into_a_network(
    learner: Person, login: Any, settings: Any
) -> None:
    """Row 27."""
    make_exam(addresses=["10.1.0.0/16"])
    client = login(learner)
    client.post("/exams/base/start/", headers={"x-forwarded-for": "10.1.2.3"})
    assert Attempt.objects.count() == 0
    client.post("/exams/base/start/", REMOTE_ADDR="10.1.2.3")
    assert Attempt.objects.count() == 1


def test_exam_page_is_nobody_elses_to_keep(
    learner: Person, administrator: Person, at: datetime, login: Any
) -> None:
    """Row 20."""
    make_exam()
    pages = [
        "/exams/",
        "/exams/base/",
        "/exams/rehearsal/",
        "/exams/base/exemption/",
        f"/exams/arrangements/{ask_more_time(learner, at).pk}/",
        f"/exams/exemptions/{(asked := ask_exemption(learner, at)).pk}/",
        f"/exams/exemptions/{asked.pk}/file/",
    ]
    for path in pages:
        said = login(learner).get(path)["Cache-Control"]
        assert "private" in said, path
    assert "private" in login(administrator).get("/exams/requests/")["Cache-Control"]


def test_arrangement_is_asked_for_in_one_tap(learner: Person, administrator: Person, login: Any) -> None:
    make_exam()
    client = login(learner)
    answer = client.post("/exams/base/arrangement/", {"need": "1.5"}, follow=True)
    assert "已经交给管理员" in answer.content.decode()
    asked = Accommodation.objects.get()
    assert (asked.time_factor, asked.extra_attempts, asked.status) == (Decimal("1.5"), 0, "requested")
    assert client.get("/exams/base/arrangement/").url == "/exams/base/"


@pytest.mark.parametrize(
    ("posted", "problem"), [({}, "need"), ({"need": "other"}, None), ({"need": "9"}, "need")]
)
def test_arrangement_without_a_need_is_asked_again_on_the_page(
    posted: dict[str, str], problem: str | None, learner: Person, login: Any
) -> None:
    make_exam()
    answer = login(learner).post("/exams/base/arrangement/", posted)
    assert answer.status_code == 422
    assert (
        (problem in answer.context["form"].errors) if problem else answer.context["form"].non_field_errors()
    )
    assert Accommodation.objects.count() == 0


def test_administrator_grants_another_factor_until_a_day(
    learner: Person, administrator: Person, at: datetime, login: Any
) -> None:
    make_exam()
    asked = ask_more_time(learner, at)
    url, client = f"/exams/arrangements/{asked.pk}/", login(administrator)
    page = client.get(url).content.decode()
    for words in ("许知秋", "左手骨折", "时间为 1.5 倍"):
        assert words in page
    given = {
        "do": "grant",
        "factor": "own",
        "own_factor": "1.75",
        "extra_attempts": "1",
        "scope": "one",
        "until_on": "2099-12-31",
    }
    assert client.post(url, {**given, "own_factor": ""}).status_code == 422
    assert client.post(url, {**given, "own_factor": "9"}).status_code == 422
    assert client.post(url, given).url == "/exams/requests/"
    asked.refresh_from_db()
    assert (asked.status, asked.time_factor, asked.until_on) == (
        "granted",
        Decimal("1.75"),
        date(2099, 12, 31),
    )


def test_administrator_refuses_with_a_word_only(
    learner: Person, administrator: Person, at: datetime, login: Any
) -> None:
    make_exam()
    asked, client = ask_more_time(learner, at), login(administrator)
    url = f"/exams/arrangements/{asked.pk}/"
    answer = client.post(url, {"do": "refuse", "word": ""})
    assert (answer.status_code, "word" in answer.context["word"].errors) == (422, True)
    assert client.post(url, {"do": "refuse", "word": "请补交证明"}).status_code == 302
    asked.refresh_from_db()
    assert asked.status == "refused"


def test_person_reads_and_takes_back_but_decides_nothing(learner: Person, at: datetime, login: Any) -> None:
    """Row 24: what a form posts beside its fields changes nothing."""
    make_exam()
    asked, certificate = ask_more_time(learner, at), ask_exemption(learner, at)
    client = login(learner)
    grant = {"do": "grant", "factor": "2", "extra_attempts": "5", "scope": "all", "status": "granted"}
    for url in (f"/exams/arrangements/{asked.pk}/", f"/exams/exemptions/{certificate.pk}/"):
        assert client.get(url).status_code == 200
        assert client.post(url, grant).status_code == 422
        assert client.post(url, {"do": "refuse", "word": "x"}).status_code == 422
        assert client.post(url, {"do": "end"}).status_code == 302
    asked.refresh_from_db()
    certificate.refresh_from_db()
    assert (asked.status, certificate.status, asked.time_factor) == ("ended", "ended", Decimal("1.50"))


def test_certificate_goes_in_with_a_file_and_comes_back_as_a_download(
    learner: Person, administrator: Person, login: Any
) -> None:
    make_exam()
    client, said = login(learner), {"title": "计算机二级", "issuer": "教育考试院", "issued_on": "2024-06-01"}
    wrong = client.post(
        "/exams/base/exemption/", {**said, "file": SimpleUploadedFile("证书.pdf", b"MZ nothing")}
    )
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["file"])
    answer = client.post("/exams/base/exemption/", {**said, "file": SimpleUploadedFile("证书.pdf", PDF)})
    asked = Exemption.objects.get()
    assert answer.url == f"/exams/exemptions/{asked.pk}/"
    for who in (learner, administrator):
        file = login(who).get(f"{answer.url}file/")
        assert b"".join(file.streaming_content) == PDF
        assert file["Content-Disposition"].startswith("attachment")
        assert file["Cache-Control"] == "private, no-store"
    assert login(make_person()).get(f"{answer.url}file/").status_code == 404


def test_certificate_is_refused_in_plain_words_for_day_and_file_together(learner: Person, login: Any) -> None:
    make_exam()
    client, said = login(learner), {"title": "计算机二级", "issuer": "教育考试院", "issued_on": "2999-06-01"}

    def errors(file: bytes) -> dict[str, list[str]]:
        sent = {**said, "file": SimpleUploadedFile("证书.pdf", file)}
        return dict(client.post("/exams/base/exemption/", sent).context["form"].errors)

    day = ["这一天还没到。请看一看证书上的日期。"]
    assert errors(PDF) == {"issued_on": day, "file": ["上面填的都还在，文件没有保留：请重新选择。"]}
    assert errors(b"MZ")["issued_on"] == day
    assert "PDF" in errors(b"MZ")["file"][0]
    assert errors(b"")["file"] == ["这个文件是空的，请换一个。"]
    assert Exemption.objects.count() == 0


def test_administrator_accepts_a_certificate_and_the_exam_counts_as_done(
    learner: Person, administrator: Person, at: datetime, login: Any
) -> None:
    make_exam()
    asked = ask_exemption(learner, at)
    client = login(administrator)
    assert client.post(f"/exams/exemptions/{asked.pk}/", {"do": "grant", "word": ""}).status_code == 302
    page = login(learner).get("/exams/base/").content.decode()
    assert "你已免修这场考试" in page
    assert "/exams/base/exemption/" not in page
    assert (
        client.post(f"/exams/exemptions/{asked.pk}/", {"do": "end", "word": "证书已撤销"}).status_code == 302
    )
    assert "你已免修这场考试" not in login(learner).get("/exams/base/").content.decode()


def test_page_of_an_exam_that_is_passed_asks_for_no_certificate(
    learner: Person, at: datetime, login: Any
) -> None:
    make_exam()
    make_submitted(learner, now=at)
    page = login(learner).get("/exams/base/").content.decode()
    assert ("你的成绩：得分率 100%" in page, "/exams/base/exemption/" in page) == (True, False)


def test_practice_takes_no_certificate(learner: Person, login: Any) -> None:
    make_exam(practice=True)
    client = login(learner)
    assert "/exams/base/exemption/" not in client.get("/exams/base/").content.decode()
    assert client.get("/exams/base/exemption/").status_code == 404


@pytest.mark.parametrize("size", [1, 3])
def test_requests_of_the_own_organisation_lie_before_their_administrator(
    size: int,
    learner: Person,
    administrator: Person,
    at: datetime,
    login: Any,
    django_assert_num_queries: Any,
) -> None:
    make_exam()
    stranger = make_person(organisation=make_organisation("XX"))
    ask_more_time(stranger, at)
    people = [learner, *(make_person() for _more in range(size - 1))]
    for person in people:
        ask_more_time(person, at)
        ask_exemption(person, at)
    client = login(administrator)
    client.get("/exams/requests/")
    with django_assert_num_queries(8):
        found = client.get("/exams/requests/").context["requests"]
    assert (len(found.waiting), len(found.decided)) == (2 * size, 0)
    assert f"考试申请（{2 * size} 项待处理）" in client.get("/exams/").content.decode()


def test_requests_are_for_administrators(learner: Person, login: Any) -> None:
    assert login(learner).get("/exams/requests/").status_code == 403
    assert login(make_person(roles=(Role.EXAMINER,))).get("/exams/requests/").status_code == 403


def test_no_page_of_these_tells_the_access_code(learner: Person, at: datetime, login: Any) -> None:
    make_exam(access_code="GEHEIM7")
    assert "GEHEIM7" in str(ExamVersion.objects.get().document)
    client = login(learner)
    for path in ("/exams/", "/exams/base/"):
        assert "GEHEIM7" not in client.get(path).content.decode()
