"""Building the demo: every step is an ordinary operation, told to act at the time the pack says, and harmless twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, time

from django.utils import timezone

from assessments import decisions
from assessments.exams import releasing as exams
from assessments.models import Attempt, Question, QuestionVersion, SchemeVersion
from assessments.schemes.releasing import release_scheme
from certificates.issuers import register_issuer
from certificates.models import Certificate
from cms.demo.bank import build_bank
from cms.demo.cohort import build_cohort
from cms.demo.hall import build_hall
from cms.demo.organisation import build_organisations, build_people
from cms.demo.pack import PACK, list_files, moment, policy_files, read_json, read_yaml
from cms.demo.telling import tell_history
from cms.models import HomePage
from cms.permissions import ensure_groups
from cms.tree import ensure_home
from competencies.models import Evidence
from core.audit import seal_pending
from core.errors import Refusal
from courses.importing import import_course
from courses.models import CourseIndexPage, CourseVersion
from courses.releasing import release_course
from library.importing import import_lists, import_policies
from library.models import ListEntry, PolicyClause
from mentoring.importing import import_pairings
from people.models import Organisation, Person
from simulations.checks.reports import store_report
from simulations.drafts import store_draft
from simulations.models import Playthrough, ScenarioVersion
from simulations.pages import publish_page
from simulations.releasing import release_scenario

Say = Callable[[str], None]
AUTHOR = "2017-0064"
ADMINISTRATOR = "2011-0056"


def build_demo(*, say: Say, now: datetime) -> dict[str, int]:
    """Build what is missing and return how much of everything there is. `say` hears of each step.

    What the site would leave to its worker is left to it here too: guides are printed and runs looked back on when one
    takes up the messages, or its sweeper. Only the audit chain and the decisions of a new site are brought up to date
    at the end, so that commands find them where no worker ever comes.
    """
    is_new = not Person.objects.exists()
    stories = read_yaml("stories.yaml")
    released_at = moment(stories["released_at"])
    told_at = timezone.make_aware(datetime.combine(stories["as_of"], time(21)))
    say("组织与人员 / organisations and people")
    organisations = build_organisations()
    people = build_people(organisations, now=released_at)
    _issuer(now=released_at)
    say(f"  {len(organisations)} 个组织，{len(people)} 个人 / organisations, people")
    say("课程、题库、推演、方案 / courses, question bank, simulation, schemes")
    _content(people, now=released_at)
    say(f"  {CourseVersion.objects.count()} 门课，{Question.objects.count()} 道题 / courses, questions")
    say("今天的考场 / an exam room open today")
    build_hall(people, organisations, by=people[ADMINISTRATOR], now=now)
    say("岗前集训班 / an induction class")
    say(f"  {build_cohort(organisations, people)} 个人 / people")
    say("半年的学习、带教和证书 / half a year of learning, mentoring and certificates")
    import_pairings(PACK / "pairings.yaml", by=people[ADMINISTRATOR], now=told_at)
    tell_history(people, say=say, now=now)
    if is_new:
        decisions.reconsider_people(people=decisions.people_to_reconsider(), now=told_at)
    while seal_pending():
        pass
    return _counts()


def _issuer(*, now: datetime) -> None:
    issuer = read_yaml("organisations.yaml")["issuer"]
    register_issuer(code=issuer["code"], name=issuer["name"], phone=issuer["phone"], by=None, now=now)


def _content(people: dict[str, Person], *, now: datetime) -> None:
    """Drafts and first releases. What the site has already is left alone: an author may have changed it since."""
    by, administrator = people[AUTHOR], people[ADMINISTRATOR]
    home = ensure_home()
    ensure_groups(home)
    for path in policy_files():
        clauses = {clause["key"] for clause in read_yaml(path)["clauses"]}
        if not PolicyClause.objects.filter(key__in=clauses).exists():
            import_policies(path, by=by, now=now)
    for path in list_files():
        keys = {entry["key"] for entry in read_yaml(path)["entries"]}
        if not ListEntry.objects.filter(key__in=keys).exists():
            import_lists(path, by=by, now=now)
    build_bank(by=by, now=now)
    _scenarios(home, by=by, now=now)
    for exam in [*read_json("exams.json"), *read_json("blueprints.json")]:
        if exams.newest_release(exam["key"]) is None:
            exams.release_exam(definition=exam, by=by, now=now)
    _courses(home, by=by, now=now)
    for scheme in read_json("schemes.json"):
        if not SchemeVersion.objects.filter(key=scheme["key"]).exists():
            release_scheme(definition=scheme, by=administrator, now=now)


def _scenarios(home: HomePage, *, by: Person, now: datetime) -> None:
    """Every scenario of the pack that has a page to introduce it."""
    for page in sorted((PACK / "scenarios").glob("*-page.yaml")):
        name = page.name.removesuffix("-page.yaml")
        if ScenarioVersion.objects.filter(key=name.upper()).exists():
            continue
        document = (PACK / "scenarios" / f"{name}.json").read_text(encoding="utf-8")
        draft = store_draft(document=document, by=by, now=now)
        report = PACK / "scenarios" / "checks" / f"{name}.json"
        if report.exists():
            with suppress(
                Refusal
            ):  # of another content than the document has now: the release looks for itself
                store_report(document=document, report=json.loads(report.read_text("utf-8")), by=by, now=now)
        release_scenario(draft=draft, by=by, now=now)
        publish_page(parent=home, scenario_key=name.upper(), by=by, now=now, **read_yaml(page))


def _courses(home: HomePage, *, by: Person, now: datetime) -> None:
    index = CourseIndexPage.objects.first()
    if index is None:
        index = home.add_child(instance=CourseIndexPage(title="课程", slug="courses"))
    for folder in sorted((PACK / "courses").iterdir()):
        if CourseVersion.objects.filter(key=folder.name).exists():
            continue
        page = import_course(folder, parent=index, by=by, now=now)
        release_course(page=page, by=by, now=now)


def _counts() -> dict[str, int]:
    return {
        "organisations": Organisation.objects.count(),
        "people": Person.objects.count(),
        "questions": QuestionVersion.objects.count(),
        "attempts": Attempt.objects.count(),
        "playthroughs": Playthrough.objects.count(),
        "evidence": Evidence.objects.count(),
        "certificates": Certificate.objects.count(),
    }
