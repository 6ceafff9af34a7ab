"""A regrade of runs from its draft to its end: outcomes, hours, ledger, notices; what cannot be made again stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from competencies.models import Evidence
from core.models import AuditEntry
from people.models import Notice
from simulations import tasks
from simulations.models import Playthrough, RunJudgement, RunRegrade, RunRegradeStatus
from simulations.regrading.advancing import advance_regrade, due_regrades, progress_of
from simulations.regrading.consequences import judgements_of
from tests.factories import make_person
from tests.simulations.regrades import (
    REASON,
    SMALL,
    make_approved,
    make_done,
    make_run,
    make_tried,
    release,
    reworded,
    swapped,
    with_obstacle,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say themselves when a worker comes."""
    monkeypatch.setattr(tasks.advance_run_regrade, "delay", lambda regrade_id: None)


def outcome(run: Playthrough) -> tuple[str, Decimal | None, bool | None]:
    run.refresh_from_db()
    return run.ending, run.total, run.passed


def hours_of(run: Playthrough) -> list[Decimal]:
    rows = Evidence.objects.standing().filter(source_key__startswith=f"playthrough:{run.pk}")
    return list(rows.values_list("hours", flat=True))


def test_dry_run_lists_every_finished_run_and_changes_nothing(now: datetime) -> None:
    played = release(SMALL, now)
    good, bad, _open = make_run("aa", now), make_run("ba", now), make_run("a", now)
    before = [outcome(good), outcome(bad)]
    regrade = make_tried(played, release(swapped(), now), now=now)
    lines = {line.playthrough_id: line for line in regrade.lines.all()}
    assert (regrade.status, set(lines)) == (RunRegradeStatus.TRIED, {good.pk, bad.pk})
    assert lines[good.pk].before == {"ending": "GOOD", "title": "GOOD", "total": "90.2", "passed": True}
    assert lines[good.pk].after == {"ending": "BAD", "title": "BAD", "total": "59.2", "passed": False}
    assert (lines[bad.pk].changes, lines[bad.pk].flips) == (True, True)
    assert [outcome(good), outcome(bad)] == before
    assert (RunJudgement.objects.count(), Evidence.objects.count(), progress_of(regrade)) == (0, 2, (2, 2))


def test_carried_out_every_run_stands_by_the_corrected_version(now: datetime) -> None:
    played = release(SMALL, now)
    good, bad = make_run("aa", now), make_run("ba", now)
    corrected = release(swapped(), now)
    regrade = make_done(played, corrected, now=now + timedelta(days=1))
    assert regrade.status == RunRegradeStatus.DONE
    assert (outcome(good), outcome(bad)) == (
        ("BAD", Decimal("59.2"), False),
        ("GOOD", Decimal("90.2"), True),
    )
    assert {good.standing_version, bad.standing_version} == {corrected}
    row = Evidence.objects.standing().get(person=bad.person)
    assert (row.score, row.hours, row.version_hash) == (
        Decimal("0.9020"),
        Decimal("2.0"),
        corrected.content_hash,
    )
    assert (row.occurred_at, row.recorded_at) == (now, now + timedelta(days=1))
    assert row.source_key == f"playthrough:{bad.pk}:regrade:{regrade.pk}"
    assert row.supersedes is not None
    assert row.supersedes.source_key == f"playthrough:{bad.pk}"
    assert AuditEntry.objects.filter(action="playthrough.judged").count() == 2


def test_player_is_told_with_the_reason_and_both_outcomes(now: datetime) -> None:
    played = release(SMALL, now)
    run = make_run("aa", now)
    make_done(played, release(swapped(), now), now=now)
    notice = Notice.objects.get(recipient=run.person)
    assert REASON in notice.body
    assert "59.2" in notice.body
    assert "90.2" in notice.body
    assert notice.url == f"/simulations/runs/{run.pk}/debrief/"
    judged = judgements_of(run)
    assert [(each.before["total"], each.total, each.reason, each.number) for each in judged] == [
        ("90.2", Decimal("59.2"), REASON, 2)
    ]
    assert judged[0].changed


def test_same_outcome_is_judged_without_a_notice(now: datetime) -> None:
    played = release(SMALL, now)
    run = make_run("aa", now)
    make_done(played, release(reworded(), now), now=now)
    assert [each.changed for each in judgements_of(run)] == [False]
    assert (outcome(run)[2], Notice.objects.count(), hours_of(run)) == (True, 0, [Decimal("2.0")])


