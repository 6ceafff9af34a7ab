"""faults.md rows 21, 22 and 23 for the whole site: whatever id one writes into an address, others' things do not exist.

Every address with something to fill in stands in one of two tables; the resolver says whether one is missing.
"""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import NoReverseMatch, reverse

from assessments.bank.errata import report_erratum
from assessments.entry.accommodations import request_accommodation
from assessments.entry.exemptions import PriorCertificate, request_exemption
from assessments.halls.copies import register_copies
from assessments.models import (
    Accommodation,
    AnswerFile,
    ErratumKind,
    ExamVersion,
    Exemption,
    Inquiry,
    PaperCopy,
    Recheck,
    Regrade,
    Verdict,
)
from assessments.schemes.drafts import store_scheme_draft
from assessments.schemes.recognising import recognise_certificate, register_certificate
from certificates.ceremony.seats import SeatOrder, arrange_seats
from certificates.deputies import name_deputy
from certificates.models import CaseKind, CertificateCase, Deputy
from competencies.models import Evidence
from core.models import AuditEntry
from library.clauses import ClauseEntry, store_clause
from library.models import PolicyLevel
from people.models import Notice, Organisation
from people.portraits import store_portrait
from simulations.models import ListHomework, MarginNote
from simulations.reviewing.homework import Words, submit_homework
from simulations.reviewing.notes import write_note
from tests.addresses import Address, addresses
from tests.assessments.halls.making import make_room, make_seat, make_session
from tests.assessments.making import make_attempt, make_exam
from tests.certificates.ceremony.making import make_run
from tests.certificates.making import NOW
from tests.district import District
from tests.people.making import photo

pytestmark = pytest.mark.django_db
OTHERS_ROOMS = ("admin/", "accounts/", "documents/", "_util/")


def _with_file(district: District) -> AnswerFile:
    """A file that the learner handed in with an open paper."""
    if not ExamVersion.objects.filter(key="files").exists():
        make_exam("files", types=("file_upload",))
        make_attempt(district.people["learner"], "files", now=NOW)
    return AnswerFile.objects.select_related("answer").get()


def _with_objection(district: District) -> Inquiry:
    """A finding about the learner's paper that was handed in, and the learner's objection."""
    said = {"verdict": Verdict.NOTED, "text": "切到别的窗口三次", "found_by": district.people["marker"]}
    objection = {"objection": "我在接电话", "objected_at": NOW}
    defaults = {**said, **objection, "found_at": NOW}
    return Inquiry.objects.get_or_create(attempt=district.submitted, defaults=defaults)[0]


def _with_recheck(district: District) -> Recheck:
    """The learner doubts the marks of the paper that was handed in."""
    said = {"result": district.submitted.results.latest("number"), "text": "请复核", "asked_at": NOW}
    return Recheck.objects.get_or_create(attempt=district.submitted, defaults=said)[0]


def _with_case(district: District) -> CertificateCase:
    """The learner asks for a correction of their certificate."""
    asked = {"certificate": district.certificate, "kind": CaseKind.CORRECTION_ASKED}
    return CertificateCase.objects.get_or_create(**asked, defaults={"opened_at": NOW})[0]


def _with_copy(district: District) -> PaperCopy:
    """A paper printed for the learner's seat, in an exam day of their part of the tree."""
    learner, by = district.people["learner"], district.people["approver"]
    if not PaperCopy.objects.filter(seat__person=learner).exists():
        here = Organisation.objects.get(code="QH-01")
        room = make_room(make_session(NOW, exam_key="essay", organisation=here), "纸卷考场")
        make_seat(room, learner)
        register_copies(room=room, by=by, now=NOW)
    return PaperCopy.objects.select_related("seat").get(seat__person=learner)


def _written(district: District) -> int:
    """The question that the learner answered in writing."""
    return district.submitted.answers.get(slot=1).item_id


def _arrangement(district: District) -> Accommodation:
    """What the learner asked for before an exam."""
    return request_accommodation(
        person=district.people["learner"], exam_key="base", extra_attempts=1, now=NOW
    )


def _exemption(district: District) -> Exemption:
    """A certificate that the learner handed in instead of an exam."""
    return request_exemption(
        person=district.people["learner"],
        exam_key="base",
        certificate=PriorCertificate("证书", "某处", NOW.date()),
        file=ContentFile(b"%PDF-1.4", name="证书.pdf"),
        now=NOW,
    )


