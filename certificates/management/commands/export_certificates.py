"""Write stored certificates into a folder."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from assessments.schemes.releasing import newest_scheme
from certificates.models import CertificateDocument, EventKind
from core.commands import Report, ReportCommand
from core.hashing import sha256_hex
from core.private_files import read


class Command(ReportCommand):
    """`exported`: how many files were written. Exit 1 when a stored file is lost or no longer matches its hash."""

    help = "Write every released certificate as <serial>.pdf, the bytes as handed out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", required=True, metavar="DIR", help="folder; made if it does not exist")
        parser.add_argument("--scheme", metavar="S", help="only certificates of this scheme")

    def report(self, **options: Any) -> Report:
        folder = Path(options["out"])
        folder.mkdir(parents=True, exist_ok=True)
        documents = CertificateDocument.objects.filter(certificate__events__kind=EventKind.RELEASED)
        if options["scheme"]:
            key = newest_scheme(options["scheme"]).key
            documents = documents.filter(certificate__scheme_version__key=key)
        exported, bad = 0, []
        for document in documents.select_related("certificate").order_by("pk").iterator():
            serial = document.certificate.serial
            if _export(document, folder / f"{serial}.pdf"):
                exported += 1
            else:
                bad.append(serial)
        lines = [_("%(count)s exported") % {"count": exported}]
        lines += [_("%(serial)s: the stored file is lost or changed") % {"serial": each} for each in bad]
        return Report({"exported": exported}, tuple(lines), finding=bool(bad))


def _export(document: CertificateDocument, target: Path) -> bool:
    try:
        content = read(document.path)
    except FileNotFoundError:
        return False
    if sha256_hex(content) != document.sha256:
        return False
    target.write_bytes(content)
    return True
