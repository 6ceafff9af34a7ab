"""The pages of regrades of runs: begun by authors, decided by a second person, names only for who may know them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.models import Role
from simulations import tasks
from simulations.models import RunRegrade, RunRegradeStatus, ScenarioVersion
from simulations.regrading.advancing import advance_regrade
from tests.assessments.making import open_admin
from tests.factories import make_person
from tests.simulations.regrades import (
    REASON,
    SMALL,
    make_author,
    make_proposed,
    make_run,
    release,
    swapped,
    with_obstacle,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say themselves when a worker comes."""
    monkeypatch.setattr(tasks.advance_run_regrade, "delay", lambda regrade_id: None)


@pytest.fixture
def author(login: Any) -> Any:
    open_admin()
    return login(make_author())


@pytest.fixture
def versions(now: datetime) -> tuple[ScenarioVersion, ScenarioVersion]:
    """Played by one who passes and one who does not; then corrected."""
    played = release(SMALL, now)
    make_run("aa", now)
    make_run("ba", now)
    return played, release(swapped(), now)


def page_of(client: Any, regrade: RunRegrade, query: str = "") -> str:
    page: str = client.get(reverse("scenarios:regrade", args=[regrade.pk]) + query).content.decode()
    return page


def test_author_begins_tries_and_proposes(author: Any, versions: Any) -> None:
    played, corrected = versions
    begin = reverse("scenarios:regrade_begin", args=[played.pk])
    assert begin in author.get(reverse("scenarios:regrades")).content.decode()
    assert "有 2 次走完的推演" in author.get(begin).content.decode()
    short = author.post(begin, {"corrected": corrected.pk, "reason": "短"})
    assert (short.status_code, RunRegrade.objects.count()) == (422, 0)
    author.post(begin, {"corrected": corrected.pk, "reason": REASON})
    regrade = RunRegrade.objects.get()
    assert "试算马上开始" in page_of(author, regrade)
    advance_regrade(regrade=regrade)
    page = page_of(author, regrade)
    assert "未通过转通过" in page
    assert "59.2" in page
    author.post(reverse("scenarios:regrade", args=[regrade.pk]), {"action": "propose"})
    regrade.refresh_from_db()
    assert regrade.status == RunRegradeStatus.PROPOSED
    assert "你是发起人，要由别人审批" in page_of(author, regrade)


def test_second_person_approves_what_was_tried(author: Any, versions: Any, now: datetime) -> None:
    regrade = make_proposed(*versions, now=now)
    address = reverse("scenarios:regrade", args=[regrade.pk])
    assert "审批通过：2 次推演结果有变" in page_of(author, regrade)
    author.post(address, {"action": "approve", "tried_on": "something else"})
    regrade.refresh_from_db()
    assert regrade.status == RunRegradeStatus.PROPOSED
    for _click in range(2):
        author.post(address, {"action": "approve", "tried_on": regrade.tried_on})
    regrade.refresh_from_db()
    assert regrade.status == RunRegradeStatus.RUNNING
    advance_regrade(regrade=regrade)
    assert author.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "已执行" in page_of(author, regrade)


def test_refusing_takes_a_reason(author: Any, versions: Any, now: datetime) -> None:
    regrade = make_proposed(*versions, now=now)
    address = reverse("scenarios:regrade", args=[regrade.pk])
    response = author.post(address, {"action": "refuse", "note": "不"})
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    author.post(address, {"action": "refuse", "note": "第二步也要改"})
    regrade.refresh_from_db()
    assert (regrade.status, regrade.note) == (RunRegradeStatus.REFUSED, "第二步也要改")


def test_its_author_may_not_approve_it(login: Any, versions: Any, now: datetime) -> None:
    open_admin()
    regrade = make_proposed(*versions, now=now)
    client = login(regrade.proposed_by)
    address = reverse("scenarios:regrade", args=[regrade.pk])
    response = client.post(address, {"action": "approve", "tried_on": regrade.tried_on})
    assert response.status_code in (302, 403)
    regrade.refresh_from_db()
    assert regrade.status == RunRegradeStatus.PROPOSED


def test_players_are_numbers_to_who_does_not_know_them(author: Any, versions: Any, now: datetime) -> None:
    regrade = make_proposed(*versions, now=now)
    page = page_of(author, regrade)
    for line in regrade.lines.select_related("playthrough__person__account"):
        assert f"推演 {str(line.playthrough_id)[:8]}" in page
        assert line.playthrough.person.account.staff_number not in page


def test_obstacle_is_told(author: Any, now: datetime) -> None:
    played = release(SMALL, now)
    make_run("ba", now)
    regrade = make_proposed(played, release(with_obstacle(), now), now=now)
    assert "第 2 步：" in page_of(author, regrade)


def test_page_asks_as_often_for_three_runs_as_for_one(author: Any, now: datetime) -> None:
    played = release(SMALL, now)
    counts = []
    for paths in (("aa",), ("ba", "ab")):
        for path in paths:
            make_run(path, now)
        corrected = release(swapped() | {"title": f"第{len(counts)}次"}, now)
        regrade = make_proposed(played, corrected, now=now)
        page_of(author, regrade)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page_of(author, regrade)
        counts.append(len(queries))
        RunRegrade.objects.update(status=RunRegradeStatus.WITHDRAWN)
        RunRegrade.objects.filter(pk=regrade.pk).update(status=RunRegradeStatus.PROPOSED)
        RunRegrade.objects.filter(pk=regrade.pk).update(status=RunRegradeStatus.WITHDRAWN)
    assert counts == [19, 19]


@pytest.mark.parametrize("role", [Role.EXAMINER, Role.ISSUER])
def test_others_cannot_open_them(role: Role, versions: Any, now: datetime, login: Any) -> None:
    open_admin()
    client, regrade = login(make_person(roles=(role,))), make_proposed(*versions, now=now)
    addresses = (
        reverse("scenarios:regrades"),
        reverse("scenarios:regrade", args=[regrade.pk]),
        reverse("scenarios:regrade_begin", args=[versions[0].pk]),
    )
    for address in addresses:
        assert client.get(address).status_code in (302, 403), address
    client.post(addresses[1], {"action": "approve", "tried_on": regrade.tried_on})
    regrade.refresh_from_db()
    assert regrade.status == RunRegradeStatus.PROPOSED


def test_what_is_not_there_is_not_found(author: Any, versions: Any) -> None:
    assert author.get(reverse("scenarios:regrade", args=[uuid4()])).status_code == 404
    assert author.get(reverse("scenarios:regrade_begin", args=[versions[1].pk])).status_code == 404


def test_list_of_rehearsals_leads_there(author: Any, versions: Any) -> None:
    page = author.get(reverse("scenarios:index")).content.decode()
    assert f'href="{reverse("scenarios:regrades")}"' in page