def _recognition(district: District) -> Evidence:
    """A certificate from elsewhere that an administrator entered for the learner."""
    by = district.people["approver"]
    subject = register_certificate(key="social-worker", title="助理社会工作师", by=by, now=NOW)
    learner = district.people["learner"]
    return recognise_certificate(person=learner, subject=subject, issued_on=NOW.date(), by=by, now=NOW)


def _photographed(district: District) -> uuid.UUID:
    learner = district.people["learner"]
    store_portrait(person=learner, upload=photo(), by=learner, now=NOW)
    return learner.pk


def _noted(district: District) -> MarginNote:
    """What the mentor wrote into the margin of the learner's run."""
    by = district.people["mentor"]
    return write_note(run=district.finished_run, step=0, text="想一想", by=by, now=NOW)


def _homework(district: District) -> ListHomework:
    """An entry for the four lists that the learner handed in."""
    run, words = district.finished_run, Words("practice", "一条", "先听，后说，再动手，不着急。")
    return submit_homework(run=run, words=words, by=district.people["learner"], now=NOW)


def _deputy(district: District) -> Deputy:
    """The approver is away for a day, and the proposer stands in."""
    by, day = district.people["approver"], NOW.date()
    return name_deputy(
        deputy=district.people["proposer"], since_on=day, until_on=day + timedelta(days=1), by=by, now=NOW
    )


def _paper(district: District) -> list[int]:
    """The batch of the learner's certificate, and its print run."""
    batch, by = district.certificate.batch_row.batch, district.people["approver"]
    if not batch.print_runs.exists():
        arrange_seats(batch=batch, order=SeatOrder.PINYIN, by=by, now=NOW)
        make_run(batch, by, last=1)
    return [batch.pk, batch.print_runs.earliest("pk").pk]


def _seat(district: District) -> list[int]:
    """The batch of the learner's certificate, and the learner's place in it."""
    row = district.certificate.batch_row
    return [row.batch_id, row.pk]


