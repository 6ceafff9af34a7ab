"""Every kind of page of the demo: readable by all, narrow and wide, light and dark, without errors or strangers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from assessments.attempts import start_attempt
from assessments.models import Attempt, AttemptStatus
from certificates.holders.requests import ask_correction
from certificates.models import BatchStatus, Certificate, CertificateBatch, Reason
from certificates.names import ask_confirmation
from certificates.revoking import revoke_certificate
from cms.demo.organisation import DEMO_PASSWORD
from courses.enrolments import enrol
from courses.models import CourseVersion
from people.models import Account, Person
from simulations.models import Playthrough
from simulations.playing import start_playthrough
from simulations.reviewing.hindsights import work_out_hindsight
from tests.browser.answers import answer_question, fill_right_answer
from tests.browser.conftest import DESK, PHONE, axe_violations
from tests.browser.navigation import press
from tests.demo_site import demo_site

pytestmark = pytest.mark.django_db(transaction=True)
LEARNER, COLLEAGUE, MENTOR, EXAMINER = "2026-0417", "2025-0312", "2014-0088", "2009-0142"
AUTHOR, ADMINISTRATOR, APPROVER, NEWCOMER = "2017-0064", "2011-0056", "2003-0009", "2026-0528"
BEGINNER = "2026-0433"  # joins every course for these tests
SUBDISTRICT = "2012-0044"  # administers one sub-district only
EVERYBODY = ("", LEARNER, COLLEAGUE, MENTOR, EXAMINER, AUTHOR, ADMINISTRATOR, APPROVER, NEWCOMER, SUBDISTRICT)


@dataclass
class Site:
    """The demo, served, with a learner in the middle of an exam and a rehearsal, and one certificate revoked."""

    url: str
    places: dict[str, str]


@pytest.fixture(scope="module")
def site(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """One for all: these tests look, and what they change does not disturb the others."""
    with django_db_blocker.unblock(), demo_site(tmp_path_factory):
        server = LiveServer("localhost")
        yield Site(server.url, _make_places())
        server.stop()


@pytest.fixture
def _django_db_helper(site: Site) -> None:
    """Instead of pytest-django's own, which would empty the database after each test."""


def _make_places() -> dict[str, str]:
    """What is started for the tests, and the ids that stand in addresses."""
    now, learner, approver = timezone.now(), _person(LEARNER), _person(APPROVER)
    revoked = Certificate.objects.get(person=_person(AUTHOR))
    revoke_certificate(certificate=revoked, reason=Reason.ISSUED_IN_ERROR, note="测试", by=approver, now=now)
    valid = Certificate.objects.get(person=_person("2025-0377"))
    contested = Certificate.objects.get(person=_person("2024-0188"))
    correction = ask_correction(
        certificate=contested, wanted_name="谭书雨", words="最后一个字印错了。", by=contested.person, now=now
    )
    for course in CourseVersion.objects.values_list("key", flat=True).distinct():
        enrol(person=_person(BEGINNER), course_key=course, now=now)
    waiting = Attempt.objects.get(person=_person("2026-0216"), status=AttemptStatus.MARKING)
    case = Attempt.objects.filter(exam_key="public-opinion", status=AttemptStatus.COMPLETE).earliest("pk")
    debriefed = Playthrough.objects.get(person=_person(COLLEAGUE))
    work_out_hindsight(
        asked=debriefed.hindsight
    )  # the worker's part: the page is looked at with all it can have
    asked = ask_confirmation(person=learner, scheme_key="digital-governance", by=approver, now=now)
    return {
        "attempt": str(start_attempt(person=learner, exam_key="base", now=now).pk),
        "run": str(start_playthrough(person=learner, scenario_key="S1", now=now).pk),
        "asked": str(asked.pk),
        "marked": str(Attempt.objects.get(person=_person(COLLEAGUE)).pk),
        "debriefed": str(debriefed.pk),
        "waiting": str(waiting.pk),
        "slot": str(waiting.answers.get(item__question_version__type="short_answer").slot),
        "asked_in_writing": str(waiting.answers.get(item__question_version__type="short_answer").item_id),
        "exam_marked": waiting.exam_key,
        "learner": str(learner.pk),
        "valid": valid.code,
        "revoked": revoked.code,
        "serial": valid.serial,
        "correction": str(correction.pk),
        "handed_out": str(valid.batch_row.batch_id),
        "batch": str(CertificateBatch.objects.earliest("pk").pk),
        "to_decide": str(CertificateBatch.objects.get(status=BatchStatus.PROPOSED).pk),
        "case": str(start_attempt(person=_person(BEGINNER), exam_key="public-opinion", now=now).pk),
        "case_marked": str(case.pk),
        "case_holder": case.person.account.staff_number,
        "colleague": str(_person("2025-0377").pk),
    }


