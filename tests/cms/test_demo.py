"""The demo as it stands when it is built: what was planned is there, every page has something, twice is once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password
from django.db.models import F, QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from assessments.decisions import people_to_reconsider
from assessments.models import (
    Attempt,
    AttemptStatus,
    Decision,
    Erratum,
    ErratumStatus,
    Mark,
    Regrade,
    RegradeStatus,
)
from assessments.schemes.releasing import newest_scheme
from certificates.models import (
    BatchRow,
    BatchStatus,
    Certificate,
    CertificateBatch,
    CertificateEvent,
    EventKind,
    NameAnswer,
    NameConfirmation,
    RowState,
)
from certificates.proposal import next_proposal
from cms.consistency import findings
from cms.demo.build import build_demo
from cms.demo.histories import steps as told
from cms.demo.histories.steps import Step
from cms.demo.history import read_catalogue, read_history
from cms.demo.organisation import DEMO_PASSWORD
from cms.demo.pack import read_yaml
from cms.demo.telling import tell
from competencies.models import Evidence
from core import audit
from courses.models import Enrolment, LessonProgress, Reflection
from mentoring.models import Endorsement, Pairing, SessionLog
from mentoring.terms import PairingStatus, SessionStatus
from people.models import Account, Notice, Organisation, Person
from simulations.models import Hindsight, HindsightStatus, Playthrough
from tests.demo_site import demo_site

pytestmark = pytest.mark.django_db(transaction=True)
DISTRICT, SUBDISTRICT, LEARNER, NEWCOMER = "2011-0056", "2012-0044", "2026-0417", "2026-0528"


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Step]]:
    """The built demo, and the steps that were told."""
    with django_db_blocker.unblock(), demo_site(tmp_path_factory):
        yield read_history(read_catalogue())


@pytest.fixture(autouse=True)
def _django_db_helper(demo: list[Step]) -> None:
    """Instead of pytest-django's own, which would empty the database after each test."""


def client_of(staff_number: str) -> Client:
    client = Client()
    account = Account.objects.get(staff_number=staff_number)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def activated() -> QuerySet[Account]:
    """Who can sign in: all but the induction class, which has accounts and no passwords yet."""
    return Account.objects.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)


