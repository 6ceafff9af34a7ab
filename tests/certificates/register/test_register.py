"""The register: found by every word, counted, taken out as a workbook, each within one's scope."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from itertools import permutations
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from certificates.issuing import reserve_row
from certificates.models import Certificate, CertificateEvent, EventKind
from certificates.register.figures import figures_of
from certificates.register.searching import matching
from certificates.register.standings import with_standing
from certificates.register.trail import entries_about
from certificates.standing import standing_of
from core.models import AuditEntry
from people.models import Organisation, Person, Role
from tests.certificates.making import (
    NOW,
    make_batch,
    make_certificate,
    make_eligible,
    make_issuer,
    make_issuing_pair,
    make_scheme,
    someone_else,
)
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate(NOW)
PAGES = ("", "figures/", "paper/", "trail/")


@pytest.fixture(autouse=True)
def _today(monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def numbered(*names: str) -> list[Certificate]:
    """Certificates with a number, not printed: the register needs no PDF."""
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    people = [make_eligible(name, scheme=scheme) for name in names]
    batch = make_batch(people, scheme=scheme, pair=pair, approve=True)

    for row in batch.rows.order_by("pk"):
        reserve_row(row=row, now=NOW)
    return [Certificate.objects.get(person=person) for person in people]


def happen(certificate: Certificate, *kinds: EventKind) -> None:
    for hour, kind in enumerate(kinds, start=1):
        CertificateEvent.objects.create(certificate=certificate, kind=kind, at=NOW + timedelta(hours=hour))


def found(words: str) -> list[str]:
    rows = matching(Certificate.objects.all(), words).order_by("pk")
    return list(rows.values_list("holder__printed_name", flat=True))


SWITCHES = (EventKind.RELEASED, EventKind.SUSPENDED, EventKind.RESTORED, EventKind.REVOKED)
HISTORIES = [
    (),
    (EventKind.VOIDED,),
    (EventKind.RELEASED,),
    (EventKind.RELEASED, EventKind.SUPERSEDED),
    *permutations(SWITCHES),
    (EventKind.RELEASED, EventKind.SUSPENDED, EventKind.RESTORED, EventKind.SUSPENDED),
]


def test_standing_in_sql_is_the_standing_of_the_fold() -> None:
    one = numbered("许知秋")[0]
    days = (TODAY, TODAY - timedelta(days=1), date(2029, 11, 21), date(2029, 11, 22))
    for history in HISTORIES:
        copy = Certificate.objects.get(pk=one.pk)
        copy.pk, copy.serial, copy.code = None, f"S{len(history)}{hash(history)}", f"C{hash(history)}"[:32]
        copy.number = Certificate.objects.count() + 1
        copy._state.adding = True
        copy.save()
        happen(copy, *history)
        for on in days:
            in_sql = with_standing(Certificate.objects.filter(pk=copy.pk), on=on).get().standing_now
            assert in_sql == standing_of(copy, copy.events.all(), on=on), (history, on)


def test_every_word_is_looked_for_in_names_numbers_and_places() -> None:
    xu, ouyang = numbered("许知秋", "欧阳𬭎")
    assert found("知秋") == ["许知秋"]
    assert found("𬭎") == ["欧阳𬭎"]
    assert found(xu.serial[-8:]) == ["许知秋"]
    assert found(ouyang.person.account.staff_number) == ["欧阳𬭎"]
    assert found("数字治理 阳") == ["欧阳𬭎"]
    assert found("数字治理 没有") == []
    assert found("组织") == ["许知秋", "欧阳𬭎"]
    assert found("１＋Ｎ") == ["许知秋", "欧阳𬭎"]
    assert found("%") == []


@pytest.mark.parametrize("page", PAGES)
def test_pages_cost_the_same_for_one_and_for_three(
    page: str, login: Any, django_assert_num_queries: Any
) -> None:
    certificates = numbered("许知秋")
    client = login(someone_else(certificates[0]))
    costs = {"": 12, "figures/": 12, "paper/": 7, "trail/": 11}
    with django_assert_num_queries(costs[page]):
        client.get(f"/certificates/register/{page}")
    more = [make_eligible(scheme=certificates[0].scheme_version) for _ in range(2)]
    pair = (certificates[0].batch_row.batch.proposed_by, someone_else(certificates[0]))
    batch = make_batch(more, scheme=certificates[0].scheme_version, pair=pair, approve=True, title="more")

    for row in batch.rows.all():
        reserve_row(row=row, now=NOW)
    with django_assert_num_queries(costs[page]):
        response = client.get(f"/certificates/register/{page}")
    assert response.status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_only_issuers_come_in(page: str, login: Any) -> None:
    numbered("许知秋")
    assert login(make_person("程野")).get(f"/certificates/register/{page}").status_code == 403
    assert Client().get(f"/certificates/register/{page}").status_code == 302


def test_another_subtree_sees_nothing_of_ours(login: Any) -> None:
    certificate = numbered("许知秋")[0]
    street = make_organisation("QH-02", make_organisation("QH"))
    neighbour = make_person("钱路", organisation=street, roles=(Role.ISSUER,))
    client = login(neighbour)
    for page in PAGES:
        assert certificate.serial not in client.get(f"/certificates/register/{page}").content.decode()
    sheet = client.post("/certificates/register/sheet/", {})
    assert rows_of(sheet)[1:] == []


def test_filters_narrow_and_a_wrong_period_is_said(login: Any) -> None:
    one, two = numbered("许知秋", "程野")
    happen(one, EventKind.RELEASED)
    client = login(someone_else(one))
    page = client.get("/certificates/register/", {"standing": "valid"}).content.decode()
    assert one.serial in page
    assert two.serial not in page
    wrong = client.get("/certificates/register/", {"since": "2026-11-22", "until": "2026-11-01"})
    assert wrong.status_code == 422
    assert "截止日期早于起始日期" in wrong.content.decode()
    assert one.serial not in client.get("/certificates/register/", {"since": "2026-11-23"}).content.decode()
    assert one.serial in client.get("/certificates/register/", {"until": "2026-11-22"}).content.decode()


def rows_of(response: Any) -> list[list[Any]]:
    content = b"".join(response.streaming_content)
    return [list(row) for row in load_workbook(BytesIO(content)).active.iter_rows(values_only=True)]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_export_holds_text_and_no_formula(sign: str, login: Any) -> None:
    certificate = numbered("许知秋")[0]
    batch = certificate.batch_row.batch
    type(batch).objects.filter(pk=batch.pk).update(title=f"{sign}1+1")
    response = login(someone_else(certificate)).post("/certificates/register/sheet/", {"q": "知秋"})
    content = b"".join(response.streaming_content)
    sheet = load_workbook(BytesIO(content)).active
    last = sheet.cell(row=2, column=13)
    assert (last.value, last.data_type) == (f"{sign}1+1", "s")
    assert sheet.cell(row=2, column=2).value == "许知秋"
    assert sheet.cell(row=2, column=9).value.date() == TODAY
    assert sheet.max_row == 2


def test_taking_data_out_is_written_down_once(login: Any) -> None:
    certificate = numbered("许知秋", "程野")[0]
    approver = someone_else(certificate)
    login(approver).post("/certificates/register/sheet/", {"q": "知秋"})
    entry = AuditEntry.objects.get(action="register.exported")
    assert (entry.actor, entry.detail) == (str(approver.pk), {"rows": 1})


def test_figures_count_certificates_once_and_by_where_people_work() -> None:
    north = make_organisation("QH-01", make_organisation("QH"), name="北街")
    one, two, _three = numbered("许知秋", "程野", "顾南")
    happen(one, EventKind.RELEASED)
    happen(two, EventKind.RELEASED, EventKind.REVOKED)
    move(one.person, north)
    drawn = figures_of(with_standing(Certificate.objects.all(), on=TODAY), [north], on=TODAY)
    assert (drawn.given, drawn.valid, drawn.people) == (2, 1, 1)
    assert [(line.title, line.count) for line in drawn.by_place] == [("北街", 1)]
    assert [(line.title, line.count) for line in drawn.by_scheme] == [("数字治理 1+N（初级）", 1)]
    assert drawn.by_month[-1].count == 2
    assert len(drawn.by_month) == 12
    assert {line.query for line in drawn.by_standing} == {
        "standing=unreleased",
        "standing=revoked",
        "standing=valid",
    }


def move(person: Person, organisation: Organisation) -> None:
    person.memberships.update(organisation=organisation)


def test_trail_speaks_of_ones_own_batches_and_certificates_only() -> None:
    certificate = numbered("许知秋")[0]
    everything = Certificate.objects.all()
    batches = type(certificate.batch_row.batch).objects.all()
    actions = {entry.action for entry in entries_about(everything, batches)}
    assert {"batch.proposed", "batch.approved", "certificate.issued"} <= actions
    assert set(entries_about(everything.none(), batches.none())) == set()


def test_released_certificate_leads_to_its_page(login: Any) -> None:
    certificate = make_certificate()
    page = login(someone_else(certificate)).get("/certificates/register/", {"q": certificate.code})
    assert f"/certificates/{certificate.serial}/" in page.content.decode()