def _person(staff_number: str) -> Person:
    return Account.objects.select_related("person").get(staff_number=staff_number).person


HEAVIEST = 100_000  # bytes of page, styles and scripts together, before compression
# The sitting page brings at once what it needs for a quarter of an hour without a network; a debrief tells a run.
HEAVIEST_PAPER = 112_000
WEIGHT = """
    performance.getEntries()
        .filter((one) => one.entryType === "navigation" || ["link", "script"].includes(one.initiatorType))
        .reduce((sum, one) => sum + one.decodedBodySize, 0)
"""
PAGES = [
    ("", "/"),
    ("", "/accounts/login/"),
    ("", "/verify/"),
    ("", "/verify/{valid}/"),
    ("", "/verify/{revoked}/"),
    ("", "/verify/00000000000000000000000000/"),
    ("", "/nowhere/"),
    (NEWCOMER, "/"),
    (NEWCOMER, "/me/"),
    (LEARNER, "/"),
    (LEARNER, "/courses/"),
    (LEARNER, "/courses/data-analysis/"),
    (LEARNER, "/courses/data-analysis/lessons/ask-first/"),
    (LEARNER, "/courses/data-analysis/lessons/heat-map/"),
    (LEARNER, "/courses/smart-security/"),
    (BEGINNER, "/courses/office-software/lessons/five-formulas/"),
    (BEGINNER, "/courses/smart-security/lessons/records/"),
    (BEGINNER, "/courses/public-opinion/lessons/respond/"),
    (BEGINNER, "/courses/renovation-policy/lessons/two-gates/"),
    (BEGINNER, "/courses/home-visits/lessons/five-steps/"),
    (LEARNER, "/simulations/"),
    (LEARNER, "/simulations/S1/"),
    (LEARNER, "/simulations/runs/{run}/"),
    (COLLEAGUE, "/simulations/runs/{debriefed}/debrief/"),
    (LEARNER, "/exams/"),
    (LEARNER, "/exams/base/"),
    (LEARNER, "/exams/attempt/{attempt}/?q=2"),
    (LEARNER, "/exams/attempt/{attempt}/?q=4"),
    (LEARNER, "/exams/attempt/{attempt}/submit/"),
    (BEGINNER, "/exams/attempt/{case}/?q=12"),
    (COLLEAGUE, "/exams/attempt/{marked}/result/"),
    ("{case_holder}", "/exams/attempt/{case_marked}/result/"),
    (LEARNER, "/me/"),
    (LEARNER, "/me/notices/"),
    ("2025-0377", "/me/"),
    (LEARNER, "/accounts/password/change/"),
    ("", "/accounts/password/reset/"),
    (LEARNER, "/me/photo/"),
    (LEARNER, "/certificates/names/{asked}/"),
    ("2025-0377", "/certificates/{serial}/correction/"),
    (LEARNER, "/mentoring/pairings/QL-2026-018/"),
    (LEARNER, "/people/"),
    (MENTOR, "/mentoring/"),
    (MENTOR, "/mentoring/pairings/QL-2026-018/"),
    (MENTOR, "/mentoring/pairings/QL-2026-018/sessions/new/"),
    (MENTOR, "/mentoring/pairings/QL-2026-018/endorse/"),
    (MENTOR, "/people/{learner}/"),
    (EXAMINER, "/"),
    (EXAMINER, "/exams/marking/"),
    (EXAMINER, "/exams/marking/{waiting}/{slot}/"),
    (EXAMINER, "/exams/marking/{asked_in_writing}/"),
    (EXAMINER, "/exams/marking/{asked_in_writing}/alike/"),
    (EXAMINER, "/exams/marking/boards/"),
    (APPROVER, "/exams/marking/boards/{exam_marked}/"),
    (APPROVER, "/exams/marking/{asked_in_writing}/anchors/"),
    (AUTHOR, "/"),
    (AUTHOR, "/exams/questions/BASE-F-124/"),
    (AUTHOR, "/exams/questions/BASE-C-125/"),
    (ADMINISTRATOR, "/"),
    (ADMINISTRATOR, "/people/"),
    (ADMINISTRATOR, "/people/?page=2"),
    (ADMINISTRATOR, "/people/{colleague}/"),
    (ADMINISTRATOR, "/people/{colleague}/name/"),
    (ADMINISTRATOR, "/certificates/"),
    (ADMINISTRATOR, "/certificates/cases/"),
    (ADMINISTRATOR, "/certificates/cases/{correction}/"),
    (ADMINISTRATOR, "/certificates/renew/?scheme=digital-governance&organisation=QH"),
    (ADMINISTRATOR, "/certificates/register/"),
    (ADMINISTRATOR, "/certificates/register/figures/"),
    (ADMINISTRATOR, "/certificates/register/paper/"),
    (ADMINISTRATOR, "/certificates/register/trail/"),
    (ADMINISTRATOR, "/certificates/deputies/"),
    (ADMINISTRATOR, "/certificates/propose/"),
    (ADMINISTRATOR, "/certificates/propose/?scheme=digital-governance&organisation=QH"),
    (ADMINISTRATOR, "/certificates/propose/?scheme=elevator-unit&organisation=QH"),
    (ADMINISTRATOR, "/certificates/batches/{batch}/"),
    (ADMINISTRATOR, "/certificates/batches/{batch}/people/"),
    (ADMINISTRATOR, "/certificates/batches/{batch}/samples/"),
    (ADMINISTRATOR, "/certificates/batches/{batch}/trail/"),
    (ADMINISTRATOR, "/certificates/batches/{handed_out}/ceremony/"),
    (ADMINISTRATOR, "/certificates/batches/{handed_out}/ceremony/seats/"),
    (ADMINISTRATOR, "/certificates/batches/{handed_out}/ceremony/paper/"),
    (ADMINISTRATOR, "/certificates/batches/{handed_out}/ceremony/lists/"),
    (ADMINISTRATOR, "/certificates/batches/{handed_out}/ceremony/names/"),
    (ADMINISTRATOR, "/certificates/themes/"),
    (ADMINISTRATOR, "/certificates/themes/marks/"),
    (ADMINISTRATOR, "/certificates/themes/portrait/"),
    (APPROVER, "/certificates/batches/{to_decide}/"),
    (SUBDISTRICT, "/people/"),
    (ADMINISTRATOR, "/certificates/{serial}/"),
]