def rows() -> dict[str, int]:
    """How many rows each table holds."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


@pytest.mark.postgres
def test_what_was_planned_is_what_is_there(demo: list[Step]) -> None:
    """On either database."""
    planned = Counter(type(step) for step in demo)
    by_hand = read_yaml("pairings.yaml")["pairings"]
    there = {
        told.Enrolled: Enrolment.objects.count(),
        told.LessonDone: LessonProgress.objects.exclude(completed_at=None).count(),
        told.Sat: Attempt.objects.count(),
        told.Marked: Mark.objects.count(),
        told.Played: Playthrough.objects.exclude(finished_at=None).count(),
        told.Paired: Pairing.objects.count() - len(by_hand),
        told.Met: SessionLog.objects.count() - sum(len(each.get("sessions", ())) for each in by_hand),
        told.Endorsed: Endorsement.objects.count(),
        told.Ended: Pairing.objects.exclude(status=PairingStatus.ACTIVE).count(),
        told.NameAsked: NameConfirmation.objects.filter(person__account__in=activated()).count(),
        told.NameAnswered: NameConfirmation.objects.exclude(answer="").count(),
        told.Proposed: CertificateBatch.objects.count(),
        told.Returned: CertificateBatch.objects.filter(status=BatchStatus.RETURNED).count(),
        told.Issued: CertificateBatch.objects.filter(status=BatchStatus.COMPLETED).count(),
        told.ErratumReported: Erratum.objects.count(),
        told.ErratumAnswered: Erratum.objects.exclude(status=ErratumStatus.OPEN).count(),
        told.RegradeProposed: Regrade.objects.count(),
        told.RegradeApproved: Regrade.objects.filter(status=RegradeStatus.DONE).count(),
        told.Revoked: CertificateEvent.objects.filter(kind=EventKind.REVOKED).count(),
    }
    assert there == {kind: planned[kind] for kind in there}
    written = sum(len(step.written) for step in demo if isinstance(step, told.LessonDone))
    assert Reflection.objects.count() == written > 50


def test_every_exam_came_out_as_its_track_says() -> None:
    outcomes = Counter(
        (attempt.exam_key, attempt.results.latest("number").passed) for attempt in Attempt.objects.all()
    )
    failed = {exam: outcomes[exam, False] for exam in ("base", "smart-security", "public-opinion")}
    waiting = {exam: outcomes[exam, None] for exam in ("base", "smart-security", "public-opinion")}
    assert failed == {"base": 4, "smart-security": 2, "public-opinion": 0}
    assert waiting == {"base": 0, "smart-security": 2, "public-opinion": 2}


def test_a_report_led_to_a_regrade_that_lifted_some_and_let_nobody_fail() -> None:
    regrade = Regrade.objects.get()
    assert (regrade.status, regrade.changes) == ("done", [{"kind": "void", "item": 7, "how": "full"}])
    lifted = regrade.lines.filter(changes=True).order_by("attempt__person__account__staff_number")
    assert [
        (line.attempt.person.account.staff_number, line.before["points"], line.after["points"])
        for line in lifted.select_related("attempt__person__account")
    ] == [
        ("2024-0301", "38.5", "39.5"),
        ("2025-0148", "34", "35"),
        ("2025-0205", "34", "35"),
        ("2025-0417", "34", "35"),
    ]
    assert regrade.lines.filter(flips=True).count() == 0
    for line in lifted.select_related("attempt"):
        assert [result.reason for result in line.attempt.results.order_by("number")] == ["", "", "question"]


def test_certificates_are_held_over_two_schemes_and_one_was_revoked() -> None:
    held = Counter(Certificate.objects.values_list("scheme_version__key", flat=True))
    assert held == {"digital-governance": 8, "elevator-unit": 8}
    revoked = CertificateEvent.objects.get(kind=EventKind.REVOKED)
    assert (revoked.reason, revoked.note.text != "") == ("holder_data_wrong", True)
    assert BatchRow.objects.filter(state=RowState.FAILED).count() == 0


def test_something_waits_for_everybody() -> None:
    """An approval, a quarantined name, a name still asked, papers to mark, sessions to confirm and to change, a
    question that was reported."""
    waiting = CertificateBatch.objects.get(status=BatchStatus.PROPOSED)
    assert Counter(waiting.rows.values_list("state", flat=True)) == {"ready": 2, "quarantined": 1}
    disputed = NameConfirmation.objects.get(answer=NameAnswer.DISPUTED)
    assert (disputed.asked_name, disputed.correction) == ("白晓璐", "白晓露")
    today = date(2026, 11, 22)
    assert NameConfirmation.objects.filter(answer="", due_on__gte=today).count() == 1
    assert Attempt.objects.filter(status=AttemptStatus.MARKING).count() == 4
    assert Erratum.objects.filter(status=ErratumStatus.OPEN).count() == 1
    sessions = Counter(SessionLog.objects.values_list("status", flat=True))
    assert (sessions[SessionStatus.WRITTEN], sessions[SessionStatus.CHANGE_ASKED]) == (5, 1)


def test_two_people_stay_at_the_beginning() -> None:
    """The README's walk starts with one of them; the other shows what an empty site says."""
    learner, newcomer = (Person.objects.get(account__staff_number=n) for n in (LEARNER, NEWCOMER))
    assert Evidence.objects.of(learner).count() == 0
    progress = LessonProgress.objects.filter(enrolment__person=learner).exclude(completed_at=None)
    assert [each.enrolment.course_key for each in progress] == ["data-analysis"]
    for model in (Enrolment, Attempt, Playthrough):
        assert model.objects.filter(person=newcomer).count() == 0
    assert Pairing.objects.filter(mentee=newcomer).count() == 0


