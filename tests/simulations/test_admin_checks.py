"""The page of a check: asked for, followed, read; for authors and administrators, and for nobody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from people.models import Role
from simulations import tasks
from simulations.checks.advancing import advance_check
from simulations.checks.reports import store_report
from simulations.drafts import store_draft
from simulations.models import CheckStatus, ScenarioCheck, ScenarioDraft
from tests.assessments.making import open_admin
from tests.factories import make_person
from tests.simulations.checks.test_gates import with_dead_end
from tests.simulations.proofs import report_of
from tests.simulations.regrades import SMALL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say themselves when a worker comes."""
    monkeypatch.setattr(tasks.advance_check, "delay", lambda check_id: None)


@pytest.fixture
def draft(now: datetime) -> ScenarioDraft:
    return store_draft(document=SMALL, by=None, now=now)


@pytest.fixture
def author(login: Any) -> Any:
    open_admin()
    return login(make_person(roles=(Role.AUTHOR,)))


def address(draft: ScenarioDraft) -> str:
    return reverse("scenarios:check", args=[draft.pk])


def read(author: Any, draft: ScenarioDraft) -> str:
    page: str = author.get(address(draft)).content.decode()
    return page


def test_check_is_asked_for_followed_and_read(author: Any, draft: ScenarioDraft) -> None:
    assert "现在的内容还没有检查过" in read(author, draft)
    author.post(address(draft), {"action": "ask"})
    author.post(address(draft), {"action": "ask"})  # a second click
    check = ScenarioCheck.objects.get()
    waiting = read(author, draft)
    assert "等待后台处理" in waiting
    assert '<meta http-equiv="refresh" content="5">' in waiting
    ScenarioCheck.objects.update(
        status=CheckStatus.RUNNING, stage="exploring", done_count=40, total_count=100
    )
    part = author.get(address(draft), headers={"HX-Request": "true"}).content.decode()
    assert "正在逐一查看所有状态：40 / 100" in part
    assert "<html" not in part
    advance_check(check=check)
    assert author.get(address(draft), headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    page = read(author, draft)
    assert "没有错误，有" in page
    assert "N1 选项 c 永远不能选。" in page
    assert "全部看过" in page
    assert "结局 GOOD GOOD，90.2 分，通过。" in page


def test_error_stands_at_the_top_with_its_path_and_its_form(author: Any, now: datetime) -> None:
    draft = store_draft(document=with_dead_end(), by=None, now=now)
    author.post(address(draft), {"action": "ask"})
    advance_check(check=ScenarioCheck.objects.get())
    page = read(author, draft)
    assert "有 1 处错误，不能定版" in page
    assert "走到 N2 终点 会卡住" in page
    assert "走到这里停在 N2 终点。" in page
    assert reverse("scenarios:node", args=[draft.pk, "N2"]) in page
    assert "<code>N1b</code>" in page
    assert reverse("scenarios:release", args=[draft.pk]) not in page


def test_failed_check_says_why_and_may_be_asked_again(author: Any, draft: ScenarioDraft) -> None:
    author.post(address(draft), {"action": "ask"})
    ScenarioCheck.objects.update(status=CheckStatus.FAILED, problem="机器内存不够。")
    page = read(author, draft)
    assert "机器内存不够。" in page
    assert "再检查一次" in page
    author.post(address(draft), {"action": "ask"})
    assert ScenarioCheck.objects.get().status == CheckStatus.WAITING


def test_kind_that_nobody_wrote_words_for_is_shown_all_the_same(
    author: Any, draft: ScenarioDraft, now: datetime
) -> None:
    strange = {"kind": "brand-new", "severity": "warning", "where": "N1", "witness": ""}
    store_report(document=SMALL, report=report_of(SMALL, (strange,)), by=None, now=now)
    assert "brand-new N1" in read(author, draft)


@pytest.mark.parametrize("role", [Role.EXAMINER, Role.ISSUER])
def test_others_cannot_open_it(role: Role, draft: ScenarioDraft, login: Any) -> None:
    open_admin()
    author = login(make_person(roles=(role,)))
    assert author.get(address(draft)).status_code in (302, 403)
    author.post(address(draft), {"action": "ask"})
    assert ScenarioCheck.objects.count() == 0


def test_draft_that_is_not_there_is_not_found(author: Any, draft: ScenarioDraft) -> None:
    assert author.get(reverse("scenarios:check", args=[draft.pk + 1])).status_code == 404