# What belongs to somebody: whose id it is, and who is served there. The learner of the district owns everything.
PERSONAL: dict[str, tuple[str, Any]] = {
    "simulations:play": ("learner", lambda d: [d.run.pk]),
    "simulations:choose": ("learner", lambda d: [d.run.pk]),
    "simulations:debrief": ("learner", lambda d: [d.finished_run.pk]),
    "simulations:replay": ("learner", lambda d: [d.finished_run.pk]),
    "simulations:seat": ("learner", lambda d: [d.finished_run.pk, "wang"]),
    "simulations:note_new": ("mentor", lambda d: [d.finished_run.pk]),
    "simulations:note_change": ("mentor", lambda d: [_noted(d).pk]),
    "simulations:homework_new": ("learner", lambda d: [d.finished_run.pk]),
    "simulations:homework": ("learner", lambda d: [_homework(d).pk]),
    "simulations:homework_return": ("mentor", lambda d: [_homework(d).pk]),
    "simulations:homework_take_back": ("learner", lambda d: [_homework(d).pk]),
    "assessments:sit": ("learner", lambda d: [d.attempt.pk]),
    "assessments:paper": ("learner", lambda d: [d.attempt.pk]),
    "assessments:save": ("learner", lambda d: [d.attempt.pk]),
    "assessments:pulse": ("learner", lambda d: [d.attempt.pk]),
    "assessments:submit": ("learner", lambda d: [d.attempt.pk]),
    "assessments:result": ("learner", lambda d: [d.submitted.pk]),
    "assessments:receipt": ("learner", lambda d: [d.submitted.pk]),
    "assessments:receipt_file": ("learner", lambda d: [d.submitted.pk]),
    "assessments:answer_files": ("learner", lambda d: [_with_file(d).answer.attempt_id, 1]),
    "assessments:answer_file": (
        "learner",
        lambda d: [_with_file(d).answer.attempt_id, 1, _with_file(d).sha256],
    ),
    "assessments:inquiry": ("approver", lambda d: [d.submitted.pk]),
    "assessments:decide_held": ("approver", lambda d: [d.submitted.pk]),
    "assessments:inquiry_reply": ("approver", lambda d: [d.submitted.pk, _with_objection(d).pk]),
    "assessments:own_journal": ("learner", lambda d: [d.submitted.pk]),
    "assessments:objection": ("learner", lambda d: [d.submitted.pk, _with_objection(d).pk]),
    "assessments:recheck_own": ("learner", lambda d: [d.submitted.pk]),
    "assessments:recheck": ("approver", lambda d: [_with_recheck(d).pk]),
    "assessments:copy": ("approver", lambda d: [_with_copy(d).code]),
    "assessments:room_copies": ("approver", lambda d: [_with_copy(d).seat.room_id]),
    "assessments:room": ("approver", lambda d: [_with_copy(d).seat.room_id]),
    "assessments:room_code": ("approver", lambda d: [_with_copy(d).seat.room_id]),
    "assessments:room_extend": ("approver", lambda d: [_with_copy(d).seat.room_id]),
    "assessments:room_incident": ("approver", lambda d: [_with_copy(d).seat.room_id]),
    "assessments:seat": ("approver", lambda d: [_with_copy(d).seat.room_id, _with_copy(d).seat_id]),
    "assessments:seat_extend": ("approver", lambda d: [_with_copy(d).seat.room_id, _with_copy(d).seat_id]),
    "assessments:hall": ("approver", lambda d: [_with_copy(d).seat.session_id]),
    "assessments:hall_extend": ("approver", lambda d: [_with_copy(d).seat.session_id]),
    "assessments:ticket": ("learner", lambda d: [_with_copy(d).seat_id]),
    "assessments:report": ("learner", lambda d: [d.submitted.pk, 1]),
    "assessments:accommodation": ("learner", lambda d: [_arrangement(d).pk]),
    "assessments:exemption": ("learner", lambda d: [_exemption(d).pk]),
    "assessments:exemption_file": ("learner", lambda d: [_exemption(d).pk]),
    "assessments:mark": ("marker", lambda d: [d.submitted.pk, 1]),
    "assessments:marking_question": ("marker", lambda d: [_written(d)]),
    "assessments:marking_anchor": ("marker", lambda d: [_written(d)]),
    "assessments:marking_anchors": ("approver", lambda d: [_written(d)]),
    "assessments:marking_alike": ("marker", lambda d: [_written(d)]),
    "assessments:marking_board": ("approver", lambda d: [d.submitted.exam_key]),
    "mentoring:pairing": ("mentor", lambda d: [d.pairing.agreement_no]),
    "mentoring:session_new": ("mentor", lambda d: [d.pairing.agreement_no]),
    "mentoring:session_edit": ("mentor", lambda d: [d.pairing.agreement_no, d.session.pk]),
    "mentoring:endorse": ("mentor", lambda d: [d.pairing.agreement_no]),
    "mentoring:session_confirm": ("mentor", lambda d: [d.session.pk]),
    "mentoring:session_change": ("mentor", lambda d: [d.session.pk]),
    "people:record": ("mentor", lambda d: [d.people["learner"].pk]),
    "people:name": ("approver", lambda d: [d.people["learner"].pk]),
    "people:ask": ("approver", lambda d: [d.people["learner"].pk, d.asked.pk]),
    "people:photo": ("approver", lambda d: [d.people["learner"].pk]),
    "people:photo_file": ("approver", lambda d: [_photographed(d)]),
    "notice": ("learner", lambda d: [Notice.objects.filter(recipient=d.people["learner"]).earliest("pk").pk]),
    "certificates:batch": ("approver", lambda d: [d.batch.pk]),
    "certificates:batch_people": ("approver", lambda d: [d.batch.pk]),
    "certificates:batch_samples": ("approver", lambda d: [d.batch.pk]),
    "certificates:batch_trail": ("approver", lambda d: [d.batch.pk]),
    "certificates:batch_progress": ("approver", lambda d: [d.batch.pk]),
    "certificates:sample_of": ("approver", lambda d: [d.batch.pk, "first"]),
    "certificates:sample_picture": ("approver", lambda d: [d.batch.pk, "first"]),
    "certificates:end_deputy": ("approver", lambda d: [_deputy(d).pk]),
    "certificates:decide": ("approver", lambda d: [d.batch.pk]),
    "certificates:recheck": ("approver", lambda d: [d.batch.pk]),
    "certificates:retry": ("approver", lambda d: [d.batch.pk]),
    "certificates:sample": ("approver", lambda d: [d.batch.pk]),
    "certificates:ceremony": ("approver", lambda d: [d.batch.pk]),
    "certificates:ceremony_seats": ("approver", lambda d: [d.batch.pk]),
    "certificates:ceremony_seat_list": ("approver", lambda d: [d.batch.pk]),
    "certificates:ceremony_move": ("approver", _seat),
    "certificates:ceremony_paper": ("approver", lambda d: [d.batch.pk]),
    "certificates:ceremony_paper_file": ("approver", _paper),
    "certificates:ceremony_test_sheet": ("approver", lambda d: [d.batch.pk]),
    "certificates:ceremony_lists": ("approver", lambda d: [d.batch.pk]),
    "certificates:ceremony_signing": ("approver", lambda d: [d.batch.pk]),
    "certificates:ceremony_announcing": ("approver", lambda d: [d.batch.pk]),
    "certificates:ceremony_names": ("approver", lambda d: [d.batch.pk]),
    "certificates:ceremony_reading": ("approver", _seat),
    "certificates:name": ("learner", lambda d: [d.asked.pk]),
    "certificates:certificate": ("approver", lambda d: [d.certificate.serial]),
    "certificates:revoke": ("approver", lambda d: [d.certificate.serial]),
    "certificates:suspend": ("approver", lambda d: [d.certificate.serial]),
    "certificates:restore": ("approver", lambda d: [d.certificate.serial]),
    "certificates:correct": ("approver", lambda d: [d.certificate.serial]),
    "certificates:case": ("approver", lambda d: [_with_case(d).pk]),
    "certificates:settle": ("approver", lambda d: [_with_case(d).pk]),
    "certificates:download": ("learner", lambda d: [d.certificate.serial]),
    "certificates:transcript": ("learner", lambda d: [d.certificate.serial]),
    "certificates:correction": ("learner", lambda d: [d.certificate.serial]),
    "certificates:withdraw_correction": ("learner", lambda d: [d.certificate.serial]),
}
# What is the same for everybody who is signed in; progress in it is found by who asks, never by the address.
SHARED = {
    "courses:course",
    "courses:enrol",
    "courses:lesson",
    "courses:seen",
    "courses:complete",
    "courses:check",
    "courses:reflect",
    "courses:report",
    "courses:media",
    "simulations:scenario",
    "simulations:start",
    "simulations:guide",  # for authors, administrators and mentors, and nobody's own (tests/simulations/packs)
    "assessments:exam",
    "assessments:start",
    "assessments:arrangement",
    "assessments:ask_exemption",
    "assessments:media",
    "assessments:preview",  # for authors and administrators alone, and nobody's own (tests/assessments/test_admin.py)
    "verify:page",
    # for those who issue, and nobody's own (tests/certificates/gallery)
    "certificates:theme",
    "certificates:theme_picture",
    "certificates:theme_preview",
    "certificates:theme_preview_pdf",
    "certificates:shelf",
    "certificates:dress",
    "certificates:mark_picture",
    "certificates:retire_mark",
}
FORMS = {
    "assessments:save": {"slot": "1", "sequence": "9", "choice": "o1"},
    "assessments:seat": {"action": "admit"},
    "assessments:recheck": {"do": "refuse"},
}
# Nobody of these may see or touch anything of the learner's.
OUTSIDERS = [
    "anonymous",
    "stranger",
    "former mentor",
    "mentor of somebody else",
    "foreign examiner",
    "author",
    "foreign administrator",
]