@pytest.fixture
def open_as(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """`open_as("2026-0417")` is a fresh profile of somebody who is already signed in; "" is nobody."""
    contexts = []

    def _open(staff_number: str, viewport: dict[str, int] = DESK, **options: Any) -> Page:
        context = chromium.new_context(base_url=site.url, viewport=viewport, locale="zh-CN", **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        if staff_number:
            session = signed_in(staff_number).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
        return context.new_page()

    yield _open
    for context in contexts:
        context.close()


def signed_in(staff_number: str) -> Client:
    """A test client of this person; of nobody for ""."""
    client = Client()
    if staff_number:
        account = Account.objects.get(staff_number=staff_number)
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(("who", "path"), PAGES)
def test_page_is_sound(who: str, path: str, site: Site, open_as: Callable[..., Page]) -> None:
    page = open_as(who.format(**site.places), viewport=PHONE)
    problems = watch(page, site.url)
    response = page.goto(path.format(**site.places), wait_until="networkidle")
    assert response is not None
    weight = page.evaluate(WEIGHT)
    is_whole_story = ("/attempt/" in path and "?q=" in path) or path.endswith("/debrief/")
    if weight > (HEAVIEST_PAPER if is_whole_story else HEAVIEST):
        problems.append(f"{weight} bytes before pictures")
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.className") != "skip":
        problems.append("the first stop of the Tab key is not the skip link")
    for viewport in (PHONE, DESK):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        for light, size in (("light", "large"), ("light", ""), ("dark", "")):
            page.emulate_media(color_scheme=light)  # type: ignore[arg-type]
            page.evaluate("size => { document.documentElement.dataset.size = size }", size)
            problems += [f"{viewport['width']} {light} {size}: {each}" for each in axe_violations(page)]
            problems += [f"{size} {each}" for each in sideways(page, viewport["width"])]
    expected = [f"{response.status}"] if response.status >= 400 else []
    assert [each for each in problems if not any(code in each for code in expected)] == []


def sideways(page: Page, width: int) -> list[str]:
    """Whether the page is wider than its window."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{width}: the page is {wide} wide"] if wide > width else []


def watch(page: Page, home: str) -> list[str]:
    """Whatever goes wrong on the page or leaves the site, as it happens."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on(
        "console", lambda said: problems.append(f"console: {said.text}") if said.type == "error" else None
    )
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith((home, "data:")) else problems.append(f"asked {asked.url}")
        ),
    )
    return problems


