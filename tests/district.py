"""A district with two sub-districts and somebody in each role, and one learner who has one of everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from assessments.models import Attempt
from certificates.issuing import issue_batch
from certificates.models import Certificate, CertificateBatch, NameConfirmation
from certificates.names import ask_confirmation, confirm_name
from cms.demo.pack import PACK
from cms.permissions import ensure_groups
from cms.tree import ensure_home
from core.hashing import sha256_hex
from courses.enrolments import enrol
from courses.models import CoursePage
from mentoring.models import Pairing, SessionLog
from mentoring.pairings import end_pairing
from mentoring.sessions import ask_change
from mentoring.terms import PairingResult, Tier
from people.models import Organisation, Person, Role
from simulations.drafts import store_draft
from simulations.models import Playthrough, ScenarioDraft
from simulations.playing import choose, start_playthrough
from simulations.releasing import release_scenario
from tests.assessments.making import make_attempt, make_exam, make_submitted
from tests.certificates.making import (
    NOW,
    give_evidence,
    make_batch,
    make_eligible,
    make_issuer,
    make_scheme,
)
from tests.courses.factories import make_course
from tests.courses.factories import release as release_new_course
from tests.factories import make_organisation, make_person
from tests.library.making import stock_library
from tests.mentoring.factories import make_pairing, make_participant, make_session

LAST_WEEK = NOW - timedelta(days=7)
FALL = "N01c,N02a,N03d,N04a,N05b,N06c"
PICTURE = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


@dataclass
class District:
    """The people by what they are to the learner, and what is the learner's."""

    people: dict[str, Person]
    certificate: Certificate
    batch: CertificateBatch
    asked: NameConfirmation
    attempt: Attempt
    submitted: Attempt
    run: Playthrough
    finished_run: Playthrough
    pairing: Pairing
    session: SessionLog
    foreign_pairing: Pairing
    foreign_session: SessionLog
    draft: ScenarioDraft
    course: CoursePage
    picture: str


def make_district() -> District:
    """Everything at the makers' own evening; the learner 许知秋 works in QH-01, strangers in QH-02."""
    root = make_organisation("QH")
    here, there = make_organisation("QH-01", root), make_organisation("QH-02", root)
    people = _people(root, here, there)
    learner = people["learner"]
    ensure_groups(ensure_home())
    certificate, batch, asked = _certificate(learner, here, people)
    pairings = _pairings(people)
    draft, finished, run = _runs(learner)
    make_exam("base", types=("single", "multiple"))
    make_exam("essay", types=("short_answer",))
    release_new_course("lift", now=LAST_WEEK, lessons=2)
    enrol(person=learner, course_key="lift", now=LAST_WEEK)
    sha256 = sha256_hex(PICTURE)
    default_storage.save(f"released/{sha256}.svg", ContentFile(PICTURE))
    return District(
        people=people,
        certificate=certificate,
        batch=batch,
        asked=asked,
        attempt=make_attempt(learner, "base", now=NOW - timedelta(minutes=5)),
        submitted=make_submitted(learner, "essay", now=LAST_WEEK),
        run=run,
        finished_run=finished,
        **pairings,
        draft=draft,
        course=make_course("drafted", title="还没发布的课"),
        picture=sha256,
    )


def _people(root: Organisation, here: Organisation, there: Organisation) -> dict[str, Person]:
    staff: dict[str, tuple[Organisation, tuple[Role, ...]]] = {
        "proposer": (here, (Role.ISSUER,)),
        "approver": (here, (Role.ADMINISTRATOR,)),
        "marker": (here, (Role.EXAMINER,)),
        "foreign examiner": (there, (Role.EXAMINER,)),
        "foreign administrator": (there, (Role.ADMINISTRATOR, Role.ISSUER)),
        "author": (root, (Role.AUTHOR,)),
    }
    people = {name: make_person(organisation=place, roles=roles) for name, (place, roles) in staff.items()}
    for name, place in (("mentor", here), ("former mentor", here), ("mentor of somebody else", there)):
        people[name] = make_participant(Tier.BACKBONE, capacity=3, organisation=place)
    people["stranger"] = make_participant(Tier.NEW, organisation=there)
    people["learner"] = make_participant(Tier.NEW, name="许知秋", organisation=here)
    return people


def _certificate(
    learner: Person, here: Organisation, people: dict[str, Person]
) -> tuple[Certificate, CertificateBatch, NameConfirmation]:
    """One certificate held, and another scheme for which a batch waits and the name is asked."""
    make_issuer()
    pair = (people["proposer"], people["approver"])
    scheme, other = make_scheme(), make_scheme(key="renovation", title="老旧小区改造")
    _confirm(learner, scheme)
    issued = make_batch([learner], scheme=scheme, pair=pair, approve=True, organisation=here)
    issue_batch(batch=issued, clock=lambda: NOW)
    second = make_eligible("周行", scheme=other, organisation=here)
    waiting = make_batch([second], scheme=other, pair=pair, title="2026-12", organisation=here)
    asked = ask_confirmation(person=learner, scheme_key=other.key, by=pair[0], now=NOW)
    return Certificate.objects.get(person=learner), waiting, asked


def _confirm(learner: Person, scheme: Any) -> None:
    give_evidence(learner)
    question = ask_confirmation(person=learner, scheme_key=scheme.key, by=None, now=LAST_WEEK)
    confirm_name(confirmation=question, by=learner, now=LAST_WEEK)


def _pairings(people: dict[str, Person]) -> dict[str, Any]:
    """The learner's pairing of today, one that is over, and a stranger's."""
    learner, by = people["learner"], people["approver"]
    former = make_pairing("QL-2025-001", mentor=people["former mentor"], mentee=learner, by=by)
    end_pairing(pairing=former, result=PairingResult.PASSED, by=by, now=NOW - timedelta(days=80))
    pairing = make_pairing(
        "QL-2026-001",
        mentor=people["mentor"],
        mentee=learner,
        by=by,
        since_on=date(2026, 9, 5),
        now=NOW - timedelta(days=78),
    )
    session = make_session(pairing, confirmed=False)
    ask_change(session=session, comment="日期不对", by=learner, now=LAST_WEEK)
    foreign = make_pairing(
        "QL-2026-002",
        mentor=people["mentor of somebody else"],
        mentee=people["stranger"],
        by=people["foreign administrator"],
    )
    foreign_session = make_session(foreign, confirmed=False)
    return {
        "pairing": pairing,
        "session": session,
        "foreign_pairing": foreign,
        "foreign_session": foreign_session,
    }


def _runs(learner: Person) -> tuple[ScenarioDraft, Playthrough, Playthrough]:
    """One run that ended, one that is open."""
    stock_library()
    stock_library()
    draft = store_draft(
        document=(PACK / "scenarios/s1.json").read_text(encoding="utf-8"), by=None, now=LAST_WEEK
    )
    release_scenario(draft=draft, by=None, now=LAST_WEEK)
    finished = start_playthrough(person=learner, scenario_key="S1", now=LAST_WEEK)
    for step in FALL.split(","):
        finished = choose(playthrough=finished, node=step[:-1], choice=step[-1], now=LAST_WEEK)
    return draft, finished, start_playthrough(person=learner, scenario_key="S1", now=LAST_WEEK)