def ours() -> list[Address]:
    """Addresses of our rooms that take something."""
    found = [one for one in addresses() if one.parameters and not one.route.startswith(OTHERS_ROOMS)]
    return [one for one in found if not one.name.startswith("wagtail")]


def is_shut(response: Any) -> bool:
    """As if it did not exist; a visitor is sent to the door."""
    to_the_door = response.status_code == 302 and response["Location"].startswith("/accounts/login/")
    return response.status_code == 404 or to_the_door


def both(client: Client, name: str, url: str) -> list[Any]:
    """What GET and POST answer, without the method that the address does not take."""
    answers = [client.get(url), client.post(url, FORMS.get(name, {}))]
    taken = [answer for answer in answers if answer.status_code != 405]
    assert taken, url
    return taken


def test_every_address_with_an_id_is_in_one_of_the_tables() -> None:
    assert sorted(one.name for one in ours()) == sorted([*PERSONAL, *SHARED])


@pytest.mark.parametrize("name", PERSONAL)
def test_rightful_person_is_served(name: str, district: District, visit: Any) -> None:
    """Without this the matrix below would praise addresses that are merely wrong."""
    who, ids = PERSONAL[name]
    url, client = reverse(name, args=ids(district)), visit(who)
    answers = both(client, name, url)
    assert {answer.status_code for answer in answers} <= {200, 302, 422}
    assert [is_shut(answer) for answer in answers] == [False] * len(answers)