def test_a_worker_needs_no_javascript(site: Site, open_as: Callable[..., Page]) -> None:
    """From the login over a self-check to a paper handed in."""
    page = open_as("", viewport=PHONE, java_script_enabled=False)
    page.goto("/accounts/login/")
    page.get_by_label("工号").fill("2026-0433")
    page.get_by_label("密码").fill(DEMO_PASSWORD)
    press(page.get_by_role("main").get_by_role("button", name="登录"))
    page.goto("/courses/data-analysis/lessons/ask-first/")
    check = page.locator('form[action*="/check/"]').first
    fill_right_answer(page, check)
    check.get_by_role("button").last.click()
    expect(page.get_by_text("答对了").first).to_be_visible()
    page.goto("/exams/base/")
    page.get_by_role("button", name="开始考试").click()
    answer_question(page)
    page.get_by_role("button", name="下一题").last.click()
    page.locator("section.exam button").click()
    page.get_by_role("main").get_by_role("button", name="交卷").click()
    expect(page.get_by_text(re.compile("得 .* 分，满分 12 分"))).to_be_visible()


def test_what_was_written_survives_a_login_that_ran_out(site: Site, open_as: Callable[..., Page]) -> None:
    """faults.md row 28: and nobody else who signs in on the same machine reads it."""
    page = open_as(MENTOR)
    page.goto("/mentoring/pairings/QL-2026-018/sessions/new/")
    box = page.get_by_label("做了什么")
    box.fill("一起把三号楼的台账理了一遍。")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("main").get_by_role("button", name="保存").click()
    page.wait_for_url("**/accounts/login/**")
    asked = page.url
    sign_in_here(page, COLLEAGUE)
    page.context.clear_cookies(name="sessionid")
    page.goto(asked)
    sign_in_here(page, MENTOR)
    expect(box).to_have_value("")
    box.fill("一起把四号楼的台账理了一遍。")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("main").get_by_role("button", name="保存").click()
    sign_in_here(page, MENTOR)
    expect(box).to_have_value("一起把四号楼的台账理了一遍。")
    expect(page.get_by_text("已经填回来了")).to_be_visible()