def test_choices_that_cannot_be_made_again_leave_the_run_as_it_is(now: datetime) -> None:
    played = release(SMALL, now)
    run = make_run("ba", now)
    before = outcome(run)
    regrade = make_done(played, release(with_obstacle(), now), now=now)
    line = regrade.lines.get()
    assert line.obstacle == {
        "step": 2,
        "template": "the play stands at %(node)s, not at %(found)s",
        "values": {"node": "N3", "found": "N2"},
    }
    assert (line.after, line.changes, outcome(run), run.judged_by) == (None, False, before, None)
    assert (Evidence.objects.count(), RunJudgement.objects.count()) == (1, 0)


def test_hours_follow_the_first_run_that_passes(now: datetime) -> None:
    """The first run failed and passes now; the practice run that had the hours fails."""
    played = release(SMALL, now)
    person = make_person()
    first = make_run("ba", now, person=person)
    second = make_run("aa", now + timedelta(hours=1), person=person)
    assert (hours_of(first), hours_of(second)) == ([Decimal(0)], [Decimal("2.0")])
    make_done(played, release(swapped(), now), now=now + timedelta(days=1))
    assert (hours_of(first), hours_of(second)) == ([Decimal("2.0")], [Decimal(0)])


def test_hours_move_to_a_run_that_was_not_judged_again(now: datetime) -> None:
    """The first run no longer passes; the practice run of a later version, which did, gets its hours."""
    played = release(SMALL, now)
    person = make_person()
    first = make_run("aa", now, person=person)
    corrected = release(swapped(), now)
    second = make_run("ba", now + timedelta(hours=1), person=person)
    assert (second.version, hours_of(second)) == (corrected, [Decimal(0)])
    make_done(played, corrected, now=now + timedelta(days=1))
    assert (hours_of(first), hours_of(second)) == ([Decimal(0)], [Decimal("2.0")])


def test_run_that_was_open_is_judged_once_it_is_finished(now: datetime) -> None:
    played = release(SMALL, now)
    make_run("aa", now)
    late = make_run("a", now)
    regrade = make_done(played, release(swapped(), now), now=now)
    assert due_regrades(now=now + timedelta(hours=1)) == []
    make_run("a", now, person=late.person)
    later = now + timedelta(hours=1)
    assert due_regrades(now=later) == [regrade.pk]
    assert advance_regrade(regrade=regrade, clock=lambda: later).status == RunRegradeStatus.DONE
    assert outcome(late) == ("BAD", Decimal("59.2"), False)
    assert due_regrades(now=later + timedelta(hours=1)) == []


def test_later_regrade_of_the_same_version_has_the_last_word(now: datetime) -> None:
    played = release(SMALL, now)
    run = make_run("aa", now)
    late = make_run("a", now)
    first = make_done(played, release(swapped(), now), now=now)
    make_done(played, release(reworded(), now), now=now + timedelta(hours=1))
    make_run("a", now, person=late.person)
    for pk in due_regrades(now=now + timedelta(hours=2)):
        advance_regrade(regrade=RunRegrade.objects.get(pk=pk))
    advance_regrade(regrade=first)
    assert [outcome(each)[2] for each in (run, late)] == [True, True]
    assert (len(judgements_of(run)), len(judgements_of(late))) == (2, 1)


def test_delivered_twice_is_once(now: datetime) -> None:
    played = release(SMALL, now)
    make_run("aa", now)
    regrade = make_done(played, release(swapped(), now), now=now)
    advance_regrade(regrade=regrade)
    assert (RunJudgement.objects.count(), Evidence.objects.count(), Notice.objects.count()) == (1, 2, 1)


def test_worker_that_failed_on_one_run_does_the_others(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = release(SMALL, now)
    broken, sound = make_run("aa", now), make_run("aa", now)
    regrade = make_approved(played, release(swapped(), now), now=now)
    from simulations.regrading import carrying

    original = carrying._judge

    def judge(regrade: Any, run: Playthrough, *rest: Any) -> None:
        if run.pk == broken.pk:
            raise RuntimeError("a disk is full")
        original(regrade, run, *rest)

    monkeypatch.setattr(carrying, "_judge", judge)
    assert advance_regrade(regrade=regrade, clock=lambda: now).status == RunRegradeStatus.RUNNING
    assert (outcome(broken)[2], outcome(sound)[2]) == (True, False)
    monkeypatch.setattr(carrying, "_judge", original)
    assert due_regrades(now=now + timedelta(minutes=3)) == [regrade.pk]
    assert advance_regrade(regrade=regrade).status == RunRegradeStatus.DONE
    assert outcome(broken)[2] is False
