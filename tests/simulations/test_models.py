"""What the database itself refuses: states that cannot be, and rows that must not change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, models, transaction

from people.models import Person
from simulations.models import (
    CHECK_TRANSITIONS,
    HOMEWORK_TRANSITIONS,
    RUN_REGRADE_TRANSITIONS,
    CheckStatus,
    DraftEdition,
    Hindsight,
    HomeworkStatus,
    ListHomework,
    MarginNote,
    Playthrough,
    RunJudgement,
    RunRegrade,
    RunRegradeLine,
    RunRegradeStatus,
    ScenarioCheck,
    ScenarioDraft,
    ScenarioVersion,
)
from tests.factories import make_person

pytestmark = pytest.mark.django_db
BEFORE = {"ending": "E2", "title": "平稳落地", "total": 70.0, "passed": True}


@pytest.mark.parametrize(
    ("table", "statuses"),
    [
        (CHECK_TRANSITIONS, CheckStatus),
        (RUN_REGRADE_TRANSITIONS, RunRegradeStatus),
        (HOMEWORK_TRANSITIONS, HomeworkStatus),
    ],
)
def test_table_of_transitions_is_total(table: dict[Any, frozenset[Any]], statuses: Any) -> None:
    assert set(table) == set(statuses)
    assert {status for after in table.values() for status in after} <= set(statuses)


@pytest.fixture
def corrected(version: ScenarioVersion, now: datetime) -> ScenarioVersion:
    """The next version, as a correction would make it."""
    return ScenarioVersion.objects.create(
        key=version.key,
        number=version.number + 1,
        title=version.title,
        minutes=version.minutes,
        hours=version.hours,
        view_ref=version.view_ref,
        document=version.document,
        content_hash="f" * 64,
        released_at=now,
    )


@pytest.fixture
def regrade(version: ScenarioVersion, corrected: ScenarioVersion, now: datetime) -> RunRegrade:
    """A draft of a regrade."""
    return RunRegrade.objects.create(
        played=version,
        corrected=corrected,
        reason="检验发现一处错误",
        proposed_by=make_person(),
        proposed_at=now,
        touched_at=now,
    )


@pytest.fixture
def check(now: datetime) -> ScenarioCheck:
    """A check that waits."""
    return ScenarioCheck.objects.create(
        key="S1", content_hash="a" * 64, document="{}", asked_at=now, touched_at=now
    )


def _refused(change: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        change()


def _copy(row: models.Model, **changes: Any) -> Callable[[], object]:
    """A second row like this one, but for the changes."""
    fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    return lambda: type(row)._default_manager.create(**{**fields, **changes})


# Checks


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "lost"},
        {"status": "done"},
        {"status": "done", "report": {}, "errors": 0, "warnings": 0},
        {"finished_at": datetime.fromisoformat("2020-01-01T00:00:00+00:00")},
    ],
)
def test_check_that_cannot_be_is_refused(check: ScenarioCheck, wrong: dict[str, Any]) -> None:
    _refused(lambda: ScenarioCheck.objects.filter(pk=check.pk).update(**wrong))


def test_same_content_is_checked_once_at_a_time(check: ScenarioCheck) -> None:
    _refused(_copy(check))
    ScenarioCheck.objects.filter(pk=check.pk).update(status=CheckStatus.FAILED)
    _copy(check)()
    assert ScenarioCheck.objects.count() == 2


# Regrades


def test_regrade_needs_two_versions(regrade: RunRegrade) -> None:
    _refused(lambda: RunRegrade.objects.filter(pk=regrade.pk).update(corrected=regrade.played))


@pytest.mark.parametrize("status", [RunRegradeStatus.RUNNING, RunRegradeStatus.DONE])
def test_regrade_is_carried_out_only_with_a_second_person(
    regrade: RunRegrade, status: RunRegradeStatus, now: datetime
) -> None:
    rows = RunRegrade.objects.filter(pk=regrade.pk)
    _refused(lambda: rows.update(status=status))
    _refused(lambda: rows.update(status=status, decided_by=regrade.proposed_by, decided_at=now))
    assert rows.update(status=status, decided_by=make_person(), decided_at=now) == 1


def test_one_regrade_of_a_version_is_under_way(regrade: RunRegrade) -> None:
    RunRegrade.objects.filter(pk=regrade.pk).update(status=RunRegradeStatus.PROPOSED)
    _refused(_copy(regrade, status=RunRegradeStatus.PROPOSED))
    _copy(regrade, status=RunRegradeStatus.TRIED)()


@pytest.mark.parametrize(
    "wrong",
    [{"status": "lost"}, {"decided_at": datetime.fromisoformat("2020-01-01T00:00:00+00:00")}],
)
def test_regrade_that_cannot_be_is_refused(regrade: RunRegrade, wrong: dict[str, Any]) -> None:
    _refused(lambda: RunRegrade.objects.filter(pk=regrade.pk).update(**wrong))


def test_run_stands_once_in_a_regrade(regrade: RunRegrade, run: Playthrough) -> None:
    line = RunRegradeLine.objects.create(regrade=regrade, playthrough=run)
    _refused(_copy(line))


def test_judgement_stands_once_and_for_good(regrade: RunRegrade, run: Playthrough, now: datetime) -> None:
    judgement = RunJudgement.objects.create(
        playthrough=run,
        regrade=regrade,
        version=regrade.corrected,
        ending="E1",
        ending_title="同心梯",
        total=Decimal("80.0"),
        passed=True,
        before=BEFORE,
        judged_at=now,
    )
    _refused(_copy(judgement))
    _refused(_copy(judgement, total=Decimal("100.1")))
    with pytest.raises(DatabaseError), transaction.atomic():
        models.QuerySet(RunJudgement).filter(pk=judgement.pk).update(passed=False)


# Drafts and runs


def test_edition_is_numbered_once_and_for_good(version: ScenarioVersion, now: datetime) -> None:
    draft = ScenarioDraft.objects.get(key=version.key)
    edition = DraftEdition.objects.create(
        draft=draft, number=900, document="{}", content_hash="a" * 64, stored_at=now
    )
    _refused(_copy(edition))
    _refused(_copy(edition, number=0))
    with pytest.raises(DatabaseError), transaction.atomic():
        models.QuerySet(DraftEdition).filter(pk=edition.pk).update(document="{ }")


def test_replay_is_never_the_first_run(run: Playthrough) -> None:
    rows = Playthrough.objects.filter(pk=run.pk)
    _refused(lambda: rows.update(replay_of=run.pk, replayed=3))
    _refused(lambda: rows.update(replayed=3))
    assert rows.update(ordinal=2, replay_of=run.pk, replayed=3) == 1


# Looking back


def test_hindsight_is_done_only_with_findings(run: Playthrough, now: datetime) -> None:
    found = Hindsight.objects.create(playthrough=run, content_hash="a" * 64, touched_at=now)
    rows = Hindsight.objects.filter(pk=found.pk)
    _refused(lambda: rows.update(status="done"))
    _refused(lambda: rows.update(status="lost"))
    _refused(_copy(found))
    assert rows.update(status="done", findings={}) == 1


def test_note_is_not_changed_before_it_was_written(run: Playthrough, now: datetime) -> None:
    note = MarginNote.objects.create(
        playthrough=run, author=make_person(), text="先听再讲", step=3, written_at=now
    )
    rows = MarginNote.objects.filter(pk=note.pk)
    _refused(lambda: rows.update(changed_at=now - timedelta(minutes=1)))
    _refused(lambda: rows.update(step=1_001))


@pytest.fixture
def homework(run: Playthrough, person: Person, now: datetime) -> ListHomework:
    """Homework that waits to be read."""
    return ListHomework.objects.create(
        playthrough=run, person=person, kind="risk", title="私下承诺", text="先问清楚", written_at=now
    )


@pytest.mark.parametrize("wrong", [{"kind": "other"}, {"status": "lost"}, {"step": 1_001}])
def test_homework_that_cannot_be_is_refused(homework: ListHomework, wrong: dict[str, Any]) -> None:
    _refused(lambda: ListHomework.objects.filter(pk=homework.pk).update(**wrong))


def test_homework_is_decided_by_somebody_else(homework: ListHomework) -> None:
    rows = ListHomework.objects.filter(pk=homework.pk)
    _refused(lambda: rows.update(decided_by=homework.person))
    assert rows.update(decided_by=make_person()) == 1


def test_homework_is_accepted_only_with_its_entry(homework: ListHomework) -> None:
    rows = ListHomework.objects.filter(pk=homework.pk)
    _refused(lambda: rows.update(status=HomeworkStatus.ACCEPTED, decided_by=make_person()))