@pytest.mark.parametrize(("who", "name"), list(product(OUTSIDERS, PERSONAL)))
def test_outsider_finds_nothing_and_moves_nothing(
    who: str, name: str, district: District, visit: Any
) -> None:
    url, client, before = (
        reverse(name, args=PERSONAL[name][1](district)),
        visit(who),
        AuditEntry.objects.count(),
    )
    answers = both(client, name, url)
    assert [is_shut(answer) for answer in answers] == [True] * len(answers)
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("name", PERSONAL)
def test_foreign_thing_looks_like_one_that_is_not_there(name: str, district: District, visit: Any) -> None:
    """Byte for byte, but for the address itself: nobody learns what exists."""
    ids = PERSONAL[name][1](district)
    absent = [_absent(each) for each in ids]
    client = visit("stranger")
    pages = []
    for arguments in (ids, absent):
        url = reverse(name, args=arguments)
        pages.append(
            [(page.status_code, _without(url, page.content.decode())) for page in both(client, name, url)]
        )
    assert pages[0] == pages[1]


def _without(url: str, page: str) -> str:
    """A page without what differs anyhow: its own address and the form tokens."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.replace(url, ""))


def _absent(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return uuid.UUID(int=value.int ^ 1)
    return value + 90_000 if isinstance(value, int) else f"{value}9"


@pytest.mark.parametrize(
    ("who", "path"),
    [
        # a session under another pairing than its own, from both sides
        ("mentor", "/mentoring/pairings/{d.pairing.agreement_no}/sessions/{d.foreign_session.pk}/"),
        (
            "mentor of somebody else",
            "/mentoring/pairings/{d.foreign_pairing.agreement_no}/sessions/{d.session.pk}/",
        ),
        # a slot that is not in one's paper
        ("learner", "/exams/attempt/{d.attempt.pk}/?q=99"),
        ("learner", "/exams/attempt/{d.attempt.pk}/?q=0"),
        ("marker", "/exams/marking/{d.submitted.pk}/2/"),
        ("marker", "/exams/marking/{d.attempt.pk}/1/"),
        # a lesson of another course
        ("learner", "/courses/lift/lessons/nowhere/"),
        ("learner", "/courses/drafted/"),
        ("learner", "/courses/drafted/lessons/lesson-1/"),
        # a report of a question that is not in one's paper, or of a paper that was not handed in
        ("learner", "/exams/attempt/{d.submitted.pk}/report/2/"),
        ("learner", "/exams/attempt/{d.attempt.pk}/report/1/"),
        ("learner", "/courses/lift/lessons/lesson-1/report/opening/"),
        # a file that was not released, and one under a made-up name
        ("learner", "/courses/media/" + "0" * 64 + "/a.svg"),
        ("learner", "/courses/media/{d.picture}/a.html"),
        ("learner", "/exams/absent/"),
        ("learner", "/simulations/S9/"),
        ("anonymous", "/verify/{d.certificate.serial}/"),
    ],
)
def test_foreign_child_under_ones_own_parent_is_not_found(
    who: str, path: str, district: District, visit: Any
) -> None:
    """Row 22."""
    assert visit(who).get(path.format(d=district)).status_code == 404


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("learner", "/courses/lift/lessons/lesson-1/check/nowhere/"),
        ("learner", "/courses/lift/lessons/lesson-1/reflect/opening/"),
        ("learner", "/courses/lift/lessons/nowhere/complete/"),
        ("stranger", "/courses/lift/lessons/lesson-1/complete/"),
        ("mentor", "/mentoring/sessions/{d.foreign_session.pk}/confirm/"),
    ],
)
def test_foreign_child_cannot_be_posted_to(who: str, path: str, district: District, visit: Any) -> None:
    assert visit(who).post(path.format(d=district), {"block": "nowhere"}).status_code == 404


@pytest.mark.parametrize("slot", [3, 99])
def test_answer_outside_ones_paper_is_not_taken(slot: int, district: District, visit: Any) -> None:
    data = {"slot": slot, "sequence": 9, "choice": "o1"}
    assert visit("learner").post(f"/exams/attempt/{district.attempt.pk}/save/", data).status_code == 404


@pytest.mark.parametrize("name", sorted(SHARED))
def test_shared_address_asks_for_a_login_or_is_public(name: str, visit: Any) -> None:
    values = {
        "slug": "lift",
        "lesson_slug": "lesson-1",
        "block_id": "x",
        "key": "S1",
        "code": "0" * 26,
        "sha256": "0" * 64,
        "name": "a.svg",
        "file": f"{'0' * 64}.png",
        "pk": 1,
    }
    address = next(one for one in ours() if one.name == name)
    url = reverse(name, kwargs={each: values[each] for each in address.parameters})
    answers = both(visit("anonymous"), name, url)
    assert [is_shut(answer) for answer in answers] == [True] * len(answers)


# The editor's admin

# The sections in which somebody may not look at all; what lies elsewhere is theirs to see.
FOREIGN_TO = {
    "foreign administrator": ("pairings:", "recognition_withdraw"),
    "author": ("pairings:", "recognition", "wagtailusers", "wagtailadmin_collections"),
    "foreign examiner": ("",),
    "stranger": ("",),
    "anonymous": ("",),
}
CLAUSE = ClauseEntry(
    key="rule",
    level=PolicyLevel.CENTRAL,
    title="改建要过两道门槛",
    text="先看参与，再看同意。",
    citation="《民法典》第二百七十八条",
    note="教学示例。",
    as_of=date(2026, 11, 20),
    review_by=date(2027, 5, 20),
)
# Without objects of ours: signing out, Wagtail's own test of errors. Choosing a clause is open to whoever enters the
# admin: clauses are printed in every lesson.
SKIPPED = {
    "wagtailsnippetchoosers_library_policyclause:choose_results",
    "wagtailsnippetchoosers_library_policyclause:choose",
    "wagtailadmin_logout",
    "wagtailadmin_error_test",
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
}


def admin_addresses(district: District) -> list[tuple[str, str]]:
    """Every admin address that can be filled with ids of this district: name and path."""
    numbers = {
        "errata": report_erratum(
            version=district.attempt.answers.first().item.question_version,
            reporter=district.people["learner"],
            kind=ErratumKind.OTHER,
            text="题干里有一处说不通",
            now=NOW,
        ).pk,
        "regrades": Regrade.objects.create(
            exam_version=district.submitted.exam_version,
            changes=[{"kind": "void", "item": 1, "how": "full"}],
            reason="题干有两种读法",
            proposed_by=district.people["author"],
            proposed_at=NOW,
            touched_at=NOW,
        ).pk,
        "schemes": store_scheme_draft(
            definition={"key": "lift-scheme", "title": "加装电梯专员"}, by=None, now=NOW
        ).pk,
        "recognition_withdraw": _recognition(district).pk,
        "bank": district.attempt.answers.first().item.question_version.question_id,
        "scenarios": district.draft.pk,
        "pairings": district.pairing.pk,
        "wagtailsnippets_library_policyclause": store_clause(entry=CLAUSE, by=None, now=NOW).pk,
    }
    found = []
    for one in addresses():
        if not one.route.startswith("admin/") or one.name in SKIPPED:
            continue
        number = numbers.get(one.name.split(":")[0], district.course.pk)
        try:
            found.append((one.name, reverse(one.name, kwargs=dict.fromkeys(one.parameters, number))))
        except NoReverseMatch:
            continue  # words, not ids, are asked for
    return found


@pytest.mark.parametrize("who", FOREIGN_TO)
def test_admin_shows_nothing_foreign_at_any_address(who: str, district: District, visit: Any) -> None:
    """Row 21, every /admin/ URL: Wagtail's generic views load by id."""
    client = visit(who)
    client.raise_request_exception = False
    wrong = []
    for name, url in admin_addresses(district):
        if not name.startswith(FOREIGN_TO[who]):
            continue
        response = client.get(url)
        if response.status_code >= 500 or _tells(response, name):
            wrong.append(f"{name} {url} {response.status_code}")
    assert wrong == []


def _tells(response: Any, name: str) -> bool:
    """Whether a page says anything of what it would be about."""
    if response.status_code != 200 or response.streaming:
        return False
    page = response.content.decode(errors="replace")
    words = ("QL-2026-001", "老楼新梯", "题干", "改建要过两道门槛", "还没发布的课", "加装电梯", "许知秋")
    return any(word in page for word in words)