def sign_in_here(page: Page, staff_number: str) -> None:
    """Fill in the login that stands on the page."""
    page.get_by_label("工号").fill(staff_number)
    page.get_by_label("密码").fill(DEMO_PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


# What the server sends, without a browser

LATIN = re.compile(r"[A-Za-z]{3,}")
CANDIDATE_NUMBER = re.compile(r"考生 [0-9A-F]+|^[0-9A-F]{6}$")
FILLED_IN = re.compile(r"[A-Z]{4,}")  # what a script replaces in the words of its template
READINGS = {"shan", "xiong", "xin"}  # how a name is read aloud is written in Latin letters
NAMES_OF_THINGS = {
    "PDF",
    "JPEG",
    "PNG",
    "WebP",
    "HEIC",
    "English",
    "CSV",
    "XLSX",
    "Excel",
    "JavaScript",
    "SHA",
    "JSON",
    "UTF",
}
SILENT = ("script", "style", "code")
SPOKEN = ("aria-label", "title", "alt", "placeholder", "data-label")
UNWALKED = ("//", "/static/", "/accounts/logout/", "/admin/", "/media/")
EDITORIAL = (
    "bank",
    "scenarios",
    "snippets/library/policyclause",
    "snippets/library/policychain",
    "pages",
    "schemes",
)
ADMIN_UNWALKED = ("//", "/static/", "/admin/logout/", "/admin/bulk/", "/media/", "/documents/")


class Words(HTMLParser):
    """What a page says: its text, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self.within: list[str] = []  # the silent elements and templates that are open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in (*SILENT, "template"):
            self.within.append(tag)
        self.said += [value for name, value in attrs if name in SPOKEN and value]
        self.links += [value for name, value in attrs if name in ("href", "src") and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.within:
            self.within.remove(tag)

    def handle_data(self, data: str) -> None:
        said = FILLED_IN.sub("", data) if "template" in self.within else data
        if said.strip() and not set(SILENT).intersection(self.within):
            self.said.append(said.strip())


def english_phrases() -> set[str]:
    """The English of every message of the interface, in pieces of two words and more; names are the same in Chinese."""
    pieces: set[str] = set()
    for catalogue in Path(settings.BASE_DIR).glob("*/locale/zh_Hans/LC_MESSAGES/django.po"):
        for entry in polib.pofile(str(catalogue)):
            if entry.msgstr == entry.msgid:
                continue
            for msgid in (entry.msgid, entry.msgid_plural):
                pieces |= {piece.strip() for piece in re.split(r"%\(\w+\)[sd]|%[sd%]|[{}\n<>]", msgid)}
    return {piece for piece in pieces if re.search(r"[A-Za-z]+ [A-Za-z]+", piece)}


def words_of_content() -> set[str]:
    """Latin words that the courses, questions and scenarios of the demo use themselves."""
    pack = Path(settings.BASE_DIR) / "cms/demo/pack"
    files = [path for path in pack.rglob("*") if path.suffix in (".yaml", ".json")]
    return {word for path in files for word in LATIN.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("who", EVERYBODY)
def test_whole_site_holds_together_and_speaks_chinese(who: str, site: Site) -> None:
    """Every link from the front page on: no error, no dead end, no English left over."""
    phrases, known = english_phrases(), words_of_content() | NAMES_OF_THINGS | READINGS
    wrong: list[str] = []
    seen = 0
    for url, source, response in walk(signed_in(who), "/", UNWALKED):
        seen += 1
        if response.status_code >= 400:
            wrong.append(f"{response.status_code} {url} linked from {source}")
        wrong += [f"{url}: {said}" for said in read(response).said if is_english(said, phrases, known)]
    assert wrong == []
    assert seen > 3


@pytest.mark.parametrize(
    ("who", "sections"), [(AUTHOR, EDITORIAL), (ADMINISTRATOR, (*EDITORIAL, "pairings"))]
)
def test_admin_holds_together_and_says_our_words_in_chinese(
    who: str, sections: tuple[str, ...], site: Site, settings: Any
) -> None:
    """Our sections and what lies behind them; what Wagtail itself says is Wagtail's."""
    settings.WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database.fallback"}}
    phrases, client, wrong = english_phrases(), signed_in(who), []
    for section in sections:
        assert client.get(f"/admin/{section}/", follow=True).redirect_chain != [("/admin/", 302)], section
        for url, source, response in islice(walk(client, f"/admin/{section}/", ADMIN_UNWALKED), 15):
            if response.status_code >= 400:
                wrong.append(f"{response.status_code} {url} linked from {source}")
            said = " ".join(read(response).said)
            wrong += [f"{url}: {phrase}" for phrase in phrases if phrase in said]
    assert wrong == []


def walk(client: Client, start: str, unwalked: tuple[str, ...]) -> Iterator[tuple[str, str, Any]]:
    """Address, the page that links to it, and the answer, from `start` on, nearest first."""
    waiting, seen = [(start, "")], set()
    while waiting:
        url, source = waiting.pop(0)
        if url in seen:
            continue
        seen.add(url)
        response = client.get(url)
        yield url, source, response
        found = [response["Location"]] if response.status_code in (301, 302) else read(response).links
        inside = [link for link in found if link.startswith(("/", "?")) and not link.startswith(unwalked)]
        waiting += [(urljoin(url, link).split("#")[0], url) for link in inside]


def read(response: Any) -> Words:
    """What an answer says; nothing when it is not a page."""
    page = Words()
    if response.get("Content-Type", "").startswith("text/html"):
        page.feed(response.content.decode())
    return page


def is_english(said: str, phrases: set[str], known: set[str]) -> bool:
    """A message of the interface, or any other word that is not the content's own."""
    said = CANDIDATE_NUMBER.sub("", said)
    return any(phrase in said for phrase in phrases) or not known.issuperset(LATIN.findall(said))
