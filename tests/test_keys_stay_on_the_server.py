"""faults.md rows 18 and 19 for the whole site: one canary in every key, explanation, rubric, effect and feedback.

Nobody who has not answered yet, and no editor without question rights, receives a byte of it, wherever they go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from wagtail.models import ModelLogEntry, Revision

from assessments.bank.storing import store_question
from assessments.exams.releasing import release_exam
from assessments.models import Answer, Attempt
from cms.demo.pack import PACK, read_json, read_questions, read_selfchecks
from cms.permissions import ensure_groups
from cms.tree import ensure_home
from core.models import AuditEntry
from courses.enrolments import enrol
from courses.models import CourseIndexPage, CoursePage
from courses.releasing import release_course
from people.models import Person, Role
from simulations.drafts import store_draft
from simulations.models import Playthrough
from simulations.playing import start_playthrough
from simulations.releasing import release_scenario
from tests.addresses import addresses
from tests.assessments.making import make_attempt
from tests.assessments.test_editing import fields_of
from tests.certificates.making import NOW
from tests.courses.factories import add_lesson, make_course
from tests.factories import make_person
from tests.library.making import stock_library

pytestmark = pytest.mark.django_db
CANARY = "金丝雀7f3a"
NAMED = "canary7f3a"  # the same as a name, which conditions may use
# Words of the stored keys; `"correct"` and the like in a page would mean that a key was serialised into it.
TELLING = (
    CANARY,
    NAMED,
    '"cond"',
    '"seen"',
    '"weights"',
    '"guide"',
    '"correct"',
    '"orders"',
    '"criteria"',
    '"effects"',
    '"feedback"',
    "early_until",
)
LINK = re.compile(r'(?:href|src|action|data-url|hx-get)="(/[^"#]*)"')
UNWALKED = ("/static/", "/accounts/logout/", "/admin/logout/", "/media/", "/documents/")
MOST_PAGES = 150  # the admin links to itself without end
# SQLite's own full-text index is made by a migration, which the suite does without.
PLAIN_SEARCH = "wagtail.search.backends.database.fallback"


def marked_question(item: dict[str, Any]) -> dict[str, Any]:
    """A question of the pack whose key says the canary wherever it says anything."""
    item = deepcopy(item)
    item["explanation"] = f"{CANARY} {item['explanation']}"
    for criterion in item["answer"].get("criteria", ()):
        criterion["text"] = f"{CANARY} {criterion['text']}"
    for name in ("sample", "penalty"):
        if name in item["answer"]:
            item["answer"][name] = f"{CANARY} {item['answer'][name]}"
    return item


def marked_scenario() -> dict[str, Any]:
    """老楼新梯 with the canary in every consequence, ending, note, hidden variable and flag, in what seats see, in what
    lenses weigh and in the guide; conditions speak of a flag of that name."""
    text = (PACK / "scenarios/s1.json").read_text(encoding="utf-8")
    document = json.loads(re.sub(r"\bsurvey\b", NAMED, text))
    told_later = [document["nodes"], *(node["choices"] for node in document["nodes"]), document["endings"]]
    for told in (each for rows in told_later for each in rows if "seen" in each):
        told["seen"] = {seat: f"{CANARY} {words}" for seat, words in told["seen"].items()}
    for lens in document["lenses"]:
        lens["name"] = f"{CANARY} {lens['name']}"
    guide = document["guide"]
    for name in ("preparation", "questions", "watch"):
        guide[name] = [f"{CANARY} {line}" for line in guide[name]]
    for step in guide["flow"]:
        step["what"] = f"{CANARY} {step['what']}"
    guide |= {name: f"{CANARY} {guide[name]}" for name in ("purpose", "audience")}
    for source in document["sources"]:
        source["claim"] = f"{CANARY} {source['claim']}"
    for node in document["nodes"]:
        for choice in node["choices"]:
            choice["feedback"] = f"{CANARY} {choice['feedback']}"
    for ending in document["endings"]:
        for name in ("title", "debrief", "debrief_early"):
            if name in ending:
                ending[name] = f"{CANARY} {ending[name]}"
    for variable in document["vars"].values():
        variable["note"] = f"{CANARY} {variable['note']}"
        if not variable["vis"]:
            variable["name"] = f"{CANARY} {variable['name']}"
    document["flags"] = {name: f"{CANARY} {words}" for name, words in document["flags"].items()}
    return document


class Site:
    """The demo's content with marked keys, a learner in the middle of everything, and an editor of pages."""

    def __init__(self) -> None:
        cache.clear()
        home = ensure_home()
        ensure_groups(home)
        home.add_child(instance=CourseIndexPage(title="课程", slug="courses"))
        questions = [*read_questions(), *read_selfchecks()]
        for item in questions:
            store_question(item=marked_question(item), by=None, now=NOW, live=True)
        for exam in read_json("exams.json"):
            release_exam(definition=exam, by=None, now=NOW)
        stock_library()
        self.draft = store_draft(document=marked_scenario(), by=None, now=NOW)
        release_scenario(draft=self.draft, by=None, now=NOW)
        self.course = _course()
        self.learner = make_person("林小满")
        enrol(person=self.learner, course_key=self.course.slug, now=NOW)
        self.run: Playthrough = start_playthrough(person=self.learner, scenario_key="S1", now=NOW)
        self.attempt: Attempt = make_attempt(self.learner, "base", now=NOW)
        self.essay: Attempt = make_attempt(self.learner, "smart-security", now=NOW)
        self.editor = _editor()

    @property
    def written(self) -> Answer:
        """The answer of the essay that a person must mark."""
        return self.essay.answers.get(item__question_version__type="short_answer")