def test_nothing_is_dated_after_the_half_year() -> None:
    """Neither what was told nor what the product did on its own because of it."""
    end = datetime.fromisoformat("2026-11-22T00:00:00+08:00")
    assert Evidence.objects.filter(recorded_at__gte=end).count() == 0
    assert Decision.objects.filter(decided_at__gte=end).count() == 0
    assert Notice.objects.filter(sent_at__gte=end).count() == 0


def test_only_what_came_lately_is_new_in_the_inboxes() -> None:
    sent = Notice.objects.filter(recipient__account__in=activated())
    new = sent.filter(read_at=None)
    assert 10 <= new.count() < sent.count() / 5
    assert new.filter(sent_at__lt=datetime.fromisoformat("2026-11-01T00:00:00+08:00")).count() == 0
    assert Notice.objects.filter(read_at__lt=F("sent_at")).count() == 0


def test_everybody_may_sign_in_with_one_password_hashed_once() -> None:
    hashes = set(activated().values_list("password", flat=True))
    assert len(hashes) == 1
    assert check_password(DEMO_PASSWORD, hashes.pop())


def test_looking_back_is_left_to_the_worker_and_deciding_is_not() -> None:
    """Until the worker comes the debrief says that it is being worked out; no decision is behind its evidence."""
    runs = Playthrough.objects.exclude(finished_at=None)
    assert Hindsight.objects.filter(status=HindsightStatus.WAITING).count() == runs.count() > 20
    run = runs.select_related("person__account").earliest("pk")
    debrief = reverse("simulations:debrief", args=[run.pk])
    with translation.override("zh-hans"):
        waiting = gettext("Every other way is being tried out; that takes a few seconds.")
    assert waiting in client_of(run.person.account.staff_number).get(debrief).content.decode()
    assert people_to_reconsider() == []


@pytest.mark.postgres
def test_telling_twice_is_once(demo: list[Step]) -> None:
    """Every step again, as after a build that was killed before its end; then the whole build."""
    people = {account.staff_number: account.person for account in Account.objects.select_related("person")}
    before = rows()
    for step in demo:
        tell(step, people)
    assert rows() == before
    heard: list[str] = []
    build_demo(say=heard.append, now=timezone.now())
    assert rows() == before
    assert heard[-1] == "  都在 / all there"


def test_chains_hold_and_nothing_was_left_behind() -> None:
    assert findings(now=timezone.now()) == []
    report = audit.verify_chain()
    assert (report.ok, report.unsealed) == (True, 0)


def test_district_administrator_turns_the_page_and_the_sub_district_sees_its_own() -> None:
    everybody = client_of(DISTRICT)
    first, last = (everybody.get("/people/", {"page": page}).context["rows"] for page in (1, 6))
    assert (len(first), len(last)) == (50, 11)
    own = client_of(SUBDISTRICT).get("/people/").context["rows"]
    assert {membership.organisation.code[:5] for _account, membership in own} == {"QH-02"}
    assert len(own) == 18
    outsider = Person.objects.get(account__staff_number=LEARNER)
    assert client_of(SUBDISTRICT).get(f"/people/{outsider.pk}/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/me/", "/me/notices/", "/mentoring/", "/courses/", "/exams/", "/simulations/"]
)
def test_every_account_opens_its_pages(path: str) -> None:
    for number in activated().values_list("staff_number", flat=True):
        response = client_of(number).get(path)
        assert response.status_code in (200, 302, 403), (number, path)


def test_the_induction_class_can_be_certified_whole() -> None:
    by = Account.objects.get(staff_number=DISTRICT).person
    assert by is not None
    proposal = next_proposal(
        scheme=newest_scheme("induction-unit"),
        organisation=Organisation.objects.get(code="QH-04"),
        by=by,
        now=timezone.now(),
    )
    assert (len(proposal.ready), len(proposal.held_back), len(proposal.holders)) == (200, 0, 0)
    assert not Account.objects.filter(pk__in=activated(), person__in=members_of_class()).exists()


def members_of_class() -> QuerySet[Person]:
    return Person.objects.filter(memberships__organisation__code__startswith="QH-04")
