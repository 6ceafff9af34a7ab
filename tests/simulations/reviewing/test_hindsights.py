"""The look back as a job: asked for once, worked out once, never lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from people.models import Person
from simulations import tasks
from simulations.engine import hindsight as engine
from simulations.models import Hindsight, HindsightStatus, Playthrough
from simulations.reviewing import hindsights
from simulations.reviewing.hindsights import STANDS_STILL, ask_hindsight, due_hindsights, work_out_hindsight
from tests.simulations.conftest import WORST, play_path

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(run: Playthrough, now: datetime) -> Hindsight:
    return play_path(run, WORST, now).hindsight


def test_finished_run_is_asked_about_and_worked_out(
    run: Playthrough, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        play_path(run, WORST, now)
    row = Hindsight.objects.get(playthrough=run)
    assert (row.status, row.content_hash) == (HindsightStatus.DONE, run.version.content_hash)
    assert (row.findings["total"], row.findings["best"]) == (23.4, 90.7)
    assert [of["step"] for of in row.findings["decisions"]] == [1, 2, 3, 4, 5, 6]


def test_run_under_way_is_not_asked_about(run: Playthrough, now: datetime) -> None:
    play_path(run, "N01c", now)
    assert not Hindsight.objects.exists()


def test_asking_again_leaves_what_there_is(asked: Hindsight, now: datetime) -> None:
    work_out_hindsight(asked=asked)
    assert ask_hindsight(run=asked.playthrough, now=now).status == HindsightStatus.DONE
    assert Hindsight.objects.count() == 1


def test_second_delivery_does_nothing(asked: Hindsight, now: datetime, monkeypatch: Any) -> None:
    work_out_hindsight(asked=asked, clock=lambda: now)
    monkeypatch.setattr(hindsights, "hindsight", None)
    assert work_out_hindsight(asked=asked).touched_at == now


def test_job_of_a_killed_worker_is_found_once(asked: Hindsight, now: datetime) -> None:
    later = now + STANDS_STILL
    assert due_hindsights(now=later - timedelta(seconds=1)) == []
    assert due_hindsights(now=later) == [asked.pk]
    assert due_hindsights(now=later) == []


def test_run_that_nobody_asked_about_is_found(asked: Hindsight, now: datetime) -> None:
    asked.delete()
    (pk,) = due_hindsights(now=now)
    assert Hindsight.objects.get().pk == pk
    assert tasks.work_out_hindsight(pk)
    assert Hindsight.objects.get().status == HindsightStatus.DONE


def test_sweep_works_out_what_it_finds(asked: Hindsight) -> None:
    Hindsight.objects.update(touched_at=asked.touched_at - timedelta(days=900))
    assert tasks.resume_hindsights() == 1
    assert Hindsight.objects.get().status == HindsightStatus.DONE


def test_run_judged_again_meanwhile_keeps_no_old_findings(asked: Hindsight, monkeypatch: Any) -> None:
    def meanwhile(*args: Any, **more: Any) -> Any:
        Hindsight.objects.all().delete()
        return engine.hindsight(*args, **more)

    monkeypatch.setattr(hindsights, "hindsight", meanwhile)
    work_out_hindsight(asked=asked)
    assert not Hindsight.objects.exists()


def test_what_cannot_be_worked_out_has_failed(asked: Hindsight, monkeypatch: Any) -> None:
    monkeypatch.setattr(hindsights, "hindsight", None)
    assert work_out_hindsight(asked=asked).status == HindsightStatus.FAILED
    assert due_hindsights(now=asked.touched_at + timedelta(days=1)) == []


def test_task_for_a_row_that_is_gone_says_so(db: Any, person: Person) -> None:
    assert not tasks.work_out_hindsight(12345)
