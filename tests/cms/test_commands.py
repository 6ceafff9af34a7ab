"""`audit_log_verify` and `check_consistency`: quiet when all is well, one sentence for everything that is not."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from assessments.models import AnswerEntry, Attempt, AttemptStatus
from certificates.models import LogLeaf
from cms.consistency import findings
from cms.demo.pack import PACK
from core import audit
from core.appendonly import lifted
from core.models import AuditEntry
from people.grants import open_grant
from people.models import Person
from simulations.drafts import store_draft
from simulations.models import Playthrough, RunStatus
from simulations.playing import start_playthrough
from simulations.releasing import release_scenario
from tests.assessments.making import make_attempt, make_exam, make_submitted
from tests.certificates.making import NOW, make_certificate
from tests.factories import make_person
from tests.library.making import stock_library
from tests.mentoring.factories import make_pairing

pytestmark = pytest.mark.django_db
AN_HOUR_AGO = NOW - timedelta(hours=1)


def run(command: str, capsys: Any) -> tuple[int, Any]:
    """Exit status and the data of `--json`."""
    status = 0
    try:
        call_command(command, "--json")
    except SystemExit as left:
        status = int(left.code or 0)
    return status, json.loads(capsys.readouterr().out)


def alter(model: Any, pk: int, **change: str) -> None:
    """What somebody with the database's password could do."""
    ((column, value),) = change.items()
    with lifted(), connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{model._meta.db_table}" SET {column} = %s WHERE id = %s', [value, pk])


@pytest.fixture
def certificate() -> Any:
    """A certificate, and with it entries in both chains."""
    made = make_certificate()
    audit.seal_pending()
    return made


@pytest.mark.postgres
def test_whole_chains_verify(certificate: Any, capsys: Any) -> None:
    status, data = run("audit_log_verify", capsys)
    entries = AuditEntry.objects.count()
    assert (status, data) == (
        0,
        {
            "audit": {"entries": entries, "ok": True, "first_bad": None},
            "log": {"entries": 1, "ok": True, "first_bad": None},
            "unsealed": 0,
        },
    )


def test_chains_verify_in_words(certificate: Any, capsys: Any) -> None:
    call_command("audit_log_verify")
    assert capsys.readouterr().out.splitlines()[1:] == ["log: 1 entries, ok", "unsealed: 0"]


@pytest.mark.postgres
def test_altered_audit_entry_is_found(certificate: Any, capsys: Any) -> None:
    """faults.md row 26."""
    third = AuditEntry.objects.order_by("pk")[2]
    alter(AuditEntry, third.pk, action="nothing.happened")
    status, data = run("audit_log_verify", capsys)
    assert (status, data["audit"]["ok"], data["audit"]["first_bad"], data["log"]["ok"]) == (1, False, 3, True)


def test_altered_log_entry_is_found_by_both_commands(certificate: Any, capsys: Any) -> None:
    alter(LogLeaf, LogLeaf.objects.get().pk, digest="0" * 64)
    status, data = run("audit_log_verify", capsys)
    assert (status, data["log"]["ok"], data["log"]["first_bad"]) == (1, False, 0)
    status, data = run("check_consistency", capsys)
    assert (status, data) == (1, {"findings": ["log_broken: entry 0"]})


def test_nothing_is_found_where_all_is_well(certificate: Any, capsys: Any) -> None:
    make_pairing()
    audit.seal_pending()
    assert run("check_consistency", capsys) == (0, {"findings": []})


def test_all_well_in_words(capsys: Any) -> None:
    call_command("check_consistency")
    assert capsys.readouterr().out == "ok\n"


def test_complete_sitting_without_evidence_is_named() -> None:
    make_exam()
    attempt = make_attempt(make_person(), now=NOW)
    assert found() == []
    Attempt.objects.filter(pk=attempt.pk).update(status=AttemptStatus.COMPLETE, submitted_at=NOW)
    assert found() == [f"attempt {attempt.pk} is complete but left no evidence"]


def test_sitting_that_nobody_handed_in_is_named() -> None:
    make_exam(minutes=20)
    attempt = make_attempt(make_person(), now=AN_HOUR_AGO)
    Attempt.objects.filter(pk=attempt.pk).update(deadline_at=NOW - timedelta(minutes=11))
    assert found() == [f"attempt {attempt.pk} is over but was never handed in: is the worker running?"]


def test_receipt_with_a_changed_line_is_named() -> None:
    make_exam()
    attempt = make_submitted(make_person(), now=AN_HOUR_AGO)
    assert found() == []
    second = AnswerEntry.objects.get(attempt=attempt, number=2)
    alter(AnswerEntry, second.pk, digest="0" * 64)
    expected = f"attempt {attempt.pk}: entry 2 of its receipt does not follow on the one before"
    assert found() == [expected]


def test_finished_run_without_evidence_is_named() -> None:
    stock_library()
    document = json.loads((PACK / "scenarios/s1.json").read_text(encoding="utf-8"))
    release_scenario(draft=store_draft(document=document, by=None, now=AN_HOUR_AGO), by=None, now=AN_HOUR_AGO)
    playthrough = start_playthrough(person=make_person(), scenario_key="S1", now=AN_HOUR_AGO)
    assert found() == []
    outcome = {"ending": "E1", "ending_title": "同心梯", "total": 90, "passed": True}
    Playthrough.objects.update(status=RunStatus.FINISHED, finished_at=NOW, **outcome)
    assert found() == [f"playthrough {playthrough.pk} is finished but left no evidence"]


def test_grant_that_outlived_its_pairing_is_named(person: Person) -> None:
    grant = open_grant(
        viewer=person, subject=make_person(), kind="pairing", reason="QL-2026-999", now=AN_HOUR_AGO
    )
    assert found() == [f"grant {grant.pk} is open although pairing QL-2026-999 is not active"]


@pytest.mark.parametrize(
    ("minutes", "late"), [(4, []), (6, ["2 audit entries have waited more than five minutes for the sealer"])]
)
def test_sealer_that_sleeps_is_named(minutes: int, late: list[str]) -> None:
    with transaction.atomic():
        for number in range(2):
            audit.record(action="x.done", target=f"x:{number}", by=None, now=NOW - timedelta(minutes=minutes))
    assert findings(now=NOW) == late


def found() -> list[str]:
    """Everything but what is merely waiting for the sealer."""
    audit.seal_pending()
    return findings(now=NOW)