def _course() -> CoursePage:
    """One lesson that asks every self-check of the pack and leads to exam and scenario."""
    course = make_course("marked", title="带检查的课", lessons=0)
    body: list[dict[str, Any]] = [
        {"type": "self_check", "id": f"check-{item['key']}", "value": {"question": item["key"], "prompt": ""}}
        for item in read_selfchecks()
    ]
    body += [
        {"type": "scenario", "id": "play", "value": {"key": "S1", "invitation": "试一试。"}},
        {"type": "exam", "id": "sit", "value": {"key": "base", "invitation": "试一试。"}},
    ]
    add_lesson(course, "checks", body=body)
    course = CoursePage.objects.get(pk=course.pk)
    release_course(page=course, by=None, now=NOW)
    return course


def _editor() -> Person:
    """Somebody in the authors' group who holds no role: pages and files, but no questions and no scenarios."""
    person = make_person()
    person.account.groups.add(Group.objects.get(name=Role.AUTHOR.value))
    return person


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    """Built once for this file."""
    with pytest.MonkeyPatch.context() as patched, django_db_blocker.unblock(), transaction.atomic():
        patched.setattr("django.utils.timezone.now", lambda: NOW)
        patched.setattr(settings, "WAGTAILSEARCH_BACKENDS", {"default": {"BACKEND": PLAIN_SEARCH}})
        yield Site()
        transaction.set_rollback(True)


