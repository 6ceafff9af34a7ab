"""The commands scripts rely on, and the checks behind `audit_log_verify` and `check_consistency`."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from certificates.consistency import findings
from certificates.log import verify_log
from certificates.models import Certificate, CertificateBatch, LogLeaf, NameConfirmation
from core.appendonly import lifted
from core.hashing import sha256_hex
from core.private_files import storage
from people.models import Account, Person
from tests.certificates.making import (
    NOW,
    give_evidence,
    make_batch,
    make_certificate,
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


def number(person: Person) -> str:
    return Account.objects.get(person=person).staff_number


def run(*args: str) -> tuple[int, dict[str, Any]]:
    out = StringIO()
    try:
        call_command(*args, "--json", stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_issue_certificates_issues_to_the_eligible_and_names_the_rest() -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    make_eligible("许知秋", scheme=scheme)
    unasked = make_person("程野")
    give_evidence(unasked)
    actors = ["--by", number(pair[0]), "--approved-by", number(pair[1])]
    code, data = run("issue_certificates", scheme.key, *actors, "--dry-run")
    assert (code, data["eligible"], data["issued"], CertificateBatch.objects.count()) == (1, 2, 0, 0)
    assert NameConfirmation.objects.filter(person=unasked).count() == 0
    code, data = run("issue_certificates", scheme.key, *actors)
    assert code == 1
    assert data == {
        "eligible": 2,
        "issued": 1,
        "quarantined": [{"person": number(unasked), "reason": "还没有请本人核对姓名"}],
        "failed": [],
    }
    assert NameConfirmation.objects.get(person=unasked).answer == ""
    assert Certificate.objects.count() == 1


def test_issue_certificates_exits_0_when_everyone_gets_one() -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    make_eligible("许知秋", scheme=scheme)
    actors = ["--by", number(pair[0]), "--approved-by", number(pair[1])]
    assert run("issue_certificates", scheme.key, *actors, "--org", "QH") == (
        0,
        {"eligible": 1, "issued": 1, "quarantined": [], "failed": []},
    )
    code, data = run("issue_certificates", scheme.key, *actors)
    assert (code, data["issued"], Certificate.objects.count()) == (1, 0, 1)


def test_issue_certificates_refuses_bad_use_without_writing() -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    make_eligible("许知秋", scheme=scheme)
    make_organisation("OTHER")
    one, two, nobody = number(pair[0]), number(pair[1]), number(make_person())
    bad = [
        (scheme.key, one, one, []),
        (scheme.key, one, nobody, []),
        (scheme.key, nobody, two, []),
        (scheme.key, one, "none", []),
        ("none", one, two, []),
        (scheme.key, one, two, ["--org", "OTHER"]),
        (scheme.key, one, two, ["--org", "none"]),
    ]
    for key, by, approved_by, more in bad:
        with pytest.raises(CommandError) as caught:
            call_command("issue_certificates", key, "--by", by, "--approved-by", approved_by, *more)
        assert caught.value.returncode == 2
    assert CertificateBatch.objects.count() == 0


def test_holder_who_is_an_actor_is_set_aside_by_the_command() -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    give_evidence(pair[1])
    actors = ["--by", number(pair[0]), "--approved-by", number(pair[1])]
    code, data = run("issue_certificates", scheme.key, *actors)
    assert (code, data["issued"]) == (1, 0)
    assert "持证人就是本批审批人" in data["quarantined"][0]["reason"]


def test_export_writes_the_stored_bytes_by_serial(tmp_path: Path) -> None:
    certificate = make_certificate()
    out = tmp_path / "out"
    assert run("export_certificates", "--out", str(out)) == (0, {"exported": 1})
    assert [file.name for file in out.iterdir()] == [f"{certificate.serial}.pdf"]
    written = (out / f"{certificate.serial}.pdf").read_bytes()
    assert sha256_hex(written) == certificate.document.sha256
    assert run("export_certificates", "--out", str(out), "--scheme", "digital") == (0, {"exported": 1})
    with pytest.raises(CommandError):
        call_command("export_certificates", "--out", str(out), "--scheme", "none")


def test_consistency_names_what_does_not_agree() -> None:
    certificate = make_certificate()
    later = NOW + timedelta(hours=1)
    assert findings(now=later) == []
    storage().delete(certificate.document.path)
    assert [each.kind for each in findings(now=later)] == ["document_changed_or_lost"]
    certificate.document.delete()
    assert [each.kind for each in findings(now=later)] == ["certificate_without_document"]


def test_consistency_names_rows_that_are_stuck() -> None:
    make_issuer()
    scheme = make_scheme()
    make_batch([make_eligible(scheme=scheme)], scheme=scheme, pair=make_issuing_pair(), approve=True)
    assert findings(now=NOW + timedelta(minutes=9)) == []
    assert [each.kind for each in findings(now=NOW + timedelta(minutes=11))] == ["row_stuck"]


def tamper(statement: str) -> None:
    with lifted(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_replay_of_an_untouched_log_agrees() -> None:
    make_certificate()
    report = verify_log()
    assert (report.entries, report.ok, report.first_bad) == (1, True, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE certificates_logleaf SET kind = 'void'",
        "UPDATE certificates_logleaf SET digest = 'ab'",
        "UPDATE certificates_logleaf SET leaf_hash = substr(leaf_hash, 1, 63) || 'z'",
        f"UPDATE certificates_certificate SET credential_hash = '{'0' * 64}'",
        f"UPDATE certificates_checkpoint SET root_hash = '{'0' * 64}'",
    ],
)
def test_replay_finds_a_tampered_row(statement: str) -> None:
    make_certificate()
    tamper(statement)
    report = verify_log()
    assert (report.ok, report.first_bad) == (False, 0)


def test_replay_finds_a_missing_leaf() -> None:
    make_certificate()
    tamper("DELETE FROM certificates_logleaf")
    assert LogLeaf.objects.count() == 0
    assert verify_log().ok is False
