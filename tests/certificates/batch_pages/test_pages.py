"""The pages of one batch: what they show while the workers are at it, and what they cost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from certificates import issuing, trials
from certificates.batch_pages.board import batch_board
from certificates.batches import approve_batch, propose_batch
from certificates.issuing import issue_batch
from certificates.models import Certificate, CertificateBatch
from certificates.trials import try_batch
from tests.certificates.making import (
    NOW,
    give_evidence,
    make_batch,
    make_eligible,
    make_issuer,
    make_issuing_pair,
    make_scheme,
)
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def text(response: Any) -> str:
    return str(response.content.decode())


def untried(*names: str) -> tuple[CertificateBatch, Any]:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    people = [make_eligible(name, scheme=scheme).pk for name in names]
    batch = propose_batch(
        scheme=scheme,
        organisation=make_organisation(),
        people=people,
        title="一",
        by=pair[0],
        now=NOW,
        enqueue=False,
    )
    return batch, pair


def test_page_counts_what_is_tried_and_offers_no_approval_before_all_is(login: Any) -> None:
    batch, pair = untried("许知秋", "顾南")
    approver, url = login(pair[1]), f"/certificates/batches/{batch.pk}/"
    page = text(approver.get(url))
    assert "已试印 0 人，共 2 人" in page
    assert '<progress value="0" max="2"' in page
    assert 'http-equiv="refresh"' in page
    assert 'name="count"' not in page
    answer = approver.post(f"{url}decide/", {"count": "2", "seen": "on"})
    assert (answer.status_code, "还在试印" in text(answer)) == (422, True)
    assert "HX-Refresh" not in approver.get(f"{url}progress/")
    try_batch(batch=batch, clock=lambda: NOW)
    assert approver.get(f"{url}progress/")["HX-Refresh"] == "true"
    page = text(approver.get(url))
    assert ('name="count"' in page, 'http-equiv="refresh"' in page) == (True, False)
    approver.post(f"{url}decide/", {"count": "2", "seen": "on"})
    batch.refresh_from_db()
    assert batch.status == "approved"


def test_approving_needs_the_tick(login: Any) -> None:
    batch, pair = untried("许知秋")
    try_batch(batch=batch, clock=lambda: NOW)
    answer = login(pair[1]).post(f"/certificates/batches/{batch.pk}/decide/", {"count": "1"})
    batch.refresh_from_db()
    assert (answer.status_code, batch.status) == (422, "proposed")


def test_checks_are_counted_and_people_found_by_state_and_name(login: Any) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    unasked = make_person("程野")
    give_evidence(unasked)
    batch = make_batch([unasked, make_eligible("许知秋", scheme=scheme)], scheme=scheme, pair=pair)
    board = batch_board(batch)
    assert (board.people, board.quarantined, board.ready) == (2, 1, 1)
    assert {line.code: line.failed for line in board.checks if line.failed} == {"confirmed": 1}
    client, url = login(pair[1]), f"/certificates/batches/{batch.pk}/people/"
    names = {
        "": ("程野", "许知秋"),
        "state=aside": ("程野",),
        "state=ready": ("许知秋",),
        "q=知": ("许知秋",),
    }
    for query, shown in names.items():
        page = text(client.get(f"{url}?{query}"))
        assert [name for name in ("程野", "许知秋") if f'<th scope="row">{name}</th>' in page] == list(shown)
    assert client.get(f"{url}?state=nonsense&page=999&q=%25").status_code == 200


def test_same_names_are_pointed_out_to_whoever_approves(login: Any) -> None:
    batch, pair = untried("李明", "李明", "许知秋")
    try_batch(batch=batch, clock=lambda: NOW)
    page = text(login(pair[1]).get(f"/certificates/batches/{batch.pk}/"))
    assert ("有同名的人" in page, batch_board(batch).namesakes) == (True, [("李明", 2)])


def test_samples_are_shown_of_the_first_and_of_the_longest_name(login: Any) -> None:
    batch, pair = untried("许知秋", "阿依古丽·买买提")
    client, url = login(pair[1]), f"/certificates/batches/{batch.pk}/"
    page = text(client.get(f"{url}samples/"))
    assert [
        title in page for title in ("排在最前的一张 <small>许知秋", "姓名最长的一张 <small>阿依古丽·买买提")
    ] == [True, True]
    picture = client.get(f"{url}sample/longest/picture/")
    assert (picture["Content-Type"], picture.content[:4]) == ("image/png", b"\x89PNG")
    assert client.get(f"{url}sample/first/").content.startswith(b"%PDF")
    assert client.get(f"{url}sample/other/").status_code == 404
    assert Certificate.objects.count() == 0


def test_trail_says_who_did_what(login: Any) -> None:
    batch, pair = untried("许知秋")
    try_batch(batch=batch, clock=lambda: NOW)
    page = text(login(pair[1]).get(f"/certificates/batches/{batch.pk}/trail/"))
    assert [words in page for words in ("提交批次", "本批试印完成", "邹敏", "系统")] == [True] * 4


def test_who_failed_is_listed_with_the_reason_and_tried_again_by_button(
    login: Any, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    batch, pair = untried("许知秋", "顾南")
    try_batch(batch=batch, clock=lambda: NOW)
    approve_batch(batch=batch, count=2, by=pair[1], now=NOW, enqueue=False)
    broken, real = batch.rows.order_by("pk")[0], issuing.print_row

    def fails_for_one(*, row: Any, now: Any) -> bytes:
        if row.pk == broken.pk:
            raise issuing.PressError("纸张卡住")
        return real(row=row, now=now)

    monkeypatch.setattr(issuing, "print_row", fails_for_one)
    issue_batch(batch=batch, clock=lambda: NOW)
    client, url = login(pair[1]), f"/certificates/batches/{batch.pk}/"
    page = text(client.get(f"{url}people/?state=failed"))
    assert ("纸张卡住" in page, "许知秋" in page, "顾南" in page) == (True, True, False)
    monkeypatch.setattr(issuing, "print_row", real)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{url}retry/")
    assert batch_board(batch).released == 2


def test_a_row_whose_trial_print_fails_is_set_aside_and_the_others_go_on(monkeypatch: Any) -> None:
    batch, _pair = untried("许知秋", "顾南")
    real = trials.prove

    def fails_for_one(printable: Any) -> Any:
        if printable.holder.printed_name == "许知秋":
            raise trials.PressError("版面太重")
        return real(printable)

    monkeypatch.setattr(trials, "prove", fails_for_one)
    assert try_batch(batch=batch, clock=lambda: NOW) is True
    states = dict(batch.rows.values_list("person__account__name", "state"))
    assert states == {"许知秋": "quarantined", "顾南": "ready"}
    finding = batch.rows.get(state="quarantined").findings[0]
    assert (finding["code"], "版面太重" in finding["reason"]) == ("fits", True)


def test_design_and_first_day_are_chosen_in_the_proposal(
    login: Any, django_capture_on_commit_callbacks: Any
) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    person = make_eligible("许知秋", scheme=scheme)
    said = {"scheme": scheme.key, "organisation": "QH", "title": "一", "person": [person.pk]}
    proposer = login(pair[0])
    for wrong in ({"valid_from": "2026-11-21"}, {"valid_from": "2027-12-01"}, {"theme": "no such design"}):
        assert proposer.post("/certificates/propose/", {**said, **wrong}).status_code == 422
    assert CertificateBatch.objects.count() == 0
    with django_capture_on_commit_callbacks(execute=True):
        proposer.post("/certificates/propose/", {**said, "theme": "standard", "valid_from": "2026-12-20"})
    batch = CertificateBatch.objects.get()
    approve_batch(batch=batch, count=1, by=pair[1], now=NOW, enqueue=False)
    issue_batch(batch=batch, clock=lambda: NOW)
    certificate = Certificate.objects.get()
    assert (certificate.issued_at, certificate.valid_from) == (NOW, date(2026, 12, 20))
    assert certificate.valid_until == date(2029, 12, 19)


def test_more_people_than_a_page_can_list_are_proposed_at_once(login: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("certificates.proposal.MOST_LISTED", 1)
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    people = {make_eligible(scheme=scheme).pk for _ in range(3)}
    proposer, scope = login(pair[0]), {"scheme": scheme.key, "organisation": "QH"}
    page = text(proposer.get("/certificates/propose/", scope))
    assert ("3 人满足方案" in page, 'name="person"' in page) == (True, False)
    proposer.post("/certificates/propose/", {**scope, "title": "一", "everybody": "1"})
    assert set(CertificateBatch.objects.get().rows.values_list("person", flat=True)) == people


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("", 17), ("people/", 17), ("samples/", 15), ("trail/", 15)])
def test_pages_take_the_same_queries_for_any_number_of_people(
    login: Any, django_assert_num_queries: Any, count: int, page: str, queries: int
) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    ready = [make_eligible(f"许知秋{number}", scheme=scheme) for number in range(count)]
    unasked = [make_person() for _ in range(count)]
    for person in unasked:
        give_evidence(person)
    batch = make_batch([*ready, *unasked], scheme=scheme, pair=pair)
    client = login(pair[1])
    client.get(f"/certificates/batches/{batch.pk}/{page}")
    with django_assert_num_queries(queries):
        client.get(f"/certificates/batches/{batch.pk}/{page}")