def told(response: Any) -> list[str]:
    """Which telling words an answer of the server contains, headers included."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode(errors="replace") + str(dict(response.headers))
    text = text.replace("&quot;", '"').replace("\\u91d1\\u4e1d\\u96c0", "金丝雀")
    return [word for word in TELLING if word in text]


def walk(client: Client, *starts: str) -> dict[str, Any]:
    """Every page that can be reached by links; nothing is posted."""
    waiting, seen = list(starts), {}
    while waiting and len(seen) < MOST_PAGES:
        url = waiting.pop(0)
        if url in seen or url.startswith(UNWALKED):
            continue
        response = client.get(url)
        seen[url] = response
        if response.status_code in (301, 302):
            waiting.append(response["Location"].split("#")[0])
        elif response.get("Content-Type", "").startswith("text/html"):
            waiting += [link.replace("&amp;", "&") for link in LINK.findall(response.content.decode())]
    return seen


def test_canaries_are_where_the_keys_are(site: Site, login: Any) -> None:
    """An author sees them: the test would find them if they were shown."""
    author = login(make_person(roles=(Role.AUTHOR,)))
    question = site.written.item.question_version.question_id
    assert CANARY in told(author.get(f"/admin/bank/inspect/{question}/"))
    form = author.get(f"/admin/scenarios/{site.draft.pk}/nodes/N03/")
    assert {CANARY, NAMED} <= set(told(form))


def test_learner_meets_no_key_on_any_page(site: Site, login: Any) -> None:
    seen = walk(login(site.learner), "/", "/me/", "/exams/", "/simulations/", "/courses/")
    assert {url: words for url, response in seen.items() if (words := told(response))} == {}
    for expected in (
        "/courses/marked/lessons/checks/",
        "/courses/marked/lessons/checks/report/check-CHK-DA-01/",
        "/exams/errata/",
        f"/exams/attempt/{site.attempt.pk}/",
        f"/exams/attempt/{site.essay.pk}/?q={site.written.slot}",
        f"/simulations/runs/{site.run.pk}/",
        "/simulations/S1/",
    ):
        assert seen[expected].status_code == 200, expected


def test_learner_at_play_finds_no_way_to_the_keys_of_a_rehearsal(site: Site, login: Any) -> None:
    """Before the debrief, but for what is said of a choice just made: on no page, in no answer, at no address."""
    client, run = login(site.learner), f"/simulations/runs/{site.run.pk}/"
    shown = ["/", "/simulations/", "/simulations/S1/", run, "/library/lists/"]
    shut = [
        f"{run}seat/wang/", f"{run}homework/", f"{run}notes/", f"{run}replay/", f"{run}debrief/",
        "/simulations/S1/guide.pdf", "/search/?q=金丝雀", "/api/v2/pages/?fields=*",
        *(f"/admin/scenarios/{site.draft.pk}/{page}" for page in ("", "nodes/N01/", "graph/", "export/", "check/")),
        *(f"/admin/scenarios/{site.draft.pk}/{page}" for page in ("pack/", "guide.pdf", "pack.zip", "versions/")),
    ]  # fmt: skip
    answers = {url: client.get(url) for url in (*shown, *shut)}
    assert {url: words for url, response in answers.items() if (words := told(response))} == {}
    assert [answers[url].status_code for url in shown] == [200] * len(shown)
    assert {answers[url].status_code for url in shut} <= {302, 403, 404, 405}
    fresh = start_playthrough(person=make_person(), scenario_key="S1", now=NOW)
    player = login(fresh.person)
    for node, choice in (("N01", "b"), ("N02", "b"), ("N03", "c")):
        step = player.post(
            f"/simulations/runs/{fresh.pk}/choose/", {"node": node, "choice": choice}, follow=True
        )
        (due,) = (
            each["feedback"]
            for written in marked_scenario()["nodes"]
            for each in written["choices"]
            if (written["id"], each["id"]) == (node, choice)
        )
        page = step.content.decode()
        assert due in page
        assert [word for word in TELLING if word in page.replace(due, "")] == [], node


def test_saving_an_answer_tells_nothing_about_it(site: Site, login: Any) -> None:
    client = login(site.learner)
    page = client.get(f"/exams/attempt/{site.attempt.pk}/").content.decode()
    token = re.search(r'data-token="([^"]+)"', page)
    assert token is not None
    slot = site.attempt.answers.get(item__question_version__type="single").slot
    for sequence, option in enumerate(("o1", "o2", "o3"), start=1):
        response = client.post(
            f"/exams/attempt/{site.attempt.pk}/save/",
            {"slot": slot, "sequence": sequence, "response": [option]},
            content_type="application/json",
            headers={"X-Attempt-Token": token[1]},
        )
        told_back = sorted(response.json())
        assert (response.status_code, told_back) == (200, ["entry", "receipt", "saved_at", "sequence"])
        assert told(response) == []


def test_handing_in_what_a_person_must_mark_shows_no_rubric(site: Site, login: Any) -> None:
    client = login(site.learner)
    slot = site.written.slot
    client.post(
        f"/exams/attempt/{site.essay.pk}/save/", {"slot": slot, "sequence": 1, "answer": "先看日志。"}
    )
    client.post(f"/exams/attempt/{site.essay.pk}/submit/")
    page = client.get(f"/exams/attempt/{site.essay.pk}/result/").content.decode()
    assert "先看日志。" in page
    for criterion in site.written.item.question_version.answer["criteria"]:
        assert criterion["text"] not in page


# What a release says about reviewing, and whether a blank paper's key shows once it is handed in.
POLICIES: list[tuple[dict[str, Any], bool]] = [
    ({}, False),
    ({"closes_at": (NOW + timedelta(hours=3)).isoformat()}, False),
    ({"closes_at": (NOW + timedelta(hours=3)).isoformat(), "max_attempts": 1}, False),
    ({"review": {"submitted": []}}, False),
    ({"review": {"submitted": ["answer", "mark"], "closed": ["answer", "mark"]}, "max_attempts": 1}, False),
    ({"review": {"during": ["key", "explanation"]}}, False),
    ({"feedback": "each"}, False),
    ({"review": {"submitted": ["explanation"]}}, True),
    ({"max_attempts": 1}, True),
    ({"practice": True}, True),
]


@pytest.mark.parametrize(("settings_", "shows"), POLICIES)
def test_keys_show_when_the_policy_says_so_and_on_no_page_before(
    settings_: dict[str, Any], shows: bool, site: Site, login: Any
) -> None:
    """An open paper, its data and its receipt; then every page that leads on from handing it in blank."""
    exam = next(each for each in read_json("exams.json") if each["key"] == "base")
    key = f"policy-{POLICIES.index((settings_, shows))}"
    release_exam(definition={**exam, **settings_, "key": key}, by=None, now=NOW)
    attempt = make_attempt(site.learner, key, now=NOW)
    client, root = login(site.learner), f"/exams/attempt/{attempt.pk}/"
    slots = range(1, attempt.answers.count() + 1)
    pages = [root, f"/exams/{key}/", *(f"{root}?q={slot}" for slot in slots)]
    open_paper = {url: client.get(url) for url in [*pages, f"{root}paper/", f"{root}submit/"]}
    assert {url: told(response) for url, response in open_paper.items() if told(response)} == {}
    assert {response.status_code for response in open_paper.values()} == {200}
    client.post(f"{root}submit/")
    paths = ("result/", "receipt/", "receipt.json", "journal/", *(f"report/{slot}/" for slot in slots))
    closed = {path: client.get(root + path) for path in paths}
    assert {path for path, response in closed.items() if CANARY in told(response)} == (
        {"result/"} if shows else set()
    )
    assert {response.status_code for response in closed.values()} == {200}


def test_checked_answer_tells_its_own_key_alone(site: Site, login: Any) -> None:
    exam = next(each for each in read_json("exams.json") if each["key"] == "base")
    release_exam(definition={**exam, "feedback": "each", "key": "checked"}, by=None, now=NOW)
    attempt = make_attempt(site.learner, "checked", now=NOW)
    client, root = login(site.learner), f"/exams/attempt/{attempt.pk}/"
    slot = attempt.answers.get(item__question_version__type="single").slot
    client.post(f"{root}save/", {"slot": slot, "sequence": 1, "answer": "o1", "go": "check"})
    others = set(range(1, attempt.answers.count() + 1)) - {slot}
    assert CANARY in told(client.get(f"{root}?q={slot}"))
    assert [told(client.get(f"{root}?q={other}")) for other in others] == [[]] * len(others)
    questions = client.get(f"{root}paper/").json()["questions"]
    assert [each["slot"] for each in questions if CANARY in each["html"]] == [slot]
    for url in ("/exams/checked/", f"{root}submit/", f"{root}receipt/", "/"):
        assert told(client.get(url)) == [], url


def test_visitor_and_colleague_meet_no_key(site: Site, login: Any) -> None:
    colleague = login(make_person())
    for client in (Client(), colleague):
        seen = walk(client, "/", "/courses/marked/", "/exams/base/", "/simulations/S1/", "/verify/")
        assert {url: words for url, response in seen.items() if (words := told(response))} == {}


def test_editor_of_pages_meets_no_key_in_the_admin(site: Site, login: Any) -> None:
    """Row 19: page API, search, revisions, history, usage, copies."""
    client = login(site.editor)
    searches = [
        f"/admin/pages/search/?q={CANARY[:3]}",
        f"/admin/search/?q={CANARY[:3]}",
        f"/admin/images/?q={CANARY[:3]}",
    ]
    api = [
        "/admin/api/main/pages/",
        f"/admin/api/main/pages/?search={CANARY}",
        "/admin/api/main/pages/?fields=*",
    ]
    seen = walk(client, "/admin/", *searches, *api, *_of_pages(site))
    assert {url: words for url, response in seen.items() if (words := told(response))} == {}
    lesson = site.course.get_children().get()
    assert seen[f"/admin/pages/{lesson.pk}/edit/"].status_code == 200
    assert seen["/admin/api/main/pages/"].status_code == 200


def test_search_index_and_revisions_hold_no_key(site: Site) -> None:
    with connection.cursor() as cursor:
        for table in ("wagtailsearch_indexentry", "wagtailcore_revision", "wagtailcore_referenceindex"):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = str(cursor.fetchall())
            assert [word for word in TELLING if word in rows] == [], table


def test_preview_of_a_lesson_shows_the_question_at_most(site: Site, login: Any) -> None:
    lesson = site.course.get_children().get().specific
    client = login(site.editor)
    preview = lesson.make_preview_request()
    assert (preview.status_code, told(preview)) == (200, [])
    assert "CHK-DA-01" in preview.content.decode()
    for page in (lesson, site.course):
        revision = page.save_revision()
        base = f"/admin/pages/{page.pk}"
        for path in (f"/revisions/{revision.pk}/view/", "/view_draft/", "/history/", "/usage/", "/copy/"):
            assert told(client.get(base + path)) == []


@pytest.mark.parametrize("prefix", ["/admin/bank/", "/admin/scenarios/"])
def test_editor_of_pages_has_no_way_into_questions_and_scenarios(prefix: str, site: Site, login: Any) -> None:
    question = site.attempt.answers.get(slot=1).item.question_version.question_id
    number = question if "bank" in prefix else site.draft.pk
    client = login(site.editor)
    ways = ["", "results/", "new/", "new/?type=single"]
    ways += [f"{view}/{number}/" for view in ("inspect", "edit", "history", "usage")]
    for path in (*ways, f"edit/{number}/?from=1", f"{number}/versions/", f"{number}/versions/?old=1&new=1"):
        response = client.get(prefix + path)
        assert (response.status_code in (302, 403, 404), told(response)) == (True, [])


def test_administrator_without_the_authors_role_meets_no_key_in_the_bank(site: Site, login: Any) -> None:
    """Row 19: an administrator may look at questions; every way to their keys is closed."""
    question = site.written.item.question_version.question_id
    client = login(make_person(roles=(Role.ADMINISTRATOR,)))
    seen = {
        path: client.get(f"/admin/bank/{path}")
        for path in (f"inspect/{question}/", f"edit/{question}/", f"{question}/versions/", "new/?type=single")
    }
    assert {path: told(response) for path, response in seen.items()} == {path: [] for path in seen}
    assert [response.status_code for response in seen.values()] == [200, 404, 200, 404]
    assert told(client.post(f"/admin/bank/edit/{question}/", {"do": "preview"})) == []


def test_writing_a_question_leaves_no_key_in_logs_revisions_and_messages(site: Site, login: Any) -> None:
    question = site.written.item.question_version.question
    before = ModelLogEntry.objects.count(), Revision.objects.count()
    author = login(make_person(roles=(Role.AUTHOR,)))
    url = f"/admin/bank/edit/{question.pk}/"
    form = {**fields_of(author, url), "explanation": f"{CANARY}改过", "do": "store"}
    assert CANARY in form["item-criteria.0.text"]
    stored = author.post(url, form)
    assert (stored.status_code, told(stored)) == (302, [])
    assert question.versions.count() == 2
    assert (ModelLogEntry.objects.count(), Revision.objects.count()) == before
    assert told(author.get("/admin/")) == []
    assert CANARY not in str(list(AuditEntry.objects.order_by("-pk").values()[:3]))


def _of_pages(site: Site) -> list[str]:
    """Every admin address that takes the id of a page."""
    lesson = site.course.get_children().get()
    found = []
    for one in addresses():
        if not one.name.startswith(("wagtailadmin_pages:", "wagtailadmin_api", "wagtailadmin_explore")):
            continue
        for page in (lesson, site.course):
            try:
                found.append(reverse(one.name, kwargs=dict.fromkeys(one.parameters, page.pk)))
            except NoReverseMatch:
                continue
    return found
