"""A second person decides, about exactly what was tried."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Role
from simulations import tasks
from simulations.models import RunRegrade, RunRegradeStatus
from simulations.regrading.deciding import approve_regrade, refuse_regrade
from simulations.regrading.drafting import draft_regrade, propose_regrade, try_regrade, withdraw_regrade
from tests.factories import make_person
from tests.simulations.regrades import (
    REASON,
    SMALL,
    make_author,
    make_done,
    make_proposed,
    make_run,
    make_tried,
    release,
    reworded,
    swapped,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say themselves when a worker comes."""
    monkeypatch.setattr(tasks.advance_run_regrade, "delay", lambda regrade_id: None)


def test_only_authors_draft(now: datetime) -> None:
    played, corrected = release(SMALL, now), release(swapped(), now)
    by = make_person(roles=(Role.ADMINISTRATOR,))
    with pytest.raises(NotAllowed):
        draft_regrade(played=played, corrected=corrected, reason=REASON, by=by, now=now)


@pytest.mark.parametrize("reason", ["短", "  \x00\x01   ", "长" * 1_001])
def test_reason_of_no_use_is_refused(reason: str, now: datetime) -> None:
    played, corrected = release(SMALL, now), release(swapped(), now)
    with pytest.raises(Refusal) as refused:
        draft_regrade(played=played, corrected=corrected, reason=reason, by=make_author(), now=now)
    assert refused.value.code == "reason"


def test_corrected_version_is_a_later_one_of_the_same_rehearsal(now: datetime) -> None:
    played, corrected = release(SMALL, now), release(swapped(), now)
    with pytest.raises(Refusal) as refused:
        draft_regrade(played=corrected, corrected=played, reason=REASON, by=make_author(), now=now)
    assert refused.value.code == "versions"


def test_drafted_twice_is_once(now: datetime) -> None:
    played, corrected, by = release(SMALL, now), release(swapped(), now), make_author()
    first = draft_regrade(played=played, corrected=corrected, reason=REASON, by=by, now=now)
    assert draft_regrade(played=played, corrected=corrected, reason=REASON, by=by, now=now) == first
    assert AuditEntry.objects.filter(action="run_regrade.drafted").count() == 1


def test_who_drafted_it_does_not_approve_it(now: datetime) -> None:
    regrade = make_proposed(release(SMALL, now), release(swapped(), now), now=now)
    with pytest.raises(NotAllowed):
        approve_regrade(regrade=regrade, by=regrade.proposed_by, now=now)


def test_the_database_holds_to_it_too(now: datetime) -> None:
    regrade = make_proposed(release(SMALL, now), release(swapped(), now), now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        RunRegrade.objects.filter(pk=regrade.pk).update(
            status=RunRegradeStatus.RUNNING, decided_by=regrade.proposed_by, decided_at=now
        )


def test_nobody_approves_what_changes_their_own_run(now: datetime) -> None:
    played, approver = release(SMALL, now), make_author()
    make_run("aa", now, person=approver)
    regrade = make_proposed(played, release(swapped(), now), now=now)
    with pytest.raises(NotAllowed):
        approve_regrade(regrade=regrade, by=approver, now=now)
    assert approve_regrade(regrade=regrade, by=make_author(), now=now).status == RunRegradeStatus.RUNNING


def test_one_that_leaves_their_own_run_as_it_is_they_may_approve(now: datetime) -> None:
    played, approver = release(SMALL, now), make_author()
    make_run("aa", now, person=approver)
    regrade = make_proposed(played, release(reworded(), now), now=now)
    assert approve_regrade(regrade=regrade, by=approver, now=now).status == RunRegradeStatus.RUNNING


def test_run_finished_since_the_dry_run_makes_it_stale(now: datetime) -> None:
    played = release(SMALL, now)
    late = make_run("a", now)
    regrade = make_proposed(played, release(swapped(), now), now=now)
    make_run("a", now, person=late.person)
    with pytest.raises(Refusal) as refused:
        approve_regrade(regrade=regrade, by=make_author(), now=now)
    assert refused.value.code == "stale"


def test_judged_by_another_regrade_meanwhile_makes_it_stale(now: datetime) -> None:
    played = release(SMALL, now)
    make_run("aa", now)
    regrade = make_tried(played, release(swapped(), now), now=now)
    make_done(played, release(reworded(), now), now=now)
    with pytest.raises(Refusal) as refused:
        propose_regrade(regrade=regrade, by=regrade.proposed_by, now=now)
    assert refused.value.code == "stale"


def test_two_regrades_of_a_version_are_not_under_way_at_once(now: datetime) -> None:
    played, corrected = release(SMALL, now), release(swapped(), now)
    make_proposed(played, corrected, now=now)
    other = make_tried(played, corrected, now=now)
    with pytest.raises(Refusal) as refused:
        propose_regrade(regrade=other, by=other.proposed_by, now=now)
    assert refused.value.code == "another"


def test_untried_is_not_proposed(now: datetime) -> None:
    played, corrected, by = release(SMALL, now), release(swapped(), now), make_author()
    regrade = draft_regrade(played=played, corrected=corrected, reason=REASON, by=by, now=now)
    with pytest.raises(Refusal) as refused:
        propose_regrade(regrade=regrade, by=by, now=now)
    assert refused.value.code == "untried"


def test_approved_twice_by_the_same_is_once_and_by_another_too_late(now: datetime) -> None:
    regrade, approver = make_proposed(release(SMALL, now), release(swapped(), now), now=now), make_author()
    first = approve_regrade(regrade=regrade, by=approver, now=now)
    again = approve_regrade(regrade=regrade, by=approver, now=now + timedelta(hours=1))
    assert (again.decided_at, AuditEntry.objects.filter(action="run_regrade.approved").count()) == (
        first.decided_at,
        1,
    )
    with pytest.raises(Refusal) as refused:
        approve_regrade(regrade=regrade, by=make_author(), now=now)
    assert refused.value.code == "late"


def test_refused_with_a_reason_changes_nothing(now: datetime) -> None:
    played = release(SMALL, now)
    run = make_run("aa", now)
    regrade = make_proposed(played, release(swapped(), now), now=now)
    with pytest.raises(Refusal):
        refuse_regrade(regrade=regrade, note="不", by=make_author(), now=now)
    refused = refuse_regrade(regrade=regrade, note="第二步也要改", by=make_author(), now=now)
    run.refresh_from_db()
    assert (refused.status, refused.note, run.judged_by) == (RunRegradeStatus.REFUSED, "第二步也要改", None)


def test_only_its_author_withdraws_it(now: datetime) -> None:
    regrade = make_proposed(release(SMALL, now), release(swapped(), now), now=now)
    with pytest.raises(NotAllowed):
        withdraw_regrade(regrade=regrade, by=make_author(), now=now)
    withdrawn = withdraw_regrade(regrade=regrade, by=regrade.proposed_by, now=now)
    assert withdrawn.status == RunRegradeStatus.WITHDRAWN
    with pytest.raises(Refusal):
        try_regrade(regrade=regrade, by=regrade.proposed_by, now=now)
