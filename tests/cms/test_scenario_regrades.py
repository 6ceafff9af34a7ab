"""What a regrade of runs would change beyond outcomes; and that, carried out, it reaches those who issue."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assessments import decisions
from assessments.models import Decision, SchemeVersion
from certificates.cases import open_ground_cases
from certificates.life.case_lists import cases_for
from certificates.models import Certificate
from cms.scenario_regrades import read_run_effects
from competencies.models import Evidence
from people.models import Person
from simulations import tasks
from simulations.models import RunRegrade
from simulations.queries import newest_version
from simulations.regrading.advancing import advance_regrade
from simulations.regrading.deciding import approve_regrade
from simulations.regrading.drafting import propose_regrade
from tests.certificates.making import NOW, make_issuer, make_issuing_pair, make_scheme
from tests.cms.test_regrades import certify
from tests.factories import make_person
from tests.simulations.regrades import SMALL, make_author, make_run, make_tried, release, swapped

pytestmark = pytest.mark.django_db
LAST_WEEK = NOW - timedelta(days=7)


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say themselves when a worker comes."""
    monkeypatch.setattr(tasks.advance_run_regrade, "delay", lambda regrade_id: None)


@pytest.fixture
def scheme() -> SchemeVersion:
    """Asks for 60 % in the small scenario."""
    release(SMALL, LAST_WEEK)
    make_issuer()
    rule = {
        "id": "run",
        "kind": "scenario",
        "title": "推演 ≥ 60%",
        "subject": "SMALL",
        "mark": 60,
        "minutes": 10,
    }
    return make_scheme(rule=rule)


@pytest.fixture
def regrade(scheme: SchemeVersion, pair: tuple[Person, Person]) -> RunRegrade:
    """Tried: 甲 with a certificate would lose its ground, 乙 would gain the scheme."""
    holder = make_person("甲")
    make_run("aa", LAST_WEEK, person=holder)
    certify(holder, scheme, pair)
    make_run("ba", LAST_WEEK, person=make_person("乙"))
    version = newest_version("SMALL")
    assert version is not None
    return make_tried(version, release(swapped(), NOW), now=NOW)


@pytest.fixture
def pair(db: None) -> tuple[Person, Person]:
    return make_issuing_pair()


def test_dry_run_names_decisions_and_certificates_and_writes_none(
    regrade: RunRegrade, pair: tuple[Person, Person]
) -> None:
    recorded = Decision.objects.count()
    found = read_run_effects(regrade, pair[1], NOW)
    certificate = Certificate.objects.get()
    assert [(each.serial, each.candidate[:1], each.url) for each in found.certificates] == [
        (certificate.serial, "甲", f"/certificates/{certificate.serial}/")
    ]
    assert [(each.candidate[:1], each.met) for each in found.decisions] == [("甲", False), ("乙", True)]
    assert (found.count, found.gained, found.lost) == (2, 1, 1)
    assert found.sentence.startswith("第1版的推演按第2版重判：将改变 1 张证书")
    assert (Decision.objects.count(), Evidence.objects.filter(kind="scenario").count()) == (recorded, 2)


def test_reader_outside_their_scope_reads_no_names(regrade: RunRegrade) -> None:
    found = read_run_effects(regrade, make_person("丁"), NOW)
    assert all(each.candidate.startswith("推演 ") for each in found.decisions)
    assert [each.url for each in found.certificates] == [""]


def test_carried_out_it_comes_before_those_who_issue(
    regrade: RunRegrade, pair: tuple[Person, Person]
) -> None:
    propose_regrade(regrade=regrade, by=regrade.proposed_by, now=NOW)
    approve_regrade(regrade=regrade, by=make_author(), now=NOW)
    advance_regrade(regrade=regrade, clock=lambda: NOW)
    for person in decisions.people_to_reconsider():
        decisions.reconsider(person=Person.objects.get(pk=person), now=NOW)
    certificate = Certificate.objects.get()
    assert open_ground_cases(now=NOW) == 1
    paths = [certificate.batch_row.batch.organisation.path]
    assert [case.certificate for case in cases_for(pair[1], paths)] == [certificate]


def test_no_flip_is_said_in_a_sentence(scheme: SchemeVersion) -> None:
    version = newest_version("SMALL")
    assert version is not None
    regrade = make_tried(version, release(swapped(), NOW), now=NOW)
    assert read_run_effects(regrade, make_person(), NOW).count == 0
