"""Verification of codes and files, state by state, and what a tampered file reads as."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pypdf import PdfReader, PdfWriter

from certificates.erasing import erase_holder
from certificates.models import Certificate, CertificateEvent, EventKind, Reason
from certificates.revoking import revoke_certificate
from certificates.standing import Standing, standing_of
from certificates.verifying import Verdict, verify, verify_file
from core.private_files import read
from tests.certificates.making import NOW, make_certificate, someone_else

pytestmark = pytest.mark.django_db


def pdf_of(certificate: Certificate) -> bytes:
    return read(certificate.document.path)


def add_event(certificate: Certificate, kind: EventKind, days: int = 1) -> None:
    CertificateEvent.objects.create(certificate=certificate, kind=kind, at=NOW + timedelta(days=days))


def test_released_certificate_is_authentic_and_every_check_agrees() -> None:
    certificate = make_certificate()
    found = verify(certificate.code, now=NOW)
    assert found.verdict == Verdict.AUTHENTIC
    assert [(check.name, check.ok) for check in found.checks] == [
        ("serial", True),
        ("credential", True),
        ("log", True),
        ("status", True),
    ]


def test_stored_file_is_authentic() -> None:
    certificate = make_certificate()
    found = verify_file(pdf_of(certificate), now=NOW)
    assert (found.verdict, found.checks[0].name, found.checks[0].ok) == (Verdict.AUTHENTIC, "bytes", True)


def test_unknown_code_and_foreign_file_are_unknown() -> None:
    assert verify("A" * 22, now=NOW).verdict == Verdict.UNKNOWN
    assert verify_file(b"%PDF-1.7 something else", now=NOW).verdict == Verdict.UNKNOWN
    assert verify_file(b"not a pdf", now=NOW).verdict == Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([], Standing.VALID),
        ([EventKind.SUSPENDED], Standing.SUSPENDED),
        ([EventKind.SUSPENDED, EventKind.RESTORED], Standing.VALID),
        ([EventKind.SUSPENDED, EventKind.RESTORED, EventKind.SUSPENDED], Standing.SUSPENDED),
        ([EventKind.SUPERSEDED, EventKind.SUSPENDED], Standing.SUPERSEDED),
        ([EventKind.SUPERSEDED, EventKind.REVOKED], Standing.REVOKED),
        ([EventKind.REVOKED, EventKind.RESTORED], Standing.REVOKED),
    ],
)
def test_standing_follows_the_events_by_precedence(kinds: list[EventKind], expected: Standing) -> None:
    certificate = make_certificate()
    for days, kind in enumerate(kinds, start=1):
        add_event(certificate, kind, days)
    events = list(certificate.events.all())
    assert standing_of(certificate, events, on=date(2026, 12, 1)) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 11, 21), Standing.NOT_YET_VALID),
        (date(2026, 11, 22), Standing.VALID),
        (date(2029, 11, 21), Standing.VALID),
        (date(2029, 11, 22), Standing.EXPIRED),
    ],
)
def test_validity_includes_its_first_and_last_day(on: date, expected: Standing) -> None:
    certificate = make_certificate()
    assert standing_of(certificate, certificate.events.all(), on=on) == expected


def test_revoked_stays_revoked_even_when_it_also_expires() -> None:
    certificate = make_certificate()
    by = someone_else(certificate)
    revoke_certificate(certificate=certificate, reason=Reason.ISSUED_IN_ERROR, note="", by=by, now=NOW)
    later = NOW + timedelta(days=365 * 10)
    assert verify(certificate.code, now=later).verdict == Verdict.REVOKED
    assert verify_file(pdf_of(certificate), now=later).verdict == Verdict.REVOKED


def test_one_turned_byte_anywhere_reads_as_altered() -> None:
    certificate = make_certificate()
    content = pdf_of(certificate)
    chance = random.Random(45)  # the same places every time
    places = [chance.randrange(8, len(content)) for _ in range(25)]
    mark = content.index(certificate.code.encode())
    for place in [*places, mark, mark + 10, len(content) - 1]:
        altered = bytearray(content)
        altered[place] ^= 0x01
        assert verify_file(bytes(altered), now=NOW).verdict == Verdict.ALTERED, place


def test_appended_revision_reads_as_altered() -> None:
    certificate = make_certificate()
    writer = PdfWriter(BytesIO(pdf_of(certificate)), incremental=True)
    writer.add_metadata({"/Title": "国家职业资格证书"})
    revised = BytesIO()
    writer.write(revised)
    assert verify_file(revised.getvalue(), now=NOW).verdict == Verdict.ALTERED
    assert verify_file(pdf_of(certificate) + b"\n", now=NOW).verdict == Verdict.ALTERED


def test_rewritten_file_with_our_metadata_reads_as_altered() -> None:
    certificate = make_certificate()
    writer = PdfWriter()
    writer.append(PdfReader(BytesIO(pdf_of(certificate))))
    writer.add_metadata({"/Keywords": f"http://elsewhere/verify/{certificate.code}/"})
    copy = BytesIO()
    writer.write(copy)
    assert verify_file(copy.getvalue(), now=NOW).verdict == Verdict.ALTERED


def test_altered_takes_precedence_over_revoked() -> None:
    certificate = make_certificate()
    by = someone_else(certificate)
    revoke_certificate(certificate=certificate, reason=Reason.MISCONDUCT, note="", by=by, now=NOW)
    assert verify_file(pdf_of(certificate) + b" ", now=NOW).verdict == Verdict.ALTERED


def test_erased_holder_leaves_status_and_hash_verifiable() -> None:
    certificate = make_certificate()
    content, path = pdf_of(certificate), certificate.document.path
    erase_holder(person=certificate.person, by=None, now=NOW)
    found = verify(certificate.code, now=NOW)
    assert (found.verdict, found.holder) == (Verdict.AUTHENTIC, None)
    assert verify_file(content, now=NOW).verdict == Verdict.AUTHENTIC
    response = Client().get(f"/verify/{certificate.code}/")
    assert "已按本人要求删除" in response.content.decode()
    assert path != ""


@pytest.mark.django_db(transaction=True)
def test_erasing_removes_the_file_after_the_commit() -> None:
    certificate = make_certificate()
    path = certificate.document.path
    erase_holder(person=certificate.person, by=None, now=NOW)
    with pytest.raises(FileNotFoundError):
        read(path)


def run(*args: str) -> tuple[int, dict[str, Any]]:
    out = StringIO()
    try:
        call_command(*args, "--json", stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_command_reports_verdict_and_checks(tmp_path: Path) -> None:
    certificate = make_certificate()
    file = tmp_path / "c.pdf"
    file.write_bytes(pdf_of(certificate))
    code, data = run("verify_certificate", str(file))
    assert (code, data["verdict"]) == (0, "authentic")
    file.write_bytes(pdf_of(certificate)[:-1])
    code, data = run("verify_certificate", str(file))
    assert (code, data["verdict"]) == (1, "altered")
    assert data["checks"][0]["name"] == "bytes"


def test_command_refuses_offline_keys_and_missing_files(tmp_path: Path) -> None:
    for args in (["--offline", "keys.json", str(tmp_path)], [str(tmp_path / "none.pdf")]):
        with pytest.raises(CommandError) as caught:
            call_command("verify_certificate", *args)
        assert caught.value.returncode == 2
