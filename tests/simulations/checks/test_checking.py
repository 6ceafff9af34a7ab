"""Checks as jobs: asked for once per content, worked out by workers that may die, kept with their report."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Role
from simulations import tasks
from simulations.checks import advancing
from simulations.checks.advancing import advance_check, due_checks
from simulations.checks.asking import ask_check, newest_for
from simulations.checks.reports import newest_check, store_report
from simulations.drafts import store_draft
from simulations.models import CheckStatus, ScenarioCheck, ScenarioDraft
from simulations.scenarios import InvalidDocument, read_document
from tests.factories import make_person
from tests.simulations.proofs import report_of
from tests.simulations.regrades import SMALL, make_author, reworded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> list[str]:
    """The checks a worker was told of; tests say themselves when it comes."""
    told: list[str] = []
    monkeypatch.setattr(tasks.advance_check, "delay", told.append)
    return told


@pytest.fixture
def draft(now: datetime) -> ScenarioDraft:
    return store_draft(document=SMALL, by=None, now=now)


def test_asked_check_is_worked_out_and_kept(draft: ScenarioDraft, now: datetime) -> None:
    check = ask_check(draft=draft, by=make_author(), now=now)
    assert (check.status, check.content_hash) == (CheckStatus.WAITING, draft.content_hash)
    done = advance_check(check=check, clock=lambda: now + timedelta(minutes=1))
    assert (done.status, done.errors, done.exact) == (CheckStatus.DONE, 0, True)
    assert done.report is not None
    assert {finding["kind"] for finding in done.report["findings"]} >= {"never-enabled"}
    assert done.warnings == sum(each["severity"] == "warning" for each in done.report["findings"])
    assert newest_check(draft.content_hash) == done


def test_worker_is_told_after_the_commit(
    draft: ScenarioDraft, now: datetime, asked: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        check = ask_check(draft=draft, by=make_author(), now=now)
        assert asked == []
    assert asked == [str(check.pk)]


@pytest.mark.parametrize("role", [Role.EXAMINER, Role.ISSUER])
def test_only_authors_and_administrators_ask(role: Role, draft: ScenarioDraft, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        ask_check(draft=draft, by=make_person(roles=(role,)), now=now)
    assert ScenarioCheck.objects.count() == 0


def test_same_content_asked_again_is_the_check_that_is_there(draft: ScenarioDraft, now: datetime) -> None:
    by = make_author()
    first = ask_check(draft=draft, by=by, now=now)
    assert ask_check(draft=draft, by=make_author(), now=now) == first
    advance_check(check=first)
    assert ask_check(draft=draft, by=by, now=now + timedelta(days=1)) == first
    assert AuditEntry.objects.filter(action="scenario.check_asked").count() == 1
    other = ask_check(draft=store_draft(document=reworded(), by=None, now=now), by=by, now=now)
    assert other != first


def test_quick_look_that_saw_only_plays_does_not_stand_for_a_check(
    draft: ScenarioDraft, now: datetime
) -> None:
    sampled = report_of(SMALL) | {"exact": False}
    quick = store_report(document=SMALL, report=sampled, by=None, now=now)
    ScenarioCheck.objects.filter(pk=quick.pk).update(budget=100)
    assert ask_check(draft=draft, by=make_author(), now=now) != quick


def test_draft_that_cannot_be_read_is_not_checked(draft: ScenarioDraft, now: datetime) -> None:
    ScenarioDraft.objects.update(document="{}")
    with pytest.raises(InvalidDocument):
        ask_check(draft=draft, by=make_author(), now=now)


def test_killed_worker_is_found_and_its_work_begun_anew(draft: ScenarioDraft, now: datetime) -> None:
    check = ask_check(draft=draft, by=make_author(), now=now)
    ScenarioCheck.objects.update(
        status=CheckStatus.RUNNING, stage="exploring", done_count=40, total_count=100
    )
    assert due_checks(now=now + timedelta(minutes=4)) == []
    late = now + timedelta(minutes=6)
    assert (due_checks(now=late), due_checks(now=late)) == ([check.pk], [])
    assert advance_check(check=check, clock=lambda: late).status == CheckStatus.DONE


def test_delivered_twice_is_one_report(draft: ScenarioDraft, now: datetime) -> None:
    check = ask_check(draft=draft, by=make_author(), now=now)
    first = advance_check(check=check, clock=lambda: now)
    again = advance_check(check=check, clock=lambda: now + timedelta(hours=1))
    assert (again.finished_at, ScenarioCheck.objects.count()) == (first.finished_at, 1)


@pytest.mark.parametrize("trouble", [MemoryError, RuntimeError])
def test_check_that_cannot_be_worked_out_says_so_and_may_be_asked_again(
    trouble: type[Exception], draft: ScenarioDraft, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_more: Any) -> None:
        raise trouble

    by = make_author()
    check = ask_check(draft=draft, by=by, now=now)
    with monkeypatch.context() as patched:
        patched.setattr(advancing, "look_at", fail)
        failed = advance_check(check=check, clock=lambda: now)
    assert (failed.status, bool(failed.problem), failed.report) == (CheckStatus.FAILED, True, None)
    again = ask_check(draft=draft, by=by, now=now)
    assert (again.pk, again.status, again.problem) == (check.pk, CheckStatus.WAITING, "")
    assert advance_check(check=again).status == CheckStatus.DONE


def test_progress_is_written_down_while_it_runs(
    draft: ScenarioDraft, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def look(scenario: Any, *, progress: Any, **_more: Any) -> Any:
        progress(5, 100, "exploring")
        progress(6, 100, "exploring")  # within the same second
        progress(60, 100, "looking back")
        row = ScenarioCheck.objects.get()
        seen.append((row.stage, row.done_count, row.total_count))
        raise RuntimeError

    check = ask_check(draft=draft, by=make_author(), now=now)
    monkeypatch.setattr(advancing, "look_at", look)
    advance_check(check=check)
    assert seen == [("looking back", 60, 100)]


def test_report_about_another_content_is_not_kept(now: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        store_report(document=SMALL, report=report_of(reworded()), by=None, now=now)
    assert refused.value.code == "other"


def test_report_stored_twice_is_once(now: datetime) -> None:
    document = deepcopy(SMALL)
    first = store_report(document=document, report=report_of(document), by=None, now=now)
    assert store_report(document=document, report=report_of(document), by=None, now=now) == first
    assert AuditEntry.objects.filter(action="scenario.check_stored").count() == 1


def test_page_shows_what_is_under_way_before_what_is_done(draft: ScenarioDraft, now: datetime) -> None:
    store_report(document=SMALL, report=report_of(SMALL) | {"exact": False}, by=None, now=now)
    ScenarioCheck.objects.update(budget=100)
    check = ask_check(draft=draft, by=make_author(), now=now - timedelta(days=1))
    assert newest_for(read_document(SMALL).scenario.content_hash) == check
